"""What a document says twice, in order, or as the mean of its rows puts right what one sum alone cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from ita_extract.checks.cells import Print
from ita_extract.checks.judge import check_records
from ita_extract.model.record import AgencyScore, Check, IndicatorScore, InstrumentScore, OitItem, ProvinceScore, Record
from ita_extract.rulebook.load import load_rulebook
from samples.forge import forge_announcement
from samples.forge.agencies import PROVINCE, TAMBON
from samples.forge.dice import Dice
from samples.forge.regional import Volume, draw_volume, forge_regional
from tests.checks.forged import records_of

CENT = Decimal("0.01")
YEAR, PLACE = 2564, "ตราด"
FRAMEWORKS = load_rulebook().frameworks
WEIGHTS = {"IIT": Decimal("0.3"), "EIT": Decimal("0.3"), "OIT": Decimal("0.4")}


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)


def agency(number: int, score: str, **more: Any) -> AgencyScore:
    known: dict[str, Any] = {
        "page": 1,
        "table_no": 1,
        "agency_type": "เทศบาลตำบล",
        "fiscal_year": YEAR,
        "row_no": number,
        "agency_name": f"เทศบาลตำบล{number}",
        "agency_name_printed": f"เทศบาลตำบล{number}",
        "province": PLACE,
        "district": None,
        "score": Decimal(score),
        "score_printed": score,
        "grade": None,
        "target_passed": None,
        "is_current_year": True,
        "bbox": None,
        "agency_id": f"TMUN-{number}",
    }
    return AgencyScore(**{**known, **more})


def province(score: str, **more: Any) -> ProvinceScore:
    return ProvinceScore(page=2, fiscal_year=YEAR, province=PLACE, score=Decimal(score), **more)


def indicator(number: int, score: Decimal, subject: str, name: str | None) -> IndicatorScore:
    code = next(one.instrument for one in FRAMEWORKS[2563].indicators if one.no == number)
    return IndicatorScore(
        page=1,
        subject=subject,  # type: ignore[arg-type]
        agency_name=name,
        agency_type=None,
        province=PLACE,
        fiscal_year=YEAR,
        instrument=code,
        indicator_no=number,
        indicator_name="การใช้อำนาจ",
        score=score,
        score_printed=str(score),
        bbox=None,
        agency_id=name,
    )


def volume(agencies: int, *, own: bool = True) -> list[Record]:
    """A province by agency, with ten indicators each, and the province by indicator: the means of its agencies, or its `own`."""
    dice = Dice(f"volume/{agencies}")
    table = [[Decimal(dice.whole(f"{row}/{no}", 4500, 9999)) / 100 for no in range(1, 11)] for row in range(agencies)]
    means = [cents(mean(column)) for column in zip(*table, strict=True)]
    if own:
        means = [value - 3 for value in means]
    records: list[Record] = []
    for row, values in enumerate(table, 1):
        records += [indicator(no, value, "agency", f"TMUN-{row}") for no, value in enumerate(values, 1)]
        records.append(agency(row, str(total(values))))
    records += [indicator(no, value, "province", None) for no, value in enumerate(means, 1)]
    return [*records, province(str(total(means)))]


def total(values: Sequence[Decimal]) -> Decimal:
    parts = {"IIT": values[:5], "EIT": values[5:8], "OIT": values[8:]}
    return cents(sum((WEIGHTS[code] * mean(part) for code, part in parts.items()), Decimal(0)))


def misread(records: Sequence[Record], at: int, score: str) -> tuple[Record, ...]:
    done = list(records)
    done[at] = replace(done[at], score=Decimal(score), **({"score_printed": score} if hasattr(done[at], "score_printed") else {}))  # type: ignore[call-arg]
    return tuple(done)


def outcomes(checks: Sequence[Check], identity: str) -> list[str]:
    return [check.outcome for check in checks if check.identity == identity]


def score_of(record: Record) -> Decimal:
    value = getattr(record, "score", None)
    assert isinstance(value, Decimal)
    return value


def swapped(score: Decimal) -> str:
    """The score with its second digit five more, or less: as large a slip in one indicator is undone as well in another."""
    digit = int(str(score)[1])
    return f"{str(score)[0]}{(digit + 5) % 10}{str(score)[2:]}"


@pytest.mark.parametrize("at", [0, 3, 6, 9, 14, 25])
def test_a_cell_of_a_province_is_put_right_by_its_row_and_its_column(at: int) -> None:
    true = volume(6, own=False)
    found, checks = check_records(misread(true, at, swapped(score_of(true[at]))), FRAMEWORKS)
    assert (score_of(found[at]), getattr(found[at], "verification", None)) == (score_of(true[at]), "corrected")
    assert [score_of(one) for one in found] == [score_of(one) for one in true]
    assert set(outcomes(checks, "province_from_rows")) == {"holds"}
    alone, _ = check_records(misread(volume(6), at, swapped(score_of(true[at]))), FRAMEWORKS)
    assert getattr(alone[at], "verification", None) == "contradicted"  # the row alone does not tell which of its indicators


def test_means_that_are_not_those_of_the_rows_are_no_identity() -> None:
    """A volume that holds some of the agencies of a province contradicts nothing."""
    found, checks = check_records(volume(6), FRAMEWORKS)
    assert outcomes(checks, "province_from_rows") == []
    assert {getattr(one, "verification", None) for one in found} <= {"consistent", "verified"}


def test_one_agency_missing_from_a_column_is_no_contradiction() -> None:
    records = volume(6, own=False)
    found, checks = check_records([*records[:3], *records[4:]], FRAMEWORKS)
    assert "fails" not in outcomes(checks, "province_from_rows")
    assert all(getattr(one, "verification", None) != "contradicted" for one in found)


def test_what_is_printed_twice_puts_one_of_both_right() -> None:
    records = [*volume(6), *(one for one in volume(6) if getattr(one, "subject", "") == "province"), province("0")]
    records[-1] = replace(records[-1], score=score_of(volume(6)[-1]))  # type: ignore[call-arg]
    at = next(at for at, one in enumerate(records) if getattr(one, "subject", "") == "province")
    found, checks = check_records(misread(records, at, swapped(score_of(records[at]))), FRAMEWORKS)
    assert (score_of(found[at]), getattr(found[at], "verification", None)) == (score_of(records[at]), "corrected")
    assert set(outcomes(checks, "printed_twice")) == {"holds"}
    twice = [one for one in found if getattr(one, "subject", "") == "province" or isinstance(one, ProvinceScore)]
    assert {getattr(one, "verification", None) for one in twice} == {"verified", "corrected"}


def test_two_agencies_of_one_unresolved_name_are_not_one() -> None:
    pair = [agency(1, "80.00", agency_id=None, agency_name="ก"), agency(2, "70.00", agency_id=None, agency_name="ก")]
    _, checks = check_records(pair, FRAMEWORKS)
    assert outcomes(checks, "printed_twice") == []


def sorted_list(count: int) -> list[Record]:
    return [agency(row, f"{97 - 2 * row}.{10 + row}") for row in range(1, count + 1)]


@pytest.mark.parametrize(("read", "state"), [("17.20", "corrected"), ("73.20", "contradicted")])
def test_a_score_out_of_the_order_of_its_list_is_seen(read: str, state: str) -> None:
    """77.20 stands between 79.19 and 75.21. So 17.20 was 77.20; 73.20 may have been 76.20, 78.20 or 79.20's misreading as well."""
    records = sorted_list(20)
    assert outcomes(check_records(records, FRAMEWORKS)[1], "scores_by_rank") == ["holds"]
    found, checks = check_records(misread(records, 9, read), FRAMEWORKS)
    assert getattr(found[9], "verification", None) == state
    told = [(check.subject, check.outcome) for check in checks if check.identity == "scores_by_rank"]
    if state == "corrected":
        assert (score_of(found[9]), told) == (Decimal("77.20"), [("agency_scores of table 1, 2564", "holds")])
    else:
        assert told == [("agency_scores of table 1, 2564", "fails"), ("agency_scores/11", "fails")]
        assert sum(getattr(one, "verification", None) == "contradicted" for one in found) == 2  # it and its neighbour


def test_a_list_by_name_is_in_no_order_of_scores() -> None:
    scores = ("80.10", "90.20", "70.30", "85.40", "60.50", "99.60", "55.70", "77.80", "88.90", "66.00", "91.10")
    _, checks = check_records([agency(row, score) for row, score in enumerate(scores)], FRAMEWORKS)
    assert outcomes(checks, "scores_by_rank") == []


def weighted(agencies: int) -> list[Record]:
    """Agencies with their instruments as parts of 30, 30 and 40, and their total."""
    dice, records = Dice("weighted"), []
    for row in range(1, agencies + 1):
        parts = {code: Decimal(dice.whole(f"{row}/{code}", 1500, int(weight * 10000))) / 100 for code, weight in WEIGHTS.items()}
        records += [
            InstrumentScore(
                page=1,
                subject="agency",
                agency_name=f"TMUN-{row}",
                province=PLACE,
                fiscal_year=YEAR,
                instrument=code,
                part=None,
                score=cents(part / WEIGHTS[code]),
                score_printed=str(part),
                bbox=None,
                agency_id=f"TMUN-{row}",
            )
            for code, part in parts.items()
        ]
        records.append(agency(row, str(sum(parts.values())), table_no=None))
    return records


def test_a_part_of_the_total_is_misread_as_it_is_printed() -> None:
    """26.24 of 30 read as 20.24 is a score of 67.47 for 87.47: no slip of one digit in the score, but of one in the print."""
    records = weighted(8)
    how = Print.of(records, FRAMEWORKS)
    assert how.whole(records[0]) == Decimal("0.3")
    part = str(how.digits(records[0], "score"))
    wrong = part[0] + ("0" if part[1] != "0" else "6") + part[2:]
    value, _ = how.read_as(records[0], "score", Decimal(wrong))
    bad = [replace(records[0], score=value, score_printed=wrong), *records[1:]]  # type: ignore[call-arg]
    found, checks = check_records(bad, FRAMEWORKS)
    told = [check for check in checks if check.outcome == "fails"]
    if told:  # another number of the row may be wrong as well: then the true one is among the candidates
        assert f"{value} for {score_of(records[0])}" in " ".join(check.observed for check in told)
    else:
        assert score_of(found[0]) == score_of(records[0])
    assert {check.outcome for check in check_records(records, FRAMEWORKS)[1]} == {"holds"}


def test_the_instruments_of_a_ranking_have_the_means_of_the_types_indicators() -> None:
    forged = forge_announcement(4, year=2567, types=[PROVINCE, TAMBON], rows_per_type=12, parts=True)
    records = list(records_of(forged.expected))
    for at, one in enumerate(records):
        if isinstance(one, IndicatorScore):
            rows = [
                score_of(part)
                for part in records
                if isinstance(part, InstrumentScore)
                and part.instrument == one.instrument
                and any(
                    isinstance(row, AgencyScore) and row.agency_name == part.agency_name and row.agency_type == one.agency_type
                    for row in records
                )
            ]
            records[at] = replace(one, score=cents(mean(rows)))
    _, checks = check_records(records, FRAMEWORKS)
    made = outcomes(checks, "type_indicators_from_rows")
    assert made in ([], ["holds"] * 6)
    assert "fails" not in made


def test_an_item_of_oit_has_one_of_its_scores() -> None:
    def item(code: str, score: str) -> OitItem:
        texts = ("item_name", "item_key", "indicator_no", "sub_indicator_no", "sub_indicator_name", "section", "comment", "bbox")
        return OitItem(
            page=1, agency_name="ก", fiscal_year=2563, item_code=code, score=Decimal(score), **dict.fromkeys(texts), agency_id="a"
        )

    found, checks = check_records([item("O1", "100.00"), item("O2", "0.00"), item("O3", "190.00"), item("O4", "40.00")], FRAMEWORKS)
    assert [score_of(one) for one in found] == [Decimal(100), Decimal(0), Decimal(100), Decimal(40)]
    assert [getattr(one, "verification", None) for one in found] == ["consistent", "consistent", "corrected", "contradicted"]
    assert outcomes(checks, "oit_item_score") == ["holds", "holds", "holds", "fails"]


@pytest.mark.parametrize(("read", "grade", "true"), [("812.6", "B", "81.26"), ("8126", "B", "81.26"), ("850", "A", "85.00")])
def test_a_lost_point_is_put_back_where_the_grade_allows_one_place(read: str, grade: str, true: str) -> None:
    records = [agency(1, "77.31", grade="B"), agency(2, read, grade=grade), agency(3, "70.02", grade="C")]
    found, checks = check_records(records, FRAMEWORKS)
    assert (score_of(found[1]), getattr(found[1], "verification", None)) == (Decimal(true), "corrected")
    assert outcomes(checks, "single_misreading") == ["corrected"]


def test_a_number_that_cannot_be_a_score_takes_no_part() -> None:
    """It will be a reject: the rows that are left are counted without it, in checks as in the release."""
    records = [agency(1, "77.31", grade="B"), agency(2, "999", grade="C"), agency(3, "70.02", grade="C")]
    found, checks = check_records(records, FRAMEWORKS)
    assert [getattr(one, "verification", None) for one in found] == ["consistent", "contradicted", "consistent"]
    assert {check.subject for check in checks if check.identity == "grade_from_score"} == {"agency_scores/1", "agency_scores/2"}


def test_coarser_print_is_bounded_less() -> None:
    """A text that says 95.6 may mean 95.55; in a table of two decimals a 95.6 is 95.60."""
    text, table = [agency(1, "95.6", table_no=None)], [agency(1, "95.6"), agency(2, "77.31")]
    for records, low in ((text, "95.55"), (table, "95.595")):
        assert Print.of(records, FRAMEWORKS).stands_for(records[0], "score", Decimal("95.6")).low == Decimal(low)


def test_our_own_volumes_of_random_means_raise_no_alarm() -> None:
    for seed in range(4):
        whole: Volume = replace(draw_volume(Dice(f"alarm/{seed}")), tables=("agencies", "province", "pairs"))
        forged = forge_regional(seed, year=2564, provinces=2, agencies=5, volume=whole)
        printed = [one for one in records_of(forged.expected) if not isinstance(one, InstrumentScore)]  # parts, in other words
        _, checks = check_records(printed, FRAMEWORKS)
        assert {check.outcome for check in checks} == {"holds"}
