"""A page between its two readings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .asking import Asking
from .glance import Glance
from .kinds import Kind, Place
from .pictures import Picture
from .pieces import Piece
from .shapes import Glyph


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page after the first pass. All but the picture, the edges and who is asked are of the `pieces`, in their order.

    What is outside of tables has no place. `glyphs` are empty where a piece is too long for a number. A page that took too long has
    no pieces. `turns`: the quarter turns, clockwise, by which the page lies; all places are those of the upright page.
    """

    picture: Picture
    edges: NDArray[np.float32]
    ask: Asking
    turns: int = 0
    pieces: tuple[Piece, ...] = ()
    places: tuple[Place | None, ...] = ()
    glyphs: tuple[tuple[Glyph, ...], ...] = ()
    looks: tuple[Glance, ...] = ()
    texts: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
