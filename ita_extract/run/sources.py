"""The files that a run is asked to read: files, folders with all below them, and globs."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import StorageError, UsageError

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


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read. `name` is what is published of its path: the path from the folder that was asked for, or the file's name."""

    path: Path
    name: str
    media_type: str


def find_sources(given: Iterable[str]) -> tuple[SourceFile, ...]:
    """Every file of a known kind under what was given, once each, in the order given and sorted within a folder.

    Raises UsageError for a path that does not exist, a glob that matches nothing and a file of an unknown kind; StorageError for a
    folder that may not be read. All before anything is written.
    """
    found: dict[Path, SourceFile] = {}
    for text in given:
        for source in _under(text):
            found.setdefault(source.path.absolute(), source)
    return tuple(found.values())


def _under(text: str) -> Iterator[SourceFile]:
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
                yield _file(inner, inner.name)
    else:
        raise UsageError(f"there is no file or folder {text!r}", advice="Check the spelling; paths count from the present folder.")


def _in_folder(folder: Path) -> Iterator[SourceFile]:
    def refuse(error: OSError) -> None:
        raise StorageError(
            f"the folder cannot be read: {error.filename}: {error.strerror}", advice="Check who may read it."
        ) from error

    for root, folders, files in os.walk(folder, onerror=refuse):
        folders.sort()
        for file in sorted(files):
            path = Path(root, file)
            if path.suffix.lower() in MEDIA_TYPES and not file.startswith(".") and not _is_pipe(path):
                yield _file(path, path.relative_to(folder).as_posix())


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
