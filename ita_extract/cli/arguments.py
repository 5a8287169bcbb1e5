"""What several commands take: a file, its pages, an engine; and how a document that cannot be read ends a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import DocumentError, NothingReadError, StorageError, UsageError

if TYPE_CHECKING:
    from ..contents import Contents
    from ..model.source import SourceDocument

ENGINES = ("auto", "pdfium", "pdfplumber", "ocr")


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
folder_argument = click.argument("folder", metavar="DIR", type=click.Path())
"""A data folder, here or at an address: as it was given, for as a path an address would lose its slashes."""
file_argument = click.argument("file", type=click.Path(path_type=Path))
engine_option = click.option(
    "--engine", type=click.Choice(ENGINES), default="auto", show_default=True, help="What reads PDF pages."
)


def refuse_no_folder(folder: str) -> None:
    """Raises UsageError for a path of this machine where no folder is."""
    from ..run.bucket import folder_here, is_address

    if not is_address(folder) and not folder_here(folder).is_dir():
        raise UsageError(f"there is no folder {folder!r}", advice="Give the folder that `run --out` wrote.")


def source_of(path: Path) -> SourceDocument:
    from ..model.source import SourceDocument
    from ..run.sources import find_sources

    if path.is_dir():
        raise UsageError(f"{str(path)!r} is a folder", advice="Name one file.")
    file = find_sources([str(path)])[0]
    try:
        return SourceDocument.of(path.read_bytes(), file.name, file.media_type)
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}", advice="Check who may read it.") from error


@contextmanager
def one_document(path: Path) -> Iterator[None]:
    """A document that cannot be read ends a command that was given only this one."""
    try:
        yield
    except DocumentError as error:
        raise NothingReadError(f"{path}: {error}", advice="See the list of codes in docs/errors.md.") from error


def say_unread(contents: Contents) -> None:
    """Tells of the pages that were not read."""
    from ..checks.legible import tell_needs
    from ..contents import fault_of

    if contents.need_ocr:
        click.echo(f"Need OCR: {tell_needs(contents.need_ocr)}", err=True)
    if fault := fault_of(contents.pages):
        click.echo(f"Not read: {fault}", err=True)
