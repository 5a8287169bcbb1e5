"""The gate: whether a text needs reading at all. Clean text passes on a few byte searches, without a step of Python a character.

Text is encoded as CP874, one byte a character, and each byte becomes the class of its character: every impossible sequence of Thai
is then a pair of classes. Text with a character outside CP874 goes the longer way, by the expression of what is impossible.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from typing import Final

from .evidence import looks_spaced
from .lexicon import lexicon
from .script import IMPOSSIBLE

CONSONANT, VOWEL, TONE, LEAD, AA, SHORT, AM, BLANK, OTHER, BAD = "cvtlaqmsxb"
TABLE: Final = codecs.charmap_build(bytes(range(256)).decode("cp874", "replace").replace("\ufffd", "\ufffe"))
"""CP874 without the search for its name, which costs more than to encode a line."""


def _class(byte: int) -> str:
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


CLASSES: Final = "".join(map(_class, range(256))).encode()
PAIRS: Final = {
    AA: (VOWEL, TONE, AA, AM),
    SHORT: (VOWEL, TONE, AA, AM),
    AM: (VOWEL, TONE, AA, AM),
    LEAD: (VOWEL, TONE, LEAD, AA, SHORT, AM, BLANK, OTHER),
    BLANK: (VOWEL, TONE, AA, SHORT, AM),
    OTHER: (VOWEL, TONE, AM),
    TONE: (VOWEL, TONE),
    VOWEL: (VOWEL,),
}
"""What correct Thai never shows: class to the classes that cannot follow it."""
ODD: Final = re.compile(
    "|".join((rf"\A[{''.join(PAIRS[BLANK])}]", BAD, *(f"{left}[{''.join(rights)}]" for left, rights in PAIRS.items()))).encode()
)


def is_impossible(text: str) -> bool:
    """Whether `text` holds a sequence that correct Thai never shows.

    >>> is_impossible("ด าเนิน"), is_impossible("ดำเนินการ")
    (True, False)
    """
    try:
        data = codecs.charmap_encode(text, "strict", TABLE)[0]
    except UnicodeEncodeError:
        return IMPOSSIBLE.search(text) is not None
    return _is_odd(data) and IMPOSSIBLE.search(text) is not None


def is_suspect(text: str) -> bool:
    """Whether `text` needs reading: it is impossible, looks letter-spaced, or holds the false form of a common word.

    >>> is_suspect("ผลการดาเนินงาน"), is_suspect("ผลการดำเนินงาน")
    (True, False)
    """
    try:
        data = codecs.charmap_encode(text, "strict", TABLE)[0]
    except UnicodeEncodeError:
        return IMPOSSIBLE.search(text) is not None or lexicon().false_form(text) or looks_spaced(text)
    if _is_odd(data) and IMPOSSIBLE.search(text) is not None:
        return True
    return lexicon().forms.in_text(text, data) or looks_spaced(text)


remembered_impossible = lru_cache(maxsize=4_000)(is_impossible)
remembered_suspect = lru_cache(maxsize=4_000)(is_suspect)
"""The same for texts under repair: what one round leaves is asked about by three rules and by the next round."""


def is_plain(text: str) -> bool:
    """Whether every character is one of CP874: nothing of another encoding, another script or a font's own is among them.

    >>> is_plain("ดำเนินการ (1)"), is_plain("ร\uf70aวม")
    (True, False)
    """
    try:
        codecs.charmap_encode(text, "strict", TABLE)
    except UnicodeEncodeError:
        return False
    return True


def encoded(text: str) -> bytes:
    """`text` in CP874, with "?" for what is none of it."""
    return codecs.charmap_encode(text, "replace", TABLE)[0]


def _is_odd(data: bytes) -> bool:
    return ODD.search(data.translate(CLASSES)) is not None or b"(cid:" in data
