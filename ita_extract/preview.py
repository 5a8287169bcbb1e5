"""What a run would read, and by which layouts, told from the first pages of each document: `run --dry-run`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import DocumentError, ItaError
from .model.source import SourceDocument
from .reader import page_count, prepare, source_of
from .rulebook.files import rules_folder
from .run.child import Usage, expect_pages
from .run.limits import Limits
from .run.local import Ended, Pool, Preparation
from .run.sources import SourceFile, find_sources, published_name

FIRST = 3
"""Pages that are read: a title page, and one of each kind of table that an announcement opens with."""
PRELOAD = ("ita_extract.pipeline", "ita_extract.engines.pdfium", "ita_extract.tables.content")


@dataclass(frozen=True, slots=True)
class Preview:
    """What the first pages of a file tell. `layouts` are the kinds of document that match; where none does,
    `evidence` says why.

    `code` and `message` are those of a document that cannot be read, or not wholly.
    """

    name: str
    media_type: str
    page_count: int
    layouts: tuple[str, ...] = ()
    fiscal_year: int | None = None
    evidence: tuple[str, ...] = ()
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """One file to look at, with all a reader in another process must know."""

    no: int
    file: SourceFile
    engine: str
    rules: Path
    limits: Limits


def preview_documents(
    sources: Iterable[str | Path],
    *,
    workers: int | None = None,
    engine: str = "auto",
    rules: Path | None = None,
    limits: Limits | None = None,
) -> tuple[Preview, ...]:
    """Looks at the first pages of every document under `sources`, in readers as a run has them, and writes nothing.

    OCR takes seconds a page and is not done: pages that need it are told. Raises as `run_documents` does before it reads.
    """
    limits = limits or Limits()
    files = find_sources(map(str, sources))
    looks = [Look(no, file, engine, rules or rules_folder(), limits) for no, file in enumerate(files)]
    pool = Pool[Look, Preview](
        Preparation(look, PRELOAD, prepare, (rules or rules_folder(),)), lost, workers or os.cpu_count() or 1, limits
    )
    found: dict[int, Preview] = {}

    def result(one: Look, seen: Preview, _: Usage) -> Iterator[Look]:
        found[one.no] = seen
        return iter(())

    if looks:
        pool.run(looks, result)
    return tuple(found[one.no] for one in looks)


def look(task: Look) -> Preview:
    """The first pages of one document. Raises ItaError where the rules are in trouble, never for the document's sake."""
    name, kind = published_name(task.file.name), task.file.media_type
    pages = 0
    try:
        source = source_of(task.file, max_bytes=task.limits.max_bytes)
        pages = page_count(source, task.engine)
        expect_pages(min(pages, FIRST))
        return _seen(task, source, pages)
    except (ItaError, MemoryError):
        raise
    except DocumentError as error:
        return Preview(name, kind, pages, code=error.code, message=error.detail)
    except Exception as error:  # whatever a hostile document makes a reader stumble over is told of that document
        return Preview(name, kind, pages, code="CRASH", message=f"{type(error).__name__}: {error}")


def _seen(task: Look, source: SourceDocument, pages: int) -> Preview:
    from .checks.legible import tell_needs
    from .contents import read_contents
    from .pipeline import agency_names
    from .records.reading import read_document
    from .rulebook.load import load_rulebook
    from .tables.stitch import stitch

    rulebook = load_rulebook(task.rules)
    engine = "pdfium" if task.engine in ("auto", "ocr") else task.engine
    if source.media_type.startswith("image/"):
        return Preview(source.file_name, source.media_type, pages, code="PAGES_NEED_OCR", message="a picture")
    contents = read_contents(source, engine, range(1, FIRST + 1))
    reading = read_document(stitch(contents.pages), rulebook.layouts, rulebook.frameworks, agency_names(rulebook.registry))
    layouts = tuple(dict.fromkeys(section.layout.document_type for section, _ in reading.parts))
    needs = (("PAGES_NEED_OCR", tell_needs(contents.need_ocr)),) if contents.need_ocr else ()
    code, message = needs[0] if needs else (None, None) if layouts else ("NOT_ITA", "; ".join(reading.evidence))
    return Preview(source.file_name, source.media_type, pages, layouts, reading.fiscal_year, reading.evidence, code, message)


def lost(task: Look, ended: Ended) -> Preview:
    """What is told of a document that ended its readers."""
    return Preview(published_name(task.file.name), task.file.media_type, 0, code=ended.code, message=ended.detail)
