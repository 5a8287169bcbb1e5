"""Tables with the indicators as columns: agencies or provinces a row, in one year or in several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ..model.record import AgencyScore, Record
from ..model.table import Row
from ..rulebook.frameworks import Frameworks
from ..rulebook.parts import converted
from ..rulebook.wording import squash
from .naming import AgencyNames
from .parts import Printed, Share, how_printed, weights_of
from .rows import RowReader
from .values import year_in
from .volume import Subject, Volume, indicator_score, indicators_of, instrument_score, subject_of, total_score

_INDICATOR = re.compile(r"indicator_(\d+)")
MAX_GROUP = 60
"""A merged row of more letters is a footnote, not the heading of a group."""


@dataclass(slots=True)
class _Line:
    """One row understood: whom and which year it is about, and its printed values."""

    row: Row
    subject: Subject
    year: int
    indicators: dict[int, tuple[Decimal, str]]
    parts: dict[str, tuple[Decimal, str]]
    totals: dict[int, tuple[Decimal, str]]
    """By fiscal year: one, or one for each year that a heading names."""

    @property
    def total(self) -> Decimal | None:
        """The total of the row's own year."""
        return self.totals[self.year][0] if self.year in self.totals else None


def read_subjects(at: Volume, reader: RowReader) -> None:
    at.awaits_total = None
    lines = list(_lines(at, reader))
    how = _how_printed(lines, at.frameworks)
    for line in lines:
        given = list(_of_line(at, reader, line, how))
        at.records.extend(given)
        at.tally["record" if given else "skip:no_score"] += 1


def _how_printed(lines: Sequence[_Line], frameworks: Frameworks) -> Mapping[str, bool | None]:
    """By instrument whether the table prints its weighted parts; None where nothing tells."""
    rows = [(line, {code: value for code, (value, _) in line.parts.items()}, weights_of(line.year, frameworks)) for line in lines]
    return {
        code: how_printed(
            code,
            [Share(_mean(line, code, frameworks), own[code], weights.get(code)) for line, own, weights in rows if code in own],
            [Printed(own, line.total, weights) for line, own, weights in rows if code in own],
        )
        for code in dict.fromkeys(code for _, own, _ in rows for code in own)
    }


def _lines(at: Volume, reader: RowReader) -> Iterator[_Line]:
    """The rows that are about somebody in some year; the others are rejects, or headings of groups."""
    group = _of_table(at, reader)
    dated = [year for name, year in reader.head.fields.values() if name == "score" and year is not None]
    rows = reader.rows()
    place_of = {id(row): place for place, row in enumerate(rows)}
    whom = [_whom(at, reader, row) for row in rows]
    for row in reader.body():
        spanning = reader.spanning(row)
        if spanning is not None:
            found = subject_of(spanning, at.names) if len(spanning) <= MAX_GROUP else Subject()
            group = found if found.province else group
            if found.province or at.names.type_named(squash(spanning)):
                reader.skip(row, "group_heading")
            else:
                reader.reject(row, "NO_VALUE", "one merged cell that names neither a province nor a type of agencies")
            continue
        place = place_of[id(row)]
        subject, year = whom[place]
        if subject == Subject():
            subject = _subject_above(whom, place)
        if subject == Subject():
            reader.reject(row, "NO_NAME", "the row has values but neither an agency nor a province that is known")
            continue
        if subject.agency and not subject.province:
            subject = replace(subject, province=group.province)
        year = year or max(dated, default=None) or at.year
        if year is None:
            reader.reject(row, "NO_YEAR", "neither the row, a heading nor a caption names the fiscal year")
            continue
        reader.leave(row)
        yield _Line(row, subject, year, *_values(reader, row, year))


def _values(
    reader: RowReader, row: Row, year: int
) -> tuple[dict[int, tuple[Decimal, str]], dict[str, tuple[Decimal, str]], dict[int, tuple[Decimal, str]]]:
    indicators: dict[int, tuple[Decimal, str]] = {}
    parts: dict[str, tuple[Decimal, str]] = {}
    totals: dict[int, tuple[Decimal, str]] = {}
    for col, (name, of_year) in reader.head.fields.items():
        numbered = _INDICATOR.fullmatch(name)
        if not numbered and name not in ("IIT", "EIT", "OIT", "score"):
            continue
        score, printed = reader.score(row, col)
        if score is None:
            continue
        if numbered:
            indicators[int(numbered[1])] = (score, printed)
        elif name == "score":
            totals[of_year or year] = (score, printed)
        else:
            parts[name] = (score, printed)
    return indicators, parts, totals


def _whom(at: Volume, reader: RowReader, row: Row) -> tuple[Subject, int | None]:
    """Whom and which year a row names itself."""
    if reader.spanning(row):
        return Subject(), None
    lead = at.layout.lines.get("overall", ())
    printed, name, place = (reader.text(row, one) for one in ("year", "agency_name", "province"))
    year = year_in(printed) if printed else None
    whole = _overall(name or place or "", lead, at.names)
    province = at.names.province_named(place) if place else None
    return Subject(province=whole) if whole else Subject(province=province, agency=name), year


def _overall(name: str, lead: Sequence[str], names: AgencyNames) -> str | None:
    """The province that a row such as "ภาพรวมจังหวัดตราด" is about as a whole."""
    return subject_of(name, names).province if squash(name).startswith(tuple(lead)) else None


def _subject_above(whom: Sequence[tuple[Subject, int | None]], place: int) -> Subject:
    """Whose year a row is that names nobody: a name merged over the rows of its years stands in the first, or, where its cell is
    parted by the end of a page, in a later one. The year tells which: nobody has one twice."""
    year = whom[place][1]
    if year is None:
        return Subject()
    taken: set[int | None] = set()
    for subject, other in reversed(whom[:place]):
        taken.add(other)
        if subject != Subject():
            if year not in taken:
                return subject
            break
    following = next((one for one in whom[place + 1 :] if one[0] != Subject()), None)
    return following[0] if following is not None and following[1] not in (None, year) else Subject()


def _of_table(at: Volume, reader: RowReader) -> Subject:
    """The province that the agencies of a table are in: its caption's; else the one whose own office stands among them; else that
    of the chapter."""
    if at.captioned or not reader.head.columns("agency_name"):
        return at.subject
    named = [reader.peek(row, "agency_name") for row in reader.rows()]
    offices = {province for name in named if name and (province := at.names.province_named(name))}
    return Subject(province=next(iter(offices))) if len(offices) == 1 else Subject() if offices else at.subject


def _mean(line: _Line, instrument: str, frameworks: Frameworks) -> Decimal | None:
    """The mean of an instrument's indicators, None where not all of them are printed."""
    own = [one.no for one in indicators_of(line.year, frameworks).values() if one.instrument == instrument]
    if not own or any(no not in line.indicators for no in own):
        return None
    return sum((line.indicators[no][0] for no in own), Decimal(0)) / len(own)


def _of_line(at: Volume, reader: RowReader, line: _Line, how: Mapping[str, bool | None]) -> Iterator[Record]:
    known = indicators_of(line.year, at.frameworks)
    weights = weights_of(line.year, at.frameworks)
    for no, (score, printed) in sorted(line.indicators.items()):
        if no in known:
            yield indicator_score(line.subject, line.year, known[no], score, printed, line.row)
        else:
            reader.note(line.row, "UNKNOWN_INDICATOR", f"{line.year} has no indicator {no}, printed {printed!r}")
    for code, (value, printed) in line.parts.items():
        weighted = how[code]
        if weighted is None or (weighted and code not in weights):
            reader.note(line.row, "UNKNOWN_SCALE", f"{code} {printed!r}: of 100, or a part of the total? Nothing beside it tells")
            continue
        score = converted(value, weights[code]) if weighted else value
        yield instrument_score(line.subject, line.year, code, score, printed, line.row)
    latest = max(line.totals, default=line.year)
    for year, (score, printed) in sorted(line.totals.items(), reverse=True):
        grade = reader.grade(line.row, year) if line.subject.agency and year == latest else None
        record = total_score(line.subject, year, score, printed, line.row, grade, reader, at.names)
        yield replace(record, is_current_year=year == latest) if isinstance(record, AgencyScore) else record
