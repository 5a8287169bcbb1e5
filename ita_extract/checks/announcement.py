"""Is an announcement true to itself? What its numbers must satisfy, told as one check each.

The identities are those of the assessment: a grade follows from its score, a total from its instruments, a type's mean from its
indicators, and the counts and shares of a summary page from the rows behind it, where the document holds them all.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TypeAlias

from ..model.record import (
    AgencyScore,
    Check,
    GradeCount,
    IndicatorScore,
    InstrumentScore,
    Record,
    TypeSummary,
    Verification,
    judged,
)
from ..rulebook.frameworks import Framework
from .interval import Interval, exact, mean, printed

Key: TypeAlias = tuple[int, str]
"""Fiscal year and agency type."""
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Tested:
    """One identity put to the records it ties together, by their places in the document's list."""

    check: Check
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Named:
    """A record with its place in the list and its name in checks: "agency_scores/12" is record_no 12 of that dataset."""

    at: int
    subject: str


def check_announcement(
    records: Sequence[Record], frameworks: Mapping[int, Framework]
) -> tuple[tuple[Record, ...], tuple[Check, ...]]:
    """The records with their `verification`, and every check made.

    A record is `contradicted` where an identity fails that it takes part in, `consistent` where all hold, `unverified` where none
    covers it. `verified` asks more: that no single misreading would pass as well, which one document alone rarely shows.
    """
    tested = list(_identities(records, frameworks))
    state: dict[int, Verification] = {}
    for test in tested:
        for at in test.members:
            if test.check.outcome == "fails":
                state[at] = "contradicted"
            elif state.get(at) != "contradicted":
                state[at] = "consistent"
    settled = tuple(judged(record, state.get(at, "unverified")) for at, record in enumerate(records))
    return settled, tuple(test.check for test in tested)


def _identities(records: Sequence[Record], frameworks: Mapping[int, Framework]) -> Iterator[Tested]:
    names = _names(records)
    rows: dict[Key, list[tuple[int, AgencyScore]]] = defaultdict(list)
    parts: dict[tuple[int, str | None, str | None], list[tuple[int, InstrumentScore]]] = defaultdict(list)
    indicators: dict[Key, list[tuple[int, IndicatorScore]]] = defaultdict(list)
    grades: dict[Key, list[tuple[int, GradeCount]]] = defaultdict(list)
    for at, record in enumerate(records):
        match record:
            case AgencyScore(is_current_year=True, agency_type=str(kind)):
                rows[record.fiscal_year, kind].append((at, record))
            case InstrumentScore(subject="agency"):
                parts[record.fiscal_year, record.agency_name, record.province].append((at, record))
            case IndicatorScore(subject="agency_type", agency_type=str(kind)):
                indicators[record.fiscal_year, kind].append((at, record))
            case GradeCount():
                grades[record.fiscal_year, record.agency_type].append((at, record))
    for at, record in enumerate(records):
        if isinstance(record, AgencyScore) and record.is_current_year:
            framework = frameworks.get(record.fiscal_year)
            own = parts.get((record.fiscal_year, record.agency_name, record.province), [])
            if framework:
                yield from _score(at, record, own, framework, names)
        elif isinstance(record, TypeSummary):
            key = (record.fiscal_year, record.agency_type)
            framework = frameworks.get(record.fiscal_year)
            yield from _summary(at, record, names)
            yield from _grade_counts(at, record, grades[key], names)
            if framework:
                yield from _from_indicators(at, record, indicators[key], framework, names)
            if _complete(record, rows[key]):
                yield from _from_rows(at, record, rows[key], grades[key], names)
    for key, members in rows.items():
        yield from _row_numbers(key, members)


def _names(records: Sequence[Record]) -> list[str]:
    """What each record is called in checks: its dataset and its record_no."""
    seen: Counter[str] = Counter()
    out = []
    for record in records:
        seen[record.dataset] += 1
        out.append(f"{record.dataset}/{seen[record.dataset]}")
    return out


def _test(
    identity: str, subject: str, expected: object, observed: object, holds: bool, members: Iterable[int], tolerance: str = "0"
) -> Tested:
    check = Check(
        identity=identity,
        subject=subject,
        expected=str(expected),
        observed=str(observed),
        tolerance=tolerance,
        outcome="holds" if holds else "fails",
    )
    return Tested(check, tuple(members))


def _test_interval(identity: str, subject: str, expected: Interval, observed: Interval, members: Iterable[int]) -> Tested:
    """The printed value against the interval that its parts allow; the tolerance is half the width of both together."""
    width = (expected.high - expected.low + observed.high - observed.low) / 2
    middle, seen = expected.middle.quantize(Decimal("0.0001")), observed.middle
    return _test(identity, subject, middle, seen, expected.meets(observed), members, str(width.quantize(Decimal("0.0001"))))


def _score(
    at: int, record: AgencyScore, parts: Sequence[tuple[int, InstrumentScore]], framework: Framework, names: Sequence[str]
) -> Iterator[Tested]:
    value, known = printed(record.score), {part.instrument: part.score for _, part in parts}
    if len(known) < len(parts):  # two agencies of one name in one province: whose instruments they are cannot be told
        parts, known = (), {}
    if record.grade is not None and framework.grades:
        possible = _between(value, lambda score: framework.grades.grade_of(score, known) if framework.grades else frozenset())
        yield _test(
            "grade_from_score", names[at], "|".join(sorted(possible)), record.grade, record.grade in possible, [at], "0.005"
        )
    if record.target_passed is not None and framework.target:
        target = framework.target
        outcomes = {target.passed(value.low), target.passed(value.high)}
        expected = "|".join(sorted(str(o).lower() for o in outcomes))
        holds = record.target_passed in outcomes
        yield _test("target_from_score", names[at], expected, str(record.target_passed).lower(), holds, [at], "0.005")
    weights = {instrument.code: instrument.weight for instrument in framework.instruments}
    if weights and known.keys() == weights.keys() and len(parts) == len(weights):
        total = Interval(Decimal(0), Decimal(0))
        for _, part in parts:
            total += printed(part.score).scaled(weights[part.instrument])
        yield _test_interval("overall_from_instruments", names[at], total, value, [at, *(i for i, _ in parts)])


def _between(value: Interval, allowed: Callable[[Decimal], frozenset[str]]) -> frozenset[str]:
    low, high = max(value.low, Decimal(0)), min(value.high, HUNDRED)
    return allowed(low) | allowed(value.middle) | allowed(high)


def _summary(at: int, summary: TypeSummary, names: Sequence[str]) -> Iterator[Tested]:
    count, passed, failed = summary.agency_count, summary.passed_count, summary.failed_count
    if count is not None and passed is not None and failed is not None:
        yield _test("target_counts_add_up", names[at], count, passed + failed, passed + failed == count, [at])
    for name, part, share in (("passed", passed, summary.passed_share), ("failed", failed, summary.failed_share)):
        if count and part is not None and share is not None:
            yield _share(f"{name}_share_from_count", names[at], part, count, share, [at])


def _share(identity: str, subject: str, part: int, whole: int, share: Decimal, members: Iterable[int]) -> Tested:
    expected = exact(Decimal(part) * 100 / Decimal(whole))
    return _test_interval(identity, subject, expected, printed(share, max(0, -int(share.as_tuple().exponent))), members)


def _grade_counts(
    at: int, summary: TypeSummary, grades: Sequence[tuple[int, GradeCount]], names: Sequence[str]
) -> Iterator[Tested]:
    if summary.agency_count is None or not grades:
        return
    total = sum(grade.agency_count for _, grade in grades)
    members = [at, *(i for i, _ in grades)]
    yield _test("grade_counts_add_up", names[at], summary.agency_count, total, total == summary.agency_count, members)
    for i, grade in grades:
        if grade.share is not None and summary.agency_count:
            yield _share("grade_share_from_count", names[i], grade.agency_count, summary.agency_count, grade.share, [i])


def _from_indicators(
    at: int, summary: TypeSummary, indicators: Sequence[tuple[int, IndicatorScore]], framework: Framework, names: Sequence[str]
) -> Iterator[Tested]:
    by_no = {indicator.indicator_no: indicator.score for _, indicator in indicators}
    wanted = {instrument.code: framework.indicators_of(instrument.code) for instrument in framework.instruments}
    if summary.mean_score is None or not wanted or any(i.no not in by_no for group in wanted.values() for i in group):
        return
    total = Interval(Decimal(0), Decimal(0))
    for instrument in framework.instruments:
        total += mean(printed(by_no[i.no]) for i in wanted[instrument.code]).scaled(instrument.weight)
    members = [at, *(i for i, _ in indicators)]
    yield _test_interval("mean_from_indicators", names[at], total, printed(summary.mean_score), members)


def _complete(summary: TypeSummary, rows: Sequence[tuple[int, AgencyScore]]) -> bool:
    """Whether the document holds a row of every agency of the type: as many rows as agencies, numbered from 1."""
    numbers = {row.row_no for _, row in rows}
    return bool(rows) and summary.agency_count == len(rows) == len(numbers) and numbers == set(range(1, len(rows) + 1))


def _from_rows(
    at: int,
    summary: TypeSummary,
    rows: Sequence[tuple[int, AgencyScore]],
    grades: Sequence[tuple[int, GradeCount]],
    names: Sequence[str],
) -> Iterator[Tested]:
    if summary.mean_score is not None:
        yield _test_interval(
            "mean_from_rows", names[at], mean(printed(row.score) for _, row in rows), printed(summary.mean_score), [at]
        )
    for name, count, wanted in (("passed", summary.passed_count, True), ("failed", summary.failed_count, False)):
        seen = sum(1 for _, row in rows if row.target_passed is wanted)
        if count is not None and all(row.target_passed is not None for _, row in rows):
            yield _test(f"{name}_count_from_rows", names[at], seen, count, seen == count, [at])
    seen_grades = Counter(row.grade for _, row in rows)
    if None not in seen_grades:
        for i, grade in grades:
            seen = seen_grades[grade.grade]
            yield _test("grade_count_from_rows", names[i], seen, grade.agency_count, seen == grade.agency_count, [i])


def _row_numbers(key: Key, rows: Sequence[tuple[int, AgencyScore]]) -> Iterator[Tested]:
    """The running numbers of a type rise by one from row to row; a gap is a row that was lost."""
    numbers = [row.row_no for _, row in rows]
    if len(numbers) < 2 or all(number is None for number in numbers):
        return
    breaks = sum(1 for a, b in pairwise(numbers) if a is None or b is None or b != a + 1)
    first, last = numbers[0], numbers[-1]
    subject = f"agency_scores of {key[1]} {key[0]}"
    expected = f"{len(numbers)} rows numbered one by one from {first}"
    yield _test("row_numbers", subject, expected, f"{first} to {last} with {breaks} breaks", breaks == 0, [])
