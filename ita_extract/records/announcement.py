"""The national announcement: ranking tables of every agency type, and the summary pages before each.

Read by what is written, never by where it stands: the title gives year and type, headings give columns and their years. A ranking
that lost its title page is still read; its year is in its heads and its type in its names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

from ..model.record import AgencyScore, GradeCount, IndicatorScore, InstrumentScore, Record, Reject, TypeSummary
from ..model.table import Document, LongTable, Row, TextLine
from ..rulebook.frameworks import Framework
from ..rulebook.layouts import Layout
from ..rulebook.wording import squash
from .classify import year_of_title
from .headings import Head, field_of
from .naming import AgencyNames
from .rows import RowReader, Rows, same_columns, unknown_columns, unknown_table
from .sections import Section
from .values import parse_score, unwrap, year_in

_ROW_LINE = re.compile(r"\s*[0-9๐-๙]{1,5}[\s.]+[ก-๎][^\n]*\s[0-9๐-๙]{1,3}\.[0-9๐-๙]{2}(?:\s|$)")
_MEAN_LINE = re.compile(r"(?:(\D(?:\D*?[^\d\s])??)\s*+(?:[:=]\s*+)?)?([0-9๐-๙]{1,3}\.[0-9๐-๙]{2})(?:\s*คะแนน)?")
_NUMBERING = "0123456789.)-("
BROKEN_OFF = 40
"""So many letters at the end of a line tell whether the number below it is the year of a title."""
MAX_TYPE_LINE = 90
"""A line that names an agency type is a heading, and short; a sentence that begins with the same word is not."""


@dataclass(slots=True)
class _Reading:
    """Where the reader stands: what the titles above the present table have said."""

    year: int | None = None
    agency_type: str | None = None
    head: Head | None = None
    table: LongTable | None = None
    summary: TypeSummary | None = None
    line_before: str = ""
    records: list[Record] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)


def read_announcement(section: Section, frameworks: Mapping[int, Framework], registry: AgencyNames) -> Rows:
    """Every record of an announcement, with the rows that gave none and why."""
    layout, heads = section.layout, section.heads
    running, of_type = _running_title(section.document, layout, registry)
    at = _Reading(running, of_type)
    for block in section.document.blocks:
        if isinstance(block, TextLine):
            _read_line(at, block, layout, registry)
        else:
            _read_table(at, block, layout, heads, frameworks, registry)
    _close_summary(at)
    year = (year_in(section.title) if section.title else None) or year_of_heads(heads) or running
    return Rows(tuple(at.records), tuple(at.rejects), at.tally, fiscal_year=year)


def _running_title(document: Document, layout: Layout, registry: AgencyNames) -> tuple[int | None, str | None]:
    """The fiscal year and the agency type that stand at the edge of the pages, where all that is said there is one.

    A title printed anew over each page of a table is a running head by all that tells one, and yet the only title there is.
    """
    years = {year for line in document.furniture if (year := year_of_title(line.text, layout)) is not None}
    types = {name for line in document.furniture if _names_type(line, layout) and (name := registry.type_named(_bare(line.text)))}
    return next(iter(years)) if len(years) == 1 else None, next(iter(types)) if len(types) == 1 else None


def _names_type(line: TextLine, layout: Layout) -> bool:
    plain = squash(line.text).lstrip(_NUMBERING)
    return plain.startswith(layout.type_openings) and len(plain) <= MAX_TYPE_LINE


def _read_line(at: _Reading, line: TextLine, layout: Layout, registry: AgencyNames) -> None:
    if not line.text.strip():
        return
    if squash(line.text).startswith(layout.ends):
        _close_summary(at)
        at.year = at.agency_type = at.head = at.table = None
        return
    year = year_of_title(line.text, layout) or _year_broken_off(at.line_before, line.text, layout)
    if year is not None and year != at.year:
        _close_summary(at)
        at.year = year
    _read_mean_line(at, line, layout)
    if _ROW_LINE.match(line.text):
        at.tally["outside"] += 1
        detail = "a line that looks like a ranking row, but no table was found around it"
        at.rejects.append(
            Reject(
                page=line.page,
                target="agency_scores",
                reason="ROW_OUTSIDE_TABLE",
                detail=detail,
                raw_text=line.text,
                bbox=line.bbox,
            )
        )
    if not _names_type(line, layout):
        return
    named = registry.type_named(_bare(line.text)) or _as_printed(line.text)
    if named:
        _close_summary(at)
        at.agency_type = named


def _year_broken_off(above: str, text: str, layout: Layout) -> int | None:
    """The year of a title too long for its line, "… ประจำปีงบประมาณ พ.ศ.", which stands at the start of the next one."""
    plain = squash(text)
    return year_of_title(squash(above)[-BROKEN_OFF:] + plain[:4], layout) if plain[:4].isdecimal() else None


def _read_mean_line(at: _Reading, line: TextLine, layout: Layout) -> None:
    """A mean that stands alone under its heading, or behind it: one value is a table that a text layer does not show as one."""
    before, at.line_before = at.line_before, line.text
    mean = layout.table("mean")
    if mean is None or at.year is None or at.agency_type is None:
        return
    found = _MEAN_LINE.fullmatch(unwrap(line.text))
    if found and field_of(squash(found[1] or before), mean.columns):
        at.summary = at.summary or TypeSummary(page=line.page, fiscal_year=at.year, agency_type=at.agency_type)
        at.summary = replace(at.summary, mean_score=parse_score(found[2], frozenset()))


def _bare(heading: str) -> str:
    """The agency type in a heading such as "๒. ประเภทหน่วยงาน : เทศบาลตำบล" or "หน่วยงานประเภทจังหวัด", squashed."""
    plain = squash(heading).lstrip(_NUMBERING)
    return plain.removeprefix("หน่วยงานประเภท").removeprefix("ประเภท").removeprefix("หน่วยงาน")


def _as_printed(text: str) -> str | None:
    """The name of a type that the registry does not know, as the heading prints it."""
    name = unwrap(text).split("ประเภท", 1)[-1].removeprefix("หน่วยงาน").lstrip(" :").strip()
    return name or None


def _close_summary(at: _Reading) -> None:
    if at.summary is not None:
        at.records.append(at.summary)
        at.summary = None


def _read_table(
    at: _Reading,
    table: LongTable,
    layout: Layout,
    heads: Mapping[int, Head],
    frameworks: Mapping[int, Framework],
    registry: AgencyNames,
) -> None:
    head = heads.get(table.table_no)
    if head is None and at.head is not None and at.table is not None and _goes_on(at.head, at.table, table):
        head = replace(at.head, rows=0)  # the table goes on behind a footnote, without a head of its own
    if head is None:
        at.tally["unknown"] += len(table.rows)
        at.rejects.append(unknown_table(table.rows, table.page))
        return
    at.head, at.table = head, table
    reader = RowReader(table, head, layout.values, frameworks)
    at.tally["head"] += head.rows
    at.tally["repeated_head"] += table.repeated_heads
    at.rejects.extend(unknown_columns(table, head))
    READERS[head.layout.name](at, reader, registry)
    at.rejects.extend(reader.rejects)
    at.tally.update(reader.tally)


def _goes_on(head: Head, before: LongTable, table: LongTable) -> bool:
    """Whether a table without a head of its own carries on the one before. A list may; a table of one or two rows of numbers is
    never parted, and a table that merely has as many columns would be written over its values."""
    return head.layout.name in LISTS and same_columns(before, table)


def _read_ranking(at: _Reading, reader: RowReader, registry: AgencyNames) -> None:
    for row in reader.table.rows[: reader.head.rows]:
        if group := reader.spanning(row):  # a title that is the first row of its table
            at.agency_type = registry.type_named(_bare(group)) or at.agency_type
    scores = reader.head.columns("score")
    years = {col: reader.head.fields[col][1] for col in scores}
    named = [year for year in years.values() if year is not None]
    current = max(named, default=None) or at.year
    undated = [col for col, year in years.items() if year is None]
    if undated and named and at.year is not None:
        current = max(at.year, *named) if at.year not in named else at.year
    if current is None:
        reader.reject_all("NO_YEAR", "neither a heading nor a title names the fiscal year")
        return
    newest_first = sorted(((col, year or current) for col, year in years.items()), key=lambda one: -one[1])
    instruments = [(col, instrument) for instrument in ("IIT", "EIT", "OIT") for col in reader.head.columns(instrument)]
    titled = _type_for(at.agency_type, reader, registry)
    province = None
    for row in reader.body():
        if group := reader.spanning(row):
            titled, province = registry.type_named(_bare(group)) or titled, registry.province_named(group) or province
            reader.skip(row, "group_heading")
            continue
        name = reader.text(row, "agency_name")
        if not name:
            reader.reject(row, "NO_NAME", "the row has values but no agency")
            continue
        printed_type = reader.text(row, "agency_type")
        agency_type = (
            (registry.type_named(squash(printed_type)) or printed_type) if printed_type else titled or registry.type_of_name(name)
        )
        place = reader.text(row, "province") or province
        score_of = partial(
            AgencyScore,
            page=row.page,
            table_no=reader.table.table_no,
            agency_type=agency_type,
            row_no=reader.count(row, "row_no"),
            agency_name=name,
            agency_name_printed=name,
            province=place,
            district=reader.text(row, "district"),
            bbox=row.bbox,
        )
        given: list[Record] = list(_scores_of_row(reader, row, score_of, newest_first, current))
        given += _instruments_of_row(reader, row, instruments, name, place, current)
        at.records.extend(given)
        reader.settle(row, len(given))


def _scores_of_row(
    reader: RowReader, row: Row, score_of: Callable[..., AgencyScore], years: Sequence[tuple[int, int]], current: int
) -> Iterator[AgencyScore]:
    """The scores that a row prints. `score_of` knows the row already; `years` are its columns with their years."""
    for col, year in years:
        now = year == current
        score, printed = reader.score(row, col, may_be_misread=now and bool(reader.text(row, "grade")))
        if score is None:
            continue
        grade, passed = (reader.grade(row, current), reader.passed(row)) if now else (None, None)
        yield score_of(fiscal_year=year, score=score, score_printed=printed, grade=grade, target_passed=passed, is_current_year=now)


def _instruments_of_row(
    reader: RowReader, row: Row, instruments: Sequence[tuple[int, str]], name: str, province: str | None, year: int
) -> Iterator[InstrumentScore]:
    """The scores of IIT, EIT and OIT where a ranking has columns for them."""
    for col, instrument in instruments:
        score, printed = reader.score(row, col)
        if score is not None:
            yield InstrumentScore(
                page=row.page,
                subject="agency",
                agency_name=name,
                province=province,
                fiscal_year=year,
                instrument=instrument,
                part=None,
                score=score,
                score_printed=printed,
                bbox=row.bbox,
            )


def _type_for(titled: str | None, reader: RowReader, registry: AgencyNames) -> str | None:
    """The type that the title gives, unless most names of the table say another: then a title page is missing."""
    if titled is None:
        return None
    names = [registry.type_of_name(name) for row in reader.rows() if (name := reader.peek(row, "agency_name"))]
    others = Counter(name for name in names if name is not None and name != titled)
    return titled if sum(others.values()) * 2 <= len(names) else None


def _summary(at: _Reading, reader: RowReader) -> TypeSummary | None:
    """The summary of the present type, begun where there is none; None, with rejects, where year or type is unknown."""
    if at.year is None or at.agency_type is None:
        reader.reject_all("NO_CONTEXT", "no title above the table names fiscal year and agency type")
        return None
    if at.summary is None:
        at.summary = TypeSummary(page=reader.table.page, fiscal_year=at.year, agency_type=at.agency_type)
    return at.summary


def _read_participation(at: _Reading, reader: RowReader, _: AgencyNames) -> None:
    summary = _summary(at, reader)
    for row in reader.body() if summary else ():
        fields = ("agency_count", "staff_respondent_count", "external_respondent_count")
        values = {name: reader.count(row, name) for name in fields}
        at.summary = replace(summary, **values) if summary else None  # type: ignore[arg-type]
        reader.settle(row, 1)


def _read_mean(at: _Reading, reader: RowReader, _: AgencyNames) -> None:
    summary = _summary(at, reader)
    for row in reader.body() if summary else ():
        score, _printed = reader.score(row, reader.head.columns("mean_score")[0])
        if score is not None and at.summary is not None:
            at.summary = replace(at.summary, mean_score=score)
        reader.settle(row, int(score is not None))


def _read_indicators(at: _Reading, reader: RowReader, _: AgencyNames) -> None:
    year = next((year for name, year in reader.head.fields.values() if name == "mean_score" and year), None) or at.year
    if year is None or at.agency_type is None:
        reader.reject_all("NO_CONTEXT", "no title above the table names fiscal year and agency type")
        return
    framework = reader.framework(year)
    for row in reader.body():
        name = reader.text(row, "indicator")
        score, printed = reader.score(row, reader.head.columns("mean_score")[0])
        indicator = framework.indicator_named(name) if framework and name else None
        if score is None or indicator is None:
            if reader.is_open(row):
                reader.reject(row, "UNKNOWN_INDICATOR" if indicator is None else "NO_SCORE", f"{name!r} with score {printed!r}")
            continue
        at.records.append(
            IndicatorScore(
                page=row.page,
                subject="agency_type",
                agency_name=None,
                agency_type=at.agency_type,
                province=None,
                fiscal_year=year,
                instrument=indicator.instrument,
                indicator_no=indicator.no,
                indicator_name=indicator.name,
                score=score,
                score_printed=printed,
                bbox=row.bbox,
            )
        )
        reader.settle(row, 1)


def _read_grade_columns(at: _Reading, reader: RowReader, _: AgencyNames) -> None:
    if at.year is None or at.agency_type is None:
        reader.reject_all("NO_CONTEXT", "no title above the table names fiscal year and agency type")
        return
    columns = {col: reader.grade_of_heading(col, at.year) for col in reader.head.columns("grade")}
    counts: dict[int, int] = {}
    shares: dict[int, Decimal] = {}
    for row in reader.body():
        if counts or reader.is_share_row(row, list(columns)):
            shares = {col: score for col in columns if (score := reader.score(row, col)[0]) is not None}
        else:
            counts = {col: count for col in columns if (count := reader.count_at(row, col)) is not None}
        reader.settle(row, 1)
    for col, grade in columns.items():
        if grade is not None and col in counts:
            at.records.append(
                GradeCount(
                    page=reader.table.page,
                    fiscal_year=at.year,
                    agency_type=at.agency_type,
                    grade=grade,
                    agency_count=counts[col],
                    share=shares.get(col),
                )
            )


def _read_grade_rows(at: _Reading, reader: RowReader, _: AgencyNames) -> None:
    if at.year is None or at.agency_type is None:
        reader.reject_all("NO_CONTEXT", "no title above the table names fiscal year and agency type")
        return
    for row in reader.body():
        grade, count = reader.grade(row, at.year), reader.count(row, "agency_count")
        if grade is None or count is None:
            if reader.is_open(row):
                reader.reject(row, "BAD_GRADE", f"no grade of {at.year} with a count")
            continue
        columns = reader.head.columns("share")
        share = reader.score(row, columns[0])[0] if columns else None
        record = GradeCount(
            page=row.page, fiscal_year=at.year, agency_type=at.agency_type, grade=grade, agency_count=count, share=share
        )
        at.records.append(record)
        reader.settle(row, 1)


def _read_target(at: _Reading, reader: RowReader, _: AgencyNames) -> None:
    summary = _summary(at, reader)
    columns = (*reader.head.columns("passed"), *reader.head.columns("failed"))
    for row in reader.body() if summary and len(columns) == 2 else ():
        if (at.summary and at.summary.passed_count is not None) or reader.is_share_row(row, list(columns)):
            passed, failed = (reader.score(row, col)[0] for col in columns)
            at.summary = replace(at.summary, passed_share=passed, failed_share=failed) if at.summary else None
        else:
            counts = [reader.count_at(row, col) for col in columns]
            at.summary = replace(at.summary, passed_count=counts[0], failed_count=counts[1]) if at.summary else None
        reader.settle(row, 1)


def _read_type_rows(at: _Reading, reader: RowReader, registry: AgencyNames) -> None:
    year = next((year for _, year in reader.head.fields.values() if year), None) or at.year
    if year is None:
        reader.reject_all("NO_YEAR", "neither a heading nor a title names the fiscal year")
        return
    for row in reader.body():
        name = reader.text(row, "agency_type")
        if not name:
            reader.reject(row, "NO_NAME", "the row has values but no agency type")
            continue
        counts = {f: reader.count(row, f) for f in ("agency_count", "passed_count", "failed_count") if reader.head.columns(f)}
        scores = {
            f: reader.score(row, cols[0])[0]
            for f in ("mean_score", "passed_share", "failed_share")
            if (cols := reader.head.columns(f))
        }
        agency_type = registry.type_named(squash(name)) or name
        at.records.append(TypeSummary(page=row.page, fiscal_year=year, agency_type=agency_type, **counts, **scores))  # type: ignore[arg-type]
        reader.settle(row, 1)


LISTS = frozenset({"ranking", "indicator_means", "grade_rows", "type_rows"})
"""The tables with a row for each thing, which may be longer than a page."""

READERS: Mapping[str, Callable[[_Reading, RowReader, AgencyNames], None]] = {
    "ranking": _read_ranking,
    "participation": _read_participation,
    "mean": _read_mean,
    "indicator_means": _read_indicators,
    "grade_columns": _read_grade_columns,
    "grade_rows": _read_grade_rows,
    "target": _read_target,
    "type_rows": _read_type_rows,
}


def year_of_heads(heads: Mapping[int, Head]) -> int | None:
    """The newest year that any ranking's headings name."""
    years = [year for head in heads.values() for _, year in head.fields.values() if year is not None]
    return max(years, default=None)
