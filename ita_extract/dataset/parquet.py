"""Datasets as Parquet files: sorted, compressed, described, and hashed while they are written."""

from __future__ import annotations

import hashlib
import os
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..rulebook.fields import Dataset
from .descriptor import FileEntry, Resource
from .disk import joint_sha256, sync_folder
from .schema import arrow_schema, concat

ROW_GROUP = 131_072
"""Rows of a Parquet row group. Groups end at fixed counts of rows, so that bytes do not depend on how the rows arrived."""


class DatasetWriter:
    """Writes one dataset: its files by year, or the one file `all.parquet`. Rows must come in the order of the key."""

    def __init__(self, stage: Path, dataset: Dataset) -> None:
        self.dataset = dataset
        self._stage = stage
        self._schema = arrow_schema(dataset)
        self._files: dict[str, _ParquetFile] = {}

    def add(self, table: pa.Table) -> None:
        if self.dataset.partition == "all":
            self._file("all").add(table)
            return
        for year in pc.unique(table["fiscal_year"]).to_pylist():
            self._file(str(year)).add(table.filter(pc.equal(table["fiscal_year"], year)))

    def finish(self) -> Resource:
        """Closes and syncs the files. A dataset without years has its file even where it has no rows: readers need take no care."""
        if self.dataset.partition == "all":
            self._file("all")
        for _, file in sorted(self._files.items()):
            file.finish()
        entries = tuple(file.entry(self._stage) for _, file in sorted(self._files.items()))
        if entries:
            sync_folder(self._stage / self.dataset.name)
        return Resource(self.dataset, entries, joint_sha256(self._stage / entry.path for entry in entries))

    def abandon(self) -> None:
        for file in self._files.values():
            file.abandon()

    def _file(self, part: str) -> _ParquetFile:
        if part not in self._files:
            path = self._stage / self.dataset.name / f"{part}.parquet"
            path.parent.mkdir(exist_ok=True)
            self._files[part] = _ParquetFile(path, self._schema, self.dataset)
        return self._files[part]


class _ParquetFile:
    """One Parquet file in the making, hashed as it is written."""

    def __init__(self, path: Path, schema: pa.Schema, dataset: Dataset) -> None:
        self._path, self._schema = path, schema
        self._waiting: list[pa.Table] = []
        self._waiting_rows = self._rows = 0
        self._file = _HashedFile(path)
        try:
            self._writer: Any = pq.ParquetWriter(
                self._file,
                schema,
                version="2.6",
                compression="zstd",
                use_dictionary=True,
                write_statistics=True,
                sorting_columns=pq.SortingColumn.from_ordering(schema, [(name, "ascending") for name in dataset.key]),
            )
        except BaseException:
            self._file.discard = True
            self._file.close()
            raise

    def add(self, table: pa.Table) -> None:
        self._waiting.append(table)
        self._waiting_rows += table.num_rows
        while self._waiting_rows >= ROW_GROUP:
            self._write(ROW_GROUP)

    def _write(self, rows: int) -> None:
        table = concat(self._waiting, self._schema)
        self._writer.write_table(table.slice(0, rows).combine_chunks(), row_group_size=ROW_GROUP)
        rest = table.slice(rows)
        self._waiting, self._waiting_rows = ([rest], rest.num_rows) if rest.num_rows else ([], 0)
        self._rows += min(rows, table.num_rows)

    def finish(self) -> None:
        if self._waiting_rows:
            self._write(self._waiting_rows)
        self._writer.close()
        self._file.sync()
        self._file.close()

    def entry(self, stage: Path) -> FileEntry:
        return FileEntry(str(self._path.relative_to(stage)), self._file.size, self._rows, self._file.digest.hexdigest())

    def abandon(self) -> None:
        """Lets go of a file that will not be finished; nothing to do after `finish`."""
        if not self._file.closed:
            self._file.discard = True
            with suppress(Exception):
                self._writer.close()
            self._file.close()


class _HashedFile:
    """A file to write to, as pyarrow wants one, that hashes what passes.

    With `discard` it swallows what is written: a Parquet writer that failed writes its footer all the same, when it is closed and
    once more when it is collected.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self.digest = hashlib.sha256()
        self.size = 0
        self.discard = False

    @property
    def closed(self) -> bool:
        return self._file.closed

    def write(self, data: Any) -> int:
        if not self.discard:
            block = memoryview(data)
            self._file.write(block)
            self.digest.update(block)
            self.size += block.nbytes
        return len(data)

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        if not self.discard:
            self._file.flush()

    def sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        with suppress(OSError) if self.discard else nullcontext():
            self._file.close()
