"""Which column is which field: by what its heading says, in any order, over any number of rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.records.headings import MAX_HEAD_ROWS, Head, field_of, find_head, grade_names
from ita_extract.rulebook.wording import squash
from tests.records.written import ACROSS, rulebook, table

(LAYOUT,) = (layout for layout in rulebook().layouts if layout.document_type == "announcement")
GRADES = grade_names(rulebook().frameworks)
COLUMNS = {
    "ที่": ("row_no", None),
    "จังหวัด": ("province", None),
    "อำเภอ": ("district", None),
    "หน่วยงาน": ("agency_name", None),
    "คะแนน 2562": ("score", 2562),
    "คะแนน ปี ๒๕๖๓": ("score", 2563),
    "IIT": ("IIT", None),
    "ระดับผลการประเมิน": ("grade", None),
    "ค่าเป้าหมาย\nแผนแม่บท*": ("target_passed", None),
}
BODY = ["1", "ลำพูน", "ลี้", "เทศบาลตำบลลี้", "-", "85.62", "90.10", "A", "ผ่าน"]


def head_of(*rows: list[str | None]) -> Head | None:
    return find_head(table(rows), LAYOUT.tables, GRADES)


@given(st.permutations(list(COLUMNS)), st.sets(st.sampled_from([n for n in COLUMNS if n not in ("หน่วยงาน", "คะแนน 2562")])))
def test_columns_are_known_by_their_headings_in_any_order(order: list[str], left_out: set[str]) -> None:
    names = [name for name in order if name not in left_out]
    head = head_of([*names], ["x"] * len(names))
    assert head is not None
    assert (head.layout.name, head.rows, head.unknown) == ("ranking", 1, ())
    assert dict(head.fields) == {col: COLUMNS[name] for col, name in enumerate(names)}


@given(st.sampled_from(list(COLUMNS)), st.lists(st.sampled_from([" ", "\n", "  "]), max_size=4), st.data())
def test_white_space_in_a_heading_does_not_matter(name: str, blanks: list[str], data: st.DataObject) -> None:
    broken = name
    for blank in blanks:
        at = data.draw(st.integers(0, len(broken)))
        broken = broken[:at] + blank + broken[at:]
    ranking = next(t for t in LAYOUT.tables if t.name == "ranking")
    assert field_of(squash(broken), ranking.columns) == COLUMNS[name]


def test_a_merged_head_of_two_rows() -> None:
    head = head_of(
        ["ที่", "หน่วยงาน", "คะแนน", ACROSS, "ระดับ"],
        ["", "", "ปี 2562", "ปี 2563", ""],
        ["1", "จังหวัดลำพูน", "80.00", "87.96", "A"],
    )
    assert head is not None
    assert head.rows == 2
    assert [head.fields[col] for col in (2, 3)] == [("score", 2562), ("score", 2563)]


def test_a_merged_head_that_says_nothing_more() -> None:
    """ "คะแนนรายเครื่องมือ" stands over IIT, EIT and OIT; their own headings say what they are."""
    head = head_of(
        ["ที่", "หน่วยงาน", "เครื่องมือการประเมิน", ACROSS, ACROSS, "คะแนน 2567"],
        ["", "", "IIT", "EIT", "OIT", ""],
        ["1", "จังหวัดลำพูน", "92.18", "88.66", "100.00", "94.25"],
    )
    assert head is not None
    assert (head.rows, head.unknown) == (2, ())
    assert [head.fields[col][0] for col in (2, 3, 4, 5)] == ["IIT", "EIT", "OIT", "score"]


def test_a_heading_over_its_body_is_not_read_deeper_than_it_is() -> None:
    """Words of the first row of a body do not become part of a heading."""
    head = head_of(["ที่", "หน่วยงาน", "คะแนน 2563"], ["", "เทศบาลตำบลลี้", "85.62"])
    assert head is not None
    assert head.rows == 1


def test_a_head_below_a_title_row_in_the_same_grid() -> None:
    head = head_of(
        ["ประเภทจังหวัด", ACROSS, ACROSS],
        ["ที่", "หน่วยงาน", "คะแนน 2563"],
        ["1", "จังหวัดลำพูน", "87.96"],
    )
    assert head is not None
    assert head.rows == 2
    assert head.fields[2] == ("score", 2563)


def test_a_table_that_is_nothing_but_a_head() -> None:
    head = head_of(["ที่", "หน่วยงาน", "คะแนน 2563"])
    assert head is not None
    assert head.rows == 1


def test_an_unknown_column_is_named_and_harms_no_other() -> None:
    head = head_of(["ที่", "หน่วยงาน", "ความเห็นของผู้ตรวจ", "คะแนน 2563"], ["1", "จังหวัดลำพูน", "ดี", "87.96"])
    assert head is not None
    assert head.unknown == (2,)
    assert head.columns("score") == [3]


def test_two_columns_of_one_field_are_not_guessed_at() -> None:
    """The same heading twice: the second is unknown rather than written over the first."""
    head = head_of(["ที่", "หน่วยงาน", "คะแนน 2563", "คะแนน 2563"], ["1", "จังหวัดลำพูน", "87.96", "90.00"])
    assert head is not None
    assert head.columns("score") == [2]
    assert head.unknown == (3,)


@pytest.mark.parametrize(
    "rows",
    [
        [["1", "จังหวัดลำพูน", "87.96"], ["2", "จังหวัดน่าน", "80.00"]],
        [["ชื่อ", "สกุล", "ตำแหน่ง"], ["ก", "ข", "ค"]],
        [["หน่วยงาน", "ที่อยู่", "โทรศัพท์"], ["ก", "ข", "ค"]],
        [["", "", ""], ["", "", ""]],
    ],
)
def test_a_table_without_known_headings_has_no_head(rows: list[list[str | None]]) -> None:
    assert head_of(*rows) is None


@pytest.mark.parametrize("year", [2563, 2566, 2567])
def test_a_head_of_grades(year: int) -> None:
    scale = rulebook().frameworks[year].grades
    assert scale is not None
    names = [grade.name for grade in scale.levels]
    head = head_of([*names], ["1"] * len(names))
    assert head is not None
    assert (head.layout.name, len(head.columns("grade"))) == ("grade_columns", len(names))


def test_a_damaged_heading_is_still_meant() -> None:
    """Bold heads lose their marks: the skeleton of consonants is left, or nearly all of the letters."""
    head = head_of(["ที่", "หนวยงาน", "คะแนน 2563", "ระดับผลการประเมน", "ค่าเปาหมายแผนแมบท"], ["1", "ก", "87.96", "A", "ผ่าน"])
    assert head is not None
    assert [head.fields[col][0] for col in range(5)] == ["row_no", "agency_name", "score", "grade", "target_passed"]


@given(
    st.lists(
        st.lists(st.sampled_from(["", "ที่", "หน่วยงาน", "คะแนน 2563", "A", "B", "ก", "85.62", "1", "ร้อยละ"]), min_size=3, max_size=3),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_a_table_says_a_head_is_at_its_top(rows: list[list[str | None]]) -> None:
    head = head_of(*rows)
    if head is not None:
        assert 1 <= head.rows <= min(MAX_HEAD_ROWS, len(rows))
        assert not set(head.fields) & set(head.unknown)
        assert set(head.fields) | set(head.unknown) <= set(range(3))
