"""Announcements of a year's scores: title, and for each agency type its summary page and ranking, and the rows to get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from . import wording as w
from .agencies import DEPARTMENT, ENTERPRISE, PAO, PROVINCE, TAMBON, TAO, TOWN, TYPES, Row, Summary, draw_rows, summarise
from .canvas import Book, Sheet
from .damage import Damage
from .dice import Dice
from .document import Digits, Expected, Forged, Layout, Value, new_book, number_pages, open_flow, paragraph
from .grid import BREAK, Align, Borders, Cell, Flow, Slots, Style, Table, draw, height_of, words_of

Role = Literal["no", "province", "district", "agency", "earlier", "IIT", "EIT", "OIT", "score", "grade", "target"]

ORDERS: tuple[tuple[Role, ...], ...] = (
    ("no", "province", "district", "agency", "earlier", "IIT", "EIT", "OIT", "score", "grade", "target"),
    ("no", "agency", "district", "province", "earlier", "IIT", "EIT", "OIT", "score", "grade", "target"),
    ("no", "agency", "province", "district", "score", "earlier", "grade", "target", "IIT", "EIT", "OIT"),
    ("no", "province", "district", "agency", "IIT", "EIT", "OIT", "score", "earlier", "target", "grade"),
)
_WIDTHS: dict[Role, float] = {
    "no": 0.5,
    "province": 2.0,
    "district": 2.0,
    "agency": 7.0,
    "earlier": 1.5,
    "IIT": 1.0,
    "EIT": 1.0,
    "OIT": 1.0,
    "score": 1.5,
    "grade": 2.0,
    "target": 2.0,
}


@dataclass(frozen=True, slots=True)
class Heads:
    """The words of a ranking's head and the order of its columns. `merged`: one cell over the score columns of both years."""

    order: tuple[Role, ...] = ORDERS[0]
    words: tuple[tuple[str, str], ...] = ()
    merged: bool = False
    merged_parts: bool = False

    def word(self, role: str) -> str:
        return dict(self.words).get(role, w.HEADS[role][0])


@dataclass(frozen=True, slots=True)
class _Job:
    """What all parts of one announcement need to know."""

    dice: Dice
    year: int
    layout: Layout
    heads: Heads
    digits: Digits
    earlier: bool
    parts: bool
    commas: bool

    def say(self, template: str, **values: object) -> str:
        return template.replace("|", BREAK).format(**values)

    def year_word(self, year: int, label: object) -> str:
        """A year in the document's digits; mixed ones change within the number, as in ๒๕๖7."""
        text = str(year)
        if self.digits == "mixed" and self.dice.chance(("year", label), 0.4):
            return text[:-1].translate(w.THAI_DIGITS) + text[-1]
        return self.numeral(text, ("year", label))

    def numeral(self, text: str, label: object) -> str:
        thai = self.digits == "thai" or (self.digits == "mixed" and self.dice.chance(("digits", label), 0.5))
        return text.translate(w.THAI_DIGITS) if thai else text

    def count(self, value: int, label: object) -> str:
        return self.numeral(f"{value:,}" if self.commas else str(value), label)


def forge_announcement(
    seed: object,
    *,
    year: int | None = None,
    types: Sequence[str] | None = None,
    rows_per_type: int | None = None,
    layout: Layout | None = None,
    damage: str | Damage | None = None,
    face: str | None = None,
    producer: str | None = None,
    heads: Heads | None = None,
    digits: Digits | None = None,
    earlier: bool | None = None,
    parts: bool | None = None,
    first_numbers: Sequence[int] | None = None,
) -> Forged:
    """An announcement drawn from `seed`; whatever is given is kept, whatever is left out is drawn.

    `rows_per_type`: how many agencies each ranking lists.   `earlier`: a column for the year before.   `parts`: columns for
    IIT, EIT, OIT.   `first_numbers`: where the running numbers start, for an excerpt; an excerpt has no summary pages, since they
    would count other rows.

    >>> forge_announcement(1, year=2565, types=["จังหวัด"], rows_per_type=3).expected["agency_scores"][0]["agency_type"]
    'จังหวัด'
    """
    dice = Dice(f"announcement/{seed}")
    year = year if year is not None else dice.whole("year", 2563, 2568)
    types = tuple(types) if types is not None else dice.sample("types", TYPES, dice.whole("type count", 1, 3))
    count = rows_per_type if rows_per_type is not None else dice.pick("rows", (4, 9, 14, 24))
    parts = parts if parts is not None else year >= 2566 and dice.chance("parts", 0.4)
    earlier = earlier if earlier is not None else dice.chance("earlier", 0.7)
    numerals: Digits = digits if digits is not None else dice.pick("numerals", ("arabic", "arabic", "thai", "mixed"))
    heads = heads if heads is not None else draw_heads(dice.at("heads"), earlier, parts)
    named = any(t in (DEPARTMENT, ENTERPRISE) for t in types)
    layout = layout if layout is not None else draw_layout(dice.at("layout"), TAO in types or parts, named)
    if first_numbers is not None:
        layout = replace(layout, summaries=False)
    heads = _with_year(heads, layout, earlier)
    book = new_book(dice, layout, damage, face, producer)
    job = _Job(dice, year, layout, heads, numerals, earlier, parts, dice.chance("commas", 0.6))
    starts = first_numbers if first_numbers is not None else [1] * len(types)
    rankings = [
        draw_rows(dice, t, min(count, 15) if t in (DEPARTMENT, ENTERPRISE) else count, year, n)
        for t, n in zip(types, starts, strict=True)
    ]
    return _write(book, job, rankings)


def _with_year(heads: Heads, layout: Layout, earlier: bool) -> Heads:
    """The year must stand somewhere: in a title, or else in the head of the score."""
    if layout.title_page or layout.summaries or earlier or "{y}" in heads.word("only"):
        return heads
    return replace(heads, words=(*heads.words, ("only", w.HEADS["only"][0])))


def draw_heads(dice: Dice, earlier: bool, parts: bool) -> Heads:
    """Column order and wording by lot."""
    words = tuple((role, dice.pick(role, options)) for role, options in w.HEADS.items())
    merged = earlier and dice.chance("merge", 0.3)
    order = ORDERS[3] if merged and parts else dice.pick("order", ORDERS)
    return Heads(order, words, merged, parts and not merged and dice.chance("merge parts", 0.3))


def draw_layout(dice: Dice, wide: bool, must_name: bool) -> Layout:
    """Paper, type size, borders and furniture by lot. `wide`: many columns; `must_name`: names do not give the type."""
    size = dice.pick("size", (10.0, 11.0, 12.0, 13.0))
    across = (wide and (size > 11 or dice.chance("across", 0.5))) or dice.chance("landscape", 0.15)
    width, height = (841.89, 595.28) if across else (595.28, 841.89)
    rotate: Literal[0, 90, 180, 270] = dice.pick("rotate", (90, 270)) if dice.chance("rotated", 0.15) else 0
    cut = (dice.pick("cut x", (14.0, 28.35)), dice.pick("cut y", (20.0, 28.35))) if dice.chance("cropped", 0.15) else (0.0, 0.0)
    borders: Borders = dice.pick("borders", ("strokes", "bars", "cells", "pieces", "strokes", "pieces", "dashed", "open"))
    weight = dice.pick("weight", (0.25, 0.5, 0.75))
    style = Style(
        size,
        borders,
        weight,
        dice.pick("thick", (weight, weight, 1.5)),
        dice.pick("pad x", (3.0, 5.0)),
        dice.pick("pad y", (1.5, 3.0, 5.0)),
        dice.pick("leading", (1.35, 1.45, 1.6)),
        dice.chance("middle", 0.5),
        dice.chance("split", 0.5),
        dice.chance("repeat", 0.7),
    )
    title = must_name or dice.chance("title", 0.8)
    return Layout(
        Sheet(width, height, rotate, cut),
        style,
        dice.pick("margin", (36.0, 45.0, 56.0)),
        dice.pick("shade", (None, 0.9, 0.8)),
        dice.pick("page number", w.PAGE_NUMBERS),
        dice.pick("running head", w.RUNNING),
        title,
        dice.chance("summaries", 0.7),
        must_name or dice.chance("type title", 0.8),
        dice.chance("fresh page", 0.6),
        dice.chance("footnote", 0.6),
        dice.chance("bold", 0.7),
    )


def _write(book: Book, job: _Job, rankings: Sequence[tuple[Row, ...]]) -> Forged:
    layout = job.layout
    flow = open_flow(book, layout, job.say(layout.running_head, y=job.year_word(job.year, "running")))
    expected: Expected = {"agency_scores": []}
    if layout.title_page:
        _title_page(flow, job)
    for i, rows in enumerate(rankings):
        if (i or layout.title_page) and (layout.fresh_page or layout.summaries):
            flow.next_page()
        elif i:
            flow.y += 18
        if layout.summaries:
            summary = summarise(job.dice, rows, job.year)
            _summary_page(flow, job, summary)
            _expect_summary(expected, job, summary)
            if layout.fresh_page:
                flow.next_page()
            else:
                flow.y += 16
        _ranking(flow, job, rows, titled=layout.type_title or (not layout.summaries and layout.title_page))
        _expect_rows(expected, job, rows)
    number_pages(book, layout, job.numeral)
    return Forged(book.pdf(), expected)


def _title_page(flow: Flow, job: _Job) -> None:
    flow.y += 40
    for i, text in enumerate(w.OPENING):
        said = job.say(text, y=job.year_word(job.year, ("opening", i)))
        paragraph(flow, said, 17 if i < 2 else 14, i < 2, "centre" if i < 2 else "left", 0.0 if i < 2 else 40.0)
        flow.y += 8


def _cell(job: _Job, text: str, align: Align = "centre", head: bool = False, **more: int) -> Cell:
    bold, shade = (job.layout.head_bold, job.layout.shade) if head else (False, None)
    return Cell(text.replace("|", BREAK), align, bold=bold, shade=shade, **more)


def _summary_page(flow: Flow, job: _Job, s: Summary) -> None:
    style, dice = job.layout.style, job.dice
    full = flow.right - flow.left

    def block(title: str, heads: Sequence[str], rows: Sequence[Sequence[Cell | None]], shares: Sequence[float]) -> None:
        table = Table(
            tuple(full * s for s in shares), (tuple(_cell(job, h, head=True) for h in heads),), tuple(tuple(r) for r in rows)
        )
        flow.need(min(height_of(flow.book, table, style) + style.size * 5 + 11, flow.bottom - flow.top))
        flow.y += 9
        paragraph(flow, job.say(title), style.size + 1, True)
        flow.y += 2
        draw(flow, table, style, whole=True)

    for line in dice.pick("summary title", w.SUMMARY_TITLES):
        paragraph(flow, job.say(line, y=job.year_word(job.year, "summary")), style.size + 3, True)
    paragraph(flow, job.say(dice.pick("type title", w.TYPE_TITLES), t=s.agency_type), style.size + 3, True)
    key = s.agency_type
    block(
        dice.pick("participation", w.PARTICIPATION[0]),
        w.PARTICIPATION[1],
        [_numbers(job, (s.agencies, s.staff, s.external), (key, "crowd"))],
        (1 / 3,) * 3,
    )
    block(w.MEAN, [w.MEAN], [[_cell(job, job.numeral(f"{s.mean:.2f}", (key, "mean")))]], (1.0,))
    block(w.INDICATOR_TITLE, w.INDICATOR_HEADS, _indicator_rows(job, s), (0.45, 0.37, 0.18))
    grades, counts, shares = zip(*s.grades, strict=True)
    rows = [_numbers(job, counts, (key, "grades")), _percents(job, shares, (key, "grades"))]
    block(dice.pick("grades", w.GRADES_TITLES), [g.replace("โดย", "|โดย") for g in grades], rows, (1 / len(grades),) * len(grades))
    pair = (s.passed, s.failed)
    rows = [_numbers(job, pair, (key, "target")), _percents(job, [s.share(n) for n in pair], (key, "target"))]
    block(dice.pick("target", w.TARGET_TITLES), w.TARGET_HEADS, rows, (0.5, 0.5))


def _numbers(job: _Job, counts: Sequence[int], label: object) -> list[Cell | None]:
    return [_cell(job, job.count(n, (label, "count", i))) for i, n in enumerate(counts)]


def _percents(job: _Job, shares: Sequence[Decimal], label: object) -> list[Cell | None]:
    return [_cell(job, _percent(job, share, (label, "share", i))) for i, share in enumerate(shares)]


def _percent(job: _Job, share: Decimal, label: object) -> str:
    if share == 0 and job.dice.chance("bare nought", 0.5):
        return job.numeral("0%", label)
    return job.numeral(f"{share:.2f}%", label)


def _indicator_rows(job: _Job, s: Summary) -> list[list[Cell | None]]:
    """The instrument stands in the first row of its group, alone or in one cell over the group."""
    names = dict(zip(("IIT", "EIT", "OIT"), job.dice.pick("instruments", w.INSTRUMENTS), strict=True))
    merged = job.dice.chance("merged instruments", 0.5)
    sizes = {"IIT": 5, "EIT": 3, "OIT": 2}
    rows: list[list[Cell | None]] = []
    seen: set[str] = set()
    for i, ((instrument, name), value) in enumerate(zip(w.INDICATORS, s.indicators, strict=True), 1):
        lead: Cell | None = None if merged else _cell(job, "", "left")
        if instrument not in seen:
            lead = _cell(job, names[instrument], "left", rows=sizes[instrument] if merged else 1)
            seen.add(instrument)
        label = (s.agency_type, "indicator", i)
        rows.append(
            [
                lead,
                _cell(job, f"{job.numeral(str(i), label)}. {name}", "left"),
                _cell(job, job.numeral(f"{value:.2f}", (*label, "v"))),
            ]
        )
    return rows


def _roles(job: _Job, agency_type: str) -> tuple[Role, ...]:
    missing: set[str] = set()
    if agency_type in (PROVINCE, PAO, DEPARTMENT, ENTERPRISE):
        missing |= {"province", "district"}
    if agency_type in (TOWN, TAMBON):
        missing.add("district")
    if not job.earlier:
        missing.add("earlier")
    if not job.parts:
        missing |= {"IIT", "EIT", "OIT"}
    return tuple(role for role in job.heads.order if role not in missing)


def _head_rows(job: _Job, roles: Sequence[Role]) -> tuple[tuple[Cell | None, ...], ...]:
    heads = job.heads
    two = (heads.merged and job.earlier) or (heads.merged_parts and job.parts)
    upper: list[Cell | None] = []
    lower: list[Cell | None] = []
    years = {"earlier": job.year - 1, "score": job.year}
    at = 0
    while at < len(roles):
        role = roles[at]
        if heads.merged and role in years and job.earlier:
            pair = roles[at : at + 2]
            if set(pair) != set(years):
                raise ValueError("a merged head needs the two score columns side by side")
            upper += [_cell(job, heads.word("merged"), head=True, columns=2), None]
            lower += [
                _cell(job, job.say(heads.word("merged_year"), y=job.year_word(years[r], ("head", r))), head=True) for r in pair
            ]
            at += 2
        elif heads.merged_parts and role == "IIT":
            upper += [_cell(job, heads.word("merged_parts"), head=True, columns=3), None, None]
            lower += [_cell(job, r, head=True) for r in roles[at : at + 3]]
            at += 3
        else:
            upper.append(_cell(job, _head_word(job, role, years), head=True, rows=2 if two else 1))
            lower.append(None)
            at += 1
    return (tuple(upper), tuple(lower)) if two else (tuple(upper),)


def _head_word(job: _Job, role: Role, years: dict[str, int]) -> str:
    if role not in years:
        return job.heads.word(role)
    word = job.heads.word("year" if job.earlier else "only")
    return job.say(word, y=job.year_word(years[role], ("head", role)))


def _ranking(flow: Flow, job: _Job, rows: Sequence[Row], titled: bool) -> None:
    style = job.layout.style
    agency_type = rows[0].agency_type
    roles = _roles(job, agency_type)
    if titled:
        lines = (
            [job.say(job.dice.pick("ranking title", w.RANKING_TITLES), y=job.year_word(job.year, "ranking"))]
            if job.layout.title_page
            else []
        )
        lines.append(job.say(job.dice.pick("type title", w.TYPE_TITLES), t=agency_type))
        flow.need(style.size * 12)
        for line in lines:
            paragraph(flow, line, style.size + 2, True)
        flow.y += 6
    head = _head_rows(job, roles)
    body = tuple(tuple(_ranking_cell(job, role, row) for role in roles) for row in rows)
    draw(flow, Table(_widths(flow, job, roles, (*head, *body)), head, body), style)
    if job.layout.footnote and "*" in job.heads.word("target"):
        flow.y += 4
        paragraph(flow, job.say(w.FOOTNOTE), 9, align="left")


def _widths(flow: Flow, job: _Job, roles: Sequence[Role], rows: Sequence[Slots]) -> tuple[float, ...]:
    """Column widths in points: room for the widest word; only a long place name wraps inside, as on real pages."""
    style = job.layout.style
    full = flow.right - flow.left
    least: list[float] = []
    for c, role in enumerate(roles):
        cells = [row[c] for row in rows]
        words = [
            flow.book.width(x.rstrip(), style.size, cell.bold)
            for cell in cells
            if cell and cell.columns == 1
            for x in words_of(cell.text)
        ]
        widest = max(words, default=0.0)
        room = {
            "province": min(widest, 5.5 * style.size),
            "district": min(widest, 5.5 * style.size),
            "agency": max(widest, 8.5 * style.size),
        }
        least.append(room.get(role, widest) + 2 * style.pad_x + 1)
    spare = full - sum(least)
    if spare >= 0:
        weights = [_WIDTHS[role] for role in roles]
        return tuple(x + spare * weight / sum(weights) for x, weight in zip(least, weights, strict=True))
    # Too tight: the columns of names give way, since a number broken over two lines would be another number.
    soft = sum(x for x, role in zip(least, roles, strict=True) if role in ("province", "district", "agency"))
    share = (soft + spare) / soft
    if share < 0.5:
        raise ValueError("the columns do not fit the page: take a smaller size or a sheet lying across")
    return tuple(x * share if role in ("province", "district", "agency") else x for x, role in zip(least, roles, strict=True))


def _ranking_cell(job: _Job, role: Role, row: Row) -> Cell:
    label = (row.agency_type, row.number, role)
    if role in ("province", "district"):
        return _cell(job, (row.province if role == "province" else row.district) or "", "left")
    if role == "agency":
        return _cell(job, row.broken_name, "left")
    if role == "no":
        return _cell(job, job.count(row.number, label))
    if role == "grade":
        return _cell(job, row.grade.replace("ต้องปรับปรุง", "ต้อง|ปรับปรุง|"))
    if role == "target":
        return _cell(job, w.PASSED[row.passed])
    if role == "earlier":
        return _cell(job, "-" if row.earlier is None else job.numeral(f"{row.earlier:.2f}", label))
    value = row.score if role == "score" else row.parts[("IIT", "EIT", "OIT").index(role)]
    return _cell(job, job.numeral(f"{value:.2f}", label))


def _expect_rows(expected: Expected, job: _Job, rows: Sequence[Row]) -> None:
    for r in rows:
        base: dict[str, Value] = {
            "agency_type": r.agency_type,
            "row_no": r.number,
            "agency_name_printed": r.name,
            "province": r.province,
            "district": r.district,
        }
        expected["agency_scores"].append(
            base | {"fiscal_year": job.year, "score": r.score, "grade": r.grade, "target_passed": r.passed, "is_current_year": True}
        )
        if job.earlier and r.earlier is not None:
            expected["agency_scores"].append(
                base
                | {"fiscal_year": job.year - 1, "score": r.earlier, "grade": None, "target_passed": None, "is_current_year": False}
            )
        if job.parts:
            expected.setdefault("instrument_scores", []).extend(
                {
                    "subject": "agency",
                    "agency_name": r.name,
                    "fiscal_year": job.year,
                    "instrument": name,
                    "part": None,
                    "score": value,
                }
                for name, value in zip(("IIT", "EIT", "OIT"), r.parts, strict=True)
            )


def _expect_summary(expected: Expected, job: _Job, s: Summary) -> None:
    key: dict[str, Value] = {"agency_type": s.agency_type, "fiscal_year": job.year}
    expected.setdefault("type_summaries", []).append(
        key
        | {
            "agency_count": s.agencies,
            "staff_respondent_count": s.staff,
            "external_respondent_count": s.external,
            "mean_score": s.mean,
            "passed_count": s.passed,
            "failed_count": s.failed,
            "passed_share": s.share(s.passed),
            "failed_share": s.share(s.failed),
        }
    )
    expected.setdefault("indicator_scores", []).extend(
        key
        | {
            "subject": "agency_type",
            "instrument": instrument,
            "indicator_no": i,
            "indicator_name": name.replace("|", ""),
            "score": value,
        }
        for i, ((instrument, name), value) in enumerate(zip(w.INDICATORS, s.indicators, strict=True), 1)
    )
    expected.setdefault("grade_counts", []).extend(
        key | {"grade": g, "agency_count": n, "share": share} for g, n, share in s.grades
    )
