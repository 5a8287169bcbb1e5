"""When a server may be asked again, and how long a document may take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from .failure import FetchError


@dataclass(slots=True)
class Clock:
    """Time as it passes, and the moment by which the document that is being fetched must be there."""

    now: Callable[[], float] = time.monotonic
    rest: Callable[[float], None] = time.sleep
    deadline: float = field(default=float("inf"), init=False)

    def start(self, seconds: float) -> None:
        self.deadline = self.now() + seconds

    def left(self) -> float:
        """Seconds to the deadline; FetchError TIMEOUT where none are left."""
        left = self.deadline - self.now()
        if left <= 0:
            raise FetchError("TIMEOUT")
        return left

    def at_most(self, seconds: float | None) -> float:
        """`seconds`, or less where less are left; FetchError TIMEOUT where none are."""
        return self.left() if seconds is None else min(seconds, self.left())

    def sleep(self, seconds: float) -> None:
        """Waits; FetchError TIMEOUT at once where the deadline would pass meanwhile."""
        if seconds <= 0:
            return
        if seconds >= self.left():
            raise FetchError("TIMEOUT", f"a wait of {seconds:.0f} s would be longer than the time that is left")
        self.rest(seconds)


@dataclass(slots=True)
class Pace:
    """At most one question to a host in `interval` seconds."""

    clock: Clock
    interval: float
    _next: dict[str, float] = field(default_factory=dict)

    def wait(self, host: str) -> None:
        """Returns when `host` may be asked, which counts as asked then."""
        self.clock.sleep(self._next.get(host, 0.0) - self.clock.now())
        self._next[host] = self.clock.now() + self.interval


def retry_after(text: str | None, now: datetime | None = None) -> float | None:
    """The seconds that a Retry-After header asks for: a number of them, or a date. None where it says nothing that makes sense.

    >>> now = datetime(2026, 10, 21, 7, 28, tzinfo=UTC)
    >>> retry_after("120"), retry_after("Wed, 21 Oct 2026 07:28:10 GMT", now), retry_after("soon")
    (120.0, 10.0, None)
    """
    text = (text or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        until = parsedate_to_datetime(text)
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
