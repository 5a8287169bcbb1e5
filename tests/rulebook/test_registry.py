"""The places of Thailand and the types of agencies."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ita_extract.errors import RulesError
from ita_extract.rulebook.files import rules_folder
from ita_extract.rulebook.load import load_rulebook
from ita_extract.rulebook.registry import Registry

REGISTRY = load_rulebook().registry


def test_counts() -> None:
    assert (len(REGISTRY.provinces), len(REGISTRY.districts), len(REGISTRY.subdistricts)) == (77, 928, 7436)


def test_every_code_lies_in_the_place_around_it_and_no_code_stands_twice() -> None:
    places = (*REGISTRY.provinces, *REGISTRY.districts, *REGISTRY.subdistricts)
    codes = {place.code for place in places}
    assert len(codes) == len(places)
    assert all(place.code[:-2] in codes for place in places if len(place.code) > 2)


def test_names_are_thai_and_complete() -> None:
    for place in (*REGISTRY.provinces, *REGISTRY.districts, *REGISTRY.subdistricts):
        for name in (place.name, *place.variants):
            assert name == "".join(name.split())
            assert all("\u0e01" <= letter <= "\u0e4e" or letter in "-.ฯ" for letter in name), name
            assert not "\u0e31" <= name[0] <= "\u0e3a", name
            assert "\u0e4d\u0e32" not in name


def test_the_slip_of_a_common_copy_is_not_here() -> None:
    assert [place.name for place in REGISTRY.subdistricts if place.code == "301417"] == ["ธงชัยเหนือ"]


@pytest.mark.parametrize("printed", ["ลำพูน", "จังหวัดลำพูน", "จ.ลำพูน", "จ. ลำพูน", "ลำ พูน"])
def test_province_as_printed(printed: str) -> None:
    found = REGISTRY.province_named(printed)
    assert found is not None
    assert found.code == "51"


def test_look_ups() -> None:
    assert REGISTRY.province_named("อุตรธานี") is None
    for printed in ("เมืองลำพูน", "เมือง", "อ.เมือง", "อำเภอเมืองลำพูน"):
        found = REGISTRY.district_named(printed, "51")
        assert found is not None, printed
        assert found.code == "5101"
    assert REGISTRY.district_named("ลิ้น", "51") is None
    assert REGISTRY.district_named("เมืองลำพูน", "50") is None
    phra_nakhon = REGISTRY.district_named("เขตพระนคร", "10")
    assert phra_nakhon is not None
    assert phra_nakhon.code == "1001"
    assert [place.district_code for place in REGISTRY.subdistricts_named("บ้านฝาง", "40")] == ["4002", "4009"]
    assert len(REGISTRY.subdistricts_named("บ้านฝาง", "4009")) == 1
    assert len(REGISTRY.subdistricts_named("ในเมือง")) > 5
    assert REGISTRY.subdistricts_named("ไม่มีที่นี่") == ()


@pytest.mark.parametrize(
    ("name", "code", "rest"),
    [
        ("องค์การบริหารส่วนจังหวัดลำพูน", "PAO", "ลำพูน"),
        ("องค์การบริหารส่วนตำบล\nนาทราย", "TAO", "นาทราย"),
        ("อบต.นาทราย", "TAO", "นาทราย"),
        ("อบต นาทราย", "TAO", "นาทราย"),
        ("ทน.เชียงใหม่", "CITY", "เชียงใหม่"),
        ("จ.ลำพูน", "PROV", "ลำพูน"),
        ("กรมป่าไม้", "DEPT", "ป่าไม้"),
    ],
)
def test_type_of_name(name: str, code: str, rest: str) -> None:
    found = REGISTRY.type_of_name(name)
    assert found is not None
    assert (found[0].code, found[1]) == (code, rest)


def test_a_prefix_alone_or_inside_tells_no_type() -> None:
    for name in ("เทศบาลตำบล", "กรุงเทพมหานคร", "สำนักงานจังหวัดลำพูน", "การไฟฟ้านครหลวง"):
        assert REGISTRY.type_of_name(name) is None


def test_type_named() -> None:
    for printed in ("ประเภทเทศบาลเมือง", "เทศบาลเมือง", "ทม.", "ประเภท เทศบาล\nเมือง"):
        found = REGISTRY.type_named(printed)
        assert found is not None
        assert found.code == "TOWN"
    assert REGISTRY.type_named("") is None
    assert REGISTRY.type_named("ประเภท") is None


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("provinces.csv", "51,ลำพูน", "5l,ลำพูน", "no new code"),
        ("provinces.csv", "51,ลำพูน", "50,ลำพูน", "no new code"),
        ("districts.csv", "5101,เมืองลำพูน", "9901,เมืองลำพูน", "no known place"),
        ("subdistricts.csv", "510403,นาทราย", "510403,นา ทราย", "no name"),
        ("agency_types.csv", "TAO,TAO,องค์การบริหารส่วนตำบล,subdistrict", "TAO,TAO,องค์การบริหารส่วนตำบล,tambon", "kind of place"),
        ("named_agencies.csv", "SPEC,20,2004", "SPEC,20,9999", "unknown type or place"),
        ("agency_types.csv", "code,id_code", "code,idcode", "columns are"),
    ],
)
def test_a_slip_is_refused_with_its_line(tmp_path: Path, file: str, old: str, new: str, words: str) -> None:
    shutil.copytree(rules_folder() / "registry", tmp_path / "registry")
    path = tmp_path / "registry" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    registry = Registry(tmp_path / "registry")
    with pytest.raises(RulesError, match=words) as caught:
        _ = (registry.provinces, registry.districts, registry.subdistricts, registry.types, registry.named)
    assert caught.value.line is not None
    assert new in path.read_text(encoding="utf-8").splitlines()[caught.value.line - 1]


def test_the_notice_names_the_licence() -> None:
    notice = (rules_folder() / "registry" / "NOTICE").read_text(encoding="utf-8")
    assert "Creative Commons Attribution 4.0" in notice
    for table in ("provinces.csv", "districts.csv", "subdistricts.csv"):
        assert table in notice
