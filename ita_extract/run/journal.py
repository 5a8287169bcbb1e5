"""What happens in a run, one line of JSON an event: for whoever watches thousands of documents from another program."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, TypeAlias

from ..errors import StorageError

Event: TypeAlias = Mapping[str, Any]
"""`event` says what happened: "start", "pulled", "document", "retry", "put", "end". The rest is JSON values."""


def silent(_: Event) -> None:
    """For whoever wants no journal."""


@contextmanager
def journal(target: str | None) -> Iterator[Callable[[Event], None]]:
    """What writes events to the file `target`, "-" for stderr, nowhere for None; each line is there as soon as it is written.

    A file is added to. Raises StorageError where it cannot be opened.
    """
    if target is None:
        yield silent
    elif target == "-":
        yield lambda event: _write(sys.stderr, event)
    else:
        try:
            stream = Path(target).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115  below: what is done within is no fault of it
        except OSError as error:
            raise StorageError(
                f"the journal cannot be written: {error.strerror}: {target}", advice="Give --log-json another file."
            ) from error
        with stream:
            yield lambda event: _write(stream, event)


def _write(stream: TextIO, event: Event) -> None:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    stream.write(json.dumps({"time": now} | dict(event), ensure_ascii=False) + "\n")
    stream.flush()
