"""The disclosure items of OIT: code, name, the examiner's comment and score, under their section and sub-indicator."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from ..model.page import BBox
from ..model.record import Check, OitItem, Reject
from ..model.unread import UNREAD
from ..rulebook.frameworks import Framework
from ..rulebook.frameworks import OitItem as KnownItem
from ..rulebook.wording import recognise, squash
from .codes import ALIKE, Code, Marked, likeness, readings, resolve
from .openings import opened_rightly
from .rows import RowReader
from .values import arabic, unwrap
from .wrapping import unwrap_like

LETTERS = "O"
NEARLY, LEAD = 92.0, 6.0
"""From this likeness on, of 100, and by so much more than the next, a misread name is that of an item."""
_NUMBERED = re.compile(rf"((?:[1๑]\s?[0๐]|[0-9๐-๙{UNREAD}]{{1,2}})\s*\.\s*[0-9๐-๙{UNREAD}]{{1,2}})\s*[.:)]?\s*(.*)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the list an item stands: what the lines above its table say."""

    indicator: int | None = None
    sub_no: str | None = None
    sub_name: str | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A row of an OIT table, read but not yet given to an item."""

    token: str | None
    name: str
    comment: str
    score: Decimal | None
    place: Place
    page: int
    bbox: BBox | None
    raw: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the OIT tables of a report gave."""

    records: tuple[OitItem, ...]
    rejects: tuple[Reject, ...]
    checks: tuple[Check, ...]
    tally: Counter[str]


@dataclass(slots=True)
class Disclosure:
    """Gathers the rows of OIT tables while a report is read; `settle` tells which item each is and makes the records."""

    rows: list[Disclosed] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)

    def read(self, reader: RowReader, place: Place, openings: tuple[str, ...]) -> Place:
        """The rows under one head; the place that the last of them stands in, since groups may be rows of the table.

        `openings` are those of a sub-indicator's heading.
        """
        first = True
        for row in reader.body():
            if group := reader.spanning(row):
                place = placed(place, group, openings)
                reader.skip(row, "group_heading")
                continue
            code, name, comment = reader.text(row, "code"), reader.lines(row, "item_name"), reader.lines(row, "comment")
            score, _printed = reader.score(row, reader.head.columns("score")[0])
            if code is None and first and self.rows and (score is None or self.rows[-1].score is None):
                self._go_on(name, comment, score)
                reader.tally["joined"] += 1
                reader.leave(row)
                continue
            first = False
            if not name or (code is None and score is None) or (code is not None and not readings(code, LETTERS)):
                reason = "NO_NAME" if not name else "NO_CODE" if code is None else "BAD_CODE"
                if reader.is_open(row):
                    reader.reject(row, reason, f"no OIT item: code {code!r}, name {unwrap(name)!r}")
                continue
            self.rows.append(Disclosed(code, name, comment, score, place, row.page, row.bbox, row.text))
            reader.leave(row)
        return place

    def _go_on(self, name: str, comment: str, score: Decimal | None) -> None:
        """The rest of a row that a page's end has parted."""
        last = self.rows[-1]
        self.rows[-1] = replace(
            last,
            name=f"{last.name}\n{name}".strip(),
            comment=f"{last.comment}\n{comment}".strip(),
            score=last.score if last.score is not None else score,
        )

    def settle(self, agency: str | None, year: int, frameworks: Mapping[int, Framework]) -> Told:
        own = frameworks.get(year)
        known = {Code(item.code[0], int(item.code[1:])): item.name for item in (own.oit_items if own else ())}
        codes = resolve([Marked(row.token, row.name) for row in self.rows], LETTERS, known)
        records, rejects, checks = [], list(self.rejects), []
        seen: dict[Code, OitItem] = {}
        became: Counter[str] = Counter()
        for code, row in zip(codes, self.rows, strict=True):
            if code is None:
                detail = "which item this is can be told neither by its code nor by its place nor by its name"
                rejects.append(
                    Reject(page=row.page, target="oit_items", reason="CODE_UNSURE", detail=detail, raw_text=row.raw, bbox=row.bbox)
                )
                became["reject"] += 1
                continue
            record = _record(code, row, agency, year, own, frameworks)
            if (before := seen.setdefault(code, record)) is not record and _same(before, record):
                became["skip:repeated_row"] += 1  # the row is printed again at the top of the next page
                continue
            became["record"] += 1
            records.append(record)
            printed = "".join((row.token or "").split())
            if printed != str(code):
                subject = f"item {code} on page {row.page}"
                checks.append(
                    Check(
                        identity="item_code",
                        subject=subject,
                        expected=str(code),
                        observed=printed,
                        tolerance="0",
                        outcome="corrected",
                    )
                )
        return Told(tuple(records), tuple(rejects), tuple(checks), self.tally + became)


def _same(one: OitItem, other: OitItem) -> bool:
    return (one.item_name, one.comment, one.score) == (other.item_name, other.comment, other.score)


def _record(
    code: Code, row: Disclosed, agency: str | None, year: int, own: Framework | None, frameworks: Mapping[int, Framework]
) -> OitItem:
    peers = [known for f in frameworks.values() for one in f.oit_items for known in (one.name, *one.variants)]
    name = unwrap_like(row.name, peers)
    item = _item(code, name, own)
    if item and item.name.split() != name.split() and "".join(item.name.split()) == "".join(name.split()):
        name = item.name  # a scan's blanks are wide and narrow, and those between words of Thai are none
    place = row.place
    sub_no = _numbered(place, own, frameworks) or (item.sub_indicator if item else None)
    sub = own.sub_indicator(sub_no) if own and sub_no else None
    indicator = _indicator(sub_no) or place.indicator or (item.indicator if item else None)
    return OitItem(
        page=row.page,
        agency_name=agency,
        fiscal_year=year,
        item_code=str(code),
        item_name=name or None,
        item_key=item.item_key if item else _key_elsewhere(name, frameworks),
        indicator_no=indicator,
        sub_indicator_no=sub_no,
        sub_indicator_name=_as_listed(place.sub_name, sub.name if sub else item.sub_indicator_name if item else None),
        section=_as_listed(place.section, item.section if item else None),
        score=row.score,
        comment=unwrap(row.comment) or None,
        bbox=row.bbox,
    )


def _item(code: Code, name: str, framework: Framework | None) -> KnownItem | None:
    """The year's item: by its name; by its code where the printed name is the known one, misread."""
    if framework is None:
        return None
    by_code = framework.oit_item(str(code))
    if by_code and max(likeness(name, known) for known in (by_code.name, *by_code.variants)) >= ALIKE:
        return by_code
    told = recognise(name, ((known, item) for item in framework.oit_items for known in (item.name, *item.variants)))
    return told or _misread(name, framework)


def _misread(name: str, framework: Framework) -> KnownItem | None:
    """The year's item that a name is clearly like, and no other."""
    alike = sorted(
        ((max(likeness(name, known) for known in (one.name, *one.variants)), at) for at, one in enumerate(framework.oit_items)),
        reverse=True,
    )
    if not alike or alike[0][0] < NEARLY or (len(alike) > 1 and alike[0][0] - alike[1][0] < LEAD):
        return None
    return framework.oit_items[alike[0][1]]


def _key_elsewhere(name: str, frameworks: Mapping[int, Framework]) -> str | None:
    """The key of an item of that very name in other years, for a year whose list is not sourced; None where years differ."""
    plain = squash(name)
    keys = {
        item.item_key
        for framework in frameworks.values()
        for item in framework.oit_items
        if plain in {squash(known) for known in (item.name, *item.variants)}
    }
    return next(iter(keys)) if len(keys) == 1 else None


def _as_listed(printed: str | None, listed: str | None) -> str | None:
    """A name as the year lists it, where it is printed so but for a letter; what is printed stays where it says something else."""
    if not printed or not listed:
        return printed or listed
    return listed if likeness(printed, listed) >= NEARLY else printed


def _numbered(place: Place, own: Framework | None, frameworks: Mapping[int, Framework]) -> str | None:
    """The number of the sub-indicator that an item stands under; where a digit is unknown, that of the year's which it may be.

    Of "10.1" OCR leaves "\ufffd0.1", and there is no sub-indicator 20.1 in any year.
    """
    if place.sub_no is None or UNREAD not in place.sub_no:
        return place.sub_no
    pattern = re.compile(re.escape(place.sub_no).replace(UNREAD, r"\d"))
    years = [own] if own and own.sub_indicators else frameworks.values()
    known = [one for year in years for one in year.sub_indicators if pattern.fullmatch(one.no)]
    named = [one for one in known if likeness(place.sub_name or "", one.name) >= ALIKE]
    numbers = {one.no for one in named or known}
    return next(iter(numbers)) if len(numbers) == 1 else None


def _indicator(sub_no: str | None) -> int | None:
    whole = (sub_no or "").split(".")[0]
    return int(whole) if whole.isdecimal() else None


def sub_indicator(text: str, openings: tuple[str, ...]) -> tuple[str, str] | None:
    """Number and name of a sub-indicator's heading, None for any other line.

    >>> sub_indicator("ตัวชี้จัดย่อยที่ ๙.๑ ข้อมูลพื้นฐาน", ("ตัวชี้วัดย่อยที่",))
    ('9.1', 'ข้อมูลพื้นฐาน')
    >>> sub_indicator("ตัวชี้วัดย่อยที่ 1 0.1 การป้องกัน", ("ตัวชี้วัดย่อยที่",))  # torn where the type is set wide
    ('10.1', 'การป้องกัน')
    """
    plain = opened_rightly(unwrap(text), openings)
    if not squash(plain).startswith(openings):
        return None
    found = _NUMBERED.search(plain)
    return ("".join(arabic(found[1]).split()), found[2].strip()) if found else None


def placed(place: Place, text: str, openings: tuple[str, ...]) -> Place:
    """The place after a heading: a sub-indicator begins anew, any other text is a section of it."""
    told = sub_indicator(text, openings)
    if told:
        return Place(_indicator(told[0]), told[0], told[1] or None)
    return replace(place, section=unwrap(text) or None)
