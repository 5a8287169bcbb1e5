"""Page numbers and running heads: named by wording and place, and nothing else is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ita_extract.model.table import PageContent, TextLine
from ita_extract.tables.furniture import furniture_of


def page(number: int, *lines: tuple[str, float]) -> PageContent:
    parts = tuple(TextLine(number, (50, top, 300, top + 12), text, text=text, size=12) for text, top in lines)
    return PageContent(number, parts)


def named(pages: Sequence[PageContent]) -> list[tuple[int, str, float]]:
    is_furniture = furniture_of(pages)
    return [
        (made.number, line.text, line.bbox[1])
        for made in pages
        for line in made.blocks
        if isinstance(line, TextLine) and line.bbox and is_furniture(line)
    ]


def body(number: int) -> tuple[tuple[str, float], ...]:
    return tuple((f"เนื้อความ {mark}{'กขคงจฉช'[number]}", 200.0 + 20 * n) for n, mark in enumerate("กขคงจฉช"))


def test_bare_numbers_that_count_with_the_pages_are_page_numbers() -> None:
    """The document begins at page 12 of a longer one."""
    made = [page(n, *body(n), (str(11 + n), 800)) for n in (1, 2, 3)]
    assert [text for _, text, _ in named(made)] == ["12", "13", "14"]
    thai = [page(n, *body(n), (str(11 + n).translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")), 800)) for n in (1, 2, 3)]
    assert len(named(thai)) == 3


def test_bare_numbers_that_do_not_count_are_content() -> None:
    made = [page(n, *body(n), (text, 800)) for n, text in ((1, "85"), (2, "61"), (3, "72"))]
    assert named(made) == []


@pytest.mark.parametrize("wording", ["หน้า {}", "- {} -", "{}"])
def test_the_number_of_the_page_itself_is_its_number_even_once(wording: str) -> None:
    made = [page(1, *body(1)), page(2, *body(2)[:-1], (wording.format(2), 800))]
    assert [number for number, _, _ in named(made)] == [2]


def test_a_title_that_says_what_the_running_head_says_is_a_title() -> None:
    """The running head stands in its own place on every page; the title below it opens some of them."""
    head = "ผลการประเมิน ITA ประจำปีงบประมาณ พ.ศ. 2565"
    made = [page(n, (head, 14), *(((head, 39),) if n in (1, 4) else ()), *body(n)) for n in range(1, 7)]
    assert named(made) == [(n, head, 14) for n in range(1, 7)]


def test_a_head_that_wanders_with_its_page_number_is_one_head() -> None:
    made = [page(n, (f"รายงานผล หน้าที่ {n}", 20 + n * 0.4), *body(n)) for n in range(1, 5)]
    assert [number for number, _, _ in named(made)] == [1, 2, 3, 4]


def test_two_pages_cannot_tell_a_running_head() -> None:
    assert named([page(n, ("บัญชีแนบท้ายประกาศ", 20), *body(n)) for n in (1, 2)]) == []


@pytest.mark.parametrize("text", ["2563", "๒๕๖๘", "2567"])
def test_a_year_alone_in_its_line_is_no_page_number(text: str) -> None:
    """A title broke before it."""
    assert named([page(1, (text, 40), *body(1))]) == []
