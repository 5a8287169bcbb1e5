"""Counts that must add up: characters of pages, rows of tables."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ita_extract.checks.conserve import check_characters, check_rows, lossy_pages
from ita_extract.model.table import LongTable, PageContent, Row


def page(number: int, read: int, placed: int) -> PageContent:
    return PageContent(number, (), (), read, placed)


def test_pages_that_hold_are_one_check() -> None:
    (check,) = check_characters([page(1, 10, 10), page(2, 0, 0)])
    assert (check.subject, check.expected, check.observed, check.outcome) == ("document", "10", "10", "holds")


def test_a_lost_character_is_told_with_its_page() -> None:
    checks = list(check_characters([page(1, 10, 10), page(2, 7, 6)]))
    assert [(c.subject, c.outcome) for c in checks] == [("page/2", "fails"), ("document", "fails")]


def test_a_character_doubled_on_one_page_and_lost_on_another_does_not_cancel() -> None:
    checks = list(check_characters([page(1, 10, 11), page(2, 7, 6)]))
    assert [c.subject for c in checks if c.outcome == "fails"] == ["page/1", "page/2"]


def test_the_pages_that_fail_are_told_from_the_dataset_of_checks() -> None:
    checks = list(check_characters([page(10, 10, 9), page(2, 7, 8), page(3, 5, 5)]))
    rows = [{"identity": check.identity, "subject": check.subject, "outcome": check.outcome} for check in checks]
    failed = [row for row in rows if row["outcome"] == "fails"]
    assert lossy_pages([*failed, {"identity": "row_numbers", "subject": "page/7", "outcome": "fails"}]) == (2, 10)


@given(st.integers(0, 9), st.integers(0, 5), st.integers(0, 3), st.integers(-2, 2))
def test_rows_add_up_or_they_do_not(rows: int, repeated: int, joined: int, off: int) -> None:
    made = LongTable(1, 1, 1, tuple(Row(1, 1, (None,), None, str(n)) for n in range(rows)), repeated, joined)
    there = rows + repeated + joined
    check = check_rows([made], Counter(record=max(0, there + off), reject=0))
    assert (check.outcome == "holds") == (max(0, there + off) == there)
    assert check.expected == str(there)
    assert "reject" not in check.observed
