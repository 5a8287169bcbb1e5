"""From a document to its records: parted into sections of one kind, each section read by the reader of its layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..model.record import Check, Record, Reject
from ..model.table import Document
from ..rulebook.frameworks import Frameworks
from ..rulebook.layouts import Layout
from .agency_report import read_agency_report
from .announcement import read_announcement
from .history import read_history
from .measures import read_measures
from .naming import AgencyNames
from .prose import read_prose
from .regional import read_regional
from .rows import Rows
from .sections import OTHER, Section, split

COMPENDIUM = "compendium"


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
    def checks(self) -> tuple[Check, ...]:
        return tuple(check for _, rows in self.parts for check in rows.checks)

    @property
    def tally(self) -> Counter[str]:
        return sum((rows.tally for _, rows in self.parts), Counter())


READERS: Mapping[str, Callable[[Section, Frameworks, AgencyNames], Rows]] = MappingProxyType(
    {
        "announcement": read_announcement,
        "agency_history": read_history,
        "agency_report": read_agency_report,
        "analysis": read_measures,
        "measures_plan": read_measures,
        "measures_report": read_measures,
        "regional_report": read_regional,
        OTHER: read_prose,
    }
)
"""The reader of each kind of document, by the `document_type` of its layout."""


def read_document(document: Document, layouts: tuple[Layout, ...], frameworks: Frameworks, names: AgencyNames) -> Reading:
    """Every record of a document, by the layouts that its sections are of.

    Letters count where they say something, and for the kind of the document only where it is nothing else: a report with a letter
    before it is a report.
    """
    sections, evidence = split(document, layouts, frameworks)
    read = [(section, READERS[section.layout.document_type](section, frameworks, names)) for section in sections]
    parts = tuple(
        (section, rows) for section, rows in read if section.layout.document_type != OTHER or rows.records or rows.rejects
    )
    kinds = {section.layout.document_type for section, _ in parts}
    main = [(section, rows) for section, rows in parts if kinds == {OTHER} or section.layout.document_type != OTHER]
    return Reading(
        document_type=COMPENDIUM if len(kinds - {OTHER}) > 1 else next(iter(kinds - {OTHER}), OTHER),
        title=next((section.title for section, _ in main if section.title), None),
        agency_name=next((rows.agency_name for _, rows in main if rows.agency_name), None),
        fiscal_year=next((rows.fiscal_year for _, rows in main if rows.fiscal_year), None),
        parts=parts,
        evidence=evidence,
    )
