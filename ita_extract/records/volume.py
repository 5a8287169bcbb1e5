"""What the tables of a regional report have in common: whom they are about, and the records that they give."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ..model.record import AgencyScore, IndicatorScore, InstrumentScore, ProvinceScore, Record, Reject
from ..model.table import LongTable, Row, TextLine
from ..rulebook.frameworks import Frameworks, Indicator
from ..rulebook.layouts import Layout
from .headings import Head
from .naming import AgencyNames
from .rows import RowReader

_RUN = re.compile(r"(?:จังหวัด|จ\.)\s*([ก-ฮะ-ฺเ-๎]+)")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a table is about: a province, or one agency. Either is None."""

    province: str | None = None
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class Caption:
    """The text of a caption so far, and the page that it begins on."""

    text: str
    page: int


@dataclass(slots=True)
class Volume:
    """Where the reader stands: what captions and headings above the present table have said."""

    layout: Layout
    frameworks: Frameworks
    names: AgencyNames
    year: int | None
    subject: Subject = field(default_factory=Subject)
    """Of the last table, or of the chapter that has begun since."""
    caption: Caption | None = None
    """Of the table to come."""
    captioned: bool = False
    """Whether the present table's own caption names its subject."""
    head: Head | None = None
    table: LongTable | None = None
    awaits_total: tuple[Subject, int] | None = None
    """Whose indicators the last table gave, and for which year: the total may stand in a line below it."""
    records: list[Record] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)


def subject_of(text: str, names: AgencyNames) -> Subject:
    """Whom a caption names: "ของหน่วยงานภายในจังหวัดตราด" a province, "ของเทศบาลตำบลเกาะช้าง" an agency."""
    agency = names.agency_in(text)
    if agency is not None:
        province = names.province_named(agency)
        return Subject(province=province) if province else Subject(agency=agency)
    for found in _RUN.finditer(text):
        run = found[1]
        known = (names.province_named(run[:end]) for end in range(len(run), 1, -1))
        if province := next(filter(None, known), None):
            return Subject(province=province)
    return Subject()


def indicators_of(year: int, frameworks: Frameworks) -> Mapping[int, Indicator]:
    """The indicators of a year by number, none for a year of another model; of the nearest year where its own are not sourced."""
    if frameworks.other_model(year) is not None:
        return {}
    known = [one for one in frameworks.values() if one.indicators]
    nearest = min(known, key=lambda one: abs(one.fiscal_year - year), default=None)
    return {one.no: one for one in nearest.indicators} if nearest else {}


def indicator_score(subject: Subject, year: int, one: Indicator, score: Decimal, printed: str, row: Row) -> IndicatorScore:
    return IndicatorScore(
        page=row.page,
        subject="agency" if subject.agency else "province",
        agency_name=subject.agency,
        agency_type=None,
        province=subject.province,
        fiscal_year=year,
        instrument=one.instrument,
        indicator_no=one.no,
        indicator_name=one.name,
        score=score,
        score_printed=printed,
        bbox=row.bbox,
    )


def instrument_score(subject: Subject, year: int, code: str, score: Decimal, printed: str, row: Row) -> InstrumentScore:
    return InstrumentScore(
        page=row.page,
        subject="agency" if subject.agency else "province",
        agency_name=subject.agency,
        province=subject.province,
        fiscal_year=year,
        instrument=code,
        part=None,
        score=score,
        score_printed=printed,
        bbox=row.bbox,
    )


def total_score(
    subject: Subject,
    year: int,
    score: Decimal,
    printed: str,
    where: Row | TextLine,
    grade: str | None,
    reader: RowReader | None,
    names: AgencyNames,
) -> AgencyScore | ProvinceScore:
    """The total of a province or of an agency, from a row of a table or from a line below one."""
    row = where if isinstance(where, Row) else None
    if subject.agency is None:
        rank = reader.count(row, "rank") if reader is not None and row is not None else None
        return ProvinceScore(page=where.page, fiscal_year=year, province=subject.province or "", score=score, rank_printed=rank)
    return AgencyScore(
        page=where.page,
        table_no=row.table_no if row else None,
        agency_type=names.type_of_name(subject.agency),
        fiscal_year=year,
        row_no=None,  # agencies stand by their scores here: a number before them is a rank
        agency_name=subject.agency,
        agency_name_printed=subject.agency,
        province=subject.province,
        district=reader.text(row, "district") if reader is not None and row is not None else None,
        score=score,
        score_printed=printed,
        grade=grade,
        target_passed=None,
        is_current_year=True,
        bbox=where.bbox,
    )
