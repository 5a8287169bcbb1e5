"""The skeleton trie: a double array that answers "which words have these letters, whatever their marks?" without objects a node.

The skeleton of a word is its letters with the combining marks taken off and ำ counted as า. Damage in PDFs moves, doubles or drops
marks and toggles the nikhahit, but it never touches the skeleton: this is what makes damaged Thai decodable at all.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from .script import MARKS, in_order

LETTERS = "".join(chr(code) for code in range(0x0E01, 0x0E50) if chr(code) not in MARKS and chr(code) not in "ำ฿๏")
CODES = {letter: number for number, letter in enumerate(LETTERS, 1)} | {"ำ": LETTERS.index("า") + 1}
WIDTH = len(LETTERS) + 1
_CODES = bytes(CODES.get(bytes((byte,)).decode("cp874", "replace"), 0) for byte in range(256))
BIT = {mark: 1 << number for number, mark in enumerate(sorted(MARKS))}
"""One bit a mark: what a word needs and what a stretch of text has are compared as numbers."""
CROWDED = 48
"""Slots tried in vain after which broad nodes look further on; narrow ones fill the holes later."""


def units(word: str) -> tuple[str, ...]:
    """The letters of a word, each with its marks in canonical order; ำ stays ำ.

    >>> units("ที่ทำ") == ("ที่", "ท", "ำ")
    True
    """
    out: list[str] = []
    for char in word:
        if char in MARKS and out:
            out[-1] += char
        else:
            out.append(char)
    return tuple(unit if len(unit) < 3 else unit[0] + in_order(unit[1:]) for unit in out)


def mask(text: str) -> int:
    """The set of marks in `text`, as bits.

    >>> mask("ที่") == mask("ี่")
    True
    """
    bits = 0
    for char in text:
        bits |= BIT.get(char, 0)
    return bits


def skeleton(word: str) -> str:
    """The letters of a word without marks, ำ as า.

    >>> skeleton("ทำได้")
    'ทาได'
    """
    return "".join(char for char in word.replace("ำ", "า") if char not in MARKS)


def codes(letters: str) -> bytes:
    """The code of each letter, 0 for one that no word has.

    >>> list(codes("กข")) == [CODES["ก"], CODES["ข"]]
    True
    """
    return letters.encode("cp874", "replace").translate(_CODES)


def build(skeletons: Iterable[str]) -> tuple[array[int], array[int], array[int]]:
    """`base`, `check` and `term` of a double array over sorted, distinct `skeletons`.

    From node `s` the letter with code `c` leads to `t = base[s] + c` if `check[t] == s`; `term[t]` is the ordinal of the skeleton
    that ends at `t`, or -1. Node 0 is the root.
    """
    children, ends = _tree(skeletons)
    base, check, place = _placed(children)
    term = array("i", [-1]) * len(check)
    for node, ordinal in ends.items():
        term[place[node]] = ordinal
    return base, check, term


def _tree(skeletons: Iterable[str]) -> tuple[list[dict[int, int]], dict[int, int]]:
    children: list[dict[int, int]] = [{}]
    ends: dict[int, int] = {}
    for ordinal, letters in enumerate(skeletons):
        node = 0
        for letter in letters:
            below = children[node]
            code = CODES[letter]
            found = below.get(code)
            if found is None:
                found = below[code] = len(children)
                children.append({})
            node = found
        ends[node] = ordinal
    return children, ends


def _placed(children: list[dict[int, int]]) -> tuple[array[int], array[int], array[int]]:
    """Places every node's children side by side in one array: the broad nodes first, the many narrow ones into the holes."""
    owner = bytearray(len(children) * 2 + 8 * WIDTH)
    start = array("i", [0]) * len(children)
    near = hole = 1
    for node in sorted((node for node, below in enumerate(children) if below), key=lambda node: -len(children[node])):
        codes = sorted(children[node])
        if len(codes) == 1:
            while owner[hole]:
                hole += 1
            at = max(hole, codes[0])
            while owner[at]:
                at += 1
        else:
            at = tried = max(near, codes[0])
            spread = [code - codes[0] for code in codes]
            while any(owner[at + step] for step in spread):
                at += 1
            if at - tried > CROWDED:
                near = at
        start[node] = at - codes[0]
        for code in codes:
            owner[start[node] + code] = 1
    place = array("i", [0]) * len(children)
    for node, below in enumerate(children):
        for code, child in below.items():
            place[child] = start[node] + code
    size = max(place) + WIDTH + 1
    base, check = array("i", [0]) * size, array("i", [-1]) * size
    for node, below in enumerate(children):
        base[place[node]] = start[node]
        for child in below.values():
            check[place[child]] = place[node]
    return base, check, place
