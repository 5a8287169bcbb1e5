"""The questions of IIT and EIT with the rows under each: how answers spread, and what they score.

A question is a row over its table ("I1 บุคลากร… | 84.54") or a line above it, is printed again on the next page with its head and
without its rows, and is smeared into its head by OCR. It counts once: with the first copy that prints its score, and with the rows
of all copies in their order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from ..model.page import BBox
from ..model.record import Check, Record, Reject, SurveyItem, SurveyRow
from ..model.table import LongTable, Row
from ..model.unread import UNREAD, readings
from ..rulebook.frameworks import Direction, Framework, Scale
from ..rulebook.frameworks import SurveyItem as KnownItem
from ..rulebook.layouts import TableLayout
from ..rulebook.wording import skeleton
from .codes import ALIKE, Code, Marked, is_lettered, likeness, opening, resolve
from .headings import Head
from .rows import MAX_SCORE
from .stretches import is_heading, is_number, says_heads, texts
from .values import parse_score, unwrap
from .wrapping import unwrap_like

SCALES: Mapping[str, tuple[str, ...]] = {
    "four_step": ("share_least", "share_little", "share_much", "share_most"),
    "yes_no": ("share_yes", "share_no"),
}
LETTERS = "IE"
INSTRUMENTS = {"I": "IIT", "E": "EIT"}
SHORTEST = 6
"""A question has more letters than this, whatever else stands behind a code may not."""
WHOLE = Decimal(100)
ROUNDED = Decimal("0.5")
"""How far shares may add up beside 100 where they are told by their order only."""
WEIGHED = Decimal("0.02")
"""How far a score may lie beside that of its printed shares: every row of a published report keeps within it."""
PARTLY = 2
"""A row with so many numbers, whole or with unknown digits, is an answer, be it readable or not."""
_PARTLY = re.compile(rf"[\d{UNREAD}][\d{UNREAD}.,%\s]{{1,11}}")

Answers = Literal["four_step", "yes_no"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A row under a question, read but not yet given to an item."""

    text: str
    scale: Answers
    shares: tuple[Decimal, ...]
    score: Decimal
    row: Row
    filled: tuple[int, str] | None = None
    """A share that shows some of its digits, by its place, and its print; the share is what the others leave of 100."""
    lost: bool = False
    """Whether it could not be read, and only keeps its place among the rows of its question."""


@dataclass(slots=True)
class Question:
    """A printed copy of a question. `in_table` tells whether it is a row that the tally must count."""

    token: str | None
    text: str
    score: Decimal | None
    page: int
    bbox: BBox | None
    raw: str
    in_table: bool
    indicator: int | None = None
    smeared: bool = False
    answers: list[Answer] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """What the survey of a report gave."""

    records: tuple[Record, ...]
    rejects: tuple[Reject, ...]
    checks: tuple[Check, ...]
    tally: Counter[str]


def is_question(row: Row, head: Head | None, following: Row | None, layouts: Iterable[TableLayout]) -> bool:
    """Whether a row is a question above its head: what looks like a code, a text, and at most one number, its score.

    In a list of items, indicators or agencies a number before a text means something else. A question that lost its code is known
    by the head of answers below it.
    """
    own = texts(row)
    if not own:
        return False
    told, values = _told(own)
    if len(values) > 1 or (told is None and is_number(own[0])) or not all(_score(value) is not None for value in values):
        return False
    if following is not None and any(says_heads(following, one) for one in layouts if one.name in SCALES):
        return not any(is_heading(text, one) for text in own for one in layouts if one.name in SCALES)
    if told is None or (head is not None and head.layout.name not in SCALES):
        return False
    token, text = told
    return (is_lettered(token) or bool(values)) and len(skeleton(text)) >= SHORTEST


def _told(own: list[str]) -> tuple[tuple[str, str] | None, list[str]]:
    """Code and text of the cells of a row, and its other cells."""
    if len(own) > 1 and not is_number(own[1]) and (found := opening(f"{own[0]} {own[1]}")) and len("".join(own[0].split())) <= 5:
        return found, own[2:]
    return opening(own[0]), own[1:]


def question_of_row(row: Row, indicator: int | None) -> Question:
    """A row as a question; without a code of its own where none can be seen."""
    own = texts(row)
    told, values = _told(own)
    token, text = told if told else (None, own[0])
    score = next((score for value in values if (score := _score(value)) is not None), None)
    return Question(token, text, score, row.page, row.bbox, row.text, in_table=True, indicator=indicator)


def _score(text: str) -> Decimal | None:
    try:
        score = parse_score(text, frozenset())
    except ValueError:
        return None
    return score if score is not None and score <= MAX_SCORE else None


@dataclass(slots=True)
class Survey:
    """Gathers questions and answers while a report is read; `settle` tells which item each is and makes the records."""

    questions: list[Question] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)

    def ask(self, question: Question) -> None:
        self.questions.append(question)

    def read(self, table: LongTable, head: Head, absent: frozenset[str], indicator: int | None) -> None:
        """The rows of a stretch under a survey's head; those of its head first."""
        for row in table.rows[: head.rows]:
            self._read_head_row(row, indicator)
        lost = bool(head.rows and self.questions and self._has_all_rows(self.questions[-1]))
        for place, row in enumerate(table.rows[head.rows :]):
            if lost and _answer(row, head, absent) is not None:  # the head was that of another question, which is lost itself
                first = table.rows[0]
                self.ask(Question(None, "", None, first.page, first.bbox, first.text, in_table=False, indicator=indicator))
                lost = False
            self._read_row(row, head, absent, is_first=place == 0, indicator=indicator)

    @staticmethod
    def _has_all_rows(question: Question) -> bool:
        """Whether the rows read so far make up the score of their question."""
        scores = [answer.score for answer in question.answers]
        return (
            bool(scores)
            and not any(answer.lost for answer in question.answers)
            and question.score is not None
            and abs(sum(scores, Decimal(0)) / len(scores) - question.score) <= WEIGHED
        )

    def _read_head_row(self, row: Row, indicator: int | None) -> None:
        """A head, which OCR may have smeared with the question above it: that is one more copy of the question."""
        self.tally["head"] += 1
        own = texts(row)
        told = opening(own[0]) if own else None
        if told and len(own) > 2:
            question = Question(
                told[0], told[1], None, row.page, row.bbox, row.text, in_table=False, indicator=indicator, smeared=True
            )
            self.ask(question)

    def _read_row(self, row: Row, head: Head, absent: frozenset[str], *, is_first: bool, indicator: int | None) -> None:
        own = texts(row)
        if not own or all(set(text) <= set("-–— ") for text in own):
            self.tally["skip:blank" if not own else "skip:rule"] += 1
            return
        answer = _answer(row, head, absent)
        if answer is None:
            self._read_odd_row(row, own, is_first=is_first)
            if self.questions and not is_number(own[0]) and sum(bool(_PARTLY.fullmatch(text)) for text in own[1:]) >= PARTLY:
                self.questions[-1].answers.append(Answer(own[0], "four_step", (), Decimal(0), row, lost=True))
            return
        code = _code_cell(row, head)
        if code:
            self.ask(Question(code, answer.text, answer.score, row.page, row.bbox, row.text, in_table=False, indicator=indicator))
        if not self.questions:
            self._reject(row, "NO_QUESTION", "answers stand here without a question above them")
            return
        self.questions[-1].answers.append(answer)

    def _read_odd_row(self, row: Row, own: list[str], *, is_first: bool) -> None:
        """A row without values: the rest of the text of the row before, at the top of a page; else nothing that can be told."""
        last = self.questions[-1].answers if self.questions else []
        if len(own) == 1 and not is_number(own[0]) and is_first and last and last[-1].row.page == row.page - 1:
            before = last[-1]
            last[-1] = replace(before, text=f"{before.text}\n{own[0]}")
            self.tally["joined"] += 1
            return
        self._reject(row, "BAD_ROW", "neither a question nor a row with a text, the shares of its answers and a score")

    def _reject(self, row: Row, reason: str, detail: str) -> None:
        self.tally["reject"] += 1
        self.rejects.append(
            Reject(page=row.page, target="survey_rows", reason=reason, detail=detail, raw_text=row.text, bbox=row.bbox)
        )

    def settle(self, agency: str | None, year: int, frameworks: Mapping[int, Framework]) -> Told:
        """Every question under its item, with its records."""
        framework = frameworks.get(year)
        items = framework.survey_items if framework else ()
        known = {Code(item.code[0], int(item.code[1:])): _wording(item) for item in items}
        codes = resolve([Marked(q.token, q.text) for q in self.questions], LETTERS, known)
        scales = (
            framework
            if framework and framework.scales
            else max((f for f in frameworks.values() if f.scales), key=lambda f: f.fiscal_year, default=None)
        )
        settled = _Settled(agency, year, framework, scales)
        for code, copies in _copies(codes, self.questions):
            settled.add(code, copies)
        rejects = (*self.rejects, *settled.rejects)
        return Told((*settled.items, *settled.rows), rejects, tuple(settled.checks), self.tally + settled.tally)


def _wording(item: KnownItem) -> str | None:
    """The question as it is asked; the issue behind it, which is all that some years tell, is worded otherwise."""
    return item.text if item.text_kind == "question" else None


def _copies(codes: Iterable[Code | None], questions: Iterable[Question]) -> Iterator[tuple[Code | None, list[Question]]]:
    """The copies of each question together, in the order of the first ones."""
    groups: dict[object, tuple[Code | None, list[Question]]] = {}
    for place, (code, question) in enumerate(zip(codes, questions, strict=True)):
        groups.setdefault(code if code else place, (code, []))[1].append(question)
    return iter(groups.values())


@dataclass(slots=True)
class _Settled:
    agency: str | None
    year: int
    framework: Framework | None
    scales: Framework | None
    items: list[SurveyItem] = field(default_factory=list)
    rows: list[SurveyRow] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)

    def add(self, code: Code | None, copies: list[Question]) -> None:
        if code is None:
            self._reject_all(
                copies, "CODE_UNSURE", "which item this is can be told neither by its code nor by its place nor by its text"
            )
            return
        known = self._known(code, copies)
        told = next((copy for copy in copies if copy.score is not None and not copy.smeared), None)
        for copy in copies:
            self._tell_code(code, copy)
            if copy.in_table and copy is not told:
                self.tally["skip:repeated_question"] += 1
        peers = [text for text in (_wording(known), *(row.text for row in known.rows)) if text] if known else []
        peers += [text for copy in copies if not copy.smeared for text in (copy.text, *(answer.text for answer in copy.answers))]
        self._add_item(code, copies, told, known, peers)
        answers = _distinct(answer for copy in copies for answer in copy.answers)
        self.tally["skip:repeated_row"] += sum(not one.lost for copy in copies for one in copy.answers) - sum(
            not one.lost for one in answers
        )
        for number, answer in enumerate(answers, 1):
            if answer.lost:
                continue
            if answer.filled and not self._follows(answer):
                detail = (
                    f"of a share only {answer.filled[1]!r} can be read, and the score does not follow from what the others leave"
                )
                self._reject_answer(answer.row, "BAD_ROW", detail)
                continue
            self._add_row(code, number, answer, len(answers), known, peers)

    def _known(self, code: Code, copies: list[Question]) -> KnownItem | None:
        """The year's item; without the wordings of its rows where another question is printed under its code."""
        known = self.framework.survey_item(str(code)) if self.framework else None
        wording = _wording(known) if known else None
        if known and wording and all(likeness(copy.text, wording) < ALIKE for copy in copies):
            return replace(known, text=None, rows=())
        return known

    def _add_item(
        self, code: Code, copies: list[Question], told: Question | None, known: KnownItem | None, peers: list[str]
    ) -> None:
        if told is None:
            first = copies[0]
            detail = f"no copy of question {code} prints its score"
            self.rejects.append(
                Reject(
                    page=first.page, target="survey_items", reason="NO_SCORE", detail=detail, raw_text=first.raw, bbox=first.bbox
                )
            )
            return
        for other in copies:
            if other.score is not None and other.score != told.score:
                detail = f"question {code} is printed again with another score than {told.score}"
                self.rejects.append(
                    Reject(
                        page=other.page,
                        target="survey_items",
                        reason="OTHER_SCORE",
                        detail=detail,
                        raw_text=other.raw,
                        bbox=other.bbox,
                    )
                )
        if told.in_table:
            self.tally["record"] += 1
        assert told.score is not None  # noqa: S101 - chosen for its score
        item = SurveyItem(
            page=told.page,
            agency_name=self.agency,
            fiscal_year=self.year,
            instrument=INSTRUMENTS[code.letter],
            item_code=str(code),
            indicator_no=known.indicator if known else told.indicator,
            item_text=unwrap_like(told.text, peers) or None,
            score=told.score,
            bbox=told.bbox,
        )
        self.items.append(item)

    def _add_row(self, code: Code, number: int, answer: Answer, count: int, known: KnownItem | None, peers: list[str]) -> None:
        self.tally["record"] += 1
        shares = dict(zip(SCALES[answer.scale], answer.shares, strict=True))
        row = SurveyRow(
            page=answer.row.page,
            fiscal_year=self.year,
            item_code=str(code),
            row_no=number,
            row_text=unwrap_like(answer.text, peers) or None,
            scale=answer.scale,
            direction=self._direction(number, answer, count, known),
            score=answer.score,
            bbox=answer.row.bbox,
            **shares,  # type: ignore[arg-type]
        )
        self.rows.append(row)
        if answer.filled:
            self._tell_filled(row, answer)

    def _follows(self, answer: Answer) -> bool:
        """Whether the score of a row, one share of which is filled in, follows from its shares."""
        scale = self.scales.scale(answer.scale) if self.scales else None
        ways: tuple[Direction, ...] = ("positive", "negative")
        return scale is not None and any(abs(_weighed(answer, scale.weights_for(way)) - answer.score) <= WEIGHED for way in ways)

    def _tell_filled(self, row: SurveyRow, answer: Answer) -> None:
        """A share that is what the others leave, and not all printed, is told in the checks."""
        assert answer.filled  # noqa: S101 - asked of such rows only
        place, printed = answer.filled
        name, value = SCALES[answer.scale][place], answer.shares[place]
        self.checks.append(
            Check(
                identity="shares_legible",
                subject=row.called,
                expected=f"{name} {value}",
                observed=f"{name} {printed}",
                tolerance="0",
                outcome="corrected",
            )
        )

    def _direction(self, number: int, answer: Answer, count: int, known: KnownItem | None) -> Direction | None:
        if known and known.rows:
            alike = max(known.rows, key=lambda row: likeness(answer.text, row.text))
            if likeness(answer.text, alike.text) >= ALIKE:
                return alike.direction
            if len(known.rows) == count:
                return known.rows[number - 1].direction
        scale = self.scales.scale(answer.scale) if self.scales else None
        return told_direction(answer, scale) if scale else None

    def _tell_code(self, code: Code, copy: Question) -> None:
        """A code that is not printed as it is meant is told in the checks: the published one is read, not seen."""
        printed = "".join((copy.token or "").split())
        if printed != str(code):
            subject = f"question {code} on page {copy.page}"
            self.checks.append(
                Check(
                    identity="item_code", subject=subject, expected=str(code), observed=printed, tolerance="0", outcome="corrected"
                )
            )

    def _reject_all(self, copies: list[Question], reason: str, detail: str) -> None:
        for copy in copies:
            self.tally["reject"] += int(copy.in_table)
            self.rejects.append(
                Reject(page=copy.page, target="survey_items", reason=reason, detail=detail, raw_text=copy.raw, bbox=copy.bbox)
            )
            for answer in copy.answers:
                if not answer.lost:
                    self._reject_answer(answer.row, reason, detail)

    def _reject_answer(self, row: Row, reason: str, detail: str) -> None:
        self.tally["reject"] += 1
        self.rejects.append(
            Reject(page=row.page, target="survey_rows", reason=reason, detail=detail, raw_text=row.text, bbox=row.bbox)
        )


def told_direction(answer: Answer, scale: Scale) -> Direction | None:
    """Which way the answers count, where only one way gives the printed score.

    >>> def scale(name, *weights):
    ...     return Scale(name, SCALES[name], tuple(map(Decimal, weights)))
    >>> row = Row(1, 1, (), None, "")
    >>> told_direction(Answer("", "yes_no", (Decimal("0.71"), Decimal("99.29")), Decimal("99.29"), row), scale("yes_no", 100, 0))
    'negative'
    >>> told_direction(Answer("", "yes_no", (Decimal(50), Decimal(50)), Decimal(50), row), scale("yes_no", 100, 0)) is None
    True
    """
    ways: tuple[Direction, ...] = ("positive", "negative")
    fitting = [way for way in ways if abs(_weighed(answer, scale.weights_for(way)) - answer.score) <= WEIGHED]
    return fitting[0] if len(fitting) == 1 else None


def _weighed(answer: Answer, weights: tuple[Decimal, ...]) -> Decimal:
    return sum((share * weight for share, weight in zip(answer.shares, weights, strict=True)), Decimal(0)) / WHOLE


def _distinct(answers: Iterable[Answer]) -> list[Answer]:
    """Without rows that a second copy of the question repeats word for word and number for number."""
    seen: dict[tuple[str, tuple[Decimal, ...], Decimal], Answer] = {}
    for answer in answers:
        seen.setdefault((skeleton(answer.text), answer.shares, answer.score), answer)
    return list(seen.values())


def _code_cell(row: Row, head: Head) -> str | None:
    columns = head.columns("code")
    cell = row.cells[columns[0]] if columns and columns[0] < len(row.cells) else None
    return (unwrap(cell.text) or None) if cell is not None else None


def _answer(row: Row, head: Head, absent: frozenset[str]) -> Answer | None:
    """A row with its values by their columns or, where cells are shifted, by their order; None where neither tells them all."""
    scale: Answers = "four_step" if head.layout.name == "four_step" else "yes_no"
    fields = (*SCALES[scale], "score")
    columns = [next(iter(head.columns(name)), None) for name in fields]
    placed = [_value(row, col, absent) for col in columns]
    label = _label(row, head)
    if filled := _unread_share(placed, row, columns):
        placed[filled[0]] = _rest(placed)
    if all(value is not None for value in placed):
        values = [value for value in placed if value is not None]
    else:
        own = texts(row)
        numbers = [score for text in own if is_number(text) and (score := _score(text)) is not None]
        if len(numbers) != len(fields) or abs(sum(numbers[:-1], Decimal(0)) - WHOLE) > ROUNDED:
            return None
        values = numbers
        label = label if label and not is_number(label) else next((text for text in own if not is_number(text)), "")
    return Answer(label, scale, tuple(values[:-1]), values[-1], row, filled)


def _unread_share(values: Sequence[Decimal | None], row: Row, columns: Sequence[int | None]) -> tuple[int, str] | None:
    """The one share of a row of which a scan shows some digits only, and its print, where the others tell it: all make 100."""
    gaps = [at for at, value in enumerate(values) if value is None]
    col = columns[gaps[0]] if len(gaps) == 1 and gaps[0] < len(values) - 1 else None
    cell = row.cells[col] if col is not None and col < len(row.cells) else None
    return (gaps[0], cell.text) if cell is not None and _rest(values) in readings(cell.text) else None


def _rest(values: Sequence[Decimal | None]) -> Decimal:
    """What the known shares leave of 100; the last value is the score."""
    return WHOLE - sum((value for value in values[:-1] if value is not None), Decimal(0))


def _value(row: Row, col: int | None, absent: frozenset[str]) -> Decimal | None:
    cell = row.cells[col] if col is not None and col < len(row.cells) else None
    if cell is None:
        return None
    try:
        value = parse_score(cell.text, absent)
    except ValueError:
        return None
    return value if value is not None and value <= MAX_SCORE else None


def _label(row: Row, head: Head) -> str:
    columns = head.columns("row_text")
    cell = row.cells[columns[0]] if columns and columns[0] < len(row.cells) else None
    if cell is None:
        cell = next((cell for cell in row.cells if cell is not None and cell.text.strip() and not is_number(cell.text)), None)
    return cell.text.strip() if cell is not None else ""
