"""The order of the rooms: one document from bytes to records. Only this module and `contents`, its first half, know them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from .checks.conserve import check_characters, check_rows
from .checks.filled import with_filled
from .checks.legible import nothing_legible, tell_needs
from .contents import PDF, Contents, fault_of, parts_of, read_contents
from .corrections import Decision, noted, settled
from .crosscheck import Disagreement, OtherCount, explain_failure, find_disagreements, tell_disagreements
from .engines.bytes import is_whole
from .engines.ocr import Cache
from .errors import DocumentError
from .identity.mention import agency_in, with_place
from .identity.names import agency_type_of
from .identity.records import document_identity, identified
from .model.record import Check, DocumentRecord, DocumentResult, Record, Reject, RepairCount
from .model.source import SourceDocument
from .model.table import Document, LongTable, PageContent
from .records.naming import AgencyNames
from .records.reading import Reading, read_document
from .rulebook.load import Rulebook
from .rulebook.registry import Registry
from .tables.stitch import stitch

EXAMPLE = 80
UNKNOWN = ": nothing"
"""How the evidence for a kind of document ends of which there is none: see `records.classify`."""


def extract(
    source: SourceDocument,
    rulebook: Rulebook,
    engine_name: str = "auto",
    *,
    decisions: Sequence[Decision] = (),
    cache: Cache | None = None,
    on_page: Callable[[], None] = lambda: None,
) -> DocumentResult:
    """All that one document gives. Never raises DocumentError: a document that cannot be read is a result that says so.

    `decisions` are what people decided about its values: see `corrections`; `cache` is where OCR keeps its answers.
    """
    try:
        contents = read_contents(source, engine_name, on_page=on_page, cache=cache)
    except DocumentError as error:
        return _unreadable(source, explain_failure(source, "pdfium" if engine_name == "auto" else engine_name, error))
    told = _told(source, contents, rulebook)
    del contents  # see extract_contents
    return _settled(source, told, rulebook, decisions)


def extract_contents(
    source: SourceDocument, contents: Contents, rulebook: Rulebook, decisions: Sequence[Decision] = ()
) -> DocumentResult:
    """All that the repaired contents of a whole document give.

    Who calls it should keep no `contents`: the lines and cells of three thousand pages take half a gigabyte, and nobody needs them
    once the records are read.
    """
    told = _told(source, contents, rulebook)
    del contents
    return _settled(source, told, rulebook, decisions)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the pages of a document told: all that is needed of them. `named`: records, and the agency that they are about."""

    document: DocumentRecord
    named: tuple[tuple[tuple[Record, ...], str | None], ...]
    rejects: tuple[Reject, ...]
    checks: tuple[Check, ...]
    repairs: tuple[RepairCount, ...]


def _told(source: SourceDocument, contents: Contents, rulebook: Rulebook) -> _Told | DocumentResult:
    document = stitch(contents.pages)
    if not document.blocks:
        return _unreadable(source, _no_text(source, contents), document.page_count, contents.engine)
    registry = rulebook.registry
    reading = read_document(document, rulebook.layouts, rulebook.frameworks, agency_names(registry))
    if not reading.parts and nothing_legible(contents.pages, contents.need_ocr):
        return _unreadable(source, _no_text(source, contents), document.page_count, contents.engine)
    tables = [block for part, _ in reading.parts for block in part.document.blocks if isinstance(block, LongTable)]
    counted = (check_rows(tables, reading.tally),) if reading.parts else ()
    return _Told(
        document=_document_record(source, contents, document, reading, registry),
        named=tuple((rows.records, with_place(rows.agency_name, part.title, registry)) for part, rows in reading.parts),
        rejects=reading.rejects,
        checks=(*check_characters(contents.pages), *counted, *reading.checks),
        repairs=tuple(_repairs(contents.pages)),
    )


def _settled(
    source: SourceDocument, told: _Told | DocumentResult, rulebook: Rulebook, decisions: Sequence[Decision]
) -> DocumentResult:
    """The records of a document with the agencies they are about, proved as far as they can be."""
    if isinstance(told, DocumentResult):
        return told
    found, names = identified(told.named, rulebook.registry)
    records, checks = settled(found, decisions, rulebook)
    records, read = with_filled(records, told.checks)
    return DocumentResult(
        document_id=source.document_id,
        document=told.document,
        records=records,
        rejects=told.rejects,
        checks=(*read, *names, *checks, *noted(decisions, told.rejects)),
        repairs=told.repairs,
    )


def _disagreements(source: SourceDocument, contents: Contents) -> tuple[Disagreement | OtherCount, ...]:
    return find_disagreements(source, contents.engine, contents.pages, contents.need_ocr, contents.ocr_pages)


def _no_text(source: SourceDocument, contents: Contents) -> DocumentError:
    """Why nothing of a document that was opened could be read."""
    error = _why_no_text(source, contents)
    return DocumentError(error.code, "; ".join((error.detail, *_beside_its_pages(source, read=False))))


def _beside_its_pages(source: SourceDocument, *, read: bool) -> list[str]:
    """What a person should know of a PDF that no page shows. `read`: its pages are an ITA document, whatever else it is."""
    if source.media_type != PDF:
        return []
    from .engines.inside import tell_attached, tell_shell

    told = (tell_attached(source.data), "" if read else tell_shell(source.data))
    return [*filter(None, told)]


def _why_no_text(source: SourceDocument, contents: Contents) -> DocumentError:
    if disagreements := _disagreements(source, contents):
        return DocumentError("ENGINE_DISAGREE", tell_disagreements(disagreements))
    if fault := fault_of(contents.pages):
        return DocumentError(fault.code, f"{fault.detail}; there is no text on the others")
    if contents.need_ocr:
        return DocumentError("NO_TEXT", tell_needs(contents.need_ocr))
    count = len(contents.pages)
    return DocumentError("EMPTY", f"nothing is printed on {'its only page' if count == 1 else f'any of its {count:,} pages'}")


def agency_names(registry: Registry) -> AgencyNames:
    """What the records room asks of the registry."""
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
    notes = _beside_its_pages(source, read=bool(reading.parts))
    message = "; ".join(filter(None, (message, *notes))) or None
    named = with_place(reading.agency_name, reading.title, registry)
    who = document_identity(named, registry) if named else None
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
        ocr_page_count=len(contents.ocr_pages),
        status="unrecognised" if not reading.parts else "partial" if code else "parsed",
        error_code=code,
        error_message=message,
        record_count=len(reading.records),
        reject_count=len(reading.rejects),
    )


def _outcome(source: SourceDocument, contents: Contents, reading: Reading) -> tuple[str | None, str | None]:
    """The code and message of a document that was read but not wholly, or is of no known kind; None, None for a good one."""
    fault = fault_of(contents.pages)
    if not reading.parts:
        return "NOT_ITA", "; ".join((*_why_unknown(contents, reading), *((fault.detail,) if fault else ())))
    if contents.engine != "text" and not is_whole(source.data):
        read = sum(page.fault is None for page in contents.pages)
        return "TRUNCATED", f"the file breaks off after {len(source.data):,} bytes; {read} pages could be read"
    if disagreements := _disagreements(source, contents):
        return "ENGINE_DISAGREE", tell_disagreements(disagreements) + (f"; {fault.detail}" if fault else "")
    if fault:
        return fault.code, f"{fault.detail}; the others were read"
    if contents.need_ocr:
        return "PAGES_NEED_OCR", tell_needs(contents.need_ocr)
    if limits := [f"page {page.number}: {', '.join(page.limits)}" for page in contents.pages if page.limits]:
        return "LIMIT_TABLES", "; ".join(limits)
    tally = reading.tally
    if tally["outside"]:
        return "UNREAD_ROWS", f"{tally['outside']} lines outside of tables look like rows of a ranking"
    if not reading.records:
        return "NO_RECORDS", f"none of {sum(tally.values())} rows"
    return None, None


def _why_unknown(contents: Contents, reading: Reading) -> Iterator[str]:
    """What spoke for each kind of document that anything spoke for, and how a document begins that nothing is known of."""
    told = [line for line in reading.evidence if not line.endswith(UNKNOWN)]
    if told:
        yield from told
        return
    first = next((" ".join(part.text.split()) for page in contents.pages for part in parts_of(page) if part.text.strip()), "")
    yield f"nothing in it speaks for any kind of ITA document; it begins {first[:EXAMPLE]!r}"


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
        for part in parts_of(page):
            for step in part.steps:
                counts[step.rule] += 1
                examples.setdefault(step.rule, (part.raw[:EXAMPLE], part.text[:EXAMPLE]))
        for rule, count in sorted(counts.items()):
            before, after = examples[rule]
            yield RepairCount(page=page.number, rule=rule, count=count, example_before=before, example_after=after)
