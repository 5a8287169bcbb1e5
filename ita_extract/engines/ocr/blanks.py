"""Blanks that the reader of a line saw and the picture does not show.

Thai sets no blank between words, and Tesseract, which learnt from texts of other languages as well, puts one now and then where a
letter ends: "กรม ทรัพยากรน้ำ". To a reader of names that is another name. The white on the page tells how many blanks there are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .numerals import blank_in, parted
from .pieces import ink_of

MARKS: Final = frozenset("ัิีึืฺุู็่้๊๋์ํ๎")
_WITHIN: Final = re.compile(r"(?<=[\u0e01-\u0e4e]) (?=[\u0e01-\u0e2f\u0e40-\u0e44])|(?<=\d) (?=\))")
"""A blank that may be none: between two letters of Thai, and before a bracket that closes."""


def without_false_blanks(text: str, image: NDArray[np.uint8], letter: float) -> str:
    """The text of a line, less the blanks that its picture has no white for. `letter`: the height of its letters in pixels.

    Where some have white and some have not, those go that stand farthest from any.
    """
    doubtful = [found.start() for found in _WITHIN.finditer(text)]
    if not doubtful:
        return text
    ink = ink_of(image)
    parts = parted(ink, blank_in(ink, letter))
    excess = text.count(" ") - (len(parts) - 1)
    if not parts or excess <= 0:
        return text
    whites = [(a[1] + b[0]) / 2 for a, b in pairwise(parts)]
    places = _places(text, doubtful, parts[0][0], parts[-1][1])
    apart = {at: min((abs(white - place) for white in whites), default=np.inf) for at, place in zip(doubtful, places, strict=True)}
    false = sorted(apart, key=lambda at: (-apart[at], at))[:excess]
    return "".join(char for at, char in enumerate(text) if at not in false)


def _places(text: str, blanks: Sequence[int], start: float, end: float) -> list[float]:
    """About where in the picture each of these blanks stands, were all letters of one width."""
    drawn = np.cumsum([char not in MARKS for char in text])
    return [start + (end - start) * float(drawn[at]) / float(drawn[-1]) for at in blanks]
