"""Thailand's published integrity assessments (ITA) as verified data.

    >>> import ita_extract
    >>> ita_extract.repair_text("การด าเนินงาน").text
    'การดำเนินงาน'

`run_documents` reads documents and publishes a release; `extract` reads one document; `inspect_page` shows what was found on one
page; `repair_text` mends Thai; `read_dataset` reads a published dataset into pandas or Arrow; `verify` checks a release. Each is
imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .contents import read_contents
    from .dataset import read_dataset, verify
    from .inspect import inspect_page
    from .job import run_documents
    from .pipeline import extract
    from .repair import repair_text

_HOME = {
    "extract": "pipeline",
    "inspect_page": "inspect",
    "read_contents": "contents",
    "read_dataset": "dataset",
    "repair_text": "repair",
    "run_documents": "job",
    "verify": "dataset",
}

__all__ = ["__version__", "extract", "inspect_page", "read_contents", "read_dataset", "repair_text", "run_documents", "verify"]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
