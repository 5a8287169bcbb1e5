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
    "instrument_scores": ("subject", "agency_name", "fiscal_year", "instrument", "part", "score"),
    "measures": ("agency_name", "fiscal_year", "seq", "measure", "steps", "responsible", "result", "outcomes"),
}


def table(dataset: str, rows: Sequence[dict[str, Value]]) -> str:
    """`rows` as CSV text. Absent is empty, truth is `true` or `false`, scores have two decimals, a list has one entry a line.

    >>> row = {"fiscal_year": 2563, "agency_type": "จังหวัด", "grade": "AA", "agency_count": 0, "share": Decimal("0")}
    >>> table("grade_counts", [row])
    'fiscal_year,agency_type,grade,agency_count,share\\n2563,จังหวัด,AA,0,0.00\\n'
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS[dataset])
    for row in rows:
        if set(row) != set(COLUMNS[dataset]):
            raise ValueError(f"{dataset}: a row has {sorted(row)}, not {sorted(COLUMNS[dataset])}")
        writer.writerow([_text(row[column]) for column in COLUMNS[dataset]])
    return out.getvalue()


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)
