"""The second look at some pages together: what was no more than likely on one of them is settled by all.

By now it is plain which columns hold numbers and which hold grades. Those are read again by the shapes of their characters, and so
are the numbers that open the entries of a list in a column.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .asking import LINES, Asking, agreed
from .counted import counted
from .glance import ARABIC, THAI, Glance, glanced
from .kinds import Column, Kind, Place, settled_kinds
from .openers import opened, opener_of, stated
from .pieces import Piece
from .shapes import ALIKE, CLASSES, ELSE, UNKNOWN, Glyph, Script, read_shapes
from .sheets import Sheet

BETWEEN = ".,%-"
"""What is printed between the digits of a number, and about them."""
CODE = re.compile(f"[0{UNKNOWN}][0-9]{{1,2}}")
ERA = re.compile(rf"^{UNKNOWN} ?\. ?{UNKNOWN} ?\. ?(?=[2๒][5๕][0-9๐-๙]{{2}}$)")
"""Two letters with points before a year that begins with 25, which are a number's shapes but for them."""
FOREIGNERS = 0.5
"""The share of shapes that are no digits and no letters of grades, from which a piece is words."""
OPENERS, TOLD = 3, 0.5
"""So many pieces of a column that seem to open with the number of an entry, and the share in which it is plain, make a list."""


def settled_texts(sheets: Sequence[Sheet], letters: str) -> Iterator[tuple[str, ...]]:
    """The texts of each sheet, numbers and grades read anew. `letters` are those that grades consist of."""
    pieces = [(sheet.ask, piece) for sheet in sheets for piece in sheet.pieces]
    glyphs = [glyph for sheet in sheets for glyph in sheet.glyphs]
    looks = [look for sheet in sheets for look in sheet.looks]
    texts = [text for sheet in sheets for text in sheet.texts]
    places = [place for sheet in sheets for place in sheet.places]
    own = [kind for sheet in sheets for kind in sheet.kinds]
    fixed = [  # what is no number by its shapes, and codes and acronyms that a glance told
        not one or look.foreign > FOREIGNERS or (kind == "words" and look.text == text)
        for one, look, kind, text in zip(glyphs, looks, own, texts, strict=True)
    ]
    kinds = settled_kinds(own, fixed, places)
    numbers = [at for at, kind in enumerate(kinds) if kind == "number"]
    _name_noughts(looks, numbers, places, texts)
    thai = {at for at in numbers if _is_thai(looks[at], texts[at])}
    openers = _openers(pieces, texts, kinds, places)
    for at, opener in enumerate(openers, len(texts)):
        numbers.append(at)
        glyphs.append(opener.glyphs)
        looks.append(opener.look)
        places.append(opener.place)
        thai |= {at} if opener.is_thai else set()
    groups: tuple[tuple[Script, list[int], str], ...] = (
        ("arabic", [at for at in numbers if at not in thai], ARABIC + BETWEEN),
        ("thai", [at for at in numbers if at in thai], THAI + BETWEEN),
        ("latin", [at for at, kind in enumerate(kinds) if kind == "letters"], letters),
    )
    for script, chosen, only in groups:
        readings = [
            pieces[at][0].again(pieces[at][1], texts[at], looks[at], script, only)
            if at < len(texts)
            else [openers[at - len(texts)].said]
            for at in chosen
        ]
        columns = _columns(chosen, numbers, places) if script != "latin" else []
        cut, likely = [glyphs[at] for at in chosen], [looks[at].likely for at in chosen]
        shaped = read_shapes(
            cut, readings, columns, ALIKE[script], likely, letters if script == "latin" else ARABIC + THAI + BETWEEN
        )
        for at, one, said in zip(chosen, shaped, readings, strict=True):
            if at >= len(texts):
                texts[openers[at - len(texts)].piece] = opened(texts[openers[at - len(texts)].piece], one.text)
                continue
            text = agreed(said) or one.text if UNKNOWN in one.text else one.text
            texts[at] = dated(_code(text, looks[at]) if script == "arabic" else text)
    start = 0
    for sheet in sheets:
        yield counted(sheet.pieces, sheet.places, texts[start : start + len(sheet.pieces)], sheet.ask.acronyms)
        start += len(sheet.pieces)


def dated(text: str) -> str:
    r"""A line that is a year alone, as where a title breaks before "พ.ศ.๒๕๖๕": the shapes of its letters are those of no digit.

    >>> dated("\ufffd.\ufffd.๒๕๖๕"), dated("\ufffd.\ufffd.๒๕")
    ('พ.ศ. ๒๕๖๕', '\ufffd.\ufffd.๒๕')
    """
    return ERA.sub("พ.ศ. ", text)


@dataclass(frozen=True, slots=True)
class Opener:
    """The number that seems to open a piece: which piece, the shapes of its digits, what it was read as, and in what column."""

    piece: int
    glyphs: tuple[Glyph, ...]
    look: Glance
    said: str
    place: Place
    is_thai: bool


def _openers(
    pieces: Sequence[tuple[Asking, Piece]], texts: Sequence[str], kinds: Sequence[Kind], places: Sequence[Place | None]
) -> list[Opener]:
    """The numbers that open the entries of lists in the columns of tables."""
    found: dict[Column, list[tuple[int, Place, tuple[Glyph, ...]]]] = defaultdict(list)
    for at, ((ask, piece), kind, place) in enumerate(zip(pieces, kinds, places, strict=True)):
        is_line = piece.extent[1] <= LINES * ask.letter
        if kind == "words" and place is not None and place.row and is_line and (own := opener_of(piece.image, ask.letter)):
            found[place.column].append((at, place, own))
    out = []
    for (page, table, col), column in found.items():
        looks = glanced([glyphs for *_, glyphs in column])
        told = [look for look in looks if look.text.isdecimal()]
        if len(column) < OPENERS or len(told) < TOLD * len(column):
            continue
        is_thai = 2 * sum(look.text[0] in THAI for look in told) > len(told)
        for (at, at_home, glyphs), look in zip(column, looks, strict=True):
            beside = Place((page, table, -1 - col), at_home.row)  # a column of their own, which may run
            out.append(Opener(at, glyphs, look, stated(texts[at]), beside, is_thai))
    return out


def _name_noughts(looks: list[Glance], numbers: Sequence[int], places: Sequence[Place | None], texts: list[str]) -> None:
    """Holds each ring that stands alone for a nought of the script of the other numbers, those of its own column first."""
    rings = [at for at in numbers if looks[at].is_ring]
    if not rings:
        return
    among: dict[Column | None, Counter[bool]] = defaultdict(Counter)
    for at in numbers:
        if not looks[at].is_ring:
            place = places[at]
            for group in {None, place.column if place else None}:
                among[group][_is_thai(looks[at], texts[at])] += 1
    for at in rings:
        place = places[at]
        votes = among[place.column if place else None] or among[None]
        looks[at] = looks[at].as_nought("๐" if votes[True] > votes[False] else "0")
        texts[at] = looks[at].text


def _code(text: str, look: Glance) -> str:
    """A number that begins with a ring is the code of an item: no number of a table begins with a nought and has no point."""
    is_ring = bool(CODE.fullmatch(text)) and look.likely[0, CLASSES.index("O")] > look.likely[0].max() * ELSE
    return "O" + text[1:] if is_ring else text


def _is_thai(look: Glance, text: str) -> bool:
    """Whether a number is printed in Thai digits."""
    found = [char for char in look.text if char.isdecimal()] or [char for char in text if char.isdecimal()]
    return 2 * sum(char in THAI for char in found) > len(found)


def _columns(chosen: Sequence[int], numbers: Sequence[int], places: Sequence[Place | None]) -> list[dict[int, int]]:
    """Of the numbers below the head of each column, the place in `chosen` of those that are there, and the how manieth each is.

    Counted are all `numbers`: in a column that mixes Thai and Arabic digits each is chosen with its like.
    """
    found: dict[Column, list[tuple[int, int]]] = defaultdict(list)
    for at in numbers:
        place = places[at]
        if place is not None and place.row:
            found[place.column].append((place.row, at))
    order = {at: order for order, at in enumerate(chosen)}
    return [{order[at]: no for no, (_, at) in enumerate(sorted(column)) if at in order} for column in found.values()]
