"""`inspect`: what it says of a page is what the page has, and what it draws lies where the page has it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ita_extract.cli import main
from ita_extract.contents import parts_of, read_contents
from ita_extract.engines import engine
from ita_extract.engines.render import LONGEST, render
from ita_extract.errors import DocumentError, UsageError
from ita_extract.inspect import compare, inspect_page, tell
from ita_extract.inspect.draw import ADDED, CHAR, MARGIN, MERGED, MISSED, SCALE, TABLE, draw_page
from ita_extract.model.page import Chars, Page
from ita_extract.model.source import SourceDocument
from ita_extract.model.table import TextLine
from ita_extract.rulebook.load import load_rulebook

from ..engines.drawn import pdf, source

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
CLEAN = SAMPLES / "announcement_2563_provinces_clean.pdf"
DAMAGED = SAMPLES / "announcement_2564_towns_split_am.pdf"
SIDEWAYS = SAMPLES / "announcement_2568_thai_digits_sideways.pdf"
MERGED_HEAD = SAMPLES / "announcement_2563_merged_head_no_title.pdf"

BORDERS = "1 w 40 40 m 260 40 l 260 160 l 40 160 l h S 40 100 m 260 100 l S 150 40 m 150 100 l S"
CELLS = "BT /F1 12 Tf 100 120 Td (head) Tj ET BT /F1 12 Tf 60 60 Td (left) Tj ET BT /F1 12 Tf 170 60 Td (right) Tj ET"
LINE = "BT /F1 12 Tf 40 175 Td (above) Tj ET"


def sample(path: Path) -> SourceDocument:
    return SourceDocument.of(path.read_bytes(), path.name, "application/pdf")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["inspect", *map(str, arguments)])


def near(picture: Image.Image, color: tuple[int, int, int], distance: int = 30) -> Any:
    """Where a picture has a colour or nearly so, (rows, columns) of bool."""
    return (np.abs(np.asarray(picture).astype(int) - color) <= distance).all(axis=2)


def ranking_page(path: Path) -> int:
    contents = read_contents(sample(path))
    return next(page.number for page in contents.pages if any(part.text == "ที่" for part in parts_of(page)))


def test_the_blocks_of_a_page_are_told_in_reading_order() -> None:
    found = inspect_page(source(pdf(f"{BORDERS} {CELLS} {LINE}")), 1, load_rulebook())
    kinds = [block.text if isinstance(block, TextLine) else (block.table.n_rows, block.table.n_cols) for block in found.blocks]
    assert kinds == ["above", (2, 2)]
    words = tell(found)
    assert "1 table (2 x 2), 1 line, no lines of furniture" in words
    assert "18 of 18 characters placed" in words
    assert "3 cells, 1 merged, 0 empty" in words
    assert "font Helvetica: 18" in words
    assert "300 x 200 points" in words


def test_the_layout_is_told_with_its_evidence_and_the_fields_of_the_columns() -> None:
    number = ranking_page(CLEAN)
    done = run(CLEAN, "--page", str(number))
    assert done.exit_code == 0, done.output
    assert "this page: announcement" in done.stdout
    assert "has a table 'ranking'" in done.stdout
    assert "read as 'ranking'" in done.stdout
    fields_told = {line.split(":", 1)[1].split()[0] for line in done.stdout.splitlines() if line.strip().startswith("column")}
    assert {"row_no", "agency_name", "score"} <= fields_told
    layouts = {layout.document_type for layout in load_rulebook().layouts}
    assert all(f"{name}: " in done.stdout for name in layouts), "the evidence against the others belongs to it"


def test_repairs_are_told_by_rule_before_and_after() -> None:
    found = inspect_page(sample(DAMAGED), 2, load_rulebook())
    contents = read_contents(sample(DAMAGED))
    steps = [step.rule for part in parts_of(contents.pages[1]) for step in part.steps]
    assert steps
    assert {one.rule: one.count for one in found.repairs} == {rule: steps.count(rule) for rule in steps}
    assert all(one.before != one.after for one in found.repairs)
    assert all(one.before in tell(found) and one.after in tell(found) for one in found.repairs)


@pytest.mark.parametrize("path", [CLEAN, SIDEWAYS, DAMAGED], ids=lambda path: path.stem)
def test_characters_are_drawn_where_the_page_has_ink(path: Path) -> None:
    """Render and engine must agree on crop, rotation and scale: else every overlay is beside its text."""
    (page, *_) = engine("pdfium").read(sample(path), range(2, 3))
    shown = np.asarray(render(sample(path), 2, SCALE).convert("L"))
    assert shown.shape == (pytest.approx(page.height * SCALE, abs=2), pytest.approx(page.width * SCALE, abs=2))
    boxes = (page.chars.box * SCALE).astype(int)
    solid = [(x0, y0, x1, y1) for x0, y0, x1, y1 in boxes.tolist() if x1 - x0 > 3 and y1 - y0 > 3]
    inked = sum(bool((shown[y0 : y1 + 1, x0 : x1 + 1] < 140).any()) for x0, y0, x1, y1 in solid)
    assert len(solid) > 100
    assert inked / len(solid) > 0.99


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_table_is_outlined_where_it_is(rotate: int) -> None:
    document = source(pdf(f"{BORDERS} {CELLS}", rotate=rotate, crop=(20, 10, 290, 190)))
    found = inspect_page(document, 1, load_rulebook())
    assert found.page is not None and found.tables[0].table.bbox
    rows, columns = np.nonzero(near(draw_page(document, found).crop((0, 0, 9999, int(found.page.height * SCALE))), TABLE, 12))
    x0, y0, x1, y1 = (SCALE * value for value in found.tables[0].table.bbox)
    outline = (np.abs(columns - (x0 + MARGIN)) < 4) | (np.abs(columns - (x1 + MARGIN)) < 4)
    assert {int(row) for row in rows[outline]} >= set(range(int(y0) + 4, int(y1) - 4))


def test_merged_cells_and_characters_have_colours_of_their_own() -> None:
    document = source(pdf(f"{BORDERS} {CELLS}"))
    picture = draw_page(document, inspect_page(document, 1, load_rulebook()))
    amber = near(picture, tuple(255 - (255 - part) * 52 // 255 for part in MERGED), 3)  # type: ignore[arg-type]
    head, body = (slice(90, 190), slice(MARGIN + 90, MARGIN + 510)), (slice(210, 310), slice(MARGIN + 90, MARGIN + 510))
    assert amber[head].mean() > 0.8
    assert not amber[body].any()
    bare = source(pdf(BORDERS))
    blank = draw_page(bare, inspect_page(bare, 1, load_rulebook()))
    at = (slice(130, 165), slice(MARGIN + 200, MARGIN + 260))
    assert near(picture, CHAR, 60)[at].any()
    assert not near(blank, CHAR, 60)[at].any()


def test_the_picture_is_written_and_replaced(tmp_path: Path) -> None:
    out = tmp_path / "page.png"
    out.write_bytes(b"old")
    assert run(MERGED_HEAD, "--page", "2", "--out", out).exit_code == 0
    with Image.open(out) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGB")
        assert picture.width >= 595 * SCALE
        assert near(picture, TABLE).any()


@pytest.mark.parametrize("engines", [("pdfium", "pdfplumber"), ("pdfplumber", "pdfium")])
def test_engines_agree_on_a_plain_page(engines: tuple[str, str]) -> None:
    done = run(CLEAN, "--page", "2", "--compare", "--engine", engines[0])
    assert f"Compared with {engines[1]}" in done.stdout
    assert "stands where only" not in done.stdout and "stand where only" not in done.stdout
    assert "sees none" not in done.stdout and "pages:" not in done.stdout


class Other:
    """An engine that sees what the test wants it to see."""

    def __init__(self, name: str, page: Page, count: int) -> None:
        self.name, self._page, self._count = name, page, count

    def read(self, _: SourceDocument, pages: range) -> Iterator[Page]:
        return iter([self._page] if self._page.number in pages else [])

    def count_pages(self, _: SourceDocument) -> int:
        return self._count


def compared(monkeypatch: pytest.MonkeyPatch, operators: str, other: str, count: int = 1) -> tuple[Any, Image.Image]:
    document = source(pdf(operators))
    (page,) = engine("pdfium").read(source(pdf(other)))
    monkeypatch.setattr(compare, "engine", lambda name: Other(name, page, count))
    found = inspect_page(document, 1, load_rulebook(), compare=True)
    return found.comparison, draw_page(document, found)


def test_another_shape_of_a_table_is_told_and_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    other, picture = compared(monkeypatch, f"{BORDERS} {CELLS}", f"{BORDERS} {CELLS} 40 130 m 260 130 l S")
    assert "table 1: pdfium sees 2 x 2, pdfplumber 3 x 2" in other.differences
    assert near(picture, ADDED, 12).sum() > 100


def test_text_and_pages_on_one_side_only_are_told_and_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    other, picture = compared(monkeypatch, f"{LINE} {CELLS}", CELLS, count=3)
    assert "pages: pdfium has 1, pdfplumber 3" in other.differences
    assert "characters: pdfium sees 18, pdfplumber 13" in other.differences
    assert "5 characters stand where only pdfium sees one: above" in other.differences
    assert len(other.missed) == 5 and len(other.added) == 0
    red = near(picture, tuple(255 - (255 - part) * 90 // 255 for part in MISSED), 8)  # type: ignore[arg-type]
    rows, _ = np.nonzero(red[: int(200 * SCALE)])
    assert len(rows) and rows.max() < 40 * SCALE


def test_a_cell_with_another_text_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    other, _ = compared(monkeypatch, f"{BORDERS} {CELLS}", f"{BORDERS} {CELLS}".replace("left", "lost"))
    assert any("the raw text of 1 of 3 cells differs: 'left' and 'lost'" in line for line in other.differences)


def test_an_engine_that_cannot_read_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> Any:
        raise DocumentError("MALFORMED", "broken")

    monkeypatch.setattr(compare, "engine", fail)
    found = inspect_page(source(pdf(LINE)), 1, load_rulebook(), compare=True)
    assert found.comparison and found.comparison.differences == ("pdfplumber cannot read the document: MALFORMED: broken",)


@given(st.sets(st.integers(0, 25), max_size=26), st.floats(-1, 1))
def test_exactly_the_letters_that_are_left_out_are_missed(left_out: set[int], shift: float) -> None:
    """Letters side by side on one line, all different: the hole that each leaves is found, and nothing else."""
    (page,) = engine("pdfium").read(
        source(pdf("BT /F1 10 Tf 6 Tc 20 100 Td (abcdefghijklmnopqrstuvwxyz) Tj ET", media=(0, 0, 400, 200)))
    )
    kept = np.array([i not in left_out for i in range(len(page.chars))])
    others = Chars(
        **{f.name: getattr(page.chars, f.name)[kept] for f in fields(Chars) if f.name != "fonts"}, fonts=page.chars.fonts
    )
    moved = replace(others, box=others.box + np.float32(shift), origin=others.origin + np.float32(shift))
    assert set(compare._unmatched(page.chars, moved).tolist()) == left_out
    assert not len(compare._unmatched(moved, page.chars))


def test_there_is_no_such_page() -> None:
    done = run(CLEAN, "--page", "9")
    assert done.exit_code == 2
    assert "no page 9" in done.stderr and "5 pages" in done.stderr
    with pytest.raises(UsageError, match="one page"):
        inspect_page(source(pdf(LINE)), 2, load_rulebook())


def test_what_is_no_pdf_is_told_with_its_code(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(b"<!doctype html><html><body>404</body></html>")
    done = run(path, "--page", "1", "--out", tmp_path / "page.png")
    assert done.exit_code == 7
    assert "NOT_PDF" in done.stderr
    assert not (tmp_path / "page.png").exists()


def test_saved_text_has_words_and_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "saved.txt"
    path.write_text("ผลการประเมินคุณธรรม\nบรรทัดที่สอง", encoding="utf-8")
    done = run(path, "--page", "1")
    assert done.exit_code == 0, done.stderr
    assert "บรรทัดที่สอง" in done.stdout and "points" not in done.stdout.split("Layout")[0]
    refused = run(path, "--page", "1", "--out", tmp_path / "page.png")
    assert refused.exit_code == 2
    assert "--out" in refused.stderr
    assert not (tmp_path / "page.png").exists()


def test_a_folder_that_is_not_there_is_told_without_a_traceback(tmp_path: Path) -> None:
    done = run(CLEAN, "--page", "1", "--out", tmp_path / "nowhere" / "page.png")
    assert done.exit_code == 5
    assert "Internal" not in done.stderr


def scan(text: bytes = b"") -> bytes:
    """A page that a picture covers, with text over it."""
    out = pikepdf.open(io.BytesIO(pdf(f"q 300 0 0 200 0 0 cm /Im Do Q {text.decode()}")))
    pixels = pikepdf.Stream(out, bytes(range(256)) * 4)
    pixels.update({"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image, "/Width": 32, "/Height": 32})
    pixels.update({"/ColorSpace": pikepdf.Name.DeviceGray, "/BitsPerComponent": 8})
    out.pages[0].Resources.XObject.Im = out.make_indirect(pixels)
    buffer = io.BytesIO()
    out.save(buffer)
    return buffer.getvalue()


def test_a_scan_is_drawn_and_said_to_be_one() -> None:
    document = source(scan())
    found = inspect_page(document, 1, load_rulebook(), "pdfium")
    words = tell(found)
    assert "0 characters" in words and "pictures cover 100% of the page" in words and "NEEDS OCR: a picture of text" in words
    assert draw_page(document, found).size[1] > 200 * SCALE


def test_an_invisible_layer_is_said_to_be_one() -> None:
    hidden = b"BT 3 Tr /F1 12 Tf 20 120 Td (a layer of text that nobody has ever seen) Tj ET"
    words = tell(inspect_page(source(scan(hidden)), 1, load_rulebook(), "pdfium"))
    assert "100% of the characters are drawn invisibly" in words
    assert "NEEDS OCR: its text is an invisible layer under a picture" in words
    assert "NEEDS OCR" not in tell(inspect_page(source(scan(hidden.replace(b"3 Tr ", b""))), 1, load_rulebook(), "pdfium"))


def test_a_poster_is_drawn_smaller() -> None:
    assert max(render(source(pdf(LINE, media=(0, 0, 14_400, 2_000))), 1).size) <= LONGEST + 1


@pytest.mark.parametrize(
    "name",
    [
        *("e_cross", "e_norule", "e_rot90"),
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("e_open", "e_two", "e_merge", "e_crop")),
    ],
)
def test_the_edge_cases_can_be_inspected(name: str, tmp_path: Path) -> None:
    path = SAMPLES.parent.parent / "shared" / "pdf" / "edges" / f"{name}.pdf"
    if not path.is_file():
        pytest.skip("the shared documents are not beside the project")
    done = run(path, "--page", "1", "--out", tmp_path / "page.png", "--compare")
    assert done.exit_code == 0, done.output
    assert "stand where only pdfium" not in done.stdout
