"""Documents for these tests, made of text: no page and no PDF takes part."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ita_extract.identity.mention import agency_in
from ita_extract.identity.names import agency_type_of
from ita_extract.model.page import BBox
from ita_extract.model.record import AgencyScore, Record
from ita_extract.model.table import Cell, Document, LongTable, Row, TextLine
from ita_extract.records.announcement import read_announcement
from ita_extract.records.classify import Classified, classify
from ita_extract.records.naming import AgencyNames
from ita_extract.records.rows import Rows
from ita_extract.records.sections import split
from ita_extract.rulebook.load import Rulebook, load_rulebook

ACROSS = None
"""In a row of texts: the cell to the left goes on here."""


@cache
def rulebook() -> Rulebook:
    return load_rulebook()


@cache
def names() -> AgencyNames:
    known = rulebook().registry
    return AgencyNames(
        type_named=lambda text: kind.name if (kind := known.type_named(text)) else None,
        type_of_name=lambda name: agency_type_of(name, known),
        province_named=lambda text: place.name if (place := known.province_named(text)) else None,
        agency_in=lambda text: agency_in(text, known),
    )


def table(
    rows: Sequence[Sequence[str | None]], number: int = 1, *, page: int = 1, placed: bool = True, wide: float = 80.0
) -> LongTable:
    """A table of texts; ACROSS merges a cell with the one to its left. `placed`: cells have boxes, columns `wide` points wide."""

    def cell(r: int, c: int, span: int, text: str) -> Cell:
        box: BBox | None = (wide * c, 20.0 * r, wide * (c + span), 20.0 * r + 20) if placed else None
        return Cell(r, c, 1, span, box, text, text=text)

    made = []
    for r, row in enumerate(rows):
        cells: list[Cell] = []
        for c, text in enumerate(row):
            span = next((n for n, t in enumerate(row[c + 1 :], 1) if t is not ACROSS), len(row) - c)
            cells.append(cells[-1] if text is ACROSS else cell(r, c, span, text))
        own = list(dict.fromkeys(cells))
        box = (0.0, 20.0 * r, wide * len(row), 20.0 * r + 20) if placed else None
        made.append(Row(page, number, tuple(cells), box, " | ".join(c.text for c in own)))
    return LongTable(number, page, len(rows[0]), tuple(made))


def document(*blocks: str | LongTable) -> Document:
    """Lines and tables in reading order; lines of 16 points."""
    made = (TextLine(1, None, block, text=block, size=16.0) if isinstance(block, str) else block for block in blocks)
    return Document(1, tuple(made), ())


def read(*blocks: str | LongTable) -> Rows:
    """The records of an announcement with these blocks. It must be recognised as one."""
    sections, evidence = split(document(*blocks), rulebook().layouts, rulebook().frameworks)
    assert sections, evidence
    return read_announcement(sections[0], rulebook().frameworks, names())


def classified(*blocks: str | LongTable) -> Classified:
    return classify(document(*blocks), rulebook().layouts, rulebook().frameworks)


def scores(rows: Rows) -> list[AgencyScore]:
    return [record for record in rows.records if isinstance(record, AgencyScore)]


def told(record: Record, *fields: str) -> tuple[object, ...]:
    return tuple(getattr(record, field) for field in fields)
