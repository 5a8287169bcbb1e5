"""What a line opens with, misread or not: "ตัวชี้จัดย่อยที่ 9.3" heads what "ตัวชี้วัดย่อยที่ 9.3" does.

The heading of a sub-indicator that is not known leaves its items with the sub-indicator before.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..rulebook.wording import squash
from .headings import LONG_ENOUGH

ALIKE = 85.0
"""How alike, of 100, a misread opening must be to a known one: two letters of sixteen may be wrong."""


def opened_rightly(text: str, known: Sequence[str]) -> str:
    """The text with the opening that it misspells as the rules write it, squashed; as it is where it opens with one of the `known`.

    >>> opened_rightly("ตัวชี้จัดย่อยที่ ๙.๓ การเงิน", ("ตัวชี้วัดที่", "ตัวชี้วัดย่อยที่")), opened_rightly("ตัวอย่างที่ 1", ("ตัวชี้วัดที่",))
    ('ตัวชี้วัดย่อยที่ ๙.๓ การเงิน', 'ตัวอย่างที่ 1')
    >>> opened_rightly("ตัวชี้วัดย่อยที 10.1 การป้องกัน", ("ตัวชี้วัดย่อยที่",))
    'ตัวชี้วัดย่อยที่ 10.1 การป้องกัน'
    """
    from rapidfuzz.fuzz import ratio

    plain = squash(text)
    if plain.startswith(tuple(known)):
        return text
    alike = [(ratio(plain[:end], one), end, one) for one in known if len(one) >= LONG_ENOUGH for end in _ends(one)]
    likeness, length, opening = max(alike, default=(0.0, 0, ""))
    return opening + split_at(text, plain[:length])[1] if likeness >= ALIKE else text


def _ends(opening: str) -> range:
    """How long it may be misread: with a mark more or less."""
    return range(len(opening) - 1, len(opening) + 2)


def behind(text: str, openings: Sequence[str]) -> str:
    """What stands behind the longest opening that a text begins with; all of it where it begins with none."""
    found = max((one for one in openings if squash(text).startswith(one)), key=len, default="")
    return split_at(text, found)[1] if found else text


def split_at(text: str, squashed: str) -> tuple[str, str]:
    """A text before and behind a phrase that is known without its white space."""
    wanted = squash(text).find(squashed)
    start = next((i for i in range(len(text) + 1) if len(squash(text[:i])) >= wanted and squash(text[i:]).startswith(squashed)), 0)
    end = next((i for i in range(start, len(text) + 1) if squash(text[start:i]) == squashed), len(text))
    return text[:start], text[end:]
