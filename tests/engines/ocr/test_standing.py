"""Heads that stand on end, and words that are one letter off."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ita_extract.engines.ocr.asking import Asking
from ita_extract.engines.ocr.layout import page_of
from ita_extract.engines.ocr.memory import Memory
from ita_extract.engines.ocr.pictures import POINT, Picture
from ita_extract.engines.ocr.pieces import Piece, ink_of, letter_height, pieces_of
from ita_extract.engines.ocr.standing import upended
from ita_extract.rulebook.load import load_rulebook
from ita_extract.rulebook.spelling import load_spelling

from .scans import blank, font, needs_tesseract, pixels, printed, scanned

HEADS = ["ตัวชี้วัดที่ 1", "คะแนน ITA", "IIT"]
CELLS = [(100 + 120 * at, 100, 220 + 120 * at, 500) for at in range(4)]
ROWS = [(0, 0)] * 4


def page(turns: int) -> np.ndarray:
    """Three narrow heads on end and one of three short lines as it stands, each in its cell."""
    image = blank(700, 620)
    for text, (x0, _, x1, y1) in zip(HEADS, CELLS, strict=False):
        head = Image.fromarray(np.ascontiguousarray(np.rot90(printed(text, 44), -turns)))
        top = y1 - 12 - head.height if turns == 3 else 112
        image.paste(head, ((x0 + x1 - head.width) // 2, top))
    draw = ImageDraw.Draw(image)
    for line, text in enumerate(["ระดับ", "ผลการ", "ประเมิน", "รวม"]):
        draw.text((CELLS[3][0] + 8, 150 + 70 * line), text, font=font(36), fill=0)
    return pixels(scanned(image, 0.0))


@needs_tesseract
@pytest.mark.parametrize("turns", [3, 1])
def test_heads_that_read_upwards_or_down_are_turned_and_others_are_not(turns: int) -> None:
    shown = page(turns)
    ask = Asking(Memory("k"), letter_height(ink_of(shown)), spelling=load_spelling())
    found = upended(pieces_of(shown, CELLS), shown, CELLS, ROWS, ask)
    said = {piece.cell: ask.spelling.put_right(ask._as_it_comes(piece)) for piece in found if piece.turn}
    assert {piece.turn for piece in found if piece.cell < 3} == {turns}
    assert [said[0], said[1]] == HEADS[:2]
    assert not any(piece.turn for piece in found if piece.cell == 3)
    for piece in found:
        x0, y0, x1, y1 = CELLS[piece.cell]
        assert x0 <= piece.box[0] < piece.box[2] <= x1
        assert y0 <= piece.box[1] < piece.box[3] <= y1


@pytest.mark.parametrize("turn", [3, 1])
def test_characters_on_end_stand_where_their_ink_is(turn: int) -> None:
    """The page turned so that they stand upright has them where the same text has them on an upright page."""
    from ita_extract.model.turning import turn_page

    image = printed("ตัวชี้วัดที่ 10", 44)
    wide, high = image.shape[1] - 12, image.shape[0] - 12
    edges = np.empty((0, 4), np.float32)
    sheet = Picture(1, 600 / POINT, 400 / POINT, np.empty((0, 0), np.uint8))
    lying = Picture(1, 400 / POINT, 600 / POINT, np.empty((0, 0), np.uint8))
    level = page_of(sheet, edges, [Piece(0, (60, 80, 60 + wide, 80 + high), image)], ["ตัวชี้วัดที่ 10"], 27.0)
    box = (80, 600 - 60 - wide, 80 + high, 600 - 60) if turn == 3 else (400 - 80 - high, 60, 400 - 80, 60 + wide)
    stood = page_of(lying, edges, [Piece(0, box, image, turn)], ["ตัวชี้วัดที่ 10"], 27.0)
    assert set(stood.chars.turn.tolist()) == {turn}
    upright = turn_page(stood, turn)
    for name in ("box", "origin", "advance", "size", "code", "turn"):
        assert np.allclose(getattr(upright.chars, name), getattr(level.chars, name), atol=0.01), name


def test_a_word_of_the_rules_that_is_one_look_alike_off_is_that_word() -> None:
    spelling = load_spelling()
    assert spelling.put_right("รายตัวขี้วัดที่ 10") == "รายตัวชี้วัดที่ 10"
    assert spelling.put_right("องค์การบริหารส่วนตำบลขี้เหล็ก") == "องค์การบริหารส่วนตำบลขี้เหล็ก"
    assert spelling.put_right("ตัวขขี้วัดที่") == "ตัวขขี้วัดที่"
    assert spelling.put_right("ตัวชีวัดที่ 1 การปฏิบัติหน้าที่") == "ตัวชี้วัดที่ 1 การปฏิบัติหน้าที่"  # a mark is lost


def test_no_name_of_a_place_is_taken_for_a_misread_word() -> None:
    registry, spelling = load_rulebook().registry, load_spelling()
    names = {one.name for one in (*registry.provinces, *registry.districts, *registry.subdistricts)}
    text = "\n".join(f"เทศบาลตำบล{name}" for name in sorted(names))
    assert spelling.put_right(text) == text
    assert [name for name in names if spelling.cell(name) != name] == []
    assert [spelling.cell(text) for text in ("ขาย", "อาย", "ซื้อขาย")] == ["ชาย", "อายุ", "ซื้อขาย"]


def test_no_word_of_the_rules_is_changed() -> None:
    from ita_extract.rulebook.spelling import words_of

    rules = load_rulebook()
    text = "\n".join(sorted(set(words_of(rules.layouts, rules.frameworks.values(), rules.registry.types))))
    assert load_spelling().put_right(text) == text
