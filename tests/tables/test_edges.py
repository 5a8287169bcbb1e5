"""Pages whose geometry is odd, looked at and written down: what stands in which cell. Skipped where the files are not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ita_extract.engines import engine
from ita_extract.model.source import SourceDocument
from ita_extract.model.table import LongTable, PageContent, Table, TextLine
from ita_extract.tables.content import read_content
from ita_extract.tables.stitch import stitch

EDGES = Path(__file__).resolve().parents[3] / "shared" / "pdf" / "edges"

pytestmark = pytest.mark.skipif(not EDGES.is_dir(), reason="the shared documents are not beside the project")


def contents(name: str) -> list[PageContent]:
    source = SourceDocument.of((EDGES / f"{name}.pdf").read_bytes(), f"{name}.pdf", "application/pdf")
    return [read_content(page) for page in engine("pdfium").read(source)]


def tables(page: PageContent) -> list[Table]:
    return [block for block in page.blocks if isinstance(block, Table)]


def rows(table: Table) -> list[list[str]]:
    out: list[list[str]] = [[] for _ in range(table.n_rows)]
    for cell in table.cells:
        out[cell.row].append(cell.raw)
    return out


CROSSED = [["ที่", "หน่วยงาน", "คะแนน"], ["1", "องค์การบริหารส่วนตำบลน้ำพองยาวมาก", "80.1"], ["2", "ลำพูน", "70.0"]]
MERGED = [["ที่", "หน่วยงาน", "คะแนน"], ["2562", "2563"], ["1", "น้ำพอง", "80.1", "90.2"], ["2", "ลำพูน", "-", "70.0"]]
UNRULED = [["ที่", "หน่วยงาน", "คะแนน"], ["1", "น้ำพอง", "80.1"], ["2", "ลำพูน", "70.0"], ["3", "ปัตตานี", "66.0"]]


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("e_cross", [CROSSED]),  # a name runs over two rules and out of the table
        ("e_merge", [MERGED]),
        ("e_norule", [UNRULED]),  # columns ruled, and a line below the head
        ("e_open", [UNRULED[:3]]),  # no border at the sides
        ("e_two", [MERGED, CROSSED]),
    ],
)
def test_what_stands_in_the_cells(name: str, want: list[list[list[str]]]) -> None:
    (page,) = contents(name)
    assert [rows(table) for table in tables(page)] == want
    outside = [block.raw for block in page.blocks if isinstance(block, TextLine)]
    assert outside == (["ข้อความคั่น"] if name == "e_two" else [])
    assert page.char_count == page.placed_count


@pytest.mark.parametrize("name", ["e_merge", "e_two"])
def test_merged_heads_span(name: str) -> None:
    spans = {cell.raw: (cell.row_span, cell.col_span) for cell in tables(contents(name)[0])[0].cells if cell.row < 2}
    assert spans == {"ที่": (2, 1), "หน่วยงาน": (2, 1), "คะแนน": (1, 2), "2562": (1, 1), "2563": (1, 1)}


def test_a_cropped_sheet_and_a_rotated_one_hold_the_same_tables() -> None:
    cropped, rotated = contents("e_crop"), contents("e_rot90")
    assert [[rows(t) for t in tables(page)] for page in cropped] == [[rows(t) for t in tables(page)] for page in rotated]
    (first,) = tables(cropped[0])
    assert rows(first)[1] == ["275", "เพชรบูรณ์", "ปั้นน้ำใจ", "องค์การบริหารส่วนตำบลตรอน", "72.53", "55.29", "D", "ไม่ผ่าน"]
    assert rows(first)[15][3] == "องค์การบริหารส่วนตำบลเวียง\nกานต์"
    counted = [row[0] for page in cropped for table in tables(page) for row in rows(table)]
    assert counted == sorted(counted, key=lambda text: (text != "ที่", text.zfill(9))) or counted.count("ที่") == len(cropped)
    assert [int(text) for text in counted if text != "ที่"] == list(range(275, 275 + len(counted) - counted.count("ที่")))


@pytest.mark.parametrize(("name", "broken"), [("rep_lo", 2), ("rep_cr", 3)])
def test_reports_of_an_office_suite_and_a_browser(name: str, broken: int) -> None:
    """Cells of many lines over four pages; the one breaks rows in all cells at once, the other in their longest."""
    truth = json.loads((EDGES / "rep_truth.json").read_text(encoding="utf-8"))
    pages = contents(name)
    read = [
        PageContent(page.number, tuple(_as_read(block) for block in page.blocks), (), page.char_count, page.placed_count)
        for page in pages
    ]
    (found,) = [block for block in stitch(read).blocks if isinstance(block, LongTable)]
    assert [[_solid(cell.raw) for cell in row.cells if cell] for row in found.rows] == [
        [_solid(text) for text in row] for row in (truth["hdr"], *truth["rows"])
    ]
    assert (found.repeated_heads, found.joined_rows) == (3, broken)


def _as_read(block: TextLine | Table) -> TextLine | Table:
    """With what was read as its text, as if there were nothing to repair."""
    from dataclasses import replace

    if isinstance(block, TextLine):
        return replace(block, text=block.raw)
    return replace(block, cells=tuple(replace(cell, text=cell.raw) for cell in block.cells))


def _solid(text: str) -> str:
    return "".join(text.split())
