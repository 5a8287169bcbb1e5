"""A run of Thai taken apart into letters and the marks and blanks that hang on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from ..rulebook import thai
from . import trie
from .script import BLANK, LEADS, MARK, in_order

UNIT = re.compile(f"[^{BLANK}][{MARK}{BLANK}]*")


@dataclass(frozen=True, slots=True)
class Run:
    """A run of Thai. All tuples have one entry a letter.

    `letters`: the base letters, ำ as า.   `marks`: the marks read on each, canonical.   `am`: whether it was read as ำ.
    `gaps`: blanks after the letter and its marks.   `mark_gaps`: blanks read before one of its marks.
    `starts`: where the letter begins in the text, with the run's end at the back.   `masks`: the marks as bits.
    `ahead`: the marks on the letter and the two after it, as bits: a mark that is to be found later must be among them.
    `plain` is the run without blanks, `offsets` where each letter begins in it.   `alone`: what each letter costs outside a word.
    """

    letters: str
    marks: tuple[str, ...]
    am: tuple[bool, ...]
    gaps: tuple[int, ...]
    mark_gaps: tuple[int, ...]
    starts: tuple[int, ...]
    codes: tuple[int, ...]
    plain: str
    offsets: tuple[int, ...]
    masks: tuple[int, ...]
    ahead: tuple[int, ...]
    alone: tuple[float, ...]

    def seen(self, start: int, end: int) -> str:
        """Letters `start` to `end` with their marks, without blanks."""
        return self.plain[self.offsets[start] : self.offsets[end]]


@lru_cache(maxsize=20_000)
def _unit(text: str) -> tuple[str, str, bool, int, int, str, int, int]:
    """A letter with all that hangs on it: letter, marks, whether it is ำ, blanks after, blanks before a mark, shown, code, mask."""
    last = len(text.rstrip(BLANK))
    body = text[1:last]
    marks = "".join(char for char in body if char not in BLANK)
    if len(marks) > 1:
        marks = in_order(marks)
    letter = "า" if text[0] == "ำ" else text[0]
    gap, inner = len(text) - last, len(body) - len(marks)
    return letter, marks, text[0] == "ำ", gap, inner, text[0] + marks, trie.CODES.get(letter, 0), trie.mask(marks)


@lru_cache(maxsize=8_000)
def parse(text: str) -> Run:
    """Takes a run of Thai letters, marks and blanks apart. `text` begins and ends with no blank.

    >>> run = parse("ที ่ด า"); run.letters, run.gaps, run.mark_gaps
    ('ทดา', (0, 1, 0), (1, 0, 0))
    """
    found = UNIT.findall(text)
    letters, marks, am, gaps, mark_gaps, shown, codes, masks = zip(*map(_unit, found), strict=True)
    return Run(
        letters="".join(letters),
        marks=marks,
        am=am,
        gaps=gaps,
        mark_gaps=mark_gaps,
        starts=tuple(accumulate(map(len, found), initial=0)),
        codes=codes,
        plain="".join(shown),
        offsets=tuple(accumulate(map(len, shown), initial=0)),
        masks=masks,
        ahead=(*(one | two | three for one, two, three in zip(masks, (*masks[1:], 0), (*masks[2:], 0, 0), strict=False)), 0),
        alone=_alone(letters, marks, gaps),
    )


def _alone(letters: Sequence[str], marks: Sequence[str], gaps: Sequence[int]) -> tuple[float, ...]:
    """What each letter costs outside every word."""
    costs = thai.costs()
    plain, short, misplaced = costs["word.unknown"], costs["word.abbreviation"], costs["mark.misplaced"]
    out: list[float] = []
    before = 1
    for letter, mark, gap in zip(letters, marks, gaps, strict=True):
        step = plain
        if not "ก" <= letter <= "ฮ":
            step = (short if letter in "ฯๆ" else plain) + misplaced * len(mark)
            if before and letter in "าะ":
                step += misplaced
            elif gap and letter in LEADS:
                step += 3.0
        out.append(step)
        before = gap
    return tuple(out)
