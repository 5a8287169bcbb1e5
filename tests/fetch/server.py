"""A web server on this machine that does what it is told: fail, stall, break off, lead astray, and lie about lengths."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

Page: TypeAlias = Callable[["Handler"], None]


def pdf(words: str = "one", size: int = 400) -> bytes:
    """Bytes that look like a PDF from outside: its first and its last mark, and something between them."""
    body = f"%PDF-1.4\n% {words}\n".encode()
    filling = (f"{words} " * size).encode()[: max(0, size - len(body) - 6)]
    return body + filling + b"\n%%EOF"


@dataclass
class Server:
    """`pages` says what each path does; `asked` what was asked for, with its headers, in order."""

    port: int
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def times(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.asked)

    def headers(self, path: str) -> list[Mapping[str, str]]:
        return [headers for asked, headers in self.asked if asked == path]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: Server

    def do_GET(self) -> None:
        self.close_connection = True
        self.owner.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        page = self.owner.pages.get(self.path)
        try:
            if page is None:
                self.reply(404, b"not here")
            else:
                page(self)
        except OSError:
            pass  # the other side has had enough

    @property
    def count(self) -> int:
        """Which question for this path this is, from 1."""
        return self.owner.times(self.path)

    def reply(self, status: int, body: bytes = b"", *, length: int | None = -1, **headers: str) -> None:
        """An answer; `length` is what is told of it, None tells nothing."""
        self.raw(f"HTTP/1.1 {status} Whatever\r\n".encode())
        if length is not None:
            self.raw(f"Content-Length: {len(body) if length < 0 else length}\r\n".encode())
        for name, value in headers.items():
            self.raw(f"{name.replace('_', '-')}: {value}\r\n".encode())
        self.raw(b"Connection: close\r\n\r\n" + body)

    def raw(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def cut(self) -> None:
        """Ends the connection as a cable that is pulled."""
        self.connection.shutdown(socket.SHUT_RDWR)

    def stall(self) -> None:
        """Says nothing until the test is over, and no longer than ten seconds."""
        self.owner.ended.wait(10)

    def ranged(self, body: bytes, *, etag: str = '"v1"', most: int | None = None) -> None:
        """Answers as a server that knows Range and If-Range; breaks off after `most` bytes."""
        start = 0
        asked = self.headers.get("Range")
        if asked and self.headers.get("If-Range") == etag:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
        rest = body[start:]
        said = {"ETag": etag, "Accept_Ranges": "bytes"}
        if start:
            said["Content_Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        if most is None or most >= len(rest):
            self.reply(206 if start else 200, rest, **said)
            return
        self.reply(206 if start else 200, rest[:most], length=len(rest), **said)
        self.cut()

    def log_message(self, *_: Any) -> None:
        pass


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: Any) -> None:
        pass


def gives(body: bytes, **headers: str) -> Page:
    """A page that answers with `body`."""
    return lambda handler: handler.reply(200, body, **headers)


def leads(to: str, status: int = 302) -> Page:
    return lambda handler: handler.reply(status, Location=to)


@contextmanager
def serving() -> Iterator[Server]:
    handler = type("OwnHandler", (Handler,), {})
    with _Quiet(("127.0.0.1", 0), handler) as http:
        handler.owner = owner = Server(http.server_address[1])  # type: ignore[attr-defined]
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield owner
        finally:
            owner.ended.set()
            http.shutdown()
            thread.join(5)
