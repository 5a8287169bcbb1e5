"""What a page draws, out of forms and in user space: text objects, strokes and boxes, pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .raw import FORM, IMAGE, LINE_TO, MOVE_TO, PATH, TEXT, Objects, Reader, Segments, identities
from .reach import within_reach

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MAX_SEGMENTS = 20_000
"""A path with more is a picture: a coat of arms, a map."""
MAX_PAGE_SEGMENTS = 400_000
"""What is drawn after so many is no rule of a table either, and the tables room stops long before so many edges."""
INVISIBLE = (3, 7)
"""Render modes that paint nothing: 3, and 7, which only clips."""


@dataclass(frozen=True, slots=True)
class Spans:
    """What is drawn under /ActualText. All arrays have one entry a text object of the page.

    marked: whether each stands under such a mark, and span: the ordinal of that mark; reach: (n, 4) left, bottom, right, top of all
    that stand under it, on the page; inside: whether a form holds it, and outer: (n, 6) the matrix of the forms around it.
    """

    marked: NDArray[np.bool_]
    span: Ints
    reach: Floats
    inside: NDArray[np.bool_]
    outer: Floats


@dataclass(frozen=True, slots=True)
class Texts:
    """The text objects of a page in the order of drawing.

    pen: (n, 2) where each begins, in user space; size: the height of an em in points; turn: quarter turns of the baseline in user
    space, clockwise; font: its handle; hidden: whether it paints nothing; spans: None where none of them stands under /ActualText.
    """

    handle: NDArray[np.uint64]
    pen: Floats
    size: Floats
    turn: Ints
    font: NDArray[np.uint64]
    hidden: NDArray[np.bool_]
    spans: Spans | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """edges: (n, 4) two opposite corners of each straight stroke and each box that is filled only; pictures: (n, 4) the same."""

    texts: Texts
    edges: Floats
    pictures: Floats


class _Placing:
    """Where the forms of a page put what they hold."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        forms = np.flatnonzero(objects.kind == FORM)
        self._any = len(forms) > 0
        self._slot = np.full(len(objects.kind) + 1, -1)  # one more, for the page itself: form -1
        self._slot[forms] = np.arange(len(forms))
        self._matrix = objects.matrix[forms].astype(np.float64)
        around = self._slot[objects.form[forms]]
        whole = around < 0
        while len(now := np.flatnonzero(~whole & whole[around])):  # a level of nesting at a time, from outside
            self._matrix[now] = times(self._matrix[now], self._matrix[around[now]])
            whole[now] = True

    def outer(self, which: Ints) -> tuple[NDArray[np.bool_], Floats]:
        """Of these objects, whether a form holds each, and the matrix of the forms around it."""
        slot = self._slot[self._objects.form[which]]
        inside = slot >= 0
        outer = identities(len(which)).astype(np.float64)
        outer[inside] = self._matrix[slot[inside]]
        return inside, outer

    def matrices(self, which: Ints) -> Floats:
        """The matrix of each of these objects on the page."""
        own = self._objects.matrix.take(which, axis=0).astype(np.float64)
        if self._any:
            inside, outer = self.outer(which)
            own[inside] = times(own[inside], outer[inside])
        return own


def read_drawing(objects: Objects, reader: Reader) -> Drawing:
    placing = _Placing(objects)
    texts, paths, images = (np.flatnonzero(objects.kind == kind) for kind in (TEXT, PATH, IMAGE))
    return Drawing(
        _texts(texts, objects, placing, reader), _edges(paths, objects, placing, reader), _unit_squares(placing.matrices(images))
    )


def _texts(which: Ints, objects: Objects, placing: _Placing, reader: Reader) -> Texts:
    handle = objects.handle[which]
    said = reader.texts(handle)
    matrix = placing.matrices(which)
    a, b, c, d, _, _ = matrix.T
    em = said.size.astype(np.float64)
    back = np.where(em < 0, -1.0, 1.0)  # drawn upside down and turned back by the matrix
    a, b = a * back, b * back
    level = np.abs(a) >= np.abs(b)
    return Texts(
        handle=handle,
        pen=within_reach(matrix[:, 4:]),
        size=within_reach(np.abs(em) * np.sqrt(c * c + d * d)),
        turn=np.where(level, np.where(a >= 0, 0, 2), np.where(b < 0, 1, 3)),
        font=said.font,
        hidden=(said.mode == INVISIBLE[0]) | (said.mode == INVISIBLE[1]),
        spans=_spans(said.mark, handle, *placing.outer(which), reader) if said.mark.any() else None,
    )


def _spans(mark: NDArray[np.uint64], handle: NDArray[np.uint64], inside: NDArray[np.bool_], outer: Floats, reader: Reader) -> Spans:
    bounds = reader.bounds(handle).astype(np.float64)
    bounds[inside] = placed(bounds[inside], outer[inside])
    order = np.argsort(mark, kind="stable")
    first = np.flatnonzero(np.concatenate(([True], mark[order][1:] != mark[order][:-1])))
    length = np.diff(np.concatenate((first, [len(mark)])))
    span, reach = np.empty(len(mark), np.int64), np.empty_like(bounds)
    span[order] = np.arange(len(first)).repeat(length)
    bounds = bounds.take(order, axis=0)
    reach[order, :2] = np.minimum.reduceat(bounds[:, :2], first).repeat(length, axis=0)
    reach[order, 2:] = np.maximum.reduceat(bounds[:, 2:], first).repeat(length, axis=0)
    return Spans(mark != 0, span, reach, inside, outer)


def _unit_squares(matrix: Floats) -> Floats:
    """The box around the unit square under each matrix: where a picture is drawn."""
    a, b, c, d, e, f = matrix.T
    low = e + np.minimum(0, a) + np.minimum(0, c), f + np.minimum(0, b) + np.minimum(0, d)
    high = e + np.maximum(0, a) + np.maximum(0, c), f + np.maximum(0, b) + np.maximum(0, d)
    return np.stack((*low, *high), axis=1)


def _edges(which: Ints, objects: Objects, placing: _Placing, reader: Reader) -> Floats:
    said = reader.paths(objects.handle[which])
    count = said.segments
    painted = np.flatnonzero(((said.fill | said.stroke) != 0) & (count > 0) & (count <= MAX_SEGMENTS))
    painted = painted[count[painted].cumsum() <= MAX_PAGE_SEGMENTS]
    if not len(painted):
        return np.empty((0, 4))
    which, count, stroked = which[painted], count[painted], said.stroke[painted] != 0
    segments = reader.segments(objects.handle[which], count)
    matrix = placing.matrices(which.repeat(count))
    x, y = moved(segments.point[:, 0].astype(np.float64), segments.point[:, 1].astype(np.float64), matrix)
    starts = segments.kind == MOVE_TO
    starts[np.cumsum(count) - count] = True  # a path begins a shape however it begins
    first = np.flatnonzero(starts)
    is_stroked = stroked.repeat(count)
    parts = [] if stroked.all() else [_boxes(x, y, first, is_stroked, segments)]
    if stroked.any():
        parts.append(_strokes(x, y, first, starts, is_stroked, segments))
    edges, drawn = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    return edges.take(np.argsort(drawn, kind="stable"), axis=0)


def _boxes(x: Floats, y: Floats, first: Ints, is_stroked: NDArray[np.bool_], segments: Segments) -> tuple[Floats, Ints]:
    """The boxes around the shapes, begun at `first`, that are filled only and more than a point, and when each is drawn."""
    after = np.concatenate((first[1:], [len(x)]))
    wanted = ~is_stroked[first] & ((after - first > 1) | (segments.close[first] != 0))
    low, high = np.minimum.reduceat, np.maximum.reduceat
    box = np.stack((low(x, first), low(y, first), high(x, first), high(y, first)), axis=1)
    return box.compress(wanted, axis=0), 2 * first[wanted]


def _strokes(
    x: Floats, y: Floats, first: Ints, starts: NDArray[np.bool_], is_stroked: NDArray[np.bool_], segments: Segments
) -> tuple[Floats, Ints]:
    """The straight strokes, to each point from the one before it and from where a shape closes to where it began, and when."""
    begin = first[np.cumsum(starts) - 1]
    closes = segments.close != 0
    before = np.arange(-1, len(x) - 1)
    before[1:] = np.where(closes[:-1], begin[:-1], before[1:])  # the pen is back at the beginning
    straight = np.flatnonzero(is_stroked & ~starts & (segments.kind == LINE_TO))
    closing = np.flatnonzero(is_stroked & closes)
    to, come = np.concatenate((straight, begin[closing])), np.concatenate((before[straight], closing))
    return np.stack((x[to], y[to], x[come], y[come]), axis=1), np.concatenate((2 * straight, 2 * closing + 1))


def times(m: Floats, n: Floats) -> Floats:
    """First `m`, then `n`, row by row: (k, 6) each.

    >>> times(np.array([[1.0, 0, 0, 1, 3, 0]]), np.array([[2.0, 0, 0, 2, 10, 20]])).tolist()
    [[2.0, 0.0, 0.0, 2.0, 16.0, 20.0]]
    """
    a, b, c, d, e, f = m.T
    p, q, r, s, t, u = n.T
    return np.stack((a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u), axis=1)


def moved(x: Floats, y: Floats, matrix: Floats) -> tuple[Floats, Floats]:
    """Points under matrices (k, 6), one each."""
    a, b, c, d, e, f = matrix.T
    return a * x + c * y + e, b * x + d * y + f


def placed(box: Floats, matrix: Floats) -> Floats:
    """Boxes (k, 4) left, bottom, right, top under matrices (k, 6): the upright boxes around what becomes of them.

    >>> placed(np.array([[0.0, 0, 2, 1]]), np.array([[0.0, 3, -3, 0, 10, 0]])).tolist()  # a quarter turn, three times as large
    [[7.0, 0.0, 10.0, 6.0]]
    """
    left, bottom, right, top = box.T
    a, b, c, d, e, f = matrix.T
    p, q, r, s = a * left, a * right, c * bottom, c * top
    t, u, v, w = b * left, b * right, d * bottom, d * top
    low, high = np.minimum, np.maximum
    ends = low(p, q) + low(r, s) + e, low(t, u) + low(v, w) + f, high(p, q) + high(r, s) + e, high(t, u) + high(v, w) + f
    return np.stack(ends, axis=1)
