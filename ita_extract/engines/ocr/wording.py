"""Where the words of a line stand: the white between them in the picture, matched with the blanks in the text.

The columns of a table without rules are known by nothing else than where words begin and end.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .pieces import ink_of

MORE = 3
"""So many gaps more than there are blanks are looked at, the widest, for each blank and once."""
WEIGHT = 2.0
"""What a gap as wide as a letter is high is worth: as much as a word that takes the room of some letters more than it has."""
WIDEST = 1.5
"""Heights of a letter; that a gap is wider than this says no more."""

Reach = tuple[float, float]


def word_spans(image: NDArray[np.uint8], counts: Sequence[int], reach: Reach, letter: float) -> list[Reach]:
    """From where to where each word of a line goes, in pixels of the page; one span for all where the picture has fewer gaps.

    `counts`: the letters of each word; `reach`: from where to where the whole line goes, which need not be all of the ink: what
    runs over the border of a cell is drawn in. `letter`: the height of a letter.
    """
    whole = [(float(reach[0]), float(reach[1]))]
    inked = np.flatnonzero(ink_of(image).any(0)) if len(counts) > 1 else np.empty(0, np.int64)
    breaks = np.flatnonzero(np.diff(inked) > 1)
    if len(counts) < 2 or len(breaks) < len(counts) - 1 or min(counts) < 1:
        return whole
    starts, ends = inked[breaks + 1].astype(float), inked[breaks].astype(float) + 1
    wide = np.sort(np.argsort(ends - starts, kind="stable")[: MORE * len(counts)])  # the widest, in their order
    chosen = _chosen(starts[wide], ends[wide], (float(inked[0]), float(inked[-1]) + 1), counts, letter)
    left, scale = float(inked[0]), (reach[1] - reach[0]) / (float(inked[-1]) + 1 - float(inked[0]))
    edges = [float(inked[0]), *(side for gap in chosen for side in (ends[wide[gap]], starts[wide[gap]])), float(inked[-1]) + 1]
    placed = [reach[0] + (edge - left) * scale for edge in edges]
    return list(zip(placed[::2], placed[1::2], strict=True))


def _chosen(
    starts: NDArray[np.float64], ends: NDArray[np.float64], reach: Reach, counts: Sequence[int], letter: float
) -> list[int]:
    """The gaps, as many as blanks, that are wide and between which the words have about the room that their letters take.

    `starts`, `ends`: where the word behind each gap starts and the one before it ends, from left to right.
    """
    white = np.minimum((starts - ends) / letter, WIDEST) * WEIGHT
    room = max(1.0, reach[1] - reach[0] - float(np.sort(starts - ends)[-(len(counts) - 1) :].sum()))
    step = room / sum(counts)
    cost, came = _misfit(ends - reach[0], counts[0], step) - white, []
    for blank in range(1, len(counts) - 1):
        ways = cost[:, None] + _misfit(ends[None, :] - starts[:, None], counts[blank], step)
        ways[np.tril_indices(len(starts))] = np.inf  # the next gap is farther right
        came.append(ways.argmin(0))
        cost = ways.min(0) - white
    last = int((cost + _misfit(reach[1] - starts, counts[-1], step)).argmin())
    out = [last]
    for before in reversed(came):
        out.append(int(before[out[-1]]))
    return out[::-1]


def _misfit(width: NDArray[np.float64], count: int, step: float) -> NDArray[np.float64]:
    """How badly a word of so many letters fits into so many pixels."""
    return np.asarray((width / step - count) ** 2 / count)
