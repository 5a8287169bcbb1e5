"""What a printed name may have meant: the agencies and places of the registry that look like it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..rulebook.registry import PLACE_WORDS, AgencyType, Place, Registry, squeezed
from .likeness import Likeness

PREFIX_COST = 4
SHORTEST_PREFIX = 6
"""A misread type is looked for by its full form alone: too little is left of a misread "อบต."."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """The name of a place that may have been meant, the districts (codes) that have it, and how far the print is from it."""

    name: str
    districts: tuple[str, ...]
    cost: int


@dataclass(frozen=True, slots=True)
class Split:
    """A printed name cut behind a type that it may have told, and what was misread in the type."""

    kind: AgencyType
    place: str
    cost: int


class Neighbours:
    """The look-alikes in one registry."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.likeness = Likeness(registry.lookalikes)
        self._pools: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}

    def names(self, text: str, kind: AgencyType, province_code: str, most: int) -> tuple[Candidate, ...]:
        """The names of places that agencies of `kind` may bear in a province, at most `most` from `text`, nearest first.

        A municipality may also be named after its district or its province. A province or its organization: `province_code` "".
        """
        pool = self._pool(kind, province_code)
        found = [Candidate(name, pool[name], cost) for name, cost in self._near(text, pool, most)]
        return tuple(sorted(found, key=lambda one: (one.cost, one.name)))

    def province(self, printed: str, most: int) -> tuple[tuple[Place, int], ...]:
        """The provinces that a misread column may have meant, nearest first."""
        return self._places(printed, self.registry.provinces, 2, most)

    def district(self, printed: str, province_code: str, most: int) -> tuple[tuple[Place, int], ...]:
        return self._places(printed, [one for one in self.registry.districts if one.province_code == province_code], 4, most)

    def split(self, text: str, given: AgencyType | None) -> Split | None:
        """A name of which the type was misread, cut behind it: "องค้การบริหารส่วนตำบลนาทราย". `given` is the type that heads it.

        None where no one type is nearest; a heading is believed before the letters are.
        """
        kinds = [given] if given else [one for one in self.registry.types if one.place != "none"]
        found = sorted(self._cuts(text, kinds), key=lambda cut: cut.cost)
        if not found or len({cut.kind.code for cut in found if cut.cost == found[0].cost}) > 1:
            return None
        return found[0]

    def _cuts(self, text: str, kinds: Iterable[AgencyType]) -> Iterator[Split]:
        for kind in kinds:
            prefix = kind.prefixes[0]
            if len(prefix) >= SHORTEST_PREFIX:
                most = min(PREFIX_COST, len(prefix) // 2)
                for end in range(len(prefix) - 2, min(len(prefix) + 3, len(text))):
                    cost = self.likeness.cost(text[:end], prefix, most)
                    if cost <= most:
                        yield Split(kind, text[end:], cost)

    def _near(self, text: str, names: Iterable[str], most: int) -> Iterator[tuple[str, int]]:
        from rapidfuzz.distance import Levenshtein

        for name in names:
            if Levenshtein.distance(text, name, score_cutoff=most) <= most:  # no edit is cheaper than 1
                cost = self.likeness.cost(text, name, most)
                if cost <= most:
                    yield name, cost

    def _pool(self, kind: AgencyType, province_code: str) -> dict[str, tuple[str, ...]]:
        place = kind.place
        known = self._pools.get((place, province_code))
        if known is None:
            known = {}
            for name, district in self._named(place, province_code):
                known[name] = tuple(sorted({*known.get(name, ()), *([district] if district else [])}))
            self._pools[place, province_code] = known
        return known

    def _named(self, place: str, province_code: str) -> Iterator[tuple[str, str | None]]:
        if place == "province":
            yield from ((one.name, None) for one in self.registry.provinces)
            return
        for one in self.registry.subdistricts_of.get(province_code, ()):
            yield from ((name, one.district_code) for name in (one.name, *one.variants))
        if place == "municipality":
            yield from ((one.name, one.code) for one in self.registry.districts if one.province_code == province_code)
            around = self.registry.place(province_code)
            if around is not None:
                yield around.name, None

    def _places(self, printed: str, places: Sequence[Place], level: int, most: int) -> tuple[tuple[Place, int], ...]:
        texts = {squeezed(printed)}
        texts |= {
            text[len(word) :] for word in PLACE_WORDS[level] for text in texts if text.startswith(word) and len(text) > len(word)
        }
        found: list[tuple[Place, int]] = []
        for place in places:
            costs = [self.likeness.cost(text, name, most) for text in texts for name in (place.name, *place.variants)]
            if min(costs) <= most:
                found.append((place, min(costs)))
        return tuple(sorted(found, key=lambda one: (one[1], one[0].code)))
