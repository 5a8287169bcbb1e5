"""Which stretches of a document are of which kind. Most documents are one stretch; some files hold several documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..model.table import Document
from ..rulebook.frameworks import Frameworks
from ..rulebook.layouts import Layout
from .classify import classify, find_title
from .headings import Head


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document that is of one kind. `heads` are the heads of its tables that the layout knows, by table number."""

    layout: Layout
    title: str | None
    document: Document
    heads: Mapping[int, Head]


def split(document: Document, layouts: tuple[Layout, ...], frameworks: Frameworks) -> tuple[tuple[Section, ...], tuple[str, ...]]:
    """The sections of a document in order, and the evidence for and against every kind."""
    found = classify(document, layouts, frameworks)
    if found.layout is None:
        return (), found.evidence
    return (Section(found.layout, find_title(document, found.layout), document, found.heads),), found.evidence
