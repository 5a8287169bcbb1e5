"""Records become rows: nothing lost, nothing changed, nothing out of its limits published."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ita_extract.dataset.limits import broken
from ita_extract.dataset.schema import arrow_schema, conform, hundredths, published_name, table_of, tables_of
from ita_extract.model.record import DocumentRecord, RepairCount
from tests.dataset.build import FIELDS, document, document_id, filled_columns, record_classes, result, rich_result, rows_of, score

DOC = document_id("a")


def expected(column_type: str, value: Any) -> Any:
    """What a value must be once it is read back, by the contract's words."""
    if value is None:
        return None
    if column_type == "float64":
        return float(value)
    if column_type in ("bbox", "list<float64>"):
        return [pytest.approx(float(part), abs=0.00501) for part in value]
    if column_type == "list<string>":
        return [text.encode("utf-8", "backslashreplace").decode() for text in value]
    if column_type == "string":
        return value.encode("utf-8", "backslashreplace").decode()
    return value


@pytest.mark.parametrize("cls", record_classes(), ids=lambda cls: cls.__name__)
@settings(max_examples=settings.default.max_examples * 2 // 5)  # for each of the classes
@given(data=st.data())
def test_every_field_of_every_record_comes_back(cls: Any, data: st.DataObject) -> None:
    dataset = FIELDS.dataset(cls.dataset)
    key = (lambda row: (row.page, row.rule)) if cls is RepairCount else repr
    rows = data.draw(st.lists(rows_of(cls), max_size=1 if cls is DocumentRecord else 3, unique_by=key))
    table = table_of(rows, dataset, DOC)
    assert table.column_names == list(dataset.names)
    assert not broken(table, dataset)
    rows = sorted(rows, key=lambda row: (row.page, row.rule)) if cls is RepairCount else rows
    for number, (row, read) in enumerate(zip(rows, table.to_pylist(), strict=True), 1):
        assert read["document_id"] == DOC
        for column in dataset.columns:
            if column.name in filled_columns(dataset):
                assert read[column.name] == (number if column.name == dataset.ordinal else DOC)
            else:
                field = next(name for name in cls.__slots__ if published_name(name) == column.name)
                assert read[column.name] == expected(column.type, getattr(row, field)), column.name


@given(st.decimals(-1000, 1000, places=6))
@example(Decimal("0.125"))
@example(Decimal("84.425"))
def test_scores_are_the_float_nearest_to_the_decimal_rounded_half_up(value: Decimal) -> None:
    written = hundredths(value)
    assert written is not None
    assert abs(Decimal(repr(written)) - value) <= Decimal("0.005")
    assert round(written, 2) == written
    assert repr(written) != "-0.0"


def test_half_a_cent_goes_up_as_on_paper() -> None:
    assert [hundredths(Decimal(text)) for text in ("88.505", "88.515", "-0.005", "2.675")] == [88.51, 88.52, -0.01, 2.68]


def test_an_empty_text_is_absent_where_absence_is_possible_and_kept_where_it_is_not() -> None:
    table = table_of([score("1", "50", grade="", district="")], FIELDS.dataset("agency_scores"), DOC)
    assert (table["grade"][0].as_py(), table["district"][0].as_py()) == (None, None)
    repair = RepairCount(page=1, rule="zero-width", count=1, example_before="\u200b", example_after="")
    assert table_of([repair], FIELDS.dataset("repairs"), DOC)["example_after"].to_pylist() == [""]


def test_half_surrogates_are_escaped_and_do_not_stop_a_run() -> None:
    table = table_of([score("1", "50", agency_name_printed="ทต.\ud800ก")], FIELDS.dataset("agency_scores"), DOC)
    assert table["agency_name_printed"].to_pylist() == ["ทต.\\ud800ก"]


BAD = [
    ({"score": Decimal(950)}, "score: 950.0 is above 100"),
    ({"score": Decimal("-1")}, "score: -1.0 is below 0"),
    ({"score": Decimal("NaN")}, "no finite number"),
    ({"score": Decimal("Infinity")}, "no finite number"),
    ({"score": Decimal("1e400")}, "no finite number"),
    ({"fiscal_year": 20}, "fiscal_year: 20 is below 2500"),
    ({"row_no": 10**30}, "too large"),
    ({"agency_name": ""}, "agency_name: '' is empty"),
    ({"identity_match": "guess"}, "none of exact"),
    ({"bbox": (1.0, 2.0, float("inf"), 4.0)}, "no finite number"),
]


@pytest.mark.parametrize(("change", "fault"), BAD, ids=[fault for _, fault in BAD])
def test_a_record_out_of_limits_becomes_a_reject_with_its_raw_text(change: dict[str, Any], fault: str) -> None:
    bad = score("2", "50", **{"score_printed": "๙๕๐", **change})
    tables = tables_of(result("a", score("1", "50"), bad, score("3", "60")), FIELDS)
    assert tables["agency_scores"]["agency_id"].to_pylist() == ["1", "3"]
    assert tables["agency_scores"]["record_no"].to_pylist() == [1, 2]
    reject = tables["rejects"].to_pylist()[0]
    assert (reject["dataset"], reject["reason"], reject["seq"]) == ("agency_scores", "out_of_limits", 1)
    assert fault in reject["detail"]
    assert reject["raw_text"] == "ทต.2\t๙๕๐"
    counts = tables["documents"].to_pylist()[0]
    assert (counts["record_count"], counts["reject_count"]) == (2, 1)
    assert not any(broken(table, FIELDS.dataset(name)) for name, table in tables.items())


def test_a_value_of_the_document_out_of_limits_is_left_out_and_rejected() -> None:
    tables = tables_of(result("a", document=document(fiscal_year=9999, error_code="not a code")), FIELDS)
    row = tables["documents"].to_pylist()[0]
    assert (row["fiscal_year"], row["error_code"], row["reject_count"]) == (None, None, 2)
    assert tables["rejects"]["raw_text"].to_pylist() == ["9999", "not a code"]


def test_what_only_a_fault_of_the_pipeline_can_do_is_an_error() -> None:
    twice = (RepairCount(page=1, rule="r", count=1, example_before="a", example_after="b"),) * 2
    with pytest.raises(ValueError, match="same document_id, page, rule"):
        tables_of(result("a", repairs=twice), FIELDS)
    with pytest.raises(ValueError, match="status"):
        tables_of(result("a", document=document(status="fine")), FIELDS)


def test_counts_are_those_of_the_rows_whatever_the_document_says() -> None:
    lying = result("a", score("1", "50"), document=document(record_count=7, reject_count=7))
    row = tables_of(lying, FIELDS)["documents"].to_pylist()[0]
    assert (row["record_count"], row["reject_count"]) == (1, 0)


def test_schemas_carry_descriptions_and_nullability() -> None:
    for dataset in FIELDS.datasets:
        schema = arrow_schema(dataset)
        for column in dataset.columns:
            field = schema.field(column.name)
            assert field.nullable is not column.required
            assert field.metadata[b"description"].decode() == column.description
            assert field.metadata[b"description_th"].decode() == column.description_th


def test_rows_stored_under_an_older_schema_are_read_under_todays() -> None:
    table = tables_of(rich_result("a"), FIELDS)["agency_scores"]
    dataset = FIELDS.dataset("agency_scores")
    older = table.drop_columns(["district"]).append_column("gone", pa.nulls(len(table)))
    assert conform(older, dataset)["district"].null_count == len(table)
    with pytest.raises(ValueError, match="score may not be null"):
        conform(table.drop_columns(["score"]), dataset)
    with pytest.raises(ValueError, match="stored as string"):
        conform(table.set_column(table.column_names.index("row_no"), "row_no", table["agency_id"]), dataset)
