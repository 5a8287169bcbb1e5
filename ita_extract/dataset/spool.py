"""Rows that wait on the disk until all of them are there.

A release has a file for each dataset and year, a hundred and more, and the rows of all of them come document by document. Held
until 131,072 rows of a file are together, which is what Parquet wants, they take gigabytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from .schema import concat

BYTES_IN_MEMORY = 1 << 19
"""Bytes of rows that wait in memory: those of a small release never see the disk. There may be some hundred spools."""
PARTS = 32
"""Tables that wait side by side before they are made one: a table of one row takes as much as one of a hundred."""


class RowSpool:
    """Tables of one schema, taken out in the order in which they came. What memory should not hold lies in the file `path`."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path, self._schema = path, schema
        self._waiting: list[pa.Table] = []
        self._held = 0
        self._spilt = False

    def add(self, table: pa.Table) -> None:
        """Puts rows behind the others; OSError where the disk refuses them."""
        self._waiting.append(table)
        self._held += table.nbytes
        if self._held > BYTES_IN_MEMORY:
            self._spill()
        elif len(self._waiting) >= PARTS:
            self._waiting = [self._in_one()]

    def taken(self) -> Iterator[pa.Table]:
        """All rows, in tables of about BYTES_IN_MEMORY, none parted from what it was added with; the file is gone then."""
        if self._spilt:
            with self._path.open("rb") as file:
                end = file.seek(0, 2)
                file.seek(0)
                while file.tell() < end:
                    yield pa.ipc.open_stream(file).read_all()
            self._path.unlink()
        if self._waiting:
            yield self._in_one()

    def _in_one(self) -> pa.Table:
        return concat(self._waiting, self._schema).combine_chunks()

    def _spill(self) -> None:
        self._path.parent.mkdir(exist_ok=True)
        with self._path.open("ab") as file:
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            with pa.ipc.new_stream(file, self._schema, options=options) as writer:
                writer.write_table(self._in_one())
        self._waiting, self._held, self._spilt = [], 0, True
