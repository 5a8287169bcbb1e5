"""A line of text while it is being repaired: text, trace and the log move together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ..model.step import Step
from ..model.trace import DRAWN

Edit = tuple[int, int, str]
"""`(start, end, replacement)` in the text before any edit of the same batch."""


class Draft:
    """Text under repair. `trace` is "" or as long as `text`; what a rule writes counts as drawn.

    `before` and `after` are the Thai letters that the line before ends and the line after begins with.
    `seen` is what the lattice noticed along the way: blanks before a mark, and blanks behind a carried mark, inside words.
    """

    __slots__ = ("after", "base", "before", "seen", "steps", "text", "trace")

    def __init__(self, text: str, trace: str = "", base: int = 0, before: str = "", after: str = "") -> None:
        self.text, self.trace, self.base, self.before, self.after = text, trace, base, before, after
        self.steps: list[Step] = []
        self.seen: tuple[int, ...] = (0, 0)

    def edit(self, rule: str, edits: Iterable[Edit], margin: float | None = None) -> None:
        """Puts all `edits` (ascending, not overlapping) in place and logs each as one step of `rule`."""
        text, trace, done, shift = self.text, self.trace, 0, self.base
        out: list[str] = []
        marks: list[str] = []
        for start, end, new in edits:
            old = text[start:end]
            if old == new:
                continue
            self.steps.append(Step(rule, start + shift, old, new, margin))
            shift += len(new) - (end - start)
            out += (text[done:start], new)
            if trace:
                marks += (trace[done:start], DRAWN * len(new))
            done = end
        if done:
            self.text = "".join(out) + text[done:]
            self.trace = "".join(marks) + trace[done:] if trace else ""

    def copy(self) -> Draft:
        """A draft to try something on; its steps are its own."""
        return Draft(self.text, self.trace, self.base, self.before, self.after)

    def take(self, other: Draft) -> None:
        """Takes over what was done to a copy."""
        self.text, self.trace = other.text, other.trace
        self.steps += other.steps

    def sub(self, rule: str, pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], str]) -> None:
        """`pattern.sub(new, text)`, logged, each step cut down to the characters that differ."""
        matches = list(pattern.finditer(self.text))
        if not matches:
            return
        write = new if callable(new) else (lambda match: match.expand(new))
        self.edit(rule, [trimmed(match.start(), match[0], write(match)) for match in matches])


def trimmed(start: int, old: str, new: str) -> Edit:
    """The edit that turns `old` at `start` into `new`, without their common ends.

    >>> trimmed(10, "ด า", "ดำ")
    (11, 13, 'ำ')
    """
    head, most = 0, min(len(old), len(new))
    while head < most and old[head] == new[head]:
        head += 1
    tail, most = 0, most - head
    while tail < most and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return start + head, start + len(old) - tail, new[head : len(new) - tail]
