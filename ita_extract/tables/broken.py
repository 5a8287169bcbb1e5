"""Rows that a page break parts: how one is known, and its two halves as one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..model.table import Cell, Row

KEY_FILLED = 0.8
"""The share of rows whose first cell must be filled for an empty one to mean "goes on from the page before"."""
WRAPS, FULL = 8, 0.7
"""A column wraps if its longest line has so many letters; a line is full if it is as long as this share of the longest."""
REMEMBERED = 12
"""How many rows back the longest line of a column is sought."""

_MARKS = re.compile(r"[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\uf701-\uf70e\uf710-\uf71a]")
_BEGINS = re.compile(r"\(?[0-9๐-๙]{1,3}[.)](?![0-9๐-๙])|[-•●▪*]")


def goes_on(rows: Sequence[Row], row: Row) -> bool:
    """Whether `row`, the first of a page below the head, goes on the last of `rows`, the rows of the table so far.

    Two ways of breaking a row are known. Where one cell is longer than the page, the others are empty on the next page, the first
    one among them. And LibreOffice breaks all cells of a row at once, whatever they hold; then every line at the break is as
    full as lines of its column are, and no cell begins an item.
    """
    if not any(_text(cell) for cell in row.cells):
        return False
    if not _text(row.cells[0]):
        body = rows[1:]
        return bool(body) and sum(bool(_text(one.cells[0])) for one in body) >= KEY_FILLED * len(body)
    return _breaks_in_all_cells(rows, row)


def _breaks_in_all_cells(rows: Sequence[Row], row: Row) -> bool:
    upper = rows[-1]
    both = [col for col, cell in enumerate(row.cells) if _text(cell)]
    if (
        len(rows) < 2
        or _spans(upper) != _spans(row)
        or len({id(row.cells[col]) for col in both}) < 2
        or any(not _text(upper.cells[col]) or _BEGINS.match(_text(row.cells[col])) for col in both)
    ):
        return False
    for col in both:
        lines = [line for one in (*rows[-REMEMBERED:], row) for line in _text(one.cells[col]).split("\n")]
        longest = max(map(_length, lines))
        last = _length(_text(upper.cells[col]).rsplit("\n", 1)[-1])
        if longest < WRAPS or last < FULL * longest:
            return False
    return True


def _spans(row: Row) -> list[int]:
    """For each column the first one of its cell. A band over the whole table, the last line of a page, is no half of a row."""
    return [next(first for first, one in enumerate(row.cells) if one is cell) for cell in row.cells]


def _text(cell: Cell | None) -> str:
    return cell.text.strip() if cell else ""


def _length(line: str) -> int:
    """How many letters stand in a line; marks take no room."""
    return len(_MARKS.sub("", line.strip()))


def joined(upper: Sequence[Cell | None], lower: Sequence[Cell | None]) -> tuple[Cell | None, ...]:
    """The cells of both halves of a row as one row. Texts are joined by a line break, and the steps of their repair with them."""
    return tuple(_joined_cell(a, b) for a, b in zip(upper, lower, strict=True))


def _joined_cell(a: Cell | None, b: Cell | None) -> Cell | None:
    if a is None or b is None or not b.text.strip():
        return a if a is not None else b
    if not a.text.strip():
        return replace(a, raw=b.raw, trace=b.trace, text=b.text, steps=b.steps)
    moved = tuple(replace(step, offset=step.offset + len(a.text) + 1) for step in b.steps)
    trace = f"{a.trace}|{b.trace}" if a.trace or b.trace else ""
    return replace(a, raw=f"{a.raw}\n{b.raw}", trace=trace, text=f"{a.text}\n{b.text}", steps=(*a.steps, *moved))
