"""What one slip of the eye makes of a printed number, and what the number may have been before the slip."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

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
    yield from (slip for slip in _all(digits, places) if slip not in near)


@lru_cache(maxsize=16_384)
def _all(digits: str, places: int) -> tuple[Decimal, ...]:
    """Remembered: a document that states every score twice asks of each of its few thousand different ones again and again."""
    value = Decimal(digits).scaleb(-places)
    made = {Decimal(slip).scaleb(-places) for slip in _slips(digits)}
    if places:
        made |= {Decimal(digits).scaleb(-moved) for moved in range(len(digits)) if moved != places}
    return tuple(sorted(made - {value}, key=lambda slip: (abs(slip - value), slip)))


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

    No number is printed with a zero that it does not need in front, so none was shorter than what is read: 81.26 is no misread
    1.26. One that looks shorter than it was is another matter: 05.00, read for 95.00, is 5.00 here. A point that was lost or moved
    leaves all digits right, but for zeros at the end that a column may leave out.

    >>> before = set(readings_before(Decimal("87.26"), 2))
    >>> Decimal("81.26") in before, Decimal("7.26") in before, Decimal("95.00") in set(readings_before(Decimal("5.00"), 2))
    (True, False, True)
    >>> list(readings_before(Decimal("812.6"), 2)), list(readings_before(Decimal("850"), 2))
    ([Decimal('81.26')], [Decimal('8.50'), Decimal('85.00')])
    """
    digits, own = _digits(value)
    if own == places:
        length = len(str(int(abs(value))))
        made = {Decimal(slip).scaleb(-places) for slip in _slips(digits)}
        made = {one for one in made if len(str(int(one))) >= length}
    else:
        bare = digits.lstrip("0")
        longer = (bare + "0" * zeros for zeros in range(places + 1) if bare and len(bare) + zeros <= HUNDREDS + places)
        made = {Decimal(one).scaleb(-places) for one in longer}
    yield from sorted(made - {value})
