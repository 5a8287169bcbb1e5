"""Reads a damaged line: which hypothesis about the damage is cheapest, which changes are sure enough, which blanks are real."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from ..model.trace import BLANK as DRAWN_BLANK
from ..model.trace import GAP, INK_BELOW
from ..rulebook import thai
from . import glyphs, marks
from .draft import Draft, trimmed
from .evidence import BLANK_AM, LETTER, LOOSE, Evidence
from .gate import is_suspect
from .lattice import Mode, Run, Word, as_it_stands, decode, parse
from .lexicon import lexicon
from .script import BLANK, CONSONANT, FOLLOW, IMPOSSIBLE, LEAD, LEADS, MARK, MARKS

RUN = re.compile(f"[ก-ฺเ-๎]+(?:[{BLANK}]+[ก-ฺเ-๎]+)*")
WIDE = re.compile(rf"(?<=[^{BLANK}])[{BLANK}]{{2,}}(?=[^{BLANK}])")
BEFORE_STOP = re.compile(rf"(?<=[0-9๐-๙])[{BLANK}](?=[.)])")
AFTER_OPEN = re.compile(rf"(?<=\()[{BLANK}](?=[0-9๐-๙])")
TOO_MANY = re.compile(f"[{MARK}]{{7}}")
DEFAULT_SPACE = 0.08
NO_EVIDENCE = Evidence()
LOOSE_DOCUMENT, DAMAGED_LINE, PRIOR_WEIGHT = 0.1, 0.02, 30
"""How often a place inside a word has a stray blank before the line is seen, and how many places of the line outweigh it."""
SOUND, USUAL, COMMON_SHORT = 5.0, 60.0, 5_000.0
"""Counts: of a word that may stand beside a stray blank, and of words that soft damage is read as, long and short."""
EARLY = re.compile(f"([{MARK}]{{1,2}})([{LEAD}]?[{CONSONANT}])([ก-ฺเ-๎]*)")
THAI_END = re.compile(f"[ก-ฺเ-๎]{{0,40}}[{CONSONANT}]$")
THAI_START = re.compile("[ก-ฺเ-๎]{0,40}")
TITLED = re.compile(
    rf"(?:^|[{BLANK}(./|])(?:นาย(?!ก?องค|กเทศ|กรัฐ|กสม|กสภ)|นางสาว|นาง|น\.ส\.|ด\.[ชญ]\.|ดร\.|ร\.[ตทอ]\.|[พส]\.[ตทอ]\.[ตทอ]?\.?)"
    rf"[{BLANK}]?[^{BLANK}]+(?:[{BLANK}]+[^{BLANK}]+)?"
)
"""A person's title and name: names are nobody's vocabulary, so nothing in them is changed on a guess."""
COMPOUND = 0.02
"""Rate of stray blanks from which a blank between the halves of a compound counts as stray."""
AFTER_CARRIED = 0.3
"""How often a reader puts a blank behind a carried mark where there is none."""
REAL_BLANK = re.compile(rf"(?<![{LEAD}{BLANK}])[{BLANK}](?![{BLANK}{MARK}{FOLLOW}])")
"""A single blank that breaks no cluster."""
BROKEN_END = re.compile(rf"(?:^|[{BLANK}])[^{BLANK}]{{1,3}}$|[{CONSONANT}]{{2}}[{MARK}]+$")
SHORT_START = re.compile(rf"[^{BLANK}]{{1,3}}(?:[{BLANK}]|$)")
ACROSS = 12
"""Characters on either side of a blank in which a word with a blank in it is looked for."""
ABBREVIATED = frozenset("ฯๆ")
GUARDS = 2
"""Sound words that are read again on either side of damage: it may have moved the border of a word."""
BEFORE_DAMAGE = 3
"""Letters before a damaged one that the damage may belong to: a mark is carried over one letter, and over a leading vowel."""
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
    """One run read under one hypothesis. `changed`: whether any word of the path is read otherwise than it stands."""

    run: Run
    path: tuple[Word, ...]
    cost: float
    changed: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One edit of a line with its rule and margin, in characters of the line."""

    start: int
    end: int
    new: str
    rule: str
    margin: float


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
def _read(text: str, hypothesis: Hypothesis) -> Reading:
    """One run read. Between blanks that may be real each piece is read, and remembered, by itself."""
    run = parse(text)
    path: list[Word] = []
    at, cost = 0, 0.0
    for piece in _pieces(text, hypothesis):
        words = _read_piece(piece, hypothesis)
        path += words if not at else [_moved(word, at, cost) for word in words]
        at, cost = path[-1].end, path[-1].cost
    return Reading(run, tuple(path), cost, any(_differs(run, word) for word in path))


def _moved(word: Word, at: int, cost: float) -> Word:
    return Word(word.start + at, word.end + at, word.units, word.known, word.late, word.cost + cost, word.waiting)


@lru_cache(maxsize=50_000)
def _read_piece(text: str, hypothesis: Hypothesis) -> tuple[Word, ...]:
    """Reads text between two blanks: as it stands, but for the stretches around damage."""
    run, standing = parse(text), _standing(text)
    near = _near(text, run, standing, hypothesis)
    path: list[Word] = []
    cost = 0.0
    at = 0
    for first, last in _stretches(standing, near):
        path += (word if not path else _moved(word, 0, cost - standing[at - 1].cost if at else cost) for word in standing[at:first])
        if path:
            cost = path[-1].cost
        start, end = standing[first].start, standing[last].end
        read = _read_stretch(text[run.starts[start] : run.starts[end]].rstrip(BLANK), near[start:end], hypothesis)
        path += read if not start else [_moved(word, start, cost) for word in read]
        cost = path[-1].cost
        at = last + 1
    if not path:
        return standing
    shift = cost - standing[at - 1].cost
    path += (_moved(word, 0, shift) for word in standing[at:])
    return tuple(path)


def _stretches(standing: tuple[Word, ...], near: bytes) -> Iterator[tuple[int, int]]:
    """The words, first and last of each stretch, that a reading may change: those near damage and `GUARDS` sound ones on either side."""
    first = last = -1
    for number, word in enumerate(standing):
        if 1 in near[word.start : word.end]:
            if first >= 0 and number - GUARDS <= last + GUARDS + 1:
                last = number
                continue
            if first >= 0:
                yield max(first - GUARDS, 0), last + GUARDS
            first = last = number
    if first >= 0:
        yield max(first - GUARDS, 0), min(last + GUARDS, len(standing) - 1)


@lru_cache(maxsize=50_000)
def _read_stretch(text: str, near: bytes, hypothesis: Hypothesis) -> tuple[Word, ...]:
    chosen = mode(hypothesis)
    if len(chosen.memory) > MEMORY:
        chosen.memory.clear()
    return decode(parse(text), chosen, lexicon(), near)


@lru_cache(maxsize=50_000)
def _standing(text: str) -> tuple[Word, ...]:
    """The cheapest words of `text` without any change."""
    return as_it_stands(parse(text), lexicon())


def _near(text: str, run: Run, standing: tuple[Word, ...], hypothesis: Hypothesis) -> bytes:
    """A 1 for every letter of `run` that is close to damage, or to what looks like it under `hypothesis`."""
    n = len(run.letters)
    if hypothesis.spaced:
        return b"\x01" * n
    odd = [at for at in range(n) if run.gaps[at] or run.mark_gaps[at]]
    odd += [bisect_right(run.starts, place) - 1 for match in IMPOSSIBLE.finditer(text) for place in match.span()]
    known = lexicon()
    for start, end in known.false_spans(text):
        odd += range(bisect_right(run.starts, start) - 1, bisect_right(run.starts, end - 1))
    for word in standing:
        if not word.known or known.frequency("".join(word.units)) < USUAL:
            odd += range(word.start, word.end)
    if hypothesis.swapped or hypothesis.lost or hypothesis.toned:
        odd += [at for at in range(n) if run.letters[at] == "า"]
    elif hypothesis.ligature:
        odd += [at for at in range(1, n) if run.letters[at] == "า" and run.masks[at - 1]]
    near = bytearray(n)
    for at in odd:
        for place in range(max(at - BEFORE_DAMAGE, 0), min(at + 2, n)):
            near[place] = 1
    return bytes(near)


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
            or (part[1:2] in MARKS and not _standing(part)[0].known)  # "ใช ท้รัพย์": the mark was carried over the blank
        ):
            out[-1] += f" {part}"
        else:
            out.append(part)
    return out


def early_mark(draft: Draft) -> None:
    """Moves a mark that opens a line onto the first consonant, where that makes its first words readable.

    A page that draws the marks of a running head before its letters gives "่เลม ๑๓๘" for "เล่ม ๑๓๘".

    >>> draft = Draft("่เลม ๑๓๘"); early_mark(draft); draft.text
    'เล่ม ๑๓๘'
    """
    match = EARLY.match(draft.text)
    if match and _readable(match[2] + match[1] + match[3]):
        draft.edit("early-mark", [(match.start(), match.end(2), match[2] + match[1])])


def ink_below(draft: Draft) -> None:
    """Reads a glyph without Unicode that the page draws below a consonant as ุ or ู, whichever makes the cheaper words.

    >>> draft = Draft("สาธารณส ข", ".......v."); ink_below(draft); draft.text
    'สาธารณสุข'
    """
    at = draft.trace.find(INK_BELOW)
    while at >= 0:
        before, after = THAI_END.search(draft.text[max(at - 41, 0) : at]), THAI_START.match(draft.text, at + 1)
        vowel = ""
        if before:
            tail = after[0] if after else ""
            _, vowel = min((_read_piece(before[0] + sign + tail, Hypothesis())[-1].cost, sign) for sign in "ุู")
        draft.edit("traced-vowel", [(at, at + 1, vowel or draft.text[at])])
        at = draft.trace.find(INK_BELOW, at + 1)


def read_line(draft: Draft, evidence: Evidence | None) -> None:
    """Replaces what the lattice reads better in `draft`, one step a word."""
    text = draft.text
    runs = [match for match in RUN.finditer(text) if len(match[0]) > 1 and not TOO_MANY.search(match[0])]
    if not runs:
        return
    known = evidence or NO_EVIDENCE
    best = _best_hypothesis(text, [match[0] for match in runs], known)
    hard = bool(draft.steps) or bool(IMPOSSIBLE.search(text))
    changes: list[Change] = []
    readings = [_read(m[0], best) for m in runs]
    stray = _stray_rate(readings, best, known, hard)
    draft.seen = tuple(sum(count(reading) for reading in readings) for count in (_inner_blank_marks, _carried_blanks))
    double = _has_double(text)
    for match in runs:
        traced = draft.trace[match.start() : match.end()]
        changes += _changes(match[0], match.start(), traced, best, known, hard, stray, double)
        if (
            text.startswith("  ", match.end())
            and changes
            and changes[-1].end >= match.end() - 1
            and changes[-1].rule == "carried-mark"
        ):
            changes.append(Change(match.end(), match.end() + 1, "", "stray-space", changes[-1].margin))
    for change in reversed(changes):
        if text[change.start : change.end] == change.new:
            changes.remove(change)
    shift = 0
    for change in changes:
        before = len(draft.text)
        draft.edit(change.rule, [(change.start + shift, change.end + shift, change.new)], round(change.margin, 2))
        shift += len(draft.text) - before
    if best.spaced:
        draft.sub("letter-spacing", WIDE, " ")
        draft.sub("letter-spacing", BEFORE_STOP, "")
        draft.sub("letter-spacing", AFTER_OPEN, "")


def _best_hypothesis(text: str, runs: list[str], evidence: Evidence) -> Hypothesis:
    """The hypothesis under which the line costs least. One that explains nothing that the cheapest so far left unexplained is not tried."""
    best = Hypothesis(
        swapped=evidence.swaps_am,
        lost=evidence.loses_nikhahit,
        toned=evidence.tone_for_nikhahit,
        carried=evidence.carries_marks,
        loose=evidence.loosens,
        ligature=evidence.ligature_lost,
    )
    readings = [_read(run, best) for run in runs]
    cost = sum(reading.cost for reading in readings)
    for changed, price, explains in _others(text, evidence):
        if (changed == "spaced" or not (best.swapped or best.lost or best.toned)) and any(map(explains, readings)):
            other = replace(best, **{changed: True})
            tried = [_read(run, other) for run in runs]
            total = price + sum(reading.cost for reading in tried)
            if total < cost:
                best, readings, cost = other, tried, total
    return best


def _others(text: str, evidence: Evidence) -> Iterator[tuple[str, float, Callable[[Reading], bool]]]:
    """What may be wrong with the line beyond what the document shows: field of `Hypothesis`, what assuming it costs, what it explains."""
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
def _readable(text: str) -> bool:
    """Whether `text` is made of words that are not rare, as it stands."""
    known = lexicon()
    return all(
        word.known and known.frequency("".join(word.units)) >= (SOUND if len(word.units) > 1 else COMMON_SHORT)
        for word in _standing(text)
    )


def _halves(word: Word, at: int) -> bool:
    """Whether a blank behind letter `at` would part `word` into two words."""
    cut = at + 1 - word.start
    left, right = "".join(word.units[:cut]), "".join(word.units[cut:])
    return len(left) > 1 and len(right) > 1 and _readable(left) and _readable(right)


def _has_double(text: str) -> bool:
    return bool(re.search(f"[ก-๎][{BLANK}]{{2,}}[ก-๎]", text))


def _inner_blank_marks(reading: Reading) -> int:
    """Blanks before a mark inside a word: there no real space can be meant."""
    return sum(any(reading.run.mark_gaps[word.start : word.end - 1]) for word in reading.path)


def _carried_blanks(reading: Reading) -> int:
    """Blanks behind a carried mark inside a word."""
    run = reading.run
    return sum(
        run.gaps[at] == 1 and run.letters[at + 1] not in "าะ" and len(run.marks[at]) > len(word.units[at - word.start]) - 1
        for word in reading.path
        for at in range(word.start, word.end - 1)
    )


def _stray_rate(readings: list[Reading], hypothesis: Hypothesis, evidence: Evidence, hard: bool) -> float:
    """How often the line has a blank where there is none on the page: blanks inside words over places inside words.

    Not counted: a blank that is a nikhahit, one behind a carried mark, and one that may stand between two words.
    """
    inside = blanks = 0
    for reading in readings:
        run = reading.run
        for word in reading.path:
            for at in range(word.start, word.end - 1):
                inside += 1
                if run.gaps[at] and run.letters[at + 1] not in "าะ" and not _halves(word, at):
                    blanks += run.plain[run.offsets[at] : run.offsets[at + 1]] == word.units[at - word.start]
    if hypothesis.spaced:
        return max(blanks / max(inside, 1), 0.3)
    prior = LOOSE_DOCUMENT if evidence.loosens else DAMAGED_LINE if hard else 0.0
    return (blanks + prior * PRIOR_WEIGHT) / (inside + PRIOR_WEIGHT) if blanks else prior * PRIOR_WEIGHT / (inside + PRIOR_WEIGHT)


def _changes(
    text: str, base: int, trace: str, hypothesis: Hypothesis, evidence: Evidence, hard: bool, stray: float, double: bool
) -> Iterator[Change]:
    best = _read(text, hypothesis)
    run = best.run
    accepted = _accepted(text, best, hard, hypothesis, evidence)
    blank = _blanks(text, trace, best, accepted, hypothesis, evidence, stray, double)
    for word in best.path:
        sure, margin = accepted[word.start]
        start = end = -1
        new: list[str] = []
        edit: list[str] = []
        for at in range(word.start, word.end):
            old = text[run.starts[at] : run.starts[at + 1]]
            unit = (word.units[at - word.start] if sure else old.rstrip(BLANK)) + blank[at]
            if unit != old:
                if start < 0:
                    start = at
                end = at + 1
                new += edit
                edit = []
                new.append(unit)
            elif start >= 0:
                edit.append(unit)
        if start >= 0:
            old = text[run.starts[start] : run.starts[end]]
            at, to, after = trimmed(run.starts[start], old, "".join(new))
            yield Change(base + at, base + to, after, rule_name(text, at, to, after, hypothesis), margin)


def _accepted(text: str, best: Reading, hard: bool, hypothesis: Hypothesis, evidence: Evidence) -> list[tuple[bool, float]]:
    """For every letter, whether the best path is taken there, and the margin of the stretch it lies in.

    The path is cut where no mark waits; each stretch between two cuts stands or falls on its own.
    """
    run, words = best.run, best.path
    price = thai.costs()
    out: list[tuple[bool, float]] = [(False, 0.0)] * len(run.letters)
    close = hard or evidence.damaged or hypothesis.spaced or hypothesis.swapped
    limit = 0.0 if evidence.font_fails else price["margin.close"] if close else price["margin.soft"]
    names = () if close else tuple(match.span() for match in TITLED.finditer(text))
    first = 0
    for number, word in enumerate(words):
        if word.waiting:
            continue
        stretch = words[first : number + 1]
        if any(_differs(run, item) for item in stretch):
            margin = _margin(text, run, words, first, number)
            piece = text[run.starts[max(stretch[0].start - 1, 0)] : run.starts[word.end]]
            sure = True
            if not IMPOSSIBLE.search(piece):
                sure = (
                    margin >= limit
                    and not _beside_unknown(run, words, first, number)
                    and (close or all(_usual(run, item) for item in stretch))
                )
                if sure and any(start <= run.starts[word.start] < end for start, end in names):
                    sure = False
                if sure and _only_blanks(run, stretch) and not (hypothesis.spaced or evidence.loosens):
                    sure = (margin >= price["margin.blank"] and _no_halves(run, stretch)) or (hard and _all_glued(run, stretch))
            out[stretch[0].start : word.end] = [(sure, margin)] * (word.end - stretch[0].start)
        first = number + 1
    return out


def _usual(run: Run, word: Word) -> bool:
    """Whether a word that wants marks it has not is one that soft damage may be read as: far likelier than a name like it."""
    if not word.known or (
        not any(mark not in run.marks[at] for at in range(word.start, word.end) for mark in word.units[at - word.start][1:])
        and not any(unit[0] == "ำ" and not run.am[word.start + at] for at, unit in enumerate(word.units))
    ):
        return True
    count = lexicon().frequency("".join(word.units))
    return count >= COMMON_SHORT or (count >= USUAL and word.end - word.start >= 3)


def _margin(text: str, run: Run, words: tuple[Word, ...], first: int, last: int) -> float:
    """What the changes of words `first` to `last` save, measured with one word on either side so that other cuts are seen."""
    if (
        first
        and not run.gaps[words[first].start - 1]
        and not words[first - 1].waiting
        and (first < 2 or not words[first - 2].waiting)
    ):
        first -= 1
    if last + 1 < len(words) and not run.gaps[words[last].end - 1] and not words[last + 1].waiting:
        last += 1
    before = words[first - 1].cost if first else 0.0
    piece = text[run.starts[words[first].start] : run.starts[words[last].end]].strip(BLANK)
    return (_standing(piece)[-1].cost if piece else 0.0) - (words[last].cost - before)


def _differs(run: Run, word: Word) -> bool:
    if any(run.gaps[at] for at in range(word.start, word.end - 1)) or any(run.mark_gaps[word.start : word.end]):
        return True
    return run.plain[run.offsets[word.start] : run.offsets[word.end]] != "".join(word.units)


def _only_blanks(run: Run, stretch: Iterable[Word]) -> bool:
    return all(run.plain[run.offsets[word.start] : run.offsets[word.end]] == "".join(word.units) for word in stretch)


def _all_glued(run: Run, stretch: Iterable[Word]) -> bool:
    return all(not any(run.gaps[word.start : word.end - 1]) or "".join(word.units) in thai.glued() for word in stretch)


def _no_halves(run: Run, stretch: Iterable[Word]) -> bool:
    """Whether every blank inside a word of the stretch parts it into pieces that are no words."""
    return not any(run.gaps[at] and _halves(word, at) for word in stretch for at in range(word.start, word.end - 1))


def _beside_unknown(run: Run, words: tuple[Word, ...], first: int, last: int) -> bool:
    """Whether letters outside every word touch the stretch, or lie in it: a name, where nothing is changed on a guess."""
    if any(not word.known and word.units[0] not in ABBREVIATED for word in words[first : last + 1]):
        return True
    if (
        first
        and not words[first - 1].known
        and not run.gaps[words[first].start - 1]
        and words[first - 1].units[0] not in ABBREVIATED
    ):
        return True
    after = words[last + 1] if last + 1 < len(words) else None
    return after is not None and not after.known and not run.gaps[words[last].end - 1] and after.units[0] not in ABBREVIATED


def _blanks(
    text: str,
    trace: str,
    best: Reading,
    accepted: list[tuple[bool, float]],
    hypothesis: Hypothesis,
    evidence: Evidence,
    stray: float,
    double: bool,
) -> list[str]:
    """The blank to put after every letter."""
    run = best.run
    out: list[str] = []
    for number, word in enumerate(best.path):
        sure = accepted[word.start][0]
        following = best.path[number + 1] if number + 1 < len(best.path) else None
        for at in range(word.start, word.end):
            end = run.starts[at + 1]
            gap = text[end - run.gaps[at] : end]
            if at < word.end - 1:
                seen = bool(gap) and not hypothesis.spaced and _is_seen(trace[end - run.gaps[at] : end])
                out.append(_within(run, at, word, gap, sure, hypothesis, stray, seen))
            elif following is None:
                out.append(gap)
            else:
                traced = trace[end - run.gaps[at] : end]
                left = word._replace(late=word.late and sure)
                out.append(_between(run, at, left, following, gap, traced, hypothesis, evidence, stray, double))
    return out


def _is_seen(trace: str) -> bool:
    """Whether a blank is on the page: a gap wide enough to be seen, or a space that the producer wrote."""
    return bool(trace) and (GAP in trace or DRAWN_BLANK in trace)


def _within(run: Run, at: int, word: Word, gap: str, sure: bool, hypothesis: Hypothesis, stray: float, seen: bool) -> str:
    """The blank inside a word of the path: none, unless the word is two words and the page or the line speaks for the blank."""
    if not gap or hypothesis.spaced or run.letters[at] in LEADS or run.letters[at + 1] in "าะ":
        return gap if gap and not sure and not hypothesis.spaced else ""
    if not sure:
        return gap
    if run.plain[run.offsets[at] : run.offsets[at + 1]] != word.units[at - word.start] or not _halves(word, at):
        return ""
    if seen:
        return gap
    return gap if stray < COMPOUND and (stray <= 0.0 or "".join(word.units) not in thai.glued()) else ""


def _between(
    run: Run,
    at: int,
    left: Word,
    right: Word,
    gap: str,
    trace: str,
    hypothesis: Hypothesis,
    evidence: Evidence,
    stray: float,
    double: bool,
) -> str:
    """The blank between two words of the path."""
    if not gap:
        if run.mark_gaps[at] and left.known and right.known:
            odds = space_odds(left, right)
            if evidence.texts and not evidence.blank_mark:  # this document carries marks over letters, and so over spaces
                return " " if odds > COMPOUND else ""
            carried, before = (evidence.carried + 1.0, evidence.blank_mark + 0.5) if evidence.texts else (1.0, 3.0)
            return " " if odds * carried / before > 1.0 else ""
        return ""
    if run.letters[at] in LEADS or run.letters[at + 1] in "าะ":
        return "" if left.known or right.known else gap
    if hypothesis.spaced and len(gap) > 1:
        return " "
    if len(gap) > 1:
        return " " if left.late and len(gap) == 2 else gap
    if hypothesis.spaced and double:
        return ""
    rate = 5 * stray if hypothesis.spaced else stray
    if left.late:
        rate = max(rate, (evidence.carried_blank + AFTER_CARRIED) / (evidence.carried + 1.0))
    if _is_seen(trace) and not hypothesis.spaced:
        return gap
    if rate <= 0.0 or not (left.known and right.known):
        return gap if not hypothesis.spaced else ""
    return gap if space_odds(left, right) > rate else ""


def space_odds(left: Word, right: Word) -> float:
    """The odds that official Thai leaves a space between two words."""
    table = thai.boundaries()
    after = table.get("".join(left.units), (0.0, DEFAULT_SPACE))[1]
    before = max(table.get("".join(right.units), (DEFAULT_SPACE, 0.0))[0], DEFAULT_SPACE)
    usual = DEFAULT_SPACE / (1 - DEFAULT_SPACE)
    return (after / (1 - after)) * (before / (1 - before)) / usual


def rule_name(text: str, start: int, end: int, new: str, hypothesis: Hypothesis) -> str:
    """The name of what an edit put right, for the log."""
    old = text[start:end]
    if new.count("ำ") > old.count("ำ"):
        around = text[max(start - 1, 0) : end + 1]
        if "้" in old and "้" not in new and old.count("้") > new.count("้"):
            return "tone-for-nikhahit"
        return "split-sara-am" if re.search(f"[{BLANK}][่-๋]?า|[{BLANK}]$", old) or f" {old}" in around else "lost-nikhahit"
    if new.count("ำ") < old.count("ำ"):
        return "surplus-nikhahit"
    plain, fixed = (re.sub(f"[{BLANK}]", "", part) for part in (old, new))
    if plain == fixed:
        if f"{old}{text[end : end + 1]}".lstrip("่้๊๋").endswith(" ำ") or " ำ" in old:
            return "space-sara-am"
        if hypothesis.spaced:
            return "letter-spacing"
        return "space-mark" if text[end : end + 1] in MARKS or re.search(f"[{BLANK}][{MARK}]", old) else "stray-space"
    counted, wanted = Counter(plain), Counter(fixed)
    return "carried-mark" if counted == wanted else "doubled-mark"


SURVEYED = (
    glyphs.zero_width,
    glyphs.private_use,
    glyphs.mojibake,
    glyphs.foreign_letters,
    glyphs.traced_ink,
    glyphs.unmapped_glyph,
    marks.two_sara_e,
    marks.nikhahit_aa,
    marks.mark_order,
)


def observe(texts: Iterable[tuple[str, str]]) -> Evidence:
    """The counts of `evidence.survey`."""
    seen: Counter[str] = Counter()
    memory: dict[str, Counter[str]] = {}
    for raw, trace in texts:
        seen["texts"] += 1
        if raw.isascii():
            continue
        found = memory.get(raw)
        if found is None:
            found = memory[raw] = _observed(raw, trace)
        seen.update(found)
    return Evidence(**seen)


def _observed(raw: str, trace: str) -> Counter[str]:
    out: Counter[str] = Counter()
    out["am"], out["aa"] = raw.count("ำ"), raw.count("า")
    if not is_suspect(raw):
        return out
    at = 0
    for line in raw.split("\n"):
        draft = Draft(line, trace[at : at + len(line)])
        at += len(line) + 1
        for rule in SURVEYED:
            rule(draft)
        read_line(draft, None)
        names = Counter(step.rule for step in draft.steps)
        out["lost"] += names["lost-nikhahit"]
        out["toned"] += names["tone-for-nikhahit"]
        out["carried"] += names["carried-mark"]
        out["blank_mark"] += draft.seen[0]
        out["carried_blank"] += draft.seen[1]
        out["spaced"] += names["letter-spacing"] >= 3
        out["loose"] += names["stray-space"] if names["letter-spacing"] < 3 else 0
        out["split_am"] += names["split-sara-am"]
        out["blank_am"] += len(BLANK_AM.findall(line))
    return +out
