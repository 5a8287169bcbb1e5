"""Readers in processes of their own: what one does to itself happens to nothing else."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from ita_extract.errors import LockedError
from ita_extract.run.child import Usage
from ita_extract.run.limits import MIB, WRITTEN, Limits
from ita_extract.run.local import Attendants, Pool, Preparation

# The processes of the pool import the work by its name, and in them another package may be called `tests`.
sys.path.append(str(Path(__file__).parent))
work = import_module("pool_work")

Task = tuple[str, Any]
READER = Preparation(work.do)
QUICK = Limits(base_seconds=0.4, page_seconds=0.1, max_memory=128 * MIB)


def run(tasks: list[Task], workers: int = 2, limits: Limits | None = None) -> tuple[dict[Task, Task], Pool[Task, Task]]:
    results: dict[Task, Task] = {}

    def keep(task: Task, result: Task, _: Usage) -> tuple[Task, ...]:
        assert task not in results, "told twice"
        results[task] = result
        return ()

    pool: Pool[Task, Task] = Pool(READER, work.died, workers, limits)
    pool.run(tasks, keep)
    return results, pool


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def gone(pid: int, seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not is_running(pid)


def test_every_task_has_its_result_and_pages_are_counted() -> None:
    tasks = [("square", n) for n in range(20)]
    results, pool = run(tasks)
    assert results == {("square", n): ("done", n * n) for n in range(20)}
    assert pool.pages == 20


def test_nothing_to_do() -> None:
    assert run([])[0] == {}


@pytest.mark.parametrize("workers", [1, 3])
def test_tasks_that_kill_their_processes_are_the_only_ones_lost(workers: int) -> None:
    ends: dict[Task, Task] = {
        ("exit", 9): ("CRASH", "the reader ended with code 9"),
        ("abort", 0): ("CRASH", "the reader was ended by SIGABRT"),
        ("fault", 0): ("CRASH", "the reader was ended by SIGSEGV"),
    }
    good: list[Task] = [("square", n) for n in range(6)]
    tasks = [task for pair in zip(good, [*ends, ("wait", 5), ("wait", 6), ("wait", 7)], strict=True) for task in pair]
    results, _ = run(tasks, workers)
    assert {task: results[task] for task in ends} == ends
    assert {task: results[task] for task in good} == {task: ("done", task[1] ** 2) for task in good}
    assert len(results) == len(tasks)


@pytest.mark.parametrize(
    ("task", "code", "says"),
    [
        (("burn", 3600), "TIMEOUT", "seconds of the processor"),
        (("take memory", 4096), "MEMORY", "256 MiB of memory"),
        pytest.param(("fill memory", 0), "MEMORY", "256 MiB of memory", marks=pytest.mark.slow),
    ],
    ids=lambda given: given[0] if isinstance(given, tuple) else "",
)
def test_a_task_that_takes_more_than_it_may_is_ended_and_named(task: Task, code: str, says: str) -> None:
    if sys.platform != "linux" and code == "MEMORY":
        pytest.skip("this system does not keep the limit of memory")
    began = time.process_time()
    results, _ = run([("square", 2), task, ("square", 3)], 1, QUICK)
    assert results[task][0] == code
    assert says in results[task][1]
    assert (results["square", 2], results["square", 3]) == (("done", 4), ("done", 9))
    assert time.process_time() - began < 2, "the parent only waits"


def test_what_waits_without_working_is_ended_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    from ita_extract.run import limits

    monkeypatch.setattr(limits, "PATIENCE", 0.5)
    monkeypatch.setattr(limits, "SLACK_SECONDS", 0.1)
    began = time.monotonic()
    results, _ = run([("wait", 3_600_000), ("square", 3)], 1, QUICK)
    assert results["wait", 3_600_000] == ("TIMEOUT", "not done after 0.6 seconds of the clock")
    assert results["square", 3] == ("done", 9)
    assert time.monotonic() - began < 20


@pytest.mark.slow
def test_a_task_of_many_pages_has_more_time() -> None:
    """0.4 s and a tenth for each page are not enough for 3 s of work on one page, nor twice that; for 40 pages they are."""
    results, _ = run([("pages", (1, 3.0)), ("pages", (40, 2.5))], 2, QUICK)
    assert results["pages", (1, 3.0)][0] == "TIMEOUT"
    assert results["pages", (40, 2.5)] == ("pages", 40)


def test_limits_are_given_anew_to_every_task_of_a_reader() -> None:
    """Together they take more than one may."""
    tasks: list[Task] = [task for n in range(4) for task in (("burn", 0.35 + n / 1000), ("take memory", 100 + n))]
    results, _ = run(tasks, 1, QUICK)
    assert {kind for kind, _ in results.values()} == {"burn", "take memory"}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not count the peak of each task")
def test_a_task_knows_whether_it_is_short_of_memory() -> None:
    """What C libraries call a broken file may be an object for which they were not given the memory."""
    results, _ = run([("short of memory", mebibytes) for mebibytes in (90, 30, 91)], 1, QUICK)
    assert [results["short of memory", mebibytes][1][1] for mebibytes in (90, 30, 91)] == [True, False, True]


def test_a_second_try_has_twice_the_limits() -> None:
    results, _ = run([("take memory", 200), ("square", 2)], 1, QUICK)
    assert results["take memory", 200] == ("take memory", 200 << 20)


def test_a_task_that_was_killed_from_outside_is_not_blamed_for_it(tmp_path: Path) -> None:
    """The system kills the largest where memory runs out, an operator the wrong one."""
    (tmp_path / "often").mkdir()
    (tmp_path / "always").mkdir()
    often, always = ("killed until", (str(tmp_path / "often"), 3)), ("killed until", (str(tmp_path / "always"), 99))
    results, _ = run([often, always, ("square", 1)])
    assert results[often] == ("killed until", "lived")
    assert results[always][0] == "CRASH"
    assert "from outside" in results[always][1]
    assert len(list((tmp_path / "always").iterdir())) < 10


def test_pages_that_are_pictures_are_given_time_beside_the_most_that_a_document_gets() -> None:
    """A scan of 245 pages takes a quarter of an hour, and each page has a deadline of its own."""
    assert Limits().budget(245).cpu == Limits().max_seconds
    assert Limits().budget(245, 245).cpu == Limits().max_seconds + 245 * Limits().scan_seconds


def test_a_reader_writes_no_large_files(tmp_path: Path) -> None:
    path = tmp_path / "written"
    with pytest.raises(OSError, match="File too large"):
        run([("write", str(path))])
    assert path.stat().st_size <= WRITTEN


def test_what_a_task_raises_ends_the_run() -> None:
    """It is the run's own trouble: a document raises nothing."""
    with pytest.raises(LockedError, match="raised 3"):
        run([("square", 1), ("raise", 3)])


def test_a_reader_that_met_trouble_takes_no_other_task() -> None:
    results, _ = run([("pid", 1), ("pid", 2), ("retire", 3), ("pid", 4)], 1)
    one, two, three, four = (results[task][1] for task in (("pid", 1), ("pid", 2), ("retire", 3), ("pid", 4)))
    assert one == two == three != four


@pytest.mark.parametrize("what", ["start another", "start another and exit"])
def test_what_a_reader_has_started_ends_with_it(what: str, tmp_path: Path) -> None:
    run([(what, str(tmp_path))])
    started = [int(path.name) for path in tmp_path.iterdir()]
    assert started
    try:
        assert all(gone(pid) for pid in started)
    finally:
        for pid in started:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def test_no_reader_outlives_the_run() -> None:
    results, _ = run([("pid", n) for n in range(6)], 3)
    assert all(gone(pid) for _, pid in results.values())


def test_all_tasks_may_die() -> None:
    tasks: list[Task] = [("exit", n + 1) for n in range(3)]
    assert {kind for kind, _ in run(tasks)[0].values()} == {"CRASH"}


def test_a_task_that_ended_its_reader_once_is_tried_again(tmp_path: Path) -> None:
    """What memory ran out for beside others is read when it is tried again."""
    results: dict[str, str] = {}
    retried: list[str] = []
    pool: Pool[tuple[str, str], str] = Pool(
        Preparation(work.first_time_only), work.lost, 2, on_retry=lambda task, ended: retried.append(f"{task[0]} {ended.code}")
    )

    def keep(task: tuple[str, str], result: str, _: Usage) -> tuple[tuple[str, str], ...]:
        results[task[0]] = result
        return ()

    pool.run([("a", ""), ("once", str(tmp_path / "seen")), ("b", "")], keep)
    assert results == {"a": "a", "once": "once", "b": "b"}
    assert retried == ["once CRASH"]


def test_the_clock_ticks_while_work_is_under_way() -> None:
    ticks: list[int] = []
    Pool(READER, work.died, 1).run([("wait", 500)], lambda *_: (), lambda: ticks.append(1))
    assert len(ticks) >= 2


def test_readers_are_made_ready_before_their_first_task() -> None:
    results: list[str] = []

    def keep(_: str, result: str, __: Usage) -> tuple[str, ...]:
        results.append(result)
        return ()

    pool: Pool[str, str] = Pool(Preparation(work.is_ready, ("json",), work.get_ready, ("ready",)), work.lost, 2)
    pool.warm_up()
    pool.run(["a", "b", "c"], keep)
    assert sorted(results) == ["a ready", "b ready", "c ready"]


def test_tasks_that_follow_from_a_result_go_before_those_that_wait() -> None:
    """What was begun is ended first: else every large document of a run would lie about in parts."""
    done: list[Task] = []

    def keep(task: Task, _: Task, __: Usage) -> list[Task]:
        done.append(task)
        return [("square", 10), ("square", 11)] if task == ("square", 0) else []

    pool: Pool[Task, Task] = Pool(READER, work.died, 1)
    pool.run([("square", n) for n in range(8)], keep)
    assert sorted(done) == [("square", n) for n in (0, 1, 2, 3, 4, 5, 6, 7, 10, 11)]
    assert done.index(("square", 10)) < done.index(("square", 11)) < done.index(("square", 5))


def test_what_a_task_takes_is_told() -> None:
    usages: dict[Task, Usage] = {}

    def keep(task: Task, _: Task, usage: Usage) -> list[Task]:
        usages[task] = usage
        return []

    Pool(READER, work.died, 1).run([("take memory", 200), ("burn", 0.3), ("square", 1)], keep)
    assert usages["burn", 0.3].seconds >= 0.3 > usages["square", 1].seconds
    assert usages["take memory", 200].memory > 200 * MIB
    if sys.platform == "linux":
        assert usages["square", 1].memory < 200 * MIB, "the peak is counted for each task"
    assert usages["square", 1].pages == 1


def test_a_nursery_that_is_killed_is_replaced() -> None:
    """The task that was under way is done again, and nobody is blamed."""
    attendants = Attendants(READER)
    try:
        first = attendants.attend(("pid", 1), QUICK).result[1]
        assert attendants._nursery is not None
        nursery = attendants._nursery.pid
        timer = threading.Timer(0.3, os.kill, (nursery, signal.SIGKILL))
        timer.start()
        assert attendants.attend(("wait", 1500), Limits()).result == ("wait", None)
        timer.join()
        assert gone(nursery)
        assert gone(first)
    finally:
        attendants.close()


def test_a_nursery_that_nobody_asked_for_a_reader_is_not_waited_for() -> None:
    """It loads for seconds while its run may find that there is nothing to read."""
    attendants = Attendants(Preparation(work.do, (), time.sleep, (60,)))
    nursery = attendants.warm_up()
    began = time.monotonic()
    attendants.close()
    assert time.monotonic() - began < 8
    assert not nursery.is_alive()


def test_readers_that_cannot_be_started_end_the_run_and_do_not_hang_it() -> None:
    pool: Pool[str, str] = Pool(Preparation(work.is_ready, ("no_such_module",)), work.lost, 2)
    with pytest.raises(RuntimeError, match="cannot be started"):
        pool.run(["a"], lambda *_: ())
