"""What shapes look like at a glance: a small network that has seen the digits and some letters of many faces.

It knows the Thai digits, which Tesseract's data hardly does, and what is no digit at all. Of the Arabic digits of faces that it
never saw it tells all, of the Thai ones nineteen in twenty; `shapes` asks it about every shape of a heap, and Tesseract besides.
`bench/ocr_shapes.py` made it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .shapes import CLASSES, ELSE, OTHER, UNKNOWN, Glyph, Likely

ARABIC, THAI, LETTERS = "0123456789", "๐๑๒๓๔๕๖๗๘๙", "ABCDEFIOT"
SURE = 0.8
"""How likely each character must be for a text to be told at a glance."""
ALONE = 0.97
"""The same of a single character: a letter that stands alone looks like a digit sooner than two letters like two digits."""
LIKELY, FOREIGN, HALF = 0.3, 0.34, 0.5
"""How likely each must be for a piece to look like a number at all, and the share of those that may be none of the classes; half of
them where a point stands between."""
LEAST = 0.03
"""How likely an O must be to be one where a nought cannot be."""
CLEARLY = 4
"""How many times likelier than the next the digit of a number must be that is looked at alone."""
MARKS = ".,-"
RING: Final = "0๐O"
"""What a ring may be."""
NOUGHT: Final = re.compile(rf"[{RING}](?:\.[{RING}]{{2}})?%?")
AROUND = UNKNOWN + ".,%-"
"""What may stand between the digits of a number."""
SCORED: Final = re.compile(rf"[\d{UNKNOWN}]{{1,3}}\.[\d{UNKNOWN}]{{2}}%?")
"""A number of two decimals; with its point where it belongs, half of its digits are enough to tell that it is one."""
FILE = Path(__file__).with_name("glance.npz")


@dataclass(frozen=True, slots=True)
class Net:
    """Weights from the pixels of a shape to a hidden layer, and from there to the `CLASSES`."""

    first: NDArray[np.float32]
    first_bias: NDArray[np.float32]
    second: NDArray[np.float32]
    second_bias: NDArray[np.float32]

    def __call__(self, shapes: NDArray[np.float32]) -> NDArray[np.float32]:
        """How likely each shape, a row of pixels as `shapes.shape_of` gives them, is each of the classes: (n, classes)."""
        score = np.maximum(shapes @ self.first + self.first_bias, 0) @ self.second + self.second_bias
        likely = np.exp(score - score.max(1, keepdims=True))
        return np.asarray(likely / likely.sum(1, keepdims=True), np.float32)


def save(net: Net, file: Path = FILE) -> None:
    np.savez_compressed(file, *(one.astype(np.float16) for one in (net.first, net.first_bias, net.second, net.second_bias)))


@cache
def load(file: Path = FILE) -> Net:
    with np.load(file, allow_pickle=False) as kept:
        return Net(*(kept[name].astype(np.float32) for name in kept.files))


@dataclass(frozen=True, slots=True)
class Glance:
    """A piece at a glance. `likely` is (shapes, classes); `text` is what it says, U+FFFD for what is none of the classes; `sure`
    how likely the least likely of its characters is; `foreign` the share of shapes that are none of the classes."""

    likely: Likely
    text: str = ""
    sure: float = 0.0
    foreign: float = 1.0

    @property
    def told(self) -> str:
        """The text where every character of it is sure, else ""."""
        return self.text if self.sure >= (SURE if len(self.text) > 1 else ALONE) and UNKNOWN not in self.text else ""

    @property
    def hinted(self) -> str:
        """The text where it looks like a number of several digits, be some of them unknown, else what is told."""
        digits = sum(char.isdecimal() for char in self.text)
        foreign = HALF if SCORED.fullmatch(self.text) else FOREIGN
        is_one = digits > 1 and self.foreign <= foreign and all(char in AROUND or char.isdecimal() for char in self.text)
        return self.text if is_one else self.told

    @property
    def is_ring(self) -> bool:
        """Whether it is a nought, whole or with decimals, of nothing but rings: "O" or "๐.๐๐%"."""
        return NOUGHT.fullmatch(self.text) is not None

    def as_nought(self, digit: str) -> Glance:
        """The same, its rings held for this digit: a nought of both scripts is one, and no grade is an O and no item only that."""
        likely = self.likely.copy()
        rings = [CLASSES.index(char) for char in RING]
        places = [place for place, char in enumerate(char for char in self.text if char not in MARKS) if char in RING]
        for place in places:
            whole = likely[place, rings].sum()
            likely[place, rings] = 0
            likely[place, CLASSES.index(digit)] = whole
        text = "".join(digit if char in RING else char for char in self.text)
        return replace(self, likely=likely, text=text, sure=float(likely.max(1).min()))

    @property
    def partly(self) -> str:
        """The text, U+FFFD for what is less than `CLEARLY` times as likely as what it is likely next."""
        shown = iter(_clear(row) for row in self.likely)
        return "".join(char if char in MARKS else next(shown) for char in self.text)


def _clear(likely: NDArray[np.float32]) -> str:
    among = likely.copy()
    among[CLASSES.index(OTHER)] *= ELSE
    second, first = np.argsort(among)[-2:].tolist()
    return CLASSES[first].replace(OTHER, UNKNOWN) if among[first] >= CLEARLY * among[second] and among[first] >= LIKELY else UNKNOWN


def glanced(pieces: Sequence[Sequence[Glyph]]) -> list[Glance]:
    """Each piece at a glance. The digits of a number are all of one script: the one that they look like together."""
    shapes = [glyph.shape for glyphs in pieces for glyph in glyphs if not glyph.low]
    likely = load()(np.array(shapes)) if shapes else np.empty((0, len(CLASSES)), np.float32)
    out, start = [], 0
    for glyphs in pieces:
        end = start + sum(not glyph.low for glyph in glyphs)
        out.append(_glance(glyphs, _one_script(likely[start:end])))
        start = end
    return out


def _one_script(likely: Likely) -> Likely:
    """The same without the digits of the other script than most of them are of, but for those that can be nothing else.

    There are announcements of the year ๒๕๖7; but mostly a number of both scripts is a misread one. A nought alone is a ring in all
    scripts, and an O is one too; between digits it is a nought of theirs.
    """
    index = CLASSES.index
    arabic, thai, letters = ([index(char) for char in chars] for chars in (ARABIC, THAI, LETTERS))
    ring = [index(char) for char in RING]
    is_digit = likely[:, [*arabic, *thai]].sum(1) > 0.5
    if not is_digit.any():
        return likely
    weights = [float(np.log(likely[is_digit][:, own].max(1) + 1e-6).sum()) for own in (arabic, thai)]
    is_arabic = weights[0] >= weights[1]
    out = likely.copy()
    rings = slice(1, None) if is_arabic else slice(None)  # an Arabic number may be the code of an item: O7
    nought = likely[rings][:, ring].sum(1)
    others = thai if is_arabic else [*arabic, *letters]
    weak = out[:, others] < ALONE
    out[:, others] = np.where(weak, 0, out[:, others])  # no other grows by it: what is nearly sure of the wrong script is unsure
    if (likely[:, [*arabic, *thai, index("O")]].sum(1) > 0.5).sum() > 1:
        out[rings, index("O")] = 0
        out[rings, index("0" if is_arabic else "๐")] = nought
    return out


def _coded(likely: Likely) -> Likely:
    """The same, a ring before one or two digits held for the O of an item's code: no number of a table begins with a nought."""
    ring, letter = [CLASSES.index(char) for char in RING], CLASSES.index("O")
    digits = [CLASSES.index(char) for char in ARABIC]
    if (
        len(likely) not in (2, 3)
        or likely[0, ring].sum() < SURE
        or likely[0, letter] < LEAST
        or (likely[1:, digits].max(1) < SURE).any()
    ):
        return likely
    out = likely.copy()
    out[0, ring], out[0, letter] = 0, likely[0, ring].sum()
    return out


def _glance(glyphs: Sequence[Glyph], likely: Likely) -> Glance:
    likely = _coded(likely) if not any(glyph.low for glyph in glyphs) else likely
    if not len(likely):
        return Glance(likely, "".join(glyph.low for glyph in glyphs), float(bool(glyphs)), 0.0)
    best = iter(CLASSES[row.argmax()].replace(OTHER, UNKNOWN) if row.max() >= LIKELY else UNKNOWN for row in likely)
    text = "".join(glyph.low or next(best) for glyph in glyphs)
    return Glance(likely, text, float(likely.max(1).min()), text.count(UNKNOWN) / len(likely))
