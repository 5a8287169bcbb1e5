"""Which pages only OCR can read: pictures, invisible layers, gibberish; and which look odd and are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.checks.legible import OcrNeed, Why, garbled_pages, is_garbled, nothing_legible, page_ranges, tell_needs, why_ocr
from ita_extract.model import trace
from ita_extract.model.page import Chars, Page
from ita_extract.model.table import Cell, PageContent, Table, TextLine
from ita_extract.repair.script import IMPOSSIBLE

GOOD = "ประกาศคณะกรรมการป้องกันและปราบปรามการทุจริตแห่งชาติ เรื่อง ผลการประเมินคุณธรรมและความโปร่งใส ปีงบประมาณ ๒๕๖๗ ร้อยละ 98.51\n"
impossible = IMPOSSIBLE.finditer


def page(ink: int = 0, *, blanks: int = 0, edges: int = 0, pictures: float = 0.0, hidden: float = 0.0) -> Page:
    count = ink + blanks
    kind = np.array([ord(trace.DRAWN)] * ink + [ord(trace.BLANK)] * blanks, np.uint8)
    chars = Chars(
        code=np.full(count, 0x0E01, np.uint32),
        box=np.zeros((count, 4), np.float32),
        origin=np.zeros((count, 2), np.float32),
        advance=np.zeros(count, np.float32),
        size=np.ones(count, np.float32),
        run=np.zeros(count, np.int32),
        font=np.zeros(count, np.int16),
        kind=kind,
        turn=np.zeros(count, np.uint8),
        fonts=("F",),
    )
    return Page(1, 595, 842, chars, np.zeros((edges, 4), np.float32), pictures, hidden)


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        (page(), None),  # blank paper
        (page(900), None),
        (page(900, pictures=0.9), None),  # text over a watermark
        (page(pictures=0.1), None),  # a logo on blank paper
        (page(pictures=0.6), "picture"),
        (page(blanks=40, pictures=0.6), "picture"),  # a layer of blanks is no text
        (page(12, pictures=1.0), "picture"),  # a scan with a page number laid over it
        (page(edges=500), "drawn"),
        (page(edges=4), None),  # a frame
        (page(900, pictures=1.0, hidden=1.0), "hidden"),
        (page(900, pictures=1.0, hidden=0.2), None),
        (page(900, hidden=1.0), None),  # no picture: what nobody sees is all there is
    ],
)
def test_why_a_page_needs_ocr(shown: Page, why: Why | None) -> None:
    assert why_ocr(shown) == why


@pytest.mark.parametrize(
    "text",
    [
        GOOD * 5,
        GOOD,
        "The National Anti-Corruption Commission announces the results of the assessment.\n" * 5,
        "".join(f"{n} 98.51 87.20 100.00 - 3,204\n" for n in range(40)),
        "\uf0b7 ดำเนินการตามมาตรการ\n\uf0fc เผยแพร่ข้อมูล\n" * 9,  # bullets and ticks of a symbol font
        "http://www.nacc.go.th/main.php?filename=index_2567&lang=th#top\n" + GOOD,
        "",
        "ก",
    ],
)
def test_text_that_is_none_of_it(text: str) -> None:
    assert not is_garbled(text, impossible)


@pytest.mark.parametrize(
    "text",
    [
        GOOD.translate({code: 0xE000 + code % 256 for code in range(0x0E01, 0x0E5C)}) * 3,  # a map to private use
        GOOD.translate({code: 1 + code % 8 for code in range(0x0E01, 0x0E5C)}) * 3,  # codes of glyphs as they stand
        GOOD.translate(dict.fromkeys(range(0x0E01, 0x0E5C), 0xFFFD)) * 3,
        GOOD.translate({code: 0x0E4E - (code - 0x0E01) for code in range(0x0E01, 0x0E4F)}) * 3,  # a map turned round
        GOOD.translate({code: 0x0400 + code % 256 for code in range(0x0E01, 0x0E5C)}) * 3,  # another script
        GOOD.translate({code: 0x21 + (code - 0x0E01) for code in range(0x0E01, 0x0E5C)}) * 3,  # ASCII in order of the font
    ],
)
def test_gibberish_is_known(text: str) -> None:
    assert is_garbled(text, impossible)


THAI = [*range(0x0E01, 0x0E3B), *range(0x0E40, 0x0E4F)]


@pytest.mark.parametrize("shift", range(4, 50))
def test_a_shifted_map_is_never_taken_for_thai(shift: int) -> None:
    """A font whose map to Unicode is off by some glyphs. Off by so few that consonants stay consonants, it could be Thai."""
    table = {code: THAI[(at + shift) % len(THAI)] for at, code in enumerate(THAI)}
    assert is_garbled(GOOD.translate(table) * 3, impossible)


def test_text_of_cells_and_lines_counts_after_repair() -> None:
    cell = Cell(0, 0, 1, 1, None, "\ue001" * 40, text=GOOD)
    bad = TextLine(2, None, GOOD, text="\ue001\ue002" * 40)
    pages = [PageContent(1, (Table(1, None, 1, 1, (cell,)),)), PageContent(2, (bad,))]
    assert garbled_pages(pages, impossible) == (OcrNeed(2, "garbled"),)


def test_nothing_is_legible_where_every_page_that_is_not_blank_needs_ocr() -> None:
    blank, full = PageContent(1, ()), PageContent(2, (), (), 9, 9)
    assert nothing_legible([blank, full], [OcrNeed(2, "garbled")])
    assert not nothing_legible([blank, full], [OcrNeed(1, "picture")])
    assert not nothing_legible([blank], [])


def test_needs_are_told_by_reason() -> None:
    needs = [OcrNeed(4, "hidden"), OcrNeed(1, "picture"), OcrNeed(2, "picture"), OcrNeed(9, "drawn")]
    told = tell_needs(needs)
    assert told.startswith("pages 1-2: a picture of text; page 9: no text")
    assert told.endswith("page 4: its text is an invisible layer under a picture")


@given(st.sets(st.integers(1, 60)))
def test_ranges_of_pages_say_each_page_once(pages: set[int]) -> None:
    said = [part.split("-") for part in page_ranges(pages).split(", ") if part]
    assert [n for ends in said for n in range(int(ends[0]), int(ends[-1]) + 1)] == sorted(pages)
