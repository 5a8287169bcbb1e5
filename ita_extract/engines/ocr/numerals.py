"""Numbers between words, found by the shapes of their digits.

A year stands in the middle of a title, and all of the page is said of that year; but of ๒๕๖๕
Tesseract makes ๒๕๒๕, or letters. So a line is parted at its blanks, each part is looked at, and what surely is a number is not left
to Tesseract.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .codes import coded, coded_as
from .glance import ALONE, LIKELY, SURE, Glance, glanced
from .pieces import ink_of
from .shapes import CLASSES, UNKNOWN, Glyph, glyphs_of

BLANK = 0.36
"""The white that parts words, in heights of a letter; between letters it is a third of it."""
LONGEST = 12
"""Characters of the longest number within a line."""
LOOSE, ENOUGH = 1.5, 10
"""The same in the white that is usual between the letters of a line, where it has so many."""
BESIDE_ONE = 0.15
"""What a 1 adds to the white beside it, which is as wide as any digit and mostly paper: a "15" was read "1 5"."""
PADDED = 2
"""Pixels of white at both ends of a part."""
BRACKET = 0.5
"""A bracket is at most so wide as it is high."""
SOLID = 0.7
"""The share of its box that the ink of a straight stroke fills at least; of a bracket it fills half."""
TORN = 0.9
"""The white, in heights of a letter, that may stand between the letter and the number of an item's code."""
APART = 0.4
"""The same between the digits of the number; the blank behind a code is wider."""
LETTERS = ("I", "E", "O")
CODE: Final = re.compile(r"[IEO]\d{1,2}")
YEAR: Final = re.compile(r"[2๒][5๕]\d\d")
"""A year of the Buddhist Era."""
SLACK = 2
"""So many characters more or less than a number has may stand in its place, and so many of them may be letters of Thai."""
_LETTER: Final = re.compile(r"[ก-ฮ]")
_NUMBER: Final = re.compile(r"[IEO]?\d{1,2}|(?=\D*\d)[\d.,%/-]+")
"""A number, or the code of an item."""


Part: TypeAlias = tuple[tuple[int, int], tuple[Glyph, ...], Glance]
"""From where to where a part of a line goes, its characters, and what they look like."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a line: `text`, and the columns of pixels from `start` to `end` that it takes, its brackets included."""

    start: int
    end: int
    text: str


def numerals(image: NDArray[np.uint8], letter: float, acronyms: Collection[str] = ()) -> tuple[Numeral, ...]:
    """The numbers that surely are some in a picture of a line of text, and the `acronyms`, from left to right.

    `letter`: the height of its letters.
    """
    ink = ink_of(image)
    spans, glyphs = [], []
    blank = blank_in(ink, letter)
    parts = parted(ink, blank)
    first = parts[0][0] if parts else 0
    for start, end in parts:
        found = _glyphs(image, start, end, letter)
        if found:
            spans.append((start, end))
            glyphs.append(found)
    out: list[Numeral] = []
    looks = glanced(glyphs)
    spans, glyphs, looks = _ones_joined(image, letter, blank, list(zip(spans, glyphs, looks, strict=True)))
    opened, joined = looks[0].text if looks else "", 1  # what the line begins with that may be a code, and in how many parts
    for at, ((start, end), own, look) in enumerate(zip(spans, glyphs, looks, strict=True)):
        is_code = start == first and len(parts) > 1 and not _is_bracket(own[0], ink[:, start:end])
        code = coded(look) if is_code else ""
        if not (text := code or _told(own, look, acronyms)):
            continue
        near = (TORN if opened in LETTERS else APART) * letter
        if 0 < at == joined and CODE.fullmatch(opened + text) and start - spans[at - 1][1] < near:
            opened, joined = opened + text, at + 1
            out = [Numeral(spans[0][0], end, opened)]  # an I takes little of the width that it is given, and so does a 1
        else:
            out.append(Numeral(start, end, text))
    return _years(out, TORN * letter)


def _glyphs(image: NDArray[np.uint8], start: int, end: int, letter: float) -> tuple[Glyph, ...]:
    """The characters of a part that may be a number; none of what is too long for one."""
    found = glyphs_of(image[:, start:end]) if end - start <= LONGEST * letter else ()
    return found if len(found) <= LONGEST else ()


def _ones_joined(
    image: NDArray[np.uint8], letter: float, blank: float, parts: Sequence[Part]
) -> tuple[list[tuple[int, int]], list[tuple[Glyph, ...]], list[Glance]]:
    """The parts of a line, their characters and what these look like, parts that only the white beside a 1 parted put together.

    They are where they look like a number together: "1" and a point that stands alone, which looks like ๑, are "1.".
    """
    out: list[Part] = []
    for span, own, look in parts:
        out.append((span, own, look))
        if len(out) < 2:
            continue
        (start, before), _, other = out[-2]
        ones = (other.text[-1:] == "1") + (look.text[:1] == "1")
        if ones and span[0] - before + 2 * PADDED < blank + ones * BESIDE_ONE * letter:
            whole = _glyphs(image, start, span[1], letter)
            [together] = glanced([whole])
            if _told(whole, together, ()) and UNKNOWN not in together.text:
                out[-2:] = [((start, span[1]), whole, together)]
    return [span for span, *_ in out], [own for _, own, _ in out], [look for *_, look in out]


def _years(found: Sequence[Numeral], near: float) -> tuple[Numeral, ...]:
    """The numbers, those put together that stand close and are a year together: a bold title is set wide."""
    out: list[Numeral] = []
    for one in found:
        out.append(one)
        for at in range(max(0, len(out) - 4), len(out) - 1):
            parts = out[at:]
            text = "".join(part.text for part in parts)
            if YEAR.fullmatch(text) and all(b.start - a.end < near for a, b in pairwise(parts)):
                out[at:] = [Numeral(parts[0].start, one.end, text)]
                break
    return tuple(out)


def put_in(text: str, image: NDArray[np.uint8], letter: float, numbers: Sequence[Numeral]) -> str | None:
    """The text of a whole line with its numbers in their places; None where it is not plain what stands for them in the text.

    It is plain where the text has as many parts as the picture, and those in the places of numbers are about as long.
    """
    ink, words = ink_of(image), text.split()
    parts = parted(ink, blank_in(ink, letter))
    if len(parts) > len(words):
        parts = _as_numbers_span(parts, numbers)
    if len(parts) != len(words):
        return None
    out: list[str] = []
    for (start, end), word in zip(parts, words, strict=True):
        number = next((one for one in numbers if one.start < end and start < one.end), None)
        if number is None:
            out.append(word)
        elif abs(len(word) - len(number.text)) > SLACK or len(_LETTER.findall(word)) > SLACK:
            return None
        elif not out or out[-1] is not number.text:
            out.append(coded_as(number.text, word))
    return " ".join(out)


def _as_numbers_span(parts: Sequence[tuple[int, int]], numbers: Sequence[Numeral]) -> list[tuple[int, int]]:
    """The parts of a line, those that one number spans put together."""
    out: list[tuple[int, int]] = []
    for start, end in parts:
        spanned = bool(out) and any(one.start < out[-1][1] and start < one.end for one in numbers)
        out[-1:] = [(out[-1][0], end)] if spanned else [*out[-1:], (start, end)]
    return out


def blank_in(ink: NDArray[np.uint8], letter: float) -> float:
    """The white, in pixels, that parts the words of a line: more in one whose letters are set apart to fill it."""
    whites = np.diff(np.flatnonzero(ink.any(0))) - 1
    whites = whites[whites > 0]
    return max(2.0, BLANK * letter, LOOSE * float(np.median(whites)) if len(whites) >= ENOUGH else 0.0)


def parted(ink: NDArray[np.uint8], blank: float) -> list[tuple[int, int]]:
    """The columns of pixels between blanks: where each part starts and ends."""
    inked = np.flatnonzero(ink.any(0))
    if not len(inked):
        return []
    breaks = np.flatnonzero(np.diff(inked) > blank)
    starts, ends = inked[np.concatenate(([0], breaks + 1))], inked[np.concatenate((breaks, [len(inked) - 1]))] + 1
    width = ink.shape[1]
    return [(max(0, int(start) - PADDED), min(width, int(end) + PADDED)) for start, end in zip(starts, ends, strict=True)]


def _told(glyphs: Sequence[Glyph], look: Glance, acronyms: Collection[str]) -> str:
    """What a part of a line says, if it surely is a number; brackets around it are no digits, but narrow.

    Where it is a number and not each of its digits is sure, those are unknown: a year of which Tesseract makes another is worse.
    """
    text = "".join(_bracket(at, glyphs) if char == UNKNOWN else char for at, char in enumerate(look.text))
    plain = text.removeprefix("(").removesuffix(")")
    if plain in acronyms and look.likely.max(1).min() >= LIKELY:
        return text
    if UNKNOWN in text or not _NUMBER.fullmatch(plain):
        return look.partly if look.hinted else ""
    digits = [place for place, char in enumerate(look.text) if not glyphs[place].low and char in CLASSES]
    rows = [sum(not glyph.low for glyph in glyphs[:place]) for place in digits]
    sure = float(look.likely[rows].max(1).min())
    return text if sure >= (SURE if len(digits) > 1 else ALONE) else look.partly if look.hinted else ""


def _is_bracket(glyph: Glyph, ink: NDArray[np.uint8]) -> bool:
    """Whether a shape is as narrow as a bracket and as bent: of the box of an I without serifs the ink leaves nothing."""
    x0, top, x1, bottom = glyph.box
    return x1 - x0 <= BRACKET * (bottom - top) and float(ink[top:bottom, x0:x1].mean()) < SOLID


def _bracket(at: int, glyphs: Sequence[Glyph]) -> str:
    """The bracket that a shape at the beginning or the end may be."""
    x0, top, x1, bottom = glyphs[at].box
    if x1 - x0 > BRACKET * (bottom - top):
        return UNKNOWN
    return "(" if at == 0 else ")" if at == len(glyphs) - 1 else UNKNOWN
