"""What a document shows of its own damage: counted once over all its texts, used for every one of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from .script import BLANK

LEAN, COMMONER = 2.0, 3
"""How far the other texts of a document weigh against the words of one, and how many of them outweigh that a map is commoner."""
BLANK_AM = re.compile(rf"[{BLANK}]ำ")
LOOSE = re.compile(f"(?<=[ก-๎])[{BLANK}](?=[ก-๎])")
LETTER = re.compile("[ก-ฮะาำเ-ไ]")


def looks_spaced(text: str) -> bool:
    """Whether the blanks between letters are too many for words: one to six letters.

    >>> looks_spaced("จั ด ท า ป ระม วล"), looks_spaced("จัดทำ ประมวล จริยธรรม")
    (True, False)
    """
    gaps = text.count(" ") + text.count("\u00a0")
    if gaps < 3 or gaps * 15 < len(text):  # no need to look closer: marks and figures make a text twice as long as its letters
        return False
    gaps = len(LOOSE.findall(text))
    return gaps >= 3 and gaps * 6 > len(LETTER.findall(text))


@dataclass(frozen=True)
class Evidence:
    """Counts over one document, or over one font of it.

    `am`: ำ as printed; `aa`: า as printed.
    `lost`: words that are none without a nikhahit; `toned`: words that are none unless their mai tho is a nikhahit.
    `carried`: marks found on a later letter; `carried_blank`: blanks behind such a mark inside a word; `doubled`: marks too many.
    `blank_mark`: blanks before a mark inside a word; `spaced`: lines of letter-spaced text; `loose`: blanks in words elsewhere.
    `mended`: ำ that were put together from what the font gave for their nikhahit; `toned_am`: ำ under a tone that came through or
    could be put together.   `mojibake`: runs of TIS-620 read as Latin-1.   `low`: ุ and ู; `letters`: Thai letters;
    `inked_below`: blanks that are ink below a letter.
    `first_map`, `other_map`: texts that read better by the first and by the second map of private-use marks.
    No slots: each text asks for a dozen of its verdicts, and they are kept.
    """

    texts: int = 0
    am: int = 0
    aa: int = 0
    lost: int = 0
    toned: int = 0
    carried: int = 0
    carried_blank: int = 0
    doubled: int = 0
    blank_mark: int = 0
    spaced: int = 0
    loose: int = 0
    mended: int = 0
    toned_am: int = 0
    mojibake: int = 0
    low: int = 0
    inked_below: int = 0
    letters: int = 0
    first_map: int = 0
    other_map: int = 0

    @cached_property
    def loses_nikhahit(self) -> bool:
        """The font has no nikhahit at all: false forms, and hardly a ำ that came through."""
        return self.lost >= 2 and self.am * 4 < self.lost

    @cached_property
    def ligature_lost(self) -> bool:
        """The font has one glyph for nikhahit and tone, and its nikhahit is lost: "น้า" may be น้ำ, while นา is never นำ."""
        return self.mended >= 3 and not self.toned_am

    @cached_property
    def is_mojibake(self) -> bool:
        """A font's Thai comes out as Latin-1."""
        return self.mojibake >= 2

    @cached_property
    def loses_low_vowels(self) -> bool:
        """No ุ and no ู in text where one letter in thirty bears one: they came out as blanks, and no page tells which."""
        return not self.inked_below and self.letters >= 300 and self.low * 300 < self.letters

    @cached_property
    def lean_to_first_map(self) -> float:
        """What a text must save by the other map of private-use marks to be read by it: more, the more of the document reads well
        by the first, which also is the commoner one; less than nothing where the others have shown the contrary."""
        return LEAN * math.log((self.first_map + COMMONER) / (self.other_map + 1))

    @cached_property
    def swaps_am(self) -> bool:
        """The font writes ำ for า throughout: Thai has ten times more า than ำ, this document the reverse.

        A page of seven lines has few of either; four ำ and not one า among forty letters are no accident.
        """
        return self.am > 3 * self.aa and (self.am >= 5 or (self.am == 4 and self.letters >= 40))

    @cached_property
    def tone_for_nikhahit(self) -> bool:
        """The font's nikhahit maps to mai tho."""
        return self.toned >= 2 and self.am * 4 < self.toned

    @cached_property
    def font_fails(self) -> bool:
        """The font maps its nikhahit wrongly throughout: every word is read with that in mind."""
        return self.loses_nikhahit or self.swaps_am or self.tone_for_nikhahit

    @cached_property
    def carries_marks(self) -> bool:
        return self.carried >= 2

    @cached_property
    def keeps_marks(self) -> bool:
        """Marks are carried on and none is doubled: of two alike on one letter one belongs to a letter before, not to nobody."""
        return self.carried >= 4 and self.doubled * 5 < self.carried

    @cached_property
    def loosens(self) -> bool:
        """Justified text with blanks between letters: single ones stray into other lines, too."""
        return self.spaced >= 2 or self.loose >= max(4.0, 0.03 * self.texts)

    @cached_property
    def damaged(self) -> bool:
        """Whether texts that show nothing impossible are worth decoding."""
        return (
            self.font_fails or self.carries_marks or self.loosens or self.ligature_lost or self.is_mojibake or self.loses_low_vowels
        )


NO_EVIDENCE = Evidence()


def survey(texts: Iterable[tuple[str, str]]) -> Evidence:
    """Counts the kinds of damage in `(raw, trace)` pairs of one document or one font.

    Texts without damage cost one look; of the others a sample is read by the lattice, and its counts stand for all.

    >>> survey([("ผลการดาเนินงาน", ""), ("การกากับ", ""), ("สานักงาน", "")]).loses_nikhahit
    True
    """
    from .observing import observe  # the lattice needs its lexicon: a document without damage never loads it

    return observe(texts)
