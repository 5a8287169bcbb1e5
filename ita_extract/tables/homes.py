"""Which cell holds each character: the square it stands in, but text that runs across a rule stays whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .grid import Grid
from .lines import JUMP_BACK, Way

FLOWS = 0.2
"""Characters of one text object that are nearer than this, in em, are one run of text."""
TIGHT, EXACT = 0.03, 0.004
"""The gap in em that separate objects may have in one run of text; where columns begin it must be `EXACT`."""
MARKED = 0.12
"""The gap in em that a run of text may have behind a mark."""
RAISED = 0.8
"""How far from the baseline, in em, a mark may be set that belongs to the letter before; the next line is further away."""
ALIGNMENT, ALIGNED = 0.5, 2
"""Texts that begin within so many points of each other in more cells than this are a column of their own."""

_SARA_AM = 0x0E33


def cells_of(way: Way, grids: Sequence[Grid]) -> NDArray[np.int64]:
    """The number of the cell that holds each character, counted over all grids of the page; -1 outside of every table."""
    chars = way.chars
    home = np.full(len(chars), -1, np.int64)
    if not len(chars) or not grids:
        return home
    x, y = middles(way)
    bases = np.cumsum([0, *(int(grid.owner.max()) + 1 for grid in grids)])
    by_size = sorted(range(len(grids)), key=lambda k: -(grids[k].xs[-1] - grids[k].xs[0]) * (grids[k].ys[-1] - grids[k].ys[0]))
    for k in by_size:  # the largest first, so that a table inside a frame keeps its characters
        grid = grids[k]
        col = np.searchsorted(grid.xs, x, "right") - 1
        row = np.searchsorted(grid.ys, y, "right") - 1
        inside = np.flatnonzero((col >= 0) & (col < len(grid.xs) - 1) & (row >= 0) & (row < len(grid.ys) - 1))
        home[inside] = grid.owner[row[inside], col[inside]] + bases[k]
    return _kept_whole(way, home)


def middles(way: Way) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The middle of each character's body: marks above and below lie at the height of their letter."""
    box, turn = way.chars.box, way.chars.turn
    x = ((box[:, 0] + box[:, 2]) / 2).astype(np.float64)
    height = 0.25 * way.chars.size
    y = (way.chars.origin[:, 1] - height).astype(np.float64)
    if turn.any():
        lying = (box[:, 1] + box[:, 3]) / 2
        right = way.chars.origin[:, 0]
        x = np.choose(turn, (x, right + height, x, right - height)).astype(np.float64)
        y = np.choose(turn, (y, lying, y + 2 * height, lying)).astype(np.float64)
    return x, y


def _kept_whole(way: Way, home: NDArray[np.int64]) -> NDArray[np.int64]:
    """Text that runs across a rule belongs whole to the cell that holds most of it, and not outside if it begins in a cell.

    A cell so full that its text touches the next cell's looks the same at first sight. It differs in two ways: text that runs on
    is set without the least gap, and it does not begin where the texts of the other rows begin.
    """
    parted = np.flatnonzero(home[1:] != home[:-1])
    if not _flows(way, parted)[0].any():
        return home
    flows, moved = _flows(way, np.arange(len(home) - 1))
    flows &= ~(_aligned(way.start[1:], _text_starts(way.start, home)) & (np.abs(moved) > EXACT))
    if not flows[parted].any():
        return home
    first = np.flatnonzero(np.concatenate(([True], ~flows)))
    home = home.copy()
    for run in np.unique(np.searchsorted(first, parted[flows[parted]], "right") - 1).tolist():
        members = slice(first[run], first[run + 1] if run + 1 < len(first) else None)
        cells, counts = np.unique(home[members], return_counts=True)
        if cells[0] < 0 <= home[first[run]]:
            cells, counts = cells[1:], counts[1:]
        home[members] = cells[counts.argmax()]
    return home


def _flows(way: Way, at: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Whether the pen runs on from character `at` to the next as within one text, and how far it moved in between, in em."""
    after = at + 1
    run, turn = way.chars.run, way.chars.turn
    moved = (way.start[after] - way.stop[at]) / way.size[after]
    flows = (np.abs(moved) < TIGHT) | (run[after] == run[at]) & (moved < FLOWS)
    # the reader knows less well where the pen is behind a mark: the glyph of "ต่" and its like may be one of several letters
    flows |= (way.mark[at] | (way.chars.code[at] == _SARA_AM)) & (np.abs(moved) < MARKED)
    aside = np.abs(way.across[after] - way.across[at])
    flows &= aside < 0.3 * way.size[after]
    flows |= way.mark[after] & (moved > -JUMP_BACK) & (moved < TIGHT) & (aside < RAISED * way.size[after])
    return flows & (turn[after] == turn[at]), moved


def _text_starts(start: NDArray[np.float64], home: NDArray[np.int64]) -> NDArray[np.float64]:
    """Where the text of each cell begins, ascending."""
    inside = home >= 0
    cells, index = np.unique(home[inside], return_inverse=True)
    first = np.full(len(cells), np.inf)
    np.minimum.at(first, index, start[inside])
    return np.sort(first)


def _aligned(start: NDArray[np.float64], starts: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether more than `ALIGNED` cells begin where the character begins."""
    low = np.searchsorted(starts, start - ALIGNMENT, "left")
    high = np.searchsorted(starts, start + ALIGNMENT, "right")
    return np.asarray(high - low > ALIGNED)
