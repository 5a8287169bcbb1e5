"""Damage done on purpose to correct text, kind by kind, to measure how much of it repair undoes."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Final

from .script import CONSONANT, LEADS, MARK, TONE
from .trie import units


def dice(seed: int) -> random.Random:
    """Chances that fall the same way every time."""
    return random.Random(seed)  # noqa: S311  no secret hangs on which mark is damaged


AM: Final = re.compile(f"([{CONSONANT}])([{TONE}]?)ำ")
CLUSTER: Final = re.compile(f"([{CONSONANT}])([{MARK}]+)([เ-ไ]?[{CONSONANT}])")


def split_am(text: str, _: random.Random) -> str:
    """The nikhahit comes out as a space: "ด าเนิน", "น ้า"."""
    return AM.sub(r"\1 \2า", text)


def lost_am(text: str, _: random.Random) -> str:
    """The nikhahit comes out as nothing: "ดาเนิน"."""
    return AM.sub(r"\1\2า", text)


def mai_tho(text: str, _: random.Random) -> str:
    """The nikhahit comes out as mai tho: "ด้าเนิน", "น้้า"."""
    return AM.sub("\\1้\\2า", text)


def am_for_aa(text: str, _: random.Random) -> str:
    """Every sara aa comes out as sara am: "กำรก ำหนด"."""
    return AM.sub(r"\1 \2\0", text).replace("า", "ำ").replace("\0", "ำ")


def replacement(text: str, dice: random.Random) -> str:
    """The nikhahit has no Unicode: U+FFFD on either side of ำ."""
    return AM.sub(lambda m: dice.choice((f"{m[1]}\ufffd{m[2]}ำ", f"{m[0]}\ufffd")), text)


def parts(text: str, _: random.Random) -> str:
    """Nikhahit and sara aa apart: "ดํา", "นํ้า"."""
    return AM.sub("\\1ํ\\2า", text)


def tone_first(text: str, _: random.Random) -> str:
    """The tone before the vowel: "ท่ี"."""
    return re.sub(f"([ัิีึืุู])([{TONE}])", r"\2\1", text)


def blank_mark(text: str, dice: random.Random) -> str:
    """A blank before every fourth mark: "ที ่"."""
    return re.sub(f"(?=[{MARK}])", lambda _: " " if dice.random() < 0.25 else "", text)


def carried(text: str, dice: random.Random) -> str:
    """Every fourth mark on the next consonant: "ปฏิบตัิ"."""
    return CLUSTER.sub(lambda m: f"{m[1]}{m[2][:-1]}{m[3]}{m[2][-1]}" if dice.random() < 0.25 else m[0], text)


def doubled(text: str, dice: random.Random) -> str:
    """Every fourth mark twice: "หน่่วย"."""
    return re.sub(f"[{MARK}]", lambda m: m[0] * (1 + (dice.random() < 0.25)), text)


def low_as_blank(text: str, _: random.Random) -> str:
    """ุ and ู come out as blanks: "สาธารณส ข"."""
    return re.sub("[ุู]", " ", text)


def mojibake(text: str, _: random.Random) -> str:
    """TIS-620 read as Latin-1; what TIS-620 does not have stays."""
    return "".join(char.encode("tis-620").decode("latin-1") if "ก" <= char <= "๛" else char for char in text)


def letter_spaced(text: str, dice: random.Random) -> str:
    """Blanks between six of ten letters, and two for a real one: "จั ด ท า"."""
    out: list[str] = []
    for one, two in pairwise((*units(text), "")):
        out.append(" า" if one == "ำ" else one)
        if one == " " or (
            two and two[0] not in "ะาำ " and one[0] not in LEADS and min(one[0], two[0]) >= "ก" and dice.random() < 0.6
        ):
            out.append(" ")
    return "".join(out)


KINDS: Final[Mapping[str, Callable[[str, random.Random], str]]] = {
    kind.__name__: kind
    for kind in (
        split_am,
        lost_am,
        mai_tho,
        am_for_aa,
        replacement,
        parts,
        tone_first,
        blank_mark,
        carried,
        doubled,
        low_as_blank,
        mojibake,
        letter_spaced,
    )
}
"""Every kind of damage by name: text and dice in, text out."""
