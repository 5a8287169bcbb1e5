"""The code that opens a question: "e4 ท่านหาข้อมูลได้ มากน้อยเพียงใด".

Reports print its letter large or small, and to a reader of Thai a small e is a ๑, a ๐, or with the digit behind it "ec". The digit
is known by its shape all the same. A letter that is not known stays U+FFFD: which it is the codes of all questions tell together.
"""

from __future__ import annotations

import re
from typing import Final

from .glance import SURE, Glance
from .shapes import UNKNOWN

_CODE: Final = re.compile(rf"{UNKNOWN}[0-9๐-๙]{{1,2}}")
_LETTERS: Final = {"e": "E", "E": "E", "I": "I", "i": "I", "O": "O"}
"""What is read as one of these is that letter of a code."""


def coded(look: Glance) -> str:
    """The code that the first part of a line looks like: U+FFFD and one or two digits that are sure; "" where it is none."""
    if not _CODE.fullmatch(look.text) or len(look.likely) != len(look.text):
        return ""
    return look.text if float(look.likely[1:].max(1).min()) >= SURE else ""


def coded_as(code: str, word: str) -> str:
    """The code with the letter that the word in its place was read with, if it is one of a code.

    >>> coded_as("\\ufffd4", "ec"), coded_as("\\ufffd4", "๑4"), coded_as("12", "l2")
    ('E4', '\\ufffd4', '12')
    """
    return _LETTERS.get(word[0], UNKNOWN) + code[1:] if code.startswith(UNKNOWN) and len(code) <= 3 else code
