"""Proves a release again from its own data: what `verify` does beyond hashes and form.

The records are read back from the published files, every arithmetic identity is put to them anew, and the outcome must be the one
that was published. A number changed after the fact, with its file's hash made to fit, is found by what it no longer adds up to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from .checks.cells import ANSWERS, SCORES, SHARES
from .checks.judge import check_records
from .dataset.reconcile import reproved
from .model.record import (
    AgencyScore,
    GradeCount,
    IndicatorScore,
    InstrumentScore,
    OitItem,
    ProvinceScore,
    Record,
    RespondentCount,
    SurveyItem,
    SurveyRow,
    TypeSummary,
)
from .rulebook.frameworks import Framework

if TYPE_CHECKING:
    import pyarrow as pa

KINDS: tuple[type[Record], ...] = (
    AgencyScore,
    IndicatorScore,
    InstrumentScore,
    TypeSummary,
    GradeCount,
    SurveyItem,
    SurveyRow,
    OitItem,
    ProvinceScore,
    RespondentCount,
)
DECIMALS = frozenset({*SCORES, *SHARES, *ANSWERS})


def prove(frameworks: Mapping[int, Framework], tables: Callable[[str], pa.Table]) -> Iterator[tuple[str, str, str]]:
    """Yields code, place and detail of every identity whose outcome is not the published one. `tables` gives a dataset's table."""
    records: dict[str, list[Record]] = defaultdict(list)
    for kind in KINDS:
        for row in sorted(tables(kind.dataset).to_pylist(), key=lambda row: (row["document_id"], row["record_no"])):
            records[row["document_id"]].append(_record(kind, row))
    published: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    for row in tables("checks").select(["document_id", "identity", "subject", "outcome"]).to_pylist():
        published[row["document_id"]][row["identity"], row["subject"]] = row["outcome"]
    for document_id, members in records.items():
        _, checks = check_records(members, frameworks)
        for check in checks:
            told = published[document_id].get((check.identity, check.subject))
            if told != check.outcome:
                seen = f"{check.outcome}, published as {told or 'not made'} (expected {check.expected}, found {check.observed})"
                yield "PROOF", "checks", f"document {document_id}, {check.identity} of {check.subject}: {seen}"
    yield from reproved(tables)


def prover(frameworks: Mapping[int, Framework]) -> Callable[[Callable[[str], pa.Table]], Iterable[tuple[str, str, str]]]:
    """`prove` for a year's rules, as `verify` takes it."""
    return partial(prove, frameworks)


def _record(kind: type[Record], row: Mapping[str, Any]) -> Record:
    values = {field.name: _value(field.name, row[field.name]) for field in fields(kind)}
    return kind(**values)


def _value(name: str, value: Any) -> Any:
    if name in DECIMALS and value is not None:
        exact = Decimal(f"{value:.2f}")
        return _shortest(exact) if name in SHARES else exact
    return tuple(value) if isinstance(value, list) else value


def _shortest(value: Decimal) -> Decimal:
    """A share with the decimals that it needs: 33.00 may have been printed as 33, and is then rounded more coarsely."""
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()
