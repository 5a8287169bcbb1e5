"""Makes a release out of the store and publishes it, so that a reader sees the old release or the new one and never half of either.

Everything is written into `releases/.staging-…`, hashed while it is written, synced, and then renamed: first the release into its
place, then CURRENT, which is the one thing that readers follow. All that can run out of space happens before the first rename.

The id of a release is the sha256 of its datapackage.json (32 of the 64 digits), which holds the sha256 of every other file and
neither date nor host. So the same documents, rules and code give the same id and the same bytes, and one changed byte anywhere,
the descriptor included, no longer fits the name of the folder.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ..errors import StorageError
from ..rulebook.fields import Dataset, Fields, load_fields
from .descriptor import Provenance, Resource, write_descriptor
from .disk import link_aside, remove_tree, same_files, storage_errors, sync_folder, write_aside, write_synced
from .lock import FolderLock, lock_folder
from .national import STATEMENT_COLUMNS, Place, agencies, mentions, national_scores
from .parquet import DatasetWriter
from .reconcile import COMPARED, SOURCE_COLUMNS, Reconciled, reconcile
from .schema import arrow_schema, concat, conform
from .store import read_stored, stored_documents, sweep

ID_DIGITS = 32
LINK = "current"
CHECKS = "checks"
"""The dataset in which a document that has no row of its own may have some from what other documents say of it."""
STAGING = ".staging-"


@dataclass(frozen=True, slots=True)
class Published:
    """A release that CURRENT names: its id, its folder, rows a dataset, and whether it is `new` or was there already."""

    release_id: str
    path: Path
    rows: Mapping[str, int]
    new: bool


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
        stage = releases / f"{STAGING}{os.getpid()}"
        try:
            stage.mkdir()
            resources = _write_datasets(stage, folder, fields, places)
            descriptor = write_descriptor(resources, fields, provenance)
            write_synced(stage / "datapackage.json", descriptor)
            sync_folder(stage)
            release_id = hashlib.sha256(descriptor).hexdigest()[:ID_DIGITS]
            new = _put_in_place(folder, stage, release_id)
        finally:
            remove_tree(stage)
    rows = {resource.dataset.name: resource.rows for resource in resources}
    return Published(release_id, releases / release_id, rows, new)


def _clear_up(folder: Path) -> None:
    """Removes what killed runs left half written; the caller holds the lock, so nobody is still writing it."""
    for left in (folder / "releases").glob(f"{STAGING}*"):
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


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None


def _write_datasets(stage: Path, folder: Path, fields: Fields, places: Mapping[str, Place] | None) -> list[Resource]:
    """Writes every dataset under `stage`, document by document in the order of their ids, which keys follow.

    The store is read twice: what a document's numbers are worth is known when all the others have been seen.
    """
    ids = stored_documents(folder)
    together = _reconciled(folder, ids, fields)
    sinks = {dataset.name: DatasetWriter(stage, dataset) for dataset in fields.datasets}
    try:
        named: list[pa.Table] = []
        statements: list[pa.Table] = []
        for document_id in ids:
            for name, table in _document_tables(folder, document_id, fields, together).items():
                sinks[name].add(table)
                if "agency_id" in table.column_names:
                    named.append(mentions(table))
                if name == "agency_scores":
                    statements.append(table.select(list(STATEMENT_COLUMNS)))
        known = agencies(named, places, fields.dataset("agencies"))
        sinks["agencies"].add(known)
        stated = concat(statements, arrow_schema(fields.dataset("agency_scores"))).select(list(STATEMENT_COLUMNS))
        sinks["national_scores"].add(national_scores(stated, known, fields.dataset("national_scores")))
        return [sink.finish() for sink in sinks.values()]
    finally:
        for sink in sinks.values():
            sink.abandon()


def _reconciled(folder: Path, ids: Iterable[str], fields: Fields) -> Reconciled:
    """What the documents of the store say of one another."""
    documents = fields.dataset("documents")
    statements: dict[str, list[pa.Table]] = {one.dataset: [] for one in COMPARED}
    sources: list[pa.Table] = []
    for document_id in ids:
        tables = read_stored(folder, document_id).tables
        found = [one for one in COMPARED if one.dataset in tables]
        for one in found:
            table = _conform(tables[one.dataset], fields.dataset(one.dataset), document_id)
            statements[one.dataset].append(table.select(list(one.columns)))
        if found:
            sources.append(_conform(tables[documents.name], documents, document_id).select(list(SOURCE_COLUMNS)))
    if len(sources) < 2:
        return Reconciled()
    return reconcile({name: pa.concat_tables(parts) for name, parts in statements.items() if parts}, pa.concat_tables(sources))


def _document_tables(folder: Path, document_id: str, fields: Fields, together: Reconciled) -> dict[str, pa.Table]:
    """All that a stored document gives to the datasets of today, with what the other documents say of it."""
    stored = read_stored(folder, document_id).tables
    tables: dict[str, pa.Table] = {}
    for dataset in fields.datasets:
        if dataset.origin == "document" and (dataset.name in stored or dataset.name == CHECKS):
            found = stored.get(dataset.name, arrow_schema(dataset).empty_table())
            table = together.apply(_conform(found, dataset, document_id), dataset, document_id)
            if table.num_rows:
                tables[dataset.name] = table
    return tables


def _conform(table: pa.Table, dataset: Dataset, document_id: str) -> pa.Table:
    try:
        return conform(table, dataset)
    except ValueError as error:
        advice = "Run again with the document among the sources, or take it out of the store by deleting its file."
        raise StorageError(f"document {document_id} was read by another version: {error}", advice=advice) from error
