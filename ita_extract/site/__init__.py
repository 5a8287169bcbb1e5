"""A static web site of a release: what was read, how far it can be trusted, and what a person should judge.

This package is a view, like `inspect`: it reads a published release through `dataset`, draws rows of documents with `engines` in a
process of `run`, and nothing but the command uses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import lazily

if TYPE_CHECKING:
    from .build import Site, write_site

_HOME = {"Site": "build", "write_site": "build"}

__all__ = ["Site", "write_site"]

__getattr__, __dir__ = lazily(__name__, _HOME)
