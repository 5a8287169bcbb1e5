"""What the cells of a column hold, numbers, letters of grades or words, told by the first reading of all of them.

One cell may be misread; of a column most are read rightly enough to see what it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["number", "letters", "words"]
Column: TypeAlias = tuple[int, int, int]
"""Page, table on the page, column."""

MOSTLY = 0.6
HEADS = 4
"""So many heads, most of them letters, are the grades of a scale."""
_NUMBER: Final = re.compile(r"[-–—.,%()\d\s]*[\d-][-–—.,%()\d\s]*")
_LETTERS: Final = re.compile(r"[A-Za-z]{1,2}")
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


def column_kinds(texts: Sequence[str], latin: Sequence[str], places: Sequence[Place | None]) -> dict[Column, Kind]:
    """The kind of every column, by the texts below its head; a column of heads alone holds words.

    `latin` is what each piece is if it is Latin, "" where it is too long for a grade.
    """
    below: dict[Column, list[tuple[str, str]]] = defaultdict(list)
    for text, other, place in zip(texts, latin, places, strict=True):
        if place is not None and place.row:
            below[place.column].append((text, other))
    return {column: _kind(found) for column, found in below.items()}


def _kind(found: Sequence[tuple[str, str]]) -> Kind:
    """A B looks like an 8 to a reader of Thai, and a Thai digit like a letter to a reader of Latin; each knows its own."""
    known = [(text, latin) for text, latin in found if text or latin]
    thai = _share(_THAI.search(text) is not None for text, _ in known) >= MOSTLY
    if not thai and _share(_LETTERS.fullmatch(latin) is not None for _, latin in known) >= MOSTLY:
        return "letters"
    return "number" if _share(looks_like_number(text) for text, _ in known) >= MOSTLY else "words"


def _share(found: Iterable[bool]) -> float:
    seen = list(found)
    return sum(seen) / len(seen) if seen else 0.0


def kinds_of(
    texts: Sequence[str], latin: Sequence[str], places: Sequence[Place | None], columns: Mapping[Column, Kind]
) -> list[Kind]:
    """The kind of each piece: below a head its column's, else as it looks by itself. A head of grades is letters."""
    heads: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
    for text, other, place in zip(texts, latin, places, strict=True):
        if place is not None and not place.row:
            heads[place.column[:2]].append((text, other))
    graded = {table for table, found in heads.items() if len(found) >= HEADS and _kind(found) == "letters"}
    out: list[Kind] = []
    for text, place in zip(texts, places, strict=True):
        if place is not None and not place.row and place.column[:2] in graded:
            out.append("letters")
            continue
        own: Kind = "number" if looks_like_number(text) else "words"
        out.append(columns.get(place.column, own) if place is not None and place.row else own)
    return out
