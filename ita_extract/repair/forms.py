"""False forms: the strings by which damage shows where nothing is impossible, "ดาเนินการ" or "ปฏิบตัิ", and their index.

Each form is filed under one of its windows of four characters, the one that correct text shows least: to look a text up is to look
its windows up in a set, four bytes of CP874 a window, without a step of Python a character.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from . import trie
from .script import LEADS, MARKS
from .sieve import Sieve, sieve

COMMON = 60.0
"""Count from which a word's false forms are looked for in text that shows no impossible sequence."""
OFTEN = 1000.0
"""Count from which a word is looked for with a blank in it, and with its mark carried over one."""
VERY_OFTEN, SHORT = 4000.0, 5
"""Count from which, and length up to which, the last mark of a word is looked for on the next word."""
RARE, COMMON_SHORT = 5.0, 5_000.0
"""Counts: of a word of several letters, and of one letter, that may be meant; a rarer one keeps no form from being false."""
CHANCE = 0.03
"""A form that two words make where they meet tells nothing if they meet more often than this share of the damaged word's count."""
SPACED = 0.13
"""How often two words of running text have a space between them."""
GRAM = 4
REACH = 6
"""Characters of a form on one side of the border of two words that are looked at."""


@dataclass(frozen=True, slots=True)
class Forms:
    """False forms and the window each is filed under: `grams` ascending, `texts` alike; `known` holds the windows for look-up.

    `sieve`: the same look-up compiled, if it is.
    """

    grams: array[int]
    texts: tuple[str, ...]
    known: frozenset[int]
    sieve: Sieve | None

    @classmethod
    def of(cls, grams: array[int], texts: tuple[str, ...]) -> Forms:
        return cls(grams, texts, frozenset(grams), sieve(grams))

    def in_text(self, text: str, data: bytes) -> bool:
        """Whether `text`, in CP874 `data`, holds one of the forms."""
        if self.sieve and not self.sieve(data):
            return False
        windows = _windows(data)
        if self.known.isdisjoint(windows):
            return False
        return any(form in text for gram in self.known.intersection(windows) for form in self._under(gram))

    def spans(self, text: str, data: bytes) -> Iterator[tuple[int, int]]:
        """Where `text`, in CP874 `data`, holds one of the forms."""
        if self.sieve and not self.sieve(data):
            return
        for gram in self.known.intersection(_windows(data)):
            for form in self._under(gram):
                start = text.find(form)
                while start >= 0:
                    yield start, start + len(form)
                    start = text.find(form, start + 1)

    def _under(self, gram: int) -> Iterable[str]:
        return self.texts[bisect_left(self.grams, gram) : bisect_right(self.grams, gram)]


def _windows(data: bytes) -> memoryview:
    """Every four characters of text in CP874 as a number, in four strides: no slice and no object for each, one look-up for all.

    >>> sorted(int(window).to_bytes(4, sys.byteorder) for window in _windows(b"abcdef"))[:3]
    [b'abcd', b'bcde', b'cdef']
    """
    size, padded = len(data) & -GRAM, data + b"\0\0\0"
    return memoryview(padded[:size] + padded[1 : size + 1] + padded[2 : size + 2] + padded[3 : size + 3]).cast("I")


def index(forms: Iterable[str], counts: Mapping[str, float]) -> Forms:
    """`forms`, each under that of its windows which the words of `counts` show least; none that a known word holds."""
    usual = _usual(counts)
    pairs = sorted((_number(min(_pieces(form), key=usual)), form) for form in set(forms) if len(form) >= GRAM)
    needed: dict[int, list[str]] = {gram: [] for gram, _ in pairs}
    for word, count in counts.items():
        if count >= RARE:
            for gram in _windows(word.encode("cp874", "replace")):
                if gram in needed:
                    needed[gram].append(word)
    pairs = [(gram, form) for gram, form in pairs if not any(form in word for word in needed.get(gram, ()))]
    return Forms.of(array("I", (gram for gram, _ in pairs)), tuple(form for _, form in pairs))


def _usual(counts: Mapping[str, float]) -> Callable[[str], float]:
    """How often four characters stand in correct text: inside words, over the border of two, and over one with a blank."""
    inside: Counter[str] = Counter()
    for word, count in counts.items():
        for gram in _pieces(word):
            inside[gram] += count  # type: ignore[assignment]
    across = _across(counts, GRAM - 1)
    return lambda gram: inside[gram] + across(gram)


def _across(counts: Mapping[str, float], reach: int) -> Callable[[str], float]:
    """How often a string stands over the border of two words, with a blank in it over a border with a space."""
    heads: Counter[str] = Counter()
    tails: Counter[str] = Counter()
    for word, count in counts.items():
        for size in range(1, min(reach, len(word)) + 1):
            heads[word[:size]] += count  # type: ignore[assignment]
            tails[word[-size:]] += count  # type: ignore[assignment]
    total = sum(counts.values())

    def across(text: str) -> float:
        left, blank, right = text.partition(" ")
        if blank:
            return SPACED * (tails[left] if left else total) * (heads[right] if right else total) / total
        return sum(tails[text[:cut]] * heads[text[cut:]] for cut in range(1, len(text))) / total

    return across


def _pieces(text: str) -> list[str]:
    return [text[at : at + GRAM] for at in range(len(text) - GRAM + 1)]


def _number(gram: str) -> int:
    return int.from_bytes(gram.encode("cp874", "replace"), sys.byteorder)


def false_forms(counts: Mapping[str, float]) -> Iterator[str]:
    """The forms that common words take when a mark is carried on, the nikhahit is lost or a blank strays into them."""
    across = _across(counts, REACH)
    for word, count in counts.items():
        if count < COMMON:
            continue
        out = list(_damaged(word))
        if count >= OFTEN:
            out += (f"{left} {right}" for left, right in _parted(word, counts) if not _may_be_meant(left, right, counts))
            out += (form for form in _carried_over(word) if across(form) < CHANCE * count)
        if count >= VERY_OFTEN and word[-1] in MARKS and len(word) <= SHORT:
            out += (form for form in _carried_out(word) if across(form) < CHANCE * count)
        yield from (form for form in out if form not in counts)


def parted_words(counts: Mapping[str, float], phrases: Iterable[str]) -> Iterator[str]:
    """Words, and phrases that are written without a space, with a blank in them that parts words: "มี การ".

    Alone such a blank is no reason to read a text, for it may be meant.
    """
    for word, count in counts.items():
        if count >= OFTEN:
            yield from (f"{left} {right}" for left, right in _parted(word, counts) if _may_be_meant(left, right, counts))
    for phrase in phrases:
        yield from (
            f"{left} {right}"
            for left, right in _cuts(phrase)
            if min(len(left), len(right)) > 1 and left in counts and right in counts
        )


def _may_be_meant(left: str, right: str, counts: Mapping[str, float]) -> bool:
    return _are_words(left, counts) and _are_words(right, counts)


def _are_words(text: str, counts: Mapping[str, float]) -> bool:
    """Whether `text` can be cut into words that are not rare."""
    letters = trie.units(text)
    ends = [True] + [False] * len(letters)
    for end in range(1, len(letters) + 1):
        ends[end] = any(
            ends[start] and counts.get("".join(letters[start:end]), 0.0) >= (RARE if end - start > 1 else COMMON_SHORT)
            for start in range(end)
        )
    return ends[-1]


def _cuts(word: str) -> Iterator[tuple[str, str]]:
    """The ways to part a word between two letters."""
    letters = trie.units(word)
    for cut in range(1, len(letters)):
        yield "".join(letters[:cut]), "".join(letters[cut:])


def _damaged(word: str) -> Iterable[str]:
    if "ำ" in word:
        yield word.replace("ำ", "า")
    if "ำ" in word and "้ำ" not in word:
        yield word.replace("ำ", "้า")
    letters = trie.units(word)
    for at, (one, two) in enumerate(pairwise(letters)):
        if len(one) == 1:
            continue
        if two in LEADS and at + 2 < len(letters):
            moved = [two, letters[at + 2][0] + one[1:] + letters[at + 2][1:]]
            after = letters[at + 3 :]
        else:
            moved, after = [two[0] + one[1:] + two[1:]], letters[at + 2 :]
        yield "".join((*letters[:at], one[0], *moved, *after))
        if len(one) == 3 and two not in LEADS:
            yield "".join((*letters[:at], one[:2], two[0] + one[2] + two[1:], *letters[at + 2 :]))


def _parted(word: str, counts: Mapping[str, float]) -> Iterable[tuple[str, str]]:
    """The ways to part a word of some length in two of which not both are common words."""
    for left, right in _cuts(word) if len(word) >= SHORT else ():
        if right[0] not in "ะาำ" and (counts.get(left, 0.0) < OFTEN or counts.get(right, 0.0) < RARE):
            yield left, right


def _carried_over(word: str) -> Iterable[str]:
    """A common word whose mark was carried over a blank: "ปร บัปรุง"."""
    letters = trie.units(word)
    for at, (one, two) in enumerate(pairwise(letters)):
        if len(one) > 1 and two[0] not in LEADS and two[0] not in "ะาำ":
            yield "".join((*letters[:at], one[:-1], " ", two[0], one[-1], two[1:], *letters[at + 2 :]))


def _carried_out(word: str) -> Iterable[str]:
    """A common word whose last mark stands on the first letter of the next word: "ไดจ้ัด"."""
    letters = trie.units(word)
    for kept in range(1, len(letters[-1])):
        mark = letters[-1][kept:]
        stem = "".join(letters[:-1]) + letters[-1][:kept]
        for consonant in "กขคงจฉชซญฐณดตถทธนบปผฝพฟภมยรลวศษสหอฮ":
            yield f"{stem}{consonant}{mark}"
            yield from (f"{stem}{lead}{consonant}{mark}" for lead in LEADS)
