"""What Tesseract said of the pieces of a page, kept: a run that was cut off in the midst of a long scan goes on where it was.

A page of a ranking is some three hundred questions to Tesseract, and most of the time that it takes; all else about a page is made
anew from its picture. So the answers are what is kept, each under the sha256 of its question, and all of a page together under the
sha256 of the page's picture and the settings: another version of Tesseract or of its data asks again.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Said: TypeAlias = tuple[str, float]
"""A text and how sure Tesseract is of it, 0 to 1."""

PAGE_SECONDS = 180.0
"""Seconds of computing after which the reading of a page is given up: a page of a ranking takes three."""
MOST_BYTES: Final = 20_000_000
"""Bytes of what is opened out of a cache: a page of answers is a few dozen thousand."""
FORMAT: Final = 1


class Cache(Protocol):
    """Where the answers of pages are kept between runs. Keys are 64 hexadecimal digits; a lost value costs time, nothing else."""

    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, data: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class FolderCache:
    """A cache of one file a key, written atomically. A disk that refuses is no reason to end a document: nothing is kept then."""

    folder: Path

    def get(self, key: str) -> bytes | None:
        try:
            return (self.folder / f"{key}.ocr").read_bytes()
        except OSError:
            return None

    def put(self, key: str, data: bytes) -> None:
        fresh = self.folder / f".{key}.{os.getpid()}"
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(data)
            fresh.replace(self.folder / f"{key}.ocr")


class LateError(Exception):
    """The deadline of a page has passed."""


@dataclass(slots=True)
class Memory:
    """The answers that are known of one page, and how long the page may still take."""

    key: str
    cache: Cache | None = None
    seconds: float = PAGE_SECONDS
    clock: Callable[[], float] = time.process_time
    _known: dict[str, Said] = field(default_factory=dict)
    _kept: int = 0
    _spent: float = 0.0

    @classmethod
    def of_page(cls, gray: NDArray[np.uint8], settings: str, cache: Cache | None = None, seconds: float = PAGE_SECONDS) -> Memory:
        """What is known of a page, by its picture and the settings under which it is read."""
        told = f"{FORMAT} {settings} {gray.shape}".encode()
        memory = cls(hashlib.sha256(told + b"\0" + gray.tobytes()).hexdigest(), cache, seconds)
        memory._known = _opened(cache.get(memory.key)) if cache else {}
        memory._kept = len(memory._known)
        return memory

    def ask(self, image: NDArray[np.uint8], how: str, answer: Callable[[], Said]) -> Said:
        """The answer to a question about a picture, asked `how`: as it is known, or else as `answer` gives it.

        Raises LateError where the page has taken longer than it may.
        """
        if self._spent > self.seconds:
            raise LateError
        question = hashlib.sha256(f"{how} {image.shape}".encode() + b"\0" + image.tobytes()).hexdigest()[:32]
        if question not in self._known:
            started = self.clock()
            self._known[question] = answer()
            self._spent += self.clock() - started
        return self._known[question]

    def keep(self) -> None:
        """Hands what was learnt since the last time to the cache."""
        if self.cache is not None and len(self._known) > self._kept:
            self._kept = len(self._known)
            self.cache.put(self.key, zlib.compress(json.dumps(self._known, ensure_ascii=False).encode()))


def _opened(data: bytes | None) -> dict[str, Said]:
    """The answers out of a cache; none where something else than answers comes out of it."""
    if data is None:
        return {}
    try:
        unpacker = zlib.decompressobj()
        told = json.loads(unpacker.decompress(data, MOST_BYTES))
        if unpacker.unconsumed_tail or not unpacker.eof:
            return {}
        return {str(question): (str(text), float(sure)) for question, (text, sure) in told.items()}
    except (zlib.error, ValueError, TypeError, AttributeError):
        return {}
