"""Seed 001: a province's analysis of its results of 2568, and the plan for 2569 that follows; OCR output with HTML in its cells."""

from __future__ import annotations

from ita_extract.model.record import ItemFinding, Measure
from tests.seeds import digests
from tests.seeds.digests import gold, read_seed

pytestmark = digests.needs_seeds
NAME = "001"
MISREAD = {"I1": "i1", "I2": "i2", "I3": "i3", "I4": "14", "I5": "15", "I6": "16", "I7": "17", "I8": "18", "I9": "19", "E5": "e5"}


def test_it_is_an_analysis_of_the_year_that_its_title_names() -> None:
    document = read_seed(NAME).document
    assert (document.document_type, document.fiscal_year, document.agency_name) == ("analysis", 2568, "จังหวัดลำพูน")
    assert (document.status, read_seed(NAME).rejects) == ("parsed", ())


def test_the_total_and_its_level() -> None:
    assert digests.totals_told(read_seed(NAME).records) == [(2568, "90.14", "ผ่าน", "จังหวัดลำพูน")]


def test_ten_indicators() -> None:
    expected = [(2568, no, score, "จังหวัดลำพูน") for no, score in enumerate(gold(NAME)["indicators"], 1)]
    assert digests.indicators_told(read_seed(NAME).records) == expected


def test_findings_of_every_item() -> None:
    """24 items of the surveys and 28 of OIT; E4 and E5 share one paragraph, and it stands once with both codes."""
    assert digests.findings_told(read_seed(NAME).records) == gold(NAME)["findings"]
    found = digests.of_kind(ItemFinding, read_seed(NAME).records)
    surveys = [f"I{n}" for n in range(1, 16)] + [f"E{n}" for n in range(1, 10)]
    assert [code for one in found for code in one.item_codes] == [*surveys, *(f"O{n}" for n in range(1, 29))]
    assert {one.fiscal_year for one in found} == {2568}


def test_codes_that_are_not_printed_as_they_are_meant_are_told() -> None:
    told = {check.expected: check.observed for check in read_seed(NAME).checks if check.identity == "item_code"}
    assert told == MISREAD


def test_the_seven_rows_of_the_plan() -> None:
    """One row is parted by the end of a page; the measures are for the year after the results."""
    assert digests.measures_told(read_seed(NAME).records) == gold(NAME)["measures"]
    assert {one.fiscal_year for one in digests.of_kind(Measure, read_seed(NAME).records)} == {2569}


def test_nothing_else_is_read_from_it() -> None:
    assert len(read_seed(NAME).records) == 1 + 10 + 51 + 7


def test_every_row_of_its_tables_is_accounted_for() -> None:
    (rows,) = (check for check in read_seed(NAME).checks if check.identity == "rows_accounted")
    assert rows.outcome == "holds", rows
