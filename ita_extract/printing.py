"""Lines and tables of a document as text for people and programs: what the commands `text` and `tables` print.

Documents come from anywhere, and what is printed goes into terminals, spreadsheets and browsers: none of them may be made to do
anything by it. JSON keeps every character, the dangerous ones escaped; the other forms leave them out.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from .model.table import Cell, PageContent, Table, TextLine
from .records.values import unwrap

FORMULA = re.compile("'*[\\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*[=+\\-@＝＋－＠]")
"""What may open a formula, behind what some programs pass over; or is such a thing quoted already, so that a quote of ours can be
told from an apostrophe that was printed."""
UNSEEN = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff"
"""Control characters but for tab and line breaks; marks that turn the direction of reading, under which a text shows as another;
and what is no character at all."""
CONTROL = re.compile(f"[{UNSEEN}]")
NOT_IN_JSON = re.compile(f"[{UNSEEN}\u2028\u2029]")
NUMBER = re.compile(r"[-+]?[0-9๐-๙][0-9๐-๙.,]*%?|[-–—]")
ITEM = re.compile(r"\n(?=[^\S\n]*+(?:[0-9๐-๙]{1,2}[.)](?![0-9๐-๙])|\([0-9๐-๙]{1,2}\)|[-•●▪]\s))")


def cell_text(text: str) -> str:
    """The text of a cell with its line breaks undone, but for those before a numbered item or a bullet.

    >>> cell_text("องค์การบริหารส่วนตำบล\\nท่าตุ้ม"), cell_text("1. จัดทำ\\nคู่มือ\\n2. กำชับ")
    ('องค์การบริหารส่วนตำบลท่าตุ้ม', '1. จัดทำคู่มือ\\n2. กำชับ')

    A number that stands first in its line is no item: "ร้อยละ 98.51" broken before its number was cut in two.

    >>> cell_text("ตรงเวลาร้อยละ \\n98.51 ของทั้งหมด")
    'ตรงเวลาร้อยละ 98.51 ของทั้งหมด'
    """
    return "\n".join(part for part in map(unwrap, ITEM.split(text)) if part)


def without_controls(text: str) -> str:
    """`text` without what a terminal would obey and nobody can see.

    >>> without_controls("\x1b]0;title\x07ผ่าน\x9b2J")
    ']0;titleผ่าน2J'
    """
    return CONTROL.sub("", text)


def _json(data: object) -> str:
    """JSON that says all and obeys nobody: control characters of the second kind, which JSON itself leaves as they are, as escapes.

    >>> _json("\x9b2J\u202eผ่าน")
    '"\\\\u009b2J\\\\u202eผ่าน"'
    """
    return NOT_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(data, ensure_ascii=False, indent=1))


def text_lines(pages: Iterable[PageContent]) -> Iterator[dict[str, Any]]:
    """Every line and every row of a table: page, bbox, text and raw text. Cells of a row are parted by tabs."""
    for page in pages:
        for block in (*page.blocks, *page.furniture):
            if isinstance(block, TextLine):
                yield {"page": page.number, "bbox": block.bbox, "text": block.text, "raw": block.raw}
            else:
                yield from _row_lines(block)


def _row_lines(table: Table) -> Iterator[dict[str, Any]]:
    rows: dict[int, list[Cell]] = {row: [] for row in range(table.n_rows)}
    for cell in table.cells:
        rows[cell.row].append(cell)
    for cells in rows.values():
        boxes = [cell.bbox for cell in cells if cell.bbox]
        box = (
            (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
            if boxes
            else None
        )
        text = "\t".join(" ".join(cell_text(cell.text).split()) for cell in cells)
        yield {"page": table.page, "bbox": box, "text": text, "raw": "\t".join(cell.raw for cell in cells)}


def text_plain(pages: Iterable[PageContent]) -> Iterator[str]:
    """The text page by page; pages are parted by a form feed, and by no character that a page prints."""
    for number, page in enumerate(pages):
        yield ("\f" if number else "") + "".join(f"{_one_line(line['text'])}\n" for line in text_lines([page]))


def _one_line(text: str) -> str:
    return without_controls(" ".join(text.splitlines()))


def text_json(pages: Iterable[PageContent]) -> str:
    return _json(list(text_lines(pages)))


def find_tables(pages: Iterable[PageContent]) -> list[Table]:
    return [block for page in pages for block in page.blocks if isinstance(block, Table)]


def tables_json(tables: Iterable[Table]) -> str:
    """Each table with page, box and cells: place, spans, box, text and raw text."""
    return _json([_table_json(table) for table in tables])


def _table_json(table: Table) -> dict[str, Any]:
    cells = [
        {
            "row": cell.row,
            "col": cell.col,
            "row_span": cell.row_span,
            "col_span": cell.col_span,
            "bbox": cell.bbox,
            "text": cell_text(cell.text),
            "raw": cell.raw,
        }
        for cell in table.cells
    ]
    return {"page": table.page, "bbox": table.bbox, "n_rows": table.n_rows, "n_cols": table.n_cols, "cells": cells}


def tables_csv(tables: Iterable[Table]) -> str:
    """The tables one after another, an empty line between them. A merged cell stands in its first place, the others are empty.

    A cell that a spreadsheet would run as a formula is quoted with an apostrophe, unless it is a number or a dash.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for number, table in enumerate(tables):
        if number:
            out.write("\n")
        writer.writerows([[inert(_plain(cell)) if cell else "" for cell in row] for row in _grid(table)])
    return out.getvalue()


def inert(text: str) -> str:
    """`text` as a spreadsheet shows it and does not run it.

    >>> inert("=HYPERLINK(1)"), inert("\u200b＝1"), inert("-"), inert("-1.5"), inert("ผ่าน")
    ("'=HYPERLINK(1)", "'\u200b＝1", '-', '-1.5', 'ผ่าน')
    """
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text.strip()) else text


def _plain(cell: Cell) -> str:
    """The text of a cell without control characters: before anything is asked of it, for they hide what it begins with."""
    return without_controls(cell_text(cell.text))


def _grid(table: Table) -> list[list[Cell | None]]:
    grid: list[list[Cell | None]] = [[None] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        grid[cell.row][cell.col] = cell
    return grid


def tables_html(tables: Iterable[Table]) -> str:
    """The tables as HTML; every text is escaped, so that no document can put a script into it."""
    parts = ['<!doctype html>\n<html lang="th">\n<meta charset="utf-8">\n<title>tables</title>\n']
    for table in tables:
        parts.append(f'<table border="1">\n<caption>page {table.page}</caption>\n')
        for row in _grid(table):
            cells = "".join(_td(cell) for cell in row if cell)
            parts.append(f"<tr>{cells}</tr>\n")
        parts.append("</table>\n")
    return "".join([*parts, "</html>\n"])


def _td(cell: Cell) -> str:
    rows = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    cols = f' colspan="{cell.col_span}"' if cell.col_span > 1 else ""
    return f"<td{rows}{cols}>{html.escape(_plain(cell)).replace(chr(10), '<br>')}</td>"
