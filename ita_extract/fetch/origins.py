"""Where documents that are read were fetched from: what a run takes over from the manifests beside them."""

from __future__ import annotations

from collections.abc import Container, Iterable
from pathlib import Path

from .manifest import NAME, Fetched, load_manifest


def origins(paths: Iterable[Path]) -> tuple[Fetched, ...]:
    """The lines of the manifests over the given files that tell of these files, sorted by document and address.

    A fetched document lies in FOLDER/ab/, its manifest in FOLDER. A file that was put there by hand, or that its manifest does not
    know, has no origin. StorageError where a manifest is damaged.
    """
    named: dict[Path, set[str]] = {}
    for path in paths:
        named.setdefault(path.absolute().parent.parent, set()).add(f"{path.parent.name}/{path.name}")
    found: set[Fetched] = set()
    for folder, files in named.items():
        found |= {entry for entry in load_manifest(folder / NAME).fetched.values() if entry.file in files}
    return tuple(sorted(found, key=lambda entry: (entry.sha256, entry.url, entry.date)))


def package_sources(entries: Iterable[Fetched], documents: Container[str]) -> list[dict[str, str]]:
    """What a Data Package says of its sources: title, path and version, one an address of a document, in one order always.

    No dates: the same documents from the same addresses must make the same release whenever they were fetched.

    >>> url = "https://example.org/a.pdf"
    >>> entry = Fetched(url, "ab" * 32, 9, "", "", "", url, "ผล")
    >>> package_sources([entry], {"ab" * 32})[0]["version"][:11]
    'sha256:abab'
    """
    told = {(entry.url, entry.sha256): entry.title for entry in entries if entry.sha256 in documents}
    return [{"title": title or url, "path": url, "version": f"sha256:{sha256}"} for (url, sha256), title in sorted(told.items())]
