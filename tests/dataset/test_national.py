"""`agencies` and `national_scores` against the same rules written the slow way, row by row."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from itertools import groupby
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.dataset.national import Place, agencies, mentions, national_scores
from ita_extract.dataset.schema import arrow_schema, table_of
from ita_extract.model.record import AgencyScore
from tests.dataset.build import FIELDS, document_id, score

SCORES = FIELDS.dataset("agency_scores")
LADDER = ["verified", "consistent", "corrected", "unverified", "contradicted"]


def reconcile(documents: dict[str, list[AgencyScore]], places: dict[str, Place] | None = None) -> tuple[list[Any], list[Any]]:
    """The rows of agencies and national_scores over these documents."""
    tables = [table_of(rows, SCORES, document_id(name)) for name, rows in documents.items()]
    known = agencies(map(mentions, tables), places, FIELDS.dataset("agencies"))
    stated = pa.concat_tables([arrow_schema(SCORES, described=False).empty_table(), *tables])
    return known.to_pylist(), national_scores(stated, known, FIELDS.dataset("national_scores")).to_pylist()


def test_one_row_per_agency_and_year_out_of_many_statements() -> None:
    now, before = {"is_current_year": True}, {"is_current_year": False, "grade": None, "target_passed": None}
    known, rows = reconcile(
        {
            "2563": [score("1", "80", 2563, grade="B", target_passed=False, **now), score("1", "70", 2562, **before)],
            "2564": [
                score("1", "90", 2564, **now),
                score("1", "80", 2563, verification="verified", **before),
                score(None, "99", 2564),
            ],
        }
    )
    assert [row["agency_id"] for row in known] == ["1"]
    assert [(row["fiscal_year"], row["score"], row["change_from_previous"]) for row in rows] == [
        (2562, 70.0, None),
        (2563, 80.0, 10.0),
        (2564, 90.0, 10.0),
    ]
    assert [(row["grade"], row["target_passed"], row["statement_count"]) for row in rows] == [
        (None, None, 1),
        ("B", False, 2),
        ("A", True, 1),
    ]
    assert [row["verification"] for row in rows] == ["unverified", "verified", "unverified"]
    assert all(row["statements_agree"] for row in rows)


def test_statements_that_differ_are_contradicted_and_the_years_own_document_speaks() -> None:
    _, rows = reconcile(
        {
            "a": [score("1", "80", is_current_year=True, verification="consistent")],
            "b": [score("1", "81", is_current_year=False, grade=None, target_passed=None, verification="verified")],
            "c": [score("1", "81", is_current_year=False, grade=None, target_passed=None, verification="verified")],
        }
    )
    assert [(row["score"], row["verification"], row["statements_agree"], row["statement_count"]) for row in rows] == [
        (80.0, "contradicted", False, 3)
    ]


def test_ranks_share_places_and_percentiles_count_from_below() -> None:
    values = {"1": "90", "2": "95", "3": "90", "4": "70"}
    _, rows = reconcile({"a": [score(agency, value) for agency, value in values.items()]})
    assert {row["agency_id"]: row["rank_in_type"] for row in rows} == {"2": 1, "1": 2, "3": 2, "4": 4}
    assert {row["agency_id"]: row["percentile_in_type"] for row in rows} == {"2": 100.0, "1": 75.0, "3": 75.0, "4": 25.0}


def test_what_is_not_known_has_no_rank() -> None:
    _, rows = reconcile({"a": [score("1", "90", agency_type=None, province=None), score("2", "95")]})
    first, second = rows
    assert (first["rank_in_type"], first["rank_in_province"], first["percentile_in_type"], first["rank_national"]) == (
        None,
    ) * 3 + (2,)
    assert (second["rank_in_type"], second["rank_in_province"], second["rank_national"]) == (1, 1, 1)


def test_a_type_that_one_document_leaves_out_comes_from_another() -> None:
    _, rows = reconcile({"a": [score("1", "90", 2564, agency_type=None, province=None)], "b": [score("1", "80", 2563)]})
    assert [(row["agency_type"], row["province"], row["rank_in_type"]) for row in rows] == [("เทศบาลตำบล", "ลำพูน", 1)] * 2


def test_agencies_gather_every_printed_name_and_take_their_places_from_the_registry() -> None:
    rows = [score("1", "80", agency_name_printed=name, agency_name=f"ชื่อ {name}") for name in ("ข", "ก", "ก")]
    known, _ = reconcile({"a": [*rows, score("2", "70")]}, {"1": Place("51", "5101", None, "กรม"), "9": Place("10")})
    first, second = known
    assert (first["agency_name"], first["names_printed"]) == ("ชื่อ ก", ["ก", "ข"])
    assert (first["province_code"], first["district_code"], first["subdistrict_code"], first["parent"]) == (
        "51",
        "5101",
        None,
        "กรม",
    )
    assert (second["agency_id"], second["province_code"]) == ("2", None)


def test_nothing_gives_empty_tables_of_the_right_columns() -> None:
    assert reconcile({}) == ([], [])
    assert reconcile({"a": [score(None, "80")]}) == ([], [])


STATEMENTS = st.builds(
    lambda agency, value, year, current, verification, kind, province, graded: score(
        agency,
        str(Decimal(value) / 4),
        year,
        is_current_year=current,
        verification=verification,
        agency_type=kind,
        province=province,
        grade=graded if current else None,
        target_passed=None,
    ),
    st.sampled_from([None, *"abcdef"]),
    st.integers(300, 306),
    st.integers(2562, 2564),
    st.booleans(),
    st.sampled_from(LADDER),
    st.sampled_from([None, "ก", "ข"]),
    st.sampled_from([None, "ค", "ง"]),
    st.sampled_from([None, "A", "B"]),
)


def first(values: list[Any]) -> Any:
    return next((value for value in values if value is not None), None)


def half_of_last_digit(row: AgencyScore) -> Decimal:
    """What was put right is known to two decimals, whatever was printed."""
    printed = len(row.score_printed.strip().partition(".")[2]) if row.verification != "corrected" else 2
    return Decimal("0.5").scaleb(-printed)


def slowly(documents: dict[str, list[AgencyScore]]) -> list[dict[str, Any]]:
    """national_scores as the descriptions in fields.toml say it, with no regard to speed."""
    stated = [
        (document_id(name), number, row) for name, rows in documents.items() for number, row in enumerate(rows) if row.agency_id
    ]
    usual: dict[tuple[str, str], Any] = {}
    for name in ("agency_type", "province"):
        for agency in {row.agency_id for *_, row in stated}:
            counts = Counter(value for *_, row in stated if row.agency_id == agency and (value := getattr(row, name)))
            usual[str(agency), name] = min(counts, key=lambda value: (-counts[value], value)) if counts else None
    rows = []
    stated.sort(key=lambda entry: (entry[2].agency_id or "", entry[2].fiscal_year))
    for (agency, year), entries in groupby(stated, key=lambda entry: (str(entry[2].agency_id), entry[2].fiscal_year)):
        group = list(entries)
        support = Counter(row.score for *_, row in group)
        group.sort(
            key=lambda e: (
                not e[2].is_current_year,
                LADDER.index(e[2].verification),
                half_of_last_digit(e[2]),
                -support[e[2].score],
                e[0],
                e[1],
            )
        )
        ordered = [row for *_, row in group]
        ends = [(row.score - half_of_last_digit(row), row.score + half_of_last_digit(row)) for row in ordered]
        agree = (
            max(low for low, _ in ends) < min(high for _, high in ends) and len({row.grade for row in ordered if row.grade}) <= 1
        )
        best = min((row.verification for row in ordered), key=LADDER.index)
        rows.append(
            {
                "agency_id": agency,
                "fiscal_year": year,
                "agency_type": first([row.agency_type for row in ordered]) or usual[agency, "agency_type"],
                "province": first([row.province for row in ordered]) or usual[agency, "province"],
                "score": float(ordered[0].score),
                "grade": first([row.grade for row in ordered if row.is_current_year]),
                "statement_count": len(ordered),
                "statements_agree": agree,
                "verification": best if agree else "contradicted",
            }
        )
    for row in rows:
        for name, part in (("rank_in_type", "agency_type"), ("rank_in_province", "province"), ("rank_national", "fiscal_year")):
            peers = [other for other in rows if other["fiscal_year"] == row["fiscal_year"] and other[part] == row[part]]
            row[name] = 1 + sum(other["score"] > row["score"] for other in peers) if row[part] else None
            if part == "agency_type":
                share = Decimal(sum(other["score"] <= row["score"] for other in peers)) * 100 / len(peers)
                row["percentile_in_type"] = float(round(share + Decimal("0.000001"), 2)) if row[part] else None
        earlier = [o for o in rows if (o["agency_id"], o["fiscal_year"]) == (row["agency_id"], row["fiscal_year"] - 1)]
        row["change_from_previous"] = round(row["score"] - earlier[0]["score"], 2) if earlier else None
    return rows


@given(st.lists(STATEMENTS, max_size=25), st.randoms(use_true_random=False))
def test_the_fast_way_says_what_the_slow_way_says_in_whatever_order(rows: list[AgencyScore], chance: random.Random) -> None:
    documents = {"x": rows[::3], "y": rows[1::3], "z": rows[2::3]}
    want = slowly(documents)
    shuffled = dict(chance.sample(sorted(documents.items()), 3))
    _, got = reconcile(shuffled)
    assert [{key: row[key] for key in want[0]} for row in got] == want if want else got == []


def test_ten_thousand_agencies_keep_their_order_and_their_years() -> None:
    """Arrow gives groups back almost in order: with six rows it looks right, with thousands every 500th pair is swapped."""
    rows = [score(f"a{number}", "50", year) for number in range(5000) for year in (2563, 2562)]
    _, got = reconcile({"a": rows})
    keys = [(row["agency_id"], row["fiscal_year"]) for row in got]
    assert keys == sorted(keys)
    assert [row["change_from_previous"] for row in got] == [None, 0.0] * 5000


def test_a_score_of_one_decimal_agrees_with_what_rounds_to_it_and_lets_the_finer_one_speak() -> None:
    """A plan says 95.6 where the announcement says 95.55: that is no contradiction. 95.54 would be."""
    _, rows = reconcile({"a": [score("1", "95.6"), score("2", "95.6")], "b": [score("1", "95.55"), score("2", "95.54")]})
    assert [(row["score"], row["statements_agree"], row["verification"]) for row in rows] == [
        (95.55, True, "unverified"),
        (95.54, False, "contradicted"),
    ]
