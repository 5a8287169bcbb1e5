"""What respondents are counted by: "20 – 30 ขี" of a scan are the ages that the rules call "20 – 30 ปี".

The categories are part of the key of their counts, so a misread letter makes another group of people. What is legible is
published as it is printed: one survey of a report has a hyphen in its ages, the other a dash.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ..model.unread import UNREAD
from ..rulebook.wording import skeleton, squash
from .values import arabic

CLOSE = 92.0
"""How alike, of 100, a misread category must be to one that the rules know: a bachelor's and a master's degree are 89."""
_DASH: Final = re.compile(rf"(?<=[\d{UNREAD}])\s*[-–—−]\s*(?=[\d{UNREAD}])")
_THAI, _THAI_DIGIT = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"), re.compile("[๐-๙]")
_COUNTED: Final = re.compile(rf"(\D*?)([\d{UNREAD}]+(?:-[\d{UNREAD}]+)?)([^\d{UNREAD}]{{0,4}})")
"""A label with its number or range: the words before it, and a unit behind it, which tells no two categories apart."""


def categories_of(printed: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The categories of a block's rows. A label with unknown signs that says none is the one between those above and below it.

    >>> categories_of(["20 – 30 ปี", "4.-\ufffd.\ufffd", "41 – 50 ปี"], ("20 – 30 ปี", "31 – 40 ปี", "41 – 50 ปี"))
    ('20 – 30 ปี', '31 – 40 ปี', '41 – 50 ปี')
    """
    found = [category_of(one, known) for one in printed]
    between = {(_plain(above), _plain(below)): middle for above, middle, below in zip(known, known[1:], known[2:], strict=False)}
    for at in range(1, len(found) - 1):
        if UNREAD in found[at] and (middle := between.get((_plain(found[at - 1]), _plain(found[at + 1])))):
            found[at] = _in_script_of(found[at - 1], middle)
    return tuple(found)


def category_of(printed: str, known: Sequence[str]) -> str:
    """The category that a label means: as it is printed where that is legible, else as the rules write the only one it may be.

    A misread label is told by its two numbers, or where it is close to one category and to no other. Its digits stay Thai, or
    Arabic.

    >>> category_of("๒๐-๓๐ ขี", ("20 – 30 ปี", "31 – 40 ปี")), category_of("๒๐-๓๐ ปี", ("20 – 30 ปี",))
    ('๒๐ – ๓๐ ปี', '๒๐-๓๐ ปี')
    >>> category_of("ปริญญาโทหรือเทียบเท่า", ("ปริญญาตรีหรือเทียบเท่า",))
    'ปริญญาโทหรือเทียบเท่า'
    """
    if any(_plain(one) == _plain(printed) for one in known):
        return printed
    if len(found := [one for one in known if _bones(one) == _bones(printed)]) == 1:
        return _in_script_of(printed, found[0])
    counted = _COUNTED.fullmatch(_plain(printed))
    if counted:  # what is unknown at the end is a digit, or the unit
        words, number, _ = counted.groups()
        found = _counted(words, number, known) or _counted(words, number.rstrip(UNREAD), known)
    else:
        found = _close(printed, known)
    return _in_script_of(printed, found[0]) if len(found) == 1 else printed


def _in_script_of(printed: str, category: str) -> str:
    """The category with Thai digits, if the label has such."""
    return category.translate(_THAI) if _THAI_DIGIT.search(printed) else category


def _counted(words: str, number: str, known: Sequence[str]) -> list[str]:
    """The known categories that count the same number or range behind the same words; U+FFFD may be any digit."""
    wanted = re.compile(number.replace(UNREAD, r"\d"))
    parts = [(one, _COUNTED.fullmatch(_plain(one))) for one in known]
    fitting = [(one, skeleton(part[1])) for one, part in parts if part and wanted.fullmatch(part[2])]
    return [one for one, bones in fitting if bones == skeleton(words)]


def _plain(text: str) -> str:
    return squash(_DASH.sub("-", arabic(text)))


def _bones(text: str) -> str:
    return skeleton(_DASH.sub("-", arabic(text)))


def _close(printed: str, known: Sequence[str]) -> list[str]:
    """The known categories that a label of words is close to."""
    from rapidfuzz.fuzz import ratio

    return [one for one in known if ratio(_bones(printed), _bones(one)) >= CLOSE or ratio(_plain(printed), _plain(one)) >= CLOSE]
