"""Characters into lines: what order, which spaces, and nothing lost."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ita_extract.model import trace
from ita_extract.model.page import BBox, Chars
from ita_extract.tables.lines import Way, compose, is_mark, line_numbers
from tests.tables.drawn import MARKS, Ink, write_turned

LETTERS = st.text("กขคงนมAB12", min_size=1, max_size=12)


@dataclass(frozen=True)
class Text:
    """One group as `compose` gives it."""

    group: int
    raw: str
    trace: str
    bbox: BBox
    size: float


def composed(chars: Chars, group: NDArray[np.int64]) -> list[Text]:
    way = Way.of(chars)
    texts = compose(way, group, line_numbers(way, group))
    boxes = texts.boxes(chars)
    return [Text(g, r, t, *b) for g, r, t, b in zip(texts.group, texts.raw, texts.trace, boxes, strict=True)]


def one_group(chars: Chars) -> Text:
    (text,) = composed(chars, np.zeros(len(chars), np.int64))
    return text


def raw_of(ink: Ink) -> str:
    return one_group(ink.chars()).raw


def test_the_order_of_drawing_is_kept() -> None:
    """A tone mark is drawn over its letter from a later origin; sorted by x it would stand behind the wrong letter."""
    ink = Ink()
    x = ink.write("เพ", 50, 100)
    ink.write("ื", x, 100)
    ink.write("่", x - 2.5, 100)  # further left than the vowel
    ink.write("อ", x, 100)
    assert raw_of(ink) == "เพื่อ"


@pytest.mark.parametrize("turn", [1, 2, 3])
@pytest.mark.parametrize("head", ["ตัวชี้วัดที่ 10", "ที่มั่นคง", "การเปิดเผยข้อมูล"])
def test_turned_marks_are_read_behind_the_letter_that_they_stand_over(head: str, turn: int) -> None:
    ink = Ink()
    write_turned(ink, head, 300, 300, turn)
    assert sorted(raw_of(ink)) == sorted(head)
    assert clusters(raw_of(ink)) == clusters(head)


def clusters(text: str) -> list[tuple[str, list[str]]]:
    """The letters, each with its marks; how marks on one letter are ordered is for the repair of Thai to say."""
    return [(one[0], sorted(one[1:])) for one in re.findall(f"[^{MARKS}][{MARKS}]*", text)]


def test_a_piece_that_jumps_back_is_put_where_it_stands() -> None:
    ink = Ink()
    ink.write("หน่วยงาน", 100, 100)
    ink.write("ที่", 50, 100)
    assert raw_of(ink) == "ที่ หน่วยงาน"


def test_a_gap_is_a_space_and_the_trace_tells_it_from_a_written_one() -> None:
    ink = Ink()
    x = ink.write("ก ข", 50, 100)
    ink.write("ค", x + 3, 100)
    text = one_group(ink.chars())
    assert text.raw == "ก ข ค"
    assert text.trace == f"{trace.DRAWN}{trace.BLANK}{trace.DRAWN}{trace.GAP}{trace.DRAWN}"


def test_a_written_space_beside_a_gap_is_one_space() -> None:
    ink = Ink()
    x = ink.write("ก ", 50, 100)
    ink.write("ข", x + 5, 100)
    assert raw_of(ink) == "ก ข"


@given(st.floats(0, 0.12), st.floats(0.2, 3))
def test_what_counts_as_a_space_is_a_share_of_the_type_size(narrow: float, wide: float) -> None:
    for size in (6.0, 12.0, 40.0):
        ink = Ink()
        x = ink.write("กก", 50, 100, size=size)
        x = ink.write("ขข", x + narrow * size, 100, size=size)
        ink.write("คค", x + wide * size, 100, size=size)
        assert raw_of(ink) == "กกขข คค"


def test_a_blank_before_a_line_break_is_kept_and_outer_blanks_are_not() -> None:
    """The blank at the end of an inner line says that a word ends there: Thai writes none between words."""
    ink = Ink()
    ink.write("  คะแนน ", 50, 100)
    ink.write("2562  ", 50, 115)
    text = one_group(ink.chars())
    assert text.raw == "คะแนน \n2562"
    assert text.trace == "....._|....".replace(".....", "....." + "." * (len("คะแนน") - 5))


def test_no_break_space_is_a_space() -> None:
    ink = Ink()
    ink.write("ก\u00a0ข", 50, 100)
    assert raw_of(ink) == "ก ข"


def test_a_glyph_without_unicode_is_the_replacement_character() -> None:
    ink = Ink()
    ink.write("ก\0า\ud800", 50, 100)
    assert raw_of(ink) == "ก\ufffdา\ufffd"


def test_letters_set_apart_are_one_word() -> None:
    """ "จ ั ด ท ำ": a producer that justifies by moving every letter writes no spaces there."""
    ink = Ink()
    x = ink.write("จดทำประมวล", 50, 100, spread=3)
    ink.write("จรยธรรม", x + 6, 100, spread=3)
    assert raw_of(ink) == "จดทำประมวล จรยธรรม"


def test_marks_drawn_in_a_pass_of_their_own_go_to_the_letter_under_them() -> None:
    ink = Ink()
    ink.write("ทมทหมท", 50, 100)
    for x in (55, 65, 80):  # over the first, third and last letter
        ink.write("ี", x, 100)
    assert raw_of(ink) == "ทีมทีหมที"


def test_text_that_reads_upwards_is_a_line_of_its_own() -> None:
    ink = Ink()
    ink.write("ตัวชี้วัด", 50, 300, turn=3)
    ink.write("ที่ 1", 62, 300, turn=3)
    assert raw_of(ink) == "ตัวชี้วัด\nที่ 1"


@pytest.mark.parametrize("turn", range(4))
def test_turned_text_reads_as_it_was_written(turn: int) -> None:
    ink = Ink()
    x, y = 300.0, 300.0
    stop = ink.write("ระดับผล", x, y, turn=turn)
    x, y = (stop, y) if turn % 2 == 0 else (x, stop)
    ink.write("การ", x, y, turn=turn)
    assert raw_of(ink) == "ระดับผลการ"


def test_a_raised_asterisk_stays_in_its_line() -> None:
    ink = Ink()
    x = ink.write("แผนแม่บท", 50, 100, size=12)
    ink.write("*", x, 97, size=8)
    assert raw_of(ink) == "แผนแม่บท*"


def test_groups_come_in_their_order_and_minus_one_is_left_out() -> None:
    ink = Ink()
    for n, text in enumerate(("สอง", "หนึ่ง", "ไม่", "สาม")):
        ink.write(text, 50, 100 + 20 * n)
    runs = ink.chars().run
    group = np.array([2, 0, -1, 7])[runs]
    assert [(text.group, text.raw) for text in composed(ink.chars(), group)] == [(0, "หนึ่ง"), (2, "สอง"), (7, "สาม")]


def test_nothing_gives_nothing() -> None:
    chars = Ink().chars()
    assert composed(chars, np.empty(0, np.int64)) == []
    ink = Ink()
    ink.write("   ", 50, 100)
    assert composed(ink.chars(), np.zeros(3, np.int64)) == []
    assert line_numbers(Way.of(chars), np.empty(0, np.int64)).tolist() == []


def test_the_box_is_the_ink_and_the_size_the_largest() -> None:
    ink = Ink()
    x = ink.write("กข", 50, 100, size=10)
    ink.write("ค", x, 100, size=20)
    text = one_group(ink.chars())
    assert (text.bbox, text.size) == ((50.0, 86.0, 70.0, 100.0), 20.0)


@st.composite
def scattered(draw: st.DrawFn) -> Ink:
    """Text anywhere on a page, in any direction and size, sizes of nought included."""
    ink = Ink()
    for _ in range(draw(st.integers(1, 8))):
        ink.write(
            draw(st.text("กขคม ่้ัิำ12\0", min_size=1, max_size=8)),
            draw(st.floats(-50, 650)),
            draw(st.sampled_from((100.0, 103.0, 112.5, 400.0)) | st.floats(-50, 850)),
            size=draw(st.sampled_from((0.0, 0.5, 8.0, 12.0, 30.0))),
            turn=draw(st.integers(0, 3)),
            spread=draw(st.floats(-1, 6)),
        )
    return ink


@given(scattered(), st.data())
def test_every_drawn_character_stands_in_its_group_exactly_once(ink: Ink, data: st.DataObject) -> None:
    chars = ink.chars()
    group = np.array(data.draw(st.lists(st.integers(-1, 3), min_size=ink.runs, max_size=ink.runs)))[chars.run]
    texts = {text.group: text for text in composed(chars, group)}
    for number in range(4):
        mine = chars.code[(group == number) & (chars.kind != ord(trace.BLANK))]
        want = Counter(chr(code) if code else "\ufffd" for code in mine.tolist())
        text = texts.get(number)
        have = [(letter, mark) for letter, mark in zip(text.raw, text.trace, strict=True)] if text else []
        assert Counter(letter for letter, mark in have if mark == trace.DRAWN) == want
        assert all((letter == "\n") == (mark == trace.BREAK) for letter, mark in have)
        assert all(letter == " " for letter, mark in have if mark in (trace.GAP, trace.BLANK))


@given(scattered())
def test_a_text_neither_begins_nor_ends_with_a_blank(ink: Ink) -> None:
    for text in composed(ink.chars(), np.zeros(len(ink.chars()), np.int64)):
        assert text.trace[0] not in "_~|"
        assert text.trace[-1] not in "_~|"
        assert "~~" not in text.trace


@given(st.lists(LETTERS, min_size=1, max_size=6), st.permutations(range(6)))
def test_the_order_in_which_lines_are_drawn_does_not_matter(lines: list[str], order: list[int]) -> None:
    ink = Ink()
    for n in order:
        if n < len(lines):
            ink.write(lines[n], 50, 100 + 14 * n)
    assert raw_of(ink) == "\n".join(lines)


@given(st.lists(LETTERS, min_size=2, max_size=6), st.permutations(range(6)))
@example(["1", "1", "1", "11", "11"], [0, 1, 2, 3, 4, 5])  # the gaps of most are alike, and no word is set so wide
def test_the_order_in_which_pieces_of_a_line_are_drawn_does_not_matter(words: list[str], order: list[int]) -> None:
    ink = Ink()
    for n in order:
        if n < len(words):
            ink.write(words[n], 50 + 80 * n, 100)
    assert raw_of(ink) == " ".join(words)


def test_marks_are_known() -> None:
    thai = np.array([ord(c) for c in "กาำเ่ัิุ์ํ\uf70a\uf70f"], np.uint32)
    assert is_mark(thai).tolist() == [False] * 4 + [True] * 6 + [True, False]
