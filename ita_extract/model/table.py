"""What a page holds once characters have become lines and cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from .page import BBox
from .step import Step


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `raw` is what the engine read, lines parted by "\\n"; `text` is `raw` after `steps`; `trace` is as long as `raw`.

    `row` and `col` count from 0; a merged cell spans. `bbox` is None for text sources. `trace` is "" where there is no geometry.
    """

    row: int
    col: int
    row_span: int
    col_span: int
    bbox: BBox | None
    raw: str
    trace: str = ""
    text: str = ""
    steps: tuple[Step, ...] = ()

    def mended(self, text: str, steps: tuple[Step, ...]) -> Cell:
        """The cell with its text repaired. A document has tens of thousands; `dataclasses.replace` takes three times as long."""
        raw = self.raw if steps else text  # the same where nothing was repaired: one string then, not two
        return Cell(self.row, self.col, self.row_span, self.col_span, self.bbox, raw, self.trace, text, steps)


@dataclass(frozen=True, slots=True)
class Table:
    """A grid of cells on one page. `cells` are in reading order; a place that no cell covers is a hole in the drawing.

    `rivers`: where no rule parts the columns, the white between them in points along the row: a border may lie anywhere in it.
    """

    page: int
    bbox: BBox | None
    n_rows: int
    n_cols: int
    cells: tuple[Cell, ...]
    rivers: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text outside any table."""

    page: int
    bbox: BBox | None
    raw: str
    trace: str = ""
    text: str = ""
    steps: tuple[Step, ...] = ()
    size: float = 0.0


@dataclass(frozen=True, slots=True)
class PageContent:
    """A page as lines and tables in reading order; `furniture` is what repeats around them: page numbers, running heads.

    `char_count` is the number of non-blank characters the engine read; `placed_count` those that ended in a line, a cell or the
    furniture. They must be equal: nothing is lost in silence. `limits` says of what the page has too much for tables to be sought.
    Of a page that could not be read, or not to its end, `fault` says why, as a code of documents and in words.
    """

    number: int
    blocks: tuple[TextLine | Table, ...]
    furniture: tuple[TextLine, ...] = ()
    char_count: int = 0
    placed_count: int = 0
    limits: tuple[str, ...] = ()
    fault: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table as it runs on over pages. `cells[c]` covers column c: merged cells stand in every place they span."""

    page: int
    table_no: int
    cells: tuple[Cell | None, ...]
    bbox: BBox | None
    text: str
    """The row as one line, cells parted by " | ": for rejects and messages."""
    page_end: int | None = None
    """The last page of a row that goes on over the end of a page; None where it stands on one."""


@dataclass(frozen=True, slots=True)
class LongTable:
    """A table over all the pages it runs on. `rows` include the head of the first page; `repeated_heads` counts the rows that
    later pages repeat and that were left out; `joined_rows` those that went on over a page break and are one row here; `rivers`
    is the white that all pages leave between columns which no rule parts."""

    table_no: int
    page: int
    n_cols: int
    rows: tuple[Row, ...]
    repeated_heads: int = 0
    joined_rows: int = 0
    rivers: tuple[tuple[float, float], ...] = ()


COLUMN_DRIFT = 4.0
"""How far, in points, a column's border may stray from page to page."""


def column_starts(cells: Iterable[Cell | None]) -> dict[int, float]:
    """Where the columns of the cells begin, in points: from the left, or down the page where the table lies on its side.

    The cells of a row stand at one height; in a table on its side they stand at one distance from the left.

    >>> column_starts([Cell(0, 0, 1, 1, (50, 100, 70, 200), "2563"), Cell(0, 1, 1, 1, (50, 200, 70, 300), "85.62")])
    {0: 100, 1: 200}
    """
    placed = [(cell, cell.bbox) for cell in cells if cell is not None and cell.bbox]
    lying = any(
        a.row == b.row and a.col != b.col and abs(x[0] - y[0]) <= 1 < abs(x[1] - y[1]) for (a, x), (b, y) in pairwise(placed)
    )
    return {cell.col: box[lying] for cell, box in placed}


@dataclass(frozen=True, slots=True)
class Document:
    """A document in reading order: lines and tables, tables joined over pages, furniture set aside."""

    page_count: int
    blocks: tuple[TextLine | LongTable, ...]
    furniture: tuple[TextLine, ...]
