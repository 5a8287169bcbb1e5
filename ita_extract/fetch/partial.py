"""A document that broke off: the bytes that came and, beside them, what the server said of it. Both or neither count."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .failure import FetchError
from .unpack import encoding_of

WEAK = ('w/"', "w/'")


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of a version of a document, to be asked whether it still stands."""

    etag: str | None = None
    last_modified: str | None = None

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)

    def conditions(self) -> dict[str, str]:
        """Headers for "only if it is another one than this"."""
        pairs = (("If-None-Match", self.etag), ("If-Modified-Since", self.last_modified))
        return {name: value for name, value in pairs if value}

    def if_range(self) -> str | None:
        """The word for "go on only if it is this one". A weak ETag does not promise the same bytes."""
        return self.etag if self.etag and not self.etag.lower().startswith(WEAK) else self.last_modified


@dataclass(frozen=True, slots=True)
class Partial:
    """How much there is of a document that broke off, of which version, and how long that is."""

    have: int = 0
    validators: Validators = Validators()
    length: int | None = None


def _said_path(part: Path) -> Path:
    return part.with_suffix(".json")


def partial_at(part: Path) -> Partial:
    try:
        said = json.loads(_said_path(part).read_bytes())
        etag, modified, length = (said[name] for name in ("etag", "last_modified", "length"))
        if all(word is None or isinstance(word, str) for word in (etag, modified)) and (length is None or isinstance(length, int)):
            return Partial(size_of(part), Validators(etag, modified), length)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        pass
    return Partial()


def remember(part: Path, validators: Validators, length: int | None) -> None:
    if validators.if_range():
        said = {"etag": validators.etag, "last_modified": validators.last_modified, "length": length}
        aside = part.with_suffix(".tmp")
        aside.write_text(json.dumps(said), encoding="utf-8")
        aside.replace(_said_path(part))


def goes_on(part: Path, have: int, validators: Validators, said: Mapping[str, str]) -> int | None:
    """The whole length of the document that an answer goes on with; FetchError where what comes does not join what there is.

    Some servers send a part without looking at If-Range: the new end of a document that changed meanwhile.
    """
    start, total = _range(said.get("content-range", ""))
    before = partial_at(part)
    pairs = (
        (validators.etag, before.validators.etag),
        (validators.last_modified, before.validators.last_modified),
        (total, before.length),
        (have, start),
    )
    if (
        encoding_of(said) is not None
        or any(now is not None and then is not None and now != then for now, then in pairs)
        or start is None
    ):
        forget(part)
        raise FetchError("CUT_OFF", "the server went on with something else than what had come", again=True)
    return total if total is not None else before.length


def forget(part: Path) -> None:
    for path in (_said_path(part), part):
        with suppress(FileNotFoundError):
            path.unlink()


def size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _range(said: str) -> tuple[int | None, int | None]:
    """Start and whole length in a Content-Range; None for what it does not tell."""
    found = re.fullmatch(r"bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\*)", said.strip())
    return (int(found[1]), None if found[2] == "*" else int(found[2])) if found else (None, None)
