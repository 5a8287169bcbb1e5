"""Reports and plans on measures as text: the layer of a PDF cell after cell, tabs with HTML in the cells, pipes, an HTML table.

What `pdftotext` and OCR leave of the tables that `measures.py` draws: the same rows and the same truth, without any geometry.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from . import wording as w
from .agencies import PAO, PROVINCE, TAO, TOWN, draw_rows
from .dice import Dice
from .document import Digits, Value
from .measures import MEASURES, Measure

Form = Literal["layer", "tabs", "pipes", "html"]
FORMS: tuple[Form, ...] = ("layer", "tabs", "pipes", "html")

HEADS: dict[str, tuple[str, ...]] = {
    "measure": ("มาตรการ", "มาตรการ/โครงการ/กิจกรรม", "มาตรการ/กิจกรรม"),
    "steps": ("ขั้นตอนหรือวิธีการ", "ขั้นตอน/วิธีการดำเนินการ", "ขั้นตอนหรือวิธีปฏิบัติ", "วิธีดำเนินการ"),
    "period": ("ระยะเวลาดำเนินการ", "ระยะเวลาการดำเนินการ", "ช่วงระยะเวลา"),
    "responsible": ("ผู้รับผิดชอบ", "หน่วยงานที่รับผิดชอบ"),
    "result": ("ผลการดำเนินการ", "ผลการดำเนินงาน"),
    "outcomes": ("ผลลัพธ์ความสำเร็จ", "ผลลัพธ์"),
    "follow_up": ("การกำกับติดตาม", "การรายงานผลและการกำกับติดตาม"),
}
PLAN = ("measure", "steps", "period", "responsible")
REPORT = ("measure", "steps", "responsible", "result", "outcomes")
TITLES: dict[str, tuple[str, ...]] = {
    "measures_plan": ("มาตรการส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน", "ประจำปีงบประมาณ พ.ศ. {y}"),
    "measures_report": ("รายงานผลการดำเนินการเพื่อส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน", "ประจำปีงบประมาณ พ.ศ. {y}"),
}
PERIODS = ("ตุลาคม {b} - กันยายน {y}", "ตลอดปีงบประมาณ พ.ศ. {y}", "ไตรมาสที่ 2 - 3 ปีงบประมาณ พ.ศ. {y}", "ภายในเดือนมีนาคม {y}")
WIDTHS = {"measure": 26, "steps": 46, "period": 16, "responsible": 18, "result": 34, "outcomes": 28, "follow_up": 30}
"""How many letters a line of a column holds: a column of the page is as wide as its cells are long."""
TALL = (8, 20)
"""How many lines a page holds, at least and at most: short pages break many rows."""


@dataclass(frozen=True, slots=True)
class Written:
    """A document as text, how a file of it is named, and its truth."""

    text: str
    suffix: str
    document_type: str
    expected: tuple[dict[str, Value | tuple[str, ...]], ...]


def write_measures(
    seed: object,
    form: Form,
    *,
    kind: Literal["measures_plan", "measures_report"] | None = None,
    columns: Sequence[str] | None = None,
    count: int | None = None,
    digits: Digits | None = None,
    numbered: bool = True,
) -> Written:
    """A plan or a report drawn from `seed` in one of the forms; whatever is given is kept.

    >>> write_measures(1, "tabs", kind="measures_plan", count=2).expected[1]["seq"]
    2
    """
    dice = Dice(f"measures_text/{seed}")
    year = dice.whole("year", 2565, 2569)
    agency = draw_rows(dice, dice.pick("type", (PROVINCE, PAO, TOWN, TAO)), 1, year)[0].name
    kind = kind or dice.pick("kind", ("measures_plan", "measures_report"))
    columns = tuple(columns or (PLAN if kind == "measures_plan" else REPORT))
    numerals = digits if digits is not None else dice.pick("digits", ("arabic", "thai"))
    chosen = dice.sample("measures", MEASURES, count or dice.whole("count", 3, 8))
    mark = dice.pick("mark", ("{}. ", "{}) "))
    heads = tuple(dice.at(name).pick("head", HEADS[name]) for name in columns)

    def numeral(text: str) -> str:
        return text.translate(w.THAI_DIGITS) if numerals == "thai" else text

    rows = []
    for i, one in enumerate(chosen, 1):
        period = numeral(dice.at(i).pick("period", PERIODS).format(y=year, b=year - 1))
        cells = {
            "measure": [numeral(f"{i}. " if numbered else "") + one.title],
            "steps": [numeral(mark.format(n)) + step for n, step in enumerate(one.steps, 1)],
            "period": [period.replace(" - ", " |- ")],
            "responsible": [one.responsible],
            "result": [one.result],
            "outcomes": [numeral(mark.format(n)) + text for n, text in enumerate(one.outcomes, 1)],
            "follow_up": [one.result],
        }
        rows.append([cells[name] for name in columns])
    title = [line.format(y=numeral(str(year))) for line in TITLES[kind]]
    text = _FORMS[form](title, agency, heads, rows, columns, dice)
    expected = tuple(_expected(one, i, agency, year, columns, rows[i - 1]) for i, one in enumerate(chosen, 1))
    return Written(text, ".html" if form == "html" else ".txt", kind, expected)


def _plain(text: str) -> str:
    return text.replace("|", "")


def _expected(
    one: Measure, seq: int, agency: str, year: int, columns: Sequence[str], row: Sequence[Sequence[str]]
) -> dict[str, Value | tuple[str, ...]]:
    told: dict[str, Value | tuple[str, ...]] = {
        "agency_name": agency,
        "fiscal_year": year,
        "seq": seq,
        "measure": _plain(one.title),
        "steps": tuple(map(_plain, one.steps)) if "steps" in columns else (),
        "outcomes": tuple(map(_plain, one.outcomes)) if "outcomes" in columns else (),
    }
    for name in ("period", "responsible", "result", "follow_up"):
        told[name] = _plain(row[columns.index(name)][0]) if name in columns else None
    return told


def _wrapped(paragraphs: Sequence[str], width: int) -> list[str]:
    """Lines of a cell, broken where `|` allows it; a paragraph begins a line."""
    lines = []
    for paragraph in paragraphs:
        line = ""
        for piece in paragraph.split("|"):
            if line and len(line) + len(piece) > width:
                lines.append(line)
                line = ""
            line += piece
        lines.append(line)
    return lines


def _layer(
    title: Sequence[str],
    agency: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Sequence[str]]],
    columns: Sequence[str],
    dice: Dice,
) -> str:
    """Cell after cell with an empty line between; the head on every page; a row that is too tall goes on below it in one column."""
    pages: list[list[str]] = [[*title, agency, ""]]
    tall, room = dice.whole("tall", *TALL), 0
    for i, row in enumerate(rows):
        cells = [_wrapped(cell, WIDTHS[name]) for name, cell in zip(columns, row, strict=True)]
        tallest = max(range(len(cells)), key=lambda c: len(cells[c]))
        height = len(cells[tallest])
        others = max((len(cell) for c, cell in enumerate(cells) if c != tallest), default=0)
        fresh = room < 2 or others > room
        if fresh:
            if i:
                pages.append([])
            pages[-1] += [" ".join(heads), ""]
            room = max(tall, others)
        cut = room if height > room else height
        first = [cell[:cut] if c == tallest else cell for c, cell in enumerate(cells)]
        for cell in first:
            pages[-1] += [*(line + dice.at(i).pick("end", ("", " ")) for line in cell), ""]
        room -= cut
        rest = cells[tallest][cut:]
        if rest:
            pages.append([" ".join(heads), "", *rest, ""])
            room = tall - len(rest)
    return "\f".join("\n".join(page) for page in pages) + "\f"


def _tabs(
    title: Sequence[str],
    agency: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Sequence[str]]],
    columns: Sequence[str],
    dice: Dice,
) -> str:
    """OCR output: tabs between cells, the head again over every row or two, paragraphs of a cell in <p> or <li>."""
    out = [*title, agency, ""]
    for i, row in enumerate(rows):
        if i == 0 or dice.at(i).chance("head", 0.5):
            out += ["", "\t".join(heads)]
        wrap = dice.at(i).pick("wrap", ("p", "li", "one"))
        out.append("\t".join(_marked(cell, wrap) for cell in row))
    return "\n".join(out)


def _marked(cell: Sequence[str], wrap: str) -> str:
    texts = [html.escape(_plain(text), quote=False) for text in cell]
    if wrap == "li":
        return f"<ol>{' '.join(f'<li>{text}</li>' for text in texts)}</ol>" if len(texts) > 1 else texts[0]
    return " ".join(f"<p>{text}</p>" for text in texts) if wrap == "p" or len(texts) > 1 else texts[0]


def _pipes(
    title: Sequence[str],
    agency: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Sequence[str]]],
    columns: Sequence[str],
    dice: Dice,
) -> str:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cells)} |"

    body = [line(["<br>".join(map(_plain, cell)) for cell in row]) for row in rows]
    return "\n".join([f"# {title[0]}", *title[1:], agency, "", line(heads), line(["---"] * len(heads)), *body, ""])


def _html(
    title: Sequence[str],
    agency: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Sequence[str]]],
    columns: Sequence[str],
    dice: Dice,
) -> str:
    def row_of(tag: str, cells: Sequence[str]) -> str:
        return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"

    wrap = dice.pick("wrap", ("p", "li"))
    lines = "".join(f"<p>{html.escape(text)}</p>" for text in (*title, agency))
    body = "".join(row_of("td", [_marked(cell, wrap) for cell in row]) for row in rows)
    return f"<!DOCTYPE html><html><body>{lines}<table>{row_of('th', heads)}{body}</table></body></html>"


_FORMS = {"layer": _layer, "tabs": _tabs, "pipes": _pipes, "html": _html}
