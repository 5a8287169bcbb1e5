"""A page as an engine hands it over: characters and drawn edges, nothing interpreted.

A page that is hot (one of 300 in an announcement) carries its characters as NumPy arrays, not as a thousand small objects.
Coordinates are points from the top left corner of the page as a reader sees it: crop box and rotation are already applied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BBox: TypeAlias = tuple[float, float, float, float]
"""`(x0, top, x1, bottom)` in points, origin top left, y down."""


@dataclass(frozen=True, slots=True)
class Chars:
    """The characters of a page in content order: the order in which the producer drew them.

    Content order matters. An engine that sorts by x puts a Thai tone mark, drawn over its consonant from a later origin, behind
    the wrong letter: "เพื่อ" comes out as "เพ่ือ" on a page that is perfectly clean.

    All arrays have one entry a character.
    code: Unicode scalar, 0 where the font gives none.   box: (n, 4) float32, the ink as x0, top, x1, bottom.
    origin: (n, 2) float32, the pen on the baseline.      advance: x of the pen after the character.
    size: the height of an em in points.                  run: the ordinal of the text object that drew it.
    font: index into `fonts`.                             kind: a letter of `ita_extract.model.trace`, as a byte.
    turn: the quarter turns of the baseline against the page, clockwise: 0 for upright text, 3 for a head that reads upwards.
    """

    code: NDArray[np.uint32]
    box: NDArray[np.float32]
    origin: NDArray[np.float32]
    advance: NDArray[np.float32]
    size: NDArray[np.float32]
    run: NDArray[np.int32]
    font: NDArray[np.int16]
    kind: NDArray[np.uint8]
    turn: NDArray[np.uint8]
    fonts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.code)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a document with geometry. `edges` is (n, 4) float32: x0, top, x1, bottom of every thin drawn line or box side."""

    number: int
    width: float
    height: float
    chars: Chars
    edges: NDArray[np.float32]
    image_area: float = 0.0
    """The share of the page covered by pictures, 0 to 1: a page with no characters and a picture is a scan."""
    hidden_share: float = 0.0
    """The share of the characters, blanks aside, that nothing paints: the layer that OCR lays over a scan."""
    damage: str = ""
    """What is wrong with the content of the page, of which what is here could be read; "" where nothing is."""

    @property
    def shows_nothing(self) -> bool:
        return not len(self.chars) and not len(self.edges) and not self.image_area


@dataclass(frozen=True, slots=True)
class TextPage:
    """One page of a saved text layer or of OCR output: no geometry, only lines and the marks between cells."""

    number: int
    text: str
    markup: Literal["plain", "markdown", "html"]
