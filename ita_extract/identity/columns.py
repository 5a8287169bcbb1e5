"""Provinces and districts as a document prints them beside names: misread ones are known by their likeness and by their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ..rulebook.registry import Place, squeezed
from .candidates import Neighbours
from .likeness import LOOK
from .listing import Entry, only
from .names import Agencies

MOST = 4
"""So far a printed place may be from a true one: two letters outside the look-alikes, or four within."""
SHOWN, CUT = 6, 2 * LOOK
"""So many letters of a province at least, and half of them, are printed where its end is lost; so far they may be from the true
ones, and every other province is farther off by more than that again."""
ENDING = 3
"""So many letters at the end of a district tell which of a province it is, where one alone ends so."""


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
            self._provinces[printed] = (exact, 0) if exact else self._likely_province(printed)
        return self._provinces[printed]

    def is_cut_off(self, printed: str) -> bool:
        """Whether a province is printed without its end: a name longer than its column runs on over the district beside it."""
        meant, text = self.province(printed), squeezed(printed)
        if meant is None or len(text) >= len(meant[0].name):
            return False
        return self._neighbours.likeness.cost(text, meant[0].name[: len(text)], CUT) <= CUT

    def _likely_province(self, printed: str) -> tuple[Place, int] | None:
        """The nearest province; where none is near, the one that begins so. Not the nearest if another begins so as surely: "เพชรบู"
        is what is left of เพชรบูรณ์, or misread for เพชรบุรี."""
        found, begun = self._neighbours.province(printed, MOST), self._begun(printed)
        meant = nearest(found)
        if meant is not None:
            return None if any(one.code != meant[0].code and cost <= meant[1] for one, cost in begun) else meant
        best = min(begun, key=lambda one: one[1], default=None)
        if best is None or best[1] > CUT or len(squeezed(printed)) < SHOWN:
            return None
        return best if all(one.code == best[0].code or cost > best[1] + CUT for one, cost in (*found, *begun)) else None

    def _begun(self, printed: str) -> list[tuple[Place, int]]:
        """The provinces that begin about as the print does, which is shorter, and how far their beginnings are from it."""
        text, near = squeezed(printed), self._neighbours.likeness
        long = (one for one in self._neighbours.registry.provinces if len(text) < len(one.name) <= 2 * len(text))
        costs = ((one, near.cost(text, one.name[: len(text)], 2 * CUT)) for one in long)
        return [(one, cost) for one, cost in costs if cost <= 2 * CUT]

    def district_ending(self, printed: str, province_code: str) -> Place | None:
        """The one district of a province that ends as the print does, whatever stands over its beginning."""
        end = squeezed(printed)[-ENDING:]
        inside = (one for one in self._neighbours.registry.districts if one.province_code == province_code)
        found = [one for one in inside if len(end) == ENDING and one.name.endswith(end)]
        return found[0] if len(found) == 1 else None

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
