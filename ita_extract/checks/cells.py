"""Which fields of a record are printed numbers, and what each stands for before it was rounded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from ..model.record import InstrumentScore, Record
from ..rulebook.frameworks import Framework
from .interval import HALF, Interval, exact, printed
from .network import Node

SCORES = ("score", "mean_score")
SHARES = ("share", "passed_share", "failed_share")
ANSWERS = ("share_least", "share_little", "share_much", "share_most", "share_yes", "share_no")
COUNTS = ("agency_count", "passed_count", "failed_count", "staff_respondent_count", "external_respondent_count", "count")
PLACES = 2
"""Scores and answer shares are printed with two decimals."""
CENT = Decimal("0.01")
HUNDRED = Decimal(100)

_NUMBER = re.compile(r"[0-9๐-๙]+(?:\.[0-9๐-๙]+)?")
_THAI = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def numbers_of(record: Record) -> Iterator[tuple[str, Decimal | int]]:
    """The numeric cells of a record, by field."""
    for field in (*SCORES, *SHARES, *ANSWERS, *COUNTS):
        value = getattr(record, field, None)
        if value is not None:
            yield field, value


def places_of(field: str, value: Decimal | int) -> int:
    """How many decimals the column prints; a share of 33 was rounded to a whole number."""
    if field in COUNTS:
        return 0
    if field in SHARES:
        return max(0, -int(Decimal(value).as_tuple().exponent))
    return PLACES


def stands_for(record: Record, field: str, value: Decimal | int, framework: Framework | None) -> Interval:
    """Every number that the cell may have been before it was rounded."""
    if isinstance(record, InstrumentScore) and framework is not None:
        weighted = _weighted(record, value, framework)
        if weighted is not None:
            return weighted
    places = places_of(field, value)
    return exact(value) if field in COUNTS else printed(Decimal(value), places)


def _weighted(record: InstrumentScore, value: Decimal | int, framework: Framework) -> Interval | None:
    """An instrument printed as its part of the total ("28.04" of 30) is known less exactly than two decimals of 100."""
    found, instrument = _NUMBER.fullmatch(record.score_printed.strip()), framework.instrument(record.instrument)
    if found is None or instrument is None:
        return None
    part, whole = Decimal(found[0].translate(_THAI)), instrument.weight
    if part == value or abs((part / whole).quantize(CENT) - Decimal(value)) > CENT:
        return None
    half = HALF.scaleb(-PLACES)
    return Interval((part - half) / whole, (part + half) / whole)


def printed_numbers(records: Sequence[Record], frameworks: Mapping[int, Framework]) -> dict[Node, Interval]:
    """What every numeric cell of the records stands for."""
    return {
        (at, field): stands_for(record, field, value, frameworks.get(getattr(record, "fiscal_year", 0)))
        for at, record in enumerate(records)
        for field, value in numbers_of(record)
    }
