"""The plots that are drawn when the site is made, as SVG. Colours and faces come from the style sheet, by class.

The content security policy forbids styles in the page, which is why a bar's length is an attribute of a shape here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from .figures import BIN, Province, Spread
from .tiles import COLUMNS, ROWS, TILES

FEW = 30
"""Agencies below which a year's mean is drawn hollow."""
BANDS = 7
"""Colours of the tiles, from the lowest scores to the highest."""
STEPS = (0.1, 0.2, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0)
"""Points that one colour may cover."""
TILE = 46
"""Points from one tile to the next."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: its class in the style sheet, how much it is, and what it is in words."""

    kind: str
    amount: int
    words: str


def limits(scores: Sequence[float]) -> tuple[float, ...]:
    """Where the colours of the tiles change, low to high, so that the middle nine tenths of the scores spread over all of them.

    Provinces lie within 3 points of each other in one year and within 25 in another. A fixed scale shows the one as a single colour
    or the other as two.

    >>> limits([81.0, 81.4, 82.1, 82.6, 83.4])
    (81.0, 81.5, 82.0, 82.5, 83.0, 83.5)
    """
    ordered = sorted(scores)
    skip = len(ordered) // 20
    low, high = ordered[skip], ordered[-1 - skip]
    step = next((step for step in STEPS if step * (BANDS - 2) > high - low), STEPS[-1])
    start = round(low // step * step, 2)
    return tuple(round(start + step * at, 2) for at in range(BANDS - 1))


def band(score: float, changes: Sequence[float]) -> int:
    """The colour of a score among the tiles, 0 to 6.

    >>> band(69.9, (70, 75)), band(70, (70, 75)), band(100, (70, 75))
    (0, 1, 2)
    """
    return sum(score >= limit for limit in changes)


def _svg(width: float, height: float, body: Iterable[str], label: str, kind: str) -> Markup:
    inner = Markup("").join(Markup(part) for part in body)  # noqa: S704  every part was escaped where it was made
    return Markup('<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        kind, _n(width), _n(height), label, inner
    )


def _n(value: float) -> str:
    """A coordinate in as few characters as it needs.

    >>> _n(3.0), _n(2.125)
    ('3', '2.1')
    """
    return f"{value:.1f}".removesuffix(".0")


def _rect(kind: str, x: float, y: float, width: float, height: float, title: str = "") -> str:
    told = f"<title>{escape(title)}</title>" if title else ""
    return f'<rect class="{kind}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}">{told}</rect>'


def _text(kind: str, x: float, y: float, text: object, anchor: str = "middle") -> str:
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}">{escape(text)}</text>'


def _line(kind: str, x0: float, y0: float, x1: float, y1: float) -> str:
    return f'<line class="{kind}" x1="{_n(x0)}" y1="{_n(y0)}" x2="{_n(x1)}" y2="{_n(y1)}"/>'


def stacked(parts: Sequence[Part], label: str) -> Markup:
    """A bar of parts side by side that fills its width; a part that there is stays visible however small it is."""
    total = sum(part.amount for part in parts)
    shown = [part for part in parts if part.amount]
    least = 3.0
    spare = 600 - least * len(shown)
    x, body = 0.0, []
    for part in shown:
        width = least + spare * part.amount / total
        body.append(_rect(f"part {part.kind}", x, 0, width - (1 if part is not shown[-1] else 0), 14, part.words))
        x += width
    return Markup(
        '<svg class="stacked" viewBox="0 0 600 14" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(
        label,
        Markup("".join(body)),  # noqa: S704  escaped in _rect
    )


def histogram(found: Spread, target: float | None, label: str, highest: int, mean_word: str) -> Markup:
    """How scores spread, with their mean and the year's target marked. `highest`: the bin that is drawn to the full height."""
    width, height, floor = 300.0, 104.0, 84.0
    first = min((at for at, count in enumerate(found.bins) if count), default=0)
    start = min(first * BIN, 50) // 10 * 10  # the same 50 to 100 for nearly all, so that plots side by side compare
    scale = (width - 20) / (100 - start)
    body = [_line("axis", 10, floor, width - 10, floor)]
    for at, count in enumerate(found.bins):
        if count:
            tall = max(1.5, (floor - 20) * count / max(highest, 1))
            x = 10 + (at * BIN - start) * scale
            words = f"{at * BIN}\u2013{at * BIN + BIN}: {count:,}"
            kind = "bar" if target is None or at * BIN >= target else "bar below"
            body.append(_rect(kind, x + 1, floor - tall, BIN * scale - 2, tall, words))
    for tick in range(start, 101, 10):
        body.append(_text("tick", 10 + (tick - start) * scale, floor + 14, tick))
    if target is not None and target >= start:
        x = 10 + (target - start) * scale
        body.append(_line("target", x, 16, x, floor))
    x = 10 + (found.mean - start) * scale
    body += [_line("mean", x, 16, x, floor), _text("mean-label", min(max(x, 40), width - 40), 11, f"{mean_word} {found.mean:.2f}")]
    return _svg(width, height, body, label, "histogram")


def over_years(years: Mapping[int, Spread], label: str, each: Mapping[int, str]) -> Markup:
    """The mean of each year as a line over the band of its middle half. `each`: what to say of a year where the pointer rests."""
    width, height, left, right, top, floor = 640.0, 250.0, 44.0, 16.0, 20.0, 206.0
    low = min(60.0, min(one.quarter for one in years.values()) // 10 * 10)
    order = sorted(years)
    step = (width - left - right) / max(len(order), 1)
    at = {year: left + step * (place + 0.5) for place, year in enumerate(order)}

    def y(score: float) -> float:
        return floor - (score - low) / (100 - low) * (floor - top)

    body = []
    for tick in range(int(low), 101, 10):
        body += [_line("grid", left, y(tick), width - right, y(tick)), _text("tick", left - 8, y(tick) + 4, tick, "end")]
    for before, after in pairwise(order):
        if after == before + 1:  # a year of which nothing is known parts the line: nothing is drawn through it
            one, other = years[before], years[after]
            corners = (
                (at[before], one.three_quarters),
                (at[after], other.three_quarters),
                (at[after], other.quarter),
                (at[before], one.quarter),
            )
            points = " ".join(f"{_n(x)},{_n(y(score))}" for x, score in corners)
            body.append(f'<polygon class="band" points="{points}"/>')
            body.append(_line("line", at[before], y(one.mean), at[after], y(other.mean)))
    for year in order:
        one = years[year]
        body += [
            _line("whisker", at[year], y(one.three_quarters), at[year], y(one.quarter)),
            _dot(at[year], y(one.mean), each[year], few=one.count < FEW),
            _text("value", at[year], y(one.mean) - 11, f"{one.mean:.2f}"),
            _text("tick strong", at[year], floor + 20, year),
            _text("tick", at[year], floor + 37, f"n = {one.count:,}"),
        ]
    return _svg(width, height, body, label, "over-years")


def _dot(x: float, y: float, title: str, *, few: bool) -> str:
    kind = "dot few" if few else "dot"
    return f'<circle class="{kind}" cx="{_n(x)}" cy="{_n(y)}" r="5"><title>{escape(title)}</title></circle>'


def tile_grid(found: Mapping[str, Province], label: str, words: Mapping[str, str], href: Mapping[str, str]) -> Markup:
    """The provinces as tiles coloured by mean score. By code of the province: its figures, what is said of it, where it leads."""
    changes = limits([one.mean for one in found.values()]) if found else ()
    body = []
    for tile in TILES:
        x, y = tile.column * TILE, tile.row * TILE
        province = found.get(tile.code)
        kind = f"tile band-{band(province.mean, changes)}" if province else "tile none"
        inner = (
            f'<rect x="{x + 1}" y="{y + 1}" width="{TILE - 3}" height="{TILE - 3}" rx="4"/>'
            + _text("short", x + TILE / 2, y + 20, tile.short)
            + _text("mean", x + TILE / 2, y + 36, f"{province.mean:.1f}" if province else "\u2013")
            + f"<title>{escape(words[tile.code])}</title>"
        )
        if province:
            inner = f'<a href="{escape(href[tile.code])}" aria-label="{escape(words[tile.code])}">{inner}</a>'
        body.append(f'<g class="{kind}">{inner}</g>')
    inner = Markup("".join(body))  # noqa: S704  every part was escaped where it was made
    return Markup('<svg class="tiles" viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>').format(
        COLUMNS * TILE, ROWS * TILE, label, inner
    )
