"""One reader over some pages of one document, in a process of its own: `python -m bench.readers READER FILE FIRST STOP STEP`.

Prints JSON: pages, seconds of reading (without the start of Python and the loading of libraries), rows and cells read; with
`--exact` the cells that are right instead of the seconds.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from ita_extract.model.table import PageContent, Table

from .measure import ROOT
from .truth import exact, known_rows

Row: TypeAlias = list[str]
Reader: TypeAlias = Callable[[Path, range], Iterator[list[Row]]]
"""Gives for each page the rows of its tables."""


def ita_extract(path: Path, pages: range) -> Iterator[list[Row]]:
    """Tables and lines with the text as it stands in the file."""
    from ita_extract.engines import engine
    from ita_extract.model.source import SourceDocument
    from ita_extract.tables.content import read_content

    source = SourceDocument.of(path.read_bytes(), path.name, "application/pdf")
    for page in engine("pdfium").read(source, pages):
        yield _rows(read_content(page))


def repaired(path: Path, pages: range) -> Iterator[list[Row]]:
    """The same, repaired."""
    from ita_extract.contents import read_contents
    from ita_extract.model.source import SourceDocument

    source = SourceDocument.of(path.read_bytes(), path.name, "application/pdf")
    yield from (_rows(page) for page in read_contents(source, pages=pages).pages)


def _rows(page: PageContent) -> list[Row]:
    rows: list[Row] = []
    for block in page.blocks:
        if isinstance(block, Table):
            grid: list[Row] = [[""] * block.n_cols for _ in range(block.n_rows)]
            for cell in block.cells:
                grid[cell.row][cell.col] = cell.text or cell.raw
            rows += grid
    return rows


def pdfplumber_table(path: Path, pages: range) -> Iterator[list[Row]]:
    """`extract_table`, the one table that pdfplumber finds largest on a page."""
    import pdfplumber

    with pdfplumber.open(path) as document:
        for page in (document.pages[number - 1] for number in pages):
            yield [[cell or "" for cell in row] for row in page.extract_table() or []]
            page.close()


def pdfium_text(path: Path, pages: range) -> Iterator[list[Row]]:
    """The bare text of a page, with no thought for tables: as fast as anything built on pdfium could be."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        for number in pages:
            page = document[number - 1]
            text = page.get_textpage()
            yield [[text.get_text_range()]]
            text.close()
            page.close()


READERS: dict[str, Reader] = {
    "ita_extract": ita_extract,
    "repaired": repaired,
    "pdfplumber": pdfplumber_table,
    "pdfium": pdfium_text,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", choices=READERS)
    parser.add_argument("file", type=Path)
    parser.add_argument("first", type=int)
    parser.add_argument("stop", type=int)
    parser.add_argument("step", type=int)
    parser.add_argument("--exact", action="store_true")
    given = parser.parse_args()
    read, pages = READERS[given.reader], range(given.first, given.stop, given.step)
    if given.exact:
        known = known_rows(given.file, ROOT / "samples")
        right, all_of_them = exact((row for rows in read(given.file, pages) for row in rows), known)
        print(json.dumps({"right": right, "known": all_of_them}))
        return
    next(read(given.file, pages[:1]))  # libraries are loaded, and the file is in memory
    started = time.perf_counter()
    cells = sum(len(row) for rows in read(given.file, pages) for row in rows)
    print(json.dumps({"pages": len(pages), "seconds": time.perf_counter() - started, "cells": cells}))


if __name__ == "__main__":
    main()
