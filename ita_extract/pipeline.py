"""The order of the rooms: one document from bytes to records. The only module that knows them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from . import repair
from .checks.announcement import check_announcement
from .checks.conflicts import check_conflicts
from .checks.conserve import check_characters, check_rows
from .engines import engine
from .engines.bytes import is_whole
from .errors import DocumentError
from .identity.mention import agency_in
from .identity.names import agency_id_of, agency_type_of
from .identity.records import identified
from .model.page import Page
from .model.record import DocumentRecord, DocumentResult, RepairCount
from .model.source import SourceDocument
from .model.table import Cell, Document, LongTable, PageContent, Table, TextLine
from .records.naming import AgencyNames
from .records.reading import Reading, read_document
from .rulebook.load import Rulebook
from .rulebook.registry import Registry
from .tables.stitch import stitch

PICTURE_SHARE = 0.3
"""A page without characters that is covered so far by pictures is a scan; a blank page is nothing lost."""
EXAMPLE = 80


@dataclass(frozen=True, slots=True)
class Contents:
    """A document as read and repaired, before any meaning is given to it."""

    engine: str
    pages: tuple[PageContent, ...]
    picture_pages: tuple[int, ...]


def read_contents(
    source: SourceDocument, engine_name: str = "auto", pages: range | None = None, on_page: Callable[[], None] = lambda: None
) -> Contents:
    """Reads and repairs a document. `pages` (from 1) limits it. Raises DocumentError for one that cannot be read."""
    chosen, read, pictures = _read_pages(source, engine_name, pages, on_page)
    return Contents(chosen, repair_contents(read), pictures)


def _read_pages(
    source: SourceDocument, engine_name: str, pages: range | None, on_page: Callable[[], None]
) -> tuple[str, list[PageContent], tuple[int, ...]]:
    if source.media_type.startswith("image/"):
        raise DocumentError("NO_TEXT", "a picture: reading it needs OCR")
    if source.media_type != "application/pdf":
        from .engines.text import read
        from .tables.markup import read_content as read_text

        return "text", [read_text(page) for page in read(source) if pages is None or page.number in pages], ()
    from .tables.content import read_content

    chosen = "pdfium" if engine_name == "auto" else engine_name
    contents: list[PageContent] = []
    pictures: list[int] = []
    for page in engine(chosen).read(source):
        if pages is not None and page.number not in pages:
            continue
        if _is_picture(page):
            pictures.append(page.number)
        contents.append(read_content(page))
        on_page()
    return chosen, contents, tuple(pictures)


def _is_picture(page: Page) -> bool:
    return len(page.chars) == 0 and page.image_area >= PICTURE_SHARE


def repair_contents(pages: Sequence[PageContent]) -> tuple[PageContent, ...]:
    """Every line and cell with its text repaired, by the evidence of the whole document."""
    evidence = repair.survey((raw, trace) for page in pages for raw, trace in _texts(page))
    return tuple(replace(page, blocks=tuple(_repaired(block, evidence) for block in page.blocks)) for page in pages)


def _texts(page: PageContent) -> Iterator[tuple[str, str]]:
    for block in page.blocks:
        for part in block.cells if isinstance(block, Table) else (block,):
            if part.raw:
                yield part.raw, part.trace


def _repaired(block: TextLine | Table, evidence: repair.Evidence) -> TextLine | Table:
    if isinstance(block, TextLine):
        done = repair.repair_text(block.raw, block.trace, evidence)
        return replace(block, text=done.text, steps=done.steps)
    return replace(block, cells=tuple(_repaired_cell(cell, evidence) for cell in block.cells))


def _repaired_cell(cell: Cell, evidence: repair.Evidence) -> Cell:
    if not cell.raw:
        return cell
    done = repair.repair_text(cell.raw, cell.trace, evidence)
    return replace(cell, text=done.text, steps=done.steps)


def extract(
    source: SourceDocument, rulebook: Rulebook, engine_name: str = "auto", *, on_page: Callable[[], None] = lambda: None
) -> DocumentResult:
    """All that one document gives. Never raises DocumentError: a document that cannot be read is a result that says so."""
    try:
        contents = read_contents(source, engine_name, on_page=on_page)
    except DocumentError as error:
        return _unreadable(source, error)
    document = stitch(contents.pages)
    if not document.blocks:
        pictures = f"{len(contents.picture_pages)} of {document.page_count} pages hold pictures and no text: they need OCR"
        return _unreadable(source, DocumentError("NO_TEXT", pictures), document.page_count, contents.engine)
    registry = rulebook.registry
    reading = read_document(document, rulebook.layouts, rulebook.frameworks, _agency_names(registry))
    found = identified(((rows.records, rows.agency_name) for _, rows in reading.parts), registry)
    records, checks = check_announcement(found, rulebook.frameworks)
    records, conflicts = check_conflicts(records, rulebook.fields)
    tables = [block for part, _ in reading.parts for block in part.document.blocks if isinstance(block, LongTable)]
    counted = (check_rows(tables, reading.tally),) if reading.parts else ()
    return DocumentResult(
        document_id=source.document_id,
        document=_document_record(source, contents, document, reading, registry),
        records=records,
        rejects=reading.rejects,
        checks=(*check_characters(contents.pages), *counted, *checks, *conflicts),
        repairs=tuple(_repairs(contents.pages)),
    )


def _agency_names(registry: Registry) -> AgencyNames:
    return AgencyNames(
        type_named=lambda text: kind.name if (kind := registry.type_named(text)) else None,
        type_of_name=lambda name: agency_type_of(name, registry),
        province_named=lambda text: place.name if (place := registry.province_named(text)) else None,
        agency_in=lambda text: agency_in(text, registry),
    )


def _document_record(
    source: SourceDocument, contents: Contents, document: Document, reading: Reading, registry: Registry
) -> DocumentRecord:
    code, message = _outcome(source, contents, reading)
    who = agency_id_of(reading.agency_name, None, None, None, registry) if reading.agency_name else None
    return DocumentRecord(
        file_name=source.file_name,
        media_type=source.media_type,
        document_type=reading.document_type,
        title=reading.title,
        agency_id=who.agency_id if who else None,
        agency_name=who.name if who else None,
        fiscal_year=reading.fiscal_year,
        page_count=document.page_count,
        byte_count=len(source.data),
        engine=contents.engine,
        ocr_page_count=0,
        status="unrecognised" if not reading.parts else "partial" if code else "parsed",
        error_code=code,
        error_message=message,
        record_count=len(reading.records),
        reject_count=len(reading.rejects),
    )


def _outcome(source: SourceDocument, contents: Contents, reading: Reading) -> tuple[str | None, str | None]:
    """The code and message of a document that was read but not wholly, or is of no known kind; None, None for a good one."""
    if not reading.parts:
        return "NOT_ITA", "; ".join(reading.evidence)
    if contents.engine != "text" and not is_whole(source.data):
        return "TRUNCATED", f"the file breaks off after {len(source.data):,} bytes; {len(contents.pages)} pages could be read"
    if contents.picture_pages:
        pages = ", ".join(map(str, contents.picture_pages))
        return "PAGES_NEED_OCR", f"pages {pages} hold pictures only"
    tally = reading.tally
    if tally["outside"]:
        return "UNREAD_ROWS", f"{tally['outside']} lines outside of tables look like rows of a ranking"
    if not reading.records:
        return "NO_RECORDS", f"none of {sum(tally.values())} rows"
    return None, None


def _unreadable(
    source: SourceDocument, error: DocumentError, page_count: int = 0, engine_name: str | None = None
) -> DocumentResult:
    return unread(source.document_id, source.file_name, source.media_type, len(source.data), error, page_count, engine_name)


def unread(
    document_id: str,
    file_name: str,
    media_type: str,
    byte_count: int,
    error: DocumentError,
    page_count: int = 0,
    engine_name: str | None = None,
) -> DocumentResult:
    """The result of a document that could not be read: one row in `documents`, with a code that says why."""
    record = DocumentRecord(
        file_name=file_name,
        media_type=media_type,
        document_type="other",
        title=None,
        agency_name=None,
        fiscal_year=None,
        page_count=page_count,
        byte_count=byte_count,
        engine=engine_name,
        ocr_page_count=0,
        status="unreadable",
        error_code=error.code,
        error_message=error.detail,
        record_count=0,
        reject_count=0,
    )
    return DocumentResult(document_id=document_id, document=record, records=(), rejects=(), checks=(), repairs=())


def _repairs(pages: Iterable[PageContent]) -> Iterator[RepairCount]:
    for page in pages:
        counts: Counter[str] = Counter()
        examples: dict[str, tuple[str, str]] = {}
        for block in page.blocks:
            for part in block.cells if isinstance(block, Table) else (block,):
                for step in part.steps:
                    counts[step.rule] += 1
                    examples.setdefault(step.rule, (part.raw[:EXAMPLE], part.text[:EXAMPLE]))
        for rule, count in sorted(counts.items()):
            before, after = examples[rule]
            yield RepairCount(page=page.number, rule=rule, count=count, example_before=before, example_after=after)
