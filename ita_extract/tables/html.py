"""HTML into lines and grids: whole documents, and the pieces of HTML that OCR leaves inside the cells of other tables.

The tags are found by one regular expression instead of `html.parser`. Two reasons. A page of text may hold "<85" or
"<https://…>", which are words, so only known tags may vanish; and from one release of Python to the next `html.parser` changed what
it does with a construct that never ends, dropping the text behind it: here every character that is no tag stays text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from ..model.table import Cell, Table

_BLOCK_TAGS = """
    address article aside blockquote body br caption center dd div dl dt figure footer form h1 h2 h3 h4 h5 h6 header hr html li main
    nav ol p pre section table tbody td tfoot th thead tr ul
"""
_INLINE_TAGS = "a abbr b big cite code del em font i img ins kbd label mark q s small span strike strong sub sup tt u wbr"
BLOCKS = frozenset(_BLOCK_TAGS.split())
INLINE = frozenset(_INLINE_TAGS.split())
HIDDEN = frozenset(("head", "script", "style", "template", "title"))
KNOWN = BLOCKS | INLINE

TOKEN = re.compile(
    r"""<!--|<(?:![a-zA-Z\[]|\?)[^<>]*>"""
    r"""|<(?P<end>/?)(?P<name>[a-zA-Z][\w:.-]*)(?P<attrs>(?:[\s/](?:[^<>"']++|"[^"<]*"|'[^'<]*')*+)?)>"""
)
ATTRIBUTE = re.compile(r"""(?<![a-zA-Z-])([a-zA-Z-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([a-z-]+)")
OWN_NUMBER = re.compile(r"\s*\(?[0-9๐-๙]+[.)](?![0-9๐-๙])")
BLANKS = re.compile(r"[ \t\n\r\f]+")
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
STYLE_OF_TYPE = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}

MAX_DEPTH = 30
"""Tables inside tables inside tables: deeper, `<table>` is only a line break."""
MAX_COLUMNS = 200
"""Where a `colspan` reaches beyond, it is not believed: no table on paper has so many columns, and a hostile file costs memory."""
PADDING = 10
"""A table is padded to a full rectangle unless that makes it so many times larger than what was written."""


@dataclass(frozen=True, slots=True)
class Written:
    """A cell as it was written: its text, and how many rows and columns it claims (0 rows: all that follow)."""

    text: str
    row_span: int = 1
    col_span: int = 1


Rows: TypeAlias = list[list[Written]]


@dataclass(frozen=True, slots=True)
class Preformatted:
    """The inside of `<pre>`: line breaks and blanks count, as in a text file."""

    text: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """Lines, tables and preformatted stretches in reading order.

    `syntax` is the number of non-blank characters that the source has more than they: tags, what is hidden between them, entities
    longer than what they stand for, less the list numbers that the source left to the browser. It is counted where the tags
    are read, not from the result, so that a cell lost on the way shows.
    """

    blocks: tuple[str | Rows | Preformatted, ...]
    syntax: int


def parse(source: str, *, whole: bool) -> Parsed:
    """Reads HTML: a document or a table (`whole`), where line breaks are blanks, or a piece of it in the cell of another table.

    >>> line, rows = parse("<h1>ผล</h1><table><tr><th rowspan=2>ที่<td>ก<tr><td>ข</table>", whole=True).blocks
    >>> line, [[cell.text for cell in row] for row in rows], rows[0][0].row_span
    ('ผล', [['ที่', 'ก'], ['ข']], 2)
    """
    builder = _Builder(whole)
    builder.read(source)
    return Parsed(tuple(builder.blocks), builder.syntax)


def fragment_text(source: str) -> str:
    """The plain text of a piece of HTML in a cell or a line: paragraphs and list items become lines.

    The numbers of an ordered list stand nowhere in the file, yet the page shows them: they are written out, unless the style says
    none or the item brings its own. Only known tags vanish.

    >>> fragment_text("<p>ก <b>ข</b></p> <ol><li>ค</li><li>๒. ง</li></ol> R&amp;D, Q&A, <85, <https://a.b/>")
    'ก ข\\n1. ค\\n๒. ง\\nR&D, Q&A, <85, <https://a.b/>'
    """
    if "<" not in source and "&" not in source:
        return tidy(source)
    return "\n".join(line for block in parse(source, whole=False).blocks for line in _flat(block))


def tidy(text: str) -> str:
    """`text` without blank lines and without blanks around its lines."""
    return "\n".join(stripped for line in text.split("\n") if (stripped := line.strip()))


def _flat(block: str | Rows | Preformatted) -> Iterator[str]:
    if isinstance(block, str):
        yield block
    elif isinstance(block, Preformatted):
        yield tidy(block.text)
    else:
        yield from (line for row in block if (line := " ".join(cell.text for cell in row if cell.text)))


@dataclass(slots=True)
class _OpenTable:
    outer_lists: int
    rows: Rows = field(default_factory=list)
    cell: list[str] | None = None
    spans: tuple[int, int] = (1, 1)

    def close_cell(self) -> None:
        if self.cell is not None:
            self.rows[-1].append(Written(tidy("".join(self.cell)), *self.spans))
            self.cell = None

    def open_cell(self, spans: tuple[int, int]) -> None:
        self.close_cell()
        if not self.rows:
            self.rows.append([])
        self.cell, self.spans = [], spans


@dataclass(slots=True)
class _OpenList:
    style: str
    number: int


@dataclass(slots=True)
class _Builder:
    """Follows the tags. Text goes to the innermost open cell, or to the line being written outside all tables."""

    whole: bool
    blocks: list[str | Rows | Preformatted] = field(default_factory=list)
    syntax: int = 0
    line: list[str] = field(default_factory=list)
    tables: list[_OpenTable] = field(default_factory=list)
    lists: list[_OpenList] = field(default_factory=list)
    item_number: str = ""
    in_pre: bool = False
    endless: set[str] = field(default_factory=set)
    """Ends that were looked for and stand nowhere further on: looked for once, not once a tag."""

    def read(self, source: str) -> None:
        at = 0
        while token := TOKEN.search(source, at):
            self.text(source[at : token.start()])
            at = self.token(source, token)
        self.text(source[at:])
        while self.tables:
            self.close_table()
        self.flush()

    def token(self, source: str, token: re.Match[str]) -> int:
        """Handles one tag and returns where to read on."""
        name, end = (token["name"] or "").lower(), token.end()
        if token[0] == "<!--":
            if (close := self.end_of(source, "-->", end)) is None:
                return self.keep(token)
            end = close
        elif self.whole and name in HIDDEN and not token["end"]:
            end = self.end_of(source, rf"</{name}\s*>", end) or end
        elif name in KNOWN:
            if token["end"]:
                self.end_tag(name)
            else:
                self.start_tag(name, token["attrs"])
        elif not self.whole:
            return self.keep(token)
        self.syntax += visible(source[token.start() : end])
        return end

    def end_of(self, source: str, pattern: str, start: int) -> int | None:
        if pattern not in self.endless:
            if found := re.compile(pattern, re.IGNORECASE).search(source, start):
                return found.end()
            self.endless.add(pattern)
        return None

    def keep(self, token: re.Match[str]) -> int:
        self.text(token[0])
        return token.end()

    def text(self, source: str) -> None:
        text = ENTITY.sub(lambda entity: html.unescape(entity[0]), source)
        self.syntax += visible(source) - visible(text)
        if self.whole and not self.in_pre:
            text = BLANKS.sub(" ", text)
        if self.item_number and text.strip():
            if not OWN_NUMBER.match(text):
                self.syntax -= visible(self.item_number)
                text = self.item_number + text.lstrip()
            self.item_number = ""
        self.put(text)

    def put(self, text: str) -> None:
        if text:
            cell = next((table.cell for table in reversed(self.tables) if table.cell is not None), None)
            (self.line if cell is None else cell).append(text)

    def start_tag(self, name: str, attrs: str) -> None:
        table = self.tables[-1] if self.tables else None
        if name == "table" and len(self.tables) < MAX_DEPTH:
            self.new_line()
            self.tables.append(_OpenTable(len(self.lists)))
        elif table and name in ("tr", "thead", "tbody", "tfoot"):
            table.close_cell()
            if name == "tr":
                table.rows.append([])
        elif table and name in ("td", "th"):
            given = _attributes(attrs)
            table.open_cell((_count(given.get("rowspan"), 65_534), max(1, _count(given.get("colspan"), MAX_COLUMNS))))
            self.item_number = ""
        elif name in ("ol", "ul"):
            self.new_line()
            self.lists.append(_open_list(name, attrs))
        elif name == "li":
            self.new_line()
            self.item_number = self.next_number(attrs)
        elif name in BLOCKS:
            self.new_line()
            if name == "pre" and not self.tables:
                self.in_pre = True

    def end_tag(self, name: str) -> None:
        table = self.tables[-1] if self.tables else None
        if name == "table" and table:
            self.close_table()
        elif table and name in ("td", "th", "tr"):
            table.close_cell()
        elif name in BLOCKS:
            self.new_line()
            if name in ("ol", "ul"):
                del self.lists[max(len(self.lists) - 1, table.outer_lists if table else 0) :]
            elif name == "pre":
                self.in_pre = False

    def next_number(self, attrs: str) -> str:
        if not self.lists or self.lists[-1].style == "none":
            return ""
        current = self.lists[-1]
        value = _attributes(attrs).get("value", "") if attrs else ""
        current.number = int(value) if value.isdecimal() and len(value) < 7 else current.number + 1
        return f"{_numeral(current.number, current.style)}. "

    def new_line(self) -> None:
        if any(table.cell is not None for table in self.tables):
            self.put("\n")
        else:
            self.flush()

    def flush(self) -> None:
        text = "".join(self.line)
        self.line.clear()
        if self.in_pre:
            self.blocks.append(Preformatted(text.removeprefix("\n")))
        else:
            self.blocks.extend(tidy(text).split("\n") if text.strip() else ())

    def close_table(self) -> None:
        table = self.tables.pop()
        table.close_cell()
        del self.lists[table.outer_lists :]
        if any(outer.cell is not None for outer in self.tables):
            self.put("".join(f"\n{line}" for line in _flat(table.rows)) + "\n")
        else:
            self.flush()
            if any(table.rows):
                self.blocks.append(table.rows)


def visible(text: str) -> int:
    """How many characters of `text` are not blank."""
    return len("".join(text.split()))


def _attributes(attrs: str) -> dict[str, str]:
    return {name.lower(): html.unescape(a or b or c) for name, a, b, c in ATTRIBUTE.findall(attrs)}


def _count(value: str | None, limit: int) -> int:
    return min(int(value), limit) if value and value.isdecimal() and len(value) < 7 else 1


def _open_list(name: str, attrs: str) -> _OpenList:
    given = _attributes(attrs)
    style = LIST_STYLE.search(given.get("style", "").lower())
    kind = style[1] if style else STYLE_OF_TYPE.get(given.get("type", "1"), "decimal")
    start = given.get("start", "")
    return _OpenList("none" if name == "ul" else kind, int(start) - 1 if start.isdecimal() and len(start) < 7 else 0)


def _numeral(number: int, style: str) -> str:
    """
    >>> [_numeral(n, style) for n, style in ((3, "decimal"), (12, "thai"), (28, "lower-alpha"), (14, "upper-roman"))]
    ['3', '๑๒', 'ab', 'XIV']
    """
    if style == "thai":
        return str(number).translate(THAI_DIGITS)
    if style.endswith(("alpha", "latin")) and number > 0:
        letters = ""
        while number:
            number, letter = divmod(number - 1, 26)
            letters = chr(97 + letter) + letters
        return letters.upper() if style.startswith("upper") else letters
    if style.endswith("roman") and 0 < number < 400:
        letters = ""
        for value, sign in ROMAN:
            count, number = divmod(number, value)
            letters += sign * count
        return letters.upper() if style.startswith("upper") else letters
    return str(number)


def lay_out(rows: Rows, page: int) -> Table:
    """A table from its written rows: spans honoured, ragged rows padded with empty cells, each place covered by one cell.

    A cell that would reach over one hanging down from above is cut short there. A table so ragged that padding would multiply it
    keeps holes instead.

    >>> table = lay_out([[Written("ก", 2), Written("ข", 1, 2)], [Written("ค")]], page=1)
    >>> table.n_rows, table.n_cols, [(c.row, c.col, c.row_span, c.col_span, c.raw) for c in table.cells]
    (2, 3, [(0, 0, 2, 1, 'ก'), (0, 1, 1, 2, 'ข'), (1, 1, 1, 1, 'ค'), (1, 2, 1, 1, '')])
    """
    free_from: list[int] = []  # for each column, the first row that no cell from above covers
    cells: list[Cell] = []
    for row, written in enumerate(rows):
        col = 0
        for cell in written:
            while col < len(free_from) and free_from[col] > row:
                col += 1
            row_span = min(cell.row_span or len(rows), len(rows) - row)
            col_span = 1
            while col_span < min(cell.col_span, MAX_COLUMNS - col) and not _taken(free_from, col + col_span, row):
                col_span += 1
            free_from.extend([0] * (col + col_span - len(free_from)))
            free_from[col : col + col_span] = [row + row_span] * col_span
            cells.append(Cell(row, col, row_span, col_span, None, cell.text))
            col += col_span
    n_rows, n_cols = len(rows), len(free_from)
    if n_rows * n_cols <= PADDING * (len(cells) + 100):
        cells = _padded(cells, n_rows, n_cols)
    return Table(page, None, n_rows, n_cols, tuple(cells))


def _taken(free_from: list[int], col: int, row: int) -> bool:
    return col < len(free_from) and free_from[col] > row


def _padded(cells: list[Cell], n_rows: int, n_cols: int) -> list[Cell]:
    covered = {(row, col) for c in cells for row in range(c.row, c.row + c.row_span) for col in range(c.col, c.col + c.col_span)}
    holes = (Cell(row, col, 1, 1, None, "") for row in range(n_rows) for col in range(n_cols) if (row, col) not in covered)
    return sorted([*cells, *holes], key=lambda cell: (cell.row, cell.col))
