"""Documents that lie in no folder of this machine: in whatever fsspec reads, such as an object store (`s3://bucket/2567`).

They are listed, known by their sha256 and read, each within the same bounds as a file. What is written elsewhere goes through
`bucket`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from ..errors import DocumentError, StorageError, UsageError

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
GLOB = re.compile(r"[*?[]")
PART = 8 << 20
"""Bytes that are asked for at a time: most documents whole, and of a large one no more than several readers can hold."""
HERE = ("", "file", "local")
"""Schemes of files of this machine, which are opened with more care: see `sources`."""
FETCHED = ("http", "https")
"""The web is no place to list: `fetch` takes what a list names, politely."""
_INSTALL = "Install it with: pip install 'ita-extract[remote]'{}; or mount the place as a folder: see docs/scale.md."


@dataclass(frozen=True, slots=True)
class Remote:
    """A document elsewhere: its path in a file system, and how to get there: an address up to its host or bucket."""

    base: str
    path: str


def scheme_of(text: str) -> str:
    """What stands before `://`, in small letters; nothing for a path.

    >>> scheme_of("S3://bucket/2567"), scheme_of("C:/2567"), scheme_of("a/b://c")
    ('s3', '', '')
    """
    found = _ADDRESS.match(text)
    return found[1].lower() if found else ""


def find(address: str) -> Iterator[tuple[Remote, str]]:
    """Every file at an address: itself, or all below it, or all that a glob matches; each with its path from there.

    Raises UsageError where nothing is there or nothing can read it, StorageError where it may not be listed.
    """
    system, root = system_at(address)
    try:
        system.invalidate_cache()  # what was listed in this process before may have changed since
        found = list(_listed(system, root))
    except Exception as error:  # each of these systems has errors of its own
        advice = "Check the address and who may read it."
        raise StorageError(f"{address!r} cannot be listed: {told(error)}", advice=advice) from error
    if not found:
        raise UsageError(f"there is nothing at {address!r}", advice="Check the spelling, and that the bucket comes first.")
    base = "/".join(address.split("/", 3)[:3])
    for path, name in found:
        yield Remote(base, path), name


def _listed(system: Any, root: str) -> Iterator[tuple[str, str]]:
    if not root.endswith("/") and system.isfile(root):
        yield root, root.rpartition("/")[2]
    elif below := system.find(root):
        above = root.rstrip("/") + "/"
        # A key that ends in a slash is no document: tools that show folders leave one, of no bytes, for each.
        yield from ((path, path.removeprefix(above)) for path in sorted(below) if not path.endswith("/"))
    elif GLOB.search(root):  # only now: names may hold the signs of a glob
        for match in sorted(system.glob(root)):
            if match != root:
                yield from _listed(system, match)


@contextmanager
def opened(remote: Remote, name: str) -> Iterator[tuple[BinaryIO, int]]:
    """A file elsewhere, open for reading, and the size that it is said to have. Raises DocumentError IO, also where reading breaks
    off."""
    try:
        system, _ = system_at(remote.base)
        with system.open(remote.path, "rb", block_size=PART) as stream:
            said = getattr(stream, "size", None)  # most know it from opening: to ask again is one more way over the network
            yield stream, int((said if isinstance(said, int) else system.size(remote.path)) or 0)
    except (DocumentError, MemoryError):
        raise
    except Exception as error:
        raise DocumentError("IO", f"{told(error)}: {name}") from error


def modules(remotes: Iterable[Remote]) -> tuple[str, ...]:
    """The modules that read these documents. To load one takes seconds: who forks readers loads it once for all of them."""
    bases = dict.fromkeys(remote.base for remote in remotes)
    return tuple(dict.fromkeys(type(system_at(base)[0]).__module__ for base in bases))


def system_at(address: str) -> tuple[Any, str]:
    """What reads at an address, and the path that it names there. UsageError where nothing does, StorageError where it fails."""
    scheme = scheme_of(address)
    if scheme in FETCHED:
        raise UsageError(
            f"{scheme}:// is no place that is read from or written to", advice="Use `fetch` first: see docs/fetching.md."
        )
    if "::" in address:
        raise UsageError(f"{address!r} leads through one place to another", advice="Name the place itself.")
    try:
        from fsspec.core import url_to_fs

        system, root = url_to_fs(address)
    except ImportError as error:
        missing = f" {error.name}" if error.name not in (None, "fsspec") else ""
        raise UsageError(f"{scheme}:// cannot be read here: {error}", advice=_INSTALL.format(missing)) from error
    except ValueError as error:
        advice = "Known are those of fsspec: s3, gs, az, sftp and others. Or mount the place as a folder: see docs/scale.md."
        raise UsageError(f"{scheme}:// is no place that is read from or written to: {error}", advice=advice) from error
    except Exception as error:  # no credentials, no such host
        raise StorageError(f"{address!r} cannot be reached: {told(error)}", advice="Check the address and your access.") from error
    return system, str(root)


def told(error: BaseException) -> str:
    """An error of somebody else's in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
