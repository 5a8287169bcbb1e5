"""A document read by several processes is the document read by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ita_extract import spread
from ita_extract.job import Summary, run_documents
from ita_extract.reader import LARGE, Large, Read, Task, read_one, source_of
from ita_extract.rulebook.files import rules_folder
from ita_extract.run.limits import Limits
from ita_extract.run.local import Ended
from ita_extract.run.sources import SourceFile
from ita_extract.spread import Failed, Mend, ReadRange, Result, Spreading, Step, Survey, do, lost

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
DAMAGED = SAMPLES / "announcement_2564_towns_split_am.pdf"


def task_of(path: Path, *, whole: bool = False) -> Task:
    source = source_of(SourceFile(path, path.name, "application/pdf"))
    file = SourceFile(path, path.name, "application/pdf")
    return Task(file, source.document_id, len(source.data), "auto", rules_folder(), Limits(), whole)


def drive(task: Task, pages: int, doing: Callable[[Step], Result] = do) -> tuple[Read, list[Step]]:
    """Does all steps of a document, as the parent and its readers do it; returns what came of it and the steps."""
    spreading = Spreading(2)
    first = spreading.after(task, Large(pages))
    assert isinstance(first, list)
    waiting, done = first, []
    while True:
        step = waiting.pop()  # the last first: no order of the steps of a round may matter
        done.append(step)
        result = spreading.after(step, doing(step))
        if isinstance(result, Read):
            assert not waiting
            return result, done
        waiting += result


@pytest.fixture
def pages_at_a_time() -> Iterator[Callable[[int], None]]:
    with pytest.MonkeyPatch.context() as patch:
        yield lambda pages: patch.setattr(spread, "PAGES", pages)


@pytest.mark.parametrize("sample", [DAMAGED, SAMPLES / "announcement_2566_departments_mai_tho.pdf"], ids=lambda path: path.stem)
@pytest.mark.parametrize("pages", [1, 2])
def test_in_ranges_or_whole_the_same_is_stored(sample: Path, pages: int, pages_at_a_time: Callable[[int], None]) -> None:
    pages_at_a_time(pages)
    with pypdfium2.PdfDocument(sample) as document:
        count = len(document)
    assert count >= 2
    read, steps = drive(task_of(sample), count)
    assert sum(isinstance(step, ReadRange) for step in steps) == -(-count // pages)
    assert read == read_one(task_of(sample, whole=True))
    assert read.outcome.records


@pytest.mark.parametrize("kind", [ReadRange, Survey, Mend, spread.Assemble])
@pytest.mark.parametrize(
    "end", [lambda _: Failed(), lambda step: lost(step, Ended("CRASH", ""))], ids=["fails", "ends its process"]
)
def test_a_document_whose_step_comes_to_nothing_is_read_whole(
    kind: type[Step], end: Callable[[Step], Result], pages_at_a_time: Callable[[int], None]
) -> None:
    pages_at_a_time(1)
    failed: list[Step] = []

    def doing(step: Step) -> Result:
        if isinstance(step, kind) and not failed:
            failed.append(step)
            return end(step)
        return do(step)

    read, steps = drive(task_of(DAMAGED), 2, doing)
    assert failed
    assert isinstance(steps[-1], Task)
    assert steps[-1].whole
    assert read.outcome.status == "parsed"


@pytest.mark.parametrize("pages", [1, *(pytest.param(pages, marks=pytest.mark.slow) for pages in (2, 3))])
def test_a_page_that_cannot_be_loaded_takes_no_other_with_it(
    pages: int, tmp_path: Path, pages_at_a_time: Callable[[int], None]
) -> None:
    """In whatever range it is; a range of such pages alone has the document read whole."""
    pages_at_a_time(pages)
    with pikepdf.open(DAMAGED) as pdf:
        pdf.save(tmp_path / "plain.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    data = (tmp_path / "plain.pdf").read_bytes()
    kids = re.search(rb"/Kids \[\s*(\d+ 0 R)", data)
    assert kids is not None
    path = tmp_path / "ill.pdf"
    path.write_bytes(data[: kids.start(1)] + b"null".ljust(len(kids[1])) + data[kids.end(1) :])
    read, _ = drive(task_of(path), 3)
    assert (read.outcome.status, read.outcome.code) == ("partial", "MALFORMED")
    assert "page 1 of" in (read.outcome.message or "") and read.outcome.records
    assert read == read_one(task_of(path, whole=True))


def test_a_file_that_is_written_to_between_two_ranges_is_told_as_such(
    tmp_path: Path, pages_at_a_time: Callable[[int], None]
) -> None:
    pages_at_a_time(1)
    path = tmp_path / "growing.pdf"
    path.write_bytes(DAMAGED.read_bytes())
    """What was read of it belongs to no file that there is: neither the old one nor the new one."""
    task = task_of(path)
    spreading = Spreading(2)
    steps = spreading.after(task, Large(2))
    assert isinstance(steps, list)
    path.write_bytes(DAMAGED.read_bytes() + b"\n%\n")
    spread._source.cache_clear()
    results = [spreading.after(step, do(step)) for step in steps]
    assert results[-1] == [replace(task, whole=True)]
    read = do(replace(task, whole=True))
    assert isinstance(read, Read)
    assert (read.outcome.code, read.outcome.status) == ("IO", "unreadable")
    assert "written to" in (read.outcome.message or "")
    assert read.outcome.document_id not in (task.document_id, task_of(path).document_id)


def test_a_page_that_cannot_be_read_is_told_as_it_is_told_of_any_document(pages_at_a_time: Callable[[int], None]) -> None:
    """The document says it has two pages more than it has: their ranges hold none, and nothing is invented."""
    pages_at_a_time(1)
    read, _ = drive(task_of(DAMAGED), 4)
    assert read == read_one(task_of(DAMAGED, whole=True))


def test_only_a_large_document_is_handed_back(long_document: Path) -> None:
    assert isinstance(read_one(task_of(DAMAGED)), Read)
    found = read_one(task_of(long_document))
    assert isinstance(found, Large)
    assert found.page_count >= LARGE


@pytest.fixture(scope="session")
def long_document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Announcements of several years one after another, damaged in different ways, over and over until they are large."""
    path = tmp_path_factory.mktemp("long") / "long.pdf"
    samples = sorted(SAMPLES.glob("announcement_256[3-6]*.pdf"))
    with pypdfium2.PdfDocument.new() as target:
        while len(target) < LARGE + 3:
            for sample in samples:
                with pypdfium2.PdfDocument(sample) as source:
                    target.import_pages(source)
        target.save(path)
    return path


@pytest.fixture(scope="session")
def by_one(long_document: Path, tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return run_documents([long_document], tmp_path_factory.mktemp("one") / "data", workers=1)


@pytest.mark.parametrize("workers", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_a_release_is_the_same_on_any_number_of_workers(long_document: Path, by_one: Summary, workers: int, tmp_path: Path) -> None:
    counts: list[int] = []
    summary = run_documents(
        [long_document, DAMAGED], tmp_path / "both", workers=workers, on_progress=lambda now: counts.append(now.pages)
    )
    alone = run_documents([long_document], tmp_path / "alone", workers=workers)
    assert alone.release == by_one.release
    assert alone.rows == by_one.rows
    assert sum(by_one.rows.values()) > 500
    assert [outcome.name for outcome in summary.outcomes] == [long_document.name, DAMAGED.name]
    assert max(counts) >= LARGE


WORDS = st.sampled_from(["ด าเนิน", "ดำเนิน", "12.50", "สานักงาน", "การก ากับ"])
TEXTS = st.dictionaries(st.tuples(WORDS, st.just("")), st.integers(1, 9))


@settings(max_examples=25, deadline=None)
@given(parts=st.lists(TEXTS, min_size=1, max_size=4), shares=st.integers(1, 5))
def test_every_text_is_mended_once_by_the_evidence_of_all(parts: list[dict[tuple[str, str], int]], shares: int) -> None:
    """However the texts lie in ranges: the evidence is that of all of them, and each text is in exactly one share."""
    from ita_extract.repair import survey
    from ita_extract.run.packing import pack, unpack

    found = do(Survey(task_of(DAMAGED), 0, 1, tuple(map(pack, parts)), shares))
    assert isinstance(found, spread.Surveyed)
    assert found.evidence == survey(text for part in parts for text, count in part.items() for _ in range(count))
    dealt = [text for share in found.shares for text in unpack(share)]
    assert sorted(dealt) == sorted({text for part in parts for text in part})
