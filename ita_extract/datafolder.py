"""A data folder wherever it is: a folder here, or an address such as `s3://bucket/data`.

`held` opens it for writing, `at_hand` for reading; whoever uses what they give does not know the difference.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from .errors import ItaError, LockedError, UsageError
from .mirror import CURRENT, DESCRIPTOR, RELEASE_ID, RELEASES, DataFolder, Mirror, pull_all
from .run.bucket import AT_ONCE, Bucket, Entry, folder_here, is_address
from .run.claim import claimed
from .run.ending import ended_by_sigterm

if TYPE_CHECKING:
    from .dataset.prune import Pruned

Place: TypeAlias = str | os.PathLike[str]
_OURS, _TOKEN = "ADDRESS", "LOCK.token"
_NAME = re.compile(r"[a-z0-9_]{1,60}(/[a-z0-9_]{1,60})?(\.[a-z0-9]{1,10})?")
_BEGINNING = re.compile(r"[0-9a-f]{1,32}")
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
MOST_FILES = 10_000
"""Files of a release: it has one for each dataset and year."""


def folder_of(out: Place, work: Place | None = None) -> Path:
    """The path here of a data folder that is written to: itself, or the working folder of an address: `work`, or one in the cache.

    UsageError where `work` is given for a folder, or `out` is an address that became a path.
    """
    if is_address(out):
        return Path(work) if work is not None else _cached(str(out))
    if work is not None:
        raise UsageError("a working folder goes with an address", advice="Leave --work out: a folder is worked in as it is.")
    return folder_here(out)


def _cached(address: str) -> Path:
    """A folder for an address that nobody else uses: also not the same bucket at another server."""
    place = f"{address.rstrip('/')}\n{_endpoint()}"
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", address.rstrip("/"))[-40:].strip("-.")
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError as error:
        raise UsageError(
            "there is no home with a cache for a working folder", advice="Give a working folder with --work."
        ) from error
    return cache / "ita-extract" / f"{readable}-{hashlib.sha256(place.encode()).hexdigest()[:12]}"


def _endpoint() -> str:
    return next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "")


@contextmanager
def held(
    out: Place, work: Place | None = None, on_event: Callable[[Mapping[str, Any]], None] = lambda _: None
) -> Iterator[DataFolder]:
    """Holds a data folder, made if it is missing, against every other writer; of an address the store is brought here first.

    LockedError where another run holds it; UsageError where the place cannot be written to safely; StorageError where disk or
    network refuse: what was done lies in the working folder then, and the same command goes on from there.
    """
    from .dataset import lock_folder

    folder = folder_of(out, work)
    if not is_address(out):
        with lock_folder(folder) as lock:
            yield DataFolder(folder, lock)
        return
    bucket = Bucket(str(out))
    with ExitStack() as stack:
        try:
            lock = stack.enter_context(lock_folder(folder))
        except LockedError as error:
            error.message, error.advice = f"{error.message}, the working folder of {bucket.address}", "Wait until it ends."
            raise
        stack.enter_context(ended_by_sigterm())
        _refuse_a_folder_of_others(folder, bucket.address)
        note = folder / _TOKEN
        # Its run is gone for certain: the kernel gave its lock on this folder to us.
        dead = note.read_text("ascii", "replace") if note.exists() else ""
        with claimed(bucket, dead, lambda token: _write(note, token)) as claim:
            mirror = Mirror(folder, lock, bucket, claim, on_event)
            try:
                mirror.bring()
                yield mirror
            except BaseException:
                bucket.give_up()
                raise
            finally:
                mirror.close()


def _refuse_a_folder_of_others(folder: Path, address: str) -> None:
    """A working folder is emptied and filled by what lies at its address: it must be of no other, and nobody's documents."""
    from .dataset.disk import storage_errors

    ours, place = folder / _OURS, f"{address}\n{_endpoint()}\n"
    with storage_errors("the working folder cannot be used", folder):
        if ours.exists():
            if (told := ours.read_text("utf-8", "replace")) != place:
                advice = "Give another with --work, or none: each address has one of its own in the user's cache."
                raise UsageError(f"{folder} is the working folder of {' '.join(told.split())}", advice=advice)
        elif {path.name for path in folder.iterdir()} - {".lock", f"{_OURS}.tmp"}:
            raise UsageError(f"{folder} is not empty and no working folder", advice="Give a new folder with --work.")
        else:
            _write(ours, place)


def _write(path: Path, text: str) -> None:
    aside = path.with_name(f"{path.name}.tmp")
    aside.write_text(text, "utf-8")
    aside.replace(path)


@contextmanager
def at_hand(place: Place, datasets: Collection[str] = ()) -> Iterator[Path]:
    """A data folder with one release of `place`, to be read until the block ends: itself, or a copy of what lies at an address.

    An address may name a data folder, which stands for its current release, or end with the beginning of an id, as
    `s3://bucket/data/5f3a`. With `datasets` only their files are brought. The copy lies where temporary files do; errors tell
    of the address in its place. UsageError where there is no release; StorageError where network or disk refuse.
    """
    if not is_address(place):
        yield folder_here(place)
        return
    bucket, release = _release_at(str(place).rstrip("/"))
    with tempfile.TemporaryDirectory(prefix="ita-extract-") as made:
        folder = Path(made)
        try:
            _bring_release(bucket, release, folder, datasets)
            yield folder
        except ItaError as error:
            error.message, error.advice = (text.replace(made, bucket.address) for text in (error.message, error.advice))
            raise


def _release_at(address: str) -> tuple[Bucket, str]:
    """A data folder elsewhere, and what its CURRENT says or the id that the address begins."""
    bucket = Bucket(address)
    if (current := bucket.read(CURRENT, 100)) is not None:
        return bucket, current.decode("utf-8", "replace").strip()
    above, _, beginning = address.rpartition("/")
    above = above.removesuffix(f"/{RELEASES}")
    if _BEGINNING.fullmatch(beginning) and not above.endswith(":/"):
        bucket = Bucket(above)
        found = [name for name in bucket.listed(RELEASES)[1] if name.startswith(beginning) and RELEASE_ID.fullmatch(name)]
        if len(found) == 1:
            return bucket, found[0]
        if found:
            raise UsageError(f"several releases begin with {beginning!r}", advice=f"There are {', '.join(sorted(found))}.")
    raise UsageError(f"there is no release in {address}", advice=f"Publish one first: ita-extract run SOURCE… --out {address}")


def _bring_release(bucket: Bucket, release: str, folder: Path, datasets: Collection[str]) -> None:
    """Copies a release as it is: what is missing or damaged there is so here, and is told by whoever reads it."""
    (folder / CURRENT).write_text(f"{release}\n", "utf-8")
    if not RELEASE_ID.fullmatch(release):
        return
    above = f"{RELEASES}/{release}/"
    wanted: list[Entry] = []
    (folder / above).mkdir(parents=True)
    for entry in bucket.below(above.rstrip("/")):
        name = entry.name.removeprefix(above)
        if not _NAME.fullmatch(name):  # none of ours: its name becomes no path here, but `verify` tells of it
            (folder / above / re.sub(r"[^A-Za-z0-9_-]", "_", name)[:100]).touch()
        elif not datasets or name == DESCRIPTOR or name.partition("/")[0] in datasets:
            wanted.append(entry)
    if len(wanted) > MOST_FILES:
        raise UsageError(f"{bucket.where(above)} has {len(wanted):,} files", advice="No release has so many: is it one of ours?")
    with ThreadPoolExecutor(AT_ONCE) as threads:
        pull_all(bucket, wanted, folder, threads)


def prune_there(address: str, keep: int, *, dry_run: bool = False) -> Pruned:
    """`dataset.prune.prune` for an address: fails as it does, and as `held`.

    The descriptor of a release goes first: what is left where this is cut off is no release, and goes with the next.
    """
    from .dataset.prune import Pruned

    if keep < 1:
        raise UsageError(f"{keep} releases cannot be kept", advice="The current one always stays: keep 1 or more.")
    bucket = Bucket(address)
    with ended_by_sigterm(), claimed(bucket) as claim:
        current = (bucket.read(CURRENT, 100) or b"").decode("utf-8", "replace").strip()
        if not RELEASE_ID.fullmatch(current):
            raise UsageError(f"there is no release in {address}", advice=f"Publish one first: ita-extract run … --out {address}")
        found = {name: bucket.below(f"{RELEASES}/{name}") for name in bucket.listed(RELEASES)[1] if RELEASE_ID.fullmatch(name)}
        made = {name: _made(entries) for name, entries in found.items()}
        if not all(made.values()) and len(found) > 1:
            raise UsageError(
                f"{bucket.address} does not tell when its releases were made", advice="Delete what is old there by hand."
            )
        by_age = sorted(found, key=lambda name: (made[name], name), reverse=True)
        kept = {current, *[name for name in by_age if name != current][: keep - 1]}
        old = [name for name in by_age if name not in kept]
        for name in old if not dry_run else ():
            claim.held()
            bucket.delete(f"{RELEASES}/{name}/{DESCRIPTOR}")
            bucket.delete_below(f"{RELEASES}/{name}")
        return Pruned(
            tuple(filter(kept.__contains__, by_age)), tuple(old), sum(entry.size for name in old for entry in found[name])
        )


def _made(release: list[Entry]) -> float:
    """When a release was made: by its descriptor; without one it is the oldest of all. 0 where that is not told."""
    return next((entry.when for entry in release if entry.name.endswith(f"/{DESCRIPTOR}")), -1.0)
