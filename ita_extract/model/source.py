"""A document as it was found: bytes and where they came from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """The bytes of one file, hashed as they were read.

    `document_id` is the sha256 of `data` in 64 hex digits: the key of every published row, so a renamed file is the same
    document and a file changed by one byte is another.
    """

    file_name: str
    media_type: str
    data: bytes
    document_id: str

    @classmethod
    def of(cls, data: bytes, file_name: str, media_type: str) -> SourceDocument:
        return cls(file_name, media_type, data, hashlib.sha256(data).hexdigest())
