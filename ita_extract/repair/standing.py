"""The cheapest way to read a run as it stands: what sound text is, and what any change of damaged text is measured against."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final, NamedTuple

from ..rulebook import thai
from . import trie
from .letters import Run, weigh
from .lexicon import HEAD, PLACE, lexicon

LOST: Final = 1e9
LOOK_AHEAD: Final = 12
PRUNE: Final = 3.0
PRUNE_UNKNOWN: Final = 1.0
"""A place that costs this much more than some later one is inside a word already read: nothing begins there. The second is for a
place that only a letter outside every word leads to."""

units = lru_cache(maxsize=50_000)(trie.units)


@cache
def place_cost() -> float:
    """What the name of a place costs behind the word that names its kind."""
    return thai.costs()["word.place"]


class Word(NamedTuple):
    """One step of a path: letters `start` to `end` read as `text`; `ordinal` is that of the word, or -1 for a letter as it stands.

    `late`: its last letter took up a mark that was carried there.   `cost`: of this step.   `waiting`: the marks that it still
    waits for.   A named tuple, because paths are made by the hundred thousand.
    """

    start: int
    end: int
    text: str
    ordinal: int
    late: bool
    cost: float
    waiting: str

    @property
    def known(self) -> bool:
        return self.ordinal >= 0

    @property
    def units(self) -> tuple[str, ...]:
        """The letters with their marks."""
        return units(self.text)


def as_it_stands(run: Run) -> tuple[Word, ...]:
    """The cheapest way to read `run` without any change."""
    known = lexicon()
    base, check, term, exact, price, flags = known.base, known.check, known.term, known.exact, known.cost, known.flags
    codes, _, alone = weigh(run.text)
    gaps, offsets, plain, for_place = run.gaps, run.offsets, run.plain, place_cost()
    n = len(codes)
    costs = [0.0] + [LOST] * n
    back, ordinals = [0] * (n + 1), [-1] * (n + 1)
    first, limit = 0, -1
    low, low_at = LOST, 0  # the cheapest place ahead: what it undercuts is inside a word and starts none
    for place in range(n):
        cost, before = costs[place], ordinals[place]
        if low_at <= place:
            low = min(costs[place + 1 : place + 1 + LOOK_AHEAD])
            low_at = costs.index(low, place + 1)
        step = cost + alone[place]
        if step < costs[place + 1]:
            costs[place + 1], back[place + 1], ordinals[place + 1] = step, place, -1
            if step < low:
                low, low_at = step, place + 1
        if limit <= place:  # no word reaches over a blank
            first, limit = place, next((at + 1 for at in range(place, n) if gaps[at]), n) if run.gapped else n
        if cost > low + (PRUNE if before >= 0 or not place else PRUNE_UNKNOWN):
            continue
        node, at, start = 0, place, offsets[place]
        while at < limit:
            below = base[node] + codes[at]
            if check[below] != node:
                break
            node = below
            at += 1
            if term[node] >= 0:
                ordinal = exact.get(plain[start : offsets[at]], -1)
                if ordinal >= 0:
                    if flags[ordinal] & PLACE and ((before >= 0 and flags[before] & HEAD) or (place == first and at == limit)):
                        total = cost + for_place
                    else:
                        total = cost + price[ordinal]
                    if total < costs[at]:
                        costs[at], back[at], ordinals[at] = total, place, ordinal
                        if total < low:
                            low, low_at = total, at
    path: list[Word] = []
    at = n
    while at:
        place = back[at]
        path.append(Word(place, at, plain[offsets[place] : offsets[at]], ordinals[at], False, costs[at] - costs[place], ""))
        at = place
    path.reverse()
    return tuple(path)
