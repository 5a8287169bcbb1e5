"""A pool of processes: a document that kills its reader kills nothing else."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

from ita_extract.run.local import Pool

# The processes of the pool import the work by its name, and in them another package may be called `tests`.
sys.path.append(str(Path(__file__).parent))
work = import_module("pool_work")

Task = tuple[str, int]


def run(tasks: list[Task], workers: int = 2) -> tuple[dict[Task, Task], Pool[Task, Task]]:
    results: dict[Task, Task] = {}

    def keep(task: Task, result: Task) -> tuple[Task, ...]:
        assert task not in results, "told twice"
        results[task] = result
        return ()

    pool: Pool[Task, Task] = Pool(work.do, work.died, workers)
    pool.run(tasks, keep)
    return results, pool


def test_every_task_has_its_result_and_pages_are_counted() -> None:
    tasks = [("square", n) for n in range(20)]
    results, pool = run(tasks)
    assert results == {("square", n): ("done", n * n) for n in range(20)}
    assert pool.pages == 20


def test_nothing_to_do() -> None:
    assert run([])[0] == {}


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("end", ["exit", "abort", "kill"])
def test_a_task_that_kills_its_process_is_the_only_one_lost(end: str, workers: int) -> None:
    tasks: list[Task] = [("wait", 50), ("square", 1), (end, 9), ("square", 2), ("wait", 60), ("square", 3)]
    results, _ = run(tasks, workers)
    assert results.pop((end, 9)) == ("died", 9)
    assert results == {task: ("done", task[1] ** 2) for task in tasks if task[0] != end}


def test_the_pool_recovers_again_and_again() -> None:
    tasks: list[Task] = [task for n in range(4) for task in (("exit", n + 1), ("square", n))]
    results, _ = run(tasks)
    assert len(results) == 8
    assert {task for task, result in results.items() if result[0] == "died"} == {task for task in tasks if task[0] == "exit"}


def test_all_tasks_may_die() -> None:
    tasks: list[Task] = [("exit", n + 1) for n in range(3)]
    assert set(run(tasks)[0].values()) == {("died", n + 1) for n in range(3)}


def test_a_task_that_only_stood_beside_a_crash_is_tried_again(tmp_path: Path) -> None:
    """What ends its process once and then not, such as one that memory ran out for, is read when it is tried alone."""
    results: dict[str, str] = {}
    pool: Pool[tuple[str, str], str] = Pool(work.first_time_only, work.lost, 2)

    def keep(task: tuple[str, str], result: str) -> tuple[tuple[str, str], ...]:
        results[task[0]] = result
        return ()

    pool.run([("a", ""), ("once", str(tmp_path / "seen")), ("b", "")], keep)
    assert results == {"a": "a", "once": "once", "b": "b"}


def test_the_clock_ticks_while_work_is_under_way() -> None:
    ticks: list[int] = []
    Pool(work.do, work.died, 1).run([("wait", 500)], lambda *_: (), lambda: ticks.append(1))
    assert len(ticks) >= 2


def test_each_process_is_made_ready_before_its_first_task() -> None:
    results: list[str] = []

    def keep(_: str, result: str) -> tuple[str, ...]:
        results.append(result)
        return ()

    pool: Pool[str, str] = Pool(work.is_ready, work.never, 2, ready=work.get_ready)
    pool.run(["a", "b", "c"], keep)
    assert sorted(results) == ["a ready", "b ready", "c ready"]


def test_tasks_that_follow_from_a_result_go_before_those_that_wait() -> None:
    """What was begun is ended first: else every large document of a run would lie about in parts."""
    done: list[Task] = []

    def keep(task: Task, _: Task) -> list[Task]:
        done.append(task)
        return [("square", 10), ("square", 11)] if task == ("square", 0) else []

    pool: Pool[Task, Task] = Pool(work.do, work.died, 1)
    pool.run([("square", n) for n in range(5)], keep)
    assert sorted(done) == [("square", n) for n in (0, 1, 2, 3, 4, 10, 11)]
    assert done.index(("square", 10)) < done.index(("square", 11)) < done.index(("square", 4))


def test_what_follows_from_a_result_is_done_after_a_crash_too() -> None:
    done: list[Task] = []

    def keep(task: Task, _: Task) -> list[Task]:
        done.append(task)
        return [("exit", 7), ("square", 8)] if task == ("exit", 3) else []

    Pool(work.do, work.died, 2).run([("exit", 3), ("square", 1)], keep)
    assert sorted(done) == [("exit", 3), ("exit", 7), ("square", 1), ("square", 8)]
