"""Numbers that no page has. A broken matrix puts a glyph at 1e38 or nowhere at all, and one such box spoils every comparison after it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FAR = 50_000.0
"""Points from the page's corner. The largest page of PDF 1.7 is 14,400 points long."""


def within_reach(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """`values` with what is no number at 0, and all others at most `FAR` away.

    >>> within_reach(np.array([12.5, np.nan, -np.inf])).tolist()
    [12.5, 0.0, -50000.0]
    """
    return np.nan_to_num(values, nan=0.0, posinf=FAR, neginf=-FAR).clip(-FAR, FAR)
