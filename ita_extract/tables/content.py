"""A page with geometry into tables and lines in reading order: `Page -> PageContent`."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from ..model.page import BBox, Page
from ..model.table import Cell, PageContent, Table, TextLine
from ..model.turning import turn_page
from .columns import find_aligned
from .grid import SHORT, Grid, Ruling, find_grids, find_stacks
from .homes import cells_of, middles
from .lines import Texts, Way, compose, ink, line_numbers
from .stamps import lines_of, stamped, without
from .tall import split_tall_rows
from .turning import common_turn, turn_back

MAX_DOTS = 60_000
"""So many dots of dotted rules do not count among the edges of a page: a table has a thousand cells, and each side forty dots."""
COLUMN_GAP = 1.2
"""A gap in em that no line of text has: another column begins."""
MAX_EDGES, MAX_CHARS = 10_000, 50_000
"""A page with more drawn edges or characters is no table that anyone set: a map, a chart, or an attack. It is read as lines."""

MAX_CELLS = 10_000
"""A page with more cells is squared paper."""


def read_content(page: Page) -> PageContent:
    """Tables and lines of a page. `raw` and `trace` are filled, `text` is left to the repair.

    A page whose text lies on its side is turned upright for the reading; boxes come back as the page is shown. On a page beyond
    `MAX_EDGES` or `MAX_CHARS` no table is sought, and `limits` of the content says so.
    """
    turns = common_turn(page.chars)
    upright = turn_page(page, turns)
    limits = _limits(page)
    upright, aside = (upright, ()) if limits else _without_stamps(upright)
    way = Way.of(upright.chars)
    grids, home = ([], cells_of(way, ())) if limits else _find_tables(way, upright.edges)
    group, line = _grouped(way, grids, home)
    split = split_tall_rows(way, grids, home, line)
    if split is not grids:
        grids = split
        group, line = _grouped(way, grids, cells_of(way, grids))
    texts = compose(way, group, line, _cell_count(grids))
    blocks = _blocks(upright, grids, texts)
    read = len(way.blank) - int(np.count_nonzero(way.blank))
    read += sum(ink(line.trace) for line in aside)
    placed = ink("".join(chain.from_iterable(_traces(block) for block in (*blocks, *aside))))
    content = PageContent(page.number, tuple(blocks), aside, read, placed, limits)
    return turn_back(content, upright.width, upright.height, turns) if turns else content


def cell_boxes(page: Page) -> list[list[tuple[int, int, BBox]]]:
    """The tables of an upright page from top to bottom, those without rules too: of each cell the first row, column, and box.

    None on a page of more than `MAX_CELLS`: whoever looks into each cell of a sheet of graph paper looks for minutes.
    """
    if _limits(page):
        return []
    page = _without_stamps(page)[0]
    tables = [grid.cells() for grid in _find_tables(Way.of(page.chars), page.edges)[0]]
    return tables if sum(map(len, tables)) <= MAX_CELLS else []


def _without_stamps(page: Page) -> tuple[Page, tuple[TextLine, ...]]:
    """An upright page without what is stamped over its text, and that as furniture."""
    stamp = stamped(Way.of(page.chars))
    if not stamp.any():
        return page, ()
    return replace(page, chars=without(page.chars, stamp)), lines_of(page.chars, stamp, page.number)


def _limits(page: Page) -> tuple[str, ...]:
    """What the page has too much of."""
    dots = int(np.count_nonzero((page.edges[:, 2:] - page.edges[:, :2] < SHORT).all(1))) if len(page.edges) > MAX_EDGES else 0
    edges = len(page.edges) - min(dots, MAX_DOTS)
    counts = (("edges", edges, MAX_EDGES), ("characters", len(page.chars), MAX_CHARS))
    return tuple(f"{count:,} {what}, more than {most:,}: no tables sought" for what, count, most in counts if count > most)


def _find_tables(way: Way, edges: NDArray[np.float32]) -> tuple[list[Grid], NDArray[np.int64]]:
    """The tables of an upright page from top to bottom, and the cell of each character: tables with rules are sought first, then
    those that alignment alone shows."""
    ruling = Ruling.of(edges)
    drawn = (grid for grid in (*find_grids(ruling), *find_stacks(ruling)) if len(grid.xs) > 2 or _is_one_column(way, grid))
    grids = _from_top(list(drawn))
    home = cells_of(way, grids)
    outside = home < 0
    if outside.any() and (aligned := find_aligned(way, outside, ruling)):
        grids = _from_top([*grids, *aligned])
        home = cells_of(way, grids)
    return grids, home


def _from_top(grids: list[Grid]) -> list[Grid]:
    return sorted(grids, key=lambda grid: (grid.ys[0], grid.xs[0]))


def _cell_count(grids: list[Grid]) -> int:
    return sum(int(grid.owner.max()) + 1 for grid in grids)


def _grouped(way: Way, grids: list[Grid], home: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The group of each character, its cell or, counted on behind the cells, its line outside of them; and the line of each."""
    cell_count, outside = _cell_count(grids), home < 0
    group = np.where(outside, cell_count, home)
    line = line_numbers(way, group)
    if outside.any():
        group[outside] = line[outside] + (cell_count - int(line[outside].min()))
    return group, line


def _blocks(page: Page, grids: list[Grid], texts: Texts) -> list[TextLine | Table]:
    """Tables and lines from top to bottom. Texts of the first groups stand in cells, the others are lines."""
    inside = bisect_left(texts.group, _cell_count(grids))
    held = dict(zip(texts.group[:inside], zip(texts.raw, texts.trace, strict=True), strict=False))
    blocks: list[TextLine | Table] = []
    base = 0
    for grid in grids:
        cells = _cells(grid, held, base)
        base += len(cells)
        blocks.append(Table(page.number, _rounded(grid.bbox), len(grid.ys) - 1, len(grid.xs) - 1, cells, grid.rivers))
    boxes = texts.boxes(page.chars, inside)
    for raw, letters, (box, size) in zip(texts.raw[inside:], texts.trace[inside:], boxes, strict=True):
        blocks.append(TextLine(page.number, box, raw, letters, size=round(size, 2)))
    blocks.sort(key=lambda block: (block.bbox[1], block.bbox[0]) if block.bbox else (0.0, 0.0))
    return blocks


def _cells(grid: Grid, held: dict[int, tuple[str, str]], base: int) -> tuple[Cell, ...]:
    xs, ys = grid.xs.round(2).tolist(), grid.ys.round(2).tolist()
    nothing = ("", "")
    cells = []
    for number, (row, col, rows, cols) in enumerate(grid.spans(), base):
        raw, letters = held.get(number, nothing)
        cells.append(Cell(row, col, rows, cols, (xs[col], ys[row], xs[col + cols], ys[row + rows]), raw, letters))
    return tuple(cells)


def _traces(block: TextLine | Table) -> list[str]:
    return [cell.trace for cell in block.cells] if isinstance(block, Table) else [block.trace]


def _is_one_column(way: Way, grid: Grid) -> bool:
    """Whether every row of a table without upright rules holds one piece of text: then its single column is the whole truth."""
    (left, right), (top, bottom) = grid.xs, (grid.ys[0], grid.ys[-1])
    x, y = way.chars.origin[:, 0], middles(way)[1]
    inside = np.flatnonzero((x > left) & (x < right) & (y > top) & (y < bottom) & ~way.blank)
    rows = np.searchsorted(grid.ys, y[inside])
    if len(np.unique(rows)) < len(grid.ys) - 1:
        return False
    order = inside[np.lexsort((way.start[inside], rows))]
    lane = np.sort(rows) * 1e5
    moved = way.start[order][1:] + lane[1:] - np.maximum.accumulate(way.stop[order] + lane)[:-1]
    return not ((np.diff(lane) == 0) & (moved > COLUMN_GAP * way.size[order][1:])).any()


def _rounded(box: BBox) -> BBox:
    return (round(box[0], 2), round(box[1], 2), round(box[2], 2), round(box[3], 2))
