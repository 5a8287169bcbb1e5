"""What repeats around the content of pages, by wording and by place: page numbers, running heads and feet, catchwords.

Furniture is named, never dropped. It must be known before tables are joined: a page number between two halves of a table would part
them, and a running head that holds a year and numbers looks like a row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ..model.table import PageContent, TextLine

EDGE_LINES = 3
"""How many lines at the top and at the foot of a page may be furniture."""
REPEATED = 3
"""On so many pages a line must repeat at the edge before it can be a running head."""
SAME_PLACE = 2.0
"""Lines whose tops differ by no more than this, in points, stand at one place of their pages."""

_MARGIN = r"[\s\-–—/|()]*+"
_NUMBER = r"[0-9๐-๙]{1,4}"
_PAGE_NUMBER = re.compile(
    rf"(?:{_MARGIN}(?:หน้า(?:ที่)?|page))?{_MARGIN}(?P<number>{_NUMBER})(?:\s*+(?:/|จาก|of)\s*+{_NUMBER})?{_MARGIN}", re.I
)
_CATCHWORD = re.compile(r"/\s*\S.{0,40}(?:\.{2,}|…)")
_NOTE = re.compile(r"\*|หมายเหตุ|ที่มา\s*:")
_DIGITS = re.compile(r"[0-9๐-๙]+")
_YEAR = re.compile(r"[2๒](?:[5๕][4-9๔-๙]|[6๖][0-3๐-๓])[0-9๐-๙]")
"""A year that a title or a cell broke off stands alone in its line like a page number; no document has so many pages."""


def furniture_of(pages: Sequence[PageContent]) -> Callable[[TextLine], bool]:
    """Tells of a line of the document whether it is furniture."""
    edges = {page.number: _edge_lines(page) for page in pages}
    places = _repeated(edges.values(), len(pages))
    offsets = Counter(offset for number, lines in edges.items() for offset in {_offset(line, number) for line in lines})
    at_edge = {id(line) for lines in edges.values() for line in lines}
    heads = {id(line) for lines in edges.values() for line in _usual(lines, places)}

    def is_furniture(line: TextLine) -> bool:
        if id(line) not in at_edge:
            return False
        text = line.text.strip()
        if _YEAR.fullmatch(text):
            return False
        if text.isdigit() and len(pages) > 1:  # a score or a count stands alone at the foot of a page as well
            return (offset := _offset(line, line.page)) == 0 or offsets[offset] > 1
        return id(line) in heads or bool(_CATCHWORD.fullmatch(text) or _PAGE_NUMBER.fullmatch(text))

    return is_furniture


def echoes_of(pages: Sequence[PageContent]) -> frozenset[int]:
    """The identities of lines at the edge of a page that the page before prints at the same place: running heads, or titles.

    Two pages cannot tell which of both; whether the table below goes on can.
    """
    found: set[int] = set()
    places: dict[str, float] = {}
    for page in pages:
        lines = {_shape(line.text): line for line in _edge_lines(page) if line.bbox}
        here = {shape: line.bbox[1] for shape, line in lines.items() if line.bbox}
        found.update(
            id(lines[shape]) for shape, top in here.items() if abs(places.get(shape, -SAME_PLACE - 1e9) - top) <= SAME_PLACE
        )
        places = here
    return frozenset(found)


def is_note(line: TextLine) -> bool:
    """Whether a line is a note to the table above it, which may stand at the foot of each page that the table runs over.

    >>> is_note(TextLine(1, None, "", text="*แผนแม่บทฯ กำหนดค่าเป้าหมายไว้ที่ 85 คะแนนขึ้นไป"))
    True
    """
    return bool(_NOTE.match(line.text.strip()))


def _edge_lines(page: PageContent) -> tuple[TextLine, ...]:
    """The lines that stand before or behind everything else on the page."""
    blocks = page.blocks
    head = next((i for i, block in enumerate(blocks) if not isinstance(block, TextLine)), len(blocks))
    foot = next((i for i, block in enumerate(reversed(blocks)) if not isinstance(block, TextLine)), len(blocks))
    edge = [*blocks[: min(head, EDGE_LINES)], *(blocks[-min(foot, EDGE_LINES) :] if foot else ())]
    return tuple(block for block in edge if isinstance(block, TextLine))


def _repeated(edges: Iterable[tuple[TextLine, ...]], page_count: int) -> dict[str, Counter[int | None]]:
    """The shapes of lines that stand at the edge of most pages, and how often in which place: running heads and feet.

    Three pages are the least that can tell.
    """
    seen: dict[str, Counter[int | None]] = {}
    pages: Counter[str] = Counter()
    for lines in edges:
        pages.update({_shape(line.text) for line in lines})
        for line in lines:
            seen.setdefault(_shape(line.text), Counter())[_place(line)] += 1
    return {shape: seen[shape] for shape, count in pages.items() if count >= REPEATED and count * 2 > page_count}


def _usual(lines: Iterable[TextLine], places: Mapping[str, Counter[int | None]]) -> Iterator[TextLine]:
    """Of each repeated shape the line in its usual place: a title may say on some pages what the running head says on all."""
    by_shape: dict[str, list[TextLine]] = {}
    for line in lines:
        if (shape := _shape(line.text)) in places:
            by_shape.setdefault(shape, []).append(line)
    for shape, found in by_shape.items():
        yield max(found, key=lambda line: places[shape][_place(line)])


def _place(line: TextLine) -> int | None:
    """The height of a line on its page, in steps of `SAME_PLACE`."""
    return round(line.bbox[1] / SAME_PLACE) if line.bbox else None


def _shape(text: str) -> str:
    return _DIGITS.sub("0", "".join(text.split()))


def _offset(line: TextLine, page: int) -> int | None:
    """By how much a bare number at the edge of a page is ahead of the page's place: page numbers count up, so all have the same."""
    found = _PAGE_NUMBER.fullmatch(line.text.strip())
    return int(found["number"]) - page if found else None
