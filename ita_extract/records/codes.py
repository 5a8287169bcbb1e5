"""Which item is a question? Its code is two or three characters, and OCR gets them wrong more often than anything else on the page.

"I" and "1" are one stroke: "11" stands for I1 on one line and for I11 on another, "125" for I25, "14" for I4. One code alone cannot
be told; the codes of a whole report can, because they go up by one, and because the year's list of questions says what is asked
under which. So every code keeps all its readings, and the cheapest way through all of them decides: a report that prints I3, "14",
"15" and I6 has I4 and I5 between, whatever the list of its year knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from ..model.unread import UNREAD
from ..rulebook.wording import skeleton

MAX_NUMBER = 60
MARGIN = 0.75
"""By how much the best reading must be cheaper than the second best to be believed."""
ALIKE = 82.0
"""From this likeness on (of 100) a printed question is the one that the rules know; below UNLIKE it is another one."""
UNLIKE = 60.0
PREFIX = 24
"""So many letters of a question may be told even where the rest of it is smeared."""

_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_LOOK = {"I": f"IilL1|!ІΙ][{UNREAD}", "E": f"EeЕΕ€0{UNREAD}", "O": f"OoОΟQ0{UNREAD}"}
"""What each letter may be printed or read as, Thai digits as Arabic ones: a small e is a ring to a reader of Thai."""
_DIGIT_LOOK = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "i": "1", "!": "1"})
_TOKEN = re.compile(rf"[IilL|!ІΙEeЕΕ€OoОΟQ{UNREAD}\]\[0-9๐-๙](?:\s?[0-9๐-๙OolI|i!]){{0,3}}")
_OPENING = re.compile(rf"\s*(?:ข้อ(?:ที่)?\s*)?(?P<token>{_TOKEN.pattern})\s*[.):]?(?:\s+|(?=[ก-ฮเ-ไ]))(?P<text>\S.*)", re.S)

EXACT, LOOKALIKE, BARE, UNNAMED = 0.0, 1.0, 1.5, 3.0
"""What a reading costs: as printed, a letter seen in a digit, a number without its letter, no code at all."""
SAME_TEXT, OTHER_TEXT, NO_TEXT, NEAR_TEXT, UNLISTED = -1.0, 4.0, 0.5, 1.0, 4.5
GAP, GAP_STEP, BACK, COPY = 1.0, 0.05, 6.0, 3.0


@dataclass(frozen=True, slots=True)
class Code:
    """The code of an item: `letter` I, E or O and its number."""

    letter: str
    number: int

    def __str__(self) -> str:
        return f"{self.letter}{self.number}"


@dataclass(frozen=True, slots=True)
class Marked:
    """A question as printed: `token` is what stands where its code should, None where nothing does."""

    token: str | None
    text: str


Known: TypeAlias = Mapping[Code, str | None]
"""The items of the year, with the wording of each where it is sourced; empty where not even their number is."""


def opening(text: str) -> tuple[str, str] | None:
    """What looks like a code at the start of a text, and the text behind it.

    >>> opening("125 ผู้บริหารสูงสุดของหน่วยงาน"), opening("I 4. บุคลากร"), opening("บุคลากรในหน่วยงาน")
    (('125', 'ผู้บริหารสูงสุดของหน่วยงาน'), ('I 4', 'บุคลากร'), None)
    """
    found = _OPENING.fullmatch(text)
    return (found["token"], found["text"].strip()) if found else None


def is_lettered(token: str) -> bool:
    """Whether a code has a letter of its own, so that it is no number of a list.

    >>> is_lettered("i1"), is_lettered("11")
    (True, False)
    """
    return bool(token) and not token[0].isdigit() and any(char.isdigit() for char in token[1:].translate(_DIGIT_LOOK))


@lru_cache(maxsize=4_096)
def readings(token: str, letters: str) -> Mapping[Code, float]:
    """Every code that a token may stand for, with what it costs to read it so.

    >>> {str(code): cost for code, cost in readings("14", "IE").items()}
    {'I4': 1.0, 'I14': 1.5, 'E14': 1.5}
    >>> {str(code): cost for code, cost in readings("e9", "IE").items()}, {str(code) for code in readings("010", "O")}
    ({'E9': 0.0}, {'O10'})
    >>> sorted(str(code) for code in readings("\ufffd๔", "IE")), [str(code) for code in readings("๐๑", "IE")]
    (['E4', 'I4'], ['E1'])
    """
    bare = "".join(token.split())
    plain = bare.translate(_DIGITS)
    found: dict[Code, float] = {}
    head, rest = plain[:1], plain[1:].translate(_DIGIT_LOOK)
    for letter in letters:
        if head and head in _LOOK[letter] and _is_number(rest):
            exact = bare[0].upper() == letter and rest == plain[1:]
            found[Code(letter, int(rest))] = EXACT if exact else LOOKALIKE
    whole = plain.translate(_DIGIT_LOOK) if head.isdigit() else ""
    if _is_number(whole):
        for letter in letters:
            found.setdefault(Code(letter, int(whole)), BARE)
    return found


def _is_number(digits: str) -> bool:
    return digits.isdecimal() and not digits.startswith("0") and int(digits) <= MAX_NUMBER


def likeness(printed: str, known: str) -> float:
    """How alike two questions are, of 100; a smeared one is told by its first words."""
    from rapidfuzz.fuzz import ratio

    a, b = skeleton(printed), skeleton(known)
    if not a or not b:
        return 0.0
    return max(ratio(a, b), ratio(a[:PREFIX], b[:PREFIX]) - 10 if min(len(a), len(b)) > PREFIX else 0.0)


def resolve(marked: Sequence[Marked], letters: str, known: Known) -> list[Code | None]:
    """The code of each question, in the order in which they are printed; None where two readings are as likely.

    `letters` are those of the instruments in printed order ("IE").

    >>> said = [Marked("i3", "ก"), Marked("14", "ข"), Marked("15", "ค"), Marked("I6", "ง"), Marked("I14", "จ")]
    >>> [str(code) for code in resolve(said, "IE", {})]
    ['I3', 'I4', 'I5', 'I6', 'I14']
    """
    options = [_options(mark, marked, letters, known) for mark in marked]
    steps = [_stepper(before, after, letters, known) for before, after in pairwise(marked)]
    forward = _cheapest(options, steps)
    backward = _cheapest(options[::-1], [_turned(step) for step in steps[::-1]])[::-1]
    out: list[Code | None] = []
    for place, costs in enumerate(options):
        totals = sorted(
            (forward[place][code] + backward[place][code] - cost, code.letter, code.number, code) for code, cost in costs.items()
        )
        sure = len(totals) == 1 or (totals and totals[1][0] - totals[0][0] >= MARGIN)
        out.append(totals[0][3] if sure else None)
    return out


def _options(mark: Marked, marked: Sequence[Marked], letters: str, known: Known) -> dict[Code, float]:
    if mark.token is not None:
        read = readings(mark.token, letters)
    else:
        most = {
            letter: max((c.number for c in _all(marked, letters, known) if c.letter == letter), default=0) for letter in letters
        }
        read = {Code(letter, n): UNNAMED for letter in letters for n in range(1, most[letter] + 2)}
    return {code: cost + _text_cost(mark.text, code, known) for code, cost in read.items()}


def _all(marked: Sequence[Marked], letters: str, known: Known) -> set[Code]:
    return set(known) | {code for mark in marked if mark.token for code in readings(mark.token, letters)}


def _text_cost(printed: str, code: Code, known: Known) -> float:
    if known and code not in known:
        return UNLISTED
    wording = known.get(code)
    if wording is None:
        return NO_TEXT
    alike = likeness(printed, wording)
    return SAME_TEXT if alike >= ALIKE else OTHER_TEXT if alike < UNLIKE else NEAR_TEXT


Step: TypeAlias = Callable[[Code, Code], float]


def _stepper(before: Marked, after: Marked, letters: str, known: Known) -> Step:
    """What it costs to go from the code of one question to that of the next."""
    copied = likeness(before.text, after.text) >= ALIKE
    lasts = {letter: max((code.number for code in known if code.letter == letter), default=0) for letter in letters}

    def cost(a: Code, b: Code) -> float:
        if a == b:
            return 0.0 if copied else COPY
        if a.letter == b.letter:
            gap = b.number - a.number - 1
            return (GAP + GAP_STEP * min(gap, 20) if gap else 0.0) if gap >= 0 else BACK
        if letters.index(b.letter) < letters.index(a.letter):
            return BACK
        skipped = (b.number - 1) + max(0, lasts[a.letter] - a.number)
        return GAP + GAP_STEP * min(skipped, 20) if skipped else 0.0

    return cost


def _turned(step: Step) -> Step:
    return lambda a, b: step(b, a)


def _cheapest(options: Sequence[Mapping[Code, float]], steps: Sequence[Step]) -> list[dict[Code, float]]:
    """For every reading of every question, the cost of the cheapest way to it from the first one. One without any is passed."""
    done: list[dict[Code, float]] = []
    last: Mapping[Code, float] = {}
    for place, costs in enumerate(options):
        step = steps[place - 1] if place else None
        done.append(
            {
                code: cost + (min((total + step(other, code) for other, total in last.items()), default=0.0) if step else 0.0)
                for code, cost in costs.items()
            }
        )
        last = done[-1] or last
    return done
