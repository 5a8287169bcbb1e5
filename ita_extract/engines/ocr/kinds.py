"""What the cells of a column hold, numbers, letters of grades or words, told by the first reading of all of them.

One cell may be misread; of a column most are read rightly enough to see what it is.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["number", "letters", "words"]
Column: TypeAlias = tuple[int, int, int]
"""Page, table on the page, column."""

MOSTLY = 0.6
HEADS = 4
"""So many heads, most of them letters, are the grades of a scale."""
_NUMBER: Final = re.compile(r"(?=[^\d-]*[\d-])[-–—.,%()\d\s]+")
LETTERS: Final = re.compile(r"[A-Za-z]{1,2}")
_THAI: Final = re.compile(r"[ก-ฮ]|[๐-๙]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece stands: the column and the row of its cell, the first row being 0."""

    column: Column
    row: int


def looks_like_number(text: str) -> bool:
    """Whether a text consists of digits, Thai or Arabic, and what is printed between them.

    >>> looks_like_number("82.04"), looks_like_number("๑๖.๖๗%"), looks_like_number("-"), looks_like_number("5. การ")
    (True, True, True, False)
    """
    return _NUMBER.fullmatch(text) is not None


def column_kinds(kinds: Sequence[Kind], places: Sequence[Place | None]) -> dict[Column, Kind]:
    """The kind of every column: what most pieces below its head are by themselves. A column of heads alone holds words.

    >>> column = (1, 0, 2)
    >>> column_kinds(["words", "number", "words", "number", "number"], [Place(column, row) for row in range(5)])
    {(1, 0, 2): 'number'}
    """
    below: dict[Column, list[Kind]] = defaultdict(list)
    for kind, place in zip(kinds, places, strict=True):
        if place is not None and place.row:
            below[place.column].append(kind)
    return {column: _most(found) for column, found in below.items()}


def _most(found: Sequence[Kind]) -> Kind:
    kind, count = Counter(found).most_common(1)[0]
    return kind if count >= MOSTLY * len(found) else "words"


def own_kind(text: str, latin: str, told: str) -> Kind:
    """What a piece is by itself: by what it surely looks like at a glance, else by its readings as Thai and as Latin.

    `latin` is "" where the piece is too long for a grade, `told` where a glance does not tell. A B looks like an 8 to a reader of
    Thai, and a Thai digit like a letter to a reader of Latin; each knows its own.

    >>> own_kind("87.96", "", ""), own_kind("8", "B", ""), own_kind("ผ่าน", "wu", ""), own_kind("@๕ญ", "", "๘๕.๗๑%")
    ('number', 'letters', 'words', 'number')
    """
    if told:
        return "letters" if LETTERS.fullmatch(told) else "number" if looks_like_number(told) else "words"
    if LETTERS.fullmatch(latin) and not _THAI.search(text):
        return "letters"
    return "number" if looks_like_number(text) else "words"


def settled_kinds(kinds: Sequence[Kind], fixed: Sequence[bool], places: Sequence[Place | None]) -> list[Kind]:
    """The kind of each piece: its column's below a head, its own elsewhere. A head of grades is letters.

    `fixed` are pieces whose shapes are no digits and no letters of grades, and acronyms: where they stand among numbers they are
    words, the head of a table that is printed below another one in the same grid.
    """
    columns = column_kinds(kinds, places)
    heads: dict[tuple[int, int], list[Kind]] = defaultdict(list)
    for kind, place in zip(kinds, places, strict=True):
        if place is not None and not place.row:
            heads[place.column[:2]].append(kind)
    graded = {table for table, found in heads.items() if len(found) >= HEADS and _most(found) == "letters"}
    out: list[Kind] = []
    for kind, other, place in zip(kinds, fixed, places, strict=True):
        if place is None or other:
            out.append("words" if other and kind != "number" else kind)  # a number that no look confirms is not left to Tesseract
        elif place.row:
            out.append(columns[place.column] if columns[place.column] != "words" else kind)
        else:
            out.append("letters" if place.column[:2] in graded else kind)
    return out
