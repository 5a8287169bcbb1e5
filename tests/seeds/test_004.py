"""Seed 004: a provincial organisation's report on the first half of 2566; the worst damage of all, and rows over several pages."""

from __future__ import annotations

import re

from ita_extract.model.record import Measure
from tests.seeds import digests
from tests.seeds.digests import gold, read_seed

pytestmark = digests.needs_seeds
NAME = "004"
AGENCY = "องค์การบริหารส่วนจังหวัดอุบลราชธานี"
SPLIT = re.compile(r"[ก-ฮ][\u0e48-\u0e4b]? า|(?:(?<![ก-ฮ])[ก-ฮ] ){3}|\d\s+[.](?=\s)")


def test_it_is_a_report_of_the_year_that_its_title_names() -> None:
    document = read_seed(NAME).document
    assert (document.document_type, document.fiscal_year, document.agency_name) == ("measures_report", 2566, AGENCY)
    assert (document.status, read_seed(NAME).rejects) == ("parsed", ())


def test_all_measures_of_its_eleven_pages() -> None:
    assert digests.measures_told(read_seed(NAME).records) == gold(NAME)["measures"]
    assert {(one.fiscal_year, one.agency_name) for one in digests.of_kind(Measure, read_seed(NAME).records)} == {(2566, AGENCY)}


def test_split_letters_are_mended() -> None:
    for one in digests.of_kind(Measure, read_seed(NAME).records):
        for text in (one.topic, one.responsible, one.result, one.follow_up, *one.steps):
            assert text and not SPLIT.search(text), text


def test_nothing_else_is_read_from_it() -> None:
    assert len(read_seed(NAME).records) == 8
