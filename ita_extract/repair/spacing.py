"""Which blanks are real: those that the page shows between words; in bare text those that official Thai would leave there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..model.trace import BLANK as DRAWN_BLANK
from ..model.trace import GAP
from ..rulebook import thai
from .evidence import Evidence
from .judging import Line, halves
from .letters import Run
from .lexicon import HEAD, PLACE, lexicon
from .reading import Hypothesis, Reading
from .script import BLANK, LEADS
from .standing import Word

DEFAULT_SPACE = 0.08
NAME_FOLLOWS = 0.005
"""The odds of a space between "ตำบล" and its name."""
LOOSE_DOCUMENT, DAMAGED_LINE, PRIOR_WEIGHT = 0.1, 0.02, 30
"""How often a place inside a word has a stray blank before the line is seen, and how many places of the line outweigh it."""
COMPOUND = 0.02
"""Rate of stray blanks from which a blank between the halves of a compound counts as stray."""
GAPS_A_BLANK = 2
"""Gaps that a letter-spaced line must show for each blank that it writes: Thai words have more letters."""
AFTER_CARRIED = 0.3
"""How often a reader puts a blank behind a carried mark where there is none."""
DOUBLE = re.compile(f"[ก-๎][{BLANK}]{{2,}}[ก-๎]")


def has_double(text: str) -> bool:
    return DOUBLE.search(text) is not None


def is_moved(trace: str) -> bool:
    """Whether the gaps that a line shows are so many more than the blanks that it writes that these must be its spaces.

    >>> is_moved(".~.~.~.~._.~.~."), is_moved("._._._._..")
    (True, False)
    """
    return trace.count(GAP) > GAPS_A_BLANK * trace.count(DRAWN_BLANK)


def stray_rate(readings: Iterable[Reading], hypothesis: Hypothesis, evidence: Evidence, hard: bool) -> float:
    """How often the line has a blank where there is none on the page: blanks inside words over places inside words.

    Not counted: a blank that is a nikhahit, one behind a carried mark, and one that may stand between two words.
    """
    inside = blanks = 0
    for reading in readings:
        run = reading.run
        inside += len(run.letters) - len(reading.path)
        for word in reading.path if run.gapped else ():
            if any(run.gaps[word.start : word.end - 1]):
                blanks += sum(
                    bool(run.gaps[at])
                    and run.letters[at + 1] not in "าะ"
                    and run.seen(at, at + 1) == word.units[at - word.start]
                    and not halves(word, at)
                    for at in range(word.start, word.end - 1)
                )
    if hypothesis.spaced:
        return max(blanks / max(inside, 1), 0.3)
    prior = LOOSE_DOCUMENT if evidence.loosens else DAMAGED_LINE if hard else 0.0
    return (blanks + prior * PRIOR_WEIGHT) / (inside + PRIOR_WEIGHT) if blanks else prior * PRIOR_WEIGHT / (inside + PRIOR_WEIGHT)


def inner_blank_marks(reading: Reading) -> int:
    """Blanks before a mark inside a word: there no real space can be meant."""
    run = reading.run
    return sum(any(run.mark_gaps[word.start : word.end - 1]) for word in reading.path) if any(run.mark_gaps) else 0


def carried_blanks(reading: Reading) -> int:
    """Blanks behind a carried mark inside a word."""
    run = reading.run
    if not any(run.gaps):
        return 0
    return sum(
        run.gaps[at] == 1 and run.letters[at + 1] not in "าะ" and len(run.marks[at]) > len(word.units[at - word.start]) - 1
        for word in reading.path
        for at in range(word.start, word.end - 1)
    )


def blanks(text: str, trace: str, best: Reading, sure: tuple[bool, ...], line: Line) -> dict[int, str]:
    """The blank to put after each letter that has one. `sure`: of each word, whether its reading is taken."""
    run = best.run
    out: dict[int, str] = {}
    for number, word in enumerate(best.path):
        if not any(run.gaps[word.start : word.end]) and not any(run.mark_gaps[word.start : word.end]):
            continue
        for at in range(word.start, word.end - 1):
            if run.gaps[at]:
                end = run.starts[at + 1]
                gap = text[end - run.gaps[at] : end]
                out[at] = _within(run, at, word, gap, sure[number], _is_seen(trace[end - run.gaps[at] : end]), line)
        at = word.end - 1
        end = run.starts[at + 1]
        gap, traced = text[end - run.gaps[at] : end], trace[end - run.gaps[at] : end]
        if number + 1 == len(best.path):
            out[at] = gap
        else:
            left = word if sure[number] else word._replace(late=False, waiting="")
            moved = bool(run.mark_gaps[at] or (left.late and at > word.start and run.gaps[at - 1]))
            out[at] = _between(run, left, best.path[number + 1], gap, traced, moved, line)
    return out


def _is_seen(trace: str) -> bool:
    """Whether a blank is on the page: a gap wide enough to be seen, or a space that the producer wrote."""
    return GAP in trace or DRAWN_BLANK in trace


def _within(run: Run, at: int, word: Word, gap: str, sure: bool, seen: bool, line: Line) -> str:
    """The blank inside a word of the path: none, unless the word is two words and the page or the line speaks for the blank."""
    spaced = line.hypothesis.spaced
    if spaced or run.letters[at] in LEADS or run.letters[at + 1] in "าะ":
        return gap if not sure and not spaced else ""
    if not sure:
        return gap
    if run.seen(at, at + 1) != word.units[at - word.start] or not halves(word, at):
        return ""
    if seen:
        return gap
    return gap if line.stray < COMPOUND and (line.stray <= 0.0 or word.text not in thai.glued()) else ""


def _between(run: Run, left: Word, right: Word, gap: str, trace: str, moved: bool, line: Line) -> str:
    """The blank between two words of the path. `moved`: one stood before the last mark of the left word.

    A page is believed where it shows a blank, but not where the left word's mark lies beyond it: marks are carried over letters,
    and no writer carries one over a space.
    """
    at, hypothesis, evidence = left.end - 1, line.hypothesis, line.evidence
    if not gap:
        if moved and left.known and right.known and left.text + right.text not in lexicon().exact:
            odds = space_odds(left, right)
            if evidence.texts and not evidence.blank_mark:  # this document carries marks over letters, and so over spaces
                return " " if odds > COMPOUND else ""
            carried, before = (evidence.carried + 1.0, evidence.blank_mark + 0.5) if evidence.texts else (1.0, 3.0)
            return " " if odds * carried / before > 1.0 else ""
        return ""
    if run.letters[at] in LEADS or run.letters[at + 1] in "าะ":
        return "" if left.known or right.known else gap
    if hypothesis.spaced and (len(gap) > 1 or (line.moved and DRAWN_BLANK in trace)):
        return " "
    if len(gap) > 1:
        return " " if left.late and len(gap) == 2 else gap
    if hypothesis.spaced and line.double:
        return ""
    rate = 5 * line.stray if hypothesis.spaced else line.stray
    if left.late or left.waiting:
        rate = max(rate, (evidence.carried_blank + AFTER_CARRIED) / (evidence.carried + 1.0))
    if _is_seen(trace) and not hypothesis.spaced and not left.waiting:
        return gap
    if rate <= 0.0 or not (left.known and right.known):
        return gap if not hypothesis.spaced else ""
    return gap if space_odds(left, right) > rate else ""


def space_odds(left: Word, right: Word) -> float:
    """The odds that official Thai leaves a space between two words."""
    table, flags = thai.boundaries(), lexicon().flags
    if left.known and right.known and flags[left.ordinal] & HEAD and flags[right.ordinal] & PLACE and right.text not in table:
        return NAME_FOLLOWS
    after = table.get(left.text, (0.0, DEFAULT_SPACE))[1]
    before = max(table.get(right.text, (DEFAULT_SPACE, 0.0))[0], DEFAULT_SPACE)
    usual = DEFAULT_SPACE / (1 - DEFAULT_SPACE)
    return (after / (1 - after)) * (before / (1 - before)) / usual
