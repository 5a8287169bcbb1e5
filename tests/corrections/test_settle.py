"""A person's decisions are put in where nothing speaks against them, and refused with the reason where something does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ita_extract.checks.conflicts import check_conflicts
from ita_extract.checks.judge import check_records
from ita_extract.corrections import HUMAN, Decision, noted, settled
from ita_extract.model.record import AgencyScore, Check, IndicatorScore, Record, Reject

from .written import RULES, decide, indicator, instrument, report, total


def put(records: Sequence[Record], *decisions: Decision) -> tuple[tuple[Record, ...], list[Check]]:
    done, checks = settled(records, decisions, RULES)
    assert len(done) == len(records)
    told = [check for check in checks if check.identity == HUMAN]
    assert [check.subject for check in told] == [one.subject for one in decisions]
    return done, told


def one_of(records: Sequence[Record], dataset: str, record_no: int) -> Record:
    return [record for record in records if record.dataset == dataset][record_no - 1]


def why(checks: Sequence[Check]) -> list[str]:
    """The reason of each refusal, "" for a decision that was not refused."""
    return [check.observed.partition("refused: ")[2].split("; ")[0] if check.outcome == "fails" else "" for check in checks]


def test_without_decisions_nothing_is_different() -> None:
    for records in (report(), report({1: "96.00"}), report({1: "96.00", 2: "83.00"})):
        judged, checks = check_records(records, RULES.frameworks)
        judged, conflicts = check_conflicts(judged, RULES.fields)
        assert settled(records, (), RULES) == (judged, (*checks, *conflicts))


def test_two_misread_parts_that_arithmetic_cannot_tell_apart_are_put_right_by_a_person() -> None:
    misread = report({1: "96.00", 2: "83.00"})
    plain, _ = settled(misread, (), RULES)
    assert one_of(plain, "indicator_scores", 1).verification == "contradicted"  # type: ignore[union-attr]
    decisions = decide("indicator_scores", 1, "score", "96.00", "90.00"), decide("indicator_scores", 2, "score", "83.00", "๘๘.๐๐")
    done, told = put(misread, *decisions)
    for number, value in ((1, "90.00"), (2, "88.00")):
        record = one_of(done, "indicator_scores", number)
        assert isinstance(record, IndicatorScore)
        assert record.score == Decimal(value)
        assert record.verification in ("verified", "corrected")
        assert record.score_printed != value, "what was read stays"
    assert [check.outcome for check in told] == ["corrected", "corrected"]
    assert told[0].expected == "score 90.00"
    assert told[0].observed == "score 96.00; correct by สมชาย, 2026-01-31: ดูหน้าเอกสารแล้ว"
    assert "contradicted" not in {getattr(record, "verification", "") for record in done}


def test_a_correction_that_contradicts_an_identity_is_refused_with_the_reason() -> None:
    misread = report({1: "96.00", 2: "83.00"})
    done, told = put(misread, decide("indicator_scores", 1, "score", "96.00", "91.00"))
    assert done == settled(misread, (), RULES)[0]
    assert told[0].outcome == "fails"
    assert why(told)[0].startswith("it contradicts instrument_from_indicators: expected 85.2")
    assert "correct by สมชาย" in told[0].observed


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        (decide("agency_scores", 1, "score", "88.40", "70.13"), "it contradicts"),
        (decide("agency_scores", 1, "grade", "A", "B"), "it contradicts grade_from_score"),
        (decide("agency_scores", 1, "target_passed", "true", "false"), "it contradicts target_from_score"),
        (decide("agency_scores", 1, "fiscal_year", "2563", "2566"), "it contradicts grade_from_score"),
        (decide("instrument_scores", 1, "score", "86.00", "81.37"), "it contradicts"),
        (decide("instrument_scores", 1, "score", "86.00", "36.00"), "the identities make it 86.00"),
        (decide("indicator_scores", 11, "score", "90.00", "91.00"), "there is no such record"),
        (decide("indicator_scores", 1, "score", "90.01", "91.00"), "what stands there now is 90.00, not '90.01'"),
        (decide("agency_scores", 1, "target_passed", "false", "true"), "what stands there now is true, not 'false'"),
        (decide("indicator_scores", 1, "score", "90.00", "91.00", page=7), "the record stands on page 2, not 7"),
        (decide("survey_items", 1, "item_text", "ข", "ค"), "what stands there now is ก, not 'ข'"),
    ],
)
def test_what_is_right_already_is_not_made_wrong(decision: Decision, reason: str) -> None:
    done, told = put(report(), decision)
    assert why(told)[0].startswith(reason), told
    assert done == settled(report(), (), RULES)[0]


def test_a_mistyped_total_does_not_make_the_machine_put_a_right_part_wrong() -> None:
    """88.40 typed as 83.40 would hold if IIT were 69.33, and no digit makes it that; 88.70 if IIT were 87.00: one digit."""
    for typed in ("88.70", "83.40", "88.10"):
        done, told = put(report(), decide("agency_scores", 1, "score", "88.40", typed))
        assert told[0].outcome == "fails"
        assert done == settled(report(), (), RULES)[0]


def test_what_no_identity_covers_is_corrected_and_said_to_be() -> None:
    done, told = put(report(), decide("survey_items", 1, "score", "71.00", "77.00"))
    record = one_of(done, "survey_items", 1)
    assert (record.score, record.verification) == (Decimal("77.00"), "corrected")  # type: ignore[union-attr]
    assert told[0].outcome == "corrected"


def test_a_text_is_corrected_without_a_word_on_numbers() -> None:
    decisions = (
        decide("survey_items", 1, "item_text", "ก", "ก ข"),
        decide("measures", 1, "measure", "ให้ความรู้", "ให้ความรู้แก่บุคลากร"),
        decide("measures", 1, "period", None, "ไตรมาส 1"),
    )
    done, told = put(report(), *decisions)
    question, measure = one_of(done, "survey_items", 1), one_of(done, "measures", 1)
    assert (question.item_text, question.verification) == ("ก ข", "unverified")  # type: ignore[union-attr]
    assert (measure.measure, measure.period) == ("ให้ความรู้แก่บุคลากร", "ไตรมาส 1")  # type: ignore[union-attr]
    assert {check.outcome for check in told} == {"corrected"}


def test_accepting_and_dismissing_change_nothing_and_are_told() -> None:
    misread = report({1: "96.00", 2: "83.00"})
    accept = decide("indicator_scores", 1, "score", "96.00", None, decision="accept", why="")
    dismiss = decide("indicator_scores", 2, "score", "83.00", "83.00", decision="dismiss")
    done, told = put(misread, accept, dismiss)
    assert done == settled(misread, (), RULES)[0]
    assert [check.outcome for check in told] == ["holds", "holds"]
    assert told[0].observed == "score 96.00; accept by สมชาย, 2026-01-31"
    stale = decide("indicator_scores", 1, "score", "95.00", None, decision="accept")
    assert why(put(misread, stale)[1])[0].startswith("what stands there now is 96.00")


def test_what_the_machine_put_right_may_be_named_by_what_was_read_or_by_what_is_published() -> None:
    misread = report(instruments={"OIT": "35.00"})
    plain, checks = settled(misread, (), RULES)
    assert one_of(plain, "instrument_scores", 3).verification == "corrected"  # type: ignore[union-attr]
    for before in ("35.00", "95.00"):
        accept = decide("instrument_scores", 3, "score", before, None, decision="accept")
        assert put(misread, accept)[1][0].outcome == "holds"
    done, told = put(misread, decide("instrument_scores", 3, "score", "35.00", "95.00"))
    assert told[0].outcome == "corrected"
    assert one_of(done, "instrument_scores", 3).score == Decimal("95.00")  # type: ignore[union-attr]
    back = decide("instrument_scores", 3, "score", "95.00", "35.00")
    assert why(put(misread, back)[1])[0].startswith("the identities make it 95.00")
    assert any(check.identity == "single_misreading" for check in checks)


def test_one_mistyped_decision_does_not_take_the_right_ones_with_it() -> None:
    misread = report({1: "96.00", 6: "30.00", 7: "32.00"})
    right = decide("indicator_scores", 6, "score", "30.00", "80.00"), decide("indicator_scores", 7, "score", "32.00", "82.00")
    wrong = decide("indicator_scores", 3, "score", "86.00", "68.00")
    done, told = put(misread, right[0], wrong, right[1])
    assert [check.outcome for check in told] == ["corrected", "fails", "corrected"]
    assert [one_of(done, "indicator_scores", no).score for no in (3, 6, 7)] == [
        Decimal("86.00"),
        Decimal("80.00"),
        Decimal("82.00"),
    ]  # type: ignore[union-attr]


def test_a_name_that_was_misread_is_corrected_with_its_agency() -> None:
    ranking = [
        total(
            "80.00", agency_name="จังหวัดลำปู", agency_name_printed="จังหวัดลำปู", province=None, agency_id=None, identity_match="none"
        ),
        total("81.00", agency_name="เทศบาลตำบลบ้านฝาง", agency_type="เทศบาลตำบล", province="ขอนแก่น", agency_id=None, row_no=2),
    ]
    name = decide("agency_scores", 1, "agency_name", "จังหวัดลำปู", "จังหวัดลำพูน")
    where = decide("agency_scores", 2, "district", None, "กระนวน")
    done, told = put([replace(one, grade=None, target_passed=None) for one in ranking], name, where)
    assert why(told) == ["", ""]
    first, second = done
    assert isinstance(first, AgencyScore)
    assert isinstance(second, AgencyScore)
    assert (first.agency_id, first.agency_name, first.province, first.identity_match) == ("PROV-51", "จังหวัดลำพูน", "ลำพูน", "exact")
    assert first.agency_name_printed == "จังหวัดลำปู"
    assert (second.agency_id, second.district) == ("TMUN-400907", "กระนวน")
    still = decide("agency_scores", 2, "agency_name", "เทศบาลตำบลบ้านฝาง", "เทศบาลตำบลบ้านฝาง ")
    assert why(put(ranking, still)[1])[0].endswith("correct its province or district too")


def test_an_agency_by_its_id() -> None:
    unknown = [replace(indicator(1, "80.00"), agency_id=None, agency_name="ลำพุน")]
    done, told = put(unknown, decide("indicator_scores", 1, "agency_id", None, "PROV-51"))
    assert told[0].outcome == "corrected"
    assert done[0].agency_id == "PROV-51"  # type: ignore[union-attr]
    assert why(put(unknown, decide("indicator_scores", 1, "agency_id", None, "PROV-99"))[1]) == ["no agency has the id 'PROV-99'"]


def test_two_rows_about_one_thing_are_settled_by_correcting_one() -> None:
    twice = [*report(), replace(item_again := report()[-2], page=9, score=Decimal("11.00"))]  # type: ignore[call-arg]
    assert item_again.dataset == "survey_items"
    plain, _ = settled(twice, (), RULES)
    assert one_of(plain, "survey_items", 2).verification == "contradicted"  # type: ignore[union-attr]
    done, told = put(twice, decide("survey_items", 2, "score", "11.00", "71.00"))
    assert told[0].outcome == "corrected"
    assert "contradicted" not in {record.verification for record in done if record.dataset == "survey_items"}  # type: ignore[union-attr]
    assert why(put(twice, decide("survey_items", 2, "score", "11.00", "17.00"))[1])[0]


def test_records_are_counted_as_they_are_published() -> None:
    """A record of 812.6 breaks the limits of its column and is a reject: the next one has its number."""
    records = [replace(report()[-2], item_code="I8", score=Decimal("812.60")), *report()]  # type: ignore[call-arg]
    done, told = put(records, decide("survey_items", 1, "score", "71.00", "77.00"))
    assert told[0].outcome == "corrected"
    assert [record.score for record in done if record.dataset == "survey_items"] == [Decimal("812.60"), Decimal("77.00")]  # type: ignore[union-attr]


def test_a_part_of_the_total_is_corrected_as_the_page_prints_it() -> None:
    """28.40 of 30 is 94.67 of 100, and known as exactly as two decimals of 30 are."""
    weighted = replace(instrument("IIT", "93.47"), score_printed="28.04")
    done, told = put([weighted], decide("instrument_scores", 1, "score", "28.04", "28.40"))
    assert told[0].outcome == "corrected"
    assert (done[0].score, done[0].score_printed) == (Decimal("94.67"), "28.40")  # type: ignore[union-attr]
    done, told = put([weighted], decide("instrument_scores", 1, "score", "93.47", "94.67"))
    assert (done[0].score, done[0].score_printed) == (Decimal("94.67"), "28.04")  # type: ignore[union-attr]


def test_a_decision_about_a_reject_or_a_check_is_told_and_changes_nothing() -> None:
    rejects = [Reject(page=1, target="agency_scores", reason="NO_NAME", detail="", raw_text="x" * 500, bbox=None)]
    words = {"after": None, "decision": "dismiss"}
    decisions = (
        decide("rejects", 1, "raw_text", "x" * 500, **words),
        decide("rejects", 1, "raw_text", "y", **words),
        decide("checks", 9, "observed", "86.000", **words),
        decide("indicator_scores", 1, "score", "90.00", **words),
    )
    told = list(noted(decisions, rejects))
    assert [(check.subject, check.outcome) for check in told] == [
        ("rejects/1", "holds"),
        ("rejects/1", "fails"),
        ("checks/9", "holds"),
    ]
    assert len(told[0].observed) < 300
    assert [check.subject for check in settled(report(), decisions, RULES)[1] if check.identity == HUMAN] == ["indicator_scores/1"]


SCORES = st.integers(0, 10_000).map(lambda cents: f"{Decimal(cents) / 100:.2f}")


@settings(max_examples=15)
@given(st.dictionaries(st.integers(1, 10), SCORES, max_size=3), st.lists(st.tuples(st.integers(1, 10), SCORES), max_size=4))
def test_no_decision_breaks_what_held(misread: dict[int, str], wanted: list[tuple[int, str]]) -> None:
    """Whatever was misread and whatever is typed: an identity that held goes on to hold; and what is refused changes nothing."""
    records = report(misread)
    plain, checks = settled(records, (), RULES)
    decisions = [
        decide("indicator_scores", no, "score", str(plain[no].score), after)  # type: ignore[union-attr]
        for no, after in dict(wanted).items()
        if Decimal(after) != plain[no].score  # type: ignore[union-attr]
    ]
    done, after = settled(records, decisions, RULES)
    told = [check for check in after if check.identity == HUMAN]
    for one, check in zip(decisions, told, strict=True):
        if check.outcome == "corrected":
            assert f"{done[one.record_no].score:.2f}" == one.after  # type: ignore[union-attr]
    held = {(check.identity, check.subject) for check in checks if check.outcome == "holds"}
    assert not held & {(check.identity, check.subject) for check in after if check.outcome == "fails"}
    if all(check.outcome == "fails" for check in told):
        assert done == plain
