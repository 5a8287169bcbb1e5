"""What one slip of the eye makes of a printed number, and what the number may have been before the slip."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

DIGITS = "0123456789"
HUNDREDS = 3
"""Scores have as many digits before the point: 100.00."""


def misreadings(value: Decimal) -> Iterator[Decimal]:
    """Every other number that a single misreading makes of a printed one, or that makes it of another: nearest first.

    One digit is read as another, two neighbouring digits change places, the decimal point is lost or moves. Each comes once.
    A first digit that is read as a zero leaves no trace: 0.00 may have been 100.00.

    >>> near = list(misreadings(Decimal("81.26")))
    >>> near[:2], Decimal("81.62") in near, Decimal("8126") in near, Decimal("812.6") in near, len(near)
    ([Decimal('81.25'), Decimal('81.27')], True, True, True, 53)
    """
    digits, places = _digits(value)
    unit, last = Decimal(1).scaleb(-places), digits[-1]
    near = [value + step for step, end in ((-unit, "0"), (unit, "9")) if last != end]
    yield from near  # the likeliest to pass: whoever asks whether any does is mostly done here
    made = {Decimal(slip).scaleb(-places) for slip in _slips(digits)}
    if places:
        made |= {Decimal(digits).scaleb(-moved) for moved in range(len(digits)) if moved != places}
    made -= {value, *near}
    yield from sorted(made, key=lambda slip: (abs(slip - value), slip))


def _digits(value: Decimal) -> tuple[str, int]:
    """The digits with a zero for a first one that is not there, up to hundreds, and how many stand behind the point."""
    places = max(0, -int(value.as_tuple().exponent))
    digits = str(abs(int(value.scaleb(places))))
    return digits.rjust(places + HUNDREDS if places else len(digits) + 1, "0"), places


def _slips(text: str) -> Iterator[str]:
    for at, digit in enumerate(text):
        yield from (text[:at] + other + text[at + 1 :] for other in DIGITS if other != digit)
        if at and text[at - 1] != digit:
            yield text[: at - 1] + digit + text[at - 1] + text[at + 1 :]


def readings_before(value: Decimal, places: int) -> Iterator[Decimal]:
    """What a number may have been that was misread once: all of `places` decimals, as its column prints them.

    >>> before = set(readings_before(Decimal("87.26"), 2))
    >>> Decimal("81.26") in before, Decimal("81.26") in set(readings_before(Decimal("8126"), 2))
    (True, True)
    >>> Decimal("95.00") in set(readings_before(Decimal("5.00"), 2))
    True
    """
    digits, own = _digits(value)
    slips = _slips(digits) if own == places else (digits,)  # all digits are right where only the point was lost or moved
    made = {Decimal(slip).scaleb(-places) for slip in slips}
    yield from sorted(slip for slip in made if slip != value)
