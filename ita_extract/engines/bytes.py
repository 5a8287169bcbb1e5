"""What the bytes of a file say before any engine is asked: is it a PDF at all, and is it whole?"""

from __future__ import annotations

from ..errors import DocumentError


def check_pdf_bytes(data: bytes) -> None:
    """Raises DocumentError EMPTY or NOT_PDF. A PDF may carry up to a kilobyte of other bytes before its head."""
    if not data.strip(b"\0\r\n\t "):
        raise DocumentError("EMPTY", f"{len(data)} bytes, none of them content")
    if b"%PDF-" not in data[:1024]:
        raise DocumentError("NOT_PDF", f"begins with {data[:24]!r}")


def is_whole(data: bytes) -> bool:
    """Whether the end of the file is there: a PDF closes with `startxref`, a number and `%%EOF`."""
    tail = data[-4096:]
    return b"%%EOF" in tail or b"startxref" in tail


def why_not_opened(data: bytes, *, locked: bool, detail: str) -> DocumentError:
    """The DocumentError that says why an engine could not open these bytes."""
    if locked:
        return DocumentError("ENCRYPTED")
    if not is_whole(data):
        return DocumentError("TRUNCATED", f"the file breaks off after {len(data):,} bytes")
    return DocumentError("MALFORMED", detail)
