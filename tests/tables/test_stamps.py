"""What is stamped over a page belongs to no cell of it, and none of it is lost."""

from __future__ import annotations

import pytest

from ita_extract.model.page import Page
from ita_extract.model.table import PageContent, Table
from ita_extract.model.turning import turn_page
from ita_extract.tables.content import read_content
from tests.tables.drawn import Ink, filled, page, ruled

XS, YS = (50.0, 90.0, 260.0, 330.0), tuple(100.0 + 20 * n for n in range(7))
ROWS = [["ท", "หนวยงาน", "คะแนน"], *([str(n), f"กรมท {n} ของรฐ", f"8{n}.25"] for n in range(1, 6))]


def texts(content: PageContent) -> list[list[str]]:
    """What each table of a page holds."""
    return [[cell.raw for cell in block.cells] for block in content.blocks if isinstance(block, Table)]


def stamped(text: str, size: float, step: float, x: float = 70.0, y: float = 200.0, rules: bool = True) -> Page:
    """The table, and over it a text whose letters step along the page and up it."""
    ink = filled(ROWS, XS, YS)
    for n, letter in enumerate(text):
        ink.write(letter, x + n * step, y - n * step * 0.7, size=size)
    return page(ink, ruled(XS, YS) if rules else ())


@pytest.mark.parametrize("rules", [True, False], ids=["ruled", "no rules"])
@pytest.mark.parametrize(("text", "size", "step"), [("สำเนา", 60.0, 45.0), ("ITA", 90.0, 60.0), ("เอกสารราง", 10.0, 6.0)])
def test_a_watermark_changes_no_cell_and_is_furniture(text: str, size: float, step: float, rules: bool) -> None:
    plain = read_content(page(filled(ROWS, XS, YS), ruled(XS, YS) if rules else ()))
    content = read_content(stamped(text, size, step, rules=rules))
    assert texts(content) == texts(plain) != []
    assert [line.text for line in content.furniture] == [text]
    assert content.char_count == content.placed_count == plain.char_count + len(text)


def test_a_large_title_over_nothing_is_a_line() -> None:
    ink = filled(ROWS, XS, YS)
    ink.write("ประกาศ", 60, 60, size=40)
    content = read_content(page(ink, ruled(XS, YS)))
    assert content.furniture == ()
    assert content.char_count == content.placed_count


def test_steps_of_cells_are_no_slanting_text() -> None:
    """Running numbers down a narrow column beside a name, drawn in the order of rows, step down the page but not close."""
    ink = Ink()
    for n in range(8):
        ink.write(str(n), 50 + 30 * n, 100 + 20 * n)
    assert read_content(page(ink)).furniture == ()


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_stamp_on_a_page_that_lies_on_its_side_is_told_where_it_is_shown(turns: int) -> None:
    upright = stamped("สำเนา", 60.0, 45.0)
    lying = turn_page(upright, turns)
    (line,) = read_content(lying).furniture
    assert line.bbox is not None
    x0, top, x1, bottom = line.bbox
    letters = lying.chars.box[lying.chars.size > 50]
    assert (x0, top) == pytest.approx(tuple(letters[:, :2].min(0)), abs=0.02)
    assert (x1, bottom) == pytest.approx(tuple(letters[:, 2:].max(0)), abs=0.02)
