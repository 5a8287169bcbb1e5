"""Asks pdfium value by value from Python: what runs where `batch.c` could not be compiled.

A call through pypdfium2's own declarations costs a microsecond, most of it in making pointer objects for the answers. Here handles
and places of answers are plain integers, the functions keep the interpreter's lock, and `map` drives them.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any

import numpy as np
import pypdfium2.raw as fpdf
from numpy.typing import NDArray

from .raw import ACTUAL_TEXT, FORM, MAX_FORM_DEPTH, MAX_MARKS, MAX_OBJECTS, Letters, Objects, Paths, Segments, Texts, identities

_WHOLE, _HANDLE, _ADDRESS = ctypes.c_int, ctypes.c_size_t, ctypes.c_void_p


def _function(name: str, result: Any, *arguments: Any) -> Callable[..., int]:
    address = ctypes.cast(getattr(fpdf, name), _ADDRESS).value or 0
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


class Plain:
    """A `raw.Reader`."""

    def __init__(self) -> None:
        one, item = (_ADDRESS,), (_ADDRESS, _WHOLE)
        self._count = _function("FPDFPage_CountObjects", _WHOLE, *one)
        self._object = _function("FPDFPage_GetObject", _HANDLE, *item)
        self._form_count = _function("FPDFFormObj_CountObjects", _WHOLE, *one)
        self._form_object = _function("FPDFFormObj_GetObject", _HANDLE, _ADDRESS, ctypes.c_ulong)
        self._kind = _function("FPDFPageObj_GetType", _WHOLE, *one)
        self._matrix = _function("FPDFPageObj_GetMatrix", _WHOLE, *one * 2)
        self._bounds = _function("FPDFPageObj_GetBounds", _WHOLE, *one * 5)
        self._mark_count = _function("FPDFPageObj_CountMarks", _WHOLE, *one)
        self._mark = _function("FPDFPageObj_GetMark", _HANDLE, _ADDRESS, ctypes.c_ulong)
        self._mark_has = _function("FPDFPageObjMark_GetParamValueType", _WHOLE, _ADDRESS, ctypes.c_char_p)
        self._size = _function("FPDFTextObj_GetFontSize", _WHOLE, *one * 2)
        self._font = _function("FPDFTextObj_GetFont", _HANDLE, *one)
        self._mode = _function("FPDFTextObj_GetTextRenderMode", _WHOLE, *one)
        self._paint = _function("FPDFPath_GetDrawMode", _WHOLE, *one * 3)
        self._segment_count = _function("FPDFPath_CountSegments", _WHOLE, *one)
        self._segment = _function("FPDFPath_GetPathSegment", _HANDLE, *item)
        self._point = _function("FPDFPathSegment_GetPoint", _WHOLE, *one * 3)
        self._segment_kind = _function("FPDFPathSegment_GetType", _WHOLE, *one)
        self._close = _function("FPDFPathSegment_GetClose", _WHOLE, *one)
        self._made_up = _function("FPDFText_IsGenerated", _WHOLE, *item)
        self._code = _function("FPDFText_GetUnicode", ctypes.c_uint, *item)
        self._box = _function("FPDFText_GetCharBox", _WHOLE, *item, *one * 4)
        self._loose = _function("FPDFText_GetLooseCharBox", _WHOLE, *item, *one)
        self._origin = _function("FPDFText_GetCharOrigin", _WHOLE, *item, *one * 2)
        self._text = _function("FPDFText_GetTextObject", _HANDLE, *item)
        self._unmapped = _function("FPDFText_HasUnicodeMapError", _WHOLE, *item)

    def objects(self, page: int) -> Objects:
        found: list[tuple[int, int, int]] = []
        self._walk(map(self._object, repeat(page), range(self._count(page))), -1, 0, found)
        handles, kinds, forms = zip(*found, strict=True) if found else ((), (), ())
        matrix = identities(len(found))
        _each(self._matrix, handles, _places(matrix))
        return Objects(np.array(handles, np.uint64), np.array(kinds, np.int32), np.array(forms, np.int32), matrix)

    def _walk(self, handles: Iterable[int], form: int, depth: int, found: list[tuple[int, int, int]]) -> None:
        """Appends handle, kind and form of each object, and of what forms among them hold."""
        for handle in handles:
            if len(found) > MAX_OBJECTS:
                return
            kind = self._kind(handle)
            found.append((handle, kind, form))
            if kind == FORM and depth < MAX_FORM_DEPTH:
                held = map(self._form_object, repeat(handle), range(self._form_count(handle)))
                self._walk(held, len(found) - 1, depth + 1, found)

    def bounds(self, handles: NDArray[np.uint64]) -> NDArray[np.float32]:
        box = np.zeros((len(handles), 4), np.float32)
        _each(self._bounds, handles.tolist(), *(_places(box, at) for at in range(4)))
        return box

    def texts(self, handles: NDArray[np.uint64]) -> Texts:
        listed = handles.tolist()
        size = np.zeros(len(listed), np.float32)
        _each(self._size, listed, _places(size))
        font, mode = _answers(np.uint64, self._font, listed), _answers(np.int32, self._mode, listed)
        mark = np.zeros(len(listed), np.uint64)
        for at, count in enumerate(map(self._mark_count, listed)):
            if count > 0:
                mark[at] = self._marked(listed[at], count)
        return Texts(size, font, mode, mark)

    def _marked(self, handle: int, count: int) -> int:
        marks = (self._mark(handle, at) for at in range(count - 1, max(-1, count - 1 - MAX_MARKS), -1))
        return next((mark for mark in marks if self._mark_has(mark, ACTUAL_TEXT)), 0)

    def paths(self, handles: NDArray[np.uint64]) -> Paths:
        listed = handles.tolist()
        fill, stroke = np.zeros(len(listed), np.int32), np.zeros(len(listed), np.int32)
        _each(self._paint, listed, _places(fill), _places(stroke))
        return Paths(fill, stroke, _answers(np.int32, self._segment_count, listed))

    def segments(self, handles: NDArray[np.uint64], counts: NDArray[np.int32]) -> Segments:
        parts = [
            segment
            for path, count in zip(handles.tolist(), counts.tolist(), strict=True)
            for segment in map(self._segment, repeat(path), range(count))
        ]
        point = np.zeros((len(parts), 2), np.float32)
        _each(self._point, parts, _places(point, 0), _places(point, 1))
        return Segments(point, _answers(np.int32, self._segment_kind, parts), _answers(np.int32, self._close, parts))

    def letters(self, textpage: int, count: int) -> Letters:
        page = repeat(textpage)
        drawn = [at for at, made_up in enumerate(map(self._made_up, page, range(count))) if made_up != 1]
        box, loose, origin = np.zeros((len(drawn), 4)), np.zeros((len(drawn), 4), np.float32), np.zeros((len(drawn), 2))
        _each(self._box, page, drawn, *(_places(box, at) for at in (0, 2, 1, 3)))
        _each(self._loose, page, drawn, _places(loose))
        _each(self._origin, page, drawn, _places(origin, 0), _places(origin, 1))
        return Letters(
            code=_answers(np.uint32, self._code, page, drawn),
            box=box,
            loose=loose,
            origin=origin,
            text=_answers(np.uint64, self._text, page, drawn),
            unmapped=_answers(np.int32, self._unmapped, page, drawn),
        )


def _each(call: Callable[..., int], *columns: Iterable[int]) -> None:
    deque(map(call, *columns), maxlen=0)


def _answers(kind: Any, call: Callable[..., int], *columns: Iterable[int]) -> NDArray[Any]:
    return np.fromiter(map(call, *columns), kind)


def _places(array: NDArray[Any], column: int = 0) -> range:
    """The address of one column's value in each row."""
    start, step = array.ctypes.data + column * array.itemsize, array.strides[0] or 1  # an empty array has no step
    return range(start, start + step * len(array), step)
