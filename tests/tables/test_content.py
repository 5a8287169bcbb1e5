"""A page into tables and lines: each character where a reader sees it, whichever way the page lies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ita_extract.model.page import Page
from ita_extract.model.table import PageContent, Table, TextLine
from ita_extract.model.turning import turn_page
from ita_extract.tables.content import read_content
from tests.tables.drawn import Ink, filled, page, ruled, write_turned
from tests.tables.test_lines import scattered

WORDS = st.text("กขคงนมะา12.5", min_size=1, max_size=7)


def tables(content: PageContent) -> list[Table]:
    return [block for block in content.blocks if isinstance(block, Table)]


def lines(content: PageContent) -> list[str]:
    return [block.raw for block in content.blocks if isinstance(block, TextLine)]


def texts(table: Table) -> list[list[str]]:
    rows = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = cell.raw
    return rows


@st.composite
def ruled_pages(draw: st.DrawFn) -> tuple[Page, list[list[str]]]:
    """A page with a table of words, its cells drawn in any order, and what stands in them; a line above and one below."""
    n_rows, n_cols = draw(st.integers(2, 6)), draw(st.integers(2, 5))
    xs = np.cumsum([50.0, *draw(st.lists(st.sampled_from((45.0, 60.0, 90.0)), min_size=n_cols, max_size=n_cols))]).tolist()
    ys = np.cumsum([100.0, *draw(st.lists(st.sampled_from((16.0, 30.0)), min_size=n_rows, max_size=n_rows))]).tolist()
    cell = WORDS | st.just("")
    rows = draw(st.lists(st.lists(cell, min_size=n_cols, max_size=n_cols), min_size=n_rows, max_size=n_rows))
    ink = Ink()
    ink.write("ก่อนตาราง", 50, 60)
    for r, c in draw(st.permutations(list(np.ndindex(n_rows, n_cols)))):
        if rows[r][c]:
            ink.write(rows[r][c], xs[c] + 3, ys[r] + 12)
    ink.write("หลังตาราง", 50, ys[-1] + 40)
    return page(ink, ruled(xs, ys)), rows


@given(ruled_pages())
def test_each_cell_holds_what_stands_in_it(made: tuple[Page, list[list[str]]]) -> None:
    drawn, rows = made
    content = read_content(drawn)
    (table,) = tables(content)
    assert texts(table) == rows
    assert lines(content) == ["ก่อนตาราง", "หลังตาราง"]
    assert [type(block) for block in content.blocks] == [TextLine, Table, TextLine]


@pytest.mark.parametrize("turns", [1, 2, 3])
@settings(max_examples=settings.default.max_examples * 2 // 5)  # for each turn
@given(made=ruled_pages())
def test_a_page_that_lies_on_its_side_gives_the_same_table(turns: int, made: tuple[Page, list[list[str]]]) -> None:
    upright, rows = made
    lying = turn_page(upright, 4 - turns)
    assert set(lying.chars.turn.tolist()) == {turns}
    content = read_content(lying)
    (table,) = tables(content)
    assert texts(table) == rows
    (straight,) = tables(read_content(upright))
    for cell, twin in zip(table.cells, straight.cells, strict=True):
        assert cell.bbox == pytest.approx(turned(twin.bbox, upright, turns), abs=0.02)
    assert table.bbox == pytest.approx(turned(straight.bbox, upright, turns), abs=0.02)


def turned(box: tuple[float, float, float, float] | None, upright: Page, turns: int) -> tuple[float, float, float, float]:
    """Where a box of the upright page lies when the page is turned clockwise."""
    assert box is not None
    x0, y0, x1, y1 = box
    for n in range(turns):
        height = upright.height if n % 2 == 0 else upright.width
        x0, y0, x1, y1 = height - y1, x0, height - y0, x1
    return x0, y0, x1, y1


@given(ruled_pages(), st.integers(1, 3))
def test_four_quarters_are_a_whole_turn(made: tuple[Page, list[list[str]]], turns: int) -> None:
    drawn, _ = made
    back = turn_page(turn_page(drawn, turns), 4 - turns)
    assert (back.width, back.height) == (drawn.width, drawn.height)
    for name in ("box", "origin", "turn", "advance"):
        assert np.allclose(getattr(back.chars, name), getattr(drawn.chars, name), atol=0.01)
    assert np.allclose(back.edges, drawn.edges, atol=0.01)


@given(scattered(), st.lists(st.tuples(*[st.floats(0, 700)] * 4), max_size=12), st.integers(0, 6))
def test_every_character_is_placed(ink: Ink, strewn: list[tuple[float, float, float, float]], cols: int) -> None:
    xs, ys = [100.0 * n for n in range(cols + 1)], [0.0, 100, 104, 120, 400, 800]
    content = read_content(page(ink, [*ruled(xs, ys), *strewn]))
    assert content.char_count == content.placed_count


def test_a_page_without_anything() -> None:
    content = read_content(page(Ink()))
    assert (content.blocks, content.char_count, content.placed_count) == ((), 0, 0)
    empty = read_content(page(Ink(), ruled((50.0, 150.0, 250.0), (100.0, 120.0, 140.0))))
    assert [cell.raw for cell in tables(empty)[0].cells] == [""] * 4


def test_a_cell_of_blanks_is_empty() -> None:
    xs, ys = (50.0, 150.0, 250.0), (100.0, 120.0, 140.0)
    (table,) = tables(read_content(page(filled([["ก", "   "], ["", "ข"]], xs, ys), ruled(xs, ys))))
    assert texts(table) == [["ก", ""], ["", "ข"]]


def test_text_that_runs_across_a_rule_stays_whole() -> None:
    """A long name is printed over the border into the next cell: it belongs to the cell that holds most of it."""
    xs, ys = (50.0, 120.0, 200.0, 260.0), (100.0, 120.0, 140.0, 160.0)
    rows = [["หน่วยงาน", "คะแนน", "ระดับ"], ["สำนักงานคลังจังหวด", "", "A"], ["กรมบญช", "85.62", "B"]]
    ink = filled(rows, xs, ys)
    (table,) = tables(read_content(page(ink, ruled(xs, ys))))
    assert texts(table) == rows


def test_two_full_cells_whose_texts_touch_stay_two() -> None:
    """The text of the left cell ends within a hair of where the right one's begins, which is where all rows' texts begin."""
    xs, ys = (50.0, 103.0, 200.0), tuple(100.0 + 20 * n for n in range(7))
    ink = Ink()
    for y in ys[:-1]:
        ink.write("กขคงนมกขคง", 53.1, y + 12)  # 50 points wide: up to 103.1
        ink.write("85.62", 103.2, y + 12)
    (table,) = tables(read_content(page(ink, ruled(xs, ys))))
    assert texts(table) == [["กขคงนมกขคง", "85.62"]] * 6


def test_a_table_inside_a_cell_of_another_keeps_its_text() -> None:
    outer = ruled((40.0, 300.0, 560.0), (80.0, 400.0, 500.0))
    xs, ys = (60.0, 120.0, 200.0), (100.0, 120.0, 140.0)
    ink = filled([["ก", "ข"], ["ค", "ง"]], xs, ys)
    ink.write("นอก", 60, 300)
    found = tables(read_content(page(ink, [*outer, *ruled(xs, ys)])))
    assert sorted(texts(table) for table in found) == [[["ก", "ข"], ["ค", "ง"]], [["นอก", ""], ["", ""]]]


def test_heads_that_read_upwards_are_read() -> None:
    """Narrow columns have their heads turned; the page itself stands upright."""
    xs, ys = (50.0, 150.0, 180.0, 210.0), (100.0, 200.0, 220.0, 240.0)
    ink = Ink()
    ink.write("หนวยงาน", 55, 150)
    ink.write("ตวชวด 1", 168, 190, turn=3)
    ink.write("ตวชวด 2", 198, 190, turn=3)
    for r, row in enumerate((("จงหวดลำพูน", "85.62", "90.10"), ("จงหวดนาน", "70.00", "64.25"))):
        for c, text in enumerate(row):
            ink.write(text, xs[c] + 2, ys[r + 1] + 12, size=9)
    (table,) = tables(read_content(page(ink, ruled(xs, ys))))
    assert texts(table)[0] == ["หนวยงาน", "ตวชวด 1", "ตวชวด 2"]
    assert texts(table)[1] == ["จงหวดลำพูน", "85.62", "90.10"]


def test_a_turned_head_keeps_its_first_mark_that_was_drawn_behind_another_head() -> None:
    """The mark of the second head comes right after the first head's last letter and where that ends, a column further on."""
    ink = Ink()
    heads, scores = ["A", "ตัวชี้วดที", "B"], ["91.00", "88.50", "72.25"]
    for x, head in zip((70, 110, 150), heads, strict=True):
        write_turned(ink, head, x, 195, 3)
    for y in (215, 235):
        for x, score in zip((52, 92, 132), scores, strict=True):
            ink.write(score, x, y)
    (table,) = tables(read_content(page(ink, ruled([50, 90, 130, 170], [100, 200, 220, 240]))))
    assert [sorted(cell) for cell in texts(table)[0]] == [sorted(head) for head in heads]
    assert texts(table)[1:] == [scores, scores]


def test_rows_ruled_and_columns_not() -> None:
    """Level rules alone with one text a row: a table of one column."""
    ys = (100.0, 120.0, 140.0, 160.0)
    ink = filled([["หนึง"], ["สอง"], ["สาม"]], (50.0, 300.0), ys)
    content = read_content(page(ink, [(50, y, 300, y) for y in ys]))
    assert [texts(table) for table in tables(content)] == [[["หนึง"], ["สอง"], ["สาม"]]]


@given(ruled_pages())
def test_boxes_lie_where_the_text_is(made: tuple[Page, list[list[str]]]) -> None:
    drawn, _ = made
    for block in read_content(drawn).blocks:
        for part in block.cells if isinstance(block, Table) else (block,):
            x0, y0, x1, y1 = part.bbox or (1, 0, 0, 0)
            assert 0 <= x0 < x1 <= drawn.width
            assert 0 <= y0 < y1 <= drawn.height
            assert len(part.raw) == len(part.trace)
            assert part.text == ""


@given(ruled_pages(), st.floats(-300, 300), st.floats(-300, 300))
def test_reading_does_not_depend_on_where_the_page_begins(made: tuple[Page, list[list[str]]], dx: float, dy: float) -> None:
    """A crop box or a large sheet moves everything alike."""
    drawn, rows = made
    assume(abs(dx) > 1)
    box, pen = np.array([dx, dy, dx, dy], np.float32), np.array([dx, dy], np.float32)
    chars = replace(
        drawn.chars, box=drawn.chars.box + box, origin=drawn.chars.origin + pen, advance=drawn.chars.advance + np.float32(dx)
    )
    (table,) = tables(read_content(replace(drawn, chars=chars, edges=drawn.edges + box)))
    assert texts(table) == rows
