"""Lines of a page as words with their places: what a search for columns looks at, before anyone knows the cells."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .lines import Way, line_numbers

WORD_GAP = 0.1
"""The gap in em that parts two words of a line."""
OVERLAP = 0.12
"""Text that begins so far, in em, before the end of what was drawn last is another text: two full cells overlap."""
BACK = 1.5
"""No mark is drawn so far back, in em, over its letter: what is, is another text."""
PHRASE_GAP = 0.5
"""The gap in em that no two words of one text have: a line with such a gap is the row of a table, or looks like it."""

Span: TypeAlias = tuple[float, float]

_DIGIT = r"[0-9๐-๙\u00f0-\u00f9]"  # the last ten are Thai digits of eight bits that were taken for Latin letters
_UNKNOWN = "\ufffd"  # what OCR did not make out: a digit, where digits stand beside it
_NUMBER = re.compile(
    rf"(?![2๒ò][45๔๕ôõ]{_DIGIT}{{2}}$)(?={_UNKNOWN}*{_DIGIT}|{_UNKNOWN}+\.{_UNKNOWN}*{_DIGIT})"
    rf"(?:{_DIGIT}|{_UNKNOWN})(?:{_DIGIT}|[.,{_UNKNOWN}])*%?|[-–—]"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of words: `y` is the baseline, `em` the size; words are (x0, x1), `numbers` those of them that print a number.

    A year is no number here: it stands in heads.
    """

    y: float
    em: float
    words: tuple[Span, ...]
    numbers: tuple[Span, ...]

    @property
    def middle(self) -> float:
        """The height of the middle of the letters, at which a rule or a border parts this line from others."""
        return self.y - 0.25 * self.em

    def phrases(self, gap: float = PHRASE_GAP) -> list[Span]:
        """Words that stand close enough to be one text: no farther than `gap`, in em. Letters that overlap are one in any case."""
        return _merged(self.words, gap * self.em)

    def within(self, phrase: Span) -> list[Span]:
        """The words of a phrase, letters that overlap as one."""
        return _merged([word for word in self.words if phrase[0] <= word[0] and word[1] <= phrase[1]], WORD_GAP * self.em)

    def opens_with_number(self) -> bool:
        return bool(self.numbers) and self.numbers[0] == self.words[0]


def _merged(words: Sequence[Span], gap: float) -> list[Span]:
    out = list(words[:1])
    for x0, x1 in words[1:]:
        if x0 - out[-1][1] > gap:
            out.append((x0, x1))
        else:
            out[-1] = (out[-1][0], max(out[-1][1], x1))
    return out


def read_lines(way: Way, chosen: NDArray[np.bool_]) -> list[Line]:
    """The upright lines of the chosen characters, from top to bottom, as words."""
    chars = way.chars
    number = line_numbers(way, np.where(chosen & (chars.turn == 0) & ~way.blank, 0, -1))
    at = np.flatnonzero(number >= 0)
    if not len(at):
        return []
    at = at[np.argsort(number[at], kind="stable")]
    left, right = np.minimum(way.start[at], chars.box[at, 0]), np.maximum(way.stop[at], chars.box[at, 2])
    size, code, mark = way.size[at], chars.code[at], way.mark[at]
    moved = (left[1:] - right[:-1]) / size[1:]
    fresh_line = np.concatenate(([True], np.diff(number[at]) != 0))
    fresh = fresh_line.copy()
    fresh[1:] |= (moved > WORD_GAP) | (moved < -BACK) | ((moved < -OVERLAP) & ~mark[1:] & ~mark[:-1])
    first = np.flatnonzero(fresh)
    begin, end = np.minimum.reduceat(left, first).tolist(), np.maximum.reduceat(right, first).tolist()
    text = np.where(code < 0x110000, code, 0xFFFD).astype("<u4").tobytes().decode("utf-32-le", "replace")
    cuts = [*first.tolist(), len(at)]
    lasts = (np.append(first[1:], len(at)) - 1).tolist()
    across, sizes = way.across[at[lasts]].tolist(), size[lasts].tolist()
    breaks = [*np.flatnonzero(fresh_line[first]).tolist(), len(first)]
    lines = []
    for a, b in pairwise(breaks):
        words = [(begin[i], end[i]) for i in range(a, b)]
        numbers = [(begin[i], end[i]) for i in range(a, b) if _NUMBER.fullmatch(text, cuts[i], cuts[i + 1])]
        lines.append(Line(across[b - 1], sizes[b - 1], tuple(sorted(words)), tuple(sorted(numbers))))
    return sorted(lines, key=lambda line: line.y)


def column_of(span: Span, borders: Sequence[float]) -> int:
    """The column in which the middle of a span lies.

    >>> [column_of(span, (10.0, 50.0, 90.0)) for span in ((0, 5), (20, 40), (45, 60), (95, 99))]
    [0, 0, 1, 1]
    """
    return max(0, min(len(borders) - 2, bisect_left(borders, (span[0] + span[1]) / 2) - 1))


def ruled_between(one: Line, other: Line, level: NDArray[np.float64]) -> bool:
    """Whether a level rule (y, from, to) runs between two lines, above the one and below the other."""
    top, bottom = sorted((one.middle, other.middle))
    between = level[(level[:, 0] > top) & (level[:, 0] < bottom)]
    return any(
        begin < one.words[-1][1] and end > one.words[0][0] and begin < other.words[-1][1] and end > other.words[0][0]
        for _, begin, end in between.tolist()
    )
