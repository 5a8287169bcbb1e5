"""The files that a run is asked to read: files, folders with all below them, and globs, here or elsewhere; and how they are opened.

A folder that was filled by others may hold anything under a name that ends in .pdf: a pipe that keeps whoever opens it waiting for
ever, a device, a link to a file that is none of the run's business, a name that is no text. None of these is a reason to stop.
"""

from __future__ import annotations

import glob
import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import FileIO
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import unquote

from ..errors import DocumentError, StorageError, UsageError
from . import remote as elsewhere
from .remote import Remote

MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
}
_GLOB = frozenset("*?[")
PART = 1 << 18
"""Bytes that are read at a time."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read. `name` is its path from the folder that was asked for, or the file's name; `published_name` writes it.

    `roots` are the folders that were asked for, where the file was found in one: a link may lead into them and nowhere else. A file
    that was asked for by its own name may be a link to anywhere. Of one that is `remote`, `path` names nothing here.
    """

    path: Path
    name: str
    media_type: str
    roots: tuple[str, ...] = ()
    remote: Remote | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of a file before it is read: its sha256 (64 hex) and its size in bytes, or why it cannot be read."""

    sha256: str | None
    size: int
    error: DocumentError | None = None


def published_name(name: str) -> str:
    """A file's name as it is published and shown: text without control characters, from which the name can be had back.

    What is no UTF-8 (a disk of old Windows has names in TIS-620), what ends a line or steers a terminal, and what turns the
    direction of writing stands as an escape; so does the backslash itself.

    >>> print(published_name("ประกาศ\\n2566\\x1b[31m.pdf"), published_name("..\\\\a\\udcbb.pdf"))
    ประกาศ\\x0a2566\\x1b[31m.pdf ..\\\\a\\xbb.pdf
    """
    text = name.replace("\\", "\\\\").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(_escaped(char) if unicodedata.category(char) in _UNPRINTED else char for char in text)


_UNPRINTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _escaped(char: str) -> str:
    """`\\x1b` for one of ASCII only: `\\xbb` is a byte that is no text."""
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


@contextmanager
def opened(file: SourceFile) -> Iterator[tuple[BinaryIO, int]]:
    """The file, open for reading, and its size. Raises DocumentError LINK or IO; never waits for a pipe or wakes a device."""
    name = published_name(file.name)
    with elsewhere.opened(file.remote, name) if file.remote else _opened_here(file, name) as found:
        yield found


@contextmanager
def _opened_here(file: SourceFile, name: str) -> Iterator[tuple[BinaryIO, int]]:
    try:
        real = os.path.realpath(file.path, strict=True)
        if file.roots and not any(_is_below(real, root) for root in file.roots):
            raise DocumentError("LINK", f"{name} leads to a file outside of the folders that were given")
        handle = os.open(real, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY)
    except (OSError, ValueError) as error:  # ValueError: a null byte
        raise DocumentError("IO", f"{getattr(error, 'strerror', None) or error}: {name}") from error
    with FileIO(handle, "rb") as stream:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise DocumentError("IO", f"it is no file: {name}")
        try:
            yield cast(BinaryIO, stream), found.st_size
        except OSError as error:
            raise DocumentError("IO", f"{error.strerror}: {name}") from error


def identify(file: SourceFile, max_bytes: int) -> Identity:
    """What a file is by its content, at the cost of reading it once. One that is too large is not read at all."""
    size = 0
    try:
        with opened(file) as (stream, size):
            _refuse_large(size, max_bytes)
            digest, read = hashlib.sha256(), 0
            while part := stream.read(PART):
                digest.update(part)
                read += len(part)
                _refuse_large(read, max_bytes)  # it grew, or was said to be smaller
            return Identity(digest.hexdigest(), read)
    except DocumentError as error:
        return Identity(None, size, error)


def read_bytes(file: SourceFile, max_bytes: int) -> bytes:
    """The bytes of a file. Raises DocumentError LIMIT_BYTES, LINK or IO."""
    with opened(file) as (stream, size):
        _refuse_large(size, max_bytes)
        data = bytearray()
        while len(data) <= max_bytes and (part := stream.read(max(size + 1, PART))):
            data += part
    _refuse_large(len(data), max_bytes)  # it grew
    return bytes(data)


def _refuse_large(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise DocumentError("LIMIT_BYTES", f"{size:,} bytes, more than {max_bytes:,}")


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def find_sources(given: Iterable[str], *, remote: bool = False) -> tuple[SourceFile, ...]:
    """Every file of a known kind under what was given, once each, in the order given and sorted within a folder.

    `remote`: addresses of other places (`s3://bucket/2567`) are looked through as well.
    Raises UsageError for a path that does not exist, a glob that matches nothing and a file of an unknown kind; StorageError for a
    folder that may not be read. All before anything is written.
    """
    found: dict[Path | Remote, SourceFile] = {}
    roots: dict[str, None] = {}
    for text in given:
        for source in _elsewhere(text) if remote and elsewhere.scheme_of(text) not in elsewhere.HERE else _under(text):
            roots.update(dict.fromkeys(source.roots))
            found.setdefault(source.remote or source.path.absolute(), source)
    return tuple(replace(source, roots=tuple(roots)) if source.roots else source for source in found.values())


def _elsewhere(address: str) -> Iterator[SourceFile]:
    for remote, name in elsewhere.find(address):
        path = Path(remote.path)
        if path.suffix.lower() in MEDIA_TYPES and not path.name.startswith("."):
            yield SourceFile(path, name, MEDIA_TYPES[path.suffix.lower()], remote=remote)


def _path(text: str) -> str:
    """A path, or the path that a `file://` or `local://` address names."""
    scheme, parted, rest = text.partition("://")
    if not parted or not scheme.isalnum():
        return text
    if scheme not in elsewhere.HERE or not rest.startswith("/"):
        advice = "Mount it as a folder, or `fetch` the documents first: see docs/scale.md."
        raise UsageError(f"{scheme}:// is no place that documents are read from", advice=advice)
    return unquote(rest, errors="surrogateescape")


def _under(given: str) -> Iterator[SourceFile]:
    text = _path(given)
    path = Path(text)
    try:
        folder, there = path.is_dir(), path.exists() or path.is_symlink()
    except OSError as error:  # a name longer than names may be, a folder on the way that may not be entered
        if isinstance(error, PermissionError):
            raise StorageError(f"{text!r} cannot be looked at: {error.strerror}", advice="Check who may read it.") from error
        folder = there = False
    if folder:
        yield from _in_folder(path)
    elif there:
        yield _file(path, path.name)
    elif _GLOB & set(text):
        matches = sorted(glob.glob(text, recursive=True))  # noqa: PTH207  Path.glob takes no absolute pattern
        if not matches:
            raise UsageError(f"no file matches {text!r}", advice="Quote the glob, or check the folder's name.")
        for match in matches:
            inner = Path(match)
            if inner.is_dir():
                yield from _in_folder(inner)
            elif inner.suffix.lower() in MEDIA_TYPES and not _is_pipe(inner):
                yield replace(_file(inner, inner.name), roots=(os.path.realpath(inner.parent),))
    else:
        raise UsageError(f"there is no file or folder {text!r}", advice="Check the spelling; paths count from the present folder.")


def _in_folder(folder: Path) -> Iterator[SourceFile]:
    def refuse(error: OSError) -> None:
        raise StorageError(
            f"the folder cannot be read: {error.filename}: {error.strerror}", advice="Check who may read it."
        ) from error

    roots = (os.path.realpath(folder),)
    for root, folders, files in os.walk(folder, onerror=refuse):
        folders.sort()
        for file in sorted(files):
            path = Path(root, file)
            if path.suffix.lower() in MEDIA_TYPES and not file.startswith(".") and not _is_pipe(path):
                yield replace(_file(path, path.relative_to(folder).as_posix()), roots=roots)


def _is_pipe(path: Path) -> bool:
    """A pipe or a device: opening one may wait for ever. A link that leads nowhere is none; that it cannot be read is told."""
    return path.exists() and not path.is_file()


def _file(path: Path, name: str) -> SourceFile:
    if _is_pipe(path):
        raise UsageError(f"{str(path)!r} is no file but a pipe or a device", advice="Write it to a file first.")
    media_type = MEDIA_TYPES.get(path.suffix.lower())
    if media_type is None:
        raise UsageError(f"{str(path)!r} is of no kind that can be read", advice=f"Known are {', '.join(sorted(MEDIA_TYPES))}.")
    return SourceFile(path, name, media_type)
