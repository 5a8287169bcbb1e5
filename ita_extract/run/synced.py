"""What a working folder and the place that it mirrors had in common when they were last compared.

Names and sizes say too little: a result that was made anew under other rules has the name of the old one. So of every file it is
kept what the place told of it (its mark) and what the disk did (size and time), when both were the same. It is a note and no truth:
without it everything is copied once more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Same:
    """The mark of an object, and size in bytes and time in nanoseconds of the file that was the same."""

    mark: str
    size: int
    time: int


class Synced:
    """The notes in one file; for one thread."""

    def __init__(self, path: Path) -> None:
        try:
            self._notes = self._open(path)
        except sqlite3.DatabaseError:  # torn when the machine lost its power
            for part in ("", "-wal", "-shm"):
                path.with_name(path.name + part).unlink(missing_ok=True)
            self._notes = self._open(path)

    @staticmethod
    def _open(path: Path) -> sqlite3.Connection:
        notes = sqlite3.connect(path)
        try:
            notes.execute("PRAGMA journal_mode=WAL")  # whole after any end, without waiting for the disk at each change
            notes.execute("PRAGMA synchronous=NORMAL")
            notes.execute("CREATE TABLE IF NOT EXISTS same (name TEXT PRIMARY KEY, mark TEXT, size INT, time INT) WITHOUT ROWID")
            notes.execute("SELECT count(*) FROM same").fetchone()
        except BaseException:
            notes.close()
            raise
        return notes

    def close(self) -> None:
        self._notes.close()

    def inside(self, folder: str) -> dict[str, Same]:
        """The notes of what lies in or below a folder, by name."""
        asked = "SELECT name, mark, size, time FROM same WHERE name >= ? AND name < ?"
        with closing(self._notes.execute(asked, (f"{folder}/", f"{folder}0"))) as found:  # 0 is the sign after the slash
            return {name: Same(mark, size, time) for name, mark, size, time in found}

    def change(self, same: Mapping[str, Same], gone: Collection[str] = ()) -> None:
        """Notes all at once what is the same now, and takes out what is gone."""
        if not same and not gone:
            return
        with self._notes:
            self._notes.executemany("DELETE FROM same WHERE name = ?", ((name,) for name in gone))
            rows = ((name, one.mark, one.size, one.time) for name, one in same.items())
            self._notes.executemany("INSERT OR REPLACE INTO same VALUES (?, ?, ?, ?)", rows)
