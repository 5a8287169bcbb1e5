"""A page with geometry into tables and lines in reading order: `Page -> PageContent`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..model import trace
from ..model.page import BBox, Chars, Page
from ..model.table import Cell, PageContent, Table, TextLine
from .columns import find_aligned, split_tall_rows
from .grid import Grid, find_grids, find_posts, find_stacks, level_rules
from .lines import JUMP_BACK, Composed, compose, is_mark, line_numbers, pen

FLOWS = 0.2
"""Characters of one text object that are nearer than this, in em, are one run of text."""
COLUMN_GAP = 1.2
"""A gap in em that no line of text has: another column begins."""
TIGHT, EXACT = 0.03, 0.004
"""The gap in em that separate objects may have in one run of text; where columns begin it must be `EXACT`."""
ALIGNMENT, ALIGNED = 0.5, 2
"""Texts that begin within so many points of each other in more cells than this are a column of their own."""


def read_content(page: Page) -> PageContent:
    """Tables and lines of a page. `raw` and `trace` are filled, `text` is left to the repair.

    A page whose text lies on its side is turned upright for the reading; boxes come back as the page is shown.
    """
    turns = _common_turn(page.chars)
    upright = turn_page(page, turns)
    grids = _find_tables(upright)
    home = _cells_of(upright.chars, grids)
    tables, numbers = _tables(upright, grids, home)
    outside = line_numbers(upright.chars, np.where(home < 0, 0, -1))
    lines = [_line(page.number, text) for text in compose(upright.chars, outside)]
    blocks: list[TextLine | Table] = [*tables, *lines]
    blocks.sort(key=lambda block: (block.bbox[1], block.bbox[0]) if block.bbox else (0.0, 0.0))
    placed = sum(map(_ink, numbers)) + sum(_ink(line.trace) for line in lines)
    content = PageContent(page.number, tuple(blocks), (), int((page.chars.kind != ord(trace.BLANK)).sum()), placed)
    return _turned_back(content, upright.width, upright.height, turns) if turns else content


def _find_tables(page: Page) -> list[Grid]:
    """The tables of an upright page from top to bottom: ruled ones first, then those that alignment alone shows."""
    grids = [split_tall_rows(grid, page.chars) for grid in find_grids(page.edges)]
    single = [grid for grid in find_stacks(page.edges) if _is_one_column(page.chars, grid)]
    outside = _cells_of(page.chars, [*grids, *single]) < 0
    if outside.any():
        grids += find_aligned(page.chars, outside, level_rules(page.edges), find_posts(page.edges))
    return sorted((*grids, *single), key=lambda grid: (grid.ys[0], grid.xs[0]))


def _ink(letters: str) -> int:
    """How many characters of the page a trace stands for."""
    return len(letters) - letters.count(trace.GAP) - letters.count(trace.BREAK) - letters.count(trace.BLANK)


def _line(page: int, text: Composed) -> TextLine:
    return TextLine(page, text.bbox, text.raw, text.trace, size=round(text.size, 2))


def _tables(page: Page, grids: list[Grid], home: NDArray[np.int64]) -> tuple[list[Table], list[str]]:
    """The tables with their cells, and the traces of all cells for the count."""
    texts = {text.group: text for text in compose(page.chars, home)}
    tables, base = [], 0
    for grid in grids:
        spans = grid.spans()
        cells = tuple(_cell(grid, span, texts.get(base + number)) for number, span in enumerate(spans))
        base += len(spans)
        tables.append(Table(page.number, _rounded(grid.bbox), len(grid.ys) - 1, len(grid.xs) - 1, cells))
    return tables, [text.trace for text in texts.values()]


def _cell(grid: Grid, span: tuple[int, int, int, int], text: Composed | None) -> Cell:
    row, col, rows, cols = span
    box = _rounded((float(grid.xs[col]), float(grid.ys[row]), float(grid.xs[col + cols]), float(grid.ys[row + rows])))
    return Cell(row, col, rows, cols, box, text.raw if text else "", text.trace if text else "")


def _is_one_column(chars: Chars, grid: Grid) -> bool:
    """Whether every row of a table without upright rules holds one piece of text: then its single column is the whole truth."""
    (left, right), (top, bottom) = grid.xs, (grid.ys[0], grid.ys[-1])
    x, y = chars.origin[:, 0], chars.origin[:, 1] - 0.25 * chars.size
    inside = np.flatnonzero((x > left) & (x < right) & (y > top) & (y < bottom) & (chars.kind != ord(trace.BLANK)))
    rows = np.searchsorted(grid.ys, y[inside])
    if len(np.unique(rows)) < len(grid.ys) - 1:
        return False
    start, stop, _ = pen(chars)
    order = inside[np.lexsort((start[inside], rows))]
    lane = np.sort(rows) * 1e5
    moved = start[order][1:] + lane[1:] - np.maximum.accumulate(stop[order] + lane)[:-1]
    return not ((np.diff(lane) == 0) & (moved > COLUMN_GAP * chars.size[order][1:])).any()


def _rounded(box: BBox) -> BBox:
    return (round(box[0], 2), round(box[1], 2), round(box[2], 2), round(box[3], 2))


def _cells_of(chars: Chars, grids: list[Grid]) -> NDArray[np.int64]:
    """The number of the cell that holds each character, counted over all grids of the page; -1 outside of every table."""
    home = np.full(len(chars), -1, np.int64)
    if not len(chars) or not grids:
        return home
    x = (chars.box[:, 0] + chars.box[:, 2]) / 2.0
    y = np.where(chars.turn % 2 == 0, chars.origin[:, 1] - 0.25 * chars.size, (chars.box[:, 1] + chars.box[:, 3]) / 2.0)
    bases = np.cumsum([0, *(int(grid.owner.max()) + 1 for grid in grids)])
    by_size = sorted(range(len(grids)), key=lambda k: -(grids[k].xs[-1] - grids[k].xs[0]) * (grids[k].ys[-1] - grids[k].ys[0]))
    for k in by_size:  # the largest first, so that a table inside a frame keeps its characters
        grid = grids[k]
        col = np.searchsorted(grid.xs, x, "right") - 1
        row = np.searchsorted(grid.ys, y, "right") - 1
        inside = (col >= 0) & (col < len(grid.xs) - 1) & (row >= 0) & (row < len(grid.ys) - 1)
        home[inside] = grid.owner[row[inside], col[inside]] + bases[k]
    return _kept_whole(chars, home)


def _kept_whole(chars: Chars, home: NDArray[np.int64]) -> NDArray[np.int64]:
    """Text that runs across a rule belongs whole to the cell that holds most of it.

    A cell so full that its text touches the next cell's looks the same at first sight. It differs in two ways: text that runs on
    is set without the least gap, and it does not begin where the texts of the other rows begin.
    """
    start, stop, across = pen(chars)
    size = np.maximum(chars.size.astype(np.float64), 0.1)
    moved = (start[1:] - stop[:-1]) / size[1:]
    flows = (np.abs(moved) < TIGHT) | (np.diff(chars.run) == 0) & (moved < FLOWS)
    flows &= (np.abs(np.diff(across)) < 0.3 * size[1:]) & (np.diff(chars.turn.astype(np.int64)) == 0)
    flows |= is_mark(chars.code[1:]) & (moved > -JUMP_BACK) & (moved < TIGHT)
    crosses = flows & (home[1:] != home[:-1])
    if not crosses.any():
        return home
    flows &= ~(_aligned(start[1:], _text_starts(start, home)) & (np.abs(moved) > EXACT))
    crosses &= flows
    run = np.concatenate(([0], np.cumsum(~flows)))
    home = home.copy()
    for number in np.unique(run[1:][crosses]):
        members = np.flatnonzero(run == number)
        cells, counts = np.unique(home[members], return_counts=True)
        home[members] = cells[counts.argmax()]
    return home


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


def _common_turn(chars: Chars) -> int:
    """The quarter turns by which most of the text lies against the page."""
    return int(np.bincount(chars.turn, minlength=4).argmax()) if len(chars) else 0


def turn_page(page: Page, turns: int) -> Page:
    """The page turned back by `turns` quarters, so that text which lay on its side stands upright."""
    if not turns:
        return page
    width, height = (page.height, page.width) if turns % 2 else (page.width, page.height)
    chars, edges = page.chars, page.edges
    level, turn = chars.turn % 2 == 0, (chars.turn.astype(np.int64) - turns) % 4
    x, y = np.where(level, chars.advance, chars.origin[:, 0]), np.where(level, chars.origin[:, 1], chars.advance)
    origin = _turn_boxes(np.hstack((chars.origin, chars.origin)), page.width, page.height, turns)
    stop = _turn_boxes(np.column_stack((x, y, x, y)), page.width, page.height, turns)
    turned = replace(
        chars,
        box=_turn_boxes(chars.box, page.width, page.height, turns),
        origin=origin[:, :2],
        advance=np.where(turn % 2 == 0, stop[:, 0], stop[:, 1]).astype(np.float32),
        turn=turn.astype(np.uint8),
    )
    return replace(page, width=width, height=height, chars=turned, edges=_turn_boxes(edges, page.width, page.height, turns))


def _turn_boxes(boxes: NDArray[np.float32], width: float, height: float, turns: int) -> NDArray[np.float32]:
    x0, y0, x1, y1 = (boxes[:, i] for i in range(4))
    if turns == 1:
        return np.column_stack((y0, width - x1, y1, width - x0))
    if turns == 2:
        return np.column_stack((width - x1, height - y1, width - x0, height - y0))
    return np.column_stack((height - y1, x0, height - y0, x1))


def _turned_back(content: PageContent, width: float, height: float, turns: int) -> PageContent:
    """Boxes read on the upright page as boxes of the page that is shown. `width` and `height` are the upright page's."""

    def back(box: BBox | None) -> BBox | None:
        if box is None:
            return None
        turned = _turn_boxes(np.array([box], np.float32), width, height, 4 - turns)[0].astype(float).round(2).tolist()
        return (turned[0], turned[1], turned[2], turned[3])

    blocks: list[TextLine | Table] = []
    for block in content.blocks:
        if isinstance(block, Table):
            cells = tuple(replace(cell, bbox=back(cell.bbox)) for cell in block.cells)
            blocks.append(replace(block, bbox=back(block.bbox), cells=cells))
        else:
            blocks.append(replace(block, bbox=back(block.bbox)))
    return replace(content, blocks=tuple(blocks))
