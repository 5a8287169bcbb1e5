"""Tables whose columns no rule parts: found by the white rivers that run down between them, row after row.

Producers leave out rules in three ways: rows ruled only, columns ruled only, nothing ruled at all. What remains is alignment. A
river is a stretch of the page's width that stays white through all lines of a table; a caption, a paragraph or a title crosses
rivers, and so ends the table. Prose is justified into gaps too, but never over many lines, and never with numbers under each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from ..model import trace
from ..model.page import Chars
from .grid import Grid
from .lines import is_mark, line_numbers, pen

WORD_GAP = 0.2
"""The gap in em that parts two words of a line."""
OVERLAP = 0.12
"""Text that begins so far, in em, before the end of what was drawn last is another text: two full cells overlap."""
PHRASE_GAP = 0.5
"""The gap in em that no two words of one text have: a line with such a gap is the row of a table, or looks like it."""
RIVER = 0.3
"""The least width of a river in em."""
WRAPPED = 1.65
"""The lines of one cell are at most so far apart, in em."""
SAME_TABLE = 3.2
"""Lines farther apart than this, in em, are not of one table."""
KEPT = 0.6
"""The share of a table's rivers that a line must leave open to belong to it."""
OVERFLOW, ENOUGH = 0.08, 8
"""The share of lines that may run into a river, as a text too long for its column does; one line may where there are enough."""
NUMERIC = 0.6
"""The share of rows that must print a number in one and the same column."""
TALL = 2.2
"""A row higher than this, in em, may hold several that no rule parts."""
MAX_LINES = 2_000
"""A page with more lines is no table that anyone set; searching it would take for ever."""

Span = tuple[float, float]
_NUMBER = re.compile(r"[0-9๐-๙][0-9๐-๙.,]*%?|[-–—]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of words: `y` is the baseline, `em` the size; words are (x0, x1), `numbers` those of them that print a number."""

    y: float
    em: float
    words: tuple[Span, ...]
    numbers: tuple[Span, ...]

    def phrases(self) -> list[Span]:
        """Words that stand close enough to be one text."""
        out = [self.words[0]]
        for x0, x1 in self.words[1:]:
            if x0 - out[-1][1] > PHRASE_GAP * self.em:
                out.append((x0, x1))
            else:
                out[-1] = (out[-1][0], max(out[-1][1], x1))
        return out


def find_aligned(chars: Chars, outside: NDArray[np.bool_], level: NDArray[np.float64], posts: Sequence[Grid]) -> list[Grid]:
    """The tables without upright rules among the characters that no ruled table holds.

    `level` are the level rules of the page (y, x0, x1): no cell reaches over one. `posts` are rows of upright rules (`find_posts`).
    """
    lines = read_lines(chars, outside)
    if not lines or len(lines) > MAX_LINES:
        return []
    grids: list[Grid] = []
    for frame in posts:
        inside = [line for line in lines if _within(line, frame)]
        grid = _of_posts(inside, frame)
        if grid is not None:
            grids.append(grid)
            lines = [line for line in lines if line not in inside]
    found = (_table(region, level) for region in _regions(lines, level))
    grids += [grid for grid in found if grid is not None]
    return sorted(grids, key=lambda grid: (grid.ys[0], grid.xs[0]))


def read_lines(chars: Chars, outside: NDArray[np.bool_]) -> list[Line]:
    """The upright lines of the characters chosen by `outside`, from top to bottom, as words."""
    chosen = outside & (chars.turn == 0) & (chars.kind != ord(trace.BLANK))
    number = line_numbers(chars, np.where(chosen, 0, -1))
    at = np.flatnonzero(number >= 0)
    if not len(at):
        return []
    start, stop, across = pen(chars)
    at = at[np.lexsort((at, number[at]))]
    left, right = np.minimum(start[at], chars.box[at, 0]), np.maximum(stop[at], chars.box[at, 2])
    size = np.maximum(chars.size[at].astype(np.float64), 0.1)
    moved = (left[1:] - right[:-1]) / size[1:]
    jumps = (moved > WORD_GAP) | ((moved < -OVERLAP) & ~is_mark(chars.code[at[1:]]) & ~is_mark(chars.code[at[:-1]]))
    fresh_line = np.concatenate(([True], np.diff(number[at]) != 0))
    fresh = fresh_line | np.concatenate(([True], jumps))
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], len(at)) - 1
    text = np.where(chars.code[at] < 0x110000, chars.code[at], 0xFFFD).astype("<u4").tobytes().decode("utf-32-le", "replace")
    lines: list[Line] = []
    words: list[Span] = []
    numbers: list[Span] = []
    for a, b in zip(first.tolist(), last.tolist(), strict=True):
        if fresh_line[a] and words:
            lines.append(_line(words, numbers, across, size, at, a - 1))
            words, numbers = [], []
        span = (float(left[a : b + 1].min()), float(right[a : b + 1].max()))
        words.append(span)
        if _NUMBER.fullmatch(text[a : b + 1]):
            numbers.append(span)
    lines.append(_line(words, numbers, across, size, at, len(at) - 1))
    return sorted(lines, key=lambda line: line.y)


def _line(
    words: list[Span],
    numbers: list[Span],
    across: NDArray[np.float64],
    size: NDArray[np.float64],
    at: NDArray[np.int64],
    index: int,
) -> Line:
    return Line(float(across[at[index]]), float(size[index]), tuple(sorted(words)), tuple(sorted(numbers)))


def _within(line: Line, frame: Grid) -> bool:
    top, bottom = float(frame.ys[0]), float(frame.ys[-1])
    left, right = float(frame.xs[0]), float(frame.xs[-1])
    middle = line.y - 0.25 * line.em
    return top < middle < bottom and line.words[0][0] > left - line.em and line.words[-1][1] < right + line.em


def _regions(lines: Sequence[Line], level: NDArray[np.float64]) -> list[list[Line]]:
    """Runs of lines that share rivers: each may be a table."""
    regions: list[list[Line]] = []
    region: list[Line] = []
    rivers: list[Span] = []
    for index, line in enumerate(lines):
        gaps = _gaps(line.phrases())
        below = lines[index + 1] if index + 1 < len(lines) else None
        if region and _belongs(line, region[-1], below, rivers, level):
            region.append(line)
            rivers = gaps if len(gaps) > len(rivers) else _uncovered(rivers, line.words, RIVER * line.em)
            continue
        regions.append(region)
        region, rivers = ([line], gaps) if gaps else ([], [])
    regions.append(region)
    return [region for region in regions if sum(1 for line in region if len(line.phrases()) > 1) >= 2]


def _belongs(line: Line, above: Line, below: Line | None, rivers: Sequence[Span], level: NDArray[np.float64]) -> bool:
    """Whether a line goes on the table whose rivers are given.

    A line of one phrase is a part of a cell that wraps, close to the line it belongs to; standing apart it is a caption.
    """
    em = max(line.em, above.em)
    if line.y - above.y > SAME_TABLE * em:
        return False
    crossed = len(rivers) - len(_uncovered(rivers, line.phrases(), RIVER * line.em))
    if crossed > (1 - KEPT) * len(rivers):
        return False
    if len(line.phrases()) > 1:
        return True
    wraps_down = line.y - above.y <= WRAPPED * em and not _ruled_between(above, line, level)
    wraps_up = below is not None and below.y - line.y <= WRAPPED * em and not _ruled_between(line, below, level)
    return wraps_down or (wraps_up and below is not None and len(below.phrases()) > 1)


def _ruled_between(one: Line, other: Line, level: NDArray[np.float64]) -> bool:
    """Whether a level rule runs between two lines."""
    x0, x1 = min(one.words[0][0], other.words[0][0]), max(one.words[-1][1], other.words[-1][1])
    top, bottom = sorted((one.y - 0.25 * one.em, other.y - 0.25 * other.em))
    return bool(((level[:, 0] > top) & (level[:, 0] < bottom) & (level[:, 1] < x1) & (level[:, 2] > x0)).any())


def _gaps(spans: Sequence[Span]) -> list[Span]:
    return [(a[1], b[0]) for a, b in pairwise(spans)]


def _uncovered(rivers: Iterable[Span], words: Sequence[Span], least: float) -> list[Span]:
    """What of each river the words leave white: its widest part, if that is wide enough."""
    out = []
    for x0, x1 in rivers:
        parts, at = [], x0
        for a, b in words:
            if b <= at or a >= x1:
                continue
            parts.append((at, a))
            at = max(at, b)
        parts.append((at, x1))
        widest = max(parts, key=lambda part: part[1] - part[0])
        if widest[1] - widest[0] >= least:
            out.append(widest)
    return out


def _table(region: Sequence[Line], level: NDArray[np.float64]) -> Grid | None:
    """A region as a grid; None where its columns hold no numbers under each other."""
    left = min(line.words[0][0] for line in region) - 2
    right = max(line.words[-1][1] for line in region) + 2
    head = _head_depth(region)
    borders = _borders(region[head:] or region, left, right)
    rows = _rows(region, borders, level)
    if len(borders) < 3 or len(rows) < 2 or not _has_numbers(rows[1:], borders):
        return None
    return _grid(rows, borders, _row_borders(rows))


def _of_posts(inside: Sequence[Line], frame: Grid) -> Grid | None:
    """The table between upright rules: columns are drawn, rows are found."""
    borders = frame.xs.tolist()
    rows = _rows(inside, borders, np.empty((0, 3)))
    if len(rows) < 2:
        return None
    ys = _row_borders(rows)
    return _grid(rows, borders, [float(frame.ys[0]), *ys[1:-1], float(frame.ys[-1])])


def _head_depth(region: Sequence[Line]) -> int:
    """How many lines stand before the body: it begins with the first line that opens with a number, or prints mostly numbers.

    A line of years under "คะแนน" prints numbers too, but beside words of other headings.
    """
    for index, line in enumerate(region):
        opens = bool(line.numbers) and line.numbers[0] == line.words[0]
        if (opens and len(line.words) > 1) or len(line.numbers) * 2 > len(line.words):
            return index
    return 1


def _borders(body: Sequence[Line], left: float, right: float) -> list[float]:
    """The borders of the columns: the outer ones, and the middle of every river through the body."""
    em = median(line.em for line in body)
    step = 0.5
    count = max(1, int((right - left) / step) + 1)
    covered = np.zeros(count + 1, np.int64)
    for line in body:
        for x0, x1 in line.words:
            covered[max(0, int((x0 - left) / step))] += 1
            covered[min(count, max(0, int(np.ceil((x1 - left) / step))))] -= 1
    depth = covered.cumsum()[:count]
    loose = _white(depth <= max(OVERFLOW * len(body), 1 if len(body) >= ENOUGH else 0), left, step, PHRASE_GAP * em)
    strict = (river for river in _white(depth == 0, left, step, RIVER * em) if _parts(river, body))
    found = [river for river in strict if not any(a < river[1] and river[0] < b for a, b in loose)]
    return [left, *sorted((a + b) / 2 for a, b in (*loose, *found)), right]


def _white(white: NDArray[np.bool_], left: float, step: float, least: float) -> list[Span]:
    """The inner stretches of white of at least that width."""
    inked = np.flatnonzero(~white)
    ends = np.flatnonzero(np.diff(inked) > 1)
    spans = [(left + (int(inked[i]) + 1) * step, left + int(inked[i + 1]) * step) for i in ends]
    return [(a, b) for a, b in spans if b - a >= least]


def _parts(river: Span, body: Sequence[Line]) -> bool:
    """Whether a river as narrow as a blank parts words in most lines: the blank of a name stands elsewhere in every row."""
    parted = sum(1 for line in body if line.words[0][0] < river[0] and line.words[-1][1] > river[1] and _near(river, line))
    return parted >= NUMERIC * len(body)


def _near(river: Span, line: Line) -> bool:
    """Whether a word of the line ends at the river, and one begins there, within a column's width."""
    reach = 12 * line.em
    return any(river[0] - reach < b <= river[0] + 1 for _, b in line.words) and any(
        river[1] - 1 <= a < river[1] + reach for a, _ in line.words
    )


def _column(span: Span, borders: Sequence[float]) -> int:
    middle = (span[0] + span[1]) / 2
    return max(0, min(len(borders) - 2, int(np.searchsorted(np.asarray(borders), middle)) - 1))


def _occupied(line: Line, borders: Sequence[float]) -> set[int]:
    return {_column(word, borders) for word in line.words}


def _rows(lines: Sequence[Line], borders: Sequence[float], level: NDArray[np.float64]) -> list[list[Line]]:
    """Lines as rows: a line that fills at least half of the columns begins one, and the others belong to the nearest.

    No row reaches over a level rule, as long as there is a row on the line's own side of it.
    """
    if not lines:
        return []
    need = (len(borders) - 1) / 2
    full = [i for i, line in enumerate(lines) if len(_occupied(line, borders)) >= need]
    if not full:
        return [list(lines)]
    rows: dict[int, list[Line]] = {i: [] for i in full}
    for line in lines:
        near = [i for i in full if abs(lines[i].y - line.y) <= SAME_TABLE * line.em] or full
        beside = [i for i in near if not _ruled_between(line, lines[i], level)]
        rows[min(beside or near, key=lambda i: abs(lines[i].y - line.y))].append(line)
    return [rows[i] for i in full]


def _has_numbers(body: Sequence[Sequence[Line]], borders: Sequence[float]) -> bool:
    """Whether one column prints a number in most rows."""
    found: dict[int, int] = {}
    for row in body:
        for col in {_column(number, borders) for line in row for number in line.numbers}:
            found[col] = found.get(col, 0) + 1
    return bool(body) and max(found.values(), default=0) >= NUMERIC * len(body)


def _row_borders(rows: Sequence[Sequence[Line]]) -> list[float]:
    """The borders between rows: halfway between the last line of one and the first of the next."""
    first = [min(row, key=lambda line: line.y) for row in rows]
    last = [max(row, key=lambda line: line.y) for row in rows]
    inner = [(a.y - 0.25 * a.em + b.y - 0.25 * b.em) / 2 for a, b in zip(last, first[1:], strict=False)]
    return [first[0].y - first[0].em, *inner, last[-1].y + 0.35 * last[-1].em]


def _grid(rows: Sequence[Sequence[Line]], borders: Sequence[float], ys: Sequence[float]) -> Grid:
    """The grid; a word of the first rows that covers columns beside its own is a merged head."""
    owner = np.arange(len(rows) * (len(borders) - 1)).reshape(len(rows), -1)
    for row, lines in enumerate(rows[:2]):
        for line in lines:
            for x0, x1 in line.words:
                cols = [c for c, (a, b) in enumerate(pairwise(borders)) if x0 < a + 0.3 * (b - a) and x1 > b - 0.3 * (b - a)]
                own = _column((x0, x1), borders)
                if len(cols) > 1 and own in cols:
                    owner[row, cols[0] : cols[-1] + 1] = owner[row, cols[0]]
    _, numbers = np.unique(owner, return_inverse=True)
    return Grid(np.asarray(borders, np.float64), np.asarray(ys, np.float64), numbers.reshape(owner.shape))


def split_tall_rows(grid: Grid, chars: Chars) -> Grid:
    """A ruled table in which no rule parts the rows of the body: rows are where a column prints one number under another.

    A row of long texts has many lines too, but its columns of numbers print one number. So a tall row is split only where all its
    columns of numbers print equally many, and more than one.
    """
    heights = np.diff(grid.ys)
    em = float(np.median(chars.size)) if len(chars) else 0.0
    tall = np.flatnonzero(heights > TALL * em) if em > 0 else np.empty(0, np.int64)
    if not len(tall):
        return grid
    borders = grid.xs.tolist()
    splits: dict[int, list[float]] = {}
    for row in tall.tolist():
        if len(np.unique(grid.owner[row])) < len(borders) - 1 or _spans_down(grid, row):
            continue
        top, bottom = float(grid.ys[row]), float(grid.ys[row + 1])
        y = chars.origin[:, 1] - 0.25 * chars.size
        x = chars.origin[:, 0]
        lines = read_lines(chars, (y > top) & (y < bottom) & (x > borders[0]) & (x < borders[-1]))
        anchors = _number_lines(lines, borders)
        if len(anchors) > 1:
            rows = [[line for line in lines if _nearest(line, anchors) == i] for i in range(len(anchors))]
            splits[row] = _row_borders(rows)[1:-1]
    return _split(grid, splits) if splits else grid


def _spans_down(grid: Grid, row: int) -> bool:
    """Whether a cell of the row reaches into another row."""
    others = np.delete(grid.owner, row, axis=0)
    return bool(np.isin(grid.owner[row], others).any())


def _number_lines(lines: Sequence[Line], borders: Sequence[float]) -> list[Line]:
    """The lines that carry the numbers of the band, where its columns of numbers agree on how many there are; else nothing."""
    found: list[list[Line]] = []
    for col in range(len(borders) - 1):
        own = [line for line in lines if col in _occupied(line, borders)]
        words = [word for line in own for word in line.words if _column(word, borders) == col]
        numbers = [word for line in own for word in line.numbers if _column(word, borders) == col]
        if numbers and len(words) == len(numbers) == len(own):
            found.append(own)
    if not found or len({len(own) for own in found}) != 1 or len(found[0]) < 2:
        return []
    return found[0]


def _nearest(line: Line, anchors: Sequence[Line]) -> int:
    return min(range(len(anchors)), key=lambda i: abs(anchors[i].y - line.y))


def _split(grid: Grid, splits: Mapping[int, Sequence[float]]) -> Grid:
    """The grid with some rows parted; cells of the other rows stay as they are."""
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
    return Grid(grid.xs, np.array(ys), order[inverse.ravel()].reshape(len(owner), -1))
