"""Records of one agency's report for these tests, whose numbers satisfy every identity of 2563; and decisions about them."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from ita_extract.corrections import Corrections, Decision, read_corrections
from ita_extract.model.record import AgencyScore, IndicatorScore, InstrumentScore, Measure, Record, SurveyItem
from ita_extract.rulebook.load import load_rulebook

RULES = load_rulebook()
DOCUMENT = "ab" * 32
INDICATORS = ("90.00", "88.00", "86.00", "84.00", "82.00", "80.00", "82.00", "84.00", "90.00", "100.00")
INSTRUMENTS = {"IIT": "86.00", "EIT": "82.00", "OIT": "95.00"}
TOTAL = "88.40"


def indicator(no: int, score: str) -> IndicatorScore:
    instrument = "IIT" if no < 6 else "EIT" if no < 9 else "OIT"
    who = {"subject": "agency", "agency_name": "จังหวัดลำพูน", "agency_type": None, "province": None, "agency_id": "PROV-51"}
    value = {"score": Decimal(score), "score_printed": score, "bbox": None}
    return IndicatorScore(page=2, fiscal_year=2563, instrument=instrument, indicator_no=no, indicator_name="ก", **who, **value)


def instrument(code: str, score: str) -> InstrumentScore:
    who = {"subject": "agency", "agency_name": "จังหวัดลำพูน", "province": None, "agency_id": "PROV-51", "part": None}
    value = {"score": Decimal(score), "score_printed": score, "bbox": None}
    return InstrumentScore(page=2, fiscal_year=2563, instrument=code, **who, **value)


def total(score: str = TOTAL, **changes: Any) -> AgencyScore:
    base = AgencyScore(
        page=1,
        table_no=None,
        agency_type="จังหวัด",
        fiscal_year=2563,
        row_no=None,
        agency_name="จังหวัดลำพูน",
        agency_name_printed="จังหวัดลำพูน",
        province="ลำพูน",
        district=None,
        score=Decimal(score),
        score_printed=score,
        grade="A",
        target_passed=True,
        is_current_year=True,
        bbox=None,
        agency_id="PROV-51",
        identity_match="exact",
        identity_score=1.0,
    )
    return replace(base, **changes)


def item(score: str) -> SurveyItem:
    """A question whose rows are not printed: no identity covers it."""
    who = {"agency_name": "จังหวัดลำพูน", "agency_id": "PROV-51", "bbox": None}
    question = {"instrument": "IIT", "item_code": "I7", "indicator_no": 2, "item_text": "ก"}
    return SurveyItem(page=3, fiscal_year=2563, score=Decimal(score), **question, **who)


def measure(text: str) -> Measure:
    nothing = dict.fromkeys(("topic", "indicator_no", "period", "responsible", "result", "analysis", "follow_up", "bbox"))
    about = {"page": 4, "page_end": 4, "agency_name": "จังหวัดลำพูน", "fiscal_year": 2563, "seq": 1}
    return Measure(measure=text, steps=(), outcomes=(), **about, **nothing)


def report(indicators: dict[int, str] | None = None, instruments: dict[str, str] | None = None, **changes: Any) -> list[Record]:
    """The report, some of its numbers misread."""
    indicators, instruments = indicators or {}, instruments or {}
    parts = [indicator(no, indicators.get(no, score)) for no, score in enumerate(INDICATORS, 1)]
    wholes = [instrument(code, instruments.get(code, score)) for code, score in INSTRUMENTS.items()]
    return [total(changes.pop("score", TOTAL), **changes), *parts, *wholes, item("71.00"), measure("ให้ความรู้")]


def decide(dataset: str, record_no: int, field: str, before: str | None, after: str | None = None, **changes: Any) -> Decision:
    words = {"document_id": DOCUMENT, "decision": "correct", "who": "สมชาย", "why": "ดูหน้าเอกสารแล้ว", "date": "2026-01-31"}
    told = {**words, "dataset": dataset, "record_no": record_no, "field": field, "before": before, "after": after, **changes}
    return Decision(**told)


def line_of(decision: Decision, **changes: Any) -> dict[str, Any]:
    """A decision as a line of a file has it."""
    names = ("document_id", "dataset", "record_no", "field", "page", "bbox", "before", "after", "decision", "who", "why", "date")
    return {name: getattr(decision, name) for name in names} | changes


def written(folder: Path, *lines: dict[str, Any] | str) -> Path:
    path = folder / "corrections.jsonl"
    path.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)}\n" for one in lines), "utf-8")
    return path


def read(folder: Path, *lines: dict[str, Any] | str) -> Corrections:
    return read_corrections(written(folder, *lines), RULES.fields)
