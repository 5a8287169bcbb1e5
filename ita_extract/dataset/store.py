"""`DIR/store`: what each document gave, so that a run that was cut off goes on where it was, and a release holds every document.

One file a document, named by its sha256, written atomically. It opens with one line of JSON that says under which rules and
code the document was read, what the run tells of it, and where in the rest each table lies; the rest is one Arrow IPC stream a
dataset, all of them compressed as one: column by column a document of three rows takes four times the room, and twenty times as
long. Nothing in it is ever executed (no pickle), and the sha256 of the rest stands in the first line: a torn file is a document
not read yet.

There is never more than one file of a document: results under other rules replace it. To take a document out, delete its file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..errors import StorageError
from ..model.record import DocumentResult
from ..rulebook.fields import Fields, load_fields
from .disk import storage_errors, sync_folder, write_atomically
from .schema import tables_of

FORMAT = 3
_READABLE = (2, FORMAT)
"""Format 2 compressed each column by itself: a folder of an older version goes on."""
_CODEC = "zstd"
_OPENED_LIMIT = 1 << 31
"""Bytes of a document's tables, opened out: a first line that says more is damaged."""
_HEAD_LIMIT = 1 << 20
_SUFFIX = ".arrow"


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store holds of one document: the `key` of the rules and code it was read under; one table a dataset with rows.

    `asked` and `made` are those of its Terms.
    """

    document_id: str
    key: str
    tables: Mapping[str, pa.Table]
    asked: Sequence[str] = ()
    made: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms a result was made: `asked` are the parts of the rules that it depends on, `key` all that it depends on.

    `told` is whatever the run tells of the document and wants to be told again when the result is used again: JSON values. `made`
    is the part of `key` that is the same whatever options a run had: of the code, and of the rules that were asked.
    """

    key: str
    asked: Sequence[str] = ()
    told: Mapping[str, Any] = field(default_factory=dict)
    made: str = ""


def store_key(rules: str, code: str) -> str:
    """The key of everything but the document that a result depends on: a digest of the rules, and the version of the code.

    >>> store_key("5f3a", "0.1.0") == store_key("5f3a", "0.1.0"), store_key("5f3a", "0.1.0") == store_key("5f3a", "0.1.1")
    (True, False)
    """
    return hashlib.sha256(f"{FORMAT}\n{rules}\n{code}".encode()).hexdigest()


def packed(document_id: str, tables: Mapping[str, pa.Table], terms: Terms) -> bytes:
    """The bytes of the store's file of one document: made where the document is read, written by whoever holds the lock."""
    places: list[dict[str, Any]] = []
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, _CODEC) as stream:  # the tables of a large document, opened out, stand in memory once
        for name, table in tables.items():
            offset = stream.tell()
            with pa.ipc.new_stream(stream, table.schema) as writer:
                writer.write_table(table)
            places.append({"dataset": name, "offset": offset, "size": stream.tell() - offset, "rows": table.num_rows})
        opened = stream.tell()
    body: bytes = sink.getvalue().to_pybytes()
    head = {
        "format": FORMAT,
        "opened": opened,
        "document_id": document_id,
        "key": terms.key,
        "asked": list(terms.asked),
        "told": dict(terms.told),
        "made": terms.made,
        "sha256": hashlib.sha256(body).hexdigest(),
        "tables": places,
    }
    return json.dumps(head, separators=(",", ":")).encode() + b"\n" + body


def put_packed(folder: Path, document_id: str, data: bytes) -> Path:
    """Keeps what one document gave, in the place of what it gave before; returns the file. StorageError where the disk refuses.

    Safe from any number of processes at once, for different documents.
    """
    path = _path(folder, document_id)
    with storage_errors("the result of a document could not be kept", path):
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            sync_folder(path.parent.parent)
        write_atomically(path, data)
    return path


def put(folder: Path, result: DocumentResult, key: str, fields: Fields | None = None) -> Path:
    """`packed` and `put_packed` in one. Records that break the limits of their columns become rejects (see `schema.tables_of`)."""
    data = packed(result.document_id, tables_of(result, fields or load_fields()), Terms(key))
    return put_packed(folder, result.document_id, data)


def recall(folder: Path, document_id: str, key_now: Callable[[Sequence[str]], str]) -> Mapping[str, Any] | None:
    """What the run told of a document whose stored result still holds; None where it must be read.

    `key_now` gives the key of today for the parts of the rules that the result depends on. The tables are not looked at, but that
    they are whole is made sure of.
    """
    path = _path(folder, document_id)
    try:
        with path.open("rb") as file:
            head = _head(file.readline(_HEAD_LIMIT))
            told, asked = head.get("told"), head.get("asked")
            if not isinstance(told, dict) or not isinstance(asked, list) or head.get("document_id") != document_id:
                return None
            whole = head.get("key") == key_now(asked) and hashlib.file_digest(file, "sha256").hexdigest() == head.get("sha256")
            return told if whole else None
    except (FileNotFoundError, _TornError):
        return None
    except OSError as error:
        raise _unreadable(error, path) from error


def get(folder: Path, document_id: str, key: str) -> Stored | None:
    """What the store holds of a document under `key`; None where that is nothing, a torn file, or of other rules or code."""
    path = _path(folder, document_id)
    try:
        with path.open("rb") as file:
            head = _head(file.readline(_HEAD_LIMIT))
            if head.get("key") != key:
                return None
            return _stored(head, file.read(), document_id)
    except (FileNotFoundError, _TornError):
        return None
    except OSError as error:
        raise _unreadable(error, path) from error


def forget(folder: Path, document_id: str) -> None:
    """Takes a document out of the store, if it is there."""
    path = _path(folder, document_id)
    with storage_errors("the result of a document could not be taken out", path), suppress(FileNotFoundError):
        path.unlink()
        sync_folder(path.parent)


def _unreadable(error: OSError, path: Path) -> StorageError:
    why = f"the store cannot be read: {error.strerror}: {path}"
    return StorageError(why, advice="Check who may read the folder.")


def read_stored(folder: Path, document_id: str) -> Stored:
    """What the store holds of a document, whatever rules and code it was read under; StorageError where it is missing or torn."""
    path = _path(folder, document_id)
    with storage_errors("the store cannot be read", path):
        head, _, body = path.read_bytes().partition(b"\n")
    try:
        return _stored(_head(head), body, document_id)
    except _TornError as error:
        advice = "Run again with the document among the sources, or delete this file to leave the document out."
        raise StorageError(f"the stored result of a document is damaged ({error}): {path}", advice=advice) from error


def stored_documents(folder: Path) -> tuple[str, ...]:
    """The ids of all documents ever run into `folder`, sorted."""
    root = folder / "store"
    with storage_errors("the store cannot be read", root):
        return tuple(sorted(path.stem for path in _files(root) if path.suffix == _SUFFIX and not path.name.startswith(".")))


def sweep(folder: Path) -> None:
    """Removes what killed writers left half written: for whoever holds the lock of `folder` and has no writer of its own about."""
    for path in _files(folder / "store"):
        if path.name.startswith(".") and path.suffix == ".tmp":
            with suppress(OSError):
                path.unlink()


class _TornError(Exception):
    """A store file whose content is not what its first line says."""


def _path(folder: Path, document_id: str) -> Path:
    return folder / "store" / document_id[:2] / f"{document_id}{_SUFFIX}"


def _files(root: Path) -> Iterator[Path]:
    if root.is_dir():
        for part in root.iterdir():
            if part.is_dir():
                yield from part.iterdir()


def _head(line: bytes) -> dict[str, Any]:
    try:
        head = json.loads(line)
    except ValueError as error:
        raise _TornError("its first line is no JSON") from error
    if not isinstance(head, dict) or head.get("format") not in _READABLE:
        raise _TornError("it has another format")
    return head


def _stored(head: Mapping[str, Any], body: bytes, document_id: str) -> Stored:
    if hashlib.sha256(body).hexdigest() != head.get("sha256"):
        raise _TornError("its content is not what was written")
    if head.get("document_id") != document_id:
        raise _TornError("it holds another document")
    try:
        tables = dict(_streams(head["tables"], _opened(head, body)))
        return Stored(document_id, str(head["key"]), tables, tuple(head.get("asked", ())), str(head.get("made", "")))
    except (KeyError, TypeError, OSError, pa.ArrowInvalid) as error:
        raise _TornError("its first line is damaged") from error


def _opened(head: Mapping[str, Any], body: bytes) -> pa.Buffer:
    """The streams of all tables, one after another."""
    packed = pa.py_buffer(body)
    if head["format"] == 2:
        return packed
    size = head["opened"]
    if not isinstance(size, int) or not 0 <= size < _OPENED_LIMIT:
        raise TypeError("no size")
    return pa.Codec(_CODEC).decompress(packed, size) if size else pa.py_buffer(b"")


def _streams(places: Iterable[Mapping[str, Any]], body: pa.Buffer) -> Iterator[tuple[str, pa.Table]]:
    options = pa.ipc.IpcReadOptions(use_threads=False)  # handing a few kilobytes to a thread takes longer than reading them
    for place in places:
        with pa.ipc.open_stream(body.slice(place["offset"], place["size"]), options=options) as reader:
            yield str(place["dataset"]), reader.read_all()
