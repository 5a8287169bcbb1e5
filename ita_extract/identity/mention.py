"""Which agency does a line of text speak of? Titles name it in a sentence: "รายงานผลการประเมินของจังหวัดลำพูน ประจำปี 2563"."""

from __future__ import annotations

import re

from ..rulebook.registry import AgencyType, Registry
from .names import agency_id_of

_NAME = re.compile(r"[ก-ฮะ-ฺเ-๎]+")
_GAP = re.compile(r"\s*")
_ENDS = re.compile(r"อำเภอ|เขต|จังหวัด|ประจำ|ปี|ได้|มี|และ|ใน|ของ|ที่|เป็น|จึง|โดย|ตาม|กับ|หรือ|ซึ่ง|จำนวน|ครั้ง|คะแนน|ผ่าน|อยู่|ขอ|เพื่อ|ต่อ|ระดับ")
"""Words that may stand right behind the name of a place: Thai writes no blank between them."""
_SURELY = re.compile(r"อำเภอ|จังหวัด|ประจำปี|ปีงบประมาณ|ได้คะแนน|มีคะแนน|มีผล|ได้รับ|ได้ดำเนิน|ได้จัดทำ|อยู่ใน")
"""Words that are no part of any name."""
_MARKS = frozenset("ะัาำิีึืฺุู็่้๊๋์ํ๎ๅ")
"""What leans on the letter before it: no word begins with it."""
LONGER = 8
"""A known name followed by so few strange letters is the beginning of a longer one: เวียงสรวย is not เวียง."""
_DISTRICT = re.compile(r"(?:(?<!\s)\s++)?(?:อำเภอ|เขต|อ\.)\s*+([ก-ฮะ-ฺเ-๎]{1,60}?)\s*+(?=จังหวัด|จ\.)")
_PROVINCE = re.compile(r"(?:(?<!\s)\s++)?(?:จังหวัด|จ\.)\s*+([ก-ฮะ-ฺเ-๎]+)")


def agency_in(text: str, registry: Registry) -> str | None:
    """The first agency that a line names, as printed; None where it names none.

    Only full forms of the types are looked for: "อบต." stands in sentences about all of them. A province is named by its longest
    known name, since Thai writes no space behind it; a municipality or subdistrict likewise, where a word may end behind it, or up
    to the next blank. The district and province behind such a name are part of the answer: without them it may be that of several
    agencies.

    >>> from ita_extract.rulebook.load import load_rulebook
    >>> registry = load_rulebook().registry
    >>> agency_in("คะแนนภาพรวมหน่วยงานจังหวัดลำพูน : 87.96 คะแนน", registry)
    'จังหวัดลำพูน'
    >>> agency_in("ข้อมูลคะแนน ITA ของเทศบาลตำบลหนองบัว", registry), agency_in("ผลการประเมินรายจังหวัด", registry)
    ('เทศบาลตำบลหนองบัว', None)
    >>> agency_in("รายงานของเทศบาลตำบลบ้านฝาง อำเภอกระนวน จังหวัดขอนแก่น ประจำปี 2567", registry)
    'เทศบาลตำบลบ้านฝาง อำเภอกระนวน จังหวัดขอนแก่น'
    """
    found: list[tuple[int, int, str]] = []
    for kind in registry.types:
        if kind.place == "none" or not kind.prefixes:
            continue
        prefix = kind.prefixes[0]
        at = text.find(prefix)
        while at >= 0:
            place, end = _place_at(text, at + len(prefix), kind, registry)
            if place:
                found.append(
                    (at, -len(prefix), prefix + place + ("" if kind.place == "province" else _tail_at(text, end, registry)))
                )
                break
            at = text.find(prefix, at + 1)
    for agency in registry.named:
        if (at := text.find(agency.name)) >= 0:
            found.append((at, -len(agency.name), agency.name))
    return min(found)[2] if found else None


def with_place(name: str | None, title: str | None, registry: Registry) -> str | None:
    """A name that several agencies bear, with the district and province that the title around it tells; else the name as it is.

    >>> from ita_extract.rulebook.load import load_rulebook
    >>> with_place("เทศบาลตำบลบ้านฝาง", "แผนของเทศบาลตำบลบ้านฝาง ประจำปี 2567 อำเภอกระนวน จังหวัดขอนแก่น", load_rulebook().registry)
    'เทศบาลตำบลบ้านฝาง อำเภอกระนวน จังหวัดขอนแก่น'
    """
    if not name or not title or agency_id_of(name, None, None, None, registry).agency_id is not None:
        return name
    for at in (found.start() for found in _DISTRICT.finditer(title)):
        if tail := _tail_at(title, at, registry):
            return name + tail
    for at in (found.start() for found in _PROVINCE.finditer(title)):
        if tail := _tail_at(title, at, registry):
            return name + tail
    return name


def _place_at(text: str, at: int, kind: AgencyType, registry: Registry) -> tuple[str, int]:
    """The name of a place that begins here, and where it ends; "" where none does.

    A known name is taken where a word may end behind it, the longest of several. Where a few letters more follow, the place bears
    a longer name that the registry does not list, as many municipalities do; a whole sentence more is a sentence.
    """
    gap = _GAP.match(text, at)
    run = _NAME.match(text, gap.end() if gap else at)
    if run is None:
        return "", at
    letters, start = run[0], run.start()
    if kind.place == "province":
        end = next((end for end in range(len(letters), 1, -1) if registry.province_named(letters[:end])), 0)
        return letters[:end], start + end
    known = [end for end in range(len(letters), 1, -1) if registry.subdistricts_named(letters[:end])]
    for end in known:
        if _may_end(letters, end):
            return letters[:end], start + end
    over = _over_a_blank(text, run, registry)
    if over and not known:
        return over
    surely = _SURELY.search(letters, 1)
    whole = surely.start() if surely else len(letters)
    if known and whole - known[0] > LONGER and letters[known[0]] not in _MARKS:
        whole = known[0]
    return letters[:whole], start + whole


def _may_end(letters: str, end: int) -> bool:
    return end == len(letters) or _ENDS.match(letters, end) is not None


def _over_a_blank(text: str, run: re.Match[str], registry: Registry) -> tuple[str, int] | None:
    """A known name that a blank or the end of a line parts ("บ้าน ธิ"), and where it ends; None where there is none."""
    gap = _GAP.match(text, run.end())
    rest = _NAME.match(text, gap.end()) if gap and gap[0] else None
    if rest is None:
        return None
    for end in range(len(rest[0]), 0, -1):
        if _may_end(rest[0], end) and registry.subdistricts_named(run[0] + rest[0][:end]):
            return run[0] + rest[0][:end], rest.start() + end
    return None


def _tail_at(text: str, at: int, registry: Registry) -> str:
    """The district and province behind a name, parted by single blanks; "" where the registry knows no such ones."""
    district = _DISTRICT.match(text, at)
    province = _PROVINCE.match(text, district.end() if district else at)
    if province is None:
        return ""
    letters = province[1]
    known = next((letters[:end] for end in range(len(letters), 1, -1) if registry.province_named(letters[:end])), None)
    around = registry.province_named(known) if known else None
    if around is None or (district and registry.district_named(district[1], around.code) is None):
        return ""
    return f"{f' อำเภอ{district[1]}' if district else ''} จังหวัด{known}"
