"""A release as a DuckDB database: a table for each dataset, with the meaning of every column as its comment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from ..errors import StorageError, UsageError
from .read import DatasetRows
from .schema import arrow_schema


def write_database(path: Path, datasets: Sequence[DatasetRows]) -> Iterator[str]:
    """Writes the database, rows streaming through; yields nothing, for a table holds all that a dataset does.

    UsageError where DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError as error:
        advice = 'Install it: pip install "ita-extract[duckdb]". DuckDB also reads the Parquet files of a release as they are.'
        raise UsageError("DuckDB is not installed", advice=advice) from error
    try:
        with duckdb.connect(str(path)) as database:
            for one in datasets:
                dataset, table = one.dataset, f'"{one.dataset.name}"'
                rows = pa.RecordBatchReader.from_batches(arrow_schema(dataset), one.batches())
                database.register("rows_of_a_release", rows)
                database.execute(f"CREATE TABLE {table} AS SELECT * FROM rows_of_a_release")  # noqa: S608
                database.unregister("rows_of_a_release")
                database.execute(f"COMMENT ON TABLE {table} IS {_quoted(dataset.description, dataset.description_th)}")
                for column in dataset.columns:
                    meaning = _quoted(column.description, column.description_th)
                    database.execute(f'COMMENT ON COLUMN {table}."{column.name}" IS {meaning}')
    except duckdb.IOException as error:
        raise StorageError(
            f"the database could not be written: {error}", advice="Free some space, or give another folder."
        ) from error
    yield from ()


def _quoted(english: str, thai: str) -> str:
    """Two texts as one string of SQL.

    >>> _quoted("The agency's name.", "ชื่อ")
    "'The agency''s name.\\nชื่อ'"
    """
    return "'" + f"{english}\n{thai}".replace("'", "''") + "'"
