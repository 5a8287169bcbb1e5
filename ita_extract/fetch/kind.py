"""What came, told by its first bytes: servers name everything application/octet-stream, and a page that says "not found" a PDF."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .failure import FetchError

HEAD = 1024
"""Bytes of the beginning that are looked at: readers of PDF seek its mark so far."""
TAIL = 65_536
"""Bytes of the end in which the mark of the end is sought: some sign or stamp a PDF after it."""
_PICTURES = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg", b"II*\x00": ".tif", b"MM\x00*": ".tif"}
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,512}(?:<!--.{0,512}?-->\s{0,64})?<(?:!doctype\s+html|html|head|body|script|meta|title)\b", re.I | re.S
)
_PAGE_SUFFIXES = {".html": ".html", ".htm": ".html"}
_TEXT_SUFFIXES = {".txt": ".txt", ".md": ".md"}


def suffix_of(head: bytes, url: str, content_type: str | None) -> str:
    """The suffix to keep a document under, from its first `HEAD` bytes and the address that it came from.

    A web page is kept only where the address names one: behind any other address it is a log-in, a notice or an apology.
    FetchError WEB_PAGE or WRONG_KIND where it is nothing to keep.

    >>> suffix_of(b"%PDF-1.7", "https://example.org/download?id=3", "text/html")
    '.pdf'
    >>> suffix_of(b"<html>", "https://example.org/a.html", None)
    '.html'
    """
    if not head:
        raise FetchError("WRONG_KIND", "the answer has no bytes", again=True)
    if b"%PDF-" in head:
        return ".pdf"
    for mark, suffix in _PICTURES.items():
        if head.startswith(mark):
            return suffix
    said = re.search(r"\.[A-Za-z]{2,4}$", unquote(urlsplit(url).path))
    named = said[0].lower() if said else ""
    if _PAGE.match(head):
        if named in _PAGE_SUFFIXES:
            return _PAGE_SUFFIXES[named]
        raise FetchError("WEB_PAGE", f"the answer is a web page{_titled(head)}, not a document")
    if b"\x00" not in head and named in _TEXT_SUFFIXES | _PAGE_SUFFIXES:
        return (_TEXT_SUFFIXES | _PAGE_SUFFIXES)[named]
    raise FetchError("WRONG_KIND", f"the answer begins with {head[:8]!r} and is called {(content_type or 'nothing')[:100]!r}")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A document as it came. `endless`: it is a PDF without the mark of its end.

    A server that says a wrong length is taken at its word by everything between it and us: the document is the only witness left.
    """

    sha256: str
    bytes: int
    suffix: str
    endless: bool


def look_at(path: Path, url: str, content_type: str | None) -> Arrived:
    """What lies at `path`, which came from `url`; FetchError where it is nothing to keep."""
    with path.open("rb") as file:
        suffix = suffix_of(file.read(HEAD), url, content_type)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL))
        endless = suffix == ".pdf" and b"%%EOF" not in file.read(TAIL)
        file.seek(0)
        return Arrived(hashlib.file_digest(file, "sha256").hexdigest(), size, suffix, endless)


def _titled(head: bytes) -> str:
    found = re.search(rb"<title>([^<]{1,200})", head, re.I)
    words = " ".join(found[1].decode("utf-8", "replace").split()) if found else ""
    shown = "".join(letter for letter in words if letter.isprintable())
    return f" ({shown[:80]})" if shown else ""
