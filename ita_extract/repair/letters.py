"""A run of Thai taken apart into letters and the marks and blanks that hang on them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate

from ..rulebook import thai
from . import trie
from .script import BLANK, LEADS, MARK, in_order

UNIT = re.compile(f"[^{BLANK}][{MARK}{BLANK}]*")
LEAD_BEFORE_BLANK = 3.0
"""What a leading vowel costs beside the letter when a blank stands behind it and it is in no word."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run of Thai. All tuples have one entry a letter.

    `text` as it was given.   `letters`: the base letters, ำ as า; `codes`: as the trie knows them.   `marks`: the marks read on
    each, canonical; `masks`: the same as bits, with three times none behind.   `am`: whether it was read as ำ.   `gaps`: blanks
    after the letter and its marks; `mark_gaps`: blanks before one of its marks; `gapped`: whether there is any.   `starts`: where
    the letter begins in the text, with its end at the back.   `plain`: the run without blanks; `offsets`: where each letter begins
    in it.   `alone`: what each letter costs outside a word.
    """

    text: str
    letters: str
    codes: bytes
    marks: tuple[str, ...]
    masks: tuple[int, ...]
    am: tuple[bool, ...]
    gaps: tuple[int, ...]
    mark_gaps: tuple[int, ...]
    gapped: bool
    starts: tuple[int, ...]
    plain: str
    offsets: tuple[int, ...]
    alone: tuple[float, ...]

    def seen(self, start: int, end: int) -> str:
        """Letters `start` to `end` with their marks, without blanks."""
        return self.plain[self.offsets[start] : self.offsets[end]]


@cache
def _prices() -> tuple[float, float, float, float]:
    costs = thai.costs()
    return costs["word.unknown"], costs["word.abbreviation"], costs["mark.misplaced"], costs["word.marked"]


@lru_cache(maxsize=20_000)
def _unit(text: str) -> tuple[str, str, int, int, int, int, str, float]:
    """A letter with all on it: letter, marks, mask, blanks after, before a mark, length, shown, cost outside a word."""
    last = len(text.rstrip(BLANK))
    body = text[1:last]
    marks = "".join(char for char in body if char not in BLANK)
    if len(marks) > 1:
        marks = in_order(marks)
    letter = "า" if text[0] == "ำ" else text[0]
    gap, inner = len(text) - last, len(body) - len(marks)
    alone, short, misplaced, marked = _prices()
    if marks and "ก" <= letter <= "ฮ":
        alone += marked
    if not "ก" <= letter <= "ฮ":
        alone = (short if letter in "ฯๆ" else alone) + misplaced * len(marks)
        if gap and letter in LEADS:
            alone += LEAD_BEFORE_BLANK
    return letter, marks, trie.mask(marks), gap, inner, len(text), text[0] + marks, alone


@lru_cache(maxsize=8_000)
def parse(text: str) -> Run:
    """Takes a run of Thai letters, marks and blanks apart. `text` begins and ends with no blank.

    >>> run = parse("ที ่ด า"); run.letters, run.gaps, run.mark_gaps
    ('ทดา', (0, 1, 0), (1, 0, 0))
    """
    units = zip(*map(_unit, UNIT.findall(text)), strict=True)
    each, marks, masks, gaps, mark_gaps, sizes, shown, alone = units
    letters = "".join(each)
    gapped = any(gaps) or any(mark_gaps)
    if gapped or letters[0] in "าะ":
        misplaced, behind = _prices()[2], (1, *gaps)
        alone = tuple(
            cost + misplaced if gap and letter in "าะ" else cost for cost, gap, letter in zip(alone, behind, letters, strict=False)
        )
    starts = tuple(accumulate(sizes, initial=0))
    return Run(
        text=text,
        letters=letters,
        codes=trie.codes(letters),
        marks=marks,
        masks=(*masks, 0, 0, 0),
        am=tuple(unit[0] == "ำ" for unit in shown) if "ำ" in text else (False,) * len(letters),
        gaps=gaps,
        mark_gaps=mark_gaps,
        gapped=gapped,
        starts=starts,
        plain="".join(shown),
        offsets=tuple(accumulate(map(len, shown), initial=0)) if gapped else starts,
        alone=alone,
    )
