"""Rankings made of the registry, and names misread on purpose."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

from ita_extract.identity.order import dictionary_key
from ita_extract.identity.records import identified
from ita_extract.model.record import AgencyScore, Check, InstrumentScore
from ita_extract.rulebook.load import load_rulebook

REGISTRY = load_rulebook().registry
SHARED = Path(__file__).resolve().parents[2].parent / "shared"
NATIONAL = SHARED / "pdf" / "national" / "announcement_national.json"
FORGED = SHARED / "pdf" / "forged" / "gold.json"
RANKING = SHARED / "gold" / "ranking_raw.csv"
OWN_PROVINCE = {"จังหวัด", "องค์การบริหารส่วนจังหวัด"}

PAIRS = ("ดต", "รธ", "ถฤ", "นม", "บป", "ฑฒ", "่้")
"""Letters that are taken for one another, written down apart from the rules under test."""


def record(
    name: str,
    province: str | None = None,
    district: str | None = None,
    agency_type: str | None = None,
    row_no: int | None = 1,
) -> AgencyScore:
    """A row of a ranking that prints this of an agency."""
    return AgencyScore(
        page=1,
        table_no=1,
        agency_type=agency_type,
        fiscal_year=2565,
        row_no=row_no,
        agency_name=name,
        agency_name_printed=name,
        province=province,
        district=district,
        score=Decimal("85.00"),
        score_printed="85.00",
        grade=None,
        target_passed=None,
        is_current_year=True,
        bbox=None,
    )


def named(row: AgencyScore, name: str) -> AgencyScore:
    return replace(row, agency_name=name, agency_name_printed=name)


def instrument_score(row: AgencyScore, page: int = 1) -> InstrumentScore:
    """What a report says of the agency of a ranking row: its IIT, with the score of the row."""
    return InstrumentScore(
        page=page,
        subject="agency",
        agency_name=row.agency_name,
        province=row.province,
        fiscal_year=row.fiscal_year,
        instrument="IIT",
        part=None,
        score=row.score,
        score_printed="85.00",
        bbox=row.bbox,
    )


def made_ranking(seed: int, *, districts: bool) -> list[AgencyScore]:
    """A ranking as an announcement prints it: every type, sorted by province, district (where printed) and name, numbered."""
    chance = random.Random(seed)  # noqa: S311
    rows: list[AgencyScore] = []
    for kind in ("จังหวัด", "องค์การบริหารส่วนจังหวัด"):
        names = sorted((one.name for one in REGISTRY.provinces if one.code != "10"), key=dictionary_key)
        rows += [record(kind + name, agency_type=kind, row_no=number) for number, name in enumerate(names, 1)]
    for kind, count in (("เทศบาลเมือง", 180), ("เทศบาลตำบล", 700), ("องค์การบริหารส่วนตำบล", 1500)):
        found = []
        for place in chance.sample(REGISTRY.subdistricts, count):
            province, district = REGISTRY.place(place.province_code), REGISTRY.place(place.district_code or "")
            assert province is not None
            assert district is not None
            if province.code != "10" and len(REGISTRY.subdistricts_named(place.name, province.code)) == 1:
                found.append((province.name, district.name if districts else "", kind + place.name))
        found = sorted(set(found), key=lambda row: tuple(map(dictionary_key, row)))
        rows += [record(name, p, d or None, kind, number) for number, (p, d, name) in enumerate(found, 1)]
    return rows


def national(*, districts: bool = True) -> list[AgencyScore]:
    return from_gold(json.loads(NATIONAL.read_text(encoding="utf-8"))["announcement_national"]["ranking"], districts=districts)


def forged() -> Iterator[list[AgencyScore]]:
    for document in json.loads(FORGED.read_text(encoding="utf-8")).values():
        if "ranking" in document:
            yield from_gold(document["ranking"])


def from_gold(ranking: Sequence[Mapping[str, Any]], *, districts: bool = True) -> list[AgencyScore]:
    return [
        record(
            row["agency"],
            None if row["agency_type"] in OWN_PROVINCE else row["province"],
            row["district"] if districts else None,
            row["agency_type"],
            row["no"],
        )
        for row in ranking
    ]


def who(rows: Sequence[AgencyScore]) -> tuple[tuple[AgencyScore, ...], tuple[Check, ...]]:
    """The records of one document with their identities, and the checks on its names."""
    records, checks = identified([(tuple(rows), None)], REGISTRY)
    return tuple(one for one in records if isinstance(one, AgencyScore)), checks


def misread(text: str, chance: random.Random, edits: int) -> str:
    """`text` with so many letters taken for their look-alikes; as it is where it has none that are."""
    swaps = {one: other for pair in PAIRS for one, other in (pair, pair[::-1])}
    places = [at for at, letter in enumerate(text) if letter in swaps]
    letters = list(text)
    for at in chance.sample(places, min(edits, len(places))):
        letters[at] = swaps[letters[at]]
    return "".join(letters)


def place_misread(row: AgencyScore, chance: random.Random, edits: int) -> AgencyScore:
    """The row with the name of its place misread, and not that of its type, which the heading tells as well."""
    found = REGISTRY.type_of_name(row.agency_name)
    assert found is not None
    at = len(row.agency_name) - len(found[1])
    return named(row, row.agency_name[:at] + misread(row.agency_name[at:], chance, edits))


def trial(rows: Sequence[AgencyScore], seed: int, count: int) -> Counter[str]:
    """How `count` names, misread in one or two letters, came out: right, unresolved, wrong; and how many others changed."""
    chance = random.Random(seed)  # noqa: S311
    before, _ = who(rows)
    after = list(rows)
    places = [at for at, one in enumerate(before) if one.identity_match == "exact"]
    chance.shuffle(places)
    garbled = []
    for at in places:
        row = place_misread(rows[at], chance, chance.choice((1, 2)))
        if row != rows[at]:
            after[at] = row
            garbled.append(at)
        if len(garbled) == count:
            break
    found, _ = who(after)
    out = Counter[str]()
    for at, (old, new) in enumerate(zip(before, found, strict=True)):
        if at not in set(garbled):
            out["others changed"] += old.agency_id != new.agency_id
        elif new.agency_id == old.agency_id:
            out["right"] += 1
        else:
            out["unresolved" if new.identity_match == "none" else "wrong"] += 1
    return out


def lists(rows: Sequence[AgencyScore]) -> Iterator[list[AgencyScore]]:
    for _, members in groupby(rows, key=lambda row: row.agency_type):
        yield list(members)
