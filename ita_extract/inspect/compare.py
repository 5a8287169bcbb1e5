"""The same page by the other engine, and where the two differ: in pages, in characters, in the shape of tables, in their text."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..crosscheck import OTHER
from ..engines import engine
from ..errors import DocumentError
from ..model import trace
from ..model.page import BBox, Chars, Page
from ..model.source import SourceDocument
from ..model.table import PageContent, Table
from ..tables.content import read_content

NEAR = 2.0
"""Points by which two engines may place a pen or the side of a box apart."""
LINE = 6.0
"""Points within which two engines place one baseline."""
STRIP = 512
"""Characters compared with all others at once: a full page would need a table of gigabytes."""
SARA_AM, SARA_AA, NIKHAHIT = 0x0E33, 0x0E32, 0x0E4D
SHOWN, LETTERS = 3, 20
"""Cells and characters that are told as examples."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `engine` sees of the page, beside `first`.

    `missed`, `added`: (n, 4) boxes of the characters that only `first`, and that only `engine` sees.

    `tables` are this engine's; `differences` say in words where the two part, and are empty where they agree.
    """

    first: str
    engine: str
    page_count: int
    tables: tuple[Table, ...]
    missed: NDArray[np.float32]
    added: NDArray[np.float32]
    differences: tuple[str, ...]


def compare_engines(source: SourceDocument, page: Page, first: str, page_count: int, first_table: int = 1) -> Comparison:
    """Reads a page as the other engine gives it, beside `page` as `first` gave it, which finds `page_count` in the document.

    One that cannot read the document is a difference, too. What OCR read is not compared, only the text layers. Tables are told
    by their numbers in the document, of which the page's begin with `first_table`.
    """
    ours, theirs = first, OTHER[first]
    none = np.empty((0, 4), np.float32)
    try:
        count = engine(theirs).count_pages(source)
        other = next(iter(engine(theirs).read(source, range(page.number, page.number + 1))), None)
    except DocumentError as error:
        return Comparison(ours, theirs, 0, (), none, none, (f"{theirs} cannot read the document: {error}",))
    pages = () if count == page_count else (f"pages: {ours} has {page_count}, {theirs} {count}",)
    if other is None:
        return Comparison(ours, theirs, count, (), none, none, (*pages, f"{theirs} has no page {page.number}"))
    missed, added = _unmatched(page.chars, other.chars), _unmatched(other.chars, page.chars)
    left, right = _tables(read_content(page)), _tables(read_content(other))
    differences = (
        *pages,
        *_told_characters(page, other, ours, theirs),
        *_told_places(page.chars, missed, ours),
        *_told_places(other.chars, added, theirs),
        *_told_tables(left, right, ours, theirs, first_table),
    )
    return Comparison(ours, theirs, count, right, page.chars.box[missed], other.chars.box[added], differences)


def _tables(content: PageContent) -> tuple[Table, ...]:
    return tuple(block for block in content.blocks if isinstance(block, Table))


def _ink(chars: Chars) -> NDArray[np.bool_]:
    return np.asarray(chars.kind != ord(trace.BLANK))


def _unmatched(chars: Chars, others: Chars) -> NDArray[np.int64]:
    """The characters that draw something, that the other engine has not at their place, and fewer of than this one at their height.

    Neither tells alone: an engine gives all characters under one /ActualText the box of the first, and a mark the box of its ink or
    that of a whole em; and of the same letters in a line one may still stand elsewhere.
    """
    surplus = Counter(_lines(chars))
    there = Counter(_lines(others))
    for code, line in surplus:
        surplus[code, line] -= sum(there[code, line + near] for near in (-1, 0, 1))
    index = np.flatnonzero(_ink(chars))
    alone = []
    for at, key, placed in zip(index.tolist(), _lines(chars), _has_partner(chars, others, index), strict=True):
        if not placed and surplus[key] > 0 and key[0] != NIKHAHIT:
            surplus[key] -= 1
            alone.append(at)
    return np.array(alone, np.int64)


def _lines(chars: Chars) -> list[tuple[int, int]]:
    """Of each character that draws something its code and the height on the page at which it stands.

    One engine gives ำ as its two halves: it counts as the second, and the first does not count.
    """
    ink = _ink(chars)
    code = np.where(chars.code[ink] == SARA_AM, SARA_AA, chars.code[ink])
    across = np.where(chars.turn[ink] % 2 == 0, chars.origin[ink, 1], chars.origin[ink, 0])
    return list(zip(code.tolist(), np.round(across / LINE).astype(int).tolist(), strict=True))


def _has_partner(chars: Chars, others: Chars, index: NDArray[np.int64]) -> list[bool]:
    """Of each character whether the other engine has one under the same pen, or a box that holds its middle or has it inside."""
    there = np.flatnonzero(_ink(others))
    found: list[bool] = []
    for at in range(0, len(index), STRIP):
        part = index[at : at + STRIP]
        pens = (np.abs(chars.origin[part, None] - others.origin[None, there]) <= NEAR).all(axis=2)
        near = pens | _within(chars.box[part], others.box[there]) | _within(others.box[there], chars.box[part]).T
        found += near.any(axis=1).tolist()
    return found


def _within(inner: NDArray[np.float32], outer: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(n, m): whether the middle of a box of `inner` (n, 4) lies in one of `outer` (m, 4), or hardly beside it."""
    middle = (inner[:, None, :2] + inner[:, None, 2:]) / 2
    return np.asarray(((middle >= outer[None, :, :2] - NEAR) & (middle <= outer[None, :, 2:] + NEAR)).all(axis=2))


def _told_characters(page: Page, other: Page, ours: str, theirs: str) -> Iterator[str]:
    a, b = int(_ink(page.chars).sum()), int(_ink(other.chars).sum())
    if a != b:
        yield f"characters: {ours} sees {a:,}, {theirs} {b:,}"


def _told_places(chars: Chars, alone: NDArray[np.int64], name: str) -> Iterator[str]:
    if len(alone):
        text = "".join(map(_shown, chars.code[alone[:LETTERS]].tolist()))
        stand = "character stands" if len(alone) == 1 else "characters stand"
        yield f"{len(alone):,} {stand} where only {name} sees one: {text}{'…' if len(alone) > LETTERS else ''}"


def _shown(code: int) -> str:
    return chr(code) if chr(min(code, 0x10FFFF)).isprintable() and code <= 0x10FFFF else "\ufffd"


def _told_tables(left: tuple[Table, ...], right: tuple[Table, ...], ours: str, theirs: str, first: int) -> Iterator[str]:
    """Tables are paired by the place that they share; what is left over has no partner."""
    rest = list(right)
    for no, table in enumerate(left, first):
        partner = max(rest, key=lambda other: _shared(table.bbox, other.bbox), default=None)
        if partner is None or not _shared(table.bbox, partner.bbox):
            yield f"table {no} ({shape(table)}): {theirs} sees none there"
            continue
        rest.remove(partner)
        if (table.n_rows, table.n_cols) != (partner.n_rows, partner.n_cols):
            yield f"table {no}: {ours} sees {shape(table)}, {theirs} {shape(partner)}"
        else:
            yield from _told_cells(no, table, partner)
    yield from (f"{theirs} sees a table of {shape(table)} where {ours} sees none" for table in rest)


def _told_cells(no: int, table: Table, other: Table) -> Iterator[str]:
    there = {(cell.row, cell.col): cell for cell in other.cells}
    spans = sum(
        (partner := there.get((cell.row, cell.col))) is None
        or (cell.row_span, cell.col_span) != (partner.row_span, partner.col_span)
        for cell in table.cells
    )
    if spans:
        yield f"table {no}: {spans} cells span other rows or columns"
        return
    odd = [(cell, there[cell.row, cell.col]) for cell in table.cells if _bare(cell.raw) != _bare(there[cell.row, cell.col].raw)]
    if odd:
        shown = ", ".join(f"{_short(a.raw)!r} and {_short(b.raw)!r}" for a, b in odd[:SHOWN])
        yield f"table {no}: the raw text of {len(odd)} of {len(table.cells)} cells differs: {shown}"


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())  # one engine gives ำ as the other gives its two halves


def _short(text: str) -> str:
    return " ".join(text.split())[:30]


def shape(table: Table) -> str:
    """Rows and columns as people write them."""
    return f"{table.n_rows} x {table.n_cols}"


def _shared(a: BBox | None, b: BBox | None) -> float:
    if a is None or b is None:
        return 0.0
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
