"""Texts that stand on end in their cells: the heads of a wide table with narrow columns, turned to read upwards, now and then down.

A regional report prints twenty columns on a page, each under "ตัวชี้วัดที่ 1" and the like. Read as they stand such heads are noise,
and a table of which no head can be read is no table that anyone knows: all of its numbers were lost for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .asking import SURE, SURER, Asking
from .pieces import Box, Piece, pieces_of

TALL, SLIM = 2.7, 1.4
"""What may stand on end is so many letters high at least, and so many times as high as it is wide."""
NARROW = 1.05
"""The same beside others that do: "IIT" on end is hardly higher than wide."""
HARDLY = 0.5
"""Words of which Tesseract is less sure than this, turned, are none."""
INSET = 3
"""Pixels along the rules of a cell that are none of its text."""
WAYS: Final = (3, 1)
"""Quarter turns, clockwise, of texts that read upwards and of those that read down."""


def upended(
    pieces: Sequence[Piece], shown: NDArray[np.uint8], cells: Sequence[Box], rows: Sequence[tuple[int, int]], ask: Asking
) -> tuple[Piece, ...]:
    """The pieces, those of each cell whose text stands on end put in the place of what they look like as they stand.

    `shown`: the picture of the page, without rules. `cells`: the boxes of the cells that rules part; `rows`: the table and the
    first row of each. Raises LateError.
    """
    inside: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        if 0 <= piece.cell < len(cells):
            inside[piece.cell].append(piece)
    turned: dict[int, tuple[Piece, ...]] = {}
    for cell, own in inside.items():
        wide, high = _extent(own)
        if high >= max(TALL * ask.letter, SLIM * wide) and (found := _turned(own, shown, cells[cell], ask, WAYS, SURER)):
            turned[cell] = found
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    last: dict[int, int] = defaultdict(int)  # the last row of the heads of each table
    for cell, found in turned.items():
        table, row = rows[cell]
        votes[table][found[0].turn] += 1
        last[table] = max(last[table], row)
    for cell, own in inside.items():
        table, row = rows[cell]
        wide, high = _extent(own)
        if table in votes and row <= last[table] and high >= max(ask.letter, NARROW * wide):
            [(way, _)] = votes[table].most_common(1)
            if not turned.get(cell) or turned[cell][0].turn != way:
                turned[cell] = _turned(own, shown, cells[cell], ask, (way,), -SURER)
    kept = (piece for piece in pieces if not turned.get(piece.cell))
    return (*kept, *(piece for found in turned.values() for piece in found))


def _extent(pieces: Sequence[Piece]) -> tuple[int, int]:
    """The width and the height of some pieces together."""
    x0, y0, x1, y1 = zip(*(piece.box for piece in pieces), strict=True)
    return max(x1) - min(x0), max(y1) - min(y0)


def _turned(
    own: Sequence[Piece], shown: NDArray[np.uint8], cell: Box, ask: Asking, ways: Sequence[int], more: float
) -> tuple[Piece, ...]:
    """The lines of a cell as they read when it is turned; none where Tesseract is not surer of them by `more` than of its `own`."""
    best: tuple[float, tuple[Piece, ...]] = (0.0, ())
    for turn in ways:
        found = tuple(replace(one, cell=own[0].cell) for one in _lines(shown, cell, turn))
        best = max(best, (ask.sureness([one.image for one in found]) if found else 0.0, found), key=lambda one: one[0])
        if best[0] >= SURE:
            break
    sure, lines = best
    return lines if sure >= HARDLY and sure - ask.sureness([one.image for one in own]) >= more else ()


def _lines(shown: NDArray[np.uint8], cell: Box, turn: int) -> Iterator[Piece]:
    """The pieces of a cell that is turned upright, their boxes where they stand on the page."""
    height, width = shown.shape
    x0, y0 = max(0, cell[0] + INSET), max(0, cell[1] + INSET)
    x1, y1 = min(width, cell[2] - INSET), min(height, cell[3] - INSET)
    if x1 <= x0 or y1 <= y0:
        return
    upright = np.ascontiguousarray(np.rot90(shown[y0:y1, x0:x1], turn))
    for piece in pieces_of(upright, ()):
        u0, v0, u1, v1 = piece.box
        box = (x0 + v0, y1 - u1, x0 + v1, y1 - u0) if turn == WAYS[0] else (x1 - v1, y0 + u0, x1 - v0, y0 + u1)
        yield replace(piece, box=box, turn=turn)
