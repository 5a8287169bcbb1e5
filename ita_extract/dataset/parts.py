"""A release read some documents at a time.

What is true of a release is nearly all true of each of its documents alone. So it is judged in parts: of every dataset the rows of
the same documents, some thousand rows at a time, whether a release is of a thousand documents or of a hundred thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from .descriptor import Descriptor, Resource
from .read import file_batches
from .schema import arrow_schema, concat

TableReader: TypeAlias = Callable[[str], pa.Table]
"""From a dataset's name to its rows, or to those of some documents."""
DOCUMENT = "document_id"
ROWS = 4_096
"""Rows of a file that are read at a time: a megabyte or two, and as objects some ten."""


class ReleaseTables:
    """The datasets of a release, by name; a TableReader. Of whole datasets one is kept, the last that was asked for.

    `rows` are read of a file at a time. `unsorted` are datasets that are not in the order of their key: with one of them there is
    one part, of everything.
    """

    def __init__(self, release: Path, descriptor: Descriptor, rows: int = ROWS) -> None:
        self.release, self.descriptor, self.rows = release, descriptor, rows
        self.unsorted: set[str] = set()
        self._last: tuple[str, pa.Table] | None = None

    def __call__(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """A whole dataset, or some columns of it. KeyError where the release has no such dataset."""
        if columns is None and self._last is not None and self._last[0] == name:
            return self._last[1]
        self._last = None
        batches = [batch for file in self.files(name, columns) for batch in file]
        table = pa.Table.from_batches(batches, self.schema(name, columns))
        if columns is None:
            self._last = (name, table)
        return table

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(resource.dataset.name for resource in self.descriptor.resources)

    def by_document(self, name: str) -> bool:
        """Whether the rows of a dataset are in the order of the documents that they are of."""
        return DOCUMENT in self._resource(name).dataset.key[:1]

    def parts(self, names: Collection[str] | None = None, columns: Sequence[str] | None = None) -> Iterator[TableReader]:
        """The release in parts, of some documents each and of each document all: readers of tables as this one is.

        Of all datasets, or of those with `names` alone; with all columns, or with some, document_id among them. A dataset whose
        rows are of no documents is whole in every part.
        """
        self._last = None
        wanted = [name for name in (self.names if names is None else names) if self.by_document(name)]
        if self.unsorted & {*wanted}:
            yield self
            return
        cursors = [(name, _Cursor(batches)) for name in wanted for batches in self.files(name, columns)]
        while True:
            bound = min((last for _, cursor in cursors if (last := cursor.last()) is not None), default=None)
            found: dict[str, list[pa.Table]] = defaultdict(list)
            for name, cursor in cursors:
                found[name] += cursor.take(bound)
            yield _Part(self, {name: concat(found[name], self.schema(name, columns)) for name in wanted})
            if bound is None:
                return
            pa.default_memory_pool().release_unused()  # else it is kept, to be used again one day

    def files(self, name: str, columns: Sequence[str] | None = None) -> Iterator[Iterator[pa.RecordBatch]]:
        """The rows of a dataset file by file, so many at a time."""
        resource = self._resource(name)
        return (file_batches(self.release, resource, file, self.rows, columns) for file in resource.files)

    def schema(self, name: str, columns: Sequence[str] | None = None) -> pa.Schema:
        """The schema of a dataset, or of some columns of it."""
        schema = arrow_schema(self._resource(name).dataset)
        return schema if columns is None else pa.schema([schema.field(column) for column in columns], schema.metadata)

    def _resource(self, name: str) -> Resource:
        resource = self.descriptor.resource(name)
        if resource is None:
            raise KeyError(f"the release has no dataset {name!r}")
        return resource


def in_batches(tables: TableReader, name: str, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Some columns of a dataset, in the order of its rows: of a release some thousand rows at a time."""
    if not isinstance(tables, ReleaseTables):
        yield tables(name).select(columns)
        return
    for file in tables.files(name, columns):
        for batch in file:
            yield pa.Table.from_batches([batch])
    pa.default_memory_pool().release_unused()


def schema_of(tables: TableReader, name: str, columns: Sequence[str]) -> pa.Schema:
    """The schema of some columns of a dataset."""
    if isinstance(tables, ReleaseTables):
        return tables.schema(name, columns)
    return tables(name).select(columns).schema


class _Part:
    """Some documents of a release."""

    def __init__(self, whole: TableReader, tables: Mapping[str, pa.Table]) -> None:
        self._whole, self._tables = whole, tables

    def __call__(self, name: str) -> pa.Table:
        return self._tables[name] if name in self._tables else self._whole(name)


class _Cursor:
    """The rows of a file in the order of their documents, taken from the front. Rows of no document come last."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self._held: list[pa.RecordBatch] = []
        self._more = True

    def last(self) -> str | None:
        """The last document of which rows are at hand, while others follow; None where these are all."""
        if not self._held:
            self._pull()
        return self._held[-1][DOCUMENT][-1].as_py() if self._more and self._held else None

    def take(self, bound: str | None) -> list[pa.Table]:
        """Every row up to the document `bound`, that one included; all rows where it is None."""
        while self._more and (bound is None or ((last := self.last()) is not None and last <= bound)):
            self._pull()
        taken, self._held = self._held, []
        if bound is not None and taken:
            ids = taken[-1][DOCUMENT]
            rows = pc.sum(pc.less_equal(ids, bound), min_count=0).as_py()
            if rows < len(ids):
                self._held = [taken[-1].slice(rows)]
                taken[-1] = taken[-1].slice(0, rows)
        return [pa.Table.from_batches([batch]) for batch in taken if batch.num_rows]

    def _pull(self) -> None:
        for batch in self._batches:
            if batch.num_rows:
                self._held.append(batch)
                return
        self._more = False


class Different:
    """The different values of a column, as part after part shows them."""

    def __init__(self) -> None:
        self._known: list[pa.Array] = []
        self._rows, self._merged = 0, 0

    def add(self, column: pa.ChunkedArray) -> None:
        self._known.append(pc.unique(column))
        self._rows += len(self._known[-1])
        if self._rows > max(ROWS, 2 * self._merged):
            self._known = [pc.unique(self.all())]
            self._rows = self._merged = len(self._known[0])

    def all(self) -> pa.ChunkedArray:
        return pa.chunked_array(self._known, pa.string())
