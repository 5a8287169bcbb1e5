"""Pages into one document: tables joined over page breaks, heads left out, furniture set aside, no row lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.model.page import BBox
from ita_extract.model.step import Step, replay
from ita_extract.model.table import Cell, Document, LongTable, PageContent, Table, TextLine
from ita_extract.tables.stitch import stitch

HEAD = ("ที่", "หน่วยงาน", "คะแนน")
WIDE = (50.0, 90.0, 300.0, 380.0)


def table(page: int, rows: Sequence[Sequence[str]], xs: Sequence[float] = WIDE, top: float = 100.0, lying: bool = False) -> Table:
    """A plain table; `lying` on its side: rows run to the right, columns down the page."""

    def box(r: int, c: int) -> BBox:
        if lying:
            return (top + 20 * r, xs[c], top + 20 * (r + 1), xs[c + 1])
        return (xs[c], top + 20 * r, xs[c + 1], top + 20 * (r + 1))

    cells = tuple(Cell(r, c, 1, 1, box(r, c), text, text=text) for r, row in enumerate(rows) for c, text in enumerate(row))
    return Table(page, None, len(rows), len(rows[0]), cells)


def line(page: int, text: str, top: float = 50.0) -> TextLine:
    return TextLine(page, (50, top, 300, top + 12), text, text=text, size=12)


def pages(*blocks: Sequence[TextLine | Table]) -> list[PageContent]:
    return [PageContent(number, tuple(found)) for number, found in enumerate(blocks, 1)]


def long_tables(document: Document) -> list[LongTable]:
    return [block for block in document.blocks if isinstance(block, LongTable)]


def body(*numbers: int) -> list[tuple[str, str, str]]:
    return [(str(n), f"หน่วยงาน {n}", "85.62") for n in numbers]


def test_a_table_over_three_pages_is_one_and_its_heads_are_counted() -> None:
    document = stitch(pages(*[[table(n, [HEAD, *body(2 * n, 2 * n + 1)])] for n in (1, 2, 3)]))
    (found,) = long_tables(document)
    assert [row.cells[0].text for row in found.rows if row.cells[0]] == ["ที่", "2", "3", "4", "5", "6", "7"]
    assert (found.repeated_heads, found.joined_rows, found.page, found.table_no) == (2, 0, 1, 1)
    assert [row.page for row in found.rows] == [1, 1, 1, 2, 2, 3, 3]


def test_a_head_of_two_rows_is_left_out_whole() -> None:
    head = [("", "", "คะแนน"), ("ที่", "หน่วยงาน", "2563")]
    (found,) = long_tables(stitch(pages([table(1, [*head, *body(1)])], [table(2, [*head, *body(2)])])))
    assert (len(found.rows), found.repeated_heads) == (4, 2)


def test_a_head_that_is_broken_differently_is_the_same_head() -> None:
    (found,) = long_tables(
        stitch(pages([table(1, [("ที่", "ระดับผล\nการประเมิน", "คะแนน")])], [table(2, [("ที่", "ระดับผลการ\nประเมิน", "คะแนน")])]))
    )
    assert (len(found.rows), found.repeated_heads) == (1, 1)


MEASURES = ("มาตรการ", "ขั้นตอนหรือวิธีการ", "ผู้รับผิดชอบ", "ผลลัพธ์ความสำเร็จ")


@pytest.mark.parametrize(
    ("again", "repeated"),
    [
        ((*MEASURES[:3], "ผลลัพธ์ความสำร็อ"), 1),  # OCR reads one heading otherwise on the second page
        ((*MEASURES[:2], "ผู้รับฟิดชอย", "ผลลัพธ์ความสำร็อ"), 0),  # two of them
        ((*MEASURES[:3], "งบประมาณที่ใช้ไป"), 0),  # another heading
        ((*MEASURES[:3], "ผลลัพธ์ความสำเร็จ 2"), 0),  # a number more
    ],
)
def test_a_head_of_which_one_heading_is_misread_is_the_same_head(again: tuple[str, ...], repeated: int) -> None:
    rows = [("จัดซื้อ", "ประกาศแผน", "กองคลัง", "ราคาต่ำ"), ("รับเรื่อง", "แยกตู้รับ", "สำนักปลัด", "ยุติได้")]
    xs = (50.0, 150.0, 250.0, 350.0, 450.0)
    found = long_tables(stitch(pages([table(1, [MEASURES, rows[0]], xs)], [table(2, [again, rows[1]], xs)])))
    assert sum(one.repeated_heads for one in found) == repeated


def test_a_table_goes_on_without_a_head() -> None:
    (found,) = long_tables(stitch(pages([table(1, [HEAD, *body(1, 2)])], [table(2, body(3, 4), top=40)])))
    assert (len(found.rows), found.repeated_heads, found.joined_rows) == (5, 0, 0)


def test_a_row_over_a_page_break_is_joined() -> None:
    first = [HEAD, *body(1, 2), ("3", "สำนักงานคณะกรรมการ", "90.10")]
    second = [("", "ป้องกันและปราบปราม", ""), *body(4)]
    (found,) = long_tables(stitch(pages([table(1, first)], [table(2, second)])))
    assert found.joined_rows == 1
    assert [cell.text for cell in found.rows[3].cells if cell] == ["3", "สำนักงานคณะกรรมการ\nป้องกันและปราบปราม", "90.10"]
    assert found.rows[3].page == 1
    assert len(found.rows) == 5


def test_a_table_that_leaves_its_first_column_empty_joins_nothing() -> None:
    """The instrument stands in the first row of its group only: an empty cell means nothing there."""
    first = [HEAD, ("IIT", "ก", "90.00"), ("", "ข", "80.00"), ("", "ค", "70.00")]
    (found,) = long_tables(stitch(pages([table(1, first)], [table(2, [("", "ง", "60.00")])])))
    assert (len(found.rows), found.joined_rows) == (5, 0)


def test_steps_of_a_joined_cell_can_be_replayed() -> None:
    upper = Cell(0, 1, 1, 1, None, "ด าเนิน", text="ดำเนิน", steps=(Step("split-sara-am", 1, " า", "ำ"),))
    lower = Cell(0, 1, 1, 1, None, "ก าหนด", text="กำหนด", steps=(Step("split-sara-am", 1, " า", "ำ"),))
    first = Table(
        1,
        None,
        2,
        2,
        (
            *(Cell(0, c, 1, 1, None, "ที่", text="ที่") for c in (0, 1)),
            Cell(1, 0, 1, 1, None, "1", text="1"),
            Cell(1, 1, 1, 1, None, upper.raw, text=upper.text, steps=upper.steps),
        ),
    )
    second = Table(2, None, 1, 2, (Cell(0, 0, 1, 1, None, ""), lower))
    (found,) = long_tables(stitch(pages([first], [second])))
    cell = found.rows[1].cells[1]
    assert cell is not None
    assert cell.text == "ดำเนิน\nกำหนด"
    assert replay(cell.raw, cell.steps) == cell.text


def test_a_merged_cell_stands_in_every_place_it_spans() -> None:
    cells = (
        Cell(0, 0, 2, 1, None, "ที่", text="ที่"),
        Cell(0, 1, 1, 2, None, "คะแนน", text="คะแนน"),
        Cell(1, 1, 1, 1, None, "2562", text="2562"),
        Cell(1, 2, 1, 1, None, "2563", text="2563"),
    )
    (found,) = long_tables(stitch(pages([Table(1, None, 2, 3, cells)])))
    assert [[cell.text if cell else None for cell in row.cells] for row in found.rows] == [
        ["ที่", "คะแนน", "คะแนน"],
        ["ที่", "2562", "2563"],
    ]
    assert found.rows[0].text == "ที่ | คะแนน"


def test_a_line_between_two_tables_parts_them() -> None:
    document = stitch(pages([table(1, [HEAD, *body(1)])], [line(2, "ประเภทเทศบาลเมือง"), table(2, [HEAD, *body(1)])]))
    assert [found.table_no for found in long_tables(document)] == [1, 2]


@pytest.mark.parametrize("xs", [(50.0, 120.0, 300.0, 380.0), (50.0, 90.0, 200.0, 260.0, 380.0)])
def test_other_columns_are_another_table(xs: tuple[float, ...]) -> None:
    rows = [tuple(str(n) for n in range(len(xs) - 1))]
    assert len(long_tables(stitch(pages([table(1, [HEAD, *body(1)])], [table(2, rows, xs)])))) == 2


def test_two_tables_of_one_page_stay_two() -> None:
    assert len(long_tables(stitch(pages([table(1, [HEAD, *body(1)]), table(1, [HEAD, *body(2)], top=300)])))) == 2


def test_a_page_without_the_table_parts_it() -> None:
    document = stitch(pages([table(1, [HEAD, *body(1)])], [], [table(3, [HEAD, *body(2)])]))
    assert len(long_tables(document)) == 2


def test_tables_that_lie_on_their_side_are_joined_too() -> None:
    """A wide table is stored sideways: its columns begin down the page, its rows wherever the page has room."""
    first, second = table(1, [HEAD, *body(1, 2)], lying=True), table(2, [HEAD, *body(3)], top=60, lying=True)
    (found,) = long_tables(stitch(pages([first], [second])))
    assert (len(found.rows), found.repeated_heads) == (4, 1)
    other = table(2, [HEAD, *body(3)], xs=(50.0, 130.0, 300.0, 380.0), lying=True)
    assert len(long_tables(stitch(pages([first], [other])))) == 2


@pytest.mark.parametrize(
    "text", ["1", "- ๑ -", "หน้า 3", "หน้า ๓ จาก ๑๒", "3/12", "| Page 4 |", "/ตัวชี้วัด...", "– 12 –"]
)  # fmt: skip
def test_page_numbers_and_catchwords_are_furniture(text: str) -> None:
    document = stitch(pages([line(1, "เรื่อง", 40), table(1, [HEAD, *body(1)]), line(1, text, 800)]))
    assert [part.text for part in document.furniture] == [text]
    assert len(document.blocks) == 2


@pytest.mark.parametrize("text", ["85.62", "ประจำปี 2563", "12345", "1. บทนำ", "1 หน่วยงาน", ""])
def test_what_is_no_page_number(text: str) -> None:
    document = stitch(pages([line(1, "เรื่อง", 40), line(1, text, 800)]))
    assert text in [part.text for part in document.blocks if isinstance(part, TextLine)]


def test_a_number_in_the_middle_of_a_page_is_no_page_number() -> None:
    document = stitch(pages([line(1, text, 20 * n) for n, text in enumerate(("ก", "ข", "ค", "7", "ง", "จ", "ฉ"))]))
    assert document.furniture == ()


def test_running_heads_are_furniture_and_do_not_part_a_table() -> None:
    """Each page repeats the title with its own number in it."""
    made = pages(*[[line(n, f"ผลการประเมิน ส่วนที่ {n}", 40), table(n, [HEAD, *body(n)])] for n in (1, 2, 3, 4)])
    document = stitch(made)
    assert len(document.furniture) == 4
    (found,) = long_tables(document)
    assert len(found.rows) == 5


def test_a_line_on_two_pages_of_ten_is_no_running_head() -> None:
    made = pages(*[[line(n, "ประเภทจังหวัด" if n < 3 else f"ข้อความอื่น {'กขคงจฉชซ'[n - 3]}"), table(n, [HEAD])] for n in range(1, 11)])
    assert stitch(made).furniture == ()


def test_nothing_gives_nothing() -> None:
    assert stitch([]) == Document(0, (), ())
    assert stitch(pages([])) == Document(1, (), ())


OTHER = ("ที่", "จังหวัด", "คะแนนเฉลี่ย")


def test_the_same_columns_under_another_head_are_another_table() -> None:
    """Two rankings of one layout meet at a page break with no line between them."""
    document = stitch(pages([table(1, [HEAD, *body(1, 2, 3)])], [table(2, [OTHER, *body(1, 2)])]))
    assert [[cell.text for cell in found.rows[0].cells if cell] for found in long_tables(document)] == [list(HEAD), list(OTHER)]


def test_numbers_that_begin_again_under_the_same_head_are_another_table() -> None:
    others = [("1", "จังหวัดน่าน", "70.00"), ("2", "จังหวัดแพร่", "61.20")]
    document = stitch(pages([table(1, [HEAD, *body(1, 2, 3)])], [table(2, [HEAD, *others])]))
    first, second = long_tables(document)
    assert (len(first.rows), len(second.rows), second.repeated_heads) == (4, 3, 0)


def test_numbers_that_begin_again_without_a_head_stay_under_the_head_they_have() -> None:
    (found,) = long_tables(stitch(pages([table(1, [HEAD, *body(1, 2, 3)])], [table(2, body(1, 2))])))
    assert len(found.rows) == 6


@pytest.mark.parametrize("note", ["*แผนแม่บทฯ กำหนดค่าเป้าหมายไว้ที่ 85 คะแนนขึ้นไป", "หมายเหตุ ข้อมูล ณ วันที่ 1"])
def test_a_note_below_a_table_does_not_part_it(note: str) -> None:
    document = stitch(pages([table(1, [HEAD, *body(1, 2)]), line(1, note, 700)], [table(2, [HEAD, *body(3)])]))
    (found,) = long_tables(document)
    assert len(found.rows) == 4
    assert [part.text for part in document.blocks if isinstance(part, TextLine)] == [note]


@pytest.mark.parametrize(("numbers", "count"), [((3, 4), 1), ((1, 2), 2)])
def test_a_line_that_both_pages_print_at_one_place_parts_tables_only_if_the_rows_do_not_count_on(
    numbers: tuple[int, int], count: int
) -> None:
    """Of two pages nobody can tell a running head from a title, but the rows can."""
    made = pages([line(1, "บัญชีแนบท้าย"), table(1, [HEAD, *body(1, 2)])], [line(2, "บัญชีแนบท้าย"), table(2, body(*numbers))])
    document = stitch(made)
    assert len(long_tables(document)) == count
    assert len(document.furniture) == 2 - count
    elsewhere = pages([line(1, "บัญชีแนบท้าย"), table(1, [HEAD, *body(1, 2)])], [line(2, "บัญชีแนบท้าย", 90), table(2, body(*numbers))])
    assert len(long_tables(stitch(elsewhere))) == 2


def ruled_by_white(made: Table, *rivers: tuple[float, float]) -> Table:
    return replace(made, rivers=rivers)


def test_columns_that_no_rule_parts_are_the_same_if_a_border_of_both_pages_can_stand_between_them() -> None:
    """The borders found on each page stray with what it prints."""
    first = ruled_by_white(table(1, [HEAD, *body(1)]), (80, 100), (220, 310))
    second = ruled_by_white(table(2, body(2), xs=(50, 75, 340, 380)), (60, 90), (300, 330))
    third = ruled_by_white(table(3, body(3), xs=(50, 90, 240, 380)), (85, 95), (230, 250))
    (joined,) = long_tables(stitch(pages([first], [second])))
    assert joined.rivers == ((80, 90), (300, 310))
    assert len(long_tables(stitch(pages([first], [second], [third])))) == 2  # the third fits the first alone


LONG = "ส่งเสริมให้ผู้รับบริการมีส่วนร่วม"


def test_a_row_that_is_broken_in_all_its_cells_is_joined() -> None:
    """LibreOffice breaks a row wherever the page ends; every line there is as full as its column allows."""
    first = [("มาตรการ", "วิธีการ", "ผล"), (LONG, LONG, LONG), (LONG[:30], f"{LONG}\n{LONG}", LONG[:28])]
    second = [("มาตรการ", "วิธีการ", "ผล"), ("ในการพัฒนา", "อย่างต่อเนื่อง", "ดีขึ้น"), (LONG, LONG, LONG)]
    (found,) = long_tables(stitch(pages([table(1, first)], [table(2, second)])))
    assert (found.joined_rows, found.repeated_heads, len(found.rows)) == (1, 1, 4)
    assert [cell.text for cell in found.rows[2].cells if cell] == [
        f"{LONG[:30]}\nในการพัฒนา",
        f"{LONG}\n{LONG}\nอย่างต่อเนื่อง",
        f"{LONG[:28]}\nดีขึ้น",
    ]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ((LONG, LONG, "ดี"), ("ในการพัฒนา", "อย่างต่อเนื่อง", "ดีขึ้น")),  # a cell that had ended
        ((LONG, LONG, LONG), ("1. ในการพัฒนา", "อย่างต่อเนื่อง", "ดีขึ้น")),  # an item begins
        ((LONG, "", LONG), ("ในการพัฒนา", "อย่างต่อเนื่อง", "ดีขึ้น")),  # nothing to go on
    ],
)
def test_a_row_that_had_ended_is_not_joined(upper: tuple[str, str, str], lower: tuple[str, str, str]) -> None:
    head = ("มาตรการ", "วิธีการ", "ผล")
    (found,) = long_tables(stitch(pages([table(1, [head, (LONG, LONG, LONG), upper])], [table(2, [head, lower])])))
    assert (found.joined_rows, len(found.rows)) == (0, 4)


def test_a_band_over_the_table_goes_on_in_no_row_of_cells() -> None:
    """The title of a section, the last line of its page, was as full as it could be, and so taken for half of the next row."""
    head = ("ข้อ", "ประเด็นการตรวจ", "คะแนน")
    first = table(1, [head, ("O16", LONG, "100.00")], top=100)
    band = Cell(2, 0, 1, 3, (WIDE[0], 140, WIDE[-1], 160), LONG, text=LONG)
    first = Table(1, None, 3, 3, (*first.cells, band))
    (found,) = long_tables(stitch(pages([first], [table(2, [head, ("O17", "มาตรการ", "0.00")])])))
    assert (found.joined_rows, len(found.rows)) == (0, 4)


def test_rows_of_a_ranking_are_never_joined() -> None:
    """Cells as full as can be stand in every row there."""
    rows = [(str(n), "องค์การบริหารส่วนตำบล", "85.62") for n in range(1, 9)]
    (found,) = long_tables(stitch(pages([table(1, [HEAD, *rows[:4]])], [table(2, rows[4:])])))
    assert (found.joined_rows, len(found.rows)) == (0, 9)


CELLS = st.sampled_from(("", "1", "2", "ก", "ข", "ที่", "คะแนน"))
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5)
SPLIT = (50.0, 120.0, 300.0, 380.0)


@given(st.lists(st.lists(st.tuples(ROWS, st.sampled_from((WIDE, SPLIT))) | st.sampled_from(("7", "เส้น")), max_size=3), max_size=6))
def test_rows_in_are_rows_out_or_heads_or_joined(
    made: list[list[tuple[list[tuple[str, str, str]], tuple[float, ...]] | str]],
) -> None:
    contents = []
    for number, found in enumerate(made, 1):
        blocks = [
            line(number, b, 60.0 * n) if isinstance(b, str) else table(number, b[0], b[1], 60.0 * n) for n, b in enumerate(found)
        ]
        contents.append(PageContent(number, tuple(blocks)))
    document = stitch(contents)
    rows_in = sum(block.n_rows for content in contents for block in content.blocks if isinstance(block, Table))
    rows_out = sum(len(found.rows) + found.repeated_heads + found.joined_rows for found in long_tables(document))
    assert rows_in == rows_out
    lines_in = sum(isinstance(block, TextLine) for content in contents for block in content.blocks)
    assert lines_in == len(document.furniture) + sum(isinstance(block, TextLine) for block in document.blocks)
    letters = sorted("".join(cell.raw for content in contents for b in content.blocks if isinstance(b, Table) for cell in b.cells))
    kept = "".join(
        cell.raw.replace("\n", "") for found in long_tables(document) for row in found.rows for cell in row.cells if cell
    )
    assert len(letters) >= len(kept)
    assert all(len(row.cells) == found.n_cols for found in long_tables(document) for row in found.rows)
    numbers = [found.table_no for found in long_tables(document)]
    assert numbers == sorted(set(numbers))


LEFT_XS, RIGHT_XS = (50.0, 70.0, 200.0, 260.0), (300.0, 320.0, 450.0, 510.0)


def boxed(page: int, rows: Sequence[Sequence[str]], xs: Sequence[float]) -> Table:
    made = table(page, rows, xs)
    return replace(made, bbox=(xs[0], 100.0, xs[-1], 100.0 + 20 * len(rows)))


def test_two_tables_side_by_side_go_on_side_by_side() -> None:
    first = [boxed(1, [HEAD, *body(1, 2)], LEFT_XS), boxed(1, [HEAD, *body(5, 6)], RIGHT_XS)]
    second = [boxed(2, body(3, 4), LEFT_XS), boxed(2, body(7, 8), RIGHT_XS)]
    left, right = long_tables(stitch(pages(first, second)))
    assert [row.cells[0].text for row in left.rows if row.cells[0]] == ["ที่", "1", "2", "3", "4"]
    assert [row.cells[0].text for row in right.rows if row.cells[0]] == ["ที่", "5", "6", "7", "8"]


def test_a_table_in_other_columns_below_the_place_of_the_last_one_is_another() -> None:
    found = long_tables(stitch(pages([boxed(1, [HEAD, *body(1, 2)], WIDE)], [boxed(2, body(3), (60.0, 140.0, 300.0, 380.0))])))
    assert [len(one.rows) for one in found] == [3, 1]


def test_the_next_question_of_a_form_is_a_table_of_its_own() -> None:
    """A page break falls between two questions, each a table with the same columns and the same head below its first line."""
    head = ("หัวข้อการประเมิน", "มี", "ไม่มี")
    questions = [[(f"I{n}", "มีการรับสินบนหรือไม่", f"9{n}.25"), head, ("เงิน", "4.00", "96.00")] for n in (4, 5)]
    found = long_tables(stitch(pages(*[[table(n, rows)] for n, rows in enumerate(questions, 1)])))
    assert [len(one.rows) for one in found] == [3, 3]


def test_a_table_whose_head_alone_shows_its_borders_goes_on_where_white_shows_them() -> None:
    """Shades of the head draw the borders on the first page; on the next one, which repeats no head, a river lies around each."""
    drawn = table(1, [HEAD, *body(1, 2)])
    white = replace(table(2, body(3, 4), (55.0, 88.0, 292.0, 370.0)), rivers=((70.0, 95.0), (280.0, 310.0)))
    away = replace(white, rivers=((95.0, 110.0), (280.0, 310.0)))
    assert [len(one.rows) for one in long_tables(stitch(pages([drawn], [white])))] == [5]
    assert [len(one.rows) for one in long_tables(stitch(pages([drawn], [away])))] == [3, 2]
