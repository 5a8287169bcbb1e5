"""`ita-extract run`: documents in, a release out."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import NothingReadError
from .arguments import engine_option

if TYPE_CHECKING:
    from ..job import Progress

PLAIN_EVERY = 5.0
"""Seconds between progress lines where stderr is no terminal."""


@click.command("run")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option(
    "--out", metavar="DIR", required=True, type=click.Path(), help="The data folder, or an address; made if it is missing."
)
@click.option("--work", metavar="FOLDER", type=click.Path(), help="The working folder of an address.  [default: in your cache]")
@click.option("--workers", metavar="N", type=click.IntRange(min=1), help="Processes that read documents.  [default: one a core]")
@engine_option
@click.option("--strict", is_flag=True, help="Exit code 3 also where any check fails.")
@click.option("--no-resume", is_flag=True, help="Read again what was read before.")
@click.option("--corrections", metavar="FILE", type=click.Path(path_type=Path), help="Put in what people decided about values.")
@click.option("--dry-run", is_flag=True, help="Read the first pages, list what would be read and which layouts match, and stop.")
@click.option("--max-bytes", metavar="N", type=click.IntRange(min=1), help="Of a file.  [default: 100,000,000]")
@click.option("--max-pages", metavar="N", type=click.IntRange(min=1), help="Of a document.  [default: 5,000]")
@click.option("--max-seconds", metavar="S", type=click.FloatRange(min=1), help="Of the processor for a document.  [default: 600]")
@click.option("--max-memory", metavar="MIB", type=click.IntRange(min=64), help="For a document.  [default: 1,024]")
@click.option("--cluster", metavar="ADDRESS", help="Read on a Dask cluster, such as tcp://host:8786.")
@click.option("--log-json", metavar="FILE", help="What happens, a line of JSON an event; - for stderr.")
@click.option("--quiet", is_flag=True, help="No progress and no summary.")
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON.")
def command(
    sources: tuple[str, ...],
    out: str,
    work: str | None,
    workers: int | None,
    engine: str,
    strict: bool,
    no_resume: bool,
    dry_run: bool,
    corrections: Path | None,
    max_bytes: int | None,
    max_pages: int | None,
    max_seconds: float | None,
    max_memory: int | None,
    cluster: str | None,
    log_json: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Read documents and publish one release into DIR.

    SOURCE is a file, a folder (with all below it) or a glob of .pdf, .txt, .md, .html files and images. The release holds every
    document ever run into DIR.

    \b
    Example:
      ita-extract run announcements/ extra/*.pdf --out data
    """
    if dry_run:
        from ..preview import preview_documents
        from ..terminal import preview_json, print_preview

        found = preview_documents(sources, workers=workers, engine=engine)
        if as_json:
            click.echo(preview_json(found))
        else:
            print_preview(found)
        return
    from ..job import run_documents
    from ..run.journal import journal
    from ..run.limits import MIB, Limits
    from ..terminal import print_run, run_json

    given = Limits()
    limits = replace(
        given,
        max_bytes=max_bytes or given.max_bytes,
        max_pages=max_pages or given.max_pages,
        max_seconds=max_seconds or given.max_seconds,
        max_memory=max_memory * MIB if max_memory else given.max_memory,
    )
    with nullcontext(_silent) if quiet else _progress() as show, journal(log_json) as tell:
        summary = run_documents(
            sources,
            out,
            workers=workers,
            engine=engine,
            resume=not no_resume,
            limits=limits,
            cluster=cluster,
            corrections=corrections,
            work=work,
            on_progress=show,
            on_event=tell,
        )
    if not summary.outcomes:
        raise NothingReadError("nothing to read", advice="No file of a known kind lies under the given sources.")
    code = summary.exit_code(strict=strict)
    if as_json:
        click.echo(run_json(summary, code))
    elif not quiet:
        print_run(summary)
    sys.exit(code)


def _silent(_: Progress) -> None:
    """Tells nothing."""


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
