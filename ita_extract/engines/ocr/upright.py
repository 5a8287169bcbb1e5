"""A page that went askew through the scanner, put straight, and one that lies on its side.

Paper is fed a little aslant, and half a degree is enough to push a rule over three lines of pixels in each inch, where it is no
straight rule any more. Rows of letters and level rules show the angle: turned back rightly, the page's ink lies in bands.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .pictures import DPI

MOST = 3.5
"""Degrees: a sheet that lies farther aslant was not fed, it was photographed."""
STEPS = (0.25, 0.05)
HARDLY = 0.02
"""Degrees that move the end of an A4 line by a pixel: not worth a resampling."""
COARSE = 100
"""Pixels an inch in which the angle is sought."""
LONG, BRIDGED, WORD = 40, 7, 21
"""In those pixels: what is as long without a break is a rule; so much white letters leave between them; a word is so long."""
PLAINLY = 1.5
"""Along the lines of a page are at least three times as many strokes as across them; measured on forty pages of all kinds."""
PAPER = 60
"""How much darker than white the grain of the paper and the scanner's noise may be."""


def lean_of(gray: NDArray[np.uint8]) -> float:
    """The angle in degrees by which the picture has to be turned, counter-clockwise, for its lines to lie level."""
    small = cv2.resize(gray, None, fx=COARSE / DPI, fy=COARSE / DPI, interpolation=cv2.INTER_AREA)
    ink = np.asarray(255 - small, np.uint8)
    ink[ink < PAPER] = 0
    if not ink.any():
        return 0.0
    best, reach = 0.0, MOST
    for step in STEPS:
        angles = np.arange(best - reach, best + reach + step / 2, step)
        best = float(max(sorted(angles, key=abs), key=lambda angle: _banded(ink, angle)))  # of equals the smallest
        reach = step
    return best


def _banded(ink: NDArray[np.uint8], angle: float) -> float:
    """How sharply the rows of the turned picture differ from their neighbours."""
    profile = turned(ink, angle, paper=0, fine=False).sum(1, dtype=np.float64)
    return float((np.diff(profile) ** 2).sum())


def lies_sideways(gray: NDArray[np.uint8]) -> bool:
    """Whether the lines of a page run up or down.

    Letters that follow each other make strokes along the line, and lines keep apart. Rules, which run both ways, are left out.
    """
    small = cv2.resize(gray, None, fx=COARSE / DPI, fy=COARSE / DPI, interpolation=cv2.INTER_AREA)
    ink = (small < 255 - PAPER).astype(np.uint8)
    for along in ((1, LONG), (LONG, 1)):
        rules = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(along, np.uint8))
        ink[cv2.dilate(rules, np.ones((3, 3), np.uint8)) > 0] = 0
    level, upright = _strokes(ink), _strokes(np.ascontiguousarray(ink.T))
    return upright > PLAINLY * level


def _strokes(ink: NDArray[np.uint8]) -> int:
    """The pixels of level strokes that letters beside each other make."""
    bridged = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, BRIDGED), np.uint8))
    return int(np.count_nonzero(cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, WORD), np.uint8))))


def turned(gray: NDArray[np.uint8], angle: float, paper: int = 255, *, fine: bool = True) -> NDArray[np.uint8]:
    """The picture turned about its middle, counter-clockwise by `angle` degrees, at its own size."""
    height, width = gray.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    how = cv2.INTER_CUBIC if fine else cv2.INTER_LINEAR
    return np.asarray(cv2.warpAffine(gray, matrix, (width, height), flags=how, borderValue=(paper,)), np.uint8)
