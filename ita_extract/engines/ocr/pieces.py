"""The pieces of text on a page: what stands together without a gap that only a column would leave.

A piece is what is read at one go. Within a cell it is a line; outside of tables a line is parted where the white is wide, so that
columns without rules stay apart. Thai stands on three storeys, and the marks above and below are pieces of ink of their own: they
belong to the letters that they stand over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from .storeys import Inked, marks_by_line

Box: TypeAlias = tuple[int, int, int, int]
"""`(x0, top, x1, bottom)` in pixels, ends excluded."""

PALEST = 185
"""What is paler is no ink, whatever else the page shows."""
LETTER = (10, 90)
"""Pixels of height that a letter has at `DPI`: type of 5 to 40 points."""
USUAL = 24
"""The height taken where a page has no letter: a consonant of 14 points."""
GAP = 1.3
"""The white, in heights of a letter, over which a piece of text goes on: a blank is half of it."""
MARKS, NEAR, LETTERS = 1.2, 1.4, 0.7
"""A row of marks is at most so high, and its middle so far from the middle of its letters; a letter is so high at least; all in
heights of most letters. From line to line it is 1.6 and more."""
MARK, FAR = 0.65, 2.1
"""What is no higher than this, or holds nothing as tall as a letter, may stand so far off: the upper one of two marks does."""
LINE = 1.0
"""From the middles of the letters of one line to those of the next it is more, in heights of a letter."""
EDGE = 6
"""Pixels of paper left around a piece."""
END, TOUCHING = 1.4, 12
"""Heights of a letter that such an end is wide at most, and pixels, those of the rule between, that part it from the rest."""
APART = 0.5
"""Heights of a letter that the boxes of texts keep from a wall: two of it are more than any blank."""
SPECK = 12
"""Pixels of ink below which a piece is dirt."""


@dataclass(frozen=True, slots=True)
class Piece:
    """`image` is the picture of the piece with `EDGE` pixels around it, without the ink of others; `box` is the ink's place on the
    page; `cell` is the number of the cell that holds it, -1 outside of tables; `turn` the quarter turns, clockwise, by which it
    stands on the page, as `Chars.turn` tells them. The picture stands upright."""

    cell: int
    box: Box
    image: NDArray[np.uint8]
    turn: int = 0

    @property
    def extent(self) -> tuple[int, int]:
        """The width and the height of its ink as it is read, in pixels."""
        wide, high = self.box[2] - self.box[0], self.box[3] - self.box[1]
        return (high, wide) if self.turn % 2 else (wide, high)


def ink_of(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """1 where there is ink."""
    soft = cv2.GaussianBlur(gray, (3, 3), 0)
    level, _ = cv2.threshold(soft, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return (soft <= min(level, PALEST)).astype(np.uint8)


def letter_height(ink: NDArray[np.uint8]) -> float:
    """The height in pixels of the letters that most of the ink is in: marks are as many, and small."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    heights = stats[1:, cv2.CC_STAT_HEIGHT]
    area = stats[1:, cv2.CC_STAT_AREA]
    known = np.flatnonzero((heights >= LETTER[0]) & (heights <= LETTER[1]) & (area > 2 * LETTER[0]))
    if not len(known):
        return float(USUAL)
    order = known[np.argsort(heights[known], kind="stable")]
    inked = area[order].cumsum()
    return float(heights[order[int(np.searchsorted(inked, inked[-1] / 2))]])


def pieces_of(
    gray: NDArray[np.uint8], cells: Sequence[Box], unruled: Sequence[Box] = (), walls: Sequence[tuple[int, int, int]] = ()
) -> tuple[Piece, ...]:
    """All pieces of a page from top to bottom. `gray` is without rules.

    `cells` are the boxes of all cells that rules part, `unruled` those of cells that only white parts, numbered on behind them.
    Their borders lie anywhere in the white, through marks too, and part nothing: `walls` do, each a column of pixels, and from
    which row of pixels to which.
    """
    ink = ink_of(gray)
    high = letter_height(ink)
    label, boxes = _smeared(ink, cells, walls, high)
    out = []
    inked = Inked.of(ink)
    homes = np.array([_cell_of(box, cells) for box in boxes], np.int64)
    bodies = _bodies(inked, label, len(boxes), high)
    groups = _with_marks(boxes, homes, bodies, high)
    for part, smear in marks_by_line(inked, label, homes, bodies, high).items():
        x, y, wide, tall = inked.stats[part, :4].tolist()
        label[y : y + tall, x : x + wide][inked.part[y : y + tall, x : x + wide] == part] = smear + 1
        boxes[smear] = _around([boxes[smear], (x, y, x + wide, y + tall)])
    for members in _with_ends(boxes, groups, high):
        box = _around([boxes[at] for at in members])
        place = np.s_[box[1] : box[3], box[0] : box[2]]
        own = np.isin(label[place], np.array(members) + 1) * ink[place]
        if int(own.sum()) >= SPECK:
            piece = _piece(gray, ink, own, box, cells, unruled)
            out.append(replace(piece, box=_drawn_in(piece.box, walls, APART * high)))
    return tuple(sorted(out, key=lambda piece: (piece.box[1], piece.box[0])))


def _drawn_in(box: Box, walls: Sequence[tuple[int, int, int]], far: float) -> Box:
    """A box that keeps so far from the walls beside it: what is parted there looks parted to those who see boxes alone."""
    x0, top, x1, bottom = box
    for x, y0, y1 in walls:
        if y0 < bottom and top < y1 and x1 - x0 > 3 * far:
            x1 = min(x1, round(x - far)) if abs(x - x1) <= far else x1
            x0 = max(x0, round(x + far)) if abs(x - x0) <= far else x0
    return x0, top, x1, bottom


def _bodies(inked: Inked, label: NDArray[np.int32], count: int, high: float) -> NDArray[np.float64]:
    """Where the letters of each smear stand, as the height of their middles; nan where it has none that is tall enough."""
    part, stats = inked.part, inked.stats
    tall = stats[:, cv2.CC_STAT_HEIGHT] >= LETTERS * high
    tall[0] = False
    pixels = np.flatnonzero(tall[part])
    keys = label.ravel()[pixels].astype(np.int64) * len(stats) + part.ravel()[pixels]
    pairs = np.unique(keys[np.diff(keys, prepend=-1) != 0])  # of each run of ink one pixel: a tenth of all, and sorting is dear
    pairs = pairs[pairs >= len(stats)]  # ink on the border of a cell has no smear
    owner, letter = np.divmod(pairs, len(stats))
    centre = stats[letter, cv2.CC_STAT_TOP] + stats[letter, cv2.CC_STAT_HEIGHT] / 2
    middles = np.full(count, np.nan)
    smears, first = np.unique(owner, return_index=True)
    for smear, own in zip(smears.tolist(), np.split(centre, first[1:]), strict=False):
        middles[smear - 1] = np.median(own)
    return middles


def _smeared(
    ink: NDArray[np.uint8], cells: Sequence[Box], walls: Sequence[tuple[int, int, int]], high: float
) -> tuple[NDArray[np.int32], list[Box]]:
    """Ink smeared along the line: the label of each pixel, and the box of each label from 1."""
    smear = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, max(3, round(GAP * high))), np.uint8))
    smear = cv2.morphologyEx(smear, cv2.MORPH_CLOSE, np.ones((3, 1), np.uint8))
    for x0, y0, x1, y1 in cells:
        cv2.rectangle(smear, (x0, y0), (x1, y1), 0, 2)
    for x, y0, y1 in walls:
        smear[max(0, y0) : y1, x] = 0
    _, label, stats, _ = cv2.connectedComponentsWithStats(smear, connectivity=8)
    return np.asarray(label, np.int32), [(x, y, x + w, y + h) for x, y, w, h in (map(int, row[:4]) for row in stats[1:])]


def _with_marks(boxes: Sequence[Box], home: NDArray[np.int64], bodies: NDArray[np.float64], high: float) -> list[list[int]]:
    """Groups the boxes: every line of letters with the rows of marks above and below it, in its own cell.

    Two marks over one another and grown together are as tall as a letter, and a short line of letters stands as near to the marks
    of the line below as those to their letters. What differs is how far it is from letters to letters: no lines are set so close.
    """
    box = np.array(boxes, np.int64).reshape(-1, 4)
    groups = {at: [at] for at in range(len(boxes))}
    wide, tall, middle = box[:, 2] - box[:, 0], box[:, 3] - box[:, 1], (box[:, 1] + box[:, 3]) / 2
    low = np.flatnonzero(tall <= MARKS * high)
    for at in low[np.argsort(wide[low], kind="stable")].tolist():
        over = (box[:, 0] <= box[at, 0] + high / 2) & (box[:, 2] >= box[at, 2] - high / 2) & (wide >= wide[at])
        over &= ~np.isnan(bodies) & (home == home[at])
        over[at] = False
        apart = np.where(over, np.abs(bodies - middle[at]), np.inf)
        nearest = int(apart.argmin())
        is_upper = (tall[at] <= MARK * high or np.isnan(bodies[at])) and middle[at] < bodies[nearest]
        if apart[nearest] <= (FAR if is_upper else NEAR) * high and nearest in groups:
            groups[nearest] += groups.pop(at)
    return list(groups.values())


def _with_ends(boxes: Sequence[Box], groups: list[list[int]], high: float) -> list[list[int]]:
    """The groups, ends of a text that runs over a rule joined to the rest of it: a letter beyond the border of its column."""
    box = np.array([_around([boxes[at] for at in group]) for group in groups], np.int64).reshape(-1, 4)
    wide, tall = box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]
    merged = {at: list(group) for at, group in enumerate(groups)}
    for at in np.flatnonzero((wide <= END * high) & (tall >= LETTERS * high)).tolist():
        apart = np.maximum(box[:, 0] - box[at, 2], box[at, 0] - box[:, 2])
        level = np.minimum(box[:, 3], box[at, 3]) - np.maximum(box[:, 1], box[at, 1]) >= LETTERS * tall[at]
        near = np.flatnonzero((apart <= TOUCHING) & level & (wide > END * high))
        if len(near) and int(near[0]) in merged:
            merged[int(near[0])] += merged.pop(at)
    return list(merged.values())


def lines_in(image: NDArray[np.uint8], high: float) -> tuple[NDArray[np.uint8], ...]:
    """The lines of a piece that is several, where a mark below one has grown together with a mark above the next.

    They are parted between their letters, in the row of least ink. `high`: the height of a letter in pixels.
    """
    ink = ink_of(image)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    tops, tall = stats[1:, cv2.CC_STAT_TOP], stats[1:, cv2.CC_STAT_HEIGHT]
    letters = (tall >= LETTERS * high) & (tall <= 2 * high)
    middles = np.sort(tops[letters] + tall[letters] / 2)
    breaks = np.flatnonzero(np.diff(middles) > LINE * high)
    cuts = [0]
    for at in breaks.tolist():
        top, bottom = int(middles[at] + high / 2), max(int(middles[at + 1] - high / 2), int(middles[at] + high / 2) + 1)
        cuts.append(top + int(ink[top:bottom].sum(1).argmin()))
    return tuple(image[top:bottom] for top, bottom in pairwise([*cuts, len(image)]) if bottom > top)


def _around(boxes: Sequence[Box]) -> Box:
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


def _piece(
    gray: NDArray[np.uint8], ink: NDArray[np.uint8], own: NDArray[np.uint8], box: Box, cells: Sequence[Box], unruled: Sequence[Box]
) -> Piece:
    rows, columns = np.flatnonzero(own.any(1)), np.flatnonzero(own.any(0))
    tight = (box[0] + int(columns[0]), box[1] + int(rows[0]), box[0] + int(columns[-1]) + 1, box[1] + int(rows[-1]) + 1)
    height, width = gray.shape
    x0, y0, x1, y1 = max(0, tight[0] - EDGE), max(0, tight[1] - EDGE), min(width, tight[2] + EDGE), min(height, tight[3] + EDGE)
    mine = np.zeros((y1 - y0, x1 - x0), np.uint8)
    mine[tight[1] - y0 : tight[3] - y0, tight[0] - x0 : tight[2] - x0] = own[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    others = cv2.dilate(ink[y0:y1, x0:x1] & (1 - mine), np.ones((5, 5), np.uint8)) > 0
    others &= cv2.dilate(mine, np.ones((3, 3), np.uint8)) == 0
    around = gray[y0:y1, x0:x1]
    paper = np.uint8(np.percentile(around, 90))
    image = np.where(others, paper, around)
    home = _cell_of(tight, [*cells, *unruled])
    if 0 <= home < len(cells):  # what runs over the rules of its column is the column's all the same
        x0, _, x1, _ = cells[home]
        tight = (max(tight[0], min(x0 + EDGE, tight[2] - 1)), tight[1], min(tight[2], max(x1 - EDGE, tight[0] + 1)), tight[3])
    return Piece(home, tight, image)


def _cell_of(box: Box, cells: Sequence[Box]) -> int:
    """The number of the cell that holds the middle of a box; -1 where none does."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return next((at for at, (x0, y0, x1, y1) in enumerate(cells) if x0 <= x < x1 and y0 <= y < y1), -1)
