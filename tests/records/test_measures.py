"""Tables of measures and of findings: rows over pages, merged topics, years, and codes that OCR misread."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.model.record import IndicatorScore, ItemFinding, Measure
from ita_extract.model.table import LongTable
from ita_extract.records.measures import read_measures
from ita_extract.records.rows import Rows
from ita_extract.records.sections import split
from tests.records.written import ACROSS, document, names, rulebook, table

PLAN = "มาตรการส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน ประจำปีงบประมาณ พ.ศ. 2568"
AGENCY = "จังหวัดน่าน"
HEAD = ["มาตรการ", "ขั้นตอนหรือวิธีการ", "ระยะเวลาดำเนินการ", "ผู้รับผิดชอบ"]
ROWS = [
    ["1. ลดขั้นตอน", "1. สำรวจงาน\n2. กำหนดเวลา", "ตลอดปีงบประมาณ", "กองคลัง"],
    ["2. เปิดเผยการใช้จ่าย", "1. จัดทำแผน", "-", "กลุ่มงานการเงิน"],
]


def read(*blocks: str | LongTable) -> Rows:
    sections, evidence = split(document(*blocks), rulebook().layouts, rulebook().frameworks)
    assert len(sections) == 1, evidence
    return read_measures(sections[0], rulebook().frameworks, names())


def measures(rows: Rows) -> list[Measure]:
    return [one for one in rows.records if isinstance(one, Measure)]


def findings(rows: Rows) -> list[ItemFinding]:
    return [one for one in rows.records if isinstance(one, ItemFinding)]


def accounted(rows: Rows, *tables: LongTable) -> bool:
    return sum(rows.tally.values()) == sum(len(one.rows) + one.repeated_heads + one.joined_rows for one in tables)


@given(st.permutations(range(4)))
def test_the_order_of_columns_changes_nothing(order: list[int]) -> None:
    made = table([[row[c] for c in order] for row in [HEAD, *ROWS]])
    rows = read(PLAN, AGENCY, made)
    told = [(one.seq, one.measure, one.steps, one.period, one.responsible) for one in measures(rows)]
    assert told == [
        (1, "ลดขั้นตอน", ("สำรวจงาน", "กำหนดเวลา"), "ตลอดปีงบประมาณ", "กองคลัง"),
        (2, "เปิดเผยการใช้จ่าย", ("จัดทำแผน",), None, "กลุ่มงานการเงิน"),
    ]
    assert {(one.fiscal_year, one.agency_name) for one in measures(rows)} == {(2568, AGENCY)}
    assert accounted(rows, made)


def test_a_row_goes_on_in_its_long_column_on_the_next_page() -> None:
    first = table([HEAD, ROWS[0]], 1, page=1)
    second = table([HEAD, ["", "3. ทดลองใช้", "", ""], ROWS[1]], 2, page=2)
    rows = read(PLAN, AGENCY, first, second)
    assert [(one.steps, one.page, one.page_end) for one in measures(rows)] == [
        (("สำรวจงาน", "กำหนดเวลา", "ทดลองใช้"), 1, 2),
        (("จัดทำแผน",), 2, 2),
    ]
    assert rows.tally["skip:goes_on"] == 1
    assert accounted(rows, first, second)


def test_a_row_that_a_page_parts_in_all_its_cells_is_one_measure() -> None:
    """The rest of "1. ลดขั้นตอน" has no number, where every row has one."""
    first = table([HEAD, ["1. ลดขั้น", "1. สำรวจ", "ตลอดปี", "กอง"]], 1, page=1)
    second = table([HEAD, ["ตอน", "งาน\n2. กำหนดเวลา", "งบประมาณ", "คลัง"], ROWS[1]], 2, page=2)
    rows = read(PLAN, AGENCY, first, second)
    assert [(one.measure, one.steps, one.responsible, one.page_end) for one in measures(rows)] == [
        ("ลดขั้นตอน", ("สำรวจงาน", "กำหนดเวลา"), "กองคลัง", 2),
        ("เปิดเผยการใช้จ่าย", ("จัดทำแผน",), "กลุ่มงานการเงิน", 2),
    ]


def test_a_topic_goes_on_until_a_row_names_another() -> None:
    head = ["ประเด็น", *HEAD]
    made = table([head, ["ประเด็นที่ ๑ การใช้งบประมาณ", *ROWS[0]], ["", *ROWS[1]], ["ตัวชี้วัดที่ ๔ การใช้ทรัพย์สิน", *ROWS[0]]])
    rows = read(PLAN, AGENCY, made)
    assert [(one.topic, one.indicator_no) for one in measures(rows)] == [
        ("การใช้งบประมาณ", 2),
        ("การใช้งบประมาณ", 2),
        ("การใช้ทรัพย์สิน", 4),
    ]


def test_a_merged_row_is_the_topic_of_those_below() -> None:
    made = table([HEAD, ["การเปิดเผยข้อมูล", ACROSS, ACROSS, ACROSS], *ROWS])
    rows = read(PLAN, AGENCY, made)
    assert [(one.topic, one.indicator_no) for one in measures(rows)] == [("การเปิดเผยข้อมูล", 9)] * 2
    assert accounted(rows, made)


def test_a_table_of_topics_has_steps_and_no_measure() -> None:
    head = ["ประเด็นที่ต้องพัฒนา", "ผู้รับผิดชอบ", "ขั้นตอนหรือวิธีการ/มาตรการ", "ผลการดำเนินการ"]
    made = table([head, ["ตัวชี้วัดการใช้งบประมาณ", "กองคลัง", "๑) ทำ\n๒) แจ้ง", "เสร็จแล้ว"]])
    (one,) = measures(read("รายงานผลการดำเนินการตามมาตรการส่งเสริมคุณธรรมและความโปร่งใส ปี 2566", AGENCY, made))
    assert (one.measure, one.topic, one.indicator_no, one.steps, one.result) == (
        None, "ตัวชี้วัดการใช้งบประมาณ", 2, ("ทำ", "แจ้ง"), "เสร็จแล้ว"
    )  # fmt: skip


def test_a_column_that_no_rule_knows_is_told_and_the_rest_is_read() -> None:
    made = table([[*HEAD, "สีของปก"], *([*row, "เขียว"] for row in ROWS)])
    rows = read(PLAN, AGENCY, made)
    assert len(measures(rows)) == 2
    assert [(one.reason, one.raw_text) for one in rows.rejects] == [("UNKNOWN_COLUMN", "สีของปก")]


def test_a_row_without_a_measure_and_with_nothing_before_it_is_rejected() -> None:
    made = table([HEAD, ["", "1. สำรวจงาน", "", ""], *ROWS])
    rows = read(PLAN, AGENCY, made)
    assert [one.reason for one in rows.rejects] == ["NO_MEASURE"]
    assert len(measures(rows)) == 2
    assert accounted(rows, made)


def test_measures_are_of_the_year_of_their_part_and_findings_of_the_year_of_the_results() -> None:
    found = table([["ประเด็น", "เครื่องมือการประเมิน", "การวิเคราะห์ผลการประเมิน"], ["1. การใช้อำนาจ", "IIT", "I7 ควรทบทวน"]], 1)
    made = table([HEAD, *ROWS], 2)
    rows = read(
        "การวิเคราะห์ผลการประเมินคุณธรรมและความโปร่งใส ประจำปีงบประมาณ พ.ศ. 2568",
        AGENCY,
        "ส่วนที่ 1 การวิเคราะห์ผลการประเมินคุณธรรมและความโปร่งใส ในปี พ.ศ. 2568",
        found,
        "ส่วนที่ 2 การนำผลการวิเคราะห์ไปสู่การปฏิบัติ ในปีงบประมาณ พ.ศ. 2569",
        made,
    )
    assert {one.fiscal_year for one in measures(rows)} == {2569}
    assert {one.fiscal_year for one in findings(rows)} == {2568}
    assert accounted(rows, found, made)


HEADED = ["ประเด็น", "เครื่องมือการประเมิน", "การวิเคราะห์ผลการประเมิน"]
ANALYSIS = ("การวิเคราะห์ผลการประเมินคุณธรรมและความโปร่งใส ประจำปีงบประมาณ พ.ศ. 2568", AGENCY)


@pytest.mark.parametrize("printed", ["I4", "i4", "14", "l4", "I 4", "|4"])
def test_a_code_is_read_by_its_place_and_what_was_printed_is_told(printed: str) -> None:
    made = table([HEADED, ["2. การใช้งบประมาณ", "IIT", f"{printed} ประเด็นแรก\nยาวสองบรรทัด\nI5 ประเด็นสอง\nI6 ประเด็นสาม"]])
    rows = read(*ANALYSIS, made)
    assert [one.item_codes for one in findings(rows)] == [("I4",), ("I5",), ("I6",)]
    bare = printed.replace(" ", "")
    assert [(c.expected, c.observed) for c in rows.checks] == ([] if bare == "I4" else [("I4", bare)])


def test_codes_that_share_a_paragraph_share_a_finding() -> None:
    text = "E4-e5 จังหวัดน่านได้คะแนนในประเด็น E4 อยู่ที่ 92.05 คะแนน ประเด็น E5 อยู่ที่ ๙๒.๔๙ คะแนน\nE6 ควรชัดเจน"
    rows = read(*ANALYSIS, table([HEADED, ["7. ประสิทธิภาพการสื่อสาร", "EIT", text]]))
    assert [(one.item_codes, one.scores) for one in findings(rows)] == [
        (("E4", "E5"), (Decimal("92.05"), Decimal("92.49"))),
        (("E6",), ()),
    ]


def test_findings_go_on_over_pages_and_a_code_inside_a_text_opens_nothing() -> None:
    first = table([HEADED, ["1. การปฏิบัติหน้าที่", "IIT", "I1 ประเด็น\nI1 ซ้ำในเนื้อความ\nI2 ประเด็น"]], 1, page=1)
    second = table([HEADED, ["", "", "ต่อจากหน้าก่อน\nI3 ประเด็น"]], 2, page=2)
    rows = read(*ANALYSIS, first, second)
    assert [(one.item_codes, one.topic, one.text) for one in findings(rows)] == [
        (("I1",), "การปฏิบัติหน้าที่", "I1 ประเด็น I1 ซ้ำในเนื้อความ"),
        (("I2",), "การปฏิบัติหน้าที่", "I2 ประเด็น ต่อจากหน้าก่อน"),
        (("I3",), "การปฏิบัติหน้าที่", "I3 ประเด็น"),
    ]
    assert accounted(rows, first, second)


def test_a_table_of_indicators_gives_the_scores_of_each_year_it_names() -> None:
    made = table(
        [["ตัวชี้วัด", "คะแนนปี 2567", "คะแนนปี 2568"], ["1. การปฏิบัติหน้าที่", "90.10", "๙๒.๖๘"], ["2. การใช้งบประมาณ", "-", "95.98"]]
    )
    found = table([HEADED, ["1. การปฏิบัติหน้าที่", "IIT", "I1 ประเด็น"]], 2)
    rows = read(*ANALYSIS, made, found)
    told = [(one.fiscal_year, one.indicator_no, str(one.score)) for one in rows.records if isinstance(one, IndicatorScore)]
    assert told == [(2567, 1, "90.10"), (2568, 1, "92.68"), (2568, 2, "95.98")]
    assert accounted(rows, made, found)
