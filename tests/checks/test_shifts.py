"""Rows whose numbers stand one cell off: put back where arithmetic proves it, and never anywhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from ita_extract.checks.cells import Print, numbers_of, with_values
from ita_extract.checks.judge import SHIFT, check_records
from ita_extract.checks.network import Node
from ita_extract.checks.shifts import rows_of
from ita_extract.model.record import AgencyScore, Record
from ita_extract.rulebook.load import load_rulebook
from samples.forge import forge_announcement
from samples.forge.agencies import PROVINCE, TAMBON
from samples.forge.regional import forge_regional
from tests.checks.forged import records_of
from tests.checks.planting import documents

FRAMEWORKS = load_rulebook().frameworks


def moved(records: Sequence[Record], row: Sequence[Node], step: int) -> tuple[Record, ...]:
    """The records with the numbers of one row moved by a step, what runs over at one end standing at the other."""
    how = Print.of(records, FRAMEWORKS)
    digits = [how.digits(records[at], field) for at, field in row]
    turned = dict(zip(row, (*digits[step:], *digits[:step]), strict=True))
    values = {(at, field): how.read_as(records[at], field, printed)[0] for (at, field), printed in turned.items()}
    done = list(with_values(records, values))
    for (at, field), printed in turned.items():
        if field == "score" and hasattr(done[at], "score_printed"):
            done[at] = replace(done[at], score_printed=str(printed))  # type: ignore[call-arg]
    return tuple(done)


def numbers(records: Sequence[Record]) -> list[dict[str, Decimal | int]]:
    return [dict(numbers_of(record)) for record in records]


def outcome(records: Sequence[Record], row: Sequence[Node], step: int) -> str:
    wrong = moved(records, row, step)
    found, checks = check_records(wrong, FRAMEWORKS)
    if numbers(wrong) == numbers(records):
        return "the same"
    if numbers(found) == numbers(records):
        return "right"
    if numbers(found) != numbers(wrong):
        return "wrong"
    return "contradicted" if any(check.outcome == "fails" for check in checks) else "silent"


@pytest.mark.parametrize("number", [0, 4, 6])
def test_a_row_that_stands_one_cell_off_is_put_back_or_left(number: int) -> None:
    records = documents()[number]
    rows = list(rows_of(records, FRAMEWORKS))
    found = Counter(outcome(records, row, step) for row in rows[:: max(1, len(rows) // 5)] for step in (1, -1))
    assert found["right"] and not found["wrong"], found


def test_what_was_moved_is_told_and_keeps_its_print() -> None:
    records = documents()[4]
    row = next(row for row in rows_of(records, FRAMEWORKS) if row[0][1] == "share_least")
    wrong = moved(records, row, 1)
    found, checks = check_records(wrong, FRAMEWORKS)
    told = [check for check in checks if check.identity == SHIFT]
    changed = [field for (at, field) in row if getattr(wrong[at], field) != getattr(records[at], field)]
    assert [check.expected.partition(" ")[0] for check in told] == changed
    assert all("which breaks row_from_shares" in check.observed and check.outcome == "corrected" for check in told)
    assert getattr(found[row[0][0]], "verification", "") == "corrected"


def test_two_years_that_may_have_been_exchanged_are_not_put_right_by_a_grade() -> None:
    """The grade says A, the score 43.33, and 93.33 would be A; so would last year's 89.18 in the column beside."""
    records = records_of(forge_announcement(3, year=2563, types=[TAMBON], rows_per_type=12).expected, bbox=(1.0, 2.0, 3.0, 4.0))
    rows = [record for record in records if isinstance(record, AgencyScore)]
    now = next(record for record in rows if record.is_current_year and record.grade == "A")
    before = replace(now, fiscal_year=2562, grade=None, target_passed=None, is_current_year=False)

    def judged(score: str, last: str) -> Decimal:
        pair = [replace(one, score=Decimal(value), score_printed=value) for one, value in ((now, score), (before, last))]
        found = check_records(pair, FRAMEWORKS)[0][0]
        assert isinstance(found, AgencyScore)
        return found.score

    assert judged("43.33", "60.00") == Decimal("93.33")
    assert judged("43.33", "89.18") == Decimal("43.33")


def test_a_regional_table_row_goes_back_by_its_instruments_and_total() -> None:
    records = records_of(forge_regional(2, year=2564, provinces=1).expected)
    rows = list(rows_of(records, FRAMEWORKS))
    found = Counter(outcome(records, row, 1) for row in rows[:: max(1, len(rows) // 8)])
    assert found["right"] and not found["wrong"], found


def test_a_true_document_has_no_row_to_move() -> None:
    records = records_of(forge_announcement(9, year=2567, types=[PROVINCE], rows_per_type=12, parts=True).expected)
    assert not [check for check in check_records(records, FRAMEWORKS)[1] if check.identity == SHIFT]
