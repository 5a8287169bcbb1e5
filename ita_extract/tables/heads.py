"""Rows of words as a grid, with the heads that stand over several columns as merged cells."""

from __future__ import annotations

from collections.abc import Container, Sequence
from itertools import pairwise

import numpy as np

from .grid import Grid
from .rows import row_borders
from .words import Line, Span, column_of

COLUMN = 12
"""How far from a river, in em, the words of the columns beside it are sought."""
NEAR = 0.5
"""Two heads part so near, in em, to the river between their columns: long ones run into each other."""
PAST = 0.4
"""A head that reaches less far, in em, past the border of a column stands over that column alone."""
SAME_MIDDLE = 1.5
"""Lines of one head have their middles so near each other, in points."""
OVER = 0.3
"""A head whose middle is so near, in em, to the middle of a column stands over that column alone."""


def grid_of(
    head: Sequence[Line], rows: Sequence[Sequence[Line]], rivers: Sequence[Span], reach: Span, bands: Container[int] = ()
) -> Grid:
    """The grid of a table whose rows no rule parts.

    `rivers`: the white between the columns, and both outer borders; a border that is drawn is a river without width. `reach`: the
    upper and lower end of the table. The head is one row, or two where a phrase stands over several columns; all other heads
    then span both. `bands`: the places of rows that are one text over all columns.
    """
    middles = middles_of([line for place, row in enumerate(rows) for line in row if place not in bands], rivers)
    phrases = head_phrases(head, rivers, middles)
    under = [columns_under(head, phrases, i, rivers, middles) for i in range(len(head))]
    over = [(i, (a, b)) for i, spans in enumerate(under) for a, b in spans if b - a > 1]
    depth = max((i for i, _ in over), default=-1) + 1
    upper, lower = list(head[:depth]), list(head[depth:])
    levels = [part for part in (upper, lower) if part]
    ys = [reach[0], *row_borders([*levels, *rows])[1:-1], reach[1]]
    n_cols = len(rivers) - 1
    owner = np.arange((len(levels) + len(rows)) * n_cols).reshape(-1, n_cols)
    if upper and lower:
        merged = {col for _, (a, b) in over for col in range(a, b)}
        for col in set(range(n_cols)) - merged:
            owner[1, col] = owner[0, col]
    for _, (a, b) in over:
        owner[0, a:b] = owner[0, a:b].min()
    for place in range(len(rows)):
        if place in bands:
            owner[len(levels) + place] = owner[len(levels) + place].min()
    _, numbers = np.unique(owner, return_inverse=True)
    borders = np.array([(a + b) / 2 for a, b in rivers])
    inner = tuple((round(a, 2), round(b, 2)) for a, b in rivers[1:-1])
    drawn = all(a == b for a, b in inner)
    return Grid(borders, np.array(ys), numbers.reshape(owner.shape), () if drawn else inner)


def middles_of(body: Sequence[Line], rivers: Sequence[Span]) -> list[float]:
    """Where the texts of each column have their middle. `rivers`: with both outer borders."""
    borders = [(a + b) / 2 for a, b in rivers]
    reach = [(b, a) for a, b in pairwise(borders)]
    for word in (word for line in body for word in line.words):
        col = column_of(word, borders)
        reach[col] = (min(reach[col][0], word[0]), max(reach[col][1], word[1]))
    return [(a + b) / 2 for a, b in reach]


def head_phrases(head: Sequence[Line], rivers: Sequence[Span], middles: Sequence[float]) -> list[list[Span]]:
    """The phrases of each line of a head, those parted that are two heads, a blank apart or less. `rivers`: with outer borders."""
    out: list[list[Span]] = []
    whole = [line.phrases() for line in head]
    for index, line in enumerate(head):
        out.append([])
        others = [phrase for at, phrases in enumerate(whole) if at != index for phrase in phrases]
        for phrase in whole[index]:
            words = [word for word in line.words if phrase[0] <= word[0] and word[1] <= phrase[1]]
            for i, river in enumerate(rivers[1:-1], 1):
                near = NEAR * line.em
                cut = _cut(words, river, (middles[i - 1], middles[i]), near) or _cut_by_lines(words, river, others, near)
                if cut:
                    out[-1].append(_hull(words[:cut]))
                    words = words[cut:]
            out[-1].append(_hull(words))
    return out


def columns_under(
    head: Sequence[Line], phrases: Sequence[Sequence[Span]], index: int, rivers: Sequence[Span], middles: Sequence[float]
) -> list[tuple[int, int]]:
    """For each phrase of the line at `index`: the first column under it, and the one behind the last.

    A phrase stands over columns if it reaches over rivers, or over borders of columns that have heads of their own in a line below;
    over a single one only if its middle is not that of a column. Or it lies in a river, above and between the heads below.
    """
    out = []
    below, em = head[index + 1 :], head[index].em
    inner, borders = range(1, len(rivers) - 1), [(a + b) / 2 for a, b in rivers]
    headed = [{column_of(word, borders) for word in line.words} for line in below]
    for phrase in phrases[index]:
        crossed = [i for i in inner if phrase[0] + PAST * em < borders[i] < phrase[1] - PAST * em]
        if not crossed or not any(columns.issuperset(range(crossed[0] - 1, crossed[-1] + 1)) for columns in headed):
            crossed = [i for i in inner if _covers(phrase, rivers[i])]
        if len(crossed) == 1:
            middle = (phrase[0] + phrase[1]) / 2
            crossed = [i for i in crossed if min(abs(middle - middles[i - 1]), abs(middle - middles[i])) > OVER * em]
        if not crossed:
            crossed = [i for i in inner if _lies_in(phrase, rivers[i]) and any(is_beside(rivers[i], line) for line in below)]
        own = column_of(phrase, borders)
        out.append((crossed[0] - 1, crossed[-1] + 1) if crossed else (own, own + 1))
    return out


def _lies_in(phrase: Span, river: Span) -> bool:
    return river[0] - 1 <= phrase[0] and phrase[1] <= river[1] + 1


def _hull(words: Sequence[Span]) -> Span:
    return (words[0][0], max(end for _, end in words))


def _covers(phrase: Span, river: Span) -> bool:
    """Whether a phrase reaches over a river, or all but reaches over it."""
    return phrase[0] < river[0] + 1 and phrase[1] > river[1] - 1


def is_beside(river: Span, line: Line) -> bool:
    """Whether a word of the line ends at the river, and one begins there, within a column's width."""
    reach = COLUMN * line.em
    return any(river[0] - reach < b <= river[0] + 1 for _, b in line.words) and any(
        river[1] - 1 <= a < river[1] + reach for a, _ in line.words
    )


def _cut(words: Sequence[Span], river: Span, sides: Span, near: float) -> int:
    """Where words over two neighbouring columns part into a head of each, if they are two heads, `near` the river; else 0.

    Each head stands over the middle of its own column. A head over both columns may have a blank just there, but not its halves in
    the middle of the columns.
    """
    for cut in range(1, len(words)):
        a, b = words[cut - 1], words[cut]
        if river[0] - near <= (a[1] + b[0]) / 2 <= river[1] + near:
            left = (words[0][0] + a[1]) / 2
            right = min(((b[0] + end) / 2 for _, end in words[cut:]), key=lambda middle: abs(middle - sides[1]))
            apart = abs(left - sides[0]) + abs(right - sides[1])
            if apart < min(3 * near, abs(left - river[0]) + abs(right - river[1])):
                return cut
    return 0


def _cut_by_lines(words: Sequence[Span], river: Span, others: Sequence[Span], near: float) -> int:
    """The same by the other lines of the head: those of one head stand under each other, in the middle of their column.

    Numbers may stand anywhere in their column, so that its middle is not that of their texts. `others`: the phrases of the lines.
    """
    for cut in range(1, len(words)):
        a, b = words[cut - 1], words[cut]
        if river[0] - near <= (a[1] + b[0]) / 2 <= river[1] + near:
            end = next((i for i in range(cut + 1, len(words)) if words[i][0] - words[i - 1][1] > near), len(words))
            left, right = _hull(words[:cut]), _hull(words[cut:end])
            on_left = any(_same_middle(left, one) and one[1] <= river[1] for one in others)
            on_right = any(_same_middle(right, one) and one[0] >= river[0] for one in others)
            if on_left and on_right:
                return cut
    return 0


def _same_middle(one: Span, other: Span) -> bool:
    return abs(one[0] + one[1] - other[0] - other[1]) <= 2 * SAME_MIDDLE
