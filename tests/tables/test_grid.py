"""Drawn strokes into grids: however a producer draws a table, it is the same table."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Sequence

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ita_extract.tables.grid import SNAP, THIN, Grid, Ruling, cluster, find_grids, find_stacks
from tests.tables.drawn import ruled, strokes

Edge = tuple[float, float, float, float]
Lanes = tuple[float, ...]


def grids(edges: Iterable[Sequence[float]]) -> list[Grid]:
    return find_grids(Ruling.of(strokes(edges)))


def stacks(edges: Iterable[Sequence[float]]) -> list[Grid]:
    return find_stacks(Ruling.of(strokes(edges)))


def lanes(least: int, most: int, start: float, closest: float) -> st.SearchStrategy[Lanes]:
    steps = st.lists(st.floats(closest, 120, width=32), min_size=least, max_size=most)
    return steps.map(lambda parts: tuple(np.cumsum([start, *parts]).tolist()))


XS, YS = lanes(1, 6, 40.0, 12.0), lanes(1, 8, 60.0, 12.0)


def as_cells(xs: Lanes, ys: Lanes) -> list[Edge]:
    """Each cell outlined by itself, so that inner borders are drawn twice."""
    boxes = [(x0, y0, x1, y1) for x0, x1 in itertools.pairwise(xs) for y0, y1 in itertools.pairwise(ys)]
    return [e for a, b, c, d in boxes for e in ((a, b, c, b), (a, d, c, d), (a, b, a, d), (c, b, c, d))]


def as_bars(xs: Lanes, ys: Lanes) -> list[Edge]:
    """Borders as filled boxes half a point thick."""
    return [(x0 - 0.25, y0 - 0.25, x1 + 0.25, y1 + 0.25) for x0, y0, x1, y1 in ruled(xs, ys)]


def as_double(xs: Lanes, ys: Lanes) -> list[Edge]:
    """Each border two strokes 1.5 points apart."""
    flat = ruled(xs, ys)
    level = [(a, b + s, c, d + s) for a, b, c, d in flat if b == d for s in (-0.75, 0.75)]
    return level + [(a + s, b, c + s, d) for a, b, c, d in flat if a == c for s in (-0.75, 0.75)]


def as_pieces(xs: Lanes, ys: Lanes) -> list[Edge]:
    """Borders in one piece for each cell, which do not quite meet."""
    level = [(x0 + 0.5, y, x1 - 0.5, y) for y in ys for x0, x1 in itertools.pairwise(xs)]
    return level + [(x, y0 + 0.5, x, y1 - 0.5) for x in xs for y0, y1 in itertools.pairwise(ys)]


WAYS = {"strokes": ruled, "cells": as_cells, "bars": as_bars, "double": as_double, "pieces": as_pieces}


def same(grid: Grid, xs: Lanes, ys: Lanes, within: float = 0.8) -> bool:
    return (
        len(grid.xs) == len(xs)
        and len(grid.ys) == len(ys)
        and bool(np.allclose(grid.xs, xs, atol=within) and np.allclose(grid.ys, ys, atol=within))
        and grid.owner.tolist() == np.arange(grid.owner.size).reshape(grid.owner.shape).tolist()
    )


@pytest.mark.parametrize("way", WAYS)
@given(xs=XS, ys=YS, data=st.data())
def test_a_grid_is_found_however_it_is_drawn(way: str, xs: Lanes, ys: Lanes, data: st.DataObject) -> None:
    assume(len(xs) + len(ys) > 4)
    edges = data.draw(st.permutations(WAYS[way](xs, ys)))
    (grid,) = grids(edges)
    assert same(grid, xs, ys)


@given(XS, YS, st.randoms(use_true_random=False))
def test_borders_that_are_drawn_askew_are_still_one(xs: Lanes, ys: Lanes, chance: object) -> None:
    """A word processor rounds each border of each cell by itself."""
    assume(len(xs) + len(ys) > 4)
    edges = [tuple(v + chance.uniform(-0.9, 0.9) for v in edge) for edge in as_pieces(xs, ys)]  # type: ignore[attr-defined]
    ordered = [(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in edges]
    (grid,) = grids(ordered)
    assert same(grid, xs, ys, within=1.5)


@st.composite
def merged(draw: st.DrawFn) -> tuple[Lanes, Lanes, dict[tuple[int, int], tuple[int, int]]]:
    """Borders, and cells that cover the grid without overlap: first row and column, rows and columns."""
    xs, ys = draw(lanes(2, 5, 40.0, 12.0)), draw(lanes(2, 6, 60.0, 12.0))
    free = np.ones((len(ys) - 1, len(xs) - 1), bool)
    cells = {}
    for r, c in np.ndindex(free.shape):
        if free[r, c]:
            rows, cols = draw(st.integers(1, 3)), draw(st.integers(1, 3))
            rows, cols = min(rows, free.shape[0] - r), min(cols, free.shape[1] - c)
            while not free[r : r + rows, c : c + cols].all():
                cols = max(1, cols - 1)
                rows = max(1, rows - (cols == 1))
            free[r : r + rows, c : c + cols] = False
            cells[r, c] = (rows, cols)
    return xs, ys, cells


@given(merged())
def test_merged_cells(drawn: tuple[Lanes, Lanes, dict[tuple[int, int], tuple[int, int]]]) -> None:
    """A border that no cell has at all cannot be seen; all others are."""
    xs, ys, cells = drawn
    boxes = [(xs[c], ys[r], xs[c + w], ys[r + h]) for (r, c), (h, w) in cells.items()]
    assume(len(boxes) > 1)
    edges = [e for a, b, c, d in boxes for e in ((a, b, c, b), (a, d, c, d), (a, b, a, d), (c, b, c, d))]
    seen_xs, seen_ys = (sorted({box[k] for box in boxes} | {box[k + 2] for box in boxes}) for k in (0, 1))
    spans = ((seen_ys.index(b), seen_xs.index(a), seen_ys.index(d), seen_xs.index(c)) for a, b, c, d in boxes)
    (grid,) = grids(edges)
    assert list(grid.spans()) == sorted((r, c, stop - r, end - c) for r, c, stop, end in spans)


@given(XS, YS, lanes(1, 4, 0.0, 12.0), lanes(1, 4, 0.0, 12.0), st.booleans())
def test_two_tables_stay_two(xs: Lanes, ys: Lanes, more_xs: Lanes, more_ys: Lanes, beside: bool) -> None:
    assume(len(xs) + len(ys) > 4 and len(more_xs) + len(more_ys) > 4)
    dx, dy = (xs[-1] + 10, 60.0) if beside else (40.0, ys[-1] + 10)
    xs2, ys2 = tuple(x + dx for x in more_xs), tuple(y + dy for y in more_ys)
    found = grids([*ruled(xs2, ys2), *ruled(xs, ys)])
    assert len(found) == 2
    assert same(found[0], xs, ys)
    assert same(found[1], xs2, ys2)


@pytest.mark.parametrize("missing", ["top", "bottom", "left", "right"])
@given(xs=lanes(2, 6, 40.0, 12.0), ys=lanes(2, 8, 60.0, 12.0))
def test_an_outer_border_left_open_is_closed(missing: str, xs: Lanes, ys: Lanes) -> None:
    """A page break leaves a table open below, and word processors leave out the sides."""
    lost = {"top": (1, ys[0]), "bottom": (1, ys[-1]), "left": (0, xs[0]), "right": (0, xs[-1])}[missing]
    edges = [e for e in ruled(xs, ys) if not (e[lost[0]] == e[lost[0] + 2] == lost[1])]
    (grid,) = grids(edges)
    assert same(grid, xs, ys)


@given(st.floats(20, 200), st.floats(20, 200), st.floats(50, 400), st.floats(50, 400))
def test_a_frame_is_no_table(x: float, y: float, width: float, height: float) -> None:
    assert grids(ruled((x, x + width), (y, y + height))) == []


def test_a_table_inside_a_frame_is_one_table() -> None:
    xs, ys = (60.0, 120.0, 200.0), (80.0, 100.0, 120.0, 140.0)
    found = grids([*ruled((40.0, 400.0), (60.0, 700.0)), *ruled(xs, ys)])
    assert len(found) == 1
    assert same(found[0], xs, ys)


def test_shades_ticks_and_slanted_strokes_are_no_borders() -> None:
    xs, ys = (40.0, 140.0, 240.0), (60.0, 80.0, 100.0)
    noise = [(40, 60, 240, 60 + THIN * 4), (90, 65, 93, 65), (40, 60, 140, 80), (50, 70, 50, 73)]
    (grid,) = grids([*ruled(xs, ys), *noise])
    assert same(grid, xs, ys)


def test_nothing_drawn_gives_nothing() -> None:
    assert grids([]) == []
    assert stacks([]) == []
    assert grids([(40, 60, 240, 60)]) == []
    assert grids([(40, 60, 40, 200)]) == []


@given(lanes(2, 10, 60.0, 12.0), st.floats(100, 400))
def test_level_rules_of_one_reach_are_a_stack(ys: Lanes, width: float) -> None:
    edges = [(50, y, 50 + width, y) for y in ys]
    (stack,) = stacks(edges)
    assert np.allclose(stack.ys, ys, atol=0.01)
    assert np.allclose(stack.xs, (50, 50 + width), atol=0.01)
    assert grids(edges) == []


def test_what_a_stack_is_not() -> None:
    two = [(50, 100, 300, 100), (50, 120, 300, 120)]
    assert stacks(two) == []
    assert stacks([*two, (50, 140, 200, 140)]) == []  # another reach
    assert stacks(ruled((50, 150, 300), (100, 120, 140))) == []  # a grid


@st.composite
def strewn(draw: st.DrawFn) -> list[Edge]:
    edges = []
    for _ in range(draw(st.integers(0, 30))):
        x, y = draw(st.integers(0, 30)) * 10.0, draw(st.integers(0, 30)) * 10.0
        long = draw(st.integers(0, 12)) * 10.0
        edges.append((x, y, x + long, y) if draw(st.booleans()) else (x, y, x, y + long))
    return edges


@given(strewn())
def test_whatever_is_drawn_cells_are_rectangles_that_cover_the_grid(edges: list[Edge]) -> None:
    for grid in grids(edges):
        assert (np.diff(grid.xs) > 0).all() and (np.diff(grid.ys) > 0).all()
        covered = np.zeros(grid.owner.shape, int)
        for number, (r, c, h, w) in enumerate(grid.spans()):
            assert (grid.owner[r : r + h, c : c + w] == number).all()
            covered[r : r + h, c : c + w] += 1
        assert (covered == 1).all()
        assert grid.owner.max() > 0


@given(strewn(), st.integers(-200, 200))
def test_tables_move_with_the_page(edges: list[Edge], shift: int) -> None:
    here = grids(edges)
    there = grids([(a + shift, b + shift, c + shift, d + shift) for a, b, c, d in edges])
    assert [g.owner.tolist() for g in here] == [g.owner.tolist() for g in there]


@given(st.lists(st.floats(-1000, 1000), max_size=40), st.floats(0.01, 5))
def test_a_cluster_is_the_mean_of_near_values(values: list[float], tolerance: float) -> None:
    found = cluster(np.array(values), tolerance)
    for value, place in zip(values, found.tolist(), strict=True):
        mates = [v for v, p in zip(values, found.tolist(), strict=True) if p == place]
        assert min(mates) - 1e-6 <= place <= max(mates) + 1e-6
        assert value in mates
        assert max(mates) - min(mates) <= 2 * tolerance + 1e-6
    ascending = sorted(values)
    for a, b in itertools.pairwise(sorted(set(found.tolist()))):
        apart = min(v for v in ascending if v > (a + b) / 2) - max(v for v in ascending if v <= (a + b) / 2)
        chain = [v for v in ascending if abs(v - (a + b) / 2) <= 3 * tolerance]
        assert apart > tolerance or chain[-1] - chain[0] > tolerance


def test_rows_a_hair_apart_are_not_one_border() -> None:
    """The shading of a chart, or rows of a thumbnail: each stroke is near the next, and the first far from the last."""
    ys = np.arange(100, 160, 0.9)
    found = cluster(ys, SNAP)
    assert len(np.unique(found)) > 15
    assert np.abs(found - ys).max() <= SNAP


def test_a_drawing_of_very_many_strokes_takes_no_time() -> None:
    """A map, or a chart's hatching: tens of thousands of strokes that touch one another or do not."""
    rng = np.random.default_rng(7)
    count = 20_000
    at, long, level = rng.uniform(0, 5000, (count, 2)), rng.uniform(5, 40, count), rng.random(count) < 0.5
    drawn = np.column_stack((at, at[:, 0] + np.where(level, long, 0), at[:, 1] + np.where(level, 0, long)))
    hatched = np.array(ruled(np.arange(0, 900, 3.0).tolist(), np.arange(0, 900, 3.0).tolist()))
    holes = np.array([e for e in as_cells(tuple(np.arange(0, 600, 6.0)), tuple(np.arange(0, 600, 6.0))) if rng.random() < 0.7])
    started = time.process_time()
    for edges in (drawn, hatched, holes):
        ruling = Ruling.of(edges.astype(np.float32))
        find_grids(ruling)
        find_stacks(ruling)
    assert time.process_time() - started < 8


def test_the_snap_is_narrower_than_the_narrowest_row() -> None:
    """Rows of 4-point type stay apart."""
    ys = tuple(60 + 5.0 * n for n in range(30))
    assert SNAP < 5
    (grid,) = grids(ruled((40.0, 100.0, 200.0), ys))
    assert len(grid.ys) == 30


def dotted(edge: tuple[float, float, float, float], step: float = 1.5) -> list[tuple[float, float, float, float]]:
    """A stroke as dots of three quarters of a point, each drawn by itself."""
    x0, y0, x1, y1 = edge
    count = int(max(x1 - x0, y1 - y0) / step)
    dx, dy = (step, 0.0) if y0 == y1 else (0.0, step)
    return [(x0 + n * dx, y0 + n * dy, x0 + n * dx + 0.75, y0 + n * dy + 0.75) for n in range(count + 1)]


def test_a_rule_of_dots_is_a_rule() -> None:
    xs, ys = (50.0, 90.0, 260.0, 330.0), (100.0, 120.0, 140.0, 160.0)
    plain, dots = ruled(xs, ys), [dot for edge in ruled(xs, ys) for dot in dotted(edge)]
    (solid,), (found,) = find_grids(Ruling.of(strokes(plain))), find_grids(Ruling.of(strokes(dots)))
    assert found.owner.tolist() == solid.owner.tolist()
    assert np.abs(found.xs - solid.xs).max() < 1
    assert np.abs(found.ys - solid.ys).max() < 1


def test_a_few_dots_are_no_rule() -> None:
    apart = [dot for y in (100.0, 120.0, 140.0) for x in (50.0, 200.0) for dot in dotted((x, y, x + 6, y))]
    assert find_grids(Ruling.of(strokes(apart))) == []
