"""Instrument scores that are printed as parts of the total: 28.04 of 30."""

from __future__ import annotations

from decimal import Decimal


def converted(part: Decimal, weight: Decimal) -> Decimal:
    """A weighted part as a score of 100, to two decimals, as float64 divides and rounds.

    34.99 of 40 lies right between 87.47 and 87.48. The contract publishes float64, so that whoever divides the published part by
    the published weight gets the published score, and not its neighbour.

    >>> converted(Decimal("28.04"), Decimal("0.3")), converted(Decimal("34.99"), Decimal("0.4"))
    (Decimal('93.47'), Decimal('87.47'))
    """
    return Decimal(f"{round(float(part) / float(weight), 2):.2f}")
