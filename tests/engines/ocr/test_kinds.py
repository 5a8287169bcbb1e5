"""What a column holds, by the first reading of its cells."""

from __future__ import annotations

from ita_extract.engines.ocr.kinds import Place, column_kinds, kinds_of

COLUMN = (3, 0, 2)


def kinds(texts: list[str], latin: list[str] | None = None) -> list[str]:
    places = [Place(COLUMN, row) for row in range(len(texts))]
    other = latin or [""] * len(texts)
    return list(kinds_of(texts, other, places, column_kinds(texts, other, places)))


def test_a_column_of_numbers_is_one_though_cells_are_misread() -> None:
    assert kinds(["คะแนน", "81.26", "8 7.5", "ฅ1", "-", "90.10"]) == ["words", *["number"] * 5]


def test_thai_digits_are_numbers() -> None:
    assert kinds(["ที่", "๑", "๒", "๓"], ["fi", "o", "b", "m"]) == ["words", "number", "number", "number"]


def test_a_column_of_bs_that_were_read_as_eights_holds_grades() -> None:
    assert kinds(["ระดับ", "8", "8", "A", "8"], ["", "B", "B", "A", "B"]) == ["words", *["letters"] * 4]


def test_words_are_left_alone() -> None:
    assert set(kinds(["ผล", "ผ่าน", "ไม่ผ่าน", "ผ่าน"], ["", "wu", "", "wu"])) == {"words"}


def test_a_head_of_grades_is_letters_and_what_stands_below_numbers() -> None:
    heads, below = ["AA", "A", "8", "C", "D"], ["0", "2", "10", "0", "0"]
    places = [Place((1, 0, col), row) for row in (0, 1) for col in range(5)]
    texts, latin = heads + below, ["AA", "A", "B", "C", "D", "o", "2", "10", "o", "o"]
    latin[5] = latin[8] = latin[9] = "0"
    assert kinds_of(texts, latin, places, column_kinds(texts, latin, places)) == ["letters"] * 5 + ["number"] * 5


def test_outside_of_tables_each_piece_is_what_it_looks() -> None:
    assert kinds_of(["87.96", "คะแนน"], ["", ""], [None, None], {}) == ["number", "words"]
