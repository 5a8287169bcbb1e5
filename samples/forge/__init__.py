"""Forges ITA documents: pages look right, text layers are damaged as real producers damage them, and the rows to get are known.

`python -m samples.forge` rebuilds the documents under `samples/`; tests forge others at random with `forge_announcement`.
"""

from .announcement import Heads, forge_announcement
from .canvas import Sheet
from .damage import DAMAGES, Damage
from .document import Forged, Layout
from .grid import Style
from .measures import forge_measures
from .producers import PRODUCERS

__all__ = ["DAMAGES", "PRODUCERS", "Damage", "Forged", "Heads", "Layout", "Sheet", "Style", "forge_announcement", "forge_measures"]
