"""A printed number stands for every number that rounds to it: tolerances are derived from the print, never tuned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

HALF = Decimal("0.5")
_HALVES = tuple(HALF.scaleb(-places) for places in range(4))


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from `low` to `high`, both included."""

    low: Decimal
    high: Decimal

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def scaled(self, factor: Decimal) -> Interval:
        """The interval times a factor that is not negative."""
        return Interval(self.low * factor, self.high * factor)

    def meets(self, other: Interval) -> bool:
        """Whether one value lies in both: then the two printed numbers may be the same."""
        return self.low <= other.high and other.low <= self.high

    @property
    def middle(self) -> Decimal:
        return (self.low + self.high) / 2


def printed(value: Decimal, places: int = 2) -> Interval:
    """What a printed number may have been before it was rounded to so many places.

    >>> printed(Decimal("85.00"))
    Interval(low=Decimal('84.995'), high=Decimal('85.005'))
    """
    half = _HALVES[places] if 0 <= places < len(_HALVES) else HALF.scaleb(-places)
    return Interval(value - half, value + half)


def exact(value: int | Decimal) -> Interval:
    """A count, or a number that is known and was never rounded."""
    return Interval(Decimal(value), Decimal(value))


def mean(values: Iterable[Interval]) -> Interval:
    """The mean of what may have been; raises ValueError of nothing."""
    values = list(values)
    if not values:
        raise ValueError("no mean of nothing")
    total = sum(values[1:], values[0])
    return Interval(total.low / len(values), total.high / len(values))
