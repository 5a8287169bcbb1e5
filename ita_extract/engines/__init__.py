"""Engines turn a file's bytes into pages. One file each, imported when asked for.

An engine is a module with a `name` and one function:

    read(source: SourceDocument, pages: range | None = None, lost: Lost | None = None) -> Iterator[Page]

It yields the pages in order (of `pages`, counted from 1, where they are given), characters in content order, boxes as the reader
sees them (crop box and rotation applied), and raises `DocumentError` for a document that it cannot open. What is wrong with a page
that it cannot read it tells `lost`, in the page's turn; it raises it where there is no `lost`. It keeps no handle on a page that it
has yielded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Protocol, TypeAlias, cast

from ..errors import DocumentError
from ..model.page import Page
from ..model.source import SourceDocument

Lost: TypeAlias = Callable[[int, DocumentError], None]
"""Is told of a page, from 1, that cannot be read, and why."""
ENGINES = {"pdfium": ".pdfium", "pdfplumber": ".plumber"}


class Engine(Protocol):
    """What `engine(name)` gives."""

    name: str

    def read(self, source: SourceDocument, pages: range | None = None, lost: Lost | None = None) -> Iterator[Page]: ...

    def count_pages(self, source: SourceDocument) -> int: ...


def engine(name: str) -> Engine:
    """The engine of that name, one of `ENGINES`."""
    return cast(Engine, import_module(ENGINES[name], __package__))
