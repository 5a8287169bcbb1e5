"""Finds the compiled part, if there is one that fits. Light: `--version` asks here.

`hatch_build.py` compiles `batch.c` into `_batch.so` beside it when the package is installed and a C compiler is found. Without it
everything works, only slower. A library that was made from another text than the `batch.c` beside it (an editable install after a
change of branch) is not used: its arrays might be another's.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).with_name("batch.c")
LIBRARY = Path(__file__).with_name("_batch.so")
SWITCH = "ITA_EXTRACT_PURE"
"""The environment variable that, set to anything but nothing or 0, leaves the compiled part unused."""


def digest(source: bytes) -> str:
    """What `batch.c` is known by; line ends do not count."""
    return hashlib.sha256(source.replace(b"\r\n", b"\n")).hexdigest()[:32]


@cache
def library() -> tuple[ctypes.CDLL | None, str]:
    """The compiled part, or None and why it is not used."""
    if os.environ.get(SWITCH, "0") not in ("", "0"):
        return None, f"{SWITCH} is set"
    if not LIBRARY.is_file():
        return None, "it was not compiled: install again with a C compiler"
    try:
        found = load(LIBRARY)
        fits = found.ita_source().decode() == digest(SOURCE.read_bytes())
    except (OSError, AttributeError) as error:
        return None, f"it cannot be loaded: {error}"
    return (found, "") if fits else (None, "it was compiled from another source: install again")


def load(path: Path) -> ctypes.CDLL:
    """The library with the two functions declared that tell what it is. Raises OSError or AttributeError where it is another."""
    found = ctypes.CDLL(str(path))
    found.ita_source.restype = found.ita_call.restype = ctypes.c_char_p
    return found


def how() -> str:
    """How pages are read here, for `--version` and the bench.

    >>> how().split(":")[0] in ("compiled calls", "plain calls")
    True
    """
    found, why = library()
    return "compiled calls" if found else f"plain calls: the compiled part is not used, {why}"
