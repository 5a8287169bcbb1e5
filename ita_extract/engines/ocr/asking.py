"""What is asked of Tesseract about a piece of text: as it comes, and again where it is a number or a grade."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ...rulebook.spelling import Spelling
from .blanks import without_false_blanks
from .codes import coded, coded_as
from .doubted import Doubted, undoubled
from .glance import LIKELY, Glance
from .kinds import Kind, Place, looks_like_number, own_kind
from .memory import LateError, Memory, Said
from .numerals import numerals, put_in
from .pieces import SPECK, Piece, ink_of, letter_height, lines_in
from .shapes import UNKNOWN, Script, glyphs_of, same_pattern
from .tesseract import read_block, read_line

LINES = 3.8
"""Heights of a letter from which a piece is several lines: Thai with marks above and below takes three."""
SIZES = (24, 32)
"""Heights in pixels at which numbers are read: Tesseract learnt digits of about this size, and is at a loss with larger ones."""
WORDS = 20
"""Pixels of height that letters have when words are read. Of 958 lines of seven scans 810 are then read rightly, at 17 pixels 796,
as they come, at 21 to 34 pixels, 802, and with the grain smoothed 801; and a fifth of the time is saved."""
NAMES = (17, 24, 28)
"""Pixels of height that letters have when a name that no list has is read again: at one of these it may be a name of a list."""
PLAIN = 0.95
"""How likely each character of a number must look for Tesseract not to be asked about it again."""
LISTED = re.compile(r"^([0-9๐-๙]{1,2})(?:,(?= [ก-ฮเ-ไ])| \.(?= ?[ก-ฮเ-ไ]))")
"""The number of a list's entry, whose point was read as a comma, or stands apart in a line whose letters are set apart."""
FOREIGN = re.compile("[A-Za-z]+")
SLIGHT = re.compile("[A-Za-z]?[a-z]|[a-z][A-Z]|[a-z]{3}")
"""Alone on its line it is Thai, however sure the reader is of it: of "ปี" it makes "iJ", of "มี" "ii", of "เลย" "tag"."""
DOUBT = 0.15
"""A word of Latin letters alone is Thai, if Thai is no less sure than by this: most are Thai letters taken for Latin ones."""
SMALL = 0.3
"""The same of one without capitals: "ต่ำกว่า" becomes "sinh"."""
SIGN = re.compile("[@©®€¢£&]")
"""Alone it is a digit that Tesseract does not know: of ๑ it makes "@". Its likeness to others, and its row, tell which."""
STRAY, NEARLY = re.compile("^[a-z]{3,5} (?=.*[ก-ฮ])"), 0.05
"""Such a word before others of Thai: the line is Thai, if Thai is no less sure than by this."""
SURE = 0.9
"""Tesseract is asked a second time, with the letters as large as they came, where it is less sure than this."""
ASKED, LONG = 5, (5.0, 25.0)
"""So many words tell which way up a page lies, each so many heights of a letter long."""
UPRIGHT, SURER = 0.85, 0.15
"""Words that Tesseract is so sure of stand upright; those that do not, it is surer of by so much when they are turned. Of words
upside down it can be as sure as 0.72, of those of a good scan it is 0.93."""
SHORT = 2.5
"""Heights that a piece of one or two letters is wide at most."""
NO_WORDS = Spelling({}, ())


@dataclass(frozen=True, slots=True)
class Asking:
    """The pieces of one page read by Tesseract. `letter` is the height of its letters in pixels, `acronyms` what may head columns,
    `spelling` the words that are put right where one letter of them is read as its look-alike, `doubted` what else tells misread
    letters of running text.

    All methods raise LateError where the page has taken too long.
    """

    memory: Memory
    letter: float
    acronyms: Collection[str] = ()
    spelling: Spelling = NO_WORDS
    doubted: Doubted | None = None

    def once(self, piece: Piece, place: Place | None, look: Glance) -> tuple[str, Kind]:
        """The text of a piece and what it is by itself. Tesseract is not asked what a glance tells."""
        if look.text in self.acronyms and look.sure >= LIKELY:
            return look.text, "words"
        if look.is_ring:
            return look.text.replace("O", "0"), "number"
        if look.hinted:
            if UNKNOWN in look.hinted:
                return look.hinted, "number"
            return look.hinted, own_kind("", "", look.hinted)
        acronym = self._acronym(piece, place)
        text = self._as_it_comes(piece)
        if SIGN.fullmatch(text):
            return UNKNOWN, "number"
        text = self.spelling.cell(text) if place is not None else self.spelling.put_right(text)
        if acronym and not self.spelling.is_heading(text):  # "มาก" in bold can look like ITA
            return acronym, "words"
        if place is not None and (code := coded(look)) and len(text) <= len(code) + 1 and not looks_like_number(text):
            text = coded_as(code, text).replace(UNKNOWN, f"{UNKNOWN} ")  # and not told: in a column of numbers it is one
        return text, own_kind(text, self._latin(piece) if place and look.foreign < 1 else "", "")

    def is_upside_down(self, pieces: Sequence[Piece], looks: Sequence[Glance]) -> bool:
        """Whether the long words of a page are read more surely with the page turned by half. LateError as everywhere.

        Those that are read surely as they stand are asked nothing more, and are known when they are read.
        """
        words = [piece for piece, look in zip(pieces, looks, strict=True) if not look.hinted and self._is_word(piece)]
        some = sorted(words, key=lambda piece: -piece.image.shape[1])[:ASKED]
        if not some or (upright := self.sureness([piece.image for piece in some])) >= UPRIGHT:
            return False
        return self.sureness([np.ascontiguousarray(piece.image[::-1, ::-1]) for piece in some]) - upright >= SURER

    def _is_word(self, piece: Piece) -> bool:
        height, width = piece.image.shape
        return bool(height <= LINES * self.letter and LONG[0] <= width / self.letter <= LONG[1])

    def sureness(self, images: Sequence[NDArray[np.uint8]]) -> float:
        """How sure Tesseract is of some lines of words on the whole, 0 to 1; of what has no letter, as the "=" that IIT on end is,
        not at all."""
        said = (self._line(self._small(image)) for image in images)
        return sum(sure for text, sure in said if any(map(str.isalnum, text))) / len(images)

    def again(self, piece: Piece, first: str, look: Glance, script: Script, only: str) -> list[str]:
        """What was said first of a number or a grade, and what is said when it is asked for `only` the characters there may be.

        Nothing more is asked of a number each of whose digits looks like what it is: a page has hundreds of digits of one shape, of
        a grade perhaps one. Letters Tesseract knows by one size as well as by another, digits by the smaller ones; Thai digits
        it is not asked about: it takes most of them for one another.
        """
        plain = look.sure >= PLAIN and any(char.isdecimal() for char in look.told)
        if script == "thai" or plain:
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
        several = piece.extent[1] > LINES * self.letter
        lines = lines_in(piece.image, self.letter) if several else (piece.image,)
        if several and len(lines) == 1:  # of no letters that are as most are: a title, perhaps
            return read_block(self._small(piece.image), memory=self.memory)[0]
        return "\n".join(text for text in map(self._told, lines) if text)

    def _told(self, image: NDArray[np.uint8]) -> str:
        """The text of a line, misread letters put right where the language tells them, a name that nobody knows read again."""
        text = undoubled(self._of_line(image))
        if self.doubted is None:
            return text
        if strange := self.doubted.strange_in(text):
            letter = max(self.letter, letter_height(ink_of(image)))
            sizes = (max(1, round(image.shape[0] * size / letter)) for size in NAMES)
            again = (image, *(_sized(image, size) for size in sizes))
            readings = (undoubled(self._line(one)[0]) for one in again)
            return text.replace(strange, self.doubted.named(strange, readings))
        return self.doubted.reread(text)

    def _of_line(self, image: NDArray[np.uint8]) -> str:
        letter = max(self.letter, letter_height(ink_of(image)))  # a title is set larger, and wider
        numbers, text = numerals(image, letter, self.acronyms), self._words(image)
        whole = put_in(text, image, letter, numbers) if numbers else text
        if whole is not None:
            return LISTED.sub(r"\1.", whole)
        parts, start = [], 0
        for number in numbers:
            parts += [self._words(image[:, start : number.start]), number.text]
            start = number.end
        parts.append(self._words(image[:, start:]))
        return LISTED.sub(r"\1.", " ".join(part for part in parts if part))

    def _small(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The picture of a line with letters `WORDS` pixels high, if they are higher: that smooths the grain, too."""
        scale = WORDS / max(self.letter, letter_height(ink_of(image)))
        return _sized(image, max(1, round(image.shape[0] * scale))) if scale < 1 else image

    def _words(self, image: NDArray[np.uint8]) -> str:
        if not image.size or int(ink_of(image).sum()) < SPECK:
            return ""
        text, sure = self._line(small := self._small(image))
        if sure < SURE:
            text, sure = max((text, sure), self._line(image), key=lambda one: one[1])
        if FOREIGN.fullmatch(text):
            thai, surer = self._line(small, "tha")
            text = thai if surer >= sure - (SMALL if text.islower() else DOUBT) or SLIGHT.fullmatch(text) else text
        elif STRAY.search(text):
            thai, surer = self._line(small, "tha")
            text = thai if surer >= sure - NEARLY else text
        return without_false_blanks(text, image, max(self.letter, letter_height(ink_of(image))))

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
        ways = (piece.image, self._small(piece.image), *(_sized(piece.image, size) for size in SIZES))
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


def _squeezed(text: str, only: str) -> str:
    """The text without blanks; nothing where it has what there cannot be."""
    plain = "".join(text.split()).replace("–", "-").replace("—", "-")
    return plain if all(char in only for char in plain) else ""


def _sized(image: NDArray[np.uint8], height: int) -> NDArray[np.uint8]:
    scale = height / image.shape[0]
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(image, (max(4, round(image.shape[1] * scale)), height), interpolation=how), np.uint8)
