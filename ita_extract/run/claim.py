"""One writer at a time at a place elsewhere, where no kernel ends the lock of a process that died.

The lock is an object that only one can create. It is written once and never over, so that a run that fell asleep and woke up
cannot take the lock back from the one that has it now: that its holder is at work stands in another object, named after it.
"""

from __future__ import annotations

import getpass
import json
import os
import re
import shlex
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from ..errors import ItaError, LockedError, UsageError
from .bucket import Bucket
from .ending import undisturbed
from .remote import scheme_of

LOCK = "LOCK"
EVERY = 60.0
"""Seconds after which a holder says again that it is at work, and looks whether the lock is still its own."""
_SEEN = re.compile(rf"{LOCK}\.[0-9a-f]{{32}}")
_MOST = 10_000
_REMOVERS = {"s3": "aws s3 rm {}", "gs": "gcloud storage rm {}", "gcs": "gcloud storage rm {}"}
_ANY_REMOVER = 'python -c "import sys; from fsspec.core import url_to_fs; fs, path = url_to_fs(sys.argv[1]); fs.rm_file(path)" {}'


class Claim:
    """Held by the one run that may write to a place elsewhere. Made by `claimed`."""

    def __init__(self, bucket: Bucket, token: str, lock: bytes) -> None:
        self._bucket, self._token, self._lock = bucket, token, lock
        self._ended, self._lost = threading.Event(), False
        self._heart = threading.Thread(target=self._beat, daemon=True, name="claim")

    def start(self) -> None:
        self._heart.start()

    def _beat(self) -> None:
        while not self._ended.wait(EVERY):
            with suppress(ItaError):  # a network that is away for a minute is no reason to end
                self._bucket.put(_seen(self._token), _now().encode())
                self._look()

    def _look(self) -> None:
        self._lost |= self._bucket.read(LOCK, _MOST) != self._lock

    def held(self, *, now: bool = False) -> None:
        """Raises LockedError where the lock is no more that of this run; `now`: as it is at the moment, by asking."""
        if now:
            self._look()
        if self._lost:
            advice = "Somebody took the lock away, or another run has it now: see that only one is at work, and run again."
            raise LockedError(f"the lock of {self._bucket.address} is no longer that of this run", advice=advice)

    def let_go(self) -> None:
        """Removes the lock, if it is still that of this run."""
        self._ended.set()
        if self._heart.is_alive():
            self._heart.join()
        self._look()
        if not self._lost:
            self._bucket.delete(LOCK)
        self._bucket.delete(_seen(self._token))


@contextmanager
def claimed(bucket: Bucket, dead: str = "", note: Callable[[str], None] = lambda _: None) -> Iterator[Claim]:
    """Holds a place elsewhere against every other run until the block ends, however it ends.

    `dead` is the token of a run that is known to be gone: its lock is taken away. `note` is told the token of this one first.
    LockedError where another run holds the place: it says who, since when, when it was last seen, and how its lock is taken away.
    UsageError where the place cannot keep two apart; StorageError where it cannot be written.
    """
    token = uuid4().hex
    there = bucket.read(LOCK, _MOST)
    if there is not None:
        if not dead or _told_by(there).get("token") != dead:
            raise _locked(bucket)
        bucket.delete(LOCK)
    try:
        bucket.refuse_unless_exclusive(LOCK)
    except UsageError:
        if bucket.read(LOCK, _MOST) is not None:  # another came first, and swept up what was tried with
            raise _locked(bucket) from None
        raise
    note(token)
    lock = json.dumps(_holder(token)).encode()
    claim = Claim(bucket, token, lock)
    try:
        with undisturbed():
            ours = bucket.create(LOCK, lock)
        if not ours:
            raise _locked(bucket)
        for entry in bucket.listed()[0]:
            if entry.name.startswith(f"{LOCK}.") or bucket.is_left(entry.name):
                bucket.delete(entry.name)  # what runs left that were killed
        bucket.put(_seen(token), _now().encode())
        claim.start()
        yield claim
    except BaseException:
        with suppress(ItaError):
            claim.let_go()
        raise
    claim.let_go()


def _locked(bucket: Bucket) -> LockedError:
    holder = _told_by(bucket.read(LOCK, _MOST))
    token = holder.get("token", "")
    seen = (bucket.read(_seen(token), 100) or b"").decode("ascii", "replace") if _SEEN.fullmatch(_seen(token)) else ""
    who = (
        f"process {holder.get('pid', '?')} of {holder.get('user', '?')} on {holder.get('host', '?')}"
        if holder
        else "nobody knows who"
    )
    since = f", since {holder['since']}" if "since" in holder else ""
    last = f", last seen {seen}" if seen else ""
    advice = (
        f"Wait until it ends. It is {_now()}, and a run at work is seen every {EVERY:.0f} seconds: only if that one is gone for "
        f"certain, take its lock away and run again: {removal(bucket.address)}"
    )
    return LockedError(f"another run is writing to {bucket.address} ({who}{since}{last})", advice=advice)


def removal(address: str) -> str:
    """The command that takes the lock of a place away.

    >>> removal("s3://bucket/data")
    'aws s3 rm s3://bucket/data/LOCK'
    """
    return _REMOVERS.get(scheme_of(address), _ANY_REMOVER).format(shlex.quote(f"{address}/{LOCK}"))


def _holder(token: str) -> dict[str, str]:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in containers
        user = str(os.getuid())
    return {"token": token, "host": socket.gethostname(), "user": user, "pid": str(os.getpid()), "since": _now()}


def _told_by(data: bytes | None) -> dict[str, str]:
    """What a lock says: words of a line, for it is shown; {} for anything that is no lock of ours."""
    try:
        told: Any = json.loads(data or b"")
    except ValueError:
        return {}
    if not isinstance(told, dict):
        return {}
    return {str(key): "".join(filter(str.isprintable, str(value)))[:100] for key, value in told.items()}


def _seen(token: str) -> str:
    return f"{LOCK}.{token}"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
