"""`DIR/runs/<release id>.jsonl`: how the run went that published a release: per document outcome, seconds, memory, pages, engine.

It holds times, which are others on every run, so it lies beside the release and not in it: the same documents must give the same
release. The first line tells of the run, each other of one document. A later run that ends with the same release takes its place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .disk import storage_errors, write_atomically


def keep_ledger(folder: Path, release_id: str, lines: Iterable[Mapping[str, Any]]) -> Path:
    """Writes the report of a run, and returns its file. StorageError where the disk refuses; the release stands by then."""
    path = folder / "runs" / f"{release_id}.jsonl"
    data = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    with storage_errors("the report of the run could not be written", path):
        path.parent.mkdir(exist_ok=True)
        write_atomically(path, data)
    return path
