"""What this machine gives several processes at once: `python -m bench.machine WORKERS` prints JSON, seconds for the same sums.

Two virtual processors are often two threads of one, or share a memory that is slow: no program can be faster on two of them than
this one is, which reads nothing, writes nothing and waits for nobody. So a gain by workers is told beside it, from the same run.
"""

from __future__ import annotations

import argparse
import json
import time
from multiprocessing import get_context

PIECES = 16
"""As many as a national announcement has ranges of pages."""
STEPS = 400_000


def piece(steps: int) -> int:
    """Some sums with small numbers and a small table, as reading pages is mostly made of."""
    table: dict[int, int] = {}
    total = 0
    for step in range(steps):
        total += step & 7
        table[step & 1023] = total
    return total


def seconds(workers: int) -> float:
    """Seconds of the clock for all pieces, once the processes stand."""
    with get_context("fork").Pool(workers) as pool:
        pool.map(piece, [1] * workers * 4, chunksize=1)
        started = time.perf_counter()
        pool.map(piece, [STEPS] * PIECES, chunksize=1)
        return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workers", type=int)
    given = parser.parse_args()
    print(json.dumps({"seconds": seconds(given.workers), "workers": given.workers}))


if __name__ == "__main__":
    main()
