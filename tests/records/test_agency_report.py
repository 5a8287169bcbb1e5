"""An agency's report from texts and tables: who, which year, which item, and what OCR does to its questions."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeVar

import pytest

from ita_extract.model.record import (
    AgencyScore,
    IndicatorScore,
    InstrumentScore,
    OitItem,
    Record,
    RespondentCount,
    SurveyItem,
    SurveyRow,
)
from ita_extract.model.table import LongTable
from ita_extract.records.agency_report import read_agency_report
from ita_extract.records.rows import Rows
from ita_extract.records.sections import split
from tests.records.written import ACROSS, document, names, rulebook, table, told

R = TypeVar("R", bound=Record)
TITLE = "รายงานผลการประเมิน ประจำปีงบประมาณ 2566"
OVERALL = "คะแนนภาพรวมหน่วยงานจังหวัดลำพูน : 87.96 คะแนน"
DETAILS = "รายงานรายละเอียดผลการประเมิน ประจำปีงบประมาณ 2566"
FOUR = ["หัวข้อการประเมิน", "น้อยที่สุดหรือไม่มีเลย", "น้อย", "มาก", "มากที่สุด", "คะแนน"]
TWO = ["หัวข้อการประเมิน", "มี", "ไม่มี", "คะแนน"]
OIT = ["ข้อ", "ประเด็นการตรวจ", "ความคิดเห็น", "คะแนน"]
ROW = ["ตรงตามคู่มือ", "0.00%", "0.00%", "40.00%", "60.00%", "86.80"]


def report(*blocks: str | LongTable) -> Rows:
    sections, evidence = split(document(TITLE, OVERALL, DETAILS, *blocks), rulebook().layouts, rulebook().frameworks)
    assert [section.layout.document_type for section in sections] == ["agency_report"], evidence
    rows = read_agency_report(sections[0], rulebook().frameworks, names())
    tables = [block for block in blocks if isinstance(block, LongTable)]
    counted = sum(len(one.rows) + one.repeated_heads + one.joined_rows for one in tables) + rows.tally["outside"]
    assert counted == sum(rows.tally.values()), (rows.tally, "a row was lost or counted twice")
    return rows


def kind(which: type[R], rows: Rows) -> list[R]:
    return [one for one in rows.records if isinstance(one, which)]


def asked(code: str, text: str, score: str, columns: int = 6) -> list[str]:
    return [f"{code} {text}", *[""] * (columns - 2), score]


def items(rows: Rows) -> list[tuple[object, ...]]:
    return [told(one, "item_code", "item_text", "score") for one in kind(SurveyItem, rows)]


def test_overall_score_level_and_agency() -> None:
    rows = report("ระดับผลการประเมิน : ผ่านดี")
    (score,) = kind(AgencyScore, rows)
    assert told(score, "agency_name", "score", "grade", "fiscal_year", "row_no", "is_current_year") == (
        "จังหวัดลำพูน",
        Decimal("87.96"),
        "ผ่านดี",
        2566,
        None,
        True,
    )
    assert (rows.agency_name, rows.fiscal_year, rows.rejects) == ("จังหวัดลำพูน", 2566, ())


@pytest.mark.parametrize(
    ("lines", "name", "score", "grade"),
    [
        (["คะแนนภาพรวมหน่วยงานกรมการปกครอง : ๙๐.๑๒ คะแนน", "ระดับผลการประเมิน : ผ่าน"], "กรมการปกครอง", "90.12", "ผ่าน"),
        (
            ["คะแนนภาพรวมหน่วยงาน เทศบาลตำบลลี้ จังหวัดลำพูน =", "77.49 คะแนน", "ระดับ :", "ต้องปรับปรุง"],
            "เทศบาลตำบลลี้ จังหวัดลำพูน", "77.49", "ต้องปรับปรุง",
        ),
        (["หน่วยงาน : เทศบาลเมืองลำพูน", "คะแนนภาพรวมหน่วยงาน 88 คะแนน ระดับ ผ่าน ดี"], "เทศบาลเมืองลำพูน", "88", "ผ่านดี"),
        (["คะแนนภาพรวมหน่วยงานจังหวัดลำพูน : 87.96 คะแนน", "ระดับผลการประเมิน : ดีวิเศษ"], "จังหวัดลำพูน", "87.96", None),
    ],
)  # fmt: skip
def test_wordings_of_the_overall_score(lines: list[str], name: str, score: str, grade: str | None) -> None:
    made = document(TITLE, *lines, DETAILS, table([asked("I1", "คนในหน่วยงานตรงเวลา", "86.80"), FOUR, ROW]))
    (section,), _ = split(made, rulebook().layouts, rulebook().frameworks)
    rows = read_agency_report(section, rulebook().frameworks, names())
    (found,) = kind(AgencyScore, rows)
    assert told(found, "agency_name", "score", "grade") == (name, Decimal(score), grade)
    assert [one.reason for one in rows.rejects] == ([] if grade else ["BAD_GRADE"])


def test_the_score_of_another_year_is_of_that_year() -> None:
    rows = report("คะแนนภาพรวมหน่วยงาน ปีงบประมาณ 2565 : 80.11 คะแนน")
    assert [told(one, "fiscal_year", "score", "is_current_year") for one in kind(AgencyScore, rows)] == [
        (2566, Decimal("87.96"), True),
        (2565, Decimal("80.11"), False),
    ]


def test_indicators_by_rank_one_of_them_misread() -> None:
    known = [one.name for one in rulebook().framework(2566).indicators]
    body = [[str(n), name, f"{100 - n}.00"] for n, name in enumerate(known, 1)]
    body[0][1] = "การปฏิบัติงานที่"
    rows = report(table([["อันดับ", "ตัวชี้วัด", "คะแนน"], *body]))
    found = kind(IndicatorScore, rows)
    assert [one.indicator_no for one in found] == list(range(1, 11))
    assert {one.subject for one in found} == {"agency"}
    assert not rows.rejects
    body[1][1] = "คะแนนความสุข"
    rows = report(table([["อันดับ", "ตัวชี้วัด", "คะแนน"], *body]))
    assert [one.reason for one in rows.rejects] == ["UNKNOWN_INDICATOR"]


def test_scores_that_lines_say_count_where_no_table_does() -> None:
    rows = report("ตัวชี้วัดที่ 1 การปฏิบัติหน้าที่ 92.81 คะแนน", "แบบวัด IIT : 88.51 คะแนน", table([FOUR, ROW]))
    assert [told(one, "indicator_no", "score") for one in kind(IndicatorScore, rows)] == [(1, Decimal("92.81"))]
    assert [told(one, "instrument", "score") for one in kind(InstrumentScore, rows)] == [("IIT", Decimal("88.51"))]


def test_a_question_as_a_merged_row_and_as_a_line() -> None:
    merged = [[f"{'I1'} คนในหน่วยงานตรงเวลา", ACROSS, ACROSS, ACROSS, ACROSS, "86.80"], FOUR, ROW]
    in_table = report(table(merged))
    as_line = report("I1 คนในหน่วยงานตรงเวลา 86.80", table([FOUR, ROW]))
    wrapped = report("I1 คนในหน่วยงาน 86.80", "ตรงเวลา", table([FOUR, ROW]))
    in_cells = report(table([["I1", "คนในหน่วยงานตรงเวลา", ACROSS, ACROSS, ACROSS, "86.80"], FOUR, ROW]))
    for rows in (in_table, as_line, wrapped, in_cells):
        assert items(rows) == [("I1", "คนในหน่วยงานตรงเวลา", Decimal("86.80"))]
        (row,) = kind(SurveyRow, rows)
        assert told(row, "item_code", "row_no", "row_text", "scale", "direction", "share_most", "score") == (
            "I1",
            1,
            "ตรงตามคู่มือ",
            "four_step",
            "positive",
            Decimal("60.00"),
            Decimal("86.80"),
        )
        assert not rows.rejects


def test_a_question_over_two_pages_counts_once_with_the_rows_of_both() -> None:
    first = table([asked("I1", "รับของกำนัลหรือไม่", "99.75", 4), TWO, ["เงิน", "0.00%", "100.00%", "100.00"]])
    again = table([asked("I1", "รับของกำนัลหรือไม่", "99.75", 4), TWO, ["สิ่งของ", "0.50%", "99.50%", "99.50"]], 2, page=2)
    rows = report(first, again)
    assert items(rows) == [("I1", "รับของกำนัลหรือไม่", Decimal("99.75"))]
    found = [told(one, "row_no", "row_text", "share_yes", "share_no", "direction") for one in kind(SurveyRow, rows)]
    assert found == [
        (1, "เงิน", Decimal("0.00"), Decimal("100.00"), "negative"),
        (2, "สิ่งของ", Decimal("0.50"), Decimal("99.50"), "negative"),
    ]


def test_a_copy_without_rows_and_a_copy_with_the_same_rows() -> None:
    head = asked("I1", "คนในหน่วยงานตรงเวลา", "86.80")
    rows = report(table([head, FOUR]), table([head, FOUR, ROW], 2, page=2), table([head, FOUR, ROW], 3, page=3))
    assert len(items(rows)) == len(kind(SurveyRow, rows)) == 1
    assert not rows.rejects
    assert (rows.tally["skip:repeated_question"], rows.tally["skip:repeated_row"]) == (2, 1)


def test_a_copy_with_another_score_is_told() -> None:
    rows = report(
        table([asked("I1", "คนในหน่วยงานตรงเวลา", "86.80"), FOUR]),
        table([asked("I1", "คนในหน่วยงานตรงเวลา", "36.80"), FOUR, ROW], 2, page=2),
    )
    assert [one.reason for one in rows.rejects] == ["OTHER_SCORE"]
    assert items(rows) == [("I1", "คนในหน่วยงานตรงเวลา", Decimal("86.80"))]


def test_a_smeared_head_is_a_head() -> None:
    smeared = ["125 คนในหัวข้อการประเมินตรง", "น้อยที่สุดหรือไม่มีเลย", "น้อย", "มาก", "มากที่สุด", "คะแนน"]
    torn = ["", "ไม่มีเลย", "", "", "", ""]
    rows = report(
        table([asked("I24", "งานก่อนหน้านี้สำเร็จตามเวลา", "86.80"), FOUR, ROW], placed=False),
        table([asked("I25", "คนในหน่วยงานตรงเวลา", "86.80")], 2, placed=False),
        table([smeared, torn, FOUR, ROW], 3, placed=False),
    )
    assert [code for code, *_ in items(rows)] == ["I24", "I25"]
    assert [one.item_code for one in kind(SurveyRow, rows)] == ["I24", "I25"]
    assert not rows.rejects
    assert [told(one, "expected", "observed", "outcome") for one in rows.checks] == [("I25", "125", "corrected")]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body",
    [
        [["หัวข้อการประเมิน", "", "มี", "ไม่มี", "", "คะแนน"], ["ทำแผน", "", "96.34%", "3.66%", "", "96.34"]],
        [["หัวข้อการประเมิน", "มี", "ไม่มี", "คะแนน", "", ""], ["ทำแผน", "", "96.34%", "3.66%", "", "96.34"]],
        [["หัวข้อการประเมิน", "", "", "มี", "ไม่มี", "คะแนน"], ["", "ทำแผน", "96.34", "3.66", "", "96.34"]],
    ],
)
def test_cells_that_are_shifted_are_read_by_their_order(body: list[list[str]]) -> None:
    rows = report(table([asked("I26", "ทำสิ่งต่อไปนี้หรือไม่", "96.34"), *body], placed=False))
    (row,) = kind(SurveyRow, rows)
    assert told(row, "row_text", "share_yes", "share_no", "score", "direction") == (
        "ทำแผน",
        Decimal("96.34"),
        Decimal("3.66"),
        Decimal("96.34"),
        "positive",
    )
    assert not rows.rejects


def test_shares_that_do_not_add_up_are_not_told_by_their_order() -> None:
    rows = report(
        table(
            [
                asked("I26", "ทำสิ่งต่อไปนี้หรือไม่", "96.34"),
                ["หัวข้อการประเมิน", "มี", "ไม่มี", "คะแนน", "", ""],
                ["ทำแผน", "", "96.34%", "53.66%", "", "96.34"],
            ],
            placed=False,
        )
    )
    assert [one.reason for one in rows.rejects] == ["BAD_ROW"]
    assert kind(SurveyRow, rows) == []


def test_the_way_that_answers_count_is_told_by_arithmetic_only_where_it_decides() -> None:
    rows = report(
        table(
            [
                asked("I1", "คนในหน่วยงานรับของกำนัล", "74.65"),
                FOUR,
                ["กลับ", "80.00", "20.00", "0.00", "0.00", "93.40"],
                ["ก้ำกึ่ง", "20.00", "30.00", "30.00", "20.00", "50.00"],
                ["ไม่เข้ากัน", "20.00", "30.00", "30.00", "20.00", "80.55"],
            ]
        )
    )
    assert [one.direction for one in kind(SurveyRow, rows)] == ["negative", None, None]


def test_a_question_whose_code_is_lost() -> None:
    rows = report(
        table([asked("I1", "คนในหน่วยงานตรงเวลา", "86.80"), FOUR, ROW], placed=False),
        table([["งานในหน่วยงานสำเร็จด้วยดี", "", "", "", "", "86.80"], FOUR, ROW], 2, placed=False),
        table([asked("I3", "หัวหน้าเอาใจใส่ดูแลงาน", "86.80"), FOUR, ROW], 3, placed=False),
    )
    assert [code for code, *_ in items(rows)] == ["I1", "I2", "I3"]
    assert [told(one, "expected", "observed") for one in rows.checks] == [("I2", "")]  # type: ignore[arg-type]


def test_a_question_that_is_lost_with_its_text() -> None:
    """Its rows are not given to the question before; they have its code, which the codes around tell, and it has no record."""
    rows = report(
        table([asked("I1", "คนในหน่วยงานตรงเวลา", "86.80"), FOUR, ROW]),
        table([FOUR, ["อีกข้อหนึ่ง", "0.00", "0.00", "0.00", "100.00", "100.00"]], 2),
        table([asked("I3", "หัวหน้าเอาใจใส่ดูแลงาน", "86.80"), FOUR, ROW], 3),
    )
    assert [told(one, "item_code", "row_no") for one in kind(SurveyRow, rows)] == [("I1", 1), ("I2", 1), ("I3", 1)]
    assert [code for code, *_ in items(rows)] == ["I1", "I3"]
    assert [one.reason for one in rows.rejects] == ["NO_SCORE"]


def test_answers_without_a_question_are_rejected() -> None:
    rows = report(table([FOUR, ROW]))
    assert [one.reason for one in rows.rejects] == ["NO_QUESTION"]


def test_a_code_that_nothing_decides_is_rejected_with_its_rows() -> None:
    rows = report(table([asked("14", "เรื่องที่ไม่มีในรายการของปีใดเลย", "86.80"), FOUR, ROW]))
    assert {one.reason for one in rows.rejects} == {"CODE_UNSURE"}
    assert (items(rows), kind(SurveyRow, rows)) == ([], [])


def test_a_row_parted_by_a_page_is_one_row() -> None:
    upper = table([asked("I1", "คนในหน่วยงานตรงเวลา", "86.80"), FOUR, ROW])
    lower = table([FOUR, ["และแจ้งเหตุผล", "", "", "", "", ""]], 2, page=2)
    (row,) = kind(SurveyRow, report(upper, lower))
    assert row.row_text == "ตรงตามคู่มือและแจ้งเหตุผล"


def test_disclosure_items_under_sub_indicators_and_sections() -> None:
    rows = report(
        "ตัวชี้วัดย่อยที่ ๙.๑ ข้อมูลพื้นฐาน",
        "ข้อมูลพื้นฐาน",
        table([OIT, ["O1", "โครงสร้าง", "", "100.00"], ["02", "ข้อมูลผู้บริหาร", "ไม่พบข้อมูล", "0.00"]]),
        "ข่าวประชาสัมพันธ์",
        table([OIT], 2),
        table([OIT, ["O3", "ข่าวประชาสัมพันธ์", "-", "100.00"]], 3),
        "ตัวชี้วัดย่อยที่ 10.1 การดำเนินการเพื่อป้องกันการทุจริต",
        "การเสริมสร้างวัฒนธรรมองค์กร",
        table([OIT, ["O4", "การเสริมสร้างวัฒนธรรมองค์กร", "", "100.00"]], 4),
    )
    found = [
        told(one, "item_code", "sub_indicator_no", "section", "indicator_no", "comment", "score") for one in kind(OitItem, rows)
    ]
    assert found == [
        ("O1", "9.1", "ข้อมูลพื้นฐาน", 9, None, Decimal(100)),
        ("O2", "9.1", "ข้อมูลพื้นฐาน", 9, "ไม่พบข้อมูล", Decimal(0)),
        ("O3", "9.1", "ข่าวประชาสัมพันธ์", 9, None, Decimal(100)),
        ("O4", "10.1", "การเสริมสร้างวัฒนธรรมองค์กร", 10, None, Decimal(100)),
    ]
    assert kind(OitItem, rows)[0].item_key == "structure"
    assert not rows.rejects


def test_groups_that_are_rows_of_the_table() -> None:
    rows = report(
        table(
            [
                OIT,
                ["ตัวชี้วัดย่อยที่ 9.1 ข้อมูลพื้นฐาน", ACROSS, ACROSS, ACROSS],
                ["ข่าวประชาสัมพันธ์", ACROSS, ACROSS, ACROSS],
                ["O1", "ข่าวประชาสัมพันธ์", "", "100.00"],
                ["", "ประจำเดือน", "ปรับปรุงล่าสุด", ""],
                ["99", "รายการแปลก", "", "100.00"],
            ]
        )
    )
    first = kind(OitItem, rows)[0]
    assert told(first, "sub_indicator_no", "sub_indicator_name", "section") == ("9.1", "ข้อมูลพื้นฐาน", "ข่าวประชาสัมพันธ์")
    assert [one.reason for one in rows.rejects] == ["NO_CODE", "BAD_CODE"]


def people(*rows: list[str], number: int = 1) -> LongTable:
    return table(list(rows), number, placed=False)


def counted(rows: Rows) -> list[tuple[object, ...]]:
    return [told(one, "instrument", "attribute", "category", "gender", "count") for one in kind(RespondentCount, rows)]


def test_blocks_of_respondents_stand_under_each_other() -> None:
    rows = report(
        "ผู้ตอบแบบวัดการรับรู้ของผู้มีส่วนได้ส่วนเสียภายนอก",
        people(
            ["อายุ", "ชาย", "หญิง", "รวม"],
            ["ต่ำกว่า 20 ปี", "1,200", "๒", "1,202"],
            ["รวม", "1,200", "2", "1,202"],
            ["ติดต่อหน่วยงาน", "ชาย", "หญิง", "รวม"],
            ["บุคคลทั่วไป", "1200", "-", "1200"],
        ),
    )
    assert counted(rows) == [
        ("EIT", "age", "ต่ำกว่า 20 ปี", "male", 1200),
        ("EIT", "age", "ต่ำกว่า 20 ปี", "female", 2),
        ("EIT", "contact", "บุคคลทั่วไป", "male", 1200),
    ]
    assert not rows.rejects


INSIDE = "ผู้ตอบแบบวัดการรับรู้ของผู้มีส่วนได้ส่วนเสียภายใน"


def tangled(lost: list[str]) -> tuple[str | LongTable, ...]:
    """The end of a block of one survey between the rows of the next one's: its second row has lost its label."""
    return (
        "ผู้ตอบแบบวัดการรับรู้ของผู้มีส่วนได้ส่วนเสียภายนอก",
        people(
            ["อายุ", "ชาย", "หญิง", "อื่นๆ"],
            ["ต่ำกว่า 20 ปี", "70", "30", "1"],
            ["ติดต่อหน่วยงาน", "ชาย", "หญิง", "อื่นๆ"],
            ["บุคคลทั่วไป", "40", "5", "0"],
        ),
        people(
            [INSIDE, "", "ชาย", "", "หญิง", "", "อื่นๆ", ""],
            ["หน่วยงานของรัฐ", "อายุ", "18", "20", "ชาย", "1", "หญิง", "อื่นๆ"],
            ["ต่ำกว่า 20 ปี", *lost],
            ["20 - 30 ปี", "", "47", "", "73", "", "", "0"],
            number=2,
        ),
    )


def test_two_blocks_in_one_row_are_told_apart_by_their_columns_and_totals() -> None:
    rows = report(*tangled(["12", "8", "5", "9", "0", "0", "0"]))
    assert counted(rows)[6:] == [
        *(("EIT", "contact", "หน่วยงานของรัฐ", gender, n) for gender, n in (("male", 18), ("female", 20), ("other", 1))),
        *(("EIT", "contact", "[3]", gender, n) for gender, n in (("male", 12), ("female", 5), ("other", 0))),
        *(("IIT", "age", "ต่ำกว่า 20 ปี", gender, n) for gender, n in (("male", 8), ("female", 9), ("other", 0))),
        *(("IIT", "age", "20 - 30 ปี", gender, n) for gender, n in (("male", 47), ("female", 73), ("other", 0))),
    ]
    assert not rows.rejects


def test_numbers_that_do_not_bring_the_totals_are_not_believed() -> None:
    rows = report(*tangled(["13", "8", "5", "9", "0", "0", "0"]))
    assert {one.reason for one in rows.rejects} == {"TANGLED_ROWS"}
    assert len(rows.rejects) == 3
    assert len(counted(rows)) == 6


def test_a_table_that_no_layout_knows_and_a_line_that_looks_like_a_row_are_told() -> None:
    rows = report(
        table([["ชื่อ", "สกุล"], ["ก", "ข"]]),
        "เป็นไปตามขั้นตอน 3.07% 0.00% 33.66% 63.27% 85.82",
        "O5 ข้อมูลการติดต่อ 100.00",
    )
    assert [one.reason for one in rows.rejects] == ["UNKNOWN_TABLE", "ROW_OUTSIDE_TABLE", "ROW_OUTSIDE_TABLE"]


def test_rows_of_answers_saved_without_their_marks_are_told_and_no_part_of_the_question() -> None:
    rows = report("I1 คนในหน่วยงานตรงเวลา มากน้อยเพียงใด 83.44", "ตามขั้นตอน 1.30 8.47 51.95 38.28 75.88", "เงิน 4.00 96.00 96.00")
    assert [(one.reason, one.target) for one in rows.rejects] == [("ROW_OUTSIDE_TABLE", "survey_rows")] * 2
    (item,) = (one for one in rows.records if isinstance(one, SurveyItem))
    assert item.item_text == "คนในหน่วยงานตรงเวลา มากน้อยเพียงใด"


def test_a_report_without_a_year_gives_nothing_and_says_so() -> None:
    made = document("รายงานผลการประเมิน ITA", OVERALL, table([asked("I1", "คนในหน่วยงานตรงเวลา", "86.80"), FOUR, ROW]))
    (section,), _ = split(made, rulebook().layouts, rulebook().frameworks)
    rows = read_agency_report(section, rulebook().frameworks, names())
    assert rows.records == ()
    assert {one.reason for one in rows.rejects} == {"NO_YEAR"}
    assert sum(rows.tally.values()) == 3
