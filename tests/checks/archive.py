"""The documents beside which a document lies in an archive, which print some of its scores again; and what they settle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import pyarrow as pa

from ita_extract.checks.judge import check_records
from ita_extract.dataset.elsewhere import Settled, said_elsewhere
from ita_extract.dataset.schema import tables_of
from ita_extract.dataset.statements import COMPARED
from ita_extract.model.record import AgencyScore, Check, DocumentResult, IndicatorScore, InstrumentScore, Record
from ita_extract.settling import settle
from tests.checks.planting import FRAMEWORKS
from tests.dataset.build import FIELDS, document, document_id, result

Shelf: TypeAlias = tuple[DocumentResult, ...]
Tables: TypeAlias = Mapping[str, pa.Table]
ASKED = "asked"
"""The name of the document that is asked for."""


def judged_result(name: str, kind: str, year: int, records: Sequence[Record]) -> DocumentResult:
    """A document as its own numbers prove it."""
    found, checks = check_records(records, FRAMEWORKS)
    told = document(document_type=kind, fiscal_year=year, file_name=f"{name}.pdf")
    return result(name, *found, checks=(*checks, *_of_other_kinds()), document=told)


def _of_other_kinds() -> tuple[Check, ...]:
    """A check that is not of numbers: it must stand in its place whatever becomes of these."""
    return (Check(identity="characters_placed", subject="document", expected="7", observed="7", tolerance="0", outcome="holds"),)


def neighbours(records: Sequence[Record]) -> Shelf:
    """What an archive holds besides: the announcement of next year, which prints the scores of this one in a column of its own, and
    a report for each agency of which instruments and indicators are printed."""
    years = [one.fiscal_year for one in records if isinstance(one, AgencyScore) and one.is_current_year]
    scores = [
        replace(one, is_current_year=False, grade=None, target_passed=None)
        for one in records
        if isinstance(one, AgencyScore) and one.is_current_year and one.agency_id
    ]
    shelf = [judged_result("next year", "announcement", max(years) + 1, scores)] if scores else []
    reports = defaultdict[str, list[Record]](list)
    for one in records:
        if isinstance(one, InstrumentScore | IndicatorScore) and one.subject == "agency" and one.agency_id:
            reports[one.agency_id].append(one)
    return *shelf, *(judged_result(name, "agency_report", some[0].fiscal_year, some) for name, some in sorted(reports.items()))


def tabled(shelf: Shelf) -> tuple[Tables, ...]:
    """Documents as the store holds them."""
    return tuple(tables_of(one, FIELDS) for one in shelf)


def settled(records: Sequence[Record], beside: Sequence[Tables], kind: str = "regional_report") -> Settled | None:
    """What a document gives where others lie beside it; None where they settle nothing of it."""
    year = next(one.fiscal_year for one in records if hasattr(one, "fiscal_year"))
    mine = tables_of(judged_result(ASKED, kind, year, records), FIELDS)
    said = said_elsewhere(*statements([mine, *beside])).get(document_id(ASKED))
    return settle(FRAMEWORKS, mine, said) if said else None


def statements(shelf: Sequence[Tables]) -> tuple[dict[str, pa.Table], pa.Table]:
    """The rows of all documents that are held against one another, and the documents."""
    names = {one.dataset for one in COMPARED}
    rows = {
        name: pa.concat_tables(one[name] for one in shelf if name in one) for name in names if any(name in one for one in shelf)
    }
    return rows, pa.concat_tables(one["documents"] for one in shelf)
