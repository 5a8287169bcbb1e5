"""The same run on a cluster: of two workers on this machine, one of which is killed while it reads."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from ita_extract.errors import UsageError
from ita_extract.job import run_documents
from ita_extract.run import cluster
from ita_extract.run.journal import Event

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "samples").glob("announcement_*.pdf"))

pytestmark = pytest.mark.skipif(not find_spec("distributed"), reason="Dask is not installed: the extra [cluster]")


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]]
    process = subprocess.Popen(
        program, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    import json

    place = tmp_path / "scheduler.json"
    with started("dask_scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(place)):
        for _ in range(300):
            if place.exists() and place.stat().st_size:
                yield json.loads(place.read_text())["address"]
                return
            time.sleep(0.1)
        pytest.fail("no scheduler was started")


def children_of(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_publishes_the_same_release(scheduler: str, tmp_path: Path) -> None:
    here = run_documents(SAMPLES, tmp_path / "here", workers=2)
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0", "--local-directory", str(tmp_path))
    events: list[Event] = []
    with started("dask_worker", scheduler, *options) as first, started("dask_worker", scheduler, *options):
        lost: list[int] = []

        def watch(event: Event) -> None:
            events.append(event)
            if event["event"] == "document" and not lost:
                lost.extend(children_of(first.pid))
                os.kill(first.pid, signal.SIGKILL)

        there = run_documents(SAMPLES, tmp_path / "there", cluster=scheduler, on_event=watch)
    assert there.release == here.release
    assert lost, "the worker had a nursery"
    assert [outcome.status for outcome in there.outcomes] == ["parsed"] * len(SAMPLES)
    assert not any(Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2] for pid in lost)


def test_an_address_at_which_nobody_listens_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    with pytest.raises(UsageError, match="no scheduler answers") as caught:
        run_documents(SAMPLES[:1], tmp_path / "data", cluster="tcp://127.0.0.1:9")
    assert "dask scheduler" in caught.value.advice
    assert not (tmp_path / "data").exists()


def test_a_worker_with_other_rules_is_refused() -> None:
    with pytest.raises(UsageError, match="its rules is 12 there and 34 here"):
        cluster.refuse_other("tcp://w:1", {"Python": "3.12.1", "its rules": "34"}, {"Python": "3.12.1", "its rules": "12"})
    cluster.refuse_other("tcp://w:1", {"Python": "3.12.1"}, {"Python": "3.12.1"})
