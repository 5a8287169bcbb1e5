"""A page in words: its facts, its blocks in reading order, the layout that matched and why, and what was repaired."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator

from ..checks.legible import SAYS
from ..model import trace
from ..model.page import Page
from ..model.table import TextLine
from .compare import Comparison, shape
from .facts import EXAMPLE, FoundTable, Inspection

TRACES = {
    trace.INK_ABOVE: "blanks that draw ink above the letters",
    trace.INK_BELOW: "blanks that draw ink below the line",
    trace.UNMAPPED: "glyphs without Unicode",
}
TURNED = {1: "downwards", 2: "upside down", 3: "upwards"}


def tell(found: Inspection) -> str:
    """The inspection as lines of text."""
    where = f"{found.file_name}, page {found.content.number} of {found.page_count}, read by {found.engine}"
    return "\n".join([where, *_parts(found)])


def _parts(found: Inspection) -> Iterator[str]:
    yield from _section("Page", _page_facts(found))
    yield from _section("Reading order", _order(found))
    yield from _section("Layout", _layout(found))
    yield from _section("Repairs", _repairs(found))
    if found.comparison:
        yield from _section(f"Compared with {found.comparison.engine}", _compared(found.comparison))


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    yield f"\n{title}"
    yield from (f"  {line}" for line in lines)


def _page_facts(found: Inspection) -> Iterator[str]:
    if found.page is not None:
        yield from _geometry(found.page)
    tables = [block.table for block in found.tables]
    lines = len(found.blocks) - len(tables)
    told = ", ".join(map(shape, tables))
    counts = _count(len(tables), "table") + (f" ({told})" if told else "")
    yield f"{counts}, {_count(lines, 'line')}, {_count(len(found.furniture), 'line')} of furniture"
    read, placed = found.content.char_count, found.content.placed_count
    yield f"{placed:,} of {read:,} characters placed" + ("" if read == placed else ": SOME ARE LOST OR DOUBLED")
    yield from (f"limit: {limit}" for limit in found.content.limits)
    if found.need:
        yield f"NEEDS OCR: {SAYS[found.need.why]}"


def _geometry(page: Page) -> Iterator[str]:
    chars = page.chars
    kinds = Counter(map(chr, chars.kind.tolist()))
    turns = Counter(chars.turn.tolist())
    yield f"{page.width:g} x {page.height:g} points"
    yield f"{len(chars):,} characters, {kinds[trace.BLANK]:,} of them blanks; {len(page.edges):,} edges"
    yield from (f"{kinds[kind]:,} {what}" for kind, what in TRACES.items() if kinds[kind])
    yield from (f"{count:,} characters written {TURNED[turn]}" for turn, count in sorted(turns.items()) if turn)
    used = Counter(chars.font.tolist())
    for font, count in used.most_common():
        yield f"font {chars.fonts[font] or 'without a name'}: {count:,}"
    if page.image_area:
        yield f"pictures cover {page.image_area:.0%} of the page"
    if page.hidden_share:
        yield f"{page.hidden_share:.0%} of the characters are drawn invisibly"


def _order(found: Inspection) -> Iterator[str]:
    if not found.blocks:
        yield "nothing"
    for number, block in enumerate(found.blocks, 1):
        if isinstance(block, TextLine):
            yield f"{number:>3}  {_short(block.text)}"
        else:
            yield from _table(number, block)
    yield from (f"  -  furniture: {_short(line.text)}" for line in found.furniture)


def _table(number: int, found: FoundTable) -> Iterator[str]:
    table = found.table
    merged = sum(cell.row_span > 1 or cell.col_span > 1 for cell in table.cells)
    empty = sum(not cell.text.strip() for cell in table.cells)
    runs_on = f", goes on from page {found.first_page}" if found.first_page < table.page else ""
    yield f"{number:>3}  table {found.table_no}: {shape(table)}, {len(table.cells)} cells, {merged} merged, {empty} empty{runs_on}"
    if found.head is None:
        yield "       no rule knows its head: " + " | ".join(_short(heading, 24) for heading in found.headings)
        return
    yield f"       read as {found.head.layout.name!r}"
    for col, heading in enumerate(found.headings):
        field, year = found.head.fields.get(col, ("", None))
        what = f"{field}{f' of {year}' if year else ''}" if field else "no field"
        yield f"       column {col + 1}: {what:<24} {_short(heading, 40)}".rstrip()


def _layout(found: Inspection) -> Iterator[str]:
    yield f"this page: {', '.join(dict.fromkeys(found.kinds)) or 'of no known kind'}"
    yield "evidence in the whole document, points had of points needed:"
    yield from (f"  {line}" for line in found.evidence)


def _repairs(found: Inspection) -> Iterator[str]:
    if not found.repairs:
        yield "none"
    for one in found.repairs:
        yield f"{one.count:>4} x {one.rule:<22} {one.before}"
        yield f"{'':>7}{'':<22} {one.after}"


def _compared(other: Comparison) -> Iterator[str]:
    yield from other.differences or ("both see the same characters and the same tables",)


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'s' * (number != 1)}"


def _short(text: str, width: int = EXAMPLE) -> str:
    """The start of a text, cut where no mark is parted from its letter."""
    line = " ".join(text.split())
    if len(line) <= width:
        return line
    end = width - 1
    while end and unicodedata.category(line[end]) == "Mn":
        end -= 1
    return f"{line[:end]}…"
