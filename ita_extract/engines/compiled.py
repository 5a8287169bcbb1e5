"""Asks pdfium through `batch.c`: one call a page and kind of thing."""

from __future__ import annotations

import ctypes

import numpy as np
import pypdfium2.raw as fpdf
from numpy.typing import NDArray

from .raw import ACTUAL_TEXT, MAX_FORM_DEPTH, MAX_MARKS, MAX_OBJECTS, Letters, Objects, Paths, Segments, Texts

ROOM = 4096
"""Objects for which room is made at first."""


class Compiled:
    """A `raw.Reader`. `library` is what `native.load` gives. Raises AttributeError where pdfium lacks a function that it needs."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        addresses: list[ctypes.c_void_p] = []
        while name := library.ita_call(len(addresses)):
            addresses.append(ctypes.cast(getattr(fpdf, name.decode()), ctypes.c_void_p))
        self._calls = (ctypes.c_void_p * len(addresses))(*addresses)
        whole, address = ctypes.c_int64, ctypes.c_void_p
        given = [address, whole, address]  # the calls, how many, the handles
        for name, result, arguments in (
            ("objects", whole, [address, address, ctypes.c_int, whole, whole, *[address] * 4]),
            ("bounds", None, [*given, address]),
            ("texts", None, [*given, ctypes.c_char_p, ctypes.c_int, *[address] * 4]),
            ("paths", None, [*given, *[address] * 3]),
            ("segments", None, [*given, *[address] * 4]),
            ("letters", whole, [address, address, whole, *[address] * 6]),
        ):
            function = getattr(library, f"ita_{name}")
            function.restype, function.argtypes = result, arguments

    def objects(self, page: int) -> Objects:
        room = ROOM
        while True:
            said = Objects(
                np.empty(room, np.uint64), np.empty(room, np.int32), np.empty(room, np.int32), np.empty((room, 6), np.float32)
            )
            out = _at(said.handle), _at(said.kind), _at(said.form), _at(said.matrix)
            count = self._library.ita_objects(self._calls, page, MAX_FORM_DEPTH, room, MAX_OBJECTS + 1, *out)
            if count <= room:
                return Objects(said.handle[:count], said.kind[:count], said.form[:count], said.matrix[:count])
            room = count

    def bounds(self, handles: NDArray[np.uint64]) -> NDArray[np.float32]:
        box = np.zeros((len(handles), 4), np.float32)
        self._library.ita_bounds(self._calls, len(handles), _at(handles), _at(box))
        return box

    def texts(self, handles: NDArray[np.uint64]) -> Texts:
        n = len(handles)
        said = Texts(np.zeros(n, np.float32), np.empty(n, np.uint64), np.empty(n, np.int32), np.empty(n, np.uint64))
        out = _at(said.size), _at(said.font), _at(said.mode), _at(said.mark)
        self._library.ita_texts(self._calls, n, _at(handles), ACTUAL_TEXT, MAX_MARKS, *out)
        return said

    def paths(self, handles: NDArray[np.uint64]) -> Paths:
        said = Paths(*(np.zeros(len(handles), np.int32) for _ in range(3)))
        self._library.ita_paths(self._calls, len(handles), _at(handles), _at(said.fill), _at(said.stroke), _at(said.segments))
        return said

    def segments(self, handles: NDArray[np.uint64], counts: NDArray[np.int32]) -> Segments:
        n = int(counts.sum())
        said = Segments(np.zeros((n, 2), np.float32), np.empty(n, np.int32), np.empty(n, np.int32))
        out = _at(said.point), _at(said.kind), _at(said.close)
        self._library.ita_segments(self._calls, len(handles), _at(handles), _at(counts), *out)
        return said

    def letters(self, textpage: int, count: int) -> Letters:
        code, text, unmapped = np.empty(count, np.uint32), np.empty(count, np.uint64), np.empty(count, np.int32)
        box, loose, origin = np.zeros((count, 4)), np.zeros((count, 4), np.float32), np.zeros((count, 2))
        out = _at(code), _at(box), _at(loose), _at(origin), _at(text), _at(unmapped)
        n = self._library.ita_letters(self._calls, textpage, count, *out)
        return Letters(code[:n], box[:n], loose[:n], origin[:n], text[:n], unmapped[:n])


def _at(array: NDArray[np.generic]) -> int:
    """Where the values lie. The C side walks them one after the other."""
    if not array.flags.c_contiguous:
        raise ValueError("an array with gaps between its values was handed to pdfium")
    return array.ctypes.data
