"""Goes through a list of published documents and keeps them in a folder, named by their content, with a manifest of where from.

What is in FOLDER:

    manifest.jsonl            a line for each document at each address: see `fetch.manifest`
    ab/ab41….pdf              the documents, each under the sha256 of its bytes
    .partial/                 what broke off, to go on with
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from . import __version__
from .dataset.disk import file_sha256, storage_errors, sync_folder, write_atomically
from .dataset.lock import lock_folder
from .errors import NothingReadError, UsageError
from .fetch.download import Answer, Downloader, FetchLimits
from .fetch.failure import FetchError
from .fetch.kind import Arrived, look_at
from .fetch.links import MAX_PAGE, links_of_page
from .fetch.list import Wanted, address_fault, read_list
from .fetch.manifest import NAME, Failed, Fetched, Manifest, load_manifest, manifest_bytes, manifest_line
from .fetch.pace import Clock
from .fetch.partial import Validators, forget
from .run.bucket import folder_here

PARTIAL = ".partial"
DOWN_AFTER = 3
"""Documents of one server that could not be reached, one after another, before the others of it are not asked for."""
KEEP_PARTIAL = 30 * 86_400.0
"""Seconds for which what broke off is kept."""
ENDLESS = "the PDF has no end: it is probably cut off on the server"
RECHECK = 24.0
"""Hours for which the last answer of a server is good enough."""


@dataclass(frozen=True, slots=True)
class Had:
    """What became of one document of a list: `what` is new, changed, unchanged, recent (not asked again yet), held or failed."""

    wanted: Wanted
    what: str
    entry: Fetched | None = None
    code: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FetchSummary:
    """What a round did, document by document in the order of the list."""

    folder: Path
    documents: tuple[Had, ...]
    seconds: float

    @property
    def counts(self) -> Counter[str]:
        return Counter(one.what for one in self.documents)

    def exit_code(self) -> int:
        """0 all are there; 3 some could not be had; 7 none could."""
        failed = self.counts["failed"]
        return 0 if not failed else 7 if failed == len(self.documents) else 3


def fetch_documents(
    wanted: Path | str | Iterable[Wanted],
    out: Path | str,
    *,
    limits: FetchLimits | None = None,
    recheck: float = RECHECK,
    allow_private: bool = False,
    contact: str = "",
    on_document: Callable[[Had], None] = lambda _: None,
    say: Callable[[str], None] = lambda _: None,
    clock: Clock | None = None,
) -> FetchSummary:
    """Fetches the documents of a list, a file or objects, into the folder `out`, which is made if it is missing.

    A document that was had within the last `recheck` hours is not asked for again; an older one is asked for on the condition that
    it changed. A document that cannot be had ends nothing but itself. `contact` goes into the user agent. `allow_private`:
    addresses of private networks may be asked. `on_document` is told of each document as it is done, `say` what is waited for.
    UsageError for a bad list, LockedError where another run holds the folder, StorageError where the disk refuses.
    """
    started = time.monotonic()
    listed = read_list(Path(wanted)) if isinstance(wanted, Path | str) else tuple(wanted)
    for one in listed:
        if fault := address_fault(one.url):
            raise UsageError(f"the address {one.url[:100]!r} {fault}", advice="Mend it, or take the document out.")
    folder, limits = folder_here(out), limits or FetchLimits()
    downloader = Downloader(agent(contact), limits, allow_private=allow_private, clock=clock, say=say)
    with lock_folder(folder), storage_errors("the documents could not be kept", folder):
        recent = _instant(datetime.now(UTC) - timedelta(hours=recheck)) if recheck > 0 else None
        round_ = _Round(folder, downloader, load_manifest(folder / NAME), recent)
        (folder / PARTIAL).mkdir(exist_ok=True)
        done: dict[str, Had] = {}
        try:
            with (folder / NAME).open("ab") as journal:
                _mend_end(journal.fileno(), folder / NAME)
                for one in by_turns(listed):
                    had, entry = round_.have(one)
                    if entry:
                        journal.write(manifest_line(entry))
                        journal.flush()
                        os.fsync(journal.fileno())
                        round_.manifest.add(entry)
                    done[one.url] = had
                    on_document(had)
        finally:
            _tidy(folder / PARTIAL)
            if round_.manifest.fetched or round_.manifest.failed:
                write_atomically(folder / NAME, manifest_bytes(round_.manifest.entries()))
    return FetchSummary(folder, tuple(done[one.url] for one in listed), time.monotonic() - started)


def list_from_page(
    url: str, match: str, *, limits: FetchLimits | None = None, allow_private: bool = False, contact: str = ""
) -> tuple[Wanted, ...]:
    """The links of the page at `url` whose address or text `match` is found in, as a list to look at before it is fetched.

    UsageError for a bad address or expression; NothingReadError where the page cannot be had, or no link matches.
    """
    if fault := address_fault(url):
        raise UsageError(f"the address {url[:100]!r} {fault}", advice="Give the address of a page.")
    links_of_page(b"", url, match)
    limits = replace(limits or FetchLimits(), bytes=MAX_PAGE)
    downloader = Downloader(agent(contact), limits, allow_private=allow_private)
    with TemporaryDirectory() as scratch:
        part = Path(scratch, "page.part")
        try:
            answer = downloader.fetch(url, part)
        except FetchError as error:
            raise NothingReadError(f"{url}: {error}", advice="See the list of codes in docs/fetching.md.") from error
        found = links_of_page(part.read_bytes(), answer.final_url, match, answer.content_type)
    if not found:
        raise NothingReadError(f"no link of {url} matches {match!r}", advice="A page that scripts build has no links to read.")
    return found


def agent(contact: str = "") -> str:
    """The user agent: who asks, and where the keeper of a server may ask back.

    >>> agent("+mailto:data@example.org").split(" ", 1)[1]
    '(+mailto:data@example.org)'
    """
    if not contact.isascii() or not contact.isprintable() or set("()") & set(contact):
        raise UsageError(f"{contact!r} cannot stand in a header", advice="Give a mail address or a web address, in ASCII.")
    return f"ita-extract/{__version__}" + (f" ({contact})" if contact else "")


def by_turns(listed: Iterable[Wanted]) -> Iterator[Wanted]:
    """The documents of a list host by host in turn, so that the wait between two questions to one host is used for another's.

    >>> [one.url for one in by_turns(map(Wanted, ("http://a/1", "http://a/2", "http://b/1")))]
    ['http://a/1', 'http://b/1', 'http://a/2']
    """
    queues: dict[str, deque[Wanted]] = {}
    for one in listed:
        queues.setdefault(_host(one.url), deque()).append(one)
    while queues:
        for host in list(queues):
            yield queues[host].popleft()
            if not queues[host]:
                del queues[host]


@dataclass(slots=True)
class _Round:
    """One way through a list. `recent`: the instant from which on an answer is good enough; None where none is."""

    folder: Path
    downloader: Downloader
    manifest: Manifest
    recent: str | None
    unreached: Counter[str] = field(default_factory=Counter)
    left_alone: dict[str, str] = field(default_factory=dict)

    def have(self, wanted: Wanted) -> tuple[Had, Fetched | Failed | None]:
        """What becomes of one document, and the line that the manifest needs for it."""
        known = self.manifest.latest(wanted.url)
        if known and not self._intact(known):
            known = None
        expected = self.manifest.fetched.get((wanted.url, wanted.sha256)) if wanted.sha256 else None
        if expected and self._intact(expected):
            return self._as_it_was(wanted, "held", expected)
        if known and self.recent and known.checked >= self.recent and wanted.sha256 in (None, known.sha256):
            return self._as_it_was(wanted, "recent", known)
        try:
            what, entry = self._ask(wanted, known)
        except FetchError as error:
            self._count(_host(wanted.url), error)
            failed = Failed(wanted.url, _instant(), error.code, error.detail, wanted.title, wanted.fiscal_year)
            return Had(wanted, "failed", known, error.code, error.detail), failed
        self.unreached[_host(wanted.url)] = 0
        return Had(wanted, what, entry, detail=entry.note or ""), entry

    def _as_it_was(self, wanted: Wanted, what: str, known: Fetched) -> tuple[Had, Fetched | None]:
        entry = _named(known, wanted)
        return Had(wanted, what, entry, detail=entry.note or ""), None if entry == known else entry

    def _ask(self, wanted: Wanted, known: Fetched | None) -> tuple[str, Fetched]:
        host = _host(wanted.url)
        if host in self.left_alone:
            raise FetchError("WAIT", self.left_alone[host])
        if self.unreached[host] >= DOWN_AFTER:
            raise FetchError("HOST_DOWN", f"the last {DOWN_AFTER} documents of {host} could not be had")
        part = self.folder / PARTIAL / f"{sha256(wanted.url.encode()).hexdigest()[:32]}.part"
        validators = Validators(known.etag, known.last_modified) if known else None
        answer = self.downloader.fetch(wanted.url, part, validators)
        if answer.unchanged and known:
            if wanted.sha256 not in (None, known.sha256):
                raise FetchError("WRONG_SHA256", f"the list expects {wanted.sha256}, at the address is {known.sha256} still")
            etag, modified = answer.validators.etag, answer.validators.last_modified
            now = replace(known, checked=_instant(), final_url=answer.final_url, etag=etag, last_modified=modified)
            return "unchanged", _named(now, wanted)
        arrived = self._look(wanted, part, answer)
        if arrived.endless and not (known and known.sha256 == arrived.sha256):
            # a server, or a box on the way, that told too short a length may tell another: once more, and then it is as it is
            forget(part)
            answer = self.downloader.fetch(wanted.url, part)
            arrived = self._look(wanted, part, answer)
        return self._keep(wanted, known, part, answer, arrived)

    def _look(self, wanted: Wanted, part: Path, answer: Answer) -> Arrived:
        """What came; FetchError, and nothing kept, where it is no document, or not the one that is wanted."""
        try:
            arrived = look_at(part, answer.final_url, answer.content_type)
            if wanted.sha256 not in (None, arrived.sha256):
                raise FetchError("WRONG_SHA256", f"the list expects {wanted.sha256}, at the address is {arrived.sha256}")
        except FetchError:
            forget(part)
            raise
        return arrived

    def _keep(self, wanted: Wanted, known: Fetched | None, part: Path, answer: Answer, arrived: Arrived) -> tuple[str, Fetched]:
        """Puts what came into its place, beside what came from the address before, if that was something else."""
        place = self.folder / arrived.sha256[:2] / f"{arrived.sha256}{arrived.suffix}"
        if not place.parent.is_dir():
            place.parent.mkdir()
            sync_folder(self.folder)
        part.replace(place)
        sync_folder(place.parent)
        forget(part)
        now, before = _instant(), self.manifest.latest(wanted.url)
        same = self.manifest.fetched.get((wanted.url, arrived.sha256))
        changed = before is not None and before.sha256 != arrived.sha256
        entry = Fetched(
            url=wanted.url,
            sha256=arrived.sha256,
            bytes=arrived.bytes,
            file=f"{place.parent.name}/{place.name}",
            date=same.date if same else now,
            checked=now,
            final_url=answer.final_url,
            etag=answer.validators.etag,
            last_modified=answer.validators.last_modified,
            previous=before.sha256 if before and changed else same.previous if same else None,
            note=ENDLESS if arrived.endless else None,
        )
        return "changed" if changed else "unchanged" if known else "new", _named(entry, wanted)

    def _intact(self, entry: Fetched) -> bool:
        """Whether the file of a line is there, with the bytes that it is named by."""
        path = self.folder / entry.file
        try:
            return path.stat().st_size == entry.bytes and file_sha256(path) == entry.sha256
        except FileNotFoundError:
            return False

    def _count(self, host: str, error: FetchError) -> None:
        if error.code == "WAIT":
            self.left_alone.setdefault(host, error.detail)
        if error.code in ("UNREACHABLE", "TIMEOUT"):
            self.unreached[host] += 1
        elif error.code != "HOST_DOWN":
            self.unreached[host] = 0


def _named(entry: Fetched, wanted: Wanted) -> Fetched:
    """A line with the title and year that the list gives now."""
    return replace(entry, title=wanted.title or entry.title, fiscal_year=wanted.fiscal_year or entry.fiscal_year)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _instant(when: datetime | None = None) -> str:
    return (when or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _mend_end(handle: int, path: Path) -> None:
    """Takes away a last line that was cut off, which the next one would be glued to."""
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        os.ftruncate(handle, whole)


def _tidy(partial: Path) -> None:
    """Removes what broke off so long ago that nobody will go on with it, and the folder where it is empty."""
    limit = time.time() - KEEP_PARTIAL
    for path in partial.iterdir():
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < limit:
                path.unlink()
    if not any(partial.iterdir()):
        shutil.rmtree(partial, ignore_errors=True)
