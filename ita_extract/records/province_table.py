"""A table of one province by indicator, its instruments merged over their rows, with the total in its last row or below it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..model.table import Row
from ..rulebook.frameworks import Indicator
from ..rulebook.parts import converted
from ..rulebook.wording import squash
from .parts import weights_of
from .rows import MAX_SCORE, RowReader
from .values import arabic, parse_score
from .volume import Subject, Volume, indicator_score, indicators_of, instrument_score, total_score

_NUMBERED = re.compile(r"(?:ตัวชี้วัด(?:ที่)?)?(\d{1,2})[.)]?")
TOTAL = re.compile(
    r"(.*?)(?<![=(-])(?<!คือ)(?<!เท่ากับ)(?:เท่ากับ|คือ|[=(-])*+(\d{1,3}(?:\.\d+)?)\)?(?:คะแนน)?(?:ระดับ.{1,20}|\(.*+(?<=\)))?"
)

_NUMBER = re.compile(r"\d{1,3}\.\d+")


@dataclass(frozen=True, slots=True)
class _Merged:
    """What a row prints of its instrument: the score of 100, the weight in percent, and the weighted score; None where nothing."""

    row: Row
    whole: str | None
    weight: str | None
    part: str | None

    @property
    def says_something(self) -> bool:
        return any((self.whole, self.weight, self.part))


def read_by_indicator(at: Volume, reader: RowReader) -> None:
    """The ten indicators of the table's subject, its three instruments, and its total where the table has a row for it."""
    at.awaits_total = None
    if at.subject == Subject():
        reader.reject_all("NO_NAME", "no caption above the table names a province or an agency")
        return
    year = next((year for _, year in reader.head.fields.values() if year), None) or at.year
    if year is None:
        reader.reject_all("NO_YEAR", "neither a heading nor a caption names the fiscal year")
        return
    rows = reader.rows()
    place_of = {id(row): place for place, row in enumerate(rows)}
    whose = [_instrument_of_row(at, reader, row, year) for row in rows]
    merged: dict[str, list[_Merged]] = {}
    for row in reader.body():
        place = place_of[id(row)]
        code, indicator = whose[place]
        if code is None and _is_total(at, reader, row):
            _read_total_row(at, reader, row, year)
            continue
        code = code or _between(whose, place)
        if code is None:
            reader.reject(row, "UNKNOWN_INDICATOR", f"no indicator of {year} has this name")
            continue
        given = 0
        if indicator is not None:
            score, printed = reader.score(row, reader.head.columns("score")[0])
            if score is not None:
                at.records.append(indicator_score(at.subject, year, indicator, score, printed, row))
                given = 1
        cells = _Merged(row, *(reader.text(row, name) for name in ("instrument_score", "weight", "weighted")))
        if cells.says_something:
            merged.setdefault(code, []).append(cells)
        reader.settle(row, max(given, int(cells.says_something)))
    for code, parts in merged.items():
        _read_merged(at, reader, year, code, parts)
    at.awaits_total = (at.subject, year)


def _instrument_of_row(at: Volume, reader: RowReader, row: Row, year: int) -> tuple[str | None, Indicator | None]:
    """The instrument that a row belongs to, and its indicator where it is the row of one."""
    name = reader.text(row, "indicator")
    known = indicators_of(year, at.frameworks)
    if name:
        framework = reader.framework(year)
        one = framework.indicator_named(name) if framework else None
        number = _NUMBERED.fullmatch(squash(name)) or _NUMBERED.match(squash(name))
        if one is None and number:
            one = known.get(int(number[1]))
        if one is not None:
            return one.instrument, one
    for text in filter(None, (name, reader.text(row, "instrument"))):
        plain = squash(text).upper()
        codes = [code for code in weights_of(year, at.frameworks) if code in plain]
        if len(codes) == 1:
            return codes[0], None
    return None, None


def _between(whose: Sequence[tuple[str | None, Indicator | None]], place: int) -> str | None:
    """A value set in the middle of the rows that it is merged over may stand in a row of its own, between two of one instrument."""
    before = next((code for code, _ in reversed(whose[:place]) if code), None)
    after = next((code for code, _ in whose[place + 1 :] if code), None)
    return before if before == after else None


def _read_merged(at: Volume, reader: RowReader, year: int, code: str, cells: Sequence[_Merged]) -> None:
    """The score of an instrument, printed once for all its rows: of 100, or else as its weighted part."""
    row = cells[0].row
    absent = at.layout.values.get("absent", frozenset())
    try:
        whole, weight, part = (_distinct((getattr(one, name) for one in cells), absent) for name in ("whole", "weight", "part"))
    except ValueError as error:
        reader.note(row, "BAD_SCORE", f"{code}: {error}")
        return
    if max(map(len, (whole, weight, part))) > 1:
        reader.note(row, "BAD_SCORE", f"{code} has several scores: {', '.join((*whole.values(), *part.values()))}")
        return
    share = next((value / 100 for value in weight), None) or weights_of(year, at.frameworks).get(code)
    if not whole and (not part or not share):
        return
    value, printed = next(iter((whole or part).items()))
    score = value if whole or share is None else converted(value, share)
    if score > MAX_SCORE:
        reader.note(row, "BAD_SCORE", f"{code}: {printed!r} is more than {MAX_SCORE}")
        return
    at.records.append(instrument_score(at.subject, year, code, score, printed, row))


def _distinct(printed: Iterable[str | None], absent: frozenset[str]) -> Mapping[Decimal, str]:
    """The values of a merged cell, each as it is printed: one, whether it stands in one row or in each. Raises ValueError."""
    return {value: text for text in printed if text and (value := parse_score(text, absent)) is not None}


def _is_total(at: Volume, reader: RowReader, row: Row) -> bool:
    words = at.layout.lines.get("total", ())
    said = {squash(cell.text) for cell in row.cells if cell is not None}
    name = at.subject.province or at.subject.agency or ""
    return any(one.removesuffix(squash(name)).removesuffix("จังหวัด") in words for one in said if one) or bool(
        (spanning := reader.spanning(row)) and TOTAL.fullmatch(squash(spanning)) and squash(spanning).startswith(words)
    )


def _read_total_row(at: Volume, reader: RowReader, row: Row, year: int) -> None:
    """The last row of the table: its weighted score, or the number that it prints beside the weights, which add to 100."""
    weights = {id(row.cells[col]) for col in reader.head.columns("weight")}
    cells = {id(cell): cell for cell in row.cells if cell is not None and (id(cell) not in weights or reader.spanning(row))}
    texts = [reader.text(row, "weighted")] if reader.text(row, "weighted") and not reader.spanning(row) else []
    found = [number for text in texts or [cell.text for cell in cells.values()] for number in _NUMBER.findall(arabic(text or ""))]
    totals = {Decimal(number): number for number in found}
    if len(totals) != 1 or max(totals) > MAX_SCORE:
        reader.reject(row, "BAD_SCORE", f"a total row with the numbers {', '.join(found) or 'none'}")
        return
    score, printed = next(iter(totals.items()))
    at.records.append(total_score(at.subject, year, score, printed, row, None, None, at.names))
    reader.settle(row, 1)
