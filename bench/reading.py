"""How fast are pages read, beside pdfplumber's `extract_table` and pdfium's bare text? `python -m bench.reading FILE [--pages N]`.

The three take turns over the same pages of the same file (A B C A B C …), so that a machine whose speed drifts favours none;
medians and ratios are printed as a table. Times are of this process alone, after one round that is not counted.
"""

from __future__ import annotations

import argparse
import platform
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from ita_extract.engines import engine
from ita_extract.model.source import SourceDocument
from ita_extract.model.table import Table
from ita_extract.tables.content import read_content


def ours(path: Path, pages: int) -> int:
    """Pages read into tables and lines with raw text; returns the number of cells."""
    source = SourceDocument.of(path.read_bytes(), path.name, "application/pdf")
    cells = 0
    for page in engine("pdfium").read(source):
        content = read_content(page)
        cells += sum(len(block.cells) for block in content.blocks if isinstance(block, Table))
        if page.number == pages:
            break
    return cells


def pdfplumber_tables(path: Path, pages: int) -> int:
    import pdfplumber

    cells = 0
    with pdfplumber.open(path) as document:
        for page in document.pages[:pages]:
            cells += sum(len(row) for table in page.extract_tables() for row in table)
            page.close()
    return cells


def pdfium_text(path: Path, pages: int) -> int:
    import pypdfium2

    length = 0
    with pypdfium2.PdfDocument(path) as document:
        for index in range(min(pages, len(document))):
            page = document[index]
            textpage = page.get_textpage()
            length += len(textpage.get_text_range())
            textpage.close()
            page.close()
    return length


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    readers: dict[str, Callable[[Path, int], int]] = {
        "ita_extract": ours,
        "pdfplumber extract_tables": pdfplumber_tables,
        "pdfium bare text": pdfium_text,
    }
    times: dict[str, list[float]] = {name: [] for name in readers}
    found: dict[str, int] = {}
    for turn in range(given.rounds + 1):
        for name, read in readers.items():
            started = time.perf_counter()
            found[name] = read(given.file, given.pages)
            if turn:
                times[name].append(time.perf_counter() - started)
    print(
        f"{given.file.name}, {given.pages} pages, {given.rounds} rounds, CPython {platform.python_version()}, {platform.machine()}"
    )
    print("| reader | pages/s | ratio | cells |\n| --- | --- | --- | --- |")
    base = statistics.median(times["pdfplumber extract_tables"])
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(f"| {name} | {given.pages / median:.1f} | {base / median:.1f} | {found[name] if 'text' not in name else ''} |")
    print(f"Peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
