"""A printed number stands for every number that rounds to it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.checks.interval import Interval, exact, mean, printed

SCORES = st.decimals(0, 100, places=4)


def rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(SCORES)
def test_what_was_rounded_lies_in_the_interval_of_its_print(value: Decimal) -> None:
    assert printed(rounded(value)).meets(exact(value))


@given(st.lists(SCORES, min_size=1, max_size=30))
def test_the_mean_of_printed_numbers_meets_the_printed_mean(values: list[Decimal]) -> None:
    """However many are rounded, no tolerance is needed beyond what rounding explains."""
    assert mean(printed(rounded(v)) for v in values).meets(printed(rounded(sum(values) / len(values))))


@given(SCORES, SCORES, SCORES)
def test_a_weighted_total_meets_its_print(iit: Decimal, eit: Decimal, oit: Decimal) -> None:
    weights = (Decimal("0.3"), Decimal("0.3"), Decimal("0.4"))
    parts = [printed(rounded(v)).scaled(w) for v, w in zip((iit, eit, oit), weights, strict=True)]
    true = sum((v * w for v, w in zip((iit, eit, oit), weights, strict=True)), Decimal(0))
    assert (parts[0] + parts[1] + parts[2]).meets(printed(rounded(true)))


@given(SCORES, st.decimals("0.02", 5, places=2))
def test_a_number_that_is_further_away_does_not_meet(value: Decimal, off: Decimal) -> None:
    shown = rounded(value)
    assert not printed(shown).meets(printed(shown + off))
    assert printed(shown).meets(printed(shown + Decimal("0.01")))


def test_places_set_the_width() -> None:
    assert printed(Decimal("85.6"), 1) == Interval(Decimal("85.55"), Decimal("85.65"))
    assert printed(Decimal("86"), 0) == Interval(Decimal("85.5"), Decimal("86.5"))
    assert printed(Decimal("86")).middle == 86


def test_the_mean_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no mean"):
        mean([])
