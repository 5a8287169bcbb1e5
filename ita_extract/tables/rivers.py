"""Rivers: the white that runs down between columns, and what of it the words of a line leave open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from .words import Line, Span

RIVER = 0.3
"""The least width of a river in em."""


def gaps_of(spans: Sequence[Span]) -> list[Span]:
    return [(a[1], b[0]) for a, b in pairwise(spans)]


def crossed_by(line: Line, rivers: Sequence[Span]) -> int:
    return len(rivers) - len(uncovered(rivers, line.phrases(), RIVER * line.em))


def uncovered(rivers: Iterable[Span], words: Sequence[Span], least: float) -> list[Span]:
    """What of each river the words leave white: its widest part, if that is wide enough."""
    out = []
    for river in rivers:
        x0, x1 = widest_white(river, words)
        if x1 - x0 >= least:
            out.append((x0, x1))
    return out


def widest_white(river: Span, words: Iterable[Span]) -> Span:
    at, end = river
    best = (at, at)
    for a, b in (*words, (end, end)):
        if b < at or a > end:
            continue
        if a - at > best[1] - best[0]:
            best = (at, a)
        at = max(at, b)
    return best
