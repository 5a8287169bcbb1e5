"""Rules that are printed as rows of dots or dashes: between the cells of a table whose frame is drawn.

A reader that knows only whole rules sees one cell in such a frame, and in it all the numbers of the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Mask: TypeAlias = NDArray[np.uint8]
Row: TypeAlias = tuple[int, int, int, int]
"""`(x0, top, x1, bottom)` in pixels, ends excluded."""
INK = np.uint8(255)
SEVERAL = 2
"""Dots of the shortest rule: one is the dash of an empty cell."""


def dotted_rules(dark: Mask, level: Mask, upright: Mask, *, thick: int, dash: int, gap: int, rule: int) -> tuple[Mask, Mask]:
    """The level and the upright rules, as masks: the whole ones that are given, and those of dots.

    A dot is at most `thick` pixels across and `dash` along its rule, at most `gap` from the next, and a rule is `rule` pixels long
    at least. The dots that lead from a heading to the number of its page are a row as well: a rule ends at another one on both
    sides.
    """
    _, part, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    numbers, wide, high = np.asarray(part, np.int32), stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    rows = list(_rows(numbers, (high <= thick) & (wide <= dash), gap, rule))
    columns = list(_rows(numbers.T, (wide <= thick) & (high <= dash), gap, rule))
    far = 2 * gap + thick  # where two rows cross, their dashes are one shape, and none of them
    for _ in range(2):  # a column of dots may end at a row of dots, which must be one itself
        beside, across = _with(upright.T, columns).T, _with(level, rows).T
        rows = [drawn for row in rows if (drawn := _drawn_on(row, beside, far))]
        columns = [drawn for column in columns if (drawn := _drawn_on(column, across, far))]
    return _with(level, rows), np.ascontiguousarray(_with(upright.T, columns).T)


def _rows(numbers: NDArray[np.int32], dots: NDArray[np.bool_], gap: int, rule: int) -> Iterator[Row]:
    """Rows of several dots, of some length. `numbers` gives the number of each pixel's shape, 0 for the paper; `dots` are those
    shapes that may be dots."""
    dots = np.append(False, dots[1:])
    numbers = np.ascontiguousarray(numbers)
    shown = np.take(np.where(dots, INK, np.uint8(0)), numbers)
    bridged = cv2.morphologyEx(shown, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, rule), np.uint8)))
    for x, y, wide, high in stats[1:, :4].tolist():
        own = numbers[y : y + high, x : x + wide]
        if len(np.unique(own[dots[own]])) >= SEVERAL:
            yield x, y, x + wide, y + high


def _drawn_on(row: Row, others: Mask, far: int) -> Row | None:
    """The row drawn on to the others that it ends at, if there is one at both ends, no farther off than this."""
    x0, top, x1, bottom = row
    beside = others[max(0, top - far) : bottom + far]
    left, right = _met(beside, x0, far), _met(beside, x1, far)
    if not len(left) or not len(right):
        return None
    return int(max(left[left <= x0], default=x0)), top, int(min(right[right >= x1], default=x1 - 1)) + 1, bottom


def _met(beside: Mask, end: int, far: int) -> NDArray[np.int64]:
    """Where, near one end of a row, others stand."""
    start = max(0, end - far)
    return np.flatnonzero(beside[:, start : end + far].any(0)) + start


def _with(mask: Mask, rows: Iterable[Row]) -> Mask:
    """A mask with these rows in it."""
    found = np.array(mask)
    for x0, top, x1, bottom in rows:
        found[top:bottom, x0:x1] = INK
    return found
