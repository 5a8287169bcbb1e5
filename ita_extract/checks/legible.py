"""Can a page be read at all, or does it need OCR? Pictures of text, text that no reader sees, and gibberish do.

A scanner gives a picture. Scanning software that reads lays its guess invisibly under the picture, and nobody ever looked at it.
And a producer that embeds a font without its map to Unicode writes a page which looks perfect and says "\\x01-\\x03\\x04…".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, TypeAlias

import numpy as np

from ..model import trace
from ..model.page import Page
from ..model.table import PageContent, Table

Why: TypeAlias = Literal["picture", "drawn", "hidden", "garbled"]
Impossible: TypeAlias = Callable[[str], Iterable[re.Match[str]]]

SAYS: Final[dict[Why, str]] = {
    "picture": "a picture of text",
    "drawn": "no text, but something is drawn: letters as outlines, perhaps",
    "hidden": "its text is an invisible layer under a picture",
    "garbled": "its text layer is gibberish",
}
PICTURE_SHARE = 0.3
"""A page without characters that is covered so far by pictures is a scan; a blank page is nothing lost."""
WHOLE_PICTURE, FEW = 0.8, 25
"""A picture over so much of a page that has no more characters than this is a scan with a stamp: a page number, a firm's name."""
DRAWN = 20
"""A page without characters on which so many strokes are drawn is a form or outlined letters, and no blank page."""
HIDDEN_SHARE = 0.5
IMPOSSIBLE_SHARE, IMPOSSIBLE_LEAST = 0.015, 5
"""Impossible sequences in a character of ink, and how many there must be. Measured after repair: 0 on each of 400 pages of real,
forged and damaged documents; at least 0.022 on the same pages under a wrong map, and 0.3 under a map to private use."""
FOREIGN_SHARE, SYMBOL_SHARE, HARDLY_THAI = 0.2, 0.07, 0.05
"""Letters of other scripts than Thai and Latin; and, on a page with hardly any Thai, ASCII signs that neither prose nor tables use:
English prose has 0.006 of them, Thai behind ASCII codes 0.07 at least and 0.2 mostly."""

_SYMBOLS = b"!\"#$&'*+;<=>?@[\\]^_`{|}~"
_THAI = bytes(range(0xA1, 0xFC))
"""Thai in CP874, one byte a character."""
_BLANKS = b" \t\n\r\x0b\x0c\xa0"
_FOREIGN = re.compile(r"[^\W\d_\u0e00-\u0e7fA-Za-z\xaa-\xbf]")
_BULLET = re.compile(r"[\uf020-\uf0ff]")


@dataclass(frozen=True, slots=True)
class OcrNeed:
    """A page (from 1) that has to be read by OCR, and why."""

    page: int
    why: Why


def why_ocr(page: Page) -> Why | None:
    """Why a page, as the engine gives it, needs OCR; None where it has text that a reader of the page sees."""
    ink = int(np.count_nonzero(page.chars.kind != ord(trace.BLANK)))
    if (not ink and page.image_area >= PICTURE_SHARE) or (ink <= FEW and page.image_area >= WHOLE_PICTURE):
        return "picture"
    if not ink and len(page.edges) >= DRAWN:
        return "drawn"
    if page.hidden_share > HIDDEN_SHARE and page.image_area >= PICTURE_SHARE:
        return "hidden"
    return None


def nothing_legible(pages: Sequence[PageContent], needs: Sequence[OcrNeed]) -> bool:
    """Whether every page that is not blank needs OCR."""
    told = {need.page for need in needs}
    return bool(told) and all(page.number in told or not page.char_count for page in pages)


def garbled_pages(pages: Iterable[PageContent], impossible: Impossible) -> tuple[OcrNeed, ...]:
    """The pages whose text is gibberish after all repair. `impossible` finds what correct Thai never shows."""
    return tuple(OcrNeed(page.number, "garbled") for page in pages if is_garbled("\n".join(_texts(page)), impossible))


def _texts(page: PageContent) -> Iterator[str]:
    for block in page.blocks:
        for part in block.cells if isinstance(block, Table) else (block,):
            if part.text:
                yield part.text


def is_garbled(text: str, impossible: Impossible) -> bool:
    r"""Whether the repaired text of a page is gibberish.

    A bullet or a tick of a symbol font stands alone and is none of Thai's business.

    >>> never = re.compile("[\ue000-\uf8ff]|[\x01-\x08]").finditer
    >>> is_garbled("\uf0b7 ดำเนินการ\n" * 9, never), is_garbled("\x01-\x03\x04\x05\x06\n" * 9, never)
    (False, True)
    """
    data = text.encode("cp874", "replace")
    ink = len(data.translate(None, _BLANKS))
    odd = sum(not _is_bullet(text, found) for found in impossible(text))
    if odd >= IMPOSSIBLE_LEAST and odd >= IMPOSSIBLE_SHARE * ink:
        return True
    unknown = data.count(b"?")
    foreign = len(_FOREIGN.findall(text)) if unknown >= FOREIGN_SHARE * ink else 0
    if foreign >= IMPOSSIBLE_LEAST and foreign >= FOREIGN_SHARE * ink:
        return True
    thai, symbols = len(data) - len(data.translate(None, _THAI)), len(data) - len(data.translate(None, _SYMBOLS))
    return symbols >= IMPOSSIBLE_LEAST and thai <= HARDLY_THAI * ink and symbols >= SYMBOL_SHARE * ink


def _is_bullet(text: str, found: re.Match[str]) -> bool:
    before, after = text[max(0, found.start() - 1) : found.start()], text[found.end() : found.end() + 1]
    return bool(_BULLET.fullmatch(found[0])) and not before.strip() and not _BULLET.match(after)


def tell_needs(needs: Sequence[OcrNeed]) -> str:
    """The pages by reason, for people.

    >>> tell_needs([OcrNeed(1, "picture"), OcrNeed(2, "picture"), OcrNeed(3, "picture"), OcrNeed(5, "garbled")])
    'pages 1-3: a picture of text; page 5: its text layer is gibberish'
    """
    groups = {why: [need.page for need in needs if need.why == why] for why in SAYS}
    return "; ".join(f"page{'s' * (len(pages) > 1)} {page_ranges(pages)}: {SAYS[why]}" for why, pages in groups.items() if pages)


def page_ranges(pages: Iterable[int]) -> str:
    """Page numbers as people write them.

    >>> page_ranges([1, 2, 3, 7, 9, 10]), page_ranges([])
    ('1-3, 7, 9-10', '')
    """
    ordered = sorted(set(pages))
    leaps = [(a, b) for a, b in pairwise(ordered) if b != a + 1]
    starts, stops = [*ordered[:1], *(b for _, b in leaps)], [*(a for a, _ in leaps), *ordered[-1:]]
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, stops, strict=True))
