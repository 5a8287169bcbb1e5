"""Many machines: the same steps, handed to a cluster of Dask through its `concurrent.futures` executor.

A worker of the cluster does what a thread does here: it has each step done by a child of its own that is held to its limits, and
waits beside it. Workers need this package and the sources, at the same paths; only the machine that runs the command writes. A
worker with other code or rules would give other results for some of the documents and nobody could tell which: so every worker says
what it has before it is given anything, and one that comes later says it too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from ..errors import UsageError
from .limits import Limits
from .local import Answer, Attendants, Preparation

Facts = Mapping[str, str]
"""What must be the same everywhere, by what it is called: versions and digests."""

CONNECT_SECONDS = 20
RETRIES = 3
"""Times that a step is given to another worker when its worker is lost."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that may be worked with. `workers` is how many steps it does at a time; `lost` is raised for a step that no worker
    survives."""

    executor: Executor
    workers: int
    attend: Callable[[Preparation, Any, Limits], Answer]
    lost: tuple[type[BaseException], ...]


@contextmanager
def connect(address: str, facts: Callable[[], Facts]) -> Iterator[Cluster]:
    """The cluster whose scheduler listens at `address` (tcp://…). `facts` is called here and on every worker.

    Raises UsageError where Dask is not installed, nobody answers, there are no workers, or one of them has other facts.
    """
    try:
        from distributed import Client, KilledWorker
    except ImportError as error:
        raise UsageError("--cluster needs Dask", advice="Install it with: pip install 'ita-extract[cluster]'.") from error
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:  # TimeoutError is an OSError
        advice = "Start one with `dask scheduler`, and give the address that it prints: tcp://host:8786."
        raise UsageError(f"no scheduler answers at {address}", advice=advice) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError as error:
            raise UsageError(
                f"the scheduler at {address} has no workers", advice=f"Start one with: dask worker {address}"
            ) from error
        threads = client.nthreads()
        here = dict(facts())
        try:
            told = client.run(facts)
        except Exception as error:  # whatever a worker raises that cannot even import what it is asked
            advice = "Install the same version of ita-extract in the environment of every worker."
            raise UsageError(f"a worker of {address} cannot run ita-extract: {error}", advice=advice) from error
        for worker, there in sorted(told.items()):
            refuse_other(worker, here, there)
        executor = client.get_executor(pure=False, retries=RETRIES)
        yield Cluster(executor, sum(threads.values()), partial(attend_here, facts, tuple(sorted(here.items()))), (KilledWorker,))


def refuse_other(worker: str, here: Facts, there: Facts) -> None:
    """Raises UsageError where a worker has something else than this machine.

    >>> refuse_other("tcp://10.0.0.7:4711", {"Python": "3.12", "rules": "ab12"}, {"Python": "3.11", "rules": "ab12"})
    Traceback (most recent call last):
    ...
    ita_extract.errors.UsageError: the worker tcp://10.0.0.7:4711 differs: Python is 3.11 there and 3.12 here
      Install the same versions on every worker and start them again.
    """
    other = [
        f"{name} is {there.get(name, 'missing')} there and {value} here" for name, value in here.items() if there.get(name) != value
    ]
    if other:
        advice = "Install the same versions on every worker and start them again."
        raise UsageError(f"the worker {worker} differs: {'; '.join(other)}", advice=advice)


def attend_here(
    facts: Callable[[], Facts], expected: tuple[tuple[str, str], ...], preparation: Preparation, step: Any, limits: Limits
) -> Answer:
    """Has a step done by a child of this worker. Raises UsageError on one that came late and has other code or rules."""
    refuse_other("that has joined", dict(expected), _facts_once(facts))
    return _attendants(preparation).attend(step, limits)


@cache
def _facts_once(facts: Callable[[], Facts]) -> Facts:
    return facts()


@cache
def _attendants(preparation: Preparation) -> Attendants:
    """One nursery for each worker process; it ends with the worker, whatever ends that."""
    return Attendants(preparation)
