"""The second engine: built otherwise, it must see the same."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from ita_extract.model import trace
from ita_extract.model.page import Page
from ita_extract.tables.content import read_content
from ita_extract.tables.grid import Ruling, find_grids
from samples.forge import Layout, Sheet, Style, forge_announcement
from samples.forge.agencies import TAMBON
from tests.engines.drawn import pdf, read, text

SHEETS = {
    "upright": Sheet(),
    "cropped": Sheet(margin_cut=(14.0, 28.35)),
    "turned": Sheet(rotate=90),
    "turned back": Sheet(rotate=270, margin_cut=(20.0, 10.0)),
    "upside down": Sheet(rotate=180),
}


def inked(page: Page) -> list[tuple[int, float, float]]:
    """The characters that draw something, in content order, with their pens."""
    chars = page.chars
    keep = (chars.code != 32) & (chars.code != 0xA0)
    return list(zip(chars.code[keep].tolist(), *chars.origin[keep].T.round(0).tolist(), strict=True))


PRODUCERS = ["word", "libreoffice", "reportlab", "skia", "distiller", "imported"]
PAIRS = [(producer, sheet) for producer in PRODUCERS for sheet in SHEETS]
"""In the short tests each producer and each sheet once or twice; all pairs of them in the long ones."""


@pytest.mark.parametrize(
    ("producer", "sheet"),
    [pytest.param(*pair, marks=() if number % 3 == 0 else pytest.mark.slow) for number, pair in enumerate(PAIRS)],
)
def test_both_engines_see_the_same_characters_in_the_same_order(producer: str, sheet: str) -> None:
    made = forge_announcement(
        4,
        year=2564,
        types=[TAMBON],
        rows_per_type=4,
        producer=producer,
        damage="clean",
        layout=Layout(SHEETS[sheet], Style(size=11.0), summaries=False),
    )
    one, two = read("pdfium", made.pdf), read("pdfplumber", made.pdf)
    assert len(one) == len(two)
    for a, b in zip(one, two, strict=True):
        assert (a.width, a.height) == pytest.approx((b.width, b.height), abs=0.01)
        pairs = list(zip(inked(a), inked(b), strict=True))
        assert [x[0] for x, _ in pairs] == [y[0] for _, y in pairs]
        assert max((max(abs(x[1] - y[1]), abs(x[2] - y[2])) for x, y in pairs), default=0) <= 1
        assert set(a.chars.turn.tolist()) == set(b.chars.turn.tolist())
        mine, other = find_grids(Ruling.of(a.edges)), find_grids(Ruling.of(b.edges))
        assert [g.owner.tolist() for g in mine] == [g.owner.tolist() for g in other]
        for g, h in zip(mine, other, strict=True):
            assert np.allclose(g.xs, h.xs, atol=1)
            assert np.allclose(g.ys, h.ys, atol=1)


@pytest.mark.parametrize("sheet", ["upright", "turned", "cropped"])
def test_both_engines_give_the_same_cells(sheet: str) -> None:
    made = forge_announcement(
        9, year=2563, types=[TAMBON], rows_per_type=6, damage="clean", producer="word", layout=Layout(SHEETS[sheet])
    )
    for a, b in zip(read("pdfium", made.pdf), read("pdfplumber", made.pdf), strict=True):
        one, two = read_content(a), read_content(b)
        assert [type(x) for x in one.blocks] == [type(x) for x in two.blocks]
        texts = [["".join(c.raw.split()) for x in content.blocks for c in getattr(x, "cells", (x,))] for content in (one, two)]
        assert texts[0] == texts[1]
        assert two.char_count == two.placed_count


def test_a_glyph_without_a_name_is_one_character_without_unicode() -> None:
    made = forge_announcement(3, year=2564, types=[TAMBON], rows_per_type=3, damage="no_entry", producer="word")
    pages = read("pdfplumber", made.pdf)
    codes = np.concatenate([page.chars.code for page in pages])
    kinds = np.concatenate([page.chars.kind for page in pages])
    assert (codes == 0).any()
    assert set(kinds[codes == 0].tolist()) == {ord(trace.UNMAPPED)}
    assert "cid" not in "".join(text(page) for page in pages)


def test_text_turned_against_the_page_has_its_own_size() -> None:
    """pdfplumber's size of turned text is its width."""
    (page,) = read("pdfplumber", pdf("BT /F1 10 Tf 0 1 -1 0 50 100 Tm (iW) Tj ET"))
    assert page.chars.size.tolist() == pytest.approx([10, 10], abs=0.01)
    assert page.chars.turn.tolist() == [3, 3]


def test_an_empty_page_and_arrays_of_one_length() -> None:
    (page,) = read("pdfplumber", pdf(""))
    assert (len(page.chars), page.edges.shape) == (0, (0, 4))
    (page,) = read("pdfplumber", pdf("BT /F1 10 Tf 50 100 Td (AB) Tj ET"))
    assert {len(getattr(page.chars, f.name)) for f in fields(page.chars) if f.name != "fonts"} == {2}
