"""Reads a run of Thai: as it stands, and near damage by the lattice, under the hypothesis about the line that makes it cheapest."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import accumulate
from typing import NamedTuple

from ..rulebook import thai
from .evidence import BLANK_AM, Evidence, looks_spaced
from .forms import COMMON_SHORT, RARE
from .gate import encoded, remembered_impossible
from .lattice import Mode
from .letters import Run, parse
from .lexicon import HEAD, lexicon
from .script import BLANK, CONSONANT, FOLLOW, IMPOSSIBLE, LEAD, MARK, MARKS
from .standing import Word
from .walking import walker

RUN = re.compile(f"[ก-ฺเ-๎]+(?:[{BLANK}]+[ก-ฺเ-๎]+)*")
REAL_BLANK = re.compile(rf"(?<![{LEAD}{BLANK}])[{BLANK}](?![{BLANK}{MARK}{FOLLOW}])")
"""A single blank that breaks no cluster."""
BROKEN_END = re.compile(rf"(?:^|[{BLANK}])[^{BLANK}]{{1,3}}$|[{CONSONANT}]{{2}}[{MARK}]+$")
SHORT_START = re.compile(rf"[^{BLANK}]{{1,3}}(?:[{BLANK}]|$)")
ACROSS = 12
"""Characters on either side of a blank in which a word with a blank in it is looked for."""
GUARDS = 1
"""Sound words that are read again on either side of damage: it may have moved the border of a word."""
THROUGHOUT = ("spaced", "swapped")
"""Hypotheses that, where they are true, explain what is wrong with the whole of a line."""
STRANGE = 4
"""Of so many letters one stands outside every word in a line that is wrong throughout."""
NAME = 16
"""Letters of a text that may be nothing but the name of a place."""
BEFORE_DAMAGE = 3
"""Letters before a damaged one that the damage may belong to: a mark is carried over one letter, and over a leading vowel."""
USUAL = 60.0
"""Count of a word that soft damage is read as, and that makes a line sound."""


class Hypothesis(NamedTuple):
    """What may be wrong with a line as a whole."""

    spaced: bool = False
    swapped: bool = False
    lost: bool = False
    toned: bool = False
    carried: bool = False
    kept: bool = False
    loose: bool = False
    ligature: bool = False


class Reading(NamedTuple):
    """One run read under one hypothesis. `differs`: of each word of the path, whether it is read otherwise than it stands."""

    run: Run
    path: tuple[Word, ...]
    cost: float
    differs: tuple[bool, ...]


@cache
def mode(hypothesis: Hypothesis) -> Mode:
    """The decoder's prices under a hypothesis."""
    price = thai.costs()
    spaced = hypothesis.spaced
    return Mode(
        inside=price["gap.spaced"] if spaced else price["gap.loose"] if hypothesis.loose else price["gap.inside"],
        after_carried=price["gap.spaced"] if spaced else price["gap.after_carried"],
        nikhahit_lost=price["mode.known_lost"] if hypothesis.lost else price["nikhahit.lost"],
        lost_under_tone=price["mode.known_lost"] if hypothesis.lost or hypothesis.ligature else price["nikhahit.lost"],
        surplus=price["mode.swapped_surplus"] if hypothesis.swapped else price["nikhahit.surplus"],
        tone=price["mode.known_tone"] if hypothesis.toned else price["nikhahit.tone"],
        stray_aa=price["gap.before_follow"] if spaced else price["nikhahit.stray_aa"],
        carried=price["mark.carried"] * (0.75 if hypothesis.carried else 1.0),
        doubled=price["mark.doubled_alone"] if hypothesis.kept else price["mark.doubled"],
        letter_spaced=spaced,
        swapped=hypothesis.swapped,
    )


@lru_cache(maxsize=4_000)
def read(text: str, hypothesis: Hypothesis) -> Reading:
    """One run read: as it stands, but for the stretches around damage, of which none reaches over a blank that may be real."""
    run, sound = parse(text), standing(text)
    pieces = _pieces(run, hypothesis)
    near = _near(run, sound, hypothesis, pieces)
    path: list[Word] = []
    differs: list[bool] = []
    at = 0
    for first, last in _stretches(sound, near, pieces):
        path += sound[at:first]
        differs += [False] * (first - at)
        for word in walker().decode(run, mode(hypothesis), near, sound[first].start, sound[last].end):
            path.append(word)
            differs.append(run.seen(word.start, word.end) != word.text or (run.gapped and _is_broken(run, word)))
        at = last + 1
    path += sound[at:]
    differs += [False] * (len(sound) - at)
    return Reading(run, tuple(path), sum(word.cost for word in path), tuple(differs))


def _is_broken(run: Run, word: Word) -> bool:
    return any(run.gaps[word.start : word.end - 1]) or any(run.mark_gaps[word.start : word.end])


def _pieces(run: Run, hypothesis: Hypothesis) -> Container[int]:
    """The letters of `run` before which a blank stands that may be real."""
    if hypothesis.spaced or hypothesis.loose or not run.gapped:
        return ()
    text, out = run.text, set()
    start = 0
    for match in REAL_BLANK.finditer(text):
        blank = match.start()
        left, right = text[max(start, blank - ACROSS) : blank], text[blank + 1 : blank + 1 + ACROSS]
        part = right.partition(" ")[0]
        if not (
            BROKEN_END.search(left[-8:])
            or SHORT_START.match(right)
            or _is_parted(f"{left} {part}")
            or (not MARKS.isdisjoint(part[1:4]) and not standing(part)[0].known)  # "ใช ทร้ัพย์": the mark lies beyond the blank
        ):
            out.add(bisect_right(run.starts, blank + 1) - 1)
            start = blank + 1
    return out


def _is_parted(text: str) -> bool:
    """Whether a blank in `text` stands inside a word, or in a phrase that is written without."""
    known, data = lexicon(), encoded(text)
    return known.forms.in_text(text, data) or known.parted.in_text(text, data)


def _stretches(sound: tuple[Word, ...], near: bytes, pieces: Container[int]) -> Iterator[tuple[int, int]]:
    """First and last word of each stretch that a reading may change: what is near damage, and `GUARDS` words on either side."""
    begin, first, last = 0, -1, -1
    for number, word in enumerate(sound):
        if word.start in pieces:
            if first >= 0:
                yield max(first - GUARDS, begin), min(last + GUARDS, number - 1)
            begin, first = number, -1
        if near.find(1, word.start, word.end) >= 0:
            if first < 0:
                first = number
            elif number - last > 2 * GUARDS + 1:
                yield max(first - GUARDS, begin), last + GUARDS
                begin, first = last + GUARDS + 1, number
            last = number
    if first >= 0:
        yield max(first - GUARDS, begin), min(last + GUARDS, len(sound) - 1)


@lru_cache(maxsize=64)
def stood(text: str) -> Mapping[int, float]:
    """What a run costs as it stands, up to the letters where a word of that reading ends."""
    sound = standing(text)
    return dict(zip((0, *(word.end for word in sound)), accumulate((word.cost for word in sound), initial=0.0), strict=True))


@lru_cache(maxsize=50_000)
def standing(text: str) -> tuple[Word, ...]:
    """The cheapest words of a run without any change."""
    return walker().stand(text)


def standing_cost(text: str) -> float:
    """What `text` costs as it stands, run by run."""
    return sum(word.cost for match in RUN.finditer(text) for word in standing(match[0]))


def is_usual(text: str) -> bool:
    """Whether a run is made of usual words as it stands."""
    count = lexicon().count
    for word in standing(text):  # noqa: SIM110  no generator: this is asked of every damaged line of a document
        if word.ordinal < 0 or count[word.ordinal] < USUAL:
            return False
    return True


def _near(run: Run, sound: tuple[Word, ...], hypothesis: Hypothesis, pieces: Container[int]) -> bytes:
    """A 1 for every letter of `run` that is close to damage, or to what looks like it under `hypothesis`."""
    n, letters = len(run.letters), run.letters
    if hypothesis.spaced:
        return b"\x01" * n
    near = bytearray(_suspicious(run.text))
    if run.gapped:
        for at in range(n):
            if run.mark_gaps[at] or (run.gaps[at] and at + 1 not in pieces):
                _mark(near, at, at + 1)
    odd: Iterable[int] = ()
    if hypothesis.swapped or hypothesis.lost or hypothesis.toned:
        odd = (at for at in range(n) if letters[at] == "า")
    elif hypothesis.ligature:
        odd = (at for at in range(1, n) if letters[at] == "า" and run.marks[at - 1])
    for at in odd:
        _mark(near, at, at + 1)
    if hypothesis.carried:  # a place name with a carried mark may be two words: "ตะเคยีน"
        start, end = _behind_heads(sound, n)
        _mark(near, start, end)
    return bytes(near)


@lru_cache(maxsize=4_000)
def _suspicious(text: str) -> bytes:
    """A 1 for every letter close to what is impossible, to a false form or to a word that is rare or none."""
    run, known = parse(text), lexicon()
    near = bytearray(len(run.letters))
    for match in IMPOSSIBLE.finditer(text) if remembered_impossible(text) else ():
        for place in match.span():
            at = bisect_right(run.starts, place) - 1
            _mark(near, at, at + 1)
    for start, end in known.forms.spans(text, encoded(text)):
        _mark(near, bisect_right(run.starts, start) - 1, bisect_right(run.starts, end - 1))
    for word in standing(text):
        if word.ordinal < 0 or known.count[word.ordinal] < USUAL:
            _mark(near, word.start, word.end)
    return bytes(near)


def _mark(near: bytearray, start: int, end: int) -> None:
    """Marks letters `start` to `end` and those that damage seen there may belong to."""
    if start < end:
        start, end = max(start - BEFORE_DAMAGE, 0), min(end + 1, len(near))
        near[start:end] = b"\x01" * (end - start)


def _behind_heads(sound: tuple[Word, ...], n: int) -> tuple[int, int]:
    """From where to where the name of a place may stand: behind "ตำบล", or all of a short text."""
    flags = lexicon().flags
    for word in sound:
        if word.known and flags[word.ordinal] & HEAD:
            return word.end, n
    return 0, n if n <= NAME else 0


def best_hypothesis(text: str, runs: list[str], evidence: Evidence) -> Hypothesis:
    """The hypothesis under which the line costs least. One that explains nothing left unexplained so far is not tried."""
    best = Hypothesis(
        swapped=evidence.swaps_am,
        lost=evidence.loses_nikhahit,
        toned=evidence.tone_for_nikhahit,
        carried=evidence.carries_marks,
        kept=evidence.keeps_marks,
        loose=evidence.loosens,
        ligature=evidence.ligature_lost,
    )
    others = tuple(_others(text, evidence))
    if others and others[0][0] in THROUGHOUT and _is_strange(runs):
        first = best._replace(**{others[0][0]: True})
        if all(word.known for run in runs for word in read(run, first).path):
            return first  # nothing is left that reading the line without would explain better
    readings = [read(run, best) for run in runs]
    cost = sum(reading.cost for reading in readings)
    for changed, price, explains in others:
        if (changed == "spaced" or not (best.swapped or best.lost or best.toned)) and any(map(explains, readings)):
            other = best._replace(**{changed: True})
            tried = [read(run, other) for run in runs]
            total = price + sum(reading.cost for reading in tried)
            if total < cost:
                best, readings, cost = other, tried, total
    return best


def _others(text: str, evidence: Evidence) -> Iterator[tuple[str, float, Callable[[Reading], bool]]]:
    """What may be wrong beyond what the document shows: field of `Hypothesis`, what assuming it costs, what it explains."""
    price = thai.costs()
    if looks_spaced(text):
        share = 0.5 if evidence.spaced >= 2 else 0.7 if IMPOSSIBLE.search(text) else 1.0
        yield "spaced", price["mode.letter_spaced"] * share, _has_gaps
    am, aa = text.count("ำ"), text.count("า")
    if am > aa or BLANK_AM.search(text):
        yield "swapped", price["mode.swapped"], _has_odd_am
    if not am and aa:
        yield "lost", price["mode.nikhahit_lost"], _has_odd_am
        if "้า" in text:
            yield "toned", price["mode.tone_for_nikhahit"], _has_odd_am


def _is_strange(runs: list[str]) -> bool:
    """Whether a good part of the line as it stands is no words."""
    unknown = sum(not word.known for run in runs for word in standing(run))
    return unknown * STRANGE > sum(len(parse(run).letters) for run in runs)


def _has_gaps(reading: Reading) -> bool:
    """Whether letters stand outside words, or blanks inside them."""
    run = reading.run
    return any(
        not word.known or any(run.gaps[at] and run.letters[at + 1] != "า" for at in range(word.start, word.end - 1))
        for word in reading.path
    )


def _has_odd_am(reading: Reading) -> bool:
    """Whether a nikhahit was added or taken away without a blank to show for it, or a letter outside every word stands by an า."""
    run = reading.run
    letters, n = run.letters, len(run.letters)
    for word in reading.path:
        if not word.known:
            at = word.start
            if "า" in letters[max(at - 1, 0) : at + 2] or (at + 2 < n and letters[at + 2] == "า"):
                return True
        elif any(
            (unit[0] == "ำ") != run.am[at] and not (at and run.gaps[at - 1]) for at, unit in enumerate(word.units, word.start)
        ):
            return True
    return False


@lru_cache(maxsize=20_000)
def readable(text: str) -> bool:
    """Whether `text` is made of words that are not rare, as it stands."""
    known = lexicon()
    if known.frequency(text) >= COMMON_SHORT:  # a word of its own: no need to look for others in it
        return True
    return all(
        word.known and known.count[word.ordinal] >= (RARE if word.end - word.start > 1 else COMMON_SHORT) for word in standing(text)
    )
