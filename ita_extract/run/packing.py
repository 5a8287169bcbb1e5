"""What one process of ours hands to another, small: pages and texts as bytes that the process between them only passes on.

A national announcement is 65,000 cells. Pickled as Python does it by itself they cost half as much time as reading them; here each
is its class and its fields, and what repeats (most of it) is squeezed out: 3 KB a page.
"""

from __future__ import annotations

import io
import pickle
import zlib
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

_LEVEL = 1
"""The fastest: eight times smaller in a fifth of the time that pickling takes; more effort wins little."""


class _Reducers(dict[type, Callable[[Any], tuple[type, tuple[Any, ...]]]]):
    """How to take an object apart, by its class, found out when the first of a class comes."""

    def __missing__(self, kind: type) -> Callable[[Any], tuple[type, tuple[Any, ...]]]:
        parts = fields(kind) if is_dataclass(kind) else ()
        if not parts or any(part.kw_only or not part.init for part in parts):
            raise KeyError(kind)  # pickle does it as it does everything else
        names = tuple(part.name for part in parts)

        def reduce(thing: Any) -> tuple[type, tuple[Any, ...]]:
            return kind, tuple([getattr(thing, name) for name in names])

        self[kind] = reduce
        return reduce


class _Pickler(pickle.Pickler):
    dispatch_table = _Reducers()


def pack(thing: object) -> bytes:
    """`thing` as bytes, for `unpack` in another process of this run. Equal parts that are one object stay one object."""
    stream = io.BytesIO()
    _Pickler(stream, pickle.HIGHEST_PROTOCOL).dump(thing)
    return zlib.compress(stream.getbuffer(), _LEVEL)


def unpack(data: bytes) -> Any:
    """What was packed. Only for what another process of this run has packed: nothing that comes from outside may come here.

    >>> from ita_extract.model.table import Cell
    >>> unpack(pack((Cell(0, 1, 1, 1, None, "88.50"), Cell(0, 2, 1, 1, None, "A"))))[1].raw
    'A'
    """
    return pickle.loads(zlib.decompress(data))  # noqa: S301  what the same run has packed
