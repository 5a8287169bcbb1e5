"""Saved text into lines and tables: exact on what is written, and nothing lost whatever is written."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.engines import text as text_engine
from ita_extract.model.page import TextPage
from ita_extract.model.source import SourceDocument
from ita_extract.model.table import PageContent, Table, TextLine
from ita_extract.tables.html import MAX_COLUMNS, Written, fragment_text, lay_out, parse
from ita_extract.tables.markup import read_content

SHARED = Path(__file__).resolve().parents[3] / "shared"


def content(text: str, markup: str = "markdown") -> PageContent:
    return read_content(TextPage(1, text, markup))  # type: ignore[arg-type]


def grid(table: Table) -> list[list[str]]:
    rows = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = cell.raw
    return rows


def tables(text: str, markup: str = "markdown") -> list[list[list[str]]]:
    return [grid(block) for block in content(text, markup).blocks if isinstance(block, Table)]


def lines(text: str, markup: str = "markdown") -> list[str]:
    return [block.raw for block in content(text, markup).blocks if isinstance(block, TextLine)]


def printed(page: PageContent) -> str:
    """The non-blank characters of a page in reading order."""
    parts = [block.raw if isinstance(block, TextLine) else "".join(cell.raw for cell in block.cells) for block in page.blocks]
    return "".join("".join(parts).split())


# Tab-separated tables


def test_a_table_ends_at_an_empty_line_and_at_a_line_without_tabs() -> None:
    text = "ก\tข\n1\t2\n\nค\tง\n3\t4\nคำ\nจ\tฉ"
    assert tables(text, "plain") == [[["ก", "ข"], ["1", "2"]], [["ค", "ง"], ["3", "4"]], [["จ", "ฉ"]]]


def test_a_table_may_follow_prose_at_once() -> None:
    page = content("ประเภทจังหวัด\nที่\tหน่วยงาน\n1\tจังหวัดก\n* หมายเหตุ", "plain")
    assert [type(block) for block in page.blocks] == [TextLine, Table, TextLine]
    assert page.blocks[1].bbox is None


def test_ragged_rows_are_padded_and_empty_cells_stay() -> None:
    (table,) = tables("IIT\t1. การ\t9.1\n\t2. การ\t8.2\nEIT\t3. การ")
    assert table == [["IIT", "1. การ", "9.1"], ["", "2. การ", "8.2"], ["EIT", "3. การ", ""]]


def test_a_rule_line_that_ocr_wrote_under_a_head_is_no_row() -> None:
    assert tables("ข้อ\tประเด็น\tคะแนน\n---\t------\t---\nO1\tก\t100.00") == [[["ข้อ", "ประเด็น", "คะแนน"], ["O1", "ก", "100.00"]]]


def test_a_row_of_absent_values_further_down_is_a_row() -> None:
    assert tables("ที่\tก\n1\t2\n--\t--\n3\t4")[0][2] == ["--", "--"]


def test_a_tab_that_only_indents_makes_no_table() -> None:
    assert tables("\tตามที่สำนักงาน\n\tจึงประกาศ") == []
    assert [line.strip() for line in lines("\tตามที่สำนักงาน\n\tจึงประกาศ")] == ["ตามที่สำนักงาน", "จึงประกาศ"]


def test_a_head_broken_over_lines_is_one_row() -> None:
    text = "ที่\tหน่วยงาน\tคะแนน\n2562\tคะแนน\n2563\tระดับผล\nการประเมิน\n1\tจังหวัดก\t-\t81.26\tB\n2\tจังหวัดข\t90.10\t80.69\tB"
    (table,) = tables(text)
    assert table[0] == ["ที่", "หน่วยงาน", "คะแนน\n2562", "คะแนน\n2563", "ระดับผล\nการประเมิน"]
    assert len(table) == 3


def test_an_empty_line_inside_a_cell_does_not_end_the_table() -> None:
    text = "ข้อ\tความคิดเห็น\tคะแนน\nO1\tก\t100.00\nO2\tย่อหน้าแรก\n\nย่อหน้าสอง\t0.00\nO3\tข\t100.00"
    (table,) = tables(text)
    assert [row[0] for row in table] == ["ข้อ", "O1", "O2", "O3"]
    assert table[2] == ["O2", "ย่อหน้าแรก\nย่อหน้าสอง", "0.00"]


def test_short_rows_that_begin_with_their_own_number_are_not_joined() -> None:
    text = "1\tก\tข\tค\n2\tก\n3\tก\tข\n4\tก\tข\tค"
    assert [row[0] for row in tables(text)[0]] == ["1", "2", "3", "4"]


def test_two_tables_parted_by_prose_are_not_one_broken_row() -> None:
    text = "ที่\tชื่อ\tคะแนน\n1\tก\t9\n2\tข\n\nหมายเหตุ\n\nปี\tคะแนน\n2563\t8"
    assert [len(table) for table in tables(text)] == [3, 2]
    assert "หมายเหตุ" in lines(text)


def test_a_row_whose_html_goes_on_over_lines() -> None:
    text = "หัว\tขั้นตอน\tใคร\nก\t<p>หนึ่ง\n\nสอง</p>\tกลุ่มงาน\nข\tสาม\tกอง"
    assert tables(text) == [[["หัว", "ขั้นตอน", "ใคร"], ["ก", "หนึ่ง\nสอง", "กลุ่มงาน"], ["ข", "สาม", "กอง"]]]


# Pieces of HTML in cells


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>ก</p> <p>ข</p>", "ก\nข"),
        ("<ol><li>ก</li><li>ข</li></ol>", "1. ก\n2. ข"),
        ("<ol start='3'><li>ก<li value=7>ข</ol>", "3. ก\n7. ข"),
        ('<ol type="a"><li>ก</li><li>ข</li></ol>', "a. ก\nb. ข"),
        ('<ol style="list-style-type: thai"><li>ก</li></ol>', "๑. ก"),
        ('<ol style="list-style-type: none"> <li>๑. ก</li> <li>ข</li></ol>', "๑. ก\nข"),
        ("<ol><li>1. ก</li><li>(๒) ข</li><li>30.5 ล้าน</li></ol>", "1. ก\n(๒) ข\n3. 30.5 ล้าน"),
        ("<ul><li>ก</li></ul>", "ก"),
        ("<ol><li>ก<ol><li>ข</li></ol></li><li>ค</li></ol>", "1. ก\n1. ข\n2. ค"),
        ("ก<br>ข<br/>ค", "ก\nข\nค"),
        ("<b>O9</b> คู่มือ<!-- x -->", "O9 คู่มือ"),
        ("Dos &amp; Don't, Q&A, &lt;b&gt;, &unknown;", "Dos & Don't, Q&A, <b>, &unknown;"),
        ("คะแนน <85 หรือ >= 85, <ไม่มี>, a<b", "คะแนน <85 หรือ >= 85, <ไม่มี>, a<b"),
        ('<p class="a>b">ก</p>', "ก"),
        ("ก <!-- ไม่จบ", "ก <!-- ไม่จบ"),
        ("<table><tr><td>ก<td>ข<tr><td>ค</table>", "ก ข\nค"),
    ],
)
def test_fragments(source: str, text: str) -> None:
    assert fragment_text(source) == text


# Markdown


def test_markdown_marks_are_taken_off() -> None:
    text = "## หัวข้อ ##\n**ส่วนที่ ๑** ก **ข**\n****\n(<https://a.go.th/>) 1\\. ก ![](p.png)\n```\nค\n```"
    assert lines(text) == ["หัวข้อ", "ส่วนที่ ๑ ก ข", "****", "(https://a.go.th/) 1. ก", "ค"]


def test_plain_text_keeps_what_would_be_marks() -> None:
    text = "# ก\n**ข** &amp; <b>\n| ค | ง |\n| จ | ฉ |"
    assert lines(text, "plain") == text.split("\n")


def test_empty_lines_between_lines_of_text_stay_as_one() -> None:
    assert lines("\n\nก\n \n\nข\n\n\n", "plain") == ["ก", "", "ข"]


def test_pipe_table() -> None:
    assert tables("|ที่|ชื่อ|\n|--:|:--|\n|1|ก \\| ข|\n|2||\nท้าย") == [[["ที่", "ชื่อ"], ["1", "ก | ข"], ["2", ""]]]


def test_pipe_table_without_outer_pipes_and_without_rule() -> None:
    assert tables("ที่ | ชื่อ\n---|---\n1 | ก") == [[["ที่", "ชื่อ"], ["1", "ก"]]]
    assert tables("| 1 | ก |\n| 2 | ข |") == [[["1", "ก"], ["2", "ข"]]]
    assert tables("ก | ข\nค | ง") == []


def test_pipe_rows_over_lines_under_an_empty_head_in_a_list() -> None:
    text = "- | | |\n|---|---|\n| ๑. นายก\nตำแหน่ง | กรรมการ |\n| ๒. นางข\n\nสังกัด | กรรมการและ\nเลขานุการ |\n\nท้าย"
    assert tables(text) == [[["๑. นายก\nตำแหน่ง", "กรรมการ"], ["๒. นางข\nสังกัด", "กรรมการและ\nเลขานุการ"]]]
    assert lines(text) == ["ท้าย"]


def test_an_html_table_between_markdown_lines() -> None:
    head = '<tr><th rowspan="2">ที่</th><th colspan="2">คะแนน</th></tr>'
    text = f"# ก\n<table>\n{head}\n<tr><td>2562</td><td>2563</td></tr>\n</table>\nท้าย"
    page = content(text)
    assert [type(block) for block in page.blocks] == [TextLine, Table, TextLine]
    cells = [(c.row, c.col, c.row_span, c.col_span, c.raw) for c in page.blocks[1].cells]  # type: ignore[union-attr]
    assert cells == [(0, 0, 2, 1, "ที่"), (0, 1, 1, 2, "คะแนน"), (1, 1, 1, 1, "2562"), (1, 2, 1, 1, "2563")]


# HTML documents


def test_html_document() -> None:
    text = (
        "<!doctype html><html><head><title>x</title><style>p{}</style></head><body><h1>ประกาศ</h1><p>ก\n ข<br>ค</p>"
        "<script>if (a<b) {}</script><table><caption>ตาราง</caption><thead><tr><th>ที่<th>ชื่อ</thead>"
        "<tbody><tr><td>1<td><p>ก</p><p>ข</p></table>ท้าย<o:p></o:p></body></html>"
    )
    page = content(text, "html")
    assert [block.raw for block in page.blocks if isinstance(block, TextLine)] == ["ประกาศ", "ก ข", "ค", "ตาราง", "ท้าย"]
    assert tables(text, "html") == [[["ที่", "ชื่อ"], ["1", "ก\nข"]]]
    assert page.char_count == page.placed_count


def test_a_text_layer_saved_inside_pre_keeps_its_lines() -> None:
    assert tables("<html><body><pre>\nก\tข\n1\t2\n</pre></body></html>", "html") == [[["ก", "ข"], ["1", "2"]]]


def test_a_nested_table_is_text_of_its_cell() -> None:
    assert tables("<html><table><tr><td>ก<table><tr><td>ข<td>ค</table>ง<td>จ</table>", "html") == [[["ก\nข ค\nง", "จ"]]]


def test_spans_are_bounded() -> None:
    table = lay_out([[Written("ก", 60_000, 10**6), Written("ข")], [Written("ค", 0)]], 1)
    assert (table.n_rows, table.n_cols) == (2, MAX_COLUMNS + 1)
    assert [cell.raw for cell in table.cells if cell.raw] == ["ก", "ข", "ค"]


def test_a_table_too_ragged_to_pad_keeps_holes() -> None:
    table = lay_out([[Written("ก")] * 5_000, *([[Written("ข")]] * 5_000)], 1)
    assert len(table.cells) == 10_000


# Laws

MARKS = "กขมำ่้ 19๑\t\n|-<>&;#*_\\/:pb=\"'"
TAGS = (
    "<p>",
    "</p>",
    "<ol>",
    "<li>",
    "</ol>",
    "<table>",
    "</table>",
    "<tr>",
    "<td rowspan=2>",
    "<td colspan=3>",
    "<pre>",
    "</pre>",
)
SIGNS = ("|---|---|\n", "--\t--\n", "\t", "\n", "\n\n", "| ", " |\n", "**", "# ", "&amp;", "<!--", "-->", "<script>", "</script>")
soup = st.text(alphabet=MARKS, max_size=120) | st.lists(st.sampled_from((*TAGS, *SIGNS, "ก", "ข 1")), max_size=25).map("".join)


@given(soup, st.sampled_from(["plain", "markdown", "html"]))
def test_every_character_is_placed(text: str, markup: str) -> None:
    page = content(text, markup)
    assert page.char_count == page.placed_count == len(printed(page))


@given(st.text(alphabet=MARKS.replace("-", ""), max_size=120))
def test_plain_text_comes_out_in_order(text: str) -> None:
    assert printed(content(text, "plain")) == "".join(text.split())


@given(soup)
def test_cells_tile_their_table(text: str) -> None:
    for block in content(text, "html").blocks:
        if isinstance(block, Table):
            places = [
                (cell.row + r, cell.col + c) for cell in block.cells for r in range(cell.row_span) for c in range(cell.col_span)
            ]
            assert len(places) == len(set(places))
            assert {(r, c) for r in range(block.n_rows) for c in range(block.n_cols)} == set(places)


WORD = st.text(alphabet="กขคงจ๑๒19. %()", min_size=1, max_size=8).map(str.strip).filter(bool)


@given(st.integers(2, 6).flatmap(lambda width: st.lists(st.lists(WORD, min_size=width, max_size=width), min_size=2, max_size=6)))
def test_a_table_reads_the_same_from_every_mark(rows: list[list[str]]) -> None:
    tabs = "\n".join("\t".join(row) for row in rows)
    rule = "|" + "---|" * len(rows[0])
    pipes = "\n".join(["| " + " | ".join(rows[0]) + " |", rule, *("| " + " | ".join(row) + " |" for row in rows[1:])])
    html = "<html><table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</table>"
    squeezed = [[" ".join(cell.split()) for cell in row] for row in rows]
    assert tables(tabs, "plain") == tables(tabs) == tables(pipes) == [rows]
    assert tables(html, "html") == [squeezed]


@given(soup)
def test_a_fragment_without_tags_is_itself(text: str) -> None:
    bare = text.replace("<", "").replace("&", "")
    assert "".join(fragment_text(bare).split()) == "".join(bare.split())


@given(soup)
def test_html_syntax_is_counted_where_it_is_read(text: str) -> None:
    parsed = parse(text, whole=False)
    kept = [block for block in parsed.blocks if isinstance(block, str)]
    kept += [cell.text for block in parsed.blocks if isinstance(block, list) for row in block for cell in row]
    kept += [block.text for block in parsed.blocks if not isinstance(block, str | list)]
    assert len("".join(text.split())) == parsed.syntax + len("".join("".join(kept).split()))


# The seeds

RANKING = SHARED / "gold" / "ranking_raw.csv"
SEED = SHARED / "seeds" / "003.txt"


@pytest.mark.skipif(not (RANKING.exists() and SEED.exists()), reason="needs ../shared/seeds and ../shared/gold")
def test_ranking_rows_of_an_ocr_announcement_cell_by_cell() -> None:
    (page,) = text_engine.read(SourceDocument.of(SEED.read_bytes(), SEED.name, "text/plain"))
    rankings = [grid(block) for block in read_content(page).blocks if isinstance(block, Table) and block.cells[0].raw == "ที่"]
    read = []
    for table in rankings:
        head = [cell.split()[0] for cell in table[0]]
        has_province, has_district = "จังหวัด" in head, "อำเภอ" in head
        for row in table[1:]:
            place = iter(row)
            number = next(place)
            province = next(place) if has_province else ""
            district = next(place) if has_district else ""
            read.append([number, province, district, *place])
    with RANKING.open(encoding="utf-8-sig", newline="") as file:
        gold = [list(row.values())[2:] for row in csv.DictReader(file)]
    assert len(rankings) == 6
    assert len(read) == len(gold) == 241
    assert read == gold


@pytest.mark.skipif(not SEED.parent.is_dir(), reason="needs ../shared/seeds")
@pytest.mark.parametrize("name", ["000", "001", "002", "003", "004"])
def test_nothing_of_a_seed_is_lost(name: str) -> None:
    path = SEED.parent / f"{name}.txt"
    for page in text_engine.read(SourceDocument.of(path.read_bytes(), path.name, "text/plain")):
        read = read_content(page)
        assert read.char_count == read.placed_count == len(printed(read)) > 0
