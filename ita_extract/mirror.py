"""A data folder at an address, and the folder here that mirrors it while it is written to.

The place is the truth. The working folder holds a copy of its store, in which a run works as in any data folder; what it gives is
put there: results of documents while others are read, then the release, its descriptor after its data, and CURRENT, by which
readers find it, last of all. So whoever reads there finds the release before or the new one, whenever a run dies, and what was read
goes on from any machine.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .dataset.disk import storage_errors
from .errors import StorageError
from .run.bucket import AT_ONCE, Bucket, Entry
from .run.claim import Claim
from .run.ending import undisturbed
from .run.synced import Same, Synced

if TYPE_CHECKING:
    from .dataset import FolderLock

CURRENT, DESCRIPTOR, SOURCES = "CURRENT", "datapackage.json", "store/sources.jsonl"
STORE, RELEASES = "store", "releases"
RELEASE_ID = re.compile(r"[0-9a-f]{32}")
_RELEASED = re.compile(rf"releases/{RELEASE_ID.pattern}/[a-z][a-z_]{{0,60}}/[a-z0-9_]{{1,60}}\.parquet")
_STORED = re.compile(r"store/([0-9a-f]{2})/(\1[0-9a-f]{62})\.arrow")
_PART = re.compile(r"[0-9a-f]{2}")
LARGEST = 1 << 31
"""Bytes of one object: no result and no file of a release comes near."""
_WAITING = 64
"""Results that wait to be sent. Where the network is slower than the readers, the others are sent when all are read."""
_ROUNDS = 3


@dataclass(slots=True)
class DataFolder:
    """A data folder under its lock: `folder` is its path here."""

    folder: Path
    lock: FolderLock

    def where(self, release_id: str) -> str:
        """The address of a release; "" for a folder here."""
        return ""

    def kept(self, path: Path) -> None:
        """The result of a document was written to `path`."""

    def published(self, release_id: str) -> None:
        """A release was published in the folder."""

    def told(self, path: Path) -> None:
        """The report of the run that published was written to `path`."""


@dataclass(slots=True)
class Mirror(DataFolder):
    """The working folder of an address, which `claim` holds. `on_event` is told what was copied."""

    bucket: Bucket
    claim: Claim
    on_event: Callable[[Mapping[str, Any]], None]
    _notes: Synced = field(init=False)
    _pool: ThreadPoolExecutor = field(init=False)
    _room: threading.Semaphore = field(init=False)
    _sent: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self._notes = Synced(self.folder / ".synced")
        self._pool, self._room = ThreadPoolExecutor(AT_ONCE, "mirror"), threading.Semaphore(_WAITING)

    def where(self, release_id: str) -> str:
        return self.bucket.where(f"{RELEASES}/{release_id}")

    def close(self) -> None:
        """Ends what is still under way: all of it lies here, and is sent by the next run."""
        self._pool.shutdown(cancel_futures=True)
        self._notes.close()

    def bring(self) -> None:
        """Makes the store here that of the place, but for results that a run here left when it was cut off: these are put there.

        What was taken out there since it was last the same is taken out here.
        """
        pulled = 0
        for part, theirs in self._parts():
            known, ours = self._notes.inside(part), self._ours(part)
            wanted: list[Entry] = []
            gone: list[str] = []
            for name in {*known, *ours, *theirs}:
                note, here, there = known.get(name), ours.get(name), theirs.get(name)
                if there is None:
                    gone.append(name)
                    if note is not None or not self._is_whole(name):
                        (self.folder / name).unlink(missing_ok=True)
                elif not (note and here and _is_as_noted(there, note)) or (
                    here != (note.size, note.time) and not self._is_whole(name)
                ):
                    wanted.append(there)
            pull_all(self.bucket, wanted, self.folder, self._pool)
            here_now = self._ours(part) if wanted else ours
            self._notes.change({entry.name: Same(entry.mark, *here_now[entry.name]) for entry in wanted}, gone)
            pulled += len(wanted)
        sources, there_too = self.folder / SOURCES, self.bucket.read(SOURCES, LARGEST)
        if there_too is not None:
            sources.parent.mkdir(exist_ok=True)
            sources.write_bytes(there_too)
        else:
            sources.unlink(missing_ok=True)
        if pulled:
            self.on_event({"event": "pulled", "files": pulled, "from": self.bucket.address})

    def kept(self, path: Path) -> None:
        """Sends the result of a document, unless many wait already: then it is sent when all are read.

        LockedError where the lock was lost meanwhile.
        """
        self.claim.held()
        name = path.relative_to(self.folder).as_posix()
        self._sent.discard(name)
        if self._room.acquire(blocking=False):
            self._pool.submit(self.bucket.put, name, path).add_done_callback(partial(self._done, name))

    def _done(self, name: str, sent: Future[None]) -> None:
        self._room.release()
        if not sent.cancelled() and sent.exception() is None:  # what failed is sent once more when all are read
            self._sent.add(name)

    def published(self, release_id: str) -> None:
        """Puts there what the store has and then the release that was published here, so that it is current there.

        StorageError where that fails, LockedError where the lock was lost: then the release before is current there.
        """
        self._pool.shutdown()
        self._pool = ThreadPoolExecutor(AT_ONCE, "mirror")
        release = f"{RELEASES}/{release_id}"
        self._send(self._parts)
        self._at_once(self._put_if_other, [SOURCES])
        self._send(lambda: [(release, self._released(release))])
        self._at_once(self._put_if_other, [f"{release}/{DESCRIPTOR}"])
        with undisturbed():
            self.claim.held(now=True)
            self._put_if_other(CURRENT)
        for old in (self.folder / RELEASES).iterdir():
            if old.name != release_id:
                shutil.rmtree(old, ignore_errors=True)
                self._notes.change({}, self._notes.inside(f"{RELEASES}/{old.name}"))

    def told(self, path: Path) -> None:
        name = path.relative_to(self.folder).as_posix()
        self._at_once(lambda name: self.bucket.put(name, path), [name])

    def _send(self, listed: Callable[[], Iterable[tuple[str, dict[str, Entry]]]]) -> None:
        """Makes the place hold what is here, folder by folder, and looks whether it does.

        What the listing tells of an object that was put is what tells later whether it is still the same.
        """
        sent = 0
        for _ in range(_ROUNDS):
            todo: list[str] = []
            for part, theirs in listed():
                known, ours = self._notes.inside(part), self._ours(part)
                same = {}
                for name, here in ours.items():
                    there, note = theirs.get(name), known.get(name)
                    if there is not None and note == Same(there.mark, *here):
                        continue
                    if there is not None and name in self._sent and there.size == here[0]:
                        same[name] = Same(there.mark, *here)
                    else:
                        todo.append(name)
                gone = sorted(theirs.keys() - ours.keys())
                self._at_once(self.bucket.delete, gone)
                self._notes.change(same, (*gone, *(known.keys() - ours.keys())))
            if not todo:
                if sent:
                    self.on_event({"event": "put", "files": sent, "to": self.bucket.address})
                return
            self._at_once(lambda name: self.bucket.put(name, self.folder / name), todo)
            self._sent.update(todo)
            sent += len(todo)
        advice = "Does somebody else write there, or is what was put there not listed yet? Run again."
        raise StorageError(f"{self.bucket.where(todo[0])!r} is not what was put there", advice=advice)

    def _at_once(self, do: Callable[[str], None], names: Iterable[str]) -> None:
        """Does several things at a time; the first that fails ends the rest.

        What is under way when the run is asked to end comes to its end, in `close`, before the lock is given away.
        """
        _all_or_raise(self._pool.submit(do, name) for name in names)

    def _put_if_other(self, name: str) -> None:
        """Puts a file of here there; where it is the same its date stays, by which `prune` tells which release is the older."""
        path = self.folder / name
        if path.exists() and self.bucket.read(name, path.stat().st_size + 1) != (data := path.read_bytes()):
            self.bucket.put(name, data)

    def _parts(self) -> Iterator[tuple[str, dict[str, Entry]]]:
        """The folders of the store, here and there, each with what lies there: never are all of a million names at hand."""
        here = (path.name for path in (self.folder / STORE).glob("*") if path.is_dir())
        parts = sorted(filter(_PART.fullmatch, {*self.bucket.listed(STORE)[1], *here}))
        names = (f"{STORE}/{name}" for name in parts)
        while some := list(islice(names, AT_ONCE)):
            self.claim.held()
            for part, (found, _) in zip(some, self._pool.map(self.bucket.listed, some), strict=True):
                yield part, self._named(found, _STORED)

    def _named(self, found: Collection[Entry], shape: re.Pattern[str]) -> dict[str, Entry]:
        """By name, what may be ours: whatever else somebody put there is left alone, and its name never becomes a path here."""
        for entry in found:
            if self.bucket.is_left(entry.name):
                self.bucket.delete(entry.name)
        return {entry.name: entry for entry in found if shape.fullmatch(entry.name)}

    def _released(self, release: str) -> dict[str, Entry]:
        """By name, all of a release but its descriptor: also what is none of ours, for it must go."""
        names = ((entry.name.removeprefix(f"{release}/"), entry) for entry in self.bucket.below(release))
        return {entry.name: entry for name, entry in names if name != DESCRIPTOR and ".." not in name.split("/")}

    def _ours(self, part: str) -> dict[str, tuple[int, int]]:
        """By name, size and time of the files here that belong to a folder of the store, or to a release but for its descriptor."""
        shape = _STORED if part.startswith(STORE) else _RELEASED
        paths = ((path.relative_to(self.folder).as_posix(), path) for path in (self.folder / part).rglob("*"))
        stats = ((name, path.stat()) for name, path in paths if shape.fullmatch(name))
        return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in stats}

    def _is_whole(self, name: str) -> bool:
        """Whether a stored result that nobody else has was written to its end."""
        from .dataset import read_stored

        try:
            read_stored(self.folder, Path(name).stem)
        except StorageError:
            return False
        return True


def pull_all(bucket: Bucket, entries: Sequence[Entry], folder: Path, threads: ThreadPoolExecutor) -> None:
    """Brings objects, whose names the caller has judged, under their names into a folder here. StorageError where that fails."""
    size = sum(entry.size for entry in entries)
    with storage_errors("what lies elsewhere could not be copied", folder):
        free = shutil.disk_usage(folder).free
        if size > free or any(entry.size > LARGEST for entry in entries):
            advice = "Make room, or work in another place: --work DIR for `run`, the variable TMPDIR for other commands."
            raise StorageError(f"{size:,} bytes of {bucket.address} do not fit into {folder}: {free:,} are free", advice=advice)
        for parent in {(folder / entry.name).parent for entry in entries}:
            parent.mkdir(parents=True, exist_ok=True)
        _all_or_raise(threads.submit(bucket.pull, entry, folder / entry.name) for entry in entries)


def _all_or_raise(submitted: Iterable[Future[None]]) -> None:
    """Waits until all is done; the first that fails is raised, and what has not begun is not begun."""
    waiting = list(submitted)
    try:
        for one in waiting:
            one.result()
    finally:
        for one in waiting:
            one.cancel()


def _is_as_noted(there: Entry, note: Same) -> bool:
    """Whether an object was not written since it was noted; where the place tells nothing of that, it may have been."""
    return there.mark != "" and there.mark == note.mark
