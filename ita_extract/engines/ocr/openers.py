"""The number that opens the entry of a list: "๖. คุณภาพการดำเนินงาน".

It stands before words, and what Tesseract makes of a Thai one is a letter as often as not: "d. คุณภาพการดำเนินงาน" is no
indicator of any year. The shapes of all digits of a page tell it, as they tell the numbers that stand alone.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .numerals import BLANK, parted
from .pieces import ink_of
from .shapes import UNKNOWN, Glyph, glyphs_of

DIGITS = 2
"""Digits of the highest number of a list."""
WIDEST = 3.0
"""Heights of a letter that an opener is wide at most."""
_FIRST: Final = re.compile(r"(\S{1,4}?)[.,]\s*(?=\S)")


def opener_of(image: NDArray[np.uint8], letter: float) -> tuple[Glyph, ...]:
    """The characters before the point with which a line of text opens; none where it opens with something else."""
    parts = parted(ink_of(image), max(2.0, BLANK * letter))
    if len(parts) < 2 or parts[0][1] - parts[0][0] > WIDEST * letter:
        return ()
    *digits, point = glyphs_of(image[:, parts[0][0] : parts[0][1]]) or (None,)
    if point is None or point.low not in (".", ",") or not 0 < len(digits) <= DIGITS or any(one.low for one in digits):
        return ()
    return tuple(digits)


def stated(text: str) -> str:
    """The digits with which a text opens as it was read; "" where it opens with none."""
    found = _FIRST.match(text)
    return found[1] if found and found[1].isdecimal() else ""


def opened(text: str, number: str) -> str:
    """The text with this number before its first point, where something as short stands there.

    >>> opened("d. คุณภาพการดำเนินงาน", "๖"), opened("พ.ศ. ๒๕๖๕", "�"), opened("การใช้อำนาจ", "๓")
    ('๖. คุณภาพการดำเนินงาน', 'พ.ศ. ๒๕๖๕', 'การใช้อำนาจ')
    """
    found = _FIRST.match(text)
    if found is None or not number or UNKNOWN in number:
        return text
    return f"{number}. {text[found.end() :]}"
