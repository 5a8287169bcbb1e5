"""Repair: damaged Thai in, the Thai that the page shows out.

A function from text (with what the page tells of each character, where there is a page) to text and a log of steps.
"""

from __future__ import annotations

from .evidence import Evidence, survey
from .plan import Repaired, repair_text

__all__ = ["Evidence", "Repaired", "repair_text", "survey"]
