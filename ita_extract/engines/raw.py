"""What pdfium says of a page, in arrays and uninterpreted, and who may ask it.

Two readers fill these arrays by the same calls: `compiled.Compiled` a page at a time, `plain.Plain` value by value. What they mean
is worked out once for both, in `drawing` and `letters`.

Handles are addresses as integers: objects, fonts and marks live as long as the page is open and are only compared or handed back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

TEXT, PATH, IMAGE, FORM = 1, 2, 3, 5
"""Kinds of page objects."""
LINE_TO, MOVE_TO = 0, 2
"""Kinds of path segments; what is neither is a curve."""
ACTUAL_TEXT = b"ActualText"

MAX_FORM_DEPTH = 64
"""Forms inside forms. pdfium itself stops before that; its own limit has been 20, 30 and 40."""
MAX_OBJECTS = 300_000
"""Objects on a page, and characters. A page of a ranking, drawn glyph by glyph and ruled cell by cell, has some 3,000."""
MAX_MARKS = 64
"""Marks around one text object that are looked through for /ActualText, from the inside."""


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of a page in the order of drawing, forms before what they hold.

    form: the place in these arrays of the form in which an object stands, -1 for the page itself;
    matrix: (n, 6), into the space of that form; the identity where an object has none.
    """

    handle: NDArray[np.uint64]
    kind: NDArray[np.int32]
    form: NDArray[np.int32]
    matrix: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Texts:
    """What is asked of text objects. mark: the innermost /ActualText mark around each, 0 for none; mode: its render mode."""

    size: NDArray[np.float32]
    font: NDArray[np.uint64]
    mode: NDArray[np.int32]
    mark: NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Paths:
    """What is asked of path objects: nought or not for fill and stroke, and the number of segments."""

    fill: NDArray[np.int32]
    stroke: NDArray[np.int32]
    segments: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Segments:
    """The segments of some paths, one path after the other. point: (n, 2), where each ends; close: not nought where it closes."""

    point: NDArray[np.float32]
    kind: NDArray[np.int32]
    close: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Letters:
    """The characters of a page in pdfium's order, without those that it made up, in user space.

    box: (n, 4) left, bottom, right, top; loose: (n, 4) left, top, right, bottom; text: the text object that drew each.
    """

    code: NDArray[np.uint32]
    box: NDArray[np.float64]
    loose: NDArray[np.float32]
    origin: NDArray[np.float64]
    text: NDArray[np.uint64]
    unmapped: NDArray[np.int32]


class Reader(Protocol):
    """Asks pdfium. Arrays of handles go in, arrays of the same length come out."""

    def objects(self, page: int) -> Objects:
        """At most `MAX_OBJECTS` + 1 of them."""
        ...

    def bounds(self, handles: NDArray[np.uint64]) -> NDArray[np.float32]:
        """(n, 4) left, bottom, right, top, in the space of the form around each."""
        ...

    def texts(self, handles: NDArray[np.uint64]) -> Texts: ...

    def paths(self, handles: NDArray[np.uint64]) -> Paths: ...

    def segments(self, handles: NDArray[np.uint64], counts: NDArray[np.int32]) -> Segments: ...

    def letters(self, textpage: int, count: int) -> Letters: ...


def identities(count: int) -> NDArray[np.float32]:
    """(count, 6) matrices that move nothing."""
    matrices = np.zeros((count, 6), np.float32)
    matrices[:, (0, 3)] = 1
    return matrices
