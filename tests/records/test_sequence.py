"""Tables of text layers without geometry: which run of lines is which cell, and what is not guessed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ita_extract.model.table import TextLine
from ita_extract.records.sequence import Written, codes_end, tabulate
from tests.records.written import rulebook

REPORT = next(layout for layout in rulebook().layouts if layout.document_type == "measures_report")
HEAD = "มาตรการ ขั้นตอนหรือวิธีการ ผู้รับผิดชอบ ผลการดำเนินการ"
FIELDS = ["measure", "steps", "responsible", "result"]
STEPS = "1. สำรวจงานบริการที่มีผู้ขอรับมากที่สุดในรอบปีที่ผ่าน\nมาทั้งหมด\n2. กำหนดเวลาแล้วเสร็จของแต่ละงานและปิดประกาศไว้ที่\nหน้าห้อง"
RESULT = "เวลารอเฉลี่ยลดลงอย่างต่อเนื่อง\nและมีผู้ใช้บัตรคิวเพิ่มขึ้นจาก\nปีก่อนทุกไตรมาส"


def lines(text: str) -> list[TextLine]:
    pages = text.split("\f")
    return [TextLine(page, None, line, text=line) for page, part in enumerate(pages, 1) for line in part.split("\n")]


def tables(text: str) -> list[Written]:
    return [one for one in tabulate(lines(text), REPORT, 1) if isinstance(one, Written)]


def cells(one: Written) -> list[list[str]]:
    return [["".join(cell.text.split()) if cell else "" for cell in row.cells] for row in one.table.rows[1:]]


def row(number: int, *, owner: str = "กองคลัง") -> str:
    return f"{number}. ลดขั้นตอนการให้บริการ\nประชาชน\n\n{STEPS}\n\n{owner}\n\n{RESULT}\n"


def bare(text: str) -> str:
    return "".join(text.split())


def test_cell_after_cell_in_the_order_of_the_head() -> None:
    (one,) = tables(f"{HEAD}\n\n{row(1)}\n{row(2, owner='สำนักปลัด')}")
    assert [name for name, _ in one.head.fields.values()] == FIELDS
    assert cells(one) == [
        [bare(f"{n}. ลดขั้นตอนการให้บริการประชาชน"), bare(STEPS), owner, bare(RESULT)] for n, owner in ((1, "กองคลัง"), (2, "สำนักปลัด"))
    ]
    assert one.unsure == ()


def test_a_head_may_be_broken_over_lines() -> None:
    head = "มาตรการ\nขั้นตอนหรือ\n\nวิธีการ\nผู้รับผิดชอบ ผลการดำเนินการ"
    (one,) = tables(f"{head}\n\n{row(1)}\n{row(2)}")
    assert [name for name, _ in one.head.fields.values()] == FIELDS


def test_a_long_cell_goes_on_under_the_head_of_the_next_page() -> None:
    first = row(1).replace("2. กำหนดเวลา", "2. กำหนดเวลา")
    text = f"{HEAD}\n\n{first}\f{HEAD}\n\n3. ทดลองใช้บัตรคิวอิเล็กทรอนิกส์และเก็บเวลารอจริงทุก\nวันทำการ\n\n{row(2)}"
    (one,) = tables(text)
    assert [cell[:2] for cell in [c[0] for c in cells(one)]] == ["1.", "2."]
    assert cells(one)[0][1] == bare(f"{STEPS}3. ทดลองใช้บัตรคิวอิเล็กทรอนิกส์และเก็บเวลารอจริงทุกวันทำการ")
    assert (one.table.rows[1].page, one.table.rows[1].page_end) == (1, 2)


def test_a_cell_of_two_paragraphs_that_every_row_repeats_is_one_cell() -> None:
    owner = "ส่วนราชการประจำ\nจังหวัดทุกหน่วยงาน\n\nโดยให้รายงานผล\nให้จังหวัด\n\nทราบ"
    rows = [row(n, owner=owner).replace("บริการ", "ก" * n).replace("เวลา", "ข" * n) for n in range(1, 5)]
    (one,) = tables(f"{HEAD}\n\n" + "\n".join(rows))
    assert {c[2] for c in cells(one)} == {bare(owner)}
    assert len(cells(one)) == 4


def test_a_sentence_of_headings_is_no_head() -> None:
    assert tables("ประกอบด้วย มาตรการ ขั้นตอนหรือวิธีการ ผู้รับผิดชอบ\n\n1. ทำ\n\n2. แจ้ง") == []


def test_a_part_or_a_signature_ends_the_table() -> None:
    text = f"{HEAD}\n\n{row(1)}\n{row(2)}\nส่วนที่ 3 ข้อจำกัดของหน่วยงาน\nไม่มี"
    out = tabulate(lines(text), REPORT, 1)
    assert [one.text for one in out if isinstance(one, TextLine)] == ["ส่วนที่ 3 ข้อจำกัดของหน่วยงาน", "ไม่มี"]


WORDS = st.text("กขคงจดตนบปมยรลวสหอา ", min_size=1, max_size=30).filter(str.strip)
SOUP = st.lists(st.one_of(WORDS, st.just(""), st.just("1. ทำ"), st.just("2. แจ้ง"), st.just("กองคลัง"), st.just(HEAD)), max_size=40)


@given(SOUP)
def test_no_line_is_lost_whatever_the_lines_are(soup: list[str]) -> None:
    """Each ends in a cell, in a row that is told as unsure, or stays a line."""
    out = tabulate(lines("\n".join([HEAD, "", *soup])), REPORT, 1)
    there = sorted("".join(soup).replace(bare(HEAD), "").replace(HEAD, "").replace(" ", "").replace("\n", ""))
    kept = ""
    for one in out:
        if isinstance(one, TextLine):
            kept += one.text.replace(HEAD, "")
        elif isinstance(one, Written):
            kept += "".join("".join(texts) for texts in cells(one)) + "".join(r.raw_text.replace(" | ", "") for r in one.unsure)
    assert sorted(bare(kept)) == there


@given(st.integers(2, 5), st.randoms(use_true_random=False))
def test_rows_that_cannot_be_told_apart_are_not_guessed(count: int, chance: object) -> None:
    """One-word cells with no number, no list and no width: nothing says where a row ends."""
    words = " ".join(["ทำ"] * count * 3)
    for one in tables(f"{HEAD}\n\n" + "\n\n".join(words.split())):
        assert len(one.unsure) + len(one.table.rows) - 1 >= 1
        assert one.unsure or len(one.table.rows) - 1 <= count * 3


def test_codes_stand_at_the_start_of_a_text() -> None:
    words = REPORT.prose.cells
    assert codes_end("ข้อ I1 จากผล", 0, words) == len("ข้อ I1")
    assert codes_end("E4 - E5 จากผล", 0, words) == len("E4 - E5")
    assert codes_end("ปี 2567", 0, words) is None
