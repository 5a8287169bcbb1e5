"""The agency that a sentence speaks of, with the places that tell it from others of its name."""

from __future__ import annotations

import pytest

from ita_extract.identity.mention import agency_in
from ita_extract.identity.names import agency_id_of
from ita_extract.identity.records import document_identity
from ita_extract.rulebook.load import load_rulebook

REGISTRY = load_rulebook().registry


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("รายงานของเทศบาลตำบลบ้านฝางอำเภอกระนวนจังหวัดขอนแก่น", "เทศบาลตำบลบ้านฝาง อำเภอกระนวน จังหวัดขอนแก่น"),
        ("องค์การบริหารส่วนตำบลนาทราย จังหวัดลำพูน ได้คะแนน", "องค์การบริหารส่วนตำบลนาทราย จังหวัดลำพูน"),
        ("องค์การบริหารส่วนตำบลนาทราย อำเภอไม่มี จังหวัดลำพูน", "องค์การบริหารส่วนตำบลนาทราย"),
        ("องค์การบริหารส่วนจังหวัดลำพูน จังหวัดลำพูน", "องค์การบริหารส่วนจังหวัดลำพูน"),
        ("ผู้ว่าราชการจังหวัดลำพูน", "จังหวัดลำพูน"),
        ("เทศบาลตำบลบ้านธิ อำเภอบ้านธิ จังหวัดลำพูน", "เทศบาลตำบลบ้านธิ อำเภอบ้านธิ จังหวัดลำพูน"),
        ("เทศบาลตำบลบ้าน ธิ อำเภอบ้านธิ จังหวัดลำพูน", "เทศบาลตำบลบ้านธิ อำเภอบ้านธิ จังหวัดลำพูน"),
        ("เทศบาลตำบลบ้าน\nธิประจำปี 2567", "เทศบาลตำบลบ้านธิ"),
        ("เทศบาลตำบลเวียงสรวย อำเภอแม่สรวย จังหวัดเชียงราย", "เทศบาลตำบลเวียงสรวย อำเภอแม่สรวย จังหวัดเชียงราย"),
        ("เทศบาลตำบลในเมืองใหม่ ประจำปี", "เทศบาลตำบลในเมืองใหม่"),
        ("เทศบาลเมืองกระบี่ได้คะแนน 85.10", "เทศบาลเมืองกระบี่"),
        ("เทศบาลตำบลนาทรายได้คะแนน 85.10", "เทศบาลตำบลนาทราย"),
        ("เทศบาลตำบลหนองบัวดำเนินการจัดทำมาตรการส่งเสริม", "เทศบาลตำบลหนองบัว"),
        ("องค์การบริหารส่วนตำบล", None),
        ("ผลการประเมินรายจังหวัด", None),
    ],
)
def test_the_agency_of_a_sentence(text: str, named: str | None) -> None:
    assert agency_in(text, REGISTRY) == named


def test_district_and_province_tell_agencies_of_one_name_apart() -> None:
    named = agency_in("ผลการประเมินของเทศบาลตำบลบ้านฝาง อำเภอกระนวน จังหวัดขอนแก่น ประจำปี 2567", REGISTRY)
    assert named is not None
    assert agency_id_of(named, None, None, None, REGISTRY).agency_id == "TMUN-400907"
    assert agency_id_of("เทศบาลตำบลบ้านฝาง", None, None, None, REGISTRY).agency_id is None


def test_a_misread_name_in_a_title_is_resolved_where_its_kind_is_a_closed_list_and_its_province_is_told() -> None:
    right = document_identity("องค์การบริหารส่วนตำบลบ้านน้อยซุ้มขี้เหล็ก อำเภอเนินมะปราง จังหวัดพิษณุโลก", REGISTRY)
    misread = "องค์การบริหารส่วนตำบลบ้านน้อยชุ้มขี้เหล็ก"
    assert document_identity(f"{misread} อำเภอเนินมะปราง จังหวัดพิษณุโลก", REGISTRY).agency_id == right.agency_id == "TAO-650905"
    assert document_identity(misread, REGISTRY).agency_id != right.agency_id
