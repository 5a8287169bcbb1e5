"""From pictures of pages to pages of characters, some pages at a time.

Three passes. Every page is put straight, its rules become cells, and each piece of text is read once by Tesseract as it comes. Then
the pages of a block are looked at together: which columns hold numbers or grades is plain by then, and those are read again by the
shapes of their characters, of which a block has thousands. What was read becomes characters with boxes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ...model.page import BBox, Page
from ...model.source import SourceDocument
from ...model.turning import turn_page
from ...rulebook.latin import Latin
from ...rulebook.spelling import Spelling
from .asking import LINES, NO_WORDS, Asking
from .doubted import Doubted
from .glance import Glance, glanced
from .kinds import Place
from .layout import page_of
from .memory import PAGE_SECONDS, Cache, LateError, Memory
from .pictures import POINT, Picture, pictures
from .pieces import Box, Piece, ink_of, letter_height, pieces_of
from .ruling import straightened
from .settling import settled_texts
from .shapes import FULL, THIN, UNKNOWN, Glyph, glyphs_of
from .sheets import Sheet
from .standing import upended
from .tesseract import settings
from .upright import lies_sideways
from .walls import Wall, walls_of

name = "ocr"

BLOCK = 16
"""Pages looked at together, always the same ones: 1 to 16, 17 to 32. What is read must not depend on who reads what else."""
MAX_PIECES = 6_000
"""A page of more pieces is a picture of something else, or noise."""
LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST = 14
"""Characters of the longest number: what has more is words."""
SPAN: Final = re.compile(rf"\d+-\d+{UNKNOWN}+")
"""No number, though it is all digits but for its end: "20 - 30 ปี"."""
NOTHING = Latin()

Tables: TypeAlias = Sequence[Sequence[tuple[int, int, BBox]]]
"""The tables of a page: of each cell the first row, the first column, and the box in points."""
Cells: TypeAlias = Callable[[Page], Tables]
"""From a page to its tables."""


def read(
    source: SourceDocument,
    pages: Collection[int] | None,
    cells: Cells,
    latin: Latin = NOTHING,
    spelling: Spelling = NO_WORDS,
    on_page: Callable[[], None] = lambda: None,
    cache: Cache | None = None,
    seconds: float = PAGE_SECONDS,
    doubted: Doubted | None = None,
) -> Iterator[Page]:
    """Yields the pages, or those of `pages` (from 1), in order, read from their pictures.

    `latin`: what is known of the Latin letters that there may be; `spelling`: of the words; `doubted`: what running text costs as
    Thai. `cache`: where it is kept what Tesseract said of each page. A page that takes Tesseract more than `seconds` of computing
    comes without characters. Raises DocumentError where a picture cannot be had. Boxes are those of the page as it lies straight: a
    scan that leans half a degree has them off by up to two points at its margins. The characters of a page that lies on its side or
    upside down are turned as they are shown.
    """
    cv2.setNumThreads(1)  # the processes are the workers
    own_settings = settings()
    for _, block in groupby(pictures(source, pages), key=lambda picture: (picture.number - 1) // BLOCK):
        sheets = []
        for picture in block:
            memory = Memory.of_page(picture.gray, own_settings, cache, seconds)
            sheets.append(
                _first_pass(picture, cells, partial(Asking, memory, acronyms=latin.acronyms, spelling=spelling, doubted=doubted))
            )
            memory.keep()
            on_page()
        for sheet, texts in zip(sheets, settled_texts(sheets, latin.grades or LATIN), strict=True):
            sheet.ask.memory.keep()
            page = page_of(sheet.picture, sheet.edges, sheet.pieces, texts, sheet.ask.letter)
            yield turn_page(page, -sheet.turns % 4)


def _first_pass(picture: Picture, cells: Cells, asking: Callable[[float], Asking]) -> Sheet:
    """A page whose pieces are read once: with the cells that its rules make, and again with those that only its words show."""
    turns = int(lies_sideways(picture.gray))  # or three: which end of a line is its first only words tell
    empty, shown, ruled = _upright(picture, turns, cells, asking)
    try:
        sheet = _cut(empty, shown, ruled)
        if sheet.ask.is_upside_down(sheet.pieces, sheet.looks):
            empty, shown, ruled = _upright(picture, turns + 2, cells, asking)
            sheet = _cut(empty, shown, ruled)
        sheet = _read_once(sheet)
        if any(place is None for place in sheet.places):
            found = cells(page_of(sheet.picture, sheet.edges, sheet.pieces, sheet.texts, sheet.ask.letter))
            if unruled := [table for table in found if table not in ruled]:
                cells_of = ([(row, _pixels(box)) for row, _, box in table] for table in unruled)
                walls = [wall for table in cells_of for wall in walls_of(table, sheet.pieces, sheet.ask.letter)]
                return _read_once(_cut(sheet, shown, ruled, unruled, walls))
    except LateError:
        return empty  # without pieces, it still is a page that needs OCR
    return sheet


def _upright(
    picture: Picture, turns: int, cells: Cells, asking: Callable[[float], Asking]
) -> tuple[Sheet, NDArray[np.uint8], Tables]:
    """A page that lies by so many quarter turns, without pieces yet; its picture without rules; the tables that its rules make."""
    straight = straightened(np.ascontiguousarray(np.rot90(picture.gray, turns)))
    letter = letter_height(ink_of(straight.letters))
    width, height = (picture.height, picture.width) if turns % 2 else (picture.width, picture.height)
    bare = Picture(picture.number, width, height, np.empty((0, 0), np.uint8))  # the pixels are done with
    ruled = cells(page_of(bare, straight.edges, (), (), letter))
    return Sheet(bare, straight.edges, asking(letter), turns), straight.letters, ruled


def _cut(sheet: Sheet, shown: NDArray[np.uint8], ruled: Tables, unruled: Tables = (), walls: Sequence[Wall] = ()) -> Sheet:
    """The sheet with the pieces of its picture, which is without rules. Raises LateError."""
    flat = [(table, row, col, box) for table, found in enumerate((*ruled, *unruled)) for row, col, box in found]
    boxes, parted = [_pixels(box) for *_, box in flat], sum(map(len, ruled))
    level = pieces_of(shown, boxes[:parted], boxes[parted:], walls)[:MAX_PIECES]
    pieces = upended(level, shown, boxes[:parted], [(table, row) for table, row, *_ in flat[:parted]], sheet.ask)
    where = [flat[piece.cell] if piece.cell >= 0 else None for piece in pieces]
    places = tuple(Place((sheet.picture.number, one[0], one[2]), one[1]) if one else None for one in where)
    glyphs, looks = _looked_at(pieces, sheet.ask.letter)
    return replace(sheet, pieces=pieces, places=places, glyphs=glyphs, looks=looks)


def _read_once(sheet: Sheet) -> Sheet:
    """The sheet with each of its pieces read as it comes. Raises LateError."""
    read = [sheet.ask.once(*one) for one in zip(sheet.pieces, sheet.places, sheet.looks, strict=True)]
    return replace(sheet, texts=tuple(text for text, _ in read), kinds=tuple(kind for _, kind in read))


def _looked_at(pieces: Sequence[Piece], letter: float) -> tuple[tuple[tuple[Glyph, ...], ...], tuple[Glance, ...]]:
    """The characters of the pieces and what they look like.

    Where some look like nothing, they are cut apart more finely, if that tells them: digits that touch are one body of ink. Or less
    finely, if that tells more: the hair-line of a small ๒ is paler than the rest of it, and its halves look like nothing.
    """
    glyphs = [_glyphs(piece, letter) for piece in pieces]
    looks = glanced(glyphs)
    for at, look in enumerate(looks):
        if SPAN.fullmatch(look.text):
            glyphs[at], [looks[at]] = (), glanced([()])
            continue
        if 0 < look.foreign < 1:
            finer = glyphs_of(pieces[at].image, reach=THIN)
            [other] = glanced([finer])
            if other.told and len(finer) >= len(glyphs[at]):
                glyphs[at], looks[at] = finer, other
        if len(look.likely) > 1 and looks[at].foreign > 0:
            whole = glyphs_of(pieces[at].image, reach=FULL)
            [other] = glanced([whole])
            if other.hinted and len(whole) < len(glyphs[at]) and other.foreign < looks[at].foreign:
                glyphs[at], looks[at] = whole, other
    return tuple(glyphs), tuple(looks)


def _glyphs(piece: Piece, letter: float) -> tuple[Glyph, ...]:
    """The characters of a piece that may be a number or a grade; none of several lines or of many characters."""
    wide, high = piece.extent
    if high > LINES * letter or wide > LONGEST * letter:
        return ()
    found = glyphs_of(piece.image)
    return found if len(found) <= LONGEST else ()


def _pixels(box: BBox) -> Box:
    x0, y0, x1, y1 = (round(side * POINT) for side in box)
    return x0, y0, x1, y1
