"""Runs a command as a process tree of its own and tells what it took: seconds on the clock, seconds of CPU, and memory at the most.

Memory is that of the largest process of the tree, as the kernel counts it (VmHWM): each reader has a process to itself, so no
reader's peak hides behind another's.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).resolve().parent.parent
NOTHING: Mapping[str, str] = MappingProxyType({})
LOOK = 0.02
"""Seconds between two looks at the processes of a tree: what they use after the last look is not seen."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a command took. `peak` in MB, of the largest of its processes; `output` is what it printed."""

    seconds: float
    cpu: float
    peak: float
    output: str


@dataclass(slots=True)
class _Seen:
    """The last that was seen of each process of a tree. Readers have sessions of their own, so a child is known by its parent."""

    root: int
    cpu: dict[int, float] = field(default_factory=dict)
    peak: dict[int, float] = field(default_factory=dict)

    def look(self) -> None:
        entries = sorted((entry for entry in Path("/proc").iterdir() if entry.name.isdigit()), key=lambda entry: int(entry.name))
        for entry in entries:  # parents mostly have the smaller numbers; where not, the next look finds the child
            try:
                self._look_at(entry)
            except (OSError, IndexError, ValueError):
                continue  # it ended while it was looked at

    def _look_at(self, entry: Path) -> None:
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
        if int(entry.name) != self.root and int(fields[1]) not in self.cpu:
            return
        self.cpu[int(entry.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        for line in (entry / "status").read_text().splitlines():
            if line.startswith("VmHWM"):
                self.peak[int(entry.name)] = int(line.split()[1]) / 1024


def take(command: Sequence[str], given: Mapping[str, str] = NOTHING) -> Taken:
    """Runs `command` to its end, with `given` added to the environment. RuntimeError with its words where it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603  a command of the bench's own
        command,
        cwd=ROOT,
        env=_environment(given),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    seen = _Seen(process.pid)
    while process.poll() is None:
        seen.look()
        time.sleep(LOOK)
    seconds = time.perf_counter() - started
    output, errors = process.communicate()
    if process.returncode not in (0, 3):  # 3: published, with rejects
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{errors[-2000:]}")
    return Taken(seconds, sum(seen.cpu.values()), max(seen.peak.values(), default=0.0), output)


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    """Byte code is written and kept, as it is where a package was installed: compiling it anew is no reader's work."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | dict(given)


def in_turn(doers: Mapping[str, Callable[[], Taken]], rounds: int) -> dict[str, list[Taken]]:
    """What each took in each round, in the order A B C A B C …: a machine whose speed drifts favours none. The first round, in
    which files come into memory and byte code is written, is not counted."""
    taken: dict[str, list[Taken]] = {name: [] for name in doers}
    for turn in range(rounds + 1):
        for name, do in doers.items():
            print(f"round {turn} of {rounds}: {name}", file=sys.stderr, flush=True)
            one = do()
            if turn:
                taken[name].append(one)
    return taken


def median(values: Iterable[float]) -> float:
    return statistics.median(list(values))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table.

    >>> print(table(["reader", "pages/s"], [["a", "1.0"]]))
    | reader | pages/s |
    | --- | --- |
    | a | 1.0 |
    """
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])
