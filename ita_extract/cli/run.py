"""`ita-extract run`: documents in, a release out."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import NothingReadError
from .arguments import engine_option

if TYPE_CHECKING:
    from ..job import Progress, Summary

PLAIN_EVERY = 5.0
"""Seconds between progress lines where stderr is no terminal."""


@click.command("run")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option(
    "--out", metavar="DIR", required=True, type=click.Path(path_type=Path), help="The data folder; made if it is missing."
)
@click.option("--workers", metavar="N", type=click.IntRange(min=1), help="Processes that read documents.  [default: one a core]")
@engine_option
@click.option("--strict", is_flag=True, help="Exit code 3 also where any check fails.")
@click.option("--no-resume", is_flag=True, help="Read again what was read before.")
@click.option("--dry-run", is_flag=True, help="List what would be read, and stop.")
def command(
    sources: tuple[str, ...], out: Path, workers: int | None, engine: str, strict: bool, no_resume: bool, dry_run: bool
) -> None:
    """Read documents and publish one release into DIR.

    SOURCE is a file, a folder (with all below it) or a glob of .pdf, .txt, .md, .html files and images. The release holds every
    document ever run into DIR.

    \b
    Example:
      ita-extract run announcements/ extra/*.pdf --out data
    """
    if dry_run:
        from ..run.sources import find_sources

        for file in find_sources(sources):
            click.echo(f"{file.media_type}\t{file.path}")
        return
    from ..job import run_documents

    with _progress() as show:
        summary = run_documents(sources, out, workers=workers, engine=engine, resume=not no_resume, on_progress=show)
    if not summary.outcomes:
        raise NothingReadError("nothing to read", advice="No file of a known kind lies under the given sources.")
    _print_summary(summary)
    sys.exit(summary.exit_code(strict=strict))


@contextmanager
def _progress() -> Iterator[Callable[[Progress], None]]:
    """Shows progress on stderr: a bar on a terminal, a plain line now and then elsewhere."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn("documents"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[detail]}"))
        with Bar(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True)) as bar:
            task = bar.add_task("documents", total=None, detail="")

            def draw(progress: Progress) -> None:
                bar.update(task, total=progress.documents, completed=progress.done, detail=_detail(progress))

            yield draw
        return
    told = [time.monotonic()]

    def tell(progress: Progress) -> None:
        now = time.monotonic()
        if now - told[0] >= PLAIN_EVERY or progress.done == progress.documents:
            told[0] = now
            click.echo(f"{progress.done} of {progress.documents} documents, {_detail(progress)}{_time_left(progress)}", err=True)
            if progress.done == progress.documents:
                told[0] = float("inf")

    yield tell


def _detail(progress: Progress) -> str:
    rate = progress.pages / max(time.monotonic() - progress.started, 0.1)
    failed = f", {progress.failed} failed" if progress.failed else ""
    return f"{progress.pages:,} pages, {rate:.0f} pages/s{failed}"


def _time_left(progress: Progress) -> str:
    if not 0 < progress.done < progress.documents:
        return ""
    left = (time.monotonic() - progress.started) / progress.done * (progress.documents - progress.done)
    return f", about {left:.0f} s left"


def _print_summary(summary: Summary) -> None:
    from rich.console import Console
    from rich.table import Table

    from ..checks.legible import page_ranges

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 132)
    documents = Table("document", "status", "pages", "records", "rejects", "contradicted", "code", title="Documents")
    for outcome in summary.outcomes:
        status = f"{outcome.status}, kept" if outcome.reused else outcome.status
        numbers = (f"{outcome.pages:,}", f"{outcome.records:,}", f"{outcome.rejects:,}", f"{outcome.contradicted:,}")
        documents.add_row(outcome.name, status, *numbers, outcome.code or "")
    for column in documents.columns[2:6]:
        column.justify = "right"
    console.print(documents)
    kinds = ("verified", "consistent", "unverified", "corrected", "contradicted")
    values = Table("dataset", "rows", *kinds, title="Published")
    for name, rows in summary.rows.items():
        if rows:
            counts = [summary.values.get((name, kind)) for kind in kinds]
            values.add_row(name, f"{rows:,}", *(f"{count:,}" if count is not None else "" for count in counts))
    for column in values.columns[1:]:
        column.justify = "right"
    console.print(values)
    for outcome in summary.outcomes:
        if outcome.code:
            console.print(f"{outcome.name}: {outcome.code}: {outcome.message}", markup=False)
    for outcome in summary.outcomes:
        if outcome.lossy_pages:
            where = f"page{'s' * (len(outcome.lossy_pages) > 1)} {page_ranges(outcome.lossy_pages)}"
            console.print(f"{outcome.name}: characters were lost or doubled on {where}", markup=False)
    for name in summary.duplicates:
        console.print(f"{name}: the same bytes as another document of this run, read once", markup=False)
    checks = sum(outcome.failed_checks for outcome in summary.outcomes)
    console.print(
        f"{len(summary.outcomes)} documents in {summary.seconds:.1f} s; {sum(o.rejects for o in summary.outcomes)} rejects and "
        f"{checks} failed checks are in the datasets rejects and checks.",
    )
    console.print(f"Release {summary.release} in {summary.path}", soft_wrap=True, markup=False)
