"""The words that the rules know, and what a reader of pictures makes of them by one letter.

To OCR a ช is a ข: of fifteen heads "ตัวชี้วัดที่ 1" it read nine as "ตัวขี้วัดที่", and a table of which the heads are not known is no
table that anyone knows. A long word of the rules that is one look-alike off is that word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Final

from .frameworks import Framework
from .layouts import Layout
from .registry import AgencyType

SHORTEST: Final = 8
"""Letters and marks of the shortest word that is put right: there are few words that differ by one letter and are as long."""
_WORD: Final = re.compile(rf"[ก-๎]{{{SHORTEST},}}")
_HEAD: Final = re.compile("[ก-๎]{3,}")
_MARKS: Final = frozenset("ัิีึืฺุู็่้๊๋์ํ๎")


@dataclass(frozen=True, slots=True)
class Spelling:
    """`slips`: each misspelling by one look-alike and the word that it is of. `lengths`: how long they are, the longest first.

    `heads`: the same of whole headings, however short: alone in a cell "ขาย" is ชาย, and elsewhere a word of its own.
    """

    slips: Mapping[str, str]
    lengths: tuple[int, ...]
    heads: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, words: Iterable[str], lookalikes: Mapping[str, frozenset[str]], headings: Iterable[str] = (), names: Iterable[str] = ()
    ) -> Spelling:
        """The slips of some words, and of whole `headings` but for those that are `names`; none of two words, or of a part of one.

        >>> found = Spelling.of(["ตัวชี้วัดที่"], {"ช": frozenset("ข")})
        >>> found.put_right("รายตัวขี้วัดที่ 10"), found.put_right("ขี้เหล็ก")
        ('รายตัวชี้วัดที่ 10', 'ขี้เหล็ก')
        """
        known = frozenset(words)
        spelt = "\n".join(sorted(known))
        slips = {slip: word for slip, word in _told(known, partial(_slips, lookalikes=lookalikes)) if slip not in spelt}
        whole = frozenset(headings)
        others = whole | frozenset(names)
        heads = {slip: head for slip, head in _told(whole, partial(_slips, lookalikes=lookalikes)) if slip not in others}
        return cls(slips, tuple(sorted({len(slip) for slip in slips}, reverse=True)), heads)

    def put_right(self, text: str) -> str:
        """The text with the words of the rules that it misspells as they are spelt."""
        return _WORD.sub(lambda found: self._put_right(found[0]), text)

    def cell(self, text: str) -> str:
        """A line of a cell, put right as a whole where it is one misspelt heading.

        >>> Spelling.of([], {"ช": frozenset("ข")}, ["ชาย", "อายุ"]).cell("ขาย")
        'ชาย'
        """
        return self.heads.get(text) or self.put_right(text)

    def is_heading(self, text: str) -> bool:
        """Whether a text is a heading that a misspelling is known of.

        >>> Spelling.of([], {"ช": frozenset("ข")}, ["ชาย", "อายุ"]).is_heading("ชาย")
        True
        """
        return text in self.heads.values()

    def _put_right(self, text: str) -> str:
        for length in self.lengths:
            for start in range(len(text) - length + 1):
                if word := self.slips.get(text[start : start + length]):
                    text = text[:start] + word + text[start + length :]
        return text


def _slips(word: str, lookalikes: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """The word with a letter taken for a look-alike, and without one of its marks: of "ตัวชี้วัดที่" is made "ตัวชีวัดที่", too."""
    yield from (word[:at] + other + word[at + 1 :] for at, letter in enumerate(word) for other in lookalikes.get(letter, ()))
    yield from (word[:at] + word[at + 1 :] for at, letter in enumerate(word) if letter in _MARKS)


def _told(words: frozenset[str], slips_of: Callable[[str], Iterable[str]]) -> Iterator[tuple[str, str]]:
    """Each slip that is of one word alone, and the word."""
    found: dict[str, set[str]] = {}
    for word in words:
        for slip in slips_of(word):
            found.setdefault(slip, set()).add(word)
    return ((slip, next(iter(of))) for slip, of in found.items() if len(of) == 1)


def headings_of(layouts: Iterable[Layout]) -> Iterator[str]:
    """The headings of one word of Thai, and what else a cell says that says one of a few things."""
    columns = (column for layout in layouts for table in layout.tables for column in table.columns)
    return (told for column in columns for told in (*column.headings, *column.categories) if _HEAD.fullmatch(told))


def words_of(layouts: Iterable[Layout], frameworks: Iterable[Framework], types: Iterable[AgencyType]) -> Iterator[str]:
    """The long words of all headings, of the names of indicators and of the items of OIT, and of the types of agencies."""
    texts = [heading for layout in layouts for table in layout.tables for column in table.columns for heading in column.headings]
    for framework in frameworks:
        texts += [name for one in framework.indicators for name in (one.name, *one.variants)]
        texts += [name for one in framework.oit_items for name in (one.name, *one.variants)]
        texts += [one.name for one in framework.sub_indicators]
    texts += [prefix for one in types for prefix in one.prefixes]
    return (word for text in texts for word in _WORD.findall("".join(text.split())))


@cache
def load_spelling() -> Spelling:
    """The words of the rules that come with the package."""
    from .load import load_rulebook

    rules = load_rulebook()
    words = words_of(rules.layouts, rules.frameworks.values(), rules.registry.types)
    registry = rules.registry
    names = (one.name for places in (registry.provinces, registry.districts, registry.subdistricts) for one in places)
    return Spelling.of(words, registry.lookalikes, headings_of(rules.layouts), names)
