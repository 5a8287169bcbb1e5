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


@pytest.mark.parametrize(("gap", "said"), [(13, ["I11"]), (27, ["I1"])])
def test_the_digits_of_a_code_may_stand_apart_and_it_is_told_once(gap: int, said: list[str]) -> None:
    """A 1 takes little of the width that it is given; a blank is wider than that."""
    parts = [printed("I1"), printed("1"), printed("หน่วยงานของท่าน")]
    high = max(len(part) for part in parts)
    level = [np.pad(part, ((high - len(part), 0), (0, 0)), constant_values=255) for part in parts]
    white = np.full((high, 18), 255, np.uint8)
    image = np.hstack((white, level[0][:, :-6], np.full((high, gap - 6), 255, np.uint8), level[1], white, level[2], white))
    assert [one.text for one in numerals(image, 28.0)][:1] == said
    assert sum("I" in one.text for one in numerals(image, 28.0)) == 1


@needs_tesseract
@pytest.mark.parametrize("shape", [(40, 0), (0, 40), (40, 1), (1, 1)])
def test_nothing_is_no_text(shape: tuple[int, int]) -> None:
    assert Asking(Memory("k"), 28.0)._words(np.full(shape, 255, np.uint8)) == ""


def spread(*parts: str, white: float) -> np.ndarray:
    """A line of parts with so much white between them, in heights of a letter of theirs."""
    pictures = [printed(part)[:, 6:-6] for part in parts]
    high = max(picture.shape[0] for picture in pictures)
    gap = np.full((high, round(white * letter_height(ink_of(printed("กนพ"))))), 255, np.uint8)
    down = [np.pad(picture, ((high - picture.shape[0], 0), (0, 0)), constant_values=255) for picture in pictures]
    return np.pad(np.hstack([one for picture in down for one in (picture, gap)]), 20, constant_values=255)


@pytest.mark.parametrize(
    ("parts", "white", "told"),
    [
        (("1", "5"), 0.46, ["15"]),  # a 1 is as wide as a 5, and mostly paper
        (("61", ".8"), 0.46, ["61.8"]),
        (("1", "1"), 0.56, ["11"]),
        (("1", "5"), 0.8, ["1", "5"]),  # with a blank between them
        (("2", "5"), 0.46, ["2", "5"]),  # so far no two other digits of a number stand apart
    ],
)
def test_the_white_beside_a_one_parts_no_number(parts: tuple[str, ...], white: float, told: list[str]) -> None:
    image = spread(*parts, white=white)
    assert [one.text for one in numerals(image, letter_height(ink_of(printed("กนพ"))))] == told
