"""What kind of document is it? Decided by what it says, with the evidence kept so that a person can see why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..model.table import Document, LongTable, TextLine
from ..rulebook.frameworks import Framework
from ..rulebook.layouts import YEAR, Layout
from ..rulebook.wording import skeleton, squash
from .headings import Head, find_head, grade_names
from .values import unwrap, year_in

MAX_TITLE_LINES = 6
SMALLER = 0.8
"""Text set smaller than this share of the title is no title any more."""
TITLE_AREA = 500
"""So many letters at the start of a document may be its title, wherever in them a phrase stands."""
LONG_WORDING = 8
"""A wording of so many letters is known without its marks."""
SEAM = 2
"""So many letters of a wording, at least, must stand on each side of a break for the line to have broken inside it."""
OPENS = 2
"""What it counts that a document opens with a title of its kind: enough to decide between two kinds, never enough alone."""

_NUMBERING = re.compile(r"^[\d.()\-]{1,6}|^เรื่อง")


@dataclass(frozen=True, slots=True)
class Weighed:
    """What speaks for one layout. `heads` are the heads of the tables that it knows, by table number."""

    layout: Layout
    score: int
    signs: tuple[str, ...]
    heads: Mapping[int, Head]

    @property
    def is_enough(self) -> bool:
        return self.score >= self.layout.minimum

    @property
    def told(self) -> str:
        return f"{self.layout.document_type}: {self.score} of {self.layout.minimum}: {'; '.join(self.signs) or 'nothing'}"


@dataclass(frozen=True, slots=True)
class Classified:
    """`layout` is None where no layout reached its minimum. `evidence` lists what spoke for each layout, for people."""

    layout: Layout | None
    evidence: tuple[str, ...]
    heads: Mapping[int, Head]
    """The head of every table that the chosen layout knows, by table number."""


def classify(document: Document, layouts: tuple[Layout, ...], frameworks: Mapping[int, Framework]) -> Classified:
    """The layout with the most evidence that reaches its own minimum."""
    weighed = weigh(document, layouts, frameworks)
    best = heaviest(weighed)
    evidence = tuple(one.told for one in weighed)
    return Classified(best.layout, evidence, best.heads) if best else Classified(None, evidence, {})


def heaviest(weighed: tuple[Weighed, ...]) -> Weighed | None:
    """The first of those with the most evidence, None where none has enough."""
    enough = [one for one in weighed if one.is_enough]
    return max(enough, key=lambda one: one.score) if enough else None


def weigh(document: Document, layouts: tuple[Layout, ...], frameworks: Mapping[int, Framework]) -> tuple[Weighed, ...]:
    """What speaks for each layout.

    A phrase counts in the title, and below it where a line opens with it: a report on measures that quotes "the announcement of
    the NACC on the results of the assessment" in a sentence is no announcement.
    """
    lines = [squash(block.text) for block in document.blocks if isinstance(block, TextLine)]
    lines = [line for line in lines if line]
    grades = grade_names(frameworks)
    tables = [block for block in document.blocks if isinstance(block, LongTable)]
    return tuple(_weigh_one(lines, tables, layout, grades) for layout in layouts)


def _weigh_one(lines: list[str], tables: list[LongTable], layout: Layout, grades: frozenset[str]) -> Weighed:
    heads = {table.table_no: head for table in tables if (head := find_head(table, layout.tables, grades))}
    said = {phrase: weight for phrase, weight in layout.phrases.items() if _says(lines, phrase)}
    drawn = {name: weight for name, weight in layout.table_weights.items() if any(h.layout.name == name for h in heads.values())}
    score = sum(said.values()) + sum(drawn.values())
    signs = [
        *(f"says {phrase!r} (+{w})" for phrase, w in said.items()),
        *(f"has a table {name!r} (+{w})" for name, w in drawn.items()),
    ]
    if score and lines and opens_like(lines[0], layout):
        score += OPENS
        signs.append(f"opens with a title of its kind (+{OPENS})")
    return Weighed(layout, score, tuple(signs), heads)


def _says(lines: list[str], phrase: str) -> bool:
    text = "".join(lines)
    if phrase not in text:
        return False
    if phrase in text[: TITLE_AREA + len(phrase)]:
        return True
    starts = _starts(lines)
    return any(text.startswith(phrase, at) for at in starts)


def _starts(lines: list[str]) -> Iterator[int]:
    """Where each line begins in the text of all, before and behind its numbering."""
    at = 0
    for line in lines:
        yield at
        if found := _NUMBERING.match(line):
            yield at + found.end()
        at += len(line)


def opens_like(line: str, layout: Layout) -> bool:
    """Whether a squashed line opens a title of the layout."""
    return line.startswith(layout.title_openings) or any(pattern.search(line) for pattern in layout.title_patterns)


def find_title(document: Document, layout: Layout) -> str | None:
    """The document's title: from the first line that opens like one to the line that names the year, some lines at most."""
    lines = [block for block in document.blocks if isinstance(block, TextLine) and block.text.strip()]
    for at, line in enumerate(lines):
        if not opens_like(squash(line.text), layout):
            continue
        title = ""
        for part in lines[at : at + MAX_TITLE_LINES]:
            smaller = part.size < line.size * SMALLER
            if part.page > line.page and not _names_only_the_year(part, line, layout):
                break
            if smaller or (title and squash(part.text).startswith(layout.type_openings)):
                break
            title = _joined(title, unwrap(part.text), layout)
            if year_of_title(title, layout) is not None:
                break
        return title
    return None


def _joined(title: str, line: str, layout: Layout) -> str:
    """A title with its next line. A line that breaks off inside a wording that the layout knows goes on without a blank, as Thai
    has none between words; any other may be a heading of its own."""
    if not title or not line:
        return title or line
    above, below = squash(title), squash(line)
    inside = any(_goes_on_inside(above, below, wording.split(YEAR, maxsplit=1)[0].rstrip()) for wording in layout.wordings)
    return f"{title}{'' if inside else ' '}{line}"


def _goes_on_inside(above: str, below: str, wording: str) -> bool:
    """Whether the seam of two squashed lines lies within a wording, where that has no blank."""
    for at in range(1, len(wording)):
        if wording[at - 1].isspace() or wording[at].isspace():
            continue
        first, rest = squash(wording[:at]), squash(wording[at:])
        if len(rest) >= SEAM and len(first) >= SEAM and above.endswith(first) and below.startswith(rest):
            return True
    return False


def _names_only_the_year(part: TextLine, line: TextLine, layout: Layout) -> bool:
    """A cover may end with "ประจำปีงบประมาณ พ.ศ. 2567" at the head of the next page, never with more than that."""
    short = len(squash(part.text)) <= len("ประจำปีงบประมาณพ.ศ.2567()")
    return part.page == line.page + 1 and short and year_of_title(part.text, layout) is not None


def year_of_title(text: str, layout: Layout) -> int | None:
    """The fiscal year that a line names in one of the layout's wordings.

    Only wordings count: "85 คะแนนขึ้นไป" and "พ.ศ. 2561 - 2565" of a footnote name no fiscal year of the document. The marks of a
    long wording do not: of "ประจำปีงบประมาณ" OCR makes "ประจำปิงบประมาณ", and without its year nothing of a report is published.
    """
    openings = [wording.split(YEAR, maxsplit=1)[0] for wording in layout.title_years]
    long = [skeleton(opening) for opening in openings if len(opening) >= LONG_WORDING]
    for plain, known in ((squash(text), openings), (skeleton(text), long)):
        for opening in known:
            for found in re.finditer(re.escape(opening), plain):
                if year := year_in(plain[found.end() : found.end() + 4]):
                    return year
    return None
