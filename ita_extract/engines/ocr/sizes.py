"""How large the type of each piece is, told from its letters.

No two lines of one size have letters of one height in a picture: one prints more tall letters, the other more low ones, and of
numbers alone, Thai ones above all, hardly anything can be said. But a page is set in a few sizes; what the long texts show of them
is what all are measured by.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from .pieces import LETTER, LETTERS, Piece, ink_of

TALL_SHARE = 75
"""The percentile of a text's letters that is its height: it strays by 3 % from line to line of one size, their middle by 5."""
ENOUGH = 6
"""A text of so many consonants tells its size."""
SPREAD = 1.065
"""Heights that differ by this factor at most may be of one size. Sizes that are used side by side differ by an eighth and more."""
FAR = 1.6
"""What tells no size is of the usual one, unless it is higher by this factor."""
NUMBER, DIGIT = 1.35, 1.2
"""The same of a number: the year of a title may have a line of its own. A digit is so many times as high as a consonant; the
brackets of "(EIT)" are higher."""
_CONSONANT: Final = re.compile("[ก-ฮ]")
_YEAR: Final = re.compile(r"(?:พ\.ศ\. ?)?[0-9๐-๙]{4}")


def letter_heights(pieces: Sequence[Piece], texts: Sequence[str], letter: float) -> list[float]:
    """Of each piece the height in pixels of its letters, one of the sizes of the page. `letter`: that of most letters."""
    own = [_tall_letters(piece.image, letter) for piece in pieces]
    tells = [at for at, text in enumerate(texts) if own[at] and "\n" not in text and len(_CONSONANT.findall(text)) >= ENOUGH]
    sizes = _sizes([(own[at], len(texts[at])) for at in tells])
    if not sizes:
        return [height or letter for height in own]
    usual, known = sizes[0], set(tells)
    found = []
    for at, (height, text) in enumerate(zip(own, texts, strict=True)):
        number = at not in known and _YEAR.fullmatch(text) is not None
        other = at in known or height > (NUMBER if number else FAR) * usual
        found.append(sizes[_nearest(sizes, height / DIGIT if number else height)] if other else usual)
    return found


def _tall_letters(image: NDArray[np.uint8], letter: float) -> float:
    """The height of the taller letters of a picture; 0 where it has none."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink_of(image), connectivity=8)
    heights = stats[1:, cv2.CC_STAT_HEIGHT]
    letters = heights[(heights >= LETTER[0]) & (heights >= LETTERS * letter)]
    return float(np.percentile(letters, TALL_SHARE)) if len(letters) else 0.0


def _sizes(found: Sequence[tuple[float, int]]) -> list[float]:
    """Heights with their weights as a few sizes, the one of most weight first.

    >>> _sizes([(30.0, 50), (31.0, 40), (29.5, 20), (36.0, 12), (36.0, 10)])
    [30.0, 36.0]
    """
    rest = sorted(found)
    out: list[float] = []
    while rest:
        near = max(([one for one in rest if height / SPREAD <= one[0] <= height * SPREAD] for height, _ in rest), key=_weight)
        out.append(_middle(near))
        rest = [one for one in rest if not out[-1] / SPREAD <= one[0] <= out[-1] * SPREAD and one not in near]
    return out


def _weight(found: Sequence[tuple[float, int]]) -> int:
    return sum(weight for _, weight in found)


def _middle(found: Sequence[tuple[float, int]]) -> float:
    reached = np.cumsum([weight for _, weight in found])
    return found[int(np.searchsorted(reached, reached[-1] / 2))][0]


def _nearest(sizes: Sequence[float], height: float) -> int:
    return int(np.abs(np.log(np.array(sizes) / height)).argmin())
