"""The spaces that a line break hides. Thai breaks a line between two words whether a space stood there or not.

The page does not tell, but the document may: the same question is printed above its table and in its only row, broken elsewhere;
and the wording of the year's questions is known. Only white space at a break is decided so, nothing else is touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from .values import unwrap


def unwrap_like(text: str, peers: Iterable[str]) -> str:
    """The lines of a text as one, with a space at a break where another print of the same words has one inside a line.

    >>> unwrap_like("การอนุมัติ\\nอนุญาต หรือให้\\nบริการ", ["การอนุมัติ อนุญาต\\nหรือให้บริการ"])
    'การอนุมัติ อนุญาต หรือให้บริการ'
    >>> unwrap_like("การอนุมัติ\\nอนุญาต", ["การอนุมัติ\\nอนุญาต", "ข้อความอื่น"])
    'การอนุมัติอนุญาต'
    """
    lines = text.split("\n")
    if len(lines) == 1:
        return unwrap(text)
    same = [gaps for peer in peers if (told := _gaps(peer))[0] == _gaps(text)[0] and (gaps := told[1]) is not None]
    out, at = lines[0].rstrip(), len(_bare(lines[0]))
    for line in lines[1:]:
        known = next((gaps[at] for gaps in same if gaps[at] is not None), None)
        out = unwrap(f"{out}\n{line}") if known is None else f"{out.rstrip()}{' ' if known else ''}{' '.join(line.split())}"
        at += len(_bare(line))
    return " ".join(out.split())


def _bare(text: str) -> str:
    return "".join(text.split())


@lru_cache(maxsize=4_096)
def _gaps(text: str) -> tuple[str, Mapping[int, bool | None]]:
    """A text without white space, and for each place in it whether a space stands there; None where a line ends."""
    gaps: dict[int, bool | None] = {}
    bare: list[str] = []
    between = ""
    for char in text:
        if char.isspace():
            between += char
            continue
        gaps[len(bare)] = None if "\n" in between else bool(between)
        bare.append(char)
        between = ""
    gaps[len(bare)] = bool(between)
    return "".join(bare), gaps
