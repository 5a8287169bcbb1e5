"""What a column holds, by what most of its pieces are by themselves."""

from __future__ import annotations

from ita_extract.engines.ocr.kinds import Kind, Place, own_kind, settled_kinds

COLUMN = (3, 0, 2)


def kinds(
    texts: list[str], latin: list[str] | None = None, told: list[str] | None = None, foreign: tuple[int, ...] = ()
) -> list[Kind]:
    none = [""] * len(texts)
    own = [own_kind(*one) for one in zip(texts, latin or none, told or none, strict=True)]
    places = [Place(COLUMN, row) for row in range(len(texts))]
    return settled_kinds(own, [row in foreign for row in range(len(texts))], places)


def test_a_column_of_numbers_is_one_though_cells_are_misread() -> None:
    assert kinds(["คะแนน", "81.26", "8 7.5", "ฅ1", "-", "90.10"]) == ["words", *["number"] * 5]


def test_thai_digits_are_numbers() -> None:
    assert kinds(["ที่", "๑", "๒", "๓"], ["fi", "o", "b", "m"]) == ["words", "number", "number", "number"]


def test_what_looks_like_a_number_is_one_though_it_was_read_as_letters() -> None:
    assert kinds(["ปี", "ฒ่๒", "๕อ", "b"], told=["", "๘๒.๑๗", "๘๐.๐๒", "๖"]) == ["words", *["number"] * 3]


def test_a_column_of_bs_that_were_read_as_eights_holds_grades() -> None:
    assert kinds(["ระดับ", "8", "8", "A", "8"], ["", "B", "B", "A", "B"]) == ["words", *["letters"] * 4]


def test_words_are_left_alone() -> None:
    assert set(kinds(["ผล", "ผ่าน", "ไม่ผ่าน", "ผ่าน"], ["", "wu", "", "wu"])) == {"words"}


def test_a_head_that_is_printed_again_between_numbers_is_words() -> None:
    assert kinds(["1.50", "มาก", "2.50", "3.50", "4.50"], foreign=(1,)) == ["number", "words", "number", "number", "number"]


def test_a_head_of_grades_is_letters_and_what_stands_below_numbers() -> None:
    heads, below = ["AA", "A", "8", "C", "D"], ["0", "2", "10", "0", "0"]
    places = [Place((1, 0, col), row) for row in (0, 1) for col in range(5)]
    latin = ["AA", "A", "B", "C", "D", "0", "2", "10", "0", "0"]
    own = [own_kind(text, other, "") for text, other in zip(heads + below, latin, strict=True)]
    assert settled_kinds(own, [False] * 10, places) == ["letters"] * 5 + ["number"] * 5


def test_outside_of_tables_each_piece_is_what_it_is_by_itself() -> None:
    assert settled_kinds(["number", "words"], [False, False], [None, None]) == ["number", "words"]
