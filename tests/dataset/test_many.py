"""The law of publishing: memory does not grow with the documents, but for few bytes of each."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from ita_extract.dataset.schema import tables_of
from ita_extract.dataset.store import Terms, packed
from ita_extract.model.record import Check
from tests.dataset.build import FIELDS, document_id, result, score

ROOT = Path(__file__).resolve().parents[2]
PUBLISH = """
import resource, sys
from pathlib import Path
from ita_extract.dataset import Provenance, publish
done = publish(Path(sys.argv[1]), Provenance("1.0", "rules"))
print(done.rows["agency_scores"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
OWN = tuple(Check(identity="grade", subject=f"row {n}", expected="A", observed="A", tolerance="", outcome="holds") for n in (1, 2))


def fill_store(folder: Path, numbers: range) -> None:
    """Announcements of three agencies each: of some each two documents speak, which is what must be remembered of all of them."""
    seeded = random.Random(8)  # noqa: S311  nothing secret
    for number in numbers:
        agencies = (f"a{number}", f"a{number // 2}", f"b{number % 701}")
        rows = [score(agency, f"{seeded.uniform(50, 99):.2f}", 2563 + number % 5) for agency in agencies]
        key = document_id(str(number))
        path = folder / "store" / key[:2] / f"{key}.arrow"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(packed(key, tables_of(result(str(number), *rows, checks=OWN), FIELDS), Terms("key")))


def published(folder: Path) -> tuple[int, int]:
    """The scores of a release that another process publishes, and the most megabytes that it held.

    With the allocator of the C library: Arrow's own keeps what it was given back, up to some amount.
    """
    command = [sys.executable, "-c", PUBLISH, str(folder)]
    environment = os.environ | {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    scores, megabytes = map(int, done.stdout.split())
    return scores, megabytes


@pytest.mark.slow
def test_publishing_takes_at_most_10_mb_more_for_a_thousand_documents(tmp_path: Path) -> None:
    few, many = 500, 3_500
    fill_store(tmp_path, range(few))
    scores, before = published(tmp_path)
    assert scores == 3 * few
    fill_store(tmp_path, range(few, many))
    scores, after = published(tmp_path)
    assert scores == 3 * many
    assert after - before <= 10 * (many - few) / 1_000
