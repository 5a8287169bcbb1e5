"""Pages into one document: furniture set aside, tables joined over page breaks, repeated heads left out.

A national announcement is one table on three hundred pages, with the head drawn anew on each; a measures report breaks a row in
its longest cell and goes on under an empty first column, or breaks it in all its cells at once.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from ..model.page import BBox
from ..model.table import COLUMN_DRIFT, Cell, Document, LongTable, PageContent, Row, Table, TextLine, column_starts
from ..rulebook.wording import skeleton
from .broken import goes_on, joined
from .furniture import echoes_of, furniture_of, is_note

_ONE = re.compile(r"[1๑]\.?")
_COUNT = re.compile(r"[0-9๐-๙]{1,5}\.?")
_DIGIT = re.compile("[0-9๐-๙]")
HEADINGS, LONG, ALIKE = 3, 8, 85.0
"""Of so many headings one may be misread that has so many letters, if the two readings are so much alike, of 100."""
_FIGURE = re.compile(r"[0-9๐-๙][0-9๐-๙.,]*%?|[-–—]")


def stitch(pages: Iterable[PageContent]) -> Document:
    """The whole document. Tables are numbered from 1 as pages print them; one that goes on over pages keeps its first number."""
    pages = list(pages)
    is_furniture, echoes = furniture_of(pages), echoes_of(pages)
    blocks: list[TextLine | LongTable] = []
    furniture: list[TextLine] = []
    number = 0
    for page in pages:
        furniture.extend(page.furniture)
        for block in page.blocks:
            if isinstance(block, TextLine):
                (furniture if is_furniture(block) else blocks).append(block)
                continue
            number += 1
            rows = _rows(block, number)
            place = _open_table(blocks, block, echoes)
            last = blocks[place] if place is not None else None
            if place is None or not isinstance(last, LongTable) or not _goes_on_over_page(last, block, rows, blocks[-1]):
                blocks.append(LongTable(number, page.number, block.n_cols, rows, rivers=block.rivers))
                continue
            between = [line for line in blocks[place + 1 :] if line.page == page.number and isinstance(line, TextLine)]
            furniture += between
            blocks[place:] = [_continued(last, rows, block.rivers), *(b for b in blocks[place + 1 :] if b not in between)]
    return Document(len(pages), tuple(blocks), tuple(furniture))


def _open_table(blocks: Sequence[TextLine | LongTable], new: Table, echoes: Container[int]) -> int | None:
    """The place of the table that ends the page before. Notes below it are passed over, and lines above that echo that page's.

    Where two tables end that page side by side, it is the one in whose columns the new table stands.
    """
    last: LongTable | None = None
    for place in range(len(blocks) - 1, -1, -1):
        block = blocks[place]
        if isinstance(block, LongTable):
            if not block.rows or block.rows[-1].page != new.page - 1 or (last is not None and not _beside(block, last)):
                return None
            if _same_columns(block, new) or not _beside_new(block, new):
                return place
            last = block
        elif last is not None or not (
            id(block) in echoes if block.page == new.page else block.page == new.page - 1 and is_note(block)
        ):
            return None
    return None


def _beside(one: LongTable, other: LongTable) -> bool:
    """Whether two tables end at the foot of one page side by side."""
    a, b = one.rows[-1].bbox, other.rows[-1].bbox
    begins = other.rows[0].bbox if other.page == one.rows[-1].page else None
    return a is not None and b is not None and (a[2] < b[0] or b[2] < a[0]) and (begins is None or begins[1] < a[3])


def _beside_new(table: LongTable, new: Table) -> bool:
    """Whether a table at the head of a page stands beside where the table before it stood, and not below it."""
    box = table.rows[-1].bbox
    return box is not None and new.bbox is not None and (box[2] < new.bbox[0] or new.bbox[2] < box[0])


def _goes_on_over_page(table: LongTable, block: Table, rows: Sequence[Row], above: TextLine | LongTable) -> bool:
    """Whether the first table of a page, which has `rows`, goes on the last one of the page before.

    `above` is what stands above it. Where that is a line which the page before had in the same place, the rows must count on: else
    the line is a title.
    """
    if not _same_columns(table, block) or _begins_anew(table, rows):
        return False
    return isinstance(above, LongTable) or above.page != block.page or _counts_on(table, rows)


def _counts_on(table: LongTable, rows: Sequence[Row]) -> bool:
    """Whether the first number of a row is one more than the last of the table."""
    last = [text for row in table.rows[-2:] if _COUNT.fullmatch(text := _text(row, 0))]
    first = [text for row in rows[_repeated_heads(table, rows) :][:2] if _COUNT.fullmatch(text := _text(row, 0))]
    return bool(first and last) and int(first[0].rstrip(".")) == int(last[-1].rstrip(".")) + 1


def _same_columns(table: LongTable, block: Table) -> bool:
    if table.n_cols != block.n_cols:
        return False
    if table.rivers and block.rivers:
        return all(b > a for a, b in _shared(table.rivers, block.rivers))
    old, new = column_starts(cell for row in table.rows[-3:] for cell in row.cells), column_starts(block.cells)
    if table.rivers or block.rivers:  # drawn on one page alone, by the shades of a head: each border lies in its river
        drawn = new if table.rivers else old
        return all(
            a - COLUMN_DRIFT <= drawn[col] <= b + COLUMN_DRIFT
            for col, (a, b) in enumerate(table.rivers or block.rivers, 1)
            if col in drawn
        )
    return all(abs(old[col] - new[col]) <= COLUMN_DRIFT for col in old.keys() & new.keys())


def _shared(some: Sequence[tuple[float, float]], others: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """What rivers of two pages have in common: a border of both may lie there."""
    return tuple((max(a, c), min(b, d)) for (a, b), (c, d) in zip(some, others, strict=True))


def _begins_anew(table: LongTable, rows: Sequence[Row]) -> bool:
    """Whether a table at the top of a page is another one than the table above it, though it has the same columns.

    It is where it brings a head of other wording, or brings the same head and counts from 1 again.
    """
    heads = _repeated_heads(table, rows)
    if heads == len(rows):
        return False
    if not heads and _has_same_form(table, rows):
        return True
    first = _text(rows[heads], 0)
    counted = any(_COUNT.fullmatch(_text(row, 0)) and not _ONE.fullmatch(_text(row, 0)) for row in table.rows[-2:])
    if heads:
        return bool(_ONE.fullmatch(first)) and counted
    return _is_head(table, rows[0])


def _has_same_form(table: LongTable, rows: Sequence[Row]) -> bool:
    """Whether another line stands above the same head: the next question of a form whose questions are a table each."""
    if len(rows) < 2 or len(table.rows) < 2 or _key(rows[1]) != _key(table.rows[1]):
        return False
    words = {
        id(cell) for cell in rows[1].cells if cell is not None and cell.text.strip() and not _FIGURE.fullmatch(cell.text.strip())
    }
    return len(words) > 1 and not any(_FIGURE.fullmatch(_text(rows[1], col)) for col in range(table.n_cols))


def _is_head(table: LongTable, row: Row) -> bool:
    """Whether a row prints words in most of the columns in which the table prints figures."""
    body = table.rows[-8:]
    columns = [
        col
        for col in range(table.n_cols)
        if sum(bool(_FIGURE.fullmatch(_text(one, col))) for one in body) * 2 > len(body) and len(body) > 1
    ]
    words = [col for col in columns if _text(row, col) and not _FIGURE.fullmatch(_text(row, col))]
    return len(columns) > 1 and len(words) * 2 > len(columns)


def _text(row: Row, col: int) -> str:
    cell = row.cells[col]
    return cell.text.strip() if cell else ""


def _rows(table: Table, number: int) -> tuple[Row, ...]:
    grid: list[list[Cell | None]] = [[None] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        for r in range(cell.row, min(cell.row + cell.row_span, table.n_rows)):
            for c in range(cell.col, min(cell.col + cell.col_span, table.n_cols)):
                grid[r][c] = cell
    return tuple(_row(table.page, number, tuple(cells)) for cells in grid)


def _row(page: int, number: int, cells: tuple[Cell | None, ...]) -> Row:
    own = list({id(cell): cell for cell in cells if cell is not None}.values())
    return Row(page, number, cells, _union(cell.bbox for cell in own), " | ".join(" ".join(cell.text.split()) for cell in own))


def _union(boxes: Iterable[BBox | None]) -> BBox | None:
    known = [box for box in boxes if box]
    if not known:
        return None
    x0, y0, x1, y1 = zip(*known, strict=True)
    return (min(x0), min(y0), max(x1), max(y1))


def _key(row: Row) -> tuple[str, ...]:
    """What a row says, whatever damage its marks took: the same head may be damaged differently on the next page."""
    return tuple(skeleton(cell.text) if cell else "" for cell in row.cells)


def _repeated_heads(table: LongTable, rows: Sequence[Row]) -> int:
    """How many rows at the top repeat the first rows of the table."""
    heads = 0
    while heads < min(len(rows), len(table.rows)) and _says_the_same(rows[heads], table.rows[heads]):
        heads += 1
    return heads


def _says_the_same(one: Row, other: Row) -> bool:
    """Whether two rows say the same, but perhaps for a letter or two in one of some headings: OCR reads it so on one page only."""
    keys, others = _key(one), _key(other)
    if keys == others:
        return True
    odd = [(a, b) for a, b in zip(keys, others, strict=False) if a != b]
    told = [key for key in keys if key]
    if len(keys) != len(others) or len(odd) != 1 or len(told) < HEADINGS or any(map(_FIGURE.fullmatch, told)):
        return False
    from rapidfuzz.fuzz import ratio

    [(a, b)] = odd
    return min(len(a), len(b)) >= LONG and not _DIGIT.search(a + b) and ratio(a, b) >= ALIKE


def _continued(table: LongTable, rows: tuple[Row, ...], rivers: tuple[tuple[float, float], ...]) -> LongTable:
    heads = _repeated_heads(table, rows)
    rows = rows[heads:]
    kept, count = list(table.rows), 0
    if rows and kept and goes_on(table.rows, rows[0]):
        cells = joined(kept[-1].cells, rows[0].cells)
        whole = _row(kept[-1].page, kept[-1].table_no, cells)
        kept[-1] = replace(whole, bbox=kept[-1].bbox, page_end=rows[0].page)
        rows, count = rows[1:], 1
    return replace(
        table,
        rows=(*kept, *rows),
        repeated_heads=table.repeated_heads + heads,
        joined_rows=table.joined_rows + count,
        rivers=_shared(table.rivers, rivers) if rivers and table.rivers else rivers or table.rivers,
    )
