"""The compiled lexicon: words by skeleton with their costs, and the false forms by which soft damage is recognised.

Compiled once from the lists that `rules/thai/lexicons.toml` names and kept in the user's cache folder under a digest of all that it
depends on. The file holds numbers and text only and is never unpickled, so a stranger's file can at worst be wrong, and a
checksum catches that.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import sys
import tempfile
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..rulebook import thai
from . import trie
from .script import CONSONANT, IMPOSSIBLE, LEAD, LEADS, MARK, MARKS

FORMAT = 13
"""Raised with every change of the compiled layout or of how words become costs and false forms."""
MAGIC = b"itathai1"
WORD = re.compile(f"[{CONSONANT}{LEAD}ฤฦะาำๅๆฯ{MARK}]+")
COMMON = 60.0
"""Count from which a word's false forms are looked for in text that shows no impossible sequence."""
SLIP = 30.0
AM = 1 << 20
PLACE, HEAD = 1, 2
"""Flags of a word: the name of a place; a word that the name of a place follows ("เทศบาลตำบล")."""
OFTEN = 1000.0
"""Count from which a word is looked for with a blank in it, too."""
RARE = 5.0
"""Count below which a word does not keep a 4-gram from betraying a false form."""
SPACED = 0.13
"""How often two words of running text have a space between them."""
GRAM = 4
PARTS = ("base", "check", "term", "first", "mask", "flags", "cost", "count", "grams", "owner")
TYPES = {
    "mask": "i",
    "flags": "b",
    "base": "i",
    "check": "i",
    "term": "i",
    "first": "i",
    "cost": "f",
    "count": "f",
    "grams": "I",
    "owner": "i",
}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words by skeleton.

    `base`, `check`, `term`: the double array of `trie.build`; `term` gives a group. `first[g]` to `first[g + 1]` are the ordinals
    of the words of group `g` in `words`, `mask` (its marks, and `AM` where it has ำ), `flags`, `cost` and `count`; `exact` is the
    ordinal of a word, `lengths` how long the words are that begin with three characters, ascending.
    `grams`: the sorted 4-grams (four CP874 bytes in one number) that betray a false form, `owner` the ordinal in `forms` of each;
    `gram_set` is `grams` for look-up.
    """

    base: array[int]
    check: array[int]
    term: array[int]
    first: array[int]
    mask: array[int]
    flags: array[int]
    cost: array[float]
    count: array[float]
    grams: array[int]
    owner: array[int]
    words: tuple[str, ...]
    forms: tuple[str, ...]
    gram_set: frozenset[int]
    exact: Mapping[str, int]
    lengths: Mapping[str, tuple[int, ...]]

    def ordinal(self, word: str) -> int:
        """The ordinal of `word`, or -1."""
        return self.exact.get(word, -1)

    def frequency(self, word: str) -> float:
        """How often `word` was counted; 0.0 where it is unknown."""
        found = self.ordinal(word)
        return self.count[found] if found >= 0 else 0.0

    def false_form(self, text: str) -> bool:
        """Whether `text` holds a form that a common word takes by damage and that is no part of any known word.

        >>> lexicon().false_form("ผลการดาเนินงาน"), lexicon().false_form("ผลการดำเนินงาน")
        (True, False)
        """
        return next(self.false_spans(text, text.encode("cp874", "replace")), None) is not None

    def false_spans(self, text: str, data: bytes) -> Iterator[tuple[int, int]]:
        """Where `text`, in CP874 `data`, holds false forms."""
        if self.has_gram(data):
            for gram in {gram for windows in _windows(data) for gram in self.gram_set.intersection(windows)}:
                for form in self.forms_of(gram):
                    at = text.find(form)
                    while at >= 0:
                        yield at, at + len(form)
                        at = text.find(form, at + 1)

    def has_gram(self, data: bytes) -> bool:
        """Whether text in CP874 holds a 4-gram of some false form."""
        known = self.gram_set
        return not all(map(known.isdisjoint, _windows(data)))

    def forms_of(self, gram: int) -> Iterator[str]:
        """The false forms that are filed under a 4-gram."""
        at = bisect_left(self.grams, gram)
        while at < len(self.grams) and self.grams[at] == gram:
            yield self.forms[self.owner[at]]
            at += 1


def _windows(data: bytes) -> Iterator[memoryview]:
    """Every four characters of text in CP874 as numbers, in four strides: a character a byte, a number without a slice."""
    view = memoryview(data)
    for start in range(GRAM):
        end = start + (len(view) - start) // GRAM * GRAM
        if end > start:
            yield view[start:end].cast("I")


@cache
def lexicon() -> Lexicon:
    """The lexicon, from the cache where a sound file of the right digest lies there, else compiled (about two seconds) and kept."""
    path = cache_folder() / f"thai-{_key()}.bin"
    found = _read(path)
    if found is None:
        parts, words, forms = _compile()
        _keep(path, parts, words, forms)
        found = parts, words, forms
    parts, words, forms = found
    return Lexicon(
        **parts,
        words=words,
        forms=forms,
        gram_set=frozenset(parts["grams"]),
        exact={word: ordinal for ordinal, word in enumerate(words)},
        lengths=_lengths(words),
    )


def _lengths(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for word in words:
        if len(word) >= 3:
            found.setdefault(word[:3], set()).add(len(word))
    return {head: tuple(sorted(sizes)) for head, sizes in found.items()}


def cache_folder() -> Path:
    """Where compiled data is kept: `ITA_EXTRACT_CACHE`, else the user's own cache folder."""
    told = os.environ.get("ITA_EXTRACT_CACHE")
    if told:
        return Path(told)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "ita-extract" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ita-extract"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ita-extract"


def _key() -> str:
    return hashlib.sha256(f"{FORMAT} {sys.byteorder} {thai.lexicon_key()}".encode()).hexdigest()[:32]


Parts = dict[str, Any]
"""The arrays of `PARTS` by name."""


def _read(path: Path) -> tuple[Parts, tuple[str, ...], tuple[str, ...]] | None:
    """The compiled lexicon in `path`; None where there is none or its checksum does not hold."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    head, _, body = data.partition(b"\n")
    if not head.startswith(MAGIC) or head[len(MAGIC) :].decode("ascii", "replace") != hashlib.sha256(body).hexdigest():
        return None
    sizes, _, rest = body.partition(b"\n")
    parts: Parts = {}
    view = memoryview(rest)
    table: Mapping[str, int] = json.loads(sizes)
    for name in PARTS:
        parts[name] = array(TYPES[name])
        parts[name].frombytes(view[: table[name]])
        view = view[table[name] :]
    words = tuple(bytes(view[: table["words"]]).decode().split("\n"))
    forms = tuple(bytes(view[table["words"] :]).decode().split("\n"))
    return parts, words, forms


def _keep(path: Path, parts: Parts, words: tuple[str, ...], forms: tuple[str, ...]) -> None:
    """Writes the compiled lexicon aside and renames it; a folder that cannot be written costs time, never the run."""
    texts = ["\n".join(words).encode(), "\n".join(forms).encode()]
    sizes = {name: len(parts[name]) * parts[name].itemsize for name in PARTS} | {"words": len(texts[0])}
    body = json.dumps(sizes).encode() + b"\n" + b"".join(parts[name].tobytes() for name in PARTS) + b"".join(texts)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=path.stem)
        with os.fdopen(handle, "wb") as file:
            file.write(MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        Path(aside).replace(path)
    except OSError:
        return


def _compile() -> tuple[Parts, tuple[str, ...], tuple[str, ...]]:
    counts = word_counts()
    groups: dict[str, list[str]] = {}
    for word in counts:
        groups.setdefault(trie.skeleton(word), []).append(word)
    skeletons = sorted(groups)
    base, check, term = trie.build(skeletons)
    words = tuple(word for letters in skeletons for word in sorted(groups[letters], key=lambda word: -counts[word]))
    first = array("i", [0])
    for letters in skeletons:
        first.append(first[-1] + len(groups[letters]))
    total, scale = sum(counts.values()), thai.costs()["word.scale"]
    cost = array("f", (scale * math.log(total / counts[word]) for word in words))
    forms, grams, owner = _form_index(counts)
    count = array("f", (counts[word] for word in words))
    mask = array("i", (trie.mask(word) | (AM if "ำ" in word else 0) for word in words))
    places, heads = place_names(), thai.place_heads()
    flags = array("b", (PLACE * (word in places) | HEAD * word.endswith(heads) for word in words))
    parts: Parts = {
        "mask": mask,
        "flags": flags,
        "base": base,
        "check": check,
        "term": term,
        "first": first,
        "cost": cost,
        "count": count,
        "grams": grams,
        "owner": owner,
    }
    return parts, words, forms


def word_counts() -> dict[str, float]:
    """Every sound word of the lists with its count. A list may hold damaged words itself: they are left out."""
    counts: dict[str, float] = {}
    listed: set[str] = set()
    for source in thai.lexicon_sources():
        for word, count in thai.lexicon_words(source):
            if len(word) < 2 and word not in "ณธฯๆ":
                continue
            if source.kind == "counts" and word not in counts and len(word) < 3:
                continue
            if WORD.fullmatch(word) and not IMPOSSIBLE.search(word):
                counts[word] = max(count, counts.get(word, 0.0))
                if source.kind != "counts":
                    listed.add(word)
    return without_slips(counts, listed)


def place_names() -> frozenset[str]:
    """Every place that the lists name."""
    return frozenset(word for source in thai.lexicon_sources() if source.kind == "names" for word, _ in thai.lexicon_words(source))


def without_slips(counts: Mapping[str, float], listed: Collection[str]) -> dict[str, float]:
    """`counts` without the damage that a corpus took over from its own sources.

    The national corpus was scanned and converted too: it counts "สาหรับ" 60 times beside 90,000 "สำหรับ". A word that no list has and
    that shares its letters with one thirty times as common is a slip.
    """
    most: dict[str, float] = {}
    for word, count in counts.items():
        letters = trie.skeleton(word)
        most[letters] = max(count, most.get(letters, 0.0))
    return {word: count for word, count in counts.items() if word in listed or count * SLIP > most[trie.skeleton(word)]}


def _form_index(counts: Mapping[str, float]) -> tuple[tuple[str, ...], array[int], array[int]]:
    """False forms, each under that of its 4-grams which correct text shows least; forms that a known word holds are left out."""
    usual = _usual(counts)
    glued = [f"{left} {right}" for word in thai.glued() for left, right in _halves(word, counts)]
    forms = {form for form in (*false_forms(counts), *glued) if len(form) >= GRAM}
    pairs = sorted((_number(min(_pieces(form), key=usual)), form) for form in forms)
    needed: dict[int, list[str]] = {gram: [] for gram, _ in pairs}
    for word, count in counts.items():
        if count >= RARE:
            for gram in _grams(word):
                if gram in needed:
                    needed[gram].append(word)
    pairs = [(gram, form) for gram, form in pairs if not any(form in word for word in needed.get(gram, ()))]
    return tuple(form for _, form in pairs), array("I", (gram for gram, _ in pairs)), array("i", range(len(pairs)))


def _usual(counts: Mapping[str, float]) -> Callable[[str], float]:
    """How often four characters stand in correct text: inside words, over the border of two, and over one with a blank."""
    inside: Counter[str] = Counter()
    heads: Counter[str] = Counter()
    tails: Counter[str] = Counter()
    for word, count in counts.items():
        for gram in _pieces(word):
            inside[gram] += count  # type: ignore[assignment]
        for size in range(1, GRAM):
            heads[word[:size]] += count  # type: ignore[assignment]
            tails[word[-size:]] += count  # type: ignore[assignment]
    total = sum(counts.values())

    def usual(gram: str) -> float:
        left, blank, right = gram.partition(" ")
        if blank:
            return SPACED * (tails[left] if left else total) * (heads[right] if right else total) / total
        return inside[gram] + sum(tails[gram[:cut]] * heads[gram[cut:]] for cut in range(1, GRAM)) / total

    return usual


def _pieces(text: str) -> list[str]:
    return [text[at : at + GRAM] for at in range(len(text) - GRAM + 1)]


def _number(gram: str) -> int:
    return int.from_bytes(gram.encode("cp874", "replace"), sys.byteorder)


def _grams(text: str) -> list[int]:
    return [gram for windows in _windows(text.encode("cp874", "replace")) for gram in windows]


def false_forms(counts: Mapping[str, float]) -> Iterator[str]:
    """The forms that common words take when a mark is carried to the next letter or the nikhahit is lost."""
    for word, count in counts.items():
        if count < COMMON:
            continue
        for form in _damaged(word) if count < OFTEN else (*_damaged(word), *_parted(word, counts), *_carried_over(word)):
            if form not in counts and len(form) >= GRAM:
                yield form
        if count >= 4000 and word[-1] in MARKS and len(word) <= 5:
            yield from _carried_out(word)


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


def _parted(word: str, counts: Mapping[str, float]) -> Iterable[str]:
    """A common word with a blank in it, where the pieces are no words."""
    letters = trie.units(word)
    for cut in range(1, len(letters)):
        left, right = "".join(letters[:cut]), "".join(letters[cut:])
        if len(word) >= 5 and right[0] not in "ะาำ" and (counts.get(left, 0.0) < OFTEN or counts.get(right, 0.0) < RARE):
            yield f"{left} {right}"


def _carried_over(word: str) -> Iterable[str]:
    """A common word whose mark was carried over a blank: "ปร บัปรุง"."""
    letters = trie.units(word)
    for at, (one, two) in enumerate(pairwise(letters)):
        if len(one) > 1 and two[0] not in LEADS and two[0] not in "ะาำ":
            yield "".join((*letters[:at], one[:-1], " ", two[0], one[-1], two[1:], *letters[at + 2 :]))


def _halves(word: str, counts: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """The ways to part a phrase into two words."""
    letters = trie.units(word)
    for cut in range(1, len(letters)):
        left, right = "".join(letters[:cut]), "".join(letters[cut:])
        if len(left) > 1 and len(right) > 1 and left in counts and right in counts:
            yield left, right


def _carried_out(word: str) -> Iterable[str]:
    """A common word whose last mark stands on the first letter of the next word: "ไดจ้ัด"."""
    letters = trie.units(word)
    for kept in range(1, len(letters[-1])):
        mark = letters[-1][kept:]
        stem = "".join(letters[:-1]) + letters[-1][:kept]
        for consonant in "กขคงจฉชซญฐณดตถทธนบปผฝพฟภมยรลวศษสหอฮ":
            yield f"{stem}{consonant}{mark}"
            yield from (f"{stem}{lead}{consonant}{mark}" for lead in LEADS)
