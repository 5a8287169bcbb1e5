"""Work for the pool: importable, since other processes run it."""

from __future__ import annotations

import os
import signal
import time

from ita_extract.run.local import count_page


def do(task: tuple[str, int]) -> tuple[str, int]:
    """What the task says: "square" its number, or end this process in one of the ways in which processes end."""
    what, number = task
    count_page()
    if what == "exit":
        os._exit(number)
    if what == "abort":
        os.abort()
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "wait":
        time.sleep(number / 1000)
    return ("done", number * number)


ready = False


def get_ready() -> None:
    global ready  # noqa: PLW0603
    ready = True


def is_ready(task: str) -> str:
    return f"{task} ready" if ready else task


def never(task: str) -> str:
    return f"{task} died"


def died(task: tuple[str, int]) -> tuple[str, int]:
    return ("died", task[1])


def first_time_only(task: tuple[str, str]) -> str:
    """Ends its process when it is first called for a file, and not when it is tried again."""
    what, path = task
    if what == "once" and not os.path.exists(path):  # noqa: PTH110
        os.close(os.open(path, os.O_CREAT))
        os._exit(3)
    return what


def lost(task: tuple[str, str]) -> str:
    return f"lost {task[0]}"
