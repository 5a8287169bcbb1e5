"""Ruling lines in a picture of a page: as edges, like those that a PDF draws, and as what to wipe off before letters are read.

A rule that touches a letter is read as a part of it, and the digits of a narrow column mostly stand near one.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .dotted import with_dotted
from .pictures import DPI, POINT
from .upright import HARDLY, lean_of, turned

RULE = DPI // 4
"""Pixels that a rule has at least: a quarter of an inch, more than any stroke of a letter in a line of text."""
STROKE = DPI // 7
"""Pixels without a break that the pieces of a rule have; the strokes of letters, but for large titles, have less."""
BREAK = 15
"""Pixels that may be missing in a rule where the toner did not hold."""
WINDOW, DARKER = 31, 12
"""Ink is darker by so much than what is around it: so a rule is found over the shade of a table's head as well."""
LEVEL, UPRIGHT = (0, 1), (1, 0)
"""Along rows of pixels, and along columns."""
THICK = 12
"""Pixels of the thickest rule; what is thicker is a bar or a shade."""


COARSER, SHADE = 4, 13
"""The paper's tone is sought in a picture so many times coarser, over so many of its pixels: no stroke of a letter is so broad."""


@dataclass(frozen=True, slots=True)
class Straight:
    """A page put straight. `edges` is (n, 4) float32 in points, as in `model.page.Page`; `letters`: the picture without rules."""

    lean: float
    edges: NDArray[np.float32]
    letters: NDArray[np.uint8]


def straightened(gray: NDArray[np.uint8]) -> Straight:
    """The page turned level, its rules found. The bands of its lines tell the angle roughly, its long rules exactly."""
    lean = lean_of(gray)
    shown = _turned(gray, lean)
    dark = _dark(shown)
    level = _rules(dark, LEVEL)
    rest = _slope(level)
    if abs(rest) > HARDLY:
        lean += rest
        shown = _turned(gray, lean)
        dark = _dark(shown)
        level = _rules(dark, LEVEL)
    level, upright = with_dotted(shown, level, _rules(dark, UPRIGHT))
    return Straight(round(lean, 3), _edges(level, upright), _wiped(shown, level, upright))


def _turned(gray: NDArray[np.uint8], lean: float) -> NDArray[np.uint8]:
    return turned(gray, lean) if abs(lean) > HARDLY else gray


def _dark(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    dark = cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, WINDOW, DARKER)
    return np.asarray(dark, np.uint8)


def _rules(dark: NDArray[np.uint8], along: tuple[int, int]) -> NDArray[np.uint8]:
    """The pixels of the rules that run one way, `LEVEL` or `UPRIGHT`."""
    down, right = along
    shapes = ((1 + down * (size - 1), 1 + right * (size - 1)) for size in (STROKE, BREAK, RULE))
    stroke, bridge, rule = (np.ones(shape, np.uint8) for shape in shapes)
    strokes = cv2.morphologyEx(dark, cv2.MORPH_OPEN, stroke)  # bridged before, the feet of a line of letters would make a rule
    whole = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, bridge)
    return np.asarray(cv2.morphologyEx(whole, cv2.MORPH_OPEN, rule), np.uint8)


def _slope(level: NDArray[np.uint8]) -> float:
    """The angle in degrees, counter-clockwise turns being positive, by which most of the long level rules still slope."""
    count, label, stats, _ = cv2.connectedComponentsWithStats(level, connectivity=8)
    slopes = []
    for number in range(1, count):
        x, y, width, height = stats[number, :4].tolist()
        if width >= DPI and height < width / 8:
            rows, columns = np.nonzero(label[y : y + height, x : x + width] == number)
            slopes.append((float(np.degrees(np.arctan(np.polyfit(columns, rows, 1)[0]))), width))
    if not slopes:
        return 0.0
    slopes.sort()
    reached = np.cumsum([width for _, width in slopes])
    return slopes[int(np.searchsorted(reached, reached[-1] / 2))][0]


def _edges(level: NDArray[np.uint8], upright: NDArray[np.uint8]) -> NDArray[np.float32]:
    edges: list[tuple[float, float, float, float]] = []
    for x, y, width, height in _boxes(level):
        if height <= THICK:
            edges.append((x, y + height / 2, x + width, y + height / 2))
    for x, y, width, height in _boxes(upright):
        if width <= THICK:
            edges.append((x + width / 2, y, x + width / 2, y + height))
    return (np.array(edges, np.float64).reshape(-1, 4) / POINT).astype(np.float32)


def _boxes(mask: NDArray[np.uint8]) -> list[list[int]]:
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return [list(map(int, row[:4])) for row in stats[1:]]


def _wiped(gray: NDArray[np.uint8], level: NDArray[np.uint8], upright: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture without its rules, in their place the tone of the paper around. Nothing else is made even: Tesseract reads the
    grain of a scan better than what was cleaned of it."""
    mask = cv2.dilate(cv2.bitwise_or(level, upright), np.ones((5, 5), np.uint8))
    return np.where(mask > 0, paper_of(gray), gray)


def paper_of(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The tone of the paper everywhere, under the letters too."""
    small = cv2.resize(gray, None, fx=1 / COARSER, fy=1 / COARSER, interpolation=cv2.INTER_AREA)
    tone = cv2.morphologyEx(cv2.medianBlur(small, 3), cv2.MORPH_CLOSE, np.ones((SHADE, SHADE), np.uint8))
    return np.asarray(cv2.resize(tone, gray.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
