"""Rules that are printed as dots or dashes, or so faintly that a scan shows them in pieces, between the cells of a drawn frame.

A reader that knows only whole rules sees one cell in such a frame, and in it all the numbers of the table. Dots cannot be told from
grain one by one: specks make rows as well, and where such rows were taken for rules, tables lost their lines. What neither specks
nor letters do is to be darker than the paper on both sides, by much the same in every short stretch, from one rule to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Mask: TypeAlias = NDArray[np.uint8]
Levels: TypeAlias = NDArray[np.float32]
INK = np.uint8(255)
STEP, STRETCH = 12, 24
"""Pixels from one stretch of a line to the next, and pixels of a stretch: two millimetres, three dots of most printers, and more
than the white between two dashes."""
BESIDE, HALF = 6, 1
"""Pixels from the middle of a rule to the paper beside it that is looked at on both sides; by so many each is broader than one."""
SIGMAS = 5.0
"""By so many deviations of the grain a stretch is darker than the paper: of a page's million, grain makes less than one so."""
FAINT = 8.0
"""And by so many of 255 tones at least: the squares of a squeezed picture differ by less."""
LEAST = 5
"""Steps of the shortest rule, a quarter of an inch; odd, as it is the size of a brush that has a middle."""
HIDDEN = 3
"""One less are the steps in a row that a letter may hide which touches the rule; odd for the same reason."""
FAR, ASIDE = 24, 8
"""Pixels from the stretches of a row to the rule at which it ends: along the row and across it."""
BORDER, GAP = 2, 8
"""Pixels beside a rule that crosses this one in which it darkens the paper; and of the white between two dots."""
PITCH, REPEATED, PEAK = 40, 0.7, 0.95
"""Pixels from one dash to the next, at most, less than from line to line; how alike (correlated) a row of dashes is to itself so
far on, and how near to the best that is."""
LIKE, SURE, BARE = (0.4, 2.5), 0.7, 0.1
"""A part of a rule is as dark as most of them, or between so much and so much of it; its first and its last, from one rule that
crosses it to the next, have at least so much, for beyond its end letters stand in line with it. And so much of it may be white."""
SHOWN, CHANCE = 0.8, 2.5
"""The share of its parts that are so, others lie under letters; and so many parts more, for a few strokes are alike by chance. Of
3,458 rows that letters made on 48 pages none had a share of more than 0.83, long ones 0.78; of 265 printed rules all but few had
0.97, and one that letters touched 0.86."""
MOST = 2 / 3
"""And so many parts are at first sight, before it is known where a rule ends: letters beyond its end may lie in line with it."""
ENOUGH, DASHES = 4, 8
"""Parts of which that can be told; and dashes, for digits of one width stand as evenly."""
WHOLE = 0.95
"""A rule of which so much was seen as a whole one is that one; with less it is a whole one in pieces."""
MOST_ROWS = 3_000
"""Rows to look at, letters' and others, on a page: the closest tables have 500, and what has more is a photograph."""
ROUNDS = 8
"""Rules that end at one another, at most: one in a head within a head within a frame needs three."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A row of dots, seen from pixel `first` on along it, and a rule from `start` to `stop`. `line`: the pixel across in which it
    lies, pixel by pixel, for paper is seldom so flat that it is the same one everywhere; `darker`: by how many tones it is darker
    there than the paper beside it."""

    first: int
    start: int
    stop: int
    line: NDArray[np.intp]
    darker: Levels


def with_dotted(gray: Mask, level: Mask, upright: Mask) -> tuple[Mask, Mask]:
    """The level and the upright rules of a page, as masks: the whole ones that are given, and those of dots, dashes and faint ink.

    A rule ends at another one on both sides; the dots that lead from a heading to the number of its page are therefore none.
    """
    rows, columns = _rows(gray, level), _rows(gray.T, upright.T)
    across, down = rows, columns
    for _ in range(ROUNDS):
        if not across and not down:
            return level, upright
        others = _with(level, across), _with(upright.T, down)
        before = _spans(across), _spans(down)
        rows, across = _ended(rows, others[1].T)
        columns, down = _ended(columns, others[0].T)
        if before == (_spans(across), _spans(down)):
            break
    return _with(level, across), np.ascontiguousarray(_with(upright.T, down).T)


def _steps(gray: Mask) -> Levels:
    """(lines, steps): the tones of a page, from step to step along its lines; a page seen from its side as well."""
    lines, size = gray.shape[0], gray.shape[1] // STEP
    if size < LEAST or lines <= 4 * ASIDE:
        return np.zeros((0, 0), np.float32)
    if gray.flags.c_contiguous:
        return np.asarray(cv2.resize(gray[:, : size * STEP], (size, lines), interpolation=cv2.INTER_AREA), np.float32)
    return np.asarray(cv2.resize(gray.T[: size * STEP], (lines, size), interpolation=cv2.INTER_AREA).T, np.float32)


def _inked(steps: Levels, many: int) -> Levels:
    """By how much the stretch of so many steps that begins at each step of each line is darker than the paper above and below it;
    from 1 on by more than grain can be."""
    tone = cv2.blur(steps, (many, 2 * HALF + 1), anchor=(0, HALF))
    inner = tone[BESIDE:-BESIDE]
    above, below = tone[: -2 * BESIDE] - inner, tone[2 * BESIDE :] - inner
    darker = np.zeros(tone.shape, np.float32)
    darker[BESIDE:-BESIDE] = np.minimum(above, below)
    darker[: ASIDE + HALF] = darker[-ASIDE - HALF :] = 0  # no table is there, and beside any other row there is paper to look at
    grain = 1.4826 * float(np.median(np.abs(above[::8])))  # most of a page is paper
    return darker / np.float32(max(FAINT, SIGMAS * grain))


def _rows(gray: Mask, whole: Mask) -> list[Row]:
    """The rows of dots that are no `whole` rules. The crest of a row is followed: it may climb by a pixel from step to step."""
    steps = _steps(gray)
    if not steps.size:
        return []
    darker = _inked(steps, STRETCH // STEP)
    crest = (darker >= 1) & (darker >= cv2.dilate(darker, np.ones((2 * BESIDE + 1, 1), np.uint8)))
    broad = cv2.dilate(crest.astype(np.uint8), np.ones((3, 1), np.uint8))
    bridged = cv2.morphologyEx(broad, cv2.MORPH_CLOSE, np.ones((1, HIDDEN), np.uint8))
    count, part, _, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, LEAST), np.uint8)))
    y, x = np.nonzero(crest & (part > 0))
    if count > MOST_ROWS or not len(y):
        return []
    number = np.asarray(part[y, x], np.int64)
    _, first = np.unique(number * part.shape[1] + x, return_index=True)  # one in each step of each row
    number, y, x = number[first], y[first], x[first]
    coarse, fine = darker[y, x], _inked(steps, 1)[y, x]
    out = []
    for start, stop in pairwise([0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(number)]):
        shown = (stop - start) / (x[stop - 1] - x[start] + 1)
        if shown * _alike(coarse[start:stop]) < SHOWN and shown * _alike(fine[start:stop]) < MOST:
            continue
        begin, end = int(x[start]) * STEP, int(x[stop - 1]) * STEP + STRETCH
        along = np.arange(max(0, begin - FAR), min(end + FAR, gray.shape[1]))
        line = np.interp(along, x[start:stop] * STEP + STRETCH // 2, y[start:stop]).round().astype(np.intp)
        beside = whole[line.min() - BESIDE : line.max() + BESIDE + 1, begin + STRETCH : end - STRETCH]
        if np.count_nonzero(beside.any(0)) < WHOLE * beside.shape[1]:
            out.append(Row(int(along[0]), int(along[0]), int(along[-1]) + 1, line, _darker(gray, along, line)))
    return out


def _darker(gray: Mask, along: NDArray[np.intp], line: NDArray[np.intp]) -> Levels:
    """By how much a line is darker than what is beside it, pixel by pixel."""

    def tone(off: int) -> Levels:
        return np.asarray(np.sum([gray[line + off + down, along] for down in range(-HALF, HALF + 1)], 0, np.float32))

    return np.asarray((np.minimum(tone(-BESIDE), tone(BESIDE)) - tone(0)) / (2 * HALF + 1), np.float32)


def _ended(rows: Iterable[Row], others: Mask) -> tuple[list[Row], list[Row]]:
    """Those rows of which some is a rule between others that cross them, and what of them is."""
    kept, rules = [], []
    for row in rows:
        own = [
            replace(row, start=start, stop=stop)
            for start, stop, bare in _between(row, others)
            if _even(_own(row, start, stop), bare)
        ]
        rules += own
        kept += [row] if own else []
    return kept, rules


def _own(row: Row, start: int, stop: int) -> Levels:
    """How dark a part of a row is."""
    return row.darker[start - row.first : stop - row.first]


def _between(row: Row, others: Mask) -> list[tuple[int, int, NDArray[np.bool_]]]:
    """From which of the others to which a row runs, and where none of them crosses it. It is cut where between two of them there is
    little of it."""
    along, darker = np.arange(row.start, row.stop), _own(row, row.start, row.stop)
    line = row.line[row.start - row.first : row.stop - row.first]
    met = np.any([others[line + off, along] for off in (-ASIDE, 0, ASIDE)], 0)  # they run this way
    places = (np.flatnonzero(np.diff(met, prepend=False, append=False)).reshape(-1, 2).sum(1) // 2).tolist()
    bare = ~np.convolve(met, np.ones(2 * BORDER + 1, np.bool_), "same")[: len(met)]
    usual = float(np.median(_means(darker, STEP)))
    parts = [(start, stop, _share(darker[start:stop][bare[start:stop]], usual)) for start, stop in pairwise(places)]
    out = []
    for lasting, group in groupby(parts, lambda part: part[2] >= LIKE[0]):
        run = list(group)
        sure = [at for at, part in enumerate(run) if part[2] >= SURE]
        if lasting and sure:
            start, stop = run[sure[0]][0], run[sure[-1]][1]
            out.append((row.start + start, row.start + stop, bare[start:stop]))
    return out


def _share(darker: Levels, usual: float) -> float:
    """How dark a part of a row is for what is usual in it; where it is too short to tell, as dark."""
    return float(darker.mean()) / usual if len(darker) > STEP and usual > 0 else 1.0


def _even(darker: Levels, bare: NDArray[np.bool_]) -> bool:
    """Whether a row is about as dark in every short part, as print that means one line is, and no row of letters. Only where it is
    `bare` can be seen how dark."""
    pitch, own = _pitch(darker), darker[bare]
    if not len(own):
        return False
    for size, enough, most in ((STEP, ENOUGH, GAP), (pitch, DASHES, max(pitch, STRETCH))):
        if len(own) >= enough * size > 0 and _shown(_means(own, size)) and _white(own, most) <= BARE:
            return True
    return False


def _shown(parts: Levels) -> bool:
    """Whether so many parts are alike that it is no chance."""
    return _alike(parts) >= min(1, SHOWN + CHANCE / len(parts))


def _white(darker: Levels, most: int) -> float:
    """The share of a row that is white for more than so many pixels. What is white up to an end goes on behind the rule there as
    far: letters keep off both."""
    inked = np.convolve(darker, np.full(2 * HALF + 1, 1 / (2 * HALF + 1)), "same") >= LIKE[0] * darker.mean()
    ends = np.flatnonzero(np.diff(inked, prepend=True, append=True)).reshape(-1, 2)
    sizes = ends[:, 1] - ends[:, 0]
    open_ended = (ends[:, 0] == 0) | (ends[:, 1] == len(darker))
    return float(sizes[sizes * (1 + open_ended) > most].sum()) / len(darker)


def _means(values: Levels, size: int) -> Levels:
    """The means of parts of about this size that fill a line from end to end."""
    bounds = np.linspace(0, len(values), max(1, len(values) // size) + 1).astype(np.intp)
    return np.asarray(np.add.reduceat(values, bounds[:-1]) / np.diff(bounds), np.float32)


def _alike(values: Levels) -> float:
    """The share of values that are about as most are."""
    usual = float(np.sort(values)[len(values) // 2]) if len(values) else 0.0
    return np.count_nonzero((values >= LIKE[0] * usual) & (values <= LIKE[1] * usual)) / len(values) if usual > 0 else 0.0


def _pitch(darker: Levels) -> int:
    """Pixels from one dash to the next; 0 where a row does not repeat itself."""
    if len(darker) <= 2 * PITCH or _alike(_means(darker, STRETCH)) < MOST:
        return 0
    waves = np.fft.rfft(darker - darker.mean(), 2 * len(darker))
    alike = np.fft.irfft(np.abs(waves) ** 2)[: PITCH + 1]
    alike *= len(darker) / (len(darker) - np.arange(PITCH + 1))  # of so many less there is one so far on
    like = np.flatnonzero(alike[STEP:] >= max(REPEATED * alike[0], PEAK * alike[STEP:].max()))
    return STEP + int(like[0]) if alike[0] > 0 and len(like) else 0  # twice as far on it is as like itself


def _spans(rows: Sequence[Row]) -> list[tuple[int, int, int]]:
    return [(int(row.line[0]), row.start, row.stop) for row in rows]


def _with(mask: Mask, rows: Iterable[Row]) -> Mask:
    """A mask with these rows in it."""
    found = np.array(mask)
    for row in rows:
        along, line = np.arange(row.start, row.stop), row.line[row.start - row.first : row.stop - row.first]
        for down in range(-HALF, HALF + 1):
            found[line + down, along] = INK
    return found
