"""Decodes a run of damaged Thai over the skeleton trie: the cheapest way to read its letters as words, marks conserved.

One Viterbi pass from left to right. A state is a place between two letters together with the marks that a word on the left
still waits for: damage carries marks to later letters, so "ปฏิบตัิ" is ปฏิบัติ whose ั was found one letter late. No letter is
ever added, dropped or changed; what a reading costs is in `rules/thai/costs.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final

from ..rulebook import thai
from . import trie
from .lexicon import AM, Lexicon
from .script import BLANK, LEADS, MARKS, in_order

BEAM = 12.0
STATES = 4
LOST: Final = 1e9
LOOK_AHEAD: Final = 20
PRUNE: Final = 6.0
PRUNE_UNKNOWN: Final = 1.0
"""A place that costs this much more than some later one is inside a word already read: nothing begins there. The second is for a
place that only a letter outside every word leads to."""
MISSING: Final = object()
MARK_BITS: Final = AM - 1
TONE_BIT: Final = trie.BIT["้"]
WAITING = 3
"""Most marks that may wait at once: a tone and a vowel of one letter and one of the next."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run of Thai taken apart. All tuples have one entry a letter.

    `letters`: the base letters, ำ as า.   `marks`: the marks read on each, canonical.   `am`: whether it was read as ำ.
    `gaps`: blanks after the letter and its marks.   `mark_gaps`: blanks read before one of its marks.
    `starts`: where the letter begins in the text, with the run's end at the back.   `masks`: the marks as bits.
    `ahead`: the marks on the letter and the two after it, as bits: a mark that is to be found later must be among them.
    `plain` is the run without blanks, `offsets` where each letter begins in it.
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


@dataclass(frozen=True, slots=True)
class Mode:
    """What the decoder expects of the line: the costs it plays with. `identity` admits no change at all."""

    inside: float
    after_carried: float
    before_follow: float
    nikhahit_lost: float
    surplus: float
    tone: float
    stray_aa: float
    carried: float
    letter_spaced: bool = False
    swapped: bool = False
    identity: bool = False
    memory: dict[tuple[int, str, str], Any] = field(default_factory=dict, compare=False, hash=False)


@dataclass(frozen=True, slots=True)
class Word:
    """One step of a path: letters `start` to `end` read as `text`, or as they stand where `known` is false.

    `late`: its last letter took up a mark that was carried there.   `cost`: of the path up to its end.
    """

    start: int
    end: int
    units: tuple[str, ...]
    known: bool
    late: bool
    cost: float
    waiting: str


@lru_cache(maxsize=4_000)
def parse(text: str, base: int = 0) -> Run:
    """Takes a run of Thai letters, marks and blanks apart.

    >>> run = parse("ที ่ด า"); run.letters, run.gaps, run.mark_gaps
    ('ทดา', (0, 1, 0), (1, 0, 0))
    """
    letters: list[str] = []
    marks: list[str] = []
    am: list[bool] = []
    gaps: list[int] = []
    mark_gaps: list[int] = []
    starts: list[int] = []
    blanks = 0
    for at, char in enumerate(text):
        if char in BLANK:
            blanks += 1
            continue
        if char in MARKS and letters:
            mark_gaps[-1] += blanks
            marks[-1] += char
        else:
            if gaps:
                gaps[-1] = blanks
            letters.append("า" if char == "ำ" else char)
            am.append(char == "ำ")
            marks.append("")
            gaps.append(0)
            mark_gaps.append(0)
            starts.append(base + at)
        blanks = 0
    starts.append(base + len(text))
    ordered = tuple(mark if len(mark) < 2 else in_order(mark) for mark in marks)
    shown = [("ำ" if is_am else letter) + mark for letter, mark, is_am in zip(letters, ordered, am, strict=True)]
    offsets = [0]
    for unit in shown:
        offsets.append(offsets[-1] + len(unit))
    codes = tuple(trie.CODES.get(letter, 0) for letter in letters)
    masks = [trie.mask(mark) for mark in ordered] + [0, 0, 0]
    ahead = tuple(one | two | three for one, two, three in zip(masks, masks[1:], masks[2:], strict=False))
    return Run(
        "".join(letters),
        ordered,
        tuple(am),
        tuple(gaps),
        tuple(mark_gaps),
        tuple(starts),
        codes,
        "".join(shown),
        tuple(offsets),
        tuple(masks),
        ahead,
    )


def decode(run: Run, mode: Mode, lexicon: Lexicon) -> tuple[tuple[Word, ...], float]:
    """The cheapest path through `run`, and its cost."""
    return _Decoder(run, mode, lexicon).path()


class _Decoder:
    __slots__ = ("costs", "lexicon", "mode", "reach", "run", "states")

    def __init__(self, run: Run, mode: Mode, lexicon: Lexicon) -> None:
        self.run, self.mode, self.lexicon = run, mode, lexicon
        self.costs = _costs()
        # place -> waiting marks -> (cost, place before, waiting before, ordinal of the word or -1, late)
        self.states: list[dict[str, tuple[float, int, str, int, bool]]] = [{} for _ in range(len(run.letters) + 1)]
        self.states[0][""] = (0.0, -1, "", -1, False)
        # the least cost at which a place is reached with no mark waiting: a place that later ones undercut starts no word
        self.reach = [0.0] + [LOST] * len(run.letters)

    def path(self) -> tuple[tuple[Word, ...], float]:
        n = len(self.run.letters)
        for place in range(n):
            here = self.states[place]
            if not here:
                continue
            ahead = min(self.reach[place + 1 : place + 1 + LOOK_AHEAD], default=LOST)
            if len(here) == 1 and "" in here and self.reach[place] > ahead + (PRUNE if here[""][3] >= 0 else PRUNE_UNKNOWN):
                self._unknown(place, list(here.items()))
                continue
            if len(here) > 1:
                alive = sorted(here.items(), key=_by_cost)[:STATES]
                limit = alive[0][1][0] + BEAM
                alive = [item for item in alive if item[1][0] <= limit]
            else:
                alive = list(here.items())
            self._unknown(place, alive)
            self._words(place, alive)
        lost = self.costs.lost
        final = self.states[n]
        waiting = min(final, key=lambda marks: final[marks][0] + lost * len(marks))
        cost = final[waiting][0] + lost * len(waiting)
        return self._trace_back(n, waiting), cost

    def _unknown(self, place: int, alive: list[tuple[str, tuple[float, int, str, int, bool]]]) -> None:
        """Reads one letter as it stands. A mark that waits may be found on it; it gives none away."""
        run, costs = self.run, self.costs
        letter, marks = run.letters[place], run.marks[place]
        step = costs.abbreviation if letter in "ฯๆ" else costs.unknown
        if marks and not "ก" <= letter <= "ฮ":
            step += costs.misplaced * len(marks)
        if letter in "าะ" and (place == 0 or run.gaps[place - 1]):
            step += costs.misplaced
        if letter in LEADS and run.gaps[place]:
            step += 3.0
        target = self.states[place + 1]
        for waiting, state in alive:
            cost, late = state[0] + step, False
            if waiting:
                if any(mark not in marks for mark in waiting):
                    continue
                cost += costs.later * len(waiting)
                late = True
            old = target.get("")
            if old is None or cost < old[0]:
                target[""] = (cost, place, waiting, -1, late)
                if cost < self.reach[place + 1]:
                    self.reach[place + 1] = cost

    def _words(self, place: int, alive: list[tuple[str, tuple[float, int, str, int, bool]]]) -> None:
        run, lexicon, states = self.run, self.lexicon, self.states
        codes, gaps, offsets, plain = run.codes, run.gaps, run.offsets, run.plain
        base, check, term, first = lexicon.base, lexicon.check, lexicon.term, lexicon.first
        identity, memory = self.mode.identity, self.mode.memory
        masks, ahead, lexicon_words, lexicon_mask, lexicon_cost = run.masks, run.ahead, lexicon.words, lexicon.mask, lexicon.cost
        reach = self.reach
        here = [(waiting, state, trie.mask(waiting) if waiting else 0) for waiting, state in alive]
        n = len(codes)
        node, at, gapped, have = 0, place, False, 0
        while at < n:
            code = codes[at]
            below = base[node] + code
            if not code or check[below] != node:
                return
            if at > place and gaps[at - 1]:
                gapped = True
                if identity:
                    return
            node = below
            have |= masks[at]
            at += 1
            group = term[node]
            if group < 0:
                continue
            seen = plain[offsets[place] : offsets[at]]
            target = states[at]
            key = ""
            for ordinal in range(first[group], first[group + 1]):
                exact = lexicon_words[ordinal] == seen
                if identity and not exact:
                    continue
                price, wants = lexicon_cost[ordinal], lexicon_mask[ordinal]
                spare = TONE_BIT | wants if wants & AM else wants
                for waiting, state, awaited in here:
                    if exact and not waiting and not gapped:
                        cost, left, late = state[0] + price, "", False
                    elif (wants & MARK_BITS | awaited) & ~(have | ahead[at]) or have & ~(spare | awaited):
                        continue
                    else:
                        if not key:
                            key = self._span(place, at)
                        memo = (ordinal, key, waiting)
                        found = memory.get(memo, MISSING)
                        if found is MISSING:
                            found = memory[memo] = self._match(ordinal, place, at, waiting)
                        if found is None:
                            continue
                        extra, left, late = found
                        if left and trie.mask(left) & ~ahead[at]:
                            continue
                        cost = state[0] + price + extra
                    if left and at == n:
                        cost += self.costs.lost * len(left)
                        left = ""
                    old = target.get(left)
                    if old is None or cost < old[0]:
                        target[left] = (cost, place, waiting, ordinal, late)
                        if not left and cost < reach[at]:
                            reach[at] = cost

    def _span(self, start: int, end: int) -> str:
        """All that `_match` looks at: the letters with marks, blanks and the blank before."""
        run = self.run
        parts = ["~" if start and run.gaps[start - 1] else ""]
        for at in range(start, end):
            parts.append(run.plain[run.offsets[at] : run.offsets[at + 1]])
            if run.gaps[at]:
                parts.append(" " if run.gaps[at] == 1 else "  ")
            if run.mark_gaps[at]:
                parts.append("^")
        return "".join(parts)

    def _match(self, ordinal: int, start: int, end: int, waiting: str) -> tuple[float, str, bool] | None:
        """Reads letters `start` to `end` as a word: what that costs, the marks still awaited, whether the end took one up."""
        run, mode, costs = self.run, self.mode, self.costs
        units = _units(self.lexicon.words[ordinal])
        cost, late, toned = 0.0, False, -1
        for at, unit in zip(range(start, end), units, strict=True):
            seen, letter = run.marks[at], run.letters[at]
            wanted = unit[1:]
            late = False
            gap_before = run.gaps[at - 1] if at else 0
            if unit[0] == "ำ" or run.am[at] or (letter == "า" and gap_before):
                cost += 0.0 if at == toned else self._nikhahit(at, unit[0] == "ำ", gap_before)
            if waiting or seen != wanted:
                rest, need, last = waiting, wanted, ""
                for mark in seen:
                    if mark in rest:
                        rest = rest.replace(mark, "", 1)
                        late, last = True, mark
                    elif mark in need:
                        need = need.replace(mark, "", 1)
                        last = mark
                    elif mark == last or mark in wanted:
                        cost += costs.doubled
                    elif mark == "้" and at + 1 < end and units[at + 1 - start][0] == "ำ" and not run.am[at + 1]:
                        cost += mode.tone
                        toned = at + 1
                    else:
                        return None
                if rest:
                    cost += costs.later * len(rest)
                if need:
                    if letter < "ก" or letter > "ฮ":
                        return None
                    cost += mode.carried * len(need)
                waiting = rest + need
                if len(waiting) > WAITING:
                    return None
            if run.gaps[at]:
                if at < end - 1:
                    cost += self._inside(at, late)
                elif letter in LEADS:
                    cost += 5.0
        return cost, waiting, late

    def _nikhahit(self, at: int, is_am: bool, gap: int) -> float:
        """The price of reading the า or ำ at `at` as ำ (`is_am`) or as า."""
        run, mode, costs = self.run, self.mode, self.costs
        if run.am[at]:
            if is_am:
                return 0.0 if gap or not mode.swapped else 4.0
            return costs.surplus_split if gap else mode.surplus
        if is_am:
            if gap:
                return costs.split if not mode.letter_spaced else 1.0
            if at and run.mark_gaps[at - 1]:
                return min(1.5, mode.nikhahit_lost)
            return mode.nikhahit_lost
        if at and not gap:
            return 0.0
        return mode.stray_aa if at else 0.0

    def _inside(self, at: int, late: bool) -> float:
        """The price of the blanks after the letter at `at`, inside a word."""
        run, mode, costs = self.run, self.mode, self.costs
        following = run.letters[at + 1]
        if following == "า":
            return 0.0  # paid for by `_nikhahit`
        if run.letters[at] in LEADS:
            return costs.after_lead
        if following == "ะ":
            return costs.before_follow
        wide = 0.0 if run.gaps[at] == 1 else 4.0
        return wide + (mode.after_carried if late else mode.inside)

    def _trace_back(self, place: int, waiting: str) -> tuple[Word, ...]:
        words = self.lexicon.words
        path: list[Word] = []
        while place > 0:
            cost, before, had, ordinal, late = self.states[place][waiting]
            units = _units(words[ordinal]) if ordinal >= 0 else (self._as_read(before, had),)
            path.append(Word(before, place, units, ordinal >= 0, late, cost, waiting))
            place, waiting = before, had
        path.reverse()
        return tuple(path)

    def _as_read(self, at: int, taken: str) -> str:
        """The unit of an unknown letter: its marks but those that an earlier word took."""
        run = self.run
        marks = run.marks[at]
        for mark in taken:
            marks = marks.replace(mark, "", 1)
        return ("ำ" if run.am[at] else run.letters[at]) + marks


_units = lru_cache(maxsize=50_000)(trie.units)


def _by_cost(item: tuple[str, tuple[float, int, str, int, bool]]) -> float:
    return item[1][0]


@dataclass(frozen=True, slots=True)
class _Costs:
    unknown: float
    abbreviation: float
    later: float
    doubled: float
    lost: float
    misplaced: float
    split: float
    surplus_split: float
    after_lead: float
    before_follow: float


@cache
def _costs() -> _Costs:
    table = thai.costs()
    return _Costs(
        unknown=table["word.unknown"],
        abbreviation=table["word.abbreviation"],
        later=table["mark.later"],
        doubled=table["mark.doubled"],
        lost=table["mark.lost"],
        misplaced=table["mark.misplaced"],
        split=table["nikhahit.split"],
        surplus_split=table["nikhahit.surplus_split"],
        after_lead=table["gap.after_lead"],
        before_follow=table["gap.before_follow"],
    )
