"""Lists in cells, however people number them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ita_extract.records.listing import entries, mark_of, running, without_number

WORDS = st.text("กขคงจฉชซญดตถทธนบปผพฟมยรลวสหอา", min_size=2, max_size=12)
STYLES = ("{}. ", "{}) ", "({}) ", "{}.", "{} . ")
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


@given(st.lists(WORDS, min_size=1, max_size=12), st.sampled_from(STYLES), st.booleans())
def test_a_numbered_list_gives_its_entries(texts: list[str], style: str, thai: bool) -> None:
    marks = [style.format(n) for n in range(1, len(texts) + 1)]
    marks = [mark.translate(THAI) for mark in marks] if thai else marks
    cell = "\n".join(mark + text for mark, text in zip(marks, texts, strict=True))
    assert entries(cell) == tuple(texts)


@given(st.lists(WORDS, min_size=2, max_size=9), st.sampled_from(["{}. ", "{}) "]))
def test_a_list_on_one_line_is_parted_where_its_numbers_count_up(texts: list[str], style: str) -> None:
    cell = " ".join(style.format(n) + text for n, text in enumerate(texts, 1))
    assert entries(cell) == tuple(texts)


@given(st.lists(WORDS, min_size=1, max_size=6))
def test_a_bulleted_list_gives_its_entries(texts: list[str]) -> None:
    assert entries("\n".join(f"- {text}" for text in texts)) == tuple(texts)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1. ทำแผน\n(1) ปีนี้\n(2) ปีหน้า\n2. เผยแพร่", ("ทำแผน (1) ปีนี้ (2) ปีหน้า", "เผยแพร่")),
        ("9. ตรวจสอบ ดังนี้\n1) ภายใน\n2) ภายนอก\n10. รายงาน", ("ตรวจสอบ ดังนี้ 1) ภายใน 2) ภายนอก", "รายงาน")),
        ("1. ทำ\n2. แจ้ง\n1. สรุป", ("ทำ", "แจ้ง", "สรุป")),  # the page numbers them so
        ("ดำเนินการดังนี้\n1. ทำ\n2. แจ้ง", ("ดำเนินการดังนี้", "ทำ", "แจ้ง")),
        ("ภายในปี\n2567 ทุกหน่วย", ("ภายในปี 2567 ทุกหน่วย",)),
        ("เพิ่มขึ้น\n4.2 คะแนน", ("เพิ่มขึ้น 4.2 คะแนน",)),
        ("", ()),
    ],
)
def test_lists_as_people_write_them(cell: str, expected: tuple[str, ...]) -> None:
    assert entries(cell) == expected


@given(st.text(max_size=200))
@example("\x00")
def test_no_letter_of_a_cell_is_lost_but_those_of_marks(cell: str) -> None:
    kept = "".join("".join(entries(cell)).split())
    marks = sum(len("".join(line[: mark.end].split())) for line in cell.split("\n") if (mark := mark_of(line)))
    assert 0 <= len("".join(cell.split())) - len(kept) <= marks + 4 * cell.count(" ")


def test_a_line_that_breaks_beside_a_number_has_lost_a_blank() -> None:
    assert running("พบข้อสังเกต\n14 ข้อ") == "พบข้อสังเกต 14 ข้อ"
    assert running("ผ่านระบบ\nQR Code\nทุกวัน") == "ผ่านระบบ QR Code ทุกวัน"


def test_only_the_number_of_the_row_is_taken_off() -> None:
    assert without_number("๓) สื่อสาร") == "สื่อสาร"
    assert without_number("1. คู่มือ\n2. มาตรการ") == "1. คู่มือ\n2. มาตรการ"
    assert without_number("สื่อสาร 2 ทาง") == "สื่อสาร 2 ทาง"
