"""Everything that is known of one page: what the engine gave, what the rooms made of it, and which layout its document is of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..checks.legible import OcrNeed
from ..contents import OCR, PDF, engine_of, parts_of, read_contents
from ..errors import UsageError
from ..model.page import Page
from ..model.source import SourceDocument
from ..model.table import Document, LongTable, PageContent, Table, TextLine
from ..records.headings import Head
from ..records.sections import Section, split
from ..rulebook.load import Rulebook
from ..tables.stitch import stitch
from .compare import Comparison, compare_engines

EXAMPLE = 60
"""Characters of a text that are shown."""


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table of the page. `first_page`: where it begins, an earlier page where it runs on. `head`: None where no rule knows it.

    `headings`: what stands over each column, the lowest cell first.
    """

    table: Table
    table_no: int
    first_page: int
    head: Head | None
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RepairFact:
    """How often a rule repaired something on the page, and one place of it before and after."""

    rule: str
    count: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """One page of a document as read. `page` is its text layer as the engine gives it, None for saved text and for pictures.

    `blocks` are lines and tables in reading order, `furniture` is what was set aside. `kinds`: the document types of the sections
    that stand on the page; `evidence`: what spoke for every kind in the whole document.
    """

    file_name: str
    engine: str
    page_count: int
    page: Page | None
    content: PageContent
    blocks: tuple[TextLine | FoundTable, ...]
    furniture: tuple[TextLine, ...]
    need: OcrNeed | None
    kinds: tuple[str, ...]
    evidence: tuple[str, ...]
    repairs: tuple[RepairFact, ...]
    comparison: Comparison | None = None

    @property
    def tables(self) -> tuple[FoundTable, ...]:
        return tuple(block for block in self.blocks if isinstance(block, FoundTable))


def inspect_page(
    source: SourceDocument, number: int, rulebook: Rulebook, engine_name: str = "auto", *, compare: bool = False
) -> Inspection:
    """What is found on page `number` (from 1). The whole document is read: its evidence decides repair, tables and layout.

    `compare`: the other engine reads the page, too. Raises UsageError where there is no such page, DocumentError for a document
    that cannot be read.
    """
    contents = read_contents(source, engine_name)
    content = next((page for page in contents.pages if page.number == number), None)
    if content is None:
        count = len(contents.pages)
        has = f"{count} pages" if count > 1 else "one page"
        raise UsageError(f"there is no page {number} in {source.file_name!r}", advice=f"It has {has}; pages count from 1.")
    engine = engine_of(source, engine_name) if source.media_type == PDF else None
    page = next(iter(engine.read(source, range(number, number + 1))), None) if engine else None
    document = stitch(contents.pages)
    sections, evidence = split(document, rulebook.layouts, rulebook.frameworks)
    aside = {id(line) for line in document.furniture}
    before = sum(isinstance(block, Table) for one in contents.pages if one.number < number for block in one.blocks)
    return Inspection(
        file_name=source.file_name,
        engine=OCR if number in contents.ocr_pages else contents.engine,
        page_count=len(contents.pages),
        page=page,
        content=content,
        blocks=tuple(_blocks(content, before, aside, document, sections)),
        furniture=tuple(line for line in document.furniture if line.page == number),
        need=next((need for need in contents.need_ocr if need.page == number), None),
        kinds=tuple(section.layout.document_type for section in sections if number in _pages_of(section.document)),
        evidence=evidence,
        repairs=tuple(_repairs(content)),
        comparison=compare_engines(source, page, engine.name, len(contents.pages), before + 1)
        if compare and engine and page
        else None,
    )


def _blocks(
    content: PageContent, number: int, aside: set[int], document: Document, sections: Sequence[Section]
) -> Iterator[TextLine | FoundTable]:
    """The blocks of a page that are no furniture; `number` tables stand on the pages before it."""
    heads = {no: head for section in sections for no, head in section.heads.items()}
    long = [block for block in document.blocks if isinstance(block, LongTable)]
    for block in content.blocks:
        if isinstance(block, TextLine):
            if id(block) not in aside:
                yield block
            continue
        number += 1
        whole = max((one for one in long if one.table_no <= number), key=lambda one: one.table_no)
        head = heads.get(whole.table_no)
        yield FoundTable(block, number, whole.page, head, _headings(whole, head))


def _headings(table: LongTable, head: Head | None) -> tuple[str, ...]:
    rows = table.rows[: head.rows if head else 1]
    return tuple(_heading([cell.text for row in rows if (cell := row.cells[col])]) for col in range(table.n_cols))


def _heading(texts: Sequence[str]) -> str:
    """What stands over a column, the lowest cell first: those above it are shared with its neighbours."""
    return " < ".join(dict.fromkeys(" ".join(text.split()) for text in reversed(texts) if text.strip()))


def _pages_of(document: Document) -> set[int]:
    lines = {block.page for block in document.blocks if isinstance(block, TextLine)}
    return lines | {row.page for block in document.blocks if isinstance(block, LongTable) for row in block.rows}


def _repairs(content: PageContent) -> Iterator[RepairFact]:
    counts: Counter[str] = Counter()
    examples: dict[str, tuple[str, str]] = {}
    for part in parts_of(content):
        for step in part.steps:
            counts[step.rule] += 1
            examples.setdefault(step.rule, (part.raw, part.text))
    for rule, count in counts.most_common():
        before, after = (" ".join(text.split())[:EXAMPLE] for text in examples[rule])
        yield RepairFact(rule, count, before, after)
