"""Repair with what the page tells (trace) and what the document tells (evidence)."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ita_extract.model.step import replay
from ita_extract.repair import Evidence, repair_text, survey


@pytest.mark.parametrize(
    ("raw", "trace", "expected"),
    [
        ("ด าเนิน", ".^.....", "ดำเนิน"),
        ("น ้าหนัก", ".^......", "น้ำหนัก"),
        ("น้ าหนัก", "..^.....", "น้ำหนัก"),
        ("จัดท%ำ", "....?.", "จัดทำ"),
        ("Dำเนิน", "?.....", "Dำเนิน"),
        ("สาธารณส ข", ".......v.", "สาธารณสุข"),
        ("การด แลระบบ", "....v......", "การดูแลระบบ"),
        ("นายก ากุน", "....^....", "นายกำกุน"),
    ],
)
def test_ink_above_is_a_nikhahit(raw: str, trace: str, expected: str) -> None:
    done = repair_text(raw, trace)
    assert done.text == expected
    assert replay(raw, done.steps) == expected


def test_trace_must_fit() -> None:
    with pytest.raises(ValueError, match="a trace of 2 characters for a text of 3"):
        repair_text("กขค", "..")


def test_line_breaks_stay_and_are_not_crossed() -> None:
    done = repair_text("การด\n าเนินการท่ี\nก าหนด")
    assert done.text.split("\n")[1:] == [" าเนินการที่", "กำหนด"] or done.text.count("\n") == 2
    assert replay("การด\n าเนินการท่ี\nก าหนด", done.steps) == done.text


def test_document_decides_between_two_words() -> None:
    lossy = survey([("ผลการดาเนินงาน", ""), ("การกากับ", ""), ("สานักงาน", ""), ("เพื่อนาส่ง", "")])
    assert lossy.loses_nikhahit
    assert repair_text("เพื่อนาส่ง", "", lossy).text == "เพื่อนำส่ง"
    assert repair_text("เพื่อนาส่ง").text == "เพื่อนาส่ง"


def test_document_that_swaps_am() -> None:
    swapping = survey([("กำรก ำหนด", ""), ("แผนกำรด ำเนินงำน", ""), ("รำยงำนผลกำรประเมิน", "")])
    assert swapping.swaps_am
    assert repair_text("ตำรำง", "", swapping).text == "ตาราง"


def test_clean_document_gives_no_evidence() -> None:
    clean = survey([("ผลการดำเนินงาน", ""), ("82.04", ""), ("จังหวัดลำพูน", "")])
    assert clean == Evidence(texts=3, am=2, aa=2, low=1, letters=17) and not clean.damaged


def test_space_after_a_mark_goes_where_the_document_puts_it() -> None:
    carries = Evidence(texts=400, am=90, aa=700, carried=5)
    spaces = Evidence(texts=400, am=90, aa=700, carried=1, blank_mark=60)
    assert repair_text("ตรวจสอบได ้ลดปัญหา", "", carries).text == "ตรวจสอบได้ ลดปัญหา"
    assert repair_text("ตรวจสอบได ้ลดปัญหา", "", spaces).text == "ตรวจสอบได้ลดปัญหา"


@pytest.mark.parametrize(
    ("raw", "trace", "expected"),
    [
        ("บริษัท ขนส่ง จ ากัด", "......~.....~.^....", "บริษัท ขนส่ง จำกัด"),
        ("โรงงานไพ่ กรมธนาร ักษ์", ".........~......._....", "โรงงานไพ่ กรมธนารักษ์"),
        ("เร่ือง ผลการประเมิน", "......_............", "เรื่อง ผลการประเมิน"),
        ("หน่วยงานภาครฐั ประจําปี", "..............~........", "หน่วยงานภาครัฐ ประจำปี"),
        ("การ ดําเนินการ", "...~..........", "การ ดำเนินการ"),
        ("ปร บัปรุง", ".._......", "ปรับปรุง"),
        ("การใช ท้รัพยส์ ิน", "....._......._...", "การใช้ทรัพย์สิน"),
        ("การใช ทร้ัพย์สิน", "....._..........", "การใช้ทรัพย์สิน"),
    ],
)
def test_a_space_that_the_page_shows_stays_between_words_and_goes_inside_them(raw: str, trace: str, expected: str) -> None:
    done = repair_text(raw, trace)
    assert done.text == expected
    assert replay(raw, done.steps) == expected
    assert all(step.margin is None or step.margin > 0 for step in done.steps if step.rule == "stray-space")


@pytest.mark.parametrize(("raw", "expected"), [("สองสลงึ", "สองสลึง"), ("แม บ่ทฯ", "แม่บทฯ"), ("ท้ายนํ้า", "ท้ายน้ำ")])
def test_marks_go_back_in_a_document_that_carries_them(raw: str, expected: str) -> None:
    assert repair_text(raw, "", Evidence(texts=400, am=90, aa=700, carried=9, blank_mark=9)).text == expected


def test_a_word_over_a_line_break_is_no_damage() -> None:
    carries = Evidence(texts=400, am=90, aa=700, carried=9)
    assert repair_text("พระนครศรีอยุ\nธยา", "", carries).text == "พระนครศรีอยุ\nธยา"
    assert repair_text("พระนครศรีอย \nธยา", "...........v|...").text == "พระนครศรีอยุ\nธยา"


def test_swapped_document_keeps_the_am_that_the_page_shows() -> None:
    swapping = survey([("กำรก ำหนด", ""), ("แผนกำรด ำเนินงำน", ""), ("รำยงำนผลกำรประเมิน", "")])
    assert repair_text("เทศบำลเมืองล ำพญำ", "............^....", swapping).text == "เทศบาลเมืองลำพญา"


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("หนวยงานภาครฐ", ("MARKS_LOST",)),
        ("การประกวดราคา", ()),
        ("หน่วยงานภาครัฐ", ()),
        ("ตรวจราชการ", ()),
        ("พ.ศ. ๒๕๖7", ("MIXED_DIGITS",)),
        ("พ.ศ. ๒๕๖๗ (2024)", ()),
    ],
)
def test_text_that_repair_cannot_vouch_for_is_doubted_and_left(text: str, doubt: tuple[str, ...]) -> None:
    done = repair_text(text)
    assert (done.text, done.steps, done.doubt) == (text, (), doubt)


@pytest.mark.parametrize(
    ("raw", "trace", "expected"),
    [
        ("ค ร บ ทุ ก ก ลุ่ ม ง า น ไ ม่ มี ผู้", ".~.~.~..~.~.~...~.~.~.~._.~..~..~...", "ครบทุกกลุ่มงาน ไม่มีผู้"),
        ("ห น่ ว ย พ บ ข้ อ", ".~..~.~._.~.~..~.", "หน่วย พบข้อ"),
        ("แ ล ะ ข้ อ ม  ล", ".~.~.~..~.~.v~.", "และข้อมูล"),
    ],
)
def test_a_line_spaced_by_moving_its_letters_keeps_the_spaces_that_it_writes(raw: str, trace: str, expected: str) -> None:
    assert repair_text(raw, trace).text == expected


def test_every_line_of_a_cell_is_judged_for_letter_spacing_by_itself() -> None:
    above, spaced = "การดำเนินงานของหน่วยงานภาครัฐในปีงบประมาณ", "แ ก้ ไ ข แ ล้ ว ทั้ ง"
    trace = "".join("~" if char == " " else "|" if char == "\n" else "." for char in f"{above}\n{spaced}\n{above}")
    assert repair_text(f"{above}\n{spaced}\n{above}", trace).text == f"{above}\nแก้ไขแล้วทั้ง\n{above}"


def test_a_low_vowel_is_the_one_that_makes_a_word() -> None:
    assert repair_text("แยกต ้รับเรื่อง", "....v..........").text == "แยกตู้รับเรื่อง"
    assert repair_text("ผลส งสุด", "...v....").text == "ผลสูงสุด"


def test_steps_name_rule_and_margin() -> None:
    step = repair_text("การปฏิบตัิงาน").steps[-1]
    assert step.rule == "carried-mark" and step.margin is not None and step.margin > 3
    assert repair_text("ร\uf70aวม").steps[0].margin is None


def test_importing_repair_is_light() -> None:
    code = "import sys, ita_extract.repair; print([m for m in ('numpy', 'pandas', 'pythainlp', 'pyarrow') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("ให ้บริการแกท่่านตามข ้อต่อไปนี้", "ให้บริการแก่ท่านตามข้อต่อไปนี้"),
        ("และให้คำมันต่่อหน้าบุคลากร", "และให้คำมั่นต่อหน้าบุคลากร"),
        ("ข้อม ูลใหค้้นง่าย", "ข้อมูลให้ค้นง่าย"),
    ],
)
def test_of_two_marks_alike_one_belongs_to_the_letter_before_where_none_is_ever_doubled(raw: str, expected: str) -> None:
    """Taken for a mark that was drawn twice, "แก่ท่าน" became "แกท่าน", which is no word less."""
    assert repair_text(raw, "", Evidence(texts=400, am=90, aa=700, carried=60, doubled=2)).text == expected


def test_marks_that_are_doubled_are_told_from_those_that_are_carried_on() -> None:
    twice = survey((text, "") for text in ("หน่่วยงาน", "เจ้้าหน้้าที่่", "ผู้้รับผิิดชอบ", "มีีการประเมิินผล"))
    carried = survey((text, "") for text in ("ปฏิบตัิ", "ประพฤตมิิชอบ", "ให้บรกิาร", "แกท่่าน", "รบัรู้", "วนัหยุด", "ประเมนิ"))
    assert twice.doubled >= 4 and not twice.keeps_marks
    assert carried.keeps_marks


def test_a_page_of_few_lines_that_writes_am_for_aa_is_told_from_one_that_has_only_words_with_am() -> None:
    page = "ผลกำรประเมิน ITA ย้อนหลัง", "จังหวัดหนองคำย", "ปีงบประมำณ พ.ศ. ๒๕๖๒ ถึง ๒๕๖๕", "ปี พ.ศ.", "ผลคะแนน", "ผลกำรประเมิน"
    evidence = survey((text, "") for text in page)
    assert repair_text("จังหวัดหนองคำย", "", evidence).text == "จังหวัดหนองคาย"
    assert not survey((text, "") for text in ("คำนำ", "จำนวน", "สำคัญ")).swaps_am


def test_a_carried_mark_at_the_end_of_a_line_goes_back_whatever_the_next_line_begins_with() -> None:
    evidence = Evidence(texts=400, am=90, aa=700, carried=60)
    assert repair_text("ร่วมตรวจรบั\nงานที่เกนิ", "", evidence).text == "ร่วมตรวจรับ\nงานที่เกิน"


def test_two_vowels_lost_in_one_word_are_sought_together() -> None:
    """Alone "ปุย" is the likelier word; the subdistrict is ปูยู."""
    assert repair_text("เทศบาลตำบลป ย ", "...........v.v").text == "เทศบาลตำบลปูยู"


def test_where_the_page_shows_the_ink_of_lost_vowels_a_blank_without_ink_is_none() -> None:
    line, trace = "ผ ้ ข อ รับ ม า ก ที่ ส  ด 5 ", ".v.~.~.~...~.~.~.~...~.v~._._"
    evidence = survey([(line, trace), ("หน่วยงานภาครัฐต้องเปิดเผยข้อมลที่ประชาชนเข้าถึงได้ง่าย" * 9, "")])
    assert repair_text(line, trace, evidence).text == "ผู้ขอรับมากที่สุด 5 "
