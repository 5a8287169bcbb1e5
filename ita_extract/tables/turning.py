"""A page whose text lies on its side, turned upright for the reading; boxes turned back as the page is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..model.page import BBox, Chars, Page
from ..model.table import PageContent, Table, TextLine

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


def turn_page(page: Page, turns: int) -> Page:
    """The page turned back by `turns` quarters, so that text which lay on its side stands upright."""
    if not turns:
        return page
    width, height = (page.height, page.width) if turns % 2 else (page.width, page.height)
    chars, edges = page.chars, page.edges
    level, turn = chars.turn % 2 == 0, (chars.turn.astype(np.int64) - turns) % 4
    x, y = np.where(level, chars.advance, chars.origin[:, 0]), np.where(level, chars.origin[:, 1], chars.advance)
    origin = _turn_boxes(np.hstack((chars.origin, chars.origin)), page.width, page.height, turns)
    stop = _turn_boxes(np.column_stack((x, y, x, y)), page.width, page.height, turns)
    turned = replace(
        chars,
        box=_turn_boxes(chars.box, page.width, page.height, turns),
        origin=origin[:, :2],
        advance=np.where(turn % 2 == 0, stop[:, 0], stop[:, 1]).astype(np.float32),
        turn=turn.astype(np.uint8),
    )
    return replace(page, width=width, height=height, chars=turned, edges=_turn_boxes(edges, page.width, page.height, turns))


def _turn_boxes(boxes: NDArray[np.float32], width: float, height: float, turns: int) -> NDArray[np.float32]:
    x0, y0, x1, y1 = (boxes[:, i] for i in range(4))
    if turns == 1:
        return np.column_stack((y0, width - x1, y1, width - x0))
    if turns == 2:
        return np.column_stack((width - x1, height - y1, width - x0, height - y0))
    return np.column_stack((height - y1, x0, height - y0, x1))


def turn_back(content: PageContent, width: float, height: float, turns: int) -> PageContent:
    """Boxes read on the upright page as boxes of the page that is shown. `width` and `height` are the upright page's."""

    def back(box: BBox | None) -> BBox | None:
        if box is None:
            return None
        turned = _turn_boxes(np.array([box], np.float32), width, height, 4 - turns)[0].astype(float).round(2).tolist()
        return (turned[0], turned[1], turned[2], turned[3])

    blocks: list[TextLine | Table] = []
    for block in content.blocks:
        if isinstance(block, Table):
            cells = tuple(replace(cell, bbox=back(cell.bbox)) for cell in block.cells)
            blocks.append(replace(block, bbox=back(block.bbox), cells=cells))
        else:
            blocks.append(replace(block, bbox=back(block.bbox)))
    return replace(content, blocks=tuple(blocks))
