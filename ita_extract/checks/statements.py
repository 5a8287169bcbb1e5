"""Whom a printed number is about, and which number of the assessment's tree it is."""

from __future__ import annotations

from typing import TypeAlias

from ..model.record import (
    AgencyScore,
    IndicatorScore,
    InstrumentScore,
    OitItem,
    ProvinceScore,
    Record,
    SurveyItem,
    SurveyRow,
    TypeSummary,
)

Subject: TypeAlias = tuple[int, str, str]
"""Whom a number is about: fiscal year, kind of subject, and its id or name."""
Statement: TypeAlias = tuple[Subject, str, int | str | None]
"""What a number states: its subject, the branch of the tree, and which number of that branch."""


def statement_of(record: Record) -> Statement | None:
    """What a record states; None for what is in no tree."""
    match record:
        case AgencyScore() if record.is_current_year or record.grade is not None:
            return (record.fiscal_year, "agency", who(record)), "overall", None
        case IndicatorScore():
            named = {"agency": who(record), "province": record.province or "", "agency_type": record.agency_type or ""}
            return (record.fiscal_year, record.subject, named[record.subject]), "indicator", record.indicator_no
        case InstrumentScore():
            named = {"agency": who(record), "province": record.province or ""}
            return (record.fiscal_year, record.subject, named[record.subject]), "instrument", _instrument_key(record)
        case ProvinceScore():
            return (record.fiscal_year, "province", record.province), "overall", None
        case TypeSummary() if record.mean_score is not None:
            return (record.fiscal_year, "agency_type", record.agency_type), "overall", None
        case SurveyItem():
            return (record.fiscal_year, "agency", who(record)), "item", record.item_code
        case OitItem() if record.score is not None:
            return (record.fiscal_year, "agency", who(record)), "item", record.item_code
        case SurveyRow():
            return (record.fiscal_year, "agency", record.agency_id or "/"), "row", record.item_code
    return None


def who(record: AgencyScore | IndicatorScore | InstrumentScore | SurveyItem | OitItem) -> str:
    """An agency by its id; by its province and name, with a stroke between them, where it was not resolved."""
    return record.agency_id or f"{getattr(record, 'province', None) or ''}/{record.agency_name or ''}"


def is_resolved(subject: Subject) -> bool:
    """Whether it is known whom a statement is about: an unresolved name may be that of two agencies."""
    _, _, name = subject
    return bool(name) and "/" not in name


def _instrument_key(record: InstrumentScore) -> str:
    return record.instrument if record.part is None else f"{record.instrument}/{record.part}"
