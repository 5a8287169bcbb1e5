"""The report that an agency gets of its own assessment, from the overall score down to every answer and every comment.

Read in one pass over lines and tables, which leave what they say with the gatherers of their part (survey, OIT, respondents). Who
and which year it is about, and which items the questions are, is told at the end, when all of it has been seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from ..model.record import AgencyScore, IndicatorScore, InstrumentScore, Record, Reject
from ..model.table import LongTable, Row, TextLine
from ..rulebook.frameworks import Frameworks, Indicator
from ..rulebook.wording import skeleton, squash
from .classify import year_of_title
from .codes import likeness
from .headings import MAX_HEAD_ROWS, Head
from .naming import AgencyNames
from .report_lines import NUMBERING, SCORED, Report, close_asked, grade_named, instrument_in, read_line, tell_overall
from .respondents import NAME as RESPONDENTS
from .rows import RowReader, Rows, same_columns, unknown_columns, unknown_table
from .sections import Section
from .stretches import is_number, says_heads, stretches, texts
from .survey import SCALES, is_question, question_of_row
from .values import unwrap, year_in

MIN_ALIKE = 70.0
"""A misread indicator is believed from this likeness on, where all its like are taken."""
CLEARLY = 8.0
"""… and from this lead over the next."""
MAX_SECTION = 120


def read_agency_report(section: Section, frameworks: Frameworks, names: AgencyNames) -> Rows:
    """Every record of an agency's report, with the rows that gave none and why."""
    layout = section.layout
    year = (year_of_title(section.title, layout) or year_in(section.title)) if section.title else None
    at = Report(layout, frameworks, names, year, layout.values.get("absent", frozenset()))
    for block in section.document.blocks:
        if isinstance(block, TextLine):
            read_line(at, block)
        else:
            close_asked(at, before_table=_is_survey(at, block))
            _read_table(at, block)
            at.captions.clear()
    close_asked(at, before_table=False)
    return _settle(at)


def _is_survey(at: Report, table: LongTable) -> bool:
    """Whether a table begins with the head of a question's rows, or with a question and then its head."""
    layouts = [one for one in at.layout.tables if one.name in SCALES]
    return any(says_heads(row, one) for row in table.rows[:MAX_HEAD_ROWS] for one in layouts)


def _read_table(at: Report, table: LongTable) -> None:
    inherited = at.head if at.table is not None and same_columns(at.table, table) else None
    at.table = table
    at.tally["repeated_head"] += table.repeated_heads
    at.tally["joined"] += table.joined_rows
    unread: list[Row] = []

    def stops(row: Row, head: Head | None, following: Row | None) -> bool:
        return _is_statement(at, row) or is_question(row, head, following, at.layout.tables)

    for part in stretches(table, at.layout.tables, stops, inherited):
        if part.is_stop:
            _read_stop(at, part.table.rows[0])
            continue
        if part.head is None:
            unread += [row for row in part.table.rows if texts(row)]
            at.tally["skip:blank"] += sum(1 for row in part.table.rows if not texts(row))
            continue
        at.head = part.head
        if part.head.layout.name not in (*SCALES, RESPONDENTS):
            at.rejects.extend(unknown_columns(part.table, part.head))
        if part.head.layout.name in SCALES:
            at.survey.read(part.table, part.head, at.absent, at.indicator)
        elif part.head.layout.name == RESPONDENTS:
            _read_respondents_block(at, part.table, part.head)
        else:
            _read_by_fields(at, part.table, part.head)
    if unread:
        _reject_table(at, unread)


def _is_statement(at: Report, row: Row) -> bool:
    """Whether a row says what else a line says: a heading drawn as a merged row, or a label and its value."""
    own = texts(row)
    if not 1 <= len(own) <= 2:
        return False
    lines, plain = at.layout.lines, squash(NUMBERING.sub("", own[0]))
    if len(own) == 1:
        headed = any(plain.startswith(lines.get(kind, ())) for kind in ("sub_indicator", "indicator", "respondents"))
        return headed or (plain.startswith(lines.get("overall", ())) and SCORED.fullmatch(own[0]) is not None)
    if plain.startswith(lines.get("overall", ())):
        return is_number(own[1])
    return plain in lines.get("grade", ()) and grade_named(at, own[1]) is not None


def _read_stop(at: Report, row: Row) -> None:
    """A row that stands by itself: a heading or a statement, or else a question."""
    if not _is_statement(at, row):
        at.survey.ask(question_of_row(row, at.indicator))
        return
    told = len(at.overall)
    read_line(at, TextLine(row.page, row.bbox, row.text, text=" ".join(unwrap(text) for text in texts(row))))
    at.tally["record" if len(at.overall) > told else "skip:heading"] += 1


def _reject_table(at: Report, rows: list[Row]) -> None:
    """Rows of a table that no layout knows: one reject for all of them, as many rows in the tally."""
    at.tally["unknown"] += len(rows)
    at.rejects.append(unknown_table(rows, rows[0].page))


def _read_respondents_block(at: Report, table: LongTable, head: Head) -> None:
    for row in table.rows[: head.rows]:  # OCR draws the heading above the table into its head
        for text in texts(row):
            if squash(text).startswith(at.layout.lines.get("respondents", ())):
                at.instrument = instrument_in(at, text) or at.instrument
    for caption in at.captions:
        at.instrument = instrument_in(at, caption.text) or at.instrument
    at.respondents.read(table, head, at.instrument, at.absent)


def _read_by_fields(at: Report, table: LongTable, head: Head) -> None:
    reader = RowReader(table, head, at.layout.values, at.frameworks)
    reader.tally["joined"] = 0
    at.tally["head"] += head.rows
    if head.layout.name == "oit":
        _take_captions(at)
        at.place = at.disclosure.read(reader, at.place, at.layout.lines.get("sub_indicator", ()))
    else:
        _BY_FIELDS[head.layout.name](at, reader)
    at.rejects.extend(reader.rejects)
    at.tally.update(reader.tally)


def _take_captions(at: Report) -> None:
    """The lines between the last table and one of OIT name its section, perhaps behind the rest of a sub-indicator's long name."""
    lines = [unwrap(line.text) for line in at.captions]
    at.captions.clear()
    known = at.framework.sub_indicator(at.place.sub_no) if at.framework and at.place.sub_no else None
    while lines and known and at.place.sub_name and at.place.section is None:
        longer = unwrap(f"{at.place.sub_name}\n{lines[0]}")
        if skeleton(at.place.sub_name) == skeleton(known.name) or not skeleton(known.name).startswith(skeleton(longer)):
            break
        at.place = replace(at.place, sub_name=longer)
        del lines[0]
    if not lines:
        return
    sections = {skeleton(item.section): item.section for item in (at.framework.oit_items if at.framework else ()) if item.section}
    for start in range(len(lines)):
        if skeleton(told := unwrap("\n".join(lines[start:]))) in sections:
            at.place = replace(at.place, section=told)
            return
    at.place = replace(at.place, section=unwrap("\n".join(lines)) if len("".join(lines)) <= MAX_SECTION else lines[-1])


def _read_overall_table(at: Report, reader: RowReader) -> None:
    for row in reader.body():
        score, printed = reader.score(row, reader.head.columns("score")[0])
        if score is None:
            continue
        tell_overall(at, row, reader.text(row, "agency_name"), printed)
        told = reader.text(row, "grade")
        grade = grade_named(at, told) if told else None
        if told and grade is None:
            reader.note(row, "BAD_GRADE", f"{told!r} is no grade of {at.year}")
        at.grade = at.grade or grade
        reader.settle(row, 1)


def _read_indicators(at: Report, reader: RowReader) -> None:
    for row in reader.body():
        name = reader.text(row, "indicator")
        score, printed = reader.score(row, reader.head.columns("score")[0])
        if not name or score is None:
            if reader.is_open(row):
                reader.reject(row, "NO_SCORE" if name else "NO_NAME", f"{name!r} with score {printed!r}")
            continue
        reader.leave(row)
        at.indicators.append((name, score, printed, row))


def _read_instruments(at: Report, reader: RowReader) -> None:
    for row in reader.body():
        name = reader.text(row, "instrument")
        score, printed = reader.score(row, reader.head.columns("score")[0])
        code = instrument_in(at, name) if name else None
        if code is None or score is None:
            if reader.is_open(row):
                reader.reject(row, "UNKNOWN_INSTRUMENT", f"{name!r} with score {printed!r}")
            continue
        at.instruments.append((code, score, printed, row))
        reader.settle(row, 1)


_BY_FIELDS: Mapping[str, Callable[[Report, RowReader], None]] = {
    "overall": _read_overall_table,
    "indicators": _read_indicators,
    "instruments": _read_instruments,
}


def _settle(at: Report) -> Rows:
    """All that was said, as records of one agency and year."""
    if at.year is None:
        return _without_year(at)
    agency = next((one.name for one in at.overall if one.name), None) or at.named
    ranked = list(_ranked(at))
    told = {indicator.no for indicator, *_ in ranked}
    stated = {one[0].no: one for one in reversed(at.stated) if one[0].no not in told}
    at.tally["record"] += len(ranked)
    records: list[Record] = [*_overall_records(at, agency, at.year)]
    _note_grade(at)
    for indicator, score, printed, row in (*ranked, *sorted(stated.values(), key=lambda one: one[0].no)):
        records.append(
            IndicatorScore(
                page=row.page,
                subject="agency",
                agency_name=agency,
                agency_type=None,
                province=None,
                fiscal_year=at.year,
                instrument=indicator.instrument,
                indicator_no=indicator.no,
                indicator_name=indicator.name,
                score=score,
                score_printed=printed,
                bbox=row.bbox,
            )
        )
    for code, score, printed, where in at.instruments:
        records.append(
            InstrumentScore(
                page=where.page,
                subject="agency",
                agency_name=agency,
                province=None,
                fiscal_year=at.year,
                instrument=code,
                part=None,
                score=score,
                score_printed=printed,
                bbox=where.bbox,
            )
        )
    survey = at.survey.settle(agency, at.year, at.frameworks)
    disclosed = at.disclosure.settle(agency, at.year, at.frameworks)
    records += [*survey.records, *disclosed.records, *at.respondents.settle(at.year, at.layout.table(RESPONDENTS))]
    return Rows(
        tuple(records),
        (*at.rejects, *survey.rejects, *disclosed.rejects, *at.respondents.rejects),
        at.tally + survey.tally + disclosed.tally + at.respondents.tally,
        agency_name=agency,
        fiscal_year=at.year,
        checks=(*survey.checks, *disclosed.checks),
    )


def _note_grade(at: Report) -> None:
    """A level that is none of its year's is not published, and not passed over in silence."""
    if at.grade is None and at.overall and at.unread_grade is not None:
        line, told = at.unread_grade
        detail = f"{told!r} is no grade of {at.year}"
        at.rejects.append(
            Reject(page=line.page, target="agency_scores", reason="BAD_GRADE", detail=detail, raw_text=line.text, bbox=line.bbox)
        )


def _overall_records(at: Report, agency: str | None, year: int) -> Iterator[AgencyScore]:
    current = next((one for one in at.overall if (one.year or year) == year), None)
    for one in at.overall:
        name = one.name or agency
        if name is None:
            detail = "an overall score, and no line that says whose"
            raw = one.line.text
            at.rejects.append(
                Reject(
                    page=one.line.page, target="agency_scores", reason="NO_NAME", detail=detail, raw_text=raw, bbox=one.line.bbox
                )
            )
            continue
        yield AgencyScore(
            page=one.line.page,
            table_no=one.line.table_no if isinstance(one.line, Row) else None,
            agency_type=at.names.type_of_name(name),
            fiscal_year=one.year or year,
            row_no=None,
            agency_name=name,
            agency_name_printed=name,
            province=None,
            district=None,
            score=one.score,
            score_printed=one.printed,
            grade=at.grade if one is current else None,
            target_passed=None,
            is_current_year=(one.year or year) >= year,
            bbox=one.line.bbox,
        )


def _ranked(at: Report) -> Iterator[tuple[Indicator, Decimal, str, Row | TextLine]]:
    """The rows of the table of indicators, each with its indicator.

    A misread one is that which no other row is, if it is at all alike: OCR reads "การปฏิบัติงานที่" for "การปฏิบัติหน้าที่".
    """
    known = at.framework.indicators if at.framework else ()
    named = [at.framework.indicator_named(name) if at.framework else None for name, *_ in at.indicators]
    taken = {indicator.no for indicator in named if indicator}
    for indicator, (name, score, printed, row) in zip(named, at.indicators, strict=True):
        meant = indicator or _most_alike(name, [one for one in known if one.no not in taken])
        if meant is not None:
            taken.add(meant.no)
            yield meant, score, printed, row
            continue
        at.tally["reject"] += 1
        detail = f"{name!r} is no indicator of {at.year}"
        at.rejects.append(
            Reject(
                page=row.page,
                target="indicator_scores",
                reason="UNKNOWN_INDICATOR",
                detail=detail,
                raw_text=row.text,
                bbox=row.bbox,
            )
        )


def _most_alike(name: str, free: list[Indicator]) -> Indicator | None:
    alike = sorted(((max(likeness(name, known) for known in (one.name, *one.variants)), one.no, one) for one in free), reverse=True)
    leads = len(alike) == 1 or (len(alike) > 1 and alike[0][0] - alike[1][0] >= CLEARLY)
    return alike[0][2] if alike and leads and alike[0][0] >= MIN_ALIKE else None


def _without_year(at: Report) -> Rows:
    """Nothing can be published of a report that does not say of which year it is."""
    detail = "no title names the fiscal year of this report"
    survey = at.survey.settle(None, 0, at.frameworks)
    disclosed = at.disclosure.settle(None, 0, at.frameworks)
    lost: list[tuple[str, int, str]] = [("agency_scores", one.line.page, one.line.text) for one in at.overall]
    lost += [("indicator_scores", row.page, row.text) for *_, row in at.indicators]
    lost += [(one.dataset, getattr(one, "page", 1), str(one)) for one in (*survey.records, *disclosed.records)]
    rejects = tuple(
        Reject(page=page, target=target, reason="NO_YEAR", detail=detail, raw_text=raw, bbox=None) for target, page, raw in lost
    )
    tally = at.tally + survey.tally + disclosed.tally + at.respondents.tally
    tally["reject"] += tally.pop("record", 0) + len(at.indicators)
    return Rows((), (*at.rejects, *rejects), tally)
