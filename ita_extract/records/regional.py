"""Regional reports: one volume for a group of provinces, the only public source of the ten indicators of every agency.

Three kinds of table: agencies or provinces a row with the indicators as columns, in one year or in several; one province by
indicator, its instruments merged over their rows; and the totals of provinces. Whose table it is stands in its caption.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from ..model.record import Reject
from ..model.table import LongTable, TextLine
from ..rulebook.frameworks import Frameworks
from ..rulebook.layouts import Layout
from ..rulebook.wording import squash
from .classify import year_of_title
from .headings import Head
from .naming import AgencyNames
from .province_table import TOTAL, read_by_indicator
from .rows import MAX_SCORE, RowReader, Rows, same_columns, unknown_columns, unknown_table
from .sections import Section
from .subject_rows import read_subjects
from .values import parse_score, unwrap, year_in
from .volume import Caption, Subject, Volume, subject_of, total_score

_ROW_LINE = re.compile(r"[^ก-๎\n]*+[ก-๎][^\n]*(?:\s[0-9๐-๙]{1,3}\.[0-9๐-๙]{2}(?=\s|$)){5,}")
_NUMBERING = re.compile(r"^[\s\d๐-๙.()\-]*")
_CONTENTS = re.compile(r"\.{4}|…")
"""Dots lead to a page number: a line of a list of tables, which stands over no table of its own."""
MAX_HEADING = 60
"""A line of more letters that names a province is a sentence about it, not the heading of its chapter."""


def read_regional(section: Section, frameworks: Frameworks, names: AgencyNames) -> Rows:
    """Every record of a regional report, with the rows that gave none and why."""
    title = section.title or ""
    at = Volume(section.layout, frameworks, names, year_of_title(title, section.layout) or year_in(title))
    for block in section.document.blocks:
        if isinstance(block, TextLine):
            _read_line(at, block)
        else:
            _read_caption(at, block)
            _read_table(at, block, section.heads)
    years = [record.fiscal_year for record in at.records]
    return Rows(tuple(at.records), tuple(at.rejects), at.tally, fiscal_year=max(years, default=at.year))


def _read_line(at: Volume, line: TextLine) -> None:
    text = unwrap(line.text)
    if not text:
        return
    plain = squash(_NUMBERING.sub("", text))
    if _read_total(at, line, plain):
        return
    if _ROW_LINE.fullmatch(line.text):
        at.tally["outside"] += 1
        _reject_line(at, line, "ROW_OUTSIDE_TABLE", "a line that looks like a row of indicators, but no table was found around it")
        return
    if plain.startswith(at.layout.lines.get("caption", ())):
        at.caption, at.awaits_total = None if _CONTENTS.search(text) else Caption(text, line.page), None
    elif at.caption is not None:
        at.caption = replace(at.caption, text=at.caption.text + text)
    elif len(plain) <= MAX_HEADING:
        at.year = year_named(text, at.layout) or at.year
        found = subject_of(text, at.names)
        if found.province is not None and _is_heading(plain, found.province, at.layout.lines.get("chapter", ())):
            at.subject, at.awaits_total = found, None


def _is_heading(plain: str, province: str, chapter: tuple[str, ...]) -> bool:
    """Whether a squashed line is the heading of a chapter: a province's name behind what it is about, or alone, and no sentence."""
    return plain.endswith(squash(province)) and plain.removesuffix(squash(province)).removesuffix("จังหวัด") in ("", *chapter)


def _read_caption(at: Volume, table: LongTable) -> None:
    """What the caption says of its table. One that stands pages before it is no caption of this table: a list of tables, say."""
    caption, at.caption, at.captioned = at.caption, None, False
    if caption is None or table.page > caption.page + 1:
        return
    at.year = year_named(caption.text, at.layout) or at.year
    found = subject_of(caption.text, at.names)
    if found != Subject():
        at.subject, at.captioned = found, True


def year_named(text: str, layout: Layout) -> int | None:
    """The fiscal year of a caption; of two years that it compares ("พ.ศ. 2563 - 2564") the later one."""
    year = year_of_title(text, layout)
    if year is None:
        return None
    after = squash(text).split(str(year), 1)[1]
    span = re.match(r"(?:-|–|—|ถึง|และ|กับ|,)(?:ปี)?(?:งบประมาณ)?(?:พ\.ศ\.)?(\d{4})", after)
    return max(year, int(span[1])) if span and year_in(span[1]) else year


def _read_total(at: Volume, line: TextLine, plain: str) -> bool:
    """The total below a table by indicator: "คะแนนรวม 85.72 คะแนน". Whether the line was one."""
    found = TOTAL.fullmatch(plain)
    words = at.layout.lines.get("total", ())
    if found is None or at.awaits_total is None or "." not in found[2]:
        return False
    subject, year = at.awaits_total
    name = subject.province or subject.agency or ""
    said = found[1].removesuffix("ร้อยละ").removesuffix(squash(name)).removesuffix("จังหวัด").removesuffix("ของ")
    if said not in words:
        return False
    score = parse_score(found[2], frozenset())
    if score is None or score > MAX_SCORE:
        return False
    at.records.append(total_score(subject, year, score, found[2], line, None, None, at.names))
    at.awaits_total = None
    return True


def _reject_line(at: Volume, line: TextLine, reason: str, detail: str) -> None:
    at.rejects.append(
        Reject(page=line.page, target="indicator_scores", reason=reason, detail=detail, raw_text=line.text, bbox=line.bbox)
    )


def _read_table(at: Volume, table: LongTable, heads: Mapping[int, Head]) -> None:
    head = heads.get(table.table_no)
    if head is None and at.head is not None and at.table is not None and same_columns(at.table, table):
        head = replace(at.head, rows=0)  # the table goes on behind a line of text, without a head of its own
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


def _read_population(_: Volume, reader: RowReader) -> None:
    """Who answered in a whole province: the dataset of respondents is of agencies, by gender."""
    for row in reader.body():
        reader.skip(row, "province_respondents")


READERS: Mapping[str, Callable[[Volume, RowReader], None]] = {
    "agencies": read_subjects,
    "pairs": read_subjects,
    "provinces": read_subjects,
    "province": read_by_indicator,
    "province_parts": read_by_indicator,
    "province_indicators": read_by_indicator,
    "population": _read_population,
}
