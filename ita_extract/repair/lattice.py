"""Decodes a run of damaged Thai over the skeleton trie: the cheapest way to read its letters as words, marks conserved.

One Viterbi pass from left to right. A state is a place between two letters together with the marks that a word on the left
still waits for: damage carries marks to later letters, so "ปฏิบตัิ" is ปฏิบัติ whose ั was found one letter late. No letter is
ever added, dropped or changed; what a reading costs is in `rules/thai/costs.toml`.

Most of a damaged line is sound. Away from what may be damaged (`near`) a word is only looked for as it stands: one look-up. Nearly
every place is reached with no mark waiting: these states are numbers in lists, and only the others are kept by their marks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final

from ..rulebook import thai
from . import trie
from .letters import Run, weigh
from .lexicon import AM, HEAD, PLACE, lexicon
from .script import LEADS
from .standing import LOOK_AHEAD, LOST, PRUNE, PRUNE_UNKNOWN, Word, place_cost, units

BEAM = 12.0
STATES = 4
MARK_BITS: Final = AM - 1
TONE_BIT: Final = trie.BIT["้"]
WAITING = 3
"""Most marks that may wait at once: a tone and a vowel of one letter and one of the next."""
MEMORY = 300_000
"""Matches remembered before they are forgotten: the words of a document are few, and each stands there in a few damages."""

Match = tuple[float, str, bool]
"""What reading letters as a word costs beside the word, the marks still awaited, whether its last letter took up a carried one."""
State = tuple[float, int, str, int, bool]
"""Cost, place before, marks awaited there, ordinal of the word or -1, late."""
UNSEEN: Final = (0.0, "?", False)
"""Stands for a match that is not in memory: None is one that failed."""


@dataclass(frozen=True, slots=True)
class Mode:
    """What the decoder expects of the line: the costs it plays with."""

    inside: float
    after_carried: float
    nikhahit_lost: float
    lost_under_tone: float
    surplus: float
    tone: float
    stray_aa: float
    carried: float
    doubled: float
    letter_spaced: bool = False
    swapped: bool = False
    memory: dict[tuple[int, str, str], Match | None] = field(default_factory=dict, compare=False, hash=False)


@lru_cache(maxsize=100_000)
def _fitting(group: int, have: int, found: int) -> tuple[tuple[int, str, float, bool, int], ...]:
    """The words of a skeleton that letters with the marks `have` may be: ordinal, word, cost, whether it names a place, its marks.

    A mark that a word wants must be in `found`, on its letters or a little later; one on its letters that it does not want is none
    of its own, unless it is the mai tho that a font shows for a nikhahit.
    """
    known = lexicon()
    out: list[tuple[int, str, float, bool, int]] = []
    for ordinal in range(known.first[group], known.first[group + 1]):
        wants = known.mask[ordinal]
        if not wants & MARK_BITS & ~found and not have & ~(TONE_BIT | wants if wants & AM else wants):
            out.append((ordinal, known.words[ordinal], known.cost[ordinal], bool(known.flags[ordinal] & PLACE), wants))
    return tuple(out)


def decode(run: Run, mode: Mode, near: bytes, first: int = 0, end: int | None = None) -> tuple[Word, ...]:
    """The cheapest path through the letters `first` to `end` of `run`.

    `near` has a 1 for every letter close to damage; elsewhere words are read as they stand.
    """
    return _Decoder(run, mode, near, first, len(run.letters) if end is None else end).path()


class _Decoder:
    __slots__ = ("costs", "end", "first", "mode", "near", "prices", "run", "states", "waiting", "weights")

    def __init__(self, run: Run, mode: Mode, near: bytes, first: int, end: int) -> None:
        self.run, self.mode, self.near, self.first, self.end = run, mode, near, first, end
        self.prices, self.weights = prices(), weigh(run.text)
        # by place less `first`, where no mark waits: the cost and the state; where some do: the marks and the state of each
        self.costs = [0.0] + [LOST] * (end - first)
        self.states: list[State] = [(0.0, -1, "", -1, False)] * (end - first + 1)
        self.waiting: list[dict[str, State] | None] = [None] * (end - first + 1)
        if len(mode.memory) > MEMORY:
            mode.memory.clear()

    def path(self) -> tuple[Word, ...]:
        """Goes from place to place, and from each over all the words that may begin there.

        One loop without calls: half of the time that damaged lines take is spent in it.
        """
        run, known, first, end, near = self.run, lexicon(), self.first, self.end, self.near
        gaps, starts, offsets, plain = run.gaps, run.starts, run.offsets, run.plain
        codes, masks, alone = self.weights
        base, check, term, exact, price, flags = known.base, known.check, known.term, known.exact, known.cost, known.flags
        costs, states, waits, memory, for_place, lost = (
            self.costs,
            self.states,
            self.waiting,
            self.mode.memory,
            place_cost(),
            self.prices.lost,
        )
        tolls = self._tolls() if run.gapped else []
        alive: tuple[tuple[str, float, int], ...]
        for place in range(first, end):
            here = place - first
            marked = waits[here]
            if marked:
                alive, clear = self._alive(place, marked), place
            else:
                cost, word_before = costs[here], states[here][3]
                step = cost + alone[place]
                if step < costs[here + 1]:
                    costs[here + 1], states[here + 1] = step, (step, place, "", -1, False)
                if cost > min(costs[here + 1 : here + 1 + LOOK_AHEAD]) + (PRUNE if word_before >= 0 else PRUNE_UNKNOWN):
                    continue
                alive, clear = (("", cost, word_before),), near.find(1, place, end)
                if clear < 0:
                    clear = end
            start, begin = offsets[place], starts[place] - (here > 0 and gaps[place - 1] > 0)
            node, at, gapped, have = 0, place, False, 0
            while at < end:
                below = base[node] + codes[at]
                if check[below] != node:
                    break
                node = below
                if at > place and gaps[at - 1]:
                    gapped = True
                have |= masks[at]
                at += 1
                group = term[node]
                if group < 0:
                    continue
                there, seen = at - first, plain[start : offsets[at]]
                if at <= clear:
                    ordinal = -1 if gapped else exact.get(seen, -1)
                    if ordinal >= 0:
                        _, cost, word_before = alive[0]
                        if flags[ordinal] & PLACE and (
                            (word_before >= 0 and flags[word_before] & HEAD) or there - here == end - first
                        ):
                            cost += for_place
                        else:
                            cost += price[ordinal]
                        if cost < costs[there]:
                            costs[there], states[there] = cost, (cost, place, "", ordinal, False)
                    continue
                after = masks[at] | masks[at + 1] | masks[at + 2]
                for waiting, before, word_before in alive:
                    awaited = trie.mask(waiting) if waiting else 0
                    if awaited & ~(have | after):
                        continue
                    named = (word_before >= 0 and flags[word_before] & HEAD) or there - here == end - first
                    for ordinal, word, word_cost, is_place, wants in _fitting(group, have & ~awaited, have | after):
                        cost = before + (for_place if named and is_place else word_cost)
                        left, late = "", False
                        if word == seen and not waiting:
                            if gapped:
                                cost += tolls[there] - tolls[here + 1]
                        else:
                            if cost >= costs[there] and not (wants | awaited) & after:
                                continue  # too dear already, and no mark of it is left to be found later
                            # all that `_compare` looks at: the letters with their marks and blanks, and a blank before
                            key = (ordinal, run.text[begin : starts[at]], waiting)
                            match = memory.get(key, UNSEEN)
                            if match is UNSEEN:
                                match = memory[key] = self._compare(ordinal, place, at, waiting)
                            if match is None:
                                continue
                            extra, left, late = match
                            cost += extra
                            if left:
                                if at < end:
                                    if not trie.mask(left) & ~after:
                                        self._wait(there, left, (cost, place, waiting, ordinal, late))
                                    continue
                                cost += lost * len(left)
                        if cost < costs[there]:
                            costs[there], states[there] = cost, (cost, place, waiting, ordinal, late)
        return self._trace_back()

    def _tolls(self) -> list[float]:
        """What the blanks before each place cost in all, where they stand inside words that are read with the marks they show."""
        run, first = self.run, self.first
        out = [0.0, 0.0]
        for at in range(first + 1, self.end):
            toll = self._inside(at - 1, False) if run.gaps[at - 1] else 0.0
            if run.letters[at] == "า":
                gap_before = run.gaps[at - 1] + (run.mark_gaps[at - 1] if run.am[at] else 0)
                toll += self._nikhahit(at, run.am[at], gap_before) if run.am[at] or gap_before else 0.0
            out.append(out[-1] + toll)
        return out

    def _alive(self, place: int, marked: dict[str, State]) -> tuple[tuple[str, float, int], ...]:
        """The cheapest states of a place at which marks wait: marks, cost, word before. Each goes on by the letter alone, too."""
        at = place - self.first
        states = sorted((("", self.states[at]), *marked.items()), key=_by_cost)[:STATES]
        limit = states[0][1][0] + BEAM
        self._unknown(place, "", self.costs[at])  # whatever it costs: every place can be reached letter by letter
        for waiting, state in states:
            if waiting and state[0] <= limit:
                self._unknown(place, waiting, state[0])
        return tuple((waiting, state[0], state[3]) for waiting, state in states if state[0] <= limit)

    def _unknown(self, place: int, waiting: str, cost: float) -> None:
        """Reads one letter as it stands. A mark that waits may be found on it; it gives none away."""
        cost += self.weights.alone[place]
        if waiting:
            marks = self.run.marks[place]
            if any(mark not in marks for mark in waiting):
                return
            cost += self.prices.later * len(waiting)
        at = place + 1 - self.first
        if cost < self.costs[at]:
            self.costs[at], self.states[at] = cost, (cost, place, waiting, -1, bool(waiting))

    def _wait(self, at: int, marks: str, state: State) -> None:
        waiting = self.waiting[at]
        if waiting is None:
            waiting = self.waiting[at] = {}
        old = waiting.get(marks)
        if old is None or state[0] < old[0]:
            waiting[marks] = state

    def _compare(self, ordinal: int, start: int, end: int, waiting: str) -> Match | None:
        """Reads letters `start` to `end` as a word; None where a mark stands on them that neither it nor one before can own."""
        run, mode, prices = self.run, self.mode, self.prices
        all_marks, am, gaps, letters = run.marks, run.am, run.gaps, run.letters
        wanted_units = units(lexicon().words[ordinal])
        cost, late, toned = 0.0, False, -1
        for at, unit in enumerate(wanted_units, start):
            seen, letter, wanted = all_marks[at], letters[at], unit[1:]
            late = False
            if letter == "า":
                gap_before = gaps[at - 1] + (run.mark_gaps[at - 1] if am[at] else 0) if at > self.first else 0
                if (unit[0] == "ำ" or am[at] or gap_before) and at != toned:
                    cost += self._nikhahit(at, unit[0] == "ำ", gap_before)
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
                        cost += mode.doubled
                    elif mark == "้" and at + 1 < end and wanted_units[at + 1 - start][0] == "ำ" and not am[at + 1]:
                        cost += mode.tone
                        toned = at + 1
                    else:
                        return None
                if rest:
                    cost += prices.later * len(rest)
                if need:
                    if letter < "ก" or letter > "ฮ":
                        return None
                    cost += mode.carried * len(need)
                waiting = rest + need
                if len(waiting) > WAITING:
                    return None
            if gaps[at]:
                if at < end - 1:
                    cost += self._inside(at, late)
                elif letter in LEADS:
                    cost += 5.0
        return cost, waiting, late

    def _nikhahit(self, at: int, is_am: bool, gap: int) -> float:
        """The price of reading the า or ำ at `at` as ำ (`is_am`) or as า."""
        run, mode, prices = self.run, self.mode, self.prices
        if run.am[at]:
            if is_am:
                return 0.0 if gap or not mode.swapped else 4.0
            return prices.surplus_split if gap else mode.surplus
        if is_am:
            if gap:
                return prices.split if not mode.letter_spaced else 1.0
            if at > self.first and run.mark_gaps[at - 1]:
                return min(1.5, mode.nikhahit_lost)
            return mode.lost_under_tone if at > self.first and run.marks[at - 1] else mode.nikhahit_lost
        if at > self.first and not gap:
            return 0.0
        return mode.stray_aa if at > self.first else 0.0

    def _inside(self, at: int, late: bool) -> float:
        """The price of the blanks after the letter at `at`, inside a word."""
        run, mode, prices = self.run, self.mode, self.prices
        following = run.letters[at + 1]
        if following == "า":
            return 0.0  # paid for by `_nikhahit`
        if run.letters[at] in LEADS:
            return prices.after_lead
        if following == "ะ":
            return prices.before_follow
        wide = 0.0 if run.gaps[at] == 1 else 4.0
        return wide + (mode.after_carried if late else mode.inside)

    def _trace_back(self) -> tuple[Word, ...]:
        """The cheapest path; a mark that nothing took up is paid for at its end."""
        words = lexicon().words
        place, waiting = self.end, ""
        state = self.states[-1]
        path: list[Word] = []
        while place > self.first:
            cost, before, had, ordinal, late = state
            text = words[ordinal] if ordinal >= 0 else self._as_read(before, had)
            earlier = self.states[before - self.first] if not had else (self.waiting[before - self.first] or {})[had]
            path.append(Word(before, place, text, ordinal, late, cost - earlier[0], waiting))
            place, waiting, state = before, had, earlier
        path.reverse()
        return tuple(path)

    def _as_read(self, at: int, taken: str) -> str:
        """The unit of an unknown letter: its marks but those that an earlier word took."""
        run = self.run
        marks = run.marks[at]
        for mark in taken:
            marks = marks.replace(mark, "", 1)
        return ("ำ" if run.am[at] else run.letters[at]) + marks


def _by_cost(item: tuple[str, State]) -> float:
    return item[1][0]


@dataclass(frozen=True, slots=True)
class Prices:
    later: float
    lost: float
    split: float
    surplus_split: float
    after_lead: float
    before_follow: float


@cache
def prices() -> Prices:
    table = thai.costs()
    return Prices(
        later=table["mark.later"],
        lost=table["mark.lost"],
        split=table["nikhahit.split"],
        surplus_split=table["nikhahit.surplus_split"],
        after_lead=table["gap.after_lead"],
        before_follow=table["gap.before_follow"],
    )
