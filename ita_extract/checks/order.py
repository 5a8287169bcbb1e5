"""Lists that documents sort by score: a number out of its order is misread."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from itertools import pairwise

from ..model.record import AgencyScore, IndicatorScore, Record
from .interval import Interval
from .network import Finding, Identity, Rule
from .statements import who

RANKED = 8
"""A list of so many indicators that falls from the best to the worst, but for one out of place, is sorted by score."""
LISTED, STRAY = 10, 50
"""A table of so many agencies is sorted by score where all but one, or one in fifty, stand in that order."""
SORTED = "from the best to the worst"


def order_identities(records: Sequence[Record]) -> Iterator[Identity]:
    """Identities of lists by score: the indicators of a report, and the agencies of a table."""
    yield from _indicators(records)
    yield from _agencies(records)


def _indicators(records: Sequence[Record]) -> Iterator[Identity]:
    """An agency's report lists its indicators from the best to the worst."""
    lists: dict[tuple[int, str], list[int]] = defaultdict(list)
    for at, record in enumerate(records):
        if isinstance(record, IndicatorScore) and record.subject == "agency":
            lists[record.fiscal_year, who(record)].append(at)
    for places in lists.values():
        members = [record for at in places if isinstance(record := records[at], IndicatorScore)]
        numbers, scores = [one.indicator_no for one in members], [one.score for one in members]
        if len(set(numbers)) < max(RANKED, len(numbers)) or numbers == sorted(numbers):
            continue
        if falling(scores) >= len(scores) - 1:
            yield Rule("indicators_by_rank", places[0], tuple((at, "score") for at in places), _falls)


def _agencies(records: Sequence[Record]) -> Iterator[Identity]:
    """A regional report lists the agencies of a province by their score. Each two neighbours are an identity, told as one."""
    lists: dict[tuple[int | None, int, bool], list[int]] = defaultdict(list)
    for at, record in enumerate(records):
        if isinstance(record, AgencyScore) and record.table_no is not None:
            lists[record.table_no, record.fiscal_year, record.is_current_year].append(at)
    for (table_no, year, _), places in lists.items():
        scores = [record.score for at in places if isinstance(record := records[at], AgencyScore)]
        if len(scores) < LISTED or falling(scores) < len(scores) - max(1, len(scores) // STRAY) or len(set(scores)) < LISTED:
            continue
        yield Rule("scores_by_rank", f"agency_scores of table {table_no}, {year}", (), partial(_sorted, tuple(scores)))
        for above, below in pairwise(places):
            yield Rule("scores_by_rank", below, ((above, "score"), (below, "score")), _falls, quiet=True)


def falling(scores: Sequence[Decimal]) -> int:
    """How many of the scores are left where as few as need be are taken out for the rest to fall, or stay, from each to the next.

    >>> falling([Decimal(score) for score in (95, 93, 39, 90, 90, 81)])
    5
    """
    ends: list[Decimal] = []  # of the longest such rows of each length: the highest last score, with its sign turned
    for score in scores:
        at = bisect_right(ends, -score)
        ends[at : at + 1] = [-score]
    return len(ends)


def _falls(cells: Sequence[Interval]) -> Finding:
    breaks = sum(1 for a, b in pairwise(cells) if a.high < b.low)
    return Finding(breaks == 0, SORTED, f"{breaks} out of order" if breaks else SORTED)


def _sorted(scores: Sequence[Decimal], _: Sequence[Interval]) -> Finding:
    breaks = sum(1 for a, b in pairwise(scores) if a < b)
    return Finding(breaks == 0, f"{len(scores)} scores {SORTED}", f"{breaks} out of order" if breaks else f"{len(scores)} {SORTED}")
