"""How a run that is asked to end does so: as by an exception, so that what it holds is given back, and not in the middle of a
request whose outcome it must know."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ASKED = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends the block as SystemExit: no kernel takes back a lock that lies elsewhere. Only in the main thread, where signals
    come."""
    if not _is_main() or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return

    def end(number: int, _: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)  # whoever sends it again does not want to wait
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ctrl-C and SIGTERM end what they end when the block is left: for one request, which would go on while nobody waits for it.

    A lock that was on its way when its run was told to end came to be after the run had gone, and stayed.
    """
    if not _is_main():
        yield
        return
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in _ASKED if callable(signal.getsignal(number))}
    try:
        for number in before:
            signal.signal(number, lambda number, _: came.append(number))
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for again in came:
            signal.raise_signal(again)


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()
