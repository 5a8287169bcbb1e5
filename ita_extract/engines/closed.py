"""Why a PDF cannot be opened: it is locked, broken off, or broken; and a lock that is none is told as such.

Whoever is told that a password is needed writes to the office for it. So before that is said, the lock is looked at: it may be
for certificates and know no password, and a file that was damaged or made up may call itself encrypted in a way that there is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pdfminer.pdfparser import PDFStreamParser
from pdfminer.pdftypes import PDFObjRef
from pdfminer.psexceptions import PSException
from pdfminer.psparser import PSLiteral

from ..errors import DocumentError
from .bytes import ENCRYPT, is_whole, object_places

DICTIONARY = 8_192
"""Bytes in which the description of a lock is looked for: it holds two or three strings of at most 127 bytes."""
LENGTHS = {2: 32, 3: 32, 4: 32, 5: 48, 6: 48}
"""For each revision of the lock with passwords, how many bytes at least stand in it to try one against."""
VERSIONS = (1, 2, 3, 4, 5)


def why_not_opened(data: bytes, *, locked: bool, detail: str) -> DocumentError:
    """The DocumentError that says why an engine could not open these bytes. `locked`: the engine wants a password for them."""
    lock = _lock(data)
    error = DocumentError("ENCRYPTED") if lock is None else _why_locked(lock)
    if locked or error.code == "MALFORMED":
        return error
    if not is_whole(data):
        return DocumentError("TRUNCATED", f"the file breaks off after {len(data):,} bytes")
    return DocumentError("MALFORMED", detail)


def _lock(data: bytes) -> Mapping[str, Any] | None:
    """What a file says of how it is encrypted; None where that is not found or cannot be understood."""
    named = list(ENCRYPT.finditer(data))
    if not named:
        return None
    last = named[-1]
    at = object_places(data).get(int(last[1])) if last[1] else last.end()
    if at is None:
        return None
    try:
        found = PDFStreamParser(data[at : at + DICTIONARY]).nextobject()
    except (PSException, ValueError, TypeError, AttributeError, KeyError, IndexError):
        return None
    lock = found[1] if isinstance(found, tuple) and len(found) == 2 else None
    return lock if isinstance(lock, dict) else None


def _why_locked(lock: Mapping[str, Any]) -> DocumentError:
    filter_name = lock.get("Filter")
    handler = str(filter_name.name) if isinstance(filter_name, PSLiteral) else ""
    if handler and handler != "Standard":
        told = f"locked by {handler[:40]!r}, not by a password: save it without its lock from a program that opens it"
        return DocumentError("ENCRYPTED", told)
    version, revision = lock.get("V", 0), lock.get("R")
    least = LENGTHS.get(revision) if isinstance(revision, int) else None
    keys = [lock.get(name) for name in ("O", "U")]
    if version not in VERSIONS or least is None:
        why = f"version {_shown(version)}, revision {_shown(revision)}, which there is not"
    elif any(isinstance(key, PDFObjRef) for key in keys):  # written elsewhere, which is odd and no harm
        return DocumentError("ENCRYPTED")
    elif not all(isinstance(key, bytes) and len(key) >= least for key in keys):
        why = f"nothing that a password could be tried against, in {', '.join(_length(key) for key in keys)}"
    else:
        return DocumentError("ENCRYPTED")
    return DocumentError("MALFORMED", f"it calls itself encrypted, and its lock makes no sense ({why}): no password opens it")


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else "unknown"


def _length(key: object) -> str:
    return f"{len(key)} bytes" if isinstance(key, bytes) else "none"
