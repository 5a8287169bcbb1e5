"""Heads of columns that are counted: the one that was not read is told by the others, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.engines.ocr.counted import counted, in_order
from ita_extract.engines.ocr.kinds import Place
from ita_extract.engines.ocr.pieces import Piece
from ita_extract.engines.ocr.shapes import UNKNOWN


def row(*heads: str, turn: int = 0, at: int = 0) -> tuple[list[Piece], list[Place | None], list[str]]:
    """Heads from left to right, the lines of each parted by a bar: below each other, or side by side where they stand on end."""
    pieces: list[Piece] = []
    places: list[Place | None] = []
    texts: list[str] = []
    for column, head in enumerate(heads):
        for line, text in enumerate(head.split("|")):
            x, y = (100 * column + 30 * line, 0) if turn == 3 else (100 * column, 40 * line)
            pieces.append(Piece(column, (x, y, x + 25, y + 30), np.zeros((1, 1), np.uint8), turn))
            places.append(Place((1, 0, column), at))
            texts.append(text)
    return pieces, places, texts


def heads(*numbers: str, between: str = " ") -> list[str]:
    return [f"ตัวชี้วัดที่{between}{number}".strip() for number in numbers]


def test_a_head_that_was_not_read_or_read_as_its_neighbour_is_told_by_the_others() -> None:
    found = counted(*row(*heads("๑", "2", "๓", "๕", "๕", "6", "", "๘", "๙", f"{UNKNOWN}๐")))
    assert list(found) == heads("๑", "2", "๓", "๔", "๕", "6", "๗", "๘", "๙", "๑๐")


def test_a_number_on_a_line_of_its_own_is_put_in_there() -> None:
    for turn in (0, 3):
        found = counted(*row(*heads("1", "2", UNKNOWN, "4", "5", "6", between="|"), turn=turn))
        assert found[5] == "3"
        assert [text for text in found if not text.isdecimal()] == ["ตัวชี้วัดที่"] * 6


def test_what_stands_at_an_end_and_was_read_as_another_number_stays() -> None:
    told = heads("1", "2", "3", "4", "5", "9")
    assert list(counted(*row(*told))) == told


def test_scores_and_heads_that_do_not_count_are_left_alone() -> None:
    for texts in (["81.20", f"8{UNKNOWN}.12", "83.20", "84.20", "85.20", "86.20"], heads("3", "1", "7", UNKNOWN, "2", "9")):
        assert list(counted(*row(*texts, at=3))) == texts


def test_heads_of_other_words_do_not_count_with_them() -> None:
    found = counted(*row(*heads("1", "2"), "คะแนน IIT", *heads(UNKNOWN, "4", "5", "6")))
    assert list(found) == [*heads("1", "2"), "คะแนน IIT", *heads("3", "4", "5", "6")]


@given(st.integers(1, 30), st.integers(5, 12), st.data())
def test_numbers_that_count_stay_and_gaps_are_never_filled_wrongly(start: int, count: int, data: st.DataObject) -> None:
    true = [str(start + at) for at in range(count)]
    lost = data.draw(st.sets(st.integers(0, count - 1), max_size=count))
    read = [UNKNOWN * len(text) if at in lost else text for at, text in enumerate(true)]
    assert all(told in (own, before) for told, own, before in zip(in_order(read), true, read, strict=True))


ACRONYMS = frozenset({"IIT", "EIT", "OIT", "ITA"})


def behind(*instruments: str) -> list[str]:
    first, second, third = instruments
    told = heads(*"1234567", "8", "9", "10")
    return ["หน่วยงาน", *told[:5], first, *told[5:8], second, *told[8:], third, "คะแนนรวม", "ระดับ"]


def test_the_head_of_an_instrument_that_says_nothing_is_the_one_that_is_missing() -> None:
    for unread in (UNKNOWN, "=๐", "ก"):
        for true in (["IIT", "EIT", "OIT"], ["IIT", "EIT", "OIT"][::-1]):
            for at in range(3):
                read = [unread if place == at else name for place, name in enumerate(true)]
                assert list(counted(*row(*behind(*read)), ACRONYMS)) == behind(*true)


@pytest.mark.parametrize("read", [f"เบบวัด OIT {UNKNOWN}", "แบบวัด O1T", "เบบวด OIT", UNKNOWN])
def test_a_head_that_says_misspelt_what_those_beside_it_say(read: str) -> None:
    true = behind("แบบวัด IIT", "แบบวัด EIT", "แบบวัด OIT")
    assert list(counted(*row(*behind("แบบวัด IIT", "แบบวัด EIT", read)), ACRONYMS)) == true
    other = behind("แบบวัด IIT", "แบบวัด EIT", "คะแนนรวม")
    assert list(counted(*row(*other), ACRONYMS)) == other


def test_a_head_that_says_something_else_or_two_that_say_nothing_stay() -> None:
    for told in (behind("IIT", "EIT", "คะแนน"), behind("IIT", UNKNOWN, UNKNOWN), behind("IIT", "IIT", UNKNOWN)):
        assert list(counted(*row(*told), ACRONYMS)) == told
