"""One change of a text, small enough to be shown to a person and exact enough to be replayed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """`rule` put `after` in the place of `before` at `offset` of the text as the earlier steps had left it.

    `margin` says how much less likely the text was without the step, as a difference of costs (natural logarithms): None for a
    rule that is always right, small for a close decision.
    """

    rule: str
    offset: int
    before: str
    after: str
    margin: float | None = None


def replay(raw: str, steps: Iterable[Step]) -> str:
    """The text that `steps` make of `raw`; raises ValueError where a step does not find what it replaced.

    >>> replay("ด าเนิน", [Step("split-sara-am", 1, " า", "ำ")])
    'ดำเนิน'
    """
    text = raw
    for step in steps:
        end = step.offset + len(step.before)
        if text[step.offset : end] != step.before:
            raise ValueError(f"step {step} does not fit {text[step.offset : end]!r}")
        text = text[: step.offset] + step.after + text[end:]
    return text
