"""Provinces and districts as a document prints them beside names: misread ones are known by their likeness and by their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ..rulebook.registry import Place
from .candidates import Neighbours
from .listing import Entry, only
from .names import Agencies

MOST = 4
"""So far a printed place may be from a true one: two letters outside the look-alikes, or four within."""


class Columns:
    """What the columns of one document mean, each printed text found once.

    A column is a closed list, 77 provinces or the dozen districts of one: what is printed there is one of them. Where likeness
    alone does not tell which, the rows do whose agency is known without it.
    """

    def __init__(self, entries: Iterable[Entry], agencies: Agencies, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self._provinces: dict[str, tuple[Place, int] | None] = {}
        self._districts: dict[tuple[str, str], tuple[Place, int] | None] = {}
        self._told: dict[tuple[str, str], set[str]] = defaultdict(set)
        for entry in entries:
            who = agencies.who(*entry.printed)
            if entry.district and who.match == "context" and who.province_code and who.district_code:
                self._told[who.province_code, entry.district].add(who.district_code)

    def province(self, printed: str) -> tuple[Place, int] | None:
        """The province meant, and how far its name is from the print: 0 where it is printed right; None where it is not known."""
        if printed not in self._provinces:
            exact = self._neighbours.registry.province_named(printed)
            self._provinces[printed] = (exact, 0) if exact else nearest(self._neighbours.province(printed, MOST))
        return self._provinces[printed]

    def district(self, printed: str, province_code: str) -> tuple[Place, int] | None:
        """As `province`, for the district of a province."""
        key = province_code, printed
        if key not in self._districts:
            exact = self._neighbours.registry.district_named(printed, province_code)
            self._districts[key] = (exact, 0) if exact else self._likely_district(printed, province_code)
        return self._districts[key]

    def _likely_district(self, printed: str, province_code: str) -> tuple[Place, int] | None:
        found = self._neighbours.district(printed, province_code, MOST)
        told = only(self._told[province_code, printed])
        return next((one for one in found if one[0].code == told), None) or nearest(found)


def nearest(found: tuple[tuple[Place, int], ...]) -> tuple[Place, int] | None:
    """The nearest of some places, nearest first; None where two are equally near."""
    return found[0] if found and (len(found) == 1 or found[1][1] > found[0][1]) else None
