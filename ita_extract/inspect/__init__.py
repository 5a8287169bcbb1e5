"""What was found on one page, for a person who wants to know why: as a picture, and in words."""

from __future__ import annotations

from .facts import Inspection, inspect_page
from .words import tell

__all__ = ["Inspection", "inspect_page", "tell"]
