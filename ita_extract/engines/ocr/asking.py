"""What is asked of Tesseract about a piece of text: as it comes, and again where it is a number or a grade."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .glance import LIKELY, Glance
from .kinds import Kind, Place, own_kind
from .memory import LateError, Memory, Said
from .numerals import numerals, put_in
from .pieces import SPECK, Piece, ink_of, lines_in
from .shapes import UNKNOWN, Script, glyphs_of, same_pattern
from .tesseract import read_block, read_line

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


@dataclass(frozen=True, slots=True)
class Asking:
    """The pieces of one page read by Tesseract. `letter` is the height of its letters in pixels, `acronyms` what may head columns.

    All methods raise LateError where the page has taken too long.
    """

    memory: Memory
    letter: float
    acronyms: Collection[str] = ()

    def once(self, piece: Piece, place: Place | None, look: Glance) -> tuple[str, Kind]:
        """The text of a piece and what it is by itself. Tesseract is not asked what a glance tells."""
        if look.text in self.acronyms and look.sure >= LIKELY:
            return look.text, "words"
        if look.hinted:
            if UNKNOWN in look.hinted:
                return look.hinted, "number"
            return look.hinted, own_kind("", "", look.hinted)
        if acronym := self._acronym(piece, place):
            return acronym, "words"
        text = self._as_it_comes(piece)
        return text, own_kind(text, self._latin(piece) if place else "", "")

    def again(self, piece: Piece, first: str, script: Script, only: str) -> list[str]:
        """What was said first of a number or a grade, and what is said when it is asked for `only` the characters there may be.

        Letters Tesseract knows by one size as well as by another, digits by the smaller ones; Thai digits it is not asked about: it
        takes most of them for one another.
        """
        if script == "thai":
            return [_squeezed(first, only)]
        sizes = [_sized(piece.image, size) for size in SIZES]
        ways = sizes if script == "arabic" else [piece.image, *sizes]
        try:
            return [_squeezed(text, only) for text in (first, *(self._line(image, "eng", only)[0] for image in ways))]
        except LateError:
            return [_squeezed(first, only)]

    def _line(self, image: NDArray[np.uint8], languages: str = "tha+eng", only: str = "") -> Said:
        return read_line(image, languages, only, self.memory)

    def _as_it_comes(self, piece: Piece) -> str:
        """The text of a piece; what surely is a number in a line is not left to Tesseract."""
        several = piece.box[3] - piece.box[1] > LINES * self.letter
        lines = lines_in(piece.image, self.letter) if several else (piece.image,)
        if several and len(lines) == 1:  # of no letters that are as most are: a title, perhaps
            return read_block(_softened(piece.image), memory=self.memory)[0]
        return "\n".join(text for text in map(self._of_line, lines) if text)

    def _of_line(self, image: NDArray[np.uint8]) -> str:
        numbers, text = numerals(image, self.letter), self._words(image)
        whole = put_in(text, image, self.letter, numbers) if numbers else text
        if whole is not None:
            return LISTED.sub(r"\1.", whole)
        parts, start = [], 0
        for number in numbers:
            parts += [self._words(image[:, start : number.start]), number.text]
            start = number.end
        parts.append(self._words(image[:, start:]))
        return LISTED.sub(r"\1.", " ".join(part for part in parts if part))

    def _words(self, image: NDArray[np.uint8]) -> str:
        if not image.size or int(ink_of(image).sum()) < SPECK:
            return ""
        text, sure = self._line(_softened(image))
        if sure < SURE:
            text, sure = max((text, sure), self._line(image), key=lambda one: one[1])
        if FOREIGN.fullmatch(text):
            thai, surer = self._line(_softened(image), "tha")
            text = thai if surer >= sure - DOUBT else text
        return text

    def _latin(self, piece: Piece) -> str:
        """What a piece of a few letters is if it is Latin: there a model of Thai sees Thai."""
        height, width = piece.image.shape
        return self._line(piece.image, "eng")[0] if width <= SHORT * height else ""

    def _acronym(self, piece: Piece, place: Place | None) -> str:
        """One of the acronyms that heads may be, where half of the readings as Latin say so: "IIT" among Thai is read as Thai."""
        height, width = piece.image.shape
        if place is None or place.row or not self.acronyms or width > SHORT * height:
            return ""
        only = "".join(sorted(set("".join(self.acronyms))))
        ways = (piece.image, _softened(piece.image), *(_sized(piece.image, size) for size in SIZES))
        [(said, times)] = Counter(self._line(image, "eng", only)[0] for image in ways).most_common(1)
        glyphs = glyphs_of(piece.image, marks=False)
        found = [one for one in self.acronyms if _spells(said, one) and same_pattern(one, glyphs)]
        return found[0] if len(found) == 1 and 2 * times >= len(ways) else ""


def agreed(readings: Sequence[str]) -> str:
    """What all readings say that say anything, if they are three at least: the last resort for shapes that nothing else has."""
    said = [text for text in readings if text]
    return said[0] if len(said) >= 3 and len(set(said)) == 1 else ""


def _spells(said: str, word: str) -> bool:
    """Whether a word was said, or all of it but one letter."""
    return said == word or any(said == word[:at] + word[at + 1 :] for at in range(len(word)))


def _softened(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.GaussianBlur(image, (5, 5), SOFT), np.uint8)


def _squeezed(text: str, only: str) -> str:
    """The text without blanks; nothing where it has what there cannot be."""
    plain = "".join(text.split()).replace("–", "-").replace("—", "-")
    return plain if all(char in only for char in plain) else ""


def _sized(image: NDArray[np.uint8], height: int) -> NDArray[np.uint8]:
    scale = height / image.shape[0]
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(image, (max(4, round(image.shape[1] * scale)), height), interpolation=how), np.uint8)
