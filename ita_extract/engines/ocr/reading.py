"""From pictures of pages to pages of characters, some pages at a time.

Three passes. Every page is put straight, its rules become cells, and each piece of text is read once by Tesseract as it comes. Then
the pages of a block are looked at together: which columns hold numbers or grades is plain by then, and those are read again by the
shapes of their characters, of which a block has thousands. What was read becomes characters with boxes.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ...model.page import BBox, Page
from ...model.source import SourceDocument
from .kinds import Column, Place, column_kinds, kinds_of
from .layout import page_of
from .pictures import POINT, Picture, pictures
from .pieces import Box, Piece, ink_of, letter_height, pieces_of
from .ruling import straightened
from .shapes import ALIKE, UNKNOWN, Script, glyphs_of, read_shapes, same_pattern
from .tesseract import read_block, read_line

name = "ocr"

BLOCK = 16
"""Pages looked at together, always the same ones: 1 to 16, 17 to 32. What is read must not depend on who reads what else."""
MAX_PIECES = 6_000
"""A page of more pieces is a picture of something else, or noise."""
LINES = 3.8
"""Heights of a letter from which a piece is several lines: Thai with marks above and below takes three."""
SIZES = (24, 32)
"""Heights in pixels at which numbers are read: Tesseract learnt digits of about this size, and is at a loss with larger ones."""
SOFT = 1.2
"""Pixels over which the grain of a scan is smoothed before words are read: of 72 names one in 36 less is misread."""
LISTED = re.compile(r"^([0-9๐-๙]{1,2}),(?= [ก-ฮเ-ไ])")
"""The number of a list's entry, whose point was read as a comma."""
FOREIGN = re.compile("[A-Za-z]+")
DOUBT = 0.15
"""A word of Latin letters alone is Thai, if Thai is no less sure than by this: most are Thai letters taken for Latin ones."""
SURE = 0.9
"""Tesseract is asked a second time, without smoothing, where it is less sure than this."""
SHORT = 2.5
"""Heights that a piece of one or two letters is wide at most."""
ARABIC, THAI, LATIN = "0123456789.,%-", "๐๑๒๓๔๕๖๗๘๙.,%-", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Cells: TypeAlias = Callable[[NDArray[np.float32]], Sequence[Sequence[tuple[int, int, BBox]]]]
"""From the edges of a page to its tables: of each cell the first row, the first column, and the box in points."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page after the first pass. `places`, `texts` and `latin` are of the `pieces`; what is outside of tables has no place."""

    picture: Picture
    edges: NDArray[np.float32]
    letter: float
    pieces: tuple[Piece, ...]
    places: tuple[Place | None, ...]
    texts: tuple[str, ...]
    latin: tuple[str, ...]


def read(
    source: SourceDocument,
    pages: Collection[int] | None,
    cells: Cells,
    acronyms: Collection[str] = (),
    on_page: Callable[[], None] = lambda: None,
) -> Iterator[Page]:
    """Yields the pages, or those of `pages` (from 1), in order, read from their pictures.

    `acronyms`: the Latin words that may head columns.

    Raises DocumentError where a picture cannot be had. Boxes are those of the page as it lies straight: a scan that leans half a
    degree has them off by up to two points at its margins.
    """
    cv2.setNumThreads(1)  # the processes are the workers
    for _, block in groupby(pictures(source, pages), key=lambda picture: (picture.number - 1) // BLOCK):
        sheets = []
        for picture in block:
            sheets.append(_first_pass(picture, cells, acronyms))
            on_page()
        for sheet, texts in zip(sheets, _second_pass(sheets), strict=True):
            yield page_of(sheet.picture, sheet.edges, sheet.pieces, texts, sheet.letter)


def _first_pass(picture: Picture, cells: Cells, acronyms: Collection[str]) -> Sheet:
    straight = straightened(picture.gray)
    tables = cells(straight.edges)
    flat = [(table, row, col, box) for table, found in enumerate(tables) for row, col, box in found]
    pieces = pieces_of(straight.letters, [_pixels(box) for *_, box in flat])[:MAX_PIECES]
    where = [flat[piece.cell] if piece.cell >= 0 else None for piece in pieces]
    places = tuple(Place((picture.number, one[0], one[2]), one[1]) if one else None for one in where)
    letter = letter_height(ink_of(straight.letters))
    bare = Picture(picture.number, picture.width, picture.height, np.empty((0, 0), np.uint8))  # the pixels are done with
    latin = tuple(_latin(piece) if place else "" for piece, place in zip(pieces, places, strict=True))
    texts = tuple(
        _acronym(piece, place, acronyms) or _read_as_it_comes(piece, letter) for piece, place in zip(pieces, places, strict=True)
    )
    return Sheet(bare, straight.edges, letter, pieces, places, texts, latin)


def _pixels(box: BBox) -> Box:
    x0, y0, x1, y1 = (round(side * POINT) for side in box)
    return x0, y0, x1, y1


def _read_as_it_comes(piece: Piece, letter: float) -> str:
    several = piece.box[3] - piece.box[1] > LINES * letter
    read = read_block if several else read_line
    text, sure = read(_softened(piece.image))
    if sure < SURE:
        text, sure = max((text, sure), read(piece.image), key=lambda one: one[1])
    if FOREIGN.fullmatch(text):
        thai, surer = read_line(_softened(piece.image), "tha")
        text = thai if surer >= sure - DOUBT else text
    return LISTED.sub(r"\1.", text)


def _softened(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.GaussianBlur(image, (5, 5), SOFT), np.uint8)


def _latin(piece: Piece) -> str:
    """What a piece of a few letters is if it is Latin: there a model of Thai sees Thai."""
    width, height = piece.image.shape[1], piece.image.shape[0]
    return read_line(piece.image, "eng")[0] if width <= SHORT * height else ""


def _acronym(piece: Piece, place: Place | None, acronyms: Collection[str]) -> str:
    """One of the acronyms that heads may be, where half of the readings as Latin say so: "IIT" among Thai heads is read as Thai."""
    width, height = piece.image.shape[1], piece.image.shape[0]
    if place is None or place.row or not acronyms or width > SHORT * height:
        return ""
    only = "".join(sorted(set("".join(acronyms))))
    ways = (piece.image, _softened(piece.image), *(_sized(piece.image, size) for size in SIZES))
    [(said, times)] = Counter(read_line(image, "eng", only)[0] for image in ways).most_common(1)
    glyphs = glyphs_of(piece.image, marks=False)
    found = [one for one in acronyms if _spells(said, one) and same_pattern(one, glyphs)]
    return found[0] if len(found) == 1 and 2 * times >= len(ways) else ""


def _spells(said: str, word: str) -> bool:
    """Whether a word was said, or all of it but one letter."""
    return said == word or any(said == word[:at] + word[at + 1 :] for at in range(len(word)))


def _second_pass(sheets: Sequence[Sheet]) -> Iterator[tuple[str, ...]]:
    """The texts of each sheet, numbers and grades read anew."""
    pieces = [piece for sheet in sheets for piece in sheet.pieces]
    places = [place for sheet in sheets for place in sheet.places]
    texts = [text for sheet in sheets for text in sheet.texts]
    latin = [text for sheet in sheets for text in sheet.latin]
    kinds = kinds_of(texts, latin, places, column_kinds(texts, latin, places))
    is_head = [place is not None and not place.row for place in places]
    numbers, heads, grades = (
        [at for at, own in enumerate(kinds) if own == kind and (head is None or is_head[at] is head)]
        for kind, head in (("number", None), ("letters", True), ("letters", False))
    )
    passes: tuple[tuple[list[int], Literal["number", "letters"]], ...]
    passes = ((numbers, "number"), (heads, "letters"), (grades, "letters"))
    for chosen, kind in passes:
        scale = "".join(sorted(set("".join(texts[at] for at in heads)) & set(LATIN))) if chosen is grades else ""
        only = _digits(chosen, texts) if kind == "number" else scale or LATIN
        for at, text in zip(chosen, _by_shapes(chosen, kind, only, pieces, places, texts), strict=True):
            texts[at] = text
    start = 0
    for sheet in sheets:
        yield tuple(texts[start : start + len(sheet.pieces)])
        start += len(sheet.pieces)


def _digits(chosen: Sequence[int], texts: Sequence[str]) -> str:
    """What numbers consist of here: Thai digits, if most of them were read as such, and what stands between."""
    thai = sum(_has_thai_digit(texts[at]) for at in chosen) * 2 > sum(any(char.isdigit() for char in texts[at]) for at in chosen)
    return THAI if thai else ARABIC


def _by_shapes(
    chosen: Sequence[int],
    kind: Literal["number", "letters"],
    only: str,
    pieces: Sequence[Piece],
    places: Sequence[Place | None],
    texts: Sequence[str],
) -> Iterator[str]:
    """The chosen pieces read by the shapes of their characters, of which each is one of `only`."""
    languages = ("tha",) if only == THAI else ("eng", "tha+eng")
    readings = [[_squeezed(text, only) for text in _readings(pieces[at], texts[at], languages, only)] for at in chosen]
    script: Script = "latin" if kind == "letters" else "thai" if only == THAI else "arabic"
    glyphs = [glyphs_of(pieces[at].image, marks=kind == "number") for at in chosen]
    shaped = read_shapes(glyphs, readings, _columns(chosen, places) if kind == "number" else (), ALIKE[script])
    for one, said in zip(shaped, readings, strict=True):
        yield _agreed(said) or one.text if UNKNOWN in one.text else one.text


def _readings(piece: Piece, first: str, languages: Sequence[str], only: str) -> list[str]:
    """All that Tesseract says of one piece. Letters it knows by one size as well as by another, digits by the smaller ones."""
    sizes = [_sized(piece.image, size) for size in SIZES]
    ways = sizes if only in (ARABIC, THAI) else [piece.image, _softened(piece.image), *sizes]
    return [first, *(read_line(image, one, only)[0] for one in languages for image in ways)]


def _squeezed(text: str, only: str) -> str:
    """The text without blanks; nothing where it has what there cannot be."""
    plain = "".join(text.split()).replace("–", "-").replace("—", "-")
    return plain if all(char in only for char in plain) else ""


def _agreed(readings: Sequence[str]) -> str:
    """What all readings say that say anything, if they are three at least: the last resort for shapes that nothing else has."""
    said = [text for text in readings if text]
    return said[0] if len(said) >= 3 and len(set(said)) == 1 else ""


def _sized(image: NDArray[np.uint8], height: int) -> NDArray[np.uint8]:
    scale = height / image.shape[0]
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(image, (max(4, round(image.shape[1] * scale)), height), interpolation=how), np.uint8)


def _has_thai_digit(text: str) -> bool:
    return any("๐" <= char <= "๙" for char in text)


def _columns(chosen: Sequence[int], places: Sequence[Place | None]) -> list[list[int]]:
    """The places in `chosen` of what stands in one column below its head, from top to bottom."""
    found: dict[Column, list[tuple[int, int]]] = defaultdict(list)
    for order, at in enumerate(chosen):
        place = places[at]
        if place is not None and place.row:
            found[place.column].append((place.row, order))
    return [[order for _, order in sorted(column)] for column in found.values()]
