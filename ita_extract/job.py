"""The main job: documents in, a verified release out."""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from . import __version__
from .errors import DocumentError, ItaError, RulesError
from .model.source import SourceDocument
from .run.local import Pool, count_page
from .run.sources import SourceFile, find_sources

if TYPE_CHECKING:
    from .dataset import Place

MAX_BYTES = 100_000_000
"""A file larger than this is not read: it is no announcement, and reading it would take the memory of all the others."""
PRELOAD = ("ita_extract.pipeline", "ita_extract.dataset.store", "ita_extract.engines.pdfium", "ita_extract.tables.content")


@dataclass(frozen=True, slots=True)
class Task:
    """One document to read, with all a reader in another process must know."""

    file: SourceFile
    store: Path
    engine: str
    rules: Path
    resume: bool


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


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did. `values` counts published values by dataset and verification; `release` is None where nothing was."""

    outcomes: tuple[Outcome, ...]
    duplicates: tuple[str, ...]
    release: str | None
    path: Path | None
    rows: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[tuple[str, str], int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def unread(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.status in ("unreadable", "unrecognised"))

    def exit_code(self, *, strict: bool = False) -> int:
        """0 done and clean; 3 published, but something was rejected or contradicted; 7 nothing could be read."""
        if not self.outcomes or all(outcome.status == "unreadable" for outcome in self.outcomes):
            return 7
        doubts = any(o.rejects or o.contradicted or o.status != "parsed" for o in self.outcomes)
        return 3 if doubts or (strict and any(o.failed_checks for o in self.outcomes)) else 0


@dataclass(slots=True)
class Progress:
    """What the run has done so far, handed to `on_progress` a few times a second."""

    documents: int
    done: int = 0
    pages: int = 0
    failed: int = 0
    started: float = field(default_factory=time.monotonic)
    last: str = ""


def run_documents(
    sources: Iterable[str | Path],
    out: str | Path,
    *,
    workers: int | None = None,
    engine: str = "auto",
    resume: bool = True,
    rules: Path | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Summary:
    """Reads every document under `sources` and publishes one release into `out`.

    The release holds every document ever run into `out`; what was read before under the same rules and code is not read again,
    unless `resume` is False. The same documents give the same release on any number of `workers`.
    Raises UsageError, RulesError, LockedError or StorageError before or instead of publishing; a bad document raises nothing.
    """
    from .dataset import Provenance, lock_folder, publish
    from .rulebook.load import load_rulebook

    started = time.monotonic()
    files = find_sources(map(str, sources))
    rulebook = load_rulebook(rules)
    refuse_bad_rules(rulebook.folder)
    folder = Path(out)
    if not files:
        return Summary((), (), None, None)
    with lock_folder(folder) as lock:
        chosen, duplicates = _without_duplicates(files)
        tasks = [Task(file, folder, engine, rulebook.folder, resume) for file in chosen]
        outcomes = _read_all(tasks, workers or os.cpu_count() or 1, on_progress)
        provenance = Provenance(__version__, rulebook.digest)
        published = publish(folder, provenance, fields=rulebook.fields, places=_Places(rulebook.folder), lock=lock)
    return Summary(
        outcomes=tuple(outcomes),
        duplicates=duplicates,
        release=published.release_id,
        path=published.path,
        rows=published.rows,
        values=_values(published.path),
        seconds=time.monotonic() - started,
    )


def _without_duplicates(files: Iterable[SourceFile]) -> tuple[list[SourceFile], tuple[str, ...]]:
    """The files of different bytes, and the names of the others: one document of two names must not depend on who reads first."""
    first: dict[str, SourceFile] = {}
    duplicates = []
    for file in files:
        try:
            with file.path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            digest = os.fsdecode(file.path)  # the reader will say what is wrong with it
        if first.setdefault(digest, file) is not file:
            duplicates.append(file.name)
    return list(first.values()), tuple(duplicates)


def refuse_bad_rules(folder: Path) -> None:
    """Raises RulesError for the first fault in the rules: a mistyped rule is refused before anything is written."""
    from .rulebook.lint import lint

    for finding in lint(folder):
        if finding.severity == "error":
            raise RulesError(finding.message, file=finding.file, line=finding.line, advice=finding.advice)


def _read_all(tasks: list[Task], workers: int, on_progress: Callable[[Progress], None]) -> list[Outcome]:
    """The outcome of every task, in the order of the tasks."""
    outcomes: dict[Task, Outcome] = {}
    progress = Progress(len(tasks))
    pool: Pool[Task, Outcome] = Pool(read_one, died, min(workers, len(tasks)), PRELOAD)

    def tick() -> None:
        progress.pages = pool.pages
        on_progress(progress)

    def result(task: Task, outcome: Outcome) -> None:
        outcomes[task] = outcome
        progress.done, progress.last = progress.done + 1, outcome.name
        progress.failed += outcome.status == "unreadable"
        tick()

    pool.run(tasks, result, tick)
    return [outcomes[task] for task in tasks]


def read_one(task: Task) -> Outcome:
    """Reads one document, or takes what the store holds of it, and keeps the result. Runs in a process of its own."""
    from .dataset.store import get, put
    from .pipeline import extract, unread
    from .rulebook.load import load_rulebook

    started = time.monotonic()
    try:
        source = _source(task.file)
    except DocumentError as error:
        stand_in = hashlib.sha256(os.fsencode(task.file.path)).hexdigest()
        result = unread(stand_in, task.file.name, task.file.media_type, 0, error)
        put(task.store, result, _key(task))
        return _outcome(task, stand_in, started, reused=False)
    reused = task.resume and get(task.store, source.document_id, _key(task)) is not None
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


def died(task: Task) -> Outcome:
    """The result of a document that killed its reader."""
    from .dataset.store import put
    from .pipeline import unread

    started = time.monotonic()
    try:
        source = _source(task.file)
        result = unread(source.document_id, source.file_name, source.media_type, len(source.data), DocumentError("CRASH"))
    except DocumentError as error:
        result = unread(hashlib.sha256(os.fsencode(task.file.path)).hexdigest(), task.file.name, task.file.media_type, 0, error)
    put(task.store, result, _key(task))
    return _outcome(task, result.document_id, started, reused=False)


def _source(file: SourceFile) -> SourceDocument:
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

    return store_key(_digest_once(rules_digest, task.rules), f"{__version__} {code_digest()} {task.engine}")


@cache
def _digest_once(digest: Callable[[Path], str], folder: Path) -> str:
    return digest(folder)


@cache
def code_digest() -> str:
    """The sha256 of this package's source: a stored result of other code is read again, also while the version stands still."""
    root = Path(__file__).resolve().parent
    total = hashlib.sha256()
    for path in sorted(root.rglob("*.py"), key=lambda path: path.relative_to(root).as_posix()):
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _outcome(task: Task, document_id: str, started: float, *, reused: bool) -> Outcome:
    """Told from the store, so that a fresh result and one that was reused say the same."""
    from .dataset.store import read_stored

    tables = read_stored(task.store, document_id).tables
    document = tables["documents"].to_pylist()[0]
    contradicted = sum(
        table.column("verification").to_pylist().count("contradicted")
        for table in tables.values()
        if "verification" in table.column_names
    )
    failed = tables["checks"].column("outcome").to_pylist().count("fails") if "checks" in tables else 0
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
        failed_checks=failed,
        reused=reused,
        seconds=time.monotonic() - started,
    )


class _Places(Mapping[str, "Place"]):
    """What the registry knows of an agency by its id, looked up when it is asked for."""

    def __init__(self, rules: Path) -> None:
        from .rulebook.load import load_rulebook

        self._registry = load_rulebook(rules).registry

    def __getitem__(self, agency_id: str) -> Place:
        from .dataset import Place
        from .identity.names import place_of

        place = place_of(agency_id, self._registry)
        if place is None:
            raise KeyError(agency_id)
        return Place(place.province_code, place.district_code, place.code if len(place.code) == 6 else None)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _values(release: Path) -> dict[tuple[str, str], int]:
    """How many values of each dataset are verified, consistent, … in a release."""
    import pyarrow.parquet as pq

    counts: Counter[tuple[str, str]] = Counter()
    for path in sorted(release.glob("*/*.parquet")):
        if "verification" in pq.read_schema(path).names:
            for value in pq.read_table(path, columns=["verification"]).column(0).to_pylist():
                counts[path.parent.name, value] += 1
    return dict(counts)
