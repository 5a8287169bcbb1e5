"""The head of a table: which column is which field. Columns are found by what their heading says, never by where they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..model.table import LongTable, Row
from ..rulebook.frameworks import Framework
from ..rulebook.layouts import YEAR, Column, TableLayout
from ..rulebook.wording import skeleton, squash

MAX_HEAD_ROWS = 4
CLOSE = 88.0
"""How alike, of 100, a damaged heading must be to one that the rules know; short headings must be exact."""
LONG_ENOUGH = 8
TOO_LONG = 3
"""Text so many times longer than any heading is none, whatever marks its damage has added."""
REMEMBERED = 8_192

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
        headings = _without_numbers([headings_of(table.rows[:depth], col) for col in range(table.n_cols)])
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


def _without_numbers(headings: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The headings without the number in brackets with which each ends, where they count the columns: "คะแนน(3)" is the third.

    A line of them under the head is a row of its own only where rules or distance part it from the head.
    """
    ends = [f"({place})" for place in range(1, len(headings) + 1)]
    if len(headings) < 2 or not all(names[-1].endswith(end) for names, end in zip(headings, ends, strict=True)):
        return headings
    return [tuple(name.removesuffix(end) for name in names) for names, end in zip(headings, ends, strict=True)]


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
    if layout.ordered and (gap := _gap(layout, fields, len(headings))):
        fields[gap[0]] = gap[1], None
        unknown = [col for col in unknown if col != gap[0]]
    have = {name for name, _ in fields.values()}
    if layout.heads == "grades":
        complete = sum(1 for name, _ in fields.values() if name == "grade") >= 3 and not unknown
    else:
        complete = all(column.field in have for column in layout.columns if column.required) and len(unknown) <= len(fields)
    several = any(sum(1 for name, _ in fields.values() if name == c.field) > 1 and not c.repeats for c in layout.columns)
    if not complete or (several and layout.heads == "columns"):
        return None
    return Head(layout, depth, fields, tuple(unknown))


def _gap(layout: TableLayout, fields: Mapping[int, tuple[str, int | None]], width: int) -> tuple[int, str] | None:
    """The one column whose heading cannot be read, and the one required field that is missing, if it stands where that is expected.

    OCR takes a short bold heading for something else: of "มี" it makes "ii", and all answers under it were lost.
    """
    have = {name for name, _ in fields.values()}
    missing = [column.field for column in layout.columns if column.required and column.field not in have]
    gaps = [col for col in range(1, width) if col not in fields]
    if len(missing) != 1 or len(gaps) != 1:
        return None
    order = [None, *(one.field for one in layout.columns if one.required or one.field in have), None]
    col, at = gaps[0], order.index(missing[0])
    beside = [fields[near][0] if near in fields else None for near in (col - 1, col + 1)]
    return (col, missing[0]) if beside == [order[at - 1], order[at + 1]] else None


def field_of(heading: str, columns: tuple[Column, ...]) -> tuple[str, int | None] | None:
    """The field that a squashed heading names, with its year; None where no rule knows it.

    A heading that is not exact may still be meant: the text layer of a bold head is often the most damaged of a page. It counts
    when it is `CLOSE` to one field's heading and to no other's.
    """
    wordings = _wordings_of(columns)
    if heading in wordings.told:
        return wordings.told[heading]
    if len(wordings.told) >= REMEMBERED:
        wordings.told.clear()
    found = wordings.told[heading] = _find_field(heading, wordings)
    return found


@dataclass(frozen=True, slots=True)
class _Wordings:
    """The headings of a table's columns, made ready to be compared with.

    Every cell of the first rows of every table of a document is asked about, for every layout that the rules know.
    """

    columns: tuple[Column, ...]
    exact: Mapping[str, str]
    dated: tuple[tuple[re.Pattern[str], str], ...]
    bones: Mapping[str, frozenset[str]]
    alike: Mapping[bool, tuple[list[str], list[str], list[str]]]
    """Headings, their skeletons and their fields, of those with a year and of those without."""
    longest: int
    told: dict[str, tuple[str, int | None] | None]


_ready: dict[int, _Wordings] = {}


def _wordings_of(columns: tuple[Column, ...]) -> _Wordings:
    """By identity: to hash some twenty columns with all their headings costs more than to look one heading up."""
    ready = _ready.get(id(columns))
    if ready is None or ready.columns is not columns:
        if len(_ready) >= REMEMBERED:
            _ready.clear()
        ready = _ready[id(columns)] = _prepared(columns)
    return ready


def _prepared(columns: tuple[Column, ...]) -> _Wordings:
    exact: dict[str, str] = {}
    dated: list[tuple[re.Pattern[str], str]] = []
    bones: dict[str, set[str]] = {}
    alike: dict[bool, tuple[list[str], list[str], list[str]]] = {True: ([], [], []), False: ([], [], [])}
    for column in columns:
        for known in column.headings:
            exact.setdefault(squash(known), column.field)
            bones.setdefault(skeleton(known), set()).add(column.field)
            for of_all, one in zip(alike[YEAR in known], (known, skeleton(known), column.field), strict=True):
                of_all.append(one)
            if YEAR in known:
                dated.append((re.compile(re.escape(known).replace(re.escape(YEAR), _YEAR_PATTERN)), column.field))
    return _Wordings(
        columns,
        exact,
        tuple(dated),
        {bone: frozenset(fields) for bone, fields in bones.items() if bone},
        alike,
        max((len(known) for column in columns for known in column.headings), default=0),
        {},
    )


def _find_field(heading: str, wordings: _Wordings) -> tuple[str, int | None] | None:
    if not _LETTER.search(heading) and not re.fullmatch(_YEAR_PATTERN, heading):
        return None
    year = re.search(_YEAR_PATTERN, heading)
    if heading in wordings.exact:
        return wordings.exact[heading], None
    if year:
        for pattern, dated in wordings.dated:
            if found := pattern.fullmatch(heading):
                return dated, int(found[1])
    plain = heading.replace(year[0], YEAR) if year else heading
    field = wordings.exact.get(squash(plain))
    if field is None:
        same = wordings.bones.get(skeleton(plain), frozenset())
        field = next(iter(same)) if len(same) == 1 else None
    if field is None and LONG_ENOUGH <= len(heading) <= TOO_LONG * wordings.longest:
        field = _close_field(plain, wordings, dated=bool(year))
    return (field, int(year[0]) if year else None) if field else None


def _close_field(heading: str, wordings: _Wordings, *, dated: bool) -> str | None:
    from rapidfuzz.fuzz import ratio
    from rapidfuzz.process import extract

    known, known_bones, fields = wordings.alike[dated]
    bones = skeleton(heading)
    near = extract(heading, known, scorer=ratio, limit=None, score_cutoff=CLOSE)
    if len(bones) >= LONG_ENOUGH:
        near += extract(bones, known_bones, scorer=ratio, limit=None, score_cutoff=CLOSE)
    close = {fields[at] for _, _, at in near}
    return close.pop() if len(close) == 1 else None


def grade_names(frameworks: Mapping[int, Framework]) -> frozenset[str]:
    """The squashed names and variants of every grade of every year."""
    return frozenset(
        squash(name) for f in frameworks.values() if f.grades for level in f.grades.levels for name in (level.name, *level.variants)
    )
