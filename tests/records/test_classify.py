"""What kind of document it is, and the title that says so."""

from __future__ import annotations

import pytest

from ita_extract.records.classify import find_title, year_of_title
from tests.records.written import classified, document, rulebook, table

(LAYOUT,) = (layout for layout in rulebook().layouts if layout.document_type == "announcement")
RANKING = [["ที่", "หน่วยงาน", "คะแนน 2563"], ["1", "จังหวัดลำพูน", "87.96"]]


def test_an_announcement_is_known_by_its_title_or_by_its_tables() -> None:
    said = classified("ประกาศสำนักงาน ป.ป.ช.", "ผลการประเมินคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ ประจำปีงบประมาณ พ.ศ. 2563")
    assert said.layout is not None
    assert said.layout.document_type == "announcement"
    drawn = classified(table(RANKING))
    assert drawn.layout is not None
    assert drawn.heads[1].layout.name == "ranking"
    assert any("ranking" in line for line in drawn.evidence)


def test_a_title_broken_over_lines_is_still_read() -> None:
    assert (
        classified("ประกาศสำนักงาน", " ป.ป.ช. เรื่อง ผลการประเมินคุณธรรม", "และความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ").layout
        is not None
    )


@pytest.mark.parametrize("text", ["", "เมนูอาหารกลางวัน", "การประเมิน ITA ของเรา", "ป.ป.ช."])
def test_other_documents_are_not_taken_for_one(text: str) -> None:
    found = classified(text, table([["ชื่อ", "สกุล"], ["ก", "ข"]]))
    assert found.layout is None
    assert found.heads == {}
    assert found.evidence


def test_the_title_ends_with_the_year() -> None:
    made = document("หน้าปก", "ประกาศสำนักงาน ป.ป.ช.", "เรื่อง ผลการประเมิน", "ประจำปีงบประมาณ พ.ศ. ๒๕๖๓", "ด้วยสำนักงาน")
    assert find_title(made, LAYOUT) == "ประกาศสำนักงาน ป.ป.ช. เรื่อง ผลการประเมิน ประจำปีงบประมาณ พ.ศ. ๒๕๖๓"
    assert find_title(document("ไม่มีชื่อเรื่อง"), LAYOUT) is None
    assert find_title(document(), LAYOUT) is None


@pytest.mark.parametrize(
    ("line", "year"),
    [
        ("ประจำปีงบประมาณ พ.ศ. 2563", 2563),
        ("ประจำปีงบประมาณ ๒๕๖7", 2567),
        ("ปีงบประมาณ พ.ศ. 2570", 2570),
        ("ตามปีงบประมาณที่กำหนดไว้ ประจำปีงบประมาณ 2566", 2566),
        ("แผนแม่บท ในระยะปี พ.ศ. 2561 - 2565", None),
        ("85 คะแนนขึ้นไป", None),
        ("ประจำปีงบประมาณ พ.ศ.", None),
        ("2563", None),
    ],
)
def test_the_year_of_a_line(line: str, year: int | None) -> None:
    assert year_of_title(line, LAYOUT) == year


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (
            ("สรุปผลการประเมินคุณธรรมและความโปร่งใสในการดำเนิน", "งานของหน่วยงานภาครัฐ ประจำปีงบประมาณ พ.ศ. 2567"),
            "สรุปผลการประเมินคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ ประจำปีงบประมาณ พ.ศ. 2567",
        ),
        (("สรุปผลการประเมินของจังหวัด ประจำ", "ปีงบประมาณ พ.ศ. 2567"), "สรุปผลการประเมินของจังหวัด ประจำปีงบประมาณ พ.ศ. 2567"),
        (("สรุปผลการประเมิน ประจำปีงบประมาณ", "พ.ศ. 2567"), "สรุปผลการประเมิน ประจำปีงบประมาณ พ.ศ. 2567"),
        (("สรุปผลการประเมินของจังหวัด", "ประจำปีงบประมาณ พ.ศ. 2567"), "สรุปผลการประเมินของจังหวัด ประจำปีงบประมาณ พ.ศ. 2567"),
    ],
)
def test_a_title_broken_inside_a_known_wording_is_joined_without_a_blank(lines: tuple[str, ...], title: str) -> None:
    assert find_title(document(*lines), LAYOUT) == title
