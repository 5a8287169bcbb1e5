"""Seed 002: a province's report on its measures of 2567; a text layer without geometry, cell after cell."""

from __future__ import annotations

from ita_extract.model.record import Measure
from tests.seeds import digests
from tests.seeds.digests import gold, read_seed

pytestmark = digests.needs_seeds
NAME = "002"


def test_it_is_a_report_of_the_year_that_its_title_names() -> None:
    document = read_seed(NAME).document
    assert (document.document_type, document.fiscal_year, document.agency_name) == ("measures_report", 2567, "จังหวัดเชียงใหม่")
    assert (document.status, read_seed(NAME).rejects) == ("parsed", ())


def test_a_total_that_eight_rows_repeat_is_one_statement() -> None:
    assert digests.totals_told(read_seed(NAME).records) == [(2567, "95.55", "ผ่านดี", "จังหวัดเชียงใหม่")]


def test_eight_measures_with_steps_owner_result_and_outcomes() -> None:
    assert digests.measures_told(read_seed(NAME).records) == gold(NAME)["measures"]
    assert {(one.fiscal_year, one.page) for one in digests.of_kind(Measure, read_seed(NAME).records)} == {(2567, 1)}


def test_nothing_else_is_read_from_it() -> None:
    assert len(read_seed(NAME).records) == 1 + 8
