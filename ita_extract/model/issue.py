"""Something a person should know about a document, with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .page import BBox


@dataclass(frozen=True, slots=True)
class Issue:
    """`code` is one of a short list; `expected` and `found` are for people."""

    code: str
    severity: Literal["note", "warning", "error"]
    page: int | None
    bbox: BBox | None
    expected: str
    found: str
