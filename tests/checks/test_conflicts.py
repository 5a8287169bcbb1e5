"""One thing with two values is said, and both rows are contradicted."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ita_extract.checks.conflicts import check_conflicts
from ita_extract.model.record import AgencyScore
from ita_extract.rulebook.fields import load_fields

SCORE = AgencyScore(
    page=1,
    table_no=1,
    agency_type="จังหวัด",
    fiscal_year=2563,
    row_no=42,
    agency_name="จังหวัดลำพูน",
    agency_name_printed="จังหวัดลำพูน",
    province="ลำพูน",
    district=None,
    score=Decimal("87.96"),
    score_printed="87.96",
    grade="A",
    target_passed=True,
    is_current_year=True,
    bbox=None,
    agency_id="PROV-51",
    verification="consistent",
)


def test_the_same_thing_said_twice_alike_is_no_conflict() -> None:
    records, checks = check_conflicts([SCORE, replace(SCORE, page=2)], load_fields())
    assert checks == ()
    assert [record.verification for record in records] == ["consistent", "consistent"]


def test_two_values_of_one_thing_are_contradicted_and_named() -> None:
    other = replace(SCORE, row_no=43, agency_id="PROV-52", agency_name="จังหวัดลำปาง", agency_name_printed="จังหวัดลำปาง")
    records, checks = check_conflicts([SCORE, other, replace(SCORE, score=Decimal("37.96"))], load_fields())
    assert [record.verification for record in records] == ["contradicted", "consistent", "contradicted"]
    assert len(checks) == 1
    assert checks[0].identity == load_fields().conflict_identity
    assert "87.96" in checks[0].observed and "37.96" in checks[0].observed
