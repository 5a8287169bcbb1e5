"""Characters into lines of text: the one place where reading order, line breaks and spaces are decided.

The rules are few. Characters on one baseline are a line. Within a line the order is the producer's, except that a piece which
jumps back is moved to where it stands on the page. A space exists where the producer wrote one, or where the pen moved on
further than `SPACE` of an em; a space that a reader synthesised is never believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model import trace
from ..model.page import BBox, Chars

SPACE = 0.16
"""The gap in em from which a space is seen. Thai faces have blanks of 0.2 to 0.35 em; justified lines squeeze them."""
SAME_LINE = 0.45
"""How far in em a baseline may stray within a line: raised marks and asterisks do, the next line is one em away at least."""
JUMP_BACK = 0.6
"""How far in em the pen must move back for a piece of a line to count as drawn out of order; a mark moves back less."""

_FAR = 1e6
_SPACE_KIND, _BREAK_KIND, _BLANK_KIND = ord(trace.GAP), ord(trace.BREAK), ord(trace.BLANK)


@dataclass(frozen=True, slots=True)
class Composed:
    """The text of one group of characters: `raw` and its `trace`, equally long; `bbox` of the ink; `size` of the largest em."""

    group: int
    raw: str
    trace: str
    bbox: BBox
    size: float


def is_mark(code: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Thai characters that sit above or below a consonant and move no pen; the private-use glyphs among them too."""
    upper = (code == 0x0E31) | ((code >= 0x0E34) & (code <= 0x0E3A)) | ((code >= 0x0E47) & (code <= 0x0E4E))
    private = (code >= 0xF701) & (code <= 0xF71A) & (code != 0xF70F)
    return np.asarray(upper | private | (code == 0))


def pen(chars: Chars) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Of each character along its own baseline: where the pen starts, where it stops, and across it (v grows down the page)."""
    x, y = chars.origin[:, 0].astype(np.float64), chars.origin[:, 1].astype(np.float64)
    stop = chars.advance.astype(np.float64)
    turn = chars.turn
    return np.choose(turn, (x, y, -x, -y)), np.choose(turn, (stop, stop, -stop, -stop)), np.choose(turn, (y, -x, -y, x))


def line_numbers(chars: Chars, group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers the lines: characters of one group, one direction and nearly one baseline. -1 where the group is."""
    line = np.full(len(chars), -1, np.int64)
    at = np.flatnonzero(group >= 0)
    if not len(at):
        return line
    _, _, across = pen(chars)
    order = at[np.lexsort((across[at], chars.turn[at], group[at]))]
    size = chars.size[order].astype(np.float64)
    step = np.diff(across[order]) > SAME_LINE * np.minimum(size[1:], size[:-1])
    other = (np.diff(group[order]) != 0) | (np.diff(chars.turn[order].astype(np.int64)) != 0)
    line[order] = np.concatenate(([0], np.cumsum(step | other)))
    return line


def compose(chars: Chars, group: NDArray[np.int64]) -> Iterator[Composed]:
    """Yields the text of every group, in the order of the group numbers; characters of group -1 are left out.

    Lines of a group are parted by "\\n". Every character that draws something appears exactly once.
    """
    line = line_numbers(chars, group)
    at = np.flatnonzero(line >= 0)
    if not len(at):
        return
    start, stop, _ = pen(chars)
    at = _in_reading_order(chars, at, line, start, stop)
    at = at[_no_outer_blanks(chars, at, group)]
    if not len(at):
        return
    new_group = np.concatenate(([True], np.diff(group[at]) != 0))
    new_line = np.concatenate(([False], np.diff(line[at]) != 0)) & ~new_group
    gap = _gaps(chars, at, line, start, stop) & ~new_line & ~new_group
    code = chars.code[at].copy()
    code[(code == 0) | (code > 0x10FFFF) | ((code >= 0xD800) & (code < 0xE000))] = 0xFFFD
    code[code == 0xA0] = 0x20
    put = np.flatnonzero(new_line | gap)
    codes = np.insert(code, put, np.where(new_line[put], 0x0A, 0x20).astype(np.uint32))
    kinds = np.insert(chars.kind[at], put, np.where(new_line[put], _BREAK_KIND, _SPACE_KIND).astype(np.uint8))
    text, letters = codes.astype("<u4").tobytes().decode("utf-32-le"), kinds.tobytes().decode("latin-1")
    first = np.flatnonzero(new_group)
    starts = first + np.searchsorted(put, first)
    stops = np.append(starts[1:], len(codes))
    low = np.minimum.reduceat(chars.box[at, :2], first)
    high = np.maximum.reduceat(chars.box[at, 2:], first)
    sizes = np.maximum.reduceat(chars.size[at], first)
    boxes = np.hstack((low, high)).round(2).tolist()
    for number, a, b, box, size in zip(
        group[at][first].tolist(), starts.tolist(), stops.tolist(), boxes, sizes.tolist(), strict=True
    ):
        yield Composed(number, text[a:b], letters[a:b], (box[0], box[1], box[2], box[3]), size)


def _in_reading_order(
    chars: Chars, at: NDArray[np.int64], line: NDArray[np.int64], start: NDArray[np.float64], stop: NDArray[np.float64]
) -> NDArray[np.int64]:
    """The characters line after line, each line in content order with the pieces that jump back put where they stand."""
    at = at[np.lexsort((at, line[at]))]
    same = np.diff(line[at]) == 0
    size = chars.size[at].astype(np.float64)
    back = np.concatenate(([False], same & (np.diff(start[at]) < -JUMP_BACK * size[1:])))
    if not back.any():
        return at
    mark = is_mark(chars.code[at])
    # what jumps back may belong into a gap that the pen left open, so a gap parts two pieces as well
    on = np.concatenate(([False], same & (start[at][1:] - stop[at][:-1] > SPACE * size[1:]))) & ~mark
    piece = np.cumsum(back | on | np.concatenate(([False], ~same)))
    firsts = np.flatnonzero(np.concatenate(([True], np.diff(piece) != 0)))
    place = np.minimum.reduceat(np.where(mark, _FAR, start[at]), firsts)[piece]
    only_marks = np.logical_and.reduceat(mark, firsts)[piece]
    order = at[np.lexsort((np.arange(len(at)), place, only_marks, line[at]))]
    return _seat_stray_marks(chars, order, line, start, stop, set(at[only_marks].tolist())) if only_marks.any() else order


def _seat_stray_marks(
    chars: Chars,
    order: NDArray[np.int64],
    line: NDArray[np.int64],
    start: NDArray[np.float64],
    stop: NDArray[np.float64],
    stray: set[int],
) -> NDArray[np.int64]:
    """Puts marks that a producer drew in a pass of their own behind the letter that stands under their ink."""
    seat = np.arange(len(order), dtype=np.float64)
    mark = is_mark(chars.code[order])
    bases = np.array([i for i, char in enumerate(order.tolist()) if char not in stray and not mark[i]], np.int64)
    for i, char in enumerate(order.tolist()):
        near = bases[line[order[bases]] == line[char]] if char in stray and len(bases) else bases[:0]
        if len(near):
            centre = float(chars.box[char, 0] + chars.box[char, 2]) / 2
            under = np.abs((start[order[near]] + stop[order[near]]) / 2 - centre)
            seat[i] = near[int(under.argmin())] + 0.5
    return order[np.argsort(seat, kind="stable")]


def _no_outer_blanks(chars: Chars, at: NDArray[np.int64], group: NDArray[np.int64]) -> NDArray[np.bool_]:
    """False for blanks at either end of a group. A blank at the end of an inner line stays: it says that a word ends there."""
    solid = np.flatnonzero(chars.kind[at] != _BLANK_KIND)
    if not len(solid):
        return np.zeros(len(at), bool)
    places = np.arange(len(at))
    owner = group[at]
    left = np.searchsorted(solid, places, "right") - 1
    right = np.searchsorted(solid, places, "left").clip(0, len(solid) - 1)
    kept = (left >= 0) & (owner[solid[left]] == owner) & (owner[solid[right]] == owner) & (solid[right] >= places)
    return np.asarray(kept)


def _gaps(
    chars: Chars, at: NDArray[np.int64], line: NDArray[np.int64], start: NDArray[np.float64], stop: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Where the pen moved on so far that a reader sees a space before the character."""
    mark = is_mark(chars.code[at])
    far = line[at] * _FAR
    reached = np.maximum.accumulate(np.maximum(start[at], stop[at]) + far)
    moved = np.zeros(len(at))
    moved[1:] = (start[at][1:] + far[1:] - reached[:-1]) / np.maximum(chars.size[at][1:], 0.1)
    blank = chars.kind[at] == _BLANK_KIND
    near_blank = blank | np.concatenate(([False], blank[:-1]))
    same = np.concatenate(([False], np.diff(line[at]) == 0))
    open_ = same & ~mark & ~near_blank
    gap = np.asarray(open_ & (moved > SPACE))
    if gap.sum() * 3 > open_.sum():
        gap &= moved > _spaced_limit(moved, line[at], open_)
    return gap


def _spaced_limit(moved: NDArray[np.float64], line: NDArray[np.int64], open_: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The limit for each character where lines are letter-spaced: there every letter stands apart and only more is a space."""
    limit = np.full(len(moved), SPACE)
    for number in np.unique(line[open_]):
        members = line == number
        gaps = moved[members & open_]
        if len(gaps) >= 6 and np.median(gaps) > SPACE / 2:
            limit[members] = np.median(gaps) * 1.5 + SPACE
    return limit
