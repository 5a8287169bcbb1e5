"""The compiled part of repair, `walk.c`: whether it is used. Light: `--version` asks here."""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path

from .. import native

SOURCE = Path(__file__).with_name("walk.c")
LIBRARY = Path(__file__).with_name("_walk.so")


@cache
def library() -> tuple[ctypes.CDLL | None, str]:
    """The compiled part, or None and why it is not used. A call takes microseconds: it does not let other threads run meanwhile."""
    return native.find(SOURCE, LIBRARY, ctypes.PyDLL)


def how() -> str:
    """How text is repaired here, for `--version` and the bench.

    >>> how().split(":")[0] in ("a compiled walk", "a plain walk")
    True
    """
    found, why = library()
    return "a compiled walk" if found else f"a plain walk: the compiled part is not used, {why}"
