"""What a column's declared limits make of its values: one judge for what is to be written and for what was read back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..rulebook.fields import Column, Dataset

INT_LIMIT = 2**53
"""Whole numbers from here on are not exact in JSON, spreadsheets and float64; no count, page or year of ours comes near."""


def broken(table: pa.Table, dataset: Dataset) -> dict[int, str]:
    """The rows that break a limit of `dataset`, by row from 0, with the first fault of each in words; {} is the usual answer."""
    faults: dict[int, str] = {}
    for column in dataset.columns:
        values = table.column(column.name).combine_chunks()
        for mask, words in _faults(column, values):
            if pc.any(mask).as_py():
                for row in pc.indices_nonzero(mask).to_pylist():
                    faults.setdefault(row, f"{column.name}: {_show(values[row].as_py())} {words}")
    return faults


def _show(value: object) -> str:
    text = repr(value) if isinstance(value, str | list) else str(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _faults(column: Column, values: pa.Array) -> Iterator[tuple[pa.Array, str]]:
    """For each limit of the column a mask of the rows that break it, never null, and the fault in words."""
    if column.required and values.null_count:
        yield pc.is_null(values), "is missing"
    if not pa.types.is_list(values.type):
        yield from _scalar_faults(column, values)
        return
    if column.type == "bbox":
        yield pc.fill_null(pc.not_equal(pc.list_value_length(values), 4), False), "does not have four numbers"
    parts = pc.list_flatten(values)
    for mask, words in ((pc.is_null(parts), "is null"), *_scalar_faults(column, parts)):
        yield _lists_with(values, mask), f"has a part that {words}"


def _lists_with(values: pa.Array, mask: pa.Array) -> pa.Array:
    """Which of the lists have a part under the mask."""
    rows = pc.unique(pc.cast(pc.list_parent_indices(values), pa.int64()).filter(mask))
    return pc.is_in(pa.array(np.arange(len(values))), value_set=rows)


def _scalar_faults(column: Column, values: pa.Array) -> Iterator[tuple[pa.Array, str]]:
    def where(mask: pa.Array) -> pa.Array:
        return pc.fill_null(mask, False)

    if pa.types.is_floating(values.type):
        yield where(pc.invert(pc.is_finite(values))), "is no finite number"
    if pa.types.is_integer(values.type):
        too_large = pc.or_(pc.greater_equal(values, INT_LIMIT), pc.less_equal(values, -INT_LIMIT))
        yield where(too_large), "is too large to be exact"
    if column.minimum is not None:
        yield where(pc.less(values, column.minimum)), f"is below {column.minimum}"
    if column.maximum is not None:
        yield where(pc.greater(values, column.maximum)), f"is above {column.maximum}"
    if pa.types.is_string(values.type):
        if not column.may_be_empty:
            yield where(pc.equal(values, "")), "is empty"
        if column.enum:
            known = pc.is_in(values, value_set=pa.array(column.enum))
            yield where(pc.and_(pc.is_valid(values), pc.invert(known))), f"is none of {', '.join(column.enum)}"
        if column.pattern:
            fits = pc.match_substring_regex(values, rf"^(?:{column.pattern})\z")
            yield where(pc.invert(fits)), f"does not match {column.pattern}"
