"""Published documents had from the web: lists of addresses in, files named by their content and a manifest out.

`fetching.py`, beside the rooms, goes through a list with what is here: `list` reads and writes lists, `download` gets one document
over `wire` at the pace of `pace`, `partial` keeps what broke off, `kind` looks at what came, `manifest` says where each file came
from, `links` makes a list out of a page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import lazily

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

__getattr__, __dir__ = lazily(__name__, _HOME)
