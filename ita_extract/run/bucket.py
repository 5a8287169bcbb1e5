"""A place elsewhere that is written to: an object store, or a folder of another machine, through fsspec.

What is written under a name is there whole or not at all. An object store shows nothing else; in a folder it is written beside its
name and renamed. What fails is tried again, some seconds in all; then it is a StorageError that says what could not be done.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from ..errors import StorageError, UsageError
from .remote import FETCHED, GLOB, HERE, PART, scheme_of, system_at, told

T = TypeVar("T")
AT_ONCE = 8
"""Requests under way at a time: libraries of object stores keep about ten connections."""
WAITS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each further attempt."""
WHOLE = frozenset(("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss", "oci", "memory"))
"""Object stores: what was not sent to its end is not there. All others are taken for folders."""
_TIMES = ("LastModified", "last_modified", "updated", "modified", "mtime", "created")
_MARKS = ("ETag", "etag", "generation", "md5Hash", "ino", *_TIMES)
_SCHEMES = re.compile(r"[A-Za-z][A-Za-z0-9+.:-]+:")
_LEFT = re.compile(r"(?:.*/)?\.[^/]+\.[0-9a-f]{12}\.tmp")
_FINAL = (FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError, NotImplementedError)
_COPY = "Or give a folder here with --out and copy it: docs/scale.md says in which order."


@dataclass(frozen=True, slots=True)
class Entry:
    """What is listed of one object: its name from the address on, its bytes, and a mark that changes when it is written again.

    The mark is "" where the place tells nothing that would change; `when` it was written, in seconds since 1970, 0 where that is
    not told.
    """

    name: str
    size: int
    mark: str
    when: float = 0.0


def is_address(place: str | os.PathLike[str]) -> bool:
    """Whether a data folder is named by an address; a path here, also as `file://`, is none.

    >>> is_address("s3://bucket/data"), is_address("data"), is_address("file:///srv/data")
    (True, False, False)
    """
    return isinstance(place, str) and scheme_of(place) not in HERE


def folder_here(place: str | os.PathLike[str]) -> Path:
    """The path of a folder of this machine. UsageError for an address, also one that became a path and lost its slashes: it would
    be a folder named `s3:`.

    >>> folder_here("file:///srv/data"), folder_here("data")
    (PosixPath('/srv/data'), PosixPath('data'))
    """
    text = os.fspath(place)
    if scheme_of(text) in HERE and scheme_of(text):
        text = text.split("://", 1)[1]
    first = text.split("/", 1)[0]
    if _SCHEMES.fullmatch(first) and not Path(first).exists():
        advice = "Give a folder; in the place of a data folder an address will do, as text: 's3://bucket/data'."
        raise UsageError(f"{text!r} is no folder here, and is not made one", advice=advice)
    return Path(text)


class Bucket:
    """The place at an address, by the names of what lies there. Safe from several threads."""

    def __init__(self, address: str) -> None:
        scheme = scheme_of(address)
        if scheme in FETCHED:
            raise UsageError(f"nothing can be written to {address!r}", advice="Give a folder, or the address of an object store.")
        if GLOB.search(address):
            raise UsageError(f"{address!r} is a pattern", advice="Name one place to write to, without *, ? and [.")
        self.address = address.rstrip("/")
        self._system, root = system_at(self.address)
        self._root = root.rstrip("/")
        protocol = self._system.protocol
        self._whole = not WHOLE.isdisjoint((protocol,) if isinstance(protocol, str) else protocol)
        self._made: set[str] = set()
        self._given_up = threading.Event()

    def give_up(self) -> None:
        """Whatever waits to try again fails at once: for a command that is being ended."""
        self._given_up.set()

    def where(self, name: str) -> str:
        """The address of what lies there under a name."""
        return f"{self.address}/{name}"

    def listed(self, folder: str = "") -> tuple[list[Entry], list[str]]:
        """What lies in a folder there: objects, and names of folders; both empty where there is none."""

        def ask() -> list[Mapping[str, Any]]:
            self._system.invalidate_cache()  # what was listed in this process before may have changed since
            found: list[Mapping[str, Any]] = self._system.ls(self._path(folder), detail=True)
            return found

        try:
            found = self._again("listed", folder, ask)
        except FileNotFoundError:
            return [], []
        files = list(self._entries(one for one in found if one["type"] != "directory"))
        inner = f"{self._path(folder)}/".lstrip("/")
        paths = (str(one["name"]).strip("/") for one in found if one["type"] == "directory")
        return files, [path.removeprefix(inner) for path in paths if path.startswith(inner)]

    def below(self, folder: str) -> list[Entry]:
        """All that lies below a folder, in one list: for one of thousands at most."""

        def ask() -> Mapping[str, Mapping[str, Any]]:
            self._system.invalidate_cache()
            found: Mapping[str, Mapping[str, Any]] = self._system.find(self._path(folder), detail=True)
            return found

        try:
            return list(self._entries(self._again("listed", folder, ask).values()))
        except FileNotFoundError:
            return []

    def _entries(self, found: Iterable[Mapping[str, Any]]) -> Iterator[Entry]:
        root = f"{self._root}/".lstrip("/")
        for info in found:
            path = str(info["name"]).lstrip("/")
            if path.startswith(root) and not path.endswith("/"):
                marks = "\n".join(f"{key}={info[key]}" for key in _MARKS if info.get(key) is not None)
                mark = hashlib.sha256(marks.encode()).hexdigest()[:16] if marks else ""
                yield Entry(path.removeprefix(root), int(info.get("size") or 0), mark, _when(info))

    def read(self, name: str, most: int) -> bytes | None:
        """The bytes of a small object, of a long one the first `most`; None where there is none."""
        try:
            data: bytes = self._again("read", name, lambda: self._system.cat_file(self._path(name), start=0, end=most))
        except FileNotFoundError:
            return None
        return data

    def pull(self, entry: Entry, path: Path) -> None:
        """Writes an object into a file here, whose folder is there, at once or not at all: as many bytes as were listed."""
        aside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")

        def copy() -> None:
            if entry.size <= PART:  # one request, where to open a file takes two
                data = self._system.cat_file(self._path(entry.name))
                size = aside.write_bytes(data[: entry.size + 1])
            else:
                size = 0
                with self._system.open(self._path(entry.name), "rb", block_size=PART) as source, aside.open("wb") as file:
                    while size <= entry.size and (block := source.read(PART)):
                        size += file.write(block)
            if size != entry.size:
                raise OSError(f"{size:,} bytes came of {entry.size:,}")
            aside.replace(path)

        try:
            self._again("read", entry.name, copy)
        except FileNotFoundError as error:
            raise self._failed("read", entry.name, error) from error
        finally:
            aside.unlink(missing_ok=True)

    @staticmethod
    def is_left(name: str) -> bool:
        """Whether a name is one of those under which `put` writes first, where a killed run left it."""
        return _LEFT.fullmatch(name) is not None

    def put(self, name: str, what: bytes | Path) -> None:
        """Puts bytes, or those of a file here, under a name, in the place of what was there."""
        path = self._path(name)
        aside = f"{path.rpartition('/')[0]}/.{path.rpartition('/')[2]}.{uuid4().hex[:12]}.tmp"

        def send() -> None:
            if self._whole:
                self._send(path, what)
                return
            self._make_folder(path)
            try:
                self._send(aside, what)
                self._system.mv(aside, path)
            except BaseException:
                with suppress(Exception):
                    self._system.rm_file(aside)
                raise

        try:
            self._again("written", name, send)
        except FileNotFoundError as error:  # no such bucket
            raise self._failed("written", name, error) from error

    def _send(self, path: str, what: bytes | Path) -> None:
        if isinstance(what, Path) and what.stat().st_size > PART:
            self._system.put_file(str(what), path)
        else:
            self._system.pipe_file(path, what if isinstance(what, bytes) else what.read_bytes())

    def _make_folder(self, path: str) -> None:
        parent = path.rpartition("/")[0]
        if parent not in self._made:
            self._system.makedirs(parent, exist_ok=True)
            self._made.add(parent)

    def delete(self, name: str) -> None:
        """Takes away what lies under a name, if anything does."""
        with suppress(FileNotFoundError):
            self._again("deleted", name, lambda: self._system.rm_file(self._path(name)))

    def delete_below(self, folder: str) -> None:
        """Takes away all that lies below a folder, in no order."""
        with suppress(FileNotFoundError):
            self._again("deleted", folder, lambda: self._system.rm(self._path(folder), recursive=True))

    def create(self, name: str, data: bytes) -> bool:
        """Puts bytes under a name that is free; false where something else lies there, which stays.

        An answer can be lost on the way: then what lies there are these bytes, and they must be of nobody else.
        """
        for wait in (*WAITS, None):
            if (error := self._created(name, data)) is None:
                return True
            there = self.read(name, len(data) + 1)
            if there is not None:
                return there == data
            if wait is None or isinstance(error, _FINAL) or self._given_up.wait(wait):
                raise self._failed("written", name, error) from error
        raise AssertionError

    def _created(self, name: str, data: bytes) -> Exception | None:
        """Tries once to put bytes under a free name; what kept them from being put."""
        from fsspec.asyn import AsyncFileSystem
        from fsspec.spec import AbstractFileSystem

        path, kind = self._path(name), type(self._system)
        plain = AsyncFileSystem._pipe_file if issubclass(kind, AsyncFileSystem) else AbstractFileSystem.pipe_file
        own = getattr(kind, plain.__name__) is not plain
        try:
            if own:
                self._system.pipe_file(path, data, mode="create")
                return None
            # fsspec's own way asks whether the name is free and then writes: two could be told that it is.
            self._make_folder(path)
            with self._system.open(path, "xb") as file:
                file.write(data)
        except Exception as error:  # each of these systems has errors of its own
            return error
        return None

    def refuse_unless_exclusive(self, name: str) -> None:
        """Makes sure that of several who create an object only one is told that it did: by trying, under a name beside `name`.

        Servers that know nothing of conditions take the last of them, and say to all that it was theirs. UsageError there.
        """
        probe = f"{name}.probe-{uuid4().hex}"
        tries = [str(number).encode() for number in range(4)]
        try:
            for wait in (*WAITS, None):
                with ThreadPoolExecutor(len(tries)) as threads:
                    errors = list(threads.map(lambda data: self._created(probe, data), tries))
                won = [data for data, error in zip(tries, errors, strict=True) if error is None]
                if won or wait is None or any(isinstance(error, (*_FINAL, TypeError, ValueError)) for error in errors):
                    break
                self._given_up.wait(wait)
            if not won and not any(isinstance(error, NotImplementedError | TypeError | ValueError) for error in errors):
                raise self._failed("written", probe, errors[0] or OSError()) from errors[0]
            why = f" ({told(errors[0])})" if errors[0] is not None and not won else ""
            if len(won) != 1 or self.read(probe, 10) != won[0] or self._created(probe, b"again") is None:
                advice = f"Its library or its server may be too old for conditional writes: newer ones have them. {_COPY}"
                raise UsageError(f"{self.address!r} cannot keep two runs apart{why}", advice=advice)
            self.put(probe, b"over")
            if self.read(probe, 10) != b"over":
                raise UsageError(f"at {self.address!r} what was written is not what is read then", advice=_COPY)
        finally:
            with suppress(StorageError):
                self.delete(probe)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}" if name else self._root

    def _again(self, doing: str, name: str, call: Callable[[], T]) -> T:
        for wait in (*WAITS, None):
            try:
                return call()
            except FileNotFoundError:
                raise
            except _FINAL as error:
                raise self._failed(doing, name, error) from error
            except Exception as error:  # each of these systems has errors of its own
                if wait is None or self._given_up.wait(wait):
                    raise self._failed(doing, name, error) from error
        raise AssertionError

    def _failed(self, doing: str, name: str, error: BaseException) -> StorageError:
        advice = "Check the network, the address and your access; then the same command goes on where this one ended."
        return StorageError(f"{self.where(name)!r} could not be {doing}: {told(error)}", advice=advice)


def _when(info: Mapping[str, Any]) -> float:
    """When an object was written, in whatever form a system tells it.

    >>> _when({"mtime": 5.0}), _when({"updated": "1970-01-01T00:00:05Z"}), _when({})
    (5.0, 5.0, 0.0)
    """
    for when in (info[key] for key in _TIMES if info.get(key) is not None):
        with suppress(ValueError, TypeError, AttributeError):
            if isinstance(when, int | float):
                return float(when)
            instant: datetime = datetime.fromisoformat(when) if isinstance(when, str) else when
            return instant.timestamp()
    return 0.0
