"""What a reader process does with one document: read it, and pack the result so that its parent can keep it."""

from __future__ import annotations

import gc
import hashlib
import os
import platform
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import cache
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from . import __version__
from .engines.bytes import check_pdf_bytes, check_pdf_structure
from .errors import DocumentError, ItaError
from .model.source import SourceDocument
from .run.child import count_page, expect_pages, is_short_of_memory, retire
from .run.limits import DEFAULT_LIMITS, Limits
from .run.local import Ended
from .run.sources import SourceFile, published_name, read_bytes

if TYPE_CHECKING:
    import pyarrow as pa

    from .corrections import Decision
    from .engines.ocr import Cache
    from .model.record import DocumentResult
    from .rulebook.fields import Fields
    from .rulebook.watched import WatchedRulebook

RARELY = (100_000, 20, 20)
"""Thresholds of the garbage collector in readers. A document is hundreds of thousands of objects without a cycle among them: to go
over them every 700 takes a sixth of the time and finds nothing."""
LARGE = 48
"""Pages from which a document is spread over processes: below, handing it about takes longer than it saves."""
ENDED = ("TIMEOUT", "MEMORY", "CRASH", "LIMIT_PAGES", "LIMIT_STREAM")
"""Codes of results that hold as long as the limits under which they came about: with others it is tried again."""
BROKEN = ("MALFORMED", "TRUNCATED", "EMPTY")
"""Codes that an engine also comes to where it is not given the memory for an object, and takes it for missing."""
LIMITS, AGAIN = "limits", "again"
"""What a result may depend on beside rules and code: the limits of the run; and what may be another the next time in any case."""
LIBRARIES = ("numpy", "pdfplumber", "pyarrow", "pypdfium2", "pythainlp", "rapidfuzz")
"""What reads for us: with another version of one of these a document may read differently."""
PDF = "application/pdf"
MESSAGE = 2_000
"""Letters of a message that the run tells; the dataset holds all of it."""


@dataclass(frozen=True, slots=True)
class Task:
    """One document to read, with all a reader in another process must know. `byte_count` is what the file had when it was found."""

    file: SourceFile
    document_id: str
    byte_count: int
    engine: str
    rules: Path | None
    limits: Limits = DEFAULT_LIMITS
    whole: bool = True
    """Whether this one process reads the document whatever its length; else a large one is handed back, to be spread."""
    decisions: tuple[Decision, ...] = ()
    """What people decided about values of this document."""
    memory: Path | None = None
    """Where OCR keeps what it was told of each page, for a run that is cut off; None where nothing is kept."""


@dataclass(frozen=True, slots=True)
class Large:
    """A document so long that several processes should read it."""

    page_count: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document; counts are of what is published of it.

    seconds: of the processor, all tries together; wall: of the clock, for the longest of its steps; memory: the most bytes that a
    process held that read of it. All 0 where a result was used again.
    """

    name: str
    document_id: str
    status: str
    code: str | None
    message: str | None
    pages: int
    records: int
    rejects: int
    contradicted: int
    failed_checks: int
    reused: bool
    seconds: float = 0.0
    lossy_pages: tuple[int, ...] = ()
    """Pages of which not every character ended in exactly one cell, line or piece of furniture."""
    engine: str | None = None
    memory: int = 0
    wall: float = 0.0


@dataclass(frozen=True, slots=True)
class Read:
    """A document that was read: what became of it, and the bytes that the store keeps of it."""

    outcome: Outcome
    data: bytes


class _WithoutPandas(MetaPathFinder):
    """Says that there is no pandas. pyarrow would load it with the first value that it converts, a quarter of a second and 90 MB in
    every reader, and make nothing of it: readers have no data frames. Where it finds none, it does without."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("readers do without pandas", name=fullname)


def ready() -> None:
    """Readies a process that reads documents and does nothing else: see `RARELY`; and what Arrow frees goes back to the system."""
    import pyarrow as pa

    sys.meta_path.insert(0, _WithoutPandas())
    gc.set_threshold(*RARELY)
    pa.set_memory_pool(pa.system_memory_pool())


def prepare(rules: Path | None, modules: Sequence[str] = ()) -> None:
    """Readies the process that readers are forked from: what the first document would load, none of them loads again; nor
    `modules`, which read where the documents lie."""

    ready()
    for name in modules:
        with suppress(ImportError):  # on a worker of a cluster, where each document tells of it
            import_module(name)
    text = "ประกาศผลการประเมิน ด าเนินการ ปีงบประมาณ พ.ศ. 2566\n1\tเทศบาลเมือง\t85.00"
    try:
        _read(SourceDocument.of(text.encode(), "", "text/plain"), rules, "auto")
        key_of("auto", rules, DEFAULT_LIMITS)(())
    except ItaError:  # bad rules: the parent, who reads them at the same time, says so better
        return


def read_one(task: Task) -> Read | Large:
    """Reads one document and packs what it gave. Raises ItaError where the run is in trouble, and MemoryError; nothing for a bad
    document."""
    try:
        return _read_one(task)
    except (ItaError, MemoryError):
        raise
    except Exception as error:  # whatever a hostile document makes a reader stumble over ends that document, not the run
        if is_short_of_memory():
            raise MemoryError from error
        return unread_one(task, DocumentError("CRASH", f"{type(error).__name__}: {error}"))


def _read_one(task: Task) -> Read | Large:
    try:
        source = source_of(task.file, task.document_id, task.limits.max_bytes)
        if source.media_type == PDF:
            check_pdf_bytes(source.data)
            check_pdf_structure(source.data, task.limits.max_stream)
        pages = page_count(source, task.engine)
        expect_pages(pages)
        if pages > task.limits.max_pages:
            raise DocumentError("LIMIT_PAGES", f"{pages:,} pages, more than {task.limits.max_pages:,}")
    except DocumentError as error:
        return unread_one(task, error)
    if not task.whole and pages >= LARGE:
        return Large(pages)
    result, rulebook = _read(source, task.rules, task.engine, task.decisions, cache_of(task))
    if result.document.error_code in BROKEN and is_short_of_memory():
        raise MemoryError
    return pack_one(task, result, rulebook)


def _read(
    source: SourceDocument, rules: Path | None, engine: str, decisions: Sequence[Decision] = (), cache: Cache | None = None
) -> tuple[DocumentResult, WatchedRulebook]:
    from .pipeline import extract
    from .rulebook.load import load_rulebook
    from .rulebook.watched import WatchedRulebook

    rulebook = WatchedRulebook(load_rulebook(rules))
    return extract(source, rulebook, engine, decisions=decisions, cache=cache, on_page=count_page), rulebook


def cache_of(task: Task) -> Cache | None:
    """Where OCR keeps its answers for this task."""
    from .engines.ocr import FolderCache

    return FolderCache(task.memory) if task.memory else None


def pack_one(task: Task, result: DocumentResult, rulebook: WatchedRulebook) -> Read:
    """What a document gave, for the store, with the parts of the rules that it depends on."""
    if result.document.ocr_page_count:
        rulebook.note_pictures()
    damaged = result.document.status == "unreadable" or result.document.error_code in BROKEN
    if damaged and task.file.media_type == PDF:
        retire()  # what a file that is so damaged did to the engine nobody knows
    return _packed(task, result, rulebook.asked, rulebook.fields)


def unread_one(task: Task, error: DocumentError, *, again: bool = False) -> Read:
    """The result of a document that could not be read. `again`: what stopped it may be another thing the next time.

    One that could not be opened is known by its name alone; such a result goes as soon as a file of that name can be opened.
    """
    from .pipeline import unread
    from .rulebook.load import load_rulebook

    name, kind = published_name(task.file.name), task.file.media_type
    outside = error.code in ("IO", "LINK", "LIMIT_BYTES")
    asked = (AGAIN,) if again or outside else (LIMITS,) if error.code in ENDED else ()
    document_id = stand_in(task.file) if outside else task.document_id
    retire()
    result = unread(document_id, name, kind, task.byte_count, error)
    return _packed(task, result, asked, load_rulebook(task.rules).fields)


def stand_in(file: SourceFile) -> str:
    """The document_id of a file whose content cannot be had: a digest of its name."""
    return hashlib.sha256(b"unread\0" + os.fsencode(file.name)).hexdigest()


def died(task: Task, ended: Ended) -> Read:
    """The result of a document that ended its readers, made by their parent, who looks at nothing of it."""
    return unread_one(task, DocumentError(ended.code, ended.detail), again=ended.outside)


def page_count(source: SourceDocument, engine_name: str) -> int:
    """How many pages a PDF says it has; 1 for anything else, and where it cannot be told: reading it will say why."""
    from .contents import engine_of

    try:
        engine = engine_of(source, engine_name)
        return engine.count_pages(source) if engine else 1
    except DocumentError:
        return 1


def source_of(file: SourceFile, document_id: str | None = None, max_bytes: int = DEFAULT_LIMITS.max_bytes) -> SourceDocument:
    """The bytes of a file. Raises DocumentError where they cannot be had, or are no longer those of `document_id`."""
    source = SourceDocument.of(read_bytes(file, max_bytes), published_name(file.name), file.media_type)
    if document_id not in (None, source.document_id):
        raise DocumentError("IO", f"written to while it was being read: {source.file_name}")
    return source


@cache
def key_of(engine: str, rules: Path | None, limits: Limits) -> Callable[[Sequence[str]], str]:
    """The key under which a result is kept and looked for, by the parts of the rules, and whatever else, that it depends on."""
    from .dataset.store import store_key
    from .rulebook.load import load_rulebook
    from .rulebook.watched import RulesNow

    now, code = RulesNow(load_rulebook(rules)), code_of(engine)

    def key(asked: Sequence[str]) -> str:
        parts = [part for part in asked if part not in (LIMITS, AGAIN)]
        return store_key(now.digest(parts), f"{code} {limits}" if LIMITS in asked else code)

    return key


@cache
def made_by(rules: Path | None) -> Callable[[Sequence[str]], str]:
    """The part of `key_of` that is the same for every engine and all limits: of the code and the rules that made a result."""
    from .dataset.store import store_key
    from .rulebook.load import load_rulebook
    from .rulebook.watched import RulesNow

    now, code = RulesNow(load_rulebook(rules)), f"{__version__} {code_digest()} {_libraries()}"
    return lambda asked: store_key(now.digest([part for part in asked if part not in (LIMITS, AGAIN)]), code)


def keyed(key: Callable[[Sequence[str]], str], decisions: Sequence[Decision]) -> Callable[[Sequence[str]], str]:
    """The key of a document about whose values people decided: with other decisions it is read again, and no other document is."""
    if not decisions:
        return key
    from .corrections import digest_of

    said = digest_of(decisions)
    return lambda asked: hashlib.sha256(f"{key(asked)} {said}".encode()).hexdigest()


@cache
def code_of(engine: str) -> str:
    """All code that a result depends on: ours, that of the libraries that read for us, and the engine that was asked for."""
    from .engines.ocr import settings

    return f"{__version__} {code_digest()} {_libraries()} {engine} {settings()}"


def facts(rules: Path | None, source: str | None) -> dict[str, str]:
    """What must be the same wherever documents of one run are read; `source` is a file that must be there."""
    from .engines.ocr import settings
    from .rulebook.load import rules_digest

    known = {"ita-extract": __version__, "its code": code_digest()[:12], "its rules": rules_digest(rules)[:12]}
    known |= {"Python": platform.python_version(), "OCR": settings() or "none", "libraries": _libraries()}
    return known | ({f"the source {source}": "there" if Path(source).exists() else "missing"} if source else {})


def _libraries() -> str:
    return " ".join(f"{name} {_version(name)}" for name in LIBRARIES)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"


@cache
def code_digest() -> str:
    """The sha256 of this package's source: a stored result of other code is read again, also while the version stands still."""
    root = Path(__file__).resolve().parent
    total = hashlib.sha256()
    sources = (path for kind in ("*.py", "*.c") for path in root.rglob(kind))
    for path in sorted(sources, key=lambda path: path.relative_to(root).as_posix()):
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _packed(task: Task, result: DocumentResult, asked: tuple[str, ...], published: Fields) -> Read:
    from .dataset.schema import tables_of
    from .dataset.store import Terms, packed

    tables = tables_of(result, published)
    told = _told(tables)
    key_now = keyed(key_of(task.engine, task.rules, task.limits), task.decisions)
    key = "" if AGAIN in asked else key_now(asked)  # "": a key that nobody asks for
    terms = Terms(key, asked, told, made_by(task.rules)(asked))
    return Read(outcome_of(task.file, result.document_id, told, reused=False), packed(result.document_id, tables, terms))


def outcome_of(file: SourceFile, document_id: str, told: Mapping[str, Any], *, reused: bool) -> Outcome:
    """What became of a document, as its result tells it: fresh or used again, it says the same."""
    known = {field.name: told[field.name] for field in fields(Outcome) if field.name in told}
    known["lossy_pages"] = tuple(told["lossy_pages"])
    return Outcome(name=published_name(file.name), document_id=document_id, reused=reused, **known)


def _told(tables: Mapping[str, pa.Table]) -> dict[str, Any]:
    from .checks.conserve import lossy_pages

    document = tables["documents"].to_pylist()[0]
    failed = _failed(tables["checks"]) if "checks" in tables else []
    return {
        "status": document["status"],
        "code": document["error_code"],
        "message": document["error_message"][:MESSAGE] if document["error_message"] else None,
        "pages": document["page_count"],
        "records": document["record_count"],
        "rejects": document["reject_count"],
        "contradicted": sum(_contradicted(tables.values())),
        "failed_checks": len(failed),
        "lossy_pages": lossy_pages(failed),
        "engine": document["engine"],
    }


def _contradicted(tables: Iterable[pa.Table]) -> Iterable[int]:
    for table in tables:
        if "verification" in table.column_names:
            yield table.column("verification").to_pylist().count("contradicted")


def _failed(checks: pa.Table) -> list[dict[str, Any]]:
    """The few rows of a large table that failed."""
    failed = [row for row, outcome in enumerate(checks.column("outcome").to_pylist()) if outcome == "fails"]
    return cast(list[dict[str, Any]], checks.take(failed).to_pylist()) if failed else []
