"""The first half of the way: a document's bytes into the lines and cells that its pages show, repaired.

In two steps that can be parted: pages are read one by one, and any process may read any of them; repair looks first at what the
whole document shows of its damage, and then at each text alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat
from typing import TypeAlias

from . import repair
from .checks.legible import OcrNeed, garbled_pages, why_ocr
from .engines import Engine, engine, ocr
from .errors import DocumentError
from .model.source import SourceDocument
from .model.table import Cell, PageContent, Table, TextLine
from .repair.gate import is_impossible
from .repair.script import IMPOSSIBLE

OCR, PDF = "ocr", "application/pdf"
FAULTS = 10
"""Pages that are told one by one where they could not be read."""

Text: TypeAlias = tuple[str, str]
"""The raw text of a line or a cell, and its trace: all that repair sees of it."""


@dataclass(frozen=True, slots=True)
class Contents:
    """A document, or a range of its pages, as read, before any meaning is given to it. `text` is empty until it is repaired."""

    engine: str
    pages: tuple[PageContent, ...]
    need_ocr: tuple[OcrNeed, ...]
    """The pages that only OCR can read and that it did not, in order; gibberish is known as such only after repair."""
    ocr_pages: tuple[int, ...] = ()
    """The pages that were read by OCR, in order."""


def read_contents(
    source: SourceDocument,
    engine_name: str = "auto",
    pages: range | None = None,
    on_page: Callable[[], None] = lambda: None,
    cache: ocr.Cache | None = None,
) -> Contents:
    """Reads and repairs a document. `pages` (from 1) limits it. Raises DocumentError for one that cannot be read.

    `cache`: where OCR keeps what it was told of each page, for a run that is cut off.
    """
    raw = read_pages(source, engine_name, pages, on_page, cache)
    done = _repaired_by_its_evidence(raw)
    late = {need.page for need in turned_out_garbled(raw.need_ocr, done.need_ocr, engine_name)}
    if not late:
        return done
    scanned = _with_scans(replace(raw, need_ocr=done.need_ocr), source, late, lambda: None, cache)
    again = _repaired_by_its_evidence(scanned)
    worse = {need.page for need in garbled_pages((page for page in again.pages if page.number in late), _impossible)}
    return _repaired_by_its_evidence(_without_scans(scanned, raw, done, worse)) if worse else again


def turned_out_garbled(before: tuple[OcrNeed, ...], after: tuple[OcrNeed, ...], engine_name: str) -> tuple[OcrNeed, ...]:
    """The pages that only repair has shown to be gibberish and that OCR is to read now: those needed `after` and not `before`.

    A font without its map to Unicode prints a page that looks perfect and says "\x01-\x03\x04". Nothing but reading it tells.
    """
    late = tuple(need for need in after if need not in before) if engine_name == "auto" else ()
    return late if late and ocr.missing() is None else ()


def read_pages(
    source: SourceDocument,
    engine_name: str = "auto",
    pages: range | None = None,
    on_page: Callable[[], None] = lambda: None,
    cache: ocr.Cache | None = None,
) -> Contents:
    """Reads a document as `read_contents` does, and repairs nothing: what a range of pages shows is no evidence of the whole."""
    if (engine_name == OCR and source.media_type == PDF) or source.media_type.startswith("image/"):
        return _read_pictures(source, pages, on_page, cache)
    engine = engine_of(source, engine_name)
    if engine is None:
        from .engines.text import read
        from .tables.markup import read_content as read_text

        return Contents("text", tuple(read_text(page) for page in read(source) if pages is None or page.number in pages), ())
    from .tables.content import read_content

    contents: list[PageContent] = []
    needs: list[OcrNeed] = []
    reads_scans = engine_name == "auto" and ocr.missing() is None
    errors: list[DocumentError] = []

    def lost(number: int, error: DocumentError) -> None:
        errors.append(error)
        contents.append(PageContent(number, (), fault=(error.code, error.detail)))
        on_page()

    for page in engine.read(source, pages, lost):
        if why := why_ocr(page):
            needs.append(OcrNeed(page.number, why))
        content = read_content(page)
        contents.append(replace(content, fault=("MALFORMED", page.damage)) if page.damage else content)
        if not (why and reads_scans):  # else it is read when OCR has read it
            on_page()
    if errors and len(errors) == len(contents):
        raise errors[0]
    raw = Contents(engine.name, tuple(contents), tuple(needs))
    return _with_scans(raw, source, {need.page for need in needs}, on_page, cache) if needs and reads_scans else raw


def _read_pictures(
    source: SourceDocument, pages: Collection[int] | None, on_page: Callable[[], None], cache: ocr.Cache | None
) -> Contents:
    """The pages of a document read by OCR, all of them or those asked for."""
    if why := ocr.missing():
        raise DocumentError("NO_TEXT", f"reading pictures needs OCR: {why}")
    from .engines.ocr.doubted import Doubted
    from .engines.ocr.pictures import count_pictures
    from .engines.ocr.reading import read
    from .repair.reading import standing_cost
    from .rulebook.latin import load_latin
    from .rulebook.load import load_rulebook
    from .rulebook.spelling import load_spelling
    from .run.child import expect_scans
    from .tables.content import cell_boxes, read_content

    expect_scans(count_pictures(source) if pages is None else len(pages))
    registry = load_rulebook().registry
    doubted = Doubted(standing_cost, registry.lookalikes, registry.knows_agency)
    found = read(source, pages, cell_boxes, load_latin(), load_spelling(), on_page, cache, doubted=doubted)
    done = tuple(read_content(page) for page in found)
    without = tuple(OcrNeed(page.number, "picture") for page in done if not page.char_count)
    return Contents(OCR, done, without, tuple(page.number for page in done if page.char_count))


def _with_scans(
    raw: Contents, source: SourceDocument, wanted: Collection[int], on_page: Callable[[], None], cache: ocr.Cache | None
) -> Contents:
    """The contents with the pages `wanted` read by OCR; those of which it makes nothing go on needing it."""
    try:
        scanned = _read_pictures(source, wanted, on_page, cache)
    except DocumentError:  # a page too large to be rendered ends no document whose other pages were read
        return raw
    faults = {page.number: page.fault for page in raw.pages}
    known = {page.number: replace(page, fault=faults[page.number]) for page in scanned.pages if page.number in scanned.ocr_pages}
    pages, needs = (known.get(page.number, page) for page in raw.pages), (need for need in raw.need_ocr if need.page not in known)
    ocr_pages = tuple(sorted({*raw.ocr_pages, *known}))
    return Contents(OCR if len(ocr_pages) == len(raw.pages) else raw.engine, tuple(pages), tuple(needs), ocr_pages)


def fault_of(pages: Iterable[PageContent]) -> DocumentError | None:
    """What is told of the pages that could not be read among others: the code of the first, and of each what is wrong with it.

    >>> fault_of([PageContent(1, ()), PageContent(2, (), fault=("MALFORMED", "page 2 of 3 cannot be loaded"))])
    DocumentError('MALFORMED: page 2 of 3 cannot be loaded')
    """
    faults = [page.fault for page in pages if page.fault]
    if not faults:
        return None
    more = f"; and {len(faults) - FAULTS:,} more" if len(faults) > FAULTS else ""
    return DocumentError(faults[0][0], "; ".join(detail for _, detail in faults[:FAULTS]) + more)


def engine_of(source: SourceDocument, engine_name: str = "auto") -> Engine | None:
    """The engine that reads the pages of a PDF; None for saved text. DocumentError for what only OCR can read."""
    if source.media_type.startswith("image/"):
        raise DocumentError("NO_TEXT", "a picture: reading it needs OCR")
    return engine("pdfium" if engine_name in ("auto", OCR) else engine_name) if source.media_type == PDF else None


def joined(parts: Iterable[Contents]) -> Contents:
    """The contents of a document that was read in ranges, given in the order of its pages. ValueError where there are none."""
    known = tuple(parts)
    if not known:
        raise ValueError("a document has at least one range of pages")
    pages = tuple(page for part in known for page in part.pages)
    return Contents(_common_engine(known), pages, tuple(need for part in known for need in part.need_ocr), _ocr_pages(known))


def _without_scans(scanned: Contents, raw: Contents, done: Contents, pages: Collection[int]) -> Contents:
    """The contents with some pages as their text layer has them: a page of formulas is no better for being looked at."""
    known = {page.number: page for page in raw.pages if page.number in pages}
    needs = {*scanned.need_ocr, *(need for need in done.need_ocr if need.page in pages)}
    return Contents(
        raw.engine,
        tuple(known.get(page.number, page) for page in scanned.pages),
        tuple(sorted(needs, key=lambda need: need.page)),
        tuple(number for number in scanned.ocr_pages if number not in pages),
    )


def _common_engine(parts: Sequence[Contents]) -> str:
    """The engine that read the text layer of any range; OCR where it read them all."""
    return next((part.engine for part in parts if part.engine != OCR), OCR)


def _ocr_pages(parts: Iterable[Contents]) -> tuple[int, ...]:
    return tuple(number for part in parts for number in part.ocr_pages)


def _repaired_by_its_evidence(raw: Contents) -> Contents:
    evidence = survey(texts_of(raw))
    return repair_contents(raw, lambda text, trace: repair.repair_text(text, trace, evidence))


def texts_of(contents: Contents) -> Counter[Text]:
    """How often each text stands in the contents, in reading order of the first: an announcement repeats most of its cells."""
    return Counter((part.raw, part.trace) for page in contents.pages for part in parts_of(page) if part.raw)


def survey(texts: Mapping[Text, int]) -> repair.Evidence:
    """What the texts of a document, each with its count, show of its damage."""
    return repair.survey(chain.from_iterable(repeat(text, count) for text, count in texts.items()))


def repair_contents(contents: Contents, repaired: Callable[[str, str], repair.Repaired]) -> Contents:
    """The contents with the text of every line and cell as `repaired` gives it for the raw text and its trace."""
    pages = tuple(_repaired_page(page, repaired) for page in contents.pages)
    if contents.engine == "text":
        return replace(contents, pages=pages)
    return replace(contents, pages=pages, need_ocr=_needs(contents.need_ocr, _with_layer(contents, pages)))


def _with_layer(contents: Contents, pages: tuple[PageContent, ...]) -> tuple[PageContent, ...]:
    """Those of the pages whose text came out of the file's text layer."""
    return tuple(page for page in pages if page.number not in contents.ocr_pages)


def _needs(known: tuple[OcrNeed, ...], pages: tuple[PageContent, ...]) -> tuple[OcrNeed, ...]:
    """The pages that need OCR, now that repair has shown whose text is beyond it."""
    told = {need.page for need in known}
    garbled = (need for need in garbled_pages(pages, _impossible) if need.page not in told)
    return tuple(sorted((*known, *garbled), key=lambda need: need.page))


def _impossible(text: str) -> Iterable[re.Match[str]]:
    return IMPOSSIBLE.finditer(text) if is_impossible(text) else ()  # the gate costs a tenth of the search


def parts_of(page: PageContent) -> Iterator[TextLine | Cell]:
    """The lines and cells of a page, in reading order."""
    for block in page.blocks:
        if isinstance(block, Table):
            yield from block.cells
        else:
            yield block


def _repaired_page(page: PageContent, repaired: Callable[[str, str], repair.Repaired]) -> PageContent:
    return replace(page, blocks=tuple(_repaired(block, repaired) for block in page.blocks))


def _repaired(block: TextLine | Table, repaired: Callable[[str, str], repair.Repaired]) -> TextLine | Table:
    if isinstance(block, TextLine):
        done = repaired(block.raw, block.trace) if block.raw else None
        return replace(block, text=done.text, steps=done.steps) if done else block
    return replace(block, cells=tuple([_repaired_cell(cell, repaired) for cell in block.cells]))


def _repaired_cell(cell: Cell, repaired: Callable[[str, str], repair.Repaired]) -> Cell:
    if not cell.raw:
        return cell
    done = repaired(cell.raw, cell.trace)
    return cell.mended(done.text, done.steps)
