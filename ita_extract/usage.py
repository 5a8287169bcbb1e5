"""Which rules does a folder of samples use? One that none uses may be mistyped, and nobody would know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from .contents import read_contents
from .errors import DocumentError
from .model.table import LongTable
from .pipeline import agency_names
from .reader import source_of
from .records.headings import find_head, grade_names
from .records.reading import Reading, read_document
from .rulebook.frameworks import Frameworks
from .rulebook.layouts import Layout, TableLayout
from .rulebook.load import Rulebook
from .run.sources import find_sources
from .tables.stitch import stitch


@dataclass(frozen=True, slots=True)
class Unused:
    """What no sample uses of one layout: the `whole` of it, or its tables, columns ("ranking.note") and skip rules."""

    document_type: str
    whole: bool
    tables: tuple[str, ...]
    columns: tuple[str, ...]
    skip: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """How many samples were read, what they leave unused, and the fiscal years that none of their records is of."""

    documents: int
    layouts: tuple[Unused, ...]
    years: tuple[int, ...]


def usage_of(samples: Path, rulebook: Rulebook) -> Usage:
    """Reads every document of a folder, and tells what the rules hold beyond what these need. Takes about a second a document.

    Raises UsageError where the folder is not there.
    """
    kinds: set[str] = set()
    columns: set[tuple[TableLayout, str]] = set()
    skip: set[tuple[str, str]] = set()
    years: set[int] = set()
    documents = 0
    for reading in _readings(samples, rulebook):
        documents += 1
        years.update(record.fiscal_year for record in reading.records)
        for section, rows in reading.parts:
            kinds.add(section.layout.document_type)
            skip.update((section.layout.document_type, name) for name, count in rows.tally.items() if count)
            for block in section.document.blocks:
                if isinstance(block, LongTable):
                    columns.update(_columns(block, section.layout, rulebook.frameworks))
    unused = tuple(_unused(rulebook.layouts, kinds, columns, skip))
    return Usage(documents, unused, tuple(year for year in rulebook.frameworks if year not in years))


def _readings(samples: Path, rulebook: Rulebook) -> Iterator[Reading]:
    names = agency_names(rulebook.registry)
    for file in find_sources([str(samples)]):
        with suppress(DocumentError):
            contents = read_contents(source_of(file), "auto")
            yield read_document(stitch(contents.pages), rulebook.layouts, rulebook.frameworks, names)


def _columns(table: LongTable, layout: Layout, frameworks: Frameworks) -> Iterator[tuple[TableLayout, str]]:
    """The columns of every head in a table: a report runs several tables together, so a head may stand in any row."""
    grades = grade_names(frameworks)
    for at in range(len(table.rows)):
        head = find_head(replace(table, rows=table.rows[at:]), layout.tables, grades)
        if head is not None:
            yield from ((head.layout, field) for field, _ in head.fields.values())


def _unused(
    layouts: tuple[Layout, ...], kinds: set[str], columns: set[tuple[TableLayout, str]], skip: set[tuple[str, str]]
) -> Iterator[Unused]:
    """One for each layout that is not used up. A table that several kinds share counts once, for the first of them."""
    told: set[TableLayout] = set()
    seen = {table for table, _ in columns}
    for layout in layouts:
        kind = layout.document_type
        own = [table for table in layout.tables if table not in told]
        told.update(own)
        fields = [(table, column.field) for table in own if table in seen for column in table.columns]
        one = Unused(
            kind,
            kind not in kinds,
            tuple(table.name for table in own if table not in seen),
            tuple(f"{table.name}.{field}" for table, field in fields if (table, field) not in columns),
            tuple(f"{table.name}.{rule.name}" for table in own for rule in table.skip if (kind, f"skip:{rule.name}") not in skip),
        )
        if one.whole or one.tables or one.columns or one.skip:
            yield one
