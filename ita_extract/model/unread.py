"""Printed numbers of which a digit could not be read: what they may have been.

OCR that cannot tell a ๓ from a ๙ says U+FFFD, and so does a text layer whose font names no digit. The row is not lost for it: the
arithmetic may leave one digit only. Until then the number stands as one that nobody can publish, and none takes it for a score.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from itertools import product
from typing import Final

UNREAD: Final = "\ufffd"
MOST = 2
"""So many digits of a number may be unknown: of more there are more than a hundred readings, and arithmetic leaves several."""
BEYOND: Final = Decimal(1000)
HUNDRED: Final = Decimal(100)
_SCORE: Final = re.compile(rf"[0-9๐-๙{UNREAD}]{{1,3}}\.[0-9๐-๙{UNREAD}]{{2}}")
_THAI: Final = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def placeholder(printed: str) -> Decimal | None:
    """What stands for a score with unknown digits until they are known; None for any other text. It is no score by itself.

    >>> placeholder("8\ufffd.12"), placeholder("88.12"), placeholder("\ufffd\ufffd.\ufffd2"), placeholder("2\ufffd63")
    (Decimal('1080.12'), None, None, None)
    """
    return BEYOND + Decimal(_bare(printed).replace(UNREAD, "0")) if UNREAD in printed and readings(printed) else None


@lru_cache(maxsize=1_024)
def readings(printed: str) -> tuple[Decimal, ...]:
    """Every score, 0 to 100, that a print with unknown digits may be, in order; none where all digits are known or too few.

    No score is printed with a nought before it that it does not need.

    >>> readings("8\ufffd.12")[:2], len(readings("\ufffd\ufffd.12")), readings("\ufffd00.00"), readings("88.12")
    ((Decimal('80.12'), Decimal('81.12')), 90, (Decimal('100.00'),), ())
    """
    text = _bare(printed)
    if not _SCORE.fullmatch(text) or not 0 < text.count(UNREAD) <= MOST:
        return ()
    parts = text.split(UNREAD)
    filled = (
        "".join(map("".join, zip(parts, (*digits, ""), strict=True))) for digits in product("0123456789", repeat=len(parts) - 1)
    )
    return tuple(Decimal(one) for one in filled if Decimal(one) <= HUNDRED and (one[0] != "0" or one[1] == "."))


def _bare(printed: str) -> str:
    return "".join(printed.split()).rstrip("*%").translate(_THAI)
