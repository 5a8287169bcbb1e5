"""What kind of document is it? Decided by what it says, with the evidence kept so that a person can see why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..model.table import Document, LongTable, TextLine
from ..rulebook.frameworks import Framework
from ..rulebook.layouts import YEAR, Layout
from ..rulebook.wording import squash
from .headings import Head, find_head, grade_names
from .values import unwrap, year_in

MAX_TITLE_LINES = 6
SMALLER = 0.8
"""Text set smaller than this share of the title is no title any more."""


@dataclass(frozen=True, slots=True)
class Classified:
    """`layout` is None where no layout reached its minimum. `evidence` lists what spoke for each layout, for people."""

    layout: Layout | None
    evidence: tuple[str, ...]
    heads: Mapping[int, Head]
    """The head of every table that the chosen layout knows, by table number."""


def classify(document: Document, layouts: tuple[Layout, ...], frameworks: Mapping[int, Framework]) -> Classified:
    """The layout with the most evidence that reaches its own minimum."""
    text = squash("".join(block.text for block in document.blocks if isinstance(block, TextLine)))
    grades = grade_names(frameworks)
    best: tuple[int, Classified] | None = None
    evidence: list[str] = []
    for layout in layouts:
        heads = {
            t.table_no: head for t in document.blocks if isinstance(t, LongTable) and (head := find_head(t, layout.tables, grades))
        }
        said = {phrase: weight for phrase, weight in layout.phrases.items() if phrase in text}
        drawn = {
            name: weight for name, weight in layout.table_weights.items() if any(h.layout.name == name for h in heads.values())
        }
        score = sum(said.values()) + sum(drawn.values())
        signs = [
            *(f"says {phrase!r} (+{w})" for phrase, w in said.items()),
            *(f"has a table {name!r} (+{w})" for name, w in drawn.items()),
        ]
        evidence.append(f"{layout.document_type}: {score} of {layout.minimum}: {'; '.join(signs) or 'nothing'}")
        if score >= layout.minimum and (best is None or score > best[0]):
            best = (score, Classified(layout, (), heads))
    chosen = best[1] if best else Classified(None, (), {})
    return Classified(chosen.layout, tuple(evidence), chosen.heads)


def find_title(document: Document, layout: Layout) -> str | None:
    """The document's title: from the first line that opens like one to the line that names the year, some lines at most."""
    lines = [block for block in document.blocks if isinstance(block, TextLine)]
    for at, line in enumerate(lines):
        if not squash(line.text).startswith(layout.title_openings):
            continue
        title: list[str] = []
        for part in lines[at : at + MAX_TITLE_LINES]:
            smaller = part.size < line.size * SMALLER
            if part.page != line.page or smaller or (title and squash(part.text).startswith(layout.type_openings)):
                break
            title.append(unwrap(part.text))
            if year_of_title("".join(title), layout) is not None:
                break
        return " ".join(filter(None, title))
    return None


def year_of_title(text: str, layout: Layout) -> int | None:
    """The fiscal year that a line names in one of the layout's wordings.

    Only wordings count: "85 คะแนนขึ้นไป" and "พ.ศ. 2561 - 2565" of a footnote name no fiscal year of the document.
    """
    plain = squash(text)
    for wording in layout.title_years:
        opening = wording.split(YEAR, maxsplit=1)[0]
        for found in re.finditer(re.escape(opening), plain):
            if year := year_in(plain[found.end() : found.end() + 4]):
                return year
    return None
