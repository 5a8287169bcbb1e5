"""The headings of groups inside a table that no rule parts, and the lines below its rows that are none of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .rivers import crossed_by
from .rows import part_rows
from .words import Line, Span

SAME_TABLE = 3.2
"""Lines farther apart than this, in em, are not of one table."""
SAME_SIZE = 0.05
"""Type sizes, and steps from line to line, that differ by no more than this, in em, are one."""
KEPT = 0.6
"""The share of a table's rivers that a line must leave open to belong to it."""
NOTE_SIZE = 0.85
"""Below rows, text smaller than this share of theirs is a footnote."""
BAND_ROW = 3
"""Among so many lines below the heading of a group stands the first line of its row that has a number."""


def is_band(lines: Sequence[Line], index: int, region: Sequence[Line], rivers: Sequence[Span]) -> bool:
    """Whether the line heads a group of rows inside the table: one text over its first columns, and the next row close below it.

    The heading of another table stands there as well, but above a head, and not above a row.
    """
    line, below = lines[index], lines[index + 1 : index + 1 + BAND_ROW]
    row = next((one for one in below if len(one.phrases()) > 1 and one.opens_with_number()), None)
    return (
        row is not None
        and spans_columns(line, [row], rivers)
        and abs(line.em - region[-1].em) <= SAME_SIZE * line.em
        and line.y - region[-1].y <= SAME_TABLE * line.em
        and row.y - line.y <= SAME_TABLE * line.em
        and not any(one.numbers or len(one.phrases()) > 1 for one in below[: below.index(row)])
        and crossed_by(row, rivers) <= (1 - KEPT) * len(rivers)
    )


def spans_columns(line: Line, rows: Sequence[Line], rivers: Sequence[Span]) -> bool:
    """Whether the line is one text that begins where the rows do and runs over the white behind their first column."""
    x0, x1 = line.words[0][0], line.words[-1][1]
    firsts = [row.words[0] for row in rows if row.opens_with_number()]
    return (
        len(line.phrases()) == 1
        and not line.numbers
        and bool(firsts)
        and any(x0 < river[0] + 1 and x1 > river[1] - 1 for river in rivers[:1])
        and x0 <= max(b for _, b in firsts)
    )


def parted(
    lines: Sequence[Line], bands: Sequence[Line], borders: Sequence[float], level: NDArray[np.float64]
) -> tuple[list[Line], list[list[Line]], frozenset[int]]:
    """Head and rows of a table, and the places of the rows that are bands: each parts the rows around it as a rule does."""
    if not bands:
        head, rows = part_rows(lines, borders, level)
        return head, rows, frozenset()
    known = {id(band) for band in bands}
    rules = np.array([(band.middle, borders[0], borders[-1]) for band in bands])
    head, rows = part_rows([line for line in lines if id(line) not in known], borders, np.vstack((level, rules)))
    rows = sorted([*rows, *([band] for band in bands)], key=lambda row: row[0].y) if rows else rows
    return head, rows, frozenset(place for place, row in enumerate(rows) if id(row[0]) in known)


def is_title(region: Sequence[Line], line: Line) -> bool:
    """Whether a line below rows that has a wide gap in it is none of them: another table's title, set larger, or a footnote."""
    rows = [one.em for one in region if one.opens_with_number()]
    if not rows or line.opens_with_number():
        return False
    return (not line.numbers and line.em > (1 + SAME_SIZE) * max(rows)) or line.em < NOTE_SIZE * min(rows)


def is_row(line: Line) -> bool:
    return line.opens_with_number() and len(line.phrases()) > 2
