"""One document from a server that misbehaves in every way that servers do."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from ita_extract.fetch.download import Downloader, FetchLimits
from ita_extract.fetch.failure import FetchError
from ita_extract.fetch.pace import Clock
from ita_extract.fetch.partial import Validators
from tests.fetch.server import Handler, Server, gives, leads, pdf

QUICK = FetchLimits(bytes=1_000_000, seconds=5, stall=0.3, interval=0, backoff=0.01, wait=1)
BIG = pdf("big", 300_000)


def fetch(server: Server, path: str, part: Path, limits: FetchLimits = QUICK, known: Validators | None = None) -> tuple[str, bytes]:
    downloader = Downloader("tester/1", limits, allow_private=True)
    answer = downloader.fetch(server.url(path), part, known)
    return answer.final_url, part.read_bytes() if part.exists() else b""


def failure(server: Server, path: str, part: Path, limits: FetchLimits = QUICK) -> FetchError:
    with pytest.raises(FetchError) as found:
        fetch(server, path, part, limits)
    return found.value


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "one.part"


def test_a_document_comes_whole_and_the_server_knows_who_asks(server: Server, part: Path) -> None:
    server.pages["/a.pdf"] = gives(pdf())
    assert fetch(server, "/a.pdf", part) == (server.url("/a.pdf"), pdf())
    (headers,) = server.headers("/a.pdf")
    assert headers["user-agent"] == "tester/1"
    assert headers["accept-encoding"] == "identity"
    assert "range" not in headers
    assert "if-none-match" not in headers


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408])
def test_a_server_that_fails_is_asked_again(server: Server, part: Path, status: int) -> None:
    server.pages["/a.pdf"] = lambda handler: handler.reply(status) if handler.count < 3 else handler.reply(200, pdf())
    assert fetch(server, "/a.pdf", part)[1] == pdf()
    assert server.times("/a.pdf") == 3


def test_a_server_that_goes_on_failing_is_left(server: Server, part: Path) -> None:
    server.pages["/a.pdf"] = lambda handler: handler.reply(500)
    assert failure(server, "/a.pdf", part).code == "SERVER"
    assert server.times("/a.pdf") == QUICK.attempts


@pytest.mark.parametrize(
    ("status", "code"), [(404, "NOT_FOUND"), (410, "NOT_FOUND"), (403, "REFUSED"), (401, "REFUSED"), (204, "BAD_ANSWER")]
)
def test_a_plain_no_is_taken_for_an_answer(server: Server, part: Path, status: int, code: str) -> None:
    server.pages["/a.pdf"] = lambda handler: handler.reply(status)
    assert failure(server, "/a.pdf", part).code == code
    assert server.times("/a.pdf") == 1


def test_retry_after_is_kept_to(server: Server, part: Path) -> None:
    slept: list[float] = []
    server.pages["/a.pdf"] = lambda handler: (
        handler.reply(429, Retry_After="1") if handler.count == 1 else handler.reply(200, pdf())
    )
    downloader = Downloader("t", QUICK, allow_private=True, clock=Clock(rest=slept.append))
    downloader.fetch(server.url("/a.pdf"), part)
    assert slept == [1.0]


def test_a_server_that_asks_for_a_long_rest_gets_it(server: Server, part: Path) -> None:
    server.pages["/a.pdf"] = lambda handler: handler.reply(503, Retry_After="3600")
    error = failure(server, "/a.pdf", part)
    assert (error.code, error.wait) == ("WAIT", 3600)
    assert server.times("/a.pdf") == 1


def test_a_server_that_falls_silent(server: Server, part: Path) -> None:
    def silent(handler: Handler) -> None:
        handler.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n%PDF")
        handler.stall()

    server.pages["/a.pdf"] = silent
    started = time.monotonic()
    assert failure(server, "/a.pdf", part).code == "TIMEOUT"
    assert time.monotonic() - started < 4


@pytest.mark.parametrize(
    "first", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"], ids=["headers", "body"]
)
def test_a_server_that_drips_does_not_outlive_the_deadline(server: Server, part: Path, first: bytes) -> None:
    """Each byte comes in good time; the document never does."""

    def drip(handler: Handler) -> None:
        handler.raw(first)
        while not handler.owner.ended.wait(0.05):
            handler.raw(b"a")

    server.pages["/a.pdf"] = drip
    started = time.monotonic()
    limits = FetchLimits(seconds=0.8, stall=0.5, interval=0, backoff=0.01)
    assert failure(server, "/a.pdf", part, limits).code == "TIMEOUT"
    assert 0.5 < time.monotonic() - started < 2.5
    assert server.times("/a.pdf") == 1


def test_a_body_that_breaks_off_is_gone_on_with(server: Server, part: Path) -> None:
    server.pages["/a.pdf"] = lambda handler: handler.ranged(BIG, most=100_000 if handler.count < 4 else None)
    assert fetch(server, "/a.pdf", part)[1] == BIG
    starts = [headers.get("range") for headers in server.headers("/a.pdf")]
    assert starts == [None, "bytes=100000-", "bytes=200000-"]
    assert all(headers["if-range"] == '"v1"' for headers in server.headers("/a.pdf")[1:])


def test_what_broke_off_is_gone_on_with_the_next_time(server: Server, part: Path) -> None:
    server.pages["/a.pdf"] = lambda handler: handler.ranged(BIG, most=100_000 if handler.count == 1 else 0)
    assert failure(server, "/a.pdf", part).code == "CUT_OFF"
    asked = server.times("/a.pdf")
    server.pages["/a.pdf"] = lambda handler: handler.ranged(BIG)
    assert fetch(server, "/a.pdf", part)[1] == BIG
    last = server.headers("/a.pdf")[asked:]
    assert [headers["range"] for headers in last] == ["bytes=100000-"]


def test_a_document_that_changed_meanwhile_is_begun_anew(server: Server, part: Path) -> None:
    other = pdf("other", 250_000)
    server.pages["/a.pdf"] = lambda handler: (
        handler.ranged(BIG, most=100_000) if handler.count == 1 else handler.ranged(other, etag='"v2"')
    )
    assert fetch(server, "/a.pdf", part)[1] == other


def test_a_server_that_goes_on_with_another_document_is_found_out(server: Server, part: Path) -> None:
    """It sends the end that was asked for and does not look at If-Range: only its ETag tells that the document is another."""
    other = pdf("other", 300_000)

    def careless(handler: Handler) -> None:
        if handler.count == 1:
            handler.ranged(BIG, most=100_000)
        elif "Range" in handler.headers:
            said = {"Content_Range": f"bytes 100000-{len(other) - 1}/{len(other)}", "ETag": '"v2"'}
            handler.reply(206, other[100_000:], **said)
        else:
            handler.reply(200, other, ETag='"v2"')

    server.pages["/a.pdf"] = careless
    assert fetch(server, "/a.pdf", part)[1] == other


@pytest.mark.parametrize("said", ["bytes 5-299999/300000", "bytes 100000-299999/400000", "nonsense", "bytes */300000"])
def test_a_part_that_does_not_join_is_begun_anew(server: Server, part: Path, said: str) -> None:
    def page(handler: Handler) -> None:
        if handler.count == 1:
            handler.ranged(BIG, most=100_000)
        elif handler.count == 2:
            handler.reply(206, BIG[100_000:], Content_Range=said, ETag='"v1"')
        else:
            handler.ranged(BIG)

    server.pages["/a.pdf"] = page
    assert fetch(server, "/a.pdf", part)[1] == BIG
    assert "range" not in server.headers("/a.pdf")[2]


def test_a_server_without_ranges_or_with_416_starts_over(server: Server, part: Path) -> None:
    def page(handler: Handler) -> None:
        if handler.count == 1:
            handler.ranged(BIG, most=100_000)
        elif handler.count == 2:
            handler.reply(416)
        else:
            handler.reply(200, BIG)

    server.pages["/a.pdf"] = page
    assert fetch(server, "/a.pdf", part)[1] == BIG


def test_without_a_mark_of_the_version_nothing_is_joined(server: Server, part: Path) -> None:
    def page(handler: Handler) -> None:
        if handler.count == 1:
            handler.reply(200, BIG[:100_000], length=len(BIG), ETag='W/"weak"')
            handler.cut()
        else:
            handler.reply(200, BIG)

    server.pages["/a.pdf"] = page
    assert fetch(server, "/a.pdf", part)[1] == BIG
    assert "range" not in server.headers("/a.pdf")[1]


def test_a_length_that_is_too_long_is_a_body_that_broke_off(server: Server, part: Path) -> None:
    server.pages["/a.pdf"] = lambda handler: handler.reply(200, pdf(), length=len(pdf()) + 10)
    error = failure(server, "/a.pdf", part)
    assert error.code == "CUT_OFF"
    assert server.times("/a.pdf") == QUICK.attempts


def test_a_length_that_is_too_short_does_not_spoil_the_next_document(server: Server, part: Path) -> None:
    """What comes after the length that was told must not be taken for the answer to the next question."""
    server.pages["/a.pdf"] = lambda handler: handler.reply(
        200, pdf() + b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad", length=len(pdf())
    )
    server.pages["/b.pdf"] = gives(pdf("two"))
    downloader = Downloader("t", QUICK, allow_private=True)
    downloader.fetch(server.url("/a.pdf"), part)
    assert part.read_bytes() == pdf()
    downloader.fetch(server.url("/b.pdf"), part.with_name("two.part"))
    assert part.with_name("two.part").read_bytes() == pdf("two")


def without_end(handler: Handler) -> None:
    handler.raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    with_end = b"x" * 65_536
    while not handler.owner.ended.is_set():
        handler.raw(with_end)


def test_a_document_that_does_not_end_is_bounded(server: Server, part: Path) -> None:
    server.pages["/a.pdf"] = without_end
    assert failure(server, "/a.pdf", part).code == "TOO_LARGE"
    assert server.times("/a.pdf") == 1
    assert not part.exists()


def test_a_document_that_says_that_it_is_too_large_is_not_read(server: Server, part: Path) -> None:
    server.pages["/a.pdf"] = lambda handler: handler.reply(200, b"%PDF", length=10**15)
    assert failure(server, "/a.pdf", part).code == "TOO_LARGE"
    assert not part.exists()


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("gzip", gzip.compress),
        ("GZip", lambda data: gzip.compress(data[:200]) + gzip.compress(data[200:])),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data)[2:-4]),
    ],
    ids=["gzip", "members", "deflate", "bare"],
)
def test_a_body_that_is_packed_unasked_is_unpacked(server: Server, part: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    server.pages["/a.pdf"] = gives(pack(BIG), Content_Encoding=name, ETag='"x"')
    assert fetch(server, "/a.pdf", part)[1] == BIG


def test_a_packed_body_that_breaks_off_is_begun_anew(server: Server, part: Path) -> None:
    packed = gzip.compress(BIG)
    server.pages["/a.pdf"] = lambda handler: handler.reply(
        200, packed if handler.count > 1 else packed[:-30], Content_Encoding="gzip", ETag='"x"'
    )
    assert fetch(server, "/a.pdf", part)[1] == BIG
    assert "range" not in server.headers("/a.pdf")[1]


def test_a_small_body_that_unpacks_to_a_large_one_is_bounded(server: Server, part: Path) -> None:
    server.pages["/a.pdf"] = gives(gzip.compress(b"%PDF-" + bytes(200_000_000), 1), Content_Encoding="gzip")
    assert failure(server, "/a.pdf", part).code == "TOO_LARGE"
    assert not part.exists()


def test_an_unknown_packing_is_refused(server: Server, part: Path) -> None:
    server.pages["/a.pdf"] = gives(b"whatever", Content_Encoding="br")
    assert failure(server, "/a.pdf", part).code == "BAD_ANSWER"


def test_redirects_are_followed_and_the_last_address_told(server: Server, part: Path) -> None:
    server.pages["/a"] = leads("b", 301)
    server.pages["/b"] = leads(server.url("/c.pdf#page=2"), 307)
    server.pages["/c.pdf"] = gives(pdf())
    assert fetch(server, "/a", part) == (server.url("/c.pdf"), pdf())


def test_a_location_in_thai_is_followed_in_the_bytes_that_it_came_in(server: Server, part: Path) -> None:
    def lead(handler: Handler) -> None:
        handler.raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /" + "ผล".encode("tis-620") + b".pdf\r\n\r\n")

    server.pages["/a"] = lead
    server.pages["/%BC%C5.pdf"] = gives(pdf())
    assert fetch(server, "/a", part)[1] == pdf()


@pytest.mark.parametrize(
    "to",
    [
        "/a",
        "file:///etc/passwd",
        "ftp://example.org/a.pdf",
        "javascript:alert(1)",
        "http://u:p@example.org/",
        "",
    ],
)
def test_redirects_that_lead_nowhere_good(server: Server, part: Path, to: str) -> None:
    server.pages["/a"] = leads(to)
    assert failure(server, "/a", part).code == "REDIRECT"
    assert server.times("/a") <= QUICK.redirects + 1


def test_a_redirect_without_an_address(server: Server, part: Path) -> None:
    server.pages["/a"] = lambda handler: handler.reply(302)
    assert failure(server, "/a", part).code == "REDIRECT"


def test_a_redirect_that_sets_a_cookie_and_comes_back(server: Server, part: Path) -> None:
    """As many a portal does: only who brings the cookie gets the document."""
    server.pages["/a.pdf"] = lambda handler: (
        handler.reply(200, pdf())
        if "seen=1" in handler.headers.get("Cookie", "")
        else handler.reply(302, Location="/a.pdf", Set_Cookie="seen=1")
    )
    assert fetch(server, "/a.pdf", part)[1] == pdf()


def test_what_is_known_is_asked_for_on_condition(server: Server, part: Path) -> None:
    server.pages["/a.pdf"] = lambda handler: handler.reply(304) if handler.headers.get("If-None-Match") == '"v1"' else None
    downloader = Downloader("t", QUICK, allow_private=True)
    answer = downloader.fetch(server.url("/a.pdf"), part, Validators('"v1"', "Sat, 21 Nov 2026 07:00:00 GMT"))
    assert answer.unchanged
    assert answer.validators == Validators('"v1"', "Sat, 21 Nov 2026 07:00:00 GMT")
    assert not part.exists()


def test_unchanged_without_having_been_asked_on_condition_is_no_answer(server: Server, part: Path) -> None:
    server.pages["/a.pdf"] = lambda handler: handler.reply(304)
    assert failure(server, "/a.pdf", part).code == "BAD_ANSWER"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nX-Large: " + b"a" * 300_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 60_000 + b"\r\n",
        b"\x00\x01\x02 nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nabc",
        b"HTTP/1.1 200 OK\r\nBad Header\r\n\r\n",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        b"",
    ],
    ids=["header", "headers", "nonsense", "negative", "two-lengths", "chunks", "colon", "status", "nothing"],
)
def test_answers_that_are_none(server: Server, part: Path, answer: bytes) -> None:
    server.pages["/a.pdf"] = lambda handler: handler.raw(answer)
    assert failure(server, "/a.pdf", part).code in ("BAD_ANSWER", "CUT_OFF")


def test_nobody_there(tmp_path: Path) -> None:
    downloader = Downloader("t", QUICK, allow_private=True)
    for url, code in [("http://127.0.0.1:1/a.pdf", "UNREACHABLE"), ("http://no-such-host.invalid/a.pdf", "UNREACHABLE")]:
        with pytest.raises(FetchError) as error:
            downloader.fetch(url, tmp_path / "x.part")
        assert error.value.code == code


def test_a_server_of_plain_http_cannot_be_asked_by_https(server: Server, part: Path) -> None:
    downloader = Downloader("t", QUICK, allow_private=True)
    with pytest.raises(FetchError) as error:
        downloader.fetch(server.url("/a.pdf").replace("http:", "https:"), part)
    assert error.value.code == "UNREACHABLE"


def test_a_disk_that_refuses_is_no_fault_of_the_server(server: Server, tmp_path: Path) -> None:
    server.pages["/a.pdf"] = gives(pdf())
    with pytest.raises(FileNotFoundError):
        fetch(server, "/a.pdf", tmp_path / "missing" / "one.part")


def test_questions_to_one_host_are_an_interval_apart(server: Server, tmp_path: Path) -> None:
    server.pages["/a.pdf"] = server.pages["/b.pdf"] = gives(pdf())
    slept: list[float] = []
    limits = FetchLimits(seconds=50, stall=1, interval=7)
    downloader = Downloader("t", limits, allow_private=True, clock=Clock(rest=slept.append))
    downloader.fetch(server.url("/a.pdf"), tmp_path / "a.part")
    downloader.fetch(server.url("/b.pdf"), tmp_path / "b.part")
    assert len(slept) == 1
    assert 6 < slept[0] <= 7
