"""Records into Arrow tables, column by column, with the types that `rules/fields.toml` declares.

Nothing here knows a single dataset: a record class of a later day is published as soon as its fields carry the names of the
columns. What a record does not know, this module fills in: `document_id`, and the ordinal of the row in reading order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from operator import attrgetter
from typing import Any

import numpy as np
import pyarrow as pa

from ..model.record import DocumentResult, Reject
from ..rulebook.fields import Column, ColumnType, Dataset, Fields
from .limits import INT_LIMIT, broken

_CENT = Decimal("0.01")
_ATTRIBUTE = {"dataset": "target"}
"""A published column whose name a record cannot use for a field, since the class already carries its own dataset under it."""

_TYPES: dict[ColumnType, pa.DataType] = {
    "string": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "list<string>": pa.list_(pa.field("element", pa.string())),
    "list<float64>": pa.list_(pa.field("element", pa.float64())),
    "bbox": pa.list_(pa.field("element", pa.float64())),
}


@lru_cache(maxsize=128)
def arrow_schema(dataset: Dataset, *, described: bool = True) -> pa.Schema:
    """The Arrow schema of a dataset; `described` with title and descriptions in English and Thai in its metadata.

    >>> from ita_extract.rulebook.fields import load_fields
    >>> schema = arrow_schema(load_fields().dataset("agency_scores"))
    >>> schema.field("score").type, schema.field("score").nullable, schema.field("score").metadata[b"unit"]
    (DataType(double), False, b'percent')
    """
    columns = []
    for column in dataset.columns:
        notes = {"description": column.description, "description_th": column.description_th, "unit": column.unit}
        metadata = {key: text for key, text in notes.items() if text} if described else None
        columns.append(pa.field(column.name, _TYPES[column.type], nullable=not column.required, metadata=metadata))
    notes = {key: getattr(dataset, key) for key in ("title", "title_th", "description", "description_th")}
    return pa.schema(columns, metadata={"dataset": dataset.name, **notes} if described else {"dataset": dataset.name})


def tables_of(result: DocumentResult, fields: Fields) -> dict[str, pa.Table]:
    """All that one document gave, as one table a dataset, datasets without rows left out; `documents` is always there.

    A record that breaks the limits of its columns (a score of 950, say, read out of a torn text layer) becomes a reject with
    its raw text: it is not published, and not lost. Counts in `documents` follow. ValueError where the pipeline itself is wrong:
    a null in a required column, or a repair counted twice.
    """
    tables: dict[str, pa.Table] = {}
    rejects = list(result.rejects)
    kept = 0
    by_dataset: dict[str, list[Any]] = {}
    for record in result.records:
        by_dataset.setdefault(record.dataset, []).append(record)
    for name, records in by_dataset.items():
        dataset = fields.dataset(name)
        table = table_of(records, dataset, result.document_id)
        if faults := broken(table, dataset):
            rejects += [_reject(records[row], name, fault) for row, fault in sorted(faults.items())]
            table = table_of([record for row, record in enumerate(records) if row not in faults], dataset, result.document_id)
        kept += table.num_rows
        tables[name] = table
    document, more = _document_within_limits(result, fields.dataset("documents"))
    rejects += more
    document = replace(document, record_count=kept, reject_count=len(rejects))
    for name, rows in (("documents", [document]), ("rejects", rejects), ("checks", result.checks), ("repairs", result.repairs)):
        dataset = fields.dataset(name)
        tables[name] = table_of(rows, dataset, result.document_id)
        if faults := broken(tables[name], dataset):
            row, fault = min(faults.items())
            raise ValueError(f"document {result.document_id}, {name}, row {row + 1}: {fault}")
    return {name: table for name, table in tables.items() if table.num_rows}


def table_of(rows: Sequence[Any], dataset: Dataset, document_id: str) -> pa.Table:
    """One table of the records of one document, in reading order; sorted by the key where the key does not count them."""
    arrays = []
    for column in dataset.columns:
        if column.name == "document_id":
            arrays.append(pa.repeat(pa.scalar(document_id), len(rows)))
        elif column.name == dataset.ordinal:
            arrays.append(pa.array(np.arange(1, len(rows) + 1, dtype=np.int64)))
        else:
            arrays.append(_array(column, list(map(attrgetter(_ATTRIBUTE.get(column.name, column.name)), rows))))
    table = pa.Table.from_arrays(arrays, schema=arrow_schema(dataset, described=False))
    if dataset.ordinal or len(rows) < 2:
        return table
    table = table.sort_by([(name, "ascending") for name in dataset.key])
    if table.group_by(list(dataset.key)).aggregate([]).num_rows != table.num_rows:
        raise ValueError(f"document {document_id}: two rows of {dataset.name} have the same {', '.join(dataset.key)}")
    return table


def published_name(attribute: str) -> str:
    """The column in which a record's field is published.

    >>> published_name("target"), published_name("score")
    ('dataset', 'score')
    """
    return next((column for column, field in _ATTRIBUTE.items() if field == attribute), attribute)


def hundredths(value: Decimal | float | None) -> float | None:
    """A score as it is written: float64 of two decimals, halves away from zero as on paper; what is not finite stays so.

    >>> hundredths(Decimal("88.506")), hundredths(Decimal("84.425")), hundredths(Decimal("-0.001")), hundredths(None)
    (88.51, 84.43, 0.0, None)
    """
    if value is None:
        return None
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    try:
        return float(exact.quantize(_CENT, ROUND_HALF_UP)) + 0.0
    except InvalidOperation:
        return float(exact)


def _array(column: Column, values: list[Any]) -> pa.Array:
    """One column of a table; `values` has one entry a row."""
    match column.type:
        case "float64":
            return pa.array([hundredths(value) for value in values], pa.float64())
        case "string":
            return _texts(values if column.required else [value or None for value in values], pa.string())
        case "int64":
            return _integers(values)
        case "bbox":
            return _boxes(values)
        case "list<string>":
            return _texts([list(value) for value in values], _TYPES[column.type])
        case "list<float64>":
            return pa.array([[hundredths(part) for part in value] for value in values], _TYPES[column.type])
        case _:
            return pa.array(values, _TYPES[column.type])


def _integers(values: list[Any]) -> pa.Array:
    try:
        return pa.array(values, pa.int64())
    except (OverflowError, pa.ArrowInvalid):
        bounded = [None if value is None else max(-INT_LIMIT, min(INT_LIMIT, int(value))) for value in values]
        return pa.array(bounded, pa.int64())  # a number at INT_LIMIT breaks the limits of every column: the row becomes a reject


def _texts(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Texts as UTF-8. Half a surrogate pair (from a broken character map, or a file name of invalid bytes) stands escaped."""
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        escaped = [[_escape(part) for part in value] if isinstance(value, list) else _escape(value) for value in values]
        return pa.array(escaped, kind)


def _escape(text: str | None) -> str | None:
    return None if text is None else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _boxes(values: list[Any]) -> pa.Array:
    present = [value for value in values if value is not None]
    if any(len(value) != 4 for value in present):
        raise ValueError("a bbox has four numbers: x0, top, x1, bottom")
    numbers = np.round(np.asarray(present, dtype=np.float64).reshape(-1), 2) + 0.0
    lengths = np.fromiter((0 if value is None else 4 for value in values), dtype=np.int32, count=len(values))
    offsets = np.concatenate([np.zeros(1, np.int32), np.cumsum(lengths, dtype=np.int32)])
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(numbers), type=_TYPES["bbox"], mask=pa.array(lengths == 0))


def _reject(record: Any, target: str, fault: str) -> Reject:
    """A record that breaks its limits, as a reject: the raw text is what of it was printed, in the order of its columns."""
    values = {field.name: getattr(record, field.name) for field in dataclass_fields(record)}
    printed = [value for name, value in values.items() if name.endswith("_printed") and value]
    texts = printed or [value for value in values.values() if isinstance(value, str) and value]
    return Reject(
        page=max(1, values.get("page") or 1),
        target=target,
        reason="out_of_limits",
        detail=fault,
        raw_text="\t".join(texts),
        bbox=_finite(values.get("bbox")),
    )


def _finite(box: Any) -> Any:
    return box if box is not None and all(map(math.isfinite, box)) else None


def _document_within_limits(result: DocumentResult, dataset: Dataset) -> tuple[Any, list[Reject]]:
    """The document's own row, and a reject for each value of it that breaks a limit and can be left out."""
    document, rejects = result.document, []
    for column in dataset.columns:
        if column.required or column.name == "document_id":
            continue
        value = getattr(document, column.name)
        table = pa.table({column.name: _array(column, [value])})
        if faults := broken(table, replace(dataset, columns=(column,))):
            detail, absent = faults[0], {column.name: None}
            reject = Reject(page=1, target="documents", reason="out_of_limits", detail=detail, raw_text=str(value), bbox=None)
            rejects.append(reject)
            document = replace(document, **absent)  # type: ignore[arg-type]  # only columns that may be null come here
    return document, rejects


def conform(table: pa.Table, dataset: Dataset) -> pa.Table:
    """A stored table under today's schema: a column that was not yet there is null, one that is gone is dropped.

    ValueError where today's schema needs a value that the stored rows do not have: the document must be read again.
    """
    schema = arrow_schema(dataset)
    arrays: list[pa.ChunkedArray] = []
    for field in schema:
        if field.name in table.column_names:
            column = table.column(field.name)
            if column.type != field.type:
                raise ValueError(f"{dataset.name}.{field.name} was stored as {column.type}, and is {field.type} today")
        else:
            column = pa.chunked_array([pa.nulls(table.num_rows, field.type)])
        if column.null_count and not field.nullable:
            raise ValueError(f"{dataset.name}.{field.name} may not be null, and the stored rows do not have it")
        arrays.append(column)
    return pa.Table.from_arrays(arrays, schema=schema)


def concat(tables: Iterable[pa.Table], schema: pa.Schema) -> pa.Table:
    """Tables of one schema one after another; an empty table of that schema where there are none."""
    parts = list(tables)
    return pa.concat_tables(parts) if parts else schema.empty_table()
