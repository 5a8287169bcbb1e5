"""Tables whose columns no rule but shades show: the cells of the head are filled, or those of every second row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .bands import SAME_SIZE, SAME_TABLE, is_band, is_title, parted, spans_columns
from .grid import SNAP, Grid, stacked, top_rows
from .heads import grid_of
from .rivers import RIVER
from .rows import has_numbers, row_borders
from .words import Line, Span, column_of

LEAST = 1.0
"""How wide a border is taken to be, in points, where a river is asked for."""


def below_shades(lines: Sequence[Line], frame: Grid) -> list[Line]:
    """The lines that stand in the columns of a shaded row, from it down to the first that does not."""
    left, top, right, bottom = frame.bbox
    borders, out = frame.xs.tolist(), list[Line]()
    first = next((index for index, line in enumerate(lines) if line.middle >= top), len(lines))
    if any(_fills(line, borders) for line in lines[first:] if line.middle < frame.ys[1]):  # every second one, but not the first
        first = _above(lines, first, borders)
    for index, line in enumerate(lines[first:], first):
        x0, x1 = line.words[0][0], line.words[-1][1]
        reaches = x1 > left - line.em and x0 < right + line.em
        fits = left - line.em < x0 and x1 < right + line.em and _cut_by(line, borders) <= (len(line.phrases()) > 1)
        if line.middle < bottom:
            if reaches and not fits and not _heads_several(line, borders):
                return []
            out += [line] if reaches else []
            continue
        if not out or line.y - out[-1].y > SAME_TABLE * max(line.em, out[-1].em) or is_title(out, line):
            break
        if not reaches:
            continue
        if not fits and not is_band(lines, index, out, _white_at(borders, RIVER * line.em)):
            break
        out.append(line)
    return out


def of_shades(inside: Sequence[Line], frame: Grid, level: NDArray[np.float64]) -> Grid | None:
    """The table whose columns shades show, and whose head they draw; None where its columns hold no numbers under each other."""
    borders = frame.xs.tolist()
    first = min((line.middle for line in inside if _fills(line, borders)), default=frame.bbox[3])
    depth = int(np.searchsorted(frame.ys[1:], first))  # so many rows of shades stand above the first row of numbers
    body = [line for line in inside if line.middle > frame.ys[depth]] if depth else list(inside)
    bands = [line for line in body if spans_columns(line, body, _white_at(borders, LEAST))]
    head, rows, places = parted(body, bands, borders, level)
    if not rows or not has_numbers(rows, borders):
        return None
    ys = row_borders([head, *rows] if head else rows)
    upper = float(frame.ys[depth]) if depth else min(frame.bbox[1], ys[0])
    grid = grid_of(head, rows, [(x, x) for x in borders], (upper, ys[-1]), places)
    return stacked(top_rows(frame, depth), grid) if depth else grid


def _above(lines: Sequence[Line], first: int, borders: Sequence[float]) -> int:
    """The place of the first of the lines that lead to the one at `first` within its columns."""
    while first:
        line, below = lines[first - 1], lines[first]
        inside = borders[0] < line.words[0][0] and line.words[-1][1] < borders[-1] and not _cut_by(line, borders)
        if not inside or below.y - line.y > SAME_TABLE * line.em or abs(below.em - line.em) > SAME_SIZE * line.em:
            break
        first -= 1
    return first


def _white_at(borders: Sequence[float], width: float) -> list[Span]:
    """The inner borders as rivers of that width."""
    return [(x - width / 2 - 0.1, x + width / 2 + 0.1) for x in borders[1:-1]]


def _fills(line: Line, borders: Sequence[float]) -> bool:
    """Whether the line is a row's: it opens with a number, and stands in several columns."""
    return line.opens_with_number() and len({column_of(word, borders) for word in line.words}) > 2


def _cut_by(line: Line, borders: Sequence[float]) -> int:
    """How many borders run through words of the line."""
    return sum(any(x0 + SNAP < border < x1 - SNAP for x0, x1 in line.words) for border in borders)


def _heads_several(line: Line, borders: Sequence[float]) -> bool:
    """Whether a line may be of a head, with heads over several columns: it leaves a border free."""
    return _cut_by(line, borders) < len(borders) - 2
