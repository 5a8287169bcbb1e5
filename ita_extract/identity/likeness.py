"""How far is a printed name from a true one? An edit distance that knows which Thai letters are taken for one another.

Recognition reads ด for ต and บ for ป, loses a tone mark or doubles it, and slips into another script by sound; it does not read
ก for ห. So an edit between look-alikes, or of a mark over or under a letter, counts `LOOK`, any other edit of a letter `OTHER`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

LOOK = 1
OTHER = 2
ABOVE_BELOW = frozenset("ัิีึืฺุู็่้๊๋์ํ๎")
"""Marks over and under letters: small, and the first to be lost, doubled or taken for one another."""

_TONED_AA, _TONED_AM = re.compile("[่้๊๋]า"), re.compile("[่้๊๋]ำ")


class Likeness:
    """Distances under one table of look-alikes: for each letter those that it is taken for."""

    def __init__(self, lookalikes: Mapping[str, frozenset[str]]) -> None:
        self._like = lookalikes

    def alike(self, one: str, other: str) -> bool:
        """Whether one letter is taken for another. What is no Thai letter was put there for one, and may be any."""
        if one in ABOVE_BELOW and other in ABOVE_BELOW:
            return True
        return other in self._like.get(one, ()) or not (_is_thai(one) and _is_thai(other))

    def strange(self, printed: str, true: str) -> int:
        """How many letters must have been misread, lost or added that no look-alike and no small mark explains.

        >>> from ita_extract.rulebook.load import load_rulebook
        >>> near = Likeness(load_rulebook().registry.lookalikes)
        >>> near.strange("ทาบลาตุก", "ทาปลาดุก"), near.strange("หนองแคน", "หนองแค")
        (0, 1)
        """
        return self.cost(printed, true, OTHER * max(len(printed), len(true)), look=0) // OTHER

    def cost(self, printed: str, true: str, most: int, look: int = LOOK) -> int:
        """The cheapest way from one to the other, edits between look-alikes at `look`; `most` + 1 where it costs more than `most`.

        >>> from ita_extract.rulebook.load import load_rulebook
        >>> near = Likeness(load_rulebook().registry.lookalikes)
        >>> near.cost("อุตรธานี", "อุดรธานี", 4), near.cost("หนองวง", "หนองยวง", 4), near.cost("นาทราย", "แม่ลาน", 4)
        (1, 2, 5)

        A tone mark over the ring of ำ is one blot, and read as one mark: to take it for another is one misreading, not two.

        >>> near.cost("แม่ต้า", "แม่ต๋ำ", 4)
        1
        """
        plain = self._cost(printed, true, most, look)
        if plain > look and "ำ" in true and _TONED_AA.search(printed) and _TONED_AM.search(true):
            one_blot = look + self._cost(_TONED_AA.sub("ำ", printed, 1), _TONED_AM.sub("ำ", true, 1), most, look)
            return min(plain, one_blot)
        return plain

    def _cost(self, printed: str, true: str, most: int, look: int) -> int:
        printed, true = _differing(printed, true)
        if abs(len(printed) - len(true)) * look > most:
            return most + 1
        whole = [look if letter in ABOVE_BELOW else OTHER for letter in true]
        above = [0]
        for price in whole:
            above.append(above[-1] + price)
        for one in printed:
            lost = look if one in ABOVE_BELOW else OTHER
            row = [above[0] + lost]
            for at, other in enumerate(true, 1):
                swap = 0 if one == other else look if self.alike(one, other) else OTHER
                row.append(min(above[at - 1] + swap, above[at] + lost, row[at - 1] + whole[at - 1]))
            if min(row) > most:
                return most + 1
            above = row
        return min(above[-1], most + 1)


def share(cost: int, true: str) -> float:
    """A cost as likeness: 1 is the same name, 0 one of which no letter is left.

    >>> share(1, "อุดรธานี"), share(0, "ลี้")
    (0.9375, 1.0)
    """
    return round(max(0.0, 1 - cost / (OTHER * max(1, len(true)))), 4)


@cache
def _is_thai(letter: str) -> bool:
    return "ก" <= letter <= "๛"


def _differing(one: str, other: str) -> tuple[str, str]:
    """Two texts without what they begin and end with alike."""
    start, most = 0, min(len(one), len(other))
    while start < most and one[start] == other[start]:
        start += 1
    end = 0
    while end < most - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[start : len(one) - end], other[start : len(other) - end]
