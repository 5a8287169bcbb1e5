"""The order of repair: certain rules, gate, lattice, log. The one place that knows it."""

from __future__ import annotations

from dataclasses import dataclass

from ..model.step import Step
from . import glyphs, marks, reading
from .draft import Draft
from .evidence import Evidence
from .gate import is_impossible, is_suspect
from .lexicon import lexicon

BEFORE = (
    glyphs.zero_width,
    glyphs.private_use,
    glyphs.mojibake,
    glyphs.foreign_letters,
    glyphs.traced_ink,
    glyphs.unmapped_glyph,
    marks.two_sara_e,
    marks.nikhahit_aa,
    marks.mark_order,
)
"""Certain rules that need no word: they leave nothing behind that the lattice would want to see."""
AFTER = (marks.split_sara_am, marks.sara_am, marks.space_mark, marks.mark_order, marks.doubled_marks)
"""Certain rules for what stands outside every word: the lattice reads the same places better where it knows the word."""

ROUNDS = 8
"""More rounds than any text was seen to need: real lines settle in the first."""
MEMORY = 200_000
"""Texts remembered before the memory is emptied: an announcement repeats its heads and grades thousands of times."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """`text` as the page shows it; replaying `steps` on the raw text gives it."""

    text: str
    steps: tuple[Step, ...]


_memory: dict[tuple[str, str, Evidence | None], Repaired] = {}


def repair_text(text: str, trace: str = "", evidence: Evidence | None = None) -> Repaired:
    """The Thai that the page shows, from the Thai that its text layer gives.

    >>> repair_text("ด าเนินการท่ีก าหนด").text
    'ดำเนินการที่กำหนด'
    >>> repair_text("ด าเนิน", ".^.....").steps[0].rule
    'traced-nikhahit'
    """
    if text.isascii():
        return Repaired(text, ())
    key = (text, trace, evidence)
    known = _memory.get(key)
    if known is None:
        if len(_memory) >= MEMORY:
            _memory.clear()
        known = _memory[key] = _repair(text, trace, evidence)
    return known


def _repair(text: str, trace: str, evidence: Evidence | None) -> Repaired:
    if trace and len(trace) != len(text):
        raise ValueError(f"a trace of {len(trace)} characters for a text of {len(text)}")
    eager = evidence is not None and evidence.damaged
    if not (eager or trace.strip("._~|") or is_suspect(text) or marks.is_listed(text)):
        return Repaired(text, ())
    done: list[str] = []
    steps: list[Step] = []
    base = at = 0
    for line in text.split("\n"):
        draft = Draft(line, trace[at : at + len(line)], base)
        at += len(line) + 1
        repair_line(draft, evidence)
        done.append(draft.text)
        steps += draft.steps
        base += len(draft.text) + 1
    return Repaired("\n".join(done), tuple(steps))


def repair_line(draft: Draft, evidence: Evidence | None) -> None:
    """Repairs one line in place, again until nothing changes: what one rule leaves may be what another was waiting for."""
    eager = evidence is not None and evidence.damaged
    for _ in range(ROUNDS):
        before = draft.text
        hard = is_impossible(before) or bool(draft.trace.strip("._~"))
        if hard:
            for rule in BEFORE:
                rule(draft)
            reading.ink_below(draft)
        if hard:
            reading.early_mark(draft)
        if hard or eager or lexicon().false_form(draft.text):
            reading.read_line(draft, evidence)
        if hard:
            for rule in AFTER:
                rule(draft)
        marks.list_number(draft)
        if draft.text == before:
            return
        eager = False
