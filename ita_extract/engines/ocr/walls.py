"""Where a piece of text has to be parted that reaches over the border between two columns without a rule.

Columns are set so close now and then that the white between two texts is no wider than a blank, or than that between two letters;
what the picture shows as one line is two cells. Where the texts of a column begin, or have their middle, tells where to part.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import TypeAlias

import numpy as np

from .pieces import EDGE, Box, Piece, ink_of

Wall: TypeAlias = tuple[int, int, int]
"""The column of pixels at which ink is parted, and from which row of pixels to which."""

ALIKE = 0.25
"""Texts of one column begin within so many heights of a letter of each other."""
MOSTLY, LEAST = 0.6, 4
"""The share of the texts of a column that begin so, and how many there are at least."""
WIDE = 0.35
"""White so wide, in heights of a letter, parts words; within words it is less."""
NEAR, AROUND = 0.4, 1.2
"""How far, in heights of a letter, the white may lie from where a text begins or ends by the others; and from a border where it is
wide."""
CENTRED = 1.0
"""Where two heads over the middles of their columns would end and begin differs by no more than this, in heights of a letter."""


def walls_of(cells: Sequence[tuple[int, Box]], pieces: Sequence[Piece], letter: float) -> list[Wall]:
    """The walls in one table without rules. `cells`: the first row and the box of each cell; `letter`: the height of letters."""
    if not cells:
        return []
    borders = sorted({side for _, box in cells for side in (box[0], box[2])})
    head = max((box[3] for row, box in cells if not row), default=0)
    top, bottom = min(box[1] for _, box in cells), max(box[3] for _, box in cells)
    inside = [piece for piece in pieces if top <= _middle(piece, 1) < bottom and borders[0] <= _middle(piece, 0) < borders[-1]]
    body = [[piece for piece in inside if a <= _middle(piece, 0) < b and _middle(piece, 1) >= head] for a, b in pairwise(borders)]
    starts = [_start(column, letter) for column in body]
    middles = [median(_middle(piece, 0) for piece in column) if column else None for column in body]
    out = []
    for piece in inside:
        crossed = [at for at in range(1, len(borders) - 1) if piece.box[0] < borders[at] < piece.box[2]]
        for at in crossed:
            aim: float | None = starts[at]
            if _middle(piece, 1) < head:
                aim = _between(piece, middles[at - 1], middles[at], letter) if len(crossed) == 1 else None
            cut = _white(piece, borders[at], AROUND * letter, WIDE * letter)
            if cut is None and aim is not None:
                cut = _thinnest(piece, aim, NEAR * letter)
            if cut is not None:
                out.append((cut, piece.box[1] - EDGE, piece.box[3] + EDGE))
    return out


def _middle(piece: Piece, axis: int) -> float:
    return (piece.box[axis] + piece.box[axis + 2]) / 2


def _start(column: Sequence[Piece], letter: float) -> float | None:
    """Where most texts of a column begin; None where they do not begin in one place."""
    lefts = [piece.box[0] for piece in column]
    if len(lefts) < LEAST:
        return None
    place = median(lefts)
    return place if sum(abs(left - place) <= ALIKE * letter for left in lefts) >= MOSTLY * len(lefts) else None


def _between(piece: Piece, left: float | None, right: float | None, letter: float) -> float | None:
    """Where a piece parts into two heads, each over the middle of its column; None where it is no two such heads."""
    if left is None or right is None:
        return None
    end, begin = 2 * left - piece.box[0], 2 * right - piece.box[2]
    return (end + begin) / 2 if abs(end - begin) <= CENTRED * letter and piece.box[0] < left < end < piece.box[2] else None


def _white(piece: Piece, aim: float, reach: float, least: float) -> int | None:
    """The middle of the white through a piece that is widest for how far it lies from `aim`; None where none is `least` wide."""
    inked = np.flatnonzero(ink_of(piece.image).any(0)) + piece.box[0] - EDGE
    breaks = np.flatnonzero(np.diff(inked) > least)
    found = [(int(inked[at]) + 1, int(inked[at + 1])) for at in breaks]
    near = [(_apart(white, aim) - (white[1] - white[0]), white) for white in found if _apart(white, aim) <= reach]
    return (min(near)[1][0] + min(near)[1][1]) // 2 if near else None


def _thinnest(piece: Piece, aim: float, reach: float) -> int | None:
    """The column of pixels near `aim` that has least ink: texts too long for their columns are printed over one another."""
    inked = ink_of(piece.image).sum(0)
    start = piece.box[0] - EDGE
    near = [at for at in range(len(inked)) if abs(start + at - aim) <= reach]
    return start + min(near, key=lambda at: (int(inked[at]), abs(start + at - aim))) if near else None


def _apart(white: tuple[int, int], aim: float) -> float:
    return max(0.0, white[0] - aim, aim - white[1])
