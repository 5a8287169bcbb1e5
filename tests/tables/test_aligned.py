"""Tables that lack rules: rows ruled, columns ruled, or nothing at all. However a table is ruled, it is the same table."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ita_extract.model.table import PageContent, Table, TextLine
from ita_extract.tables.content import MAX_CHARS, MAX_EDGES, read_content
from tests.tables.drawn import WIDTH, Ink, page, ruled

Rows = Sequence[Sequence[str]]
Edge = tuple[float, float, float, float]

SIZE = 10.0
WIDTHS = (30.0, 130.0, 60.0, 50.0, 75.0, 60.0)
"""Of the columns: number, name, two scores, grade, target."""
LEFT = {1}
HEAD = ("ท", "หนวยงาน", "คะแนน\n2562", "คะแนน\n2563", "ระดบ", "ผลตาม\nคาเปา\nหมาย")


@dataclass(frozen=True)
class Setting:
    """How cells are set: steps from line to line in em, points above and below, and where a short cell stands in a tall row."""

    leading: float = 1.4
    pad: float = 3.0
    place: float = 0.5

    def height(self, row: Sequence[str]) -> float:
        return max(text.count("\n") + 1 for text in row) * self.leading * SIZE + 2 * self.pad


def set_table(ink: Ink, rows: Rows, top: float, setting: Setting, left: float = 50.0) -> tuple[list[float], list[float]]:
    """Writes the rows; gives back where the borders would be drawn."""
    xs = [left, *(left + np.cumsum(WIDTHS[: len(rows[0])])).tolist()]
    ys = [top]
    for row in rows:
        height = setting.height(row)
        for col, text in enumerate(row):
            lines = text.split("\n") if text else []
            spare = height - 2 * setting.pad - len(lines) * setting.leading * SIZE
            y = ys[-1] + setting.pad + spare * setting.place + setting.leading * SIZE * 0.8
            for line in lines:
                wide = len(line) * WIDTH * SIZE
                x = xs[col] + 4 if col in LEFT else (xs[col] + xs[col + 1] - wide) / 2
                ink.write(line, x, y, size=SIZE)
                y += setting.leading * SIZE
        ys.append(ys[-1] + height)
    return xs, ys


def no_rules(xs: Sequence[float], ys: Sequence[float], depth: int) -> list[Edge]:
    return []


def row_rules(xs: Sequence[float], ys: Sequence[float], depth: int) -> list[Edge]:
    return [(xs[0], y, xs[-1], y) for y in ys]


def column_rules(xs: Sequence[float], ys: Sequence[float], depth: int) -> list[Edge]:
    """Lines between columns, the outer frame, and a line below the head."""
    return ruled(xs, [ys[0], ys[depth], ys[-1]] if depth else [ys[0], ys[-1]])


def frame_rules(xs: Sequence[float], ys: Sequence[float], depth: int) -> list[Edge]:
    return ruled(xs, [ys[0], ys[-1]])


def post_rules(xs: Sequence[float], ys: Sequence[float], depth: int) -> list[Edge]:
    """Lines between columns that meet nothing."""
    return [(x, ys[0], x, ys[-1]) for x in xs]


RULINGS = {"none": no_rules, "rows": row_rules, "columns": column_rules, "frame": frame_rules, "posts": post_rules}

NAMES = ("กรมปาไม", "กรมทรพยากร\nนำบาดาล", "สำนกงาน\nคณะกรรมการ\nขาราชการ", "จงหวดเชยงราย", "กรมสงเสรมการ\nปกครองทองถน")
GRADES = ("A", "ผานด", "ตอง\nปรบปรง", "ตอง\nปรบปรง\nโดยดวน")


@st.composite
def bodies(draw: st.DrawFn, least: int = 3, first: int | None = None) -> list[tuple[str, ...]]:
    start = first if first is not None else draw(st.sampled_from((1, 8, 97)))
    score = st.integers(2000, 9999).map(lambda n: f"{n / 100:.2f}")
    count = draw(st.integers(least, 9))
    return [
        (
            str(start + n),
            draw(st.sampled_from(NAMES)),
            draw(score | st.just("-")),
            draw(score),
            draw(st.sampled_from(GRADES)),
            draw(st.sampled_from(("ผาน", "ไมผาน"))),
        )
        for n in range(count)
    ]


SETTINGS = st.builds(Setting, st.sampled_from((1.35, 1.45, 1.6)), st.sampled_from((1.5, 3.0, 5.0)), st.sampled_from((0.0, 0.5)))


def tables(content: PageContent) -> list[Table]:
    return [block for block in content.blocks if isinstance(block, Table)]


def lines(content: PageContent) -> list[str]:
    return [block.raw for block in content.blocks if isinstance(block, TextLine)]


def texts(table: Table) -> list[tuple[str, ...]]:
    rows = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = cell.raw
    return [tuple(row) for row in rows]


SEVERAL = settings(max_examples=settings.default.max_examples * 2 // 5)
"""For laws that are searched for each of several things."""


@pytest.mark.parametrize("ruling", RULINGS)
@SEVERAL
@given(body=bodies(), setting=SETTINGS)
def test_however_a_table_is_ruled_it_is_the_same_table(ruling: str, body: list[tuple[str, ...]], setting: Setting) -> None:
    """Names and grades wrap onto more lines, set from the top or in the middle of their row."""
    ink = Ink()
    xs, ys = set_table(ink, [HEAD, *body], 120, setting)
    content = read_content(page(ink, RULINGS[ruling](xs, ys, 1)))
    (table,) = tables(content)
    assert texts(table) == [HEAD, *body]
    assert content.char_count == content.placed_count
    assert (len(table.rivers) == len(WIDTHS) - 1) == (ruling in ("none", "rows"))


@pytest.mark.parametrize("ruling", ["none", "rows", "posts"])
@SEVERAL
@given(body=bodies(), setting=SETTINGS)
def test_a_page_that_goes_on_without_a_head(ruling: str, body: list[tuple[str, ...]], setting: Setting) -> None:
    ink = Ink()
    xs, ys = set_table(ink, body, 60, setting)
    (table,) = tables(read_content(page(ink, RULINGS[ruling](xs, ys, 0))))
    assert texts(table) == body


@pytest.mark.parametrize("ruling", ["none", "rows", "columns"])
@SEVERAL
@given(body=bodies(), setting=SETTINGS, word=st.sampled_from(("ทองถน", "โดยดวน")))
def test_the_rest_of_a_row_from_the_page_before_is_a_row(
    ruling: str, body: list[tuple[str, ...]], setting: Setting, word: str
) -> None:
    """A row broken by the page leaves the last line of its longest cell above the next row."""
    rest = ("", word, "", "", "", "") if word == "ทองถน" else ("", "", "", "", word, "")
    if word == "โดยดวน":  # the column prints it elsewhere too: nothing else tells a line in the middle from a caption
        body = [(*row[:4], "โดยดวน", row[5]) for row in body]
    ink = Ink()
    xs, ys = set_table(ink, [rest, *body], 60, setting)
    (table,) = tables(read_content(page(ink, RULINGS[ruling](xs, ys, 0))))
    assert texts(table) == [rest, *body]


@given(bodies(), SETTINGS, st.sampled_from(("ประเภทจงหวด", "บญชรายชอหนวยงานและผลการประเมนทงหมดของป")))
def test_captions_are_no_heads_and_notes_no_rows(body: list[tuple[str, ...]], setting: Setting, caption: str) -> None:
    ink = Ink()
    width = sum(WIDTHS)
    ink.write(caption, 50 + (width - len(caption) * 6) / 2, 100, size=12)
    _, ys = set_table(ink, [HEAD, *body], 100 + 0.4 * SIZE + 1.5 * SIZE, setting)
    ink.write("*แผนแมบทกำหนดคาเปาหมายไวท 85 คะแนน", 50, ys[-1] + 1.9 * SIZE, size=9)
    content = read_content(page(ink))
    (table,) = tables(content)
    assert texts(table) == [HEAD, *body]
    assert lines(content) == [caption, "*แผนแมบทกำหนดคาเปาหมายไวท 85 คะแนน"]


@given(bodies(4), bodies(4), SETTINGS)
def test_two_tables_with_nothing_between_them_are_two(
    upper: list[tuple[str, ...]], lower: list[tuple[str, ...]], setting: Setting
) -> None:
    ink = Ink()
    _, ys = set_table(ink, [HEAD[:4], *(row[:4] for row in upper)], 60, setting)
    set_table(ink, [HEAD, *lower], ys[-1] + 50, setting)
    first, second = tables(read_content(page(ink)))
    assert texts(first) == [HEAD[:4], *(row[:4] for row in upper)]
    assert texts(second) == [HEAD, *lower]


@pytest.mark.parametrize("merged", ["คะแนน ITA", "คะแนน", "ผลคะแนนรวม"])
@SEVERAL
@given(body=bodies())
def test_a_head_over_two_columns_is_one_cell(merged: str, body: list[tuple[str, ...]]) -> None:
    """Its blank may stand just where the columns part."""
    ink = Ink()
    xs, ys = set_table(ink, [("ท", "หนวยงาน", "", "", "ระดบ", "ผล")], 60, Setting(pad=12))
    ink.write(merged, (xs[2] + xs[4] - len(merged) * 5) / 2, 72)
    for col, year in ((2, "2562"), (3, "2563")):
        ink.write(year, (xs[col] + xs[col + 1] - 20) / 2, 90)
    set_table(ink, body, ys[-1], Setting())
    (table,) = tables(read_content(page(ink)))
    spans = {cell.raw: (cell.row, cell.col, cell.row_span, cell.col_span) for cell in table.cells if cell.row < 2}
    assert spans[merged] == (0, 2, 1, 2)
    assert (spans["2562"], spans["2563"]) == ((1, 2, 1, 1), (1, 3, 1, 1))
    assert (spans["หนวยงาน"], spans["ผล"]) == ((0, 1, 2, 1), (0, 5, 2, 1))
    assert texts(table)[2:] == body


@given(bodies())
def test_heads_that_nearly_touch_are_two(body: list[tuple[str, ...]]) -> None:
    """ "พ.ศ. 2562 พ.ศ. 2563": each over its own column, a blank apart."""
    ink = Ink()
    xs, ys = set_table(ink, [("ท", "หนวยงาน", "", "", "ระดบ", "ผล")], 60, Setting())
    for col in (2, 3):
        middle = (xs[col] + xs[col + 1]) / 2
        x = ink.write("ปพศ.", middle - 24, 74.2, width=0.55)
        ink.write("2562", x + 3, 74.2, width=0.55)
    set_table(ink, body, ys[-1], Setting())
    (table,) = tables(read_content(page(ink)))
    assert [cell.col_span for cell in table.cells if cell.row == 0] == [1] * 6
    assert texts(table)[1:] == body


def test_one_row_alone_on_its_page_is_a_table() -> None:
    row = ("24", "จงหวดอบลราชธาน", "-", "80.24", "B", "ไมผาน")
    ink = Ink()
    set_table(ink, [row], 60, Setting())
    (table,) = tables(read_content(page(ink)))
    assert texts(table) == [row]


def test_numbers_whose_text_layer_is_of_eight_bits_are_numbers() -> None:
    """A font without a map gives the bytes of Thai letters as Latin ones: "๘๕.๖๒" is read as "øõ.öò"."""
    latin = str.maketrans("0123456789", "ðñòóôõö÷øù")
    rows = [(f"{n}".translate(latin), "¨Ñ§ËÇÑ´", f"{80 + n}.62".translate(latin), "70.00".translate(latin)) for n in range(1, 6)]
    ink = Ink()
    set_table(ink, rows, 60, Setting())
    (table,) = tables(read_content(page(ink)))
    assert texts(table) == rows


PROSE = (
    "ดวยการประเมนของป 2563 ไดเสรจสน",
    "หนวยงานทกแหงใหความรวมมอ นำขอมล",
    "เขาระบบครบถวน และผมสวนไดสวนเสย",
    "ภายในและภายนอก ไดตอบแบบวดจำนวนมาก",
)


@given(st.lists(st.sampled_from(PROSE), min_size=1, max_size=12), st.floats(0, 5))
def test_prose_is_no_table(paragraph: list[str], spread: float) -> None:
    """Nor is it when its lines are justified by wide blanks."""
    ink = Ink()
    for n, line in enumerate(paragraph):
        x = 50.0
        for word in line.split():
            x = ink.write(word, x, 60 + 16 * n) + 3 + spread
    assert tables(read_content(page(ink))) == []


def test_a_tall_row_of_text_is_one_row() -> None:
    """A ruled row whose cells wrap, numbered items among them, holds one number in each column of numbers."""
    xs, ys = (50.0, 80.0, 250.0, 420.0, 480.0), (60.0, 80.0, 170.0, 260.0)
    ink = Ink()
    for r, (number, score) in enumerate((("1", "85.62"), ("2", "90.10")), 1):
        ink.write(number, 60, ys[r] + 40)
        for n in range(5):
            ink.write(f"{n + 1}. จดทำคมอปฏบตงาน", 84, ys[r] + 14 + 14 * n)
            ink.write("กำชบใหเจาหนาท", 254, ys[r] + 14 + 14 * n)
        ink.write(score, 430, ys[r] + 40)
    for col, word in enumerate(("ท", "มาตรการ", "วธการ", "คะแนน")):
        ink.write(word, xs[col] + 4, 74)
    (table,) = tables(read_content(page(ink, ruled(xs, ys))))
    assert (table.n_rows, table.n_cols) == (3, 4)


def test_a_grade_on_two_lines_does_not_split_a_ruled_row() -> None:
    body = [("1", "กรมปาไม", "60.10", "55.20", "ตองปรบปรง\nโดยดวน", "ไมผาน"), ("2", "กรมทดน", "90.10", "85.20", "ผานด", "ผาน")]
    ink = Ink()
    xs, ys = set_table(ink, [HEAD, *body], 60, Setting(leading=1.6))
    (table,) = tables(read_content(page(ink, ruled(xs, ys))))
    assert texts(table) == [HEAD, *body]


@pytest.mark.parametrize("much", ["edges", "characters"])
def test_a_page_with_too_much_on_it_is_read_as_lines_and_says_so(much: str) -> None:
    ink = Ink()
    xs, ys = (50.0, 150.0, 250.0), (100.0, 120.0, 140.0)
    ink.write("กขค", 55, 112)
    edges = ruled(xs, ys)
    if much == "edges":
        edges = [edge for edge, _ in zip(itertools.cycle(edges), range(MAX_EDGES + 1), strict=False)]
    else:
        for n in range(MAX_CHARS // 500):
            ink.write("ก" * 500, 55, 200 + n, size=1)
    content = read_content(page(ink, edges))
    assert tables(content) == []
    assert lines(content)[0] == "กขค"
    (limit,) = content.limits
    assert much in limit
    assert content.char_count == content.placed_count


@pytest.mark.parametrize("crowd", ["words", "lines", "marks", "frame"])
def test_no_crowd_of_characters_takes_for_ever(crowd: str) -> None:
    ink = Ink()
    edges: list[Edge] = []
    if crowd == "words":
        for line, word in itertools.product(range(8), range(2500)):
            ink.write("1", 7.0 * word, 50 + 12 * line, size=5)
    elif crowd == "lines":
        for line, word in itertools.product(range(1900), range(5)):
            ink.write("ก1ข"[word % 3] * 2, 60.0 * word + line % 7, 50 + 5 * line, size=5)
    elif crowd == "marks":
        for n in range(10_000):
            ink.write("ก" if n % 2 else "\u0e35", (n * 7919) % 5000, 100, size=5)
    else:
        edges = ruled([45 + 60 * c for c in range(9)], [30, 10_100])
        for row, col in itertools.product(range(1000), range(8)):
            ink.write("12", 50 + 60 * col, 40 + 10 * row, size=6)
    drawn = page(ink, edges)
    started = time.process_time()
    content = read_content(drawn)
    assert time.process_time() - started < 5
    assert content.char_count == content.placed_count
