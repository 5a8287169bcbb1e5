"""Who answered the surveys: counts by age, schooling and dealing with the agency, for men, women and others.

The blocks stand under each other in tables of four columns, and under the heading of their survey. Where OCR reads two pages as
one table, the end of the first survey's last block lies between the lines of the second survey's first one. Then the columns in
which the rest of the second survey stands tell its numbers from the others, and the others are believed only if they bring their
block to the totals of the blocks before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal, TypeAlias, get_args

from ..model.record import Reject, RespondentCount
from ..model.table import LongTable, Row
from ..rulebook.layouts import TableLayout
from ..rulebook.wording import squash
from .categories import categories_of
from .headings import Head, field_of
from .stretches import texts
from .values import parse_count, unwrap

Attribute: TypeAlias = Literal["age", "education", "contact"]
Gender: TypeAlias = Literal["male", "female", "other"]
ATTRIBUTES: tuple[Attribute, ...] = get_args(Attribute)
GENDERS: tuple[Gender, ...] = get_args(Gender)
TOTAL = "total"
NAME = "respondents"
MAX_DROPPED = 2


@dataclass(slots=True)
class _Block:
    """The rows of one attribute of one survey: category and the count of each gender."""

    instrument: str
    attribute: Attribute
    genders: tuple[Gender, ...]
    rows: list[tuple[str, dict[Gender, int]]] = field(default_factory=list)

    def sums(self) -> dict[Gender, int]:
        return {gender: sum(counts.get(gender, 0) for _, counts in self.rows) for gender in self.genders}

    def add(self, category: str, numbers: Sequence[int | None]) -> None:
        told = zip(self.genders, numbers, strict=True)
        self.rows.append((category, {gender: number for gender, number in told if number is not None}))


@dataclass(frozen=True, slots=True)
class _Tangle:
    """A row in which two blocks stand: its label and its numbers by column."""

    row: Row
    label: str
    numbers: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Respondents:
    """Gathers the blocks while a report is read; `settle` makes the records."""

    blocks: list[_Block] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)

    def read(self, table: LongTable, head: Head, instrument: str | None, absent: frozenset[str]) -> None:
        """The rows under a head that names an attribute and the genders. `instrument` is what the heading above them names."""
        self.tally["head"] += head.rows
        attribute = next((one for one in ATTRIBUTES if head.columns(one)), None)
        body = table.rows[head.rows :]
        if instrument is None or attribute is None:
            used = self._untangle(body, head.layout, instrument, absent) if body else 0
            for row in body[used:]:
                self._reject(row, "NO_CONTEXT", "no heading tells which survey these people answered, or what they are counted by")
            return
        genders = tuple(gender for gender in GENDERS if head.columns(gender))
        if not head.rows and self.blocks and (self.blocks[-1].instrument, self.blocks[-1].attribute) == (instrument, attribute):
            block = self.blocks[-1]
        else:
            block = _Block(instrument, attribute, genders)
            self.blocks.append(block)
        for row in body:
            self._read_row(block, row, head, absent)

    def _read_row(self, block: _Block, row: Row, head: Head, absent: frozenset[str]) -> None:
        own = texts(row)
        if not own:
            self.tally["skip:blank"] += 1
            return
        label = _label(row, absent)
        if any(label and rule.pattern.search(squash(label)) for rule in head.layout.skip):
            self.tally["skip:total"] += 1
            return
        numbers = _numbers(row, absent)
        columns = [next(iter(head.columns(gender)), -1) for gender in block.genders]
        placed = [dict(numbers).get(col) for col in columns]
        has_total = bool(head.columns(TOTAL))
        dashes = sum(1 for col in columns if _is_dash(row, col, absent))
        if label and numbers and len(numbers) == len(placed) - dashes + has_total and placed.count(None) == dashes:
            block.add(label, placed)
        elif label and len(numbers) == len(block.genders) + has_total:
            block.add(label, [value for _, value in numbers[: len(block.genders)]])
        else:
            self._reject(row, "BAD_ROW", f"no category with {len(block.genders)} counts")
            return
        self.tally["record"] += 1

    def _untangle(self, rows: Sequence[Row], layout: TableLayout, instrument: str | None, absent: frozenset[str]) -> int:
        """Reads rows in which the head of a new block stands between the numbers of the last one; how many there are."""
        start = _Mixed.of(rows[0], layout, absent)
        before = self.blocks[-1] if self.blocks else None
        told = {(block.instrument, block.attribute) for block in self.blocks}
        if start is None or before is None or instrument is None or (instrument, start.attribute) in told:
            return 0
        block = _Block(instrument, start.attribute, start.genders)
        tangled: list[_Tangle] = []
        regular: list[tuple[Row, str, tuple[tuple[int, int], ...]]] = []
        count = 1
        for row in rows[1:]:
            numbers, label = _numbers(row, absent), _label(row, absent)
            if not label or not numbers or _heads(row, layout):
                break
            if len(numbers) == len(block.genders):
                regular.append((row, label, numbers))
            elif len(numbers) > len(block.genders) and not regular:
                tangled.append(_Tangle(row, label, numbers))
            else:
                break
            count += 1
        self._settle_tangle(before, block, start, tangled, regular, rows[:count])
        return count

    def _settle_tangle(
        self,
        before: _Block,
        block: _Block,
        start: _Mixed,
        tangled: Sequence[_Tangle],
        regular: Sequence[tuple[Row, str, tuple[tuple[int, int], ...]]],
        rows: Sequence[Row],
    ) -> None:
        columns = {tuple(col for col, _ in numbers) for _, _, numbers in regular}
        told = _parted(before, start, tangled, next(iter(columns))) if len(columns) == 1 else None
        wanted = {tuple(one.sums().items()) for one in self.blocks if one.instrument == before.instrument and one is not before}
        if told is not None:
            old, new = told
            sums = dict(before.sums())
            for _, numbers in old:
                for gender, number in zip(before.genders, numbers, strict=True):
                    sums[gender] += number
            if not wanted or wanted == {tuple(sums.items())}:
                for label, numbers in old:  # a label that stands nowhere any more is told by its place
                    before.add(label or f"[{len(before.rows) + 1}]", numbers)
                for label, numbers in new:
                    block.add(label, numbers)
                for _, label, placed in regular:
                    block.add(label, [value for _, value in placed])
                self.blocks.append(block)
                self.tally["record"] += len(rows)
                return
        for row in rows:
            self._reject(row, "TANGLED_ROWS", "two tables stand in one row, and its numbers cannot be told apart")

    def _reject(self, row: Row, reason: str, detail: str) -> None:
        self.tally["reject"] += 1
        self.rejects.append(Reject(page=row.page, target=NAME, reason=reason, detail=detail, raw_text=row.text, bbox=row.bbox))

    def settle(self, year: int, layout: TableLayout | None) -> tuple[RespondentCount, ...]:
        """The counts, their categories as the `layout` of their tables writes them."""
        known = {column.field: column.categories for column in layout.columns} if layout else {}
        return tuple(
            RespondentCount(
                fiscal_year=year,
                instrument=block.instrument,
                attribute=block.attribute,
                category=category,
                gender=gender,
                count=count,
            )
            for block in self.blocks
            for category, (_, counts) in zip(
                categories_of([printed for printed, _ in block.rows], known.get(block.attribute, ())), block.rows, strict=True
            )
            for gender, count in counts.items()
        )


@dataclass(frozen=True, slots=True)
class _Mixed:
    """A row that holds the head of one block and a row of another."""

    attribute: Attribute
    genders: tuple[Gender, ...]
    label: str
    numbers: tuple[int, ...]

    @classmethod
    def of(cls, row: Row, layout: TableLayout, absent: frozenset[str]) -> _Mixed | None:
        heads, numbers = _heads(row, layout), _numbers(row, absent)
        attribute = next((one for one in ATTRIBUTES if one in heads), None)
        genders = tuple(gender for gender in GENDERS if gender in heads)
        if attribute is None or len(genders) < 2 or len(numbers) != len(genders):
            return None
        return cls(attribute, genders, _label(row, absent, heads), tuple(number for _, number in numbers))


def _parted(
    before: _Block, start: _Mixed, tangled: Sequence[_Tangle], columns: tuple[int, ...]
) -> tuple[list[tuple[str, Sequence[int]]], list[tuple[str, Sequence[int]]]] | None:
    """The rows of the old block and of the new one; None where some number could be of either, or in another order."""
    old: list[tuple[str, Sequence[int]]] = [(start.label, start.numbers)]
    new: list[tuple[str, Sequence[int]]] = []
    for tangle in tangled:
        placed = dict(tangle.numbers)
        if not all(col in placed for col in columns):
            return None
        rest = [number for col, number in tangle.numbers if col not in columns]
        spare = len(rest) - len(before.genders)
        if not 0 <= spare <= MAX_DROPPED or (spare and rest.count(0) < spare):
            return None
        choices = {pick for pick in combinations(rest, len(before.genders)) if sum(pick) == sum(rest)}  # only a 0 may be left over
        if len(choices) != 1:
            return None
        old.append(("", next(iter(choices))))
        new.append((tangle.label, [placed[col] for col in columns]))
    return old, new


def _heads(row: Row, layout: TableLayout) -> Mapping[str, int]:
    """The fields that cells of a row name, with their columns."""
    found: dict[str, int] = {}
    for col, cell in enumerate(row.cells):
        told = field_of(squash(cell.text), layout.columns) if cell is not None and cell.text.strip() else None
        if told:
            found.setdefault(told[0], col)
    return found


def _is_dash(row: Row, col: int, absent: frozenset[str]) -> bool:
    cell = row.cells[col] if 0 <= col < len(row.cells) else None
    return cell is not None and squash(cell.text) in absent


def _numbers(row: Row, absent: frozenset[str]) -> tuple[tuple[int, int], ...]:
    """The counts of a row with their columns; a merged cell counts once. A dash is none, a printed "-" for 0 says nothing."""
    out: list[tuple[int, int]] = []
    seen: set[int] = set()
    for col, cell in enumerate(row.cells):
        if cell is None or id(cell) in seen:
            continue
        seen.add(id(cell))
        try:
            value = parse_count(cell.text.replace("คน", ""), absent)
        except ValueError:
            continue
        if value is not None:
            out.append((col, value))
    return tuple(out)


def _label(row: Row, absent: frozenset[str], heads: Mapping[str, int] | None = None) -> str:
    """The category: the first text of a row that is neither a number nor a heading."""
    for col, cell in enumerate(row.cells):
        text = unwrap(cell.text) if cell is not None else ""
        if not text or squash(text) in absent or (heads and col in heads.values()):
            continue
        try:
            parse_count(text, absent)
        except ValueError:
            return text
    return ""
