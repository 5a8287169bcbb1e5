"""Scores of which a digit could not be read: settled by the arithmetic where it leaves one reading, and else never guessed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest

from ita_extract.checks.judge import check_records
from ita_extract.model.record import AgencyScore, Record
from ita_extract.model.source import SourceDocument
from ita_extract.model.unread import UNREAD, placeholder, readings
from ita_extract.pipeline import extract
from ita_extract.readback import as_read
from ita_extract.rulebook.load import load_rulebook

from .scans import ROOT

RULES = load_rulebook()


@cache
def ranking(sample: str) -> tuple[Record, ...]:
    path = ROOT / "samples" / f"{sample}.pdf"
    return extract(SourceDocument.of(path.read_bytes(), path.name, "application/pdf"), RULES).records


def current(records: Sequence[Record]) -> list[int]:
    return [at for at, one in enumerate(records) if isinstance(one, AgencyScore) and one.is_current_year and one.row_no]


def blotted(record: Record, places: Sequence[int]) -> Record:
    """The row as it is read where these digits of its score cannot be told."""
    assert isinstance(record, AgencyScore)
    digits = list(f"{record.score:.2f}")
    for place in places:
        digits[place] = UNREAD
    printed = "".join(digits)
    value = placeholder(printed)
    assert value is not None
    return replace(record, score=value, score_printed=printed, verification="unverified")


def settled(records: Sequence[Record]) -> tuple[tuple[Record, ...], list[str]]:
    done, checks = check_records(records, RULES.frameworks)
    return done, [check.observed for check in checks if check.identity == "single_misreading"]


@pytest.mark.parametrize("sample", ["announcement_2563_provinces_clean", "announcement_2566_departments_mai_tho"])
def test_an_unknown_digit_is_put_right_where_one_reading_is_left_and_never_wrongly(sample: str) -> None:
    true, found = ranking(sample), Counter[str]()
    dice = random.Random(5)  # noqa: S311
    for at in dice.sample(current(true), 12):
        place = dice.choice([0, 1, -2])
        records = list(true)
        records[at] = blotted(true[at], [place])
        row = settled(records)[0][at]
        assert isinstance(row, AgencyScore)
        assert row.score > 100 or row.verification == "corrected"
        found["right" if row.score == true[at].score else "open" if row.score > 100 else "wrong"] += 1  # type: ignore[union-attr]
    assert not found["wrong"], found
    assert found["right"] >= 7, found


def test_several_rows_are_settled_each_by_itself() -> None:
    """The mean of all rows tells nothing while two of them are unknown, but each has its grade."""
    true = ranking("announcement_2563_provinces_clean")
    rows = [at for at in current(true) if Decimal(60) < getattr(true[at], "score") < Decimal(95)][:3]  # noqa: B009
    records = [blotted(one, [0]) if at in rows else one for at, one in enumerate(true)]
    done, told = settled(records)
    assert [getattr(done[at], "score") for at in rows] == [getattr(true[at], "score") for at in rows]  # noqa: B009
    assert len(told) == 3


def test_what_arithmetic_leaves_open_is_no_score() -> None:
    true = [
        replace(one, target_passed=None) for one in ranking("announcement_2563_provinces_clean") if isinstance(one, AgencyScore)
    ]
    at = next(at for at in current(true) if Decimal(86) < true[at].score < Decimal(94))
    done, told = settled([blotted(one, [-2]) if here == at else one for here, one in enumerate(true)])
    row = done[at]
    assert isinstance(row, AgencyScore)
    assert (row.score > 100, row.verification, told) == (True, "contradicted", [])


def test_verify_puts_the_unknown_digit_back_before_it_proves_anew() -> None:
    true = ranking("announcement_2563_provinces_clean")
    at = current(true)[3]
    before = blotted(true[at], [1])
    done, checks = check_records([before if here == at else one for here, one in enumerate(true)], RULES.frameworks)
    told = [{name: str(getattr(check, name)) for name in ("identity", "subject", "observed")} for check in checks]
    assert getattr(as_read(done, told)[at], "score") == getattr(before, "score")  # noqa: B009


@pytest.mark.parametrize("printed", ["88.12", "2\ufffd63", "\ufffd", "8\ufffd", "\ufffd\ufffd.\ufffd2", "A\ufffd.12", "ก\ufffd.๑๒"])
def test_other_texts_are_no_scores_with_unknown_digits(printed: str) -> None:
    assert readings(printed) == ()
    assert placeholder(printed) is None
