"""What the bytes of a file say before any engine is asked: is it a PDF at all, is it whole, and would it swallow its reader?

Only what is cheap to see and certain is looked for here; what else a file may do to its reader, the limits of the reader end.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from ..errors import DocumentError

DEFLATE_RATIO = 1032
"""How many bytes one byte can become at most when it is opened out once."""
BLOCK = 1 << 16
DICTIONARY = 4096
"""Bytes before a stream in which its dictionary is looked for."""

_OTHER_KINDS = (
    (b"<!doctype html", "a web page: most often the one that said that the document was not found"),
    (b"<html", "a web page: most often the one that said that the document was not found"),
    (b"<?xml", "XML, perhaps the answer of a server that did not have the document"),
    (b"pk\x03\x04", "a ZIP archive, or a file of Word or Excel: unpack it, or save it as PDF"),
    (b"\xd0\xcf\x11\xe0", "a file of an old Word or Excel: save it as PDF"),
    (b"{\\rtf", "a text in RTF: save it as PDF"),
    (b"rar!", "a RAR archive: unpack it"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it"),
    (b"\x1f\x8b", "packed by gzip: unpack it"),
    (b"\x89png", "a picture: name it .png"),
    (b"\xff\xd8\xff", "a picture: name it .jpg"),
    (b"ii*\0", "a picture: name it .tif"),
    (b"mm\0*", "a picture: name it .tif"),
    (b"%!ps", "PostScript: save it as PDF"),
    (b"\x7felf", "a program"),
    (b"mz\x90", "a program"),
)
"""What files under a PDF's name begin with, in small letters, and what they are."""
_OBJ = re.compile(rb"obj\b")
_NUMBER = re.compile(rb"(?<![0-9])([0-9]{1,10})\s+[0-9]{1,5}\s+$")
_REFERENCE = re.compile(rb"\s{0,99}([0-9]{1,10})\s{1,99}[0-9]{1,5}\s{1,99}R\b")
_ROOT = re.compile(rb"/Root\s+([0-9]{1,10})\s+[0-9]{1,5}\s+R\b")
ENCRYPT = re.compile(rb"/Encrypt\s{0,9}(?:([0-9]{1,10})\s{1,9}[0-9]{1,5}\s{1,9}R\b|(?=<<))")
_KIDS = re.compile(rb"/Kids\s*\[([^\]<>]{0,1000000})\]")
_PAGES = re.compile(rb"/Type\s*/Pages\b")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_FILTER = re.compile(rb"/Filter\s*(?:\[([^\]]{0,4096})\]|(/[A-Za-z0-9]+))")
FLATE = (b"/FlateDecode", b"/Fl")
_UNREAD = re.compile(rb"/Subtype\s*/Image\b|/Type\s*/EmbeddedFile\b")


def check_pdf_bytes(data: bytes) -> None:
    """Raises DocumentError EMPTY or NOT_PDF. A PDF may carry up to a kilobyte of other bytes before its head."""
    if not data.strip(b"\0\r\n\t "):
        raise DocumentError("EMPTY", f"{len(data)} bytes, none of them content")
    if b"%PDF-" not in data[:1024]:
        what = next(
            (kind for start, kind in _OTHER_KINDS if data.lstrip(b"\xef\xbb\xbf\r\n\t ")[:32].lower().startswith(start)), ""
        )
        raise DocumentError("NOT_PDF", f"it is {what}" if what else f"it begins with {data[:24]!r}")


def is_whole(data: bytes) -> bool:
    """Whether the end of the file is there: a PDF closes with `startxref`, a number and `%%EOF`.

    Zeros behind it do not count: of files that were given their room before they were filled, or that come from a tape or a card.
    """
    tail = (data if data[-1:] != b"\0" else data.rstrip(b"\0"))[-4096:]
    return b"%%EOF" in tail or b"startxref" in tail


def check_pdf_structure(data: bytes, max_stream: int) -> None:
    """Raises DocumentError MALFORMED for a file that is built in a circle, LIMIT_STREAM for one that opens out beyond `max_stream`.

    A catalog that is a reference to itself keeps one engine busy for as long as it is let; a page tree that contains itself
    has no end; a few kilobytes, packed twice, are a gigabyte.
    """
    objects = object_places(data)
    roots = {int(found[1]) for found in _ROOT.finditer(data)}
    if roots and all(_refers_to_itself(data, objects, root) for root in roots):
        raise DocumentError("MALFORMED", "its catalog is a reference to itself")
    if b"/Kids" in data and (node := _in_a_circle(data, objects)) is not None:
        raise DocumentError("MALFORMED", f"its page tree contains itself (object {node})")
    for stream in packed_streams(data):
        if depth := stream.depth:
            packed = stream.of(data)
            if len(packed) * DEFLATE_RATIO**depth > max_stream and _opens_beyond(packed, depth, max_stream):
                raise DocumentError("LIMIT_STREAM", f"a stream of {len(packed):,} bytes opens out to more than {max_stream:,}")


def object_places(data: bytes) -> dict[int, int]:
    """Of every object that is written plainly, by its number, where what it is begins. What is said last of an object holds."""
    return dict(_objects(data))


def _objects(data: bytes) -> Iterator[tuple[int, int]]:
    for found in _OBJ.finditer(data):  # a literal, and what stands before it looked at where it occurs: ten times as fast
        if number := _NUMBER.search(data[max(0, found.start() - 24) : found.start()]):
            yield int(number[1]), found.end()


def is_locked_in_a_circle(data: bytes) -> bool:
    """Whether what should say how a file is encrypted is a reference to itself. pdfium takes such a file for one that is not
    encrypted; pdfminer follows the reference for ever."""
    locks = {int(found[1]) for found in ENCRYPT.finditer(data) if found[1]}
    objects = object_places(data) if locks else {}
    return any(_refers_to_itself(data, objects, lock) for lock in locks)


def _refers_to_itself(data: bytes, objects: dict[int, int], number: int) -> bool:
    seen = set()
    while number in objects and number not in seen:
        seen.add(number)
        found = _REFERENCE.match(data, objects[number])
        if found is None:
            return False
        number = int(found[1])
    return number in seen


def _in_a_circle(data: bytes, objects: dict[int, int]) -> int | None:
    """An object of a page tree from which one comes back to it; None where there is none. Objects inside streams are not seen."""
    starts = sorted(objects.items(), key=lambda item: item[1])
    ends = [start for _, start in starts[1:]] + [len(data)]
    kids: dict[int, list[int]] = {}
    for (number, start), end in zip(starts, ends, strict=True):
        if (found := _KIDS.search(data, start, end)) and _PAGES.search(data, start, end):
            kids[number] = [int(kid[1]) for kid in _REFERENCE.finditer(found[1])]
    done: set[int] = set()
    for first in kids:
        path, stack = {first}, [(first, iter(kids[first]))]
        while stack:
            number, rest = stack[-1]
            kid = next((kid for kid in rest if kid in kids and kid not in done), None)
            if kid is None:
                done.add(number)
                path.discard(number)
                stack.pop()
            elif kid in path:
                return kid
            else:
                path.add(kid)
                stack.append((kid, iter(kids[kid])))
    return None


class PackedStream(NamedTuple):
    """A stream that is read for what it says: where it begins, the names of its filters, and what stands before it."""

    start: int
    filters: tuple[bytes, ...]
    head: bytes

    @property
    def depth(self) -> int:
        """How many times over it is packed by Flate, from the outside."""
        return next((at for at, name in enumerate(self.filters) if name not in FLATE), len(self.filters))

    def of(self, data: bytes) -> bytes:
        """Its bytes as they are in the file, whatever length they are said to have."""
        end = data.find(b"endstream", self.start)
        return data[self.start : len(data) if end < 0 else end]


def packed_streams(data: bytes) -> Iterator[PackedStream]:
    """Every packed stream of a file that is no picture and no attachment."""
    for found in _STREAM.finditer(data):
        head = data[max(0, found.start() - DICTIONARY) : found.start()]
        head = head[head.rfind(b"obj") + 3 :] if b"obj" in head else head
        named = _FILTER.search(head)
        if named is None or _UNREAD.search(head):
            continue
        names = re.findall(rb"/[A-Za-z0-9]+", named[1]) if named[1] is not None else [named[2]]
        yield PackedStream(found.end(), tuple(names), head)


def _opens_beyond(packed: bytes, depth: int, most: int) -> bool:
    """Whether any of the `depth` layers of a packed stream opens out to more than `most` bytes. Never holds more than a few
    blocks."""
    layers = [zlib.decompressobj() for _ in range(depth)]
    counts = [0] * depth

    def feed(at: int, data: bytes) -> bool:
        while data and not layers[at].eof:
            opened = layers[at].decompress(data, BLOCK)
            data = layers[at].unconsumed_tail
            counts[at] += len(opened)
            if counts[at] > most or (at + 1 < depth and feed(at + 1, opened)):
                return True
        return False

    try:
        return any(feed(0, packed[at : at + BLOCK]) for at in range(0, len(packed), BLOCK))
    except (zlib.error, RecursionError):  # broken, which the engine will see too; or packed more often than any reader opens
        return False
