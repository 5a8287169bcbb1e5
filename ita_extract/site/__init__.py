"""A static web site of a release: what was read, how far it can be trusted, and what a person should judge.

This package is a view, like `inspect`: it reads a published release through `dataset`, draws rows of documents with `engines` in a
process of `run`, and nothing but the command uses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .build import Site, write_site

__all__ = ["Site", "write_site"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import build

    return getattr(build, name)
