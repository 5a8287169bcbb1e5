"""The order of repair: certain rules, gate, lattice, log. The one place that knows it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model.step import Step
from . import glyphs, maps, marks, vowels
from .draft import Draft
from .evidence import NO_EVIDENCE, Evidence
from .gate import is_plain, is_suspect, remembered_impossible, remembered_suspect
from .mending import is_settled, read_line
from .script import MARK

AFTER = (marks.split_sara_am, marks.sara_am, marks.space_mark, marks.mark_order, marks.doubled_marks)
"""Certain rules for what stands outside every word: the lattice reads the same places better where it knows the word."""

ROUNDS = 8
"""More rounds than any text was seen to need: real lines settle in the first."""
LOW_VOWEL = 2.0
"""What ุ or ู in the place of a blank must save in a document that has lost both."""
MARKED = re.compile(f"[{MARK}]")
MIXED = re.compile("[0-9][๐-๙]|[๐-๙][0-9]")
THAI_END, THAI_START = re.compile("[ก-ฺเ-๎]{1,40}$"), re.compile("[ก-ฺเ-๎]{1,40}")
MEMORY = 200_000
"""Texts remembered before the memory is emptied: an announcement repeats its heads and grades thousands of times."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """`text` as the page shows it; replaying `steps` on the raw text gives it."""

    text: str
    steps: tuple[Step, ...]

    @property
    def doubt(self) -> tuple[str, ...]:
        """Why the text should not be trusted although repair can do no more, for a reader of the page itself to decide.

        "MARKS_LOST": it bears no mark and is no words without.   "MIXED_DIGITS": one number in Thai and Arabic digits. Its value is
        kept, but a writer who changes digits inside a number may have changed the number.

        >>> repair_text("หนวยงานภาครฐ").doubt, repair_text("พ.ศ. ๒๕๖7").doubt, repair_text("หน่วยงาน").doubt
        (('MARKS_LOST',), ('MIXED_DIGITS',), ())
        """
        lost = not MARKED.search(self.text) and vowels.unseen_marks(self.text)
        mixed = MIXED.search(self.text) is not None
        return ("MARKS_LOST",) * lost + ("MIXED_DIGITS",) * mixed


class _Memory:
    """What was repaired under the evidence seen last. It is told by identity: to hash an evidence would cost more than the rest."""

    __slots__ = ("evidence", "known")

    def __init__(self) -> None:
        self.evidence: Evidence | None = None
        self.known: dict[tuple[str, str], Repaired] = {}

    def under(self, evidence: Evidence | None) -> dict[tuple[str, str], Repaired]:
        if self.evidence is not evidence or len(self.known) >= MEMORY:
            self.evidence, self.known = evidence, {}
        return self.known


_memory = _Memory()


def repair_text(text: str, trace: str = "", evidence: Evidence | None = None) -> Repaired:
    """The Thai that the page shows, from the Thai that its text layer gives.

    `trace`: what the page tells of each character (`ita_extract.model.trace`), "" without a page.   `evidence`: what `survey` found
    in the document. Raises ValueError for a trace that is not as long as the text.

    >>> repair_text("ด าเนินการท่ีก าหนด").text
    'ดำเนินการที่กำหนด'
    >>> repair_text("ด าเนิน", ".^.....").steps[0].rule
    'traced-nikhahit'
    """
    if text.isascii():
        return Repaired(text, ())
    known = _memory.under(evidence)
    found = known.get((text, trace))
    if found is None:
        found = known[text, trace] = _repair(text, trace, evidence)
    return found


def _repair(text: str, trace: str, evidence: Evidence | None) -> Repaired:
    if trace and len(trace) != len(text):
        raise ValueError(f"a trace of {len(trace)} characters for a text of {len(text)}")
    eager = evidence is not None and evidence.damaged
    if not (eager or trace.strip("._~|") or is_suspect(text) or marks.is_listed(text)):
        return Repaired(text, ())
    done: list[str] = []
    steps: list[Step] = []
    base = at = 0
    lines = text.split("\n")
    for number, line in enumerate(lines):
        before = THAI_END.search(lines[number - 1]) if number else None
        after = THAI_START.match(lines[number + 1]) if number + 1 < len(lines) else None
        draft = Draft(line, trace[at : at + len(line)], base, before[0] if before else "", after[0] if after else "")
        at += len(line) + 1
        repair_line(draft, evidence)
        done.append(draft.text)
        steps += draft.steps
        base += len(draft.text) + 1
    return Repaired("\n".join(done), tuple(steps))


def repair_line(draft: Draft, evidence: Evidence | None) -> None:
    """Repairs one line in place, again until nothing changes: what one rule leaves may be what another was waiting for."""
    known = evidence or NO_EVIDENCE
    eager = known.damaged
    if known.is_mojibake:
        glyphs.mojibake_throughout(draft)
    for _ in range(ROUNDS):
        before = draft.text
        hard = remembered_impossible(before) or bool(draft.trace.strip("._~"))
        if hard:
            _certain(draft, known)
            vowels.early_mark(draft)
        if known.loses_low_vowels:
            vowels.low_vowel(draft, LOW_VOWEL)
        if not (hard and is_settled(draft, known)) and (hard or eager or remembered_suspect(draft.text)):
            read_line(draft, evidence)
        if hard and remembered_impossible(draft.text):
            for rule in AFTER:
                rule(draft)
        marks.list_number(draft)
        if draft.text == before:
            return
        eager = False


def _certain(draft: Draft, known: Evidence) -> None:
    """Certain rules that need no word: they leave nothing behind that the lattice would want to see."""
    if not is_plain(draft.text):
        glyphs.zero_width(draft)
        glyphs.private_use(draft, maps.takes_other(draft.text, known))
        glyphs.mojibake(draft)
        glyphs.foreign_letters(draft)
    glyphs.traced_ink(draft, known.swaps_am)
    glyphs.unmapped_glyph(draft)
    marks.two_sara_e(draft)
    marks.nikhahit_aa(draft)
    if known.tone_for_nikhahit:
        marks.two_mai_tho(draft)
    marks.mark_order(draft)
    vowels.ink_below(draft)
