"""Work for the pool: importable, since other processes run it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from ita_extract.errors import LockedError
from ita_extract.run.child import is_short_of_memory
from ita_extract.run.local import Ended, count_page, expect_pages, retire

Task = tuple[str, Any]


def do(task: Task) -> Task:
    """What the task says: "square" its number, or end this process in one of the ways in which processes end."""
    what, given = task
    count_page()
    if what in ACTS:
        return what, ACTS[what](given)
    return "done", given * given


def _burn(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def _fill_memory(_: int) -> None:
    """In ever smaller parts, until nothing is left even to say so."""
    taken, part = [], 1 << 22
    while True:
        try:
            taken.append(bytearray(part))
        except MemoryError:
            if part < 4096:
                raise
            part //= 2


def _start_another(folder: str) -> int:
    other = subprocess.Popen(["sleep", "3600"])
    Path(folder, str(other.pid)).mkdir()
    return other.pid


def _start_another_and_exit(folder: str) -> None:
    _start_another(folder)
    os._exit(9)


def _raise(number: int) -> None:
    raise LockedError(f"raised {number}")


def _pages(given: tuple[int, float]) -> int:
    pages, seconds = given
    expect_pages(pages)
    _burn(seconds)
    return pages


def _retire(_: int) -> int:
    retire()
    return os.getpid()


def _killed_until(given: tuple[str, int]) -> str:
    """Kills itself from outside, as it were, until that has happened so often."""
    folder, times = given
    count = len(list(Path(folder).iterdir()))
    if count < times:
        Path(folder, str(count)).mkdir()
        os.kill(os.getpid(), signal.SIGKILL)
    return "lived"


ACTS = {
    "exit": os._exit,
    "abort": lambda _: os.abort(),
    "fault": lambda _: os.kill(os.getpid(), signal.SIGSEGV),
    "kill": lambda _: os.kill(os.getpid(), signal.SIGKILL),
    "wait": lambda milliseconds: time.sleep(milliseconds / 1000),
    "burn": _burn,
    "take memory": lambda mebibytes: len(bytearray(mebibytes << 20)),
    "short of memory": lambda mebibytes: (len(bytearray(mebibytes << 20)), is_short_of_memory()),
    "fill memory": _fill_memory,
    "write": lambda path: Path(path).write_bytes(bytes(8 << 20)),
    "raise": _raise,
    "pages": _pages,
    "retire": _retire,
    "pid": lambda _: os.getpid(),
    "start another": _start_another,
    "start another and exit": _start_another_and_exit,
    "killed until": _killed_until,
}


def died(task: Task, ended: Ended) -> Task:
    return ended.code, ended.detail


ready = ""


def get_ready(word: str) -> None:
    global ready  # noqa: PLW0603
    ready = word


def is_ready(task: str) -> str:
    return f"{task} {ready}"


def first_time_only(task: tuple[str, str]) -> str:
    """Ends its process when it is first called for a folder, and not when it is tried again."""
    what, path = task
    if what == "once" and not Path(path).exists():
        Path(path).mkdir()
        os._exit(3)
    return what


def lost(task: Any, ended: Ended) -> str:
    return f"lost {task[0]}"
