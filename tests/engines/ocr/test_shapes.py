"""Numbers by their shapes, where what Tesseract says of them is partly wrong."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ita_extract.engines.ocr.shapes import ALIKE, CLASSES, UNKNOWN, Glyph, _name_by_kin, glyphs_of, read_shapes

from .scans import printed, scanned

FACES = ["Sarabun-Regular", "Sarabun-Bold", "NotoSansThaiLooped-Regular", "NotoSansThaiLooped-Bold"]
THAI_FACES = ["NotoSerifThai-Regular", *FACES]


def cut(text: str, face: str) -> tuple[Glyph, ...]:
    picture = Image.fromarray(np.pad(printed(text, name=face), 20, constant_values=255))
    return glyphs_of(np.asarray(scanned(picture, 0.0), np.uint8))


def numbers(count: int, seed: int = 1) -> list[str]:
    dice = random.Random(seed)  # noqa: S311
    return [f"{dice.uniform(40, 99.99):.2f}" for _ in range(count)]


@pytest.mark.parametrize("face", FACES)
def test_numbers_are_cut_into_their_characters(face: str) -> None:
    for text in [*numbers(12), "1,302,548", "16.67", "-", "7", "100.00"]:
        glyphs = cut(text, face)
        assert "".join(glyph.low or "0" for glyph in glyphs) == "".join(c if c in ".,-" else "0" for c in text), text


@pytest.mark.parametrize("face", FACES)
def test_what_is_misread_now_and_then_is_outvoted(face: str) -> None:
    texts, dice = numbers(40), random.Random(3)  # noqa: S311
    readings = [["".join(dice.choice("0123456789") if c != "." and dice.random() < 0.3 else c for c in t)] * 2 for t in texts]
    assert [one.text for one in read_shapes([cut(text, face) for text in texts], readings)] == texts


def test_running_numbers_name_a_digit_that_is_always_misread() -> None:
    texts = [str(n) for n in range(1, 31)] + numbers(30)
    readings = [[text.replace("7", "1")] * 3 for text in texts]
    glyphs = [cut(text, FACES[0]) for text in texts]
    assert [one.text for one in read_shapes(glyphs, readings, [{n: n for n in range(30)}])] == texts
    assert [one.text for one in read_shapes(glyphs, readings)] != texts, "without them nothing tells a seven from a one"


def test_a_column_that_only_looks_like_running_numbers_names_nothing() -> None:
    texts = ["12", "40", "188", "76", "2", "55", "31"]
    readings = [[text] * 2 for text in texts]
    shaped = read_shapes([cut(text, FACES[0]) for text in texts], readings, [{n: n for n in range(len(texts))}])
    assert [one.text for one in shaped] == texts


@pytest.mark.parametrize("face", THAI_FACES)
def test_thai_digits(face: str) -> None:
    arabic = [str(n) for n in range(1, 25)]
    texts = [number.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")) for number in arabic]
    readings = [[text] * 2 for text in texts]
    shaped = read_shapes([cut(text, face) for text in texts], readings, (), ALIKE["thai"])
    assert [one.text for one in shaped] == texts


def test_a_shape_of_which_nothing_is_said_is_unknown_and_never_guessed() -> None:
    texts = [text for text in numbers(60) if "7" not in text]
    glyphs = [cut(text, FACES[0]) for text in (*texts, "57.75")]
    shaped = read_shapes(glyphs, [[text] * 2 for text in texts] + [[""]])
    assert shaped[-1].text.replace(UNKNOWN, "7") == "57.75"
    assert shaped[-1].text.count(UNKNOWN) == 2


def test_nothing_said_is_nothing_known() -> None:
    assert [one.text for one in read_shapes([cut("88.50", FACES[0]), ()], [[], []])] == [f"{UNKNOWN * 2}.{UNKNOWN * 2}", ""]


@given(st.lists(st.text("0123456789.", max_size=7), min_size=1, max_size=4))
def test_every_character_that_was_cut_out_is_told(said: list[str]) -> None:
    glyphs = [cut("81.26", FACES[0]), cut("-", FACES[0])]
    for one, cuts in zip(read_shapes(glyphs, [said, said]), glyphs, strict=True):
        assert len(one.text) == len(one.sure) == len(cuts)


@pytest.mark.parametrize("text", ["๔๖.๔๒", "๙๕๖", "๕๒.๕๒"])
def test_digits_that_touch_are_two(text: str) -> None:
    assert len(cut(text, "Sarabun-Regular")) == len(text)


def test_rows_between_which_others_stand_still_run() -> None:
    texts = [str(n) for n in range(1, 41, 2)] + numbers(30)
    readings = [[text.replace("7", "1")] * 3 for text in texts]
    glyphs = [cut(text, FACES[0]) for text in texts]
    shaped = read_shapes(glyphs, readings, [{at: 2 * at for at in range(20)}])
    assert [one.text for one in shaped] == texts


def looked(texts: list[str], taken: dict[str, tuple[str, float]]) -> list[np.ndarray]:
    """What a glance says of numbers: itself, but of some digits another one, so surely."""
    out = []
    for text in texts:
        likely = np.zeros((sum(char.isdecimal() for char in text), len(CLASSES)), np.float32)
        for row, char in enumerate(char for char in text if char.isdecimal()):
            other, sure = taken.get(char, (char, 1.0))
            likely[row, CLASSES.index(char)] += 1 - sure
            likely[row, CLASSES.index(other)] += sure
        out.append(likely)
    return out


def thai(texts: list[str]) -> list[str]:
    return [text.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")) for text in texts]


@pytest.mark.parametrize(("sure", "told"), [(0.75, "๘"), (0.9, UNKNOWN)])
def test_a_digit_that_looks_like_another_one_is_never_called_so(sure: float, told: str) -> None:
    texts = thai(numbers(40))
    glyphs = [cut(text, FACES[0]) for text in texts]
    shaped = read_shapes(glyphs, [[]] * len(texts), (), ALIKE["thai"], looked(texts, {"๘": ("๙", sure)}), "๐๑๒๓๔๕๖๗๘๙.")
    assert {one.text.replace(told, "๘") for one in shaped} == set(texts)


def test_what_looks_like_nothing_that_there_may_be_is_unknown() -> None:
    texts = numbers(30)
    glyphs = [cut(text, FACES[0]) for text in texts]
    shaped = read_shapes(
        glyphs, [[text] * 3 for text in texts], (), ALIKE["arabic"], looked(texts, {"8": ("B", 0.97)}), "0123456789."
    )
    assert [one.text for one in shaped] == [text.replace("8", UNKNOWN) for text in texts]


def test_a_heap_torn_between_two_digits_goes_by_its_like() -> None:
    """Heap 2 looks like an eight as much as like a nine; it is far more like the eights that are plain."""
    middles = np.array([[1, 0, 0], [0, 1, 0], [0.95, 0.31, 0]], np.float32)
    votes = {0: Counter({"8": 100}), 1: Counter({"9": 100}), 2: Counter({"9": 44, "8": 40})}
    _name_by_kin(votes, np.array([10, 10, 5]), middles)
    assert votes[2] == Counter({"8": 84})


def test_digits_that_look_much_the_same_are_not_told_by_their_like() -> None:
    middles = np.array([[1, 0, 0], [0.93, 0.37, 0], [0.97, 0.2, 0]], np.float32)
    votes = {0: Counter({"๔": 100}), 1: Counter({"๕": 100}), 2: Counter({"๔": 44, "๕": 40})}
    _name_by_kin(votes, np.array([10, 10, 5]), middles)
    assert votes[2] == Counter({"๔": 44, "๕": 40})


def test_a_digit_that_the_page_prints_otherwise_is_no_rival() -> None:
    middles = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    votes = {0: Counter({"๐": 100}), 1: Counter({"๓": 70, "๐": 30})}
    _name_by_kin(votes, np.array([10, 5]), middles)
    assert votes[1] == Counter({"๓": 100})
