"""The page as a reader sees it: its visible box, turned by /Rotate, origin top left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .reach import within_reach

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class View:
    """left, bottom, right, top: the visible box in user space; turns: quarter turns clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int

    @property
    def width(self) -> float:
        return self.top - self.bottom if self.turns % 2 else self.right - self.left

    @property
    def height(self) -> float:
        return self.right - self.left if self.turns % 2 else self.top - self.bottom

    def points(self, xy: Floats) -> Floats:
        """(n, 2) in user space, y up, to (n, 2) page points, y down.

        >>> View(20, 30, 250, 180, 1).points(np.array([[50.0, 100.0]])).tolist()
        [[70.0, 30.0]]
        """
        xy = within_reach(xy)
        return np.stack(self._turned(xy[:, 0], xy[:, 1]), axis=1)

    def boxes(self, corners: Floats) -> Floats:
        """Boxes by any two opposite corners, (n, 4) x, y, x, y in user space, to (n, 4) x0, top, x1, bottom."""
        corners = within_reach(corners)
        (x, y), (u, v) = self._turned(corners[:, 0], corners[:, 1]), self._turned(corners[:, 2], corners[:, 3])
        return np.stack((np.minimum(x, u), np.minimum(y, v), np.maximum(x, u), np.maximum(y, v)), axis=1)

    def _turned(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        if self.turns == 0:
            return x - self.left, self.top - y
        if self.turns == 1:
            return y - self.bottom, x - self.left
        if self.turns == 2:
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x
