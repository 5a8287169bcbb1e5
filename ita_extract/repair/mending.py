"""Writes into a line what the lattice reads better, one step a word, each under the name of what it put right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from . import marks
from .draft import Draft, trimmed
from .evidence import NO_EVIDENCE, Evidence
from .gate import encoded, remembered_impossible, remembered_suspect
from .judging import Line, accepted
from .letters import parse
from .lexicon import lexicon
from .reading import RUN, Hypothesis, Reading, best_hypothesis, is_usual, read, standing
from .script import BLANK, IMPOSSIBLE, MARK, MARKS
from .spacing import blanks, carried_blanks, has_double, inner_blank_marks, is_moved, stray_rate

WIDE = re.compile(rf"(?<=[^{BLANK}])[{BLANK}]{{2,}}(?=[^{BLANK}])")
BEFORE_STOP = re.compile(rf"(?<=[0-9๐-๙])[{BLANK}](?=[.)])")
AFTER_OPEN = re.compile(rf"(?<=\()[{BLANK}](?=[0-9๐-๙])")
TOO_MANY = re.compile(f"[{MARK}]{{7}}")
SPLIT, BEFORE_MARK = re.compile(f"[{BLANK}][่-๋]?า|[{BLANK}]$"), re.compile(f"[{BLANK}][{MARK}]")
NO_BLANKS = str.maketrans("", "", BLANK)
WORD_START, WORD_END = re.compile("[ก-ฺเ-๎]{1,40}"), re.compile("[ก-ฺเ-๎]{1,40}$")


@dataclass(frozen=True, slots=True)
class Change:
    """One edit of a line with its rule and margin, in characters of the line."""

    start: int
    end: int
    new: str
    rule: str
    margin: float


def is_settled(draft: Draft, evidence: Evidence) -> bool:
    """Whether the line is sound but for ำ that certain rules can put together; if so, they have done it.

    Most damaged lines of most documents are of this kind, and reading them would cost ten times as much to end at the same words.
    Where the document fails in other ways, too, or a word is rare, no rule is certain and the line must be read.
    """
    if evidence.font_fails or evidence.ligature_lost or evidence.loosens:
        return False
    if draft.text.count("ำ") > draft.text.count("า"):  # the font may write ำ for every า: both make words
        return False
    trial = draft.copy()
    marks.sara_am(trial)
    marks.split_sara_am(trial)
    if remembered_suspect(trial.text) or lexicon().parted.in_text(trial.text, encoded(trial.text)):
        return False
    if not all(is_usual(match[0]) for match in RUN.finditer(trial.text)):
        return False
    draft.take(trial)
    return True


def read_line(draft: Draft, evidence: Evidence | None) -> None:
    """Replaces what the lattice reads better in `draft`, one step a word."""
    text = draft.text
    runs = [match for match in RUN.finditer(text) if len(match[0]) > 1 and not TOO_MANY.search(match[0])]
    if not runs:
        return
    known = evidence or NO_EVIDENCE
    best = best_hypothesis(text, [match[0] for match in runs], known)
    hard = bool(draft.steps) or remembered_impossible(text)
    readings = [read(match[0], best) for match in runs]
    if not any(True in reading.differs for reading in readings) and (
        not (best.spaced or hard or known.loosens) or (bool(draft.trace) and not best.spaced)
    ):
        return
    line = Line(best, known, hard, stray_rate(readings, best, known, hard), has_double(text), is_moved(draft.trace))
    draft.seen = tuple(sum(map(count, readings)) for count in (inner_blank_marks, carried_blanks))
    changes: list[Change] = []
    for match, reading in zip(runs, readings, strict=True):
        if True in reading.differs or any(reading.run.gaps):
            changes += _changes(match[0], match.start(), draft.trace[match.start() : match.end()], reading, line)
        if (
            text.startswith("  ", match.end())
            and changes
            and changes[-1].end >= match.end() - 1
            and changes[-1].rule == "carried-mark"
        ):
            changes.append(Change(match.end(), match.end() + 1, "", "stray-space", changes[-1].margin))
    first, last = _over_breaks(draft, known)
    shift = 0
    for change in changes:
        if text[change.start : change.end] != change.new and change.end > first and change.start < last:
            before = len(draft.text)
            draft.edit(change.rule, [(change.start + shift, change.end + shift, change.new)], round(change.margin, 2))
            shift += len(draft.text) - before
    if best.spaced:
        draft.sub("letter-spacing", WIDE, " ")
        draft.sub("letter-spacing", BEFORE_STOP, "")
        draft.sub("letter-spacing", AFTER_OPEN, "")


def _changes(text: str, base: int, trace: str, best: Reading, line: Line) -> Iterator[Change]:
    run = best.run
    judged = accepted(text, best, line)
    blank = blanks(text, trace, best, tuple(sure for sure, _ in judged), line)
    for number, word in enumerate(best.path):
        sure, margin = judged[number]
        if not (sure and best.differs[number]) and not any(run.gaps[word.start : word.end]):
            continue
        old = text[run.starts[word.start] : run.starts[word.end]]
        new = "".join(
            (word.units[at - word.start] if sure else text[run.starts[at] : run.starts[at + 1]].rstrip(BLANK)) + blank.get(at, "")
            for at in range(word.start, word.end)
        )
        if new != old:
            start, end, after = trimmed(run.starts[word.start], old, new)
            yield Change(base + start, base + end, after, rule_name(text, start, end, after, line.hypothesis), margin)


def _over_breaks(draft: Draft, known: Evidence) -> tuple[int, int]:
    """Where the line begins and ends but for sound words that run on over a line break: their parts are no words.

    Where marks are carried on, a ั at the end of a line is one of them ("ตรวจรบั", "งาน"): no line ends between it and its consonant.
    """
    text = draft.text
    first, last = 0, len(text)
    head, tail = WORD_START.match(text), WORD_END.search(text)
    if draft.before and head:
        first = _crossing(draft.before, head[0])[1]
    if draft.after and tail and not (known.carries_marks and tail[0].endswith("ั")):
        last -= _crossing(tail[0], draft.after)[0]
    return first, last


def _crossing(left: str, right: str) -> tuple[int, int]:
    """How many characters of `left` and of `right` belong to a word that stands across their border; 0 where none does."""
    if IMPOSSIBLE.search(left + right):
        return 0, 0
    run = parse(left + right)
    for word in standing(left + right):
        start, end = run.starts[word.start], run.starts[word.end]
        if start < len(left) < end:
            return (len(left) - start, end - len(left)) if word.known else (0, 0)
    return 0, 0


def rule_name(text: str, start: int, end: int, new: str, hypothesis: Hypothesis) -> str:
    """The name of what an edit put right, for the log."""
    old = text[start:end]
    if new.count("ำ") > old.count("ำ"):
        around = text[max(start - 1, 0) : end + 1]
        if "้" in old and "้" not in new and old.count("้") > new.count("้"):
            return "tone-for-nikhahit"
        return "split-sara-am" if SPLIT.search(old) or f" {old}" in around else "lost-nikhahit"
    if new.count("ำ") < old.count("ำ"):
        return "surplus-nikhahit"
    plain, fixed = (part.translate(NO_BLANKS) for part in (old, new))
    if plain == fixed:
        if f"{old}{text[end : end + 1]}".lstrip("่้๊๋").endswith(" ำ") or " ำ" in old:
            return "space-sara-am"
        if hypothesis.spaced:
            return "letter-spacing"
        return "space-mark" if text[end : end + 1] in MARKS or BEFORE_MARK.search(old) else "stray-space"
    counted, wanted = Counter(plain), Counter(fixed)
    return "carried-mark" if counted == wanted else "doubled-mark"
