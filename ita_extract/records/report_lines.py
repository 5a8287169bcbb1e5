"""What the lines of an agency's report say: whose it is, its overall score and level, and what the tables below them are about.

A line is known by the wording it opens with (`[lines]` of the layout), numbers before it put aside. What a line leaves open (a
score or a level on the next one, the rest of a question) is kept until the next line or table closes it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ..model.record import Reject
from ..model.table import LongTable, Row, TextLine
from ..model.unread import UNREAD
from ..rulebook.frameworks import Framework, Frameworks, Indicator
from ..rulebook.layouts import Layout
from ..rulebook.wording import skeleton, squash
from .classify import opens_like, year_of_title
from .codes import opening
from .headings import CLOSE, Head
from .naming import AgencyNames
from .oit import Disclosure, Place, placed, sub_indicator
from .openings import behind, opened_rightly, split_at
from .respondents import Respondents
from .rows import MAX_SCORE
from .survey import SHORTEST, Question, Survey
from .values import parse_score, unwrap

_DIGIT = "[0-9๐-๙]"
SCORE = (
    rf"(?:(?<![0-9๐-๙.,{UNREAD}])(?<!{UNREAD}\s)"
    rf"(?:{_DIGIT}{{1,3}}\.{_DIGIT}{{1,2}}|(?<!\.{_DIGIT}\s){_DIGIT}{{1,3}}|[1-9๑-๙]{_DIGIT}\.{_DIGIT}\s{_DIGIT})"
    rf"|(?:(?<={UNREAD})|(?<={UNREAD}\s))[1-9๑-๙]{_DIGIT}\.{_DIGIT}{{2}})"
)
"""A score; torn before its last digit perhaps, where the type is set wide. What is unknown before it may be a digit of it, unless
there are two before its point: then it is a sign, "=" perhaps."""
SCORED = re.compile(rf"(?P<text>(?:.*?[^\s:={UNREAD}])??)[\s:={UNREAD}]*+(?P<score>{SCORE})\s*+(?:(?:คะแนน|%|/\s*+100)\s*+)?", re.S)
_TORN = re.compile(rf"(?P<text>.*\S)\s+(?=\S*{UNREAD})[0-9๐-๙{UNREAD}]{{1,3}}\.[0-9๐-๙{UNREAD}]{{2}}\s*", re.S)
"""A line that ends with a score of which a digit is unknown."""
_SHARES = re.compile(r"[0-9๐-๙]{1,3}\.[0-9๐-๙]{2}\s*%")
_ANSWERS = re.compile(r"(?:\s[0-9๐-๙]{1,3}\.[0-9๐-๙]{2}){3}\s*$")
"""A row of answers that is saved without its marks: shares and their score, at the end of a line."""
_OIT_LINE = re.compile(r"\s*[OoО][0-9๐-๙]{1,2}\s+\S.*\s[0-9๐-๙]{1,3}\.[0-9๐-๙]{2}\s*")
NUMBERING = re.compile(r"^[\s\d๐-๙.()\-•*]*")
MAX_STATEMENT = 160
"""A line of more letters is a paragraph, whatever it opens with."""
CAPTION_LINES = 4
LONG_NAME, LEAD = 20, 2.0
"""Letters of the name of an instrument that is known though misread, and by how much, of 100, it must be liker than others."""


@dataclass(frozen=True, slots=True)
class Overall:
    """The overall score as a line or a table states it. `year` is None where it names none: then it is that of the report."""

    name: str | None
    score: Decimal
    printed: str
    line: TextLine | Row
    year: int | None = None


@dataclass(slots=True)
class Report:
    """What has been said so far."""

    layout: Layout
    frameworks: Frameworks
    names: AgencyNames
    year: int | None
    absent: frozenset[str]
    overall: list[Overall] = field(default_factory=list)
    grade: str | None = None
    named: str | None = None
    indicator: int | None = None
    instrument: str | None = None
    place: Place = field(default_factory=Place)
    captions: list[TextLine] = field(default_factory=list)
    asked: list[TextLine] = field(default_factory=list)
    """The lines of a question so far."""
    has_gap: bool = False
    """Whether an empty line stands below them: then no line goes on with them any more."""
    unread_grade: tuple[TextLine, str] | None = None
    unfinished: str = ""
    """A statement that its line does not end: its score or its level stands on the next one."""
    head: Head | None = None
    table: LongTable | None = None
    survey: Survey = field(default_factory=Survey)
    disclosure: Disclosure = field(default_factory=Disclosure)
    respondents: Respondents = field(default_factory=Respondents)
    indicators: list[tuple[str, Decimal, str, Row]] = field(default_factory=list)
    """Printed name, score and score as printed of each row of the table of indicators."""
    stated: list[tuple[Indicator, Decimal, str, TextLine]] = field(default_factory=list)
    """Indicators whose score a line says; they count where no table tells it."""
    instruments: list[tuple[str, Decimal, str, Row | TextLine]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)

    @property
    def framework(self) -> Framework | None:
        """The year's framework; for a year without one the newest that is known, to read names by."""
        own = self.frameworks.get(self.year) if self.year is not None else None
        return own or max(self.frameworks.values(), key=lambda f: f.fiscal_year, default=None)


def read_line(at: Report, line: TextLine) -> None:
    """Takes in one line: a heading, a statement, a part of a question, or a caption of what follows."""
    known = [one for openings in at.layout.lines.values() for one in openings]
    text = opened_rightly(NUMBERING.sub("", unwrap(line.text)) or unwrap(line.text), known)
    plain = squash(text)
    if not plain:
        at.has_gap = bool(at.asked)
        return
    if at.year is None and (year := year_of_title(line.text, at.layout)):
        at.year = year
    if _asks(at, line):
        close_asked(at, before_table=False)
        at.asked.append(line)
        at.has_gap = False
        return
    if at.unfinished and _finishes(at, line, unwrap(line.text)):
        return
    for kind, read in _LINES.items():
        if plain.startswith(at.layout.lines.get(kind, ())) and len(plain) <= MAX_STATEMENT and read(at, line, text):
            close_asked(at, before_table=False)
            return
    like_row = len(_SHARES.findall(line.text)) >= 2 or _ANSWERS.search(line.text) or _OIT_LINE.fullmatch(line.text)
    if at.asked and not at.has_gap and not like_row and not opens_like(plain, at.layout):
        at.asked.append(line)
        return
    close_asked(at, before_table=False)
    if like_row:
        _reject_line(at, line)
        return
    if len(plain) <= MAX_STATEMENT and not opens_like(plain, at.layout):
        at.captions = [*at.captions[-CAPTION_LINES + 1 :], line]


def _finishes(at: Report, line: TextLine, text: str) -> bool:
    """Whether a line ends the statement that the line before began: a long name, or a level that has a line of its own."""
    whole, at.unfinished = unwrap(f"{at.unfinished}\n{text}"), ""
    read = _read_overall if squash(whole).startswith(at.layout.lines.get("overall", ())) else _read_grade
    before = (len(at.overall), at.grade)
    told = read(at, line, whole)
    at.unfinished = ""
    return told and before != (len(at.overall), at.grade)


def _reject_line(at: Report, line: TextLine) -> None:
    at.tally["outside"] += 1
    detail = "a line that looks like a row of the report, but no table was found around it"
    target = "oit_items" if _OIT_LINE.fullmatch(line.text) else "survey_rows"
    at.rejects.append(
        Reject(page=line.page, target=target, reason="ROW_OUTSIDE_TABLE", detail=detail, raw_text=line.text, bbox=line.bbox)
    )


def _read_overall(at: Report, line: TextLine, text: str) -> bool:
    """ "คะแนนภาพรวมหน่วยงานจังหวัดลำพูน : 87.96 คะแนน", the level behind it perhaps."""
    rest = behind(text, at.layout.lines["overall"])
    level = next((mark for mark in at.layout.lines.get("grade", ()) if mark in squash(rest)), None)
    stated, grade = split_at(rest, level) if level else (rest, "")
    found = SCORED.fullmatch(stated)
    if found is None:
        at.unfinished = text
        return True
    tell_overall(at, line, _name_in(at, found["text"]), found["score"], year_of_title(found["text"], at.layout))
    if level:
        _read_grade(at, line, level + grade)
    else:
        at.unfinished = text
    return True


def tell_overall(at: Report, where: TextLine | Row, name: str | None, printed: str, year: int | None = None) -> None:
    """Keeps an overall score, once."""
    score = parse_score(printed, at.absent)
    if score is None or score > MAX_SCORE:
        return
    if any(score == one.score and (year or at.year) == (one.year or at.year) for one in at.overall):
        return  # said before
    at.overall.append(Overall(name, score, printed, where, year))


def _read_grade(at: Report, line: TextLine, text: str) -> bool:
    told = behind(text, at.layout.lines.get("grade", ())).strip(' :=-*"“”')
    grade = grade_named(at, told) if told else None
    if grade is None:
        at.unfinished = text
        if told and ":" in text:
            at.unread_grade = at.unread_grade or (line, told)
        return False
    at.grade = at.grade or grade
    return True


def grade_named(at: Report, printed: str) -> str | None:
    own = at.frameworks.get(at.year) if at.year is not None else None
    scales = (
        [own.grades] if own and own.grades else [f.grades for f in sorted(at.frameworks.values(), key=lambda f: -f.fiscal_year)]
    )
    return next((grade.name for scale in scales if scale and (grade := scale.parse_grade(printed))), None)


def _read_agency(at: Report, line: TextLine, text: str) -> bool:
    at.named = at.named or _name_in(at, behind(text, at.layout.lines["agency"]))
    return False  # such a line may be a caption as well


def _read_indicator(at: Report, line: TextLine, text: str) -> bool:
    """A heading over the questions of one indicator; with a score behind it, a statement."""
    found = SCORED.fullmatch(text)
    named = found["text"] if found and "." in found["score"] else text
    indicator = at.framework.indicator_named(named) if at.framework else None
    if indicator is None:
        return False
    score = parse_score(found["score"], at.absent) if found and "." in found["score"] else None
    if found and score is not None and score <= MAX_SCORE:
        at.stated.append((indicator, score, found["score"], line))
    at.indicator = indicator.no
    at.place = Place(indicator.no)
    return True


def _read_instrument(at: Report, line: TextLine, text: str) -> bool:
    """ "แบบวัด IIT : 88.51 คะแนน"; without a score it is a heading, and a caption of what follows."""
    found = SCORED.fullmatch(text)
    code = instrument_in(at, text)
    score = parse_score(found["score"], at.absent) if found and "." in found["score"] else None
    if found is None or code is None or score is None or score > MAX_SCORE:
        return False
    at.instruments.append((code, score, found["score"], line))
    return True


def _read_sub_indicator(at: Report, line: TextLine, text: str) -> bool:
    told = sub_indicator(text, at.layout.lines["sub_indicator"])
    if told is None:
        return False
    at.place = placed(at.place, text, at.layout.lines["sub_indicator"])
    at.captions.clear()
    return True


def _read_respondents(at: Report, line: TextLine, text: str) -> bool:
    at.instrument = instrument_in(at, text) or at.instrument
    return True


_LINES: Mapping[str, Callable[[Report, TextLine, str], bool]] = {
    "respondents": _read_respondents,
    "sub_indicator": _read_sub_indicator,
    "indicator": _read_indicator,
    "instrument": _read_instrument,
    "overall": _read_overall,
    "grade": _read_grade,
    "agency": _read_agency,
}


def instrument_in(at: Report, text: str) -> str | None:
    """The instrument that a heading names, by its code or by its name without the code behind it."""
    plain = squash(text)
    for one in at.framework.instruments if at.framework else ():
        names = (squash(name).replace(f"({one.code.lower()})", "") for name in (one.name, *one.variants))
        if one.code.lower() in plain or any(name in plain for name in names):
            return one.code
    return _instrument_like(at, plain)


def _instrument_like(at: Report, plain: str) -> str | None:
    """The instrument whose misread name a heading holds, if it is clearly that and no other: two of them differ in their ends."""
    from rapidfuzz.fuzz import partial_ratio

    known = at.framework.instruments if at.framework and len(plain) >= LONG_NAME else ()
    names = {one.code: [squash(name).split("(")[0] for name in (one.name, *one.variants)] for one in known}
    alike = sorted(
        (max((partial_ratio(name, plain) for name in own if len(name) >= LONG_NAME), default=0.0), code)
        for code, own in names.items()
    )
    if not alike or alike[-1][0] < CLOSE or (len(alike) > 1 and alike[-1][0] - alike[-2][0] < LEAD):
        return None
    return alike[-1][1]


def _name_in(at: Report, text: str) -> str | None:
    """The agency that a statement is about: what stands between its wording and its number."""
    known = at.names.agency_in(text)
    if known:
        return text[text.find(known) :].strip(" :=-") if known in text else known
    name = text.strip(" :=-()")
    if year_of_title(name, at.layout) is not None or len(skeleton(name)) < 3 or any(c.isdigit() for c in name):
        return None
    return name


def _asks(at: Report, line: TextLine) -> bool:
    """Whether a line may open a question: behind a code with its letter, or a number, which only a table of answers makes one."""
    text = unwrap(line.text)
    told = opening(_unbracketed(text) if SCORED.fullmatch(text) else text)
    if told is None or len(skeleton(told[1])) < SHORTEST or _SHARES.search(line.text):
        return False
    return told[0].isdecimal() or (told[0][:1] in f"IiEeІΙЕΕ{UNREAD}" and any(c.isdigit() for c in told[0]))


def _unbracketed(text: str) -> str:
    """A text whose first sign is a bracket that nothing closes, with an unknown letter for it: so an I in bold is read by OCR."""
    return UNREAD + text[1:] if text.startswith("(") and ")" not in text else text


def close_asked(at: Report, *, before_table: bool) -> None:
    """The lines of a question are complete. A number before a sentence is a code only where a score stands at its end and
    a table of answers follows (`before_table`); else the lines are captions like others."""
    lines, at.asked = at.asked, []
    if not lines:
        return
    parts: list[str] = []
    score: Decimal | None = None
    is_scored = False
    for line in lines:
        found = SCORED.fullmatch(line.text)
        if not is_scored and found and "." in found["score"]:
            score = parse_score(found["score"], at.absent)
            parts.append(found["text"])
            is_scored = score is not None
        elif not is_scored and (torn := _TORN.fullmatch(line.text)):
            parts.append(torn["text"])
            is_scored = True
        else:
            parts.append(line.text)
    told = opening(_unbracketed("\n".join(parts)))
    if told is None or (told[0].isdecimal() and not (before_table and is_scored)) or (score or 0) > MAX_SCORE:
        at.captions = [*at.captions, *lines][-CAPTION_LINES:]
        return
    first = lines[0]
    raw = "\n".join(line.text for line in lines)
    at.survey.ask(Question(told[0], told[1], score, first.page, first.bbox, raw, in_table=False, indicator=at.indicator))
