"""Tables whose columns no rule parts: found by the white rivers that run down between them, row after row.

Producers leave out rules in three ways: rows ruled only, columns ruled only, nothing ruled at all. What remains is alignment. A
river is a stretch of the page's width that stays white through all lines of a table; a caption, a paragraph or a title crosses
rivers, and so ends the table. Prose is justified into gaps too, but never over many lines, and never with numbers under each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from .bands import KEPT, SAME_SIZE, SAME_TABLE, is_band, is_row, is_title, parted, spans_columns
from .grid import Grid, Ruling, find_posts, find_shades
from .heads import columns_under, grid_of, head_phrases, is_beside, middles_of
from .lines import Way
from .rivers import RIVER, crossed_by, gaps_of, uncovered, widest_white
from .rows import NUMERIC, WRAPPED, has_numbers, head_depth, part_rows, row_borders
from .shaded import below_shades, of_shades
from .words import PHRASE_GAP, Line, Span, read_lines, ruled_between

BESIDE = 1.3
"""A line nearer than this, in em, to the one above it is no next line of the same text: two cells are set at other heights."""
FARTHER = 1.2
"""A step so many times as large as any within a table leads out of it."""
SAME_START, ROWS_BELOW = 1.0, 12
"""Texts that begin, or have their middle, within so many points of each other are of one column; so many lines below are asked."""
LOOSE = 2.2
"""The lines of a head are at most so far apart, in em."""
LEFT_ALIGNED = 3
"""So many lines must have words on both sides of a narrow river that parts a column of texts which wrap from its neighbour."""
TOUCHING = 0.02
"""Words nearer than this, in em, are one piece of ink."""
OVERFLOW, ENOUGH = 0.08, 8
"""The share of lines that may run into a river, as a text too long for its column does; one line may where there are enough."""
LONE_PHRASES, LONE_NUMBERS = 3, 2
"""What a single line must hold to be the last row of a table, which a page break parted from the others."""
LEAST = 1.0
"""Heads narrow a river to no less than this, in points."""
MAX_LINES, MAX_WORDS = 2_000, 250
"""A page with more lines, a line with more words is no table that anyone set; searching it would take for ever."""


def find_aligned(way: Way, outside: NDArray[np.bool_], ruling: Ruling) -> list[Grid]:
    """The tables without upright rules among the characters that no ruled table holds.

    Level rules part rows; between upright rules that no level rule touches, columns are drawn and only the rows are sought.
    """
    lines = [line for line in read_lines(way, outside) if len(line.words) <= MAX_WORDS]
    if len(lines) > MAX_LINES:
        return []
    grids: list[Grid] = []
    for frame in find_posts(ruling) if lines else ():
        inside = [_within(line, frame) for line in lines]
        grid = _of_posts([line for line, yes in zip(lines, inside, strict=True) if yes], frame)
        if grid is not None:
            grids.append(grid)
            lines = [line for line, yes in zip(lines, inside, strict=True) if not yes]
    level = ruling.parting
    for frame in find_shades(ruling) if lines else ():
        below = below_shades(lines, frame)
        grid = of_shades(below, frame, level)
        if grid is not None:
            grids.append(grid)
            taken = {id(line) for line in below}
            lines = [line for line in lines if id(line) not in taken]
    found = (_table(region, level) for region in _regions(lines, level))
    return [*grids, *(grid for grid in found if grid is not None)]


def _within(line: Line, frame: Grid) -> bool:
    left, top, right, bottom = frame.bbox
    return top < line.middle < bottom and line.words[0][0] > left - line.em and line.words[-1][1] < right + line.em


def _of_posts(inside: Sequence[Line], frame: Grid) -> Grid | None:
    """The table between upright rules: columns are drawn, rows are found."""
    borders = frame.xs.tolist()
    head, rows = part_rows(inside, borders, np.empty((0, 3)))
    return grid_of(head, rows, [(x, x) for x in borders], (frame.bbox[1], frame.bbox[3])) if rows else None


def _regions(lines: Sequence[Line], level: NDArray[np.float64]) -> list[list[Line]]:
    """Runs of lines that share rivers: each may be a table."""
    regions: list[list[Line]] = [[]]
    rivers: list[Span] = []
    taken = 0
    for index, line in enumerate(lines):
        region, gaps = regions[-1], gaps_of(line.phrases())
        if region and is_band(lines, index, region, rivers):
            region.append(line)
            taken = index + 1
        elif region and _belongs(lines, index, region, rivers, level):
            region.append(line)
            taken = index + 1
            rivers = gaps if len(gaps) > len(rivers) else uncovered(rivers, line.words, RIVER * line.em)
        else:
            regions.append([*_lead(lines, taken, index, gaps, level), line] if gaps else [])
            rivers, taken = gaps, index + 1 if gaps else taken
    return [region for region in regions if sum(len(line.phrases()) > 1 for line in region) > 1 or _is_lone_row(region)]


def _is_lone_row(region: Sequence[Line]) -> bool:
    full = [line for line in region if len(line.phrases()) >= LONE_PHRASES]
    return len(full) == 1 and full[0].opens_with_number() and len(full[0].numbers) >= LONE_NUMBERS


def _lead(lines: Sequence[Line], taken: int, index: int, gaps: Sequence[Span], level: NDArray[np.float64]) -> list[Line]:
    """The lines of one phrase above the first line of a table, from `taken` on, that are of it.

    A caption stands there too. What is nearer than the next line of a text ever is stands beside the line, not above it: a cell set
    in the middle. What is farther must be followed, where it stands, by two more lines of a head at even steps; or above a row it
    must stand where the rows' texts stand: there a page break parted a row.
    """
    first = index
    while first > taken:
        line, below = lines[first - 1], lines[first]
        if len(line.phrases()) > 1 or crossed_by(line, gaps) > (1 - KEPT) * len(gaps):
            break
        apart = below.y - line.y > BESIDE * line.em or ruled_between(line, below, level)
        if (
            apart
            and not _stands_alike(line, lines[index:])
            and (ruled_between(line, below, level) or not _steps_evenly(lines, first - 1))
        ):
            break
        first -= 1
    return list(lines[first:index])


def _stands_alike(line: Line, below: Sequence[Line]) -> bool:
    """Whether the line begins, or has its middle, where texts of the rows below it do; each row opens with a number.

    A caption over the middle of a table has its middle over a column too, but is wider than what the column prints.
    """
    near = [row for row in below[:ROWS_BELOW] if abs(row.em - line.em) <= SAME_SIZE * line.em]
    rows = [row for row in near if row.opens_with_number()]
    if not rows or rows[0].y - line.y > 2 * SAME_TABLE * line.em:
        return False
    x0, x1 = line.phrases()[0]
    spans = [span for row in near for span in row.phrases()[row.opens_with_number() :]]
    alike = [abs(a - x0) <= SAME_START or (abs(a + b - x0 - x1) <= 2 * SAME_START and b - a >= x1 - x0) for a, b in spans]
    next_below = next((i for i, (a, b) in enumerate(spans) if a < x1 and b > x0), None)
    wraps = next_below is not None and alike[next_below] and near[0].y - line.y <= WRAPPED * line.em
    return wraps or sum(alike) * 2 >= len(rows)


def _steps_evenly(lines: Sequence[Line], index: int) -> bool:
    """Whether two lines of words follow under the line at `index`, each as near as the lines of one cell."""
    line = lines[index]
    (x0, *_), (*_, x1) = line.words[0], line.words[-1]
    ys = [line.y]
    for other in lines[index + 1 : index + 8]:
        if other.numbers or len(ys) == 3:
            break
        if abs(other.em - line.em) <= SAME_SIZE * line.em and any(a < x1 and b > x0 for a, b in other.phrases()):
            ys.append(other.y)
    steps = [b - a for a, b in pairwise(ys)]
    return len(steps) == 2 and max(steps) <= WRAPPED * line.em and abs(steps[0] - steps[1]) <= SAME_SIZE * line.em


def _belongs(lines: Sequence[Line], index: int, region: Sequence[Line], rivers: Sequence[Span], level: NDArray[np.float64]) -> bool:
    """Whether a line goes on the table whose rivers are given.

    A line of one phrase is a part of a cell that wraps, of one size with its row and close to it; else it is a caption.
    """
    line, above = lines[index], region[-1]
    if line.y - above.y > SAME_TABLE * max(line.em, above.em):
        return False
    crossed = crossed_by(line, rivers)
    if crossed > (1 - KEPT) * len(rivers) or _stands_under_title(region, line):
        return False
    if len(line.phrases()) > 1:
        return not _heads_another(region, line) and not is_title(region, line)
    if abs(line.em - above.em) > SAME_SIZE * above.em or (crossed and any(one.opens_with_number() for one in region)):
        return False
    return (
        _near(above, line, level)
        or _wraps_up(lines, index, level)
        or _stands_alike(line, lines[index + 1 :])
        or _wraps_alike(region, line, level)
        or _heads_on(lines, index, region, rivers)
    )


def _heads_another(region: Sequence[Line], line: Line) -> bool:
    """Whether a line of words alone stands farther below a body of numbers than its lines stand apart: another table's head."""
    rows = sum(len(one.numbers) * 2 > len(one.words) or one.opens_with_number() for one in region)
    return not line.numbers and rows > 1 and line.y - region[-1].y > FARTHER * max(b.y - a.y for a, b in pairwise(region))


def _wraps_alike(region: Sequence[Line], line: Line, level: NDArray[np.float64]) -> bool:
    """Whether the line is as far below the region's last one as lines without numbers, which wrap, are below others within it.

    How far the lines of a cell stand apart is the producer's choice; only what the table itself shows tells a wide step from a gap.
    """
    step, within = line.y - region[-1].y, SAME_SIZE * line.em
    alike = any(not b.numbers and abs(b.y - a.y - step) <= within for a, b in pairwise(region))
    return alike and not ruled_between(region[-1], line, level)


def _heads_on(lines: Sequence[Line], index: int, region: Sequence[Line], rivers: Sequence[Span]) -> bool:
    """Whether the line goes on a head set with wide leading: it lies in one column, words stand above it, and below it the row."""
    line, below = lines[index], lines[index + 1 : index + 2]
    return (
        not any(one.numbers for one in region)
        and not line.numbers
        and not crossed_by(line, rivers)
        and line.y - region[-1].y <= LOOSE * line.em
        and any(one.opens_with_number() and len(one.phrases()) > 2 and not crossed_by(one, rivers) for one in below)
    )


def _stands_under_title(region: Sequence[Line], line: Line) -> bool:
    """Whether what was taken for a table so far is a title with a wide gap in it: set larger than the head that stands below."""
    heads = len(line.phrases()) > 1 and not line.numbers and not any(is_row(one) for one in region)
    return heads and all(one.em > (1 + SAME_SIZE) * line.em for one in region)


def _near(above: Line, line: Line, level: NDArray[np.float64]) -> bool:
    return line.y - above.y <= WRAPPED * max(line.em, above.em) and not ruled_between(above, line, level)


def _wraps_up(lines: Sequence[Line], index: int, level: NDArray[np.float64]) -> bool:
    """Whether lines of one phrase lead down from the line at `index`, each near the next, to a line of several."""
    for above, line in pairwise(lines[index:]):
        if not _near(above, line, level):
            return False
        if len(line.phrases()) > 1:
            return True
    return False


def _table(region: Sequence[Line], level: NDArray[np.float64]) -> Grid | None:
    """A region as a grid; None where its columns hold no numbers under each other."""
    left = min(line.words[0][0] for line in region) - 2
    right = max(line.words[-1][1] for line in region) + 2
    depth = head_depth(region)
    first = next((line for line in region if len(line.phrases()) > 1 and line.opens_with_number()), None)
    bands = [line for line in region if first is not None and spans_columns(line, region, gaps_of(first.phrases()))]
    plain = {id(line) for line in bands}
    depth = next((i for i, line in enumerate(region[:depth]) if id(line) in plain), depth)
    body = [line for line in region[depth:] if id(line) not in plain] or list(region)
    rivers = _beside_heads(_rivers(body, left, right), region[:depth], body, (left, right))
    if not rivers:
        return None
    spans = [(left, left), *rivers, (right, right)]
    borders = [(a + b) / 2 for a, b in spans]
    bands = [line for line in bands if line.words[-1][1] > borders[1]]
    head, rows, places = parted(region, bands, borders, level)
    if len(rows) + bool(head) < 2 and not _is_lone_row(region):
        return None
    if not has_numbers(rows, borders):
        return None
    ys = row_borders([head, *rows] if head else rows)
    return grid_of(head, rows, spans, (ys[0], ys[-1]), places)


def _rivers(body: Sequence[Line], left: float, right: float) -> list[Span]:
    """The rivers through the body, from left to right."""
    em = median(line.em for line in body)
    step = 0.5
    count = max(1, int((right - left) / step) + 1)
    covered = np.zeros(count + 1, np.int64)
    for line in body:
        for x0, x1 in line.phrases(TOUCHING):
            covered[min(count, max(0, int((x0 - left) / step)))] += 1
            covered[min(count, max(0, int(np.ceil((x1 - left) / step))))] -= 1
    depth = covered.cumsum()[:count]
    loose = _white(depth <= max(OVERFLOW * len(body), 1 if len(body) >= ENOUGH else 0), left, step, PHRASE_GAP * em)
    strict = (river for river in _white(depth == 0, left, step, RIVER * em) if _parts(river, body))
    found = [river for river in strict if not any(a < river[1] and river[0] < b for a, b in loose)]
    return sorted((*loose, *found))


def _beside_heads(rivers: Sequence[Span], head: Sequence[Line], body: Sequence[Line], reach: Span) -> list[Span]:
    """The rivers as far as the words of the head leave them white. A head over several columns, which covers one, stays out."""
    spans = [(reach[0], reach[0]), *rivers, (reach[1], reach[1])]
    middles = middles_of(body, spans)
    phrases = head_phrases(head, spans, middles)
    for index in reversed(range(len(head))):  # the lowest stand over one column each
        over = columns_under(head, phrases, index, spans, middles)
        for phrase, (first, last) in zip(phrases[index], over, strict=True):
            words = head[index].within(phrase)
            spans = [span if first < i < last else _beside(span, words) for i, span in enumerate(spans)]
    return spans[1:-1]


def _beside(river: Span, words: Sequence[Span]) -> Span:
    for x0, x1 in words:
        if (x0 > river[0] or x1 < river[1]) and x0 < river[1] and x1 > river[0]:
            white = widest_white(river, ((x0, x1),))
            river = white if white[1] - white[0] >= LEAST else river
    return river


def _white(white: NDArray[np.bool_], left: float, step: float, least: float) -> list[Span]:
    """The inner stretches of white of at least that width."""
    inked = np.flatnonzero(~white)
    ends = np.flatnonzero(np.diff(inked) > 1)
    spans = [(left + (int(inked[i]) + 1) * step, left + int(inked[i + 1]) * step) for i in ends]
    return [(a, b) for a, b in spans if b - a >= least]


def _parts(river: Span, body: Sequence[Line]) -> bool:
    """Whether a river as narrow as a blank parts words in most lines: the blank of a name stands elsewhere in every row.

    Where names wrap, most lines have words on one side of it alone. Then those with words on both sides are asked, and the column
    to its right must be one: its lines begin at one place.
    """
    both = [line for line in body if line.words[0][0] < river[0] and line.words[-1][1] > river[1]]
    parted = sum(is_beside(river, line) for line in both)
    if parted >= NUMERIC * len(body):
        return True
    if len(both) < LEFT_ALIGNED or parted < NUMERIC * len(both):
        return False
    starts = [start for line in body if (start := next((a for a, _ in line.words if a >= river[1] - SAME_START), None)) is not None]
    return sum(start <= river[1] + SAME_START for start in starts) >= NUMERIC * len(body)
