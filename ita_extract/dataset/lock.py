"""One writer at a time in a data folder."""

from __future__ import annotations

import fcntl
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import LockedError
from .disk import storage_errors


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
