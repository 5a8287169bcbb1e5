"""Saved text into lines and tables: tab-separated, pipe and HTML tables among plain or Markdown lines.

A table ends at a blank line or at a line without its mark, because that is how OCR and copied text part one table from the next.
Three accidents of real files are mended here, each only where the count of cells proves it: a head or a cell broken over lines
("ระดับผลการ⏎ประเมิน"), a cell with an empty line in it, and a rule line ("--⇥--⇥-----") written where the page has none.
What a cell means (a merged one that stays empty, a head that is repeated) is for the rooms behind this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ..model.page import TextPage
from ..model.table import PageContent, Table, TextLine
from .html import Preformatted, Rows, Written, fragment_text, lay_out, parse, visible

NEWLINE = re.compile(r"\r\n|[\r\v\u2028\u2029]")
TAB_RULE = re.compile(r"[ ]*:?-{2,}:?[ ]*(?:\t[ ]*:?-{2,}:?[ ]*)+")
PIPE_RULE = re.compile(r"[ ]*+(?:\|[ ]*+)?:?-++:?[ ]*+(?:\|[ ]*+:?-++:?[ ]*+)*+(?:\|[ ]*+)?")
PIPE = re.compile(r"(?<!\\)\|")
BULLET_BEFORE_PIPE = re.compile(r"(?:(?<! )[ ]++)?[-*+][ ]++(?=\|)")
FENCE = re.compile(r"[ ]{0,3}(?:```+|~~~+)[ ]*[a-zA-Z]*[ ]*")
HEADING = re.compile(r"[ ]{0,3}#{1,6}[ ]+(.*?)(?:[ ]+#+)?[ ]*")
INLINE = re.compile(
    r"\*\*(?=[^\s*])(?P<stars>.+?)(?<=[^\s*])\*\*|__(?=[^\s_])(?P<bars>.+?)(?<=[^\s_])__"
    r"|!\[(?P<alt>[^\[\]]*)\]\([^()\s]*\)|<(?P<link>(?:https?://|mailto:)[^<>\s]+)>|\\(?P<sign>[!-/:-@\[-`{-~])",
    re.S,
)
HTML_TABLE = re.compile(r"^[ ]*<table\b", re.I | re.M)
TABLE_TAG = re.compile(r"<(/?)table\b[^<>]*>", re.I)
CELL_TAG = re.compile(r"<(/?)(?:p|ol|ul|li|div|b|table)\b[^<>]*>", re.I)
DIGIT = re.compile(r"\s*[0-9๐-๙]")

MAX_BROKEN = 30
"""Over how many lines one row may be broken: beyond, two tables are likelier than one row."""

Piece: TypeAlias = "str | Rows"
"""A line of text ("" for the empty lines between two blocks) or the written rows of a table."""


def read_content(page: TextPage) -> PageContent:
    """The lines and tables of a page of saved text, in reading order; `bbox` is None throughout.

    Marks are taken off: `raw` is the text between them, the lines of a cell joined by "\\n". Empty lines between two lines of
    text are kept as one `TextLine` with empty `raw`, since they are all that parts one cell from the next in a text layer.

    `char_count` is what the page holds beside the marks, counted where the marks are read; `placed_count` what the blocks hold.

    >>> content = read_content(TextPage(1, "ประเภทจังหวัด\\nที่\\tหน่วยงาน\\n42\\tจังหวัดก", "plain"))
    >>> content.blocks[0].raw, [cell.raw for cell in content.blocks[1].cells], content.char_count == content.placed_count
    ('ประเภทจังหวัด', ['ที่', 'หน่วยงาน', '42', 'จังหวัดก'], True)
    """
    source = NEWLINE.sub("\n", page.text)
    reading = _Reading()
    if page.markup == "html":
        reading.html(source)
    else:
        reading.text(source, markdown=page.markup == "markdown")
    blocks = tuple(_block(piece, page.number) for piece in reading.without_loose_gaps())
    read_count = visible(source) - reading.syntax
    return PageContent(page.number, blocks, char_count=read_count, placed_count=sum(map(_placed, blocks)))


def _block(piece: Piece, page: int) -> TextLine | Table:
    return TextLine(page, None, piece) if isinstance(piece, str) else lay_out(piece, page)


def _placed(block: TextLine | Table) -> int:
    return sum(visible(cell.raw) for cell in block.cells) if isinstance(block, Table) else visible(block.raw)


@dataclass(slots=True)
class _Reading:
    """What has been read so far; `syntax` counts the non-blank characters that were marks."""

    pieces: list[Piece] = field(default_factory=list)
    syntax: int = 0

    def without_loose_gaps(self) -> Iterable[Piece]:
        """Gaps only between two lines of text, and one at a time."""
        for at, piece in enumerate(self.pieces):
            around = (self.pieces[at - 1 : at] + self.pieces[at + 1 : at + 2]) if piece == "" else ()
            if piece or sum(isinstance(neighbour, str) for neighbour in around) == 2:
                yield piece

    def add_line(self, line: str) -> None:
        if line.strip() or (self.pieces and self.pieces[-1] != ""):
            self.pieces.append(line if line.strip() else "")

    def html(self, source: str) -> None:
        parsed = parse(source, whole=True)
        self.syntax += parsed.syntax
        for block in parsed.blocks:
            if isinstance(block, Preformatted):
                self.lines(block.text.split("\n"), markdown=False)
            else:
                self.pieces.append(block)

    def text(self, source: str, *, markdown: bool) -> None:
        """Text with HTML tables between its lines, as OCR writes them where a table has merged cells."""
        at = 0
        while markdown and (opening := HTML_TABLE.search(source, at)):
            if (end := _table_end(source, opening.start())) is None:
                break
            self.lines(source[at : opening.start()].split("\n"), markdown=True)
            self.html(source[opening.start() : end])
            at = end
        self.lines(source[at:].split("\n"), markdown=markdown)

    def lines(self, lines: Sequence[str], *, markdown: bool) -> None:
        at = 0
        while at < len(lines):
            line = lines[at]
            if not line.strip():
                self.add_line("")
                at += 1
            elif markdown and FENCE.fullmatch(line):
                self.syntax += visible(line)
                at += 1
            elif markdown and (width := _pipe_width(lines, at)):
                at = self.pipe_table(lines, at, width)
            elif "\t" in line:
                at = self.tab_table(lines, at, markdown=markdown)
            else:
                self.line(line, markdown=markdown)
                at += 1

    def line(self, line: str, *, markdown: bool) -> None:
        if not markdown:
            self.add_line(line)
            return
        heading = HEADING.fullmatch(line)
        text = self.inline(heading[1]) if heading else self.inline(line)
        if heading:
            self.syntax += visible(line) - visible(heading[1])
        for part in text.split("\n") if text else ():
            self.add_line(part)

    def inline(self, text: str) -> str:
        """A stretch of Markdown as plain text: no emphasis, no escapes, no HTML."""
        plain = INLINE.sub(lambda mark: mark["stars"] or mark["bars"] or mark["alt"] or mark["link"] or mark["sign"] or "", text)
        plain = fragment_text(plain)
        self.syntax += visible(text) - visible(plain)
        return plain

    def tab_table(self, lines: Sequence[str], start: int, *, markdown: bool) -> int:
        """Reads the lines with tabs from `start` on; returns the line after them."""
        rows: list[list[str]] = []
        at = start
        while at < len(lines) and "\t" in lines[at]:
            end = (_unclosed_end(lines, at) if markdown else None) or _broken_end(lines, at, rows[-1] if rows else None) or at + 1
            if len(rows) < 2 and TAB_RULE.fullmatch(lines[at]):
                self.syntax += visible(lines[at])
            else:
                rows.append("\n".join(line for line in lines[at:end] if line.strip("\n")).split("\t"))
            at = end
        while rows and not any(cell.strip() for cell in rows[-1]):
            rows.pop()
        if any(sum(1 for cell in row if cell.strip()) > 1 for row in rows):
            self.pieces.append([[Written(self.cell(cell, markdown=markdown)) for cell in row] for row in rows])
        else:
            for row in rows:  # a tab alone in its line indents a paragraph
                self.line("\t".join(row).strip("\t"), markdown=markdown)
        return at

    def cell(self, raw: str, *, markdown: bool) -> str:
        return self.inline(raw) if markdown else raw.strip()

    def pipe_table(self, lines: Sequence[str], start: int, width: int) -> int:
        """Reads a pipe table of `width` columns from `start` on; returns the line after it."""
        rows: Rows = []
        has_outer_pipes = _unbulleted(lines[start]).lstrip().startswith("|")
        at = start
        while at < len(lines) and _is_pipe_row(lines[at], has_outer_pipes):
            if len(rows) < 2 and PIPE_RULE.fullmatch(lines[at]) and "-" in lines[at]:
                self.syntax += visible(lines[at])
                at += 1
                continue
            end = (_open_row_end(lines, at, width) if has_outer_pipes else None) or at + 1
            source = "\n".join(line for line in lines[at:end] if line.strip())
            written = _pipe_cells(source)
            self.syntax += visible(source) - sum(map(visible, written))
            rows.append([Written(self.inline(cell)) for cell in written])
            at = end
        if rows and not any(cell.text for cell in rows[0]):
            del rows[0]  # Markdown demands a head; where the page has none, it is written empty
        if rows:
            self.pieces.append(rows)
        return at


def _table_end(source: str, start: int) -> int | None:
    """Where the HTML table that opens at `start` ends; None where nothing closes it."""
    depth = 0
    for tag in TABLE_TAG.finditer(source, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    return None


def _unclosed_end(lines: Sequence[str], start: int) -> int | None:
    """The line after a row whose last cell opens an HTML element and closes it on a later line."""
    depth = 0
    for at in range(start, min(len(lines), start + MAX_BROKEN)):
        depth += sum(-1 if tag[1] else 1 for tag in CELL_TAG.finditer(lines[at]))
        if depth <= 0:
            return at + 1 if at > start else None
    return None


def _broken_end(lines: Sequence[str], start: int, before: Sequence[str] | None) -> int | None:
    """The line after a row that is broken over lines, where the count of tabs proves it; None for a row that is whole.

    The pieces must add up to exactly the tabs of the rows around: for a head, of the two lines that follow; for a row inside the
    table, of the row before and of the line that follows (the last row of a table may have none, if no empty line is in it).
    Each seam must be in the middle of a cell, and no piece may begin with a number where rows do.
    """
    whole = len(before) - 1 if before else None
    tabs = lines[start].count("\t")
    if (whole is not None and tabs >= whole) or not lines[start].rsplit("\t", 1)[1].strip():
        return None
    numbered = bool(before and DIGIT.match(before[0]))
    has_gap, widest = False, tabs
    for at in range(start + 1, min(len(lines), start + MAX_BROKEN)):
        line = lines[at]
        if not line.strip():
            if whole is None:
                return None
            has_gap = True
            continue
        if line.startswith("\t") or (numbered and DIGIT.match(line)):
            return None
        tabs, widest = tabs + line.count("\t"), max(widest, line.count("\t"))
        following = [other.count("\t") for other in lines[at + 1 : at + 3]]
        if whole is None:
            if len(following) == 2 and following[0] == following[1] == tabs > widest:
                return at + 1
        elif tabs > whole:
            return None
        elif tabs == whole > widest and (following[:1] == [whole] or (not has_gap and not any(following[:1]))):
            return at + 1
    return None


def _unbulleted(line: str) -> str:
    return BULLET_BEFORE_PIPE.sub("", line, count=1)


def _is_pipe_row(line: str, has_outer_pipes: bool) -> bool:
    return _unbulleted(line).lstrip().startswith("|") if has_outer_pipes else bool(PIPE.search(line))


def _pipe_cells(source: str) -> list[str]:
    cells = PIPE.split(_unbulleted(source).strip())
    if cells and not cells[0].strip():
        del cells[0]
    if len(cells) > 1 and not cells[-1].strip() and source.rstrip().endswith("|"):
        del cells[-1]
    return cells


def _pipe_width(lines: Sequence[str], at: int) -> int:
    """The number of columns of the pipe table that begins at line `at`; 0 where none begins.

    A table is a line with pipes over a rule ("|---|---|"), a rule alone (the head is on the page before), or two lines in a row
    that begin and end with a pipe.
    """
    line, following = lines[at], lines[at + 1] if at + 1 < len(lines) else ""
    if not PIPE.search(line):
        return 0
    for rule in (line, following):
        if PIPE.search(rule) and "-" in rule and PIPE_RULE.fullmatch(rule):
            return len(_pipe_cells(rule))
    framed = (_unbulleted(line).strip(), following.strip())
    if all(len(row) > 1 and row.startswith("|") and row.endswith("|") for row in framed):
        return len(_pipe_cells(line))
    return 0


def _open_row_end(lines: Sequence[str], start: int, width: int) -> int | None:
    """The line after a pipe row that goes on over lines until its closing pipe makes it exactly `width` cells."""
    if lines[start].rstrip().endswith("|"):
        return None
    pipes = len(PIPE.findall(lines[start]))
    for at in range(start + 1, min(len(lines), start + MAX_BROKEN)):
        line = lines[at]
        if line.lstrip().startswith("|"):
            return None
        pipes += len(PIPE.findall(line))
        if line.rstrip().endswith("|"):
            return at + 1 if pipes == width + 1 else None
    return None
