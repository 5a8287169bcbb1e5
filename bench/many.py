"""Ten thousand small documents: documents a second, and what the parent's memory grows by. `python -m bench.many [COUNT]
[WORKERS]`.

Each is an announcement of one province as text, with other agencies and scores than all others, made here from a seed.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from ita_extract.job import Progress, run_documents
from ita_extract.rulebook.load import load_rulebook

ROWS = 3
EVERY = 1_000


def write_documents(folder: Path, count: int, seed: int = 8) -> None:
    """`count` text files, in folders of a thousand."""
    seeded = random.Random(seed)  # noqa: S311  nothing secret
    registry = load_rulebook().registry
    provinces = {province.code: province.name for province in registry.provinces}
    places = [(one.name, provinces[one.province_code]) for one in registry.subdistricts]
    for number in range(count):
        chosen = seeded.sample(places, ROWS)
        lines = [
            "ประกาศสำนักงาน ป.ป.ช.",
            "เรื่อง ผลการประเมินคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ ประจำปีงบประมาณ พ.ศ. 2566",
            "ประเภทหน่วยงาน องค์การบริหารส่วนตำบล",
            "\t".join(("ที่", "หน่วยงาน", "จังหวัด", "คะแนน")),
        ]
        for row, (name, province) in enumerate(chosen, 1):
            lines.append(f"{row}\tองค์การบริหารส่วนตำบล{name}\t{province}\t{seeded.uniform(50, 99):.2f}")
        path = folder / f"{number // EVERY:03}" / f"{number:06}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines), encoding="utf-8")


def resident() -> int:
    """Bytes that this process holds now."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(count: int = 10_000, workers: int = 2) -> None:
    with tempfile.TemporaryDirectory() as place:
        sources = Path(place, "sources")
        sources.mkdir()
        write_documents(sources, count)
        marks: list[tuple[int, float, int]] = []
        part = max(100, count // 10)

        def watch(progress: Progress) -> None:
            if progress.done >= len(marks) * part:
                marks.append((progress.done, time.monotonic() - progress.started, resident()))

        began = time.monotonic()
        summary = run_documents([sources], Path(place, "data"), workers=workers, on_progress=watch)
        seconds = time.monotonic() - began
        read = [outcome for outcome in summary.outcomes if outcome.status == "parsed"]
        print(f"{count:,} documents, {len(read):,} parsed, {summary.rows['agency_scores']:,} scores, {workers} workers")
        for (done, at, memory), (before, since, held) in zip(marks[1:], marks, strict=False):
            rate = (done - before) / max(at - since, 1e-9)
            grown = (memory - held) / 1e6 / (done - before) * 1_000
            print(f"to {done:>7,}: {rate:6.1f} documents/s, parent {memory / 1e6:6.1f} MB ({grown:+.1f} MB a thousand)")
        cost = sum(outcome.seconds for outcome in summary.outcomes) / count
        print(f"read in {marks[-1][1]:.0f} s, published in {seconds - marks[-1][1]:.0f} s; {cost * 1000:.1f} ms of a reader each")
        print(f"peak of the parent with publishing {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB")
        again = time.monotonic()
        run_documents([sources], Path(place, "data"), workers=workers)
        print(f"once more, with nothing to read: {time.monotonic() - again:.0f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
