"""Tables whose columns only white parts: sizes, words, walls, and the whole way over a drawn page."""

from __future__ import annotations

import io
import random
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ita_extract.contents import read_contents
from ita_extract.engines.ocr.openers import opener_of, stated
from ita_extract.engines.ocr.pieces import Piece, ink_of, letter_height, pieces_of
from ita_extract.engines.ocr.sizes import letter_heights
from ita_extract.engines.ocr.upright import lies_sideways
from ita_extract.engines.ocr.walls import walls_of
from ita_extract.engines.ocr.wording import word_spans
from ita_extract.model.source import SourceDocument
from ita_extract.model.table import Table

from .scans import blank, font, needs_tesseract, pixels, printed, scanned

NAMES = ["จังหวัดกระบี่", "จังหวัดกาญจนบุรี", "จังหวัดขอนแก่น", "จังหวัดชลบุรี", "จังหวัดเชียงราย", "จังหวัดชุมพร"]


def drawn(rows: list[list[str]], xs: list[int], size: int = 44, width: int = 1700) -> Image.Image:
    """Rows of texts that begin at these pixels, at 300 dots an inch."""
    image = blank(width, 200 + 90 * len(rows))
    draw = ImageDraw.Draw(image)
    for at, row in enumerate(rows):
        for x, text in zip(xs, row, strict=True):
            draw.text((x, 100 + 90 * at), text, font=font(size), fill=0)
    return image


def table() -> list[list[str]]:
    dice = random.Random(2)  # noqa: S311
    rows = [[str(no), name, f"{dice.uniform(70, 99):.2f}", "A" if no % 2 else "B"] for no, name in enumerate(NAMES, 1)]
    return [["ที่", "หน่วยงาน", "คะแนน", "ระดับ"], *rows]


def test_what_tells_its_size_is_measured_by_the_sizes_of_the_page() -> None:
    texts = ["ผลการประเมินคุณธรรม", "องค์การบริหารส่วน", "จังหวัดกาญจนบุรี", "๑๐"]
    pieces = [Piece(-1, (0, 0, 10, 10), printed(text, size)) for text, size in zip(texts, (68, 48, 48, 48), strict=True)]
    heights = letter_heights(pieces, texts, 28.0)
    assert heights[1] == heights[2] == heights[3]
    assert heights[0] / heights[1] == pytest.approx(68 / 48, rel=0.08)


@pytest.mark.parametrize("year", ["2565", "๒๕๖๕", "พ.ศ. ๒๕๖๕", "พ.ศ. 2565"])
@pytest.mark.parametrize("size", [48, 68])
def test_a_year_on_a_line_of_its_own_is_of_the_size_of_its_title_or_of_the_text(year: str, size: int) -> None:
    """Digits are higher than letters: of the size of the text they are not yet a title."""
    texts = ["ผลการประเมินคุณธรรม", "องค์การบริหารส่วน", "จังหวัดกาญจนบุรี", year]
    pieces = [Piece(-1, (0, 0, 10, 10), printed(text, size)) for text, size in zip(texts, (68, 48, 48, size), strict=True)]
    heights = letter_heights(pieces, texts, 28.0)
    assert heights[3] == heights[0 if size == 68 else 1]


def test_words_stand_where_their_ink_is() -> None:
    image = np.full((80, 700), 255, np.uint8)
    truth = []
    for x, word in ((20, "การ"), (150, "เปิดเผยข้อมูล"), (560, "86")):
        ink = printed(word, 48)
        image[: ink.shape[0], x : x + ink.shape[1]] = np.minimum(image[: ink.shape[0], x : x + ink.shape[1]], ink)
        inked = np.flatnonzero(ink_of(ink).any(0))
        truth.append((x + inked[0], x + inked[-1] + 1))
    inked = np.flatnonzero(ink_of(image).any(0))
    spans = word_spans(image, (3, 10, 2), (int(inked[0]), int(inked[-1]) + 1), 27.0)
    assert np.abs(np.array(spans) - np.array(truth)).max() <= 3


def test_a_text_without_gaps_is_one_word() -> None:
    image = printed("86", 48)[:, :34]
    assert word_spans(image, (1, 4, 4), (0, 34), 27.0) == [(0.0, 34.0)]


def walls_in(rows: list[list[str]], xs: list[int], borders: list[int]) -> list[int]:
    image = pixels(drawn(rows, xs))
    pieces = pieces_of(image, ())
    cells = [(row, (a, 90 + 90 * row, b, 180 + 90 * row)) for row in range(len(rows)) for a, b in pairwise(borders)]
    return [x for x, _, _ in walls_of(cells, pieces, letter_height(ink_of(image)))]


def test_a_text_that_reaches_the_next_column_is_parted_where_that_begins() -> None:
    rows = [["จังหวัด", "อำเภอ"], *([name.removeprefix("จังหวัด"), "เมือง"] for name in NAMES)]
    start = 100 + round(font(44).getlength("กาญจนบุรี")) + 8
    [wall] = walls_in(rows, [100, start], [90, start - 60, start + 200])
    assert wall == pytest.approx(start, abs=8)


def test_a_head_over_two_columns_stays_whole() -> None:
    rows = [["สัดส่วนหน่วยงาน", ""], *([f"{number}.50", f"{number + 7}.25"] for number in range(70, 76))]
    assert walls_in(rows, [100, 330], [90, 250, 450]) == []


@pytest.mark.parametrize("lean", [-2.0, 0.0, 2.0])
def test_a_page_on_its_side_is_known(lean: float) -> None:
    page = drawn(table(), [100, 260, 900, 1300])
    upright = pixels(page.rotate(lean, fillcolor=255))
    assert not lies_sideways(upright)
    assert lies_sideways(np.ascontiguousarray(np.rot90(upright)))
    assert lies_sideways(np.ascontiguousarray(np.rot90(upright, 3)))


def test_the_number_of_an_entry_is_cut_out() -> None:
    high = letter_height(ink_of(printed("๑๐. การป้องกัน")))
    texts = {"๑๐. การป้องกัน": 2, "๖. คุณภาพ": 1, "การใช้ อำนาจ": 0, "พ.ศ. ๒๕๖๕": 0}
    assert {text: len(opener_of(printed(text), high)) for text in texts} == texts
    assert [stated(text) for text in ("10. การ", "d. การ", "การ")] == ["10", "", ""]


@needs_tesseract
@pytest.mark.parametrize("turned", [90, *(pytest.param(turned, marks=pytest.mark.slow) for turned in (0, 180, 270))])
def test_a_table_without_rules_is_read_however_it_lies(turned: int) -> None:
    page, out = scanned(drawn(table(), [100, 260, 900, 1300]).rotate(turned, expand=True, fillcolor=255)), io.BytesIO()
    page.save(out, "PNG", dpi=(300, 300))
    [content] = read_contents(SourceDocument.of(out.getvalue(), "x.png", "image/png")).pages
    [found] = [block for block in content.blocks if isinstance(block, Table)]
    cells = {(cell.row, cell.col): cell.text for cell in found.cells}
    assert [[cells[row, col] for col in range(4)] for row in range(1, 7)] == table()[1:]
    (x0, y0, x1, y1), lies = found.bbox, turned % 180 == 90
    assert (y1 - y0 > x1 - x0) is lies, "boxes are those of the page as it is shown"
