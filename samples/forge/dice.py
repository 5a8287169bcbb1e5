"""Choices that are the same on every machine and every Python: a keyed stream instead of one shared generator.

Each choice is drawn under its own label, so a new choice added in one place does not move any other, and a sample that was
read and found right stays the same sample. (`random.Random` promises neither between versions.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Dice:
    """A seed and the path of labels that led here.

    >>> Dice("7").whole("pages", 1, 6) == Dice("7").whole("pages", 1, 6)
    True
    >>> Dice("7").at("a").key == Dice("7/a").key
    True
    """

    key: str

    def at(self, *labels: object) -> Dice:
        """The stream under a label, independent of its neighbours."""
        return Dice("/".join([self.key, *map(str, labels)]))

    def unit(self, label: object) -> float:
        """A number in [0, 1)."""
        digest = hashlib.sha256(f"{self.key}/{label}".encode()).digest()
        return int.from_bytes(digest[:7], "big") / (1 << 56)

    def whole(self, label: object, low: int, high: int) -> int:
        """An integer from `low` to `high`, both included."""
        return low + int(self.unit(label) * (high - low + 1))

    def pick(self, label: object, options: Sequence[T]) -> T:
        """One of `options`."""
        return options[int(self.unit(label) * len(options))]

    def chance(self, label: object, share: float) -> bool:
        """True in `share` of all draws."""
        return share > 0 and self.unit(label) < share

    def sample(self, label: object, options: Sequence[T], count: int) -> tuple[T, ...]:
        """`count` different places of `options`, in a drawn order."""
        order = sorted(range(len(options)), key=lambda i: self.unit((label, i)))
        return tuple(options[i] for i in order[:count])
