"""Pieces that were read, as characters with boxes: what the other engines give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ...model import trace
from ...model.page import Chars, Page
from .pictures import POINT, Picture
from .pieces import LETTER, Piece, ink_of
from .sizes import letter_heights
from .wording import word_spans

EM = 1.65
"""An em in heights of a Thai consonant, by the faces of Thai offices."""
DASH = 0.35
"""How far, in heights of a letter, the middle of a dash lies above the baseline."""
PARTING = 0.75
"""No blank within a text is so wide, in heights of a letter."""
MARKS = frozenset("ัิีึืฺุู็่้๊๋์ํ๎")
"""What stands over and under letters and takes no room of its own."""


def page_of(picture: Picture, edges: NDArray[np.float32], pieces: Sequence[Piece], texts: Sequence[str], letter: float) -> Page:
    """A page with the characters of its pieces: each word where its ink is, its characters spread evenly over it.

    `letter`: the height in pixels of most letters of the page. Tesseract tells the line of a character, hardly its place in it.
    """
    rows: list[NDArray[np.float64]] = []
    heights = letter_heights(pieces, texts, letter)
    for piece, text, height in zip(pieces, texts, heights, strict=True):
        level = replace(piece, box=(0, 0, *piece.extent)) if piece.turn else piece
        placed = np.array(list(_placed(level, text, height)), np.float64).reshape(-1, 8)
        rows.append(_stood(placed[:, [0, 1, 2, 3, 4, 1, 6, 5, 7]], piece))  # code, box, pen, where the pen goes, em
    lengths, turns = [len(own) for own in rows], [piece.turn for piece in pieces]
    table = np.concatenate([np.empty((0, 9)), *rows])
    place = (table[:, 1:] / POINT).astype(np.float32)
    code = table[:, 0].astype(np.uint32)
    kind = np.where(code == 0x20, ord(trace.BLANK), ord(trace.DRAWN)).astype(np.uint8)
    chars = Chars(
        code=code,
        box=place[:, :4],
        origin=place[:, 4:6],
        advance=place[:, 6],
        size=place[:, 7],
        run=np.repeat(np.arange(len(pieces), dtype=np.int32), lengths),
        font=np.zeros(len(code), np.int16),
        kind=kind,
        turn=np.repeat(np.array(turns, np.uint8), lengths),
        fonts=("ocr",),
    )
    return Page(picture.number, picture.width, picture.height, chars, edges)


def _stood(placed: NDArray[np.float64], piece: Piece) -> NDArray[np.float64]:
    """The characters of a piece where they stand on the page; of one that stands on end they are placed as if it lay at 0, 0."""
    if not piece.turn:
        return placed
    x0, top, x1, bottom = piece.box
    code, u0, v0, u1, v1, pen, base, stop, em = placed.T
    if piece.turn == 1:
        return np.column_stack((code, x1 - v1, top + u0, x1 - v0, top + u1, x1 - base, top + pen, top + stop, em))
    return np.column_stack((code, x0 + v0, bottom - u1, x0 + v1, bottom - u0, x0 + base, bottom - pen, bottom - stop, em))


def _placed(piece: Piece, text: str, height: float) -> Iterable[tuple[int, float, float, float, float, float, float, float]]:
    """Of each character: code, its box, the pen behind it, the baseline, the em."""
    lines = text.splitlines()
    x0, top, x1, bottom = piece.box
    for row, line in enumerate(lines):
        above, below = top + (bottom - top) * row / len(lines), top + (bottom - top) * (row + 1) / len(lines)
        base = _baseline(piece, height) if len(lines) == 1 else below - height / 3
        counts = [sum(char not in MARKS for char in word) for word in line.split(" ")]
        spans = word_spans(piece.image, counts, (x0, x1), height) if len(lines) == 1 else [(float(x0), float(x1))]
        words = line.split(" ") if len(spans) > 1 else [line]
        for at, (word, (start, end)) in enumerate(zip(words, spans, strict=True)):
            if at:  # a blank that is wider than any takes no room: it may part columns, and no text runs on over it
                blank = spans[at - 1][1]
                behind = start if start - blank < PARTING * height else blank
                yield ord(" "), blank, above, behind, below, behind, base, EM * height
            step = (end - start) / max(1, sum(char not in MARKS for char in word))
            pen = start
            for char in word:
                begin = max(start, pen - step) if char in MARKS else pen
                pen = pen if char in MARKS else pen + step
                yield ord(char), begin, above, max(pen, begin), below, max(pen, begin), base, EM * height


def _baseline(piece: Piece, height: float) -> float:
    """Where the letters of a line stand, in pixels of the page."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink_of(piece.image), connectivity=8)
    heights, bottoms = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_TOP] + stats[1:, cv2.CC_STAT_HEIGHT]
    letters = (heights >= LETTER[0]) & (heights >= 0.6 * height)
    if not letters.any():
        return (piece.box[1] + piece.box[3]) / 2 + DASH * height
    return piece.box[1] + float(np.median(bottoms[letters]))
