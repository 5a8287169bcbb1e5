"""The rows of a ranking as evidence of one another: which agency stands where, and between which two a doubtful name must lie."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeAlias

from ..model.record import AgencyScore
from .names import Identity
from .order import Key, ascending, dictionary_key

Place: TypeAlias = tuple[Key, ...]
"""What rows are sorted by."""
Ordering: TypeAlias = Callable[[Identity, "str | None"], Place]
"""The place of an agency, given the district in which it lies."""

FEWEST = 3
SORTED = 0.9
"""So many names that are sure, and so large a share of them in order, make a list of which the order is evidence."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One printed row: what it says of an agency, and the places of its records (one for each year's column) in the document."""

    at: tuple[int, ...]
    name: str
    agency_type: str | None
    province: str | None
    district: str | None

    @property
    def printed(self) -> tuple[str, str | None, str | None, str | None]:
        return self.name, self.agency_type, self.province, self.district


def listings(records: Sequence[tuple[int, AgencyScore]]) -> tuple[tuple[Entry, ...], ...]:
    """The rankings of a document, each in the order of its running numbers, where it has them, or else of its reading.

    `records` come with their places in the document. A ranking is what stands under one type of agency for one year.
    """
    lists: dict[tuple[str | None, int], list[tuple[int | None, Entry]]] = defaultdict(list)
    for _, members in groupby(records, key=lambda one: _row(one[1])):
        row = list(members)
        first = row[0][1]
        entry = Entry(tuple(at for at, _ in row), first.agency_name, first.agency_type, first.province, first.district)
        lists[first.agency_type, max(one.fiscal_year for _, one in row)].append((first.row_no, entry))
    return tuple(_by_number(rows) for rows in lists.values())


def _row(record: AgencyScore) -> tuple[Any, ...]:
    return (
        record.page,
        record.table_no,
        record.row_no,
        record.bbox,
        record.agency_type,
        record.agency_name,
        record.province,
        record.district,
    )


def _by_number(rows: list[tuple[int | None, Entry]]) -> tuple[Entry, ...]:
    numbers = [number for number, _ in rows if number is not None]
    if len(set(numbers)) == len(rows):  # pages may lie in any order: the numbers tell the true one
        rows = sorted(rows, key=lambda row: row[0] or 0)
    return tuple(entry for _, entry in rows)


def by_printed_district(who: Identity, _: str | None) -> Place:
    return (*(dictionary_key(part or "") for part in (who.province, who.district)), dictionary_key(who.name))


def by_true_district(who: Identity, district: str | None) -> Place:
    """As lists are sorted that were made with a column of districts, which was then left out."""
    return (*(dictionary_key(part or "") for part in (who.province, district)), dictionary_key(who.name))


def by_name(who: Identity, _: str | None) -> Place:
    return dictionary_key(who.province or ""), dictionary_key(who.name)


ORDERINGS: tuple[Ordering, ...] = (by_printed_district, by_name, by_true_district)


@dataclass(frozen=True, slots=True)
class Order:
    """What the order of a list says: `places` of the sure rows that keep it, by their position, and those that break it.

    `ordering` is None where the list is in no order that is known, sorted by score, say: then nothing is too low or too high.
    """

    ordering: Ordering | None
    positions: tuple[int, ...] = ()
    places: tuple[Place, ...] = ()
    breaks: frozenset[int] = frozenset()

    def fits(self, position: int, who: Identity, district: str | None) -> bool:
        """Whether an agency may stand at a position: not before the sure row above it, and not behind the one below."""
        if self.ordering is None:
            return True
        place = self.ordering(who, district)
        above = bisect_left(self.positions, position)
        below = above + (above < len(self.positions) and self.positions[above] == position)
        return (above == 0 or self.places[above - 1] <= place) and (below >= len(self.places) or place <= self.places[below])


NO_ORDER = Order(None)


def order_of(sure: Mapping[int, tuple[Identity, str | None]]) -> Order:
    """The order that sure rows, by their position, keep: the ordering that most of them are in."""
    positions = sorted(sure)
    best: tuple[list[int], list[Place], Ordering] | None = None
    for ordering in ORDERINGS:
        places = [ordering(*sure[at]) for at in positions]
        kept = ascending(places)
        if best is None or len(kept) > len(best[0]):
            best = kept, places, ordering
        if len(kept) == len(positions):
            break
    if best is None or len(positions) < FEWEST or len(best[0]) < SORTED * len(positions):
        return NO_ORDER
    kept, places, ordering = best
    inside = set(kept)
    breaks = frozenset(position for at, position in enumerate(positions) if at not in inside)
    return Order(ordering, tuple(positions[at] for at in kept), tuple(places[at] for at in kept), breaks)


def only(values: Iterable[str]) -> str | None:
    """The one value of all; None where there are several, or none."""
    found = set(values)
    return found.pop() if len(found) == 1 else None
