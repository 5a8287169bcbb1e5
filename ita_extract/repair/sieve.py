"""Whether a text holds any of a set of windows, by `walk.c` where it is compiled: most of what the gate does for clean text."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Callable

from . import native

Sieve = Callable[[bytes], bool]
"""Whether text in CP874 holds, at any place, four bytes that are one of the windows."""


def sieve(grams: array[int]) -> Sieve | None:
    """The compiled sieve of windows, each four bytes as a number; None where nothing is compiled."""
    library = native.library()[0]
    return compiled(library, grams) if library else None


def compiled(library: ctypes.CDLL, grams: array[int]) -> Sieve:
    """A table with a place in two free at least, so that a window that is none of them is known by one look or two."""
    size = 1 << (2 * len(grams)).bit_length()
    table = array("I", bytes(4 * size))
    whole, address = ctypes.c_int32, ctypes.c_void_p
    library.ita_fill.restype, library.ita_fill.argtypes = None, [address, ctypes.c_uint32, address, whole]
    library.ita_fill(table.buffer_info()[0], size, grams.buffer_info()[0], len(grams))
    holds, at = library.ita_holds, table.buffer_info()[0]
    holds.restype, holds.argtypes = whole, [address, ctypes.c_uint32, ctypes.c_char_p, whole]

    def is_met(data: bytes, table: array[int] = table) -> bool:  # it keeps the table, of which C has the address
        return bool(holds(at, size, data, len(data)))

    return is_met
