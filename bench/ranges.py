"""The pages of one document read by several processes: `python -m bench.ranges FILE WORKERS` prints JSON, seconds and pages.

As `run` does it in its first round: ranges of pages are handed to readers, who send them back packed. The clock starts when the
first reader stands ready, since starting Python is the same for one and for many.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from ita_extract.job import PRELOAD
from ita_extract.reader import Task, prepare
from ita_extract.run.child import Usage
from ita_extract.run.local import Pool, Preparation
from ita_extract.run.sources import find_sources, identify
from ita_extract.spread import PAGES, Ranged, ReadRange, Result, Step, do, lost

from .reading import pages_of


def seconds(path: Path, workers: int) -> float:
    """Seconds of the clock from a ready reader to the last range. RuntimeError where a range came to nothing."""
    [file] = find_sources([str(path)])
    identity = identify(file, path.stat().st_size)
    task = Task(file, identity.sha256 or "", identity.size, "auto", None, whole=False)
    last = pages_of(path, 1_000_000)[-1]
    spans = [range(start, min(start + PAGES, last + 1)) for start in range(1, last + 1, PAGES)]
    started = 0.0

    def result(step: Step, found: Result, _: Usage) -> list[Step]:
        nonlocal started
        if not isinstance(found, Ranged):
            raise RuntimeError(f"{path.name}: a range of its pages could not be read")
        if started:
            return []
        started = time.perf_counter()
        return [ReadRange(task, no, span) for no, span in enumerate(spans, 1)]

    pool: Pool[Step, Result] = Pool(Preparation(do, PRELOAD, prepare, (None,)), lost, workers)
    pool.run([ReadRange(task, 0, range(1, 2))], result)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("workers", type=int)
    given = parser.parse_args()
    print(json.dumps({"seconds": seconds(given.file, given.workers), "workers": given.workers}))


if __name__ == "__main__":
    main()
