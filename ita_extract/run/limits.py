"""What one document may cost: bytes, pages, seconds, memory. A reader process is held to them by the kernel, and by the clock of
its parent.

Of thousands of files that offices publish some are broken so that a reader loops, and some are made so. What stops them must not
depend on what else the machine does, or a busy evening would lose good documents: so seconds are those of the processor, kept by
the kernel, and the clock only ends what waits without working.
"""

from __future__ import annotations

import math
import os
import time
from contextlib import suppress
from dataclasses import dataclass, replace

MIB = 1 << 20
SLACK_SECONDS = 60.0
"""Of the clock, on top of `PATIENCE` times the seconds of the processor: a disk that wakes up, a second opinion that is waited
for."""
PATIENCE = 4.0
"""Seconds of the clock that are waited for one of the processor: so many readers may share a core before a good one is ended."""
OPEN_FILES = 256
WRITTEN = 4 * MIB
"""Bytes that a reader may write to one file: what OCR was told of a page, and nothing of the size of a document."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is given to one document at most; each number may be set by whoever runs.

    max_bytes: of the file; max_pages: of the document; max_memory: bytes that a reader may take beside what it has when it begins;
    seconds are of the processor: `base_seconds` and `page_seconds` for each page, but never more than `max_seconds`; and
    `scan_seconds` more for each page that OCR reads, of which each has a deadline of its own.
    max_stream: bytes of one compressed part of a PDF when it is opened out.

    >>> Limits().budget(3)
    Budget(cpu=42.0, wall=228.0, memory=1073741824)
    >>> Limits().doubled().budget(1_000).cpu
    1200.0
    """

    max_bytes: int = 100_000_000
    max_pages: int = 5_000
    max_seconds: float = 600.0
    max_memory: int = 1024 * MIB
    base_seconds: float = 30.0
    page_seconds: float = 4.0
    scan_seconds: float = 30.0
    max_stream: int = 75_000_000

    def budget(self, pages: int, scans: int = 0) -> Budget:
        """What a step that deals with `pages` pages may take, `scans` of them pictures."""
        cpu = min(self.base_seconds + self.page_seconds * pages, self.max_seconds) + self.scan_seconds * scans
        return Budget(cpu, PATIENCE * cpu + SLACK_SECONDS, self.max_memory)

    def doubled(self) -> Limits:
        """Twice the time and memory, for the second try: a document that was ended once may only have been unlucky."""
        return replace(
            self,
            max_seconds=2 * self.max_seconds,
            base_seconds=2 * self.base_seconds,
            page_seconds=2 * self.page_seconds,
            scan_seconds=2 * self.scan_seconds,
            max_memory=2 * self.max_memory,
        )


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Budget:
    """Seconds of the processor, seconds of the clock, and bytes of memory for one step."""

    cpu: float
    wall: float
    memory: int


def settle() -> None:
    """Limits that hold for the whole life of a reader process: it writes no large files, leaves no core, and opens few files.

    Where there is no `resource` (Windows), or a system does not keep a limit, the clock of the parent is what remains.
    """
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, WRITTEN), (resource.RLIMIT_NOFILE, OPEN_FILES)):
        _lower(what, most)


def allow_seconds(until: float) -> None:
    """Lets this process go on until it has used `until` seconds of the processor. Of the soft limit only: the next document gets
    more."""
    with suppress(ImportError):
        import resource

        _lower(resource.RLIMIT_CPU, math.ceil(until))


def allow_memory(more: int) -> None:
    """Lets this process take `more` bytes than it has.

    Address space is counted from where the process stands: its libraries alone map more than a document needs, and how much that is
    differs from machine to machine.
    """
    with suppress(ImportError):
        import resource

        if mapped := address_space():
            _lower(resource.RLIMIT_AS, mapped + more)


def _lower(what: int, most: int) -> None:
    import resource

    _, hard = resource.getrlimit(what)
    with suppress(ValueError, OSError):  # a system that does not know this limit
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def used_seconds() -> float:
    """Seconds of the processor that this process has used, its threads with it."""
    return time.process_time()


def address_space() -> int:
    """Bytes that this process has mapped; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123  a hundred times a second is not seldom
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def forget_peak() -> None:
    """Begins to count the peak of the memory anew, where the system can."""
    with suppress(OSError), open("/proc/self/clear_refs", "wb", buffering=0) as file:  # noqa: PTH123
        file.write(b"5")


def peak_memory() -> int:
    """The most bytes that this process held at once since `forget_peak`; since its start where the system counts nothing else."""
    with suppress(OSError, ValueError, IndexError), open("/proc/self/status", "rb") as file:  # noqa: PTH123
        return int(file.read().split(b"VmHWM:")[1].split()[0]) * 1024
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if os.uname().sysname == "Darwin" else peak * 1024
