"""Leaning pages put straight, and the rules found on them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PIL import ImageDraw

from ita_extract.engines.ocr.pictures import POINT
from ita_extract.engines.ocr.ruling import straightened
from ita_extract.engines.ocr.upright import lean_of, turned
from ita_extract.tables.grid import Ruling, find_grids

from .scans import blank, font, pixels, ruled, scanned

XS, YS = (150, 260, 700, 900, 1100), (150, 260, 330, 400, 470, 540)


@pytest.mark.parametrize("tilt", [-3.0, -1.3, -0.5, 0.0, 0.2, 0.5, 2.0, 3.0])
def test_the_lean_of_a_ruled_page(tilt: float) -> None:
    page = pixels(scanned(ruled(XS, YS), tilt))
    straight = straightened(page)
    assert straight.lean == pytest.approx(-tilt, abs=0.06)


@pytest.mark.parametrize("tilt", [-2.0, 0.0, 0.75])
def test_the_lean_of_a_page_of_text(tilt: float) -> None:
    image = blank(1600, 1200)
    draw = ImageDraw.Draw(image)
    for row in range(9):
        draw.text((120, 100 + 110 * row), "ผลการประเมินคุณธรรมและความโปร่งใสในการดำเนินงาน", font=font(56), fill=0)
    assert lean_of(pixels(scanned(image, tilt))) == pytest.approx(-tilt, abs=0.15)


def test_an_empty_page_does_not_lean() -> None:
    assert lean_of(np.full((800, 600), 255, np.uint8)) == 0.0
    assert not len(straightened(pixels(scanned(blank(), 0.0))).edges)


@pytest.mark.parametrize("tilt", [-0.8, 0.0, 0.5])
def test_the_rules_of_a_scan_make_the_cells_of_its_table(tilt: float) -> None:
    straight = straightened(pixels(scanned(ruled(XS, YS), tilt)))
    [cells] = [grid.cells() for grid in find_grids(Ruling.of(straight.edges))]
    assert sorted((row, col) for row, col, _ in cells) == [(r, c) for r in range(len(YS) - 1) for c in range(len(XS) - 1)]
    widths = [(box[2] - box[0]) * POINT for row, _, box in sorted(cells) if row == 0]
    assert widths == pytest.approx([b - a for a, b in pairwise(XS)], abs=4)


def test_a_broken_rule_is_one() -> None:
    image = ruled(XS, YS)
    draw = ImageDraw.Draw(image)
    for x in range(200, 1100, 90):
        draw.line((x, 140, x, 480), fill=255, width=4)
    [cells] = [grid.cells() for grid in find_grids(Ruling.of(straightened(pixels(image)).edges))]
    assert len({row for row, _, _ in cells}) == len(YS) - 1


@pytest.mark.parametrize("name", ["Sarabun-Bold", "NotoSerifThai-Bold"])
def test_letters_are_no_rules_and_are_not_wiped_off(name: str) -> None:
    image = blank(1800, 400)
    ImageDraw.Draw(image).text((100, 120), "องค์การบริหารส่วนจังหวัดชัยนาท บบบบบบบบบบบบ", font=font(64, name), fill=0)
    page = pixels(image)
    straight = straightened(page)
    assert not len(straight.edges)
    assert np.array_equal(straight.letters, page if straight.lean == 0 else turned(page, straight.lean))


def test_a_rule_is_wiped_off_and_the_letter_beside_it_stays() -> None:
    image = ruled(XS, YS)
    ImageDraw.Draw(image).text((300, 165), "82.04", font=font(60), fill=0)
    letters = straightened(pixels(image)).letters
    assert (letters[150:153, 150:1100] > 200).all()
    assert (letters[165:250, 300:450] < 100).any()
