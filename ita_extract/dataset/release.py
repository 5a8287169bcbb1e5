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
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from ..rulebook.fields import Dataset, Fields, load_fields
from .batches import stored_batches
from .descriptor import DIGITS, Provenance, Resource, write_descriptor
from .disk import link_aside, remove_tree, same_files, storage_errors, sync_folder, write_aside, write_synced
from .elsewhere import CHECKS, Said, Settle, Settled, Settlement, lent_rows, said_elsewhere
from .lock import FolderLock, lock_folder
from .narrow import Narrow, restated
from .national import STATEMENT_COLUMNS, Mentions, Place, agencies, national_scores
from .parquet import Amend, DatasetWriter, unchanged
from .reconcile import reconcile
from .schema import arrow_schema
from .statements import COMPARED, SOURCE_COLUMNS
from .store import Stored, stored_documents, sweep

ID_DIGITS = 32
LINK = "current"
DOCUMENTS = "documents"
ASKED = {one.dataset: one.columns for one in COMPARED} | {DOCUMENTS: SOURCE_COLUMNS}
ASKED["agency_scores"] = tuple(dict.fromkeys((*ASKED["agency_scores"], *STATEMENT_COLUMNS)))
"""What is asked of all documents together: the columns of each dataset that are kept of every row until the last was seen."""
STAGING = ".staging-"


@dataclass(frozen=True, slots=True)
class Published:
    """A release that CURRENT names: its id, its folder, rows a dataset, and whether it is `new` or was there already.

    `values` counts rows by dataset and `verification`.
    """

    release_id: str
    path: Path
    rows: Mapping[str, int]
    values: Mapping[tuple[str, str], int]
    new: bool


def publish(
    folder: Path,
    provenance: Provenance,
    *,
    fields: Fields | None = None,
    places: Mapping[str, Place] | None = None,
    lock: FolderLock | None = None,
    made_now: Callable[[Sequence[str]], str] | None = None,
    settle: Settle | None = None,
) -> Published:
    """Publishes one release of all that the store of `folder` holds, and returns it.

    `places` gives what the registry knows of each agency_id. `lock` is the lock of `folder` where the caller holds it already;
    without it the folder is locked for as long as this takes. `made_now` gives, for the parts of the rules that a document asked,
    what `store.Terms.made` is today: the release names those that were made otherwise. `settle` gives what a document is worth by
    what others print (see `elsewhere`); without it no document puts another right. Where CURRENT already names the same content
    nothing is touched.
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
            older: list[str] = []

            def seen(stored: Stored) -> None:
                if made_now and stored.made != made_now(stored.asked):
                    older.append(stored.document_id[:DIGITS])

            resources, values = _write_datasets(stage, folder, fields, places, seen, settle)
            descriptor = write_descriptor(resources, fields, replace(provenance, older=tuple(older)))
            write_synced(stage / "datapackage.json", descriptor)
            sync_folder(stage)
            release_id = hashlib.sha256(descriptor).hexdigest()[:ID_DIGITS]
            new = _put_in_place(folder, stage, release_id)
        finally:
            remove_tree(stage)
    rows = {resource.dataset.name: resource.rows for resource in resources}
    return Published(release_id, releases / release_id, rows, values, new)


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


def _write_datasets(
    stage: Path,
    folder: Path,
    fields: Fields,
    places: Mapping[str, Place] | None,
    seen: Callable[[Stored], None],
    settle: Settle | None,
) -> tuple[list[Resource], dict[tuple[str, str], int]]:
    """Writes every dataset under `stage`, document by document in the order of their ids, which keys follow; and counts what is
    written by dataset and `verification`.

    The store is read once. What a document's numbers are worth is known when all the others have been seen: so rows wait on the
    disk, and what is asked of all documents together is kept of each row in few bytes.
    """
    waiting = stage.with_name(f"{stage.name}-rows")
    try:
        sinks = {dataset.name: DatasetWriter(stage, dataset, waiting) for dataset in fields.datasets}
        asked = {name: Narrow(_columns(fields.dataset(name), names)) for name, names in ASKED.items()}
        named = Mentions()
        for tables in stored_batches(folder, stored_documents(folder), fields, seen):
            for name, table in tables.items():
                sinks[name].add(table)
                if name in asked:
                    asked[name].add(table)
                if "agency_id" in table.column_names:
                    named.add(table)
            pa.default_memory_pool().release_unused()  # else some hundred megabytes stay, to be used again one day
        known = agencies([named.table()], places, fields.dataset("agencies"))
        as_stored = {one.dataset: asked[one.dataset].table() for one in COMPARED}
        documents = asked[DOCUMENTS].table()
        settled = _settlement(folder, fields, said_elsewhere(as_stored, documents), settle) if settle else Settlement({})
        statements = {name: settled.applied(name, table) for name, table in as_stored.items()}
        together = reconcile(statements, documents, lent_rows(statements, settled.lent()))
        sinks["agencies"].add(known)
        stated = restated(statements["agency_scores"], together.verification["agency_scores"])
        sinks["national_scores"].add(national_scores(stated, known, fields.dataset("national_scores")))
        amended = {name: together.amended(fields.dataset(name)) for name in statements} | {CHECKS: together.amended_checks}
        resources = []
        for name, sink in sinks.items():
            resources.append(sink.finish(_one_after_another(settled.amended(name), amended.get(name, unchanged))))
            pa.default_memory_pool().release_unused()
        return resources, {(name, state): count for name, sink in sinks.items() for state, count in sink.states.items()}
    finally:
        remove_tree(waiting)


def _settlement(folder: Path, fields: Fields, said: Mapping[str, Said], settle: Settle) -> Settlement:
    """What is settled of the documents of the store of which others say something."""
    found: dict[str, Settled] = {}
    for document_id in sorted(said):
        [tables] = stored_batches(folder, [document_id], fields)
        if (one := settle(tables, said[document_id])) is not None:
            found[document_id] = one
    return Settlement(found)


def _one_after_another(first: Amend, then: Amend) -> Amend:
    return lambda part, tables: then(part, first(part, tables))


def _columns(dataset: Dataset, names: Iterable[str]) -> pa.Schema:
    schema = arrow_schema(dataset, described=False)
    return pa.schema([schema.field(name) for name in names])
