"""Several misreadings would explain a number, and another document prints what one of them, undone, gives: it was that one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from ita_extract.checks.judge import ELSEWHERE, check_records
from ita_extract.dataset import publish, put, read_dataset, verify
from ita_extract.dataset.diff import diff_releases
from ita_extract.model.record import AgencyScore, Check, Record
from ita_extract.proof import prover
from ita_extract.readback import BY_HAND
from ita_extract.settling import settler
from samples.forge.dice import Dice
from tests.checks.archive import ASKED, FRAMEWORKS, Shelf, judged_result, neighbours, settled, tabled
from tests.checks.planting import Planted, announcements, outcome, plant, regional_reports
from tests.dataset.build import KEY, MADE_BY, document_id


def left_open(shelf: tuple[tuple[Record, ...], ...], name: str) -> tuple[tuple[Record, ...], tuple[Record, ...], Planted]:
    """A true document, and the same with one score of an agency misread that its own sums leave `contradicted`."""
    for number in range(200):
        dice = Dice(f"{name}/{number}")
        true = dice.pick("document", shelf)
        records, planted = plant(true, dice)
        of_an_agency = getattr(records[planted.at], "subject", "agency") == "agency" and planted.field == "score"
        if of_an_agency and hasattr(records[planted.at], "agency_id") and outcome(records, planted) == "contradicted":
            return true, records, planted
    raise AssertionError("the sums of these documents settle everything")


@cache
def opened() -> tuple[tuple[Record, ...], tuple[Record, ...], Planted]:
    return left_open(announcements(), "open")


CASES = [pytest.param(announcements, id="next year's column"), pytest.param(regional_reports, id="the agency's own report")]


@pytest.mark.parametrize("shelf", CASES)
def test_one_of_several_readings_is_printed_by_another_document(shelf: Callable[[], tuple[tuple[Record, ...], ...]]) -> None:
    true, records, planted = left_open(shelf(), "open")
    found = settled(records, tabled(neighbours(true)))
    assert found is not None
    assert set(found.scores.values()) == {planted.true}
    [told] = [row for row in found.checks.to_pylist() if row["identity"] == ELSEWHERE]
    assert told["expected"].startswith(f"score {planted.true} (document ")
    assert told["observed"].startswith(f"score {planted.wrong}, which breaks ")
    assert {row["outcome"] for row in found.checks.to_pylist()} == {"holds", "corrected"}
    assert "characters_placed" in found.checks["identity"].to_pylist()
    assert sorted(found.checks["check_no"].to_pylist()) == list(range(1, found.checks.num_rows + 1))


def test_a_document_by_itself_is_left_as_it_is() -> None:
    true, records, _ = opened()
    assert settled(records, ()) is None
    assert settled(true, tabled(neighbours(true))) is None


def said_by_the_other(beside: Shelf, true: Record, **changes: Any) -> Shelf:
    """The other documents, with another score of the agency that is asked for."""
    found = []
    for one in beside:
        records = [replace(row, **changes) if _same_agency(row, true) else row for row in one.records]
        found.append(judged_result(one.document.file_name[:-4], one.document.document_type, one.document.fiscal_year or 0, records))
    return tuple(found)


def _same_agency(row: Record, other: Record) -> bool:
    return isinstance(row, AgencyScore) and isinstance(other, AgencyScore) and row.agency_id == other.agency_id


def test_what_no_single_misreading_gives_is_not_taken_from_another() -> None:
    true, records, planted = opened()
    score = Decimal("11.11")
    assert (
        settled(records, tabled(said_by_the_other(neighbours(true), true[planted.at], score=score, score_printed="11.11"))) is None
    )


def test_two_others_that_differ_settle_nothing() -> None:
    true, records, planted = opened()
    [other] = neighbours(true)
    [third] = said_by_the_other((other,), true[planted.at], score=Decimal("11.11"), score_printed="11.11")
    third = replace(third, document_id=document_id("a third"))
    assert settled(records, tabled((other, third))) is None


def test_what_is_printed_with_one_decimal_settles_nothing() -> None:
    true, records, planted = opened()
    row = true[planted.at]
    assert isinstance(row, AgencyScore)
    short = f"{row.score:.1f}"
    assert settled(records, tabled(said_by_the_other(neighbours(true), row, score=Decimal(short), score_printed=short))) is None


def published(folder: Path, shelf: Shelf) -> None:
    for one in shelf:
        put(folder, one, KEY)
    publish(folder, MADE_BY, settle=settler(FRAMEWORKS))


def test_a_release_prints_what_is_settled_and_proves_it_again(tmp_path: Path) -> None:
    true, records, planted = opened()
    year = true[planted.at].fiscal_year  # type: ignore[union-attr]
    published(tmp_path, (judged_result(ASKED, "announcement", year, records), *neighbours(true)))
    assert verify(tmp_path, prover(FRAMEWORKS)) == ()
    rows = read_dataset(tmp_path, "agency_scores", as_arrow=True)
    mine = rows.filter(pc.equal(rows["document_id"], document_id(ASKED)))
    states = {row["score"]: row["verification"] for row in mine.to_pylist()}
    assert states[float(planted.true)] == "corrected"
    assert float(planted.wrong) not in mine["score"].to_pylist() or planted.wrong in [getattr(one, "score", None) for one in true]
    assert "contradicted" not in rows["verification"].to_pylist()
    other = rows.filter(
        pc.and_(pc.not_equal(rows["document_id"], document_id(ASKED)), pc.equal(rows["score"], float(planted.true)))
    )
    assert "unverified" in other["verification"].to_pylist(), "what lent its score is not proved by that"
    national = read_dataset(tmp_path, "national_scores", as_arrow=True).to_pylist()
    assert all(row["statements_agree"] for row in national)

    put(tmp_path, judged_result("next year", "announcement", year + 1, []), KEY)
    publish(tmp_path, MADE_BY, settle=settler(FRAMEWORKS))
    rows = read_dataset(tmp_path, "agency_scores", as_arrow=True)
    assert float(planted.wrong) in rows["score"].to_pylist(), "the store keeps what the document gave by itself"
    assert "contradicted" in rows["verification"].to_pylist()


def test_what_another_document_settles_is_for_the_sake_of_that_document(tmp_path: Path) -> None:
    true, records, planted = opened()
    year = true[planted.at].fiscal_year  # type: ignore[union-attr]
    alone = judged_result(ASKED, "announcement", year, records)
    published(tmp_path / "alone", (alone,))
    published(tmp_path / "beside", (alone, *neighbours(true)))
    found = diff_releases(tmp_path / "alone", tmp_path / "beside")
    scores = [one for one in found.changes if one.dataset == "agency_scores" and one.kind == "changed" and "score" in one.before]
    assert [(one.before["score"], one.after["score"]) for one in scores] == [(float(planted.wrong), float(planted.true))]
    assert {one.why for one in found.changes} == {("document",)}


def test_a_release_whose_witness_is_changed_is_damaged(tmp_path: Path) -> None:
    """Its numbers may be the true ones; but who is said to print one of them does not."""
    true, records, planted = opened()
    year = true[planted.at].fiscal_year  # type: ignore[union-attr]
    published(tmp_path, (judged_result(ASKED, "announcement", year, records), *neighbours(true)))

    def tables(name: str) -> Any:
        table = read_dataset(tmp_path, name, as_arrow=True)
        if name != "checks":
            return table
        at = table.column_names.index("expected")
        lent = pc.equal(table["identity"], ELSEWHERE)
        wrong = pc.replace_substring_regex(table["expected"], r"agency_scores/\d+", "agency_scores/99999")
        return table.set_column(at, table.schema.field(at), pc.if_else(lent, wrong, table["expected"]))

    told = [detail for _, _, detail in prover(FRAMEWORKS)(tables)]
    assert any("where the same score of the same thing does not stand" in one for one in told), told


def test_what_a_person_decided_stands(tmp_path: Path) -> None:
    true, records, planted = opened()
    year = true[planted.at].fiscal_year  # type: ignore[union-attr]
    mine = judged_result(ASKED, "announcement", year, records)
    place = [at for at, one in enumerate(records) if one.dataset == records[planted.at].dataset].index(planted.at) + 1
    accepted = Check(
        identity=BY_HAND,
        subject=f"{records[planted.at].dataset}/{place}",
        expected=f"score {planted.wrong}",
        observed="seen on the page",
        tolerance="0",
        outcome="holds",
    )
    published(tmp_path, (replace(mine, checks=(*mine.checks, accepted)), *neighbours(true)))
    rows = read_dataset(tmp_path, "agency_scores", as_arrow=True)
    assert float(planted.wrong) in rows["score"].to_pylist()


def test_a_reading_that_is_alone_needs_no_witness() -> None:
    """What one document proves by itself is told as such, whatever others print."""
    for number in range(50):
        dice = Dice(f"alone/{number}")
        records, planted = plant(dice.pick("document", announcements()), dice)
        if outcome(records, planted) == "corrected":
            said = {(planted.at, planted.field): (Decimal(planted.true), "elsewhere")}
            _, checks = check_records(records, FRAMEWORKS, said)
            assert not any(check.identity == ELSEWHERE for check in checks)
            return
    raise AssertionError("nothing was put right")
