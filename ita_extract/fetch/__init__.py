"""Published documents had from the web: lists of addresses in, files named by their content and a manifest out.

`fetching.py`, beside the rooms, goes through a list with what is here: `list` reads and writes lists, `download` gets one document
over `wire` at the pace of `pace`, `partial` keeps what broke off, `kind` looks at what came, `manifest` says where each file came
from, `links` makes a list out of a page. Names are imported when they are first used: `--help` should load no HTTP client.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .download import Downloader, FetchLimits
    from .failure import FETCH_CODES, FetchError
    from .links import links_of_page
    from .list import Wanted, read_list, write_list
    from .manifest import Fetched, Manifest, read_manifest

_HOME = {
    "Downloader": "download",
    "FetchLimits": "download",
    "FETCH_CODES": "failure",
    "FetchError": "failure",
    "links_of_page": "links",
    "Wanted": "list",
    "read_list": "list",
    "write_list": "list",
    "Fetched": "manifest",
    "Manifest": "manifest",
    "read_manifest": "manifest",
}

__all__ = [
    "FETCH_CODES",
    "Downloader",
    "FetchError",
    "FetchLimits",
    "Fetched",
    "Manifest",
    "Wanted",
    "links_of_page",
    "read_list",
    "read_manifest",
    "write_list",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
