"""The main job: documents in, a verified release out."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from . import __version__
from .datafolder import folder_of, held
from .engines.ocr import missing
from .errors import RulesError, UsageError
from .reader import Outcome, Read, Task, facts, key_of, keyed, made_by, outcome_of, prepare, stand_in, unread_one
from .run.child import Usage
from .run.journal import Event, silent
from .run.limits import Limits
from .run.local import Ended, Pool, Preparation
from .run.remote import modules
from .run.sources import Identity, SourceFile, find_sources, identify, published_name
from .spread import Result, Spreading, Step, do, lost

if TYPE_CHECKING:
    from .corrections import Corrections
    from .dataset import Place
    from .fetch.manifest import Manifest
    from .run.cluster import Cluster

ReaderPool: TypeAlias = Pool[Step, Result]
PRELOAD = tuple(
    f"ita_extract.{name}"
    for name in ("spread", "pipeline", "dataset.store", "engines.pdfium", "tables.content", "repair.observing")
)
AT_ONCE = 64
"""Files whose bytes are looked at in one go, before any is read."""
HASHERS = 8
"""Threads that look: they wait for the disk, more than they work."""


SOURCES = Path("store", "sources.jsonl")
"""In a data folder: where its documents were fetched from."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did. `values` counts published values by dataset and verification; `release` is None where nothing was.

    `unapplied` says, in words, which lines of the corrections file were refused or could not be put in.
    """

    outcomes: tuple[Outcome, ...]
    duplicates: tuple[str, ...]
    release: str | None
    path: Path | None
    rows: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[tuple[str, str], int] = field(default_factory=dict)
    seconds: float = 0.0
    unapplied: tuple[str, ...] = ()
    address: str = ""
    """Of the release, where it was put elsewhere; `path` is a copy of it then, which stays until the next run."""

    @property
    def where(self) -> str:
        """Where the release lies, for people."""
        return self.address or str(self.path)

    @property
    def unread(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.status in ("unreadable", "unrecognised"))

    def exit_code(self, *, strict: bool = False) -> int:
        """0 done and clean; 3 published, but something was rejected or contradicted; 7 nothing could be read."""
        from .dataset.standing import contradicted_count

        if not self.outcomes or all(outcome.status == "unreadable" for outcome in self.outcomes):
            return 7
        doubts = bool(self.unapplied) or any(o.rejects or o.contradicted or o.status != "parsed" for o in self.outcomes)
        doubts |= contradicted_count(self.values) > 0
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
    limits: Limits | None = None,
    cluster: str | None = None,
    corrections: str | Path | None = None,
    work: str | Path | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
    on_event: Callable[[Event], None] = silent,
) -> Summary:
    """Reads every document under `sources` and publishes one release into `out`, a folder or an address such as `s3://bucket/data`.

    The release holds every document ever run into `out`; what was read before under the same rules and code is not read again,
    unless `resume` is False. The same documents give the same release on any number of `workers`, here or on a `cluster` (the
    address of its scheduler). `limits` is what one document may cost; `corrections` a file of what people decided about values (see
    docs/corrections.md); `on_event` is told of everything that happens, in the parent. `work` is the working folder of an address,
    one in the user's cache where none is given (see docs/scale.md).
    Raises UsageError, RulesError, LockedError or StorageError before or instead of publishing; a bad document raises nothing.
    """
    from .corrections import read_corrections
    from .dataset import Provenance, publish
    from .dataset.ledger import keep_ledger
    from .rulebook.load import load_rulebook
    from .settling import settler

    started = time.monotonic()
    folder = folder_of(out, work)
    if engine == "ocr" and (why := missing()):
        raise UsageError(f"the engine ocr cannot be used: {why}", advice="Or let --engine be auto: what needs no OCR is read then.")
    files = tuple(replace(file, path=file.path.absolute()) for file in find_sources(map(str, sources), remote=True))
    limits = limits or Limits()
    with ExitStack() as stack:
        far = stack.enter_context(_cluster(cluster, rules, files)) if cluster else None
        processes = workers or (far.workers if far else os.cpu_count() or 1)
        elsewhere = modules(file.remote for file in files if file.remote)
        job = _Job(folder, engine, rules, limits, processes, on_progress, on_event, far, elsewhere)
        stack.callback(job.pool.close)
        if files:
            job.pool.warm_up()
        rulebook = load_rulebook(rules)
        refuse_bad_rules(rulebook.folder)
        if corrections is not None:
            job.corrections = read_corrections(corrections, rulebook.fields)
        if not files:
            return Summary((), (), None, None)
        data = stack.enter_context(held(out, work, on_event))
        job.kept = data.kept
        on_event({"event": "start", "files": len(files), "workers": processes, "version": __version__, "rules": rulebook.digest})
        chosen, duplicates = job.different(files)
        here = (file.path for file in chosen if not file.remote)
        fetched = known_sources(folder, here)  # first: a damaged manifest is told before all is read
        outcomes = job.read(chosen, resume=resume)
        by_hand = (job.corrections.sha256, len(job.corrections.decisions)) if job.corrections else ("", 0)
        provenance = Provenance(__version__, rulebook.digest, *by_hand, sources=sources_of(folder, fetched))
        places, made_now, settle = Places(rulebook.folder), made_by(rules), settler(rulebook.frameworks)
        published = publish(
            folder, provenance, fields=rulebook.fields, places=places, lock=data.lock, made_now=made_now, settle=settle
        )
        unapplied = _unapplied(folder, job.corrections)
        data.published(published.release_id)
        seconds = time.monotonic() - started
        data.told(keep_ledger(folder, published.release_id, _ledger(outcomes, published.release_id, seconds, processes)))
    on_event({"event": "end", "release": published.release_id, "documents": len(outcomes), "seconds": round(seconds, 3)})
    return Summary(
        outcomes=tuple(outcomes),
        duplicates=duplicates,
        release=published.release_id,
        path=published.path,
        rows=published.rows,
        values=published.values,
        seconds=time.monotonic() - started,
        unapplied=unapplied,
        address=data.where(published.release_id),
    )


def known_sources(folder: Path, paths: Iterable[Path]) -> Manifest:
    """Where documents were fetched from: what the data folder knows, and what the manifests beside these documents say."""
    from .fetch.manifest import load_manifest
    from .fetch.origins import origins

    known = load_manifest(folder / SOURCES)
    for entry in origins(paths):
        known.add(entry)
    return known


def sources_of(folder: Path, known: Manifest) -> tuple[Mapping[str, str], ...]:
    """The addresses of the documents in the store, for the release; the data folder keeps them for the next run."""
    from .dataset import stored_documents
    from .dataset.disk import storage_errors, write_atomically
    from .fetch.manifest import manifest_bytes
    from .fetch.origins import package_sources

    if not known.fetched:
        return ()
    with storage_errors("where documents come from could not be kept", folder / SOURCES):
        write_atomically(folder / SOURCES, manifest_bytes(known.entries()))
    return tuple(package_sources(known.fetched.values(), frozenset(stored_documents(folder))))


def _unapplied(folder: Path, corrections: Corrections | None) -> tuple[str, ...]:
    from .dataset import read_stored, stored_documents

    def checks_of(document_id: str) -> list[dict[str, Any]]:
        checks = read_stored(folder, document_id).tables.get("checks")
        return [] if checks is None else cast(list[dict[str, Any]], checks.to_pylist())

    return corrections.unapplied(stored_documents(folder), checks_of) if corrections else ()


def _cluster(address: str, rules: Path | None, files: tuple[SourceFile, ...]) -> AbstractContextManager[Cluster]:
    from .run.cluster import connect

    here = next((str(file.path.absolute()) for file in files if not file.remote), None)
    return connect(address, partial(facts, rules, here))


@dataclass(slots=True)
class _Job:
    """One run, in the parent: it looks at names and digests, hands documents out and keeps what comes back."""

    folder: Path
    engine: str
    rules: Path | None
    limits: Limits
    workers: int
    on_progress: Callable[[Progress], None]
    on_event: Callable[[Event], None]
    cluster: Cluster | None
    modules: tuple[str, ...] = ()
    """Those that read documents elsewhere."""
    corrections: Corrections | None = None
    kept: Callable[[Path], None] = lambda _: None
    """Is told where the result of a document was written."""
    pool: ReaderPool = field(init=False)
    _identities: dict[SourceFile, Identity] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        preparation = Preparation(do, PRELOAD, prepare, (self.rules, self.modules))
        far = self.cluster
        executor, attend, gone = (far.executor, far.attend, far.lost) if far else (None, None, ())
        self.pool = ReaderPool(preparation, lost, self.workers, self.limits, executor, attend, gone, self._tell_of_retry)

    def different(self, files: Iterable[SourceFile]) -> tuple[list[SourceFile], tuple[str, ...]]:
        """The files of different bytes, and the names of the others: one document of two names must not depend on who reads
        first."""
        first: dict[str, SourceFile] = {}
        duplicates = []
        for file, identity in self._identify(list(files)):
            self._identities[file] = identity
            if first.setdefault(identity.sha256 or stand_in(file), file) is not file:
                duplicates.append(published_name(file.name))
        return list(first.values()), tuple(duplicates)

    def _identify(self, files: list[SourceFile]) -> Iterator[tuple[SourceFile, Identity]]:
        parts = [files[start : start + AT_ONCE] for start in range(0, len(files), AT_ONCE)]
        with ThreadPoolExecutor(HASHERS, "hasher") as threads:
            executor: Executor = self.cluster.executor if self.cluster else threads
            for part, found in zip(parts, executor.map(partial(identities, self.limits.max_bytes), parts), strict=True):
                yield from zip(part, found, strict=True)

    def read(self, files: list[SourceFile], *, resume: bool) -> list[Outcome]:
        """The outcome of every file, in their order; what is new is in the store then."""
        from .dataset.store import forget, recall

        key_now = key_of(self.engine, self.rules, self.limits)
        memory = self.folder / "store" / "ocr" if resume and not self.cluster else None
        outcomes: dict[SourceFile, Outcome] = {}
        progress, spreading, used = Progress(len(files)), Spreading(self.workers), defaultdict[SourceFile, Usage](Usage)

        def tick() -> None:
            _load_for_publishing()
            progress.pages = self.pool.pages
            self.on_progress(progress)

        def ended(file: SourceFile, outcome: Outcome) -> None:
            outcomes[file] = outcome
            progress.done, progress.last = progress.done + 1, outcome.name
            progress.failed += outcome.status == "unreadable"
            self.on_event({"event": "document"} | ledger_line(outcome))

        def keep(file: SourceFile, read: Read) -> None:
            from .dataset.store import put_packed

            self.kept(put_packed(self.folder, read.outcome.document_id, read.data))
            usage = used.pop(file, Usage())
            ended(file, replace(read.outcome, seconds=usage.seconds, memory=usage.memory, wall=usage.wall))

        def result(step: Step, result: Result, usage: Usage) -> list[Step]:
            file = (step if isinstance(step, Task) else step.task).file
            used[file] += usage
            found = spreading.after(step, result)
            if not isinstance(found, Read):
                return found
            keep(file, found)
            tick()
            return []

        def tasks() -> Iterator[Task]:
            for file in files:
                identity = self._identities[file]
                document_id = identity.sha256 or stand_in(file)
                decisions = self.corrections.of(document_id) if self.corrections else ()
                task = Task(
                    file, document_id, identity.size, self.engine, self.rules, self.limits, self.workers == 1 and not self.cluster
                )
                task = replace(task, decisions=decisions, memory=memory)
                if identity.error is not None:
                    keep(file, unread_one(task, identity.error))
                    continue
                forget(self.folder, stand_in(file))  # it could not be had before, and now it can
                if resume and (told := recall(self.folder, document_id, keyed(key_now, decisions))) is not None:
                    ended(file, outcome_of(file, document_id, told, reused=True))
                    continue
                yield task

        self.pool.run(tasks(), result, tick)
        tick()
        return [outcomes[file] for file in files]

    def _tell_of_retry(self, step: Step, ended: Ended) -> None:
        task = step if isinstance(step, Task) else step.task
        told = {"name": published_name(task.file.name), "step": type(step).__name__, "code": ended.code, "detail": ended.detail}
        self.on_event({"event": "retry"} | told)


def identities(max_bytes: int, files: Iterable[SourceFile]) -> list[Identity]:
    """What some files are by their content; done by threads here, by workers on a cluster."""
    return [identify(file, max_bytes) for file in files]


def ledger_line(outcome: Outcome) -> dict[str, Any]:
    """What the report of a run says of one document: seconds of the processor, wall: of the clock for its longest step; bytes of
    memory."""
    names = ("name", "document_id", "status", "code", "pages", "records", "rejects", "contradicted", "engine", "reused")
    line = {name: getattr(outcome, name) for name in names}
    return line | {"seconds": round(outcome.seconds, 3), "wall": round(outcome.wall, 3), "memory": outcome.memory}


def _ledger(outcomes: Iterable[Outcome], release: str, seconds: float, workers: int) -> Iterator[dict[str, Any]]:
    yield {"release": release, "version": __version__, "workers": workers, "seconds": round(seconds, 3), "ended": int(time.time())}
    yield from map(ledger_line, outcomes)


def refuse_bad_rules(folder: Path) -> None:
    """Raises RulesError for the first fault in the rules: a mistyped rule is refused before anything is written."""
    from .rulebook.load import rules_digest

    _refuse(folder, rules_digest(folder))


@cache
def _refuse(folder: Path, _digest: str) -> None:
    """Rules that were found good are not looked through again by a process that runs often, as long as they are the same."""
    from .rulebook.lint import lint

    for finding in lint(folder):
        if finding.severity == "error":
            raise RulesError(finding.message, file=finding.file, line=finding.line, advice=finding.advice)


@cache
def _load_for_publishing() -> None:
    """Loads, while the readers read, what is needed when they have done: pyarrow loads pandas with the first value it converts."""
    for name in ("pandas", "pyarrow.parquet", "pyarrow.acero"):
        import_module(name)


class Places(Mapping[str, "Place"]):
    """What the registry knows of an agency by its id, looked up when it is asked for."""

    def __init__(self, rules: Path) -> None:
        from .dataset import Place
        from .identity.names import place_of
        from .rulebook.load import load_rulebook

        self._place_of = partial(place_of, registry=load_rulebook(rules).registry)
        self._place = Place

    def __getitem__(self, agency_id: str) -> Place:
        place = self._place_of(agency_id)
        if place is None:
            raise KeyError(agency_id)
        return self._place(place.province_code, place.district_code, place.code if len(place.code) == 6 else None)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
