"""Shares of one question are counts over one number of answers: 3.07, 0.00, 33.66 and 63.27 % are 19, 0, 208 and 391 of 618.

A survey that says 3.08 % is misread, although its shares still add to 100: no number of answers makes these four.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

import numpy as np

from .interval import Interval

ONE = Decimal(1)
LIMIT = 750
"""Beyond so many answers shares that mean nothing fit some number by chance (one time in twelve): then fractions say nothing."""
HEADROOM = 1.1
"""How many more answers a question may have than the most that other questions of its survey need."""
FEWEST, FIT = 5, 0.9
"""A survey is counted by when so many of its four-step rows are counts, and at least this share of them."""
NEAR = 0.01
"""Questions that stand together are answered by nearly the same people: within this share of one number."""


@dataclass(frozen=True, slots=True)
class Answers:
    """One way in which the shares may have come about: `counts` of `total` answers each."""

    total: int
    counts: tuple[int, ...]

    def score(self, weights: Sequence[Decimal]) -> Decimal:
        """The score of the row, 0 to 100, to the last digit of a Decimal."""
        return sum((weight * count for weight, count in zip(weights, self.counts, strict=True)), Decimal(0)) / self.total


def ways(shares: Sequence[Interval], most: int) -> tuple[Answers, ...]:
    """Every number of answers up to `most` of which the shares, in percent, are counts that add up to all of them.

    >>> from .interval import printed
    >>> shares = [printed(Decimal(text)) for text in ("3.07", "0.00", "33.66", "63.27")]
    >>> ways(shares, 700)
    (Answers(total=618, counts=(19, 0, 208, 391)),)
    """
    return _ways(tuple((share.low, share.high) for share in shares), most)


@lru_cache(maxsize=2_048)
def _ways(shares: tuple[tuple[Decimal, Decimal], ...], most: int) -> tuple[Answers, ...]:
    """In whole numbers, so that nothing is rounded. Remembered: each search for a misread share asks of its whole survey again."""
    scale = 10 ** max(-int(end.as_tuple().exponent) for ends in shares for end in (*ends, ONE))
    totals = np.arange(1, most + 1, dtype=np.int64)
    fits, counts = np.ones(most, bool), []
    for low, high in shares:
        count = -(-totals * int(low * scale) // (100 * scale))  # the least that is enough; so narrow a share leaves no second
        fits &= count * (100 * scale) <= totals * int(high * scale)
        counts.append(count)
    fits &= sum(counts) == totals
    found = zip(totals[fits].tolist(), *(count[fits].tolist() for count in counts), strict=True)
    return tuple(Answers(total, tuple(parts)) for total, *parts in found)


def is_near(total: int, known: int) -> bool:
    """Whether two questions may have been answered by the same people, give or take a few."""
    return abs(total - known) <= max(1, NEAR * known)


@dataclass(frozen=True, slots=True)
class Survey:
    """How many answered the questions of one survey: `totals` as far as its own rows tell, `most` as an upper bound."""

    totals: tuple[int, ...]
    most: int

    def near(self, total: int) -> bool:
        """Whether so many answers are what another question of the survey has, give or take a few who left it out."""
        at = bisect_left(self.totals, total)
        return any(is_near(total, known) for known in self.totals[max(0, at - 1) : at + 1])


def survey_of(rows: Sequence[Sequence[Interval]]) -> Survey | None:
    """What the four-step rows of a survey tell of its answers; None where they are too few, too many, or no counts at all.

    Two shares fit any number of answers, four do not: those of 618 answers fit by chance one time in thirty.
    """
    smallest = sorted(found[0].total for shares in rows if len(shares) >= 4 and (found := ways(shares, LIMIT)))
    asked = sum(1 for shares in rows if len(shares) >= 4)
    if len(smallest) < FEWEST or len(smallest) < FIT * asked:
        return None
    most = int(_largest(smallest) * HEADROOM)
    return Survey(tuple(sorted({total for total in smallest if total <= most})), most)


def _largest(totals: Sequence[int]) -> int:
    """The most answers of any question: a number that another question has as well, or nearly, so that no row alone decides it.

    A misread row may fit a number far above all others by chance. Where more than a few stand above, they are no misreadings.
    """
    shared = [total for total, other in pairwise(totals) if is_near(total, other)]
    shared += [other for total, other in pairwise(totals) if is_near(other, total)]
    top = max(shared, default=totals[-1])
    return top if sum(total > top * HEADROOM for total in totals) <= (1 - FIT) * len(totals) else totals[-1]
