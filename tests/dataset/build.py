"""Documents for these tests, made of the records themselves: no PDF takes part."""

from __future__ import annotations

import hashlib
import inspect
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass, replace
from decimal import Decimal
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from ita_extract.dataset.descriptor import Provenance
from ita_extract.model import record as nouns
from ita_extract.model.record import (
    AgencyScore,
    Check,
    DocumentRecord,
    DocumentResult,
    GradeCount,
    IndicatorScore,
    InstrumentScore,
    Reject,
    RepairCount,
    TypeSummary,
)
from ita_extract.rulebook.fields import Column, Dataset, load_fields

FIELDS = load_fields()
MADE_BY = Provenance("1.0", "rules")
KEY = "key"


def filled_columns(dataset: Dataset) -> tuple[str, ...]:
    """The columns that records do not carry, because the store fills them in."""
    return tuple(name for name in dataset.names if name == "document_id" or name == dataset.ordinal)


def document_id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def document(**changes: Any) -> DocumentRecord:
    base = DocumentRecord(
        file_name="ประกาศ.pdf",
        media_type="application/pdf",
        document_type="announcement",
        title=None,
        agency_name=None,
        fiscal_year=2563,
        page_count=3,
        byte_count=1000,
        engine="pdfium",
        ocr_page_count=0,
        status="parsed",
        error_code=None,
        error_message=None,
        record_count=0,
        reject_count=0,
    )
    return replace(base, **changes)


def score(agency: str | None, value: str, year: int = 2563, **changes: Any) -> AgencyScore:
    base = AgencyScore(
        page=1,
        table_no=1,
        agency_type="เทศบาลตำบล",
        fiscal_year=year,
        row_no=None,
        agency_name=f"เทศบาลตำบล{agency or 'ไม่ทราบ'}",
        agency_name_printed=f"ทต.{agency or 'ไม่ทราบ'}",
        province="ลำพูน",
        district=None,
        score=Decimal(value),
        score_printed=value,
        grade="A",
        target_passed=True,
        is_current_year=True,
        bbox=(10.0, 20.0, 30.0, 40.0),
        agency_id=agency,
        identity_match="exact" if agency else "none",
        identity_score=1.0 if agency else None,
    )
    return replace(base, **changes)


def result(name: str, *records: nouns.Record, **parts: Any) -> DocumentResult:
    base = DocumentResult(document_id=document_id(name), document=document(), records=records, rejects=(), checks=(), repairs=())
    return replace(base, **parts)


def rich_result(name: str, year: int = 2563, agencies: int = 5) -> DocumentResult:
    """A document with rows in every dataset that an announcement fills."""
    records: list[nouns.Record] = []
    for number in range(1, agencies + 1):
        current = score(f"lp-{number:03}", f"{60 + number % 40}.25", year, row_no=number)
        earlier = score(f"lp-{number:03}", f"{50 + number % 40}.50", year - 1, row_no=number, grade=None, target_passed=None)
        records += [current, replace(earlier, is_current_year=False)]
    where = {"page": 2, "fiscal_year": year, "bbox": None}
    kind = {"subject": "agency_type", "agency_name": None, "agency_type": "เทศบาลตำบล", "province": None}
    for number in range(1, 11):
        instrument = "IIT" if number < 6 else "EIT" if number < 9 else "OIT"
        means = {"instrument": instrument, "indicator_no": number, "indicator_name": "การใช้อำนาจ", "score": Decimal("81.20")}
        records.append(IndicatorScore(**where, **kind, **means, score_printed="๘๑.๒๐"))
    total = {
        "subject": "agency",
        "agency_name": "เทศบาลตำบลก",
        "province": "ลำพูน",
        "instrument": "OIT",
        "part": None,
        "score": Decimal("92.17"),
    }
    records.append(InstrumentScore(**where, **total, score_printed="92.17"))
    records.append(TypeSummary(page=2, fiscal_year=year, agency_type="เทศบาลตำบล", agency_count=5, mean_score=Decimal("66.4")))
    records.append(GradeCount(page=2, fiscal_year=year, agency_type="เทศบาลตำบล", grade="A", agency_count=5, share=Decimal(100)))
    return result(
        name,
        *records,
        document=document(file_name=f"{name}.pdf", fiscal_year=year),
        rejects=(Reject(page=1, target="agency_scores", reason="no_score", detail="", raw_text="9\tทต.ข\t-", bbox=None),),
        checks=(Check(identity="grade", subject="row 1", expected="A", observed="A", tolerance="", outcome="holds"),),
        repairs=(RepairCount(page=1, rule="split-sara-am", count=2, example_before="ด าเนิน", example_after="ดำเนิน"),),
    )


def record_classes(module: ModuleType = nouns) -> list[type[Any]]:
    """Every class of `model.record` that is the row of a dataset."""
    members = (member for _, member in inspect.getmembers(module, inspect.isclass))
    return [member for member in members if is_dataclass(member) and "dataset" in vars(member)]


def rows_of(cls: type[Any]) -> st.SearchStrategy[Any]:
    """Any record of `cls` that its columns allow: any Unicode, any bound, null wherever null may be."""
    dataset = FIELDS.dataset(cls.dataset)
    columns = {"target": "dataset"}
    return st.builds(
        cls, **{field.name: _values(dataset.column(columns.get(field.name, field.name))) for field in dataclass_fields(cls)}
    )


def _values(column: Column) -> st.SearchStrategy[Any]:
    low = 0 if column.minimum is None else column.minimum
    high = 10_000 if column.maximum is None else column.maximum
    floats = st.floats(-1e4, 1e4, allow_nan=False)
    texts = st.text(min_size=0 if column.may_be_empty else 1, max_size=12)
    strings = (
        st.sampled_from(column.enum) if column.enum else st.from_regex(column.pattern, fullmatch=True) if column.pattern else texts
    )
    decimals = st.decimals(low, high, places=2)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "string": strings,
        "int64": st.integers(int(low), int(high)),
        "float64": decimals,
        "bool": st.booleans(),
        "bbox": st.tuples(floats, floats, floats, floats),
        "list<string>": st.lists(strings, max_size=3).map(tuple),
        "list<float64>": st.lists(decimals, max_size=3).map(tuple),
    }
    return kinds[column.type] if column.required else st.none() | kinds[column.type]
