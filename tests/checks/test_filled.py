"""A share that was filled in is never a proved one, and its row can be proved again from what is published."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ita_extract.checks.filled import FILLED, with_filled
from ita_extract.model.record import Check, SurveyRow
from ita_extract.readback import ReadBack

ROW = SurveyRow(
    page=3,
    fiscal_year=2567,
    item_code="I4",
    row_no=2,
    row_text="เสร็จตามเวลา",
    scale="four_step",
    direction="positive",
    score=Decimal("83.97"),
    bbox=None,
    share_least=Decimal("6.75"),
    share_little=Decimal("3.99"),
    share_much=Decimal("20.03"),
    share_most=Decimal("69.23"),
    verification="verified",
)
BESIDE = replace(ROW, row_no=1)


def told_of(row: SurveyRow) -> Check:
    return Check(
        identity=FILLED,
        subject=row.called,
        expected="share_little 3.99",
        observed="share_little 3.9\ufffd%",
        tolerance="0",
        outcome="corrected",
    )


def test_a_row_with_a_share_that_was_filled_in_is_corrected_and_named() -> None:
    records, checks = with_filled((BESIDE, ROW), [told_of(ROW)])
    assert [getattr(one, "verification", None) for one in records] == ["verified", "corrected"]
    assert [check.subject for check in checks] == ["survey_rows/2"]


def test_it_stays_contradicted_where_something_speaks_against_it() -> None:
    records, _ = with_filled([replace(ROW, verification="contradicted")], [told_of(ROW)])
    assert [getattr(one, "verification", None) for one in records] == ["contradicted"]


def test_proved_anew_it_is_worth_the_same() -> None:
    records, checks = with_filled((BESIDE, ROW), [told_of(ROW)])
    told = [
        {"identity": one.identity, "subject": one.subject, "expected": one.expected, "observed": one.observed} for one in checks
    ]
    assert ReadBack.of(records, told).states((BESIDE, ROW)) == ["verified", "corrected"]
