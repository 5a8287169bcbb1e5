"""A page with what was found on it drawn over: characters, edges, cells, tables, lines and the order in which they are read.

The page itself is paled, so that the overlay is what the eye meets first and the text stays legible under it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ..engines.render import render
from ..model import trace
from ..model.page import BBox, Page
from ..model.source import SourceDocument
from ..model.table import Cell, TextLine
from ..tables.grid import THIN
from .compare import Comparison, shape
from .facts import FoundTable, Inspection

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont
    from PIL.ImageFont import ImageFont as BitmapFont

Color: TypeAlias = tuple[int, int, int]
Box: TypeAlias = tuple[float, float, float, float]

SCALE = 2.0
"""Pixels in a point: a hairline is then a third of a millimetre on paper."""
PALE = 0.35
"""How far the page is mixed with white."""
TAG = 20
"""Pixels of height of a label."""
MARGIN, RAIL_X, ROOM = 30, 15.0, 19
"""Pixels: left of the page for the rail of reading order, the rail in it, and the height that a number needs."""
SMALLEST = 900
"""Pixels of width that a legend needs."""

INK: Color = (38, 50, 66)
RAIL: Color = (124, 92, 191)
LINE: Color = (124, 92, 191)
TABLE: Color = (0, 121, 122)
CELL: Color = (0, 150, 143)
MERGED: Color = (232, 163, 23)
EDGE: Color = (214, 62, 92)
CHAR: Color = (66, 133, 214)
ODD: Color = (226, 88, 34)
ASIDE: Color = (140, 148, 158)
MISSED: Color = (200, 30, 30)
ADDED: Color = (235, 110, 0)

ODD_KINDS = np.frombuffer(f"{trace.INK_ABOVE}{trace.INK_BELOW}{trace.UNMAPPED}".encode(), np.uint8)


def draw_page(source: SourceDocument, found: Inspection) -> Image.Image:
    """The page as a picture with a legend below. ValueError for saved text: it has no page to draw.

    Raises DocumentError where the page cannot be rendered.
    """
    if found.page is None:
        raise ValueError("saved text has no pages to draw")
    shown = render(source, found.content.number, SCALE)
    paled = Image.blend(shown, Image.new("RGB", shown.size, "white"), PALE)
    canvas = _Canvas(paled, shown.width / max(found.page.width, 1.0))
    _draw_cells(canvas, found)
    _draw_edges(canvas, found.page)
    _draw_chars(canvas, found.page)
    taken = _draw_blocks(canvas, found)
    if found.comparison:
        _draw_comparison(canvas, found, found.comparison, taken)
    return _with_legend(canvas.image, found)


def _draw_comparison(canvas: _Canvas, found: Inspection, other: Comparison, taken: list[Box]) -> None:
    """The characters of one side only, and the tables of the other engine that no table here is like."""
    canvas.boxes(other.missed.tolist(), MISSED, fill=90, grow=1)
    canvas.boxes(other.added.tolist(), ADDED, fill=90, grow=1)
    for table in other.tables:
        if table.bbox and not _is_same_shape(table.bbox, shape(table), found):
            canvas.dashes(canvas.placed(table.bbox, 4), ADDED)
            canvas.tag(table.bbox, f"{other.engine}: {shape(table)}", ADDED, taken)


def _is_same_shape(box: BBox, told: str, found: Inspection) -> bool:
    return any(
        one.table.bbox and abs(one.table.bbox[0] - box[0]) + abs(one.table.bbox[1] - box[1]) < 20 and shape(one.table) == told
        for one in found.tables
    )


def _draw_cells(canvas: _Canvas, found: Inspection) -> None:
    for one in found.tables:
        for cell in one.table.cells:
            if cell.bbox is None:
                continue
            merged = _is_merged(cell)
            fill = 52 if merged else 26 if (cell.row + cell.col) % 2 else 10
            canvas.boxes([cell.bbox], MERGED if merged else CELL, fill=fill, grow=-1.5)
            if merged:
                canvas.note(cell.bbox, f"{cell.row_span} x {cell.col_span}", MERGED)


def _is_merged(cell: Cell) -> bool:
    return cell.row_span > 1 or cell.col_span > 1


def _draw_edges(canvas: _Canvas, page: Page) -> None:
    thick = _thick(page)
    canvas.boxes(page.edges[thick].tolist(), EDGE, fill=14)
    canvas.strokes(page.edges[~thick].tolist(), EDGE)


def _thick(page: Page) -> NDArray[np.bool_]:
    """Of each edge whether it is a filled box that is no rule: a shade behind a head."""
    return np.asarray(np.minimum(page.edges[:, 2] - page.edges[:, 0], page.edges[:, 3] - page.edges[:, 1]) > THIN)


def _draw_chars(canvas: _Canvas, page: Page) -> None:
    chars = page.chars
    solid = (chars.box[:, 2] > chars.box[:, 0]) & (chars.kind != ord(trace.BLANK))
    odd = np.isin(chars.kind, ODD_KINDS)
    canvas.boxes(chars.box[solid & ~odd].tolist(), CHAR, line=95)
    canvas.boxes(chars.box[solid & odd].tolist(), ODD, fill=80, line=230, grow=0.5)


def _draw_blocks(canvas: _Canvas, found: Inspection) -> list[Box]:
    """Draws lines, tables, furniture and their order; returns the places in pixels where nothing should be written."""
    boxes = [_box(block) for block in found.blocks]
    for block, box in zip(found.blocks, boxes, strict=True):
        if box is None:
            continue
        if isinstance(block, FoundTable):
            canvas.boxes([box], TABLE, line=255, width=2, grow=2)
        else:
            canvas.boxes([box], LINE, line=170, grow=2)
    for line in found.furniture:
        if line.bbox:
            canvas.boxes([line.bbox], ASIDE, fill=40, line=220, grow=2)
    canvas.rail([box for box in boxes if box is not None])
    taken = [canvas.placed(box) for box in (*boxes, *(line.bbox for line in found.furniture)) if box is not None]
    for one in found.tables:
        if one.table.bbox:
            canvas.tag(one.table.bbox, f"table {one.table_no}: {shape(one.table)}", TABLE, taken)
    return taken


def _box(block: TextLine | FoundTable) -> BBox | None:
    return block.table.bbox if isinstance(block, FoundTable) else block.bbox


class _Canvas:
    """The paled page with room for the rail at its left. Places are given in points of the page, lengths of pens in pixels."""

    def __init__(self, page: Image.Image, scale: float) -> None:
        self.scale = scale
        self.image = Image.new("RGB", (page.width + MARGIN, page.height), "white")
        self.image.paste(page, (MARGIN, 0))
        self.pen = ImageDraw.Draw(self.image, "RGBA")
        self.small = _font(15)
        self.tiny = _font(12)

    def placed(self, box: Sequence[float], grow: float = 0.0) -> Box:
        """A box of the page in pixels of the picture, made larger by `grow` pixels on each side where it stays a box."""
        x0, y0, x1, y1 = (float(value) * self.scale for value in box[:4])
        dx, dy = (max(grow, -(b - a) / 2 + 0.5) if grow < 0 else grow for a, b in ((x0, x1), (y0, y1)))
        return (x0 + MARGIN - dx, y0 - dy, max(x1, x0) + MARGIN + dx, max(y1, y0) + dy)

    def boxes(
        self, boxes: Iterable[Sequence[float]], color: Color, *, fill: int = 0, line: int = 0, width: int = 1, grow: float = 0.0
    ) -> None:
        inside, outline = (*color, fill) if fill else None, (*color, line) if line else None
        for box in boxes:
            self.pen.rectangle(self.placed(box, grow), fill=inside, outline=outline, width=width)

    def strokes(self, edges: Iterable[Sequence[float]], color: Color) -> None:
        """Edges by their middle: what is drawn thick is one line here, too."""
        for edge in edges:
            x0, y0, x1, y1 = self.placed(edge)
            if x1 - x0 >= y1 - y0:
                y0 = y1 = (y0 + y1) / 2
            else:
                x0 = x1 = (x0 + x1) / 2
            self.pen.line((x0, y0, x1, y1), fill=(*color, 190), width=1)

    def dashes(self, box: Box, color: Color, dash: int = 10) -> None:
        x0, y0, x1, y1 = box
        for start in range(int(x0), int(x1), dash * 2):
            for y in (y0, y1):
                self.pen.line((start, y, min(start + dash, x1), y), fill=color, width=2)
        for start in range(int(y0), int(y1), dash * 2):
            for x in (x0, x1):
                self.pen.line((x, start, x, min(start + dash, y1)), fill=color, width=2)

    def note(self, box: Sequence[float], text: str, color: Color) -> None:
        """A word in the lower right corner of a box, where it fits."""
        x0, y0, x1, y1 = self.placed(box)
        width = self.pen.textlength(text, self.tiny)
        if width + 8 < x1 - x0 and y1 - y0 > 14:
            self.pen.text((x1 - width - 4, y1 - 15), text, fill=_darker(color), font=self.tiny)

    def tag(self, box: Sequence[float], text: str, color: Color, taken: list[Box]) -> None:
        """A label at a corner of a box, outside of it, where it covers nothing of what is `taken`; it is taken then, too."""
        x0, y0, x1, y1 = self.placed(box, 2)
        width = self.pen.textlength(text, self.small) + 10
        lefts = [min(max(0.0, left), self.image.width - width) for left in (x1 - width, x0)]
        tops = [min(max(0.0, top), self.image.height - TAG) for top in (y0 - TAG, y1)]
        places = [(left, top, left + width, top + TAG - 1) for top in tops for left in lefts]
        place = next((place for place in places if not any(_meets(place, other) for other in taken)), places[0])
        self.pen.rounded_rectangle(place, 4, fill=(*color, 235))
        self.pen.text((place[0] + 5, place[1]), text, fill="white", font=self.small)
        taken.append(place)

    def rail(self, boxes: Sequence[BBox]) -> None:
        """The numbers of the blocks along the left side, joined in reading order, each with a thread to its block.

        A block beside another one has its number at its own left side.
        """
        placed = [self.placed(box) for box in boxes]
        spots: list[tuple[float, float]] = []
        for box in placed:
            y = _first_line(box)
            beside = any(abs(y - other) < ROOM for x, other in spots if x == RAIL_X)
            spots.append((box[0] - 4 if beside else RAIL_X, y))
        for (x0, y0), (x1, y1) in pairwise(spots):
            self.pen.line((x0, y0, x1, y1), fill=(*RAIL, 110), width=2)
        for number, ((x, y), box) in enumerate(zip(spots, placed, strict=True), 1):
            self.pen.line((x, y, box[0], y), fill=(*RAIL, 80), width=1)
            half = max(9.0, self.pen.textlength(str(number), self.tiny) / 2 + 4)
            self.pen.rounded_rectangle((x - half, y - 9, x + half, y + 9), 9, fill=RAIL)
            self.pen.text((x, y), str(number), fill="white", font=self.tiny, anchor="mm")


def _meets(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _first_line(box: Box) -> float:
    """Where the number of a block stands: beside its first line."""
    return min((box[1] + box[3]) / 2, box[1] + 14)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the legend: a swatch as the picture has it, and what it means."""

    color: Color
    fill: int
    line: int
    says: str


def _entries(found: Inspection) -> Iterator[_Entry]:
    page = found.page
    if page is not None and len(page.chars):
        yield _Entry(CHAR, 0, 160, "character")
    if page is not None and np.isin(page.chars.kind, ODD_KINDS).any():
        yield _Entry(ODD, 80, 230, "glyph with a wrong or no Unicode")
    if page is not None and len(page.edges):
        yield _Entry(EDGE, 0, -1, "drawn edge")
        if _thick(page).any():
            yield _Entry(EDGE, 28, 0, "shade")
    if found.tables:
        yield _Entry(CELL, 40, 0, "cell")
    if any(_is_merged(cell) for one in found.tables for cell in one.table.cells):
        yield _Entry(MERGED, 52, 0, "merged cell, rows x columns")
    if found.tables:
        yield _Entry(TABLE, 0, 255, "table, rows x columns")
    if len(found.blocks) > len(found.tables):
        yield _Entry(LINE, 0, 170, "line of text")
    if found.furniture:
        yield _Entry(ASIDE, 40, 220, "furniture")
    if found.blocks:
        yield _Entry(RAIL, 255, 0, "reading order")
    if found.comparison and len(found.comparison.missed):
        yield _Entry(MISSED, 90, 0, f"only {found.comparison.first} sees it")
    if found.comparison and len(found.comparison.added):
        yield _Entry(ADDED, 90, 0, f"only {found.comparison.engine} sees it")


def _with_legend(picture: Image.Image, found: Inspection) -> Image.Image:
    """The picture with a legend below it; a narrow one gets white at its right."""
    font, width = _font(16), max(picture.width, SMALLEST)
    probe = ImageDraw.Draw(picture)
    rows: list[list[tuple[float, _Entry]]] = [[]]
    x = 16.0
    for entry in _entries(found):
        needs = 34 + probe.textlength(entry.says, font) + 24
        if x + needs > width and rows[-1]:
            rows.append([])
            x = 16.0
        rows[-1].append((x, entry))
        x += needs
    height = 46 + 28 * len(rows)
    sheet = Image.new("RGB", (width, picture.height + height), "white")
    sheet.paste(picture, (0, 0))
    pen = ImageDraw.Draw(sheet, "RGBA")
    pen.line((0, picture.height, width, picture.height), fill=ASIDE, width=1)
    pen.text((16, picture.height + 12), _caption(found), fill=INK, font=font)
    for number, row in enumerate(rows):
        top = picture.height + 42 + 28 * number
        for x, entry in row:
            _swatch(pen, x, top, entry)
            pen.text((x + 34, top), entry.says, fill=INK, font=font)
    return sheet


def _swatch(pen: ImageDraw.ImageDraw, x: float, top: float, entry: _Entry) -> None:
    if entry.line < 0:
        pen.line((x, top + 9, x + 26, top + 9), fill=entry.color, width=2)
        return
    outline = (*entry.color, entry.line) if entry.line else None
    pen.rectangle((x, top + 1, x + 26, top + 17), fill=(*entry.color, entry.fill) if entry.fill else None, outline=outline, width=2)


def _caption(found: Inspection) -> str:
    page = found.page
    size = f"{page.width:.0f} x {page.height:.0f} points, {len(page.chars):,} characters, {len(page.edges):,} edges" if page else ""
    none = "" if page is None or len(page.chars) else ": a picture without text" if page.image_area else ": no text"
    return f"page {found.content.number} of {found.page_count}, read by {found.engine}, {size}{none}"


def _darker(color: Color) -> Color:
    red, green, blue = (value * 6 // 10 for value in color)
    return (red, green, blue)


def _font(size: int) -> FreeTypeFont | BitmapFont:
    """Pillow carries a face of its own with Latin letters and figures: no file of this machine is needed."""
    return ImageFont.load_default(size)
