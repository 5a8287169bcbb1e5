"""Many documents: steps handed to an executor, each done by a reader process that is held to its limits.

The parent never parses a document. Whoever is to do a step (a thread here, a worker of a cluster there) hands it to a child of its
own, waits beside it with the clock, and tells what came of it: a result, or how the child was ended. So an executor is all that is
asked for: `concurrent.futures.ThreadPoolExecutor` here, since threads only wait, and what a cluster offers there.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any, Generic, Literal, TypeVar

from .child import FILLED, NOTHING, OUT_OF_MEMORY, Done, Usage, count_page, expect_pages, retire
from .limits import MIB, Limits
from .nursery import End, Nursery, how_it_ended

__all__ = ["Answer", "Attendants", "Ended", "Pool", "Preparation", "count_page", "expect_pages", "retire"]

Task = TypeVar("Task")
Result = TypeVar("Result")

POLL_SECONDS = 0.2
AHEAD = 2
"""Steps that wait at an executor for each that is under way, so that no reader waits for the parent."""
LAST_WORD_SECONDS = 5.0
"""How long the nursery may take to say how a child ended whose connection broke."""
KILLS = 4
"""Times that a reader may be killed from outside over one task before the task is given up: it is seldom the document's fault."""
STARTS = 5
"""Times in a row that a reader may be missing before it began, through no fault of a document, before the run gives up."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """What makes a reader: the function that does a step, and what is done once before the first. All must be importable."""

    work: Callable[[Any], Any]
    preload: tuple[str, ...] = ()
    prepare: Callable[..., None] | None = None
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a reader was ended before its step was done. `code` is a code of documents; `outside`: somebody else killed it."""

    code: Literal["TIMEOUT", "MEMORY", "CRASH"]
    detail: str
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a step: its result, or how its reader ended, or what it raised; and what that took."""

    result: Any = None
    ended: Ended | None = None
    raised: BaseException | None = None
    usage: Usage = NOTHING


class Attendants:
    """Does steps in children, one for each thread that asks. One object for each process that hands out steps."""

    def __init__(self, preparation: Preparation) -> None:
        self._preparation = preparation
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._nursery: Nursery | None = None
        self._closed = False
        self.pages = 0
        """How many pages all readers have read so far."""

    def warm_up(self) -> Nursery:
        """Begins to load what readers need, while the caller does something else."""
        with self._lock:
            if self._nursery is None or not (self._closed or self._nursery.is_alive()):
                preparation = self._preparation
                self._nursery = Nursery(preparation.work, preparation.preload, preparation.prepare, preparation.arguments)
            return self._nursery

    def close(self) -> None:
        """Ends all readers; whoever waits for one is told that it crashed."""
        with self._lock:
            self._closed = True
            if self._nursery is not None:
                self._nursery.close()

    def attend(self, step: Any, limits: Limits) -> Answer:
        """Has a step done by this thread's reader, a new one if need be."""
        reader: _Reader | None = None
        for attempt in range(STARTS):
            reader = getattr(self._mine, "reader", None) or self._new_reader()
            self._mine.reader = None
            began = time.monotonic()
            if reader is not None and (answer := reader.do(step, limits, self._count)) is not None:
                if reader.lives:
                    self._mine.reader = reader
                return replace(answer, usage=replace(answer.usage, wall=time.monotonic() - began))
            if self._closed:
                break
            time.sleep(0.1 * attempt)
        raise RuntimeError("reader processes cannot be started, or are ended by something outside")

    def _new_reader(self) -> _Reader | None:
        try:
            return _Reader(self.warm_up())
        except (OSError, EOFError):
            return None

    def _count(self, pages: int) -> None:
        with self._lock:
            self.pages += pages


class _Reader:
    """One child, from the outside. Raises OSError or EOFError where it could not be born."""

    _told = -1

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        link, self._told = nursery.bear()
        self._connection = Connection(link.detach())
        try:
            _, (self._pid, self._seconds, self._memory) = self._connection.recv()
        except (OSError, EOFError):
            self._hang_up()
            raise
        self.lives = True

    def __del__(self) -> None:
        self._hang_up()

    def do(self, step: Any, limits: Limits, count: Callable[[int], None]) -> Answer | None:
        """The answer to a step. None where the reader was gone through no fault of the step, which may be given to another."""
        began = time.monotonic()
        budget = limits.budget(1)
        pages = 0
        try:
            self._connection.send((step, limits))
        except OSError:
            self._end()
            return None
        while True:
            try:
                if not self._connection.poll(max(0.0, began + budget.wall - time.monotonic())):
                    self._nursery.kill(self._pid)
                    ended = Ended("TIMEOUT", f"not done after {budget.wall:g} seconds of the clock")
                    return Answer(ended=ended, usage=self._used(self._end(), pages))
                kind, told = self._connection.recv()
            except (OSError, EOFError):
                end = self._end()
                return Answer(ended=self._why(end, budget.cpu, limits), usage=self._used(end, pages)) if end else None
            if kind == "pages":
                pages += told
                count(told)
            elif kind == "expect":
                budget = limits.budget(*told)
            else:
                return self._answer(told, limits)

    def _used(self, end: End | None, pages: int) -> Usage:
        """What the step took that the child was doing when it ended."""
        return Usage(max(0.0, end.seconds - self._seconds), end.memory, pages) if end else Usage(pages=pages)

    def _why(self, end: End, seconds: float, limits: Limits) -> Ended:
        if end.code == -signal.SIGXCPU:
            return Ended("TIMEOUT", f"not done after {seconds:g} seconds of the processor")
        if end.code == -signal.SIGKILL:
            return Ended("CRASH", "the reader was killed from outside, as the system does where memory runs out", outside=True)
        if end.code == OUT_OF_MEMORY or end.memory - self._memory > FILLED * limits.max_memory:
            return _no_memory(limits)
        if end.code < 0:
            with suppress(ValueError):
                return Ended("CRASH", f"the reader was ended by {signal.Signals(-end.code).name}")
            return Ended("CRASH", f"the reader was ended by signal {-end.code}")
        return Ended("CRASH", f"the reader ended with code {end.code}")

    def _answer(self, done: Done, limits: Limits) -> Answer:
        self._seconds += done.usage.seconds
        if done.last:
            self._end()
        if done.out_of_memory:
            return Answer(ended=_no_memory(limits), usage=done.usage)
        return Answer(done.result, raised=done.raised, usage=done.usage)

    def _end(self) -> End | None:
        """Waits for the child's end, which has come or is under way."""
        self.lives = False
        end = how_it_ended(self._told, LAST_WORD_SECONDS) if self._told >= 0 else None
        self._hang_up()
        return end

    def _hang_up(self) -> None:
        if hasattr(self, "_connection"):
            self._connection.close()
        if self._told >= 0:
            with suppress(OSError):
                os.close(self._told)
            self._told = -1


def _no_memory(limits: Limits) -> Ended:
    return Ended("MEMORY", f"reading it needs more than {limits.max_memory // MIB:,} MiB of memory")


@dataclass(frozen=True, slots=True)
class _Try(Generic[Task]):
    task: Task
    limits: Limits
    last: bool = False
    kills: int = 0
    used: Usage = NOTHING
    """By the tries before."""

    def again(self, ended: Ended, used: Usage) -> _Try[Task] | None:
        """The next try of a task whose reader was ended; None where it has had its chances."""
        if ended.outside and self.kills < KILLS:
            return replace(self, kills=self.kills + 1, used=self.used + used)
        return None if self.last else replace(self, limits=self.limits.doubled(), last=True, used=self.used + used)


class Pool(Generic[Task, Result]):
    """Has `preparation.work` done on every task, at most `workers` at a time.

    A task whose reader is ended is tried once more, last of all and with twice the limits; `died` makes the result of one that was
    ended again. `executor` does the waiting: threads of this process where it is None, else it is asked to call `attend`, and
    raises one of `lost` where whoever waited is gone.
    """

    def __init__(
        self,
        preparation: Preparation,
        died: Callable[[Task, Ended], Result],
        workers: int,
        limits: Limits | None = None,
        executor: Executor | None = None,
        attend: Callable[[Preparation, Any, Limits], Answer] | None = None,
        lost: tuple[type[BaseException], ...] = (),
        on_retry: Callable[[Task, Ended], None] = lambda *_: None,
    ) -> None:
        self._preparation, self._died, self._workers, self._on_retry = preparation, died, workers, on_retry
        self._limits = limits or Limits()
        self._attendants = Attendants(preparation)
        self._executor, self._attend, self._lost = executor, attend, lost
        self._far_pages = 0

    @property
    def pages(self) -> int:
        """How many pages all readers have read so far."""
        return self._attendants.pages + self._far_pages

    def warm_up(self) -> None:
        """Begins to load what readers need, while the caller does something else: the first reader then starts at once."""
        if self._executor is None:
            self._attendants.warm_up()

    def close(self) -> None:
        """Ends what `warm_up` began. `run` does it by itself."""
        self._attendants.close()

    def run(
        self,
        tasks: Iterable[Task],
        on_result: Callable[[Task, Result, Usage], Iterable[Task]],
        on_tick: Callable[[], None] = lambda: None,
    ) -> None:
        """Calls `on_result` for each task as it ends, with what it took, and `on_tick` a few times a second; then ends all readers.

        `on_result` gives the tasks that follow from a result. They go before those that wait: what was begun is ended first.
        Raises what a task raised.
        """
        executor = self._executor or ThreadPoolExecutor(self._workers, "reader")
        running: dict[Future[Answer], _Try[Task]] = {}
        try:
            self._run(executor, iter(tasks), running, on_result, on_tick)
        finally:
            for future in running:
                future.cancel()
            self._attendants.close()
            if executor is not self._executor:
                executor.shutdown(cancel_futures=True)

    def _run(
        self,
        executor: Executor,
        tasks: Iterator[Task],
        running: dict[Future[Answer], _Try[Task]],
        on_result: Callable[[Task, Result, Usage], Iterable[Task]],
        on_tick: Callable[[], None],
    ) -> None:
        begun: deque[_Try[Task]] = deque()
        again: deque[_Try[Task]] = deque()

        def following() -> Iterator[_Try[Task]]:
            """What to do next: what was begun, then what has not been tried, then what is tried again."""
            if begun:
                yield begun.popleft()
            else:
                yield from (_Try(task, self._limits) for task in islice(tasks, 1))
                yield from (again.popleft() for _ in again)

        while True:
            while len(running) < self._workers * AHEAD and (one := next(following(), None)) is not None:
                running[self._submit(executor, one)] = one
            if not running:
                return
            done, _ = wait(running, POLL_SECONDS, FIRST_COMPLETED)
            on_tick()
            for future in [one for one in running if one in done]:  # several that ended together, in the order they were begun
                one, answer = running.pop(future), self._answer(future)
                if self._executor is not None:
                    self._far_pages += answer.usage.pages
                if answer.raised is not None:
                    raise answer.raised
                if answer.ended is not None and (second := one.again(answer.ended, answer.usage)) is not None:
                    self._on_retry(one.task, answer.ended)
                    again.append(second)
                    continue
                result = answer.result if answer.ended is None else self._died(one.task, answer.ended)
                follow = on_result(one.task, result, one.used + answer.usage)
                begun.extendleft(reversed([_Try(task, self._limits) for task in follow]))

    def _answer(self, future: Future[Answer]) -> Answer:
        try:
            return future.result()
        except self._lost as error:
            return Answer(ended=Ended("CRASH", f"every worker that read it was lost: {error}", outside=True))

    def _submit(self, executor: Executor, one: _Try[Task]) -> Future[Answer]:
        if self._attend is not None:
            return executor.submit(self._attend, self._preparation, one.task, one.limits)
        return executor.submit(self._attendants.attend, one.task, one.limits)
