"""What is read at one go: lines with their marks, parted where columns part."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from ita_extract.engines.ocr.pieces import Piece, ink_of, letter_height, lines_in, pieces_of

from .scans import blank, font, pixels, scanned


def pieces(*texts: tuple[int, int, str], cells: list[tuple[int, int, int, int]] | None = None, size: int = 56) -> tuple[Piece, ...]:
    image = blank()
    for x, y, text in texts:
        ImageDraw.Draw(image).text((x, y), text, font=font(size), fill=0)
    return pieces_of(pixels(scanned(image, 0.0)), cells or [])


def test_marks_above_and_below_belong_to_their_letters() -> None:
    assert len(pieces((100, 100, "ที่ปรึกษาผู้ยิ่งใหญ่กำลังซื้อหนังสือกฎหมาย"))) == 1


def test_two_lines_are_two_pieces_though_marks_stand_between() -> None:
    found = pieces((100, 100, "ค่า"), (100, 172, "เป้าหมาย"), (100, 244, "แผนแม่บท"))
    assert len(found) == 3
    assert [piece.box[1] for piece in found] == sorted(piece.box[1] for piece in found)


def test_a_mark_between_close_lines_goes_with_the_letters_that_bear_it() -> None:
    """The ่ of เรื่อง stands nearer to the letters of the line above than to its own, and beside the ู of that line."""
    above, below = "ผู้รู้คุณครูอยู่คู่", "เรื่องที่ชื่อซื้อยื่นชี้"
    alone = [int(np.count_nonzero(pieces((100, y, text))[0].image < 128)) for y, text in ((124, above), (200, below))]
    both = [int(np.count_nonzero(piece.image < 128)) for piece in pieces((100, 124, above), (100, 200, below))]
    assert all(abs(own - true) <= 0.02 * true for own, true in zip(both, alone, strict=True))


def test_columns_without_rules_are_pieces_of_their_own_and_words_are_not() -> None:
    assert len(pieces((100, 100, "จังหวัด ลำพูน"), (700, 100, "87.96"))) == 2


def test_a_piece_knows_its_cell_and_holds_nothing_of_its_neighbour() -> None:
    cells = [(90, 80, 400, 180), (400, 80, 700, 180)]
    left, right = sorted(pieces((130, 90, "88.50"), (405, 90, "ผ่าน"), cells=cells), key=lambda piece: piece.cell)
    assert (left.cell, right.cell) == (0, 1)
    assert left.box[2] < 400 < right.box[0]


def test_the_grain_of_the_paper_is_no_text() -> None:
    assert pieces() == ()
    assert not ink_of(pixels(scanned(Image.new("L", (900, 900), 235), 0.0))).any()


def test_a_dash_alone_is_a_piece() -> None:
    [piece] = pieces((200, 100, "-"))
    assert piece.box[3] - piece.box[1] < piece.box[2] - piece.box[0]


def test_the_height_of_letters_does_not_count_marks() -> None:
    image = blank()
    ImageDraw.Draw(image).text((100, 100), "ที่นี่มีสีสื่อที่ดี", font=font(56), fill=0)
    assert 24 <= letter_height(ink_of(pixels(image))) <= 40


def test_lines_that_marks_have_grown_together_are_parted() -> None:
    image = blank(700, 220)
    draw = ImageDraw.Draw(image)
    draw.text((60, 20), "น้อยที่สุด", font=font(56), fill=0)
    draw.text((60, 96), "หรือไม่มีเลย", font=font(56), fill=0)
    draw.line((200, 20, 200, 200), fill=0, width=2)
    lines = lines_in(pixels(scanned(image, 0.0)), 28.0)
    assert len(lines) == 2
    assert sum(len(line) for line in lines) == 220


def test_a_line_is_one_line() -> None:
    image = blank(900, 110)
    ImageDraw.Draw(image).text((60, 20), "ที่ปรึกษาผู้ยิ่งใหญ่", font=font(56), fill=0)
    assert len(lines_in(pixels(image), 28.0)) == 1
