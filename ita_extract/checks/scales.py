"""How the answers of a row of a survey are weighed: by the scale of the year, or of the nearest year whose scale is known.

The scale of 2563 is sourced and those of later years are not. A report that prints shares and scores of some rows tells it
itself: where its rows are what the shares make of them on the scale of another year, all but a misread few, that scale is its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias, get_args

from ..model.record import Record, SurveyRow
from ..rulebook.frameworks import Direction, Framework, Scale
from .interval import Interval, printed

FOUR_STEP = ("share_least", "share_little", "share_much", "share_most")
YES_NO = ("share_yes", "share_no")
HUNDRED = Decimal(100)
MIDDLE = Decimal(50)
FEWEST, FIT = 3, Decimal(2) / 3
"""A scale of another year is believed where so many rows, and at least this share of all, are what it makes of their shares."""

Weights: TypeAlias = tuple[Decimal, ...]
RowWeights: TypeAlias = Callable[[SurveyRow], tuple[Weights, ...]]
"""The weights that the answers of a row may have: one for each way in which it may count, none where they are not known."""


def row_weights(records: Sequence[Record], frameworks: Mapping[int, Framework]) -> RowWeights:
    """What is known of the weights of each row in one document."""
    rows: dict[tuple[int, str], list[SurveyRow]] = defaultdict(list)
    for record in records:
        if isinstance(record, SurveyRow):
            rows[record.fiscal_year, record.scale].append(record)
    scales = {(year, name): _scale(year, name, members, frameworks) for (year, name), members in rows.items()}

    def weights(row: SurveyRow) -> tuple[Weights, ...]:
        scale = scales.get((row.fiscal_year, row.scale))
        return tuple(scale.weights_for(way) for way in _directions(row)) if scale else ()

    return weights


def _directions(row: SurveyRow) -> tuple[Direction, ...]:
    return (row.direction,) if row.direction else get_args(Direction)


def _scale(year: int, name: str, rows: Sequence[SurveyRow], frameworks: Mapping[int, Framework]) -> Scale | None:
    """The scale of the year; where it has none, the nearest year's, if the rows themselves are scored by it."""
    own = frameworks.get(year)
    if own is not None and (scale := own.scale(name)):
        return scale
    others = sorted((abs(other - year), other) for other, framework in frameworks.items() if framework.scale(name))
    scale = frameworks[others[0][1]].scale(name) if others else None
    if scale is None:
        return None
    agreeing = sum(1 for row in rows if _is_scored_by(row, scale))
    return scale if agreeing >= FEWEST and agreeing >= FIT * len(rows) else None


def _is_scored_by(row: SurveyRow, scale: Scale) -> bool:
    shares = [printed(share) for share in shares_of(row)]
    return len(shares) == len(scale.weights) and any(
        weighed(shares, scale.weights_for(way)).meets(printed(row.score)) for way in _directions(row)
    )


def shares_of(row: SurveyRow) -> Iterator[Decimal]:
    """The shares of the answers that a row prints."""
    for name in FOUR_STEP if row.scale == "four_step" else YES_NO:
        share = getattr(row, name)
        if share is not None:
            yield share


def weighed(shares: Sequence[Interval], weights: Weights) -> Interval:
    """What shares of answers make of a row's score.

    The shares before rounding add up to 100, so any number may be taken from all weights and added to the sum; the middle of the
    scale leaves the least of what rounding hides.

    >>> found = weighed([printed(Decimal(25))] * 4, tuple(map(Decimal, (0, 33, 67, 100))))
    >>> str(found.low), str(found.high)
    ('49.99330', '50.00670')
    """
    low = high = MIDDLE
    for share, weight in zip(shares, weights, strict=True):
        factor = (weight - MIDDLE) / HUNDRED
        ends = share.low * factor, share.high * factor
        low, high = low + min(ends), high + max(ends)
    return Interval(low, high)
