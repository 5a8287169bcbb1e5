"""A release as an Excel workbook: a sheet for each dataset, typed, with the meaning of every column on the last sheet."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..rulebook.fields import Column, Dataset
from .read import DatasetRows
from .sheet_text import texts_of, told_controls, widths

SHEET_ROWS = 1_048_576
"""Rows of a sheet, its head among them; Excel opens no file that has more."""
CELL = 32_767
"""Characters of a cell, as Excel counts them: in units of UTF-16."""
CUT = "… [cut]"
NARROW, WIDE = 6, 60
"""Columns are as wide as what stands in them, within these bounds."""
DAY = datetime.datetime(2000, 1, 1)
"""A workbook says when it was made; the same release must give the same bytes on any day."""
_FORMATS = {"float64": "0.00", "int64": "0", "bool": "General"}
_TOLD = 5


def write_workbook(path: Path, datasets: Sequence[DatasetRows]) -> Iterator[str]:
    """Writes the workbook, a row at a time; yields what could not be carried over, in words.

    Text is written as text, whatever it looks like: neither a formula nor an address to click on, and in cells of the form "text",
    so that it stays what it is when somebody edits it. A dataset of more rows than a sheet has goes on in the next one.
    """
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        release = datasets[0].release.name if datasets else ""
        book.set_properties({"title": "ita-extract", "comments": f"Release {release}", "created": DAY})
        styles = _Styles(book)
        for one in datasets:
            yield from _write_dataset(book, one, styles)
        _write_meanings(book, [one.dataset for one in datasets], styles)


class _Styles:
    """The cell formats of a workbook."""

    def __init__(self, book: Any) -> None:
        self.head = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
        self._text = book.add_format({"num_format": "@"})
        self._others = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}

    def of(self, column: Column) -> Any:
        return self._others.get(column.type, self._text)


def _write_dataset(book: Any, rows: DatasetRows, styles: _Styles) -> Iterator[str]:
    dataset, sheet, changed, cut = rows.dataset, None, 0, list[str]()
    number = at = 0
    for batch in rows.batches():
        columns = []
        for column, values in zip(dataset.columns, batch.columns, strict=True):
            if column.type in _FORMATS:
                columns.append(values.to_pylist())
            else:
                texts, count = texts_of(column, values)
                changed += count
                columns.append(texts.to_pylist())
        for row in zip(*columns, strict=True):
            if sheet is None or at == SHEET_ROWS - 1:
                _finish(sheet, dataset, at)
                number, at = number + 1, 0
                sheet = _new_sheet(book, dataset, number, batch, styles)
            at += 1
            cut += _write_row(sheet, at, row, dataset, f"row {(number - 1) * (SHEET_ROWS - 1) + at}")
    if sheet is None:
        sheet = _new_sheet(book, dataset, 1, None, styles)
    _finish(sheet, dataset, at)
    yield from told_controls(dataset, changed)
    if number > 1:
        yield f"{dataset.name}: {rows.resource.rows:,} rows are more than one sheet holds and stand on {number}"
    if cut:
        told = "; ".join([*cut[:_TOLD], *([f"and {len(cut) - _TOLD:,} more"] if len(cut) > _TOLD else [])])
        yield f"{dataset.name}: {len(cut):,} cells are longer than Excel holds, and are cut and end with {CUT!r} there: {told}"


def _new_sheet(book: Any, dataset: Dataset, number: int, batch: pa.RecordBatch | None, styles: _Styles) -> Any:
    sheet = book.add_worksheet(dataset.name if number == 1 else f"{dataset.name} ({number})")
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(dataset.columns):
        sheet.set_column(at, at, _width(column, None if batch is None else batch.column(at)), styles.of(column))
    for at, column in enumerate(dataset.columns):
        sheet.write_string(0, at, column.name, styles.head)
    return sheet


def _finish(sheet: Any, dataset: Dataset, rows: int) -> None:
    if sheet is not None:
        sheet.autofilter(0, 0, rows, len(dataset.columns) - 1)


def _width(column: Column, values: pa.Array | None) -> int:
    """For the name with the arrow of the filter beside it, and for the rows that were read first."""
    longest = len(column.name) + 3
    if values is not None and column.type == "string":
        longest = max(longest, (pc.max(widths(values)).as_py() or 0) + 1)
    return max(NARROW, min(WIDE, longest))


def _write_row(sheet: Any, at: int, row: Sequence[Any], dataset: Dataset, where: str) -> Iterator[str]:
    for place, (column, value) in enumerate(zip(dataset.columns, row, strict=True)):
        if value is None:
            continue
        if column.type == "bool":
            sheet.write_boolean(at, place, value)
        elif column.type in _FORMATS:
            sheet.write_number(at, place, value)
        else:
            text = within_a_cell(value)
            sheet.write_string(at, place, text)
            if text is not value:
                yield f"{where}, {column.name}"


def within_a_cell(text: str) -> str:
    """The text itself where a cell holds it; else as much of it as fits, with a mark at the end that says so.

    >>> within_a_cell("ผ่าน"), len(within_a_cell("ก" * 40_000)), within_a_cell("ก" * 40_000)[-8:]
    ('ผ่าน', 32767, 'ก… [cut]')
    """
    if len(text) <= CELL // 2 or len(data := text.encode("utf-16-le")) // 2 <= CELL:
        return text
    return data[: (CELL - len(CUT)) * 2].decode("utf-16-le", "ignore") + CUT


def _write_meanings(book: Any, datasets: Sequence[Dataset], styles: _Styles) -> None:
    """The last sheet: what every column of the others means, in English and Thai."""
    sheet = book.add_worksheet("columns")
    sheet.freeze_panes(1, 0)
    head = ("dataset", "column", "type", "unit", "what it means", "ความหมาย")
    for at, (name, width) in enumerate(zip(head, (20, 28, 12, 20, WIDE, WIDE), strict=True)):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, name, styles.head)
    row = 0
    for dataset in datasets:
        for column in dataset.columns:
            row += 1
            cells = (dataset.name, column.name, column.type, column.unit, column.description, column.description_th)
            for at, text in enumerate(cells):
                sheet.write_string(row, at, within_a_cell(text))
    sheet.autofilter(0, 0, row, len(head) - 1)
