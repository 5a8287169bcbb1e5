"""How exact is the text of pages, spaces and all? `python -m bench.spaces [--seeds N] [--damage D] [--producer P] [--show N]`.

Pages are forged under every damage of `samples.forge`, so that each line, paragraph and cell is known by letter and by blank.
They are read through the pipeline. What a page draws is asked for in three shapes: a line by itself, a paragraph joined over its
line breaks, and a cell joined over its own. A blank at a break is drawn at the end of the upper line, if at all: producers that
draw no blanks (`spaces=False`) leave no sign of it, and stand only in the second table.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ita_extract import read_contents
from ita_extract.model.source import SourceDocument
from ita_extract.model.table import Cell, Document, TextLine
from ita_extract.printing import cell_text
from ita_extract.records.values import unwrap
from ita_extract.tables.stitch import stitch
from samples.forge.canvas import Sheet
from samples.forge.damage import DAMAGES
from samples.forge.dice import Dice
from samples.forge.document import Layout, new_book, open_flow, paragraph
from samples.forge.grid import BREAK, Style, Table, draw, wrap
from samples.forge.grid import Cell as Drawn
from samples.forge.measures import HEADS, MEASURES, Measure
from samples.forge.producers import PRODUCERS

Shape = Literal["line", "paragraph", "cell"]
SHAPES: tuple[Shape, ...] = ("line", "paragraph", "cell")
INDENT = 36.0


@dataclass(frozen=True, slots=True)
class Written:
    """A forged document and what it says: paragraphs as the lines in which they are drawn, cells of tables row by row."""

    pdf: bytes
    paragraphs: tuple[tuple[str, ...], ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a page: what was drawn and what was read. `raw` and `trace` are what the engine gave, for the eye."""

    shape: Shape
    drawn: str
    read: str | None
    raw: str = ""
    trace: str = ""

    @property
    def letters_right(self) -> bool:
        return self.read is not None and letters(self.read) == letters(self.drawn)


@dataclass(slots=True)
class Count:
    """Texts counted: how many, exact, exact but for spaces; and of the blanks in texts of right letters, drawn, read and both."""

    texts: int = 0
    exact: int = 0
    letters: int = 0
    drawn: int = 0
    read: int = 0
    both: int = 0

    def add(self, text: Text) -> None:
        self.texts += 1
        self.exact += text.read == text.drawn
        if text.read is not None and text.letters_right:
            drawn, read = blanks(text.drawn), blanks(text.read)
            self.letters += 1
            self.drawn += len(drawn)
            self.read += len(read)
            self.both += len(drawn & read)

    def row(self) -> str:
        """exact | exact but for spaces | precision | recall of the blanks, in percent."""
        shares = ((self.exact, self.texts), (self.letters, self.texts), (self.both, self.read), (self.both, self.drawn))
        return " | ".join(f"{100 * a / b:.1f}" if b else "–" for a, b in shares)


def letters(text: str) -> str:
    return "".join(text.split())


def blanks(text: str) -> frozenset[tuple[int, str]]:
    """Each blank by the number of letters before it. A line break that is kept is another thing than a space.

    >>> sorted(blanks("ปี พ.ศ. 2567"))
    [(2, ' '), (6, ' ')]
    """
    out, seen = [], 0
    for char in text:
        if char.isspace():
            out.append((seen, char))
        else:
            seen += 1
    return frozenset(out)


def write(seed: object, damage: str, producer: str | None = None) -> Written:
    """Two paragraphs, a table with long cells, and two paragraphs more; face, paper, type size and borders are drawn by lot."""
    dice = Dice(f"spaces/{seed}/{damage}")
    style = Style(
        dice.pick("size", (11.0, 12.0, 13.0)),
        dice.pick("borders", ("strokes", "pieces", "cells", "bars")),
        split_rows=dice.chance("split", 0.5),
        justify=dice.chance("justify", 0.25),
    )
    layout = Layout(dice.pick("sheet", (Sheet(), Sheet(841.89, 595.28))), style, dice.pick("margin", (45.0, 60.0)))
    book = new_book(dice, layout, damage, None, producer)
    flow = open_flow(book, layout)
    chosen = dice.sample("measures", MEASURES, 7)
    drawn: list[tuple[str, ...]] = []

    def say(measure: Measure) -> None:
        text = " ".join((measure.title, *measure.steps, measure.result, *measure.outcomes)).replace("|", BREAK)
        size = style.size + 1
        paragraph(flow, text, size, align="left", indent=INDENT)
        drawn.append(tuple(wrap(book, text, flow.right - flow.left - INDENT, size)))

    say(chosen[0])
    say(chosen[1])
    flow.y += 2 * style.size
    rows = [_row(number, measure) for number, measure in enumerate(chosen[2:5], 1)]
    widths = tuple((flow.right - flow.left) * share for share in (0.18, 0.28, 0.14, 0.2, 0.2))
    draw(flow, Table(widths, (_cells(HEADS, "centre"),), tuple(_cells(row) for row in rows)), style)
    flow.y += 2 * style.size
    say(chosen[5])
    say(chosen[6])
    cells = tuple(text.replace("|", "") for row in (HEADS, *rows) for text in row)
    return Written(book.pdf(), tuple(drawn), cells)


def _row(number: int, measure: Measure) -> tuple[str, ...]:
    def listed(items: Sequence[str]) -> str:
        return "\n".join(f"{i}. {item}" for i, item in enumerate(items, 1))

    return f"{number}. {measure.title}", listed(measure.steps), measure.responsible, measure.result, listed(measure.outcomes)


def _cells(texts: Iterable[str], align: Literal["left", "centre"] = "left") -> tuple[Drawn, ...]:
    return tuple(Drawn(text.replace("|", BREAK), align) for text in texts)


def read(written: Written) -> Document:
    return stitch(read_contents(SourceDocument.of(written.pdf, "spaces.pdf", "application/pdf")).pages)


def compare(written: Written, document: Document) -> Iterator[Text]:
    """Every text that was drawn beside what was read for it: the text of the same letters, or else what stands in its place."""
    lines = [block for block in document.blocks if isinstance(block, TextLine)]
    drawn = [line for text in written.paragraphs for line in text]
    found = [lines[at] if at is not None else None for at in pair(drawn, [line.text for line in lines])]
    for text, line in zip(drawn, found, strict=True):
        yield _text("line", text.rstrip(), line.text.rstrip() if line else None, line)
    at = 0
    for part in written.paragraphs:
        own = found[at : at + len(part)]
        at += len(part)
        known = [line for line in own if line is not None]
        joined = unwrap("\n".join(line.text for line in known)) if len(known) == len(part) else None
        raws = "\n".join(line.raw for line in known), "|".join(line.trace for line in known)
        yield Text("paragraph", "".join(part).rstrip(), joined, *raws)
    cells = list(_cells_of(document))
    texts = [cell_text(cell.text) for cell in cells]
    for text, place in zip(written.cells, pair(written.cells, texts), strict=True):
        yield _text("cell", text, None if place is None else texts[place], None if place is None else cells[place])


def _text(shape: Shape, drawn: str, read: str | None, part: TextLine | Cell | None) -> Text:
    return Text(shape, drawn, read, part.raw if part else "", part.trace if part else "")


def _cells_of(document: Document) -> Iterator[Cell]:
    for block in document.blocks:
        if not isinstance(block, TextLine):
            for row in block.rows:
                yield from dict.fromkeys(cell for cell in row.cells if cell is not None and cell.text)


def pair(drawn: Sequence[str], read: Sequence[str]) -> list[int | None]:
    """For each drawn text the place of a read one: of the same letters, else the next unclaimed where both lists are equally long.

    >>> pair(["ก ข", "ค", "ง"], ["ค", "กข"])
    [1, 0, None]
    """
    places: dict[str, list[int]] = defaultdict(list)
    for at, text in enumerate(read):
        places[letters(text)].append(at)
    out: list[int | None] = [places[key].pop(0) if places[(key := letters(text))] else None for text in drawn]
    left = [at for at in range(len(read)) if at not in out]
    if len(drawn) == len(read):
        out = [left.pop(0) if at is None else at for at in out]
    return out


def _table(title: str, counts: dict[str, dict[Shape, Count]]) -> None:
    print(f"\n| {title} | " + " | ".join(f"{shape}s | letters | precision | recall" for shape in SHAPES) + " |")
    print("| --- |" + " --- |" * 12)
    for name, by_shape in counts.items():
        print(f"| {name} | " + " | ".join(by_shape[shape].row() for shape in SHAPES) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2, help="documents of each damage")
    parser.add_argument("--damage", action="append", choices=tuple(DAMAGES))
    parser.add_argument("--producer", choices=tuple(PRODUCERS))
    parser.add_argument("--show", type=int, default=0, help="print so many texts that are not exact, of each damage")
    given = parser.parse_args()
    names = tuple(PRODUCERS)
    by_damage: dict[str, dict[Shape, Count]] = defaultdict(lambda: {shape: Count() for shape in SHAPES})
    by_producer: dict[str, dict[Shape, Count]] = defaultdict(lambda: {shape: Count() for shape in SHAPES})
    for number, damage in enumerate(given.damage or DAMAGES):
        shown = 0
        for seed in range(given.seeds):
            producer = given.producer or names[(number + seed) % len(names)]
            written = write(seed, damage, producer)
            for text in compare(written, read(written)):
                by_producer[producer][text.shape].add(text)
                if PRODUCERS[producer].spaces:
                    by_damage[damage][text.shape].add(text)
                    by_damage["all"][text.shape].add(text)
                if text.read != text.drawn and shown < given.show:
                    shown += 1
                    print(f"{damage} {producer} {seed} {text.shape}\n  drawn {text.drawn!r}\n  read  {text.read!r}")
                    print(f"  raw   {text.raw!r}\n  trace {text.trace!r}")
    by_damage["all"] = by_damage.pop("all")
    print("Percent exact, exact but for spaces, and precision and recall of the blanks. Damages: producers that draw their blanks.")
    _table("damage", by_damage)
    _table("producer", by_producer)


if __name__ == "__main__":
    main()
