"""What a cell prints, as a value. Functions take the repaired text and give a value, None for absent, or raise ValueError."""

from __future__ import annotations

import re
from decimal import Decimal

THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_SCORE = re.compile(r"\d{1,3}(?:\.\d+)?")
_NO_POINT = re.compile(r"[1-9]\d{3}|10000|[1-9]\d\d\.\d|1000\.0")
_COUNT = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_LATIN_END, _LATIN_START = re.compile(r"[0-9A-Za-z.,;:)]$"), re.compile(r"^[0-9A-Za-z(]")


def arabic(text: str) -> str:
    """Thai digits as Arabic ones; a number may mix both.

    >>> arabic("๒๕๖7")
    '2567'
    """
    return text.translate(THAI_DIGITS)


def unwrap(text: str) -> str:
    """The lines of a cell as one: Thai writes no space between words, so a line break is no space unless one was written.

    A name too long for its column breaks anywhere between two words; put together with a space it is another name, and 8,303
    agencies become 8,310.

    >>> unwrap("องค์การบริหารส่วนตำบล\\nท่าตุ้ม"), unwrap("คะแนน \\n2562"), unwrap("Open Data\\nIntegrity")
    ('องค์การบริหารส่วนตำบลท่าตุ้ม', 'คะแนน 2562', 'Open Data Integrity')
    """
    if "\n" not in text:
        return " ".join(text.split())
    out, blank_written = "", False
    for line in text.split("\n"):
        part = " ".join(line.split())
        if not part:
            continue
        apart = blank_written or line[:1].isspace() or bool(_LATIN_END.search(out) and _LATIN_START.match(part))
        out = f"{out}{' ' if out and apart else ''}{part}"
        blank_written = line[-1:].isspace()
    return out


def parse_score(text: str, absent: frozenset[str]) -> Decimal | None:
    """A score such as "85.62"; None where the cell is empty or prints a dash.

    >>> parse_score("๘๕.๖๒", frozenset({"-"})), parse_score(" - ", frozenset({"-"}))
    (Decimal('85.62'), None)
    """
    bare = "".join(arabic(text).split())
    if not bare or bare in absent:
        return None
    bare = bare.rstrip("*%")
    if not _SCORE.fullmatch(bare):
        raise ValueError(f"{text!r} is no score")
    return Decimal(bare)


def score_without_point(text: str) -> Decimal | None:
    """A number in a score's place that has lost its point, or has it one place too far on, as it is read; None for any other.

    OCR drops a point more often than a digit. What it was is for the checks to say, by the grade beside it: 8126 is no score as it
    stands. A year is no score that lost its point.

    >>> score_without_point("8126"), score_without_point("๘๑๒.๖"), score_without_point("2563"), score_without_point("187.96")
    (Decimal('8126'), Decimal('812.6'), None, None)
    """
    bare = "".join(arabic(text).split()).rstrip("*%")
    return Decimal(bare) if _NO_POINT.fullmatch(bare) and year_in(bare) is None else None


def parse_count(text: str, absent: frozenset[str]) -> int | None:
    """A whole number such as "29,528" or "๑๒".

    >>> parse_count("29,528", frozenset()), parse_count("5.", frozenset())
    (29528, 5)
    """
    bare = "".join(arabic(text).split())
    if not bare or bare in absent:
        return None
    bare = bare.rstrip(".*)")
    if not _COUNT.fullmatch(bare):
        raise ValueError(f"{text!r} is no whole number")
    return int(bare.replace(",", ""))


def year_in(text: str) -> int | None:
    """The last Buddhist-era year from 2540 to 2640 that the text names; spaces inside the number do not matter.

    >>> year_in("ประจำปีงบประมาณ พ.ศ. ๒๕๖๓"), year_in("หน้า 25")
    (2563, None)
    """
    found = re.findall(r"(?<!\d)(25[4-9]\d|26[0-3]\d)(?!\d)", arabic("".join(text.split())))
    return int(found[-1]) if found else None
