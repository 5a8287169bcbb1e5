"""Characters into lines of text: the one place where reading order, line breaks and spaces are decided.

The rules are few. Characters on one baseline are a line. Within a line the order is the producer's, except that a piece which
jumps back is moved to where it stands on the page. A space exists where the producer wrote one, or where the pen moved on
further than `SPACE` of an em; a space that a reader synthesised is never believed.

All of it is done for a whole page at once: a page of a ranking has three hundred cells, and a call for each would cost more than
the reading.
"""

from __future__ import annotations

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
SPREAD = 1.5
"""The widest gap in em between the letters of a word that is set with letter-spacing; further apart they are words, or numbers."""

_FAR = 1e6
_SPACE_KIND, _BREAK_KIND, _BLANK_KIND = ord(trace.GAP), ord(trace.BREAK), ord(trace.BLANK)
_INKED_KINDS = (ord(trace.INK_ABOVE), ord(trace.INK_BELOW))
_INK = str.maketrans("", "", trace.GAP + trace.BREAK + trace.BLANK)


@dataclass(frozen=True, slots=True)
class Way:
    """The way of the pen over a page, worked out once for all that ask: one entry a character, along its own baseline.

    start, stop: where the pen is before and after the character.   across: the baseline's place, growing down the page.
    size: of the em, never below 0.1.   mark: `is_mark`.   blank: whether the character draws nothing.
    """

    chars: Chars
    start: NDArray[np.float64]
    stop: NDArray[np.float64]
    across: NDArray[np.float64]
    size: NDArray[np.float64]
    mark: NDArray[np.bool_]
    blank: NDArray[np.bool_]

    @classmethod
    def of(cls, chars: Chars) -> Way:
        start, across = chars.origin.T.astype(np.float64)
        stop = chars.advance.astype(np.float64)
        if chars.turn.any():
            x, y, turn = start, across, chars.turn
            start, stop = np.choose(turn, (x, y, -x, -y)), np.choose(turn, (stop, stop, -stop, -stop))
            across = np.choose(turn, (y, -x, -y, x))
        size = np.maximum(chars.size.astype(np.float64), 0.1)
        return cls(chars, start, stop, across, size, is_mark(chars.code), chars.kind == _BLANK_KIND)

    def middle(self, at: NDArray[np.int64]) -> NDArray[np.float64]:
        """The middle of the ink of the characters, along their baselines."""
        box, turn = self.chars.box[at].astype(np.float64), self.chars.turn[at]
        x, y = (box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2
        return np.asarray(np.choose(turn, (x, y, -x, -y)))


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of groups of characters, in the order of the group numbers; groups that draw nothing are not among them.

    raw[i] and its trace[i] are equally long. The characters of text i are `at[first[i] : first[i + 1]]`, in reading order.
    """

    group: list[int]
    raw: list[str]
    trace: list[str]
    at: NDArray[np.int64]
    first: NDArray[np.int64]

    def boxes(self, chars: Chars, begin: int = 0) -> list[tuple[BBox, float]]:
        """The ink's box and the largest em of the texts from `begin` on."""
        if begin >= len(self.raw):
            return []
        at, first = self.at[self.first[begin] :], self.first[begin:-1] - self.first[begin]
        low = np.minimum.reduceat(chars.box[at, :2], first)
        high = np.maximum.reduceat(chars.box[at, 2:], first)
        sizes = np.maximum.reduceat(chars.size[at], first)
        boxes = np.hstack((low, high)).astype(np.float64).round(2).tolist()
        return [((x0, y0, x1, y1), size) for (x0, y0, x1, y1), size in zip(boxes, sizes.tolist(), strict=True)]


def is_mark(code: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Thai characters that sit above or below a consonant and move no pen; the private-use glyphs among them too."""
    upper = (code == 0x0E31) | ((code >= 0x0E34) & (code <= 0x0E3A)) | ((code >= 0x0E47) & (code <= 0x0E4E))
    private = (code >= 0xF701) & (code <= 0xF71A) & (code != 0xF70F)
    return np.asarray(upper | private | (code == 0))


def ink(letters: str) -> int:
    """How many characters of the page a trace stands for.

    >>> ink("..~._|.")
    4
    """
    return len(letters.translate(_INK))


def line_numbers(way: Way, group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers the lines: characters of one group, one direction and nearly one baseline. -1 where the group is."""
    line = np.full(len(group), -1, np.int64)
    at = np.flatnonzero(group >= 0)
    if not len(at):
        return line
    turn = way.chars.turn
    turned = bool(turn.any())
    order = at[np.lexsort((way.across[at], turn[at], group[at]) if turned else (way.across[at], group[at]))]
    size, groups = way.size[order], group[order]
    fresh = np.diff(way.across[order]) > SAME_LINE * np.minimum(size[1:], size[:-1])
    fresh |= groups[1:] != groups[:-1]
    if turned:
        fresh |= turn[order][1:] != turn[order][:-1]
    line[order[0]] = 0
    line[order[1:]] = fresh.cumsum()
    return line


def compose(way: Way, group: NDArray[np.int64], line: NDArray[np.int64], single: int | None = None) -> Texts:
    """The text of every group, in the order of the group numbers; characters of group -1 are left out.

    `line`: the line of each character (`line_numbers` of these groups, or of groups that are unions of them and keep their order).
    Groups from number `single` on are lines of their own: they keep a blank at their end, which says that a word ends there.
    Lines of a group are parted by "\\n". Every character that draws something appears exactly once.
    """
    chars = way.chars
    at = np.flatnonzero(group >= 0)
    if len(at):
        at = _in_reading_order(way, at[np.argsort(line[at], kind="stable")], line)
        if chars.turn.any():
            at = _behind_their_letters(way, at, line)
        at = at[_no_outer_blanks(way, at, group, single)]
    if not len(at):
        return Texts([], [], [], at, np.zeros(1, np.int64))
    groups, lines = group[at], line[at]
    fresh_group = np.concatenate(([True], groups[1:] != groups[:-1]))
    fresh_line = np.concatenate(([False], lines[1:] != lines[:-1]))
    put = np.flatnonzero((fresh_line | _gaps(way, at, lines)) & ~fresh_group)
    code, kind = chars.code[at], chars.kind[at]
    code[(code == 0) | (code > 0x10FFFF) | ((code >= 0xD800) & (code < 0xE000))] = 0xFFFD
    code[code == 0xA0] = 0x20
    breaks = fresh_line[put]
    codes = np.insert(code, put, np.where(breaks, 0x0A, 0x20).astype(np.uint32))
    kinds = np.insert(kind, put, np.where(breaks, _BREAK_KIND, _SPACE_KIND).astype(np.uint8))
    text, letters = codes.astype("<u4", copy=False).tobytes().decode("utf-32-le"), kinds.tobytes().decode("latin-1")
    first = np.flatnonzero(fresh_group)
    starts = (first + np.searchsorted(put, first)).tolist()
    ends = [*starts[1:], len(codes)]
    return Texts(
        groups[first].tolist(),
        [text[a:b] for a, b in zip(starts, ends, strict=True)],
        [letters[a:b] for a, b in zip(starts, ends, strict=True)],
        at,
        np.append(first, len(at)),
    )


def _in_reading_order(way: Way, at: NDArray[np.int64], line: NDArray[np.int64]) -> NDArray[np.int64]:
    """The characters, which come line after line in content order, with the pieces that jump back put where they stand."""
    lines, start, stop, size = line[at], way.start[at], way.stop[at], way.size[at]
    same = lines[1:] == lines[:-1]
    back = same & (start[1:] - start[:-1] < -JUMP_BACK * size[1:])
    if not back.any():
        return at
    mark = way.mark[at]
    # what jumps back may belong into a gap that the pen left open, so a gap parts two pieces as well
    on = same & (start[1:] - stop[:-1] > SPACE * size[1:]) & ~mark[1:]
    fresh = np.concatenate(([True], back | on | ~same))
    firsts = np.flatnonzero(fresh)
    piece = fresh.cumsum() - 1
    place = np.minimum.reduceat(np.where(mark, _FAR, start), firsts)[piece]
    only_marks = np.logical_and.reduceat(mark, firsts)[piece]
    moved = np.lexsort((np.arange(len(at)), place, only_marks, lines))
    return _seat_stray_marks(way, at[moved], lines[moved], only_marks[moved]) if only_marks.any() else at[moved]


def _seat_stray_marks(way: Way, order: NDArray[np.int64], lines: NDArray[np.int64], stray: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Puts marks that a producer drew in a pass of their own behind the letter of their line that stands under their ink."""
    bases = np.flatnonzero(~stray & ~way.mark[order])
    if not len(bases):
        return order
    middles = (way.start[order[bases]] + way.stop[order[bases]]) / 2
    bases = bases[np.lexsort((middles, lines[bases]))]
    far = 4 * (float(np.abs(middles).max()) + float(np.abs(way.chars.box[order]).max()) + 1.0)  # wider than any line
    ladder = (way.start[order[bases]] + way.stop[order[bases]]) / 2 + lines[bases] * far
    marks = np.flatnonzero(stray)
    wanted = way.middle(order[marks]) + lines[marks] * far
    right = np.searchsorted(ladder, wanted).clip(0, len(bases) - 1)
    left = (right - 1).clip(0)
    near = bases[np.where(np.abs(ladder[left] - wanted) <= np.abs(ladder[right] - wanted), left, right)]
    seat = np.arange(len(order), dtype=np.float64)
    own = lines[near] == lines[marks]
    seat[marks[own]] = near[own] + 0.5
    return order[np.argsort(seat, kind="stable")]


def _behind_their_letters(way: Way, order: NDArray[np.int64], line: NDArray[np.int64]) -> NDArray[np.int64]:
    """Puts marks of turned text that stand before their letter behind it: their ink is over the letter that follows, not over the
    one before. Programs that turn a heading letter by letter write it so: "ตวี้ชัวดี่ท" under a perfect picture of ตัวชี้วัดที่."""
    turn, lines = way.chars.turn[order], line[order]
    inked = np.isin(way.chars.kind[order], _INKED_KINDS)
    bases = np.flatnonzero(~(inked | (way.mark | way.blank)[order]))
    marks = np.flatnonzero((inked | way.mark[order]) & (turn != 0))
    if not len(bases) or not len(marks):
        return order
    middle = way.middle(order[marks])
    behind = np.searchsorted(bases, marks)
    has_next, has_last = behind < len(bases), behind > 0
    following, last = bases[np.minimum(behind, len(bases) - 1)], bases[np.maximum(behind - 1, 0)]
    over_next = has_next & (lines[following] == lines[marks]) & (turn[following] == turn[marks])
    over_next &= (way.start[order[following]] < middle) & (middle <= way.stop[order[following]])
    over_last = has_last & (lines[last] == lines[marks]) & (way.start[order[last]] < middle) & (middle <= way.stop[order[last]])
    seat = np.arange(len(order), dtype=np.float64)
    moving = over_next & ~over_last
    seat[marks[moving]] = following[moving] + 0.5
    return order[np.argsort(seat, kind="stable")]


def _no_outer_blanks(way: Way, at: NDArray[np.int64], group: NDArray[np.int64], single: int | None) -> NDArray[np.bool_]:
    """False for blanks at either end of a group. A blank at the end of an inner line stays: it says that a word ends there. So does
    the first one at the end of a group from `single` on, which is a line itself."""
    kept = ~way.blank[at]
    blanks, solid = np.flatnonzero(~kept), np.flatnonzero(kept)
    if len(blanks) and len(solid):
        right = np.searchsorted(solid, blanks)
        behind = right > 0
        blanks, right = blanks[behind], right[behind]
        owner, last = group[at], np.minimum(right, len(solid) - 1)
        left_own = owner[solid[right - 1]] == owner[blanks]
        kept[blanks] = left_own & (right < len(solid)) & (owner[solid[last]] == owner[blanks])
        if single is not None:
            kept[blanks] |= left_own & (owner[blanks] >= single) & (solid[right - 1] == blanks - 1)
    return kept


def _gaps(way: Way, at: NDArray[np.int64], lines: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where the pen moved on so far that a reader sees a space before the character."""
    start, blank = way.start[at], way.blank[at]
    far = lines * _FAR
    # a blank drawn before a mark would hide the real one behind the word: the pen has reached where it begins, not where it ends
    reached = np.maximum.accumulate(np.where(blank, start, np.maximum(start, way.stop[at])) + far)
    moved = np.zeros(len(at))
    moved[1:] = (start[1:] + far[1:] - reached[:-1]) / way.size[at][1:]
    open_ = ~(way.mark[at] | blank)
    open_[1:] &= (lines[1:] == lines[:-1]) & ~blank[:-1]
    open_[0] = False
    gap = open_ & (moved > SPACE)
    if gap.sum() * 3 > open_.sum():
        gap &= moved > _spaced_limit(moved, lines, open_)
    return np.asarray(gap)


def _spaced_limit(moved: NDArray[np.float64], lines: NDArray[np.int64], open_: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The limit for each character where lines are letter-spaced: there every letter stands apart and only more is a space."""
    limit = np.full(len(moved), SPACE)
    firsts = np.flatnonzero(np.concatenate(([True], lines[1:] != lines[:-1]))).tolist()
    for a, b in zip(firsts, [*firsts[1:], len(lines)], strict=True):
        gaps = moved[a:b][open_[a:b]]
        if len(gaps) >= 6 and SPACE / 2 < (usual := float(np.median(gaps))) <= SPREAD:
            limit[a:b] = usual * 1.5 + SPACE
    return limit
