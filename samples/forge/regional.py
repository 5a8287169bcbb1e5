"""Regional reports: agencies of a province with every indicator, the province by indicator, two years beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from . import wording as w
from .agencies import cents, dictionary_key, grade_of, places
from .canvas import Sheet
from .damage import Damage
from .dice import Dice
from .document import Digits, Expected, Forged, Layout, Value, new_book, number_pages, open_flow, paragraph
from .grid import BREAK, Borders, Cell, Flow, Slots, Style, Table, draw

Part = Literal["agencies", "province", "pairs", "population"]
"""The tables of a volume: agencies of each province, each province by indicator, all provinces in two years, who answered."""

PARTS: tuple[Part, ...] = ("agencies", "province", "pairs", "population")
CODES = ("IIT", "EIT", "OIT")
WEIGHTS = (Decimal("0.3"), Decimal("0.3"), Decimal("0.4"))
SPANS = ((0, 5), (5, 8), (8, 10))
COVER = ("รายงาน|ผลการ|ประเมิน|คุณธรรม|และ|ความโปร่งใส|ใน|การดำเนินงาน|ของ|หน่วยงาน|ภาครัฐ", "ประจำปี|งบประมาณ พ.ศ. {y}", "กลุ่มที่ {n}")
SAYING = "ผลการ|ประเมิน|คุณธรรม|และ|ความโปร่งใส|ใน|การดำเนินงาน|ของ|หน่วยงาน|ภาครัฐ |ประจำปี|งบประมาณ |พ.ศ. {y} "
CAPTIONS: dict[Part, tuple[str, ...]] = {
    "agencies": (
        SAYING + "ของ|หน่วยงาน|ภายใน|จังหวัด{p}",
        SAYING + "ราย|หน่วยงาน |จังหวัด{p}",
        "คะแนน ITA |ปี|งบประมาณ พ.ศ. {y} |ของ|หน่วยงาน|ใน|จังหวัด{p}",
    ),
    "province": (SAYING + "ใน|ภาพรวม|จังหวัด{p} |ราย|ตัวชี้วัด", "คะแนน|ราย|ตัวชี้วัด |จังหวัด{p} |ปี|งบประมาณ พ.ศ. {y}"),
    "pairs": (
        "ผลการ|ประเมิน|เปรียบเทียบ|ปี|งบประมาณ พ.ศ. {e} - {y} |ราย|จังหวัด",
        "เปรียบเทียบ|ผลการ|ประเมิน|ราย|ตัวชี้วัด |ปี {e} และ |ปี {y}",
    ),
    "population": ("ข้อมูล|ประชากร|ที่|ตอบ|แบบวัด |จังหวัด{p} |ปี|งบประมาณ พ.ศ. {y}",),
}
PROSE = "จังหวัด{p} มี|หน่วยงาน|เข้า|รับ|การ|ประเมิน {n} แห่ง |ผล|ของ|แต่ละ|แห่ง|แสดง|ใน|ตาราง|ต่อ|ไป|นี้"
NUMBERS = ("ตาราง {c}.{n} ", "ตารางที่ {c}.{n} ", "ตารางที่ {n} แสดง", "ตาราง {c}-{n} ")
INDICATOR_HEADS = ("ตัวชี้วัดที่ {n}", "ตัวชี้วัด|ที่ {n}", "ตัวชี้วัดที่ {n} |{name}", "{n}. {name}")
TOTAL_HEADS = ("คะแนน ITA", "คะแนน|รวม", "คะแนน ITA {y}")
TOTAL_LINES = ("คะแนนรวม {s} คะแนน", "คะแนน ITA ภาพรวม {s} คะแนน", "คะแนนรวม = {s}")
PROVINCE_HEADS = (
    ("ตัวชี้วัด", "คะแนน ITA", "คะแนน|ที่ได้ |(100 |คะแนน)", "น้ำหนัก |(ร้อยละ)", "คะแนน|ถ่วง|น้ำหนัก"),
    ("ตัวชี้วัด", "คะแนน", "คะแนน|ที่ได้ |(100)", "ค่า|น้ำหนัก", "คะแนน|ถ่วง|น้ำหนัก"),
)
PEOPLE = (
    ("วิธี|การ|ตอบ|แบบวัด EIT", ("ตอบ|ด้วย|ตนเอง", "ผู้|ประเมิน|เก็บ|ข้อมูล")),
    ("เพศ", ("ชาย", "หญิง", "อื่น ๆ")),
    ("อายุ", ("ต่ำ|กว่า 20 ปี", "20 - 40 ปี", "41 - 60 ปี", "มากกว่า 60 ปี")),
)


@dataclass(frozen=True, slots=True)
class Scored:
    """Ten indicators and all that follows from them, as it is printed."""

    name: str
    indicators: tuple[Decimal, ...]

    @property
    def levels(self) -> tuple[Decimal, ...]:
        """IIT, EIT and OIT, unrounded."""
        return tuple(sum(self.indicators[a:b], Decimal(0)) / (b - a) for a, b in SPANS)

    @property
    def parts(self) -> tuple[Decimal, ...]:
        """The same as parts of the total: of 30, 30 and 40."""
        return tuple(cents(level * weight) for level, weight in zip(self.levels, WEIGHTS, strict=True))

    @property
    def total(self) -> Decimal:
        return cents(sum((level * weight for level, weight in zip(self.levels, WEIGHTS, strict=True)), Decimal(0)))


@dataclass(frozen=True, slots=True)
class Volume:
    """How a report varies.

    turned: heads run upwards.   backwards: marks of turned text stand before their letters.   weighted: IIT, EIT and OIT as parts
    of the total.   parts: printed at all.   grouped: a common head over each instrument's columns.   below: the total of a
    province in a row of its table, not in a line below it.
    """

    tables: tuple[Part, ...] = PARTS
    turned: bool = True
    backwards: bool = False
    weighted: bool = True
    parts: bool = True
    grouped: bool = False
    below: bool = False
    cover: bool = True
    prose: bool = True
    numbered: bool = False


@dataclass(slots=True)
class _Job:
    dice: Dice
    year: int
    digits: Digits
    volume: Volume
    layout: Layout
    tables: int = 0

    def numeral(self, text: str, label: object = None) -> str:
        thai = self.digits == "thai" or (self.digits == "mixed" and self.dice.chance(("digits", label), 0.5))
        return text.translate(w.THAI_DIGITS) if thai else text

    def score(self, value: Decimal, *label: object) -> str:
        return self.numeral(f"{value:.2f}", label)


def forge_regional(
    seed: object,
    *,
    year: int | None = None,
    provinces: int | None = None,
    agencies: int | None = None,
    volume: Volume | None = None,
    layout: Layout | None = None,
    damage: str | Damage | None = None,
    face: str | None = None,
    producer: str | None = None,
    digits: Digits | None = None,
) -> Forged:
    """A volume on `provinces` provinces drawn from `seed`, with at most `agencies` of each; whatever is given is kept.

    >>> forge_regional(1, year=2564, provinces=1, agencies=2).expected["agency_scores"][0]["fiscal_year"]
    2564
    """
    dice = Dice(f"regional/{seed}")
    year = year if year is not None else dice.whole("year", 2564, 2568)
    numerals: Digits = digits if digits is not None else dice.pick("digits", ("arabic", "arabic", "arabic", "thai", "mixed"))
    volume = volume if volume is not None else draw_volume(dice.at("volume"))
    layout = layout if layout is not None else draw_layout(dice.at("layout"))
    drawn = dice.sample("provinces", sorted({p for p, _, _ in places()}), provinces or dice.whole("count", 2, 3))
    book = new_book(dice, layout, damage, face, producer)
    job = _Job(dice, year, numerals, volume, layout)
    flow = open_flow(book, layout, layout.running_head)
    expected: Expected = {}
    if volume.cover:
        for i, text in enumerate(COVER):
            said = text.format(y=job.numeral(str(year), "cover"), n=job.numeral(str(dice.whole("group", 1, 9)), "group"))
            paragraph(flow, said.replace("|", BREAK), 16 - i, True)
    for place, province in enumerate(drawn):
        _chapter(flow, job, expected, province, agencies or dice.whole(("agencies", place), 3, 14))
    if "pairs" in volume.tables:
        _pairs(flow, job, expected, drawn)
    number_pages(book, layout, job.numeral)
    return Forged(book.pdf(), {name: rows for name, rows in expected.items() if rows})


def draw_volume(dice: Dice) -> Volume:
    """What a volume holds and how its heads stand, by lot."""
    turned = dice.chance("turned", 0.7)
    return Volume(
        tables=dice.pick("tables", (PARTS, PARTS, ("agencies", "pairs"), ("province", "agencies"), ("agencies",))),
        turned=turned,
        backwards=turned and dice.chance("backwards", 0.4),
        weighted=dice.chance("weighted", 0.75),
        parts=dice.chance("parts", 0.85),
        grouped=dice.chance("grouped", 0.25),
        below=dice.chance("below", 0.4),
        cover=dice.chance("cover", 0.6),
        prose=dice.chance("prose", 0.5),
        numbered=dice.chance("numbered", 0.3),
    )


def draw_layout(dice: Dice) -> Layout:
    """Paper on its side, stored upright or turned; borders, type size and furniture by lot."""
    borders: Borders = dice.pick("borders", ("strokes", "bars", "cells", "pieces", "dashed", "open"))
    size = dice.pick("size", (8.0, 9.0, 10.0))
    style = Style(
        size,
        borders,
        0.5,
        dice.pick("thick", (0.5, 1.0)),
        pad_x=2.0,
        pad_y=dice.pick("pad", (1.5, 3.0)),
        leading=dice.pick("leading", (1.4, 1.6)),
        middle=dice.chance("middle", 0.7),
        repeat_head=dice.chance("repeat", 0.8),
    )
    sheet = Sheet(841.89, 595.28, dice.pick("rotate", (0, 0, 90, 270)))
    return Layout(
        sheet, style, dice.pick("margin", (36.0, 48.0)), dice.pick("shade", (None, 0.9)), dice.pick("number", w.PAGE_NUMBERS)
    )


def _scored(dice: Dice, name: str) -> Scored:
    """Indicators as real tables have them: often 100, seldom low."""
    values = [10000 if dice.chance(("full", n), 0.08) else min(10000, dice.whole(n, 6400, 10100)) for n in range(10)]
    return Scored(name, tuple(Decimal(value) / 100 for value in values))


def _names(dice: Dice, province: str, count: int) -> tuple[str, ...]:
    """Agencies of a province, each name once."""
    here = sorted({subdistrict for around, _, subdistrict in places() if around == province}, key=dictionary_key)
    leads = ("เทศบาล|ตำบล|", "องค์การ|บริหาร|ส่วน|ตำบล|")
    towns = [dice.pick(("lead", at), leads) + subdistrict for at, subdistrict in enumerate(here)]
    own = ["จังหวัด|" + province, "องค์การ|บริหาร|ส่วน|จังหวัด|" + province]
    return dice.sample("names", list(dict.fromkeys([*own, *towns])), count)


def _chapter(flow: Flow, job: _Job, expected: Expected, province: str, count: int) -> None:
    here = job.dice.at("chapter", province)
    if job.volume.prose:
        paragraph(flow, f"จังหวัด{province}", job.layout.style.size + 3, True, "left")
        said = PROSE.format(p=province, n=job.numeral(str(count), province))
        paragraph(flow, said.replace("|", BREAK), job.layout.style.size + 2, align="left", indent=30)
        flow.y += 6
    if "population" in job.volume.tables:
        _population(flow, job, province)
    if "agencies" in job.volume.tables:
        rows = [_scored(here.at("agency", name), name) for name in _names(here, province, count)]
        _agencies(flow, job, expected, province, sorted(rows, key=lambda row: -row.total))
    if "province" in job.volume.tables:
        _province(flow, job, expected, _scored(job.dice.at("whole", province, job.year), province))


def _caption(flow: Flow, job: _Job, kind: Part, province: str = "") -> None:
    """A caption with its number, kept on the page of the table that follows."""
    job.tables += 1
    text = job.dice.pick(("number", 0), NUMBERS).format(c=4, n=job.tables) + job.dice.pick(("caption", kind), CAPTIONS[kind])
    flow.need(150.0)
    said = text.format(
        p=province, y=job.numeral(str(job.year), ("y", job.tables)), e=job.numeral(str(job.year - 1), ("e", job.tables))
    )
    paragraph(flow, said.replace("|", BREAK), job.layout.style.size + 2, job.layout.head_bold, "left")
    flow.y += 2


def _head(job: _Job, text: str, *, turned: bool = False, columns: int = 1, rows: int = 1) -> Cell:
    bold, shade = job.layout.head_bold, job.layout.shade
    turned = turned and job.volume.turned
    return Cell(text.replace("|", BREAK), "centre", columns, rows, bold, shade, turned, turned and job.volume.backwards)


def _indicator_heads(job: _Job, kind: Part) -> list[Cell]:
    style = INDICATOR_HEADS[:2] if not job.volume.turned else INDICATOR_HEADS
    said = job.dice.pick(("indicator head", kind), style)
    names = [name for _, name in w.INDICATORS]
    return [
        _head(job, said.format(n=job.numeral(str(no), ("head", no)), name=name), turned=True) for no, name in enumerate(names, 1)
    ]


def _columns(job: _Job, kind: Part, last: Sequence[str], first: Sequence[str]) -> tuple[list[Slots], list[str]]:
    """The head of a table with a column an indicator, and what each column is: a number from 0, a code, or a word of `last`."""
    heads = _indicator_heads(job, kind)
    own: list[tuple[Cell, str]] = [(_head(job, text), "") for text in first]
    groups: list[tuple[str, int]] = []
    for code, (a, b) in zip(CODES, SPANS, strict=True):
        block = [(heads[no], str(no)) for no in range(a, b)]
        if job.volume.parts and kind == "agencies":
            block.append((_head(job, code, turned=True), code))
        own += block
        groups.append((code, len(block)))
    own += [(_head(job, text, turned=True), text) for text in last]
    kinds = [name for _, name in own]
    if not (job.volume.grouped and kind == "agencies"):
        return [tuple(cell for cell, _ in own)], kinds
    top: list[Cell | None] = [replace(cell, rows=2) for cell, _ in own[: len(first)]]
    for code, size in groups:
        top += [_head(job, f"แบบวัด {code}", columns=size), *[None] * (size - 1)]
    top += [replace(cell, rows=2) for cell, _ in own[len(own) - len(last) :]]
    lower: list[Cell | None] = [None] * len(first)
    lower += [cell for cell, _ in own[len(first) : len(own) - len(last)]]
    lower += [None] * len(last)
    return [tuple(top), tuple(lower)], kinds


def _widths(job: _Job, flow: Flow, shares: Sequence[float]) -> tuple[float, ...]:
    full = flow.right - flow.left
    return tuple(full * share / sum(shares) for share in shares)


def _agencies(flow: Flow, job: _Job, expected: Expected, province: str, rows: Sequence[Scored]) -> None:
    _caption(flow, job, "agencies", province)
    total = job.dice.pick("total head", TOTAL_HEADS).format(y=job.numeral(str(job.year), "total head"))
    first = ["ที่", "หน่วยงาน"] if job.volume.numbered else ["หน่วยงาน"]
    head, kinds = _columns(job, "agencies", [total, "ระดับ"], first)
    body: list[Slots] = []
    for number, row in enumerate(rows, 1):
        level = row.levels if not job.volume.weighted else row.parts
        grade = grade_of(row.total, row.levels, job.year)
        said = {
            **{str(no): job.score(value, row.name, no) for no, value in enumerate(row.indicators)},
            **{code: job.score(cents(value), row.name, code) for code, value in zip(CODES, level, strict=True)},
            total: job.score(row.total, row.name, "total"),
            "ระดับ": grade.replace("ต้องปรับปรุง", "ต้อง|ปรับปรุง|").replace("|", BREAK),
        }
        lead = [Cell(job.numeral(str(number), number), "centre")] if job.volume.numbered else []
        cells = [Cell(said[name], "centre") for name in kinds[len(first) :]]
        body.append((*lead, Cell(row.name.replace("|", BREAK)), *cells))
        _expect_agency(expected, job, province, row, grade)
    shares = [*([0.6] if job.volume.numbered else []), 4.5, *[1.0] * (len(kinds) - len(first) - 1), 2.0 if job.year > 2565 else 1.0]
    draw(flow, Table(_widths(job, flow, shares), tuple(head), tuple(body)), job.layout.style)
    flow.y += 12


def _expect_agency(expected: Expected, job: _Job, province: str, row: Scored, grade: str) -> None:
    name = row.name.replace("|", "")
    base: dict[str, Value] = {"fiscal_year": job.year, "province": province}
    expected.setdefault("agency_scores", []).append(
        base
        | {
            "agency_type": name.removesuffix(province) if name.endswith("จังหวัด" + province) else _type_of(row.name),
            "row_no": None,
            "agency_name_printed": name,
            "district": None,
            "score": row.total,
            "grade": grade,
            "target_passed": None,
            "is_current_year": True,
        }
    )
    _expect_indicators(expected, "agency", base | {"agency_name": name}, row)
    if job.volume.parts:
        codes = zip(CODES, WEIGHTS, row.parts, row.levels, strict=True)
        _expect_instruments(
            expected,
            "agency",
            base | {"agency_name": name},
            [(code, of_part(part, weight) if job.volume.weighted else cents(level)) for code, weight, part, level in codes],
        )


def of_part(part: Decimal, weight: Decimal) -> Decimal:
    """A printed part of the total as a score of 100, divided and rounded as float64, which is what is published."""
    return Decimal(repr(round(float(part) / float(weight), 2))).quantize(Decimal("0.01"))


def _type_of(name: str) -> str:
    return name.rsplit("|", 1)[0].replace("|", "")


def _expect_indicators(expected: Expected, subject: str, base: dict[str, Value], row: Scored) -> None:
    expected.setdefault("indicator_scores", []).extend(
        {
            "subject": subject,
            "agency_type": None,
            "instrument": instrument,
            "indicator_no": no,
            "indicator_name": name.replace("|", ""),
            "score": value,
            "agency_name": None,
        }
        | base
        for no, ((instrument, name), value) in enumerate(zip(w.INDICATORS, row.indicators, strict=True), 1)
    )


def _expect_instruments(expected: Expected, subject: str, base: dict[str, Value], scores: Sequence[tuple[str, Decimal]]) -> None:
    expected.setdefault("instrument_scores", []).extend(
        {"subject": subject, "agency_name": None, "instrument": code, "part": None, "score": value} | base for code, value in scores
    )


def _expect_province(expected: Expected, year: int, province: str, row: Scored) -> None:
    expected.setdefault("province_scores", []).append(
        {"fiscal_year": year, "province": province, "score": row.total, "rank_printed": None}
    )
    _expect_indicators(expected, "province", {"fiscal_year": year, "province": province}, row)


def _province(flow: Flow, job: _Job, expected: Expected, row: Scored) -> None:
    """The province by indicator: what belongs to an instrument is merged over its rows, which stay on one page."""
    flow.need(16 * 2 * job.layout.style.size + 60)
    _caption(flow, job, "province", row.name)
    said = job.dice.pick("province heads", PROVINCE_HEADS)
    head: Slots = tuple(_head(job, text) for text in said)
    body: list[Slots] = []
    for (a, b), level, weight, part in zip(SPANS, row.levels, WEIGHTS, row.parts, strict=True):
        for no in range(a, b):
            name = f"ตัวชี้วัดที่ {job.numeral(str(no + 1), ('row', no))} {w.INDICATORS[no][1]}".replace("|", BREAK)
            merged = [job.score(cents(level), a, row.name), job.score(weight * 100, a), job.score(part, a, "part")]
            tail = [Cell(text, "centre", rows=b - a) for text in merged] if no == a else [None] * 3
            body.append((Cell(name), Cell(job.score(row.indicators[no], no, row.name), "centre"), *tail))
    if job.volume.below:
        total = [
            job.dice.pick("total word", ("รวม", "คะแนนรวม", "รวมทั้งสิ้น")),
            "",
            "",
            job.score(Decimal(100), "100"),
            job.score(row.total, "t"),
        ]
        body.append(tuple(Cell(text, "centre", bold=True) for text in total))
    draw(flow, Table(_widths(job, flow, (5, 2, 2, 2, 2)), (head,), tuple(body)), job.layout.style, whole=True)
    flow.y += 6
    if not job.volume.below:
        text = job.dice.pick("total line", TOTAL_LINES).format(s=job.score(row.total, "total", row.name))
        paragraph(flow, text, job.layout.style.size + 2, align="left")
    flow.y += 10
    _expect_province(expected, job.year, row.name, row)
    levels = [(code, cents(level)) for code, level in zip(CODES, row.levels, strict=True)]
    _expect_instruments(expected, "province", {"fiscal_year": job.year, "province": row.name}, levels)


def _pairs(flow: Flow, job: _Job, expected: Expected, provinces: Sequence[str]) -> None:
    """Every province in two rows, the later year first; its name is merged over both."""
    _caption(flow, job, "pairs")
    head, _ = _columns(job, "pairs", ["คะแนน ITA"], ["จังหวัด", "ปี|งบประมาณ"])
    word = job.dice.pick("year word", ("ปี {y}", "พ.ศ. {y}", "{y}"))
    body: list[Slots] = []
    for province in provinces:
        for year in (job.year, job.year - 1):
            row = _scored(job.dice.at("whole", province, year), province)
            name = Cell(province, rows=2) if year == job.year else None
            values = [job.score(value, province, year, no) for no, value in enumerate((*row.indicators, row.total))]
            said = word.format(y=job.numeral(str(year), (province, year)))
            body.append((name, Cell(said, "centre"), *(Cell(text, "centre") for text in values)))
            _expect_province(expected, year, province, row)
    draw(flow, Table(_widths(job, flow, (2.5, 1.8, *[1.0] * 11)), tuple(head), tuple(body)), job.layout.style)
    flow.y += 12


def _population(flow: Flow, job: _Job, province: str) -> None:
    """Who answered: of no agency, so it gives no record."""
    _caption(flow, job, "population", province)
    head: Slots = tuple(_head(job, text) for text in ("คุณลักษณะ|ประชากร", "จำนวน", "ร้อยละ"))
    body: list[Slots] = []
    for group, categories in PEOPLE:
        body.append((Cell(group.replace("|", BREAK), columns=3, bold=True), None, None))
        counts = [job.dice.whole(("people", province, group, one), 5, 900) for one in categories]
        for one, count in zip(categories, counts, strict=True):
            share = job.score(cents(Decimal(count) * 100 / sum(counts)), group, one)
            body.append((Cell(one.replace("|", BREAK)), Cell(job.numeral(str(count), one), "centre"), Cell(share, "centre")))
    draw(flow, Table(_widths(job, flow, (4, 1, 1)), (head,), tuple(body)), job.layout.style, whole=True)
    flow.y += 12
