"""Ruled tables: drawn edges into grids of cells.

Producers draw the same table in many ways: one stroke a rule, four strokes a cell, thin filled boxes, double lines. So edges are
first joined into maximal rules, then parted into connected components (two tables on a page stay two), and a cell is a set of
grid squares between which no rule runs. Borders left open at a page break or at the sides are closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..model.page import BBox

THIN = 3.0
"""An edge is at most so thick, in points; a drawn box that is thicker is a shade."""
SHORT = 4.0
"""A stroke shorter than this is part of a glyph, a dash or a tick."""
DOTS, DOT_GAP = 8, 3.0
"""So many dots in a row, no farther apart than this, in points, are a dotted rule."""
MAX_SQUARES = 200_000
"""A grid of more squares than this is a hatched drawing."""
SNAP = 2.5
"""Rules nearer than this are one: the two strokes of a double line, or the borders of two neighbouring cells."""

SHADED = 3
"""So many shades side by side show columns."""

Rules: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grid:
    """xs, ys: the columns' and rows' borders, ascending. owner[r, c]: the number of the cell that covers the square, from 0.

    rivers: the white in which each inner border between columns lies, where no rule shows its place; else nothing.
    """

    xs: NDArray[np.float64]
    ys: NDArray[np.float64]
    owner: NDArray[np.int64]
    rivers: tuple[tuple[float, float], ...] = ()

    @property
    def bbox(self) -> BBox:
        return (float(self.xs[0]), float(self.ys[0]), float(self.xs[-1]), float(self.ys[-1]))

    def spans(self) -> list[tuple[int, int, int, int]]:
        """Of each cell: first row, first column, rows, columns."""
        if int(self.owner[-1, -1]) + 1 == self.owner.size:
            n_rows, n_cols = self.owner.shape
            return [(r, c, 1, 1) for r in range(n_rows) for c in range(n_cols)]
        low, high = _bounds(self.owner, int(self.owner.max()) + 1)
        return [(r, c, r1 - r + 1, c1 - c + 1) for (r, c), (r1, c1) in zip(low.tolist(), high.tolist(), strict=True)]

    def cells(self) -> list[tuple[int, int, BBox]]:
        """Of each cell: first row, first column, and the box."""
        xs, ys = self.xs.tolist(), self.ys.tolist()
        return [(r, c, (xs[c], ys[r], xs[c + cols], ys[r + rows])) for r, c, rows, cols in self.spans()]


@dataclass(frozen=True, slots=True)
class Ruling:
    """The drawn edges of a page as maximal rules, worked out once for all that ask.

    level: (y, from, to) of each level rule.   upright: (x, from, to).   meets: pairs of a level rule and an upright one that touch,
    as two arrays of places.   shades: (n, 4) x0, top, x1, bottom of drawn boxes that are too thick for rules.
    """

    level: Rules
    upright: Rules
    meets: tuple[NDArray[np.int64], NDArray[np.int64]]
    shades: Rules

    @classmethod
    def of(cls, edges: NDArray[np.float32]) -> Ruling:
        """`edges`: (n, 4) x0, top, x1, bottom."""
        drawn = edges.astype(np.float64)
        level, upright = _rules(drawn)
        return cls(level, upright, _touches(level, upright), _shades(drawn))

    @property
    def parting(self) -> Rules:
        """All that parts rows where no upright rule shows the columns: level rules, and the upper and lower sides of shades."""
        return np.vstack((self.level, _sides(self.shades)[0])) if len(self.shades) else self.level


def find_grids(ruling: Ruling) -> list[Grid]:
    """The ruled tables of a page from top to bottom. A frame of one cell is no table."""
    grids = [grid for h, v in _components(ruling) if (grid := _grid(h, v)) is not None]
    return sorted(grids, key=lambda grid: (grid.ys[0], grid.xs[0]))


def find_stacks(ruling: Ruling) -> list[Grid]:
    """Level rules of one reach under each other that no upright rule touches: rows ruled, columns not. Each is one column."""
    sets = _parallel(np.delete(ruling.level, ruling.meets[0], axis=0))
    found = [Grid(reach, places, np.arange(len(places) - 1).reshape(-1, 1)) for reach, places in sets]
    return sorted(found, key=lambda grid: (grid.ys[0], grid.xs[0]))


def find_posts(ruling: Ruling) -> list[Grid]:
    """Upright rules of one reach side by side that no level rule touches: columns ruled, rows not. Each is one row."""
    sets = _parallel(np.delete(ruling.upright, ruling.meets[1], axis=0))
    found = [Grid(places, reach, np.arange(len(places) - 1).reshape(1, -1)) for reach, places in sets]
    return sorted(found, key=lambda grid: (grid.ys[0], grid.xs[0]))


def find_shades(ruling: Ruling) -> list[Grid]:
    """Shades side by side, such as those of the cells of a head: they show the columns of all that stands below."""
    if len(ruling.shades) < SHADED:
        return []
    level, upright = _sides(ruling.shades)
    sides = Ruling(level, upright, _touches(level, upright), np.empty((0, 4)))
    grids = (_grid(level, upright) for level, upright in _components(sides))
    found = [grid for grid in grids if grid is not None and len(grid.xs) > SHADED]
    return sorted(found, key=lambda grid: (grid.ys[0], grid.xs[0]))


def _parallel(rules: Rules) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Three or more rules of one reach: the reach, and where they stand."""
    if len(rules) < 3:
        return
    reach = np.column_stack((cluster(rules[:, 1], SNAP / 2), cluster(rules[:, 2], SNAP / 2)))
    _, member, sizes = np.unique(reach, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(member.ravel(), kind="stable")
    for some in np.split(order, sizes.cumsum()[:-1]):
        places = np.unique(cluster(rules[some, 0], SNAP))
        if len(places) >= 3:
            yield rules[some[0], 1:], places


def _rules(edges: NDArray[np.float64]) -> tuple[Rules, Rules]:
    """Edges as maximal rules (at, from, to): level ones with `at` = y, upright ones with `at` = x."""
    width, height = edges[:, 2] - edges[:, 0], edges[:, 3] - edges[:, 1]
    level = (height <= THIN) & (width >= SHORT) & (width > height)
    upright = (width <= THIN) & (height >= SHORT) & (height > width)
    y, x = (edges[:, 1] + edges[:, 3]) / 2, (edges[:, 0] + edges[:, 2]) / 2
    across, down = np.column_stack((y, edges[:, 0], edges[:, 2])), np.column_stack((x, edges[:, 1], edges[:, 3]))
    dots = (width < SHORT) & (height < SHORT)
    if np.count_nonzero(dots) < DOTS:
        return _joined(across[level]), _joined(down[upright])
    return _joined(np.vstack((across[level], _dotted(across[dots])))), _joined(np.vstack((down[upright], _dotted(down[dots]))))


def _dotted(dots: Rules) -> Rules:
    """Rows of `DOTS` and more dots or short dashes, each near the next, as rules: some producers draw every dot by itself."""
    at = cluster(dots[:, 0], SNAP / 2)
    order = np.lexsort((dots[:, 1], at))
    at, begin, end = at[order], dots[order, 1], dots[order, 2]
    fresh = np.concatenate(([True], (at[1:] != at[:-1]) | (begin[1:] - end[:-1] > DOT_GAP)))
    first = np.flatnonzero(fresh)
    count = np.diff(np.append(first, len(at)))
    rules = np.column_stack((at[first], begin[first], np.maximum.reduceat(end, first)))
    return np.asarray(rules[(count >= DOTS) & (rules[:, 2] - rules[:, 1] >= SHORT)])


def _shades(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """The drawn boxes that fill every second row, a head, or each cell."""
    return np.asarray(edges[((edges[:, 2:] - edges[:, :2]) > THIN).all(1)])


def _sides(boxes: NDArray[np.float64]) -> tuple[Rules, Rules]:
    """The level and the upright sides of boxes as rules."""
    x0, top, x1, bottom = boxes.T
    level = np.concatenate((np.column_stack((top, x0, x1)), np.column_stack((bottom, x0, x1))))
    upright = np.concatenate((np.column_stack((x0, top, bottom)), np.column_stack((x1, top, bottom))))
    return _joined(level), _joined(upright)


def _joined(rules: Rules) -> Rules:
    """Rules on one line that touch or overlap become one."""
    if not len(rules):
        return rules
    snapped = cluster(rules[:, 0], SNAP / 2)
    order = np.lexsort((rules[:, 1], snapped))
    at, begin, end = snapped[order], rules[order, 1], rules[order, 2]
    other = at[1:] != at[:-1]
    lane = np.concatenate(([0.0], other.cumsum())) * (end.max() - begin.min() + 10 * SNAP)
    reach = np.maximum.accumulate(end + lane)
    fresh = np.concatenate(([True], other | (begin[1:] + lane[1:] > reach[:-1] + SNAP)))
    first = np.flatnonzero(fresh)
    return np.column_stack((at[first], begin[first], np.maximum.reduceat(end, first)))


def cluster(values: NDArray[np.float64], tolerance: float) -> NDArray[np.float64]:
    """Each value replaced by the mean of its cluster: values whose neighbours lie within `tolerance`.

    A chain of near values may grow for ever, as the hatching of a chart does, or rows of lines drawn a hair apart. So a chain wider
    than twice the tolerance is cut into pieces no wider than the tolerance.

    >>> cluster(np.array([10.0, 50.0, 10.5]), 1.0).tolist()
    [10.25, 50.0, 10.25]
    >>> cluster(np.array([0.0, 0.9, 1.8, 2.7]), 1.0).tolist()
    [0.45, 0.45, 2.25, 2.25]
    """
    if not len(values):
        return values
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    fresh = np.concatenate(([True], ascending[1:] - ascending[:-1] > tolerance))
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], len(values)) - 1
    for chain in np.flatnonzero(ascending[last] - ascending[first] > 2 * tolerance).tolist():
        at, end = int(first[chain]), int(last[chain]) + 1
        while (at := int(np.searchsorted(ascending, ascending[at] + tolerance, "right"))) < end:
            fresh[at] = True
    member = fresh.cumsum() - 1
    mean = np.bincount(member, ascending) / np.bincount(member)
    out = np.empty(len(values))
    out[order] = mean[member]
    return out


def _touches(level: Rules, upright: Rules) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which level rule touches which upright one, as pairs of their places, sought in a matrix of some upright rules at a time."""
    y, begin, end = level.T + np.array([[0], [-SNAP], [SNAP]])
    step = max(1, 1_000_000 // max(1, len(level)))
    rows, cols = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for start in range(0, len(upright), step):
        x, top, bottom = upright[start : start + step].T[:, :, None]
        col, row = np.nonzero((y >= top - SNAP) & (y <= bottom + SNAP) & (begin <= x) & (end >= x))
        rows.append(row)
        cols.append(col + start)
    return np.concatenate(rows), np.concatenate(cols)


def _components(ruling: Ruling) -> Iterator[tuple[Rules, Rules]]:
    """Parts the rules into sets that touch one another."""
    level, upright = ruling.level, ruling.upright
    rows, cols = ruling.meets
    label, of_upright = np.arange(len(level)), np.full(len(upright), len(level))
    while True:
        np.minimum.at(of_upright, cols, label[rows])
        lower = label.copy()
        np.minimum.at(lower, rows, of_upright[cols])
        lower = lower[lower]  # a label is the place of a rule of the same set, which may have found a lower one meanwhile
        if (lower == label).all():
            break
        label = lower
    for number in np.unique(label[rows]):
        yield level[label == number], upright[of_upright == number]


def stacked(upper: Grid, lower: Grid) -> Grid:
    """Two grids of the same columns, the one below the other, as one. The border between them is that of the upper one."""
    owner = np.vstack((upper.owner, lower.owner + upper.owner.max() + 1))
    return Grid(upper.xs, np.concatenate((upper.ys, lower.ys[1:])), owner, lower.rivers)


def top_rows(grid: Grid, count: int) -> Grid:
    """The first rows of a grid; a cell that reaches below them ends there."""
    _, numbers = np.unique(grid.owner[:count], return_inverse=True)
    return Grid(grid.xs, grid.ys[: count + 1], numbers.reshape(count, -1), grid.rivers)


def _grid(level: Rules, upright: Rules) -> Grid | None:
    level, upright = _closed(level, upright)
    ys, xs = (np.unique(cluster(np.unique(rules[:, 0]), SNAP)) for rules in (level, upright))
    if len(ys) < 2 or len(xs) < 2 or not 2 <= (len(ys) - 1) * (len(xs) - 1) <= MAX_SQUARES:
        return None
    ruled_below = _covered(ys, xs, level)[1:-1]  # between row r and r + 1, for every column
    ruled_right = _covered(xs, ys, upright)[1:-1].T  # between column c and c + 1, for every row
    owner = _owners(ruled_below, ruled_right)
    return Grid(xs, ys, owner) if owner.max() > 0 else None


def _closed(level: Rules, upright: Rules) -> tuple[Rules, Rules]:
    """Closes borders that the drawing leaves open: the reach of the rules that end there bounds the table."""
    top, bottom = upright[:, 1].min(), upright[:, 2].max()
    left, right = level[:, 1].min(), level[:, 2].max()
    top, bottom = min(top, level[:, 0].min()), max(bottom, level[:, 0].max())
    left, right = min(left, upright[:, 0].min()), max(right, upright[:, 0].max())
    for y in (top, bottom):
        if np.abs(level[:, 0] - y).min() > SNAP:
            level = np.vstack((level, (y, left, right)))
    for x in (left, right):
        if np.abs(upright[:, 0] - x).min() > SNAP:
            upright = np.vstack((upright, (x, top, bottom)))
    return level, upright


def _covered(lanes: NDArray[np.float64], stops: NDArray[np.float64], rules: Rules) -> NDArray[np.bool_]:
    """(lanes, stops - 1): whether a rule on that lane covers most of the span between two stops."""
    middles = (stops[1:] + stops[:-1]) / 2
    lane = np.searchsorted((lanes[1:] + lanes[:-1]) / 2, rules[:, 0])
    order = np.argsort(lane, kind="stable")
    lane, begin, end = lane[order], rules[order, 1, None], rules[order, 2, None]
    first = np.flatnonzero(np.concatenate(([True], lane[1:] != lane[:-1])))
    covered = np.zeros((len(lanes), len(middles)), bool)
    covered[lane[first]] = np.logical_or.reduceat((middles > begin) & (middles < end), first)
    return covered


def _owners(ruled_below: NDArray[np.bool_], ruled_right: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Numbers the cells in reading order: squares with no rule between them are one cell, and a cell is a rectangle."""
    n_rows, n_cols = ruled_right.shape[0], ruled_below.shape[1]
    owner = np.arange(n_rows * n_cols).reshape(n_rows, n_cols)
    if ruled_below.all() and ruled_right.all():
        return owner
    _, numbers = np.unique(_merged(owner, ruled_below, ruled_right), return_inverse=True)
    return numbers.reshape(owner.shape)


def _merged(owner: NDArray[np.int64], ruled_below: NDArray[np.bool_], ruled_right: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Floods the smallest number of each open region through it, then squares the region off to its bounding rectangle."""
    owner = owner.copy()
    while True:
        _flood(owner, ~ruled_below, ~ruled_right)
        numbers, sizes = np.unique(owner, return_counts=True)
        low, high = _bounds(np.searchsorted(numbers, owner), len(numbers))
        uneven = np.flatnonzero((high - low + 1).prod(1) != sizes)
        if not len(uneven):
            return owner
        for (top, left), (bottom, right) in zip(low[uneven].tolist(), high[uneven].tolist(), strict=True):
            block = owner[top : bottom + 1, left : right + 1]
            block[:] = block.min()


def _flood(owner: NDArray[np.int64], open_below: NDArray[np.bool_], open_right: NDArray[np.bool_]) -> None:
    """Spreads the smaller number over every border that no rule closes, in place, until nothing changes."""
    while True:
        before = owner.copy()
        for upper, lower, open_ in ((owner[:-1], owner[1:], open_below), (owner[:, :-1], owner[:, 1:], open_right)):
            least = np.minimum(upper, lower)
            np.copyto(upper, least, where=open_)
            np.copyto(lower, least, where=open_)
        if (before == owner).all():
            return


def _bounds(owner: NDArray[np.int64], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last (row, column) of each number from 0 to `count` - 1: two arrays (count, 2)."""
    low, high = np.full((count, 2), max(owner.shape)), np.full((count, 2), -1)
    for axis, index in enumerate(np.indices(owner.shape)):
        np.minimum.at(low[:, axis], owner.ravel(), index.ravel())
        np.maximum.at(high[:, axis], owner.ravel(), index.ravel())
    return low, high
