"""How fast are pages read, beside pdfplumber's `extract_table` and pdfium's bare text? `python -m bench.reading FILE...`.

The readers take turns over the same pages of the same file, spread evenly over it, each in a process of its own; medians and
ratios are printed as a table. Seconds are of reading alone, memory is of the whole process.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path

from ita_extract.engines import engine
from ita_extract.engines.native import SWITCH, how
from ita_extract.model.source import SourceDocument

from .measure import Taken, in_turn, median, table, take

PLAIN = {SWITCH: "1"}
HEAD = ("reader", "pages/s", "of pdfplumber", "of pdfium's bare text", "peak MB", "names exact")


def pages_of(path: Path, wanted: int) -> range:
    """As many pages as are wanted, evenly over the document: a ranking is denser than its summary pages."""
    count = engine("pdfium").count_pages(SourceDocument.of(path.read_bytes(), path.name, "application/pdf"))
    return range(1, count + 1, max(1, count // wanted))


def read(reader: str, path: Path, pages: range, given: dict[str, str], *options: str) -> Taken:
    """One reader over some pages, in a process of its own."""
    span = map(str, (pages.start, pages.stop, pages.step))
    return take([sys.executable, "-m", "bench.readers", reader, str(path.resolve()), *span, *options], given)


def ways() -> dict[str, tuple[str, dict[str, str]]]:
    """The readers by the name in the table: the compiled calls only where they are there."""
    ours = {"ita_extract, plain calls": ("ita_extract", PLAIN)}
    if how() == "compiled calls":
        ours = {"ita_extract, compiled calls": ("ita_extract", {}), **ours}
    return {**ours, "pdfplumber `extract_table`": ("pdfplumber", {}), "pdfium, bare text": ("pdfium", {})}


def compare(path: Path, wanted: int, rounds: int) -> str:
    """The readers over pages of one file, as a Markdown table."""
    pages, readers = pages_of(path, wanted), ways()
    doers = {name: partial(read, reader, path, pages, given) for name, (reader, given) in readers.items()}
    taken = in_turn(doers, rounds)
    speed = {name: median(len(pages) / float(json.loads(one.output)["seconds"]) for one in ones) for name, ones in taken.items()}
    plumber, bare = (speed[name] for name in list(readers)[-2:])
    rows = []
    for name, (reader, given) in readers.items():
        right = "" if reader == "pdfium" else _exact(reader, path, pages, given)
        peak = median(one.peak for one in taken[name])
        ratios = f"{speed[name] / plumber:.1f}", f"{speed[name] / bare:.2f}"
        rows.append((name, f"{speed[name]:.1f}", *ratios, f"{peak:.0f}", right))
    rows.append(("ita_extract, and repaired", "", "", "", "", _exact("repaired", path, pages, {})))
    return f"{path.name}, {len(pages)} of its pages:\n\n{table(HEAD, rows)}"


def _exact(reader: str, path: Path, pages: range, given: dict[str, str]) -> str:
    found = json.loads(read(reader, path, pages, given, "--exact").output)
    return f"{found['right']:,} of {found['known']:,}" if found["known"] else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    for path in given.files:
        print(compare(path, given.pages, given.rounds), end="\n\n")


if __name__ == "__main__":
    main()
