"""Decodes a run of damaged Thai over the skeleton trie: the cheapest way to read its letters as words, marks conserved.

One Viterbi pass from left to right. A state is a place between two letters together with the marks that a word on the left
still waits for: damage carries marks to later letters, so "ปฏิบตัิ" is ปฏิบัติ whose ั was found one letter late. No letter is
ever added, dropped or changed; what a reading costs is in `rules/thai/costs.toml`.

Most of a damaged line is sound. Away from what may be damaged (`near`) a word is only looked for as it stands: one look-up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from ..rulebook import thai
from . import trie
from .letters import Run
from .lexicon import AM, HEAD, PLACE, Lexicon
from .script import LEADS

BEAM = 12.0
STATES = 4
LOST: Final = 1e9
LOOK_AHEAD: Final = 12
PRUNE: Final = 6.0
PRUNE_UNKNOWN: Final = 1.0
"""A place that costs this much more than some later one is inside a word already read: nothing begins there. The second is for a
place that only a letter outside every word leads to."""
MISSING: Final = object()
MARK_BITS: Final = AM - 1
TONE_BIT: Final = trie.BIT["้"]
WAITING = 3
"""Most marks that may wait at once: a tone and a vowel of one letter and one of the next."""
SHORT: Final = (1, 2)
"""Lengths of words that are looked for at every place; longer ones only where some word of that length begins alike."""


units = lru_cache(maxsize=50_000)(trie.units)


@dataclass(frozen=True, slots=True)
class Mode:
    """What the decoder expects of the line: the costs it plays with."""

    inside: float
    after_carried: float
    before_follow: float
    nikhahit_lost: float
    lost_under_tone: float
    surplus: float
    tone: float
    stray_aa: float
    carried: float
    letter_spaced: bool = False
    swapped: bool = False
    memory: dict[tuple[int, str, str], Any] = field(default_factory=dict, compare=False, hash=False)


class Word(NamedTuple):
    """One step of a path: letters `start` to `end` read as `text`; `ordinal` is that of the word, or -1 for a letter as it stands.

    `late`: its last letter took up a mark that was carried there.   `cost`: of the path up to its end.
    `waiting`: the marks that it still waits for.   A named tuple, because paths are made by the hundred thousand.
    """

    start: int
    end: int
    text: str
    ordinal: int
    late: bool
    cost: float
    waiting: str

    @property
    def known(self) -> bool:
        return self.ordinal >= 0

    @property
    def units(self) -> tuple[str, ...]:
        """The letters with their marks."""
        return units(self.text)


def as_it_stands(run: Run, lexicon: Lexicon) -> tuple[Word, ...]:
    """The cheapest way to read `run` without any change."""
    gaps, offsets, plain, alone = run.gaps, run.offsets, run.plain, run.alone
    lengths, exact, price, flags, place_cost = lexicon.lengths, lexicon.exact, lexicon.cost, lexicon.flags, _costs().place
    n = len(gaps)
    costs = [0.0] + [LOST] * n
    back = [(0, -1)] * (n + 1)
    letter_at = [-1] * (len(plain) + 1)
    for at, offset in enumerate(offsets):
        letter_at[offset] = at
    limit = -1
    low, low_at = LOST, 0  # the cheapest place ahead: what it undercuts is inside a word and starts none
    for place in range(n):
        cost = costs[place]
        before = back[place][1]
        if low_at <= place:
            low = min(costs[place + 1 : place + 1 + LOOK_AHEAD])
            low_at = costs.index(low, place + 1)
        step = cost + alone[place]
        if step < costs[place + 1]:
            costs[place + 1] = step
            back[place + 1] = (place, -1)
            if step < low:
                low, low_at = step, place + 1
        if cost > low + (PRUNE if before >= 0 or not place else PRUNE_UNKNOWN):
            continue
        start = offsets[place]
        if limit <= start:  # no word reaches over a blank
            limit = offsets[next((at + 1 for at in range(place, n) if gaps[at]), n)]
        headed = before >= 0 and flags[before] & HEAD
        for length in (*SHORT, *lengths.get(plain[start : start + 3], ())):
            end = start + length
            if end > limit:
                break
            at = letter_at[end]
            ordinal = exact.get(plain[start:end], -1) if at >= 0 else -1
            if ordinal >= 0:
                named = flags[ordinal] & PLACE and (headed or at - place == n)
                total = cost + (place_cost if named else price[ordinal])
                if total < costs[at]:
                    costs[at] = total
                    back[at] = (place, ordinal)
                    if total < low:
                        low, low_at = total, at
    path: list[Word] = []
    at = n
    while at:
        place, ordinal = back[at]
        path.append(Word(place, at, plain[offsets[place] : offsets[at]], ordinal, False, costs[at], ""))
        at = place
    path.reverse()
    return tuple(path)


def decode(run: Run, mode: Mode, lexicon: Lexicon, near: bytes) -> tuple[Word, ...]:
    """The cheapest path through `run`. `near` has a 1 for every letter close to damage; elsewhere words are read as they stand."""
    return _Decoder(run, mode, lexicon, near).path()


class _Decoder:
    __slots__ = ("costs", "lexicon", "mode", "near", "reach", "run", "states")

    def __init__(self, run: Run, mode: Mode, lexicon: Lexicon, near: bytes) -> None:
        self.run, self.mode, self.lexicon, self.near = run, mode, lexicon, near
        self.costs = _costs()
        # place -> waiting marks -> (cost, place before, waiting before, ordinal of the word or -1, late)
        self.states: list[dict[str, tuple[float, int, str, int, bool]]] = [{} for _ in range(len(run.letters) + 1)]
        self.states[0][""] = (0.0, -1, "", -1, False)
        # the least cost at which a place is reached with no mark waiting: a place that later ones undercut starts no word
        self.reach = [0.0] + [LOST] * len(run.letters)

    def path(self) -> tuple[Word, ...]:
        n, reach, near = len(self.run.letters), self.reach, self.near
        for place in range(n):
            here = self.states[place]
            if not here:
                continue
            if len(here) == 1 and "" in here:
                state = here[""]
                self._unknown(place, here)
                if reach[place] > min(reach[place + 1 : place + 1 + LOOK_AHEAD]) + (PRUNE if state[3] >= 0 else PRUNE_UNKNOWN):
                    continue
                clear = near.find(1, place)
                if clear != place:
                    if self._sound(place, state, clear if clear >= 0 else n):
                        self._words(place, here, clear)
                    continue
                self._words(place, here, place)
                continue
            alive = dict(sorted(here.items(), key=_by_cost)[:STATES])
            limit = next(iter(alive.values()))[0] + BEAM
            alive = {waiting: state for waiting, state in alive.items() if state[0] <= limit}
            self._unknown(place, alive)
            self._words(place, alive, place)
        lost = self.costs.lost
        final = self.states[n]
        waiting = min(final, key=lambda marks: final[marks][0] + lost * len(marks))
        path = self._trace_back(n, waiting)
        if waiting:  # a mark that nothing took up is paid for at the end
            path[-1] = path[-1]._replace(cost=path[-1].cost + lost * len(waiting))
        return tuple(path)

    def _unknown(self, place: int, alive: dict[str, tuple[float, int, str, int, bool]]) -> None:
        """Reads one letter as it stands. A mark that waits may be found on it; it gives none away."""
        step, marks = self.run.alone[place], self.run.marks[place]
        target = self.states[place + 1]
        for waiting, state in alive.items():
            cost, late = state[0] + step, False
            if waiting:
                if any(mark not in marks for mark in waiting):
                    continue
                cost += self.costs.later * len(waiting)
                late = True
            old = target.get("")
            if old is None or cost < old[0]:
                target[""] = (cost, place, waiting, -1, late)
                if cost < self.reach[place + 1]:
                    self.reach[place + 1] = cost

    def _sound(self, place: int, state: tuple[float, int, str, int, bool], clear: int) -> bool:
        """Reads words from `place` as they stand, as far as `clear`; whether longer ones may follow."""
        run, lexicon, states, reach = self.run, self.lexicon, self.states, self.reach
        codes, offsets, plain = run.codes, run.offsets, run.plain
        base, check, term, exact, price = lexicon.base, lexicon.check, lexicon.term, lexicon.exact, lexicon.cost
        flags = lexicon.flags
        cost, before = state[0], state[3]
        headed = before >= 0 and flags[before] & HEAD
        node, at, start = 0, place, offsets[place]
        while at < clear:
            code = codes[at]
            below = base[node] + code
            if not code or check[below] != node:
                return False
            node = below
            at += 1
            if term[node] >= 0:
                ordinal = exact.get(plain[start : offsets[at]])
                if ordinal is not None:
                    named = flags[ordinal] & PLACE and (headed or at - place == len(codes))
                    total = cost + (self.costs.place if named else price[ordinal])
                    old = states[at].get("")
                    if old is None or total < old[0]:
                        states[at][""] = (total, place, "", ordinal, False)
                        if total < reach[at]:
                            reach[at] = total
        return at < len(codes)

    def _words(self, place: int, alive: dict[str, tuple[float, int, str, int, bool]], clear: int) -> None:
        """Reads words from `place` under every reading that damage allows, where they reach beyond `clear`."""
        run, lexicon, states = self.run, self.lexicon, self.states
        codes, gaps, offsets, plain = run.codes, run.gaps, run.offsets, run.plain
        base, check, term, first = lexicon.base, lexicon.check, lexicon.term, lexicon.first
        memory = self.mode.memory
        masks, ahead, lexicon_words, lexicon_mask, lexicon_cost = run.masks, run.ahead, lexicon.words, lexicon.mask, lexicon.cost
        reach, flags, place_cost = self.reach, lexicon.flags, self.costs.place
        here = [
            (waiting, state, trie.mask(waiting) if waiting else 0, state[3] >= 0 and flags[state[3]] & HEAD)
            for waiting, state in alive.items()
        ]
        n = len(codes)
        node, at, gapped, have = 0, place, False, 0
        while at < n:
            code = codes[at]
            below = base[node] + code
            if not code or check[below] != node:
                return
            if at > place and gaps[at - 1]:
                gapped = True
            node = below
            have |= masks[at]
            at += 1
            group = term[node]
            if group < 0 or at <= clear:
                continue
            seen = plain[offsets[place] : offsets[at]]
            target = states[at]
            after = ahead[at]
            found_here = have | after
            key = ""
            for ordinal in range(first[group], first[group + 1]):
                wants = lexicon_mask[ordinal]
                marks = wants & MARK_BITS
                if marks & ~found_here:
                    continue
                spare = TONE_BIT | wants if wants & AM else wants
                for waiting, state, awaited, headed in here:
                    if have & ~(spare | awaited) or awaited & ~found_here:
                        continue
                    named = flags[ordinal] & PLACE and (headed or at - place == n)
                    cost = state[0] + (place_cost if named else lexicon_cost[ordinal])
                    if not waiting and not gapped and lexicon_words[ordinal] == seen:
                        left, late = "", False
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
                        if left and at < n and trie.mask(left) & ~after:
                            continue
                        cost += extra
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
        wanted_units = units(self.lexicon.words[ordinal])
        cost, late, toned = 0.0, False, -1
        for at, unit in zip(range(start, end), wanted_units, strict=True):
            seen, letter = run.marks[at], run.letters[at]
            wanted = unit[1:]
            late = False
            gap_before = run.gaps[at - 1] + (run.mark_gaps[at - 1] if run.am[at] else 0) if at else 0
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
                    elif mark == "้" and at + 1 < end and wanted_units[at + 1 - start][0] == "ำ" and not run.am[at + 1]:
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
            return mode.lost_under_tone if at and run.masks[at - 1] else mode.nikhahit_lost
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

    def _trace_back(self, place: int, waiting: str) -> list[Word]:
        words = self.lexicon.words
        path: list[Word] = []
        while place > 0:
            cost, before, had, ordinal, late = self.states[place][waiting]
            text = words[ordinal] if ordinal >= 0 else self._as_read(before, had)
            path.append(Word(before, place, text, ordinal, late, cost, waiting))
            place, waiting = before, had
        path.reverse()
        return path

    def _as_read(self, at: int, taken: str) -> str:
        """The unit of an unknown letter: its marks but those that an earlier word took."""
        run = self.run
        marks = run.marks[at]
        for mark in taken:
            marks = marks.replace(mark, "", 1)
        return ("ำ" if run.am[at] else run.letters[at]) + marks


def _by_cost(item: tuple[str, tuple[float, int, str, int, bool]]) -> float:
    return item[1][0]


@dataclass(frozen=True, slots=True)
class _Costs:
    unknown: float
    place: float
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
        place=table["word.place"],
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
