"""Forges ITA documents: pages look right, text layers are damaged as real producers damage them, and the rows to get are known.

`python -m samples.forge` rebuilds the documents under `samples/`; tests forge others at random with `forge_announcement`.
"""

from .agency_report import Manner, forge_agency_report
from .announcement import Heads, forge_announcement
from .canvas import Sheet
from .damage import DAMAGES, Damage
from .document import Forged, Layout
from .grid import Style
from .history import forge_history
from .measures import forge_measures
from .measures_text import FORMS, write_measures
from .producers import PRODUCERS
from .regional import Volume, forge_regional

__all__ = [
    "DAMAGES",
    "FORMS",
    "PRODUCERS",
    "Damage",
    "Forged",
    "Heads",
    "Layout",
    "Manner",
    "Sheet",
    "Style",
    "Volume",
    "forge_agency_report",
    "forge_announcement",
    "forge_history",
    "forge_measures",
    "forge_regional",
    "write_measures",
]
