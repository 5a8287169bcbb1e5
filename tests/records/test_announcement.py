"""Rows of announcements into records: every row accounted for, whatever the order of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ita_extract.model.record import GradeCount, IndicatorScore, InstrumentScore, TypeSummary
from ita_extract.model.table import LongTable, TextLine
from ita_extract.records.announcement import read_announcement
from ita_extract.records.rows import Rows
from ita_extract.records.sections import split
from tests.records.written import ACROSS, document, names, read, rulebook, scores, table, told

TITLE = ("ประกาศสำนักงาน ป.ป.ช.", "เรื่อง ผลการประเมินคุณธรรมและความโปร่งใส ประจำปีงบประมาณ พ.ศ. 2563")
HEAD = ["ที่", "หน่วยงาน", "คะแนน 2562", "คะแนน 2563", "ระดับผลการประเมิน", "ค่าเป้าหมายแผนแม่บท*"]
ROWS = [["1", "จังหวัดลำพูน", "80.00", "87.96", "A", "ผ่าน"], ["๒", "จังหวัดน่าน", "-", "๖๔.๒๕", "D", "ไม่ผ่าน"]]
LABEL = ("fiscal_year", "row_no", "agency_name", "score", "grade", "target_passed", "is_current_year")


def accounted(rows: Rows, *tables: LongTable) -> bool:
    there = sum(len(t.rows) + t.repeated_heads + t.joined_rows for t in tables)
    return sum(count for name, count in rows.tally.items() if name != "outside") == there


def test_one_row_with_two_years_is_two_records() -> None:
    made = table([HEAD, *ROWS])
    rows = read(*TITLE, "ประเภทจังหวัด", made)
    assert [told(r, *LABEL) for r in scores(rows)] == [
        (2563, 1, "จังหวัดลำพูน", Decimal("87.96"), "A", True, True),
        (2562, 1, "จังหวัดลำพูน", Decimal("80.00"), None, None, False),
        (2563, 2, "จังหวัดน่าน", Decimal("64.25"), "D", False, True),
    ]
    assert {r.agency_type for r in scores(rows)} == {"จังหวัด"}
    assert [r.score_printed for r in scores(rows)] == ["87.96", "80.00", "๖๔.๒๕"]
    assert rows.rejects == ()
    assert accounted(rows, made)


@given(st.permutations(range(6)))
def test_the_order_of_columns_changes_nothing(order: list[int]) -> None:
    turned = [[row[c] for c in order] for row in [HEAD, *ROWS]]
    plain, moved = read(table([HEAD, *ROWS])), read(table(turned))
    assert [told(r, *LABEL) for r in scores(moved)] == [told(r, *LABEL) for r in scores(plain)]


def test_a_ranking_without_a_title_page() -> None:
    """The year is in the heads, the type in the names."""
    rows = read(table([HEAD, *ROWS, ["3", "เทศบาลตำบลลี้", "-", "90.00", "A", "ผ่าน"]]))
    assert [(r.fiscal_year, r.agency_type) for r in scores(rows)] == [
        (2563, "จังหวัด"), (2562, "จังหวัด"), (2563, "จังหวัด"), (2563, "เทศบาลตำบล")
    ]  # fmt: skip


@pytest.mark.parametrize("year", [2563, 2568, 2569, 2575])
def test_a_year_that_the_rules_do_not_know_is_still_read(year: int) -> None:
    head = [text.replace("2563", str(year)).replace("2562", str(year - 1)) for text in HEAD]
    body = [["1", "จังหวัดลำพูน", "80.00", "87.96", "ผ่านดี" if year > 2565 else "A", "ผ่าน"]]
    rows = read(*TITLE[:1], f"ผลการประเมิน ประจำปีงบประมาณ พ.ศ. {year}", "ประเภทจังหวัด", table([head, *body]))
    assert [(r.fiscal_year, r.score, r.grade) for r in scores(rows)] == [
        (year, Decimal("87.96"), body[0][4]), (year - 1, Decimal("80.00"), None)
    ]  # fmt: skip
    assert rows.rejects == ()


def test_a_title_that_contradicts_most_names_is_not_believed() -> None:
    """The title page of the next type was lost: the names say so."""
    body = [[str(n), f"เทศบาลเมือง{name}", "80.00", "87.96", "A", "ผ่าน"] for n, name in enumerate(("ลำพูน", "น่าน", "แพร่"), 1)]
    rows = read(*TITLE, "ประเภทจังหวัด", table([HEAD, *body]))
    assert {r.agency_type for r in scores(rows)} == {"เทศบาลเมือง"}


def test_the_score_of_a_heading_without_a_year_is_of_the_title() -> None:
    rows = read(*TITLE, "ประเภทจังหวัด", table([["ที่", "หน่วยงาน", "คะแนน 2562", "คะแนน"], ["1", "จังหวัดลำพูน", "80.00", "87.96"]]))
    assert [(r.fiscal_year, r.score, r.is_current_year) for r in scores(rows)] == [
        (2563, Decimal("87.96"), True), (2562, Decimal("80.00"), False)
    ]  # fmt: skip


def test_no_year_anywhere() -> None:
    made = table([["ที่", "หน่วยงาน", "คะแนน"], ["1", "จังหวัดลำพูน", "87.96"]])
    rows = read(made)
    assert rows.records == ()
    assert [r.reason for r in rows.rejects] == ["NO_YEAR"]
    assert accounted(rows, made)


def test_a_table_goes_on_without_a_head_behind_a_footnote() -> None:
    first, second = table([HEAD, ROWS[0]]), table([ROWS[1]], 2, page=2)
    rows = read(*TITLE, "ประเภทจังหวัด", first, "*แผนแม่บทภายใต้ยุทธศาสตร์ชาติ", second)
    assert [r.row_no for r in scores(rows)] == [1, 1, 2]
    assert accounted(rows, first, second)


def test_a_table_without_a_head_in_other_columns_is_unknown() -> None:
    second = table([ROWS[1]], 2, page=2, wide=60)
    rows = read(*TITLE, "ประเภทจังหวัด", table([HEAD, ROWS[0]]), "*", second)
    assert [(r.reason, r.target) for r in rows.rejects] == [("UNKNOWN_TABLE", "tables")]


def test_an_unknown_table_is_not_written_over_a_summary_of_as_many_columns() -> None:
    crowd = table([["หน่วยงานภาครัฐ", "บุคลากรภาครัฐ", "ผู้รับบริการ/ผู้มาติดต่อภาครัฐ"], ["76", "29,528", "12,345"]])
    other = table([["กระทรวง", "ผู้ตรวจ", "หมายเหตุอื่น"], ["1", "2", "3"]], 2)
    rows = read(*TITLE, "ประเภทจังหวัด", crowd, other)
    (summary,) = (r for r in rows.records if isinstance(r, TypeSummary))
    assert (summary.agency_count, summary.staff_respondent_count, summary.external_respondent_count) == (76, 29528, 12345)
    assert [r.reason for r in rows.rejects] == ["UNKNOWN_TABLE"]
    assert accounted(rows, crowd, other)


def test_rows_that_head_a_group_name_its_province() -> None:
    head = ["ที่", "หน่วยงาน", "คะแนน 2563"]
    made = table(
        [
            head,
            ["จังหวัดลำพูน", ACROSS, ACROSS],
            ["1", "เทศบาลตำบลลี้", "85.62"],
            ["จังหวัดน่าน", ACROSS, ACROSS],
            ["2", "เทศบาลตำบลปัว", "70.00"],
        ]
    )
    rows = read(*TITLE, "ประเภทเทศบาลตำบล", made)
    assert [(r.agency_name, r.province) for r in scores(rows)] == [("เทศบาลตำบลลี้", "ลำพูน"), ("เทศบาลตำบลปัว", "น่าน")]
    assert rows.tally["skip:group_heading"] == 2
    assert accounted(rows, made)


def test_footnotes_totals_and_blank_rows_are_skipped_by_name() -> None:
    head = ["ที่", "หน่วยงาน", "คะแนน 2563"]
    made = table([head, ["1", "จังหวัดลำพูน", "87.96"], ["", "", ""], ["", "รวม", "87.96"], ["หมายเหตุ แผนแม่บท", ACROSS, ACROSS]])
    rows = read(*TITLE, "ประเภทจังหวัด", made)
    assert len(rows.records) == 1
    assert rows.rejects == ()
    assert {name: rows.tally[f"skip:{name}"] for name in ("blank", "total", "footnote")} == {"blank": 1, "total": 1, "footnote": 1}
    assert accounted(rows, made)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["1", "จังหวัดลำพูน", "80.00", "8x.96", "A", "ผ่าน"], "BAD_SCORE"),
        (["1", "จังหวัดลำพูน", "80.00", "187.96", "A", "ผ่าน"], "BAD_SCORE"),
        (["1", "จังหวัดลำพูน", "80.00", "87.96", "Q", "ผ่าน"], "BAD_GRADE"),
        (["1", "จังหวัดลำพูน", "80.00", "87.96", "A", "บางที"], "BAD_TARGET"),
        (["x", "จังหวัดลำพูน", "80.00", "87.96", "A", "ผ่าน"], "BAD_COUNT"),
        (["1", "", "80.00", "87.96", "A", "ผ่าน"], "NO_NAME"),
        (["1", "-", "80.00", "87.96", "A", "ผ่าน"], "NO_NAME"),
    ],
)
def test_what_cannot_be_read_is_a_reject_with_its_raw_text(row: list[str], reason: str) -> None:
    made = table([HEAD, row, ROWS[1]])
    rows = read(*TITLE, "ประเภทจังหวัด", made)
    assert [r.reason for r in rows.rejects] == [reason]
    assert rows.rejects[0].raw_text == " | ".join(row)
    assert rows.rejects[0].bbox is not None
    assert rows.rejects[0].target == "agency_scores"
    assert [r.agency_name for r in scores(rows)][-1] == "จังหวัดน่าน"
    assert accounted(rows, made)


@pytest.mark.parametrize(("printed", "value"), [("8796", "8796"), ("๘๗๙.๖", "879.6")])
def test_a_score_that_lost_its_point_is_left_to_the_grade_beside_it(printed: str, value: str) -> None:
    made = table([HEAD, ["1", "จังหวัดลำพูน", "80.00", printed, "A", "ผ่าน"], ROWS[1]])
    rows = read(*TITLE, "ประเภทจังหวัด", made)
    assert rows.rejects == ()
    assert next((str(one.score), one.score_printed) for one in scores(rows)) == (value, printed)
    without = table([HEAD, ["1", "จังหวัดลำพูน", printed, "87.96", "A", "ผ่าน"], ["2", "จังหวัดน่าน", "80.00", "2563", "A", "ผ่าน"]])
    assert [one.reason for one in read(*TITLE, "ประเภทจังหวัด", without).rejects] == ["BAD_SCORE", "BAD_SCORE"]


def test_an_unknown_column_is_told() -> None:
    made = table([["ที่", "หน่วยงาน", "ความเห็นของผู้ตรวจ", "คะแนน 2563"], ["1", "จังหวัดลำพูน", "ดี", "87.96"]])
    rows = read(*TITLE, "ประเภทจังหวัด", made)
    assert [(r.reason, r.raw_text) for r in rows.rejects] == [("UNKNOWN_COLUMN", "ความเห็นของผู้ตรวจ")]
    assert len(rows.records) == 1
    assert accounted(rows, made)


def test_instrument_scores_beside_the_total() -> None:
    made = table(
        [
            ["ที่", "หน่วยงาน", "IIT", "EIT", "OIT", "คะแนน 2567", "ระดับ"],
            ["1", "จังหวัดลำพูน", "92.18", "88.66", "100.00", "94.25", "ผ่านดี"],
        ]
    )
    rows = read(*TITLE, "ประเภทจังหวัด", made)
    parts = [r for r in rows.records if isinstance(r, InstrumentScore)]
    assert [(r.instrument, str(r.score)) for r in parts] == [("IIT", "92.18"), ("EIT", "88.66"), ("OIT", "100.00")]
    assert {(r.fiscal_year, r.agency_name, r.subject) for r in parts} == {(2567, "จังหวัดลำพูน", "agency")}


INDICATORS = [["IIT", "1. การปฏิบัติหน้าที่", "90.00"], ["", "๒. การใช้งบประมาณ", "85.00"], ["", "การดำน้ำ", "1.00"]]
SHARES = ["1.32%", "26.32%", "39.47%", "19.74%", "6.58%", "3.95%", "2.63%"]
SUMMARY: tuple[str | LongTable, ...] = (
    *TITLE,
    "ประเภทจังหวัด",
    table([["หน่วยงานภาครัฐ", "บุคลากรภาครัฐ", "ผู้รับบริการ/ผู้มาติดต่อภาครัฐ"], ["๗๖", "29,528", "12345"]], 1),
    table([["คะแนนเฉลี่ยภาพรวม"], ["82.04"]], 2),
    table([["เครื่องมือการประเมิน", "ตัวชี้วัด", "คะแนนเฉลี่ย"], *INDICATORS], 3),
    table([["AA", "A", "B", "C", "D", "E", "F"], ["1", "20", "30", "15", "5", "3", "2"], SHARES], 4),
    table([["ผ่านเกณฑ์เป้าหมายแผนแม่บทฯ", "ไม่ผ่านเกณฑ์เป้าหมายแผนแม่บทฯ"], ["21", "55"], ["27.63%", "72.37%"]], 5),
)


def test_a_summary_page() -> None:
    rows = read(*SUMMARY)
    (summary,) = (r for r in rows.records if isinstance(r, TypeSummary))
    assert told(summary, "fiscal_year", "agency_type", "agency_count", "mean_score") == (2563, "จังหวัด", 76, Decimal("82.04"))
    assert told(summary, "passed_count", "failed_count", "passed_share") == (21, 55, Decimal("27.63"))
    means = [r for r in rows.records if isinstance(r, IndicatorScore)]
    assert [(r.indicator_no, r.instrument, r.score) for r in means] == [(1, "IIT", Decimal("90.00")), (2, "IIT", Decimal("85.00"))]
    counts = {r.grade: (r.agency_count, r.share) for r in rows.records if isinstance(r, GradeCount)}
    assert counts["A"] == (20, Decimal("26.32"))
    assert len(counts) == 7
    assert [r.reason for r in rows.rejects] == ["UNKNOWN_INDICATOR"]
    assert accounted(rows, *(b for b in SUMMARY if isinstance(b, LongTable)))


@pytest.mark.parametrize("lost", ["ประเภทจังหวัด", TITLE[1]])
def test_a_summary_without_year_or_type_is_not_guessed_at(lost: str) -> None:
    blocks = [block for block in SUMMARY if block != lost]
    rows = read(*blocks)
    assert rows.records == ()
    assert {r.reason for r in rows.rejects} == {"NO_CONTEXT"}
    assert accounted(rows, *(b for b in blocks if isinstance(b, LongTable)))


def test_each_type_has_its_own_summary() -> None:
    def crowd(number: int, count: str) -> LongTable:
        return table([["หน่วยงานภาครัฐ", "บุคลากรภาครัฐ", "ผู้รับบริการ/ผู้มาติดต่อภาครัฐ"], [count, "1", "2"]], number)

    rows = read(*TITLE, "ประเภทจังหวัด", crowd(1, "76"), "ประเภทเทศบาลเมือง", crowd(2, "188"))
    assert [(r.agency_type, r.agency_count) for r in rows.records if isinstance(r, TypeSummary)] == [
        ("จังหวัด", 76),
        ("เทศบาลเมือง", 188),
    ]


TEXTS = st.sampled_from(
    ["", "-", "1", "๒", "85.62", "๙๐.๑๐", "A", "ผ่าน", "ไม่ผ่าน", "จังหวัดลำพูน", "เทศบาลตำบลลี้", "รวม", "หมายเหตุ", "xx", "2563", "100%"]
)
HEADS: Sequence[Sequence[str]] = (
    HEAD,
    ["หน่วยงานภาครัฐ", "บุคลากรภาครัฐ", "ผู้รับบริการ/ผู้มาติดต่อภาครัฐ"],
    ["เครื่องมือการประเมิน", "ตัวชี้วัด", "คะแนนเฉลี่ย"],
    ["คะแนนเฉลี่ยภาพรวม"],
    ["AA", "A", "B", "C", "D", "E", "F"],
    ["ระดับ", "จำนวน", "ร้อยละ"],
    ["ผ่านเกณฑ์เป้าหมายแผนแม่บทฯ", "ไม่ผ่านเกณฑ์เป้าหมายแผนแม่บทฯ"],
    ["ประเภทหน่วยงาน", "จำนวนหน่วยงาน", "คะแนนเฉลี่ย"],
    ["ก", "ข"],
)  # fmt: skip


@st.composite
def any_table(draw: st.DrawFn, number: int) -> LongTable:
    head = draw(st.sampled_from(HEADS))
    cell = TEXTS | st.just(ACROSS)
    body = draw(st.lists(st.tuples(TEXTS, *[cell] * (len(head) - 1)), max_size=5))
    rows: list[Sequence[str | None]] = [*([head] if draw(st.booleans()) or not body else []), *body]
    return table(rows, number, placed=draw(st.booleans()))


@given(st.data(), st.integers(1, 5), st.sampled_from([(), TITLE, (*TITLE, "ประเภทจังหวัด")]))
def test_every_row_is_a_record_a_reject_or_skipped_by_name(data: st.DataObject, count: int, lines: tuple[str, ...]) -> None:
    """Whatever the cells say, nothing is lost and nothing is counted twice."""
    made = [data.draw(any_table(n)) for n in range(1, count + 1)]
    sections, _ = split(document(*lines, *made), rulebook().layouts, rulebook().frameworks)
    assume(sections)
    rows = read_announcement(sections[0], rulebook().frameworks, names())
    assert accounted(rows, *made)
    assert all(0 <= r.score <= 100 for r in rows.records if hasattr(r, "score"))


def test_a_row_that_numbers_the_columns_is_skipped_by_name() -> None:
    made = table([HEAD, [f"({n})" for n in range(1, 7)], *ROWS])
    rows = read(*TITLE, made)
    assert (len(scores(rows)), rows.rejects, rows.tally["skip:column_numbers"]) == (3, (), 1)
    assert accounted(rows, made)


def test_numbers_of_columns_below_their_headings_are_no_part_of_them() -> None:
    numbered = [f"{text}\n({n})" for n, text in enumerate(HEAD, 1)]
    assert [told(r, *LABEL) for r in scores(read(*TITLE, table([numbered, *ROWS])))] == [
        told(r, *LABEL) for r in scores(read(*TITLE, table([HEAD, *ROWS])))
    ]


def test_a_title_that_is_the_first_row_of_its_table_names_the_type() -> None:
    title = ["ประเภทรัฐวิสาหกิจ", *[ACROSS] * 5]
    made = table([title, HEAD, ["1", "การเคหะแห่งชาติ", "80.00", "87.96", "A", "ผ่าน"]])
    rows = read(*TITLE, "ประเภทจังหวัด", made)
    assert {r.agency_type for r in scores(rows)} == {"รัฐวิสาหกิจ"}
    assert accounted(rows, made)


UNDATED = ["ที่", "หน่วยงาน", "คะแนน", "ระดับผลการประเมิน"]


def test_a_title_too_long_for_its_line_leaves_its_year_to_the_next() -> None:
    made = table([UNDATED, ["1", "จังหวัดลำพูน", "87.96", "ผ่าน"]])
    rows = read("ผลคะแนนและระดับผลการประเมินรายหน่วยงาน ประจำปีงบประมาณ พ.ศ.", "2567", made)
    assert [(r.fiscal_year, r.score) for r in scores(rows)] == [(2567, Decimal("87.96"))]
    rows = read("ผลคะแนนรายหน่วยงาน", "2567", made)
    assert scores(rows) == []


def test_a_title_printed_over_every_page_is_the_title_though_it_is_a_running_head() -> None:
    """Three pages with the same two lines at their heads: to the eye a title, by all that tells furniture a running head."""
    made = table([UNDATED, ["1", "การเคหะแห่งชาติ", "87.96", "ผ่าน"]])
    running = ("ผลคะแนนรายหน่วยงาน ประจำปีงบประมาณ พ.ศ. 2567", "ประเภทรัฐวิสาหกิจ")

    def read_under(*lines: str) -> Rows:
        aside = tuple(TextLine(1, None, text, text=text, size=16.0) for text in lines)
        whole = replace(document(made), furniture=aside)
        (section, *_), _ = split(whole, rulebook().layouts, rulebook().frameworks)
        return read_announcement(section, rulebook().frameworks, names())

    rows = read_under(*running)
    assert [(r.fiscal_year, r.agency_type) for r in scores(rows)] == [(2567, "รัฐวิสาหกิจ")]
    assert rows.fiscal_year == 2567
    two = read_under(*running, "ผลคะแนนรายหน่วยงาน ประจำปีงบประมาณ พ.ศ. 2566")
    assert {reject.reason for reject in two.rejects} == {"NO_YEAR"}


def test_a_footnote_that_fell_into_the_table_is_skipped_by_name() -> None:
    made = table([HEAD, *ROWS, ["* แผนแม่บทฯ กำหนดค่าเป้าหมายไว้ที่ 85", "คะแนนขึ้นไป", "", "", "", ""]])
    rows = read(*TITLE, made)
    assert (len(scores(rows)), rows.rejects, rows.tally["skip:footnote"]) == (3, (), 1)
