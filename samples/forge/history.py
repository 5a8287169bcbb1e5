"""One agency over the years: a small table of year, score and level, in the words of every model the years were assessed by."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from . import wording as w
from .agencies import PAO, PROVINCE, TAMBON, TAO, TOWN, cents, draw_rows, grade_of, total_of
from .canvas import Sheet
from .damage import Damage
from .dice import Dice
from .document import Digits, Forged, Layout, Value, new_book, number_pages, open_flow, paragraph
from .grid import BREAK, Cell, Slots, Style, Table, draw

TITLES = (
    ("ข้อมูล|คะแนน ITA |ของ{a}", "เปรียบเทียบ|ตั้งแต่|ปี|งบประมาณ พ.ศ. {b} - {e}"),
    ("ผลการ|ประเมิน ITA |ย้อนหลัง", "{a}", "ปี|งบประมาณ พ.ศ. {b} ถึง {e}"),
    ("สถิติ|ผลการ|ประเมิน ITA |ของ {a}",),
)
HEADS = (
    ("ปี|งบประมาณ", "คะแนน", "ระดับ"),
    ("ปี พ.ศ.", "ผล|คะแนน", "ผลการ|ประเมิน"),
    ("ปี|งบประมาณ พ.ศ.", "คะแนน ITA", "ระดับ|ผลการ|ประเมิน"),
)
YEARS = ("{y}", "ปี {y}", "พ.ศ. {y}")
OLD = ("สูงมาก", "สูง", None)
"""The words of the model before 2562; a year without one prints a dash."""


def forge_history(
    seed: object,
    *,
    years: Sequence[int] | None = None,
    agency: str | None = None,
    across: bool | None = None,
    layout: Layout | None = None,
    damage: str | Damage | None = None,
    face: str | None = None,
    producer: str | None = None,
    digits: Digits | None = None,
) -> Forged:
    """One agency's years, the newest first or last. `across`: a column a year, where there are few.

    >>> sorted(row["fiscal_year"] for row in forge_history(1, years=(2566, 2567), across=False).expected["agency_scores"])
    [2566, 2567]
    """
    dice = Dice(f"history/{seed}")
    kind = dice.pick("type", (PROVINCE, PAO, TOWN, TAMBON, TAO))
    agency = agency or draw_rows(dice, kind, 1, 2565)[0].name
    last = dice.whole("last", 2565, 2568)
    order = sorted(
        years if years is not None else range(last - dice.whole("span", 2, 8), last + 1), reverse=dice.chance("falling", 0.6)
    )
    numerals: Digits = digits if digits is not None else dice.pick("digits", ("arabic", "thai", "thai", "mixed"))
    lying = len(order) <= 5 and (across if across is not None else dice.chance("across", 0.4))
    layout = layout if layout is not None else draw_layout(dice.at("layout"), lying)
    book = new_book(dice, layout, damage, face, producer)
    flow = open_flow(book, layout)

    def numeral(text: str, label: object) -> str:
        thai = numerals == "thai" or (numerals == "mixed" and dice.chance(("digits", label), 0.5))
        return text.translate(w.THAI_DIGITS) if thai else text

    for text in dice.pick("title", TITLES):
        said = text.format(a=agency, b=numeral(str(min(order)), "begin"), e=numeral(str(max(order)), "end"))
        paragraph(flow, said.replace("|", BREAK), layout.style.size + 4, True)
    flow.y += 10
    rows = [(year, *_drawn(dice.at(year), year)) for year in order]
    heads = dice.pick("heads", HEADS)
    word = dice.pick("year word", YEARS)
    dash = dice.pick("dash", ("–", "-"))
    said_rows = [
        (
            word.format(y=numeral(str(year), year)),
            dash if score is None else numeral(f"{score:.2f}", (year, "s")),
            grade or dash,
        )
        for year, score, grade in rows
    ]
    columns = list(zip(heads, *said_rows, strict=True)) if lying else [heads, *said_rows]
    table: list[Slots] = [
        tuple(Cell(text.replace("|", BREAK), "centre", bold=r == 0) for text in row) for r, row in enumerate(columns)
    ]
    width = (flow.right - flow.left) / len(table[0])
    draw(flow, Table((width,) * len(table[0]), (table[0],), tuple(table[1:])), layout.style)
    number_pages(book, layout, numeral)
    return Forged(book.pdf(), {"agency_scores": [_expected(agency, *row) for row in rows if row[1] is not None]})


def draw_layout(dice: Dice, across: bool) -> Layout:
    """Upright paper, large type; a table of two rows has its columns ruled."""
    style = Style(
        dice.pick("size", (12.0, 14.0, 16.0)),
        dice.pick("borders", ("strokes", "pieces", "cells", "bars", *(() if across else ("rows",)))),
        0.5,
        pad_y=dice.pick("pad", (3.0, 6.0)),
    )
    return Layout(Sheet(), style, 56.0, None, dice.pick("number", w.PAGE_NUMBERS))


def _drawn(dice: Dice, year: int) -> tuple[Decimal | None, str | None]:
    """A score and the level beside it; some early years have a score and no level, or neither."""
    if year <= 2561:
        return (None if dice.chance("none", 0.2) else cents(Decimal(dice.whole("score", 5500, 9400)) / 100)), dice.pick("word", OLD)
    parts = [Decimal(dice.whole(n, 6000, 10000)) / 100 for n in range(3)]
    total = total_of(*parts)
    return total, grade_of(total, parts, year)


def _expected(agency: str, year: int, score: Decimal | None, grade: str | None) -> dict[str, Value]:
    return {
        "agency_type": next(kind for kind in (PAO, PROVINCE, TOWN, TAMBON, TAO) if agency.startswith(kind)),
        "fiscal_year": year,
        "row_no": None,
        "agency_name_printed": agency,
        "province": next((agency.removeprefix(kind) for kind in (PAO, PROVINCE) if agency.startswith(kind)), None),
        "district": None,
        "score": score,
        "grade": grade,
        "target_passed": None,
        "is_current_year": True,
    }
