"""A page whose text lies on its side: how it has to be turned for the reading, and its boxes turned back as the page is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..model.page import BBox, Chars
from ..model.table import PageContent, Table, TextLine
from ..model.turning import turn_boxes

MANY_DIGITS = 20
"""From so many digits on, a page is turned as its numbers are."""
_DIGITS = np.concatenate([np.arange(nought, nought + 10, dtype=np.uint32) for nought in (ord("0"), ord("๐"), 0xF0)])
"""Arabic and Thai digits, and Thai ones that the file says to be the Latin letters of the same byte."""


def common_turn(chars: Chars) -> int:
    """The quarter turns by which the page must be read: those of most of its numbers, or, where it has few, of most of its text.

    Ten long headings turned upwards hold more letters than the two rows of scores below them, but no more numbers.
    """
    if not chars.turn.any():
        return 0
    numbers = chars.turn[np.isin(chars.code, _DIGITS)]
    counted = numbers if len(numbers) >= MANY_DIGITS else chars.turn
    return int(np.bincount(counted, minlength=4).argmax())


def turn_back(content: PageContent, width: float, height: float, turns: int) -> PageContent:
    """Boxes read on the upright page as boxes of the page that is shown. `width` and `height` are the upright page's."""

    def back(box: BBox | None) -> BBox | None:
        if box is None:
            return None
        turned = turn_boxes(np.array([box], np.float32), width, height, 4 - turns)[0].astype(float).round(2).tolist()
        return (turned[0], turned[1], turned[2], turned[3])

    blocks: list[TextLine | Table] = []
    for block in content.blocks:
        if isinstance(block, Table):
            cells = tuple(replace(cell, bbox=back(cell.bbox)) for cell in block.cells)
            blocks.append(replace(block, bbox=back(block.bbox), cells=cells))
        else:
            blocks.append(replace(block, bbox=back(block.bbox)))
    aside = tuple(replace(line, bbox=back(line.bbox)) for line in content.furniture)
    return replace(content, blocks=tuple(blocks), furniture=aside)
