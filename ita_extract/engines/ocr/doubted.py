"""Running text of which a letter or a mark was misread: "ความล่าข้า", "เอกสารที่ซ้้ากัน", "แผนจัอซื้อ".

Tesseract reads such a word alike at every size, so asking it again tells nothing. What tells is the language: with ซ้ำ the line is
Thai, with ซ้้า it is none. So each line of running text is weighed with every letter in turn taken for those that it is mistaken
for, and one of these readings is taken where it is far likelier as Thai than what was read, and than every other.

Names are nobody's vocabulary, so no name is changed by it: it leaves alone what is short, and what follows the word for a place, an
agency or a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final, TypeAlias

Weigh: TypeAlias = Callable[[str], float]
"""What a text costs as Thai: the less, the likelier, in natural logarithms."""
Knows: TypeAlias = Callable[[str], bool | None]
"""Whether a line is the name of an agency that is known; None where it is no name of one."""
Reading: TypeAlias = tuple[int, int, str, float]
"""From where to where a line says something else, and what; and how much that must save."""

FARTHEST = 3
"""Letters and marks that are not the same in two readings of one name, at most."""
SAVED = 5.0
"""A misread letter must save so much: a reading that is a hundred and fifty times as likely."""
RING = 1.5
"""The same of the ring of a sara am below a tone mark, which a recogniser sees more often than not: "น้าบาดาล" is น้ำบาดาล."""
STRANGER, STRANGE = 7.0, 1.2
"""The same of a letter that is not taken for this one as a rule; and what each letter of a line costs in which such are looked for.
Of running text it is 1.0 on the whole."""
CLEAR = 1.5
"""So much less than the second best reading the best one costs."""
ROUNDS = 3
"""Letters of a line that are put right at most."""
ENDS = (2, 3)
"""Letters at the beginning and the end of a line that stay as they are: a word may be cut there. What one of them being misread
would explain is not looked for elsewhere."""
LEAST = 14
"""Letters and marks of the shortest line that is running text."""
MARKS: Final = ("ิีึืั็", "่้๊๋์็", "ุู")
"""Marks that are taken for one another, and the first to be lost."""
WINDOW = 12
"""Letters before and behind a letter that tell at least what it is."""
_TONES, _VOWELS, _BEFORE = "่้๊๋์็", "ัิีึืุู", "เแโใไ"
_CONSONANTS: Final = "".join(map(chr, range(ord("ก"), ord("ฮ") + 1)))
_THAI: Final = re.compile("[ก-ฺเ-๎]")
_NAMED: Final = re.compile(
    r"(?:องค์การบริหารส่วน|เทศบาล|จังหวัด|อำเภอ|ตำบล|เขต|แขวง|พระ|หมู่บ้าน|บ้าน|นาย|นางสาว|นาง|โรงเรียน|วัด|ถนน|ซอย)\s?[ก-๎]+"
)
"""The word for a place, an agency or a person, and what is written behind it without a blank: a name, perhaps."""
_TOLD: Final = re.compile(r"(?:^|\s)(?P<name>(?:องค์การบริหารส่วน|เทศบาล)[ก-๎]+)\s+(?:อำเภอ|อําเภอ|จังหวัด)[ก-๎]")
"""The name of an agency in a sentence, with its district or province behind it."""
_RINGLESS: Final = re.compile("([่้๊๋])า")
_DOUBLED: Final = re.compile("([่้๊๋])[่้๊๋]า")


@dataclass(frozen=True, slots=True)
class Doubted:
    """What tells a misread letter: `weigh`, what a text costs as Thai, which letters are taken for one another, which names are
    known."""

    weigh: Weigh
    lookalikes: Mapping[str, frozenset[str]]
    knows: Knows = lambda line: None

    def strange_in(self, line: str) -> str:
        """The name of an agency in a line, which it is or in which its province follows, if it is of none that is known, or ""."""
        name = _name_in(line)
        return name if name and self.knows(name) is False else ""

    def named(self, name: str, readings: Iterable[str]) -> str:
        """What a strange name is: the one known name that other readings of its line come to, if it is near.

        No name is made up: it was read so, but for the ring of a sara am below a tone mark, which is hardly ever seen. Many
        municipalities bear names that no list has, and keep them.

        >>> names = Doubted(lambda text: 0.0, {}, lambda line: line == "เทศบาลตำบลดอนฉิมพลี")
        >>> names.named("เทศบาลตำบลดอนฉิมหลี", ["เทศบาลตำบลดอนฉิมพธี", "เทศบาลตำบลดอนฉิมพลี"])
        'เทศบาลตำบลดอนฉิมพลี'
        """
        from rapidfuzz.distance import Levenshtein

        names = {_in_one(_name_in(one)) for one in readings}
        names |= {_RINGLESS.sub(r"\1ำ", one) for one in names}
        plain = _in_one(name)
        found = {one for one in names if self.knows(one) and Levenshtein.distance(one, plain) <= FARTHEST}
        return found.pop() if len(found) == 1 else name

    def reread(self, text: str) -> str:
        """A line with the letters and marks put right that were surely misread; as it is where nothing is sure.

        >>> Doubted(lambda text: text.count("ข้า"), {"ข": frozenset("ช")}).reread("ความล่าข้าของงาน")
        'ความล่าข้าของงาน'
        """
        if len(_THAI.findall(text)) < LEAST:
            return text
        plain = text.replace("ํา", "ำ")
        cost = self.weigh(plain)
        for _ in range(ROUNDS):
            readings = _alike(plain, self.lookalikes)
            if cost > STRANGE * len(_THAI.findall(plain)):
                readings = chain(readings, _any(plain))
            better = _best(plain, cost, self.weigh, readings)
            if better is None:
                break
            text = plain = better
            cost = self.weigh(plain)
        return text


def _name_in(line: str) -> str:
    """What may be the name of an agency in a line: what stands before its province, or else all of it."""
    found = _TOLD.search(line)
    return found["name"] if found else line


def _in_one(name: str) -> str:
    """A name without blanks, its sara am in one piece: a reader writes one name in several ways."""
    return "".join(name.split()).replace("ํา", "ำ")


def undoubled(text: str) -> str:
    """A line with the ring of every sara am that was read as a second tone mark: no letter bears two.

    >>> undoubled("เอกสารที่ซ้้ากัน"), undoubled("น้้าหนัก"), undoubled("แม่ต้า")
    ('เอกสารที่ซ้ำกัน', 'น้ำหนัก', 'แม่ต้า')
    """
    return _DOUBLED.sub(r"\1ำ", text)


def _best(text: str, cost: float, weigh: Weigh, readings: Iterable[Reading]) -> str | None:
    """The reading that saves enough, and clearly more than any other; None where there is none.

    Each is weighed first with what stands around it alone: of a line of eighty letters there are a thousand readings.
    """
    near: dict[int, float] = {}
    likely: dict[str, tuple[float, int]] = {}
    for at, end, other, price in readings:
        start = at // WINDOW * WINDOW - WINDOW
        first, last = max(0, start), start + 3 * WINDOW
        if at not in near:
            near[at] = weigh(text[first:last])
        if near[at] - weigh(text[first:at] + other + text[end:last]) >= price - CLEAR:
            whole = text[:at] + other + text[end:]
            likely[whole] = min((price, at), likely.get(whole, (price, at)))
    found = sorted((weigh(one) + price, one, at) for one, (price, at) in likely.items())
    if not found or cost < found[0][0] or (len(found) > 1 and found[1][0] - found[0][0] < CLEAR):
        return None
    _, best, at = found[0]
    return best if ENDS[0] <= at < len(text) - ENDS[1] else None


def _places(text: str) -> Iterator[int]:
    """Where the letters and marks stand that are part of no name."""
    named = {at for found in _NAMED.finditer(text) for at in range(*found.span())}
    return (found.start() for found in _THAI.finditer(text) if found.start() not in named)


def _alike(text: str, lookalikes: Mapping[str, frozenset[str]]) -> Iterator[Reading]:
    """A letter taken for one that it is mistaken for; a mark lost, added or taken for another."""
    for at in _places(text):
        letter, behind = text[at], text[at + 1 : at + 2]
        for other in lookalikes.get(letter, ()):
            yield at, at + 1, other, SAVED
        for alike in MARKS:
            if letter in alike:
                yield from ((at, at + 1, other, SAVED) for other in ("", *alike.replace(letter, "")))
        if letter in _CONSONANTS and (not behind or behind not in _TONES):
            place = at + 1 + (behind != "" and behind in _VOWELS)
            yield from ((place, place, mark, SAVED) for mark in (_TONES if place > at + 1 else _TONES + _VOWELS))
        if letter == "า" and text[at - 1] in _TONES:
            yield at, at + 1, "ำ", RING
        if letter == "ำ" and text[at - 1] in _CONSONANTS:
            yield from ((at, at, mark, SAVED) for mark in "่้๊๋")
        if letter == behind or letter in _BEFORE:
            yield at, at + 1, "", SAVED


def _any(text: str) -> Iterator[Reading]:
    """Any consonant in the place of another."""
    for at in _places(text):
        if text[at] in _CONSONANTS:
            yield from ((at, at + 1, other, STRANGER) for other in _CONSONANTS if other != text[at])
