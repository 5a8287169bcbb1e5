"""Data for the scripts of the site, as scripts.

A page opened from a disk may not fetch a file beside it, but it may load one as a script. So data is an assignment to a registry;
`<`, `>` and `&` are escaped for whoever pastes such a file into a page, and the two separators that ended a line of JavaScript
before 2019 for whoever reads it with an old engine.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_ESCAPED = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def script(name: str, value: object) -> bytes:
    r"""A script that hands `value` to the pages under `name`. The same value gives the same bytes.

    >>> script("x", {"name": "</script>"})
    b'ITA.data["x"]={"name":"\\u003c/script\\u003e"};\n'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_ESCAPED)
    return f"ITA.data[{json.dumps(name)}]={text};\n".encode()


def chunks(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """`items` in pieces of `size`, the last one shorter: a page loads the one piece that it shows.

    >>> chunks("abcde", 2)
    ['ab', 'cd', 'e']
    """
    return [items[start : start + size] for start in range(0, len(items), size)]
