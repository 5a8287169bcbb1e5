"""Digits of faces that printed them, at a glance."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ita_extract.engines.ocr.glance import ARABIC, CLASSES, THAI, Glance, glanced, load, save
from ita_extract.engines.ocr.numerals import numerals
from ita_extract.engines.ocr.pieces import ink_of, letter_height
from ita_extract.engines.ocr.shapes import UNKNOWN, glyphs_of

from .scans import blank, font, pixels, printed, scanned

FACES = ["Sarabun-Regular", "Sarabun-Bold", "NotoSansThaiLooped-Regular", "NotoSansThaiLooped-Bold"]
TO_THAI = str.maketrans(ARABIC, THAI)


def look(text: str, face: str = "Sarabun-Regular") -> Glance:
    picture = Image.fromarray(np.pad(printed(text, name=face), 20, constant_values=255))
    [found] = glanced([glyphs_of(np.asarray(scanned(picture, 0.0), np.uint8))])
    return found


def numbers() -> list[str]:
    dice = random.Random(4)  # noqa: S311
    return [f"{dice.uniform(10, 99.99):.2f}" for _ in range(12)] + ["1,302,548", "16.67%", "100.00", "07"]


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("digits", [ARABIC, THAI])
def test_numbers_are_told(face: str, digits: str) -> None:
    texts = [text.translate(str.maketrans(ARABIC, digits)) for text in numbers()]
    found = [look(text, face) for text in texts]
    assert [one.text for one in found] == texts
    assert sum(bool(one.told) for one in found) >= 0.9 * len(texts)


@pytest.mark.parametrize("text", ["AA", "B", "C", "F", "IIT", "EIT", "O7", "E12"])
def test_grades_and_codes_are_told(text: str) -> None:
    assert look(text).told == text


@pytest.mark.parametrize("text", ["จงหวด", "กรม", "ผาน", "ที่", "หมายเหตุ", "Note", "mean"])
def test_words_are_none_of_it(text: str) -> None:
    found = look(text)
    assert found.foreign >= 0.5
    assert found.told == ""


def test_a_number_is_of_one_script() -> None:
    likely = np.zeros((3, len(CLASSES)), np.float32)
    for row, (sure, other) in enumerate((("8", "๘"), ("1", "๑"), ("๐", "0"))):
        likely[row, CLASSES.index(sure)], likely[row, CLASSES.index(other)] = 0.9, 0.05
    from ita_extract.engines.ocr.glance import _one_script

    out = _one_script(likely)
    assert [CLASSES[at] for at in out.argmax(1)] == ["8", "1", "0"]


@pytest.mark.parametrize(
    ("text", "is_ring"),
    [("๐", True), ("O", True), ("0%", True), ("O7", False), ("๑", False), ("๐.๐๐", True), ("0.00%", True), ("๐.๑๐", False)],
)
def test_a_ring_alone_is_a_nought_of_the_script_that_the_others_have(text: str, is_ring: bool) -> None:
    found = look(text)
    assert found.is_ring is is_ring
    if is_ring:
        assert [found.as_nought(digit).text[0] for digit in "0๐"] == ["0", "๐"]


def test_what_was_learnt_is_kept_as_it_is(tmp_path: Path) -> None:
    save(load(), tmp_path / "net.npz")
    again, shapes = load(tmp_path / "net.npz"), np.random.default_rng(1).normal(0, 0.03, (5, 896)).astype(np.float32)
    assert np.array_equal(again(shapes), load()(shapes))
    assert again(shapes).sum(1) == pytest.approx(1)


def line(text: str, face: str = "Sarabun-Regular") -> list[str]:
    image = pixels(scanned(Image.fromarray(np.pad(printed(text, name=face), 20, constant_values=255)), 0.0))
    return [one.text for one in numerals(image, letter_height(ink_of(image)))]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ประจำปีงบประมาณ พ.ศ. ๒๕๖๕", ["๒๕๖๕"]),
        ("๑. การปฏิบัติหน้าที่", ["๑."]),
        ("(๘๕ คะแนนขึ้นไป)", ["(๘๕"]),
        ("คะแนน 87.96 ของ 2566 นี้", ["87.96", "2566"]),
        ("O7 ข่าวประชาสัมพันธ์", ["O7"]),
        ("e4 ท่านหาข้อมูลได้", ["\ufffd4"]),  # which letter it is the codes of all questions tell
        ("e๗ เทียบกับปีก่อน", ["\ufffd๗"]),
        ("ต่าง ๆ ของหน่วยงาน", []),
        ("การใช้อำนาจ", []),
    ],
)
def test_numbers_between_words(text: str, told: list[str]) -> None:
    assert line(text) == told


def test_an_empty_line_holds_no_numbers() -> None:
    assert numerals(pixels(blank(200, 60)), 24.0) == ()
    assert glanced([()])[0].told == ""
    assert UNKNOWN not in font(20).getname()
