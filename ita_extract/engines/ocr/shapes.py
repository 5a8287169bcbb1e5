"""Numbers read by their shapes: the document itself teaches how its digits look.

Tesseract reads the thin seven of a Thai face as a one, and what it takes for a digit in one cell it takes for another in the next.
But a page prints a thousand digits of one face, and equal digits look equal: so all are cut out and sorted by likeness, each heap
gets the name that most readings of Tesseract give it, and a running number, which must go up by one from row to row, names ten
heaps beyond doubt. In a scan of 216 numbers Tesseract by itself misread 30 to 60, this way none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from .pieces import Box

Shapes: TypeAlias = NDArray[np.float32]
Likely: TypeAlias = NDArray[np.float32]
"""How likely each shape of a piece is each of the classes of `glance`: (shapes, classes)."""
Named: TypeAlias = tuple[str, float]
"""A character, and how sure it is, 0 to 1."""

UNKNOWN = "\ufffd"
OTHER: Final = "?"
CLASSES: Final = "0123456789๐๑๒๓๔๕๖๗๘๙ABCDEFIOT%" + OTHER
"""What a shape may be at a glance; the last is anything else."""
ELSE = 0.1
"""How much less likely a shape is anything else than it looks by itself, where a number stands: ๖ looks much like a Latin b."""
LOOK = 10
"""So many readings is a look at a shape worth."""
FRAME = (32, 28)
"""Rows and columns of a shape; a digit is `TALL` rows high in it."""
TALL = 28
THIN, FULL = 0.6, 1.35
"""The darkest of the ink goes that part of the way from the darkest tone to that which parts ink and paper; all of it, hair-lines
that the scan has paled too, goes as much beyond, by the way from there to the paper."""
WIDE, TALLEST_MARK = 1.55, 14
"""A body of ink that is so many times as wide as it is high is two characters: the widest, the ๓ of a bold face, has 1.52. It is a
dash, where it is lower than so many pixels."""
LOW = 0.5
"""What is lower than this part of a digit is a point, a comma or a dash."""
HANGS = 0.12
"""What is low and ends so far below the digits, in heights of one, is a comma."""
DASH = 1.7
"""A dash is so many times as long as it is high at least."""
Script: TypeAlias = Literal["arabic", "thai", "latin"]
ALIKE: Final[Mapping[Script, tuple[float, float]]] = {"arabic": (0.87, 0.90), "thai": (0.93, 0.95), "latin": (0.90, 0.93)}
"""Likeness from which a shape belongs to a heap, and from which two heaps are one. Measured on scans of four faces at 200 dpi: two
prints of one digit are alike by 0.93 in 19 of 20 pairs, two different Arabic ones never by more than 0.865; the Thai four and five
differ by a notch alone and are alike by 0.91, an E and an F by 0.89."""
SHARE, AHEAD = 0.45, 1.8
"""The share of its readings that a character must have, and how many times as many as the next one."""
SURELY = 9
"""How many times likelier than the next a character must be by its heap and, twice as heavily, by its own look: the ๒ and ๖ of a
face may be one heap."""
UNLIKE, FEW, MANY = 0.8, 3, 30
"""Heaps less alike than this are different characters, where the surer one has so many shapes; more than many make it no surer."""
LEVEL = 0.1
"""Heaps whose heights differ by no more than this part may be compared: the lower Thai digits have four fifths of the height of the
taller ones."""
KIN, APART, HINT = 0.9, 0.1, 0.2
"""Likeness of a heap to one that is known, and by how much it must be more than to any other: of two digits that look much alike, ๔
and ๕ or ๐ and ๑, a heap is like both. And the share of its readings that must say the same."""
SECOND, CERTAIN = 0.15, 0.95
"""The share that the second name of a heap must have to be its name, and that of the first one with which the heap keeps it: a page
may be printed in two faces."""
HARDLY = 0.02
"""Added to how likely a look is: a glance errs now and then, and a heap may know better."""
RUNNING = 30
"""So many readings is a digit worth that a running number tells: more than three looks."""
AGAINST = 0.1
"""A shape that looks so little like what its heap is called, measured by what it looks most like, is neither."""
ROWS = 5
"""So many running numbers are needed to know one."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character of a number. `low` names a mark that its place tells by itself: "." "," "-"; then `shape` is empty."""

    box: Box
    low: str
    shape: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shaped:
    """What was read by shapes: the text, and how sure each of its characters is, 0 to 1."""

    text: str
    sure: tuple[float, ...]


def glyphs_of(image: NDArray[np.uint8], *, marks: bool = True, reach: float = 1.0) -> tuple[Glyph, ...]:
    """The characters of a number from left to right. `image` is one piece of text, dark on light.

    `marks`: whether it may hold points and dashes. `reach`: how pale ink may be; with `THIN` characters that touch part, with
    `FULL` characters that are broken are whole.
    """
    soft = cv2.GaussianBlur(image, (3, 3), 0)  # else the hair-line of a thin ๒ breaks, and it is two characters
    level, _ = cv2.threshold(soft, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    dark, paper = (float(tone) for tone in np.percentile(soft, (2, 90)))
    ink = (soft <= (dark + reach * (level - dark) if reach <= 1 else level + (reach - 1) * (paper - level))).astype(np.uint8)
    boxes = [part for box in _parts(ink) for part in _untied(ink, box)]
    if not boxes:
        return ()
    tall = max(bottom - top for _, top, _, bottom in boxes)
    whole = [box for box in boxes if box[3] - box[1] >= LOW * tall]
    if not marks:
        return tuple(Glyph(box, "", shape_of(image, box, tall)) for box in whole)
    if len(boxes) == 1 and boxes[0][2] - boxes[0][0] > DASH * tall:
        return (Glyph(boxes[0], "-", np.empty(0, np.float32)),)
    base = float(np.median([box[3] for box in whole]))
    return tuple(_glyph(image, box, tall, base) for box in boxes)


def _parts(ink: NDArray[np.uint8]) -> list[Box]:
    """The boxes of connected ink; parts over one another are one character."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    found = [(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, area in stats[1:count] if area >= 5]
    out: list[Box] = []
    for box in sorted(found):
        over = out and out[-1][2] - box[0] > 0.3 * min(box[2] - box[0], out[-1][2] - out[-1][0])
        out.append(_around(out.pop(), box) if over else box)
    return out


def _untied(ink: NDArray[np.uint8], box: Box) -> Iterator[Box]:
    """The characters in a box too wide for one: the head of a ๖ lies on the tail of the ๔ before it, and ๔๖ is one body of ink."""
    x0, y0, x1, y1 = box
    if x1 - x0 <= WIDE * (y1 - y0) or y1 - y0 < TALLEST_MARK:
        yield box
        return
    inked = ink[y0:y1, x0:x1].sum(0)
    third = (x1 - x0) // 3
    cut = third + int(inked[third : 2 * third + 1].argmin())
    for left, right in ((0, cut), (cut, x1 - x0)):
        rows = np.flatnonzero(ink[y0:y1, x0 + left : x0 + right].any(1))
        if len(rows):
            yield x0 + left, y0 + int(rows[0]), x0 + right, y0 + int(rows[-1]) + 1


def _around(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _glyph(image: NDArray[np.uint8], box: Box, tall: int, base: float) -> Glyph:
    x0, y0, x1, y1 = box
    if y1 > base + HANGS * tall and y0 > base - LOW * tall:
        return Glyph(box, ",", np.empty(0, np.float32))  # beside the low Thai digits a comma is as high as half of one
    if y1 - y0 < LOW * tall:
        if x1 - x0 > DASH * (y1 - y0) and base - y1 > 0.15 * tall:
            return Glyph(box, "-", np.empty(0, np.float32))
        if abs(y1 - base) <= 0.12 * tall:
            return Glyph(box, ".", np.empty(0, np.float32))
        if y0 < base < y1:
            return Glyph(box, ",", np.empty(0, np.float32))
    return Glyph(box, "", shape_of(image, box, tall))


def shape_of(image: NDArray[np.uint8], box: Box, tall: float) -> NDArray[np.float32]:
    """The ink in a box as a flat frame of length one, scaled so that a character `tall` pixels high has `TALL` rows."""
    x0, y0, x1, y1 = box
    scale = TALL / max(1.0, tall)
    ink = 255 - image[y0:y1, x0:x1].astype(np.float32)
    rows, columns = (max(1, min(most, round(size * scale))) for size, most in zip(ink.shape, FRAME, strict=True))
    frame = np.zeros(FRAME, np.float32)
    top, left = (FRAME[0] - rows) // 2, (FRAME[1] - columns) // 2
    frame[top : top + rows, left : left + columns] = cv2.resize(ink, (columns, rows), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(frame, (3, 3), 0.8).ravel()
    soft -= soft.mean()  # else all ink is alike for being ink, in a bold face most of all
    return np.asarray(soft / max(1e-6, float(np.linalg.norm(soft))), np.float32)


def same_pattern(word: str, glyphs: Sequence[Glyph]) -> bool:
    """Whether the shapes may be the word's letters: as many, and alike where its letters are the same, nowhere else.

    Tesseract reads "IIT" as "IT"; that two of three shapes are the same tells it from "EIT" and "OIT".
    """
    return len(word) == len(glyphs) and all(
        (word[i] == word[j]) == (float(glyphs[i].shape @ glyphs[j].shape) >= ALIKE["arabic"][0])
        for i in range(len(word))
        for j in range(i)
    )


def heaps(
    shapes: NDArray[np.float32], alike: tuple[float, float] = ALIKE["arabic"]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Sorts shapes (n, d) by likeness: the heap of each, largest heap 0, and the middle of each heap."""
    middles = np.empty((0, shapes.shape[1]), np.float32)
    for _ in range(3):  # leaders first, then twice anew around the middles that came out
        member, middles = _sorted_once(shapes, middles, alike[0])
        member, middles = _joined(shapes, member, middles, alike[1])
    order = np.argsort(-np.bincount(member, minlength=len(middles)), kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank[member], middles[order]


def _sorted_once(
    shapes: NDArray[np.float32], middles: NDArray[np.float32], alike: float
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    known = list(middles)
    member = np.empty(len(shapes), np.int64)
    likeness = shapes @ middles.T if len(middles) else np.zeros((len(shapes), 0), np.float32)
    nearest = likeness.argmax(1) if len(middles) else np.zeros(len(shapes), np.int64)
    for at, shape in enumerate(shapes):
        if len(middles) and likeness[at, nearest[at]] >= alike:
            member[at] = nearest[at]
            continue
        fresh = np.array(known[len(middles) :]).reshape(-1, shapes.shape[1]) @ shape
        if len(fresh) and fresh.max() >= alike:
            member[at] = len(middles) + int(fresh.argmax())
        else:
            known.append(shape)
            member[at] = len(known) - 1
    used, member = np.unique(member, return_inverse=True)
    return member.ravel(), _middles(shapes, member.ravel(), len(used))


def _joined(
    shapes: NDArray[np.float32], member: NDArray[np.int64], middles: NDArray[np.float32], least: float
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Heaps whose middles are alike become one."""
    into = np.arange(len(middles))
    alike = middles @ middles.T >= least
    for at in range(len(middles)):
        into[at] = into[int(np.flatnonzero(alike[at])[0])]
    used, member = np.unique(into[member], return_inverse=True)
    return member.ravel(), _middles(shapes, member.ravel(), len(used))


def _middles(shapes: NDArray[np.float32], member: NDArray[np.int64], count: int) -> NDArray[np.float32]:
    total = np.zeros((count, shapes.shape[1]), np.float32)
    np.add.at(total, member, shapes)
    return np.asarray(total / np.linalg.norm(total, axis=1, keepdims=True), np.float32)


def read_shapes(
    numbers: Sequence[tuple[Glyph, ...]],
    readings: Sequence[Sequence[str]],
    columns: Iterable[Mapping[int, int]] = (),
    alike: tuple[float, float] = ALIKE["arabic"],
    looks: Sequence[Likely] = (),
    only: str = "",
) -> tuple[Shaped, ...]:
    """Reads every number by the heaps of its characters.

    `readings`: what Tesseract said of each number, as often as it was asked. `columns`: of numbers that stand under each other, by
    the place in `numbers`, the how manieth each is; those that turn out to be running numbers name the heaps of their digits.
    `looks`: what the shapes of each number look like at a glance, and `only` the characters that there may be.
    """
    at = [(number, place) for number, glyphs in enumerate(numbers) for place, glyph in enumerate(glyphs) if not glyph.low]
    if not at:
        return tuple(Shaped("".join(glyph.low for glyph in glyphs), (1.0,) * len(glyphs)) for glyphs in numbers)
    shapes = np.array([numbers[number][place].shape for number, place in at])
    member, middles = heaps(shapes, alike)
    heap_of = dict(zip(at, member.tolist(), strict=True))
    votes = _votes(numbers, readings, heap_of)
    likely = np.concatenate(looks) if looks else np.zeros((len(at), len(CLASSES)), np.float32)
    if looks:
        _look(votes, likely, member, only)
    for column in columns:
        for heap, digit in _running(column, numbers, readings, heap_of):
            votes.setdefault(heap, Counter())[digit] += RUNNING
    sizes = np.bincount(member, minlength=len(middles))
    _name_by_kin(votes, sizes, middles)
    _part_rivals(votes, sizes, middles, _heights(numbers, at, member))
    told = {
        place: _told(votes.get(heap, Counter()), look, only if looks else "")
        for place, heap, look in zip(at, member.tolist(), likely, strict=True)
    }
    return tuple(_shaped(number, glyphs, told) for number, glyphs in enumerate(numbers))


def _look(votes: dict[int, Counter[str]], likely: Likely, member: NDArray[np.int64], only: str) -> None:
    """Adds to the votes what each shape looks like; what it looks like and cannot be is a vote for its being unknown."""
    known = [CLASSES.index(char) for char in only if char in CLASSES]
    for heap in np.unique(member).tolist():
        mean = likely[member == heap].sum(0) * LOOK
        own = votes.setdefault(heap, Counter())
        for at in known:
            own[CLASSES[at]] += round(float(mean[at]))
        own[UNKNOWN] += max(0, round(ELSE * float(LOOK * (member == heap).sum() - mean[known].sum())))


def _name_by_kin(votes: dict[int, Counter[str]], sizes: NDArray[np.int64], middles: Shapes) -> None:
    """Names a heap that is torn by what it is far more like than all else, where the page prints that plainly elsewhere.

    A small type printed askew makes two heaps of one digit: the one looks like a ๘ beyond doubt, the other nearly as much like a ๙.
    And what may be a ๓ or a ๐ is a ๓, where the noughts of the page are plain and look otherwise.
    """
    likeness = middles @ middles.T
    ranked = {heap: _ranked(own) for heap, own in votes.items() if own.total()}
    plain = [heap for heap, ((name, share), _) in ranked.items() if name != UNKNOWN and share >= CERTAIN and sizes[heap] >= FEW]
    for heap, ((first, share), (second, next_share)) in ranked.items():
        if share >= CERTAIN:
            continue
        kin: dict[str, float] = {}
        for one in plain:
            name = ranked[one][0][0]
            kin[name] = max(kin.get(name, 0.0), float(likeness[heap, one]))
        near, *others = sorted(kin, key=lambda name: -kin[name]) or [UNKNOWN]
        far = kin[others[0]] if others else 0.0
        own, total = votes[heap], votes[heap].total()
        if near in kin and own[near] >= HINT * total and kin[near] >= KIN and kin[near] - far >= APART:
            votes[heap] = Counter({near: total})
        elif UNKNOWN not in (first, second) and share >= max(SHARE, AHEAD * next_share) and kin.get(second, 1.0) < UNLIKE:
            votes[heap] = Counter({first: total})


def _heights(numbers: Sequence[tuple[Glyph, ...]], at: Sequence[tuple[int, int]], member: NDArray[np.int64]) -> NDArray[np.float64]:
    """How high the shapes of each heap are on the whole, the tallest character of their numbers being 1."""
    tall = [max((glyph.box[3] - glyph.box[1] for glyph in glyphs), default=1) for glyphs in numbers]
    boxes = [(number, numbers[number][place].box) for number, place in at]
    own = np.array([(box[3] - box[1]) / max(1, tall[number]) for number, box in boxes], np.float64)
    return np.asarray(np.bincount(member, own) / np.maximum(1, np.bincount(member)), np.float64)


def _part_rivals(votes: dict[int, Counter[str]], sizes: NDArray[np.int64], middles: Shapes, heights: NDArray[np.float64]) -> None:
    """Takes its first name from a heap that looks unlike another one of that name, which is surer of it: a face has one seven.

    It then goes by its second name, if that is said often enough and no surer heap is called so. Else it is unknown. Heaps that are
    not of one height tell nothing of each other: the ๑ of "๑๐" fills its frame, that of "๔๑", beside a taller digit, does not.
    """
    likeness = middles @ middles.T
    names: dict[int, str] = {}
    known = [heap for heap, own in votes.items() if own.total()]
    for heap in sorted(known, key=lambda one: (-_ranked(votes[one])[0][1] * min(int(sizes[one]), MANY), one)):
        (first, share), (second, next_share) = _ranked(votes[heap])
        level = np.abs(heights / heights[heap] - 1) <= LEVEL
        rivals = [other for other, own in names.items() if own == first and sizes[other] >= FEW and level[other]]
        if first == UNKNOWN or share >= CERTAIN or all(likeness[heap, other] >= UNLIKE for other in rivals):
            names[heap] = first
            continue
        names[heap] = second if second != UNKNOWN and next_share >= SECOND and second not in names.values() else UNKNOWN
        votes[heap] = Counter({names[heap]: votes[heap].total()})


def _ranked(votes: Counter[str]) -> tuple[Named, Named]:
    """The two names that were given most often, with their shares."""
    ranked = [(name, count / votes.total()) for name, count in sorted(votes.items(), key=lambda one: (-one[1], one[0]))]
    return ranked[0], ranked[1] if len(ranked) > 1 else ("", 0.0)


def _told(votes: Counter[str], look: NDArray[np.float32], only: str) -> Named:
    """What one shape is, by the votes for its heap and, where `only` says what there may be, by its own look as well."""
    total = votes.total() or 1
    own = {char: float(look[CLASSES.index(char)]) for char in only if char in CLASSES}
    own[UNKNOWN] = ELSE * (1 - sum(own.values()))
    known = {char: count / total * ((own.get(char, 0.0) + HARDLY) ** 2 if only else 1.0) for char, count in votes.items()}
    ranked = sorted(known.items(), key=lambda one: (-one[1], one[0]))
    (name, best), (_, next_best) = (*ranked, (UNKNOWN, 0.0), (UNKNOWN, 0.0))[:2]
    share = votes[name] / total
    if name == UNKNOWN or share < SHARE or best < (SURELY if only else AHEAD) * next_best:
        return UNKNOWN, 0.0
    if only and own.get(name, 0.0) < AGAINST * max(own.values()) and max(own, key=lambda char: own[char]) != UNKNOWN:
        return UNKNOWN, 0.0  # it looks like another digit beyond doubt: it may have come into a heap that is none of its own
    return name, round(best / sum(known.values()), 3)


def _shaped(number: int, glyphs: Sequence[Glyph], told: Mapping[tuple[int, int], tuple[str, float]]) -> Shaped:
    read = [(glyph.low, 1.0) if glyph.low else told[number, place] for place, glyph in enumerate(glyphs)]
    return Shaped("".join(name for name, _ in read), tuple(sure for _, sure in read))


def _votes(
    numbers: Sequence[tuple[Glyph, ...]], readings: Sequence[Sequence[str]], heap_of: Mapping[tuple[int, int], int]
) -> dict[int, Counter[str]]:
    """How often each heap was read as what: by readings that have as many characters as there are shapes, marks at their places."""
    votes: dict[int, Counter[str]] = {}
    for number, (glyphs, texts) in enumerate(zip(numbers, readings, strict=True)):
        for text in texts:
            plain = "".join(text.split())
            if len(plain) != len(glyphs) or any(g.low and g.low != c for g, c in zip(glyphs, plain, strict=True)):
                continue
            for place, letter in enumerate(plain):
                if (number, place) in heap_of and letter not in ".,-":
                    votes.setdefault(heap_of[number, place], Counter())[letter] += 1
    return votes


def _running(
    column: Mapping[int, int],
    numbers: Sequence[tuple[Glyph, ...]],
    readings: Sequence[Sequence[str]],
    heap_of: Mapping[tuple[int, int], int],
) -> Iterator[tuple[int, str]]:
    """What a column of running numbers tells of heaps: a heap and its digit for every digit; nothing where it is none.

    Where the numbers start is asked of the readings; that they run is asked of the shapes: with the right start each heap stands
    for one digit wherever it occurs, with any other start it does not.
    """
    if len(column) < ROWS or any(not numbers[n] or any(g.low for g in numbers[n]) for n in column):
        return
    starts = Counter(int(text) - row for n, row in column.items() for text in readings[n] if text.isdecimal())
    thai = any("๐" <= c <= "๙" for n in column for text in readings[n] for c in text)
    for start, _ in starts.most_common(6):
        told = [str(start + row) for row in column.values()]
        if start < 0 or any(len(text) != len(numbers[n]) for text, n in zip(told, column, strict=True)):
            continue
        pairs = [(heap_of[n, place], digit) for text, n in zip(told, column, strict=True) for place, digit in enumerate(text)]
        by_heap: dict[int, Counter[str]] = {}
        for heap, digit in pairs:
            by_heap.setdefault(heap, Counter())[digit] += 1
        if sum(max(count.values()) for count in by_heap.values()) >= 0.95 * len(pairs) and _differ(told):
            yield from ((heap, chr(ord("๐") + int(digit)) if thai else digit) for heap, digit in pairs)
            return


def _differ(told: Sequence[str]) -> bool:
    return all(a != b for a, b in pairwise(told))
