"""Rules of dots, of dashes and of faint ink, and what looks like them and is none."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ita_extract.engines.ocr.dotted import with_dotted
from ita_extract.engines.ocr.pictures import POINT
from ita_extract.engines.ocr.ruling import straightened
from ita_extract.tables.grid import Ruling, find_grids

from .scans import blank, font, pixels, ruled, scanned

XS, YS = (150, 260, 700, 900, 1100), (150, 260, 330, 400, 470, 540)
WORDS = ("ที่", "ชื่อหน่วยงาน", "คะแนน", "ระดับ"), *((str(row), "เทศบาลตำบลผ่านดี", "๑๐๐.๐๐", "ผ่านดี") for row in range(1, 5))


def frame() -> Image.Image:
    return ruled(XS[:: len(XS) - 1], YS[:: len(YS) - 1])


def dots(
    draw: ImageDraw.ImageDraw, start: tuple[int, int], end: tuple[int, int], dash: int, gap: int, thick: int = 3, ink: int = 0
) -> None:
    """A rule of dashes, level or upright."""
    (x0, y0), (x1, y1) = start, end
    for at in range(x0 + y0, x1 + y1, dash + gap):
        run = min(at + dash, x1 + y1) - 1
        ends = (at - y0, y0, run - y0, y1) if y0 == y1 else (x0, at - x0, x1, run - x0)
        draw.line(ends, fill=ink, width=thick)


def parted(image: Image.Image, dash: int, gap: int, thick: int = 3, ink: int = 0) -> Image.Image:
    """A frame with its inner rules, and the words of a table."""
    draw = ImageDraw.Draw(image)
    for x in XS[1:-1]:
        dots(draw, (x, YS[0]), (x, YS[-1]), dash, gap, thick, ink)
    for y in YS[1:-1]:
        dots(draw, (XS[0], y), (XS[-1], y), dash, gap, thick, ink)
    for (top, bottom), words in zip(pairwise(YS), WORDS, strict=True):
        for (left, right), word in zip(pairwise(XS), words, strict=True):
            draw.text(((left + right) / 2, (top + bottom) / 2), word, font=font(38), fill=0, anchor="mm")
    return image


def cells(image: Image.Image) -> list[list[tuple[int, int]]]:
    """The rows and columns of the cells of each table."""
    grids = find_grids(Ruling.of(straightened(pixels(image)).edges))
    return [sorted((row, col) for row, col, _ in grid.cells()) for grid in grids]


ALL = [(row, col) for row in range(len(YS) - 1) for col in range(len(XS) - 1)]


@pytest.mark.parametrize(
    ("dash", "gap", "thick", "ink", "tilt", "noise"),
    [
        (4, 4, 2, 0, 0.0, 6),
        (4, 4, 3, 0, 0.7, 12),
        (3, 9, 3, 0, 0.0, 6),
        (6, 6, 6, 0, -0.4, 6),
        (14, 8, 3, 0, -0.5, 6),
        (25, 13, 3, 0, 0.3, 6),
        (9, 0, 2, 226, 0.4, 4),
    ],
    ids=["points", "leaning", "far apart", "thick", "dashes", "long dashes", "faint"],
)
def test_rules_of_dots_part_the_cells_of_a_drawn_frame(
    dash: int, gap: int, thick: int, ink: int, tilt: float, noise: float
) -> None:
    assert cells(scanned(parted(frame(), dash, gap, thick, ink), tilt, noise)) == [ALL]


def test_where_rules_of_dots_lie() -> None:
    [grid] = find_grids(Ruling.of(straightened(pixels(scanned(parted(frame(), 4, 4), 0.5))).edges))
    widths = [(box[2] - box[0]) * POINT for row, _, box in sorted(grid.cells()) if row == 0]
    assert widths == pytest.approx([b - a for a, b in pairwise(XS)], abs=4)


def test_a_frame_of_dots_is_one_too() -> None:
    image = blank(1220, 660)
    draw = ImageDraw.Draw(image)
    for y in (YS[0], YS[-1]):
        dots(draw, (XS[0], y), (XS[-1], y), 4, 4)
    for x in (XS[0], XS[-1]):
        dots(draw, (x, YS[0]), (x, YS[-1]), 4, 4)
    assert cells(scanned(parted(image, 4, 4))) == [ALL]


def test_a_rule_of_dots_ends_where_cells_are_one() -> None:
    image = frame()
    draw = ImageDraw.Draw(image)
    for y in (330, 400):
        dots(draw, (XS[0], y), (XS[-1], y), 4, 4)
    dots(draw, (700, 330), (700, YS[-1]), 4, 4)
    assert cells(scanned(image)) == [[(0, 0), (1, 0), (1, 1), (2, 0), (2, 1)]]


def test_a_rule_of_dots_on_the_border_of_a_shade() -> None:
    image = frame()
    draw = ImageDraw.Draw(image)
    draw.rectangle((XS[0] + 2, YS[0] + 2, XS[-1] - 2, 300), fill=205)
    dots(draw, (XS[0], 300), (XS[-1], 300), 4, 4)
    assert cells(scanned(image)) == [[(0, 0), (1, 0)]]


def test_the_border_of_a_shade_is_no_rule() -> None:
    image = frame()
    ImageDraw.Draw(image).rectangle((XS[0] + 2, YS[0] + 2, XS[-1] - 2, 300), fill=205)
    assert cells(scanned(image)) == cells(scanned(frame())) == []


def test_dots_that_lead_to_a_page_number_are_no_rule() -> None:
    image = frame()
    draw = ImageDraw.Draw(image)
    for row in range(5):
        draw.text((170, 150 + 75 * row), "คำนำ", font=font(44), fill=0)
        dots(draw, (290, 200 + 75 * row), (1000, 200 + 75 * row), 4, 8)
        draw.text((1030, 150 + 75 * row), str(row), font=font(44), fill=0)
    assert cells(scanned(image)) == []


@pytest.mark.parametrize("word", ["ผ่านดีเยี่ยม", "๗๘.๕๔", "๐๐.๐๐", "100.00", "––––––", "IIT EIT"])
@pytest.mark.parametrize("white", [12, 16])
def test_letters_that_fill_a_cell_are_no_rule(word: str, white: int) -> None:
    """The same word in every row of a close table: its strokes stand over one another, and almost reach from rule to rule."""
    left, top, right, bottom = font(46).getbbox(word)
    high, wide = round(bottom - top) + 2 * white, round(right - left) + 2 * white
    xs, ys = [120 + wide * at for at in range(4)], [120 + high * at for at in range(7)]
    image = ruled(xs, ys)
    draw = ImageDraw.Draw(image)
    for y in ys[:-1]:
        for x in xs[:-1]:
            draw.text((x + white - left, y + white - top), word, font=font(46), fill=0)
    assert cells(scanned(image)) == [[(row, col) for row in range(6) for col in range(3)]]


@pytest.mark.parametrize("noise", [6, 18, 30])
def test_grain_makes_no_rules(noise: float) -> None:
    page = pixels(scanned(ruled((150, 2000), (150, 2000)), 0.0, noise))
    level, upright = np.zeros_like(page), np.zeros_like(page)
    for across in (150, 2000):
        level[across - 1 : across + 2, 150:2000] = upright[150:2000, across - 1 : across + 2] = 255
    for found, given in zip(with_dotted(page, level, upright), (level, upright), strict=True):
        assert np.array_equal(found, given)


def test_a_page_of_nothing_keeps_its_rules() -> None:
    for shape in ((0, 0), (5, 2000), (2000, 5), (800, 600)):
        page = np.full(shape, 255, np.uint8)
        rules = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
        assert all(found is given for found, given in zip(with_dotted(page, *rules), rules, strict=True))
