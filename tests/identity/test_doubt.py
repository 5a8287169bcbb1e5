"""Misread names: resolved where the evidence leaves one agency, and never bent into a neighbour."""

from __future__ import annotations

import csv
import random
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.identity.likeness import Likeness, share
from ita_extract.identity.order import ascending, dictionary_key
from ita_extract.identity.records import identified
from ita_extract.model.record import AgencyScore, InstrumentScore
from tests.identity.garbling import (
    FORGED,
    NATIONAL,
    RANKING,
    REGISTRY,
    forged,
    instrument_score,
    lists,
    made_ranking,
    misread,
    named,
    national,
    record,
    trial,
    who,
)

LIKENESS = Likeness(REGISTRY.lookalikes)


def check_rate(total: Counter[str], garbled: int) -> None:
    assert total["wrong"] == 0
    assert total["others changed"] == 0
    assert total["right"] + total["unresolved"] == garbled
    assert total["right"] >= 0.98 * garbled, total


@pytest.mark.parametrize("districts", [True, False])
def test_two_hundred_misread_names_of_a_made_ranking(districts: bool) -> None:
    check_rate(trial(made_ranking(7, districts=districts), seed=11, count=200), 200)


@pytest.mark.skipif(not NATIONAL.exists(), reason=f"needs {NATIONAL}")
@pytest.mark.parametrize("districts", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_two_hundred_misread_names_of_a_national_ranking(districts: bool) -> None:
    check_rate(trial(national(districts=districts), seed=3, count=200), 200)


@pytest.mark.skipif(not FORGED.exists(), reason=f"needs {FORGED}")
def test_two_hundred_misread_names_of_small_announcements() -> None:
    total: Counter[str] = Counter()
    documents = list(forged())
    for seed, rows in enumerate(documents):
        total += trial(rows, seed, 25)
    check_rate(total, 25 * len(documents))


def test_a_ranking_in_no_order_resolves_less_and_nothing_wrong() -> None:
    rows = [replace(row, row_no=None) for row in made_ranking(7, districts=True)]
    random.Random(2).shuffle(rows)  # noqa: S311
    total = trial(rows, seed=11, count=200)
    assert total["wrong"] == total["others changed"] == 0
    assert total["right"] >= 170


def test_clean_rankings_are_taken_as_they_are() -> None:
    for districts in (True, False):
        rows = made_ranking(5, districts=districts)
        found, checks = who(rows)
        assert {one.identity_match for one in found} == {"exact"}
        assert checks == ()
        assert [one.agency_name for one in found] == [row.agency_name_printed for row in rows]


@pytest.mark.parametrize("column", ["province", "district"])
def test_misread_columns_are_put_right_and_told(column: str) -> None:
    chance = random.Random(4)  # noqa: S311
    rows = [row for row in made_ranking(7, districts=True) if row.district]
    before, _ = who(rows)
    after, told = list(rows), 0
    for at in chance.sample(range(len(rows)), 150):
        text = misread(getattr(rows[at], column), chance, 2)
        known = REGISTRY.province_named(text) if column == "province" else None
        if text != getattr(rows[at], column) and known is None:
            after[at] = replace(rows[at], **{column: text})
            told += 1
    found, checks = who(after)
    assert sum(old.agency_id != new.agency_id for old, new in zip(before, found, strict=True)) <= told // 50
    wrong = [new for old, new in zip(before, found, strict=True) if new.agency_id != old.agency_id and new.identity_match != "none"]
    assert wrong == []
    assert sum(getattr(old, column) != getattr(new, column) for old, new in zip(before, found, strict=True)) <= told // 50
    assert len(checks) == told
    assert {one.identity_match for one in found} <= {"exact", "context", "none"}


def test_a_misread_type_is_known_by_its_heading_and_by_itself() -> None:
    rows = [row for row in made_ranking(7, districts=True) if row.agency_type == "องค์การบริหารส่วนตำบล"][:40]
    before, _ = who(rows)
    rows[20] = named(rows[20], rows[20].agency_name.replace("องค์การ", "องค้การ"))
    rows[30] = replace(named(rows[30], rows[30].agency_name.replace("บริหาร", "ปริหาธ")), agency_type=None)
    found, checks = who(rows)
    assert [one.agency_id for one in found] == [one.agency_id for one in before]
    assert [found[at].identity_match for at in (20, 30)] == ["fuzzy", "fuzzy"]
    assert [check.outcome for check in checks] == ["corrected", "corrected"]


def test_a_name_that_has_its_own_row_is_no_misreading_of_the_other() -> None:
    """Both บ้านกลาง and a ป้านกลาง beside it: whoever the second is, it is not the first."""
    rows = [row for row in made_ranking(7, districts=False) if row.agency_type == "เทศบาลตำบล"]
    at = next(at for at, row in enumerate(rows) if "บ้าน" in row.agency_name)
    rows.insert(at + 1, named(rows[at], rows[at].agency_name.replace("บ้าน", "ป้าน")))
    rows = [replace(row, row_no=number) for number, row in enumerate(rows, 1)]
    found, _ = who(rows)
    assert found[at].identity_match == "exact"
    assert found[at + 1].identity_match == "none"
    assert found[at + 1].agency_id != found[at].agency_id
    assert found[at + 1].agency_name == rows[at + 1].agency_name


def between_two() -> Iterator[tuple[str, str, str, str]]:
    """Province, two names of it that differ in one letter, and what is one letter from both and no name there."""
    for province in REGISTRY.provinces:
        inside = {place.name for place in REGISTRY.subdistricts if place.province_code == province.code}
        for name in sorted(inside):
            for at, letter in enumerate(name):
                peers = REGISTRY.lookalikes.get(letter, frozenset())
                swapped = {peer: name[:at] + peer + name[at + 1 :] for peer in peers}
                for peer, other in swapped.items():
                    if other in inside:
                        third = peers & REGISTRY.lookalikes[peer] - {letter, peer}
                        yield from ((province.name, name, other, swapped[one]) for one in third if swapped[one] not in inside)


def test_two_candidates_leave_a_name_without_an_agency_and_are_told() -> None:
    tried = 0
    for province, first, second, between in islice(between_two(), 20):
        (found,), checks = who([record(f"เทศบาลตำบล{between}", province, agency_type="เทศบาลตำบล")])
        assert (found.agency_id, found.identity_match) == (None, "none")
        assert found.agency_name == f"เทศบาลตำบล{between}"
        assert [(check.outcome, check.observed.split()[0]) for check in checks] == [("holds", found.agency_name)]
        assert all(f"เทศบาลตำบล{name}" in checks[0].expected for name in (first, second))
        tried += 1
    assert tried


def test_a_name_turned_into_that_of_a_printed_neighbour_is_not_taken_for_it() -> None:
    rows = [row for row in made_ranking(7, districts=False) if row.agency_type == "เทศบาลตำบล"]
    rows[300] = replace(named(rows[300], rows[200].agency_name), province=rows[200].province)
    found, checks = who(rows)
    assert found[200].identity_match == "exact"
    assert (found[300].agency_id, found[300].identity_match) == (None, "none")
    assert [check.outcome for check in checks] == ["fails"]


def test_municipalities_of_other_names_keep_them() -> None:
    """Real names of other provinces, put where the order allows them: one in a hundred is taken for a look-alike, no more."""
    chance = random.Random(6)  # noqa: S311
    names = sorted({place.name for place in REGISTRY.subdistricts}, key=dictionary_key)
    keys = [dictionary_key(name) for name in names]
    rows = [row for row in made_ranking(8, districts=False) if row.agency_type == "เทศบาลตำบล"]
    strangers = []
    for at in chance.sample(range(1, len(rows) - 1), 200):
        province = REGISTRY.province_named(rows[at].province or "")
        assert province is not None
        low, high = (
            bisect_left(keys, dictionary_key(rows[near].agency_name.removeprefix("เทศบาลตำบล")))
            if rows[near].province == province.name
            else end
            for near, end in ((at - 1, 0), (at + 1, len(keys)))
        )
        others = [name for name in names[low:high] if not REGISTRY.subdistricts_named(name, province.code)]
        if others:
            rows[at] = named(rows[at], f"เทศบาลตำบล{chance.choice(others)}")
            strangers.append(at)
    found, _ = who(rows)
    taken = [at for at in strangers if found[at].identity_match != "none"]
    assert len(strangers) > 150
    assert len(taken) <= len(strangers) // 100
    assert sum(found[at].agency_id is not None for at in strangers) >= 0.95 * len(strangers)


def test_another_table_of_the_document_follows_its_ranking() -> None:
    rows = [row for row in made_ranking(7, districts=False) if row.agency_type == "เทศบาลตำบล"]
    at = next(at for at, row in enumerate(rows) if "บ้าน" in row.agency_name)
    true, _ = who(rows)
    rows[at] = named(rows[at], rows[at].agency_name.replace("บ้าน", "ป้าน"))
    part = replace(instrument_score(rows[at], page=2), fiscal_year=2565, bbox=None)
    records, _ = identified([((*rows, part), None)], REGISTRY)
    other = records[-1]
    assert isinstance(other, InstrumentScore)
    assert other.agency_id == true[at].agency_id
    assert other.agency_name == rows[at].agency_name, "no second column keeps the print"


def test_a_title_names_a_misread_province() -> None:
    row = record("จังหวัดลำพูน", row_no=None)
    part = InstrumentScore(
        page=1,
        subject="agency",
        agency_name="จังหวัดอุตรธานี",
        province=None,
        fiscal_year=2565,
        instrument="IIT",
        part=None,
        score=row.score,
        score_printed="85.00",
        bbox=None,
    )
    (found,), _ = identified([((part,), "จังหวัดอุตรธานี")], REGISTRY)
    assert isinstance(found, InstrumentScore)
    assert found.agency_id == "PROV-41"


@pytest.mark.skipif(not RANKING.exists(), reason=f"needs {RANKING}")
def test_the_misread_names_of_a_real_ranking() -> None:
    with RANKING.open(encoding="utf-8") as lines:
        rows = [
            record(row["agency"], row["province"] or None, row["district"] or None, row["type"], int(row["no"]))
            for row in csv.DictReader(lines)
        ]
    found, checks = who(rows)
    by_row = {(one.agency_type, one.row_no): one for one in found}
    ids = {
        ("จังหวัด", 73): ("PROV-41", "fuzzy"),
        ("องค์การบริหารส่วนจังหวัด", 74): ("PAO-53", "fuzzy"),
        ("เทศบาลเมือง", 124): ("TOWN-160106", "fuzzy"),
        ("เทศบาลตำบล", 1612): ("TMUN-510401", "fuzzy"),
        ("องค์การบริหารส่วนตำบล", 3681): ("TAO-510403", "context"),
    }
    assert {key: (by_row[key].agency_id, by_row[key].identity_match) for key in ids} == ids
    assert {by_row["องค์การบริหารส่วนตำบล", number].district for number in (3681, 3682, 3683)} == {"ลี้"}
    known = [one.agency_id for one in found if one.agency_id]
    assert len(known) == len(set(known)) >= 240
    assert [one.agency_name_printed for one in found] == [row.agency_name_printed for row in rows]
    assert {one.agency_name for one in found if one.identity_match == "exact"} <= {row.agency_name_printed for row in rows}
    changed = [one for one in found if one.agency_name != " ".join(one.agency_name_printed.split())]
    assert len(changed) >= 20
    assert {one.agency_name_printed for one in changed} <= {check.observed for check in checks}
    assert {check.outcome for check in checks} <= {"corrected", "holds"}
    broken = [name for members in lists(found) for name in out_of_order(members)]
    told = {check.observed.split()[0] for check in checks}
    assert len(broken) <= 1
    assert {"เทศบาลตำบลทาบลาชัย"} <= told, "no name of the registry is near, but it breaks the order beside one that was put right"


def out_of_order(rows: list[AgencyScore]) -> list[str]:
    keys = [tuple(dictionary_key(part or "") for part in (one.province, one.district, one.agency_name)) for one in rows]
    kept = set(ascending(keys))
    return [one.agency_name for at, one in enumerate(rows) if at not in kept]


@pytest.mark.skipif(not NATIONAL.exists(), reason=f"needs {NATIONAL}")
def test_a_whole_country_takes_under_five_seconds() -> None:
    chance = random.Random(1)  # noqa: S311
    rows = [row if at % 5 else named(row, misread(row.agency_name, chance, 2)) for at, row in enumerate(national())]
    rows += [replace(row, agency_type=None, row_no=None) for row in rows[:407]]
    assert len(rows) == 8303
    start = time.process_time()
    who(rows)
    assert time.process_time() - start < 5


texts = st.text(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E4E), max_size=12)


@given(texts, texts)
def test_likeness_is_a_distance(one: str, other: str) -> None:
    most = 40
    assert (LIKENESS.cost(one, other, most) == 0) == (one == other)
    assert LIKENESS.cost(one, other, most) == LIKENESS.cost(other, one, most)
    for limit in (0, 1, 2, 5):
        assert LIKENESS.cost(one, other, limit) == min(LIKENESS.cost(one, other, most), limit + 1)
    assert LIKENESS.strange(one, other) * 2 <= LIKENESS.cost(one, other, most)
    assert 0 <= share(LIKENESS.cost(one, other, most), other) <= 1


@given(st.lists(st.integers(0, 9), max_size=12))
def test_the_longest_run_upwards(keys: list[int]) -> None:
    kept = ascending(keys)
    assert kept == sorted(set(kept))
    assert all(keys[one] <= keys[two] for one, two in pairwise(kept))
    longest = [1] * len(keys)
    for at in range(len(keys)):
        longest[at] = 1 + max((longest[before] for before in range(at) if keys[before] <= keys[at]), default=0)
    assert len(kept) == max(longest, default=0)


def test_the_order_of_the_dictionary() -> None:
    words = ["กก", "กั้ง", "กา", "กำ", "เก", "แก", "ก่อ", "ก้อ", "ขา", "ข่า", "ข้า", "เขา", "เข่า", "ไข่", "ฤทธิ์", "เลย", "ศรี"]
    wanted = ["กก", "ก่อ", "ก้อ", "กั้ง", "กา", "กำ", "เก", "แก", "ขา", "ข่า", "ข้า", "เขา", "เข่า", "ไข่", "ฤทธิ์", "เลย", "ศรี"]
    assert sorted(words, key=dictionary_key) == wanted


def test_records_that_are_no_rankings_stay() -> None:
    row = record("การไฟฟ้านครหลวง", row_no=None)
    found, checks = who([row])
    assert isinstance(found[0], AgencyScore)
    assert found[0].agency_name == row.agency_name
    assert checks == ()
