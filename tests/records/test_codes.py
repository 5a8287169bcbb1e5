"""Which item a misread code stands for: by the codes around it, by the question, and by neither where neither decides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.records.codes import Code, Marked, likeness, opening, readings, resolve

ASKED = (
    "ให้บริการตามขั้นตอนที่กำหนด",
    "รับเงินจากผู้มาติดต่อหรือไม่",
    "รู้แผนการใช้งบประมาณของหน่วยงาน",
    "ยืมทรัพย์สินของราชการอย่างถูกต้อง",
    "ผู้บริหารให้ความสำคัญกับการต่อต้านทุจริต",
)


def told(marked: list[Marked], known: dict[Code, str | None] | None = None) -> list[str | None]:
    return [str(code) if code else None for code in resolve(marked, "IE", known or {})]


def printed(*tokens: str | None) -> list[Marked]:
    return [Marked(token, ASKED[n % len(ASKED)] + str(n)) for n, token in enumerate(tokens)]


@pytest.mark.parametrize(
    ("tokens", "codes"),
    [
        (("11", "12", "13", "I4"), ("I1", "I2", "I3", "I4")),
        (("I9", "I10", "I11", "I12"), ("I9", "I10", "I11", "I12")),
        (("I10", "11", "I12"), ("I10", "I11", "I12")),
        (("i1", "i2", "i3", "14", "15"), ("I1", "I2", "I3", "I4", "I5")),
        (("I24", "I25", "126", "127", "I28"), ("I24", "I25", "I26", "I27", "I28")),
        (("I29", "I30", "e1", "E2"), ("I29", "I30", "E1", "E2")),
        (("I1", None, "I3"), ("I1", "I2", "I3")),
        (("๑๑", "๑๒", "I๓"), ("I1", "I2", "I3")),
        (("l1", "I2", "|3"), ("I1", "I2", "I3")),
        (("I1", "I4", "I9", "E6", "E8"), ("I1", "I4", "I9", "E6", "E8")),
    ],
)
def test_codes_in_a_row_tell_each_other(tokens: tuple[str | None, ...], codes: tuple[str, ...]) -> None:
    assert told(printed(*tokens)) == list(codes)


def test_the_question_tells_a_code_that_stands_alone() -> None:
    known: dict[Code, str | None] = {Code("I", 4): ASKED[0], Code("I", 14): ASKED[1], Code("E", 14): ASKED[2]}
    assert told([Marked("14", ASKED[1])], known) == ["I14"]
    assert told([Marked("14", ASKED[2])], known) == ["E14"]
    assert told([Marked("14", ASKED[0])], known) == ["I4"]


def test_what_neither_place_nor_question_tells_is_not_guessed() -> None:
    assert told(printed("14")) == [None]
    assert told(printed("I3", None, "I7")) == ["I3", None, "I7"]
    assert told([Marked("ก", "ข")]) == [None]
    assert told([]) == []


def test_a_question_printed_again_keeps_its_code() -> None:
    copies = [Marked("I4", ASKED[0]), Marked("15", ASKED[1]), Marked("15", ASKED[1] + " "), Marked("I6", ASKED[2])]
    assert told(copies) == ["I4", "I5", "I5", "I6"]


@given(st.integers(1, 12), st.integers(1, 12), st.data())
def test_a_report_whose_codes_are_half_misread_is_read_right(iit: int, eit: int, data: st.DataObject) -> None:
    """Half of the codes at most lose their letter, and none of the first two."""
    codes = [f"I{n + 1}" for n in range(iit + 1)] + [f"E{n + 1}" for n in range(eit)]
    lost = data.draw(st.sets(st.integers(2, len(codes) - 1), max_size=len(codes) // 2)) if len(codes) > 2 else set()
    tokens = [("1" + c[1:] if c[0] == "I" else c.lower()) if n in lost else c for n, c in enumerate(codes)]
    assert told(printed(*tokens)) == codes


def test_readings_are_of_codes_that_may_be() -> None:
    assert readings("0", "O") == readings("", "IE") == readings("ABC", "IE") == {}
    assert {str(code) for code in readings("01", "O")} == {"O1"}
    assert {str(code) for code in readings("10", "O")} == {"O10"}
    assert not readings("I99", "IE")


@pytest.mark.parametrize("text", ["บุคลากรในหน่วยงาน", "", "ปี 2563", "ITA ของหน่วยงาน", "85"])
def test_texts_without_a_code(text: str) -> None:
    assert opening(text) is None


def test_likeness_survives_a_smear() -> None:
    question = "ผู้บริหารสูงสุดของหน่วยงานของท่าน ให้ความสำคัญกับการต่อต้านการทุจริต มากน้อยเพียงใด"
    assert likeness(question, question) == 100
    assert likeness(question[:30] + "น้อยที่สุดหรือไม่มีเลย มากที่สุด คะแนน" + question[50:], question) > 60
    assert likeness(question, "ท่านรู้แผนการใช้จ่ายงบประมาณประจำปี") < 60
