"""One agency over the years: a table of fiscal year, score and level, in the words of every model the years were assessed by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from ..model.page import BBox
from ..model.record import AgencyScore, InstrumentScore, Record, Reject
from ..model.table import LongTable, Row, TextLine
from ..rulebook.frameworks import Frameworks
from ..rulebook.layouts import Layout
from ..rulebook.parts import converted
from ..rulebook.wording import recognise, squash
from .headings import Head
from .naming import AgencyNames
from .parts import Printed, how_printed, weights_of
from .rows import RowReader, Rows, same_columns, unknown_columns, unknown_table
from .sections import Section
from .values import unwrap, year_in

_RUN = re.compile(r"[ก-ฮะ-ฺเ-๎]+")
LONG = 5
"""A word of fewer letters may be part of a name, and ends only one that is known."""
INSTRUMENTS = ("IIT", "EIT", "OIT")


@dataclass(slots=True)
class _History:
    """Where the reader stands. `agency` is whom the lines so far have named last."""

    layout: Layout
    frameworks: Frameworks
    names: AgencyNames
    agency: str | None = None
    head: Head | None = None
    table: LongTable | None = None
    records: list[Record] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)


def read_history(section: Section, frameworks: Frameworks, names: AgencyNames) -> Rows:
    """Every year of an agency's history, with the rows that gave none and why."""
    at = _History(section.layout, frameworks, names)
    for block in section.document.blocks:
        if isinstance(block, TextLine):
            at.agency = agency_of_line(unwrap(block.text), names, section.layout.lines.get("after_name", ())) or at.agency
        else:
            _read_table(at, block, section.heads)
    years = [record.fiscal_year for record in at.records]
    about = {record.agency_name for record in at.records if isinstance(record, AgencyScore)}
    whom = next(iter(about)) if len(about) == 1 else None
    return Rows(tuple(at.records), tuple(at.rejects), at.tally, agency_name=whom, fiscal_year=max(years, default=None))


def agency_of_line(line: str, names: AgencyNames, after_name: tuple[str, ...]) -> str | None:
    """The agency that a line names, whole: a place that is not known may begin like another that is, and is not that one.

    The name ends where a word stands that follows names ("ย้อนหลัง", "ประจำปี"), else at the next blank.
    """
    known = names.agency_in(line)
    if known is None:
        return None
    run = _RUN.match(line, line.find(known) + len(known))
    rest = squash(run[0]) if run else ""
    ends = [at for word in after_name if (at := rest.find(word)) == 0 or (at > 0 and len(word) >= LONG)]
    return known + rest[: min(ends, default=len(rest))]


def _read_table(at: _History, table: LongTable, heads: Mapping[int, Head]) -> None:
    head = heads.get(table.table_no)
    if head is None and at.head is not None and at.table is not None and at.head.layout.name == "years":
        head = replace(at.head, rows=0) if same_columns(at.table, table) else None
    at.head, at.table = head, table
    if head is None:
        at.tally["unknown"] += len(table.rows)
        at.tally["repeated_head"] += table.repeated_heads
        at.tally["joined"] += table.joined_rows
        at.rejects.append(unknown_table(table.rows, table.page))
        return
    reader = RowReader(table, head, at.layout.values, at.frameworks)
    at.tally["head"] += head.rows
    at.tally["repeated_head"] += table.repeated_heads
    at.rejects.extend(unknown_columns(table, head))
    READERS[head.layout.name](at, reader)
    at.rejects.extend(reader.rejects)
    at.tally.update(reader.tally)


@dataclass(frozen=True, slots=True)
class _Year:
    """One row of the table: a year, its total as read and as printed, and the instruments that it prints."""

    row: Row
    agency: str
    year: int
    score: Decimal | None
    printed: str
    parts: Mapping[str, tuple[Decimal, str]]


def _read_years(at: _History, reader: RowReader) -> None:
    years = list(_years(at, reader))
    how = {code: _how_printed(code, years, at.frameworks) for code in dict.fromkeys(code for one in years for code in one.parts)}
    for one in years:
        given: list[Record] = [*_total(at, reader, one), *_instruments(at, reader, one, how)]
        at.records.extend(given)
        at.tally["record" if given else "skip:no_score"] += 1


def _years(at: _History, reader: RowReader) -> Iterator[_Year]:
    for row in reader.body():
        told = reader.text(row, "year")
        year = year_in(told) if told else None
        agency = reader.text(row, "agency_name") or at.agency
        if year is None:
            reader.reject(row, "NO_YEAR", f"{told!r} is no fiscal year")
        elif agency is None:
            reader.reject(row, "NO_NAME", "neither the row nor a line above the table names the agency")
        else:
            reader.leave(row)
            score, printed = reader.score(row, reader.head.columns("score")[0])
            read = {code: reader.score(row, col) for code in INSTRUMENTS for col in reader.head.columns(code)}
            parts = {code: (value, text) for code, (value, text) in read.items() if value is not None}
            yield _Year(row, agency, year, score, printed, parts)


def _how_printed(code: str, years: Sequence[_Year], frameworks: Frameworks) -> bool | None:
    rows = [({name: value for name, (value, _) in one.parts.items()}, one) for one in years]
    return how_printed(code, [], [Printed(parts, one.score, weights_of(one.year, frameworks)) for parts, one in rows])


def _total(at: _History, reader: RowReader, one: _Year) -> Iterator[AgencyScore]:
    if one.score is None:
        return
    grade = level_named(at.frameworks, reader, one.row, reader.text(one.row, "grade"), one.year)
    passed = reader.passed(one.row)
    yield _score(at, one.agency, one.year, one.score, one.printed, grade, passed, one.row, one.row.bbox)


def _instruments(at: _History, reader: RowReader, one: _Year, how: Mapping[str, bool | None]) -> Iterator[InstrumentScore]:
    weights = weights_of(one.year, at.frameworks)
    for code, (value, printed) in one.parts.items():
        weighted = how[code]
        if weighted is None or code not in weights:
            reader.note(one.row, "UNKNOWN_SCALE", f"{code} {printed!r}: of 100, or a part of the total? Nothing beside it tells")
            continue
        yield InstrumentScore(
            page=one.row.page,
            subject="agency",
            agency_name=one.agency,
            province=None,
            fiscal_year=one.year,
            instrument=code,
            part=None,
            score=converted(value, weights[code]) if weighted else value,
            score_printed=printed,
            bbox=one.row.bbox,
        )


def level_named(frameworks: Frameworks, reader: RowReader, row: Row, printed: str | None, year: int) -> str | None:
    """The level that a cell prints: by its name in the scale of its year; of a year of another model the word that is printed.

    The words of another model ("สูง", "สูงมาก") are mapped to nothing: they are no grades under another name.
    """
    other = frameworks.other_model(year)
    if other is None:
        return reader.grade_printed(row, printed, year)
    return (recognise(printed, ((word, word) for word in other.levels)) or printed) if printed else None


def _score(
    at: _History,
    agency: str,
    year: int,
    score: Decimal,
    printed: str,
    grade: str | None,
    passed: bool | None,
    row: Row,
    bbox: BBox | None,
) -> AgencyScore:
    return AgencyScore(
        page=row.page,
        table_no=row.table_no,
        agency_type=at.names.type_of_name(agency),
        fiscal_year=year,
        row_no=None,
        agency_name=agency,
        agency_name_printed=agency,
        province=None,
        district=None,
        score=score,
        score_printed=printed,
        grade=grade,
        target_passed=passed,
        is_current_year=True,
        bbox=bbox,
    )


def _read_across(at: _History, reader: RowReader) -> None:
    """A table with a column a year: one row of scores, and where there is one, a row of levels."""
    columns = {col: year for col, (name, year) in reader.head.fields.items() if name == "value" and year is not None}
    scores: Row | None = None
    levels: Row | None = None
    for row in reader.body():
        said = squash(reader.text(row, "label") or "")
        if said in at.layout.lines.get("score", ()) and scores is None:
            scores = row
            reader.leave(row)
        elif said in at.layout.lines.get("grade", ()) and levels is None:
            levels = row
            reader.leave(row)
        else:
            reader.reject(row, "UNKNOWN_ROW", f"{said!r} names neither scores nor levels")
    if scores is None or at.agency is None:
        for row in filter(None, (scores, levels)):
            why = "no line above the table names the agency" if scores else "levels without a row of scores"
            reader.note(row, "NO_NAME" if scores else "NO_SCORE", why)
            at.tally["reject"] += 1
        return
    at.tally["record"] += 1 + (levels is not None)
    for col, year in columns.items():
        score, printed = reader.score(scores, col)
        if score is None:
            continue
        level = reader.text_at(levels, col) if levels is not None else None
        grade = level_named(at.frameworks, reader, levels, level, year) if levels is not None else None
        cell = scores.cells[col]
        at.records.append(_score(at, at.agency, year, score, printed, grade, None, scores, cell.bbox if cell else None))


READERS: Mapping[str, Callable[[_History, RowReader], None]] = {"years": _read_years, "across": _read_across}
