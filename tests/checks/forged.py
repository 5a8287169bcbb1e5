"""Records of forged documents, as a reader would give them: no page takes part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from ita_extract.model.record import (
    AgencyScore,
    GradeCount,
    IndicatorScore,
    InstrumentScore,
    OitItem,
    ProvinceScore,
    Record,
    SurveyItem,
    SurveyRow,
    TypeSummary,
)

KINDS: tuple[type[Record], ...] = (
    AgencyScore,
    InstrumentScore,
    IndicatorScore,
    TypeSummary,
    GradeCount,
    SurveyItem,
    SurveyRow,
    OitItem,
    ProvinceScore,
)
ABSENT = {
    "table_no": 1,
    "row_no": None,
    "bbox": None,
    "province": None,
    "district": None,
    "agency_name": None,
    "agency_type": None,
    "part": None,
    "target_passed": None,
    "is_current_year": True,
    "item_key": None,
    "indicator_no": None,
    "sub_indicator_name": None,
    "grade": None,
    "direction": None,
    "instrument": "IIT",
    "subject": "agency",
    "indicator_name": "การใช้อำนาจ",
}


def records_of(expected: Mapping[str, Sequence[Mapping[str, Any]]], **given: Any) -> tuple[Record, ...]:
    """The rows that a forged document must give, as the records they are; `given` fills columns that no row has."""
    made = []
    for kind in KINDS:
        for row in expected.get(kind.dataset, ()):
            values = {**ABSENT, "page": 1, "score_printed": str(row.get("score", "")), **given, **row}
            values.setdefault("agency_name_printed", values["agency_name"])
            values["agency_name"] = values["agency_name"] or values["agency_name_printed"]
            known = {field.name for field in fields(kind)}
            made.append(kind(**{name: value for name, value in values.items() if name in known}))
    return tuple(made)
