"""Ten thousand agencies stay usable: the table is there at once, and a search answers while one types."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ita_extract.dataset import publish, put
from ita_extract.dataset.descriptor import Provenance
from ita_extract.model.record import AgencyScore
from ita_extract.site import write_site
from samples.forge.dice import Dice
from tests.dataset.build import document, result, score
from tests.site.conftest import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

AGENCIES, YEARS = 10_000, (2563, 2564, 2565, 2566, 2567, 2568)
FIRST_PAINT, SEARCH = 2_000, 100
"""Milliseconds."""
PAUSES = 5
"""Tries; the quickest counts, since other work on the machine is not the site's."""


def name_of(at: int) -> str:
    return f"เทศบาลตำบล{'กขคงจฉชซญฎ'[at % 10]}า{'นมยรลวศษสห'[at // 10 % 10]}ี{at}"


def scores_of(year: int) -> list[AgencyScore]:
    dice = Dice(year)
    provinces = ("ลำพูน", "เชียงใหม่", "ตาก", "แพร่", "น่าน", "ตรัง")
    rows = []
    for at in range(AGENCIES):
        value = Decimal(5000 + dice.whole(at, 0, 5000)) / 100
        agency = f"TMUN-{at:06}"
        rows.append(
            score(
                agency, f"{value:.2f}", year, agency_name=name_of(at), agency_name_printed=name_of(at), province=provinces[at % 6]
            )
        )
    return rows


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    for year in YEARS:
        put(folder / "data", result(str(year), *scores_of(year), document=document(fiscal_year=year)), str(year))
    publish(folder / "data", Provenance("1.0", "rules"))
    write_site(folder / "data", folder / "site")
    return folder / "site"


@pytest.mark.slow
def test_ten_thousand_agencies_are_usable(large: Path, browser: Browser) -> None:
    watched = Watched(browser.new_page())
    paints, searches = [], []
    wanted = name_of(AGENCIES - 7)
    for _ in range(PAUSES):
        page = watched.open(large / "scores.html", "#year=2567")
        page.locator("#table tbody th a").first.wait_for()
        paints.append(page.evaluate("performance.now()"))
        assert page.locator("#found").inner_text().count("10,000") == 1
        took = page.evaluate(
            """(text) => {
                const field = document.querySelector("input[type=search]");
                field.value = text;
                const start = performance.now();
                field.dispatchEvent(new Event("input", {bubbles: true}));
                return performance.now() - start;
            }""",
            wanted,
        )
        searches.append(took)
        assert page.locator("#table tbody th a").all_inner_texts() == [wanted]
    print(f"table after {min(paints):.0f} ms, search {min(searches):.1f} ms")
    assert min(paints) < FIRST_PAINT
    assert min(searches) < SEARCH
    page.locator("#table tbody th a").click()
    page.locator(".score").wait_for()
    assert page.locator("h1").inner_text() == wanted
    assert watched.complaints == []
    page.close()
