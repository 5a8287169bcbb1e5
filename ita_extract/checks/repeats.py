"""What a document says twice: in two tables, or of rows and again of their mean.

A regional report prints every indicator of every agency of a province, and the province's own, which are the means of those. A
digit misread in one of two hundred cells breaks the sum of its row and the mean of its column: that cell alone puts both right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from ..model.record import AgencyScore, IndicatorScore, InstrumentScore, ProvinceScore, Record, TypeSummary
from ..rulebook.frameworks import Framework
from .interval import Interval
from .network import Finding, Identity, Node, Rule, Sum, plain
from .statements import Statement, is_resolved, statement_of, who
from .summaries import is_complete

ONE = Decimal(1)
CENT = Decimal("0.01")
FEWEST, FIT = 3, Decimal(2) / 3
"""Means are those of the rows where so many columns of a document agree to the last digit, and at least this share of all."""

OF_PROVINCE = (AgencyScore, IndicatorScore, InstrumentScore, ProvinceScore)

Column: TypeAlias = tuple[int, str, str, int | str | None]
"""Year, province, branch of the tree, and which number of that."""


def repeat_identities(records: Sequence[Record]) -> Iterator[Identity]:
    """`printed_twice` of every number that a document states of one subject again."""
    first: dict[Statement, Node] = {}
    for at, record in enumerate(records):
        stated = _stated(record)
        if stated is None or stated[1] == "row" or not is_resolved(stated[0]):
            continue
        node = (at, "mean_score" if isinstance(record, TypeSummary) else "score")
        known = first.setdefault(stated, node)
        if known != node:
            yield Rule("printed_twice", at, (known, node), _same)


def _stated(record: Record) -> Statement | None:
    """As `statement_of`, with the scores of an earlier year, which are in no tree."""
    if isinstance(record, AgencyScore):
        return (record.fiscal_year, "agency", who(record)), "overall", None
    return statement_of(record)


def _same(cells: Sequence[Interval]) -> Finding:
    """One number was rounded twice: to as many decimals it is the same to the last, and 95.6 may be 95.55."""
    one, other = cells
    tolerance = (one.high - one.low + other.high - other.low) / 2
    holds = one.low < other.high and other.low < one.high
    return Finding(holds, plain(one.middle), plain(other.middle), plain(tolerance))


@dataclass(slots=True)
class Rows:
    """The cells of a column, one an agency, and where their mean is printed."""

    parts: dict[str, Node] = field(default_factory=dict)
    wholes: list[Node] = field(default_factory=list)
    repeated: bool = False


def row_mean_identities(records: Sequence[Record], frameworks: Mapping[int, Framework]) -> Iterator[Identity]:
    """The means of agencies: of a province by indicator and instrument, and of a type by instrument.

    Nothing says that a document holds all agencies of a province. Where its means are those of its rows to the last digit, column
    by column, it does; one column that differs then is misread.
    """
    yield from _believed(list(_provinces(records)), records)
    yield from _believed(list(_types(records, frameworks)), records)


def _believed(sums: Sequence[Sum], records: Sequence[Record]) -> Iterator[Sum]:
    """The sums, where enough of them agree by what is printed."""
    agreeing = sum(1 for one in sums if _agrees(one, records))
    if agreeing >= FEWEST and agreeing >= FIT * len(sums):
        yield from sums


def _agrees(one: Sum, records: Sequence[Record]) -> bool:
    total = sum((getattr(records[at], name) * factor for (at, name), factor in one.parts.items()), Decimal(0))
    seen = getattr(records[one.target[0]], one.target[1])
    return bool(abs(total / one.divisor - seen) <= CENT * (1 + sum(1 for at, _ in one.blames or () if at != one.target[0])))


def _provinces(records: Sequence[Record]) -> Iterator[Sum]:
    """The score, instruments and indicators of a province as means of those of its agencies, where each has all of them."""
    columns: dict[Column, Rows] = defaultdict(Rows)
    for at, record in enumerate(records):
        stated = statement_of(record)
        province = getattr(record, "province", None)
        if (
            stated is None
            or province is None
            or not isinstance(record, AgencyScore | IndicatorScore | InstrumentScore | ProvinceScore)
        ):
            continue
        (year, kind, name), branch, key = stated
        rows = columns[year, province, branch, key]
        if kind == "province":
            rows.wholes.append((at, "score"))
        elif kind == "agency":
            rows.repeated |= name in rows.parts
            rows.parts.setdefault(name, (at, "score"))
    sizes: dict[tuple[int, str], set[int]] = defaultdict(set)
    for (year, province, branch, _), rows in columns.items():
        if branch == "indicator" and rows.parts:
            sizes[year, province].add(len(rows.parts))
    for (year, province, *_), rows in columns.items():
        if rows.wholes and len(rows.parts) > 1 and not rows.repeated and sizes[year, province] == {len(rows.parts)}:
            parts = dict.fromkeys(rows.parts.values(), ONE)
            for whole in rows.wholes:
                yield Sum("province_from_rows", whole[0], whole, parts, Decimal(len(parts)), blames=(whole,))


def _types(records: Sequence[Record], frameworks: Mapping[int, Framework]) -> Iterator[Sum]:
    """The mean of an instrument over the rows of a type is that of the type's indicators, where a ranking prints both."""
    rows: dict[tuple[int, str], list[int]] = defaultdict(list)
    means: dict[tuple[int, str], dict[int, Node]] = defaultdict(dict)
    parts: dict[tuple[int, str, str], Node] = {}
    summaries: list[TypeSummary] = []
    for at, record in enumerate(records):
        match record:
            case AgencyScore() if record.is_current_year and record.agency_type and record.table_no is not None:
                rows[record.fiscal_year, record.agency_type].append(at)
            case IndicatorScore() if record.subject == "agency_type" and record.agency_type:
                means[record.fiscal_year, record.agency_type].setdefault(record.indicator_no, (at, "score"))
            case InstrumentScore() if record.subject == "agency" and record.part is None:
                parts.setdefault((record.fiscal_year, who(record), record.instrument), (at, "score"))
            case TypeSummary():
                summaries.append(record)
    for summary in summaries:
        key = (summary.fiscal_year, summary.agency_type)
        framework = frameworks.get(summary.fiscal_year)
        if framework is None or not is_complete(summary, records, rows[key]):
            continue
        names = [who(record) for at in rows[key] if isinstance(record := records[at], AgencyScore)]
        for instrument in framework.instruments:
            cells = [parts.get((summary.fiscal_year, name, instrument.code)) for name in names]
            wholes = [means[key].get(one.no) for one in framework.indicators_of(instrument.code)]
            yield from _mean_of_rows(cells, wholes)


def _mean_of_rows(cells: Sequence[Node | None], wholes: Sequence[Node | None]) -> Iterator[Sum]:
    """The mean of `wholes` is that of `cells`: the first of the wholes is what the cells and the other wholes leave for it."""
    known, whole = _known(cells), _known(wholes)
    if not known or not whole or len(set(known)) < len(known):
        return
    factors = {node: Decimal(len(whole)) for node in known} | {node: -Decimal(len(known)) for node in whole[1:]}
    yield Sum("type_indicators_from_rows", whole[0][0], whole[0], factors, Decimal(len(known)), blames=tuple(whole))


def _known(nodes: Iterable[Node | None]) -> list[Node]:
    """All of them, or none where one is missing."""
    found = list(nodes)
    return [node for node in found if node is not None] if None not in found else []
