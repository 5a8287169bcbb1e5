"""The blanks that pdfium leaves out.

pdfium passes over a text object that draws nothing, and Word, Distiller and others end the lines of a paragraph with a blank that
is an object of its own. Where it is lost, the words on both sides of the line break grow together: Thai is written without spaces,
so nothing else tells that one stood there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .drawing import Floats, Ints, Texts
from .raw import Letters, Reader

NOTHING = 0.011
"""A text object that is no wider, in points, draws nothing; pdfium's own limit is 0.01."""
NARROW, WIDE = 0.1, 0.5
"""Between these, in em, the next text on the line says how wide the blank before it is. What starts nearer follows a sign without
width, such as a place where a line may be broken; what starts farther stands in another column."""
WIDTH = 0.25
"""The width of a blank, in em, of which nothing tells how wide it is."""
SAME_LINE = 0.2
"""How far baselines may lie apart, in em."""
ALONG = np.array([(1.0, 0.0), (0.0, -1.0), (-1.0, 0.0), (0.0, 1.0)])
"""For each turn, where the pen goes in user space."""


def with_lone_blanks(letters: Letters, runs: Ints, texts: Texts, reader: Reader) -> tuple[Letters, Ints]:
    """`letters` and, after them, a blank for each text object that can only be one; and `runs`, the text object of each."""
    which = _silent(runs, texts, reader)
    if not len(which):
        return letters, runs
    which, width = _widths(which, texts)
    pen = texts.pen.take(which, axis=0)
    end = pen + ALONG[texts.turn[which]] * width[:, None]
    more = Letters(
        code=np.concatenate((letters.code, np.full(len(which), ord(" "), np.uint32))),
        box=np.concatenate((letters.box, np.hstack((pen, pen)))),
        loose=np.concatenate((letters.loose, np.hstack((pen, end)).astype(np.float32))),
        origin=np.concatenate((letters.origin, pen)),
        text=np.concatenate((letters.text, texts.handle[which])),
        unmapped=np.concatenate((letters.unmapped, np.zeros(len(which), np.int32))),
    )
    return more, np.concatenate((runs, which))


def _silent(runs: Ints, texts: Texts, reader: Reader) -> Ints:
    """The text objects of which pdfium tells no character and that draw nothing. Under /ActualText silence means something else."""
    silent = np.ones(len(texts.handle), bool)
    silent[runs[runs >= 0]] = False
    silent &= texts.size > 0
    if texts.spans:
        silent &= ~texts.spans.marked
    which = np.flatnonzero(silent)
    if not len(which):
        return which
    left, bottom, right, top = reader.bounds(texts.handle[which]).T
    nothing: NDArray[np.bool_] = np.minimum(right - left, top - bottom) < NOTHING
    return which[nothing]


def _widths(which: Ints, texts: Texts) -> tuple[Ints, Floats]:
    """Those of the silent text objects that are blanks, and how wide each is, in points."""
    after = np.minimum(which + 1, len(texts.handle) - 1)
    way, along = texts.pen[after] - texts.pen[which], ALONG[texts.turn[which]]
    size = texts.size[which]
    ahead = (way * along).sum(axis=1) / size
    aside = np.abs(way[:, 0] * along[:, 1] - way[:, 1] * along[:, 0]) / size
    same_line: NDArray[np.bool_] = (after != which) & (aside < SAME_LINE) & (ahead >= -NARROW)
    width = np.where(same_line & (ahead <= WIDE), ahead, WIDTH) * size
    blank = ~same_line | (ahead >= NARROW)
    return which[blank], width[blank]
