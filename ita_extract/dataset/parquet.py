"""Datasets as Parquet files: sorted, compressed, described, and hashed while they are written."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..rulebook.fields import Dataset
from .descriptor import FileEntry, Resource
from .disk import joint_sha256, sync_folder
from .schema import arrow_schema, concat
from .spool import RowSpool

ROW_GROUP = 131_072
"""Rows of a Parquet row group. Groups end at fixed counts of rows, so that bytes do not depend on how the rows arrived."""


Amend: TypeAlias = Callable[[str, Iterable[pa.Table]], Iterable[pa.Table]]
"""What becomes of the rows of a file before they are written, given its name ("2563", "all") and its rows in parts."""


def unchanged(_: str, parts: Iterable[pa.Table]) -> Iterable[pa.Table]:
    """For rows that are written as they came."""
    return parts


class DatasetWriter:
    """Writes one dataset: its files by year, or the one file `all.parquet`. Rows must come in the order of the key.

    Rows wait in `waiting`, a folder that is made when it is needed, until all are there: files are written one after another, so
    that there is one group of rows in memory, however many files there are. `states` counts what is written by `verification`.
    """

    def __init__(self, stage: Path, dataset: Dataset, waiting: Path) -> None:
        self.dataset = dataset
        self.states: Counter[str] = Counter()
        self._stage, self._waiting = stage, waiting
        self._schema = arrow_schema(dataset)
        self._parts: dict[str, RowSpool] = {}

    def add(self, table: pa.Table) -> None:
        """More rows: of whole documents, in the columns of the dataset."""
        if self.dataset.partition == "all":
            self._part("all").add(table)
            return
        years = table["fiscal_year"]
        for year in pc.unique(years).to_pylist():
            self._part(str(year)).add(table.filter(pc.equal(years, year)))

    def finish(self, amend: Amend = unchanged) -> Resource:
        """Writes and syncs the files. A dataset without years has its file even where it has no rows: readers need take no care."""
        if self.dataset.partition == "all":
            self._part("all")
        entries = tuple(self._write(name, amend) for name in sorted(self._parts))
        if entries:
            sync_folder(self._stage / self.dataset.name)
        joint = entries[0].sha256 if len(entries) == 1 else joint_sha256(self._stage / entry.path for entry in entries)
        return Resource(self.dataset, entries, joint)

    def _part(self, name: str) -> RowSpool:
        if name not in self._parts:
            self._parts[name] = RowSpool(self._waiting / f"{self.dataset.name}-{name}", self._schema)
        return self._parts[name]

    def _write(self, name: str, amend: Amend) -> FileEntry:
        path = self._stage / self.dataset.name / f"{name}.parquet"
        path.parent.mkdir(exist_ok=True)
        file = _ParquetFile(path, self._schema, self.dataset)
        try:
            for table in amend(name, self._parts.pop(name).taken()):
                if "verification" in table.column_names:
                    counted = pc.value_counts(table["verification"]).to_pylist()
                    self.states.update({pair["values"]: pair["counts"] for pair in counted})
                file.add(table)
            file.finish()
        finally:
            file.abandon()
        return file.entry(self._stage)


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
        whole = concat(self._waiting, self._schema)
        group, rest = whole.slice(0, rows).combine_chunks(), whole.slice(rows)
        self._waiting, self._waiting_rows = ([rest], rest.num_rows) if rest.num_rows else ([], 0)
        del whole  # a group of rows is a hundred megabytes: not twice while it is written
        self._writer.write_table(group, row_group_size=ROW_GROUP)
        self._rows += group.num_rows

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
