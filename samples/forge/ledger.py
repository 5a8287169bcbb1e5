"""Expected rows as CSV, in the contract's column names and in reading order."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal

from .document import Value

COLUMNS: dict[str, tuple[str, ...]] = {
    "agency_scores": (
        "agency_type",
        "fiscal_year",
        "row_no",
        "agency_name_printed",
        "province",
        "district",
        "score",
        "grade",
        "target_passed",
        "is_current_year",
    ),
    "type_summaries": (
        "fiscal_year",
        "agency_type",
        "agency_count",
        "staff_respondent_count",
        "external_respondent_count",
        "mean_score",
        "passed_count",
        "failed_count",
        "passed_share",
        "failed_share",
    ),
    "indicator_scores": ("subject", "agency_type", "fiscal_year", "instrument", "indicator_no", "indicator_name", "score"),
    "grade_counts": ("fiscal_year", "agency_type", "grade", "agency_count", "share"),
    "province_scores": ("fiscal_year", "province", "score", "rank_printed"),
    "instrument_scores": ("subject", "agency_name", "fiscal_year", "instrument", "part", "score"),
    "survey_items": ("agency_name", "fiscal_year", "instrument", "item_code", "item_text", "score"),
    "survey_rows": (
        "fiscal_year",
        "item_code",
        "row_no",
        "row_text",
        "scale",
        "direction",
        "score",
        "share_least",
        "share_little",
        "share_much",
        "share_most",
        "share_yes",
        "share_no",
    ),
    "oit_items": (
        "agency_name",
        "fiscal_year",
        "item_code",
        "item_name",
        "indicator_no",
        "sub_indicator_no",
        "sub_indicator_name",
        "section",
        "score",
        "comment",
    ),
    "respondents": ("fiscal_year", "instrument", "attribute", "category", "gender", "count"),
    "measures": ("agency_name", "fiscal_year", "seq", "measure", "steps", "responsible", "result", "outcomes"),
}

OPTIONAL: dict[str, tuple[str, ...]] = {"indicator_scores": ("agency_name", "province"), "instrument_scores": ("province",)}
"""Columns that only some kinds of document have something to say in, behind the others."""


def header(dataset: str, rows: Sequence[dict[str, Value]]) -> tuple[str, ...]:
    """The columns of a dataset, with those of the optional ones that its rows have."""
    return (*COLUMNS[dataset], *(name for name in OPTIONAL.get(dataset, ()) if any(name in row for row in rows)))


def table(dataset: str, rows: Sequence[dict[str, Value]]) -> str:
    """`rows` as CSV text. Absent is empty, truth is `true` or `false`, scores have two decimals, a list has one entry a line.

    >>> row = {"fiscal_year": 2563, "agency_type": "จังหวัด", "grade": "AA", "agency_count": 0, "share": Decimal("0")}
    >>> table("grade_counts", [row])
    'fiscal_year,agency_type,grade,agency_count,share\\n2563,จังหวัด,AA,0,0.00\\n'
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = header(dataset, rows)
    writer.writerow(columns)
    for row in rows:
        if set(row) != set(columns):
            raise ValueError(f"{dataset}: a row has {sorted(row)}, not {sorted(columns)}")
        writer.writerow([_text(row[column]) for column in columns])
    return out.getvalue()


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)
