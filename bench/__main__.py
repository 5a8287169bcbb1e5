"""Everything that is measured: `python -m bench [FILE...] [--write]`. Best on a machine that does nothing else.

Without files: the documents of `../shared/pdf/national` where they are, and the samples. `--write` puts the tables into
`docs/benchmarks.md` between its two marks, with the name of the machine.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from ita_extract.engines.native import how

from . import reading, running, stages
from .measure import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
NATIONAL = ROOT.parent / "shared" / "pdf" / "national"
SAMPLES = ROOT / "samples"
LONG = 3_000
"""Pages of the longest document: ten times the announcement of a year."""


def machine() -> str:
    """What all figures depend on, in a sentence."""
    names = ("pypdfium2", "pdfplumber", "numpy", "pyarrow")
    libraries = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, CPython {platform.python_version()}, {libraries}; "
        f"load {os.getloadavg()[0]:.1f} at the start. The engine here: {how()}."
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def report(files: list[Path], pages: int, rounds: int) -> Iterator[str]:
    """All tables as Markdown, one after another as they are measured. The first file is also run whole."""
    yield machine()
    yield "### Reading"
    for path in files:
        yield reading.compare(path, pages, rounds)
    first = files[0]
    yield "### The whole job"
    yield running.compare(first, rounds)
    yield running.compare_ranges(first, rounds)
    yield running.compare_many(first, 4, 1)
    yield "### Where the time goes"
    yield stages.profile(first, rounds)
    yield "### Memory"
    yield running.compare_lengths(first, LONG)


def written(page: str, tables: str) -> str:
    """The page with `tables` between its marks. ValueError where they are missing.

    >>> written(f"# Title\\n{BEGIN}\\nold\\n{END}\\nrest", "new")
    '# Title\\n<!-- measured: begin -->\\n\\nnew\\n\\n<!-- measured: end -->\\nrest'
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no {BEGIN} and {END}")
    return f"{before}{begin}\n\n{tables}\n\n{end}{after}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--pages", type=int, default=24, help="pages of each document that all readers read")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md")
    given = parser.parse_args()
    files = given.files or [*sorted(NATIONAL.glob("*.pdf")), *sorted(SAMPLES.glob("announcement_*.pdf"))]
    if not files:
        sys.exit("no documents: name some")
    tables = []
    for part in report(files, given.pages, given.rounds):
        print(part, end="\n\n", flush=True)
        tables.append(part)
    if given.write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), "\n\n".join(tables)), encoding="utf-8")


if __name__ == "__main__":
    main()
