"""The documents of a store many at a time: one table a dataset for some hundred documents, not one for each.

Arrow is made for many rows: a table of three rows costs as much time as one of thousands, and takes ten kilobytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from ..errors import StorageError
from ..rulebook.fields import Dataset, Fields
from .schema import arrow_schema, conform
from .store import Stored, read_stored

DOCUMENTS = 256
ROWS = 16_384
"""Documents, and rows of theirs, that are put together, whichever is reached first."""


def stored_batches(
    folder: Path, ids: Iterable[str], fields: Fields, seen: Callable[[Stored], None] = lambda _: None
) -> Iterator[Mapping[str, pa.Table]]:
    """All that stored documents give to the datasets of today, by dataset, in the order of `ids` and within these as stored.

    `seen` is shown what the store holds of each document.
    StorageError where a document is not in the store, is torn, or was read by a version whose rows do not fit today's columns.
    """
    wanted = {dataset.name: dataset for dataset in fields.datasets if dataset.origin == "document"}
    schemas = {name: arrow_schema(dataset, described=False) for name, dataset in wanted.items()}
    parts: dict[str, list[pa.Table]] = defaultdict(list)
    documents = rows = 0
    for document_id in ids:
        stored = read_stored(folder, document_id)
        seen(stored)
        for name, table in stored.tables.items():
            if name in wanted and table.num_rows:
                of_today = table.schema.equals(schemas[name])
                parts[name].append(table if of_today else _brought_up(table, wanted[name], document_id))
                rows += table.num_rows
        documents += 1
        if documents >= DOCUMENTS or rows >= ROWS:
            yield _joined(parts, wanted)
            parts.clear()
            documents = rows = 0
    if parts:
        yield _joined(parts, wanted)


def _brought_up(table: pa.Table, dataset: Dataset, document_id: str) -> pa.Table:
    """Rows that were stored when the dataset had other columns."""
    try:
        return conform(table, dataset).cast(arrow_schema(dataset, described=False))
    except ValueError as error:
        advice = "Run again with the document among the sources, or take it out of the store by deleting its file."
        raise StorageError(f"document {document_id} was read by another version: {error}", advice=advice) from error


def _joined(parts: Mapping[str, list[pa.Table]], wanted: Mapping[str, Dataset]) -> dict[str, pa.Table]:
    """One table a dataset, with its descriptions."""
    whole = {name: pa.concat_tables(tables).combine_chunks() for name, tables in parts.items()}
    return {name: pa.Table.from_arrays(table.columns, schema=arrow_schema(wanted[name])) for name, table in whole.items()}
