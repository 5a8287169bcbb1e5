"""A list into a folder: what is kept, what is asked again, and what is told of the rest."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path

import pytest

from ita_extract.dataset.lock import lock_folder
from ita_extract.errors import LockedError, NothingReadError, StorageError, UsageError
from ita_extract.fetch.download import FetchLimits
from ita_extract.fetch.kind import suffix_of
from ita_extract.fetch.list import Wanted
from ita_extract.fetch.manifest import NAME, load_manifest, read_manifest
from ita_extract.fetch.pace import Clock
from ita_extract.fetching import DOWN_AFTER, FetchSummary, fetch_documents, list_from_page
from ita_extract.run.sources import MEDIA_TYPES, find_sources
from tests.fetch.server import Handler, Server, gives, leads, pdf

QUICK = FetchLimits(bytes=1_000_000, seconds=5, stall=0.3, interval=0, attempts=2, backoff=0.01, wait=1)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def fetch(folder: Path, *wanted: Wanted, recheck: float = 0.0, limits: FetchLimits = QUICK) -> FetchSummary:
    return fetch_documents(wanted, folder, limits=limits, recheck=recheck, allow_private=True)


def whats(summary: FetchSummary) -> list[str]:
    return [one.code or one.what for one in summary.documents]


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.name not in (NAME, ".lock")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "documents"


def test_documents_are_kept_by_content_with_where_they_came_from(server: Server, folder: Path) -> None:
    server.pages["/a.pdf"] = leads("/real.pdf")
    server.pages["/real.pdf"] = gives(pdf(), ETag='"v1"', Last_Modified="Sat, 21 Nov 2026 07:00:00 GMT")
    summary = fetch(folder, Wanted(server.url("/a.pdf"), "ผลการประเมิน", 2567))
    assert (whats(summary), summary.exit_code()) == (["new"], 0)
    digest = sha(pdf())
    assert files(folder) == {f"{digest[:2]}/{digest}.pdf"}
    ((entry,),) = read_manifest(folder).values()
    assert (entry.url, entry.final_url, entry.title, entry.fiscal_year) == (
        server.url("/a.pdf"),
        server.url("/real.pdf"),
        "ผลการประเมิน",
        2567,
    )
    assert (entry.sha256, entry.bytes, entry.etag, entry.previous, entry.note) == (digest, len(pdf()), '"v1"', None, None)
    (source,) = find_sources([str(folder)])
    assert source.path == folder / entry.file, "run reads the documents, and nothing else that lies there"
    line = json.loads((folder / NAME).read_text(encoding="utf-8"))
    assert line["status"] == "fetched"
    assert "previous" not in line


def test_the_same_again_is_asked_for_on_condition_and_not_at_all_for_a_while(server: Server, folder: Path) -> None:
    server.pages["/a.pdf"] = lambda handler: (
        handler.reply(304) if handler.headers.get("If-None-Match") == '"v1"' else handler.reply(200, pdf(), ETag='"v1"')
    )
    wanted = Wanted(server.url("/a.pdf"))
    fetch(folder, wanted)
    assert whats(fetch(folder, wanted)) == ["unchanged"]
    assert server.times("/a.pdf") == 2
    assert whats(fetch(folder, wanted, recheck=1.0)) == ["recent"]
    assert server.times("/a.pdf") == 2
    (entry,) = load_manifest(folder / NAME).fetched.values()
    assert entry.etag == '"v1"'


def test_a_server_without_conditions_gives_the_same_bytes(server: Server, folder: Path) -> None:
    server.pages["/a.pdf"] = gives(pdf())
    wanted = Wanted(server.url("/a.pdf"), "now with a title")
    fetch(folder, Wanted(server.url("/a.pdf")))
    assert whats(fetch(folder, wanted)) == ["unchanged"]
    (entry,) = load_manifest(folder / NAME).fetched.values()
    assert entry.title == "now with a title"


def test_a_changed_document_is_kept_beside_the_old_one_and_told(server: Server, folder: Path) -> None:
    old, new = pdf("old"), pdf("new")
    server.pages["/a.pdf"] = gives(old, ETag='"v1"')
    wanted = Wanted(server.url("/a.pdf"))
    fetch(folder, wanted)
    server.pages["/a.pdf"] = gives(new, ETag='"v2"')
    summary = fetch(folder, wanted)
    assert (whats(summary), summary.exit_code()) == (["changed"], 0)
    assert {name.split("/")[1] for name in files(folder)} == {f"{sha(old)}.pdf", f"{sha(new)}.pdf"}
    assert read_manifest(folder)[sha(new)][0].previous == sha(old)
    server.pages["/a.pdf"] = gives(old, ETag='"v3"')
    assert whats(fetch(folder, wanted)) == ["changed"], "back to what it was is a change, too"
    assert whats(fetch(folder, wanted)) == ["unchanged"]
    assert read_manifest(folder)[sha(old)][0].previous == sha(new)
    assert len(files(folder)) == 2


def test_a_file_that_was_damaged_or_taken_away_is_fetched_anew(server: Server, folder: Path) -> None:
    server.pages["/a.pdf"] = lambda handler: (
        handler.reply(304) if "If-None-Match" in handler.headers else handler.reply(200, pdf(), ETag='"v1"')
    )
    wanted = Wanted(server.url("/a.pdf"))
    fetch(folder, wanted)
    place = folder / next(iter(files(folder)))
    for spoil in (lambda: place.write_bytes(pdf()[:-1] + b"X"), place.unlink):
        spoil()
        assert whats(fetch(folder, wanted, recheck=24)) == ["new"]
        assert place.read_bytes() == pdf()


def test_one_content_at_two_addresses_is_one_file(server: Server, folder: Path) -> None:
    server.pages["/a.pdf"] = server.pages["/b.pdf"] = gives(pdf())
    fetch(folder, Wanted(server.url("/a.pdf")), Wanted(server.url("/b.pdf")))
    assert len(files(folder)) == 1
    assert [entry.url for entry in read_manifest(folder)[sha(pdf())]] == [server.url("/a.pdf"), server.url("/b.pdf")]


def test_what_the_list_expects(server: Server, folder: Path) -> None:
    server.pages["/a.pdf"] = gives(pdf("other"))
    wanted = Wanted(server.url("/a.pdf"), sha256=sha(pdf()))
    summary = fetch(folder, wanted)
    assert (whats(summary), summary.exit_code()) == (["WRONG_SHA256"], 7)
    assert sha(pdf("other")) in summary.documents[0].detail
    assert files(folder) == set()
    server.pages["/a.pdf"] = gives(pdf())
    assert whats(fetch(folder, wanted)) == ["new"]
    asked = len(server.asked)
    assert whats(fetch(folder, wanted)) == ["held"]
    assert len(server.asked) == asked, "what is there, byte for byte, need not be asked for"


def test_some_not_had_and_none_had(server: Server, folder: Path) -> None:
    server.pages["/a.pdf"] = gives(pdf())
    good, bad = Wanted(server.url("/a.pdf")), Wanted(server.url("/gone.pdf"), "ผล", 2566)
    summary = fetch(folder, good, bad)
    assert (whats(summary), summary.exit_code()) == (["new", "NOT_FOUND"], 3)
    (failed,) = load_manifest(folder / NAME).failed.values()
    assert (failed.url, failed.code, failed.title, failed.fiscal_year) == (bad.url, "NOT_FOUND", "ผล", 2566)
    assert fetch(folder, bad).exit_code() == 7
    server.pages["/gone.pdf"] = gives(pdf("late"))
    assert whats(fetch(folder, bad)) == ["new"]
    assert load_manifest(folder / NAME).failed == {}


def test_a_document_that_is_gone_keeps_its_file(server: Server, folder: Path) -> None:
    server.pages["/a.pdf"] = gives(pdf())
    wanted = Wanted(server.url("/a.pdf"))
    fetch(folder, wanted)
    del server.pages["/a.pdf"]
    summary = fetch(folder, wanted)
    assert whats(summary) == ["NOT_FOUND"]
    assert summary.documents[0].entry is not None
    assert len(files(folder)) == 1


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/a.pdf", b"<!DOCTYPE html><title>404 \xe0\xb9\x84\xe0\xb8\xa1\xe0\xb9\x88\xe0\xb8\x9e\xe0\xb8\x9a</title>", "WEB_PAGE"),
        ("/download?id=1", b"\xef\xbb\xbf \n<html><body>please log in", "WEB_PAGE"),
        ("/a.pdf", b"PK\x03\x04rest", "WRONG_KIND"),
        ("/a.pdf", b"plain words", "WRONG_KIND"),
        ("/a.txt", b"with \x00 in it", "WRONG_KIND"),
        ("/a.pdf", b"", "WRONG_KIND"),
    ],
)
def test_what_is_no_document_is_not_kept(server: Server, folder: Path, path: str, body: bytes, code: str) -> None:
    server.pages[path] = gives(body, Content_Type="application/pdf")
    summary = fetch(folder, Wanted(server.url(path)))
    assert whats(summary) == [code]
    assert files(folder) == set()
    assert not (folder / ".partial").exists()


@pytest.mark.parametrize(
    ("path", "body", "suffix"),
    [
        ("/x", b"junk before %PDF-1.4 and %%EOF", ".pdf"),
        ("/x.pdf", b"\x89PNG\r\n\x1a\nrest", ".png"),
        ("/x", b"\xff\xd8\xff\xe0rest", ".jpg"),
        ("/x", b"II*\x00rest", ".tif"),
        ("/x.html", b"<html>", ".html"),
        ("/x.HTM?a=b", b"<p>words", ".html"),
        ("/x.txt", "ผล".encode(), ".txt"),
    ],
)
def test_kinds_are_told_by_content_and_are_those_that_run_reads(
    server: Server, folder: Path, path: str, body: bytes, suffix: str
) -> None:
    server.pages[path] = gives(body)
    assert whats(fetch(folder, Wanted(server.url(path)))) == ["new"]
    assert {Path(name).suffix for name in files(folder)} == {suffix}
    assert suffix in MEDIA_TYPES


def test_a_pdf_without_an_end_is_asked_for_once_more_and_then_kept_with_a_doubt(server: Server, folder: Path) -> None:
    """The server tells a length that is too short: nothing between it and us can notice."""
    whole = pdf("whole", 5000)
    server.pages["/a.pdf"] = lambda handler: handler.reply(200, whole, length=1000 if handler.count == 1 else len(whole))
    server.pages["/b.pdf"] = lambda handler: handler.reply(200, whole, length=1000)
    wanted = Wanted(server.url("/a.pdf")), Wanted(server.url("/b.pdf"))
    assert whats(fetch(folder, *wanted)) == ["new", "new"]
    assert (server.times("/a.pdf"), server.times("/b.pdf")) == (2, 2)
    assert read_manifest(folder)[sha(whole)][0].note is None
    assert "no end" in (read_manifest(folder)[sha(whole[:1000])][0].note or "")
    fetch(folder, wanted[1])
    assert server.times("/b.pdf") == 3, "known to be so: not twice every time"


def test_what_broke_off_is_gone_on_with_in_the_next_round(server: Server, folder: Path) -> None:
    whole = pdf("big", 300_000)
    server.pages["/a.pdf"] = lambda handler: handler.ranged(whole, most=100_000 if handler.count == 1 else 0)
    wanted = Wanted(server.url("/a.pdf"))
    assert whats(fetch(folder, wanted)) == ["CUT_OFF"]
    assert find_sources([str(folder)]) == (), "what broke off is no document"
    server.pages["/a.pdf"] = lambda handler: handler.ranged(whole)
    assert whats(fetch(folder, wanted)) == ["new"]
    assert server.headers("/a.pdf")[-1]["range"] == "bytes=100000-"
    assert set(read_manifest(folder)) == {sha(whole)}
    assert not (folder / ".partial").exists()


def test_a_round_that_was_killed_loses_only_what_it_was_doing(server: Server, folder: Path) -> None:
    class Killed(BaseException):
        pass

    def die(_: Handler) -> None:
        raise AssertionError("never asked for")

    server.pages["/a.pdf"], server.pages["/b.pdf"] = gives(pdf("a")), gives(pdf("b"))
    wanted = [Wanted(server.url(path)) for path in ("/a.pdf", "/b.pdf")]

    def kill(_: object) -> None:
        raise Killed

    with pytest.raises(Killed):
        fetch_documents(wanted, folder, limits=QUICK, allow_private=True, on_document=kill)
    with (folder / NAME).open("ab") as manifest:
        manifest.write(b'{"status": "fet')
    server.pages["/a.pdf"] = die
    assert whats(fetch_documents(wanted, folder, limits=QUICK, allow_private=True)) == ["recent", "new"]
    assert set(read_manifest(folder)) == {sha(pdf("a")), sha(pdf("b"))}
    assert (folder / NAME).read_bytes().count(b"\n") == 2


def test_a_server_that_is_down_is_not_asked_for_everything(folder: Path) -> None:
    wanted = [Wanted(f"http://127.0.0.1:1/{number}.pdf") for number in range(DOWN_AFTER + 3)]
    assert whats(fetch(folder, *wanted)) == ["UNREACHABLE"] * DOWN_AFTER + ["HOST_DOWN"] * 3


def test_a_server_that_wants_to_be_left_alone_is(server: Server, folder: Path) -> None:
    server.pages["/a.pdf"] = lambda handler: handler.reply(503, Retry_After="4000")
    server.pages["/b.pdf"] = gives(pdf())
    assert whats(fetch(folder, Wanted(server.url("/a.pdf")), Wanted(server.url("/b.pdf")))) == ["WAIT", "WAIT"]
    assert server.times("/b.pdf") == 0


def test_the_order_of_the_list_is_kept_though_hosts_take_turns(server: Server, folder: Path) -> None:
    server.pages = {path: gives(pdf(path)) for path in ("/1.pdf", "/2.pdf", "/3.pdf")}
    at = [server.url("/1.pdf"), server.url("/2.pdf"), server.url("/3.pdf").replace("127.0.0.1", "localhost")]
    summary = fetch(folder, *map(Wanted, at))
    assert [one.wanted.url for one in summary.documents] == at
    assert [path for path, _ in server.asked] == ["/1.pdf", "/3.pdf", "/2.pdf"]


def test_waits_between_questions_are_kept(server: Server, folder: Path) -> None:
    server.pages = {path: gives(pdf(path)) for path in ("/1.pdf", "/2.pdf", "/3.pdf")}
    slept: list[float] = []
    limits = FetchLimits(seconds=60, interval=5)
    wanted = [Wanted(server.url(path)) for path in server.pages]
    fetch_documents(wanted, folder, limits=limits, allow_private=True, clock=Clock(rest=slept.append))
    assert [4 < pause <= 10 for pause in slept] == [True, True]


def test_private_addresses_are_refused_unless_they_are_allowed(server: Server, folder: Path) -> None:
    server.pages["/a.pdf"] = gives(pdf())
    summary = fetch_documents([Wanted(server.url("/a.pdf"))], folder, limits=QUICK)
    assert (whats(summary), server.asked) == (["PRIVATE_ADDRESS"], [])


def test_two_rounds_at_once_and_a_bad_address(server: Server, folder: Path) -> None:
    with lock_folder(folder), pytest.raises(LockedError):
        fetch(folder, Wanted(server.url("/a.pdf")))
    with pytest.raises(UsageError, match="not http"):
        fetch(folder, Wanted("file:///etc/passwd"))


def test_a_full_disk_ends_the_round_and_spoils_nothing(server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.pages["/a.pdf"], server.pages["/b.pdf"] = gives(pdf("a")), gives(pdf("b"))
    fetch(folder, Wanted(server.url("/a.pdf")))
    before = read_manifest(folder)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="No space"):
            fetch(folder, Wanted(server.url("/b.pdf")))
    assert read_manifest(folder) == before
    assert whats(fetch(folder, Wanted(server.url("/b.pdf")))) == ["new"]


def test_a_page_becomes_a_list(server: Server) -> None:
    server.pages["/ita"] = leads("/ita/", 301)
    server.pages["/ita/"] = gives('<a href="2567.pdf">ผล 2567</a><a href="x.doc">x</a>'.encode(), Content_Type="text/html")
    assert list_from_page(server.url("/ita"), "pdf", limits=QUICK, allow_private=True) == (
        Wanted(server.url("/ita/2567.pdf"), "ผล 2567"),
    )
    with pytest.raises(NothingReadError, match="no link"):
        list_from_page(server.url("/ita"), "zip", limits=QUICK, allow_private=True)
    with pytest.raises(NothingReadError, match="NOT_FOUND"):
        list_from_page(server.url("/none"), "pdf", limits=QUICK, allow_private=True)
    asked = len(server.asked)
    with pytest.raises(UsageError):
        list_from_page(server.url("/ita"), "(", limits=QUICK, allow_private=True)
    assert len(server.asked) == asked


def test_a_page_that_is_called_a_document_may_be_asked_for_by_its_name() -> None:
    assert suffix_of(b"<!-- a --><HTML>", "http://e.org/x.html#top", None) == ".html"
