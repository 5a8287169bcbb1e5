"""Takes old releases out of a data folder; never the one that CURRENT names, and never half of one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError
from .disk import remove_tree, storage_errors, sync_folder
from .lock import lock_folder
from .read import current_release
from .release import ID_DIGITS, STAGING

_RELEASE = re.compile(rf"[0-9a-f]{{{ID_DIGITS}}}")


@dataclass(frozen=True, slots=True)
class Pruned:
    """The ids of the releases that stayed and went, the newest first, and the bytes of the files that went."""

    kept: tuple[str, ...]
    removed: tuple[str, ...]
    size: int


def prune(folder: Path | str, keep: int, *, dry_run: bool = False) -> Pruned:
    """Removes all releases of a data folder but the `keep` newest (1 or more), among which the current one always counts.

    A release that was made again and was there already keeps its first date: so the current one may be older than others. With
    `dry_run` nothing is removed, and what would be is told. What documents gave, in the store, stays: any release of today's rules
    can be made again from it.

    A release is renamed before its files go, so that whoever looks sees it whole or not at all; what a killed run leaves of it is
    swept up by the next. Who reads an old release at the time loses it: its files are gone when they are opened next.
    UsageError where there is no release, LockedError where a run holds the folder, StorageError where the disk refuses.
    """
    folder = Path(folder)
    if keep < 1:
        raise UsageError(f"{keep} releases cannot be kept", advice="The current one always stays: keep 1 or more.")
    if current_release(folder) == folder:
        raise UsageError(f"{folder} is a release, not a data folder", advice="Give the folder that `run --out` wrote.")
    with lock_folder(folder), storage_errors("old releases could not be removed", folder):
        current = current_release(folder)
        releases = current.parent
        others = (path for path in _releases(releases) if path.name != current.name)
        by_age = sorted(others, key=lambda path: (_made(path), path.name), reverse=True)
        kept, old = by_age[: keep - 1], by_age[keep - 1 :]
        size = sum(map(_size, old))
        if not dry_run:
            _remove(releases, old)
        stay = sorted((current, *kept), key=lambda path: (_made(path), path.name), reverse=True)
        return Pruned(tuple(path.name for path in stay), tuple(path.name for path in old), size)


def _remove(releases: Path, old: Iterable[Path]) -> None:
    for left in releases.glob(f"{STAGING}*"):
        remove_tree(left)
    going = []
    for release in old:
        aside = release.with_name(f"{STAGING}pruned-{release.name}")
        release.rename(aside)
        going.append(aside)
    sync_folder(releases)
    for aside in going:
        shutil.rmtree(aside)


def _releases(releases: Path) -> Iterator[Path]:
    """The folders that are named as releases are; what else lies there, links above all, is none of ours."""
    return (path for path in releases.iterdir() if _RELEASE.fullmatch(path.name) and path.is_dir() and not path.is_symlink())


def _made(release: Path) -> int:
    """When the release was made: its descriptor is written last, and never again. A release without one is the oldest of all."""
    try:
        return (release / "datapackage.json").stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _size(release: Path) -> int:
    return sum(path.lstat().st_size for path in release.rglob("*") if not path.is_dir())
