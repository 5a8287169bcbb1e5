"""One large document read by several processes, to the same result as by one.

Any process can read any of its pages; but repair needs the evidence of all of them, and tables run on from page to page. So there
are four rounds, and what passes between them is packed: ranges of pages are read; their texts are surveyed together; each text
that differs is repaired once, by whichever process is free; and one process puts the document together and reads its records.

What fails on this way fails again where the document is then read whole by one process, and is told there, in the one way in
which all documents tell it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

from .errors import ItaError
from .model.source import SourceDocument
from .reader import Large, Read, Task, cache_of, died, pack_one, read_one, source_of
from .repair import Evidence, Repaired
from .run.child import count_page, expect_pages, is_short_of_memory
from .run.local import Ended
from .run.packing import pack, unpack
from .run.sources import SourceFile

PAGES = 16
"""Pages read at a time: few enough that no process waits long for the last, many enough that opening the file costs nothing."""
SHARES = 4
"""Shares of the texts for each process: texts differ in what they cost, so the last ones should be small."""


@dataclass(frozen=True, slots=True)
class ReadRange:
    """Reads some pages of a document. Gives `Ranged`."""

    task: Task
    no: int
    pages: range


@dataclass(frozen=True, slots=True)
class Survey:
    """Finds what all texts of a document show of its damage, and deals them out in `shares`. Gives `Surveyed`."""

    task: Task
    no: int
    page_count: int
    texts: tuple[bytes, ...]
    shares: int


@dataclass(frozen=True, slots=True)
class Mend:
    """Repairs some of the texts of a document. Gives them packed, each with what it became."""

    task: Task
    no: int
    page_count: int
    texts: bytes
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Assemble:
    """Puts a document together from its ranges and its mended texts, and reads its records. Gives what `Task` gives."""

    task: Task
    no: int
    page_count: int
    ranges: tuple[bytes, ...]
    mended: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Ranged:
    """Some pages as read, and how often each text stands in them; packed."""

    contents: bytes
    texts: bytes


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a document shows of its damage, and its texts in packed shares."""

    evidence: Evidence
    shares: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A step came to nothing: the document must be read whole."""


Step: TypeAlias = Task | ReadRange | Survey | Mend | Assemble
Result: TypeAlias = Read | Large | Ranged | Surveyed | bytes | Failed
Rounds: TypeAlias = Generator[list[Step], Sequence[Result], Read | None]


def rounds(task: Task, large: Large, workers: int) -> Rounds:
    """The rounds of steps that read a large document, each sent the results of the one before; None at the end where one failed."""
    count = large.page_count
    spans = (range(start, min(start + PAGES, count + 1)) for start in range(1, count + 1, PAGES))
    ranged = yield [ReadRange(task, no, pages) for no, pages in enumerate(spans)]
    ranges = [one for one in ranged if isinstance(one, Ranged)]
    if len(ranges) < len(ranged):
        return None
    [surveyed] = yield [Survey(task, 0, count, tuple(one.texts for one in ranges), workers * SHARES)]
    if not isinstance(surveyed, Surveyed):
        return None
    mended = yield [Mend(task, no, count, share, surveyed.evidence) for no, share in enumerate(surveyed.shares)]
    texts = tuple(one for one in mended if isinstance(one, bytes))
    if len(texts) < len(mended):
        return None
    contents = tuple(one.contents for one in ranges)
    [read] = yield [Assemble(task, 0, count, contents, texts)]
    return read if isinstance(read, Read) else None


class Spreading:
    """Where the documents stand that are being read: what follows from the result of each step."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._under_way: dict[Task, tuple[Rounds, list[Result | None]]] = {}

    def after(self, step: Step, result: Result) -> Read | list[Step]:
        """What the step's document gave, or the steps to do next: none while others of its round are under way."""
        if isinstance(step, Task):
            if not isinstance(result, Large):
                return result if isinstance(result, Read) else [replace(step, whole=True)]
            under_way = rounds(step, result, self._workers)
            return self._begin(step, under_way, next(under_way))
        under_way, results = self._under_way[step.task]
        results[step.no] = result
        done = [one for one in results if one is not None]
        if len(done) < len(results):
            return []
        del self._under_way[step.task]
        try:
            return self._begin(step.task, under_way, under_way.send(done))
        except StopIteration as end:
            return end.value if isinstance(end.value, Read) else [replace(step.task, whole=True)]

    def _begin(self, task: Task, under_way: Rounds, steps: list[Step]) -> list[Step]:
        self._under_way[task] = (under_way, [None] * len(steps))
        return steps


def do(step: Step) -> Result:
    """Does a step. Runs in a reader process. Raises ItaError where the run itself is in trouble, never for the document's sake."""
    if isinstance(step, Task):
        return read_one(step)
    expect_pages(len(step.pages) if isinstance(step, ReadRange) else step.page_count)
    try:
        match step:
            case ReadRange():
                return _read_range(step)
            case Survey():
                return _survey(step)
            case Mend():
                return _mend(step)
            case Assemble():
                return _assemble(step)
    except (ItaError, MemoryError):
        raise
    except Exception:  # whatever a hostile document makes a step stumble over: reading it whole will tell
        return Failed()


def lost(step: Step, ended: Ended) -> Result:
    """What becomes of a step that ended its process."""
    return died(step, ended) if isinstance(step, Task) else Failed()


@lru_cache(maxsize=1)
def _source(file: SourceFile, document_id: str, max_bytes: int) -> SourceDocument:
    """The bytes of a document while its ranges are read: the ranges that a process reads are mostly of one document."""
    return source_of(file, document_id, max_bytes)


def _read_range(step: ReadRange) -> Result:
    from .contents import read_pages, texts_of

    source = _source(step.task.file, step.task.document_id, step.task.limits.max_bytes)
    contents = read_pages(source, step.task.engine, step.pages, count_page, cache_of(step.task))
    if is_short_of_memory() and any(page.fault for page in contents.pages):
        raise MemoryError  # engines take an object for missing that they are not given the memory for
    return Ranged(pack(contents), pack(dict(texts_of(contents))))


def _survey(step: Survey) -> Surveyed:
    from .contents import survey

    counts: Counter[tuple[str, str]] = Counter()
    for packed in step.texts:
        counts.update(unpack(packed))
    texts = list(counts)
    return Surveyed(survey(counts), tuple(pack(texts[share :: step.shares]) for share in range(step.shares)))


def _mend(step: Mend) -> bytes:
    from .repair import repair_text

    return pack({(raw, trace): repair_text(raw, trace, step.evidence) for raw, trace in unpack(step.texts)})


def _assemble(step: Assemble) -> Result:
    from .contents import joined, repair_contents, turned_out_garbled
    from .pipeline import extract_contents
    from .rulebook.load import load_rulebook
    from .rulebook.watched import WatchedRulebook

    source = _source(step.task.file, step.task.document_id, step.task.limits.max_bytes)
    _source.cache_clear()
    mended: dict[tuple[str, str], Repaired] = {}
    for texts in step.mended:
        mended.update(unpack(texts))
    raw = joined(map(unpack, step.ranges))
    contents = repair_contents(raw, lambda text, trace: mended[text, trace])
    if turned_out_garbled(raw.need_ocr, contents.need_ocr, step.task.engine):
        return Failed()  # OCR reads pages of it now, and these change what the others show of the damage: one process does it all
    del raw
    mended.clear()  # of a document of thousands of pages each copy is a hundred megabytes
    rulebook = WatchedRulebook(load_rulebook(step.task.rules))
    return pack_one(step.task, extract_contents(source, contents, rulebook, step.task.decisions), rulebook)
