"""Lines of words into rows, once the columns are known.

In a ranking every row prints its numbers on one line: the anchor of the row. What else belongs to it wraps above and below, as the
producer sets cells from the top, in the middle or on the bottom. Between two anchors the rows are parted where, over all columns,
the lines stand farthest apart: within a cell lines follow each other more closely than from one cell to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .words import Line, column_of, ruled_between

NUMERIC = 0.6
"""The share of rows that must print a number in one and the same column."""
EVEN = 0.5
"""Gaps between lines that differ by less than this, in points, are equal."""
WRAPPED = 1.65
"""The lines of one cell are at most so far apart, in em."""
LONE = 1.8
"""The only row of a page is so far, in em, from the rest of the row before it."""
REACH = 12
"""How many lines above and below a cut are looked at."""

_FAR = 1e9


def number_columns(lines: Sequence[Line], borders: Sequence[float]) -> frozenset[int]:
    """The columns that print a number, and nothing beside it, in most of the lines in which they print anything."""
    words: dict[int, int] = {}
    numbers: dict[int, int] = {}
    for line in lines:
        printed = [column_of(word, borders) for word in line.words]
        counted = [column_of(number, borders) for number in line.numbers]
        for col in set(printed):
            words[col] = words.get(col, 0) + 1
            numbers[col] = numbers.get(col, 0) + (printed.count(col) == counted.count(col))
    return frozenset(col for col, count in numbers.items() if count >= NUMERIC * words[col])


def anchors_of(lines: Sequence[Line], borders: Sequence[float], numeric: frozenset[int]) -> list[int]:
    """The places of the lines that print numbers in half of the columns of numbers at least: each is the line of a row."""
    need = max(1.0, len(numeric) / 2)
    return [i for i, line in enumerate(lines) if len({column_of(number, borders) for number in line.numbers} & numeric) >= need]


def part_rows(lines: Sequence[Line], borders: Sequence[float], level: NDArray[np.float64]) -> tuple[list[Line], list[list[Line]]]:
    """Lines from top to bottom as the lines of the head, and the rows of the body. `level`: rules (y, from, to), which part rows.

    What stands above the first anchor as far away as rows stand apart is the rest of a row from the page before; what stands so far
    below the last one is no part of the table, and is left out.
    """
    depth = head_depth(lines)
    numeric = number_columns(lines[depth:], borders)
    heads = [i for i in range(depth) if _is_head(lines[i], borders, numeric)]
    body = heads[-1] + 1 if heads else 0
    anchors = [body + i for i in anchors_of(lines[body:], borders, numeric)]
    if not anchors:
        return list(lines), []
    first = _cut(lines, heads[-1], anchors[0], borders, level) if heads else 0
    cuts = [_cut(lines, a, b, borders, level) for a, b in pairwise(anchors)]
    apart = _apart(lines, anchors[0], cuts, borders)
    above = [cut for cut in range(anchors[0], first, -1) if apart <= _least_gap(lines, cut, borders) < _FAR]
    below = [cut for cut in range(anchors[-1] + 1, len(lines)) if apart <= _least_gap(lines, cut, borders) < _FAR]
    cuts = [first, *above[:1], *cuts, *(below[:1] or [len(lines)])]
    return list(lines[:first]), [list(lines[a:b]) for a, b in pairwise(cuts)]


def _apart(lines: Sequence[Line], anchor: int, cuts: Sequence[int], borders: Sequence[float]) -> float:
    """How far apart, at least, the lines of two rows stand in a column: farther than any lines within a row, where these wrap."""
    if not cuts:
        return LONE * lines[anchor].em
    steps: list[float] = []
    for a, b in pairwise(cuts):
        last: dict[int, float] = {}
        for line in lines[a:b]:
            for col in _columns(line, borders):
                if col in last:
                    steps.append(line.y - last[col])
                last[col] = line.y
    return max(steps) + EVEN if steps else min(_least_gap(lines, cut, borders) for cut in cuts) - EVEN


def head_depth(lines: Sequence[Line]) -> int:
    """How many lines stand above the first that surely is a row's: it opens with a number, or prints mostly numbers."""
    for index, line in enumerate(lines):
        if (line.opens_with_number() and len(line.words) > 1) or len(line.numbers) * 2 > len(line.words):
            return index
    return min(1, len(lines) - 1)


def _is_head(line: Line, borders: Sequence[float], numeric: frozenset[int]) -> bool:
    """Whether a line above the first anchor prints words in a column of numbers, or over several columns."""
    words = set(line.words) - set(line.numbers)
    if any(column_of(word, borders) in numeric for word in words):
        return True
    return any(x0 < border < x1 for x0, x1 in line.phrases() for border in borders[1:-1])


def _cut(lines: Sequence[Line], upper: int, lower: int, borders: Sequence[float], level: NDArray[np.float64]) -> int:
    """The place of the first line of the lower row, between the lines at `upper` and `lower`, which are of different rows."""
    places = range(upper + 1, lower + 1)
    if len(places) == 1:
        return lower
    ruled = [i for i in places if ruled_between(lines[i - 1], lines[i], level)]
    middle = (lines[upper].y + lines[lower].y) / 2
    best, found = (-1.0, -1.0, 0.0), lower
    for i in ruled or places:
        white = lines[i].y - lines[i - 1].y
        aside = -abs((lines[i].y + lines[i - 1].y) / 2 - middle)
        rank = (_even(_least_gap(lines, i, borders)), _even(white), aside)
        if rank > best:
            best, found = rank, i
    return found


def _even(gap: float) -> float:
    return round(gap / EVEN)


def _least_gap(lines: Sequence[Line], cut: int, borders: Sequence[float]) -> float:
    """The least distance, over all columns, from the last line above the cut to the first below it."""
    above: dict[int, float] = {}
    for line in lines[max(0, cut - REACH) : cut]:
        for col in _columns(line, borders):
            above[col] = line.y
    least = _FAR
    below: set[int] = set()
    for line in lines[cut : cut + REACH]:
        for col in _columns(line, borders) - below:
            below.add(col)
            if col in above:
                least = min(least, line.y - above[col])
    return least


def _columns(line: Line, borders: Sequence[float]) -> set[int]:
    return {column_of(word, borders) for word in line.words}


def row_borders(rows: Sequence[Sequence[Line]]) -> list[float]:
    """The borders between rows: halfway between the last line of one and the first of the next."""
    first = [min(row, key=lambda line: line.y) for row in rows]
    last = [max(row, key=lambda line: line.y) for row in rows]
    inner = [(a.middle + b.middle) / 2 for a, b in zip(last, first[1:], strict=False)]
    return [first[0].y - first[0].em, *inner, last[-1].y + 0.35 * last[-1].em]


def has_numbers(rows: Sequence[Sequence[Line]], borders: Sequence[float]) -> bool:
    """Whether one column prints a number in most rows; the rest of a row from the page before, which has none, does not count.

    Of one row alone two columns must: "ข้อ ๗ กองกลาง" below a paragraph that ends in wide gaps is no table.
    """
    found: dict[int, int] = {}
    rows = [row for row in rows if any(line.numbers for line in row)]
    for row in rows:
        for col in {column_of(number, borders) for line in row for number in line.numbers}:
            found[col] = found.get(col, 0) + 1
    if len(rows) == 1 and len(found) < 2:
        return False
    return bool(rows) and max(found.values(), default=0) >= NUMERIC * len(rows)
