"""One agency over the years: three vocabularies of levels, Thai digits, years in rows or in columns, and whom it is about."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ita_extract.model.record import AgencyScore, InstrumentScore
from ita_extract.model.table import LongTable
from ita_extract.records.history import agency_of_line, read_history
from ita_extract.records.rows import Rows
from ita_extract.records.sections import split
from tests.records.written import document, names, rulebook, table

TITLE = "ข้อมูลคะแนน ITA ของเทศบาลตำบลเวียงสา"
SPAN = "เปรียบเทียบตั้งแต่ปีงบประมาณ พ.ศ. ๒๕๕๙ - ๒๕๖๗"
HEAD = ["ปีงบประมาณ", "คะแนน", "ระดับ"]
YEARS = [
    ["๒๕๖๗", "๙๐.๑๔", "ผ่าน"],
    ["๒๕๖๖", "๗๓.๗๔", "ต้องปรับปรุง"],
    ["ปี ๒๕๖๕", "๙๕.๖๗", "AA"],
    ["๒๕๖๒", "๘๙.๑๕", "A"],
    ["พ.ศ. ๒๕๖๑", "๖๒.๐๒", "สูงมาก"],
    ["๒๕๖๐", "๗๐.๙๕", "–"],
    ["๒๕๕๙", "-", "-"],
]
TOLD = [
    (2567, Decimal("90.14"), "ผ่าน"),
    (2566, Decimal("73.74"), "ต้องปรับปรุง"),
    (2565, Decimal("95.67"), "AA"),
    (2562, Decimal("89.15"), "A"),
    (2561, Decimal("62.02"), "สูงมาก"),
    (2560, Decimal("70.95"), None),
]


def read(*blocks: str | LongTable) -> Rows:
    sections, evidence = split(document(*blocks), rulebook().layouts, rulebook().frameworks)
    assert len(sections) == 1, evidence
    assert sections[0].layout.document_type == "agency_history"
    rows = read_history(sections[0], rulebook().frameworks, names())
    assert sum(rows.tally.values()) == sum(len(block.rows) for block in blocks if isinstance(block, LongTable))
    return rows


def told(rows: Rows) -> list[tuple[int, Decimal, str | None]]:
    return [(one.fiscal_year, one.score, one.grade) for one in rows.records if isinstance(one, AgencyScore)]


def test_levels_are_those_of_the_model_of_each_year() -> None:
    rows = read(TITLE, SPAN, table([HEAD, *YEARS]))
    assert told(rows) == TOLD
    assert rows.rejects == ()
    assert (rows.agency_name, rows.fiscal_year) == ("เทศบาลตำบลเวียงสา", 2567)
    assert rows.tally["skip:no_score"] == 1
    assert {one.is_current_year for one in rows.records if isinstance(one, AgencyScore)} == {True}


def test_an_unknown_column_is_told_where_it_says_anything() -> None:
    said = read(TITLE, SPAN, table([[*HEAD, "ผู้บันทึก"], *([*year, "นายทะเบียน"] for year in YEARS)]))
    assert [(one.reason, one.target, one.raw_text) for one in said.rejects] == [("UNKNOWN_COLUMN", "agency_scores", "ผู้บันทึก")]
    assert told(said) == TOLD
    assert read(TITLE, SPAN, table([[*HEAD, "ผู้บันทึก"], *([*year, ""] for year in YEARS)])).rejects == ()


def test_a_column_a_year() -> None:
    rows = read(TITLE, SPAN, table([list(column) for column in zip(HEAD, *YEARS, strict=True)]))
    assert told(rows) == TOLD
    assert rows.rejects == ()


def test_a_word_of_one_model_is_no_level_of_another() -> None:
    """The five indices had words too; they are kept where their model was in force, and refused where it was not."""
    rows = read(TITLE, SPAN, table([HEAD, ["2566", "91.00", "สูงมาก"], ["2560", "91.00", "ดีเยี่ยม"]]))
    assert told(rows) == [(2566, Decimal("91.00"), None), (2560, Decimal("91.00"), "ดีเยี่ยม")]
    assert [one.reason for one in rows.rejects] == ["BAD_GRADE"]


def test_parts_beside_the_total_are_scores_of_100_by_the_total() -> None:
    head = ["ปีงบประมาณ", "IIT", "EIT", "OIT", "คะแนนรวม", "ระดับ"]
    rows = read(TITLE, SPAN, table([head, ["2568", "94.47", "96.01", "82.50", "90.14", "ผ่าน"]]))
    assert [(one.instrument, one.score) for one in rows.records if isinstance(one, InstrumentScore)] == [
        ("IIT", Decimal("94.47")), ("EIT", Decimal("96.01")), ("OIT", Decimal("82.50")),
    ]  # fmt: skip


def test_of_nobody_and_of_no_year_are_rejects() -> None:
    rows = read("ข้อมูลคะแนน ITA", SPAN, table([HEAD, *YEARS[:2]]))
    assert told(rows) == []
    assert [one.reason for one in rows.rejects] == ["NO_NAME", "NO_NAME"]
    rows = read(TITLE, SPAN, table([HEAD, ["ปีก่อน", "80.00", "B"], YEARS[0]]))
    assert [one.reason for one in rows.rejects] == ["NO_YEAR"]
    assert told(rows) == TOLD[:1]


def test_two_agencies_each_under_its_name() -> None:
    other = "ข้อมูลคะแนน ITA ของเทศบาลตำบลร้องกวาง"
    rows = read(TITLE, SPAN, table([HEAD, YEARS[0]], 1), other, table([HEAD, YEARS[1]], 2))
    assert [one.agency_name for one in rows.records if isinstance(one, AgencyScore)] == ["เทศบาลตำบลเวียงสา", "เทศบาลตำบลร้องกวาง"]
    assert rows.agency_name is None


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("ผลการประเมิน ITA ของเทศบาลตำบลเวียงสาย้อนหลัง ๕ ปี", "เทศบาลตำบลเวียงสา"),
        ("ของเทศบาลตำบลต้ามะลัง", "เทศบาลตำบลต้ามะลัง"),
        ("ของเทศบาลตำบลต้า อำเภอขุนตาล", "เทศบาลตำบลต้า"),
        ("ของจังหวัดน่าน ประจำปี", "จังหวัดน่าน"),
        ("เปรียบเทียบรายปี", None),
    ],
)
def test_a_name_is_taken_whole(line: str, agency: str | None) -> None:
    after = next(one for one in rulebook().layouts if one.document_type == "agency_history").lines["after_name"]
    assert agency_of_line(line, names(), after) == agency
