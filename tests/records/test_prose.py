"""Scores said in sentences: what counts as one, whose it is and of which year, and what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ita_extract.model.record import AgencyScore, IndicatorScore, InstrumentScore, ProvinceScore
from ita_extract.model.table import TextLine
from ita_extract.records.prose import read_prose
from ita_extract.records.rows import Rows
from ita_extract.records.sections import Section
from tests.records.written import document, names, rulebook

PLAN = next(layout for layout in rulebook().layouts if layout.document_type == "measures_plan")
TITLE = "มาตรการส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน ประจำปีงบประมาณ พ.ศ. 2568 จังหวัดน่าน"


def said(*lines: str, title: str = TITLE) -> Rows:
    return read_prose(Section(PLAN, title, document(*lines), {}), rulebook().frameworks, names())


def totals(rows: Rows) -> list[tuple[str, int, str, str | None, bool]]:
    found = [one for one in rows.records if isinstance(one, AgencyScore)]
    return [(one.agency_name, one.fiscal_year, str(one.score), one.grade, one.is_current_year) for one in found]


@pytest.mark.parametrize(
    "sentence",
    [
        "ในปีงบประมาณ พ.ศ. 2567 จังหวัดน่าน มีผลการประเมิน ITA ภาพรวมเท่ากับ ร้อยละ 91.20 อยู่ในระดับ “ผ่านดี”",
        "ผลการประเมิน ITA ประจำปีงบประมาณ พ.ศ. ๒๕๖๗ ของจังหวัดน่าน เพิ่มขึ้นเป็น ๙๑.๒๐ อยู่ในระดับผ่านดี",
        "ผลการประเมินคุณธรรมและความโปร่งใส ประจำปี 2567 จังหวัดน่าน ได้คะแนน 91.20 คะแนน ระดับผลการประเมิน ผ่านดี",
        "จังหวัดน่าน มีผลการประเมิน ITA ในปี พ.ศ. 2567 ได้ 91.20 คะแนน ระดับ ผ่านดี",
    ],
)
def test_a_total_with_its_level(sentence: str) -> None:
    assert totals(said(sentence)) == [("จังหวัดน่าน", 2567, "91.20", "ผ่านดี", True)]


def test_a_sentence_may_break_anywhere() -> None:
    words = "ผลการประเมิน ITA ประจำปีงบประมาณ พ.ศ. 2567 ของจังหวัดน่าน เพิ่มขึ้นเป็น 91.20 อยู่ในระดับผ่านดี"
    for cut in (at for at, letter in enumerate(words) if letter in " เ"):
        assert totals(said(words[:cut], words[cut:])) == [("จังหวัดน่าน", 2567, "91.20", "ผ่านดี", True)]


def test_the_same_statement_again_is_one_record() -> None:
    sentence = "ผลการประเมิน ITA ประจำปีงบประมาณ พ.ศ. 2567 ของจังหวัดน่าน เพิ่มขึ้นเป็น 91.20 อยู่ในระดับผ่านดี"
    assert len(totals(said(*([sentence, ""] * 8)))) == 1


def test_two_years_in_one_sentence() -> None:
    """Of an earlier year the sentence tells no level, and its score is not the current one."""
    rows = said("ผลการประเมิน ITA จังหวัดน่าน ปี 2566 ได้ 88.10 คะแนน และปี 2567 ได้ 91.20 คะแนน อยู่ในระดับผ่านดี")
    assert totals(rows) == [("จังหวัดน่าน", 2566, "88.10", None, False), ("จังหวัดน่าน", 2567, "91.20", "ผ่านดี", True)]


@pytest.mark.parametrize(
    "sentence",
    [
        "กำหนดเกณฑ์ผลการประเมิน ITA ไว้ที่ 85.00 คะแนนขึ้นไป",
        "ตั้งเป้าหมายให้ผลการประเมิน ITA ของจังหวัดน่าน ปี 2568 ไม่น้อยกว่า 95.00 คะแนน",
        "ผู้ตอบแบบวัดของจังหวัดน่านพึงพอใจร้อยละ 96.67 ของทั้งหมด",
        "จังหวัดน่านเบิกจ่ายงบประมาณได้ร้อยละ 91.20",
        "ประเด็น I1 ตามผลการประเมิน ITA ประจำปี 2567 จังหวัดน่านได้คะแนน 89.16 คะแนน",
        "อยู่อันดับที่ 53 ของหน่วยงานประเภทจังหวัด",
        "มาตรา 91.20 แห่งพระราชบัญญัติ",
    ],
)
def test_what_is_no_score_of_the_agency(sentence: str) -> None:
    assert said(sentence).records == ()


@pytest.mark.parametrize(
    "line", ["ตัวชี้วัดที่ {no} {name} ได้คะแนน {score} คะแนน", "{no}. {name} {score} คะแนน", "ตัวชี้วัดที่ {no} {name} = {score}"]
)
@pytest.mark.parametrize("thai", [False, True])
def test_a_list_of_indicators(line: str, thai: bool) -> None:
    known = rulebook().frameworks[2567].indicators
    lines = [line.format(no=one.no, name=one.name, score=f"{90 + one.no / 4:.2f}") for one in known]
    digits = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
    opening = "ผลการประเมิน ITA ประจำปีงบประมาณ พ.ศ. 2567 มีคะแนนรายตัวชี้วัด ดังนี้"
    rows = said(opening, *(text.translate(digits) if thai else text for text in lines))
    found = [one for one in rows.records if isinstance(one, IndicatorScore)]
    assert [(one.indicator_no, f"{one.score:.2f}") for one in found] == [(one.no, f"{90 + one.no / 4:.2f}") for one in known]
    assert {(one.fiscal_year, one.agency_name) for one in found} == {(2567, "จังหวัดน่าน")}


def test_an_indicator_that_contradicts_its_number_is_rejected() -> None:
    rows = said("ตัวชี้วัดที่ 3 ความพึงพอใจของประชาชน ได้คะแนน 91.75 คะแนน")
    assert rows.records == ()
    assert [one.reason for one in rows.rejects] == ["UNKNOWN_INDICATOR"]


def test_instruments_and_the_province_as_a_whole() -> None:
    rows = said(
        "ปีงบประมาณ พ.ศ. ๒๕๖๓ สำนักงาน ป.ป.ช. ได้ประกาศผลการประเมินคุณธรรมและความโปร่งใส",
        "",
        "ประเภทจังหวัด : จังหวัดน่าน ได้คะแนน ๘๗.๑๖ ระดับผลการประเมิน A ผ่านเกณฑ์การประเมิน",
        "",
        "๑) แบบวัดการรับรู้ (Internal Integrity and Transparency Assessment : IIT) คะแนนรวม ๘๘.๕๐",
        "๒) แบบวัด (EIT) คะแนนรวม ๘๑.๘๐",
        "",
        "ประเภทรายจังหวัด : จังหวัดน่าน อยู่ในลำดับที่ ๓๒ ด้วยคะแนน ๖๘.๘๐ ไม่ผ่านเกณฑ์เป้าหมาย",
    )
    parts = [(one.fiscal_year, one.instrument, str(one.score)) for one in rows.records if isinstance(one, InstrumentScore)]
    whole = [
        (one.fiscal_year, one.province, str(one.score), one.rank_printed) for one in rows.records if isinstance(one, ProvinceScore)
    ]
    assert totals(rows) == [("จังหวัดน่าน", 2563, "87.16", "A", True)]
    assert parts == [(2563, "IIT", "88.50"), (2563, "EIT", "81.80")]
    assert whole == [(2563, "น่าน", "68.80", 32)]


def test_a_statement_has_the_place_of_its_line() -> None:
    box = (10.0, 20.0, 300.0, 40.0)
    made = document("คำนำ", "ผลการประเมิน ITA ปี 2567 จังหวัดน่าน ได้คะแนน ๙๑.๒๐ คะแนน")
    blocks = tuple(replace(line, bbox=box, page=3) if isinstance(line, TextLine) else line for line in made.blocks)
    (one,) = read_prose(Section(PLAN, TITLE, replace(made, blocks=blocks), {}), rulebook().frameworks, names()).records
    assert isinstance(one, AgencyScore)
    assert (one.page, one.bbox, one.score_printed) == (3, box, "๙๑.๒๐")
