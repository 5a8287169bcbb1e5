"""What lies on the page at all.

A broken matrix puts a glyph at 1e38 or nowhere, and one such box spoils every comparison after it. And what a producer leaves
outside the crop box, such as a printer's slug line, is in the file but on no page that a reader sees.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.page import Chars

FAR = 50_000.0
"""Points from the page's corner. The largest page of PDF 1.7 is 14,400 points long."""


def within_reach(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """`values` with what is no number at 0, and all others at most `FAR` away.

    >>> within_reach(np.array([12.5, np.nan, -np.inf])).tolist()
    [12.5, 0.0, -50000.0]
    """
    if values.size and values.min() >= -FAR and values.max() <= FAR:  # as on nearly every page: nothing to do
        return values
    return np.nan_to_num(values, nan=0.0, posinf=FAR, neginf=-FAR).clip(-FAR, FAR)


def on_page(boxes: NDArray[Any], width: float, height: float) -> NDArray[np.bool_]:
    """Of each box (n, 4) x0, top, x1, bottom: whether it touches the page."""
    return np.asarray((boxes[:, 0] <= width) & (boxes[:, 2] >= 0) & (boxes[:, 1] <= height) & (boxes[:, 3] >= 0))


def seen(chars: Chars, width: float, height: float) -> Chars:
    """The characters whose boxes touch the page."""
    inside = on_page(chars.box, width, height)
    if inside.all():
        return chars
    arrays = {field.name: getattr(chars, field.name)[inside] for field in fields(chars) if field.name != "fonts"}
    return replace(chars, **arrays)
