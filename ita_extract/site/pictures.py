"""Pictures of the rows that a person is to judge, cut out of their pages, with the doubtful cell boxed.

The pages may be hostile: they were when they were read. So they are drawn by a reader process with limits, as for a run, and a page
that cannot be drawn within them costs its pictures and nothing else.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..model.source import SourceDocument
from ..run.limits import Limits
from ..run.local import Attendants, Preparation

if TYPE_CHECKING:
    from PIL.Image import Image

    from ..model.page import Chars
    from .review import Doubt

BBox = tuple[float, float, float, float]

SCALE = 2.0
"""Pixels in a point: print of 8 points is well read on a screen of double density at half its width."""
ABOVE = 7.0
"""Points shown above and below a row, so that the eye sees where it ends."""
TALLEST = 260.0
"""Points of a row that are shown: a measure can fill a page, and its number stands near its top."""
COLORS = 24
BOX = (190, 58, 38)
GAP = 0.25
"""Ems between two characters that part two words."""
LONG = 8
"""Characters of a text that is no number: a longer one is a name."""
MOST_WORDS = 5
"""Words that a name may be broken into."""
LIMITS = Limits(max_bytes=200_000_000, base_seconds=20.0, page_seconds=10.0)


@dataclass(frozen=True, slots=True)
class Row:
    """A row to be shown: its box, and what may be printed in the doubtful cell, the likeliest first."""

    bbox: BBox
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """The rows of one page of one file."""

    path: str
    page: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG and its size in pixels; `boxed` tells whether the cell was found, or the whole row is boxed.

    `middle` is where the cell stands across the picture, in pixels: a phone shows a part of the row, and should show that.
    """

    png: bytes
    width: int
    height: int
    boxed: bool
    middle: int


def pictures(entries: Iterable[Doubt], files: Mapping[str, Path]) -> Iterator[tuple[Doubt, Picture]]:
    """A picture for each entry with a box whose document is among `files` (sha256 to path), in no order that matters.

    Pages that cannot be drawn give none. Files that are no PDF give none: saved text has no pages.
    """
    by_page: dict[tuple[str, int], list[Doubt]] = defaultdict(list)
    for one in entries:
        if one.bbox is not None and one.page is not None and one.document_id in files:
            by_page[one.document_id, one.page].append(one)
    if not by_page:
        return
    attendants = Attendants(Preparation(draw, preload=("ita_extract.engines.render", "ita_extract.engines.pdfium")))
    try:
        for (document_id, page), members in sorted(by_page.items()):
            rows = tuple(Row(one.bbox, _texts(one)) for one in members if one.bbox is not None)
            answer = attendants.attend(Order(str(files[document_id]), page, rows), LIMITS)
            for one, picture in zip(members, answer.result or (), strict=False):
                if picture is not None:
                    yield one, picture
    finally:
        attendants.close()


def _texts(entry: Doubt) -> tuple[str, ...]:
    """What may stand in the cell: what was read; or, where something else than the page's text was read, what it has to be."""
    values = [text for one in entry.fields if one.name == entry.field for text in (one.before, one.read, one.published)]
    return tuple(dict.fromkeys([*values, *(one.value for one in entry.suggestions if one.field == entry.field)]))


def draw(order: Order) -> tuple[Picture | None, ...]:
    """The pictures of one page's rows, in order; None for a row that lies outside of its page. What a reader process does."""
    from ..engines.pdfium import read
    from ..engines.render import render

    source = _source(order.path)
    page = next(iter(read(source, range(order.page, order.page + 1))))
    shown = render(source, order.page, SCALE)
    scale = shown.width / max(page.width, 1.0)
    return tuple(_picture(shown, row, page.chars, scale) for row in order.rows)


@lru_cache(maxsize=1)
def _source(path: str) -> SourceDocument:
    file = Path(path)
    return SourceDocument.of(file.read_bytes(), file.name, "application/pdf")


def _picture(shown: Image, row: Row, chars: Chars, scale: float) -> Picture | None:
    x0, top, x1, bottom = row.bbox
    upright = x1 - x0 >= bottom - top
    if upright:
        bottom = min(bottom, top + TALLEST)
    around = (x0 - ABOVE, top - ABOVE, x1 + ABOVE, bottom + ABOVE)
    crop = _pixels(around, scale, shown.size)
    if crop[2] - crop[0] < 4 or crop[3] - crop[1] < 4:
        return None
    inside = within(chars, row.bbox)
    cells = next((found for text in row.texts if (found := find(chars, inside, text))), [])
    image = shown.crop(crop)
    _frame(image, [_pixels(box, scale, shown.size) for box in cells or [row.bbox]], crop)
    middle = round((cells[0][0] + cells[0][2]) / 2 * scale) - crop[0] if cells else image.width // 2
    if turn := _turn(chars, inside):
        image = image.rotate(90 * turn, expand=True)
        middle = image.width // 2
    data = io.BytesIO()
    image.quantize(COLORS).save(data, "PNG", optimize=True)
    return Picture(data.getvalue(), image.width, image.height, bool(cells), middle)


def _pixels(box: Sequence[float], scale: float, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """A box in pixels, kept on the picture."""
    x0, y0, x1, y1 = (round(value * scale) for value in box)
    return max(x0, 0), max(y0, 0), min(x1, size[0]), min(y1, size[1])


def _frame(image: Image, boxes: Iterable[tuple[int, int, int, int]], crop: tuple[int, int, int, int]) -> None:
    """Draws a frame around each box, tinted inside so lightly that the print stays as it is."""
    from PIL import ImageDraw

    pen = ImageDraw.Draw(image, "RGBA")
    for x0, y0, x1, y1 in boxes:
        place = (x0 - crop[0] - 5, y0 - crop[1] - 4, x1 - crop[0] + 5, y1 - crop[1] + 4)
        if place[2] > place[0] and place[3] > place[1]:
            pen.rectangle(place, fill=(*BOX, 22), outline=(*BOX, 255), width=3)


def within(chars: Chars, box: BBox) -> list[int]:
    """The places of the characters whose middle lies in `box`, in content order."""
    import numpy as np

    x = (chars.box[:, 0] + chars.box[:, 2]) / 2
    y = (chars.box[:, 1] + chars.box[:, 3]) / 2
    found: list[int] = np.flatnonzero((x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])).tolist()
    return found


def find(chars: Chars, inside: Sequence[int], text: str) -> list[BBox]:
    """The boxes of the words that say `text`, whichever digits it is printed in; none where damage makes them say something else.

    A number is found only as a whole, never as a part of another. A name may stand in a longer word, or be broken over the lines of
    a narrow cell: then each of its words has a box. It is known by its consonants too, for they are what damage spares.
    """
    words = [(word, _said(chars, word)) for word in _words(chars, inside)]
    wanted = _plain(text)
    if len(wanted) <= LONG:
        return [_around(chars, word) for word, said in words if said == wanted]
    for form in (str, _consonants):
        forms = [(word, form(said)) for word, said in words]
        if found := [_around(chars, word) for word, said in forms if form(wanted) in said] or _broken(chars, forms, form(wanted)):
            return found
    return []


def _broken(chars: Chars, words: Sequence[tuple[list[int], str]], wanted: str) -> list[BBox]:
    """The boxes of the words that say `wanted` one after another."""
    for length in range(2, MOST_WORDS + 1):
        for first in range(len(words) - length + 1):
            run = words[first : first + length]
            if "".join(said for _, said in run) == wanted:
                return [_around(chars, word) for word, _ in run]
    return []


def _consonants(text: str) -> str:
    """The Thai consonants of a text, or the text itself where it has few.

    >>> _consonants("เทศบาลต\\uf70aาบลมะค่า")
    'ทศบลตบลมค'
    """
    kept = "".join(char for char in text if "ก" <= char <= "ฮ")
    return kept if len(kept) > LONG // 2 else text


def _said(chars: Chars, word: Sequence[int]) -> str:
    return _plain("".join(chr(int(chars.code[at])) for at in word if chars.code[at]))


def _around(chars: Chars, word: list[int]) -> BBox:
    boxes = chars.box[word]
    x0, y0 = boxes[:, :2].min(axis=0).tolist()
    x1, y1 = boxes[:, 2:].max(axis=0).tolist()
    return (x0, y0, x1, y1)


def _plain(text: str) -> str:
    """Without blanks, commas and percent signs, and with the digits 0 to 9.

    >>> _plain("๙๑.๐๕ %")
    '91.05'
    """
    return "".join(str(int(char)) if char.isdecimal() else char for char in text if not char.isspace() and char not in ",%")


def _words(chars: Chars, inside: Sequence[int]) -> Iterator[list[int]]:
    """The characters parted where a blank stands, the line changes or a gap opens along the way that the text runs."""
    word: list[int] = []
    for at in inside:
        code = int(chars.code[at])
        if code and chr(code).isspace():
            if word:
                yield word
            word = []
            continue
        if word and _apart(chars, word[-1], at):
            yield word
            word = []
        word.append(at)
    if word:
        yield word


def _apart(chars: Chars, before: int, after: int) -> bool:
    along = 1 if chars.turn[after] % 2 else 0
    across = 1 - along
    em = max(float(chars.size[after]), 1.0)
    gap = max(
        float(chars.box[after, along] - chars.box[before, along + 2]), float(chars.box[before, along] - chars.box[after, along + 2])
    )
    return gap > GAP * em or abs(float(chars.origin[after, across] - chars.origin[before, across])) > em / 2


def _turn(chars: Chars, inside: Sequence[int]) -> int:
    """The quarter turns, clockwise, of most of the characters of a row."""
    import numpy as np

    return int(np.bincount(chars.turn[list(inside)], minlength=4).argmax()) if inside else 0
