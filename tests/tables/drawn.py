"""Pages for these tests, made of characters and strokes themselves: no PDF and no engine takes part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ita_extract.model import trace
from ita_extract.model.page import Chars, Page

MARKS = "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d"
WIDTH = 0.5
"""How wide every letter is, in em; a mark moves no pen."""


@dataclass(slots=True)
class Ink:
    """Characters in the order in which they are drawn."""

    rows: list[tuple[int, float, float, float, float, int, int, str]] = field(default_factory=list)
    runs: int = 0

    def write(
        self, text: str, x: float, y: float, *, size: float = 10.0, turn: int = 0, spread: float = 0.0, width: float = WIDTH
    ) -> float:
        """One text object with its pen at (x, y), going on in the direction of `turn`; gives back where the pen stops.

        `spread`: points put behind every letter.
        """
        dx, dy = ((1, 0), (0, 1), (-1, 0), (0, -1))[turn]
        for letter in text:
            step = 0.0 if letter in MARKS else width * size
            kind = trace.BLANK if letter == " " else trace.DRAWN
            self.rows.append((ord(letter), x, y, step, size, turn, self.runs, kind))
            x, y = x + dx * (step + spread), y + dy * (step + spread)
        self.runs += 1
        return x if turn % 2 == 0 else y

    def chars(self) -> Chars:
        code, x, y, step, size, turn, run, kind = zip(*self.rows, strict=True) if self.rows else ([],) * 8
        at, pen, em, way = (
            np.array([x, y], np.float64).T.reshape(-1, 2),
            np.array(step),
            np.array(size, np.float64),
            np.array(turn, np.int64),
        )
        reach = np.where(pen > 0, pen, 0.25 * em)
        left = np.where(pen > 0, 0.0, -0.25 * em)  # a mark is drawn back over its letter
        up = 0.7 * em
        boxes = np.empty((len(em), 4))
        for t, (a, b, c, d) in enumerate(
            (
                (at[:, 0] + left, at[:, 1] - up, at[:, 0] + left + reach, at[:, 1]),
                (at[:, 0], at[:, 1] + left, at[:, 0] + up, at[:, 1] + left + reach),
                (at[:, 0] - left - reach, at[:, 1], at[:, 0] - left, at[:, 1] + up),
                (at[:, 0] - up, at[:, 1] - left - reach, at[:, 0], at[:, 1] - left),
            )
        ):
            boxes[way == t] = np.column_stack((a, b, c, d))[way == t]
        stop = np.choose(way, (at[:, 0] + pen, at[:, 1] + pen, at[:, 0] - pen, at[:, 1] - pen)) if len(em) else np.empty(0)
        return Chars(
            code=np.array(code, np.uint32),
            box=boxes.astype(np.float32),
            origin=at.astype(np.float32),
            advance=stop.astype(np.float32),
            size=em.astype(np.float32),
            run=np.array(run, np.int32),
            font=np.zeros(len(em), np.int16),
            kind=np.array([ord(k) for k in kind], np.uint8),
            turn=way.astype(np.uint8),
            fonts=("Face",),
        )


def page(ink: Ink, edges: Iterable[Sequence[float]] = (), width: float = 600.0, height: float = 800.0) -> Page:
    return Page(1, width, height, ink.chars(), strokes(edges))


def strokes(edges: Iterable[Sequence[float]]) -> NDArray[np.float32]:
    return np.array(list(edges), np.float32).reshape(-1, 4)


def ruled(xs: Sequence[float], ys: Sequence[float]) -> list[tuple[float, float, float, float]]:
    """One stroke for every border of a table."""
    return [*((xs[0], y, xs[-1], y) for y in ys), *((x, ys[0], x, ys[-1]) for x in xs)]


def filled(texts: Sequence[Sequence[str]], xs: Sequence[float], ys: Sequence[float], size: float = 10.0) -> Ink:
    """A text in each cell, set from the left on the cell's first line; "\\n" begins another line."""
    ink = Ink()
    for r, row in enumerate(texts):
        for c, text in enumerate(row):
            for n, line in enumerate(text.split("\n")):
                if line:
                    ink.write(line, xs[c] + 3, ys[r] + size * (1.1 + 1.3 * n), size=size)
    return ink


def write_turned(ink: Ink, text: str, x: float, y: float, turn: int) -> None:
    """Text on its side, whose marks are drawn before their letter, as programs draw that turn a heading letter by letter."""
    dx, dy = ((1, 0), (0, 1), (-1, 0), (0, -1))[turn]
    for cluster in re.findall(f"[^{MARKS}][{MARKS}]*", text):
        step = WIDTH * 10.0
        ink.write(cluster[:0:-1], x + dx * step, y + dy * step, turn=turn)
        ink.write(cluster[0], x, y, turn=turn)
        x, y = x + dx * step, y + dy * step
