"""Tables that shades, a frame or white alone show: their columns, the headings of groups in them, and where they end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from ita_extract.model.table import PageContent, Table, TextLine
from ita_extract.tables.content import read_content
from tests.tables.drawn import WIDTH, Ink, page, ruled

XS = (50.0, 75.0, 230.0, 300.0, 360.0)
HEAD = ("ท", "หนวยงาน", "คะแนน", "ระดบ")
BODY = [(str(n), f"กรมทรพยากรธรรมชาต{n}", f"8{n}.25", "A") for n in range(1, 6)]
STEP = 22.0

Edge = tuple[float, float, float, float]


def write(ink: Ink, row: Sequence[str], y: float, xs: Sequence[float] = XS, size: float = 10.0) -> None:
    for col, text in enumerate(row):
        wide = len(text) * WIDTH * size
        ink.write(text, xs[col] + 3 if col == 1 else (xs[col] + xs[col + 1] - wide) / 2, y, size=size)


def table(top: float, rows: Sequence[Sequence[str]], ink: Ink, xs: Sequence[float] = XS) -> list[float]:
    """Writes rows from `top` on; gives back where the borders between them would be."""
    ys = [top]
    for row in rows:
        write(ink, row, ys[-1] + 14, xs)
        ys.append(ys[-1] + STEP)
    return ys


def shades(xs: Sequence[float], top: float, bottom: float) -> list[Edge]:
    return [(a, top, b, bottom) for a, b in pairwise(xs)]


def tables(content: PageContent) -> list[list[list[str]]]:
    """The rows of each table of a page as its texts; a merged cell is one text."""
    out = []
    for block in content.blocks:
        if isinstance(block, Table):
            out.append([[cell.raw for cell in block.cells if cell.row == row] for row in range(block.n_rows)])
    return out


def lines(content: PageContent) -> list[str]:
    return [block.raw for block in content.blocks if isinstance(block, TextLine)]


def test_a_frame_with_a_line_below_the_head_is_no_table_of_one_column() -> None:
    ink = Ink()
    ys = table(100, [HEAD, *BODY], ink)
    edges = ruled([XS[0], XS[-1]], [ys[0], ys[1], ys[-1]])
    assert tables(read_content(page(ink, edges))) == [[list(row) for row in (HEAD, *BODY)]]


NARROW = (50.0, 75.0, 175.0, 206.0, 238.0)
"""Columns so narrow that their texts all but touch."""
FULL = [(str(n), f"องคการบรหารสวนตำบล{n}", f"10{n}.25", "ผานดเย") for n in range(1, 6)]


def test_the_shades_of_a_head_show_the_columns_below_it() -> None:
    ink = Ink()
    ys = table(100, [HEAD, *FULL], ink, NARROW)
    content = read_content(page(ink, shades(NARROW, ys[0], ys[1])))
    assert tables(content) == [[list(row) for row in (HEAD, *FULL)]]


def test_every_second_row_shaded_is_one_table_from_its_first_row_on() -> None:
    ink = Ink()
    ys = table(100, FULL, ink, NARROW)
    drawn = [edge for n in (1, 3) for edge in shades(NARROW, ys[n], ys[n + 1])]
    assert tables(read_content(page(ink, drawn))) == [[list(row) for row in FULL]]


def test_a_head_over_two_columns_is_merged_as_it_is_shaded() -> None:
    ink = Ink()
    write(ink, ("ท", "หนวยงาน"), 125)
    ink.write("คะแนนรายเครองมอ", 293, 112, size=8)
    write(ink, ("", "", "IIT", "EIT"), 134)
    ys = table(144, [(n, name, "81.25", "92.50") for n, name, _, _ in BODY], ink)
    drawn = [*shades(XS[:3], 100, 144), (XS[2], 100, XS[4], 122), *shades(XS[2:], 122, 144)]
    content = read_content(page(ink, drawn))
    (found,) = (block for block in content.blocks if isinstance(block, Table))
    assert (found.n_rows, found.n_cols) == (7, 4)
    over = next(cell for cell in found.cells if cell.raw == "คะแนนรายเครองมอ")
    assert (over.row, over.col, over.row_span, over.col_span) == (0, 2, 1, 2)
    assert [cell.raw for cell in found.cells if cell.row == 1] == ["IIT", "EIT"]
    assert ys[-1] > 0


def test_a_shaded_box_with_words_is_no_table() -> None:
    ink = Ink()
    for n, text in enumerate(("สวนทหนง", "สวนทสอง", "สวนทสาม", "สวนทส")):
        ink.write(text, XS[n] + 3, 114)
    ink.write("ขอความทยาวเตมบรรทดโดยไมมชองวางใดใดในบรรทดนเลย", 50, 140)
    content = read_content(page(ink, shades(XS, 100, 122)))
    assert tables(content) == []


@pytest.mark.parametrize("shaded", [True, False], ids=["shaded head", "nothing drawn"])
def test_the_heading_of_a_group_is_a_row_of_its_table(shaded: bool) -> None:
    ink = Ink()
    ys = table(100, [HEAD, (), *BODY[:2], (), *BODY[2:]], ink)
    ink.write("จงหวดกระบ", XS[0] + 3, ys[1] + 14)
    ink.write("จงหวดเชยงราย", XS[0] + 3, ys[4] + 14)
    content = read_content(page(ink, shades(XS, ys[0], ys[1]) if shaded else ()))
    rows = [list(HEAD), ["จงหวดกระบ"], *map(list, BODY[:2]), ["จงหวดเชยงราย"], *map(list, BODY[2:])]
    assert tables(content) == [rows]


@pytest.mark.parametrize("leading", [1.3, 1.6, 1.8, 2.0])
def test_the_last_row_wraps_as_the_others_do_however_wide_lines_are_set(leading: float) -> None:
    ink, y = Ink(), 100.0
    for n, _, score, grade in BODY:
        write(ink, (n, "สำนกงานคณะกรรมการ", score, grade), y)
        ink.write(f"ขาราชการ{n}", XS[1] + 3, y + leading * 10)
        y += (leading + 2.3) * 10
    assert [row[1] for row in tables(read_content(page(ink)))[0]] == [f"สำนกงานคณะกรรมการ\nขาราชการ{n}" for n in range(1, 6)]


def test_a_footnote_in_small_letters_is_no_row() -> None:
    ink = Ink()
    ys = table(100, [HEAD, *BODY], ink)
    for x, text in ((52, "*"), (62, "แผนแมบท"), (110, "85"), (130, "คะแนนขนไป")):
        ink.write(text, x, ys[-1] + 10, size=6)
    content = read_content(page(ink))
    assert tables(content) == [[list(row) for row in (HEAD, *BODY)]]
    assert len(lines(content)) == 1


def test_a_title_in_large_letters_with_a_wide_gap_is_no_row() -> None:
    """Thai digits of another face leave a gap in the title of the next table; both tables stay two."""
    ink = Ink()
    for x, text in ((60, "ผลคะแนนของหนวยงาน"), (200, "พ.ศ.")):
        ink.write(text, x, 80, size=14)
    first = table(100, [HEAD, *BODY], ink)
    for x, text in ((60, "ผลคะแนนของหนวยงาน"), (200, "พ.ศ.")):
        ink.write(text, x, first[-1] + 12, size=14)
    table(first[-1] + 20, [HEAD, *BODY], ink)
    content = read_content(page(ink))
    assert tables(content) == [[list(row) for row in (HEAD, *BODY)]] * 2
    assert len(lines(content)) == 2


def test_a_mean_below_rows_that_no_rule_parts_has_no_running_number() -> None:
    ink = Ink()
    ys = table(100, [HEAD, *BODY, ("", "คาเฉลย", "83.25", "")], ink)
    content = read_content(page(ink, ruled(XS, [ys[0], ys[-1]])))
    assert tables(content) == [[list(row) for row in (HEAD, *BODY, ("", "คาเฉลย", "83.25", ""))]]
