"""The compiled part of the engines, `batch.c`: whether it is used, and how pages are read. Light: `--version` asks here."""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path

from .. import native
from ..native import SWITCH, digest

__all__ = ["LIBRARY", "SOURCE", "SWITCH", "digest", "how", "library", "load"]

SOURCE = Path(__file__).with_name("batch.c")
LIBRARY = Path(__file__).with_name("_batch.so")


@cache
def library() -> tuple[ctypes.CDLL | None, str]:
    """The compiled part, or None and why it is not used."""
    found, why = native.find(SOURCE, LIBRARY)
    return (_declared(found), "") if found else (None, why)


def load(path: Path) -> ctypes.CDLL:
    """The library with the two functions declared that tell what it is. Raises OSError or AttributeError where it is another."""
    return _declared(native.load(path))


def _declared(found: ctypes.CDLL) -> ctypes.CDLL:
    found.ita_call.restype = ctypes.c_char_p
    return found


def how() -> str:
    """How pages are read here, for `--version` and the bench.

    >>> how().split(":")[0] in ("compiled calls", "plain calls")
    True
    """
    found, why = library()
    return "compiled calls" if found else f"plain calls: the compiled part is not used, {why}"
