"""The whole job beside the reading alone, one worker beside two, and a document of thousands of pages: from cold processes.

Reading alone is what `run` cannot do without: a process that starts, loads its libraries and reads every page of the document into
tables, and throws them away. `run` then repairs, reads records, checks, and publishes a release.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from .measure import Taken, in_turn, median, table, take
from .reading import pages_of, read

HEAD = ("what", "seconds", "of the reading alone", "seconds of CPU", "peak MB of a process")


def run(sources: Sequence[Path], workers: int) -> Taken:
    """`ita-extract run` from a cold process to the published release, into a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as out:
        names = [str(path.resolve()) for path in sources]
        return take([sys.executable, "-m", "ita_extract", "run", *names, "--out", f"{out}/data", "--workers", str(workers)])


def compare(path: Path, rounds: int) -> str:
    """Reading alone, and `run` with one worker and with two, over a whole document."""
    pages = pages_of(path, 1_000_000)
    doers: dict[str, Callable[[], Taken]] = {
        "reading alone": partial(read, "ita_extract", path, pages, {}),
        "`run`, one worker": partial(run, [path], 1),
        "`run`, two workers": partial(run, [path], 2),
    }
    taken = in_turn(doers, rounds)
    seconds = {name: median(one.seconds for one in ones) for name, ones in taken.items()}
    rows = [
        (
            name,
            f"{seconds[name]:.1f}",
            f"{seconds[name] / seconds['reading alone']:.2f}",
            f"{median(one.cpu for one in ones):.1f}",
            f"{median(one.peak for one in ones):.0f}",
        )
        for name, ones in taken.items()
    ]
    gain = seconds["`run`, one worker"] / seconds["`run`, two workers"]
    return f"{path.name}, all {len(pages)} pages:\n\n{table(HEAD, rows)}\n\nTwo workers are {gain:.2f} times as fast as one."


def compare_ranges(path: Path, rounds: int) -> str:
    """One worker and two over the pages of one document, without what follows; and over plain sums, to know what two workers can
    gain on this machine at all."""
    doers = {
        f"{module} {workers}": partial(_spread, module, *files, str(workers))
        for module, files in (("ranges", [str(path.resolve())]), ("machine", []))
        for workers in (1, 2)
    }
    taken = in_turn(doers, rounds)
    pages, pages_of_two, sums, sums_of_two = (
        median(float(json.loads(done.output)["seconds"]) for done in taken[name]) for name in doers
    )
    return (
        f"The pages of {path.name} alone: one worker {pages:.1f} s, two {pages_of_two:.1f} s, "
        f"{pages / pages_of_two:.2f} times as fast. "
        f"Plain sums, which share nothing: {sums / sums_of_two:.2f} times; about what two workers can gain on this machine."
    )


def _spread(module: str, *given: str) -> Taken:
    return take([sys.executable, "-m", f"bench.{module}", *given])


def compare_many(path: Path, copies: int, rounds: int) -> str:
    """One worker and two over several documents of the same pages and different bytes."""
    with tempfile.TemporaryDirectory() as folder:
        sources = [Path(folder, f"{number}.pdf") for number in range(copies)]
        for number, source in enumerate(sources):
            source.write_bytes(path.read_bytes() + b"\n%" + b"-" * number + b"\n")
        taken = in_turn({"one": partial(run, sources, 1), "two": partial(run, sources, 2)}, rounds)
    one, two = (median(one.seconds for one in taken[name]) for name in ("one", "two"))
    return f"{copies} documents like {path.name}: one worker {one:.1f} s, two {two:.1f} s, {one / two:.2f} times as fast."


def lengthened(path: Path, pages: int, into: Path) -> Path:
    """A document of at least so many pages: those of `path` over and over."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as source, pypdfium2.PdfDocument.new() as target:
        while len(target) < pages:
            target.import_pages(source)
        target.save(into)
    return into


def compare_lengths(path: Path, pages: int) -> str:
    """The memory that reading and `run` take, at the length that a document has and at many times that."""
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for one in (path, lengthened(path, pages, Path(folder, "long.pdf"))):
            every = pages_of(one, 1_000_000)
            reading, whole = read("ita_extract", one, every, {}), run([one], 1)
            size = f"{one.stat().st_size / 1_000_000:.1f}"
            rows.append((f"{len(every):,}", size, f"{reading.peak:.0f}", f"{whole.peak:.0f}", f"{whole.seconds:.1f}"))
    head = ("pages", "file in MB", "reading alone, peak MB", "`run`, peak MB of a process", "`run`, seconds")
    return table(head, rows)
