"""Place names of a real ranking that are doubtful by what is known of the province: told, and kept as they are printed."""

from __future__ import annotations

import pytest

from ita_extract.model.record import AgencyScore
from tests.seeds import digests
from tests.seeds.digests import of_kind, read_seed

pytestmark = digests.needs_seeds

DOUBTFUL = (
    "ทาบลาตุก", "ทาบลาชัย", "ทาบลาเส้า", "ทาจุมเงิน", "ท่าทุ่งหลวง", "ดงคำ", "แม่ตึน", "ก่อ", "หนองวง", "ท่าด้อม", "ท่าแม่ลอบ", "บ้านโฮ้ง",
)  # fmt: skip


@pytest.mark.parametrize("place", DOUBTFUL)
def test_a_doubtful_place_is_told_and_not_changed_in_silence(place: str) -> None:
    document = read_seed("003")
    rows = [
        one for one in of_kind(AgencyScore, document.records) if one.row_no and one.agency_name_printed.endswith(f"ตำบล{place}")
    ]
    assert rows  # the printed name is there, letter by letter
    (told,) = [
        check
        for check in document.checks
        if check.identity == "agency_name" and check.observed.startswith(rows[0].agency_name_printed)
    ]
    for row in rows:
        assert row.identity_match in ("fuzzy", "none")
        assert row.agency_id is not None
        if row.agency_name != row.agency_name_printed:
            assert (told.outcome, told.expected, row.identity_match) == ("corrected", row.agency_name, "fuzzy")
        else:
            assert (told.outcome, row.identity_match) == ("holds", "none")
