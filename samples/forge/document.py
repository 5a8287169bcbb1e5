"""What every kind of document shares: its layout, its furniture, paragraphs, and the rows it must give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from .canvas import Book, Sheet
from .damage import DAMAGES, Damage
from .dice import Dice
from .faces import FAMILIES
from .grid import Align, Flow, Style, wrap
from .producers import PRODUCERS

Value = str | int | bool | Decimal | None
Expected = dict[str, list[dict[str, Value]]]
Digits = Literal["arabic", "thai", "mixed"]
Numeral = Callable[[str, object], str]
"""Digits as the document writes them, for a number under a label."""


@dataclass(frozen=True, slots=True)
class Forged:
    """A document and the rows that it must give, by dataset, under the column names of the contract."""

    pdf: bytes
    expected: Expected


@dataclass(frozen=True, slots=True)
class Layout:
    """How the pages of a document are laid out. Lengths in points.

    summaries: a summary page before each ranking.   type_title: the type is named over its ranking.   fresh_page: each ranking
    begins a page.
    """

    sheet: Sheet = field(default_factory=Sheet)
    style: Style = field(default_factory=Style)
    margin: float = 45.0
    shade: float | None = 0.9
    page_number: str = "{n}"
    running_head: str = ""
    title_page: bool = True
    summaries: bool = True
    type_title: bool = True
    fresh_page: bool = True
    footnote: bool = True
    head_bold: bool = True


def new_book(dice: Dice, layout: Layout, damage: str | Damage | None, face: str | None, producer: str | None) -> Book:
    """An empty document; what is None is drawn."""
    if not isinstance(damage, Damage):
        damage = DAMAGES[damage if damage is not None else dice.pick("damage", tuple(DAMAGES))]
    face = face or dice.pick("face", tuple(FAMILIES))
    return Book(layout.sheet, face, damage, PRODUCERS[producer or dice.pick("producer", tuple(PRODUCERS))], dice.at("book"))


def open_flow(book: Book, layout: Layout, running_head: str = "") -> Flow:
    """The first page, begun; each page gets the running head."""

    def furnish(target: Book) -> None:
        target.text(layout.margin, layout.margin - 14, running_head, 9, furniture=True)

    flow = Flow(
        book, layout.margin, layout.sheet.width - layout.margin, layout.margin, layout.sheet.height - layout.margin - 12, furnish
    )
    flow.next_page()
    return flow


def paragraph(flow: Flow, text: str, size: float, bold: bool = False, align: Align = "centre", indent: float = 0.0) -> None:
    """Running text over the whole width, its first line set in by `indent`."""
    width = flow.right - flow.left
    for i, line in enumerate(wrap(flow.book, text, width - indent, size, bold)):
        flow.need(size * 1.5)
        shift = indent if i == 0 else 0.0
        if align == "centre":
            shift = (width - flow.book.width(line.rstrip(), size, bold)) / 2
        flow.book.text(flow.left + shift, flow.y + size * 1.1, line, size, bold)
        flow.y += size * 1.5


def number_pages(book: Book, layout: Layout, numeral: Numeral) -> None:
    """Page numbers at the foot, drawn last: only now it is known how many pages there are."""
    every = book.pages
    for number, page in enumerate(every, 1):
        text = layout.page_number.format(n=numeral(str(number), ("page", number)), all=numeral(str(len(every)), "pages"))
        book.pages = [page]
        book.text(
            (layout.sheet.width - book.width(text, 10)) / 2, layout.sheet.height - layout.margin + 8, text, 10, furniture=True
        )
    book.pages = every
