"""Documents held against one another: what two print is proved, what they print differently is told."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.dataset import publish, put, read_dataset, verify
from ita_extract.dataset import reconcile as reconciling
from ita_extract.dataset.parts import ReleaseTables
from ita_extract.dataset.read import current_release, release_descriptor
from ita_extract.dataset.reconcile import IDENTITY, Reconciled, reconcile
from ita_extract.dataset.reproof import reproved
from ita_extract.dataset.schema import arrow_schema, table_of
from ita_extract.dataset.statements import COMPARED, SOURCE_COLUMNS
from ita_extract.model.record import (
    AgencyScore,
    Check,
    DocumentResult,
    IndicatorScore,
    InstrumentScore,
    OitItem,
    ProvinceScore,
    Record,
    SurveyItem,
)
from tests.dataset.build import FIELDS, KEY, MADE_BY, document, document_id, result, score

SCORES = FIELDS.dataset("agency_scores")
EARLIER: dict[str, Any] = {"is_current_year": False, "grade": None, "target_passed": None}


def announcement(year: int, now: Mapping[str, str], before: Mapping[str, str], **changes: Any) -> DocumentResult:
    """An announcement with the scores of its year, and of the year before in a column of their own."""
    rows = [score(agency, value, year, verification="consistent") for agency, value in now.items()]
    rows += [score(agency, value, year - 1, **EARLIER) for agency, value in before.items()]
    return result(f"announcement {year}", *rows, document=document(fiscal_year=year), **changes)


def published(folder: Path, *documents: DocumentResult) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of agency_scores, the comparisons in checks, and the rows of national_scores of a release of these documents."""
    for one in documents:
        put(folder, one, KEY)
    publish(folder, MADE_BY)
    scores, checks, national = (
        read_dataset(folder, name, as_arrow=True).to_pylist() for name in ("agency_scores", "checks", "national_scores")
    )
    return scores, [row for row in checks if row["identity"] == IDENTITY], national


def tables_of_release(folder: Path) -> Any:
    return lambda name: read_dataset(folder, name, as_arrow=True)


OLD = {"a": "80.25", "b": "66.40", "c": "91.00"}


def test_the_earlier_year_column_verifies_last_years_scores(tmp_path: Path) -> None:
    scores, checks, national = published(
        tmp_path, announcement(2563, OLD, {}), announcement(2564, {"a": "85.00", "b": "70.00"}, OLD)
    )
    assert {(row["fiscal_year"], row["verification"]) for row in scores} == {(2563, "verified"), (2564, "consistent")}
    assert [(row["document_id"], row["outcome"]) for row in checks] == [(document_id("announcement 2564"), "holds")] * 3
    assert checks[0]["subject"] == "agency_scores/3"
    assert checks[0]["observed"] == "80.25"
    assert document_id("announcement 2563")[:12] in checks[0]["expected"]
    assert [(row["agency_id"], row["verification"], row["statement_count"]) for row in national if row["fiscal_year"] == 2563] == [
        (agency, "verified", 2) for agency in "abc"
    ]
    assert [row["change_from_previous"] for row in national if row["fiscal_year"] == 2564] == [4.75, 3.6]
    assert verify(tmp_path, reproved) == ()


def test_a_planted_difference_is_found_and_touches_nothing_else(tmp_path: Path) -> None:
    scores, checks, national = published(
        tmp_path, announcement(2563, OLD, {}), announcement(2564, {"a": "85.00"}, {**OLD, "b": "64.60"})
    )
    states = {(row["agency_id"], row["fiscal_year"], row["score"]): row["verification"] for row in scores}
    assert states["b", 2563, 66.40] == states["b", 2563, 64.60] == "contradicted"
    assert states["a", 2563, 80.25] == states["c", 2563, 91.00] == "verified"
    (failed,) = [row for row in checks if row["outcome"] == "fails"]
    assert (failed["observed"], failed["expected"].split()[0], failed["document_id"]) == (
        "64.60",
        "66.40",
        document_id("announcement 2564"),
    )
    wrong = {row["agency_id"] for row in national if not row["statements_agree"]}
    assert wrong == {row["agency_id"] for row in national if row["verification"] == "contradicted"} == {"b"}
    assert verify(tmp_path, reproved) == ()


def test_what_a_document_proves_itself_stays_proved_where_another_differs(tmp_path: Path) -> None:
    own = result("own", score("a", "80.25", verification="verified"))
    scores, checks, national = published(tmp_path, own, announcement(2564, {}, {"a": "80.52"}))
    assert {row["score"]: row["verification"] for row in scores} == {80.25: "verified", 80.52: "contradicted"}
    assert [row["outcome"] for row in checks] == ["fails"]
    assert [(row["score"], row["verification"], row["statements_agree"]) for row in national] == [(80.25, "contradicted", False)]


def test_a_report_of_the_agency_is_another_source_and_a_copy_is_none(tmp_path: Path) -> None:
    first = announcement(2563, OLD, {})
    copy = replace(first, document_id=document_id("a scan of it"))
    scores, checks, _ = published(tmp_path, first, copy)
    assert {row["verification"] for row in scores} == {"consistent"}
    assert checks == []
    report = result("report", score("a", "80.25"), document=document(document_type="agency_report", fiscal_year=2563))
    scores, checks, _ = published(tmp_path, report)
    assert [row["agency_id"] for row in scores if row["verification"] == "verified"] == ["a", "a", "a"]
    assert {row["outcome"] for row in checks} == {"holds"}


@pytest.mark.parametrize("kind", ["compendium", "other"])
def test_a_document_that_may_hold_a_copy_proves_nothing_and_may_contradict(tmp_path: Path, kind: str) -> None:
    bundle = result("bundle", score("a", "80.25"), score("b", "1.00"), document=document(document_type=kind, fiscal_year=None))
    scores, checks, _ = published(tmp_path, announcement(2563, OLD, {}), bundle)
    states = {(row["agency_id"], row["score"]): row["verification"] for row in scores}
    assert states["a", 80.25] in ("consistent", "unverified")
    assert states["b", 66.4] == states["b", 1.0] == "contradicted"
    assert [row["outcome"] for row in checks] == ["fails"]
    scores, _, _ = published(tmp_path, announcement(2564, {}, OLD))
    assert {row["verification"] for row in scores if row["agency_id"] == "a"} == {"verified"}


def test_an_announcement_without_its_first_page_has_the_year_of_its_scores(tmp_path: Path) -> None:
    torn = announcement(2563, OLD, {})
    torn = replace(torn, document=replace(torn.document, fiscal_year=None))
    scores, _, _ = published(tmp_path, torn, announcement(2564, {}, OLD))
    assert {row["verification"] for row in scores} == {"verified"}


def test_grades_that_differ_are_a_difference(tmp_path: Path) -> None:
    report = result("report", score("a", "80.25", grade="B"), document=document(document_type="agency_report"))
    _, checks, national = published(tmp_path, announcement(2563, OLD, {}), report)
    assert [row["outcome"] for row in checks] == ["fails"]
    assert [row["statements_agree"] for row in national if row["agency_id"] == "a"] == [False]


def test_the_release_does_not_depend_on_the_order_of_its_documents(tmp_path: Path) -> None:
    documents = [
        announcement(2563, OLD, {}),
        announcement(2564, {"a": "85.00"}, {**OLD, "b": "1.00"}),
        announcement(2565, {}, {"a": "85.00"}),
    ]
    ids = set()
    for number, ordered in enumerate(permutations(documents)):
        for one in ordered:
            put(tmp_path / str(number), one, KEY)
        ids.add(publish(tmp_path / str(number), MADE_BY).release_id)
    assert len(ids) == 1


def test_what_was_said_of_a_document_goes_with_the_other_document(tmp_path: Path) -> None:
    """The store keeps what each document gave: without the second, the first is what it was."""
    put(tmp_path, announcement(2563, OLD, {}), KEY)
    alone = publish(tmp_path, MADE_BY).release_id
    path = put(tmp_path, announcement(2564, {}, OLD), KEY)
    assert publish(tmp_path, MADE_BY).release_id != alone
    path.unlink()
    assert publish(tmp_path, MADE_BY).release_id == alone


@pytest.mark.parametrize(
    ("dataset", "column", "old", "new"),
    [
        ("agency_scores", "score", 80.25, 80.52),
        ("agency_scores", "verification", "verified", "unverified"),
        ("national_scores", "rank_in_type", 1, 2),
        ("national_scores", "score", 91.0, 92.0),
        ("checks", "outcome", "holds", "fails"),
    ],
)
def test_a_release_that_was_changed_no_longer_proves(tmp_path: Path, dataset: str, column: str, old: Any, new: Any) -> None:
    published(tmp_path, announcement(2563, OLD, {}), announcement(2564, {"a": "85.00"}, OLD))
    tables = tables_of_release(tmp_path)

    def changed(name: str) -> pa.Table:
        table = tables(name)
        if name != dataset:
            return table
        values = table[column].to_pylist()
        values[values.index(old)] = new
        at = table.column_names.index(column)
        return table.set_column(at, table.field(at), pa.array(values, table.field(at).type))

    assert list(reproved(tables)) == []
    found = list(reproved(changed))
    assert found
    release = current_release(tmp_path)
    descriptor = release_descriptor(release)
    resource = descriptor.resource(dataset)
    assert resource is not None
    whole, start = changed(dataset), 0
    for file in resource.files:
        pq.write_table(whole.slice(start, file.rows), release / file.path)
        start += file.rows
    for rows in (1, 3, 1_000):
        assert sorted(reproved(ReleaseTables(release, descriptor, rows))) == sorted(found), "a few rows at a time they say the same"


ROWS = st.builds(
    lambda agency, value, year, current, verification, grade: score(
        agency,
        value,
        year,
        is_current_year=current,
        verification=verification,
        grade=grade if current else None,
        target_passed=None,
    ),
    st.sampled_from([None, "a", "b"]),
    st.sampled_from(["80.25", "80.52"]),
    st.sampled_from([2562, 2563]),
    st.booleans(),
    st.sampled_from(["verified", "consistent", "corrected", "unverified", "contradicted"]),
    st.sampled_from([None, "A", "B"]),
)
KINDS = st.sampled_from(["announcement", "agency_report", "compendium", "other"])


def together(documents: Mapping[str, tuple[str, list[AgencyScore]]]) -> Reconciled:
    tables = [table_of(rows, SCORES, document_id(name)) for name, (_, rows) in documents.items()]
    empty = arrow_schema(SCORES, described=False).empty_table()
    sources = [(document_id(name), kind, None, None) for name, (kind, _) in documents.items()]
    types = (pa.string(), pa.string(), pa.int64(), pa.string())
    columns = [pa.array([row[at] for row in sources], kind) for at, kind in enumerate(types)]
    statements = {SCORES.name: pa.concat_tables([empty, *tables]).select(list(COMPARED[0].columns))}
    return reconcile(statements, pa.table(columns, names=list(SOURCE_COLUMNS)))


def changes(found: Reconciled) -> dict[tuple[str, int], str]:
    """The verifications that others change, by document and row."""
    table = found.tables[SCORES.name]
    rows = zip(*(table[name].to_pylist() for name in ("document_id", "record_no", "verification")), strict=True)
    now = found.verification[SCORES.name].to_pylist()
    return {(key, at): state for (key, at, was), state in zip(rows, now, strict=True) if state != was}


def slowly(documents: Mapping[str, tuple[str, list[AgencyScore]]]) -> dict[tuple[str, int], str]:
    """The verifications that change, by the rules as they are written, every row against every other."""
    years = {name: max((row.fiscal_year for row in members), default=0) for name, (_, members) in documents.items()}
    rows = [
        (document_id(name), at, (kind, years[name]), row)
        for name, (kind, members) in documents.items()
        for at, row in enumerate(members, 1)
    ]
    out = {}
    for me, at, source, row in rows:
        if row.agency_id is None or row.verification not in ("consistent", "unverified"):
            continue
        others = [
            (src, other)
            for doc, _, src, other in rows
            if doc != me and (other.agency_id, other.fiscal_year) == (row.agency_id, row.fiscal_year)
        ]
        same = [
            (src, other.score == row.score and (None in (other.grade, row.grade) or other.grade == row.grade))
            for src, other in others
        ]
        mixed = ("compendium", "other")
        apart = [
            (src[1] != source[1] or (src[0] != source[0] and src[0] not in mixed and source[0] not in mixed), agrees)
            for src, agrees in same
        ]
        if any(independent and agrees for independent, agrees in apart):
            out[me, at] = "verified"
        elif not all(agrees for _, agrees in same):
            out[me, at] = "contradicted"
    return out


@given(st.lists(st.tuples(KINDS, st.lists(ROWS, max_size=4)), max_size=4), st.randoms(use_true_random=False))
def test_the_fast_way_says_what_the_slow_way_says(parts: list[tuple[Any, list[AgencyScore]]], chance: random.Random) -> None:
    documents = {str(number): part for number, part in enumerate(parts)}
    found = together(documents)
    changed = changes(found)
    assert changed == slowly(documents)
    shuffled = dict(chance.sample(sorted(documents.items()), len(documents)))
    again = together(shuffled)
    assert (changes(again), again.checks()) == (changed, found.checks())
    settled = {
        name: (
            source,
            [replace(row, verification=changed.get((document_id(name), at), row.verification)) for at, row in enumerate(rows, 1)],
        )
        for name, (source, rows) in documents.items()
    }
    assert changes(together(settled)) == {}
    assert together(settled).checks() == found.checks()


@given(st.lists(st.tuples(KINDS, st.lists(ROWS, max_size=4)), max_size=4), st.integers(1, 5))
def test_few_pairs_and_few_rows_at_a_time_are_all_of_them(parts: list[tuple[Any, list[AgencyScore]]], few: int) -> None:
    documents = {str(number): part for number, part in enumerate(parts)}
    found = together(documents)
    whole = found.checks()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reconciling, "_PAIRS", few)
        assert changes(together(documents)) == changes(found)
        patch.setattr(reconciling, "_ROWS", few)
        cut = [table for table in found.amended_checks("all", ()) if table.num_rows]
    assert pa.concat_tables([whole.slice(0, 0), *cut]) == whole


def test_comparisons_stand_behind_the_checks_of_their_document_and_are_counted_on(tmp_path: Path) -> None:
    """Also of a document without a check of its own, before, between and behind those that have some."""
    own = (Check(identity="grade", subject="row 1", expected="A", observed="A", tolerance="", outcome="holds"),) * 2
    documents = [announcement(2563 + number, OLD, OLD, checks=own if number % 2 else ()) for number in range(6)]
    published(tmp_path, *documents)
    assert verify(tmp_path, reproved) == ()
    rows = read_dataset(tmp_path, "checks", as_arrow=True).to_pylist()
    told = {key: [row["identity"] for row in rows if row["document_id"] == key] for key in {one.document_id for one in documents}}
    wanted = {
        one.document_id: ["grade"] * len(one.checks) + [IDENTITY] * (3 if one.document.fiscal_year != 2563 else 0)
        for one in documents
    }
    assert told == wanted
    assert [row["document_id"] for row in rows] == sorted(row["document_id"] for row in rows)


def statement(kind: str, value: str, **changes: Any) -> Record:
    """One record of another dataset than agency_scores, of an agency `a` or a province."""
    number, where = Decimal(value), {"page": 1, "fiscal_year": 2567}
    box: dict[str, Any] = {"bbox": None, "agency_id": "a", "agency_name": "จังหวัดก"}
    whole: dict[str, Any] = {"subject": "agency", "province": None, "score": number, "score_printed": value}
    match kind:
        case "indicator_scores":
            named = {"instrument": "IIT", "indicator_no": 3, "indicator_name": "การใช้อำนาจ", "agency_type": None}
            return IndicatorScore(**{**where, **box, **whole, **named, **changes})
        case "instrument_scores":
            return InstrumentScore(**{**where, **box, **whole, "instrument": "IIT", "part": None, **changes})
        case "survey_items":
            item = {"instrument": "IIT", "item_code": "I7", "indicator_no": 3, "item_text": None, "score": number}
            return SurveyItem(**{**where, **box, **item, **changes})
        case "oit_items":
            texts = ("item_name", "item_key", "indicator_no", "sub_indicator_no", "sub_indicator_name", "section", "comment")
            return OitItem(**{**where, **box, **dict.fromkeys(texts), "item_code": "O9", "score": number, **changes})
        case _:
            return ProvinceScore(**{**where, "province": "ลำพูน", "score": number, **changes})


KINDS_OF_STATEMENT = [
    pytest.param(one.dataset, marks=[pytest.mark.slow] if one.dataset not in ("indicator_scores", "province_scores") else [])
    for one in COMPARED[1:]
]


def states_of(folder: Path, dataset: str, *documents: DocumentResult) -> tuple[list[str], list[str]]:
    """The verifications of a dataset, and the outcomes of the comparisons made, of a release of these documents."""
    _, checks, _ = published(folder, *documents)
    rows = read_dataset(folder, dataset, as_arrow=True).to_pylist()
    assert verify(folder, reproved) == ()
    return sorted(row["verification"] for row in rows), [row["outcome"] for row in checks]


def of_kind(name: str, kind: str, *records: Record, author: str | None = "a", year: int = 2567) -> DocumentResult:
    """A document of a kind, written by an agency that the release knows."""
    made = document(document_type=kind, fiscal_year=year, agency_id=author)
    return result(name, *records, *([score(author, "50.00", 2540 + len(name))] if author else []), document=made)


@pytest.mark.parametrize("kind", KINDS_OF_STATEMENT)
def test_two_kinds_of_document_prove_each_other(kind: str, tmp_path: Path) -> None:
    report = of_kind("report", "agency_report", statement(kind, "88.51"))
    plan = of_kind("plan", "measures_plan", statement(kind, "88.51"), year=2568)
    assert states_of(tmp_path, kind, report, plan) == (["verified"] * 2, ["holds"])


@pytest.mark.parametrize("kind", KINDS_OF_STATEMENT)
def test_two_kinds_of_document_that_differ_are_told(kind: str, tmp_path: Path) -> None:
    report = of_kind("report", "agency_report", statement(kind, "88.51"))
    plan = of_kind("plan", "measures_plan", statement(kind, "83.51"), year=2568)
    assert states_of(tmp_path, kind, report, plan) == (["contradicted"] * 2, ["fails"])


@pytest.mark.parametrize("kind", KINDS_OF_STATEMENT)
def test_a_copy_of_a_report_proves_nothing(kind: str, tmp_path: Path) -> None:
    report = of_kind("report", "agency_report", statement(kind, "88.51"))
    copy = of_kind("copy", "agency_report", statement(kind, "88.51"))
    assert states_of(tmp_path, kind, report, copy) == (["unverified"] * 2, [])


@pytest.mark.parametrize("kind", KINDS_OF_STATEMENT)
def test_other_things_are_not_compared(kind: str, tmp_path: Path) -> None:
    other: dict[str, Any] = {"province": "เชียงใหม่"} if kind == "province_scores" else {"agency_id": "b"}
    report = of_kind("report", "agency_report", statement(kind, "88.51"), statement(kind, "12.34", fiscal_year=2566))
    plan = of_kind("plan", "measures_plan", statement(kind, "83.51", **other), score("b", "50.00", 2560), year=2568)
    assert states_of(tmp_path, kind, report, plan) == (["unverified"] * 3, [])


def test_papers_of_two_agencies_of_one_kind_are_two_sources_and_announcements_are_one(tmp_path: Path) -> None:
    same = statement("province_scores", "68.83")
    own = [of_kind(name, "analysis", same, author=name) for name in "ab"]
    assert states_of(tmp_path / "own", "province_scores", *own) == (["verified"] * 2, ["holds"])
    copies = [of_kind(name, "announcement", same, author=name) for name in "ab"]
    assert states_of(tmp_path / "copies", "province_scores", *copies) == (["unverified"] * 2, [])


def test_a_type_and_a_province_are_other_subjects_than_an_agency(tmp_path: Path) -> None:
    of_type = {"subject": "agency_type", "agency_id": None, "agency_name": None, "agency_type": "จังหวัด"}
    of_province = {"subject": "province", "agency_id": None, "agency_name": None, "province": "ลำพูน"}
    kind = "indicator_scores"
    one = of_kind("report", "agency_report", statement(kind, "88.51"), statement(kind, "70.00", **of_type))
    two = of_kind("two", "analysis", statement(kind, "70.00", **of_type), statement(kind, "60.00", **of_province))
    assert states_of(tmp_path, kind, one, two) == (["unverified", "unverified", "verified", "verified"], ["holds"])


@pytest.mark.parametrize(
    ("printed", "score_of", "differs"),
    [("88.5", "88.50", False), ("88.4", "88.40", True), ("26.55", "88.50", False), ("26.52", "88.40", True)],
)
def test_coarser_print_contradicts_and_proves_nothing(tmp_path: Path, printed: str, score_of: str, differs: bool) -> None:
    """88.5 and 26.55 of 30 may both be the 88.51 of the report; 88.4 is not, nor is 26.52 of 30."""
    kind = "instrument_scores"
    report = of_kind("report", "agency_report", statement(kind, "88.51"))
    plan = of_kind("plan", "measures_plan", statement(kind, score_of, score_printed=printed), year=2568)
    states, outcomes = states_of(tmp_path, kind, report, plan)
    assert (set(states), outcomes) == (({"contradicted"}, ["fails"]) if differs else ({"unverified"}, []))
