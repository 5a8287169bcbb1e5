"""How two wordings are compared: white space, digits and footnote marks never count, and damaged Thai can still be recognised."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_NOISE = re.compile(r"[\s*†‡:]+")
_MARKS = re.compile("[\u0000-\u001f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\ufffd\uf700-\uf71a]")
"""Marks, and what stands for one that the file gives no letter for: U+FFFD, a private code, the bare number of its glyph."""


@lru_cache(maxsize=16_384)
def squash(text: str) -> str:
    """A heading or phrase as it is compared: no white space, no footnote marks, Arabic digits, small Latin letters.

    >>> squash("ค่าเป้าหมาย\\nแผนแม่บท*"), squash("คะแนน ๒๕๖๕")
    ('ค่าเป้าหมายแผนแม่บท', 'คะแนน2565')
    """
    return _NOISE.sub("", text).translate(_THAI_DIGITS).lower()


@lru_cache(maxsize=16_384)
def skeleton(text: str) -> str:
    """What damage never takes from Thai: consonants, leading vowels and า. Marks above and below move, double and are lost.

    >>> skeleton("แผนแม บ่ท") == skeleton("แผนแม่บท"), skeleton("ก าหนด") == skeleton("กำหนด")
    (True, True)
    """
    return _MARKS.sub("", squash(text)).replace("\u0e33", "\u0e32")


def recognise(text: str, known: Iterable[tuple[str, T]]) -> T | None:
    """What the wording means: an exact match first, else the one meaning whose wordings share the skeleton; None where several do.

    >>> recognise("ต้องปร บัปรุง", [("ผ่าน", 1), ("ต้องปรับปรุง", 2)])
    2
    """
    pairs = list(known)
    plain = squash(text)
    for wording, meaning in pairs:
        if squash(wording) == plain:
            return meaning
    bones = skeleton(text)
    found = {id(meaning): meaning for wording, meaning in pairs if bones and skeleton(wording) == bones}
    return next(iter(found.values())) if len(found) == 1 else None
