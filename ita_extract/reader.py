"""What a reader process does with one document: read it, or take what the store holds of it, and keep the result there."""

from __future__ import annotations

import gc
import hashlib
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from . import __version__
from .errors import DocumentError, ItaError
from .model.source import SourceDocument
from .run.local import count_page
from .run.sources import SourceFile

if TYPE_CHECKING:
    import pyarrow as pa

    from .model.record import DocumentResult
    from .rulebook.fields import Fields

MAX_BYTES = 100_000_000
"""A file larger than this is not read: it is no announcement, and reading it would take the memory of all the others."""
RARELY = (100_000, 20, 20)
"""Thresholds of the garbage collector in readers. A document is hundreds of thousands of objects without a cycle among them: to go
over them every 700 takes a sixth of the time and finds nothing."""
LARGE = 48
"""Pages from which a document is spread over processes: below, handing it about takes longer than it saves."""


@dataclass(frozen=True, slots=True)
class Task:
    """One document to read, with all a reader in another process must know."""

    file: SourceFile
    store: Path
    engine: str
    rules: Path
    resume: bool
    whole: bool = True
    """Whether this one process reads the document whatever its length; else a large one is handed back, to be spread."""


@dataclass(frozen=True, slots=True)
class Large:
    """A document so long that several processes should read it."""

    document_id: str
    page_count: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document; counts are of what is published of it."""

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
    seconds: float
    lossy_pages: tuple[int, ...] = ()
    """Pages of which not every character ended in exactly one cell, line or piece of furniture."""


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
    gc.freeze()
    gc.set_threshold(*RARELY)
    pa.set_memory_pool(pa.system_memory_pool())


def read_one(task: Task) -> Outcome | Large:
    """Reads one document, or takes what the store holds of it, and keeps the result."""
    from .dataset.store import get, put
    from .pipeline import extract, unread
    from .rulebook.load import load_rulebook

    started = time.monotonic()
    try:
        source = source_of(task.file)
    except DocumentError as error:
        stand_in = hashlib.sha256(os.fsencode(task.file.path)).hexdigest()
        result = unread(stand_in, task.file.name, task.file.media_type, 0, error)
        put(task.store, result, _key(task))
        return _outcome(task, stand_in, started, reused=False)
    reused = task.resume and get(task.store, source.document_id, _key(task)) is not None
    if not reused and not task.whole and (pages := _page_count(source, task.engine)) >= LARGE:
        return Large(source.document_id, pages)
    if not reused:
        rulebook = load_rulebook(task.rules)
        try:
            result = extract(source, rulebook, task.engine, on_page=count_page)
        except ItaError:
            raise  # the run's own trouble, not the document's
        except Exception as error:  # whatever a hostile document makes a reader stumble over ends that document, not the run
            told = DocumentError("CRASH", f"{type(error).__name__}: {error}")
            result = unread(source.document_id, source.file_name, source.media_type, len(source.data), told)
        put(task.store, result, _key(task), rulebook.fields)
    return _outcome(task, source.document_id, started, reused=reused)


def keep(task: Task, result: DocumentResult, fields: Fields, started: float) -> Outcome:
    """Keeps the result of a document that was read by several processes, since `started` of the monotonic clock."""
    from .dataset.store import put

    put(task.store, result, _key(task), fields)
    return _outcome(task, result.document_id, started, reused=False)


def _page_count(source: SourceDocument, engine_name: str) -> int:
    """How many pages a PDF says it has; 0 for anything else, and where it cannot be told: reading it will say why."""
    from .contents import engine_of

    engine = engine_of(source, engine_name)
    try:
        return engine.count_pages(source) if engine else 0
    except DocumentError:
        return 0


def died(task: Task) -> Outcome:
    """The result of a document that killed its reader."""
    from .dataset.store import put
    from .pipeline import unread

    started = time.monotonic()
    try:
        source = source_of(task.file)
        result = unread(source.document_id, source.file_name, source.media_type, len(source.data), DocumentError("CRASH"))
    except DocumentError as error:
        result = unread(hashlib.sha256(os.fsencode(task.file.path)).hexdigest(), task.file.name, task.file.media_type, 0, error)
    put(task.store, result, _key(task))
    return _outcome(task, result.document_id, started, reused=False)


def source_of(file: SourceFile) -> SourceDocument:
    """The bytes of a file. A name that is no valid Unicode is published escaped. Raises DocumentError where they cannot be had."""
    name = os.fsencode(file.name).decode("utf-8", "backslashreplace")
    try:
        size = file.path.stat().st_size
        if size > MAX_BYTES:
            raise DocumentError("LIMIT_BYTES", f"{size:,} bytes, more than {MAX_BYTES:,}")
        return SourceDocument.of(file.path.read_bytes(), name, file.media_type)
    except OSError as error:
        raise DocumentError("IO", f"{error.strerror}: {name}") from error


def _key(task: Task) -> str:
    from .dataset.store import store_key
    from .rulebook.load import rules_digest

    return store_key(_digest_once(rules_digest, task.rules), f"{__version__} {code_digest()} {task.engine} {_ocr_settings()}")


@cache
def _digest_once(digest: Callable[[Path], str], folder: Path) -> str:
    return digest(folder)


@cache
def _ocr_settings() -> str:
    """With another Tesseract, or with one at last, a scan is read again."""
    from .engines.ocr import settings

    return settings()


@cache
def code_digest() -> str:
    """The sha256 of this package's source: a stored result of other code is read again, also while the version stands still."""
    root = Path(__file__).resolve().parent
    total = hashlib.sha256()
    sources = (path for kind in ("*.py", "*.c") for path in root.rglob(kind))
    for path in sorted(sources, key=lambda path: path.relative_to(root).as_posix()):
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _outcome(task: Task, document_id: str, started: float, *, reused: bool) -> Outcome:
    """Told from the store, so that a fresh result and one that was reused say the same."""
    from .checks.conserve import lossy_pages
    from .dataset.store import read_stored

    tables = read_stored(task.store, document_id).tables
    document = tables["documents"].to_pylist()[0]
    contradicted = sum(
        table.column("verification").to_pylist().count("contradicted")
        for table in tables.values()
        if "verification" in table.column_names
    )
    failed = _failed(tables["checks"]) if "checks" in tables else []
    return Outcome(
        name=task.file.name,
        document_id=document_id,
        status=document["status"],
        code=document["error_code"],
        message=document["error_message"],
        pages=document["page_count"],
        records=document["record_count"],
        rejects=document["reject_count"],
        contradicted=contradicted,
        failed_checks=len(failed),
        reused=reused,
        seconds=time.monotonic() - started,
        lossy_pages=lossy_pages(failed),
    )


def _failed(checks: pa.Table) -> list[dict[str, Any]]:
    """The few rows of a large table that failed."""
    failed = [row for row, outcome in enumerate(checks.column("outcome").to_pylist()) if outcome == "fails"]
    return cast(list[dict[str, Any]], checks.take(failed).to_pylist()) if failed else []
