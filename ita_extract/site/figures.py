"""What the pages show of many rows at once: counts, spreads, means, movers. Pure functions of rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles
from typing import TypeAlias

from .source import Row

BEST_FIRST = ("verified", "consistent", "corrected", "unverified", "contradicted")
"""What may be known of a number, in the order in which it is shown."""
LEAST = 5
"""Agencies of a type that must be known for their mean to be shown as that of the type."""
BIN = 5
"""Points that a bar of a distribution covers."""
MOVERS = 15
"""So many agencies that rose, and that fell, are shown of a year."""

Kind: TypeAlias = tuple[int, str]
"""A fiscal year and a type of agency."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How scores spread: number, mean, quartiles, ends, and how many lie in each bin of 5 points from 0; 100 is in the last."""

    count: int
    mean: float
    quarter: float
    median: float
    three_quarters: float
    lowest: float
    highest: float
    bins: tuple[int, ...]
    passed: int | None
    """How many are said to have reached the target; None where it is said of none."""
    judged: int
    """Of how many it is said."""


@dataclass(frozen=True, slots=True)
class Province:
    """A province in one year: how many of its agencies have a score, and the plain mean of their scores."""

    name: str
    count: int
    mean: float


def spread(scores: Sequence[float], targets: Iterable[bool | None] = ()) -> Spread:
    """The spread of at least one score.

    >>> found = spread([80.0, 90.0, 100.0], [None, True, True])
    >>> found.count, found.mean, found.median, found.bins[16:], found.passed, found.judged
    (3, 90.0, 90.0, (1, 0, 1, 1), 2, 2)
    """
    low, middle, high = quantiles(scores, n=4, method="inclusive") if len(scores) > 1 else (scores[0],) * 3
    counts = Counter(min(int(score // BIN), 100 // BIN - 1) for score in scores)
    said = [target for target in targets if target is not None]
    return Spread(
        count=len(scores),
        mean=fmean(scores),
        quarter=low,
        median=middle,
        three_quarters=high,
        lowest=min(scores),
        highest=max(scores),
        bins=tuple(counts[at] for at in range(100 // BIN)),
        passed=sum(said) if said else None,
        judged=len(said),
    )


def spreads(scores: Iterable[Row]) -> tuple[dict[int, Spread], dict[Kind, Spread]]:
    """The spread of the national scores of each year, and of each year and type of agency; both in order."""
    years: dict[int, list[Row]] = defaultdict(list)
    kinds: dict[Kind, list[Row]] = defaultdict(list)
    for row in scores:
        years[row["fiscal_year"]].append(row)
        if row["agency_type"] is not None:
            kinds[row["fiscal_year"], row["agency_type"]].append(row)
    return {key: _spread(years[key]) for key in sorted(years)}, {key: _spread(kinds[key]) for key in sorted(kinds)}


def _spread(rows: Sequence[Row]) -> Spread:
    return spread([row["score"] for row in rows], [row["target_passed"] for row in rows])


def provinces(scores: Iterable[Row]) -> dict[int, tuple[Province, ...]]:
    """For each year the provinces with their agencies' plain mean, the best first."""
    found: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in scores:
        if row["province"] is not None:
            found[row["fiscal_year"]][row["province"]].append(row["score"])
    return {
        year: tuple(
            sorted(
                (Province(name, len(values), fmean(values)) for name, values in found[year].items()),
                key=lambda one: (-one.mean, one.name),
            )
        )
        for year in sorted(found)
    }


def movers(scores: Iterable[Row]) -> dict[int, tuple[tuple[Row, ...], tuple[Row, ...], int]]:
    """For each year the agencies that rose most and that fell most since the year before, and how many were left out.

    A contradicted score is left out and counted: the greatest changes of all are misread numbers.
    """
    changed: dict[int, list[Row]] = defaultdict(list)
    doubtful: Counter[int] = Counter()
    before = {}
    rows = list(scores)
    for row in rows:
        before[row["agency_id"], row["fiscal_year"]] = row["verification"]
    for row in rows:
        if row["change_from_previous"] is None:
            continue
        year = row["fiscal_year"]
        if "contradicted" in (row["verification"], before.get((row["agency_id"], year - 1))):
            doubtful[year] += 1
        else:
            changed[year].append(row)
    found = {}
    for year in sorted({*changed, *doubtful}):
        ordered = sorted(changed[year], key=lambda row: (-row["change_from_previous"], row["agency_id"]))
        up = tuple(row for row in ordered[:MOVERS] if row["change_from_previous"] > 0)
        down = tuple(row for row in reversed(ordered[-MOVERS:]) if row["change_from_previous"] < 0)
        found[year] = (up, down, doubtful[year])
    return found


def shown_year(years: Mapping[int, Spread]) -> int | None:
    """The year that a page opens with: the latest one of which a tenth as many agencies are known as of the best known year.

    A single report of the year that has just begun must not hide the 8,300 agencies of the year before.
    """
    most = max((one.count for one in years.values()), default=0)
    return max((year for year, one in years.items() if 10 * one.count >= most), default=None)


def known(rows: Iterable[Row]) -> Counter[str]:
    """How many rows there are of each verification."""
    return Counter(row["verification"] for row in rows)


def outcomes(checks: Iterable[Row]) -> dict[str, Counter[str]]:
    """For each identity how many of its checks hold, fail and were put right; the ones with most failures first."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for check in checks:
        found[check["identity"]][check["outcome"]] += 1
    return dict(sorted(found.items(), key=lambda item: (-item[1]["fails"], -item[1]["corrected"], item[0])))


def means(rows: Iterable[Row], *key: str, least: int = 1) -> dict[tuple[object, ...], float]:
    """The plain mean of `score` over the rows that agree in the columns `key`, those without a score left out.

    Groups of fewer than `least` scores have none: nobody learns from an agency that lies on its own mean.
    """
    found: dict[tuple[object, ...], list[float]] = defaultdict(list)
    for row in rows:
        if row["score"] is not None:
            found[tuple(row[name] for name in key)].append(row["score"])
    return {group: fmean(values) for group, values in found.items() if len(values) >= least}


def share(part: int, whole: int) -> float:
    """`part` in percent of `whole`, 0 of nothing."""
    return 100 * part / whole if whole else 0.0


def in_order(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The verifications that occur, the best first."""
    return [(name, counts[name]) for name in BEST_FIRST if counts.get(name)]
