"""Marks that a line has at the wrong end or not at all: early ones, low vowels that came out as blanks, and all of them lost."""

from __future__ import annotations

import re
from itertools import product

from ..model.trace import BLANK as DRAWN_BLANK
from ..model.trace import GAP, INK_BELOW
from .draft import Draft
from .reading import Hypothesis, read, readable, standing, standing_cost
from .script import BLANK, CONSONANT, LEAD, MARK

EARLY = re.compile(f"([{MARK}]{{1,2}})([{LEAD}]?[{CONSONANT}])([ก-ฺเ-๎]*)")
THAI_END = re.compile(f"[ก-ฺเ-๎]{{0,40}}[{CONSONANT}]$")
CONSONANT_END = re.compile(f"[{CONSONANT}]$")
THAI_START = re.compile("[ก-ฺเ-๎]{0,40}")
AT_ONCE = 4
"""Vowels lost in one word that are sought together: the choice of each depends on the others."""
AROUND = 60
"""Characters on either side of a lost vowel that may help to tell which one it was."""
LOW_BLANKS = re.compile(f"([ก-ฺเ-๎]{{0,40}}[{CONSONANT}])((?:[{BLANK}][ก-ฺเ-๎]{{0,40}}){{1,3}})")
"""A Thai word and up to three more behind blanks that may be low vowels."""
MARKLESS = re.compile(r"(?<![ก-๎])[ก-ฮะาเ-ไ]{8,}(?![ก-๎])")
UNREAD = 6
"""Of this many letters one stands outside every word in a stretch that is unreadable."""


def early_mark(draft: Draft) -> None:
    """Moves a mark that opens a line onto the first consonant, where that makes its first words readable.

    A page that draws the marks of a running head before its letters gives "่เลม ๑๓๘" for "เล่ม ๑๓๘".

    >>> draft = Draft("่เลม ๑๓๘"); early_mark(draft); draft.text
    'เล่ม ๑๓๘'
    """
    match = EARLY.match(draft.text)
    if match and readable(match[2] + match[1] + match[3]):
        draft.edit("early-mark", [(match.start(), match.end(2), match[2] + match[1])])


def ink_below(draft: Draft) -> None:
    """Reads a glyph without Unicode that the page draws below a consonant as ุ or ู, whichever makes words, then the cheaper ones.

    Gaps that nobody wrote are read over: in letter-spaced lines the word goes on behind them.

    >>> draft = Draft("สาธารณส ข", ".......v."); ink_below(draft); draft.text
    'สาธารณสุข'
    """
    at = draft.trace.find(INK_BELOW)
    while at >= 0:
        before = THAI_END.search(_ungapped(draft, max(at - AROUND, 0), at))
        places, pieces = _lost_in_word(draft, at)
        signs: tuple[str, ...] = ()
        if before:
            words = ((_filled(before[0], signs, pieces), signs) for signs in product("ุู", repeat=len(places)))
            _, _, signs = min((*_outside(word), signs) for word, signs in words)
        edits = [(place, place + 1, signs[number] if signs else draft.text[place]) for number, place in enumerate(places)]
        draft.edit("traced-vowel", edits)
        at = draft.trace.find(INK_BELOW, places[-1] + 1)


def _lost_in_word(draft: Draft, at: int) -> tuple[list[int], list[str]]:
    """The places of the vowel lost at `at` and of others lost behind it in one word ("ป ย " is ปูยู), and what stands behind each."""
    places, pieces = [at], [""]
    for place in range(at + 1, min(at + 1 + AROUND, len(draft.text))):
        char, kind = draft.text[place], draft.trace[place]
        if kind == INK_BELOW and len(places) < AT_ONCE and CONSONANT_END.search(pieces[-1]):
            places.append(place)
            pieces.append("")
        elif THAI_START.fullmatch(char):
            pieces[-1] += char
        elif kind != GAP:
            return places, pieces
    if at + 1 + AROUND >= len(draft.text):
        pieces[-1] += draft.after
    return places, pieces


def _filled(before: str, signs: tuple[str, ...], pieces: list[str]) -> str:
    return before + "".join(part for pair in zip(signs, pieces, strict=True) for part in pair)


def _ungapped(draft: Draft, start: int, end: int) -> str:
    """The text from `start` to `end` without the blanks that the reader saw in a gap."""
    return "".join(char for char, kind in zip(draft.text[start:end], draft.trace[start:end], strict=True) if kind != GAP)


def _outside(text: str) -> tuple[int, float]:
    """Letters of one piece that stand outside every word as the lattice reads it, and what the reading costs."""
    path = read(text, Hypothesis()).path
    return sum(not word.known for word in path), sum(word.cost for word in path)


def low_vowel(draft: Draft, price: float) -> None:
    """Puts ุ or ู in the place of blanks where each saves `price`, for a font that gives blanks for both.

    >>> draft = Draft("จังหวัดชัยภ มิ"); low_vowel(draft, 3.0); draft.text
    'จังหวัดชัยภูมิ'
    """
    at = 0
    while match := LOW_BLANKS.search(draft.text, at):
        at = match.end() - len(match[2])
        if draft.trace and draft.trace[match.start(2)] != DRAWN_BLANK:
            continue
        pieces = [match[1], *re.split(f"[{BLANK}]", match[2])[1:]]
        cost, signs = min(
            (sum(_cost(part) for part in _joined(pieces, signs)) + price * (len(signs) - signs.count(" ")), signs)
            for signs in product(" ุู", repeat=len(pieces) - 1)
        )
        margin = sum(map(_cost, pieces)) - cost
        place = match.start(2)
        for sign, piece in zip(signs, pieces[1:], strict=True):
            if sign != " ":
                draft.edit("low-vowel", [(place, place + 1, sign)], round(margin, 2))
            place += 1 + len(piece)


def _joined(pieces: list[str], signs: tuple[str, ...]) -> list[str]:
    return "".join(part for pair in zip(pieces, (*signs, ""), strict=True) for part in pair).split(" ")


def _cost(text: str) -> float:
    return standing_cost(text)


def unseen_marks(text: str) -> bool:
    """Whether `text` looks as if all its marks were lost: a long stretch without any, which is no words.

    >>> unseen_marks("หนวยงานภาครฐ"), unseen_marks("การประกวดราคา")
    (True, False)
    """
    return any(
        sum(word.end - word.start for word in standing(match[0]) if not word.known) * UNREAD > len(match[0])
        for match in MARKLESS.finditer(text)
    )
