"""Pieces that were read, as characters with boxes: what the other engines give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ...model import trace
from ...model.page import Chars, Page
from .pictures import POINT, Picture
from .pieces import LETTER, Piece, ink_of

EM = 2.1
"""An em in heights of a Thai consonant or a digit, by the faces of Thai offices."""
DASH = 0.35
"""How far, in heights of a letter, the middle of a dash lies above the baseline."""
_MARKS = frozenset("ัิีึืฺุู็่้๊๋์ํ๎")


def page_of(picture: Picture, edges: NDArray[np.float32], pieces: Sequence[Piece], texts: Sequence[str], letter: float) -> Page:
    """A page with the characters of its pieces, each line of a piece spread evenly over the piece's box.

    `letter`: the height in pixels of most letters of the page. Tesseract tells the line of a character, hardly its place in it.
    """
    rows: list[tuple[int, float, float, float, float, float, float, float]] = []
    runs: list[int] = []
    for run, (piece, text) in enumerate(zip(pieces, texts, strict=True)):
        own = list(_placed(piece, text, letter))
        rows += own
        runs += [run] * len(own)
    table = np.array(rows, np.float64).reshape(-1, 8)
    place = (table[:, 1:] / POINT).astype(np.float32)
    code = table[:, 0].astype(np.uint32)
    kind = np.where(code == 0x20, ord(trace.BLANK), ord(trace.DRAWN)).astype(np.uint8)
    chars = Chars(
        code=code,
        box=place[:, :4],
        origin=place[:, [0, 5]],
        advance=place[:, 4],
        size=place[:, 6],
        run=np.array(runs, np.int32),
        font=np.zeros(len(code), np.int16),
        kind=kind,
        turn=np.zeros(len(code), np.uint8),
        fonts=("ocr",),
    )
    return Page(picture.number, picture.width, picture.height, chars, edges)


def _placed(piece: Piece, text: str, letter: float) -> Iterable[tuple[int, float, float, float, float, float, float, float]]:
    """Of each character: code, its box, the pen behind it, the baseline, the em."""
    lines = text.splitlines()
    x0, top, x1, bottom = piece.box
    for row, line in enumerate(lines):
        above, below = top + (bottom - top) * row / len(lines), top + (bottom - top) * (row + 1) / len(lines)
        base, height = _baseline(piece, letter) if len(lines) == 1 else (below - letter / 3, letter)
        step = (x1 - x0) / max(1, sum(char not in _MARKS for char in line))
        pen = float(x0)
        for char in line:
            start = max(float(x0), pen - step) if char in _MARKS else pen
            pen = pen if char in _MARKS else pen + step
            yield ord(char), start, above, max(pen, start), below, max(pen, start), base, EM * height


def _baseline(piece: Piece, letter: float) -> tuple[float, float]:
    """Where the letters of a line stand, in pixels of the page, and how high they are."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink_of(piece.image), connectivity=8)
    heights, bottoms = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_TOP] + stats[1:, cv2.CC_STAT_HEIGHT]
    letters = (heights >= LETTER[0]) & (heights >= 0.6 * letter)
    if not letters.any():
        return (piece.box[1] + piece.box[3]) / 2 + DASH * letter, letter
    return piece.box[1] + float(np.median(bottoms[letters])), float(np.median(heights[letters]))
