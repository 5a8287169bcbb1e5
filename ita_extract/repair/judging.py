"""Which changes of a reading are sure enough: where nothing is impossible a change must save much, and names are left alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..rulebook import thai
from .evidence import Evidence
from .forms import COMMON_SHORT
from .letters import Run
from .lexicon import lexicon
from .reading import USUAL, Hypothesis, Reading, readable, standing_cost, stood
from .script import BLANK, IMPOSSIBLE
from .standing import Word

TITLED = re.compile(
    rf"(?:^|[{BLANK}(./|])(?:นาย(?!ก?องค|กเทศ|กรัฐ|กสม|กสภ)|นางสาว|นาง|น\.ส\.|ด\.[ชญ]\.|ดร\.|ร\.[ตทอ]\.|[พส]\.[ตทอ]\.[ตทอ]?\.?)"
    rf"[{BLANK}]?[^{BLANK}]+(?:[{BLANK}]+[^{BLANK}]+)?"
)
"""A person's title and name: names are nobody's vocabulary, so nothing in them is changed on a guess."""
ABBREVIATED = frozenset("ฯๆ")


@dataclass(frozen=True, slots=True)
class Line:
    """What is known of a line while it is read.

    `hard`: it shows something impossible.   `stray`: how often it has a blank where the page has none.   `double`: its real
    spaces are two blanks.   `moved`: its letters are set apart by moving them, so that a blank which it writes is a space.
    """

    hypothesis: Hypothesis
    evidence: Evidence
    hard: bool
    stray: float
    double: bool
    moved: bool = False


def accepted(text: str, best: Reading, line: Line) -> list[tuple[bool, float]]:
    """For every word of the path, whether it is taken, and the margin of the stretch it lies in.

    The path is cut where no mark waits; each stretch between two cuts stands or falls on its own.
    """
    run, words, hypothesis, evidence = best.run, best.path, line.hypothesis, line.evidence
    out = [(False, 0.0)] * len(words)
    if True not in best.differs:
        return out
    price = thai.costs()
    close = line.hard or evidence.damaged or hypothesis.spaced or hypothesis.swapped
    limit = 0.0 if evidence.font_fails else price["margin.close"] if close else price["margin.soft"]
    names = () if close else tuple(match.span() for match in TITLED.finditer(text))
    first = 0
    for number, word in enumerate(words):
        if word.waiting:
            continue
        if True in best.differs[first : number + 1]:
            stretch = words[first : number + 1]
            margin = _margin(text, best, first, number)
            sure = True
            # searched in place: a slice that begins with า would look like a line that does
            if not IMPOSSIBLE.search(text, run.starts[max(stretch[0].start - 1, 0)], run.starts[word.end]):
                sure = (
                    margin >= limit
                    and not _beside_unknown(run, words, first, number)
                    and (close or all(_usual(run, item) for item in stretch))
                )
                if sure and any(start <= run.starts[word.start] < end for start, end in names):
                    sure = False
                if sure and _only_blanks(run, stretch) and not (hypothesis.spaced or evidence.loosens):
                    sure = (margin >= price["margin.blank"] and _no_halves(run, stretch)) or (
                        line.hard and _all_glued(run, stretch)
                    )
            out[first : number + 1] = [(sure, margin)] * (number + 1 - first)
        first = number + 1
    return out


def halves(word: Word, at: int) -> bool:
    """Whether a blank behind letter `at` would part `word` into two words."""
    cut = sum(map(len, word.units[: at + 1 - word.start]))
    left, right = word.text[:cut], word.text[cut:]
    return len(left) > 1 and len(right) > 1 and readable(left) and readable(right)


def _usual(run: Run, word: Word) -> bool:
    """Whether a word that wants marks it has not is one that soft damage may be read as: far likelier than a name like it."""
    if not word.known:
        return True
    letters = tuple(enumerate(word.units, word.start))
    if not any(mark not in run.marks[at] for at, unit in letters for mark in unit[1:]) and not any(
        unit[0] == "ำ" and not run.am[at] for at, unit in letters
    ):
        return True
    count = lexicon().count[word.ordinal]
    return count >= COMMON_SHORT or (count >= USUAL and word.end - word.start >= 3)


def _margin(text: str, best: Reading, first: int, last: int) -> float:
    """What the changes of words `first` to `last` save, measured with one word on either side so that other cuts are seen."""
    run, words = best.run, best.path
    if (
        first
        and not run.gaps[words[first].start - 1]
        and not words[first - 1].waiting
        and (first < 2 or not words[first - 2].waiting)
    ):
        first -= 1
    if last + 1 < len(words) and not run.gaps[words[last].end - 1] and not words[last + 1].waiting:
        last += 1
    start, end = words[first].start, words[last].end
    changed = sum(word.cost for word in words[first : last + 1])
    alone = stood(run.text)
    if start in alone and end in alone:
        return alone[end] - alone[start] - changed
    return standing_cost(text[run.starts[start] : run.starts[end]].strip(BLANK)) - changed


def _only_blanks(run: Run, stretch: Iterable[Word]) -> bool:
    return all(run.seen(word.start, word.end) == word.text for word in stretch)


def _all_glued(run: Run, stretch: Iterable[Word]) -> bool:
    return all(not any(run.gaps[word.start : word.end - 1]) or word.text in thai.glued() for word in stretch)


def _no_halves(run: Run, stretch: Iterable[Word]) -> bool:
    """Whether every blank inside a word of the stretch parts it into pieces that are no words."""
    return not any(run.gaps[at] and halves(word, at) for word in stretch for at in range(word.start, word.end - 1))


def _beside_unknown(run: Run, words: tuple[Word, ...], first: int, last: int) -> bool:
    """Whether letters outside every word touch the stretch, or lie in it: a name, where nothing is changed on a guess."""
    if any(_is_name(word) for word in words[first : last + 1]):
        return True
    if first and _is_name(words[first - 1]) and not run.gaps[words[first].start - 1]:
        return True
    return last + 1 < len(words) and _is_name(words[last + 1]) and not run.gaps[words[last].end - 1]


def _is_name(word: Word) -> bool:
    return not word.known and word.text[0] not in ABBREVIATED
