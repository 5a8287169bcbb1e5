"""The short cut of a sum says what adding everything up anew would say; and what is verified has no misreading that would pass."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.checks.cells import COUNTS, HUNDRED, Print, numbers_of
from ita_extract.checks.fractions import Answers, survey_of, ways
from ita_extract.checks.interval import Interval, printed
from ita_extract.checks.judge import Case, check_records
from ita_extract.checks.misreadings import misreadings, readings_before
from ita_extract.checks.network import Network, Node, Sum
from ita_extract.checks.scales import FOUR_STEP
from ita_extract.model.record import Record, SurveyRow
from ita_extract.rulebook.load import load_rulebook
from samples.forge.dice import Dice
from tests.checks.planting import documents

VALUES = st.decimals(0, 100, places=2)
FACTORS = st.sampled_from([Decimal(1), Decimal("0.3"), Decimal("-50"), Decimal("17")])


@given(st.lists(st.tuples(VALUES, FACTORS), min_size=1, max_size=6), VALUES, VALUES, st.integers(0, 6))
def test_one_other_value_is_judged_as_if_all_were_added_anew(
    parts: list[tuple[Decimal, Decimal]], target: Decimal, other: Decimal, place: int
) -> None:
    values: dict[Node, Interval] = {(at, "score"): printed(value) for at, (value, _) in enumerate(parts, 1)}
    values[0, "score"] = printed(target)
    one = Sum("mean", 0, (0, "score"), {(at, "score"): factor for at, (_, factor) in enumerate(parts, 1)}, Decimal(len(parts)))
    node = (min(place, len(parts)), "score")
    anew = Network(values | {node: printed(other)}, [one])
    assert Network(values, [one]).allows(node, printed(other)) is anew.finding(one).holds


def test_the_order_of_datasets_does_not_matter() -> None:
    for records in documents()[-2:]:
        shuffled = sorted(enumerate(records), key=lambda pair: (pair[1].dataset[::-1], pair[0]))
        straight, _ = check_records(records, load_rulebook().frameworks)
        other, _ = check_records([record for _, record in shuffled], load_rulebook().frameworks)
        found = {at: getattr(record, "verification", None) for (at, _), record in zip(shuffled, other, strict=True)}
        assert found == {at: getattr(record, "verification", None) for at, record in enumerate(straight)}


@pytest.mark.parametrize("number", [0, 1, 3])
def test_what_is_verified_has_no_passing_misreading(number: int) -> None:
    """Every misreading of every verified number, put in its place: some identity fails."""
    frameworks = load_rulebook().frameworks
    records = documents()[number]
    found, _ = check_records(records, frameworks)
    covered = Case.of(records, frameworks).network.of
    tried = 0
    for at, record in enumerate(found):
        if getattr(record, "verification", None) != "verified" or tried > 400:
            continue
        for field, value in numbers_of(record):
            if not covered.get((at, field)):
                continue
            for other in misreadings(Decimal(value)):
                if field not in COUNTS and other > HUNDRED:
                    continue
                put: Record = replace(records[at], **{field: int(other) if field in COUNTS else other})  # type: ignore[arg-type]
                network = Case.of((*records[:at], put, *records[at + 1 :]), frameworks).network
                assert any(not network.finding(one).holds for one in network.of[at, field]), (record, field, other)
                tried += 1
                if tried > 400:
                    return
    assert tried


@given(st.decimals(0, 100, places=2))
def test_a_misreading_can_be_undone(value: Decimal) -> None:
    """All but one: nothing that was printed as 5.00 is read as 15.00 by one slip, unless a zero stood in front."""
    for other in misreadings(value):
        assert other != value
        longer = -int(other.as_tuple().exponent) == 2 and len(str(int(other))) > len(str(int(value)))
        assert longer or value in set(readings_before(other, 2)), (value, other)


@given(st.lists(st.integers(0, 200), min_size=4, max_size=4).filter(lambda counts: 0 < sum(counts) <= 700))
def test_the_true_number_of_answers_is_among_the_ways(counts: list[int]) -> None:
    total = sum(counts)
    shares = [printed((Decimal(count) * 100 / total).quantize(Decimal("0.01"))) for count in counts]
    assert Answers(total, tuple(counts)) in ways(shares, 700)


def test_shares_of_no_meaning_are_no_counts() -> None:
    """Numbers drawn at random fit some number of answers now and then, never all of them: then nothing is concluded."""
    dice = Dice("shares of no meaning")
    rows = []
    for number in range(40):
        cuts = sorted(dice.whole(f"{number}/{cut}", 1, 9_999) for cut in range(3))
        parts = [cuts[0], cuts[1] - cuts[0], cuts[2] - cuts[1], 10_000 - cuts[2]]
        rows.append([printed(Decimal(part) / 100) for part in parts])
    assert survey_of(rows) is None


def test_every_number_of_a_record_is_a_cell() -> None:
    for records in documents():
        values = Print.of(records, load_rulebook().frameworks).values(records)
        assert set(values) == {(at, field) for at, record in enumerate(records) for field, _ in numbers_of(record)}


def survey(year: int, **changes: Decimal) -> list[SurveyRow]:
    """Rows of a survey of 200 answers each, all but the first scored as its shares make it."""
    rows = []
    for number, counts in enumerate([(2, 10, 88, 100), (0, 31, 69, 100), (7, 13, 80, 100), (1, 9, 40, 150), (20, 30, 50, 100)], 1):
        shares = dict(zip(FOUR_STEP, (Decimal(count * 100) / 200 for count in counts), strict=True))
        weights = (0, 33, 67, 100)
        score = sum((Decimal(w) * share for w, share in zip(weights, shares.values(), strict=True)), Decimal(0)) / 100
        row = SurveyRow(
            page=1,
            fiscal_year=year,
            item_code=f"I{number}",
            row_no=1,
            row_text=None,
            scale="four_step",
            direction=None,
            score=score.quantize(Decimal("0.01"), ROUND_HALF_UP),
            bbox=None,
            agency_id="PROV-51",
            share_yes=None,
            share_no=None,
            **shares,
        )
        rows.append(replace(row, **changes) if number == 1 else row)  # type: ignore[arg-type]
    return rows


@pytest.mark.parametrize("year", [2563, 2567])
def test_rows_of_a_year_without_a_scale_are_weighed_by_that_of_another_where_they_agree(year: int) -> None:
    """The scale of 2567 is not sourced, and nobody tells which way a row counts: a misread share is put right all the same."""
    frameworks = load_rulebook().frameworks
    true = survey(year)
    assert {check.outcome for check in check_records(true, frameworks)[1]} == {"holds"}
    found, checks = check_records(survey(year, share_much=Decimal("14.00")), frameworks)
    assert getattr(found[0], "share_much", None) == Decimal("44.00")
    assert [check.identity for check in checks if check.outcome == "corrected"] == ["single_misreading"]


def test_rows_that_another_years_scale_does_not_make_are_not_weighed() -> None:
    rows = [replace(row, score=Decimal("50.00")) for row in survey(2567)]
    _, checks = check_records(rows, load_rulebook().frameworks)
    assert "row_from_shares" not in {check.identity for check in checks}


def test_the_questions_that_most_answered_are_believed_where_two_say_so() -> None:
    """The most answers of a survey were once those of the ninth row of ten: a misread one at the top pulled it below true ones."""
    totals = [618, 617, *range(488, 498)]
    rows = [
        [printed((Decimal(count) * 100 / total).quantize(Decimal("0.01"))) for count in (19, 7, 201, total - 227)]
        for total in totals
    ]
    found = survey_of(rows)
    assert found is not None
    assert found.most >= 618
