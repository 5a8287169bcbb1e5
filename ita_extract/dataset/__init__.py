"""Records into files: the store of a data folder, its releases, and reading and verifying them.

Names are imported when they are first used: pyarrow takes a third of a second to load, which `--help` should not pay.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .audit import Problem, verify
    from .descriptor import Provenance
    from .lock import FolderLock, lock_folder
    from .national import Place
    from .read import current_release, read_dataset
    from .release import Published, publish
    from .store import Stored, get, put, read_stored, store_key, stored_documents

_HOME = {
    "Provenance": "descriptor",
    "Place": "national",
    "current_release": "read",
    "read_dataset": "read",
    "FolderLock": "lock",
    "Published": "release",
    "lock_folder": "lock",
    "publish": "release",
    "Stored": "store",
    "get": "store",
    "put": "store",
    "read_stored": "store",
    "store_key": "store",
    "stored_documents": "store",
    "Problem": "audit",
    "verify": "audit",
}

__all__ = [
    "FolderLock",
    "Place",
    "Problem",
    "Provenance",
    "Published",
    "Stored",
    "current_release",
    "get",
    "lock_folder",
    "publish",
    "put",
    "read_dataset",
    "read_stored",
    "store_key",
    "stored_documents",
    "verify",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
