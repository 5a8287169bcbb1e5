"""Certain repairs of Thai characters in the wrong place: order, spaces and doublings that correct Thai never shows."""

from __future__ import annotations

import re

from .draft import Draft
from .script import BLANK, CONSONANT, MARK, TONE, VOWEL, in_order

NIKHAHIT_AA = re.compile(rf"[{BLANK}]?ํ[{BLANK}]?([{TONE}]?)[{BLANK}]?[าำ]|([{TONE}])[{BLANK}]?ํ[{BLANK}]?[าำ]|[าำ]ํ")
SPACE_AM = re.compile(rf"(?<=[{CONSONANT}{TONE}])[{BLANK}]+ำ")
AM_TONE = re.compile(rf"ำ(?<=[{CONSONANT}]ำ)([{TONE}])")
SPLIT_AM = re.compile(rf"([{CONSONANT}][{TONE}]?)[{BLANK}]า([{TONE}]?)")
SPACE_MARK = re.compile(rf"(?<=[{CONSONANT}{MARK}])[{BLANK}]+(?=[{MARK}])")
TWO_E = re.compile(rf"เ[{BLANK}]?เ(?=[{BLANK}]?[{CONSONANT}])")
MARKS_RUN = re.compile(rf"[{MARK}]{{2,}}")
DISORDER = re.compile(rf"[\u0e48-\u0e4e][{VOWEL}]")
TWO_THO = re.compile("้้า")
LIST_NUMBER = re.compile(rf"(?m)^([{BLANK}]*[0-9๐-๙]{{1,2}})[{BLANK}]\.(?=[{BLANK}]*[{CONSONANT}เ-ไ])")
DOUBLED = re.compile(rf"([{MARK}])\1+")


def nikhahit_aa(draft: Draft) -> None:
    """Composes nikhahit and sara aa into sara am, whatever stands between them and in whatever order.

    Unicode's compatibility decomposition takes ำ apart, and PDF writers that shape by themselves draw the two parts: "จํา", "นํ้า".

    >>> draft = Draft("ข้อจํากัด นํ้า"); nikhahit_aa(draft); draft.text
    'ข้อจำกัด น้ำ'
    """
    if "ํ" in draft.text:
        draft.sub("nikhahit-aa", NIKHAHIT_AA, lambda m: f"{m[1] or m[2] or ''}ำ")


def sara_am(draft: Draft) -> None:
    """Takes the blank out before ำ and puts a tone after ำ before it: ำ stands on a consonant, and its tone inside.

    >>> draft = Draft("ส ำนัก นำ้"); sara_am(draft); draft.text
    'สำนัก น้ำ'
    """
    if " ำ" in draft.text or "\u00a0ำ" in draft.text:
        draft.sub("space-sara-am", SPACE_AM, "ำ")
    if "ำ" in draft.text:
        draft.sub("sara-am-tone", AM_TONE, r"\1ำ")


def split_sara_am(draft: Draft) -> None:
    """Joins a blank and sara aa into sara am: nothing that hangs on a consonant stands after a blank, so it was the nikhahit.

    Not for letter-spaced text, where a blank may stand before any letter.

    >>> draft = Draft("ด าเนิน ถ่วงน า้หนัก"); split_sara_am(draft); draft.text
    'ดำเนิน ถ่วงน้ำหนัก'
    """
    if " า" in draft.text or "\u00a0า" in draft.text:
        draft.sub("split-sara-am", SPLIT_AM, lambda m: f"{m[1]}{m[2]}ำ")


def two_sara_e(draft: Draft) -> None:
    """Reads two sara e as one sara ae: they look alike, and no Thai word begins with two.

    >>> draft = Draft("เเละ"); two_sara_e(draft); draft.text
    'และ'
    """
    if draft.text.count("เ") > 1:
        draft.sub("two-sara-e", TWO_E, "แ")


def mark_order(draft: Draft) -> None:
    """Puts the marks of a cluster in canonical order: vowel sign, then tone or thanthakhat.

    Fonts draw them in any order with the same look, and writers put them down as they drew them: "ท่ี", "เพ่ือ".

    >>> draft = Draft("ท่ี เพ่ือ"); mark_order(draft); draft.text
    'ที่ เพื่อ'
    """
    if DISORDER.search(draft.text):
        draft.sub("mark-order", MARKS_RUN, lambda m: in_order(m[0]))


def space_mark(draft: Draft) -> None:
    """Takes out the blank before a mark: a mark stands on its consonant.

    >>> draft = Draft("ที ่มุ ่ง"); space_mark(draft); draft.text
    'ที่มุ่ง'
    """
    draft.sub("space-mark", SPACE_MARK, "")


def doubled_marks(draft: Draft) -> None:
    """Takes out the second of two equal marks: the shadow of a glyph drawn twice to look bold.

    After the lattice, because in "ประพฤตมิิชอบ" the second mark belongs to the letter before.

    >>> draft = Draft("หน่่วยงาน"); doubled_marks(draft); draft.text
    'หน่วยงาน'
    """
    draft.sub("doubled-mark", DOUBLED, r"\1")


def two_mai_tho(draft: Draft) -> None:
    """Reads a mai tho and a second one before า as mai tho and nikhahit, for a font whose nikhahit comes out as mai tho.

    >>> draft = Draft("น้้าหนัก"); two_mai_tho(draft); draft.text
    'น้ำหนัก'
    """
    draft.sub("tone-for-nikhahit", TWO_THO, "้ำ")


def is_listed(text: str) -> bool:
    """Whether `list_number` has anything to do in `text`."""
    return " ." in text and LIST_NUMBER.search(text) is not None


def list_number(draft: Draft) -> None:
    """Closes up the number of a list and its full stop: the blank is a remnant of letter-spacing.

    >>> draft = Draft("6 . หน่วยงาน"); list_number(draft); draft.text
    '6. หน่วยงาน'
    """
    if "." in draft.text:
        draft.sub("list-number", LIST_NUMBER, r"\1.")
