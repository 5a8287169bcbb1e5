"""Counts over a document what `Evidence` holds: a look at every text, and a reading of some of those that show damage."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from ..model.trace import INK_BELOW
from . import glyphs, marks
from .draft import Draft
from .evidence import NO_EVIDENCE, Evidence
from .gate import is_suspect
from .maps import gain_of_other
from .mending import is_settled, read_line
from .script import MARK, TONE

SAMPLE = 8_000
"""Characters of damaged text that are read; what is found in them is counted up to all of it."""
TONED_AM = re.compile(f"[{TONE}]ำ")
MARKED = re.compile(f"[{MARK}]")
LOW = re.compile("[ุู]")
LETTERS = re.compile("[ก-ฮ]")
MENDED = ("traced-nikhahit", "unmapped-nikhahit", "nikhahit-aa", "split-sara-am", "space-sara-am", "tone-for-nikhahit")
RULES = (
    glyphs.zero_width,
    glyphs.mojibake,
    glyphs.foreign_letters,
    glyphs.traced_ink,
    glyphs.unmapped_glyph,
    marks.two_sara_e,
    marks.nikhahit_aa,
    marks.mark_order,
)


def observe(texts: Iterable[tuple[str, str]]) -> Evidence:
    """The counts of `evidence.survey`."""
    seen: Counter[str] = Counter()
    distinct: Counter[tuple[str, str]] = Counter()
    for pair in texts:
        seen["texts"] += 1
        if not pair[0].isascii():
            distinct[pair] += 1
    damaged: list[tuple[tuple[str, str], int]] = []
    for (raw, trace), count in distinct.items():
        for name, found in _looked_at(raw).items():
            seen[name] += found * count
        seen["inked_below"] += trace.count(INK_BELOW) * count
        if is_suspect(raw) or trace.strip("._~|"):
            damaged.append(((raw, trace), count))
        else:
            seen["toned_am"] += len(TONED_AM.findall(raw)) * count
    step = max(1, round(sum(len(raw) for (raw, _), _ in damaged) / SAMPLE))
    for (raw, trace), count in damaged[::step]:
        for name, found in _observed(raw, trace).items():
            seen[name] += found * count * step
    return Evidence(**+seen)


def _looked_at(raw: str) -> dict[str, int]:
    return {"am": raw.count("ำ"), "aa": raw.count("า"), "low": len(LOW.findall(raw)), "letters": len(LETTERS.findall(raw))}


def _observed(raw: str, trace: str) -> Counter[str]:
    """What one damaged text shows."""
    out: Counter[str] = Counter()
    at = 0
    for line in raw.split("\n"):
        draft = Draft(line, trace[at : at + len(line)])
        at += len(line) + 1
        gain = gain_of_other(line)
        if gain:
            out["other_map" if gain > 0 else "first_map"] += 1
        glyphs.private_use(draft, gain > 0)
        for rule in RULES:
            rule(draft)
        before = len(MARKED.findall(draft.text))
        if not is_settled(draft, NO_EVIDENCE):
            read_line(draft, None)
        names = Counter(step.rule for step in draft.steps)
        out["lost"] += names["lost-nikhahit"]
        out["toned"] += names["tone-for-nikhahit"]
        out["carried"] += names["carried-mark"]
        out["doubled"] += max(before - len(MARKED.findall(draft.text)) - names["tone-for-nikhahit"], 0)
        out["blank_mark"] += draft.seen[0]
        out["carried_blank"] += draft.seen[1]
        spaced = sum(len(step.before) - len(step.after) for step in draft.steps if step.rule == "letter-spacing") >= 3
        out["spaced"] += spaced
        out["loose"] += names["stray-space"] if not spaced else 0
        out["mojibake"] += names["mojibake"]
        out["mended"] += sum(names[rule] for rule in MENDED)
        out["toned_am"] += max(len(TONED_AM.findall(draft.text)) - names["lost-nikhahit"], 0)
    return +out
