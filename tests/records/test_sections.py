"""Files that hold several documents, documents that quote others, and letters around them."""

from __future__ import annotations

import pytest

from ita_extract.model.table import LongTable
from ita_extract.records.classify import find_title
from ita_extract.records.reading import COMPENDIUM, READERS, read_document
from ita_extract.records.sections import OTHER, split
from tests.records.written import document, names, rulebook, table

RANKING = [["ที่", "หน่วยงาน", "คะแนน 2563"], ["53", "จังหวัดลำพูน", "87.96"], ["54", "จังหวัดเลย", "87.66"]]
QUESTION = [
    ["I1 คนในหน่วยงานตรงเวลา", "", "", "", "", "86.80"],
    ["หัวข้อการประเมิน", "น้อยที่สุดหรือไม่มีเลย", "น้อย", "มาก", "มากที่สุด", "คะแนน"],
    ["ตรงตามคู่มือ", "0.00", "0.00", "40.00", "60.00", "86.80"],
]
ANNOUNCED = (
    "ประกาศสำนักงาน ป.ป.ช.",
    "เรื่อง ผลการประเมินคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ ประจำปีงบประมาณ พ.ศ. 2563",
    "",
    "ประเภทจังหวัด",
)
REPORTED = ("", "รายงานผลการประเมิน ประจำปีงบประมาณ 2563", "", "คะแนนภาพรวมหน่วยงานจังหวัดลำพูน : 87.96 คะแนน", "")
LETTER = ("", "ที่ กพ ๐๐๑๒.๓/ว ๔๕๖", "", "เรื่อง ขอเชิญประชุม", "เรียน หัวหน้าส่วนราชการ", "จึงเรียนมาเพื่อทราบ")
POLICY = (
    "นโยบายของผู้ว่าราชการจังหวัดลำพูน",
    "",
    "ปีงบประมาณ พ.ศ. ๒๕๖๓ ผลการประเมินคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ จังหวัดลำพูน ได้คะแนน ๘๗.๙๖ ระดับผลการประเมิน A",
)


def kinds(*blocks: str | LongTable) -> list[str]:
    return [section.layout.document_type for section in split(document(*blocks), rulebook().layouts, rulebook().frameworks)[0]]


def test_a_bundle_is_cut_where_its_documents_begin() -> None:
    blocks = (*POLICY, "", *ANNOUNCED, table(RANKING), *REPORTED, table(QUESTION, 2), *LETTER)
    sections, evidence = split(document(*blocks), rulebook().layouts, rulebook().frameworks)
    assert [section.layout.document_type for section in sections] == [OTHER, "announcement", "agency_report", OTHER]
    assert [len(section.heads) for section in sections] == [0, 1, 1, 0]
    assert sum(len(section.document.blocks) for section in sections) == len(blocks)
    assert sections[2].title == "รายงานผลการประเมิน ประจำปีงบประมาณ 2563"
    assert [line.split(":")[0] for line in evidence] == [
        f"section {n} is {kind}" for n, kind in enumerate(("letters", "announcement", "agency_report", "letters"), 1)
    ]


def test_a_bundle_is_a_compendium_and_each_part_is_read_by_its_own_layout() -> None:
    blocks = (*POLICY, "", *ANNOUNCED, table(RANKING), *REPORTED, table(QUESTION, 2), *LETTER)
    reading = read_document(document(*blocks), rulebook().layouts, rulebook().frameworks, names())
    assert (reading.document_type, reading.fiscal_year, reading.agency_name) == (COMPENDIUM, 2563, "จังหวัดลำพูน")
    found = {record.dataset for record in reading.records}
    assert found == {"agency_scores", "survey_items", "survey_rows"}
    assert [section.layout.document_type for section, _ in reading.parts] == [OTHER, "announcement", "agency_report"], (
        "a letter that says nothing"
    )
    assert reading.rejects == ()


def test_a_report_behind_a_letter_is_a_report() -> None:
    reading = read_document(document(*LETTER, *REPORTED, table(QUESTION)), rulebook().layouts, rulebook().frameworks, names())
    assert reading.document_type == "agency_report"
    assert reading.title == "รายงานผลการประเมิน ประจำปีงบประมาณ 2563"


def test_letters_alone_are_of_no_kind() -> None:
    reading = read_document(document(*LETTER), rulebook().layouts, rulebook().frameworks, names())
    assert (reading.document_type, reading.parts, reading.records) == (OTHER, (), ())
    assert any("letters" in line for line in reading.evidence)


def test_a_policy_that_says_scores_is_read() -> None:
    reading = read_document(document(*POLICY), rulebook().layouts, rulebook().frameworks, names())
    assert reading.document_type == OTHER
    assert [str(record.score) for record in reading.records] == ["87.96"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "mention",
    [
        ("", "ตามประกาศสำนักงาน ป.ป.ช. เรื่อง ผลการประเมินคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ นั้น หน่วยงานได้คะแนนดี"),
        ("", "ประกาศสำนักงาน ป.ป.ช. ลงวันที่ 28 กันยายน 2563 เป็นที่มาของคะแนนในรายงานนี้"),
        ("", "คำสั่งจังหวัดลำพูน ที่ 230/2563 แต่งตั้งผู้รับผิดชอบ"),
    ],
)
def test_a_report_that_mentions_other_documents_stays_one_report(mention: tuple[str, ...]) -> None:
    assert kinds(*REPORTED, *mention, table(QUESTION)) == ["agency_report"]


def test_an_announcement_that_mentions_reports_stays_an_announcement() -> None:
    said = ("", "รายงานผลการประเมิน ประจำปีงบประมาณ 2563 ของแต่ละหน่วยงานดูได้ในระบบ", "")
    assert kinds(*ANNOUNCED, *said, table(RANKING)) == ["announcement"]


def test_chapters_and_repeated_titles_stay_together() -> None:
    title = "สรุปผลการประเมินคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ ประจำปีงบประมาณ พ.ศ. 2563"
    assert kinds(*ANNOUNCED, table(RANKING), "", title, "ประเภทจังหวัด", table(RANKING, 2)) == ["announcement"]
    details = ("", "รายงานรายละเอียดผลการประเมิน ประจำปีงบประมาณ 2563", "")
    assert kinds(*REPORTED, *details, table(QUESTION)) == ["agency_report"]


def test_reports_of_two_agencies_are_two_sections() -> None:
    other = tuple(line.replace("ลำพูน", "ลำปาง").replace("87.96", "81.11") for line in REPORTED)
    blocks = (*REPORTED, table(QUESTION), *other, table(QUESTION, 2))
    reading = read_document(document(*blocks), rulebook().layouts, rulebook().frameworks, names())
    assert [rows.agency_name for _, rows in reading.parts] == ["จังหวัดลำพูน", "จังหวัดลำปาง"]
    assert [rows.fiscal_year for _, rows in reading.parts] == [2563, 2563]
    assert reading.document_type == "agency_report"


def test_a_cover_belongs_to_what_it_covers() -> None:
    assert kinds("จังหวัดลำพูน", *REPORTED, table(QUESTION)) == ["agency_report"]


def test_a_title_may_end_at_the_head_of_the_next_page() -> None:
    from dataclasses import replace

    (layout,) = (one for one in rulebook().layouts if one.document_type == "agency_report")
    made = document("รายงานผลการประเมิน ITA", "ประจำปีงบประมาณ พ.ศ. 2566", "คะแนนภาพรวม")
    turned = replace(made, blocks=tuple(replace(b, page=n // 1 + 1) for n, b in enumerate(made.blocks)))  # type: ignore[arg-type]
    assert find_title(turned, layout) == "รายงานผลการประเมิน ITA ประจำปีงบประมาณ พ.ศ. 2566"
    longer = document("รายงานผลการประเมิน ITA", "ด้วยหน่วยงานได้รับการประเมิน ประจำปีงบประมาณ พ.ศ. 2566 จึงขอรายงาน")
    turned = replace(longer, blocks=tuple(replace(b, page=n + 1) for n, b in enumerate(longer.blocks)))  # type: ignore[arg-type]
    assert find_title(turned, layout) == "รายงานผลการประเมิน ITA"


def test_every_kind_of_document_has_a_reader() -> None:
    assert {layout.document_type for layout in rulebook().layouts} <= set(READERS)
