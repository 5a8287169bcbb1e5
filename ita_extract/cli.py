"""The command `ita-extract`. Data goes to stdout or files, progress and messages to stderr; a user never sees a traceback."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import __version__
from .errors import DamagedReleaseError, DocumentError, ItaError, NothingReadError, StorageError, UsageError

if TYPE_CHECKING:
    from rich.table import Table as RichTable

    from .checks.legible import OcrNeed
    from .job import Progress, Summary
    from .model.source import SourceDocument
    from .rulebook.load import Rulebook

ENGINES = ("auto", "pdfium", "pdfplumber", "ocr")
PLAIN_EVERY = 5.0
"""Seconds between progress lines where stderr is no terminal."""


class Commands(click.Group):
    """Turns errors into messages and exit codes."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ItaError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(error.exit_code)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader of our output has seen enough
            sys.exit(0)
        except (click.ClickException, click.exceptions.Exit, click.Abort, SystemExit, KeyboardInterrupt):
            raise
        except OSError as error:
            click.echo(f"Error: {error.strerror or error}: {error.filename or ''}\n  Check the disk and who may use it.", err=True)
            sys.exit(StorageError.exit_code)
        except Exception as error:
            if os.environ.get("ITA_EXTRACT_DEBUG"):
                raise
            advice = (
                "This is a fault of ita-extract. Say ITA_EXTRACT_DEBUG=1 before the command to see where, and please report it."
            )
            click.echo(f"Internal error: {type(error).__name__}: {error}\n  {advice}", err=True)
            sys.exit(1)


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from .engines.native import how

        click.echo(f"ita-extract, version {__version__}\npages are read by {how()}")
        context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and how pages are read, and exit.",
)
def main() -> None:
    """Thailand's published integrity assessments (ITA) as verified data."""


def _pages(_: click.Context, __: click.Parameter, value: str | None) -> range | None:
    if value is None:
        return None
    first, _dash, last = value.partition("-")
    try:
        pages = range(int(first), int(last or first) + 1)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is no page and no range of pages, such as 3 or 2-5") from error
    if not pages or pages[0] < 1:
        raise click.BadParameter(f"{value!r} holds no page; pages count from 1")
    return pages


pages_option = click.option("--pages", metavar="A-B", callback=_pages, help="Only these pages, counted from 1.")
file_argument = click.argument("file", type=click.Path(path_type=Path))


@main.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option(
    "--out", metavar="DIR", required=True, type=click.Path(path_type=Path), help="The data folder; made if it is missing."
)
@click.option("--workers", metavar="N", type=click.IntRange(min=1), help="Processes that read documents.  [default: one a core]")
@click.option("--engine", type=click.Choice(ENGINES), default="auto", show_default=True, help="What reads PDF pages.")
@click.option("--strict", is_flag=True, help="Exit code 3 also where any check fails.")
@click.option("--no-resume", is_flag=True, help="Read again what was read before.")
@click.option("--dry-run", is_flag=True, help="List what would be read, and stop.")
def run(
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
        from .run.sources import find_sources

        for file in find_sources(sources):
            click.echo(f"{file.media_type}\t{file.path}")
        return
    from .job import run_documents

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

    from .checks.legible import page_ranges

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


def _source(path: Path) -> SourceDocument:
    from .model.source import SourceDocument
    from .run.sources import find_sources

    if path.is_dir():
        raise UsageError(f"{str(path)!r} is a folder", advice="Name one file.")
    file = find_sources([str(path)])[0]
    try:
        return SourceDocument.of(path.read_bytes(), file.name, file.media_type)
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}", advice="Check who may read it.") from error


@contextmanager
def _one_document(path: Path) -> Iterator[None]:
    """A document that cannot be read ends a command that was given only this one."""
    try:
        yield
    except DocumentError as error:
        raise NothingReadError(f"{path}: {error}", advice="See the list of codes in docs/errors.md.") from error


@main.command()
@file_argument
@pages_option
@click.option("--json", "as_json", is_flag=True, help="JSON: page, line, box, text and raw text.")
def text(file: Path, pages: range | None, as_json: bool) -> None:
    """Print the repaired text of FILE in reading order.

    Line by line, pages separated by a form feed; the cells of a table's row are separated by tabs.

    \b
    Example:
      ita-extract text announcement.pdf --pages 2-3
    """
    from .contents import read_contents
    from .printing import text_json, text_plain

    with _one_document(file):
        contents = read_contents(_source(file), pages=pages)
    if as_json:
        click.echo(text_json(contents.pages))
    else:
        for part in text_plain(contents.pages):
            click.echo(part, nl=False)
    _say_unread(contents.need_ocr)


@main.command()
@file_argument
@pages_option
@click.option(
    "--format", "form", type=click.Choice(["csv", "json", "html"]), default="csv", show_default=True, help="What is printed."
)
def tables(file: Path, pages: range | None, form: str) -> None:
    """Print every table of FILE as read and repaired, before any meaning is given to it.

    \b
    Example:
      ita-extract tables announcement.pdf --format json
    """
    from .contents import read_contents
    from .printing import find_tables, tables_csv, tables_html, tables_json

    with _one_document(file):
        contents = read_contents(_source(file), pages=pages)
    write = {"csv": tables_csv, "json": tables_json, "html": tables_html}[form]
    click.echo(write(find_tables(contents.pages)), nl=form == "json")
    _say_unread(contents.need_ocr)


def _say_unread(needs: tuple[OcrNeed, ...]) -> None:
    if needs:
        from .checks.legible import tell_needs

        click.echo(f"Need OCR: {tell_needs(needs)}", err=True)


@main.command("inspect")
@file_argument
@click.option("--page", "number", metavar="N", type=click.IntRange(min=1), required=True, help="The page, counted from 1.")
@click.option("--out", metavar="PNG", type=click.Path(path_type=Path, dir_okay=False), help="The picture to write.")
@click.option("--compare", is_flag=True, help="Read the page by the other engine too, and say where the two differ.")
@click.option("--engine", type=click.Choice(ENGINES), default="auto", show_default=True, help="What reads PDF pages.")
def inspect_command(file: Path, number: int, out: Path | None, compare: bool, engine: str) -> None:
    """Show what was found on a page of FILE: as a picture, and in words which layout matched and why.

    The picture is the page with characters, edges, cells, tables, lines and reading order drawn over it; a file of that name is
    replaced. Saved text and scanned pictures have words only: leave --out away.

    \b
    Example:
      ita-extract inspect announcement.pdf --page 2 --out page2.png
    """
    from .inspect import inspect_page, tell
    from .rulebook.load import load_rulebook

    source = _source(file)
    if source.media_type != "application/pdf" and (out or compare):
        raise UsageError(f"{file.name!r} is no PDF: it has no page to draw or to compare", advice="Leave --out and --compare away.")
    with _one_document(file):
        found = inspect_page(source, number, load_rulebook(), engine, compare=compare)
    click.echo(tell(found))
    if out is not None:
        from .inspect.draw import draw_page

        with _one_document(file):
            draw_page(source, found).save(out, "PNG", optimize=True)
        click.echo(f"Drawn: {out}", err=True)


@main.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--explain", is_flag=True, help="Print each repair as a line of JSON: line, rule, offset, before, after.")
def repair(file: Any, explain: bool) -> None:
    """Repair damaged Thai text from FILE or stdin (UTF-8), line for line.

    \b
    Example:
      echo "การด าเนินงานท่ีก าหนด" | ita-extract repair
    """
    from .repair import repair_text, survey

    try:
        lines = file.read().decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"the text is not UTF-8 at byte {error.start}", advice="Convert it first: iconv -f TIS-620 -t UTF-8."
        ) from error
    evidence = survey((line, "") for line in lines if line)
    for number, line in enumerate(lines, 1):
        body = line.rstrip("\r")
        done = repair_text(body, evidence=evidence)
        if explain:
            for step in done.steps:
                entry = {"line": number, "rule": step.rule, "offset": step.offset, "before": step.before, "after": step.after}
                click.echo(json.dumps(entry, ensure_ascii=False))
            for doubt in done.doubt:
                click.echo(json.dumps({"line": number, "doubt": doubt}, ensure_ascii=False))
        else:
            click.echo(done.text + line[len(body) :], nl=number < len(lines))


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def verify(folder: Path) -> None:
    """Check the published release in DIR again: hashes, schema, keys, counts, and every arithmetic identity.

    \b
    Example:
      ita-extract verify data
    """
    from .dataset import verify as verify_release

    if not folder.is_dir():
        raise UsageError(f"there is no folder {str(folder)!r}", advice="Give the folder that `run --out` wrote.")
    prove = None
    if _same_rules(folder):
        from .proof import prover
        from .rulebook.load import load_rulebook

        prove = prover(load_rulebook().frameworks)
    problems = verify_release(folder, prove)
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        raise DamagedReleaseError(
            f"{len(problems)} problems", advice="Publish again with `ita-extract run`, or restore from a copy."
        )
    proved = "and its arithmetic holds" if prove else "(made under other rules than these: its arithmetic was not proved again)"
    click.echo(f"Release {(folder / 'CURRENT').read_text().strip()} is whole, {proved}.")


def _same_rules(folder: Path) -> bool:
    """Whether the current release was made under the rules installed here; False where it cannot be told."""
    from .dataset.descriptor import DescriptorError
    from .dataset.read import current_release, release_descriptor
    from .rulebook.load import rules_digest

    try:
        return release_descriptor(current_release(folder)).provenance.rules == rules_digest()
    except (ItaError, DescriptorError, OSError, ValueError):
        return False


@main.command()
@click.option("--rules", "folder", metavar="DIR", type=click.Path(path_type=Path), help="Another folder of rules.")
@click.option("--samples", metavar="DIR", type=click.Path(path_type=Path), help="Documents that should use every rule.")
def rules(folder: Path | None, samples: Path | None) -> None:
    """Load and lint the rules; list fiscal years and layouts, and the rules that no sample uses.

    In a checkout the samples are those beside the rules.

    \b
    Example:
      ita-extract rules
    """
    from rich.console import Console
    from rich.table import Table

    from .rulebook.lint import lint, summary
    from .rulebook.load import load_rulebook

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 132)
    findings = lint(folder)
    errors = [finding for finding in findings if finding.severity == "error"]
    for finding in findings:
        click.echo(str(finding), err=True)
    if errors:
        raise UsageError(f"{len(errors)} errors in the rules", advice="Mend the lines named above.")
    rulebook = load_rulebook(folder)
    years = Table("year", "indicators", "survey items", "OIT items", "grades", "target", title="Fiscal years")
    for year in summary(rulebook):
        target = "" if year.target is None else str(year.target)
        counts = (str(year.indicators), str(year.survey_items), f"{year.oit_items} of {year.oit_item_count or '?'}")
        years.add_row(str(year.fiscal_year), *counts, " ".join(year.grades) or "not sourced", target)
    console.print(years)
    layouts = Table("document type", "tables", title="Layouts")
    for layout in rulebook.layouts:
        layouts.add_row(layout.document_type, ", ".join(table.name for table in layout.tables))
    console.print(layouts)
    beside = rulebook.folder.parent / "samples"
    if samples is not None or beside.is_dir():
        console.print(_unused_rules(samples or beside, rulebook))


def _unused_rules(samples: Path, rulebook: Rulebook) -> RichTable:
    from rich.table import Table

    from .usage import usage_of

    usage = usage_of(samples, rulebook)
    years = ", ".join(map(str, usage.years))
    title = f"What none of {usage.documents} samples uses" + (f"; no record is of {years}" if years else "")
    table = Table("document type", "tables", "columns", "skip rules", title=title)
    for one in usage.layouts:
        tables = "no sample is of this kind" if one.whole else ", ".join(one.tables)
        table.add_row(one.document_type, tables, *(() if one.whole else (", ".join(one.columns), ", ".join(one.skip))))
    return table


if __name__ == "__main__":
    main()
