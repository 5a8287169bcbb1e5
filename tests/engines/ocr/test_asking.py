"""Lines that are read in parts."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from ita_extract.engines.ocr.asking import Asking
from ita_extract.engines.ocr.memory import Memory
from ita_extract.engines.ocr.numerals import numerals, put_in
from ita_extract.engines.ocr.pieces import Piece, ink_of, letter_height

from .scans import needs_tesseract, pixels, printed, scanned


def line(text: str) -> np.ndarray:
    return pixels(scanned(Image.fromarray(np.pad(printed(text), 20, constant_values=255)), 0.0))


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        ("ประจำปีงบประมาณ พ.ศ. ๒๕907", "ประจำปีงบประมาณ พ.ศ. ๒๕๖๕"),
        ("ประจำปีงบประมาณพ.ศ. ๒๕907", None),
        ("ประจำปี งบประมาณ พ.ศ.๒๕๖๕", None),
    ],
)
def test_a_number_is_put_where_it_stands_or_nowhere(said: str, whole: str | None) -> None:
    image = line("ประจำปีงบประมาณ พ.ศ. ๒๕๖๕")
    letter = letter_height(ink_of(image))
    assert put_in(said, image, letter, numerals(image, letter)) == whole


@needs_tesseract
@pytest.mark.parametrize("text", ["๒๕๖๕ ๒๕๖๖", "O7 ข่าวประชาสัมพันธ์", "1. การใช้อำนาจ", "งบประมาณ 2566"])
def test_a_line_with_numbers_at_its_ends_is_read(text: str) -> None:
    image = line(text)
    height, width = image.shape
    asking = Asking(Memory("k"), letter_height(ink_of(image)))
    said = asking._as_it_comes(Piece(-1, (0, 0, width, height // 2), image))
    assert said.replace("ํา", "ำ") == text


@needs_tesseract
@pytest.mark.parametrize("shape", [(40, 0), (0, 40), (40, 1), (1, 1)])
def test_nothing_is_no_text(shape: tuple[int, int]) -> None:
    assert Asking(Memory("k"), 28.0)._words(np.full(shape, 255, np.uint8)) == ""
