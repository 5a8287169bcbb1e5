"""Tables: cells wrapped into lines, rows put on pages, and the borders that different programs draw around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from .canvas import Book

BREAK = "\u200b"
"""Where a line may be broken inside Thai text; never drawn."""

Borders = Literal[
    "strokes",  # one line from end to end
    "bars",  # the same as thin filled rectangles
    "cells",  # every cell outlined by itself, so that inner borders are drawn twice
    "pieces",  # a filled sliver for each side of each cell, as Word and Skia write
    "dashed",  # dotted inner lines, solid outer ones
    "open",  # no left and right outer border
    "rows",  # lines between rows only
    "columns",  # lines between columns, and the outer frame
    "none",
]
Align = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, and how many columns and rows of the grid it covers. `turned`: its text runs upwards, and where
    `backwards` its marks are stored before their letters, as some programs write what lies on its side."""

    text: str
    align: Align = "left"
    columns: int = 1
    rows: int = 1
    bold: bool = False
    shade: float | None = None
    turned: bool = False
    backwards: bool = False


TURNED = 100.0
"""How tall turned text may grow, in points, before it is wrapped."""

Slots = tuple[Cell | None, ...]
"""A row of the grid: a cell that covers several slots stands in its first one, None in the others."""


@dataclass(frozen=True, slots=True)
class Style:
    """How tables of a document look. `thick` is the weight of the outer frame; lengths in points, `leading` in em.

    justify: the letters of full lines in left-hand cells are spread to fill them.
    """

    size: float = 12.0
    borders: Borders = "strokes"
    weight: float = 0.5
    thick: float = 0.5
    pad_x: float = 4.0
    pad_y: float = 3.0
    leading: float = 1.4
    middle: bool = False
    split_rows: bool = False
    repeat_head: bool = True
    justify: bool = False


@dataclass(slots=True)
class Flow:
    """The place on the page that is written next."""

    book: Book
    left: float
    right: float
    top: float
    bottom: float
    turn: Callable[[Book], None]
    y: float = field(default=0.0)

    def next_page(self) -> None:
        self.book.new_page()
        self.turn(self.book)
        self.y = self.top

    def need(self, height: float) -> None:
        """Go to the next page unless `height` points are left on this one."""
        if self.y + height > self.bottom:
            self.next_page()


def wrap(book: Book, text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """`text` in lines no wider than `width`. A space at which a line is broken stays at its end, as it is drawn there."""
    lines: list[str] = []
    for block in text.split("\n"):
        line = ""
        for word in words_of(block):
            if line and book.width((line + word).rstrip(), size, bold) > width:
                lines.append(line)
                line = ""
            rest = word
            while book.width(rest.rstrip(), size, bold) > width:
                fit = _fitting(book, rest, width, size, bold)
                lines.append(rest[:fit])
                rest = rest[fit:]
            line += rest
        lines.append(line)
    return lines


def words_of(block: str) -> list[str]:
    """The pieces between which a line may be broken, each with the space that follows it."""
    out: list[str] = []
    for piece in block.split(BREAK):
        start = 0
        for i, char in enumerate(piece):
            if char == " ":
                out.append(piece[start : i + 1])
                start = i + 1
        if start < len(piece):
            out.append(piece[start:])
    return out


def _fitting(book: Book, word: str, width: float, size: float, bold: bool) -> int:
    """How many characters of a word that is too wide fit, without parting a letter from its marks."""
    last = 1
    for at in range(1, len(word) + 1):
        if at < len(word) and (
            word[at] in "\u0e30\u0e32\u0e33\u0e45"
            or word[at] == "\u0e31"
            or "\u0e34" <= word[at] <= "\u0e3a"
            or "\u0e47" <= word[at] <= "\u0e4e"
        ):
            continue
        if book.width(word[:at], size, bold) > width:
            break
        if word[at - 1] not in "เแโใไ":
            last = at
    while last < len(word) and ("\u0e31" <= word[last] <= "\u0e3a" or "\u0e47" <= word[last] <= "\u0e4e"):
        last += 1
    return last


@dataclass(frozen=True, slots=True)
class Table:
    """Head rows, body rows and column widths in points."""

    widths: tuple[float, ...]
    head: tuple[Slots, ...]
    body: tuple[Slots, ...]


def height_of(book: Book, table: Table, style: Style) -> float:
    """How tall the table is on a page that holds all of it."""
    return sum(_heights(book, table, style, [*table.head, *table.body]))


def draw(flow: Flow, table: Table, style: Style, whole: bool = False) -> None:
    """Put a table on the page at `flow.y` and go on over as many pages as it takes. `whole`: keep it on one if that can hold it."""
    book = flow.book
    head = list(table.head)
    head_height = sum(_heights(book, table, style, head))
    rows = list(table.body)
    if whole:
        flow.need(min(head_height + sum(_heights(book, table, style, rows)), flow.bottom - flow.top))
    first = True
    while rows:
        shown = head if first or style.repeat_head else []
        lead = head_height if shown else 0.0
        part, rows = _page_part(flow, table, style, rows, lead)
        if not part:
            if flow.y == flow.top:
                raise ValueError("a row is taller than a page and may not be parted")
            flow.next_page()
            continue
        _paint(flow, table, style, shown + part, len(shown))
        first = False
        if rows:
            flow.next_page()


def _page_part(flow: Flow, table: Table, style: Style, rows: list[Slots], lead: float) -> tuple[list[Slots], list[Slots]]:
    """The rows that fit on this page, and the rest. Rows tied by a cell over several of them stay together."""
    room = flow.bottom - flow.y - lead
    used, taken = 0.0, 0
    while taken < len(rows):
        band = _band(rows[taken:])
        height = sum(_heights(flow.book, table, style, band))
        if used + height > room:
            lines = int((room - used - 2 * style.pad_y) / (style.leading * style.size))
            if style.split_rows and lines >= 1 and len(band) == 1:
                upper, lower = _part_row(flow.book, table, style, band[0], lines)
                return [*rows[:taken], upper], [lower, *rows[taken + 1 :]]
            break
        used += height
        taken += len(band)
    return rows[:taken], rows[taken:]


def _band(rows: Sequence[Slots]) -> list[Slots]:
    """The first row and those that a tall cell ties to it."""
    size = 1
    at = 0
    while at < size:
        size = max([size, *(at + cell.rows for cell in rows[at] if cell is not None)])
        at += 1
    return list(rows[:size])


def _part_row(book: Book, table: Table, style: Style, row: Slots, lines: int) -> tuple[Slots, Slots]:
    upper: list[Cell | None] = []
    lower: list[Cell | None] = []
    for c, cell in enumerate(row):
        if cell is None:
            upper.append(None)
            lower.append(None)
            continue
        # Lines as they were wrapped, so that the lower half breaks where the whole cell would have broken.
        parts = _cell_lines(book, table, style, c, cell)
        upper.append(replace(cell, text="\n".join(parts[:lines])))
        lower.append(replace(cell, text="\n".join(parts[lines:])))
    return tuple(upper), tuple(lower)


def _cell_lines(book: Book, table: Table, style: Style, column: int, cell: Cell) -> list[str]:
    width = TURNED if cell.turned else sum(table.widths[column : column + cell.columns]) - 2 * style.pad_x
    return wrap(book, cell.text, width, style.size, cell.bold) if cell.text else []


def _heights(book: Book, table: Table, style: Style, rows: Sequence[Slots]) -> list[float]:
    step = style.leading * style.size
    out = [step + 2 * style.pad_y] * len(rows)
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell is not None and cell.rows == 1:
                out[r] = max(out[r], _tall(book, style, cell, _cell_lines(book, table, style, c, cell)))
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell is not None and cell.rows > 1:
                want = _tall(book, style, cell, _cell_lines(book, table, style, c, cell))
                out[r + cell.rows - 1] += max(0.0, want - sum(out[r : r + cell.rows]))
    return out


def _tall(book: Book, style: Style, cell: Cell, lines: Sequence[str]) -> float:
    """How tall a cell must be for its lines, standing or turned."""
    if cell.turned:
        return max((book.width(line.rstrip(), style.size, cell.bold) for line in lines), default=0.0) + 2 * style.pad_y + 2
    return len(lines) * style.leading * style.size + 2 * style.pad_y


def _paint(flow: Flow, table: Table, style: Style, rows: Sequence[Slots], heads: int) -> None:
    book = flow.book
    heights = _heights(book, table, style, rows)
    ys = [flow.y]
    for height in heights:
        ys.append(ys[-1] + height)
    xs = [flow.left]
    for width in table.widths:
        xs.append(xs[-1] + width)
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    boxes: list[tuple[float, float, float, float]] = []
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell is None:
                continue
            box = (xs[c], ys[r], xs[c + cell.columns], ys[r + cell.rows])
            boxes.append(box)
            owner.update({(i, j): (r, c) for i in range(r, r + cell.rows) for j in range(c, c + cell.columns)})
            if cell.shade is not None:
                book.fill(box, cell.shade)
            _text(book, style, cell, _cell_lines(book, table, style, c, cell), box, style.middle or r < heads)
    _borders(book, style, xs, ys, owner, boxes)
    flow.y = ys[-1]


def _text(book: Book, style: Style, cell: Cell, lines: Sequence[str], box: tuple[float, float, float, float], middle: bool) -> None:
    x0, top, x1, bottom = box
    step = style.leading * style.size
    if cell.turned:
        x = (x0 + x1 - step * len(lines)) / 2
        for i, line in enumerate(lines):
            book.turned(x + step * (i + 0.75), bottom - style.pad_y - 1, line, style.size, cell.bold, backwards=cell.backwards)
        return
    y = top + style.pad_y
    if middle:
        y = top + (bottom - top - step * len(lines)) / 2
    room = x1 - x0 - 2 * style.pad_x
    for i, line in enumerate(lines):
        after = lines[i + 1] if i + 1 < len(lines) else ""
        width = book.width(line.rstrip(), style.size, cell.bold)
        x = {"left": x0 + style.pad_x, "centre": (x0 + x1 - width) / 2, "right": x1 - style.pad_x - width}[cell.align]
        full = style.justify and cell.align == "left" and after and not after[:1].isdigit() and 0.7 * room < width < room
        book.text(x, y + step * 0.75, line, style.size, cell.bold, spread=room - width if full else 0.0)
        y += step


def _borders(
    book: Book,
    style: Style,
    xs: list[float],
    ys: list[float],
    owner: dict[tuple[int, int], tuple[int, int]],
    boxes: Sequence[tuple[float, float, float, float]],
) -> None:
    kind = style.borders
    if kind == "none":
        return
    if kind == "cells":
        for box in boxes:
            book.frame(box, style.weight)
        return
    last_row, last_col = len(ys) - 1, len(xs) - 1
    flat = [(r, [owner.get((r - 1, c)) != owner.get((r, c)) for c in range(last_col)]) for r in range(last_row + 1)]
    tall = [(c, [owner.get((r, c - 1)) != owner.get((r, c)) for r in range(last_row)]) for c in range(last_col + 1)]
    whole = kind != "pieces"
    for r, marks in flat:
        outer = r in (0, last_row)
        if kind == "columns" and not outer and r > 1:
            continue
        for a, b in _stretches(marks, whole):
            _edge(book, style, xs[a], ys[r], xs[b], ys[r], outer)
    for c, marks in tall:
        outer = c in (0, last_col)
        if kind == "rows" or (kind == "open" and outer):
            continue
        for a, b in _stretches(marks, whole):
            _edge(book, style, xs[c], ys[a], xs[c], ys[b], outer)


def _stretches(marks: list[bool], whole: bool) -> list[tuple[int, int]]:
    """Where a border runs: from slot to slot, joined into long lines if `whole`."""
    out: list[tuple[int, int]] = []
    for i, mark in enumerate(marks):
        if mark and whole and out and out[-1][1] == i:
            out[-1] = (out[-1][0], i + 1)
        elif mark:
            out.append((i, i + 1))
    return out


def _edge(book: Book, style: Style, x0: float, y0: float, x1: float, y1: float, outer: bool) -> None:
    weight = style.thick if outer else style.weight
    if style.borders in ("bars", "pieces"):
        half = weight / 2
        box = (x0 - half, y0 - half, x1 + half, y1 + half) if y0 == y1 else (x0 - half, y0, x1 + half, y1)
        book.fill(box, 0.0, "rules")
    else:
        book.line(x0, y0, x1, y1, weight, "1 1" if style.borders == "dashed" and not outer else "")
