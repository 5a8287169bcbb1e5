"""The gate: whether a text needs reading at all. Clean text passes on a few byte searches, without a step of Python a character.

Text is encoded as CP874, one byte a character, and each byte becomes the class of its character; every impossible sequence of
Thai is then a pair of classes, and all pairs are looked up in a set at once. Text with a character outside CP874 goes the longer
way, by a regular expression.
"""

from __future__ import annotations

import sys
from typing import Final

from .lexicon import lexicon
from .script import IMPOSSIBLE

CONSONANT, VOWEL, TONE, LEAD, AA, SHORT, AM, BLANK, OTHER, BAD = b"cvtlaqmsxb"


def _class(byte: int) -> int:
    char = bytes((byte,)).decode("cp874", "replace")
    for chars, kind in (
        ("ัิีึืฺุู็", VOWEL),
        ("่้๊๋์๎", TONE),
        ("เแโใไ", LEAD),
        ("า", AA),
        ("ะๅ", SHORT),
        ("ำ", AM),
        (" \u00a0", BLANK),
        ("\n\t\r", OTHER),
        ("ํ\ufffd", BAD),
    ):
        if char in chars:
            return kind
    if "ก" <= char <= "ฮ":
        return CONSONANT
    return BAD if byte < 32 else OTHER


CLASSES: Final = bytes(map(_class, range(256)))
_PAIRS: Final = (
    *((left, right) for left in (AA, SHORT, AM, LEAD, BLANK, OTHER) for right in (VOWEL, TONE)),
    *((TONE, right) for right in (VOWEL, TONE)),
    (VOWEL, VOWEL),
    *((LEAD, right) for right in (LEAD, AA, SHORT, AM, BLANK, OTHER)),
    *((left, right) for left in (AA, SHORT, AM) for right in (AA, AM)),
    *((BLANK, right) for right in (AA, SHORT, AM)),
    (OTHER, AM),
    *((kind, BAD) for kind in b"cvtlaqmsxb"),
)
PAIRS: Final = frozenset(int.from_bytes(bytes(pair), sys.byteorder) for pair in _PAIRS)
"""Pairs of classes that correct Thai never shows, as numbers."""


def is_impossible(text: str) -> bool:
    """Whether `text` holds a sequence that correct Thai never shows.

    >>> is_impossible("ด าเนิน"), is_impossible("ดำเนินการ")
    (True, False)
    """
    try:
        data = text.encode("cp874")
    except UnicodeEncodeError:
        return IMPOSSIBLE.search(text) is not None
    return _is_odd(data) and IMPOSSIBLE.search(text) is not None


def is_suspect(text: str) -> bool:
    """Whether `text` needs reading: it is impossible, or it holds the false form of a common word.

    >>> is_suspect("ผลการดาเนินงาน"), is_suspect("ผลการดำเนินงาน")
    (True, False)
    """
    try:
        data = text.encode("cp874")
    except UnicodeEncodeError:
        return IMPOSSIBLE.search(text) is not None or lexicon().false_form(text)
    if _is_odd(data) and IMPOSSIBLE.search(text) is not None:
        return True
    return next(lexicon().false_spans(text, data), None) is not None


def _is_odd(data: bytes) -> bool:
    """Whether a pair of classes is impossible: every pair once, in two strides of two bytes."""
    classes = memoryview(b"s%bc" % data.translate(CLASSES))
    size = len(classes)
    if not PAIRS.isdisjoint(classes[: size & ~1].cast("H")) or not PAIRS.isdisjoint(classes[1 : size - 1 + size % 2].cast("H")):
        return True
    return b"(cid:" in data
