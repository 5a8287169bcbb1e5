"""Seed 000: a province's measures for 2568, built on its results of 2567; a text layer without geometry."""

from __future__ import annotations

from ita_extract.model.record import ItemFinding, Measure
from tests.seeds import digests
from tests.seeds.digests import gold, read_seed

pytestmark = digests.needs_seeds
NAME = "000"


def test_it_is_a_plan_of_the_year_that_its_title_names() -> None:
    document = read_seed(NAME).document
    assert (document.document_type, document.fiscal_year, document.agency_name) == ("measures_plan", 2568, "จังหวัดลำพูน")
    assert (document.status, read_seed(NAME).rejects) == ("parsed", ())


def test_the_total_and_its_level() -> None:
    """The rank that the sentence claims is the running number of a list, and is in no record."""
    assert digests.totals_told(read_seed(NAME).records) == [(2567, "94.25", "ผ่านดี", "จังหวัดลำพูน")]


def test_ten_indicators() -> None:
    expected = [(2567, no, score, "จังหวัดลำพูน") for no, score in enumerate(gold(NAME)["indicators"], 1)]
    assert digests.indicators_told(read_seed(NAME).records) == expected


def test_seven_topics_with_items_and_scores() -> None:
    assert digests.findings_told(read_seed(NAME).records) == gold(NAME)["findings"]
    assert {one.fiscal_year for one in digests.of_kind(ItemFinding, read_seed(NAME).records)} == {2567}


def test_the_rows_of_the_plan() -> None:
    """Period and owner stand once, beside the first row."""
    assert digests.measures_told(read_seed(NAME).records) == gold(NAME)["measures"]
    assert {(one.fiscal_year, one.agency_name) for one in digests.of_kind(Measure, read_seed(NAME).records)} == {
        (2568, "จังหวัดลำพูน")
    }


def test_nothing_else_is_read_from_it() -> None:
    assert len(read_seed(NAME).records) == 1 + 10 + 7 + 7
