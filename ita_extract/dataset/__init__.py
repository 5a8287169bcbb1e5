"""Records into files: the store of a data folder, its releases, and reading and verifying them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import lazily

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

__getattr__, __dir__ = lazily(__name__, _HOME)
