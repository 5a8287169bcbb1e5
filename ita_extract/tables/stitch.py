"""Pages into one document: furniture set aside, tables joined over page breaks, repeated heads left out.

A national announcement is one table on three hundred pages, with the head drawn anew on each; a measures report breaks a row in
its longest cell and goes on under an empty first column.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..model.page import BBox
from ..model.table import COLUMN_DRIFT, Cell, Document, LongTable, PageContent, Row, Table, TextLine, column_starts
from ..rulebook.wording import skeleton

EDGE_LINES = 2
"""How many lines at the top and at the foot of a page may be furniture."""
KEY_FILLED = 0.8
"""The share of rows whose first cell must be filled for an empty one to mean "goes on from the page before"."""

_MARGIN = r"[\s\-–—/|()]*"
_NUMBER = r"[0-9๐-๙]{1,4}"
_PAGE_NUMBER = re.compile(rf"{_MARGIN}(?:หน้า(?:ที่)?|page)?{_MARGIN}{_NUMBER}(?:\s*(?:/|จาก|of)\s*{_NUMBER})?{_MARGIN}", re.I)
_CATCHWORD = re.compile(r"/\s*\S.{0,40}(?:\.{2,}|…)")
_DIGITS = re.compile(r"[0-9๐-๙]+")


def stitch(pages: Iterable[PageContent]) -> Document:
    """The whole document. Tables are numbered from 1 as pages print them; one that goes on over pages keeps its first number."""
    pages = list(pages)
    repeated = _repeated_lines(pages)
    blocks: list[TextLine | LongTable] = []
    furniture: list[TextLine] = []
    number = 0
    for page in pages:
        edge = _edge_lines(page)
        furniture.extend(page.furniture)
        for block in page.blocks:
            if isinstance(block, TextLine):
                if block in edge and (_is_page_number(block.text) or _shape(block.text) in repeated):
                    furniture.append(block)
                else:
                    blocks.append(block)
                continue
            number += 1
            last = blocks[-1] if blocks else None
            if isinstance(last, LongTable) and last.rows and last.rows[-1].page == page.number - 1 and _same_columns(last, block):
                blocks[-1] = _continued(last, _rows(block, number))
            else:
                blocks.append(LongTable(number, page.number, block.n_cols, _rows(block, number)))
    return Document(len(pages), tuple(blocks), tuple(furniture))


def _shape(text: str) -> str:
    return _DIGITS.sub("0", "".join(text.split()))


def _is_page_number(text: str) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(text.strip()) or _CATCHWORD.fullmatch(text.strip()))


def _edge_lines(page: PageContent) -> tuple[TextLine, ...]:
    """The lines that stand before or behind everything else on the page."""
    blocks = page.blocks
    head = next((i for i, block in enumerate(blocks) if not isinstance(block, TextLine)), len(blocks))
    foot = next((i for i, block in enumerate(reversed(blocks)) if not isinstance(block, TextLine)), len(blocks))
    edge = [*blocks[: min(head, EDGE_LINES)], *(blocks[-min(foot, EDGE_LINES) :] if foot else ())]
    return tuple(block for block in edge if isinstance(block, TextLine))


def _repeated_lines(pages: Sequence[PageContent]) -> frozenset[str]:
    """Shapes of lines that stand at the edge of most pages: running heads and feet. Three pages are the least that can tell."""
    seen = Counter(shape for page in pages for shape in {_shape(line.text) for line in _edge_lines(page)})
    return frozenset(shape for shape, count in seen.items() if count >= 3 and count * 2 > len(pages))


def _same_columns(table: LongTable, block: Table) -> bool:
    if table.n_cols != block.n_cols:
        return False
    old, new = column_starts(cell for row in table.rows[-3:] for cell in row.cells), column_starts(block.cells)
    return all(abs(old[col] - new[col]) <= COLUMN_DRIFT for col in old.keys() & new.keys())


def _rows(table: Table, number: int) -> tuple[Row, ...]:
    grid: list[list[Cell | None]] = [[None] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        for r in range(cell.row, min(cell.row + cell.row_span, table.n_rows)):
            for c in range(cell.col, min(cell.col + cell.col_span, table.n_cols)):
                grid[r][c] = cell
    return tuple(_row(table.page, number, tuple(cells)) for cells in grid)


def _row(page: int, number: int, cells: tuple[Cell | None, ...]) -> Row:
    own = list(dict.fromkeys(cell for cell in cells if cell is not None))
    return Row(page, number, cells, _union(cell.bbox for cell in own), " | ".join(" ".join(cell.text.split()) for cell in own))


def _union(boxes: Iterable[BBox | None]) -> BBox | None:
    known = [box for box in boxes if box]
    if not known:
        return None
    return (min(b[0] for b in known), min(b[1] for b in known), max(b[2] for b in known), max(b[3] for b in known))


def _key(row: Row) -> tuple[str, ...]:
    """What a row says, whatever damage its marks took: the same head may be damaged differently on the next page."""
    return tuple(skeleton(cell.text) if cell else "" for cell in row.cells)


def _continued(table: LongTable, rows: tuple[Row, ...]) -> LongTable:
    heads = 0
    while heads < min(len(rows), len(table.rows)) and _key(rows[heads]) == _key(table.rows[heads]):
        heads += 1
    rows = rows[heads:]
    kept, joined = list(table.rows), 0
    if rows and kept and _goes_on(table, rows[0]):
        kept[-1] = _joined(kept[-1], rows[0])
        rows, joined = rows[1:], 1
    return replace(table, rows=(*kept, *rows), repeated_heads=table.repeated_heads + heads, joined_rows=table.joined_rows + joined)


def _goes_on(table: LongTable, row: Row) -> bool:
    """An empty first cell at the top of a page, in a table that otherwise fills its first column, continues the row before it."""
    first = row.cells[0]
    if (first is not None and first.text.strip()) or not any(cell and cell.text.strip() for cell in row.cells):
        return False
    body = table.rows[1:]
    filled = sum(1 for r in body if r.cells[0] is not None and r.cells[0].text.strip())
    return bool(body) and filled >= KEY_FILLED * len(body)


def _joined(upper: Row, lower: Row) -> Row:
    cells = tuple(_joined_cell(a, b) for a, b in zip(upper.cells, lower.cells, strict=True))
    return replace(_row(upper.page, upper.table_no, cells), bbox=upper.bbox)


def _joined_cell(a: Cell | None, b: Cell | None) -> Cell | None:
    if a is None or b is None or not b.text.strip():
        return a if a is not None else b
    if not a.text.strip():
        return replace(a, raw=b.raw, trace=b.trace, text=b.text, steps=b.steps)
    moved = tuple(replace(step, offset=step.offset + len(a.text) + 1) for step in b.steps)
    trace = f"{a.trace}|{b.trace}" if a.trace or b.trace else ""
    return replace(a, raw=f"{a.raw}\n{b.raw}", trace=trace, text=f"{a.text}\n{b.text}", steps=(*a.steps, *moved))
