"""A page turned by quarters: text that lies on its side upright, or upright text as the page is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .page import Page


def turn_page(page: Page, turns: int) -> Page:
    """The page turned back by `turns` quarters, so that text which lay on its side stands upright."""
    if not turns:
        return page
    width, height = (page.height, page.width) if turns % 2 else (page.width, page.height)
    chars, edges = page.chars, page.edges
    level, turn = chars.turn % 2 == 0, (chars.turn.astype(np.int64) - turns) % 4
    x, y = np.where(level, chars.advance, chars.origin[:, 0]), np.where(level, chars.origin[:, 1], chars.advance)
    origin = turn_boxes(np.hstack((chars.origin, chars.origin)), page.width, page.height, turns)
    stop = turn_boxes(np.column_stack((x, y, x, y)), page.width, page.height, turns)
    turned = replace(
        chars,
        box=turn_boxes(chars.box, page.width, page.height, turns),
        origin=origin[:, :2],
        advance=np.where(turn % 2 == 0, stop[:, 0], stop[:, 1]).astype(np.float32),
        turn=turn.astype(np.uint8),
    )
    return replace(page, width=width, height=height, chars=turned, edges=turn_boxes(edges, page.width, page.height, turns))


def turn_boxes(boxes: NDArray[np.float32], width: float, height: float, turns: int) -> NDArray[np.float32]:
    """Boxes (n, 4) on a page of that width and height, turned back by 1 to 3 quarters."""
    x0, y0, x1, y1 = (boxes[:, i] for i in range(4))
    if turns == 1:
        return np.column_stack((y0, width - x1, y1, width - x0))
    if turns == 2:
        return np.column_stack((width - x1, height - y1, width - x0, height - y0))
    return np.column_stack((height - y1, x0, height - y0, x1))
