"""What one process hands to another comes out as it went in, and small."""

from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from ita_extract.model.record import Check
from ita_extract.model.step import Step
from ita_extract.model.table import Cell, PageContent, Table, TextLine
from ita_extract.repair import Evidence, Repaired
from ita_extract.run.packing import pack, unpack

BOXES = st.none() | st.tuples(*[st.floats(0, 1000)] * 4)
STEPS = st.tuples() | st.tuples(st.builds(Step, st.text(max_size=5), st.integers(0, 9), st.text(max_size=3), st.text(max_size=3)))
NUMBERS = st.integers(0, 50)
CELLS = st.builds(Cell, NUMBERS, NUMBERS, NUMBERS, NUMBERS, BOXES, st.text(), st.text(), st.text(), STEPS)
LINES = st.builds(TextLine, NUMBERS, BOXES, st.text(), st.text(), st.text(), STEPS, st.floats(0, 50))
TABLES = st.builds(Table, NUMBERS, BOXES, NUMBERS, NUMBERS, st.lists(CELLS, max_size=4).map(tuple))
PAGES = st.builds(PageContent, NUMBERS, st.lists(LINES | TABLES, max_size=4).map(tuple), st.tuples(), NUMBERS, NUMBERS)


@given(st.lists(PAGES, max_size=3).map(tuple))
def test_pages_come_out_as_they_went_in(pages: tuple[PageContent, ...]) -> None:
    assert unpack(pack(pages)) == pages


def test_so_do_other_nouns() -> None:
    """Also one whose fields have names only, and one without any: pickle's own way serves where the shorter one does not fit."""
    check = Check(identity="a", subject="b", expected="1", observed="1", tolerance="0", outcome="holds")
    things = (Evidence(texts=3), Repaired("ก", (Step("r", 0, "", "ก", 0.5),)), check, {("a", "b"): 1}, None)
    assert unpack(pack(things)) == things


def test_what_is_one_object_stays_one() -> None:
    text = "องค์การบริหารส่วนตำบล" * 9
    one, other = unpack(pack((Cell(0, 0, 1, 1, None, text), Cell(1, 0, 1, 1, None, text))))
    assert one.raw is other.raw


def test_a_table_is_much_smaller_than_pickle_makes_it() -> None:
    """Pages wait in the parent until their document is put together: what they take there bounds how long a document may be."""
    cells = tuple(
        Cell(row, col, 1, 1, (100.0 * col, 20.0 * row, 100.0 * col + 100, 20.0 * row + 20), f"หน่วยงานที่ {row}", "." * 14)
        for row in range(40)
        for col in range(8)
    )
    page = PageContent(1, (Table(1, None, 40, 8, cells),), (), 320, 320)
    assert len(pack(page)) * 4 < len(pickle.dumps(page, pickle.HIGHEST_PROTOCOL))
