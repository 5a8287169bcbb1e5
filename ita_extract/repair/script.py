"""The Thai script as repair needs it: which characters are marks, where they may stand, and what can never occur."""

from __future__ import annotations

import re
from typing import Final

CONSONANT: Final = "ก-ฮ"
VOWEL: Final = "\u0e31\u0e34-\u0e3a\u0e47"
"""Vowel signs above and below, for use inside a character class: ั ิ ี ึ ื ุ ู ฺ ็."""
TONE: Final = "\u0e48-\u0e4b"
"""The four tone marks ่ ้ ๊ ๋."""
MARK: Final = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
"""All combining marks: vowel signs, tones, ์ (thanthakhat), ํ (nikhahit), ๎ (yamakkan)."""
LEAD: Final = "เ-ไ"
FOLLOW: Final = "ะาำๅ"
BLANK: Final = " \u00a0"

MARKS: Final = frozenset("ัิีึืฺุู็่้๊๋์ํ๎")
LEADS: Final = frozenset("เแโใไ")
RANK: Final = {mark: rank for rank, group in enumerate(("ัิีึืฺุู็", "่้๊๋์ํ๎")) for mark in group}
"""Canonical order within a cluster: vowel sign, then tone or ์."""

IMPOSSIBLE: Final = re.compile(
    rf"[\u200b-\u200f\u2060\ufeff\u00ad\ue000-\uf8ff\ufffd\u0e4d]"  # glyphs that are no Thai, and the bare nikhahit
    rf"|[{BLANK}][{MARK}{FOLLOW}]"  # nothing that hangs on a consonant stands after a blank
    rf"|[\u0e48-\u0e4e][{VOWEL}\u0e48-\u0e4e]|[{VOWEL}][{VOWEL}]"  # tone before vowel, two of a kind
    rf"|[^{CONSONANT}{MARK}][{MARK}]|^[{MARK}{FOLLOW}]"  # a mark on what is no consonant
    rf"|[{LEAD}][^{CONSONANT}]|เเ"
    rf"|[{FOLLOW}][าำ]|[\u0e49-\u0e4b]์"
    rf"|\(cid:|[\x00-\x08\x0b\x0c\x0e-\x1f]"
    rf"|[\u00a1-\u00fb]{{3}}|[\u0600-\u06ff\u0e80-\u0eff]"
    rf"|[{MARK}{CONSONANT}][!-'*+;-@\[-`{{-~]ำ"
)
"""Sequences that correct Thai never shows: their presence proves damage, their absence proves nothing."""


def in_order(marks: str) -> str:
    """The marks of one cluster in canonical order, stable within a rank.

    >>> in_order("่ี") == "ี่"
    True
    """
    return "".join(sorted(marks, key=RANK.__getitem__))
