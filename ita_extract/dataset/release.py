"""Makes a release out of the store and publishes it, so that a reader sees the old release or the new one and never half of either.

Everything is written into `releases/.staging-…`, hashed while it is written, synced, and then renamed: first the release into its
place, then CURRENT, which is the one thing that readers follow. All that can run out of space happens before the first rename.

The id of a release is the sha256 of its datapackage.json (32 of the 64 digits), which holds the sha256 of every other file and
neither date nor host. So the same documents, rules and code give the same id and the same bytes, and one changed byte anywhere,
the descriptor included, no longer fits the name of the folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..errors import LockedError, StorageError
from ..rulebook.fields import Dataset, Fields, load_fields
from .descriptor import FileEntry, Provenance, Resource, write_descriptor
from .disk import link_aside, remove_tree, storage_errors, sync_folder, write_aside
from .national import STATEMENT_COLUMNS, Place, agencies, mentions, national_scores
from .schema import arrow_schema, concat, conform
from .store import read_stored, stored_documents, sweep

ROW_GROUP = 131_072
"""Rows of a Parquet row group. Groups end at fixed counts of rows, so that bytes do not depend on how the rows arrived."""
ID_DIGITS = 32
LINK = "current"
_STAGING = ".staging-"


@dataclass(frozen=True, slots=True)
class Published:
    """A release that CURRENT names: its id, its folder, rows a dataset, and whether it is `new` or was there already."""

    release_id: str
    path: Path
    rows: Mapping[str, int]
    new: bool


class FolderLock:
    """Held by the one process that may write into a data folder. Made by `lock_folder`."""

    def __init__(self, folder: Path, handle: int) -> None:
        self.folder = folder
        self._handle = handle

    def release(self) -> None:
        """Ends the lock, for children forked under it as well."""
        if self._handle >= 0:
            fcntl.flock(self._handle, fcntl.LOCK_UN)
            self.let_go()

    def let_go(self) -> None:
        """Closes this process's end of the lock; it stays with whoever else holds an end."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


_held: weakref.WeakSet[FolderLock] = weakref.WeakSet()


def _drop_inherited() -> None:
    """A forked child shares its parent's locks: outliving the parent, it would keep the folder locked with nobody at work."""
    for lock in list(_held):
        lock.let_go()


os.register_at_fork(after_in_child=_drop_inherited)


@contextmanager
def lock_folder(folder: Path) -> Iterator[FolderLock]:
    """Holds `folder`, made if it is missing, against every other run until the block ends.

    LockedError (exit code 4) where another run holds it; StorageError (5) where it cannot be written. The lock is the kernel's, on
    DIR/.lock: it ends with the process, however that dies, so what a killed run leaves behind never blocks the next one.
    """
    with storage_errors("the data folder cannot be used", folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(handle, 100, 0).decode("ascii", "replace").strip()
            os.close(handle)
            who = f" (process {holder})" if holder else ""
            advice = "Wait until it ends, or give another folder with --out."
            raise LockedError(f"another run is writing into {folder}{who}", advice=advice) from error
        except OSError:
            os.close(handle)
            raise
    lock = FolderLock(folder, handle)
    _held.add(lock)
    try:
        with suppress(OSError):  # only to tell the next one who holds it: a full disk is no reason to stop here
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield lock
    finally:
        lock.release()


def publish(
    folder: Path,
    provenance: Provenance,
    *,
    fields: Fields | None = None,
    places: Mapping[str, Place] | None = None,
    lock: FolderLock | None = None,
) -> Published:
    """Publishes one release of all that the store of `folder` holds, and returns it.

    `places` gives what the registry knows of each agency_id. `lock` is the lock of `folder` where the caller holds it already;
    without it the folder is locked for as long as this takes. Where CURRENT already names the same content nothing is touched.
    LockedError where another run holds the folder; StorageError where the disk is full, refuses, or the store is damaged: then
    the previous release stands as it was, and what was staged is gone.
    """
    if lock is not None and lock.folder != folder:
        raise ValueError(f"the lock is of {lock.folder}, not of {folder}")
    fields = fields or load_fields()
    with nullcontext(lock) if lock else lock_folder(folder), storage_errors("the release could not be written", folder):
        releases = folder / "releases"
        releases.mkdir(exist_ok=True)
        _clear_up(folder)
        stage = releases / f"{_STAGING}{os.getpid()}"
        try:
            stage.mkdir()
            resources = _write_datasets(stage, folder, fields, places)
            descriptor = write_descriptor(resources, fields, provenance)
            _write_synced(stage / "datapackage.json", descriptor)
            sync_folder(stage)
            release_id = hashlib.sha256(descriptor).hexdigest()[:ID_DIGITS]
            new = _put_in_place(folder, stage, release_id)
        finally:
            remove_tree(stage)
    rows = {resource.dataset.name: resource.rows for resource in resources}
    return Published(release_id, releases / release_id, rows, new)


def _clear_up(folder: Path) -> None:
    """Removes what killed runs left half written; the caller holds the lock, so nobody is still writing it."""
    for left in (folder / "releases").glob(f"{_STAGING}*"):
        remove_tree(left)
    for left in folder.glob(".*.tmp"):
        with suppress(OSError):
            left.unlink()
    sweep(folder)


def _put_in_place(folder: Path, stage: Path, release_id: str) -> bool:
    """Renames the staged release and CURRENT into place, then the link; true where the release was not there yet.

    A release of the same id is the same content, unless it was damaged since: then the staged one takes its place.
    """
    final, current, damaged = folder / "releases" / release_id, folder / "CURRENT", stage.with_name(f"{stage.name}-damaged")
    fresh = not final.exists() or not same_files(stage, final)
    aside = write_aside(current, f"{release_id}\n".encode()) if _text(current) != release_id else None
    try:
        link = _link_aside(folder, release_id)
        if fresh and final.exists():
            final.rename(damaged)
        if fresh:
            stage.rename(final)
            sync_folder(final.parent)
        if aside:
            aside.replace(current)
            sync_folder(folder)
    except BaseException:
        if aside and fresh and _text(current) != release_id:
            remove_tree(final)
        if damaged.exists() and not final.exists():
            damaged.rename(final)
        for left in folder.glob(f".*.{os.getpid()}.tmp"):
            with suppress(OSError):
                left.unlink()
        raise
    finally:
        remove_tree(damaged)
    if link:
        with suppress(OSError):  # the release stands already: a link that cannot follow is put right by the next run
            link.replace(folder / LINK)
            sync_folder(folder)
    return fresh


def _link_aside(folder: Path, release_id: str) -> Path | None:
    """The link `current` to the release, beside its place; None where it stands already, or cannot be."""
    link, target = folder / LINK, f"releases/{release_id}"
    return None if link.is_symlink() and str(link.readlink()) == target else link_aside(link, target)


def same_files(one: Path, other: Path) -> bool:
    """Whether two folders hold the same files with the same bytes."""

    def digests(root: Path) -> dict[str, str]:
        files = (path for path in root.rglob("*") if not path.is_dir())
        return {str(path.relative_to(root)): file_sha256(path) for path in files}

    return digests(one) == digests(other)


def file_sha256(path: Path) -> str:
    """The sha256 of a file's bytes, 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _write_datasets(stage: Path, folder: Path, fields: Fields, places: Mapping[str, Place] | None) -> list[Resource]:
    """Writes every dataset under `stage` in one pass over the stored documents, in the order of their ids, which keys follow."""
    sinks = {dataset.name: _Sink(stage, dataset) for dataset in fields.datasets}
    try:
        named: list[pa.Table] = []
        statements: list[pa.Table] = []
        for document_id in stored_documents(folder):
            for name, stored in read_stored(folder, document_id).tables.items():
                if name in sinks and sinks[name].dataset.origin == "document":
                    table = _conform(stored, sinks[name].dataset, document_id)
                    sinks[name].add(table)
                    named.append(mentions(table)) if "agency_id" in table.column_names else None
                    statements.append(table.select(list(STATEMENT_COLUMNS))) if name == "agency_scores" else None
        known = agencies(named, places, fields.dataset("agencies"))
        sinks["agencies"].add(known)
        stated = concat(statements, arrow_schema(fields.dataset("agency_scores"))).select(list(STATEMENT_COLUMNS))
        sinks["national_scores"].add(national_scores(stated, known, fields.dataset("national_scores")))
        return [sink.finish() for sink in sinks.values()]
    finally:
        for sink in sinks.values():
            sink.abandon()


def _conform(table: pa.Table, dataset: Dataset, document_id: str) -> pa.Table:
    try:
        return conform(table, dataset)
    except ValueError as error:
        advice = "Run again with the document among the sources, or take it out of the store by deleting its file."
        raise StorageError(f"document {document_id} was read by another version: {error}", advice=advice) from error


class _Sink:
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


def joint_sha256(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


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
