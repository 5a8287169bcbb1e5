"""Instrument scores of 100, or parts of the total: 28.04 of 30. Which of the two a table prints, its own arithmetic proves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..rulebook.frameworks import Frameworks

ROUNDED = Decimal("0.02")
"""How far a printed number may lie from one that is worked out of other printed ones: each was rounded to two decimals."""


@dataclass(frozen=True, slots=True)
class Share:
    """One printed instrument score beside what else is known of it: the mean of its indicators, and its weight (0 to 1)."""

    mean: Decimal | None
    printed: Decimal
    weight: Decimal | None


def weights_of(year: int, frameworks: Frameworks) -> Mapping[str, Decimal]:
    """The weights of the instruments in a year, of the nearest year where its own are not sourced; none in another model."""
    if frameworks.other_model(year) is not None:
        return {}
    known = [one for one in frameworks.values() if one.instruments]
    nearest = min(known, key=lambda one: abs(one.fiscal_year - year), default=None)
    return {one.code: one.weight for one in nearest.instruments} if nearest else {}


@dataclass(frozen=True, slots=True)
class Printed:
    """The instrument scores that one row prints, with its total and the weights of its year."""

    parts: Mapping[str, Decimal]
    total: Decimal | None
    weights: Mapping[str, Decimal]


def how_printed(code: str, shares: Sequence[Share], rows: Sequence[Printed]) -> bool | None:
    """Whether a column prints weighted parts (True) or scores of 100 (False); None where nothing in the table tells.

    Every row speaks for itself, by its indicators or by its total, and most decide: one misread cell changes nothing. A row whose
    values are nought would fit both and says nothing.

    >>> how_printed("IIT", [Share(Decimal("91.55"), Decimal("27.47"), Decimal("0.3"))], [])
    True
    >>> row = {"IIT": Decimal("91.55"), "EIT": Decimal("89.01"), "OIT": Decimal("92.53")}
    >>> weights = {"IIT": Decimal("0.3"), "EIT": Decimal("0.3"), "OIT": Decimal("0.4")}
    >>> how_printed("IIT", [], [Printed(row, Decimal("91.18"), weights)])
    False
    """
    votes = 0
    for share in shares:
        if share.mean is not None and share.weight is not None:
            votes += _vote(share.printed, share.mean * share.weight, share.mean)
    for row in rows:
        if row.total is not None and code in row.parts and set(row.parts) == set(row.weights):
            plain = sum((row.parts[name] * weight for name, weight in row.weights.items()), Decimal(0))
            votes += _vote(row.total, sum(row.parts.values(), Decimal(0)), plain)
    return votes > 0 if votes else None


def _vote(printed: Decimal, weighted: Decimal, plain: Decimal) -> int:
    return int(abs(printed - weighted) <= ROUNDED) - int(abs(printed - plain) <= ROUNDED)
