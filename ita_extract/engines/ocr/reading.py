"""From pictures of pages to pages of characters, some pages at a time.

Three passes. Every page is put straight, its rules become cells, and each piece of text is read once by Tesseract as it comes. Then
the pages of a block are looked at together: which columns hold numbers or grades is plain by then, and those are read again by the
shapes of their characters, of which a block has thousands. What was read becomes characters with boxes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ...model.page import BBox, Page
from ...model.source import SourceDocument
from ...rulebook.latin import Latin
from .asking import LINES, Asking, agreed
from .glance import ARABIC, THAI, Glance, glanced
from .kinds import Column, Kind, Place, settled_kinds
from .layout import page_of
from .memory import PAGE_SECONDS, Cache, LateError, Memory
from .pictures import POINT, Picture, pictures
from .pieces import Box, Piece, ink_of, letter_height, pieces_of
from .ruling import straightened
from .shapes import ALIKE, CLASSES, ELSE, UNKNOWN, Glyph, Script, glyphs_of, read_shapes
from .tesseract import settings

name = "ocr"

BLOCK = 16
"""Pages looked at together, always the same ones: 1 to 16, 17 to 32. What is read must not depend on who reads what else."""
MAX_PIECES = 6_000
"""A page of more pieces is a picture of something else, or noise."""
BETWEEN = ".,%-"
"""What is printed between the digits of a number, and about them."""
LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST = 14
"""Characters of the longest number: what has more is words."""
CODE = re.compile(f"[0{UNKNOWN}][0-9]{{1,2}}")
FOREIGNERS = 0.5
"""The share of shapes that are no digits and no letters of grades, from which a piece is words."""

NOTHING = Latin()

Cells: TypeAlias = Callable[[NDArray[np.float32]], Sequence[Sequence[tuple[int, int, BBox]]]]
"""From the edges of a page to its tables: of each cell the first row, the first column, and the box in points."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page after the first pass. All but the picture, the edges and who is asked are of the `pieces`, in their order.

    What is outside of tables has no place. `glyphs` are empty where a piece is too long for a number. A page that took too long has
    no pieces.
    """

    picture: Picture
    edges: NDArray[np.float32]
    ask: Asking
    pieces: tuple[Piece, ...] = ()
    places: tuple[Place | None, ...] = ()
    glyphs: tuple[tuple[Glyph, ...], ...] = ()
    looks: tuple[Glance, ...] = ()
    texts: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()


def read(
    source: SourceDocument,
    pages: Collection[int] | None,
    cells: Cells,
    latin: Latin = NOTHING,
    on_page: Callable[[], None] = lambda: None,
    cache: Cache | None = None,
    seconds: float = PAGE_SECONDS,
) -> Iterator[Page]:
    """Yields the pages, or those of `pages` (from 1), in order, read from their pictures.

    `latin`: what is known of the Latin letters that there may be. `cache`: where it is kept what Tesseract said of each page. A
    page that takes Tesseract more than `seconds` of computing comes without characters. Raises DocumentError where a picture cannot
    be had. Boxes are those of the page as it lies straight: a scan that leans half a degree has them off by up to two points at its
    margins.
    """
    cv2.setNumThreads(1)  # the processes are the workers
    own_settings = settings()
    for _, block in groupby(pictures(source, pages), key=lambda picture: (picture.number - 1) // BLOCK):
        sheets = []
        for picture in block:
            memory = Memory.of_page(picture.gray, own_settings, cache, seconds)
            sheets.append(_first_pass(picture, cells, latin.acronyms, memory))
            memory.keep()
            on_page()
        for sheet, texts in zip(sheets, _second_pass(sheets, latin.grades or LATIN), strict=True):
            sheet.ask.memory.keep()
            yield page_of(sheet.picture, sheet.edges, sheet.pieces, texts, sheet.ask.letter)


def _first_pass(picture: Picture, cells: Cells, acronyms: Collection[str], memory: Memory) -> Sheet:
    straight = straightened(picture.gray)
    letter = letter_height(ink_of(straight.letters))
    bare = Picture(picture.number, picture.width, picture.height, np.empty((0, 0), np.uint8))  # the pixels are done with
    tables = cells(straight.edges)
    flat = [(table, row, col, box) for table, found in enumerate(tables) for row, col, box in found]
    pieces = pieces_of(straight.letters, [_pixels(box) for *_, box in flat])[:MAX_PIECES]
    where = [flat[piece.cell] if piece.cell >= 0 else None for piece in pieces]
    places = tuple(Place((picture.number, one[0], one[2]), one[1]) if one else None for one in where)
    glyphs, looks = _looked_at(pieces, letter)
    ask = Asking(memory, letter, acronyms)
    try:
        read = [ask.once(*one) for one in zip(pieces, places, looks, strict=True)]
    except LateError:
        return Sheet(bare, straight.edges, ask)  # without pieces, it still is a page that needs OCR
    texts, kinds = tuple(text for text, _ in read), tuple(kind for _, kind in read)
    return Sheet(bare, straight.edges, ask, pieces, places, glyphs, looks, texts, kinds)


def _looked_at(pieces: Sequence[Piece], letter: float) -> tuple[tuple[tuple[Glyph, ...], ...], tuple[Glance, ...]]:
    """The characters of the pieces and what they look like. Where some look like nothing, they are cut apart more finely, if that
    tells them: digits that touch are one body of ink."""
    glyphs = [_glyphs(piece, letter) for piece in pieces]
    looks = glanced(glyphs)
    for at, look in enumerate(looks):
        if 0 < look.foreign < 1:
            finer = glyphs_of(pieces[at].image, thin=True)
            [other] = glanced([finer])
            if other.told and len(finer) > len(glyphs[at]):
                glyphs[at], looks[at] = finer, other
    return tuple(glyphs), tuple(looks)


def _glyphs(piece: Piece, letter: float) -> tuple[Glyph, ...]:
    """The characters of a piece that may be a number or a grade; none of several lines or of many characters."""
    if piece.box[3] - piece.box[1] > LINES * letter or piece.box[2] - piece.box[0] > LONGEST * letter:
        return ()
    found = glyphs_of(piece.image)
    return found if len(found) <= LONGEST else ()


def _pixels(box: BBox) -> Box:
    x0, y0, x1, y1 = (round(side * POINT) for side in box)
    return x0, y0, x1, y1


def _second_pass(sheets: Sequence[Sheet], letters: str) -> Iterator[tuple[str, ...]]:
    """The texts of each sheet, numbers and grades read anew. `letters` are those that grades consist of."""
    pieces = [(sheet.ask, piece) for sheet in sheets for piece in sheet.pieces]
    glyphs = [glyph for sheet in sheets for glyph in sheet.glyphs]
    looks = [look for sheet in sheets for look in sheet.looks]
    texts = [text for sheet in sheets for text in sheet.texts]
    places = [place for sheet in sheets for place in sheet.places]
    own = [kind for sheet in sheets for kind in sheet.kinds]
    fixed = [  # what is no number by its shapes, and codes and acronyms that a glance told
        not one or look.foreign >= FOREIGNERS or (kind == "words" and look.text == text)
        for one, look, kind, text in zip(glyphs, looks, own, texts, strict=True)
    ]
    kinds = settled_kinds(own, fixed, places)
    numbers = [at for at, kind in enumerate(kinds) if kind == "number"]
    groups: tuple[tuple[Script, list[int], str], ...] = (
        ("arabic", [at for at in numbers if not _is_thai(looks[at], texts[at])], ARABIC + BETWEEN),
        ("thai", [at for at in numbers if _is_thai(looks[at], texts[at])], THAI + BETWEEN),
        ("latin", [at for at, kind in enumerate(kinds) if kind == "letters"], letters),
    )
    for script, chosen, only in groups:
        readings = [pieces[at][0].again(pieces[at][1], texts[at], script, only) for at in chosen]
        columns = _columns(chosen, numbers, places) if script != "latin" else []
        cut, likely = [glyphs[at] for at in chosen], [looks[at].likely for at in chosen]
        shaped = read_shapes(
            cut, readings, columns, ALIKE[script], likely, letters if script == "latin" else ARABIC + THAI + BETWEEN
        )
        for at, one, said in zip(chosen, shaped, readings, strict=True):
            text = agreed(said) or one.text if UNKNOWN in one.text else one.text
            texts[at] = _code(text, looks[at]) if script == "arabic" else text
    start = 0
    for sheet in sheets:
        yield tuple(texts[start : start + len(sheet.pieces)])
        start += len(sheet.pieces)


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
