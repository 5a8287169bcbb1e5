"""What is stamped over a page: the large or slanting letters of a watermark, which belong to no cell, though they lie over many.

"ร่าง" or "สำเนา" across a page puts one letter into this row of a ranking and another into that: the number of a row becomes "1 ง",
and a table without rules falls apart where the letters cross its rivers. A page shows such text over its own: far larger than it,
or on a baseline that neither a line nor a turned head has.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from ..model.page import Chars
from ..model.table import TextLine
from .lines import Way, is_mark

LARGE = 2.5
"""Letters so many times as large as the page's usual ones lie over its text, where any of that stands inside theirs."""
SLANT = 0.25
"""The least share of a step between two letters that goes along the page, and that goes down or up it, for text to slant."""
STEP = 1.8
"""The farthest, in em, that two letters of slanting text stand apart."""
PARALLEL = 0.15
"""The sine of the angle by which two steps of slanting text may differ."""


def stamped(way: Way) -> NDArray[np.bool_]:
    """Which characters of a page are stamped over it."""
    chars = way.chars
    solid = ~way.blank
    if not solid.any():
        return np.zeros(len(chars), bool)
    large = solid & (way.size >= LARGE * float(np.median(way.size[solid])))
    over = _sets(chars, large) if large.any() else []
    found = _slanting(way)
    for one in over:
        if _lies_over(chars, one, solid & ~large):
            found[one] = True
    return found


def _sets(chars: Chars, some: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Of some characters, those of one font and size together: the letters of a watermark are drawn alike."""
    at = np.flatnonzero(some)
    drawn = np.column_stack((chars.font[at], np.round(chars.size[at]).astype(np.int64)))
    _, member = np.unique(drawn, axis=0, return_inverse=True)
    return [at[member.ravel() == number] for number in range(int(member.max()) + 1)]


def _lies_over(chars: Chars, some: NDArray[np.int64], others: NDArray[np.bool_]) -> bool:
    """Whether the middle of another character lies inside the box of one of these."""
    x0, top, x1, bottom = (chars.box[others, i] for i in range(4))
    x, y = (x0 + x1) / 2, (top + bottom) / 2
    return any(bool(((x > a) & (x < c) & (y > b) & (y < d)).any()) for a, b, c, d in chars.box[some].tolist())


def _slanting(way: Way) -> NDArray[np.bool_]:
    """The characters of text whose baseline slants: three letters, one after the other, that step alike along and down the page."""
    chars = way.chars
    found = np.zeros(len(chars), bool)
    at = np.flatnonzero(~way.blank & ~is_mark(chars.code))
    if len(at) < 3:
        return found
    step = np.diff(chars.origin[at].astype(np.float64), axis=0)
    long, size = np.hypot(step[:, 0], step[:, 1]), way.size[at]
    slants = (np.abs(step) > SLANT * long[:, None]).all(1) & (long > 0) & (long < STEP * np.minimum(size[1:], size[:-1]))
    if not slants.any():
        return found
    way_on = step / np.maximum(long, 1e-9)[:, None]
    turned = np.abs(way_on[:-1, 0] * way_on[1:, 1] - way_on[:-1, 1] * way_on[1:, 0])
    alike = slants[:-1] & slants[1:] & (turned < PARALLEL) & ((way_on[:-1] * way_on[1:]).sum(1) > 0)
    for first in np.flatnonzero(alike).tolist():
        found[at[first] : at[first + 2] + 1] = True
    for here in np.flatnonzero(found[:-1] & ~found[1:]).tolist():  # the marks over the last letter
        behind = here + 1
        while behind < len(found) and is_mark(chars.code[behind : behind + 1])[0]:
            found[behind] = True
            behind += 1
    return found & ~way.blank


def lines_of(chars: Chars, stamp: NDArray[np.bool_], page: int) -> tuple[TextLine, ...]:
    """The stamped characters as lines, those drawn alike in one, in the order in which they were drawn."""
    return tuple(_line(chars, one, page) for one in _sets(chars, stamp)) if stamp.any() else ()


def _line(chars: Chars, at: NDArray[np.int64], page: int) -> TextLine:
    code = chars.code[at].copy()
    code[(code == 0) | (code > 0x10FFFF) | ((code >= 0xD800) & (code < 0xE000))] = 0xFFFD
    text = code.astype("<u4").tobytes().decode("utf-32-le")
    (x0, top), (x1, bottom) = chars.box[at, :2].min(0).tolist(), chars.box[at, 2:].max(0).tolist()
    box = (round(x0, 2), round(top, 2), round(x1, 2), round(bottom, 2))
    size = round(float(chars.size[at].max()), 2)
    return TextLine(page, box, text, chars.kind[at].tobytes().decode("latin-1"), text=text, size=size)


def without(chars: Chars, some: NDArray[np.bool_]) -> Chars:
    """The characters of a page but for some of them."""
    kept = ~some
    columns = {field.name: getattr(chars, field.name) for field in fields(chars)}
    return Chars(**{name: column if name == "fonts" else column[kept] for name, column in columns.items()})
