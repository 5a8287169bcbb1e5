"""Agencies with real place names and made-up scores.

`places.csv` holds 456 subdistricts with their districts and provinces (thailand-geography-json, MIT), among them many names with a
sara am and the longest there are. No score here was ever given to the agency beside it.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

from .dice import Dice
from .grid import BREAK

PROVINCE, PAO, TOWN, TAMBON, TAO = "จังหวัด", "องค์การบริหารส่วนจังหวัด", "เทศบาลเมือง", "เทศบาลตำบล", "องค์การบริหารส่วนตำบล"
DEPARTMENT, ENTERPRISE = "ส่วนราชการระดับกรม", "รัฐวิสาหกิจ"
TYPES = (PROVINCE, PAO, TOWN, TAMBON, TAO, DEPARTMENT, ENTERPRISE)

_BROKEN = {
    PROVINCE: "จังหวัด|",
    PAO: "องค์การ|บริหาร|ส่วน|จังหวัด|",
    TOWN: "เทศบาล|เมือง|",
    TAMBON: "เทศบาล|ตำบล|",
    TAO: "องค์การ|บริหาร|ส่วน|ตำบล|",
}
_NAMED = {
    DEPARTMENT: (
        "กรม|การ|ปกครอง",
        "กรม|ชลประทาน",
        "กรม|ป่าไม้",
        "กรม|ที่ดิน",
        "กรม|ทางหลวง|ชนบท",
        "กรม|ควบคุม|โรค",
        "กรม|การ|ขนส่ง|ทางบก",
        "กรม|บัญชี|กลาง",
        "สำนักงาน|ปลัด|สำนัก|นายก|รัฐมนตรี",
        "สำนักงาน|คณะกรรมการ|ข้าราชการ|พลเรือน",
        "กรม|ส่งเสริม|การ|ปกครอง|ท้องถิ่น",
        "กรม|ทรัพยากร|น้ำ|บาดาล",
        "กรม|พัฒนา|ฝีมือ|แรงงาน",
        "สำนักงาน|เศรษฐกิจ|การ|คลัง",
        "กรม|สนับสนุน|บริการ|สุขภาพ",
    ),
    ENTERPRISE: (
        "การ|ไฟฟ้า|นครหลวง",
        "การ|ไฟฟ้า|ส่วน|ภูมิภาค",
        "การ|ประปา|ส่วน|ภูมิภาค",
        "การ|รถไฟ|แห่ง|ประเทศ|ไทย",
        "การ|ท่าเรือ|แห่ง|ประเทศ|ไทย",
        "การ|เคหะ|แห่งชาติ",
        "องค์การ|เภสัชกรรม",
        "องค์การ|คลังสินค้า",
        "ธนาคาร|ออมสิน",
        "โรงงาน|ไพ่ |กรม|สรรพสามิต",
        "องค์การ|สวนสัตว์|แห่ง|ประเทศ|ไทย",
        "บริษัท ขนส่ง จำกัด",
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One printed line of a ranking. Scores have two decimals; `parts` are IIT, EIT and OIT."""

    number: int
    agency_type: str
    name: str
    broken_name: str
    province: str | None
    district: str | None
    score: Decimal
    earlier: Decimal | None
    parts: tuple[Decimal, Decimal, Decimal]
    grade: str
    passed: bool


@cache
def places() -> tuple[tuple[str, str, str], ...]:
    """(province, district, subdistrict)."""
    with (Path(__file__).parent / "places.csv").open(encoding="utf-8", newline="") as file:
        return tuple((r["province"], r["district"], r["subdistrict"]) for r in csv.DictReader(file))


def cents(value: Decimal) -> Decimal:
    """Rounded to two decimals as on paper, halves away from nought."""
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def dictionary_key(text: str) -> str:
    """Thai dictionary order: a leading vowel counts after its consonant, tones not at all.

    >>> sorted(["เลย", "ลำพูน", "กระบี่"], key=dictionary_key)
    ['กระบี่', 'ลำพูน', 'เลย']
    """
    out: list[str] = []
    held = ""
    for char in text:
        if char in "เแโใไ":
            held = char
        elif char not in "\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c":
            out += [char, held]
            held = ""
    return "".join(out)


def draw_rows(dice: Dice, agency_type: str, count: int, year: int, first: int = 1, dashes: float = 0.06) -> tuple[Row, ...]:
    """`count` rows of a type in dictionary order, numbered from `first`: fewer where fewer are known.

    dashes: share without a score in the year before.
    """
    found = _draw_names(dice, agency_type, count)
    rows = []
    for i, (broken, province, district) in enumerate(found):
        here = dice.at("row", agency_type, i)
        parts, score = _draw_score(here, year)
        passed = score >= 85
        earlier = None if here.chance("dash", dashes) else cents(Decimal(here.whole("earlier", 4200, 9990)) / 100)
        name = broken.replace(BREAK, "")
        rows.append(
            Row(
                first + i,
                agency_type,
                name,
                broken,
                province,
                district,
                score,
                earlier,
                parts,
                grade_of(score, parts, year),
                passed,
            )
        )
    return tuple(rows)


def _draw_names(dice: Dice, agency_type: str, count: int) -> list[tuple[str, str | None, str | None]]:
    if agency_type in _NAMED:
        names = dice.sample(agency_type, _NAMED[agency_type], count)
        return sorted([(n.replace("|", BREAK), None, None) for n in names], key=lambda n: dictionary_key(n[0]))
    lead = _BROKEN[agency_type].replace("|", BREAK)
    if agency_type in (PROVINCE, PAO):
        provinces = dice.sample(agency_type, sorted({p for p, _, _ in places()}), count)
        return [(lead + p, p, None) for p in sorted(provinces, key=dictionary_key)]
    drawn = dice.sample(agency_type, places(), 2 * count)
    # Two places of one name in one province would be one agency with two scores.
    chosen = list({(p, s): (p, d, s) for p, d, s in drawn}.values())[:count]
    order = sorted(chosen, key=lambda p: [dictionary_key(part) for part in p])
    return [(lead + s, p, d if agency_type == TAO else None) for p, d, s in order]


_BORDERS = ("85.00", "84.99", "95.00", "100.00", "74.99", "65.00", "49.99")


def _draw_score(dice: Dice, year: int) -> tuple[tuple[Decimal, Decimal, Decimal], Decimal]:
    """Instrument scores and the total they give; a few totals lie right on a border of the scale."""
    low, high = (5200, 9700) if year <= 2564 else (6600, 10000)
    middle = dice.whole("level", low, high)
    if dice.chance("border", 0.12):
        middle = int(Decimal(dice.pick("which", _BORDERS)) * 100)
        parts = [middle] * 3
    elif dice.chance("excellent", 0.1):
        parts = [dice.whole(i, 9500, 10000) for i in range(3)]
    else:
        parts = [min(10000, max(3000, middle + dice.whole(i, -600, 600))) for i in range(3)]
    iit, eit, oit = (Decimal(p) / 100 for p in parts)
    return (cents(iit), cents(eit), cents(oit)), total_of(iit, eit, oit)


def total_of(iit: Decimal, eit: Decimal, oit: Decimal) -> Decimal:
    """The weighted total, 30 : 30 : 40."""
    return cents(Decimal("0.3") * iit + Decimal("0.3") * eit + Decimal("0.4") * oit)


LETTERS = (("AA", 95), ("A", 85), ("B", 75), ("C", 65), ("D", 55), ("E", 50), ("F", 0))
WORDS = ("ผ่านดีเยี่ยม", "ผ่านดี", "ผ่าน", "ต้องปรับปรุง", "ต้องปรับปรุงโดยด่วน")


def scale_of(year: int) -> tuple[str, ...]:
    """The grades of a year in their printed order: letters up to 2565, words since."""
    return tuple(letter for letter, _ in LETTERS) if year <= 2565 else WORDS


def grade_of(score: Decimal, parts: Sequence[Decimal], year: int) -> str:
    """The grade that a score has in a year.

    >>> grade_of(Decimal("84.99"), (), 2563), grade_of(Decimal("96"), (Decimal("94"), Decimal("97"), Decimal("97")), 2567)
    ('B', 'ผ่านดี')
    """
    if year <= 2565:
        return next(letter for letter, low in LETTERS if score >= low)
    worst = min(parts)
    if score >= 95 and worst >= 95:
        return WORDS[0]
    if score >= 85:
        return WORDS[1] if worst >= 85 else WORDS[2]
    return WORDS[3] if score >= 70 else WORDS[4]


@dataclass(frozen=True, slots=True)
class Summary:
    """The summary page of a type. Shares are per cent; `grades` in printed order with count and share."""

    agency_type: str
    agencies: int
    staff: int
    external: int
    mean: Decimal
    indicators: tuple[Decimal, ...]
    grades: tuple[tuple[str, int, Decimal], ...]
    passed: int
    failed: int

    def share(self, count: int) -> Decimal:
        return cents(Decimal(count) * 100 / self.agencies)


def summarise(dice: Dice, rows: Sequence[Row], year: int) -> Summary:
    """What the summary page says of all rows of a type: every figure on it follows from them, or could.

    The mean is the mean of the rows, and the ten indicators give it back: 0.3 of the mean of 1-5, 0.3 of 6-8, 0.4 of 9 and 10,
    within half of a hundredth.
    """
    count = len(rows)
    mean = cents(sum((r.score for r in rows), Decimal(0)) / count)
    levels = [cents(sum((r.parts[i] for r in rows), Decimal(0)) / count) for i in range(3)]
    values: list[int] = []
    for name, size, level in zip(("IIT", "EIT", "OIT"), (5, 3, 2), levels, strict=True):
        values += _spread(dice.at("indicators", rows[0].agency_type, name), size, int(level * 100))
    while abs(_weighted(values) - mean) > Decimal("0.005"):
        up = 1 if _weighted(values) < mean else -1
        at = next(i for i in (9, 8, 7, 6, 5) if 0 <= values[i] + up <= 10000)
        values[at] += up
    printed = [r.grade for r in rows]
    passed = sum(r.passed for r in rows)
    grades = tuple((g, printed.count(g), cents(Decimal(printed.count(g)) * 100 / count)) for g in scale_of(year))
    crowd = dice.at("crowd", rows[0].agency_type)
    staff, external = crowd.whole("staff", 40 * count, 4000 * count), crowd.whole("external", 60 * count, 3000 * count)
    return Summary(
        rows[0].agency_type, count, staff, external, mean, tuple(Decimal(v) / 100 for v in values), grades, passed, count - passed
    )


def _spread(dice: Dice, size: int, level: int) -> list[int]:
    """`size` values in hundredths around `level`, whose mean is exactly `level`."""
    reach = min(500, 10000 - level)
    values = [level + dice.whole(i, -reach, reach) for i in range(size - 1)]
    last = level * size - sum(values)
    while not 0 <= last <= 10000:
        step = 1 if last > 10000 else -1
        values = [min(10000, v + step * 10) for v in values]
        last = level * size - sum(values)
    return [*values, last]


def _weighted(values: Sequence[int]) -> Decimal:
    return (Decimal(3 * sum(values[:5])) / 50 + Decimal(3 * sum(values[5:8])) / 30 + Decimal(4 * sum(values[8:])) / 20) / 100
