"""Reports that agencies get of their own assessment: overall score, indicators, every question, every item, and who answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from . import wording as w
from .agencies import PAO, PROVINCE, TAMBON, TAO, TOWN, cents, draw_rows, grade_of, total_of
from .canvas import Book, Sheet
from .damage import Damage
from .dice import Dice
from .document import Digits, Expected, Forged, Layout, Value, new_book, number_pages, open_flow, paragraph
from .grid import BREAK, Cell, Flow, Slots, Style, Table, draw, height_of
from .questions import AGES, COMMENTS, DEALINGS, FOUR, QUESTIONS, SCHOOLING, SUB_INDICATORS, Asked

Above = Literal["row", "line", "line_end", "cells"]
"""How a question stands over its rows: a merged row with the score beside it, a line with the score set apart, a line that ends
with it, or a row of code, text and score."""

ABOVE: tuple[Above, ...] = ("row", "line", "line_end", "cells")
OVERALL = ("คะแนนภาพรวมหน่วยงาน{a} : {s} คะแนน", "คะแนน|ภาพรวม|ของ|หน่วยงาน {a} = {s}", "คะแนน|รวม|หน่วยงาน {a} {s} คะแนน")
LEVELS = ("ระดับ|ผลการ|ประเมิน : {g}", "ระดับ : {g}", "ผลการ|ประเมิน|ระดับ {g}")
TITLES = ("รายงาน|ผลการ|ประเมิน |ประจำปี|งบประมาณ {y}", "รายงาน|ผลการ|ประเมิน ITA |ประจำปี|งบประมาณ พ.ศ. {y}")
RANK_HEADS = (("อันดับ", "ตัวชี้วัด", "คะแนน"), ("ลำดับ", "ชื่อ|ตัวชี้วัด", "คะแนน|ที่|ได้"), ("", "ตัวชี้วัด", "คะแนน {y}"))
TEXT_HEADS = ("หัวข้อ|การ|ประเมิน", "ประเด็น|การ|ประเมิน", "ข้อ|คำถาม")
STEP_HEADS = ("น้อยที่สุด|หรือ|ไม่มี|เลย", "น้อย", "มาก", "มากที่สุด")
STEPS_OVER = "ร้อยละ|ของ|ผู้|ตอบ"
OIT_HEADS = (("ข้อ", "ประเด็น|การ|ตรวจ", "ความ|คิดเห็น", "คะแนน"), ("รหัส", "รายการ", "ข้อ|เสนอแนะ", "ผล|คะแนน"))
SUB_LINE = "ตัวชี้วัดย่อยที่ {no} {name}"
ANSWERED = {"IIT": "ผู้ตอบ|แบบวัด|การรับรู้|ของ|ผู้มี|ส่วนได้|ส่วนเสีย|ภายใน", "EIT": "ผู้ตอบ|แบบวัด|การรับรู้|ของ|ผู้มี|ส่วนได้|ส่วนเสีย|ภายนอก"}
GENDERS = (("male", "ชาย"), ("female", "หญิง"), ("other", "อื่นๆ"))
WEIGHTS = (0, 33, 67, 100)
LETTER = {"IIT": "I", "EIT": "E"}


@dataclass(frozen=True, slots=True)
class Manner:
    """What reports vary in beside their layout. `misread`: codes as OCR reads them.   `doubled_head`: the four answers stand under
    a common heading.   `groups`: sections are merged rows of one OIT table, not lines above several."""

    above: Above = "row"
    misread: bool = False
    percent: bool = True
    doubled_head: bool = False
    groups: bool = False
    total_column: bool = False
    people: bool = True


@dataclass(slots=True)
class _Job:
    dice: Dice
    year: int
    agency: str
    digits: Digits
    style: Manner
    layout: Layout
    flow: Flow
    expected: Expected = field(default_factory=dict)

    def number(self, text: object) -> str:
        return str(text).translate(w.THAI_DIGITS) if self.digits == "thai" else str(text)

    def say(self, template: str, **values: object) -> str:
        return template.format(**{name: self.number(value) for name, value in values.items()}).replace("|", BREAK)

    def head(self, *words: str) -> Slots:
        return tuple(self.head_cell(self.say(word, y=self.year)) for word in words)

    def head_cell(self, text: str, **spans: int) -> Cell:
        return Cell(text, "centre", bold=self.layout.head_bold, shade=self.layout.shade, **spans)

    def score(self, value: Decimal) -> str:
        return self.number(f"{value:.2f}")

    def share(self, value: Decimal) -> str:
        return self.number(f"{value:.2f}") + ("%" if self.style.percent else "")

    def add(self, dataset: str, **row: Value) -> None:
        self.expected.setdefault(dataset, []).append(row)

    def widths(self, *shares: float) -> tuple[float, ...]:
        room = self.flow.right - self.flow.left
        return tuple(room * share / sum(shares) for share in shares)


def forge_agency_report(
    seed: object,
    *,
    year: int | None = None,
    agency_type: str | None = None,
    damage: str | Damage | None = None,
    face: str | None = None,
    producer: str | None = None,
    layout: Layout | None = None,
    digits: Digits | None = None,
    style: Manner | None = None,
    questions: int | None = None,
) -> Forged:
    """A report drawn from `seed`; whatever is given is kept. `questions`: how many for each of the eight indicators, at most 3.

    Every figure follows from those below it: rows from shares, questions from rows, indicators from questions, the overall score
    and its level from the indicators.

    >>> forged = forge_agency_report(1, year=2566)
    >>> [row["indicator_no"] for row in forged.expected["indicator_scores"]] == list(range(1, 11))
    False
    >>> len(forged.expected["indicator_scores"]), forged.expected["survey_items"][0]["item_code"]
    (10, 'I1')
    """
    dice = Dice(f"agency report/{seed}")
    year = year if year is not None else dice.whole("year", 2563, 2568)
    kind = agency_type or dice.pick("type", (PROVINCE, PAO, TOWN, TAMBON, TAO))
    row = draw_rows(dice, kind, 1, year)[0]
    place = row.name
    if kind in (TOWN, TAMBON, TAO):  # the name alone may be that of several agencies
        place += f" อำเภอ{row.district}" if row.district else ""
        place += f" จังหวัด{row.province}"
    layout = layout if layout is not None else draw_layout(dice.at("layout"))
    style = style if style is not None else draw_style(dice.at("style"))
    book = new_book(dice, layout, damage, face, producer)
    flow = open_flow(book, layout, layout.running_head)
    numerals: Digits = digits if digits is not None else dice.pick("digits", ("arabic", "arabic", "thai"))
    job = _Job(dice, year, place, numerals, style, layout, flow)
    return _write(book, job, kind, row.name, row.province, questions or dice.pick("questions", (1, 2, 3)))


def draw_layout(dice: Dice) -> Layout:
    size = dice.pick("size", (10.0, 11.0, 12.0))
    style = Style(
        size,
        dice.pick("borders", ("strokes", "pieces", "cells", "bars", "strokes")),
        0.5,
        dice.pick("thick", (0.5, 1.0)),
        pad_x=dice.pick("pad", (3.0, 5.0)),
        leading=dice.pick("leading", (1.4, 1.55)),
        middle=dice.chance("middle", 0.4),
        split_rows=dice.chance("split", 0.5),
        repeat_head=dice.chance("repeat", 0.7),
    )
    sheet = Sheet(841.89, 595.28) if dice.chance("across", 0.2) else Sheet()
    return Layout(
        sheet, style, dice.pick("margin", (36.0, 50.0)), dice.pick("shade", (None, 0.88)), dice.pick("number", w.PAGE_NUMBERS)
    )


def draw_style(dice: Dice) -> Manner:
    return Manner(
        above=dice.pick("above", ABOVE),
        misread=dice.chance("misread", 0.25),
        percent=dice.chance("percent", 0.7),
        doubled_head=dice.chance("doubled head", 0.25),
        groups=dice.chance("groups", 0.3),
        total_column=dice.chance("total", 0.3),
        people=dice.chance("people", 0.7),
    )


# --------------------------------------------------------------------------------------------------------------------- figures


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    shares: tuple[Decimal, ...]
    score: Decimal
    direction: str | None


def _draw_answers(dice: Dice, asked: Asked) -> tuple[_Row, ...]:
    out = []
    for n, text in enumerate(asked.rows or (asked.text,)):
        here = dice.at(n)
        negative = asked.negative != text.startswith("-")
        shares = _draw_shares(here, 4 if asked.scale == FOUR else 2, negative)
        score, other = (_scored(shares, turned) for turned in (negative, not negative))
        way = "negative" if negative else "positive"
        out.append(_Row(text.removeprefix("-"), shares, score, way if abs(score - other) > Decimal("0.05") else None))
    return tuple(out)


def _draw_shares(dice: Dice, count: int, negative: bool) -> tuple[Decimal, ...]:
    weights = [dice.whole(i, 0, 100) * (i + 1) ** 2 for i in range(count)]
    weights[-1] += 150
    parts = [Decimal(weight * 10000 // sum(weights)) / 100 for weight in weights]
    parts[-1] += 100 - sum(parts)
    if count == 2:
        parts.reverse()  # "yes" is printed first
    return tuple(parts[::-1] if negative else parts)


def _scored(shares: Sequence[Decimal], negative: bool) -> Decimal:
    weights = WEIGHTS if len(shares) == 4 else (100, 0)
    return cents(sum((s * x for s, x in zip(shares, weights[::-1] if negative else weights, strict=True)), Decimal(0)) / 100)


def _mean(values: Sequence[Decimal]) -> Decimal:
    return cents(sum(values, Decimal(0)) / len(values))


# ----------------------------------------------------------------------------------------------------------------------- pages


def _write(book: Book, job: _Job, kind: str, name: str, province: str | None, per_indicator: int) -> Forged:
    asked = [q for i in range(1, 9) for q in [q for q in QUESTIONS if q.indicator == i][:per_indicator]]
    answers = [_draw_answers(job.dice.at("answers", n), q) for n, q in enumerate(asked)]
    scores = [_mean([row.score for row in rows]) for rows in answers]
    items = _draw_items(job)
    indicators = [_mean([s for q, s in zip(asked, scores, strict=True) if q.indicator == i]) for i in range(1, 9)]
    indicators += [_rolled_up(items, chapter) for chapter in ("9.", "10.")]
    parts = (_mean(indicators[:5]), _mean(indicators[5:8]), _mean(indicators[8:]))
    total = total_of(*parts)
    _write_front(job, kind, province, total, grade_of(total, parts, job.year), indicators)
    paragraph(job.flow, job.say("รายงาน|รายละเอียด|ผลการ|ประเมิน |ประจำปี|งบประมาณ {y}", y=job.year), job.layout.style.size + 3, True)
    for n, (question, rows, score) in enumerate(zip(asked, answers, scores, strict=True)):
        _write_question(job, _code(job.year, question.indicator, n % per_indicator), question, rows, score)
    _write_items(job, items)
    if job.style.people:
        _write_people(job)
    number_pages(book, job.layout, lambda text, _label: job.number(text))
    return Forged(book.pdf(), job.expected)


def _code(year: int, indicator: int, place: int) -> str:
    """The code of an indicator's n-th question: 2563 asked six and five of each, later years three."""
    letter, first, every = ("I", 1, 6 if year == 2563 else 3) if indicator <= 5 else ("E", 6, 5 if year == 2563 else 3)
    return f"{letter}{(indicator - first) * every + place + 1}"


def _write_front(job: _Job, kind: str, province: str | None, total: Decimal, grade: str, indicators: Sequence[Decimal]) -> None:
    dice, flow, size = job.dice.at("front"), job.flow, job.layout.style.size
    paragraph(flow, job.say(dice.pick("title", TITLES), y=job.year), size + 4, True)
    overall, level = dice.pick("overall", OVERALL), dice.pick("level", LEVELS)
    if dice.chance("one line", 0.25):
        paragraph(flow, job.say(f"{overall} {level}", a=job.agency, s=f"{total:.2f}", g=grade), size + 2)
    else:
        paragraph(flow, job.say(overall, a=job.agency, s=f"{total:.2f}"), size + 2)
        paragraph(flow, job.say(level, g=grade), size + 2)
    job.add(
        "agency_scores",
        agency_type=kind,
        fiscal_year=job.year,
        row_no=None,
        agency_name_printed=job.agency,
        province=province,
        district=None,
        score=total,
        grade=grade,
        target_passed=None,
        is_current_year=True,
    )
    flow.y += 8
    rank, name, score = dice.pick("rank heads", RANK_HEADS)
    order = sorted(range(10), key=lambda i: (-indicators[i], i))
    body = []
    for place, i in enumerate(order, 1):
        instrument, title = w.INDICATORS[i]
        cells = (Cell(title.replace("|", BREAK)), Cell(job.score(indicators[i]), "centre"))
        body.append((Cell(job.number(place), "centre"), *cells) if rank else cells)
        job.add(
            "indicator_scores",
            subject="agency",
            agency_type=None,
            fiscal_year=job.year,
            instrument=instrument,
            indicator_no=i + 1,
            indicator_name=title.replace("|", ""),
            score=indicators[i],
        )
    heads = (job.head(rank, name, score), job.widths(1, 5, 2)) if rank else (job.head(name, score), job.widths(5, 2))
    draw(flow, Table(heads[1], (heads[0],), tuple(body)), job.layout.style, whole=True)
    flow.y += 14


def _write_question(job: _Job, code: str, question: Asked, rows: Sequence[_Row], score: Decimal) -> None:
    style, flow, four = job.layout.style, job.flow, question.scale == FOUR
    printed = job.number(_misread(code) if job.style.misread else code)
    text = question.text.replace("|", BREAK)
    steps = STEP_HEADS if four else ("มี", "ไม่มี")
    text_head = job.dice.pick("text head", TEXT_HEADS)
    labels = job.head(text_head, *steps, "คะแนน")
    head: tuple[Slots, ...] = (labels,)
    if four and job.style.doubled_head:
        over = (job.head_cell(STEPS_OVER.replace("|", BREAK), columns=4), None, None, None)
        first, last = (job.head_cell(word.replace("|", BREAK), rows=2) for word in (text_head, "คะแนน"))
        head = ((first, *over, last), (None, *labels[1:-1], None))
    wide = len(steps)
    body = tuple(
        (
            Cell(row.text.replace("|", BREAK)),
            *(Cell(job.share(s), "centre") for s in row.shares),
            Cell(job.score(row.score), "centre"),
        )
        for row in rows
    )
    table = Table(job.widths(6, *[1.6] * wide, 1.4), head, body)
    if job.style.above in ("row", "cells"):
        table = Table(table.widths, (_question_row(job, printed, text, score, wide), *head), body)
        flow.need(min(height_of(flow.book, table, style), flow.bottom - flow.top))
    else:
        flow.need(min(60 + height_of(flow.book, table, style), flow.bottom - flow.top))
        _question_line(job, f"{printed} {text}", score)
    draw(flow, table, style)
    flow.y += 10
    _expect_question(job, code, question, rows, score)


def _question_row(job: _Job, printed: str, text: str, score: Decimal, wide: int) -> Slots:
    if job.style.above == "cells":
        rest: Slots = (Cell(text, columns=wide), *[None] * (wide - 1))
        return (Cell(printed), *rest, Cell(job.score(score), "centre"))
    return (Cell(f"{printed} {text}", columns=wide + 1), *[None] * wide, Cell(job.score(score), "centre"))


def _question_line(job: _Job, text: str, score: Decimal) -> None:
    size, flow = job.layout.style.size, job.flow
    if job.style.above == "line_end":
        paragraph(flow, f"{text} {job.score(score)}", size, True, "left")
        return
    at, right = flow.y, flow.right
    flow.right -= 70
    paragraph(flow, text, size, True, "left")
    flow.right = right
    flow.book.text(right - 40, at + size * 1.1, job.score(score), size, True)


def _expect_question(job: _Job, code: str, question: Asked, rows: Sequence[_Row], score: Decimal) -> None:
    job.add(
        "survey_items",
        agency_name=_name_only(job.agency),
        fiscal_year=job.year,
        instrument="IIT" if code[0] == "I" else "EIT",
        item_code=code,
        item_text=question.text.replace("|", ""),
        score=score,
    )
    for number, row in enumerate(rows, 1):
        shares = (
            ("share_least", "share_little", "share_much", "share_most") if question.scale == FOUR else ("share_yes", "share_no")
        )
        told: dict[str, Value] = dict(zip(shares, row.shares, strict=True))
        job.add(
            "survey_rows",
            fiscal_year=job.year,
            item_code=code,
            row_no=number,
            row_text=row.text.replace("|", ""),
            scale=question.scale,
            direction=row.direction,
            score=row.score,
            **{
                name: told.get(name)
                for name in ("share_least", "share_little", "share_much", "share_most", "share_yes", "share_no")
            },
        )


def _name_only(agency: str) -> str:
    return agency.split(" ")[0]


def _misread(code: str) -> str:
    """As OCR reads it: the letter I as the digit 1, an E in small."""
    return "1" + code[1:] if code[0] == "I" else code.lower()


@dataclass(frozen=True, slots=True)
class _Item:
    code: str
    sub: str
    sub_name: str
    section: str
    name: str
    comment: str
    score: Decimal


def _draw_items(job: _Job) -> list[_Item]:
    out: list[_Item] = []
    for sub, sub_name, sections in SUB_INDICATORS:
        for section, names in sections:
            for name in names:
                here = job.dice.at("item", len(out))
                full = here.chance("full", 0.8)
                comment = here.pick("comment", COMMENTS) if here.chance("told", 0.35 if full else 0.8) else ""
                out.append(_Item(f"O{len(out) + 1}", sub, sub_name, section, name, comment, Decimal(100 if full else 0)))
    return out


def _rolled_up(items: Sequence[_Item], chapter: str) -> Decimal:
    """An indicator of OIT is the mean of its sub-indicators, each the mean of its items."""
    subs = sorted({item.sub for item in items if item.sub.startswith(chapter)})
    return _mean(
        [sum((i.score for i in items if i.sub == sub), Decimal(0)) / sum(1 for i in items if i.sub == sub) for sub in subs]
    )


def _write_items(job: _Job, items: Sequence[_Item]) -> None:
    size, flow = job.layout.style.size, job.flow
    head = job.head(*job.dice.pick("oit heads", OIT_HEADS))
    widths = job.widths(1, 4, 5, 1.4)
    done: list[Slots] = []
    for sub, sub_name, sections in SUB_INDICATORS:
        line = job.say(SUB_LINE, no=sub, name=sub_name)
        if job.style.groups:
            done.append((Cell(line, columns=4, bold=True), None, None, None))
        else:
            flow.need(90)
            paragraph(flow, line, size + 1, True, "left")
        for section, _ in sections:
            rows = [_item_row(job, item) for item in items if (item.sub, item.section) == (sub, section)]
            if job.style.groups:
                done.append((Cell(section.replace("|", BREAK), columns=4), None, None, None))
                done += rows
                continue
            flow.need(70)
            paragraph(flow, section.replace("|", BREAK), size, align="left")
            draw(flow, Table(widths, (head,), tuple(rows)), job.layout.style)
            flow.y += 8
    if done:
        draw(flow, Table(widths, (head,), tuple(done)), job.layout.style)
        flow.y += 8
    for item in items:
        job.add(
            "oit_items",
            agency_name=_name_only(job.agency),
            fiscal_year=job.year,
            item_code=item.code,
            item_name=item.name.replace("|", ""),
            indicator_no=int(item.sub.split(".")[0]),
            sub_indicator_no=item.sub,
            sub_indicator_name=item.sub_name.replace("|", ""),
            section=item.section.replace("|", ""),
            score=item.score,
            comment=job.number(item.comment.replace("|", "")) or None,
        )


def _item_row(job: _Job, item: _Item) -> Slots:
    code = job.number(item.code.replace("O", "0") if job.style.misread else item.code)
    texts = (Cell(item.name.replace("|", BREAK)), Cell(job.number(item.comment.replace("|", BREAK))))
    return (Cell(code, "centre"), *texts, Cell(job.score(item.score), "centre"))


def _write_people(job: _Job) -> None:
    """Each block is counted from one crowd, so that all blocks of a survey have the same totals."""
    flow, size = job.flow, job.layout.style.size
    for instrument in ("EIT", "IIT"):
        blocks = [("age", "อายุ", AGES), ("education", "ระดับการศึกษา", SCHOOLING)]
        if instrument == "EIT":
            blocks.append(("contact", "ติดต่อหน่วยงาน", DEALINGS))
        flow.need(120)
        paragraph(flow, job.say(ANSWERED[instrument]), size + 1, True, "left")
        dice = job.dice.at("people", instrument)
        crowd = {gender: dice.whole(gender, 0, high) for gender, high in (("male", 400), ("female", 500), ("other", 6))}
        for attribute, heading, categories in blocks:
            _write_block(job, instrument, attribute, heading, categories, crowd)
        flow.y += 8


def _write_block(
    job: _Job, instrument: str, attribute: str, heading: str, categories: Sequence[str], crowd: dict[str, int]
) -> None:
    dice = job.dice.at("people", instrument, attribute)
    counts = {gender: _parted(dice.at(gender), crowd[gender], len(categories)) for gender, _ in GENDERS}
    words = [heading, *(word for _, word in GENDERS), *(["รวม"] if job.style.total_column else [])]
    body = []
    for n, category in enumerate(categories):
        row = [counts[gender][n] for gender, _ in GENDERS]
        shown = [*row, sum(row)] if job.style.total_column else row
        label = job.number(category.replace("|", BREAK))
        body.append((Cell(label), *(Cell(job.number(value), "centre") for value in shown)))
        for (gender, _), value in zip(GENDERS, row, strict=True):
            job.add(
                "respondents",
                fiscal_year=job.year,
                instrument=instrument,
                attribute=attribute,
                category=label.replace(BREAK, ""),
                gender=gender,
                count=value,
            )
    table = Table(job.widths(5, *[1.5] * (len(words) - 1)), (job.head(*words),), tuple(body))
    draw(job.flow, table, job.layout.style, whole=True)


def _parted(dice: Dice, total: int, count: int) -> list[int]:
    cuts = sorted(dice.whole(i, 0, total) for i in range(count - 1))
    return [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]
