"""FOLDER/manifest.jsonl: where each file of a folder came from, and what could not be had.

One line of JSON a document at an address: a second line with the same address and sha256 takes the place of the first, so that a
round may append line after line as documents come, and a machine that dies loses no more than the line it was writing. At the end
of a round the file is written anew, whole, without what was replaced.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from ..errors import StorageError

NAME = "manifest.jsonl"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILE = re.compile(r"([0-9a-f]{2})/(\1[0-9a-f]{62})\.[a-z]{1,5}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@dataclass(frozen=True, slots=True)
class Fetched:
    """One document as it was had from one address.

    `file` is its path from the folder, named by its content. `date` is when its bytes first came from `url`, `checked` when the
    server last said that they are still there, both UTC. `final_url` is where redirects led. `previous` is the sha256 of what lay
    at the address before. `etag` and `last_modified` are the server's words, sent back to it at the next question. `note` is a
    doubt about the bytes.
    """

    url: str
    sha256: str
    bytes: int
    file: str
    date: str
    checked: str
    final_url: str
    title: str | None = None
    fiscal_year: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    previous: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """An address that gave nothing when it was last asked, at `checked` (UTC), and why: a code of `FETCH_CODES`, and words."""

    url: str
    checked: str
    code: str
    detail: str
    title: str | None = None
    fiscal_year: int | None = None


@dataclass(slots=True)
class Manifest:
    """What the lines of a manifest say together, in their order; what is replaced gives up its place."""

    fetched: dict[tuple[str, str], Fetched] = field(default_factory=dict)
    failed: dict[str, Failed] = field(default_factory=dict)
    _latest: dict[str, Fetched] = field(default_factory=dict)

    def add(self, entry: Fetched | Failed) -> None:
        """Takes a line in; what it replaces goes. A document that was had ends what is told of its address as failed."""
        if isinstance(entry, Failed):
            self.failed[entry.url] = entry
            return
        self.fetched.pop((entry.url, entry.sha256), None)  # to stand last: of two lines of one second the later one counts
        self.fetched[entry.url, entry.sha256] = entry
        self.failed.pop(entry.url, None)
        known = self._latest.get(entry.url)
        if known is None or entry.checked >= known.checked:
            self._latest[entry.url] = entry

    def latest(self, url: str) -> Fetched | None:
        """What the address gave when it last gave something."""
        return self._latest.get(url)

    def entries(self) -> Iterator[Fetched | Failed]:
        yield from self.fetched.values()
        yield from self.failed.values()


def read_manifest(folder: Path) -> Mapping[str, tuple[Fetched, ...]]:
    """Where the documents of a folder came from: by sha256, one entry an address that gave these bytes, the earliest first.

    {} where the folder has no manifest. StorageError, with the line, where a manifest cannot be read.
    """
    found: dict[str, list[Fetched]] = {}
    for entry in load_manifest(folder / NAME).fetched.values():
        found.setdefault(entry.sha256, []).append(entry)
    return {sha256: tuple(sorted(entries, key=lambda one: (one.date, one.url))) for sha256, entries in found.items()}


def load_manifest(path: Path) -> Manifest:
    """A manifest, empty where there is no such file. A last line that was cut off is left out: its document is asked for again."""
    manifest = Manifest()
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return manifest
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}", advice="Check who may read it.") from error
    *lines, _cut_off = data.split(b"\n")
    for number, line in enumerate(lines, 1):
        try:
            manifest.add(_entry(json.loads(line)))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            advice = "Take the line out; the files stay, and the next fetch writes what it finds anew."
            raise StorageError(f"{path}:{number}: this line of the manifest is damaged: {error}", advice=advice) from error
    return manifest


def manifest_line(entry: Fetched | Failed) -> bytes:
    """One line, with its line break; what is not known is left out."""
    said = {name: value for name, value in asdict(entry).items() if value is not None}
    status = "fetched" if isinstance(entry, Fetched) else "failed"
    return json.dumps({"status": status, **said}, ensure_ascii=False).encode() + b"\n"


def manifest_bytes(entries: Iterable[Fetched | Failed]) -> bytes:
    return b"".join(map(manifest_line, entries))


def _entry(said: Any) -> Fetched | Failed:
    if not isinstance(said, dict):
        raise ValueError("it holds no object")
    kind = {"fetched": Fetched, "failed": Failed}[said.pop("status")]
    entry: Fetched | Failed = kind(**{one.name: said[one.name] for one in fields(kind) if one.name in said})
    for one in fields(kind):
        value = getattr(entry, one.name)
        wanted = int if one.name in ("bytes", "fiscal_year") else str
        if value is not None and (not isinstance(value, wanted) or isinstance(value, bool)):
            raise ValueError(f"{one.name} is {value!r}")
    if not _TIME.fullmatch(entry.checked):
        raise ValueError(f"checked is {entry.checked!r}")
    if isinstance(entry, Fetched) and not (_SHA256.fullmatch(entry.sha256) and _FILE.fullmatch(entry.file)):
        raise ValueError(f"sha256 is {entry.sha256!r}, file is {entry.file!r}")
    return entry
