"""A long table parted where a new head begins.

Reports draw a table for every question, and where the next page goes on with the same columns the pages are joined into one long
table; OCR runs tables together that share no more than a page. What stands under which head is therefore asked row by row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from ..model.table import LongTable, Row
from ..rulebook.layouts import TableLayout
from ..rulebook.wording import squash
from .headings import MAX_HEAD_ROWS, Head, field_of, find_head

_NUMBER = re.compile(r"[\d๐-๙][\d๐-๙,]*(?:\.[\d๐-๙]+)?%?|-{2,}|[-–—]")
HEADS = 3
"""So many cells of a row that are headings make it a head."""
FRAGMENT = 4
"""A piece of a heading of so many letters is one that OCR tore off."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows under one head. `table` begins with the head's rows; `head` is None for rows above any head, and for one that stands
    by itself (`is_stop`)."""

    table: LongTable
    head: Head | None
    is_stop: bool = False


def texts(row: Row) -> list[str]:
    """The texts of a row's own cells, a merged one once, empty ones left out."""
    own = {id(cell): cell.text.strip() for cell in row.cells if cell is not None}
    return [text for text in own.values() if text]


def is_number(text: str) -> bool:
    """Whether a cell holds nothing but a number, a percentage or a dash."""
    return bool(_NUMBER.fullmatch("".join(text.split())))


Stops: TypeAlias = Callable[[Row, Head | None, Row | None], bool]
"""Whether a row stands above a head, as a question does: the row, the head that it stands under so far, and the row after it."""


def stretches(table: LongTable, layouts: tuple[TableLayout, ...], stops: Stops, inherited: Head | None = None) -> Iterator[Stretch]:
    """The table parted before every head, and before and behind every row that `stops` names.

    `inherited` is the head that rows without one of their own stand under: that of the table before, in the same columns.
    """
    rows, start, at = table.rows, 0, 0
    head = replace(inherited, rows=0) if inherited else None
    while at < len(rows):
        stop = stops(rows[at], head, rows[at + 1] if at + 1 < len(rows) else None)
        found = None if stop else _head_at(table, at, layouts, stops)
        if stop or found:
            if at > start:
                yield _stretch(table, start, at, head)
            start = at
        if stop:
            yield replace(_stretch(table, at, at + 1, None), is_stop=True)
            at = start = at + 1
            head = replace(head, rows=0) if head else None
        elif found:
            head, at = found, at + found.rows
        else:
            at += 1
    if at > start:
        yield _stretch(table, start, at, head)


def _stretch(table: LongTable, start: int, end: int, head: Head | None) -> Stretch:
    return Stretch(replace(table, rows=table.rows[start:end], page=table.rows[start].page, repeated_heads=0, joined_rows=0), head)


def _head_at(table: LongTable, at: int, layouts: tuple[TableLayout, ...], stops: Stops) -> Head | None:
    """The head that begins at a row: its rows hold no numbers of their own, and the last of them is all headings."""
    deep = 0
    for row in table.rows[at : at + MAX_HEAD_ROWS]:
        if any(is_number(text) for text in texts(row)) or stops(row, None, None):
            break
        deep += 1
    if not deep:
        return None
    head = find_head(replace(table, rows=table.rows[at : at + deep]), layouts, frozenset())
    if head is None:
        return None
    first = table.rows[at]
    if head.rows > 1 and not _is_all_headings(first, head.layout) and not _is_smeared(first, head.layout):
        return None  # a row of text above a head is not its first row
    return head


def _is_all_headings(row: Row, layout: TableLayout) -> bool:
    """Whether a row says nothing but headings of the table, or pieces of them."""
    return all(is_heading(text, layout) for text in texts(row))


def says_heads(row: Row, layout: TableLayout) -> bool:
    """Whether a row is a head of the table, whatever else stands in it."""
    return sum(1 for text in texts(row) if field_of(squash(text), layout.columns)) >= HEADS


def is_heading(text: str, layout: TableLayout) -> bool:
    plain = squash(text)
    if field_of(plain, layout.columns):
        return True
    return len(plain) >= FRAGMENT and any(plain in known for column in layout.columns for known in column.headings)


def _is_smeared(row: Row, layout: TableLayout) -> bool:
    """Whether a row mixes headings with other text: OCR read a head and what stands above it as one."""
    return sum(1 for text in texts(row) if is_heading(text, layout)) >= 2
