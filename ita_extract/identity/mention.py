"""Which agency does a line of text speak of? Titles name it in a sentence: "รายงานผลการประเมินของจังหวัดลำพูน ประจำปี 2563"."""

from __future__ import annotations

import re

from ..rulebook.registry import AgencyType, Registry

_NAME = re.compile(r"[ก-ฮะ-ฺเ-๎]+")
_AFTER = re.compile(r"\s*")


def agency_in(text: str, registry: Registry) -> str | None:
    """The first agency that a line names, as printed; None where it names none.

    Only full forms of the types are looked for: "อบต." stands in sentences about all of them. A province is named by its longest
    known name, since Thai writes no space behind it; a municipality or subdistrict likewise, or up to the next blank.

    >>> from ita_extract.rulebook.load import load_rulebook
    >>> registry = load_rulebook().registry
    >>> agency_in("คะแนนภาพรวมหน่วยงานจังหวัดลำพูน : 87.96 คะแนน", registry)
    'จังหวัดลำพูน'
    >>> agency_in("ข้อมูลคะแนน ITA ของเทศบาลตำบลหนองบัว", registry), agency_in("ผลการประเมินรายจังหวัด", registry)
    ('เทศบาลตำบลหนองบัว', None)
    """
    found: list[tuple[int, int, str]] = []
    for kind in registry.types:
        if kind.place == "none" or not kind.prefixes:
            continue
        prefix = kind.prefixes[0]
        at = text.find(prefix)
        while at >= 0:
            place = _place_at(text, at + len(prefix), kind, registry)
            if place:
                found.append((at, -len(prefix), prefix + place))
                break
            at = text.find(prefix, at + 1)
    for agency in registry.named:
        if (at := text.find(agency.name)) >= 0:
            found.append((at, -len(agency.name), agency.name))
    return min(found)[2] if found else None


def _place_at(text: str, at: int, kind: AgencyType, registry: Registry) -> str | None:
    gap = _AFTER.match(text, at)
    run = _NAME.match(text, gap.end() if gap else at)
    if run is None:
        return None
    letters = run[0]
    for end in range(len(letters), 1, -1):
        if kind.place == "province" and registry.province_named(letters[:end]):
            return letters[:end]
        if kind.place != "province" and registry.subdistricts_named(letters[:end]):
            return letters[:end]
    return None if kind.place == "province" else letters
