"""Which fields of a record are printed numbers, with how many decimals, and what each stands for before it was rounded."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias, get_args

from ..model.record import AgencyScore, GradeCount, IndicatorScore, InstrumentScore, Record, TypeSummary, altered
from ..model.unread import readings
from ..rulebook.frameworks import Framework
from ..rulebook.parts import converted
from .interval import HALF, Interval, exact, printed
from .network import Node

SCORES = ("score", "mean_score")
SHARES = ("share", "passed_share", "failed_share")
ANSWERS = ("share_least", "share_little", "share_much", "share_most", "share_yes", "share_no")
COUNTS = ("agency_count", "passed_count", "failed_count", "staff_respondent_count", "external_respondent_count", "count")
NUMBERS: Mapping[type, tuple[str, ...]] = {
    kind: tuple(name for name in (*SCORES, *SHARES, *ANSWERS, *COUNTS) if name in {field.name for field in fields(kind)})
    for kind in get_args(Record)
}
"""The numeric fields of each kind of record."""
Reading: TypeAlias = Callable[[Decimal], tuple[Decimal, Interval]]
PLACES = 2
"""Scores and answer shares are printed with two decimals."""
CENT = Decimal("0.01")
HUNDRED = Decimal(100)

_NUMBER = re.compile(r"[0-9๐-๙]+(?:\.[0-9๐-๙]+)?")
_THAI = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def numbers_of(record: Record) -> Iterator[tuple[str, Decimal | int]]:
    """The numeric cells of a record, by field."""
    for field in NUMBERS[type(record)]:
        value = getattr(record, field)
        if value is not None:
            yield field, value


def number(value: Decimal | int) -> str:
    """A number as it is published: a count, or two decimals.

    >>> number(Decimal("66.4")), number(7)
    ('66.40', '7')
    """
    return str(value) if isinstance(value, int) else f"{value.quantize(CENT, ROUND_HALF_UP):f}"


def as_published(record: Record) -> Record:
    """The record with no more decimals than are published, so that a release proves what its documents proved."""
    changed: dict[str, Decimal] = {
        field: value.quantize(CENT, ROUND_HALF_UP)
        for field, value in numbers_of(record)
        if isinstance(value, Decimal) and int(value.as_tuple().exponent) < -PLACES
    }
    return altered(record, **changed) if changed else record


def with_values(records: Sequence[Record], values: Mapping[Node, Decimal]) -> tuple[Record, ...]:
    """The records with other numbers in some of their cells."""
    done = list(records)
    for (at, field), value in values.items():
        done[at] = altered(done[at], **{field: int(value) if field in COUNTS else value})
    return tuple(done)


def is_publishable(record: Record) -> bool:
    """Whether every number is one that may be published: no count below 0, no score or share beyond 0 to 100."""
    return all(value >= 0 and (field in COUNTS or value <= HUNDRED) for field, value in numbers_of(record))


def _shortest(value: Decimal) -> Decimal:
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()


@dataclass(frozen=True, slots=True)
class Print:
    """How a document prints its numbers.

    `decimals` are the most that any number of a column has: 66.4 beside 70.02 is 66.40, while a text that says "95.6" and nothing
    finer may mean 95.55. `wholes` are the parts of 1 that instruments are printed of, where a column prints "28.04" of 30.
    """

    decimals: Mapping[Hashable, int]
    wholes: Mapping[Hashable, Decimal]

    @classmethod
    def of(cls, records: Sequence[Record], frameworks: Mapping[int, Framework]) -> Print:
        decimals: dict[Hashable, int] = defaultdict(int)
        parts: dict[tuple[Hashable, Decimal], list[bool]] = defaultdict(list)
        for record in records:
            for field, value in numbers_of(record):
                if (column := _column(record, field)) is not None:
                    decimals[column] = max(decimals[column], _decimals(record, field, value))
            if isinstance(record, InstrumentScore) and (weight := _weight(record, frameworks)):
                parts[_instrument_column(record), weight].append(_part_of(record, weight) is not None)
        wholes = {column: weight for (column, weight), found in parts.items() if sum(found) * 2 > len(found)}
        return cls(dict(decimals), wholes)

    def places(self, record: Record, field: str) -> int:
        """How many decimals the column of a cell prints."""
        if field in COUNTS:
            return 0
        column = _column(record, field)
        return PLACES if column is None else self.decimals.get(column, PLACES)

    def whole(self, record: Record) -> Decimal | None:
        """What a score of this column is printed as a part of, as a share of the total; None where it is printed of 100."""
        return self.wholes.get(_instrument_column(record)) if isinstance(record, InstrumentScore) else None

    def stands_for(self, record: Record, field: str, value: Decimal | int) -> Interval:
        """Every number that a cell may have been before it was rounded."""
        if isinstance(record, InstrumentScore) and (whole := self.whole(record)):
            part = _part_of(record, whole)
            # a part that was misread does not tell what it was: it was rounded, and so was the score made of it
            return _of_part(part, whole) if part is not None else printed(Decimal(value)) + _of_part(Decimal(0), whole)
        if found := self.unread(record, field):
            return Interval(printed(found[0]).low, printed(found[-1]).high)
        return exact(value) if field in COUNTS else printed(Decimal(value), self.places(record, field))

    def unread(self, record: Record, field: str) -> tuple[Decimal, ...]:
        """What a score may be of which not every digit could be read, in order; none of a score that is known."""
        value = getattr(record, field)
        is_open = field == "score" and value is not None and value > HUNDRED
        return readings(getattr(record, "score_printed", "")) if is_open else ()

    def values(self, records: Sequence[Record]) -> dict[Node, Interval]:
        """What every numeric cell of the records stands for."""
        return {
            (at, field): self.stands_for(record, field, value)
            for at, record in enumerate(records)
            for field, value in numbers_of(record)
        }

    def digits(self, record: Record, field: str) -> Decimal:
        """The number that stands on the page: with the decimals that its column prints, and as the part that is printed of it."""
        value = getattr(record, field)
        if isinstance(record, InstrumentScore) and (whole := self.whole(record)):
            part = _part_of(record, whole)
            return (value * whole).quantize(CENT) if part is None else part
        if field not in COUNTS and value > HUNDRED:
            return Decimal(value)  # a point was lost or moved: the digits tell where it stood only as they were read
        places = self.places(record, field)
        if isinstance(value, Decimal) and value.as_tuple().exponent == -places:
            return value
        short = Decimal(value).quantize(Decimal(1).scaleb(-places))
        return short if short == value else Decimal(value)

    def reading(self, record: Record, field: str) -> Reading:
        """What digits on the page would make of a cell: its value, and all that it stands for."""
        if isinstance(record, InstrumentScore) and (whole := self.whole(record)):
            return lambda digits: (converted(digits, whole), _of_part(digits, whole))
        if field in COUNTS:
            return lambda digits: (digits, exact(digits))
        places = self.places(record, field)
        return lambda digits: (digits, printed(digits, places))

    def read_as(self, record: Record, field: str, digits: Decimal) -> tuple[Decimal, Interval]:
        """The value of a cell, and all that it stands for, if other digits stood on the page."""
        return self.reading(record, field)(digits)


def _column(record: Record, field: str) -> Hashable:
    """What is printed in one way: the scores of a table, the shares of a type. None where two decimals are taken for granted."""
    match record:
        case AgencyScore():
            return record.dataset, record.table_no, record.fiscal_year
        case IndicatorScore() | InstrumentScore():
            return record.dataset, record.subject, record.fiscal_year
        case TypeSummary() | GradeCount() if field in SHARES:
            return "share", record.agency_type, record.fiscal_year
    return None


def _decimals(record: Record, field: str, value: Decimal | int) -> int:
    """How many decimals a number shows, two at most."""
    if field in SHARES:
        return min(PLACES, max(0, -int(_shortest(Decimal(value)).as_tuple().exponent)))
    found = _NUMBER.fullmatch(getattr(record, "score_printed", "").strip().rstrip("*%"))
    return min(PLACES, len(found[0].partition(".")[2])) if found else PLACES


def _instrument_column(record: InstrumentScore) -> Hashable:
    return record.subject, record.fiscal_year, record.instrument, record.part


def _weight(record: InstrumentScore, frameworks: Mapping[int, Framework]) -> Decimal | None:
    framework = frameworks.get(record.fiscal_year)
    instrument = framework.instrument(record.instrument) if framework else None
    return instrument.weight if instrument and record.part is None else None


def _part_of(record: InstrumentScore, whole: Decimal) -> Decimal | None:
    """The part that is printed of an instrument's score ("28.04" of 30), where the score was made of it; else None."""
    found = _NUMBER.fullmatch(record.score_printed.strip())
    if found is None:
        return None
    part = Decimal(found[0].translate(_THAI))
    return part if part != record.score and abs(converted(part, whole) - record.score) <= CENT else None


def _of_part(part: Decimal, whole: Decimal) -> Interval:
    """What a part of two decimals stands for as a score: less exactly known than two decimals of 100."""
    half = HALF.scaleb(-PLACES)
    return Interval((part - half) / whole, (part + half) / whole)
