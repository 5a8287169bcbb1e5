"""What an announcement's numbers must be to one another: true ones never contradict, and one wrong digit is seen."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ita_extract.checks.judge import check_records
from ita_extract.model.record import AgencyScore, Check, GradeCount, IndicatorScore, InstrumentScore, Record, TypeSummary
from ita_extract.rulebook.load import load_rulebook
from samples.forge import forge_announcement
from samples.forge.agencies import PROVINCE, TAMBON, TAO, TOWN

KINDS = {
    "agency_scores": AgencyScore,
    "instrument_scores": InstrumentScore,
    "type_summaries": TypeSummary,
    "indicator_scores": IndicatorScore,
    "grade_counts": GradeCount,
}


def record(dataset: str, row: dict[str, Any]) -> Record:
    """A row that a forged document must give, as the record it is."""
    kind = KINDS[dataset]
    values: dict[str, Any] = {
        "page": 1,
        "table_no": 1,
        "bbox": None,
        "province": None,
        "district": None,
        "agency_name": None,
        "agency_type": None,
    }
    values |= {"score_printed": str(row.get("score", "")), "part": None, "subject": "agency"} | row
    if kind is AgencyScore:
        values["agency_name"] = row["agency_name_printed"]
    return kind(**{f.name: values[f.name] for f in fields(kind) if f.name in values})  # type: ignore[return-value]


@cache
def forged(seed: int, year: int, parts: bool) -> tuple[Record, ...]:
    made = forge_announcement(seed, year=year, types=[PROVINCE, TAMBON], rows_per_type=12, parts=parts).expected
    where = {row["agency_name_printed"]: row["province"] for row in made["agency_scores"]}
    for row in made.get("instrument_scores", ()):
        row["province"] = where[row["agency_name"]]  # both are read from one row of the ranking
    return tuple(record(name, dict(row)) for name, rows in made.items() for row in rows)


def checked(records: tuple[Record, ...]) -> tuple[tuple[Record, ...], tuple[Check, ...]]:
    return check_records(records, load_rulebook().frameworks)


def failed(checks: tuple[Check, ...]) -> set[str]:
    return {check.identity for check in checks if check.outcome == "fails"}


def changed(records: tuple[Record, ...], at: int, **values: Any) -> tuple[Record, ...]:
    return (*records[:at], replace(records[at], **values), *records[at + 1 :])


@pytest.mark.parametrize("parts", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("year", [2563, 2564, 2565, 2566, 2567, 2568])
def test_a_true_document_never_contradicts_itself(year: int, parts: bool) -> None:
    for seed in range(4 if parts else 2):
        if parts and year < 2566:
            continue
        records, checks = checked(forged(seed, year, parts))
        assert failed(checks) == set()
        assert "contradicted" not in {r.verification for r in records}
        current = [r for r in records if isinstance(r, AgencyScore) and r.is_current_year]
        assert {r.verification for r in current} <= {"consistent", "verified"}


def test_no_record_is_lost_or_put_elsewhere() -> None:
    made = forged(1, 2563, False)
    records, _ = checked(made)
    assert [replace(r, verification="unverified") for r in records] == list(made)
    assert checked(()) == ((), ())


def test_the_earlier_year_is_covered_by_no_identity() -> None:
    records, _ = checked(forged(0, 2563, False))
    earlier = [r for r in records if isinstance(r, AgencyScore) and not r.is_current_year]
    assert {r.verification for r in earlier} <= {"unverified"}


@given(st.integers(0, 3), st.integers(0, 23), st.sampled_from("0123456789"))
@settings(max_examples=60)
def test_a_digit_that_carries_a_score_over_a_grade_border_is_seen(seed: int, row: int, digit: str) -> None:
    made = forged(seed, 2563, False)
    places = [at for at, r in enumerate(made) if isinstance(r, AgencyScore) and r.is_current_year]
    at = places[row % len(places)]
    old = made[at]
    assert isinstance(old, AgencyScore)
    wrong = Decimal(digit + f"{old.score:06.2f}"[2:])
    scale = load_rulebook().frameworks[2563].grades
    assert scale is not None
    records, checks = checked(changed(made, at, score=wrong))
    found = records[at]
    assert isinstance(found, AgencyScore)
    if found.verification == "corrected":
        assert found.score == old.score
    elif scale.grade_of(wrong) != scale.grade_of(old.score):
        assert "grade_from_score" in failed(checks)
        assert found.verification == "contradicted"
    elif wrong != old.score:
        assert "mean_from_rows" in failed(checks) or abs(wrong - old.score) < 1


@pytest.mark.parametrize(
    ("kind", "values", "identities"),
    [
        (AgencyScore, {"target_passed": None}, set()),
        (AgencyScore, {"row_no": 77}, {"row_numbers"}),
        (InstrumentScore, {"score": Decimal("12.34")}, {"overall_from_instruments"}),
        (TypeSummary, {"passed_count": 99}, {"target_counts_add_up", "passed_share_from_count", "passed_count_from_rows"}),
        (TypeSummary, {"failed_share": Decimal("33.21")}, {"failed_share_from_count"}),
        (TypeSummary, {"mean_score": Decimal("12.34")}, {"overall_from_indicators", "mean_from_rows"}),
        (TypeSummary, {"agency_count": 947}, {"target_counts_add_up", "grade_counts_add_up"}),
        (IndicatorScore, {"score": Decimal("12.34")}, {"overall_from_indicators"}),
        (GradeCount, {"agency_count": 50}, {"grade_counts_add_up", "grade_share_from_count", "grade_count_from_rows"}),
        (GradeCount, {"share": Decimal("77.77")}, {"grade_share_from_count"}),
    ],
)
def test_what_a_wrong_value_breaks(kind: type, values: dict[str, Any], identities: set[str]) -> None:
    made = _with_summaries()
    at = next(at for at, r in enumerate(made) if isinstance(r, kind))
    records, checks = checked(changed(made, at, **values))
    assert identities <= failed(checks)
    if not identities:
        assert failed(checks) == set()
    elif identities != {"row_numbers"}:
        assert records[at].verification == "contradicted"


@cache
def _with_summaries() -> tuple[Record, ...]:
    return next(
        made
        for seed in range(60)
        if (made := forged(seed, 2566, True))
        and any(isinstance(r, TypeSummary) for r in made)
        and any(isinstance(r, GradeCount) for r in made)
    )


def test_a_target_that_the_score_does_not_reach() -> None:
    made = forged(0, 2563, False)
    at = next(at for at, r in enumerate(made) if isinstance(r, AgencyScore) and r.is_current_year)
    _, checks = checked(changed(made, at, target_passed=not made[at].target_passed))  # type: ignore[union-attr]
    assert "target_from_score" in failed(checks)


@pytest.mark.parametrize(
    ("score", "grade", "holds"),
    [("84.99", "B", True), ("84.99", "A", False), ("85.00", "A", True), ("85.00", "B", True), ("85.01", "B", False)],
)
def test_a_grade_border_is_as_wide_as_rounding(score: str, grade: str, holds: bool) -> None:
    """A printed 85.00 may have been 84.996, and whether the grade was given before or after rounding no page says."""
    row = next(r for r in forged(0, 2563, False) if isinstance(r, AgencyScore) and r.is_current_year)
    _, checks = checked((replace(row, score=Decimal(score), grade=grade, target_passed=None),))
    assert [check.outcome for check in checks] == ["holds" if holds else "fails"]


def test_scores_of_namesakes_are_not_mixed_up() -> None:
    """Two agencies of one name in one province: whose instruments are whose cannot be told, so nothing is held against either."""
    row = next(r for r in forged(0, 2566, True) if isinstance(r, AgencyScore) and r.is_current_year)
    good = replace(row, score=Decimal("96.00"), grade="ผ่านดีเยี่ยม", target_passed=True)
    weak = replace(good, score=Decimal("60.00"), grade="ต้องปรับปรุงโดยด่วน", target_passed=False, row_no=2)
    part = next(r for r in forged(0, 2566, True) if isinstance(r, InstrumentScore))
    parts = [
        replace(part, agency_name=r.agency_name, province=r.province, instrument=code, score=r.score)
        for r in (good, weak)
        for code in ("IIT", "EIT", "OIT")
    ]
    _, checks = checked((good, weak, *parts))
    assert failed(checks) == set()


def test_an_excerpt_is_not_held_against_its_summary() -> None:
    """The document shows some rows of a type only: they need not add up to its summary."""
    made = _with_summaries()
    last = max(at for at, r in enumerate(made) if isinstance(r, AgencyScore) and r.is_current_year)
    _, checks = checked(tuple(r for at, r in enumerate(made) if at != last))
    names = {check.identity for check in checks}
    assert failed(checks) == set()
    assert "mean_from_rows" in names  # the other type is still whole


def test_a_row_that_was_lost_breaks_the_numbers() -> None:
    made = forged(0, 2563, False)
    rows = [at for at, r in enumerate(made) if isinstance(r, AgencyScore) and r.is_current_year]
    _, checks = checked(tuple(r for at, r in enumerate(made) if at != rows[3]))
    assert "row_numbers" in failed(checks)


def test_a_year_without_a_framework_is_unverified_not_wrong() -> None:
    made = tuple(replace(r, fiscal_year=2590) for r in forged(0, 2563, False))
    _, checks = checked(made)
    assert failed(checks) == set()
    assert "grade_from_score" not in {check.identity for check in checks}


def test_types_are_not_mixed() -> None:
    made = forge_announcement(5, year=2564, types=[TOWN, TAO], rows_per_type=6, parts=False)
    records, checks = checked(tuple(record(name, dict(row)) for name, rows in made.expected.items() for row in rows))
    assert failed(checks) == set()
    assert {check.subject for check in checks if check.identity == "row_numbers"} == {
        f"agency_scores of {t} 2564" for t in (TOWN, TAO)
    }
    assert records
