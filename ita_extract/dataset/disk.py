"""Writing so that a reader, or the next run, finds either the old state or the new one and never half of either.

A rename within one folder is atomic on every file system that matters, but only the name is: without a sync first, a machine that
loses power keeps the new name over an empty file.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import StorageError

_ADVICE = {
    errno.ENOSPC: "Free some space, or give another folder, and run again: what was published before is untouched.",
    errno.EDQUOT: "Free some space of your quota, or give another folder, and run again: what was published before is untouched.",
    errno.EROFS: "The file system is read-only: give another folder.",
}
_NO_SYMLINKS = (errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL)


@contextmanager
def storage_errors(doing: str, path: Path) -> Iterator[None]:
    """Turns any OSError within into a StorageError (exit code 5) that says what was being done, where, and what to do."""
    try:
        yield
    except OSError as error:
        where = error.filename if isinstance(error.filename, str) else str(path)
        why = error.strerror or str(error)
        advice = _ADVICE.get(error.errno or 0, "Check the disk and who may read and write the folder.")
        raise StorageError(f"{doing}: {why}: {where}", advice=advice) from error


def sync_folder(folder: Path) -> None:
    """Makes the names in `folder` survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_aside(path: Path, data: bytes) -> Path:
    """Writes `data`, synced, beside `path` under a name of this process, and returns that name; `os.replace` puts it in place."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise
    return aside


def write_atomically(path: Path, data: bytes) -> None:
    """Puts `data` at `path`: whoever reads sees the old bytes or the new ones, also after a crash at any moment."""
    aside = write_aside(path, data)
    try:
        aside.replace(path)
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise
    sync_folder(path.parent)


def link_aside(path: Path, target: str) -> Path | None:
    """A symbolic link to `target` beside `path`, to be renamed over it; None where that cannot be.

    Not every file system has links, and some other thing may already stand at `path`: neither is a reason to refuse a release, for
    the link is a convenience and the file CURRENT is what counts.
    """
    if path.exists() and not path.is_symlink():
        return None
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with suppress(FileNotFoundError):
        aside.unlink()
    try:
        aside.symlink_to(target, target_is_directory=True)
    except OSError as error:
        if error.errno in _NO_SYMLINKS:
            return None
        raise
    return aside


def remove_tree(folder: Path) -> None:
    """Removes a folder as far as it can be removed; never raises, for it is called when something else has already gone wrong."""
    shutil.rmtree(folder, ignore_errors=True)


def write_synced(path: Path, data: bytes) -> None:
    """Writes a file of which nobody knows yet."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


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


def joint_sha256(paths: Iterable[Path]) -> str:
    """The sha256 of the bytes of several files one after another, 64 hex digits."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
