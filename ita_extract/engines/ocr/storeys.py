"""Marks that stand between two lines: each given to the line whose letters it stands on, or hangs from.

Thai stands on storeys: over the letters a vowel, over the vowel a mark of tone, under the letters a vowel again. Lines that are set
close leave no room between the ู of one line and the ่ of the next, and a smear that runs along the line takes them for one row: half
of them were lost to the wrong line, and เรื่อง was read as เรือง. What does not deceive is the column: a mark of tone stands close
upon its vowel, and a vowel below hangs close from its letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SMALL = 0.8
"""Heights of a letter that a mark has at most."""
BAND = 0.6
"""A part of a line whose middle lies so far from the middle of the letters is no letter, in heights of one."""
REACH = 0.6
"""White, in heights of a letter, over which a mark still belongs to what it stands over or hangs from."""
PITCH = 3.0
"""Lines whose letters are so far apart at most, in heights of one, may share the room between them."""
BESIDE = 0.1
"""Heights of a letter by which a mark may stand beside what bears it: that of ป่ stands to the left."""
MOST_PARTS = 6_000
"""A page of more bodies of ink between its lines is noise, and nothing is parted on it."""
NOWHERE = float("inf")


@dataclass(frozen=True, slots=True)
class Inked:
    """The bodies of ink of a page: `part` tells of each pixel which it is in (0: none), `stats` is OpenCV's table of them."""

    part: NDArray[np.int32]
    stats: NDArray[np.int32]

    @classmethod
    def of(cls, ink: NDArray[np.uint8]) -> Inked:
        _, part, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
        return cls(np.asarray(part, np.int32), np.asarray(stats, np.int32))


def marks_by_line(
    inked: Inked, label: NDArray[np.int32], homes: NDArray[np.int64], bodies: NDArray[np.float64], high: float
) -> dict[int, int]:
    """Of the marks between two lines, by their numbers in `inked`, the smear from 0 that each belongs to.

    `label`: the smear of each pixel, from 1; `homes`: the cell of each smear; `bodies`: where its letters have their middles, nan
    where it has none; `high`: the height of a letter in pixels. Marks of which nothing is plain are left out.
    """
    between = _between(inked, label, homes, bodies, high)
    out: dict[int, int] = {}
    costs: dict[int, float] = {}  # of those that stand on something: the widest white on the way down to the letters
    for mark in sorted(between, key=lambda one: -int(inked.stats[one, cv2.CC_STAT_TOP] + inked.stats[one, cv2.CC_STAT_HEIGHT])):
        down, below = _nearest(inked, mark, high, downward=True)
        up, above = _nearest(inked, mark, high, downward=False)
        if below in between:
            down, bearer = (max(down, costs[below]), out[below]) if below in costs else (NOWHERE, -1)
        else:
            bearer = _line_of(inked, label, below, bodies)
        holder = -1 if above in between else _line_of(inked, label, above, bodies)
        if bearer >= 0 and homes[bearer] == between[mark] and (holder < 0 or down <= up):
            out[mark], costs[mark] = bearer, down
        elif holder >= 0 and homes[holder] == between[mark]:
            out[mark] = holder
    return out


def _between(
    inked: Inked, label: NDArray[np.int32], homes: NDArray[np.int64], bodies: NDArray[np.float64], high: float
) -> dict[int, int]:
    """The small bodies of ink that lie between the letters of two lines of one cell, and the number of that cell."""
    stats = inked.stats
    small = np.flatnonzero(stats[:, cv2.CC_STAT_HEIGHT] <= SMALL * high)
    small = small[small > 0]
    lines = np.flatnonzero(~np.isnan(bodies))
    if len(lines) < 2 or len(small) > MOST_PARTS:
        return {}
    smear = np.array([_smear_of(inked, label, one) for one in small.tolist()], np.int64)
    known = smear >= 0
    small, smear = small[known], smear[known]
    middle = stats[small, cv2.CC_STAT_TOP] + stats[small, cv2.CC_STAT_HEIGHT] / 2
    own = bodies[smear]
    outside = np.isnan(own) | (np.abs(own - middle) > BAND * high)
    out = {}
    for mark, at, home in zip(small[outside].tolist(), middle[outside].tolist(), homes[smear[outside]].tolist(), strict=True):
        levels = bodies[lines[homes[lines] == home]]
        above, below = levels[levels < at], levels[levels > at]
        if len(above) and len(below) and below.min() - above.max() <= PITCH * high:
            out[mark] = home
    return out


def _smear_of(inked: Inked, label: NDArray[np.int32], part: int) -> int:
    """The smear, from 0, that holds the first row of a body of ink; -1 where none does."""
    x, y, wide = inked.stats[part, :3].tolist()
    row = label[y, x : x + wide][inked.part[y, x : x + wide] == part]
    return int(row.max()) - 1 if len(row) else -1


def _line_of(inked: Inked, label: NDArray[np.int32], part: int, bodies: NDArray[np.float64]) -> int:
    """The smear, from 0, of a body of ink, if it has letters; else -1."""
    smear = _smear_of(inked, label, part) if part > 0 else -1
    return smear if smear >= 0 and not np.isnan(bodies[smear]) else -1


def _nearest(inked: Inked, mark: int, high: float, *, downward: bool) -> tuple[float, int]:
    """The white in pixels below or above a mark, and the number of the ink behind it; 0 where none is near."""
    x, y, wide, tall = inked.stats[mark, :4].tolist()
    beside, far = round(BESIDE * high), round(REACH * high)
    rows = slice(y + tall, y + tall + far) if downward else slice(max(0, y - far), y)
    room = inked.part[rows, max(0, x - beside) : x + wide + beside]
    room = room if downward else room[::-1]
    found = np.flatnonzero(((room > 0) & (room != mark)).any(1))
    if not len(found):
        return NOWHERE, 0
    row = room[found[0]]
    others: Sequence[int] = row[(row > 0) & (row != mark)].tolist()
    return float(found[0]), max(others, key=lambda one: (int(inked.stats[one, cv2.CC_STAT_HEIGHT]), one))
