"""What cells print, as values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.records.values import arabic, parse_count, parse_score, unwrap, year_in

ABSENT = frozenset({"-", "–"})
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def mixed(text: str, thai: list[bool]) -> str:
    return "".join(c.translate(THAI) if t else c for c, t in zip(text, [*thai, *[False] * len(text)], strict=False))


@given(st.decimals(0, 100, places=2), st.lists(st.booleans(), max_size=8))
def test_a_score_in_any_digits_is_the_same_score(score: Decimal, thai: list[bool]) -> None:
    assert parse_score(mixed(str(score), thai), ABSENT) == score
    assert parse_score(f" {mixed(str(score), thai)}% ", ABSENT) == score


@given(st.integers(0, 10**7), st.lists(st.booleans(), max_size=8))
def test_a_count_in_any_digits_with_or_without_commas(count: int, thai: list[bool]) -> None:
    assert parse_count(mixed(str(count), thai), ABSENT) == count
    assert parse_count(mixed(f"{count:,}", thai), ABSENT) == count


@pytest.mark.parametrize(
    "text", ["85,62", "8 5 . 6 2 x", "A", "85.", ".5", "1234.5", "-5", "85.62.1", "85.62 90.10", "ผ่าน", "+5", "1e2"]
)
def test_what_is_no_score(text: str) -> None:
    with pytest.raises(ValueError, match="no score"):
        parse_score(text, ABSENT)


@pytest.mark.parametrize("text", ["1,23", "12.5", "-3", "ก", "1,2345", "3-4", "1/2"])
def test_what_is_no_count(text: str) -> None:
    with pytest.raises(ValueError, match="no whole number"):
        parse_count(text, ABSENT)


@pytest.mark.parametrize("text", ["", " ", "-", " – ", "\n"])
def test_absent_is_none(text: str) -> None:
    assert parse_score(text, ABSENT) is None
    assert parse_count(text, ABSENT) is None


def test_a_number_broken_over_two_lines_is_one_number() -> None:
    assert parse_score("85.\n62", ABSENT) == Decimal("85.62")
    assert parse_count("29,\n528", ABSENT) == 29528


@pytest.mark.parametrize(("text", "want"), [("1.", 1), ("(12)", None), ("๓)", 3), ("5*", 5)])
def test_running_numbers_carry_dots(text: str, want: int | None) -> None:
    if want is None:
        with pytest.raises(ValueError, match="no whole number"):
            parse_count(text, ABSENT)
    else:
        assert parse_count(text, ABSENT) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("ประจำปีงบประมาณ พ.ศ. 2563", 2563),
        ("ปี ๒๕๖7", 2567),
        ("2 5 6 3", 2563),
        ("2561 - 2565", 2565),
        ("ปี 2539", None),
        ("ปี 2641", None),
        ("12563", None),
        ("25634", None),
        ("2020", None),
        ("", None),
    ],
)
def test_years(text: str, want: int | None) -> None:
    assert year_in(text) == want


@given(st.text("กขaข 12\n.", max_size=30))
def test_unwrapping_loses_no_letter_and_is_done_once(text: str) -> None:
    once = unwrap(text)
    assert "".join(once.split()) == "".join(text.split())
    assert "\n" not in once
    assert unwrap(once) == once


@given(st.text(max_size=30))
def test_arabic_digits_keep_the_length(text: str) -> None:
    assert len(arabic(text)) == len(text)
    assert arabic(arabic(text)) == arabic(text)


def test_lines_are_put_together_as_thai_is_written() -> None:
    assert unwrap("องค์การบริหารส่วนตำบล\nท่าตุ้ม") == "องค์การบริหารส่วนตำบลท่าตุ้ม"
    assert unwrap("เทศบาลตำบล \nบ้านกลาง") == "เทศบาลตำบล บ้านกลาง"
    assert unwrap("เทศบาลตำบล\n บ้านกลาง") == "เทศบาลตำบล บ้านกลาง"
    assert unwrap("Open Data\nIntegrity") == "Open Data Integrity"
    assert unwrap("ก\n\nข") == "กข"
