"""What the summary pages of an announcement must satisfy, by themselves and by the rows behind them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import TypeAlias

from ..model.record import AgencyScore, GradeCount, ProvinceScore, Record, TypeSummary
from .interval import Interval, exact
from .network import Finding, Identity, Node, Rule, Sum, plain

Key: TypeAlias = tuple[int, str]
"""Fiscal year and agency type."""
ONE = Decimal(1)
HALF_CENT = Decimal("0.005")
FEWEST_TYPES = 3
"""The agencies of a province are all there only in a document that ranks several types."""


def summary_identities(records: Sequence[Record]) -> Iterator[Identity]:
    """Identities of type summaries, grade counts and rankings. Of two summaries of one type each stands for itself."""
    rows: dict[Key, list[int]] = defaultdict(list)
    grades: dict[Key, list[int]] = defaultdict(list)
    for at, record in enumerate(records):
        if isinstance(record, AgencyScore) and record.is_current_year and record.agency_type and record.table_no is not None:
            rows[record.fiscal_year, record.agency_type].append(at)
        elif isinstance(record, GradeCount):
            grades[record.fiscal_year, record.agency_type].append(at)
    for at, record in enumerate(records):
        if isinstance(record, TypeSummary):
            key = (record.fiscal_year, record.agency_type)
            yield from _counts(at, record, records, grades[key])
            if is_complete(record, records, rows[key]):
                yield from _from_rows(at, record, records, rows[key], grades[key])
        elif isinstance(record, ProvinceScore):
            yield from _province(at, record, records, rows)
    for key, places in rows.items():
        yield from _row_numbers(key, records, places)


def _counts(at: int, summary: TypeSummary, records: Sequence[Record], grades: Sequence[int]) -> Iterator[Identity]:
    count = (at, "agency_count")
    if summary.agency_count is None:
        return
    if summary.passed_count is not None and summary.failed_count is not None:
        yield Sum("target_counts_add_up", at, count, {(at, "passed_count"): ONE, (at, "failed_count"): ONE})
    for name in ("passed", "failed"):
        if getattr(summary, f"{name}_count") is not None and getattr(summary, f"{name}_share") is not None:
            yield Rule(f"{name}_share_from_count", at, (count, (at, f"{name}_count"), (at, f"{name}_share")), _share)
    if grades:
        yield Sum("grade_counts_add_up", at, count, {(place, "agency_count"): ONE for place in grades})
    for place in grades:
        record = records[place]
        if isinstance(record, GradeCount) and record.share is not None:
            yield Rule("grade_share_from_count", place, (count, (place, "agency_count"), (place, "share")), _share)


def _share(cells: Sequence[Interval]) -> Finding:
    """Whole, part, and the part's share in percent."""
    whole, part, share = cells
    if whole.middle <= 0:
        return Finding(holds=False, expected="a share of none", observed=plain(share.middle))
    expected = part.middle * 100 / whole.middle
    tolerance = (share.high - share.low) / 2
    return Finding(share.meets(exact(expected)), plain(expected.quantize(Decimal("0.0001"))), plain(share.middle), plain(tolerance))


def is_complete(summary: TypeSummary, records: Sequence[Record], rows: Sequence[int]) -> bool:
    """Whether the document holds a row of every agency of the type: as many rows as agencies, numbered from 1."""
    numbers = {getattr(records[at], "row_no", None) for at in rows}
    return bool(rows) and summary.agency_count == len(rows) == len(numbers) and numbers == set(range(1, len(rows) + 1))


def _from_rows(
    at: int, summary: TypeSummary, records: Sequence[Record], rows: Sequence[int], grades: Sequence[int]
) -> Iterator[Identity]:
    if summary.mean_score is not None:
        parts: dict[Node, Decimal] = {(row, "score"): ONE for row in rows}
        yield Sum("mean_from_rows", at, (at, "mean_score"), parts, Decimal(len(rows)), blames=((at, "mean_score"),))
    scores = [record for row in rows if isinstance(record := records[row], AgencyScore)]
    if all(score.target_passed is not None for score in scores):
        for name, wanted in (("passed", True), ("failed", False)):
            seen = sum(1 for score in scores if score.target_passed is wanted)
            if getattr(summary, f"{name}_count") is not None:
                yield Rule(f"{name}_count_from_rows", at, ((at, f"{name}_count"),), partial(_counted, seen))
    seen_grades = Counter(score.grade for score in scores)
    if None not in seen_grades:
        for place in grades:
            record = records[place]
            if isinstance(record, GradeCount):
                judge = partial(_counted, seen_grades[record.grade])
                yield Rule("grade_count_from_rows", place, ((place, "agency_count"),), judge)


def _counted(seen: int, cells: Sequence[Interval]) -> Finding:
    return Finding(cells[0].middle == seen, str(seen), plain(cells[0].middle))


def _row_numbers(key: Key, records: Sequence[Record], rows: Sequence[int]) -> Iterator[Identity]:
    """The running numbers of a type rise by one from row to row; a gap is a row that was lost."""
    numbers = [getattr(records[at], "row_no", None) for at in rows]
    if len(numbers) > 1 and any(number is not None for number in numbers):
        yield Rule("row_numbers", f"agency_scores of {key[1]} {key[0]}", (), partial(_one_by_one, numbers))


def _one_by_one(numbers: Sequence[int | None], _: Sequence[Interval]) -> Finding:
    breaks = sum(1 for a, b in pairwise(numbers) if a is None or b is None or b != a + 1)
    expected = f"{len(numbers)} rows numbered one by one from {numbers[0]}"
    return Finding(breaks == 0, expected, f"{numbers[0]} to {numbers[-1]} with {breaks} breaks")


def _province(at: int, record: ProvinceScore, records: Sequence[Record], rows: Mapping[Key, Sequence[int]]) -> Iterator[Identity]:
    """A province's score is the plain mean over its agencies of all types, where the rankings hold all of them.

    Rankings run by province: where a type's rows of this province stand between those of others, none of them is missing. An
    excerpt may break off behind the last one; then the mean cannot contradict, but two decimals of it do not agree by accident.
    """
    inside: list[int] = []
    types, whole = 0, True
    for (year, _), places in rows.items():
        own = [place for place in places if getattr(records[place], "province", None) == record.province]
        if year == record.fiscal_year and own:
            types, whole = types + 1, whole and _bounded(records, places, own)
            inside += own
    if types < FEWEST_TYPES:
        return
    scores = [row.score for place in inside if isinstance(row := records[place], AgencyScore)]
    agrees = abs(sum(scores, Decimal(0)) - record.score * len(scores)) <= HALF_CENT * 2 * len(scores)
    if whole or agrees:
        parts: dict[Node, Decimal] = {(place, "score"): ONE for place in inside}
        yield Sum("province_from_agencies", at, (at, "score"), parts, Decimal(len(inside)), blames=((at, "score"),))


def _bounded(records: Sequence[Record], places: Sequence[int], own: Sequence[int]) -> bool:
    numbers = [getattr(records[place], "row_no", None) for place in places]
    first, last = places.index(own[0]), places.index(own[-1])
    between = numbers[max(0, first - 1) : last + 2]
    if any(a is None or b is None or b != a + 1 for a, b in pairwise(between)) or last - first + 1 != len(own):
        return False
    return (first > 0 or numbers[0] == 1) and last + 1 < len(places)
