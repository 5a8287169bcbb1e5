"""Ruled tables in which no rule parts the rows of the body: columns are drawn, and a frame, and perhaps a line below the head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .grid import Grid
from .lines import Way
from .rows import number_columns, part_rows, row_borders
from .words import Line, column_of, read_lines

TALL = 2.2
"""A row higher than this, in em, may hold several that no rule parts."""
SUMMED = 3
"""From so many rows on, the last may be their sum."""
HEADED = 3
"""So many numbers under words, side by side, are a row under its head, though no rule parts them."""


def split_tall_rows(way: Way, grids: list[Grid], home: NDArray[np.int64], line: NDArray[np.int64]) -> list[Grid]:
    """The grids with tall rows parted where columns print one number under another; the very same list where there are none.

    A row of long texts has many lines too, but its columns of numbers print one number. So a tall row is split only where all its
    columns of numbers print one in each of the new rows. `home`: the cell of each character, counted over all grids; `line`: its
    line.
    """
    least = TALL * float(np.median(way.size)) if len(home) else np.inf
    if not any((grid.ys[1:] - grid.ys[:-1]).max() > least for grid in grids):
        return grids
    numbers = _number_lines(way, home, line)
    out, base, changed = [], 0, False
    for grid in grids:
        count = int(grid.owner.max()) + 1
        printed = np.zeros(count, np.int64)
        own = numbers[base : base + count]
        printed[: len(own)] = own
        tall = np.flatnonzero(grid.ys[1:] - grid.ys[:-1] > least).tolist()
        tall = [row for row in tall if _may_hold_rows(grid, row, printed)]
        splits = {row: cuts for row in tall if (cuts := _cuts(way, grid, row))}
        changed |= bool(splits)
        out.append(_split(grid, splits) if splits else grid)
        base += count
    return out if changed else grids


def _may_hold_rows(grid: Grid, row: int, printed: NDArray[np.int64]) -> bool:
    """Whether the cells of a row, which print so many lines of numbers, may hold several rows, or at the top the head and a row."""
    cells = set(grid.owner[row].tolist())
    counts = printed[list(cells)]
    return bool((counts > 1).any()) or (int(np.count_nonzero(counts)) >= HEADED and not cells.isdisjoint(grid.owner[0].tolist()))


def _number_lines(way: Way, home: NDArray[np.int64], line: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of each cell, how many lines of nothing but numbers and dashes it prints."""
    code, inside = way.chars.code, (home >= 0) & ~way.blank
    low = code & 0xFF
    sign = (code == 0x25) | (code == 0x2C) | (code == 0x2D) | (code == 0x2E) | (code == 0x2013) | (code == 0x2014)
    digit = (
        ((code >= 0x30) & (code <= 0x39)) | ((code >= 0xE50) & (code <= 0xE59)) | ((code < 0x100) & (low >= 0xF0) & (low <= 0xF9))
    )
    count = int(line.max()) + 1
    words = np.bincount(line[inside & ~(sign | digit)], minlength=count)
    cell = np.full(count, -1, np.int64)
    cell[line[inside]] = home[inside]
    numbers = cell[(words == 0) & (cell >= 0)]
    return np.bincount(numbers, minlength=int(home.max()) + 1)


def _cuts(way: Way, grid: Grid, row: int) -> list[float]:
    """Where the tall row is to be parted; nothing where it is one row."""
    n_cols = len(grid.xs) - 1
    above, below = grid.owner[:row], grid.owner[row + 1 :]
    if len(set(grid.owner[row].tolist())) < n_cols or np.isin(grid.owner[row], below).any():
        return []
    top, bottom, borders = float(grid.ys[row]), float(grid.ys[row + 1]), grid.xs.tolist()
    x, y = way.chars.origin[:, 0], way.across - 0.25 * way.size
    lines = read_lines(way, (y > top) & (y < bottom) & (x > borders[0]) & (x < borders[-1]))
    head, rows = part_rows(lines, borders, np.empty((0, 3)))
    if not rows or not _agree(rows, borders) or (not head and np.isin(grid.owner[row], above).any()):
        return []
    if sum(any(line.numbers for line in one) for one in rows) < 2 and not (
        head and _heads_one_row(head, rows[-1], borders) and (row == 0 or np.isin(grid.owner[row], above).any())
    ):
        return []
    return row_borders([head, *rows] if head else rows)[1:-1]


def _agree(rows: Sequence[Sequence[Line]], borders: Sequence[float]) -> bool:
    """Whether the rows print one number in every column of numbers.

    The first may be the rest of a row from the page before; the last may be a sum or a mean, which has no running number.
    """
    if not any(line.numbers for line in rows[0]):
        rows = rows[1:]
    body = [line for row in rows for line in row]
    numeric = number_columns(body, borders)
    missing = 0
    for place, row in enumerate(rows):
        printed = [column_of(number, borders) for line in row for number in line.numbers]
        if any(printed.count(col) > 1 for col in numeric):
            return False
        missing += not numeric.issubset(printed) and (place + 1 < len(rows) or len(rows) < SUMMED)
    return bool(numeric) and not missing


def _heads_one_row(head: Sequence[Line], row: Sequence[Line], borders: Sequence[float]) -> bool:
    """Whether words stand over most numbers of the only row, at the top of a table: they are its head, and no text of its cells."""
    printed = {column_of(number, borders) for line in row for number in line.numbers}
    headed = {column_of(word, borders) for line in head for word in line.words}
    return len(printed) >= HEADED and len(printed & headed) * 2 > len(printed)


def _split(grid: Grid, splits: Mapping[int, Sequence[float]]) -> Grid:
    """The grid with some rows parted; the cells of the other rows, and of the uppermost part, stay as they are."""
    ys, owner = [float(grid.ys[0])], []
    fresh = int(grid.owner.max()) + 1
    for row, bottom in enumerate(grid.ys[1:].tolist()):
        inner = list(splits.get(row, ()))
        ys += [*inner, bottom]
        owner.append(grid.owner[row])
        for _ in inner:
            owner.append(np.arange(fresh, fresh + grid.owner.shape[1]))
            fresh += grid.owner.shape[1]
    _, first, inverse = np.unique(np.array(owner), return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    return Grid(grid.xs, np.array(ys), order[inverse.ravel()].reshape(len(owner), -1), grid.rivers)
