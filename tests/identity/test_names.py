"""Printed names to ids: the same in every year, never two agencies under one, never a guess."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.identity.names import Agencies, Identity, agency_id_of, agency_type_of, identify
from ita_extract.model.record import AgencyScore
from ita_extract.rulebook.load import load_rulebook
from tests.identity.garbling import record

REGISTRY = load_rulebook().registry
SHARED = Path(__file__).resolve().parents[2].parent / "shared"
NATIONAL = SHARED / "pdf" / "national" / "announcement_national.json"
RANKING = SHARED / "gold" / "ranking_raw.csv"
OWN_PROVINCE = {"จังหวัด", "องค์การบริหารส่วนจังหวัด"}


def who(name: str, province: str | None = None, district: str | None = None, agency_type: str | None = None) -> Identity:
    return agency_id_of(name, agency_type, province, district, REGISTRY)


def together(rows: Sequence[AgencyScore]) -> tuple[AgencyScore, ...]:
    """The records of one document, identified."""
    agencies = Agencies.of(rows, REGISTRY)
    return tuple(identify(row, agencies) for row in rows)


@pytest.mark.parametrize(
    ("name", "agency_id"),
    [
        ("จังหวัดลำพูน", "PROV-51"),
        ("จ.ลำพูน", "PROV-51"),
        ("องค์การบริหารส่วนจังหวัด\nลำพูน", "PAO-51"),
        ("อบจ. ลำพูน", "PAO-51"),
        ("กรุงเทพมหานคร", "SPEC-10"),
        ("กทม.", "SPEC-10"),
        ("เมืองพัทยา", "SPEC-2004"),
    ],
)
def test_names_that_carry_their_province(name: str, agency_id: str) -> None:
    found = who(name)
    assert (found.agency_id, found.match, found.score) == (agency_id, "exact", 1.0)


def test_the_id_does_not_depend_on_a_printed_district() -> None:
    printed = [
        who("องค์การบริหารส่วนตำบลนาทราย", "ลำพูน", "ลี้"),
        who("องค์การบริหารส่วนตำบลนาทราย", "ลำพูน"),
        who("อบต.นาทราย", "จ.ลำพูน", "อ.ลี้"),
        who("นาทราย", "ลำพูน", None, "องค์การบริหารส่วนตำบล"),
        who("องค์การบริหารส่วนตำบลนาทราย อำเภอลี้ จังหวัดลำพูน"),
    ]
    assert {one.agency_id for one in printed} == {"TAO-510403"}
    assert {one.match for one in printed} == {"exact"}
    assert {one.subdistrict_code for one in printed} == {"510403"}
    assert who("เทศบาลตำบลนาทราย", "ลำพูน").agency_id == "TMUN-510403"


def test_a_name_of_two_places_needs_the_district() -> None:
    assert who("เทศบาลตำบลบ้านฝาง", "ขอนแก่น", "กระนวน").agency_id == "TMUN-400907"
    assert who("เทศบาลตำบลบ้านฝาง", "ขอนแก่น", "บ้านฝาง").agency_id == "TMUN-400206"
    for district in (None, "กระนวญ"):
        found = who("เทศบาลตำบลบ้านฝาง", "ขอนแก่น", district)
        assert (found.agency_id, found.match, found.score) == (None, "none", None)


def test_a_misread_district_is_told_by_the_match_and_stays_as_printed() -> None:
    found = identify(record("องค์การบริหารส่วนตำบลนาทราย", "ลำพูน", "ลิ้น"), Agencies(REGISTRY))
    assert (found.agency_id, found.identity_match, found.district) == ("TAO-510403", "context", "ลิ้น")
    assert found.identity_score is not None
    assert 0 < found.identity_score < 1


def test_a_district_that_contradicts_the_registry_is_no_match() -> None:
    found = who("องค์การบริหารส่วนตำบลนาทราย", "ลำพูน", "บ้านธิ")
    assert found.match == "none"
    assert found.agency_id not in (None, "TAO-510403")
    assert "-5107-" in str(found.agency_id)


@pytest.mark.parametrize("name", ["จังหวัดอุตรธานี", "องค์การบริหารส่วนจังหวัดอุดรดิษฐ์", "เทศบาลตำบลลี่", "องค์การบริหารส่วนตำบลท่าด้อม"])
def test_a_misread_name_is_never_bent_into_its_neighbour(name: str) -> None:
    province = None if "จังหวัด" in name else "ลำพูน"
    found = identify(record(name, province), Agencies(REGISTRY))
    assert (found.identity_match, found.agency_name, found.province) == ("none", name, province)
    assert found.agency_id is not None
    assert found.agency_id.rsplit("-", 1)[1].isalnum()


def test_a_misread_province_keeps_agencies_apart() -> None:
    one, two = who("องค์การบริหารส่วนตำบลในเมือง", "อุตรธานี"), who("องค์การบริหารส่วนตำบลในเมือง", "ขอนแก่ม")
    assert one.agency_id != two.agency_id
    assert None not in (one.agency_id, two.agency_id)
    assert who("เทศบาลตำบลในเมือง").agency_id is None


def test_name_and_column_that_disagree_are_not_decided() -> None:
    assert who("จังหวัดลำพูน", "ลำปาง").agency_id is None


def test_a_central_agency_keeps_its_id_under_another_type() -> None:
    ids = {who("การไฟฟ้านครหลวง", agency_type=kind).agency_id for kind in (None, "รัฐวิสาหกิจ", "หน่วยงานอื่นของรัฐ", "ประเภทใหม่")}
    assert len(ids) == 1
    assert who("กรมป่าไม้").agency_id == who("กรม ป่าไม้", agency_type="ส่วนราชการระดับกรม").agency_id
    assert who("กรมป่าไม้").agency_id != who("กรมประมง").agency_id
    assert who("การไฟฟ้านครหลวง", agency_type="ประเภทใหม่").agency_type == "ประเภทใหม่"


def test_hash_ids_are_frozen() -> None:
    """Published: a change of these breaks every agency's history."""
    assert who("เทศบาลเมืองลำพูน", "ลำพูน").agency_id == "TOWN-51-e8475525"
    assert who("เทศบาลเมืองลำพูน", "ลำพูน", "เมืองลำพูน").agency_id == "TOWN-51-e8475525"
    assert who("ทม.ลำพูน", "จังหวัดลำพูน").agency_id == "TOWN-51-e8475525"
    assert who("กรมป่าไม้").agency_id == "ORG-00-812ad975"


def test_the_document_shows_that_two_agencies_share_a_name() -> None:
    rows = [record("เทศบาลตำบลเวียงทอง", "ลำพูน", district) for district in ("ลี้", "ป่าซาง")]
    one, two = together(rows)
    assert one.agency_id != two.agency_id
    assert None not in (one.agency_id, two.agency_id)
    alone = together([rows[0]])[0]
    assert alone.agency_id == identify(record("เทศบาลตำบลเวียงทอง", "ลำพูน"), Agencies(REGISTRY)).agency_id


def test_type_and_province_are_filled_in_only_where_the_name_tells_them() -> None:
    found = identify(record("องค์การบริหารส่วนจังหวัดลำพูน"), Agencies(REGISTRY))
    assert (found.agency_type, found.province) == ("องค์การบริหารส่วนจังหวัด", "ลำพูน")
    found = identify(record("การไฟฟ้านครหลวง"), Agencies(REGISTRY))
    assert (found.agency_type, found.province) == (None, None)
    assert agency_type_of("ทน.เชียงใหม่", REGISTRY) == "เทศบาลนคร"
    assert agency_type_of("การไฟฟ้านครหลวง", REGISTRY) is None


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("องค์การบริหารส่วนตำบล\nนาทราย", "องค์การบริหารส่วนตำบลนาทราย"),
        ("อบต.นาทราย", "องค์การบริหารส่วนตำบลนาทราย"),
        ("เทศบาลตำบลลี้ อ.ลี้ จ.ลำพูน", "เทศบาลตำบลลี้"),
        ("จังหวัดลํา\u200bพูน", "จังหวัดลำพูน"),
        ("สำนักงาน \n ก.พ.", "สำนักงาน ก.พ."),
        ("เทศบาลตำบลลี้ อ.ลี้ จ.ลำพน", "เทศบาลตำบลลี้อ.ลี้จ.ลำพน"),
    ],
)
def test_a_name_has_one_form(printed: str, name: str) -> None:
    assert who(printed).name == name
    assert who(name).name == name


thai = st.text(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B) | st.sampled_from(" \n.-จังหวัดอำเภอA1\u200b"), max_size=40)
maybe = st.none() | st.sampled_from(["ลำพูน", "เมือง", "ลี้", "x", " "]) | thai


@given(name=thai, province=maybe, district=maybe, agency_type=maybe | st.sampled_from([one.name for one in REGISTRY.types]))
def test_any_text_has_one_identity(name: str, province: str | None, district: str | None, agency_type: str | None) -> None:
    found = who(name, province, district, agency_type)
    assert (found.score is None) == (found.match == "none")
    assert found.agency_id is not None or found.match == "none"
    once = who(found.name).name
    assert who(once).name == once


places = st.sampled_from(REGISTRY.subdistricts)


@given(place=places, kind=st.sampled_from(["องค์การบริหารส่วนตำบล", "เทศบาลตำบล", "เทศบาลเมือง", "เทศบาลนคร"]))
def test_every_subdistrict_is_found_with_its_district_and_never_wrongly_without(place, kind) -> None:  # type: ignore[no-untyped-def]
    province, district = REGISTRY.place(place.province_code), REGISTRY.place(place.district_code)
    assert province is not None
    assert district is not None
    full = who(kind + place.name, province.name, district.name)
    if len(REGISTRY.subdistricts_named(place.name, district.code)) == 1:
        assert full.subdistrict_code == place.code
    assert who(kind + place.name, province.name).agency_id in (full.agency_id, None)


def _national(with_district: bool) -> list[AgencyScore]:
    rows = json.loads(NATIONAL.read_text(encoding="utf-8"))["announcement_national"]["ranking"]
    return [
        record(
            row["agency"],
            None if row["agency_type"] in OWN_PROVINCE else row["province"],
            row["district"] if with_district else None,
            row["agency_type"],
        )
        for row in rows
    ]


@pytest.mark.skipif(not NATIONAL.exists(), reason=f"needs {NATIONAL}")
def test_a_whole_national_ranking() -> None:
    rows = _national(True)
    start = time.process_time()
    found = together(rows)
    assert time.process_time() - start < 4
    ids = [one.agency_id for one in found]
    assert None not in ids
    assert len(set(ids)) == len(rows) == 7896
    assert sum(one.identity_match == "exact" for one in found) >= 7895
    assert [one.agency_name for one in found] == [row.agency_name_printed for row in rows]
    bare = together(_national(False))
    assert all(one.agency_id in (other.agency_id, None) for one, other in zip(bare, found, strict=True))


@pytest.mark.skipif(not RANKING.exists(), reason=f"needs {RANKING}")
def test_a_real_ranking_with_misread_names() -> None:
    with RANKING.open(encoding="utf-8") as lines:
        rows = [
            record(row["agency"], row["province"] or None, row["district"] or None, row["type"]) for row in csv.DictReader(lines)
        ]
    found = together(rows)
    ids = [one.agency_id for one in found if one.agency_id]
    assert len(ids) == len(set(ids)) >= 240
    assert [one.agency_name for one in found] == [" ".join(row.agency_name_printed.split()) for row in rows]
