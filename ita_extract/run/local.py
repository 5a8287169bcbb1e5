"""Many documents on one machine: a pool of processes, so that a document that kills its reader kills nothing else.

The parent never parses a document. A reader that dies takes the whole pool of `concurrent.futures` with it, and with it the
documents beside it; so those that were under way are tried again one by one, and only the one that kills its reader alone is lost.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.forkserver import ensure_running
from multiprocessing.sharedctypes import Synchronized
from typing import Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

POLL_SECONDS = 0.2

_pages: Synchronized[int] | None = None


def count_page(done: int = 1) -> None:
    """Called by a reader for every page it has read; the parent shows the sum."""
    if _pages is not None:
        with _pages.get_lock():
            _pages.value += done


def _start(pages: Synchronized[int], ready: Callable[[], None]) -> None:
    global _pages  # noqa: PLW0603  one counter a process, given to it when it starts
    _pages = pages
    ready()


def _nothing() -> None:
    """What is done in a process that needs nothing to be ready."""


class Pool(Generic[Task, Result]):
    """Runs `work` on every task in at most `workers` processes, begun as they are needed.

    `died` makes the result of a task whose process was killed by it; `ready` is done once in each process, before its first task.
    All three must be importable functions. `preload` names modules that all processes need.
    """

    def __init__(
        self,
        work: Callable[[Task], Result],
        died: Callable[[Task], Result],
        workers: int,
        preload: Iterable[str] = (),
        ready: Callable[[], None] = _nothing,
    ) -> None:
        self._work, self._died, self._workers, self._ready = work, died, workers, ready
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(list(preload))
        self._pages: Synchronized[int] = self._context.Value("q", 0)

    @property
    def pages(self) -> int:
        """How many pages all readers have read so far."""
        return self._pages.value

    def warm_up(self) -> None:
        """Begins to load what readers need, while the caller does something else: the first reader then starts at once."""
        ensure_running()

    def run(
        self,
        tasks: Iterable[Task],
        on_result: Callable[[Task, Result], Iterable[Task]],
        on_tick: Callable[[], None] = lambda: None,
    ) -> None:
        """Calls `on_result` for each task as it ends, and `on_tick` a few times a second.

        `on_result` gives the tasks that follow from a result. They go before those that wait: what was begun is ended first.
        """
        waiting = deque(tasks)
        suspects: deque[Task] = deque()

        def keep(task: Task, result: Result) -> None:
            waiting.extendleft(reversed(list(on_result(task, result))))

        while waiting or suspects:
            alone = bool(suspects)
            queue = suspects if alone else waiting
            suspects.extend(self._until_broken(queue, 1 if alone else self._workers, alone, keep, on_tick))

    def _until_broken(
        self,
        queue: deque[Task],
        workers: int,
        alone: bool,
        on_result: Callable[[Task, Result], None],
        on_tick: Callable[[], None],
    ) -> list[Task]:
        """Works off the queue; returns the tasks that were under way when the pool broke."""
        with ProcessPoolExecutor(workers, self._context, _start, (self._pages, self._ready)) as executor:
            running: dict[Future[Result], Task] = {}
            while queue or running:
                while queue and len(running) < workers + (0 if alone else 1):
                    try:
                        running[executor.submit(self._work, queue[0])] = queue[0]
                    except BrokenProcessPool:
                        break
                    queue.popleft()
                if not running:
                    return []  # broken before it took anything: a new pool takes the queue
                done, _ = wait(running, POLL_SECONDS, FIRST_COMPLETED)
                on_tick()
                for future in done:
                    if isinstance(future.exception(), BrokenProcessPool):
                        continue
                    on_result(running.pop(future), future.result())
                if any(isinstance(future.exception(), BrokenProcessPool) for future in done):
                    lost = list(running.values())
                    if alone and lost:
                        on_result(lost[0], self._died(lost[0]))
                        return lost[1:]
                    return lost
        return []
