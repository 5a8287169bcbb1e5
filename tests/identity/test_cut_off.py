"""A province longer than its column runs on over the district beside it: what is left of both, and the name, tell who is meant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ita_extract.identity.candidates import Neighbours
from ita_extract.identity.columns import Columns
from ita_extract.identity.names import Agencies
from ita_extract.model.record import AgencyScore
from tests.identity.garbling import REGISTRY, instrument_score, made_ranking, who

COLUMNS = Columns((), Agencies(REGISTRY), Neighbours(REGISTRY))


@pytest.mark.parametrize("place", [one for one in REGISTRY.provinces if len(one.name) >= 9], ids=lambda one: one.name)
def test_the_beginning_of_a_long_province_tells_it_or_nothing(place: object) -> None:
    """Every province cut off anywhere, with and without dirt where it meets the district."""
    name = place.name  # type: ignore[attr-defined]
    for end in range(5, len(name)):
        for printed in (name[:end], f"{name[:end]}6", f"{name[: end - 1]}ฬ"):
            found = COLUMNS.province(printed)
            assert found is None or found[0] == place, (printed, found)


def test_hardly_any_long_province_is_lost_with_its_last_letters() -> None:
    """All but สมุทรสงคราม, of which สมุทรสาคร is too near."""
    long = [one for one in REGISTRY.provinces if len(one.name) >= 10]
    assert sum(COLUMNS.province(one.name[:-3]) is not None for one in long) >= len(long) - 1


@pytest.mark.parametrize("printed", ["สมุทรส", "นครร", "เชียง", "พระนคร"])
def test_a_beginning_of_several_provinces_or_too_short_a_one_tells_nothing(printed: str) -> None:
    assert COLUMNS.province(printed) is None


def long_rows(rows: list[AgencyScore]) -> list[int]:
    return [
        at for at, row in enumerate(rows) if row.province and len(row.province) >= 12 and row.district and len(row.district) > 4
    ]


def test_a_row_with_both_columns_printed_over_each_other_finds_its_agency() -> None:
    rows = made_ranking(7, districts=True)
    true, _ = who(rows)
    covered = long_rows(rows)
    assert len(covered) > 3
    for at in covered:
        province, district = rows[at].province or "", rows[at].district or ""
        rows[at] = replace(rows[at], province=province[:-4], district=f"{province[-4:-2]}{district[3:]}")
    found, _ = who(rows)
    for at in covered:
        assert found[at].agency_id in (true[at].agency_id, None)
        assert found[at].province == true[at].province
    right = [at for at in covered if (found[at].agency_id, found[at].district) == (true[at].agency_id, true[at].district)]
    assert len(right) >= 0.9 * len(covered)


def test_a_name_and_a_district_of_different_places_settle_nothing() -> None:
    rows = [row for row in made_ranking(7, districts=True) if row.agency_type == "เทศบาลตำบล"]
    at = next(at for at in long_rows(rows))
    province, own = rows[at].province or "", rows[at].district
    around = REGISTRY.province_named(province)
    assert around
    others = (one.name for one in REGISTRY.districts if one.province_code == around.code and one.name != own)
    other = next(one for one in others if COLUMNS.district_ending(one, around.code) and len(one) > 4)
    covered = f"ฮฮฮฮ{other[-3:]}"
    rows[at] = replace(rows[at], province=province[:-4], district=covered)
    found, _ = who(rows)
    assert found[at].district == covered


def test_an_instrument_of_the_row_is_of_the_same_province() -> None:
    rows = [row for row in made_ranking(7, districts=True) if row.agency_type == "เทศบาลตำบล"]
    at = long_rows(rows)[0]
    province, district = rows[at].province or "", rows[at].district or ""
    box = (50.0, 100.0, 500.0, 120.0)
    rows[at] = replace(rows[at], province=province[:-4], district=f"{province[-4:-2]}{district[3:]}", page=1, bbox=box)
    part = instrument_score(rows[at])
    from ita_extract.identity.records import identified

    records, _ = identified([((*rows, part), None)], REGISTRY)
    assert getattr(records[-1], "province", None) == province
