"""Some columns of very many rows in few bytes each: what all documents together are asked for.

What documents say of one another is known when the last of them was seen. A million rows as Python objects are a gigabyte, and as
Arrow texts, of which each says "องค์การบริหารส่วนตำบล…" again, 400 MB; as numbers of the different texts they are 50 MB.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from .schema import concat

Numbers: TypeAlias = NDArray[np.int64]
ROWS_AT_ONCE = 65_536
"""Rows that wait, at the least, before they are put to the others."""


class Narrow:
    """Columns of many tables one after another, their texts as numbers of a dictionary of all different ones."""

    def __init__(self, schema: pa.Schema) -> None:
        numbered = pa.dictionary(pa.int32(), pa.string())
        self._schema = pa.schema((field.name, numbered if field.type == pa.string() else field.type) for field in schema)
        self._whole = self._schema.empty_table()
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0

    def add(self, table: pa.Table) -> None:
        """More rows. Columns beside those of the schema are left out."""
        columns = (table[field.name] for field in self._schema)
        encoded = [pc.dictionary_encode(column) if column.type == pa.string() else column for column in columns]
        self._waiting.append(pa.table(encoded, schema=self._schema))
        self._waiting_rows += table.num_rows
        if self._waiting_rows > max(ROWS_AT_ONCE, self._whole.num_rows // 4):
            self.table()

    def table(self) -> pa.Table:
        """All rows so far, in the order in which they came."""
        self._whole = concat([self._whole, *self._waiting], self._schema).combine_chunks()
        self._waiting, self._waiting_rows = [], 0
        return self._whole


def ranked(column: pa.ChunkedArray) -> tuple[Numbers, pa.Array]:
    """Texts as their places among the different ones in code point order, -1 for null; and those, sorted.

    >>> places, texts = ranked(pa.chunked_array([["ข", None, "ก"], ["ข"]]))
    >>> places.tolist(), texts.to_pylist()
    ([1, -1, 0, 1], ['ก', 'ข'])
    """
    indices, texts = _encoded(column)
    order = pc.sort_indices(texts).to_numpy()
    rank = np.empty(len(order) + 1, np.int64)
    rank[order] = np.arange(len(order))
    rank[-1] = -1  # where the index of null, which is -1 too, finds it
    return rank[indices], texts.take(pa.array(order))


def placed(column: pa.ChunkedArray, rows: Numbers, texts: Sequence[str]) -> pa.ChunkedArray:
    """A column of few different texts with others in some rows, dictionary-encoded.

    >>> placed(pa.chunked_array([["ข", None, "ก"]]), np.array([0]), ["ค"]).to_pylist()
    ['ค', None, 'ก']
    """
    codes, known = ranked(column)
    wanted = pa.array(sorted({*known.drop_null().to_pylist(), *texts}), pa.string())
    codes = np.append(pc.index_in(known, value_set=wanted).to_numpy(), -1)[codes]
    codes[rows] = pc.index_in(pa.array(texts, pa.string()), value_set=wanted).to_numpy()
    indices = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.chunked_array([pa.DictionaryArray.from_arrays(indices, wanted)])


def restated(table: pa.Table, states: pa.ChunkedArray) -> pa.Table:
    """The table with another `verification` of its rows, in the type that it has there."""
    at = table.column_names.index("verification")
    return table.set_column(at, table.schema.field(at), pc.cast(states, table.schema.field(at).type))


def codes_of(columns: Iterable[pa.ChunkedArray]) -> tuple[Numbers, NDArray[np.bool_]]:
    """One number for each different tuple of values in columns of one length, and where any of them is null."""
    codes: Numbers = np.zeros(1, np.int64)
    missing = np.zeros(1, np.bool_)
    for column in columns:
        indices, values = _encoded(column)
        codes, missing = codes * (len(values) + 1) + indices + 1, missing | (indices < 0)
    return codes, missing


def _encoded(column: pa.ChunkedArray) -> tuple[Numbers, pa.Array]:
    """The values of a column as indices of its different ones, -1 for null; and those."""
    encoded = pc.dictionary_encode(column).combine_chunks()
    encoded = pa.concat_arrays(encoded.chunks) if isinstance(encoded, pa.ChunkedArray) else encoded
    return pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary
