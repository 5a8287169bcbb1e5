"""The head of a table: which column is which field. Columns are found by what their heading says, never by where they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ..model.table import LongTable, Row
from ..rulebook.frameworks import Framework
from ..rulebook.layouts import YEAR, Column, TableLayout
from ..rulebook.wording import recognise, skeleton, squash

MAX_HEAD_ROWS = 4
CLOSE = 88.0
"""How alike, of 100, a damaged heading must be to one that the rules know; short headings must be exact."""
LONG_ENOUGH = 8

_LETTER = re.compile(r"[^\W\d_]")
_YEAR_PATTERN = "(25[4-9][0-9]|26[0-3][0-9])"


@dataclass(frozen=True, slots=True)
class Head:
    """A table understood. `fields` maps a column to its field and to the year that its heading names; `rows` is the head's depth.

    `unknown` are columns whose headings no rule knows.
    """

    layout: TableLayout
    rows: int
    fields: Mapping[int, tuple[str, int | None]]
    unknown: tuple[int, ...]

    def columns(self, field: str) -> list[int]:
        return [col for col, (name, _) in self.fields.items() if name == field]


def find_head(table: LongTable, layouts: tuple[TableLayout, ...], grades: frozenset[str]) -> Head | None:
    """The layout whose headings the table's first rows carry: the one that leaves the fewest columns unexplained.

    `grades` are the squashed names of every known grade, for tables whose headings are grades.
    """
    found: list[tuple[tuple[int, int, int], Head]] = []
    for depth in range(1, min(MAX_HEAD_ROWS, len(table.rows)) + 1):
        headings = [headings_of(table.rows[:depth], col) for col in range(table.n_cols)]
        for order, layout in enumerate(layouts):
            head = _match(layout, depth, headings, grades)
            if head is not None:
                found.append(((len(head.unknown), depth, order), head))
    return min(found, key=lambda item: item[0])[1] if found else None


def headings_of(rows: tuple[Row, ...], col: int) -> tuple[str, ...]:
    """What a column may be called, squashed: the words of all rows of the head, then without the upper ones, to the lowest alone.

    A merged cell over several columns ("คะแนนรายเครื่องมือ" over IIT, EIT, OIT) tells what they have in common and often nothing
    more; but "คะแนน" over 2562 and 2563 is needed to understand either.
    """
    cells = {id(cell): squash(cell.text) for row in rows if (cell := row.cells[col]) is not None}
    parts = [part for part in cells.values() if part]
    return tuple("".join(parts[upper:]) for upper in range(len(parts))) or ("",)


def _match(layout: TableLayout, depth: int, headings: list[tuple[str, ...]], grades: frozenset[str]) -> Head | None:
    fields: dict[int, tuple[str, int | None]] = {}
    unknown: list[int] = []
    for col, names in enumerate(headings):
        if layout.heads == "grades" and any(name in grades for name in names):
            hit: tuple[str, int | None] | None = ("grade", None)
        else:
            hit = next((found for name in names if (found := field_of(name, layout.columns))), None)
        taken = any(hit == other for other in fields.values()) if hit and hit[0] != "grade" else False
        if hit and not taken:
            fields[col] = hit
        elif any(names) or hit:
            unknown.append(col)
    have = {name for name, _ in fields.values()}
    if layout.heads == "grades":
        complete = sum(1 for name, _ in fields.values() if name == "grade") >= 3 and not unknown
    else:
        complete = all(column.field in have for column in layout.columns if column.required) and len(unknown) <= len(fields)
    several = any(sum(1 for name, _ in fields.values() if name == c.field) > 1 and not c.repeats for c in layout.columns)
    if not complete or (several and layout.heads == "columns"):
        return None
    return Head(layout, depth, fields, tuple(unknown))


@lru_cache(maxsize=16_384)
def field_of(heading: str, columns: tuple[Column, ...]) -> tuple[str, int | None] | None:
    """The field that a squashed heading names, with its year; None where no rule knows it.

    A heading that is not exact may still be meant: the text layer of a bold head is often the most damaged of a page. It counts
    when it is `CLOSE` to one field's heading and to no other's.
    """
    if not _LETTER.search(heading) and not re.fullmatch(_YEAR_PATTERN, heading):
        return None
    for column in columns:
        for known in column.headings:
            if YEAR not in known:
                if heading == known:
                    return column.field, None
            elif found := re.fullmatch(re.escape(known).replace(re.escape(YEAR), _YEAR_PATTERN), heading):
                return column.field, int(found[1])
    year = re.search(_YEAR_PATTERN, heading)
    plain = heading.replace(year[0], YEAR) if year else heading
    field = recognise(plain, ((known, column.field) for column in columns for known in column.headings))
    if field is None and len(heading) >= LONG_ENOUGH:
        field = _close_field(plain, columns, dated=bool(year))
    return (field, int(year[0]) if year else None) if field else None


def _close_field(heading: str, columns: tuple[Column, ...], *, dated: bool) -> str | None:
    from rapidfuzz.fuzz import ratio

    bones = skeleton(heading)
    near = {
        column.field: max(
            (
                max(ratio(heading, known), ratio(bones, skeleton(known)) if len(bones) >= LONG_ENOUGH else 0.0)
                for known in column.headings
                if (YEAR in known) == dated
            ),
            default=0.0,
        )
        for column in columns
    }
    close = [field for field, likeness in near.items() if likeness >= CLOSE]
    return close[0] if len(close) == 1 else None


def grade_names(frameworks: Mapping[int, Framework]) -> frozenset[str]:
    """The squashed names and variants of every grade of every year."""
    return frozenset(
        squash(name) for f in frameworks.values() if f.grades for level in f.grades.levels for name in (level.name, *level.variants)
    )
