"""Lines and tables for people and programs: nothing lost, and nothing that a spreadsheet or a browser would run."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.contents import read_contents
from ita_extract.model.source import SourceDocument
from ita_extract.model.table import Cell, PageContent, Table, TextLine
from ita_extract.printing import (
    cell_text,
    find_tables,
    inert,
    tables_csv,
    tables_html,
    tables_json,
    text_json,
    text_lines,
    text_plain,
)

CELLS = (
    Cell(0, 0, 2, 1, (0, 0, 10, 40), "ที่", text="ที่"),
    Cell(0, 1, 1, 2, (10, 0, 50, 20), "คะแนน", text="คะแนน"),
    Cell(1, 1, 1, 1, (10, 20, 30, 40), "2562", text="2562"),
    Cell(1, 2, 1, 1, (30, 20, 50, 40), "ด าเนิน", text="ดำเนิน"),
)
TABLE = Table(1, (0, 0, 50, 40), 2, 3, CELLS)
LINE = TextLine(1, (0, 50, 50, 60), "ก าหนด", text="กำหนด")
PAGES = [PageContent(1, (TABLE, LINE)), PageContent(2, ())]


def plain(rows: list[list[str]]) -> Table:
    cells = tuple(Cell(r, c, 1, 1, None, text, text=text) for r, row in enumerate(rows) for c, text in enumerate(row))
    return Table(1, None, len(rows), len(rows[0]), cells)


def test_lines_and_rows_with_their_places_and_what_was_read() -> None:
    assert list(text_lines(PAGES)) == [
        {"page": 1, "bbox": (0, 0, 50, 40), "text": "ที่\tคะแนน", "raw": "ที่\tคะแนน"},
        {"page": 1, "bbox": (10, 20, 50, 40), "text": "2562\tดำเนิน", "raw": "2562\tด าเนิน"},
        {"page": 1, "bbox": (0, 50, 50, 60), "text": "กำหนด", "raw": "ก าหนด"},
    ]
    assert json.loads(text_json(PAGES))[2] == {"page": 1, "bbox": [0, 50, 50, 60], "text": "กำหนด", "raw": "ก าหนด"}


def test_pages_are_parted_by_a_form_feed() -> None:
    assert "".join(text_plain(PAGES)) == "ที่\tคะแนน\n2562\tดำเนิน\nกำหนด\n\f"
    assert "".join(text_plain([])) == ""


def test_csv_puts_a_merged_cell_in_its_first_place() -> None:
    assert tables_csv([TABLE, plain([["ก"]])]) == "ที่,คะแนน,\n,2562,ดำเนิน\n\nก\n"
    assert tables_csv([]) == ""


def test_json_tells_spans_boxes_text_and_raw_text() -> None:
    (table,) = json.loads(tables_json([TABLE]))
    assert (table["page"], table["n_rows"], table["n_cols"], table["bbox"]) == (1, 2, 3, [0, 0, 50, 40])
    assert table["cells"][0] | {"bbox": None} == {
        "row": 0,
        "col": 0,
        "row_span": 2,
        "col_span": 1,
        "bbox": None,
        "text": "ที่",
        "raw": "ที่",
    }
    assert (table["cells"][3]["text"], table["cells"][3]["raw"]) == ("ดำเนิน", "ด าเนิน")


def test_html_keeps_spans() -> None:
    page = tables_html([TABLE])
    assert '<td rowspan="2">ที่</td><td colspan="2">คะแนน</td>' in page
    assert "<td>2562</td><td>ดำเนิน</td>" in page


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)


@given(st.text(max_size=60))
def test_no_text_becomes_a_tag(text: str) -> None:
    tags = Tags()
    tags.feed(tables_html([plain([[text, "<script>alert(1)</script>"]])]))
    assert tags.seen <= {"html", "meta", "title", "table", "caption", "tr", "td", "br"}


@given(st.text("=+-@\t\r 1.9A%,ก", max_size=8))
def test_a_spreadsheet_runs_nothing(text: str) -> None:
    safe = inert(text)
    assert safe in (text, f"'{text}")
    if re.match(r"\s*[=@]", text) or re.match(r"\s*[+-]\s*[A-Za-zก(]", text):
        assert safe.startswith("'")
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        assert safe == text


@pytest.mark.parametrize("text", ["-", "–", "-1.5", "+3", "85.62%", "๘๕.๖๒", "29,528", "ผ่าน"])
def test_numbers_and_dashes_stay_as_they_are(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "\t=1", "  =1"])
def test_formulas_are_quoted(text: str) -> None:
    assert inert(text) == f"'{text}"


@given(st.lists(st.lists(st.text("กข1,\"\n ;'", max_size=6), min_size=3, max_size=3), min_size=1, max_size=5))
def test_csv_reads_back(rows: list[list[str]]) -> None:
    back = list(csv.reader(io.StringIO(tables_csv([plain(rows)]), newline="")))
    assert back == [[inert(cell_text(text)) for text in row] for row in rows]


SEPARATORS = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0x202E, 0x2066, 0xD800, 0xFFFE, 0xFFFF)))
HOSTILE = st.text(st.sampled_from(f"{SEPARATORS}=+-@＝＋－＠'\"<>&;|\u200b\ufeff\u00a0 1กA("), max_size=12)


def controls(text: str) -> set[str]:
    """What a terminal may obey, but for the breaks of lines, cells and pages."""
    return {letter for letter in text if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")} - set("\t\n\f")


@given(HOSTILE, HOSTILE)
def test_nothing_hostile_comes_through(one: str, other: str) -> None:
    """No control character in any form, no cell that runs, no more cells, lines or pages than there are."""
    table, line = plain([[one, other]]), TextLine(1, None, other, text=one)
    page = PageContent(1, (table, line))
    printed = tables_csv([table])
    assert controls(printed) == set()
    (row,) = list(csv.reader(io.StringIO(printed, newline=""))) or [["", ""]]
    assert len(row) == 2
    for cell in row:
        bare = cell.strip("\u200b\ufeff\u00a0 \n\t\r")
        assert bare[:1] not in tuple("=+-@＝＋－＠") or re.fullmatch(r"[-+]?1[1]*|-", bare), repr(cell)
    for text in (tables_html([table]), tables_json([table]), text_json([page])):
        assert controls(text) == set()
        text.encode()
    told = "".join(text_plain([page, PageContent(2, ())]))
    assert controls(told) == set()
    assert (told.count("\f"), told.count("\n"), told.count("\t")) == (1, 2, 1 + one.count("\t"))


@given(HOSTILE)
def test_json_loses_nothing(text: str) -> None:
    assert json.loads(text_json([PageContent(1, (TextLine(1, None, text, text=text),))]))[0]["raw"] == text


@pytest.mark.parametrize("name", ["cells_hostile.pdf", pytest.param("cells_only_formula.pdf", marks=pytest.mark.slow)])
def test_hostile_cells_of_a_document(name: str) -> None:
    path = Path(__file__).resolve().parents[3] / "shared" / "hostile" / name
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    tables = find_tables(read_contents(SourceDocument.of(path.read_bytes(), name, "application/pdf")).pages)
    assert len(tables) > 0
    assert any(cell.text.startswith("=") for table in tables for cell in table.cells), "the document has what it is named for"
    rows = list(csv.reader(io.StringIO(tables_csv(tables), newline="")))
    openers = [cell for row in rows for cell in row if re.match(r"\s*[=+\-@＝＋－＠]", cell)]
    assert [cell for cell in openers if not re.fullmatch(r"-?[\d.,]+|-", cell)] == []
    tags = Tags()
    tags.feed(tables_html(tables))
    assert tags.seen <= {"html", "meta", "title", "table", "caption", "tr", "td", "br"}
    for text in (tables_csv(tables), tables_html(tables), tables_json(tables)):
        assert controls(text) == set()


def test_items_keep_their_lines_and_wrapped_text_does_not() -> None:
    assert cell_text("1. จัดทำ\nคู่มือ\n(2) กำชับ\n• แจ้ง") == "1. จัดทำคู่มือ\n(2) กำชับ\n• แจ้ง"
    assert cell_text("") == ""


def test_tables_of_all_pages_in_order() -> None:
    other = plain([["ก"]])
    assert find_tables([*PAGES, PageContent(3, (LINE, other))]) == [TABLE, other]


def test_a_table_of_eight_thousand_rows_takes_no_time() -> None:
    """Saved text holds a whole ranking as one table of one page."""
    table = plain([[str(n), "หน่วยงาน", "85.62"] for n in range(8303)])
    started = time.process_time()
    assert sum(1 for _ in text_lines([PageContent(1, (table,))])) == 8303
    assert time.process_time() - started < 5
