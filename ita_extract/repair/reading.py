"""Reads a run of Thai: as it stands, and near damage by the lattice, under the hypothesis about the line that makes it cheapest."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from ..rulebook import thai
from .evidence import BLANK_AM, LETTER, LOOSE, Evidence
from .lattice import Mode, Word, as_it_stands, decode
from .letters import Run, parse
from .lexicon import HEAD, lexicon
from .script import BLANK, CONSONANT, FOLLOW, IMPOSSIBLE, LEAD, MARK, MARKS

RUN = re.compile(f"[ก-ฺเ-๎]+(?:[{BLANK}]+[ก-ฺเ-๎]+)*")
REAL_BLANK = re.compile(rf"(?<![{LEAD}{BLANK}])[{BLANK}](?![{BLANK}{MARK}{FOLLOW}])")
"""A single blank that breaks no cluster."""
BROKEN_END = re.compile(rf"(?:^|[{BLANK}])[^{BLANK}]{{1,3}}$|[{CONSONANT}]{{2}}[{MARK}]+$")
SHORT_START = re.compile(rf"[^{BLANK}]{{1,3}}(?:[{BLANK}]|$)")
ACROSS = 12
"""Characters on either side of a blank in which a word with a blank in it is looked for."""
GUARDS = 2
"""Sound words that are read again on either side of damage: it may have moved the border of a word."""
NAME = 16
"""Letters of a text that may be nothing but the name of a place."""
BEFORE_DAMAGE = 3
"""Letters before a damaged one that the damage may belong to: a mark is carried over one letter, and over a leading vowel."""
SOUND, USUAL, COMMON_SHORT = 5.0, 60.0, 5_000.0
"""Counts: of a word that may stand beside a stray blank, and of words that soft damage is read as, long and short."""
MEMORY = 300_000


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What may be wrong with a line as a whole."""

    spaced: bool = False
    swapped: bool = False
    lost: bool = False
    toned: bool = False
    carried: bool = False
    loose: bool = False
    ligature: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """One run read under one hypothesis.

    `differs`: of each word of the path, whether it is read otherwise than it stands.   `stood`: what the run costs as it stands, up
    to the letters where a word of that reading ends.
    """

    run: Run
    path: tuple[Word, ...]
    cost: float
    differs: tuple[bool, ...]
    stood: Mapping[int, float]


@cache
def mode(hypothesis: Hypothesis) -> Mode:
    """The decoder's prices under a hypothesis."""
    price = thai.costs()
    spaced = hypothesis.spaced
    return Mode(
        inside=price["gap.spaced"] if spaced else price["gap.loose"] if hypothesis.loose else price["gap.inside"],
        after_carried=price["gap.spaced"] if spaced else price["gap.after_carried"],
        before_follow=price["gap.before_follow"],
        nikhahit_lost=price["mode.known_lost"] if hypothesis.lost else price["nikhahit.lost"],
        lost_under_tone=price["mode.known_lost"] if hypothesis.lost or hypothesis.ligature else price["nikhahit.lost"],
        surplus=price["mode.swapped_surplus"] if hypothesis.swapped else price["nikhahit.surplus"],
        tone=price["mode.known_tone"] if hypothesis.toned else price["nikhahit.tone"],
        stray_aa=price["gap.before_follow"] if spaced else price["nikhahit.stray_aa"],
        carried=price["mark.carried"] * (0.75 if hypothesis.carried else 1.0),
        letter_spaced=spaced,
        swapped=hypothesis.swapped,
    )


@lru_cache(maxsize=4_000)
def read(text: str, hypothesis: Hypothesis) -> Reading:
    """One run read. Between blanks that may be real each piece is read, and remembered, by itself."""
    run = parse(text)
    path: list[Word] = []
    stood = {0: 0.0}
    at, cost, standing_cost = 0, 0.0, 0.0
    for piece in _pieces(text, hypothesis):
        words = _read_piece(piece, hypothesis)
        path += words if not at else [_moved(word, at, cost) for word in words]
        for word in standing(piece):
            stood[word.end + at] = word.cost + standing_cost
        at, cost = path[-1].end, path[-1].cost
        standing_cost = stood[at]
    gapped = any(run.gaps) or any(run.mark_gaps)
    differs = tuple(run.seen(word.start, word.end) != word.text or (gapped and _is_broken(run, word)) for word in path)
    return Reading(run, tuple(path), cost, differs, stood)


def _is_broken(run: Run, word: Word) -> bool:
    return any(run.gaps[word.start : word.end - 1]) or any(run.mark_gaps[word.start : word.end])


def _moved(word: Word, at: int, cost: float) -> Word:
    return Word(word.start + at, word.end + at, word.text, word.ordinal, word.late, word.cost + cost, word.waiting)


def _pieces(text: str, hypothesis: Hypothesis) -> list[str]:
    if hypothesis.spaced or hypothesis.loose:
        return [text]
    parts = REAL_BLANK.split(text)
    if len(parts) == 1:
        return parts
    out = [parts[0]]
    known = lexicon()
    for part in parts[1:]:
        if (
            BROKEN_END.search(out[-1][-8:])
            or SHORT_START.match(part)
            or known.false_form(f"{out[-1][-ACROSS:]} {part[:ACROSS]}")
            or (part[1:2] in MARKS and not standing(part)[0].known)  # "ใช ท้รัพย์": the mark was carried over the blank
        ):
            out[-1] += f" {part}"
        else:
            out.append(part)
    return out


@lru_cache(maxsize=50_000)
def _read_piece(text: str, hypothesis: Hypothesis) -> tuple[Word, ...]:
    """Reads text between two blanks: as it stands, but for the stretches around damage."""
    run, sound = parse(text), standing(text)
    near = _near(text, run, sound, hypothesis)
    if 1 not in near:
        return sound
    path: list[Word] = []
    at, cost = 0, 0.0
    for first, last in _stretches(sound, near):
        path += _continued(sound, at, first, cost)
        start, end = sound[first].start, sound[last].end
        cost = path[-1].cost if path else 0.0
        stretch = _read_stretch(text[run.starts[start] : run.starts[end]].rstrip(BLANK), near[start:end], hypothesis)
        path += [_moved(word, start, cost) for word in stretch]
        cost = path[-1].cost
        at = last + 1
    path += _continued(sound, at, len(sound), cost)
    return tuple(path)


def _continued(sound: tuple[Word, ...], first: int, end: int, cost: float) -> Iterable[Word]:
    """Words `first` to `end` of the reading as it stands, behind a path that costs `cost`."""
    if not first:
        return sound[:end]
    shift = cost - sound[first - 1].cost
    return (_moved(word, 0, shift) for word in sound[first:end])


def _stretches(sound: tuple[Word, ...], near: bytes) -> Iterator[tuple[int, int]]:
    """First and last word of each stretch that a reading may change: what is near damage, and `GUARDS` words on either side."""
    first = last = -1
    for number, word in enumerate(sound):
        if 1 in near[word.start : word.end]:
            if first < 0:
                first = number
            elif number - last > 2 * GUARDS + 1:
                yield max(first - GUARDS, 0), last + GUARDS
                first = number
            last = number
    if first >= 0:
        yield max(first - GUARDS, 0), min(last + GUARDS, len(sound) - 1)


@lru_cache(maxsize=50_000)
def _read_stretch(text: str, near: bytes, hypothesis: Hypothesis) -> tuple[Word, ...]:
    chosen = mode(hypothesis)
    if len(chosen.memory) > MEMORY:
        chosen.memory.clear()
    return decode(parse(text), chosen, lexicon(), near)


@lru_cache(maxsize=50_000)
def standing(text: str) -> tuple[Word, ...]:
    """The cheapest words of a run without any change."""
    return as_it_stands(parse(text), lexicon())


def standing_cost(text: str) -> float:
    """What `text` costs as it stands, run by run."""
    return sum(standing(match[0])[-1].cost for match in RUN.finditer(text))


def read_cost(text: str) -> float:
    """What one piece costs as the lattice reads it."""
    return _read_piece(text, Hypothesis())[-1].cost


def _near(text: str, run: Run, sound: tuple[Word, ...], hypothesis: Hypothesis) -> bytes:
    """A 1 for every letter of `run` that is close to damage, or to what looks like it under `hypothesis`."""
    n = len(run.letters)
    if hypothesis.spaced:
        return b"\x01" * n
    odd: list[int] = []
    if any(run.gaps) or any(run.mark_gaps):
        odd += [at for at in range(n) if run.gaps[at] or run.mark_gaps[at]]
    odd += [bisect_right(run.starts, place) - 1 for match in IMPOSSIBLE.finditer(text) for place in match.span()]
    known = lexicon()
    for start, end in known.false_spans(text, text.encode("cp874", "replace")):
        odd += range(bisect_right(run.starts, start) - 1, bisect_right(run.starts, end - 1))
    for word in sound:
        if word.ordinal < 0 or known.count[word.ordinal] < USUAL:
            odd += range(word.start, word.end)
    if hypothesis.carried:  # a place name with a carried mark may be two words: "ตะเคยีน"
        odd += _behind_heads(sound, n)
    if hypothesis.swapped or hypothesis.lost or hypothesis.toned:
        odd += [at for at in range(n) if run.letters[at] == "า"]
    elif hypothesis.ligature:
        odd += [at for at in range(1, n) if run.letters[at] == "า" and run.masks[at - 1]]
    near = bytearray(n)
    for at in set(odd):
        first, end = max(at - BEFORE_DAMAGE, 0), min(at + 2, n)
        near[first:end] = b"\x01" * (end - first)
    return bytes(near)


def _behind_heads(sound: tuple[Word, ...], n: int) -> Iterable[int]:
    """The letters where the name of a place may stand: behind "ตำบล", or all of a short text."""
    flags = lexicon().flags
    for word in sound:
        if word.known and flags[word.ordinal] & HEAD:
            return range(word.end, n)
    return range(n if n <= NAME else 0)


def best_hypothesis(text: str, runs: list[str], evidence: Evidence) -> Hypothesis:
    """The hypothesis under which the line costs least. One that explains nothing left unexplained so far is not tried."""
    best = Hypothesis(
        swapped=evidence.swaps_am,
        lost=evidence.loses_nikhahit,
        toned=evidence.tone_for_nikhahit,
        carried=evidence.carries_marks,
        loose=evidence.loosens,
        ligature=evidence.ligature_lost,
    )
    readings = [read(run, best) for run in runs]
    cost = sum(reading.cost for reading in readings)
    for changed, price, explains in _others(text, evidence):
        if (changed == "spaced" or not (best.swapped or best.lost or best.toned)) and any(map(explains, readings)):
            other = replace(best, **{changed: True})
            tried = [read(run, other) for run in runs]
            total = price + sum(reading.cost for reading in tried)
            if total < cost:
                best, readings, cost = other, tried, total
    return best


def _others(text: str, evidence: Evidence) -> Iterator[tuple[str, float, Callable[[Reading], bool]]]:
    """What may be wrong beyond what the document shows: field of `Hypothesis`, what assuming it costs, what it explains."""
    price = thai.costs()
    gaps = len(LOOSE.findall(text))
    if gaps >= 3 and gaps * 6 > len(LETTER.findall(text)):
        share = 0.5 if evidence.spaced >= 2 else 0.7 if IMPOSSIBLE.search(text) else 1.0
        yield "spaced", price["mode.letter_spaced"] * share, _has_gaps
    am, aa = text.count("ำ"), text.count("า")
    if am > aa or BLANK_AM.search(text):
        yield "swapped", price["mode.swapped"], _has_odd_am
    if not am and aa:
        yield "lost", price["mode.nikhahit_lost"], _has_odd_am
        if "้า" in text:
            yield "toned", price["mode.tone_for_nikhahit"], _has_odd_am


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
    count = lexicon().count
    return all(
        word.known and count[word.ordinal] >= (SOUND if word.end - word.start > 1 else COMMON_SHORT) for word in standing(text)
    )
