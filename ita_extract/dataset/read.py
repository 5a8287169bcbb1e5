"""Reading a published release back, to pandas or Arrow."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..errors import DamagedReleaseError, UsageError
from ..rulebook.fields import Dataset
from .descriptor import Descriptor, DescriptorError, FileEntry, Resource, read_descriptor
from .disk import storage_errors
from .schema import arrow_schema, concat

BATCH = 16_384
"""Rows read at a time where a whole dataset is not needed at once."""
_BUFFER = 1 << 14
"""Bytes of a column that are read ahead; else a group of rows is read whole."""
_AGAIN = "`ita-extract verify` says what is damaged; running again puts it right."


def current_release(folder: Path | str) -> Path:
    """The folder of the release that a data folder's CURRENT names; a release's own folder is given back as it is.

    UsageError where nothing was published there; DamagedReleaseError where CURRENT names no release.
    """
    folder = Path(folder)
    if (folder / "datapackage.json").is_file():
        return folder
    with storage_errors("the data folder cannot be read", folder):
        try:
            name = (folder / "CURRENT").read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError) as error:
            advice = f"Publish one first: ita-extract run SOURCE… --out {folder}"
            raise UsageError(f"there is no release in {folder}", advice=advice) from error
        except UnicodeDecodeError as error:
            raise DamagedReleaseError(f"{folder / 'CURRENT'} holds no text", advice=_AGAIN) from error
        release = folder / "releases" / name
        if not name.isalnum() or not (release / "datapackage.json").is_file():
            raise DamagedReleaseError(f"{folder / 'CURRENT'} names {name!r}, which is no release", advice=_AGAIN)
    return release


def find_release(named: Path | str, beside: Path | str | None = None) -> Path:
    """The folder of a release, given as that folder; as a data folder, which stands for its current release; or by the beginning of
    its id behind its data folder ("data/5f3a"), which may be left out where it is that of `beside`, another release ("5f3a").

    UsageError where that is none, or several.
    """
    path = Path(named)
    if path.is_dir():
        return current_release(path)
    places = [path.parent, path.parent.parent]
    if beside is not None and path.parent == Path():
        places += [Path(beside), *Path(beside).parents[:2]]
    folders = {release.resolve(): release for place in places for release in _releases(place, path.name)}
    found = sorted(folders.values())
    if len(found) == 1:
        return found[0]
    if found:
        advice = f"There are {', '.join(release.name for release in found)}."
        raise UsageError(f"several releases begin with {path.name!r}", advice=advice)
    advice = "Give a data folder, the folder of a release, or a data folder with the beginning of an id: data/5f3a."
    raise UsageError(f"{str(named)!r} is no release", advice=advice)


def _releases(folder: Path, beginning: str) -> Iterator[Path]:
    if beginning.isalnum():
        for release in (folder / "releases").glob(f"{beginning}*"):
            if (release / "datapackage.json").is_file():
                yield release


def release_descriptor(release: Path) -> Descriptor:
    """What a release says of itself; DamagedReleaseError where its datapackage.json cannot be understood."""
    with storage_errors("the release cannot be read", release):
        data = (release / "datapackage.json").read_bytes()
    try:
        return read_descriptor(data)
    except DescriptorError as error:
        raise DamagedReleaseError(f"{release}: {error}", advice=_AGAIN) from error


def read_dataset(folder: Path | str, name: str, fiscal_year: int | Iterable[int] | None = None, *, as_arrow: bool = False) -> Any:
    """One dataset of the current release as a pandas DataFrame, or with `as_arrow` as an Arrow table.

    All years, one, or several (Buddhist Era); a year without rows gives none. In pandas whole numbers and truth values are the
    nullable `Int64` and `boolean`, so that an absent one stays absent and does not turn every year into 2563.0.
    UsageError for a dataset or year that cannot be; DamagedReleaseError where the files are not what the release says.

        scores = read_dataset("data", "national_scores", 2567)
        scores.sort_values("rank_national").head(10)
    """
    years = None if fiscal_year is None else {fiscal_year} if isinstance(fiscal_year, int) else set(fiscal_year)
    try:
        table = _read(Path(folder), name, years)
    except FileNotFoundError:  # a release may be pruned between reading CURRENT and opening a file: there is a newer one then
        with storage_errors("the release cannot be read", Path(folder)):
            table = _read(Path(folder), name, years)
    return table if as_arrow else _to_pandas(table)


def _read(folder: Path, name: str, years: set[int] | None) -> pa.Table:
    release = current_release(folder)
    descriptor = release_descriptor(release)
    resource = resource_named(descriptor, name)
    table = resource_table(release, resource, years)
    if years is None:
        return table
    if "fiscal_year" not in table.column_names:
        raise UsageError(f"{name} has no fiscal years", advice="Leave the year out.")
    return table.filter(pc.is_in(table["fiscal_year"], value_set=pa.array(sorted(years), pa.int64())))


def resource_named(descriptor: Descriptor, name: str) -> Resource:
    """The dataset of that name; UsageError, with the likeliest meant one, where there is none."""
    resource = descriptor.resource(name)
    if resource is None:
        names = [resource.dataset.name for resource in descriptor.resources]
        near = difflib.get_close_matches(name, names, n=1)
        advice = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(names)}."
        raise UsageError(f"there is no dataset {name!r}", advice=advice)
    return resource


def resource_table(release: Path, resource: Resource, years: set[int] | None = None) -> pa.Table:
    """All rows of a dataset, under the schema that the release declares; `years` leaves files of other years unopened.

    OSError where a file is missing; DamagedReleaseError where one is no Parquet file or has other columns.
    """
    wanted = (file for file in resource.files if years is None or (year := file_year(file)) is None or year in years)
    return concat((file_table(release, resource, file) for file in wanted), arrow_schema(resource.dataset))


def file_table(release: Path, resource: Resource, file: FileEntry) -> pa.Table:
    """The rows of one file of a dataset; fails as `resource_table` does."""
    try:
        columns = pq.read_table(release / file.path, partitioning=None).columns
        return pa.Table.from_arrays(columns, schema=arrow_schema(resource.dataset))
    except (pa.ArrowException, ValueError) as error:
        raise DamagedReleaseError(f"{release / file.path}: {error}", advice=_AGAIN) from error


def resource_batches(release: Path, resource: Resource, rows: int = BATCH) -> Iterator[pa.RecordBatch]:
    """The rows of a dataset, all years in order, so many at a time, to bound memory. Fails as `resource_table` does."""
    for file in resource.files:
        yield from file_batches(release, resource, file, rows)


def file_batches(
    release: Path, resource: Resource, file: FileEntry, rows: int = BATCH, columns: Sequence[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """The rows of one file of a dataset, in order, so many at a time; of some `columns` alone. Fails as `resource_table` does."""
    schema = arrow_schema(resource.dataset)
    if columns is not None:
        schema = pa.schema([schema.field(name) for name in columns], schema.metadata)
    try:
        with pq.ParquetFile(release / file.path, buffer_size=_BUFFER) as parquet:
            for batch in parquet.iter_batches(rows, columns=columns, use_threads=False):
                yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)
    except (pa.ArrowException, ValueError) as error:
        raise DamagedReleaseError(f"{release / file.path}: {error}", advice=_AGAIN) from error


@dataclass(frozen=True, slots=True)
class DatasetRows:
    """The rows of one dataset of a release, read so many at a time as often as they are asked for."""

    release: Path
    resource: Resource

    @property
    def dataset(self) -> Dataset:
        return self.resource.dataset

    def batches(self) -> Iterator[pa.RecordBatch]:
        return resource_batches(self.release, self.resource)


def file_year(file: FileEntry) -> int | None:
    """The fiscal year whose rows a file holds; None for a file of all years.

    >>> file_year(FileEntry("agency_scores/2563.parquet", 1, 1, "")), file_year(FileEntry("agencies/all.parquet", 1, 1, ""))
    (2563, None)
    """
    year = Path(file.path).stem
    return int(year) if year.isdecimal() else None


def _to_pandas(table: pa.Table) -> Any:
    import pandas as pd  # type: ignore[import-untyped]

    nullable = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    return table.to_pandas(types_mapper=nullable.get)
