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
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ..rulebook import thai
from . import trie
from .forms import Forms, false_forms, index, parted_words
from .script import CONSONANT, IMPOSSIBLE, LEAD, MARK

FORMAT = 17
"""Raised with every change of the compiled layout or of how words become costs and false forms."""
MAGIC = b"itathai1"
WORD = re.compile(f"[{CONSONANT}{LEAD}ฤฦะาำๅๆฯ{MARK}]+")
SLIP = 30.0
AM = 1 << 20
PLACE, HEAD = 1, 2
"""Flags of a word: the name of a place; a word that the name of a place follows ("เทศบาลตำบล")."""
PARTS = ("base", "check", "term", "first", "mask", "flags", "cost", "count", "grams", "parted_grams")
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
    "parted_grams": "I",
}
FORM_GRAMS = ("grams", "parted_grams")
TEXTS = ("words", "forms", "parted")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words by skeleton.

    `base`, `check`, `term`: the double array of `trie.build`; `term` gives a group. `first[g]` to `first[g + 1]` are the ordinals
    of the words of group `g` in `words`, `mask` (its marks, and `AM` where it has ำ), `flags`, `cost` and `count`; `exact` is the
    ordinal of a word.
    `forms`: the false forms of words; `parted`: words and phrases with a blank in them.
    """

    base: array[int]
    check: array[int]
    term: array[int]
    first: array[int]
    mask: array[int]
    flags: array[int]
    cost: array[float]
    count: array[float]
    words: tuple[str, ...]
    forms: Forms
    parted: Forms
    exact: Mapping[str, int]

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
        return self.forms.in_text(text, text.encode("cp874", "replace"))


@cache
def lexicon() -> Lexicon:
    """The lexicon, from the cache where a sound file of the right digest lies there, else compiled (some seconds) and kept."""
    path = cache_folder() / f"thai-{_key()}.bin"
    found = _read(path)
    if found is None:
        found = _compile()
        _keep(path, *found)
    numbers, texts = found
    words = texts["words"]
    return Lexicon(
        **{name: numbers[name] for name in PARTS if name not in FORM_GRAMS},
        words=words,
        forms=Forms.of(numbers["grams"], texts["forms"]),
        parted=Forms.of(numbers["parted_grams"], texts["parted"]),
        exact={word: ordinal for ordinal, word in enumerate(words)},
    )


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


Numbers = dict[str, Any]
"""The arrays of `PARTS` by name."""
Texts = dict[str, tuple[str, ...]]
"""The word lists of `TEXTS` by name."""


def _read(path: Path) -> tuple[Numbers, Texts] | None:
    """The compiled lexicon in `path`; None where there is none or its checksum does not hold."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    head, _, body = data.partition(b"\n")
    if not head.startswith(MAGIC) or head[len(MAGIC) :].decode("ascii", "replace") != hashlib.sha256(body).hexdigest():
        return None
    sizes, _, rest = body.partition(b"\n")
    numbers: Numbers = {}
    texts: Texts = {}
    view = memoryview(rest)
    table: Mapping[str, int] = json.loads(sizes)
    for name in PARTS:
        numbers[name] = array(TYPES[name])
        numbers[name].frombytes(view[: table[name]])
        view = view[table[name] :]
    for name in TEXTS:
        texts[name] = tuple(bytes(view[: table[name]]).decode().split("\n"))
        view = view[table[name] :]
    return numbers, texts


def _keep(path: Path, numbers: Numbers, texts: Texts) -> None:
    """Writes the compiled lexicon aside and renames it; a folder that cannot be written costs time, never the run."""
    blocks = {name: numbers[name].tobytes() for name in PARTS} | {name: "\n".join(texts[name]).encode() for name in TEXTS}
    body = json.dumps({name: len(block) for name, block in blocks.items()}).encode() + b"\n" + b"".join(blocks.values())
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=path.stem)
        with os.fdopen(handle, "wb") as file:
            file.write(MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        Path(aside).replace(path)
    except OSError:
        return


def _compile() -> tuple[Numbers, Texts]:
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
    places, heads = place_names(), thai.place_heads()
    forms = index(false_forms(counts), counts)
    parted = index(parted_words(counts, thai.glued()), counts)
    numbers: Numbers = {
        "mask": array("i", (trie.mask(word) | (AM if "ำ" in word else 0) for word in words)),
        "flags": array("b", (PLACE * (word in places) | HEAD * word.endswith(heads) for word in words)),
        "base": base,
        "check": check,
        "term": term,
        "first": first,
        "cost": array("f", (scale * math.log(total / counts[word]) for word in words)),
        "count": array("f", (counts[word] for word in words)),
        "grams": forms.grams,
        "parted_grams": parted.grams,
    }
    return numbers, {"words": words, "forms": forms.texts, "parted": parted.texts}


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
