"""Finds a compiled part, if there is one that fits. Light: `--version` asks here.

`hatch_build.py` compiles the few C files of this package into libraries beside them when it is installed and a C compiler is found.
Without them everything works, only slower. A library that was made from another text than the source beside it (an editable install
after a change of branch) is not used: its arrays might be another's.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
from pathlib import Path

SWITCH = "ITA_EXTRACT_PURE"
"""The environment variable that, set to anything but nothing or 0, leaves the compiled parts unused."""


def digest(source: bytes) -> str:
    """What a C file is known by; line ends do not count."""
    return hashlib.sha256(source.replace(b"\r\n", b"\n")).hexdigest()[:32]


def find(source: Path, library: Path, kind: type[ctypes.CDLL] = ctypes.CDLL) -> tuple[ctypes.CDLL | None, str]:
    """The library that was compiled from `source`, or None and why it is not used.

    `kind`: ctypes.PyDLL for calls so short that to let other threads run meanwhile would cost more.
    """
    if os.environ.get(SWITCH, "0") not in ("", "0"):
        return None, f"{SWITCH} is set"
    if not library.is_file():
        return None, "it was not compiled: install again with a C compiler"
    try:
        found = load(library, kind)
        fits = found.ita_source().decode() == digest(source.read_bytes())
    except (OSError, AttributeError) as error:
        return None, f"it cannot be loaded: {error}"
    return (found, "") if fits else (None, "it was compiled from another source: install again")


def load(path: Path, kind: type[ctypes.CDLL] = ctypes.CDLL) -> ctypes.CDLL:
    """The library with the function declared that tells what it is. Raises OSError or AttributeError where it is another."""
    found = kind(str(path))
    found.ita_source.restype = ctypes.c_char_p
    return found
