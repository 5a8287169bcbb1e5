"""Two hundred killings at seeded moments, of the run or of a process below it. `python -m bench.kills [COUNT] [SEED] [SOURCES...]`.

After each, whatever release is there must verify; after every few the run is let through, and must end with the release of a run
that nobody disturbed. The first that does not is told, with its data folder, and the exit code is 1.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ita_extract.dataset import verify
from ita_extract.job import run_documents

ROOT = Path(__file__).resolve().parents[1]
LET_THROUGH = 8
"""After so many killings the run is let through."""
PROGRAM = "import sys; from ita_extract.job import run_documents; run_documents(sys.argv[2:], sys.argv[1], workers=2)"


def below(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    table = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout  # noqa: S607
    parents = {int(one): int(above) for one, above in (line.split() for line in table.splitlines())}
    return [one for one in parents if pid in (parents[one], parents.get(parents[one], 0))]


def disturb(out: Path, sources: Sequence[Path], after: float, seeded: random.Random) -> str | None:
    """Starts a run, waits, kills it or something of it, and waits for the end; says what was killed, None where it was over."""
    command = [sys.executable, "-c", PROGRAM, str(out), *map(str, sources)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)  # noqa: S603  our own program
    time.sleep(after)
    if process.poll() is not None:
        return None
    victims = [process.pid] if seeded.random() < 0.5 else below(process.pid)
    with suppress(ProcessLookupError, IndexError):
        os.kill(seeded.choice(victims), signal.SIGKILL)
    process.wait()
    return "the run" if victims == [process.pid] else "a process below it"


def main(count: int, seed: int, sources: Sequence[Path]) -> int:
    seeded = random.Random(seed)  # noqa: S311  to be done again alike
    with tempfile.TemporaryDirectory() as place:
        began = time.monotonic()
        want = run_documents(sources, Path(place, "whole"), workers=2).release
        usual = time.monotonic() - began
        out, killed, releases, resumed = Path(place, "killed"), Counter[str](), 0, 0
        turn = over = 0
        while turn < count:
            victim = disturb(out, sources, seeded.uniform(0.05, 1.2) * usual, seeded)
            if victim is None:  # it ended before it was to be killed: it has let itself through
                over += 1
                if (got := (out / "CURRENT").read_text(encoding="utf-8").strip()) != want:
                    print(f"after turn {turn}: published {got}, undisturbed {want}; {keep(out)}")
                    return 1
                shutil.rmtree(out)
                continue
            turn += 1
            killed[victim] += 1
            if (out / "CURRENT").exists():
                releases += 1
                if problems := verify(out):
                    print(f"turn {turn}: the release is damaged: {problems[0]}; {keep(out)}")
                    return 1
            if turn % LET_THROUGH == 0 or turn == count:
                got = run_documents(sources, out, workers=2).release
                resumed += 1
                print(f"{turn} of {count}", file=sys.stderr, flush=True)
                if got != want:
                    print(f"turn {turn}: resumed to {got}, undisturbed {want}; {keep(out)}")
                    return 1
                shutil.rmtree(out)
    print(f"{count} killings (seed {seed}): {', '.join(f'{number} of {what}' for what, number in killed.most_common())}.")
    print(f"{releases} times a release was there and verified.")
    print(f"{resumed + over} times the run came to its end and gave the same release.")
    return 0


def keep(out: Path) -> str:
    saved = tempfile.mkdtemp(prefix="kills-")
    shutil.copytree(out, saved, dirs_exist_ok=True, symlinks=True)
    return f"kept in {saved}"


if __name__ == "__main__":
    given = [Path(path).resolve() for path in sys.argv[3:]] or sorted((ROOT / "samples").glob("announcement_*.pdf"))
    sys.exit(main(int((sys.argv[1:] or ["200"])[0]), int((sys.argv[2:] or ["8"])[0]), given))
