"""What is printed in Latin letters between the Thai of a table: acronyms over columns, and the letters of grades.

To OCR a C is a G, a 6 or a ๐, and "IIT" a Thai word; knowing what there can be is most of reading it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from .frameworks import Framework
from .layouts import Layout

LONGEST = 4
"""Letters of the longest acronym."""


@dataclass(frozen=True, slots=True)
class Latin:
    """acronyms: the headings of columns that are one short Latin word. grades: the letters that grades consist of, in order."""

    acronyms: frozenset[str] = frozenset()
    grades: str = ""


def latin_of(layouts: Iterable[Layout], frameworks: Iterable[Framework]) -> Latin:
    """What the rules of all years and documents print in Latin letters.

    >>> from ita_extract.rulebook.load import load_rulebook
    >>> rules = load_rulebook()
    >>> found = latin_of(rules.layouts, rules.frameworks.values())
    >>> "IIT" in found.acronyms, found.grades
    (True, 'ABCDEF')
    """
    headings = (heading for layout in layouts for table in layout.tables for column in table.columns for heading in column.headings)
    acronyms = frozenset(heading.upper() for heading in headings if 1 < len(heading) <= LONGEST and _is_latin(heading))
    names = (grade.name for framework in frameworks if framework.grades for grade in framework.grades.levels)
    return Latin(acronyms, "".join(sorted({letter for name in names if _is_latin(name) for letter in name})))


@cache
def load_latin() -> Latin:
    """The same of the rules that come with the package."""
    from .load import load_rulebook

    rules = load_rulebook()
    return latin_of(rules.layouts, rules.frameworks.values())


def _is_latin(text: str) -> bool:
    return text.isascii() and text.isalpha()
