"""A reader process from the inside: takes a step, does it within its budget, says what came of it, and waits for the next.

It is born by the nursery (see `nursery`) with all libraries and rules loaded, in a session of its own. A child that has met trouble
retires: what a broken file did to the memory of a C library nobody knows, and the next document must not find out.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from . import limits as law
from .limits import Limits

LARGER = 256 * law.MIB
"""A child that holds so much more than at its birth retires: what it kept would be missing to the next document, or be given
twice."""
FILLED = 0.5
"""What broke down with so much of its memory taken broke down for want of memory: C libraries do not say so, they abort, or say
that the file is bad."""
OUT_OF_MEMORY = 77
"""How a child ends that has not even the memory left to say so."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a step took: seconds of the processor, the most bytes that its process held, the pages it read, and seconds of the
    clock."""

    seconds: float = 0.0
    memory: int = 0
    pages: int = 0
    wall: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        """Of two steps for one document; the clock runs for whichever took longer, since steps go side by side."""
        pages, wall = self.pages + other.pages, max(self.wall, other.wall)
        return Usage(self.seconds + other.seconds, max(self.memory, other.memory), pages, wall)


NOTHING = Usage()


@dataclass(frozen=True, slots=True)
class Done:
    """A step came to its end. `raised` is what it raised instead of giving a result; `last` says that its process is gone."""

    result: Any
    usage: Usage
    raised: BaseException | None = None
    out_of_memory: bool = False
    last: bool = False


@dataclass(slots=True)
class _State:
    """What the step under way has of its parent, its limits and its pages."""

    connection: Connection
    limits: Limits
    began: float
    held: int
    """Bytes that the process held when the step began."""
    pages: int = 0
    expected: int = 1
    retired: bool = False


_now: _State | None = None


def count_page(done: int = 1) -> None:
    """Called by a reader for every page it has read; the parent shows the sum."""
    if _now is not None:
        _now.pages += done
        _now.connection.send(("pages", done))


def expect_pages(count: int) -> None:
    """Called by a reader that has learnt how many pages its step deals with: its time is measured by them from now on."""
    if _now is not None:
        _now.expected = count
        _expect(_now, 0)


def expect_scans(count: int) -> None:
    """Called by a reader that has learnt how many of its pages are pictures: OCR takes seconds for each."""
    if _now is not None:
        _expect(_now, count)


def _expect(state: _State, scans: int) -> None:
    law.allow_seconds(state.began + state.limits.budget(state.expected, scans).cpu)
    state.connection.send(("expect", (state.expected, scans)))


def is_short_of_memory() -> bool:
    """Whether the step under way has taken so much of its memory that what failed may have failed for want of it. False in a
    process that is no reader."""
    return _now is not None and law.peak_memory() - _now.held > FILLED * _now.limits.max_memory


def retire() -> None:
    """Called by a reader that has met trouble: this process takes no other step."""
    if _now is not None:
        _now.retired = True


def live(connection: Connection, work: Callable[[Any], Any]) -> None:
    """Serves until the parent hangs up, or until it retires. Never returns to what forked it."""
    global _now  # noqa: PLW0603  one step at a time in a process
    connection.send(("born", (os.getpid(), law.used_seconds(), law.peak_memory())))
    size = law.address_space()
    while True:
        try:
            step, limits = connection.recv()
        except (EOFError, OSError):
            os._exit(0)
        law.forget_peak()
        _now = state = _State(connection, limits, law.used_seconds(), law.peak_memory())
        budget = limits.budget(1)
        law.allow_seconds(state.began + budget.cpu)
        law.allow_memory(budget.memory)
        done = _attempt(work, step, state)
        last = state.retired or done.out_of_memory or law.address_space() > size + LARGER
        try:
            connection.send(("done", Done(done.result, done.usage, done.raised, done.out_of_memory, last)))
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        except OSError:
            os._exit(0)
        if last:
            os._exit(0)


def _attempt(work: Callable[[Any], Any], step: Any, state: _State) -> Done:
    result, raised, out_of_memory = None, None, False
    try:
        result = work(step)
    except MemoryError:
        out_of_memory = True
    except Exception as error:  # told to the parent, who raises it there
        raised = error.with_traceback(None)
    return Done(result, Usage(law.used_seconds() - state.began, law.peak_memory(), state.pages), raised, out_of_memory)


def become_child(connection: int, parent: int) -> None:
    """Makes a process that `parent` just forked a child: a session of its own, no terminal, and nothing open but its connection."""
    os.setsid()
    _die_with(parent)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    os.closerange(3, connection)
    os.closerange(connection + 1, max(connection + 1, os.sysconf("SC_OPEN_MAX")))
    quiet = os.open(os.devnull, os.O_RDWR)
    told = (0, 1) if os.environ.get("ITA_EXTRACT_DEBUG") else (0, 1, 2)  # C libraries say their last words to 2, by the thousand
    for handle in told:
        os.dup2(quiet, handle)
    os.close(quiet)
    law.settle()


def _die_with(parent: int) -> None:
    """Where the system can be asked to: no child outlives a nursery that is killed."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(0)
