"""Repair on pages: what a page draws is what is read, by letter and by blank, whatever its text layer does to it."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from bench.spaces import Count, Shape, Text, blanks, compare, letters, pair, read, write
from ita_extract import read_contents
from ita_extract.model.source import SourceDocument
from ita_extract.model.table import LongTable
from ita_extract.records.values import unwrap
from ita_extract.tables.stitch import stitch
from samples.forge.damage import DAMAGES
from samples.forge.producers import PRODUCERS

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PRINTED = ("agency_name_printed", "measure", "steps", "responsible", "result", "outcomes")
"""Columns of the expected rows that stand in the document word for word."""
DRAW_BLANKS = tuple(name for name, producer in PRODUCERS.items() if producer.spaces)


def printed(path: Path) -> Iterator[str]:
    """Every text that the rows expected of a sample say it prints."""
    for table in sorted((SAMPLES / "expected").glob(f"{path.stem}.*.csv")):
        with table.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for column in PRINTED:
                    yield from (row.get(column) or "").split("\n")


def tables_of(path: Path) -> list[LongTable]:
    document = stitch(read_contents(SourceDocument.of(path.read_bytes(), path.name, "application/pdf")).pages)
    return [block for block in document.blocks if isinstance(block, LongTable)]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("announcement*.pdf")), ids=lambda path: path.stem)
def test_names_of_the_samples_stand_in_their_cells_as_printed(path: Path) -> None:
    said = set(printed(path)) - {""}
    texts = {unwrap(cell.text) for block in tables_of(path) for row in block.rows for cell in row.cells if cell is not None}
    assert said
    assert said - texts == set()


def test_texts_of_the_measures_sample_have_all_their_letters() -> None:
    """A row parted by the end of a page is two rows of the table: so each text is looked for down its column."""
    path = next(SAMPLES.glob("measures*.pdf"))
    columns: dict[int, str] = defaultdict(str)
    for block in tables_of(path):
        for row in block.rows:
            for number, cell in enumerate(row.cells):
                columns[number] += letters(cell.text) if cell else ""
    said = {letters(text) for text in printed(path)} - {""}
    assert len(said) > 20
    assert [text for text in sorted(said) if not any(text in column for column in columns.values())] == []


@pytest.fixture(scope="module")
def pages() -> dict[str, tuple[Text, ...]]:
    """The texts of one forged document of each damage; the producers that draw their blanks take turns."""
    return {
        damage: tuple(compare(written, read(written)))
        for number, damage in enumerate(DAMAGES)
        for written in [write("page", damage, DRAW_BLANKS[number % len(DRAW_BLANKS)])]
    }


def counted(texts: Iterable[Text], shape: Shape) -> Count:
    count = Count()
    for text in texts:
        if text.shape == shape:
            count.add(text)
    return count


SHORT = ("split_am",)


@pytest.mark.parametrize("damage", [pytest.param(damage, marks=[pytest.mark.slow] * (damage not in SHORT)) for damage in DAMAGES])
def test_letters_of_lines_and_cells(damage: str, pages: dict[str, tuple[Text, ...]]) -> None:
    lines, cells = (counted(pages[damage], shape) for shape in ("line", "cell"))
    assert lines.texts >= 8
    assert cells.texts == 20
    assert lines.letters >= 0.85 * lines.texts
    assert cells.letters >= 0.95 * cells.texts


def test_lines_over_all_damages(pages: dict[str, tuple[Text, ...]]) -> None:
    """Of every hundred lines 98 have their letters and marks right; of every hundred blanks 99 stand where the page has them."""
    count = counted((text for texts in pages.values() for text in texts), "line")
    assert count.texts > 250
    assert count.letters >= 0.98 * count.texts
    assert count.both >= 0.99 * count.read
    assert count.both >= 0.99 * count.drawn


@pytest.mark.parametrize("shape", ["paragraph", "cell"])
def test_blanks_of_texts_joined_over_line_breaks(shape: Shape, pages: dict[str, tuple[Text, ...]]) -> None:
    """A space at a break is drawn at the end of the upper line: so joined, 98 of a hundred blanks are found."""
    count = counted((text for texts in pages.values() for text in texts), shape)
    assert count.both >= 0.98 * count.drawn
    assert count.both >= 0.98 * count.read


def test_a_blank_drawn_at_the_end_of_a_line_joins_the_lines_of_a_cell() -> None:
    found = 0
    for written in (write(seed, "clean", "libreoffice") for seed in ("joined", "parted", "read")):
        for text in compare(written, read(written)):
            if text.shape == "cell" and "_|" in text.trace:
                upper, lower = text.raw.split(" \n", 1)
                assert text.read is not None
                assert f"{upper.split()[-1]} {lower.split()[0]}" in text.read
                found += 1
    assert found >= 3


def test_blanks_are_told_apart_from_breaks() -> None:
    assert blanks("ก ข\nค") == {(1, " "), (2, "\n")}
    assert letters("ก ข\nค") == "กขค"


def test_a_text_that_was_not_read_is_counted_as_wrong() -> None:
    assert pair(["ก", "ข"], ["ข"]) == [None, 0]
    count = Count()
    count.add(Text("line", "ก ข", None))
    assert (count.texts, count.exact, count.letters, count.drawn) == (1, 0, 0, 0)
