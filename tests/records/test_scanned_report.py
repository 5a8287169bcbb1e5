"""What a scan makes of an agency's report: codes, headings, openings and digits that cannot be read, and what is known of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ita_extract.model.record import OitItem, RespondentCount, SurveyItem, SurveyRow
from ita_extract.model.table import LongTable
from ita_extract.records.categories import category_of
from ita_extract.records.classify import year_of_title
from ita_extract.records.codes import Marked, resolve
from ita_extract.records.headings import find_head
from ita_extract.records.openings import opened_rightly
from ita_extract.records.report_lines import SCORED
from ita_extract.rulebook.layouts import Layout
from tests.records.test_agency_report import FOUR, OIT, ROW, TWO, counted, items, kind, people, report
from tests.records.written import rulebook, table, told

UNKNOWN = "\ufffd"
SPOILT = ["เสร็จตามเวลา", "6.75%", f"3.9{UNKNOWN}%", "20.03%", "69.23%", "83.97"]


def layout() -> Layout:
    return next(one for one in rulebook().layouts if one.document_type == "agency_report")


@pytest.mark.parametrize(
    ("tokens", "codes"),
    [
        ((f"{UNKNOWN}1", f"{UNKNOWN}2", "I3", f"{UNKNOWN}1"), ["I1", "I2", "I3", "E1"]),
        (("I14", f"{UNKNOWN} 15", "๐๑", "E2"), ["I14", "I15", "E1", "E2"]),
    ],
)
def test_a_letter_that_cannot_be_told_is_known_by_the_codes_around_it(tokens: tuple[str, ...], codes: list[str]) -> None:
    assert [str(code) for code in resolve([Marked(token, f"{no}") for no, token in enumerate(tokens)], "IE", {})] == codes


def test_the_letter_and_the_number_are_never_made_up() -> None:
    assert resolve([Marked(f"{UNKNOWN}{UNKNOWN}", "ก")], "IE", {}) == [None]
    assert resolve([Marked(f"{UNKNOWN}4", "ก")], "IE", {}) == [None]


def test_questions_whose_letter_is_unknown_are_read() -> None:
    lines = [f"{UNKNOWN}1 คนในหน่วยงานตรงเวลา 86.80", table([FOUR, ROW]), "I2 คนในหน่วยงานสุภาพ 86.80", table([FOUR, ROW])]
    assert [code for code, *_ in items(report(*lines))] == ["I1", "I2"]


def test_an_i_that_is_read_as_a_bracket_is_a_letter_where_nothing_closes_it() -> None:
    lines = ["I1 คนในหน่วยงานตรงเวลา 86.80", table([FOUR, ROW]), "(๒ คนในหน่วยงานสุภาพ 86.80", table([FOUR, ROW])]
    assert [code for code, *_ in items(report(*lines, "(85 คะแนนขึ้นไป", "(1) คนในหน่วยงานสุภาพ"))] == ["I1", "I2"]


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("๒๐-๓๐ ปี", "๒๐-๓๐ ปี"),
        ("20 - 30 ปี", "20 - 30 ปี"),
        ("๔๑ - ๕๐ ขี", "๔๑ – ๕๐ ปี"),
        (f"4{UNKNOWN} - 50 ปี", "41 – 50 ปี"),
        (f"51 - 60{UNKNOWN}", "51 – 60 ปี"),
        ("มากกว่า 60 i", "มากกว่า 60 ปี"),
        ("ตำกว่า ๒๐ ปี", "ต่ำกว่า ๒๐ ปี"),
        ("น้อยกว่า 20 ปี", "น้อยกว่า 20 ปี"),
        ("ต่ำกว่า 60 ปี", "ต่ำกว่า 60 ปี"),
        (f"{UNKNOWN}{UNKNOWN} - {UNKNOWN}0 ปี", f"{UNKNOWN}{UNKNOWN} - {UNKNOWN}0 ปี"),
        ("71 - 80 ปี", "71 - 80 ปี"),
        ("[3]", "[3]"),
    ],
)
def test_ages_that_are_misread(printed: str, meant: str) -> None:
    assert category_of(printed, categories("age")) == meant


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("ประถมศึกษาหรือตำกว่า", "ประถมศึกษาหรือต่ำกว่า"),
        ("อื่น ๆ", "อื่น ๆ"),
        ("ปริญญาโทหรือเทียบเท่า", "ปริญญาโทหรือเทียบเท่า"),  # two letters from a bachelor's, and no misreading of it
        ("ปริญญาเอก", "ปริญญาเอก"),
    ],
)
def test_schooling_that_is_misread(printed: str, meant: str) -> None:
    assert category_of(printed, categories("education")) == meant


def categories(field: str) -> tuple[str, ...]:
    respondents = layout().table("respondents")
    assert respondents
    return next(column.categories for column in respondents.columns if column.field == field)


def test_one_heading_that_cannot_be_read_is_known_by_its_place() -> None:
    rows = report("I1 คนในหน่วยงานตรงเวลา 90.00", table([[TWO[0], "ii", *TWO[2:]], ["เงิน", "10.00%", "90.00%", "90.00"]]))
    assert [told(one, "share_yes", "share_no") for one in kind(SurveyRow, rows)] == [(10, 90)]
    head = find_head(table([[*FOUR[:-1], "ac"], ROW]), layout().tables, frozenset())
    assert head and head.columns("score") == [5]


@pytest.mark.parametrize(
    "head",
    [
        [FOUR[0], FOUR[1], "x", "y", FOUR[4], FOUR[5]],  # two of them
        [FOUR[0], FOUR[1], FOUR[2], FOUR[4], "x", FOUR[5]],  # not where the missing one stands
        ["ลำดับ", "หน่วยงาน", "x", "ระดับ"],  # a table whose columns have no order
    ],
)
def test_else_it_is_not(head: list[str]) -> None:
    found = find_head(table([head, ["1"] * len(head)]), layout().tables, frozenset())
    assert found is None or head.index("x") not in found.fields


def test_a_share_of_which_some_digits_are_shown_is_what_the_others_leave() -> None:
    rows = report("I1 คนในหน่วยงานตรงเวลา 85.39", table([FOUR, SPOILT, ROW]))
    assert [told(one, "row_no", "share_little") for one in kind(SurveyRow, rows)] == [(1, Decimal("3.99")), (2, 0)]
    assert [told(one, "expected", "observed") for one in rows.checks if one.identity == "shares_legible"] == [
        ("share_little 3.99", f"share_little 3.9{UNKNOWN}%")
    ]


@pytest.mark.parametrize(
    "spoilt",
    [
        [*SPOILT[:2], f"7.9{UNKNOWN}%", *SPOILT[3:]],  # another digit is shown than it has
        [*SPOILT[:5], "44.97"],  # the score does not follow
        [SPOILT[0], f"6.{UNKNOWN}5%", *SPOILT[2:]],  # two of them
    ],
)
def test_else_the_row_is_a_reject_and_keeps_its_place(spoilt: list[str]) -> None:
    rows = report("I1 คนในหน่วยงานตรงเวลา 85.39", table([FOUR, spoilt, ROW]))
    assert [told(one, "row_no", "score") for one in kind(SurveyRow, rows)] == [(2, Decimal("86.80"))]
    assert [one.reason for one in rows.rejects] == ["BAD_ROW"]


def test_a_misread_heading_of_a_sub_indicator_heads_its_items() -> None:
    rows = report(
        *("ตัวชี้วัดย่อยที่ 9.1 ข้อมูลพื้นฐาน", table([OIT, ["O1", "โครงสร้าง", "", "100.00"]])),
        *("ตัวชี้จัดย่อยที่ 9.2 การบริหารงาน", table([OIT, ["O2", "แผนดำเนินงาน", "", "100.00"]])),
        *(f"ตัวชี้วัดย่อยที {UNKNOWN}0.1 การป้องกัน", table([OIT, ["O3", "เจตจำนงสุจริต", "", "0.00"]])),
    )
    assert [told(one, "sub_indicator_no", "indicator_no") for one in kind(OitItem, rows)] == [("9.1", 9), ("9.2", 9), ("10.1", 10)]


def test_a_line_that_opens_with_something_else_stays_as_it_is() -> None:
    known = tuple(one for openings in layout().lines.values() for one in openings)
    for line in ("หัวข้อการประเมิน", "ผู้ให้ข้อมูล 12 คน", "ตัวอย่างที่ 1", "ตัวชี้วัดที่ 1 ตัวชี้จัดย่อยที่ 2"):
        assert opened_rightly(line, known) == line


def test_a_misread_heading_of_respondents_tells_which_survey_they_answered() -> None:
    blocks: list[str | LongTable] = []
    for heading, count in (("ภายนอก", "7"), ("ภายใน", "8")):
        blocks += [f"ผู้ดอบแบบวัดการรับรู้ของผู้มีส่วนใด้ส่วนเสีย{heading}", people(["อายุ", "ชาย", "หญิง"], ["20 - 30 ปี", count, "1"])]
    assert [one[0] for one in counted(report(*blocks))] == ["EIT", "EIT", "IIT", "IIT"]
    assert all(one.category == "20 - 30 ปี" for one in kind(RespondentCount, report(*blocks)))


@pytest.mark.parametrize(
    ("line", "score"),
    [
        ("คะแนน ก : 78.1 9", "78.1 9"),
        (f"คะแนน ก {UNKNOWN}{UNKNOWN}๘๒.๙๓", "๘๒.๙๓"),
        ("คะแนน ปี 2563 84.20", "84.20"),
        (f"คะแนน ก {UNKNOWN}2.93", None),
        (f"คะแนน ก {UNKNOWN}00.00", None),
        (f"คะแนน ก {UNKNOWN} 2.93", None),
    ],
)
def test_a_score_whose_sign_or_digits_are_torn(line: str, score: str | None) -> None:
    found = SCORED.fullmatch(line)
    assert (found["score"] if found else None) == score


def test_the_marks_of_a_long_wording_do_not_count_for_its_year() -> None:
    assert year_of_title("รายงานผลการประเมิน ประจำปิงบประมาณ พ.ศ. ๒๕๖๕", layout()) == 2565
    assert year_of_title("แผน พ.ศ. 2561 - 2565", layout()) is None


def test_a_score_of_a_question_with_an_unknown_digit_is_told_and_its_rows_are_read() -> None:
    rows = report(f"I1 คนในหน่วยงานตรงเวลา 86.8{UNKNOWN}", table([FOUR, ROW]))
    assert not kind(SurveyItem, rows)
    assert [told(one, "item_code", "score") for one in kind(SurveyRow, rows)] == [("I1", Decimal("86.80"))]
    assert [one.reason for one in rows.rejects] == ["NO_SCORE"]
