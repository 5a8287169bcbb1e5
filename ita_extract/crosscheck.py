"""A second opinion, where a document looks doubtful: does the other engine see text that this one does not?

Of 1,181 odd PDFs one engine silently read 0 pages of 22, and the other died on 7. A page on which nothing is found is blank or a
failure, and only another reader of the same bytes can tell which. The other reader hangs on some of them, so it works in a process
of its own that ends itself: whoever gives no answer in time has no opinion.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .checks.legible import OcrNeed
from .errors import DocumentError
from .model.source import SourceDocument
from .model.table import PageContent

OTHER = {"pdfium": "pdfplumber", "pdfplumber": "pdfium"}
MOST_PAGES = 4
"""Doubtful pages that are looked at again: what is wrong with the first of them is wrong with the rest."""
LARGEST = 20_000_000
"""Bytes of a document that is looked at again: pdfplumber holds it as objects."""
SECONDS, PATIENCE, MEMORY = 10, 60, 1 << 30
"""What the second opinion may cost: seconds of the processor, of the clock, and bytes. An ordinary page takes it half a second; the
clock alone would give another answer on a busy machine."""
CLEARLY = 5
"""Characters that one engine sees and the other does not before that counts: a stray dot is no text."""
FAILURES = ("MALFORMED", "EMPTY")
"""Ends of one engine that another may not share; a missing password or a web page is the same to both."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an engine sees: how many pages, and the characters, blanks not counted, on each that it was asked about and has."""

    page_count: int
    ink: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """How many characters, blanks not counted, each engine sees on a page. `other` is None where the other has no such page."""

    page: int
    engine: str
    seen: int
    other: int | None

    def __str__(self) -> str:
        has = "has no such page" if self.other is None else f"sees {_characters(self.other)}"
        return f"page {self.page}: {self.engine} sees {_characters(self.seen)}, {OTHER[self.engine]} {has}"


def _characters(count: int) -> str:
    return f"{count or 'no'} character{'s' * (count != 1)}"


@dataclass(frozen=True, slots=True)
class OtherCount:
    """How many pages each engine finds in the same bytes."""

    engine: str
    pages: int
    other: int

    def __str__(self) -> str:
        return f"{self.engine} finds {_pages(self.pages)}, {OTHER[self.engine]} {_pages(self.other)}"


def _pages(count: int) -> str:
    return f"{count or 'no'} page{'s' * (count != 1)}"


def doubtful_pages(pages: Sequence[PageContent], needs: Sequence[OcrNeed], ocr_pages: Sequence[int] = ()) -> tuple[int, ...]:
    """The pages with nothing on them that no picture explains, and those whose characters were not all placed once.

    What OCR read is in the picture, not in the file: another engine has nothing to say about it. Nor about a page that has too much
    on it.
    """
    pictures = {need.page for need in needs if need.why == "picture"}
    return tuple(
        page.number
        for page in pages
        if page.number not in ocr_pages
        and (page.fault is None or page.fault[0] in FAILURES)
        and ((not page.char_count and page.number not in pictures) or page.char_count != page.placed_count)
    )


def find_disagreements(
    source: SourceDocument,
    engine_name: str,
    pages: Sequence[PageContent],
    needs: Sequence[OcrNeed],
    ocr_pages: Sequence[int] = (),
) -> tuple[Disagreement | OtherCount, ...]:
    """Where only one engine sees text on a doubtful page, and whether both find as many pages.

    Without a doubtful page nothing is compared. A second engine without an opinion is no disagreement: it is the weaker one on
    damaged files.
    """
    doubtful = doubtful_pages(pages, needs, ocr_pages)[:MOST_PAGES]
    other = ask(source, engine_name, doubtful) if doubtful else None
    if other is None or other.page_count == sum(page.fault is None for page in pages) < len(pages):
        return ()  # also where it leaves out the very pages that could not be read, and numbers the others anew
    seen = {page.number: page.char_count for page in pages}
    counts = (OtherCount(engine_name, len(pages), other.page_count),) if other.page_count != len(pages) else ()
    found = (Disagreement(page, engine_name, seen[page], other.ink.get(page)) for page in doubtful)
    return (*counts, *(one for one in found if _is_one_sided(one.seen, one.other or 0)))


def tell_disagreements(found: Sequence[Disagreement | OtherCount]) -> str:
    """For people.

    >>> tell_disagreements([OtherCount("pdfium", 2, 3), Disagreement(2, "pdfium", 0, 120)])
    'pdfium finds 2 pages, pdfplumber 3 pages; page 2: pdfium sees no characters, pdfplumber sees 120 characters'
    """
    return "; ".join(map(str, found))


def explain_failure(source: SourceDocument, engine_name: str, error: DocumentError) -> DocumentError:
    """The error of a PDF that `engine_name` could not read, or ENGINE_DISAGREE where the other engine sees text in it."""
    if error.code not in FAILURES or source.media_type != "application/pdf" or not source.data:
        return error
    other = ask(source, engine_name, range(1, MOST_PAGES + 1))
    if other is None or sum(other.ink.values()) < CLEARLY:
        return error
    told = tell_disagreements([OtherCount(engine_name, 0, other.page_count)])
    return DocumentError("ENGINE_DISAGREE", f"{told}; {error}")


def _is_one_sided(a: int, b: int) -> bool:
    return min(a, b) * CLEARLY < max(a, b) >= CLEARLY


def ask(source: SourceDocument, engine_name: str, pages: Sequence[int]) -> Opinion | None:
    """What the engine beside `engine_name` sees on `pages`. None where it has no opinion: it failed, or took too long."""
    if engine_name not in OTHER or len(source.data) > LARGEST:
        return None
    above = str(Path(__file__).resolve().parents[1])
    path = os.pathsep.join(filter(None, (above, os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", __name__, OTHER[engine_name], *map(str, pages)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, under our own Python
            command, input=source.data, capture_output=True, timeout=PATIENCE, check=True, env=os.environ | {"PYTHONPATH": path}
        )
        told = json.loads(done.stdout)
        return Opinion(int(told["page_count"]), {int(page): int(count) for page, count in told["ink"].items()})
    except (subprocess.SubprocessError, OSError, ValueError, KeyError):
        return None


def opinion_of(source: SourceDocument, engine_name: str, pages: Sequence[int]) -> Opinion:
    """What an engine sees on those of `pages` that it has. Raises DocumentError where it cannot read them."""
    import numpy as np

    from .engines import engine
    from .model import trace

    reader = engine(engine_name)
    found = (page for wanted in pages for page in reader.read(source, range(wanted, wanted + 1)))
    ink = {page.number: int(np.count_nonzero(page.chars.kind != ord(trace.BLANK))) for page in found}
    return Opinion(reader.count_pages(source), ink)


def _limit() -> None:
    """Ends this process should it outlive the one that asked."""
    try:
        import resource
    except ImportError:  # Windows has no such limits: there the asking process ends it, if it still lives
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _main(name: str, *pages: str) -> None:
    import logging

    _limit()
    logging.disable()
    source = SourceDocument.of(sys.stdin.buffer.read(), "", "application/pdf")
    try:
        opinion = opinion_of(source, name, [int(page) for page in pages])
    except DocumentError as error:
        sys.exit(str(error))
    print(json.dumps({"page_count": opinion.page_count, "ink": dict(opinion.ink)}))


if __name__ == "__main__":
    _main(*sys.argv[1:])
