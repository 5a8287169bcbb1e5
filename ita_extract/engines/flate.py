"""What Flate has packed, opened and checked to its end.

Nearly all that a PDF says is packed by Flate, and what is packed so can be checked: it says where it ends, and carries a checksum.
Libraries look at neither, and give what they could open.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from ..model.source import SourceDocument
from .bytes import FLATE, packed_streams

MOST = 75_000_000
"""Bytes up to which a stream is opened here; what is larger is left to the engine."""
PIECE = 1 << 12
_KNOWN = frozenset(FLATE) | {
    b"/" + name
    for name in b"ASCII85Decode A85 ASCIIHexDecode AHx LZWDecode LZW RunLengthDecode RL Crypt "
    b"DCTDecode DCT CCITTFaxDecode CCF JBIG2Decode JPXDecode".split()
}
"""Ways of packing that readers know."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with a content, in words that go on from "its content".

    `misleads`: what an engine shows of it may be wrong. `cut`: what it shows is right, up to where the content ends too early.
    """

    words: str
    misleads: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """What came out of a stream, as far as it could be opened."""

    data: bytes
    damage: Damage | None = None


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What the packed streams of a file look like from outside. `damage`: one of them may be damaged; `checksums`: those that they
    carry are worked out by whatever wrote them, and not made up."""

    damage: bool
    checksums: bool = True


def open_flate(packed: bytes, *, checksums: bool = True) -> Opened:
    """What Flate has packed, checked to its end.

    >>> packed = zlib.compress(b"(88.50) Tj " * 9)
    >>> open_flate(packed).damage, open_flate(packed[:-4]).damage  # programs that leave the checksum away are believed
    (None, None)
    >>> open_flate(packed[:12]).damage.words
    'breaks off after 9 bytes'
    >>> open_flate(packed[:-1] + b"?").damage.words
    'does not fit its checksum: it was changed after it was written'
    """
    if len(packed) < 2 or packed[0] & 15 != 8 or int.from_bytes(packed[:2], "big") % 31 or packed[1] & 32:
        return Opened(b"", Damage("cannot be unpacked"))
    opener, opened = zlib.decompressobj(-15), bytearray()
    for at in range(2, len(packed), PIECE):
        try:
            opened += opener.decompress(packed[at : at + PIECE])
        except zlib.error:
            return Opened(bytes(opened), Damage(f"is damaged some {len(opened):,} bytes in", misleads=True))
        if len(opened) > MOST:
            return Opened(bytes(opened))
        if opener.eof:
            sum_of_it = (opener.unused_data + packed[at + PIECE : at + PIECE + 4])[:4]
            wrong = checksums and len(sum_of_it) == 4 and int.from_bytes(sum_of_it, "big") != zlib.adler32(opened)
            return Opened(bytes(opened), _CHANGED if wrong else None)
    return Opened(bytes(opened), Damage(f"breaks off after {len(opened):,} bytes", cut=True))


_CHANGED = Damage("does not fit its checksum: it was changed after it was written", misleads=True)


def suspicion_of(data: bytes) -> Suspicion:
    """What can be said of a file before its structure is known. Costs as much as opening its packed streams once.

    A program that makes its checksums up makes up most of them: where more than half are wrong nothing follows from them. What is
    encrypted cannot be looked into.
    """
    if b"/Encrypt" in data:
        return Suspicion(damage=True)
    damage, count, changed = False, 0, 0
    for stream in packed_streams(data):
        names = stream.filters
        odd = not _KNOWN.issuperset(names) or (not stream.depth and not {*names}.isdisjoint(FLATE))
        odd = odd or (b"/Predictor" in stream.head and b"/XRef" not in stream.head)
        found = open_flate(stream.of(data)).damage if stream.depth else None
        damage = damage or odd or (found is not None and found is not _CHANGED)
        count, changed = count + (stream.depth > 0), changed + (found is _CHANGED)
    made_up = changed > 1 and changed * 2 > count
    return Suspicion(damage or (changed > 0 and not made_up), not made_up)


def suspicion_about(source: SourceDocument) -> Suspicion:
    """`suspicion_of` a document; of the last one it is remembered: a large document is read some pages at a time."""
    if source.document_id not in _last:
        found = suspicion_of(source.data)
        _last.clear()
        _last[source.document_id] = found
    return _last[source.document_id]


_last: dict[str, Suspicion] = {}
