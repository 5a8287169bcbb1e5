"""Regional reports: whose table it is, which year, weighted parts or scores of 100, merged cells, totals, and what is no record."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.model.record import AgencyScore, IndicatorScore, InstrumentScore, ProvinceScore
from ita_extract.model.table import LongTable
from ita_extract.records.parts import Share, how_printed
from ita_extract.records.regional import read_regional
from ita_extract.records.rows import Rows
from ita_extract.records.sections import split
from ita_extract.rulebook.parts import converted
from tests.records.written import ACROSS, document, names, rulebook, table

OF_AGENCIES = "ตาราง 4.26 ผลการประเมิน ITA ประจำปีงบประมาณ พ.ศ. 2564 ของหน่วยงานภายในจังหวัดน่าน"
OF_PROVINCE = "ตารางที่ 3 ผลการประเมิน ITA ประจำปีงบประมาณ พ.ศ. 2565 ในภาพรวมจังหวัดน่าน รายตัวชี้วัด"
OF_YEARS = "ตาราง 4.30 ผลการประเมินเปรียบเทียบปีงบประมาณ พ.ศ. 2563 - 2564 รายจังหวัด"
NUMBERED = [f"ตัวชี้วัดที่ {no}" for no in range(1, 11)]
HEAD = ["หน่วยงาน", *NUMBERED[:5], "IIT", *NUMBERED[5:8], "EIT", *NUMBERED[8:], "OIT", "คะแนน ITA", "ระดับ"]
CODES = ("IIT", "EIT", "OIT")
WEIGHTS = (Decimal("0.3"), Decimal("0.3"), Decimal("0.4"))
LETTERS = (("AA", 95), ("A", 85), ("B", 75), ("C", 65), ("D", 55), ("E", 50), ("F", 0))
NAMES = ("องค์การบริหารส่วนตำบลฝายแก้ว", "เทศบาลตำบลเวียงสา", "จังหวัดน่าน")


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))


def levels(values: Sequence[Decimal]) -> list[Decimal]:
    return [sum(values[a:b], Decimal(0)) / (b - a) for a, b in ((0, 5), (5, 8), (8, 10))]


def values_of(seed: int) -> list[Decimal]:
    return [Decimal(6500 + (seed * 977 + no * 331) % 3500) / 100 for no in range(10)]


def row_of(name: str, values: Sequence[Decimal], *, weighted: bool = True) -> list[str | None]:
    parts = [cents(one * weight if weighted else one) for one, weight in zip(levels(values), WEIGHTS, strict=True)]
    total = cents(sum((one * weight for one, weight in zip(levels(values), WEIGHTS, strict=True)), Decimal(0)))
    grade = next(
        letter for letter, least in (("AA", 95), ("A", 85), ("B", 75), ("C", 65), ("D", 55), ("E", 50), ("F", 0)) if total >= least
    )
    ten = [f"{value:.2f}" for value in values]
    said = [f"{part:.2f}" for part in parts]
    return [name, *ten[:5], said[0], *ten[5:8], said[1], *ten[8:], said[2], f"{total:.2f}", grade]


def read(*blocks: str | LongTable) -> Rows:
    sections, evidence = split(document(*blocks), rulebook().layouts, rulebook().frameworks)
    assert len(sections) == 1, evidence
    assert sections[0].layout.document_type == "regional_report"
    rows = read_regional(sections[0], rulebook().frameworks, names())
    tables = [block for block in blocks if isinstance(block, LongTable)]
    assert sum(rows.tally.values()) - rows.tally["outside"] == sum(len(one.rows) for one in tables)
    return rows


def of(rows: Rows, kind: type) -> list:  # type: ignore[type-arg]
    return [record for record in rows.records if isinstance(record, kind)]


@given(st.permutations(range(len(HEAD))), st.booleans())
def test_the_order_of_columns_changes_nothing(order: list[int], weighted: bool) -> None:
    given_rows = [row_of(name, values_of(seed), weighted=weighted) for seed, name in enumerate(NAMES)]
    rows = read(OF_AGENCIES, table([[row[c] for c in order] for row in [HEAD, *given_rows]]))
    assert rows.rejects == ()
    assert rows.fiscal_year == 2564
    totals = of(rows, AgencyScore)
    assert [(one.agency_name, one.score_printed, one.grade) for one in totals] == [(row[0], row[14], row[15]) for row in given_rows]
    assert {(one.province, one.fiscal_year, one.row_no) for one in totals} == {("น่าน", 2564, None)}
    ten = {(one.agency_name, one.indicator_no): one.score for one in of(rows, IndicatorScore)}
    assert ten == {(name, no): value for seed, name in enumerate(NAMES) for no, value in enumerate(values_of(seed), 1)}
    for one in of(rows, InstrumentScore):
        at = CODES.index(one.instrument)
        exact = levels(values_of(NAMES.index(one.agency_name)))[at]
        assert abs(one.score - exact) <= (Decimal("0.025") if weighted else Decimal("0.005"))
        assert one.score_printed == f"{cents(exact * WEIGHTS[at] if weighted else exact):.2f}"


def test_one_misread_part_does_not_turn_the_column() -> None:
    given_rows = [row_of(name, values_of(seed)) for seed, name in enumerate(NAMES)]
    given_rows[1][6] = "72.47"
    rows = read(OF_AGENCIES, table([HEAD, *given_rows]))
    assert {one.agency_name for one in of(rows, InstrumentScore)} == set(NAMES)


def test_parts_that_nothing_explains_are_no_scores() -> None:
    """Without indicators and total, 27.47 may be bad of 100 or good of 30: told, not guessed."""
    rows = read(OF_AGENCIES, table([["หน่วยงาน", "ตัวชี้วัดที่ 1", "IIT"], [NAMES[0], "91.55", "27.47"]]))
    assert of(rows, InstrumentScore) == []
    assert [(one.reason, one.raw_text) for one in rows.rejects] == [("UNKNOWN_SCALE", f"{NAMES[0]} | 91.55 | 27.47")]


def test_a_common_head_over_each_instrument() -> None:
    top = ["หน่วยงาน", "แบบวัด IIT", *[ACROSS] * 5, "แบบวัด EIT", *[ACROSS] * 3, "แบบวัด OIT", *[ACROSS] * 2, "คะแนน ITA", "ระดับ"]
    rows = read(OF_AGENCIES, table([top, HEAD, row_of(NAMES[0], values_of(1))]))
    assert len(of(rows, IndicatorScore)) == 10
    assert [one.instrument for one in of(rows, InstrumentScore)] == list(CODES)


def test_heads_by_name_and_split_over_rows() -> None:
    """A narrow head may be parted: the number of an indicator then stands in a row of its own."""
    framework = rulebook().frameworks[2564]
    upper = ["หน่วยงาน", *(f"{one.no}. {one.name}" if one.no < 9 else "ตัวชี้วัดที่" for one in framework.indicators)]
    lower = ["", *("" if no < 9 else str(no) for no in range(1, 11))]
    rows = read(OF_AGENCIES, table([upper, lower, [NAMES[0], *(f"{value:.2f}" for value in values_of(3))]]))
    assert {one.indicator_no: one.score for one in of(rows, IndicatorScore)} == dict(enumerate(values_of(3), 1))


def merged_down(made: LongTable, col: int, first: int, last: int) -> LongTable:
    """The same table with one cell over several rows of a column."""
    from dataclasses import replace

    cell = made.rows[first].cells[col]
    rows = [
        replace(row, cells=(*row.cells[:col], cell, *row.cells[col + 1 :])) if first <= r <= last else row
        for r, row in enumerate(made.rows)
    ]
    return replace(made, rows=tuple(rows))


def years_table(*, merged: bool) -> LongTable:
    lines: list[list[str | None]] = [["จังหวัด", "ปีงบประมาณ", *NUMBERED, "คะแนน ITA"]]
    for place, province in enumerate(("น่าน", "แพร่")):
        for year in (2564, 2563):
            values = values_of(place * 10 + year)
            total = cents(sum((one * weight for one, weight in zip(levels(values), WEIGHTS, strict=True)), Decimal(0)))
            name = province if year == 2564 else ""
            lines.append([name, f"ปี {year}", *(f"{value:.2f}" for value in values), f"{total:.2f}"])
    made = table(lines)
    return merged_down(merged_down(made, 0, 1, 2), 0, 3, 4) if merged else made


@pytest.mark.parametrize("merged", [True, False], ids=["merged cells", "cells of a text, empty below the name"])
def test_two_years_of_each_province(merged: bool) -> None:
    rows = read(OF_YEARS, years_table(merged=merged))
    assert rows.rejects == ()
    want = [("น่าน", 2564), ("น่าน", 2563), ("แพร่", 2564), ("แพร่", 2563)]
    assert [(one.province, one.fiscal_year) for one in of(rows, ProvinceScore)] == want
    for one in of(rows, IndicatorScore):
        place = ("น่าน", "แพร่").index(one.province)
        assert (one.subject, one.agency_name) == ("province", None)
        assert one.score == values_of(place * 10 + one.fiscal_year)[one.indicator_no - 1]


def test_a_name_that_the_page_end_left_to_the_second_year() -> None:
    """The cell of a name is parted by the end of a page, and the name is set in its lower half: the years tell whose row it is."""
    head = ["จังหวัด", "ปีงบประมาณ", "ตัวชี้วัดที่ 1", "คะแนน ITA"]
    lines = [["น่าน", "ปี 2564", "80.00", "81.00"], ["", "ปี 2563", "82.00", "83.00"], ["", "ปี 2564", "84.00", "85.00"]]
    rows = read(OF_YEARS, table([head, *lines, ["แพร่", "ปี 2563", "86.00", "87.00"]]))
    told = [(one.province, one.fiscal_year, one.score) for one in of(rows, ProvinceScore)]
    assert told == [
        ("น่าน", 2564, Decimal("81.00")),
        ("น่าน", 2563, Decimal("83.00")),
        ("แพร่", 2564, Decimal("85.00")),
        ("แพร่", 2563, Decimal("87.00")),
    ]


def test_a_row_of_nobody_is_a_reject() -> None:
    head = ["จังหวัด", "ปีงบประมาณ", "ตัวชี้วัดที่ 1", "คะแนน ITA"]
    rows = read(OF_YEARS, table([head, ["เมืองลับแล", "ปี 2564", "80.00", "81.00"], ["", "ปี 2563", "82.00", "83.00"]]))
    assert of(rows, ProvinceScore) == []
    assert [one.reason for one in rows.rejects] == ["NO_NAME", "NO_NAME"]


def by_indicator(values: Sequence[Decimal], *, merged: bool, whole: bool = True, total: bool = False) -> LongTable:
    framework = rulebook().frameworks[2565]
    heads = ["ตัวชี้วัด", "คะแนน ITA", "คะแนนที่ได้ (100 คะแนน)", "น้ำหนัก (ร้อยละ)", "คะแนนถ่วงน้ำหนัก"]
    lines: list[list[str | None]] = [heads if whole else [heads[0], heads[1], heads[3], heads[4]]]
    parts = dict(zip((1, 6, 9), zip(levels(values), WEIGHTS, strict=True), strict=True))
    for one, value in zip(framework.indicators, values, strict=True):
        level, weight = parts.get(one.no, (None, Decimal(0)))
        tail = ["", "", ""] if level is None else [f"{cents(level):.2f}", f"{weight * 100:.2f}", f"{cents(level * weight):.2f}"]
        lines.append([f"ตัวชี้วัดที่ {one.no} {one.name}", f"{value:.2f}", *(tail if whole else tail[1:])])
    if total:
        lines.append(["รวม", "", *([""] if whole else []), "100.00", f"{cents(total_of(values)):.2f}"])
    made = table(lines)
    if merged:
        for col in range(2, len(lines[0])):
            for first, last in ((1, 5), (6, 8), (9, 10)):
                made = merged_down(made, col, first, last)
    return made


def total_of(values: Sequence[Decimal]) -> Decimal:
    return sum((one * weight for one, weight in zip(levels(values), WEIGHTS, strict=True)), Decimal(0))


@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize("whole", [True, False], ids=["of 100", "weighted only"])
@pytest.mark.parametrize("below", ["คะแนนรวม {s} คะแนน", "คะแนน ITA ภาพรวม = {s}", "คะแนนรวมของจังหวัดน่าน {s} คะแนน (ระดับ B)", ""])
def test_a_province_by_indicator(merged: bool, whole: bool, below: str) -> None:
    values = values_of(7)
    made = by_indicator(values, merged=merged, whole=whole, total=not below)
    rows = read(OF_PROVINCE, made, *([below.format(s=f"{cents(total_of(values)):.2f}")] if below else []))
    assert rows.rejects == ()
    assert {one.indicator_no: one.score for one in of(rows, IndicatorScore)} == dict(enumerate(values, 1))
    got = {one.instrument: one.score for one in of(rows, InstrumentScore)}
    assert all(abs(got[code] - level) <= Decimal("0.025") for code, level in zip(CODES, levels(values), strict=True))
    assert [(one.province, one.fiscal_year, one.score) for one in of(rows, ProvinceScore)] == [
        ("น่าน", 2565, cents(total_of(values)))
    ]
    assert {one.province for one in (*of(rows, IndicatorScore), *of(rows, InstrumentScore))} == {"น่าน"}


def test_a_total_below_another_table_is_nobodys() -> None:
    rows = read(OF_PROVINCE, by_indicator(values_of(7), merged=True), OF_YEARS, years_table(merged=True), "คะแนนรวม 99.99 คะแนน")
    assert Decimal("99.99") not in {one.score for one in of(rows, ProvinceScore)}


def test_several_provinces_each_under_its_caption() -> None:
    one, other = row_of("เทศบาลตำบลเวียงสา", values_of(1)), row_of("เทศบาลตำบลร้องกวาง", values_of(2))
    caption = OF_AGENCIES.replace("น่าน", "แพร่").replace("2564", "2565")
    prose = "จังหวัดแพร่ มีผลการประเมินสูงกว่าจังหวัดน่าน และจังหวัดพะเยา ซึ่งเป็นจังหวัดที่มีเขตติดต่อกันในปีงบประมาณ พ.ศ. 2566"
    rows = read(OF_AGENCIES, table([HEAD, one], 1), prose, caption, prose, table([HEAD, other], 2))
    assert [(got.agency_name, got.province, got.fiscal_year) for got in of(rows, AgencyScore)] == [
        ("เทศบาลตำบลเวียงสา", "น่าน", 2564),
        ("เทศบาลตำบลร้องกวาง", "แพร่", 2565),
    ]


def test_a_list_of_tables_is_over_no_table() -> None:
    contents = OF_AGENCIES.replace("น่าน", "พะเยา") + " ........ 47"
    title = "รายงานผลการประเมินคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ ประจำปีงบประมาณ พ.ศ. 2564"
    rows = read(title, contents, "4.2 จังหวัดน่าน", table([HEAD, row_of("เทศบาลตำบลเวียงสา", values_of(1))]))
    assert {one.province for one in of(rows, AgencyScore)} == {"น่าน"}


def test_without_a_caption_the_provinces_own_office_tells() -> None:
    title = "รายงานผลการประเมินคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ ประจำปีงบประมาณ พ.ศ. 2564"
    rows = read(title, table([HEAD, row_of("เทศบาลตำบลเวียงสา", values_of(1)), row_of("จังหวัดน่าน", values_of(2))]))
    assert {one.province for one in of(rows, AgencyScore)} == {"น่าน"}


def test_groups_totals_footnotes_and_people_are_no_records() -> None:
    width = len(HEAD)
    group, foot = ["เทศบาลตำบล", *[ACROSS] * (width - 1)], ["หมายเหตุ : เรียงตามคะแนน", *[ACROSS] * (width - 1)]
    mean = ["ค่าเฉลี่ย", *row_of("x", values_of(5))[1:]]
    whole = ["ภาพรวมจังหวัดน่าน", *row_of("x", values_of(6))[1:]]
    people = table([["คุณลักษณะประชากร", "จำนวน", "ร้อยละ"], ["เพศ", ACROSS, ACROSS], ["ชาย", "12", "40.00"]], 2)
    rows = read(OF_AGENCIES, table([HEAD, group, row_of(NAMES[1], values_of(1)), mean, whole, foot]), people)
    assert rows.rejects == ()
    assert rows.tally == {
        "head": 2, "skip:group_heading": 1, "record": 2, "skip:total": 1, "skip:footnote": 1, "skip:province_respondents": 2,
        "repeated_head": 0, "joined": 0,
    }  # fmt: skip
    assert [(one.province, one.score) for one in of(rows, ProvinceScore)] == [("น่าน", cents(total_of(values_of(6))))]


def test_years_of_another_model_have_a_total_and_no_indicators() -> None:
    head = ["จังหวัด", "ปีงบประมาณ", "ตัวชี้วัดที่ 1", "คะแนน ITA"]
    rows = read(OF_YEARS, table([head, ["น่าน", "ปี 2562", "80.00", "81.00"], ["น่าน", "ปี 2561", "82.00", "83.00"]]))
    assert [(one.fiscal_year, one.indicator_no) for one in of(rows, IndicatorScore)] == [(2562, 1)]
    assert [one.fiscal_year for one in of(rows, ProvinceScore)] == [2562, 2561]
    assert [one.reason for one in rows.rejects] == ["UNKNOWN_INDICATOR"]


def test_a_table_and_a_line_that_are_not_understood_are_rejects() -> None:
    strange = table([["ก", "ข"], ["1", "2"]], 2)
    line = "เทศบาลตำบลเวียงสา 80.00 81.00 82.00 83.00 84.00 24.60 85.00"
    rows = read(OF_AGENCIES, table([HEAD, row_of(NAMES[1], values_of(1))]), line, strange)
    assert sorted(one.reason for one in rows.rejects) == ["ROW_OUTSIDE_TABLE", "UNKNOWN_TABLE"]
    assert rows.tally["outside"] == 1


@given(st.integers(0, 3000), st.sampled_from(WEIGHTS[1:]))
def test_a_part_turned_back_is_what_a_reader_of_the_data_gets(hundredths: int, weight: Decimal) -> None:
    part = Decimal(hundredths) / 100
    assert converted(part, weight) == Decimal(f"{round(float(part) / float(weight), 2):.2f}")
    assert abs(converted(part, weight) * weight - part) <= Decimal("0.00201")


@given(st.lists(st.decimals(30, 100, places=2), min_size=3, max_size=8), st.booleans())
def test_a_column_says_how_it_is_printed(means: list[Decimal], weighted: bool) -> None:
    weight = Decimal("0.3")
    shares = [Share(mean, cents(mean * weight) if weighted else mean, weight) for mean in means]
    assert how_printed("IIT", shares, []) is weighted
    assert how_printed("IIT", [Share(None, share.printed, weight) for share in shares], []) is None
