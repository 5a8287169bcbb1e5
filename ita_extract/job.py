"""The main job: documents in, a verified release out."""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from . import __version__
from .engines.ocr import missing
from .errors import RulesError, UsageError
from .reader import Outcome, Task, ready
from .run.local import Pool
from .run.sources import SourceFile, find_sources
from .spread import Result, Spreading, Step, do, lost

if TYPE_CHECKING:
    from .dataset import Place

ReaderPool: TypeAlias = Pool[Step, Result]
PRELOAD = tuple(
    f"ita_extract.{name}"
    for name in ("spread", "pipeline", "dataset.store", "engines.pdfium", "tables.content", "repair.observing")
)


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
    if engine == "ocr" and (why := missing()):
        raise UsageError(f"the engine ocr cannot be used: {why}", advice="Or let --engine be auto: what needs no OCR is read then.")
    files = find_sources(map(str, sources))
    processes = workers or os.cpu_count() or 1
    pool = ReaderPool(do, lost, processes, PRELOAD, ready)
    if files:
        pool.warm_up()
    rulebook = load_rulebook(rules)
    refuse_bad_rules(rulebook.folder)
    folder = Path(out)
    if not files:
        return Summary((), (), None, None)
    with lock_folder(folder) as lock:
        chosen, duplicates = _without_duplicates(files)
        tasks = [Task(file, folder, engine, rulebook.folder, resume, whole=processes == 1) for file in chosen]
        outcomes = _read_all(tasks, pool, processes, on_progress)
        provenance = Provenance(__version__, rulebook.digest)
        published = publish(folder, provenance, fields=rulebook.fields, places=Places(rulebook.folder), lock=lock)
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


def _read_all(tasks: list[Task], pool: ReaderPool, workers: int, on_progress: Callable[[Progress], None]) -> list[Outcome]:
    """The outcome of every task, in the order of the tasks."""
    outcomes: dict[SourceFile, Outcome] = {}
    progress = Progress(len(tasks))
    spreading = Spreading(workers)

    def tick() -> None:
        _load_for_publishing()
        progress.pages = pool.pages
        on_progress(progress)

    def result(step: Step, result: Result) -> list[Step]:
        found = spreading.after(step, result)
        if isinstance(found, list):
            return found
        outcomes[(step if isinstance(step, Task) else step.task).file] = found
        progress.done, progress.last = progress.done + 1, found.name
        progress.failed += found.status == "unreadable"
        tick()
        return []

    pool.run(tasks, result, tick)
    return [outcomes[task.file] for task in tasks]


@cache
def _load_for_publishing() -> None:
    """Loads, while the readers read, what is needed when they have done: pyarrow loads pandas with the first value it converts."""
    for name in ("pandas", "pyarrow.parquet", "pyarrow.acero"):
        import_module(name)


class Places(Mapping[str, "Place"]):
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
