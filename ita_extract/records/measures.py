"""Measures for integrity: the plan of a year, the report on it, and the analysis that the plan follows from.

The three kinds share their tables and their sentences, so they share this reader; what they are called is a matter of their title.
Measures are of the year that the document or its part is for, findings and scores of the year whose results it speaks of: a plan
for 2568 is built on the results of 2567 and names both on every page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..model.page import BBox
from ..model.record import IndicatorScore, Measure, Reject
from ..model.table import Cell, LongTable, Row, TextLine
from ..rulebook.frameworks import Framework, Frameworks
from ..rulebook.wording import squash
from .analysis import Findings, read_findings, title_of
from .classify import year_of_title
from .headings import Head
from .listing import entries, mark_of, running
from .naming import AgencyNames
from .prose import Said, Sayings, indicator_in, open_sayings, read_lines, read_said
from .rows import RowReader, Rows, same_columns, unknown_columns, unknown_table
from .sections import Section
from .sequence import Written, tabulate
from .values import year_in

LISTS = frozenset({"steps", "outcomes"})
TEXTS = ("topic", "measure", "steps", "period", "responsible", "result", "outcomes", "analysis", "follow_up")
PART_LINES = 3
"""Over how many lines the heading of a part may run before it names its year."""


@dataclass(slots=True)
class _Open:
    """A measure whose cells may still go on in the next row. `texts` holds each field as the page wraps it."""

    page: int
    page_end: int
    bbox: BBox | None
    texts: dict[str, str]
    cells: dict[str, Cell]


@dataclass(slots=True)
class _Reading:
    """Where the reader stands: what the headings above have said, and the measure that is not finished yet."""

    section: Section
    frameworks: Mapping[int, Framework]
    sayings: Sayings
    measures_year: int | None
    results_year: int | None = None
    head: Head | None = None
    table: LongTable | None = None
    open: _Open | None = None
    topic: str = ""
    keys: Counter[bool] = field(default_factory=Counter)
    """How many rows so far began with a number, and how many did not: the rest of a row that a page parted has none."""
    measures: list[Measure] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    rejects: list[Reject] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)


def read_measures(section: Section, frameworks: Frameworks, names: AgencyNames) -> Rows:
    """Every record of a plan, a report or an analysis, with the rows that gave none and why."""
    title_year = (year_of_title(section.title, section.layout) or year_in(section.title)) if section.title else None
    at = _Reading(section, frameworks, open_sayings(section, frameworks, names), title_year)
    blocks = section.document.blocks
    number = max((block.table_no for block in blocks if isinstance(block, LongTable)), default=0) + 1
    lines: list[TextLine] = []
    for block in tabulate(blocks, section.layout, number):
        if isinstance(block, TextLine):
            lines.append(block)
            continue
        _read_lines(at, lines)
        lines = []
        if isinstance(block, Written):
            at.rejects.extend(block.unsure)
            _read_table(at, block.table, block.head, counted=False)
        else:
            _read_drawn(at, block)
    _read_lines(at, lines)
    _close(at)
    records = (*at.sayings.finished(), *at.findings.records, *at.measures)
    rejects = (*at.rejects, *at.sayings.rejects, *at.findings.rejects)
    checks = tuple(at.findings.checks)
    return Rows(records, rejects, at.tally, at.sayings.agency, title_year or at.sayings.year, checks)


def _read_lines(at: _Reading, lines: Sequence[TextLine]) -> None:
    if any(line.text.strip() for line in lines):
        read_lines(at.sayings, lines)
        _read_parts(at, lines)


def _read_parts(at: _Reading, lines: Sequence[TextLine]) -> None:
    """The years that headings of parts name: "ส่วนที่ 2 การนำผลการวิเคราะห์… ในปีงบประมาณ พ.ศ. 2568"."""
    words = at.section.layout.prose.parts
    for n, line in enumerate(lines):
        plain = squash(line.text)
        if not any(re.match(rf"{re.escape(opening)}\d", plain) for opening in words.openings):
            continue
        year = None
        for more in lines[n + 1 : n + 1 + PART_LINES]:
            year = year_of_title(plain, at.section.layout) or year_in(plain)
            if year is not None or not more.text.strip():
                break
            plain += squash(more.text)
        year = year or year_of_title(plain, at.section.layout)
        if year is None:
            continue
        if any(word in plain for word in words.measures):
            at.measures_year = year
        elif any(word in plain for word in words.results):
            at.results_year = year


def _read_drawn(at: _Reading, table: LongTable) -> None:
    """A table that the page draws or the text marks: by its own head, by that of the table it goes on from, or as sentences."""
    head = at.section.heads.get(table.table_no)
    if head is not None and len(head.fields) > 1:
        _read_table(at, table, head, counted=True)
        return
    if at.head is not None and at.table is not None and same_columns(at.table, table):
        _read_table(at, table, replace(at.head, rows=0), counted=True)
        return
    counts = Counter({"repeated_head": table.repeated_heads, "joined": table.joined_rows})
    given = [read_said(at.sayings, [Said(row.text.replace(" | ", " "), row.page, row.bbox)]) for row in table.rows]
    if any(given):
        counts.update("record" if count else "skip:no_statement" for count in given)
    else:
        counts["unknown"] += len(table.rows)
        at.rejects.append(unknown_table(table.rows, table.page))
    at.tally.update(counts)


def _read_table(at: _Reading, table: LongTable, head: Head, *, counted: bool) -> None:
    if at.head is not None and at.head.layout.dataset != head.layout.dataset:
        _close(at)
    at.head, at.table = head, table
    reader = RowReader(table, head, at.section.layout.values, at.frameworks)
    reader.tally.update({"head": head.rows, "repeated_head": table.repeated_heads})
    at.rejects.extend(unknown_columns(table, head))
    if head.layout.dataset == "measures":
        _read_measures(at, reader)
    elif head.layout.dataset == "item_findings":
        year = at.results_year or at.sayings.year
        read_findings(at.findings, reader, year, at.section.layout.prose)
    else:
        _read_indicators(at, reader)
    at.rejects.extend(reader.rejects)
    if counted:
        at.tally.update(reader.tally)


def _texts(reader: RowReader, row: Row) -> dict[str, Cell]:
    """The cells of a row that say something, by field."""
    found = {}
    for col, (name, _) in reader.head.fields.items():
        cell = row.cells[col]
        if cell is not None and cell.text.strip() and not reader.is_absent(cell.text):
            found[name] = cell
    return found


def _read_measures(at: _Reading, reader: RowReader) -> None:
    key = "measure" if reader.head.columns("measure") else "topic"
    if at.measures_year is None:
        reader.reject_all("NO_YEAR", "neither the title nor a heading names the fiscal year of the measures")
        return
    keys = [text for row in reader.rows() if (text := reader.raw(row, key))]
    at.keys.update(_number_of(text) is not None for text in keys)
    numbered = at.keys[True] > at.keys[False]
    for row in reader.body():
        if (group := reader.spanning(row)) is not None:
            at.topic = group
            reader.skip(row, "group_heading")
            continue
        cells = _texts(reader, row)
        merged = at.open is not None and key in cells and cells[key] is at.open.cells.get(key)
        parted = at.open is not None and _is_parted(at.open, row, cells, key, numbered=numbered)
        if key in cells and not merged and not parted:
            _close(at)
            at.topic = cells["topic"].text if "topic" in cells else at.topic
            texts = {name: cell.text for name, cell in cells.items()}
            at.open = _Open(row.page, row.page_end or row.page, row.bbox, {"topic": at.topic, **texts}, cells)
            reader.settle(row, 1)
        elif at.open is None:
            reader.reject(row, "NO_MEASURE", "the row has no measure, and none stands before it that it could go on from")
        else:
            _go_on(at.open, row, cells)
            reader.skip(row, "goes_on")


def _number_of(text: str) -> int | None:
    mark = mark_of(text)
    return mark.number if mark else None


def _is_parted(one: _Open, row: Row, cells: Mapping[str, Cell], key: str, *, numbered: bool) -> bool:
    """Whether the first row of a page is the rest of the last row of the page before, parted in all its cells at once.

    Then its first cell has no number where rows have one; or a list in it goes on counting, where a new row's would begin with 1.
    """
    if row.page <= one.page_end:
        return False
    if numbered and key in cells:
        return _number_of(cells[key].text) is None
    lists = [(name, mark_of(cell.text)) for name, cell in cells.items() if name in LISTS]
    return any(mark is not None and mark.number == _last_number(one.texts.get(name, "")) + 1 > 1 for name, mark in lists)


def _last_number(text: str) -> int:
    """The last number that a list came to, 0 where it is none."""
    numbers = [mark.number for line in text.split("\n") if (mark := mark_of(line)) and mark.number is not None]
    return numbers[-1] if numbers else 0


def _go_on(one: _Open, row: Row, cells: Mapping[str, Cell]) -> None:
    """A row that is the rest of the one before: under the end of a page, or beside a merged cell."""
    for name, cell in cells.items():
        if one.cells.get(name) is not cell:
            one.texts[name] = f"{one.texts[name]}\n{cell.text}" if one.texts.get(name) else cell.text
    one.cells.update(cells)
    one.page_end = max(one.page_end, row.page_end or row.page)


def _close(at: _Reading) -> None:
    """The open measure is whole: it becomes a record, and what its results say of scores is read."""
    one, at.open = at.open, None
    if one is None or at.measures_year is None:
        return
    prose = at.section.layout.prose
    framework = _framework(at.frameworks, at.measures_year)
    topic, measure = (title_of(one.texts.get(name, ""), prose) for name in ("topic", "measure"))
    about = (one.texts.get("topic", ""), topic or "", one.texts.get("measure", ""), measure or "")
    found = (indicator_in(text, framework, prose) for text in about)
    plain = {name: running(one.texts.get(name, "")) or None for name in TEXTS if name not in LISTS}
    at.measures.append(
        Measure(
            page=one.page,
            page_end=one.page_end,
            agency_name=at.sayings.agency,
            fiscal_year=at.measures_year,
            seq=len(at.measures) + 1,
            topic=topic,
            indicator_no=next((no for no in found if no is not None), None),
            measure=measure,
            steps=entries(one.texts.get("steps", "")),
            period=plain["period"],
            responsible=plain["responsible"],
            result=plain["result"],
            outcomes=entries(one.texts.get("outcomes", "")),
            analysis=plain["analysis"],
            follow_up=plain["follow_up"],
            bbox=one.bbox,
        )
    )
    for name in ("result", "outcomes"):
        read_said(at.sayings, [Said(line, one.page, one.bbox) for line in one.texts.get(name, "").split("\n")])


def _framework(known: Mapping[int, Framework], year: int | None) -> Framework | None:
    own = known.get(year) if year is not None else None
    return own or max(known.values(), key=lambda one: one.fiscal_year, default=None)


def _read_indicators(at: _Reading, reader: RowReader) -> None:
    """A table of the indicators with the scores of one year or of several."""
    default = at.results_year or at.sayings.year or at.measures_year
    agency = at.sayings.agency
    if agency is None:
        reader.reject_all("NO_CONTEXT", "nothing above the table names the agency")
        return
    for row in reader.body():
        name = reader.text(row, "indicator")
        given = 0
        for col in reader.head.columns("score"):
            year = reader.head.fields[col][1] or default
            framework = _framework(at.frameworks, year)
            indicator = framework.indicator_named(name) if framework and name else None
            score, printed = reader.score(row, col)
            if score is None or indicator is None or year is None:
                continue
            given += 1
            at.sayings.add(
                IndicatorScore(
                    page=row.page,
                    subject="agency",
                    agency_name=agency,
                    agency_type=at.sayings.names.type_of_name(agency),
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
        if given:
            reader.settle(row, given)
        elif reader.is_open(row):
            reader.reject(row, "UNKNOWN_INDICATOR", f"{name!r} is no indicator, or has no score")
