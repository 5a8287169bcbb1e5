"""Bodies that come packed though they were asked for as they are, unpacked within bounds."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from .failure import FetchError

BLOCK = 65_536


def encoding_of(headers: Mapping[str, str]) -> str | None:
    """How the body is packed, though it was asked for as it is; None where it is not."""
    said = headers.get("content-encoding", "").strip().lower()
    if said in ("", "identity"):
        return None
    if said not in ("gzip", "x-gzip", "deflate"):
        raise FetchError("BAD_ANSWER", f"the body is packed in a way that was not asked for: {said[:60]!r}")
    return said


def unpacked(blocks: Iterator[bytes], encoding: str | None) -> Iterator[bytes]:
    """The body as it is, in pieces of at most `BLOCK` bytes where it is unpacked: a small body may be a very large one packed."""
    if encoding is None:
        yield from blocks
        return
    unpack: Any = None
    for block in blocks:
        data = block
        while data:
            if unpack is None or unpack.eof:  # gzip may come in several members
                unpack = zlib.decompressobj(_window(encoding, data))
            try:
                yield from _pieces(unpack, data)
            except zlib.error as error:
                raise FetchError("BAD_ANSWER", f"the body is packed, and damaged: {error}", again=True) from error
            data = unpack.unused_data
    if unpack is None or not unpack.eof:
        raise FetchError("CUT_OFF", "the packed body ends before its end", again=True)


def _pieces(unpack: Any, data: bytes) -> Iterator[bytes]:
    full = True
    while not unpack.eof and (data or full):
        piece = unpack.decompress(data, BLOCK)
        full, data = len(piece) == BLOCK, unpack.unconsumed_tail
        yield piece


def _window(encoding: str, data: bytes) -> int:
    """What zlib must expect: "deflate" comes with its wrapping, which all servers open with 0x78, or bare."""
    if encoding != "deflate":
        return zlib.MAX_WBITS | 16
    return zlib.MAX_WBITS if data[:1] == b"\x78" else -zlib.MAX_WBITS
