"""Heads of columns that are counted: "ตัวชี้วัดที่ 1" to "ตัวชี้วัดที่ 10", from left to right.

A head prints its number once, often bold and beside nothing that tells how this face prints its digits; of one of ten Tesseract
makes another digit, or nothing. The column is then no one's, or its neighbour's twice, and all in it goes under a wrong name. But
nine heads that count tell the tenth. Behind the heads of its indicators stands that of an instrument: where IIT and EIT are read so
and a third is not, it is OIT. Only heads are put right by this: no number of the body is.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .glance import ARABIC, THAI
from .kinds import Place
from .pieces import Piece
from .shapes import UNKNOWN

LEAST, MOSTLY = 5, 0.7
"""So many heads of the same words count, and the share of them whose number is read and is the one of its place."""
MISSPELT = 0.3
"""The share of the letters of a heading that may be others, where the headings beside it leave no choice."""
_HEAD: Final = re.compile(rf"(?P<words>\D*[ก-ฮ][^\d{UNKNOWN}]*?)\s*(?P<number>[\d{UNKNOWN}]{{0,2}})")
_WORD: Final = re.compile("[ก-ฮ].*[ก-ฮ]")
"""What has two letters of Thai is a heading that says something else."""
_TO_THAI: Final = str.maketrans(ARABIC, THAI)


@dataclass(frozen=True, slots=True)
class Head:
    """A head: what it says before its number, the number as it was read, and the piece of text that ends with it."""

    words: str
    number: str
    piece: int


def counted(
    pieces: Sequence[Piece], places: Sequence[Place | None], texts: Sequence[str], acronyms: Collection[str] = ()
) -> tuple[str, ...]:
    """The texts, numbers of heads that count and the `acronyms` behind them put right where all the others leave no choice."""
    cells: dict[tuple[int, int, int], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for at, place in enumerate(places):
        if place is not None and texts[at]:
            page, table, column = place.column
            cells[page, table, place.row][column].append(at)
    out = list(texts)
    for row in cells.values():
        heads = [_head(row[column], pieces, texts) for column in sorted(row)]
        groups: dict[str, list[Head]] = defaultdict(list)
        for head in heads:
            if head is not None:
                groups[head.words].append(head)
        for group in groups.values():
            for head, number in zip(group, in_order([head.number for head in group]), strict=True):
                if number != head.number:
                    text = texts[head.piece]
                    out[head.piece] = f"{text.removesuffix(head.number).rstrip()} {number}".strip()
        if missing := _missing(row, heads, texts, acronyms):
            column, acronym = missing
            first, *others = row[column]
            out[first] = acronym
            for at in others:
                out[at] = ""
    return tuple(out)


def _missing(
    row: Mapping[int, Sequence[int]], heads: Sequence[Head | None], texts: Sequence[str], acronyms: Collection[str]
) -> tuple[int, str] | None:
    """The one column behind heads that count whose heading says nothing, or what the others say misspelt; and what it says: their
    words with the one acronym that is not among theirs."""
    columns = sorted(row)
    [(counting, _)] = Counter(head.words for head in heads if head is not None).most_common(1) or [("", 0)]
    counts = [head is not None and head.words == counting and bool(head.number) for head in heads]
    behind = [columns[at] for at in range(2, len(columns)) if counts[at - 2] and counts[at - 1] and not counts[at]]
    said = {column: " ".join(texts[at] for at in row[column]).strip() for column in behind}
    named = {column: told for column, text in said.items() if (told := _named(text, acronyms))}
    [(common, _)] = Counter(words for words, _ in named.values()).most_common(1) or [("", 0)]
    known = {column: acronym for column, (words, acronym) in named.items() if words == common}
    unread = [column for column in behind if column not in known]
    alike = {one for one in acronyms if {one[1:]} == {other[1:] for other in known.values()}} - set(known.values())
    if len(unread) != 1 or len(known) < 2 or len(alike) != 1:
        return None
    heading = f"{common} {alike.pop()}".strip()
    [column] = unread
    return None if _WORD.search(said[column]) and not _is_misspelt(said[column], heading) else (column, heading)


def _named(text: str, acronyms: Collection[str]) -> tuple[str, str] | None:
    """A heading that ends with an acronym, as words and acronym: "แบบวัด IIT", or "IIT" alone."""
    words, _, acronym = text.rpartition(" ")
    return (words, acronym) if acronym in acronyms else None


def _is_misspelt(text: str, heading: str) -> bool:
    """Whether a text is a heading with a few letters misread, or some more around it."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(text, heading) <= len(heading) * MISSPELT


def _head(cell: Sequence[int], pieces: Sequence[Piece], texts: Sequence[str]) -> Head | None:
    """What a cell says as a head; None where it says no words, or its lines do not lie one way."""
    turns = {pieces[at].turn for at in cell}
    if len(turns) > 1:
        return None
    [turn] = turns
    order = sorted(cell, key=lambda at: _down(pieces[at], turn))
    found = _HEAD.fullmatch(" ".join(texts[at] for at in order))
    return Head(found["words"], found["number"], order[-1]) if found else None


def _down(piece: Piece, turn: int) -> tuple[int, int]:
    """Where a line stands among the lines of its cell, and where in its line it begins."""
    x0, top, x1, bottom = piece.box
    return {0: (top, x0), 1: (-x1, top), 2: (-bottom, -x1), 3: (x0, -bottom)}[turn]


def in_order(numbers: Sequence[str]) -> tuple[str, ...]:
    r"""The numbers of heads from left to right, those that were not read filled in where most of the others go up by one.

    A number that was read as another one is changed between two that count; at the ends it may be the head of something else.

    >>> in_order(["1", "2", "", "๔", "๔", "6", "7", "8", "9", "\ufffd0"])
    ('1', '2', '3', '๔', '๕', '6', '7', '8', '9', '10')
    >>> in_order(["1", "2", "3", "5", "6", "7"])
    ('1', '2', '3', '5', '6', '7')
    """
    known = {at: int(text) for at, text in enumerate(numbers) if text.isdecimal()}
    if len(numbers) < LEAST or not known:
        return tuple(numbers)
    [(start, agreeing)] = Counter(number - at for at, number in known.items()).most_common(1)
    if agreeing < MOSTLY * len(numbers):
        return tuple(numbers)
    counts = [known.get(at) == start + at for at in range(len(numbers))]
    thai = 2 * sum(text[0] in THAI for text in numbers if text) > sum(bool(text) for text in numbers)
    return tuple(_filled(numbers, counts, at, str(start + at), thai=thai) for at in range(len(numbers)))


def _filled(numbers: Sequence[str], counts: Sequence[bool], at: int, told: str, *, thai: bool) -> str:
    """The number at a place, `told` what it should be."""
    read = numbers[at]
    between = 0 < at < len(counts) - 1 and counts[at - 1] and counts[at + 1]
    if counts[at]:
        return read
    fits = len(read) == len(told) and all(char == UNKNOWN or int(char) == int(own) for char, own in zip(read, told, strict=True))
    if fits or (between and len(read) in (0, len(told))):
        digits = [char for char in read if char != UNKNOWN]
        return told.translate(_TO_THAI) if (digits[0] in THAI if digits else thai) else told
    return read
