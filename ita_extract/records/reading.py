"""From a document to its records: parted into sections of one kind, each section read by the reader of its layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..model.record import Record, Reject
from ..model.table import Document
from ..rulebook.frameworks import Frameworks
from ..rulebook.layouts import Layout
from .announcement import read_announcement
from .naming import AgencyNames
from .rows import Rows
from .sections import Section, split

COMPENDIUM = "compendium"
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document says. `document_type` is `compendium` where its sections are of several kinds, `other` where none is known.

    `parts` are its sections with the rows of each; `evidence` tells what spoke for each kind, for people.
    """

    document_type: str
    title: str | None
    agency_name: str | None
    fiscal_year: int | None
    parts: tuple[tuple[Section, Rows], ...]
    evidence: tuple[str, ...]

    @property
    def records(self) -> tuple[Record, ...]:
        return tuple(record for _, rows in self.parts for record in rows.records)

    @property
    def rejects(self) -> tuple[Reject, ...]:
        return tuple(reject for _, rows in self.parts for reject in rows.rejects)

    @property
    def tally(self) -> Counter[str]:
        return sum((rows.tally for _, rows in self.parts), Counter())


READERS: Mapping[str, Callable[[Section, Frameworks, AgencyNames], Rows]] = MappingProxyType({"announcement": read_announcement})
"""The reader of each kind of document, by the `document_type` of its layout."""


def read_document(document: Document, layouts: tuple[Layout, ...], frameworks: Frameworks, names: AgencyNames) -> Reading:
    """Every record of a document, by the layouts that its sections are of."""
    sections, evidence = split(document, layouts, frameworks)
    parts = tuple((section, READERS[section.layout.document_type](section, frameworks, names)) for section in sections)
    kinds = {section.layout.document_type for section in sections}
    first, rows = parts[0] if parts else (None, None)
    return Reading(
        document_type=COMPENDIUM if len(kinds) > 1 else next(iter(kinds), OTHER),
        title=first.title if first else None,
        agency_name=rows.agency_name if rows else None,
        fiscal_year=rows.fiscal_year if rows else None,
        parts=parts,
        evidence=evidence,
    )
