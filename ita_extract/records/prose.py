"""Scores that are said in sentences: a list of indicators, a total with its level, an instrument, a whole province.

A measures plan says in its foreword what the assessment gave, a governor's policy says it twice and in Thai digits, and a report
on measures repeats its total in every row of a table. A number counts as a score only with words of `rules/prose.toml` before it,
and only with a subject that those words touch; a target ("85 คะแนนขึ้นไป"), a share of projects or the number of a list is none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from ..model.page import BBox
from ..model.record import AgencyScore, IndicatorScore, InstrumentScore, ProvinceScore, Record, Reject
from ..model.table import TextLine
from ..rulebook.frameworks import Framework, Frameworks, Indicator
from ..rulebook.layouts import YEAR, Layout
from ..rulebook.prose import NUMBER, Prose
from ..rulebook.wording import recognise, squash
from .classify import year_of_title
from .naming import AgencyNames
from .rows import MAX_SCORE, Rows
from .sections import Section
from .values import arabic, unwrap, year_in

_NUMBER = re.compile(r"(?<![\d.,/])\d{1,3}(?:\.\d{1,2})?(?![\d,/%]|\.\d)")
_MARK = re.compile(r"\s*(?:[-–•]\s|\(?[0-9๐-๙]{1,2}\s*[.)]\s*(?=[^\W\d_]))")
_ITEM = re.compile(r"(?<![a-z])[ieo]\d{1,2}(?!\d)")
_YEAR = "(25[4-9][0-9]|26[0-3][0-9])"
_CLOSERS = "=“”\"'‘’(-–—"
REACH = 400
"""How many characters before a score its sentence may begin."""
LEVEL_REACH = 120
RESULTS_REACH = 160
"""How far from the words that speak of results their year may stand."""
MAX_INDICATOR_NAME = 60
TITLE_LINES = 8


@dataclass(frozen=True, slots=True)
class Said:
    """A stretch of text with its place: a line of a page, or a cell."""

    text: str
    page: int
    bbox: BBox | None


@dataclass(slots=True)
class Sayings:
    """What the sentences of one section have said so far. `agency` and `year` are whom and when the last one spoke of."""

    layout: Layout
    frameworks: Mapping[int, Framework]
    names: AgencyNames
    agency: str | None
    year: int | None
    records: list[Record] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    seen: set[tuple[object, ...]] = field(default_factory=set)

    def add(self, record: AgencyScore | IndicatorScore | InstrumentScore | ProvinceScore) -> bool:
        """Keeps a statement, once however often the document repeats it."""
        subject = record.province if isinstance(record, ProvinceScore) else record.agency_name
        detail = record.indicator_no if isinstance(record, IndicatorScore) else getattr(record, "instrument", None)
        key = (record.dataset, subject, record.fiscal_year, detail, record.score)
        if key in self.seen:
            return False
        self.seen.add(key)
        self.records.append(record)
        return True

    def finished(self) -> tuple[Record, ...]:
        """The records, those of earlier years marked as such: of an agency's totals the newest year is the current one."""
        newest: dict[str, int] = {}
        for record in self.records:
            if isinstance(record, AgencyScore):
                newest[record.agency_name] = max(record.fiscal_year, newest.get(record.agency_name, 0))
        return tuple(
            replace(record, is_current_year=False, grade=None, target_passed=None)
            if isinstance(record, AgencyScore) and record.fiscal_year < newest[record.agency_name]
            else record
            for record in self.records
        )


def read_prose(section: Section, frameworks: Frameworks, names: AgencyNames) -> Rows:
    """The scores that a section without tables of its own says in its sentences, such as a policy or a covering letter.

    Rows of its tables are read as sentences too; those that say no score are counted as `skip:no_statement`.
    """
    sayings = open_sayings(section, frameworks, names)
    tally: Counter[str] = Counter()
    lines: list[TextLine] = []
    for block in section.document.blocks:
        if isinstance(block, TextLine):
            lines.append(block)
            continue
        read_lines(sayings, lines)
        lines = []
        tally.update({"repeated_head": block.repeated_heads, "joined": block.joined_rows})
        for row in block.rows:
            given = read_said(sayings, [Said(row.text.replace(" | ", " "), row.page, row.bbox)])
            tally["record" if given else "skip:no_statement"] += 1
    read_lines(sayings, lines)
    title_year = year_in(section.title) if section.title else None
    return Rows(sayings.finished(), tuple(sayings.rejects), tally, subject_of(section, names), title_year or sayings.year)


def open_sayings(section: Section, frameworks: Mapping[int, Framework], names: AgencyNames) -> Sayings:
    """Ready to read a section's sentences: they are about its agency and the year of its title until one says otherwise."""
    title_year = year_of_title(section.title, section.layout) if section.title else None
    return Sayings(section.layout, frameworks, names, subject_of(section, names), title_year)


def subject_of(section: Section, names: AgencyNames) -> str | None:
    """Whom the section is about: the agency that the title or a line below it names, else the one that it names most often."""
    lines = [block for block in section.document.blocks if isinstance(block, TextLine) and block.text.strip()]
    if section.title and (named := names.agency_in(section.title)):
        return named
    opening = section.layout.title_openings
    first = next((at for at, line in enumerate(lines) if squash(line.text).startswith(opening)), 0) if opening else 0
    for line in lines[first : first + TITLE_LINES]:
        if len(line.text.strip()) < MAX_INDICATOR_NAME and (named := names.agency_in(line.text)):
            return named
    found = Counter(named for line in lines if (named := names.agency_in(line.text)))
    return found.most_common(1)[0][0] if found else None


def read_lines(sayings: Sayings, lines: Iterable[TextLine]) -> int:
    """Reads lines as one running text. Returns how many statements were new."""
    return read_said(sayings, [Said(line.text, line.page, line.bbox) for line in lines])


def read_said(sayings: Sayings, said: list[Said]) -> int:
    """Reads stretches that follow each other as one running text. Returns how many statements it held, new or not."""
    raw = "\n".join(one.text for one in said)
    text = arabic(raw)
    if not any(char.isdigit() for char in text):
        return 0
    starts = [0]
    for one in said:
        starts.append(starts[-1] + len(one.text) + 1)
    breaks = [at for at, one in zip(starts, said, strict=False) if not one.text.strip() or _opens(one.text, sayings.layout.prose)]
    since = count = 0
    years = _years_of_results(text, breaks, sayings.layout.prose)
    for found in _NUMBER.finditer(text):
        while years and years[0][0] <= found.start():
            sayings.year = years.pop(0)[1]
        paragraph = breaks[max(0, bisect_right(breaks, found.start()) - 1)] if breaks and breaks[0] <= found.start() else 0
        begin = max(since, paragraph, found.start() - REACH)
        place = said[bisect_right(starts, found.start()) - 1]
        record = _statement(sayings, text, max(0, paragraph), begin, found, raw[found.start() : found.end()], place)
        if record is not None:
            sayings.add(record)
            count, since = count + 1, found.end()
    return count


def _years_of_results(text: str, breaks: list[int], prose: Prose) -> list[tuple[int, int]]:
    """Where paragraphs begin that name the year whose results they speak of, and that year: the one beside the words, not any."""
    found: list[tuple[int, int]] = []
    for start, end in pairwise([0, *(at for at in breaks if at > 0), len(text)]):
        plain = squash(text[start:end])
        for words in prose.scores.results:
            if (at := plain.find(words)) >= 0:
                years = [(abs(end - at), year) for end, year in _years(plain, prose.scores.year) if abs(end - at) <= RESULTS_REACH]
                if years:
                    found.append((start, min(years)[1]))
                    break
    return found


def _opens(text: str, prose: Prose) -> bool:
    """Whether a line begins a sentence of its own: an entry of a list, or one that names an indicator by number."""
    return bool(_MARK.match(text)) or any(_pattern(label).match(squash(text)) for label in prose.scores.indicator)


def _statement(
    sayings: Sayings, text: str, paragraph: int, begin: int, found: re.Match[str], printed: str, place: Said
) -> AgencyScore | IndicatorScore | InstrumentScore | ProvinceScore | None:
    words = sayings.layout.prose.scores
    before = squash(text[begin : found.start()]).rstrip(_CLOSERS)
    cue = next((cue for cue in words.cues if before.endswith(cue)), "")
    rest = before[: len(before) - len(cue)].rstrip(_CLOSERS)
    after = squash(text[found.end() : found.end() + LEVEL_REACH])
    unit = after.startswith(words.unit)
    labelled = any(_pattern(label).search(rest) for label in words.indicator)
    if not (cue or unit or labelled) or rest.endswith(words.marks) or after.startswith(tuple(f"{one}ขึ้นไป" for one in words.unit)):
        return None
    score = Decimal(found[0])
    if score > MAX_SCORE or _ITEM.search(rest):
        return None
    year = _year_before(rest, words.year) or sayings.year
    if year is None:
        return None
    told = _Told(sayings, score, printed, year, place)
    indicator = _indicator(told, rest, text[begin : found.start()], is_said=bool(cue or unit))
    if indicator is not None:
        return told.of_indicator(indicator)
    if "." not in found[0]:
        return None
    agency = _last_agency(text[begin : found.start()], sayings.names) or sayings.agency
    if agency is None:
        return None
    instrument = next((code for code in ("iit", "eit", "oit") if rest.rstrip(")").endswith(code)), None)
    if instrument is not None:
        return told.of_instrument(instrument.upper(), agency) if cue else None
    if any(word in rest for word in words.province):
        return told.of_province(agency, _rank(rest + cue, words.rank))
    about = squash(text[paragraph : found.start()])
    if not cue or not any(word in about for word in words.about) or not _touches(rest, cue, agency, words.year, words.about):
        return None
    return told.of_agency(agency, text[found.end() : found.end() + LEVEL_REACH])


@dataclass(frozen=True, slots=True)
class _Told:
    """A score with its year and place, whose subject is still to be named."""

    sayings: Sayings
    score: Decimal
    printed: str
    year: int
    place: Said

    @property
    def framework(self) -> Framework | None:
        known = self.sayings.frameworks
        return known.get(self.year) or max(known.values(), key=lambda one: one.fiscal_year, default=None)

    def of_indicator(self, indicator: Indicator) -> IndicatorScore | None:
        agency = self.sayings.agency
        if agency is None:
            return None
        return IndicatorScore(
            page=self.place.page,
            subject="agency",
            agency_name=agency,
            agency_type=self.sayings.names.type_of_name(agency),
            province=None,
            fiscal_year=self.year,
            instrument=indicator.instrument,
            indicator_no=indicator.no,
            indicator_name=indicator.name,
            score=self.score,
            score_printed=self.printed,
            bbox=self.place.bbox,
        )

    def of_instrument(self, instrument: str, agency: str) -> InstrumentScore:
        self.sayings.agency, self.sayings.year = agency, self.year
        return InstrumentScore(
            page=self.place.page,
            subject="agency",
            agency_name=agency,
            province=None,
            fiscal_year=self.year,
            instrument=instrument,
            part=None,
            score=self.score,
            score_printed=self.printed,
            bbox=self.place.bbox,
        )

    def of_province(self, agency: str, rank: int | None) -> ProvinceScore | None:
        province = self.sayings.names.province_named(agency.removeprefix("จังหวัด"))
        if province is None:
            return None
        return ProvinceScore(page=self.place.page, fiscal_year=self.year, province=province, score=self.score, rank_printed=rank)

    def of_agency(self, agency: str, after: str) -> AgencyScore:
        self.sayings.agency, self.sayings.year = agency, self.year
        words = self.sayings.layout.prose.scores
        following = squash(re.split(r"\n\s*\n|\d{1,3}\.\d", after, maxsplit=1)[0])
        return AgencyScore(
            page=self.place.page,
            table_no=None,
            agency_type=self.sayings.names.type_of_name(agency),
            fiscal_year=self.year,
            row_no=None,
            agency_name=agency,
            agency_name_printed=agency,
            province=None,
            district=None,
            score=self.score,
            score_printed=self.printed,
            grade=self.grade(following),
            target_passed=_passed(following, words.passed, words.failed),
            is_current_year=True,
            bbox=self.place.bbox,
        )

    def grade(self, following: str) -> str | None:
        """The level that the words behind the score name, by its name in the year's scale."""
        own = self.sayings.frameworks.get(self.year)
        known = sorted(self.sayings.frameworks.values(), key=lambda one: -one.fiscal_year)
        scales = [own.grades] if own and own.grades else [one.grades for one in known if one.grades]
        for scale in scales:
            names = {squash(name): level.name for level in scale.levels for name in (level.name, *level.variants)}
            either = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
            words = "|".join(map(re.escape, self.sayings.layout.prose.scores.level))
            if found := re.search(rf"(?:{words})[{_CLOSERS}]*({either})(?![a-z])", following):
                return names[found[1]]
        return None


def _indicator(told: _Told, rest: str, before: str, *, is_said: bool) -> Indicator | None:
    """The indicator that the words right before a number name; None where they name none, or contradict themselves.

    `is_said`: words say that the number is a score. Without them only the full name of the indicator makes it one.
    """
    framework = told.framework
    if framework is None:
        return None
    numbered = None
    for label in told.sayings.layout.prose.scores.indicator:
        for found in _pattern(label).finditer(rest):
            numbered = found
    if numbered is None or len(rest) - numbered.end() > MAX_INDICATOR_NAME:
        line = unwrap(before.rsplit("\n", 1)[-1])
        name = re.sub(r"^[\s\d.)(-]+", "", squash(line)).rstrip(_CLOSERS)
        cue = next((cue for cue in told.sayings.layout.prose.scores.cues if name.endswith(cue)), "")
        return framework.indicator_named(name.removesuffix(cue).removeprefix("ตัวชี้วัด")) if name else None
    name, no = rest[numbered.end() :].strip("._-– "), int(numbered[1])
    by_number, by_name = framework.indicator(no), framework.indicator_named(name) if name else None
    if by_number is not None and (by_name is by_number or (is_said and (not name or _alike(name, by_number)))):
        return by_number
    if is_said and name and len(name) <= MAX_INDICATOR_NAME:
        detail = f"indicator {no} is called {name!r}, which is not its name in {framework.fiscal_year}"
        told.sayings.rejects.append(
            Reject(
                page=told.place.page,
                target="indicator_scores",
                reason="UNKNOWN_INDICATOR",
                detail=detail,
                raw_text=f"{before.strip()} {told.printed}",
                bbox=told.place.bbox,
            )
        )
    return None


def _alike(name: str, indicator: Indicator) -> bool:
    from rapidfuzz.fuzz import ratio

    return max(ratio(name, squash(known)) for known in (indicator.name, *indicator.variants)) >= 80


def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(re.escape(phrase).replace(re.escape(NUMBER), r"(\d{1,2})(?!\d)").replace(re.escape(YEAR), _YEAR))


def _years(plain: str, wordings: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where each year that a squashed text names ends, and the year."""
    for wording in wordings:
        for found in _pattern(wording).finditer(plain):
            yield found.end(), int(found[1])


def _year_before(plain: str, wordings: Iterable[str]) -> int | None:
    return max(_years(plain, wordings), default=(0, None))[1]


def _rank(plain: str, wordings: Iterable[str]) -> int | None:
    return next((int(found[1]) for wording in wordings if (found := re.search(_pattern(wording).pattern, plain))), None)


def _touches(rest: str, cue: str, agency: str, years: Iterable[str], about: Iterable[str]) -> bool:
    """Whether the words before a total end in what it is the total of: the whole, an agency, a year or the assessment itself."""
    if "ภาพรวม" in cue or rest.endswith(("ภาพรวม", *about)) or rest.endswith(squash(agency)):
        return True
    return any(end == len(rest) for end, _ in _years(rest, years))


def _last_agency(text: str, names: AgencyNames) -> str | None:
    last, at = None, 0
    while (named := names.agency_in(text[at:])) is not None:
        last, at = named, text.find(named, at) + len(named)
        if at < len(named):
            break
    return last


def _passed(following: str, passed: Iterable[str], failed: Iterable[str]) -> bool | None:
    if any(word in following for word in failed):
        return False
    return True if any(word in following for word in passed) else None


def indicator_in(text: str, framework: Framework | None, prose: Prose) -> int | None:
    """The number of the one indicator that a text is about, by its number or by its name; None where it names none or several.

    >>> from ita_extract.rulebook.load import load_rulebook
    >>> from ita_extract.rulebook.prose import load_prose
    >>> framework = load_rulebook().framework(2567)
    >>> indicator_in("ตัวชี้วัดที่ ๔ การใช้ทรัพย์สินของราชการ", framework, load_prose())
    4
    >>> indicator_in("9. การเปิดเผยข้อมูล", framework, load_prose()), indicator_in("การให้บริการ", framework, load_prose())
    (9, None)
    """
    plain = squash(text)
    numbers = {int(found[1]) for label in prose.scores.indicator for found in _pattern(label).finditer(plain)}
    if framework is None:
        return next(iter(numbers)) if len(numbers) == 1 else None
    numbers &= {one.no for one in framework.indicators}
    if len(numbers) == 1:
        return next(iter(numbers))
    exact = framework.indicator_named(text)
    if exact is not None:
        return exact.no
    bare = re.sub(r"^.*?ตัวชี้วัด", "", plain)
    named = recognise(bare, ((name, one) for one in framework.indicators for name in (one.name, *one.variants)))
    return named.no if named is not None else None
