"""What a reader process is and is not."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ita_extract.job import Summary
from ita_extract.model.page import Page
from ita_extract.model.table import PageContent
from ita_extract.reader import Read, Task, read_one, source_of
from ita_extract.rulebook.load import load_rulebook
from ita_extract.run.sources import find_sources
from ita_extract.tables import content
from ita_extract.terminal import print_run

SAMPLES = Path(__file__).resolve().parents[2] / "samples"

SCRIPT = """
import gc, sys
from ita_extract.reader import ready
ready()
import pyarrow as pa
assert pa.array(["a", None]).to_pylist() == ["a", None]
assert pa.Table.from_arrays([pa.array([2, 1])], ["n"]).sort_by([("n", "ascending")])["n"].to_pylist() == [1, 2]
assert "pandas" not in sys.modules
assert pa.default_memory_pool().backend_name == "system"
assert gc.isenabled() and gc.get_threshold()[0] > 10_000
try:
    import pandas
except ImportError:
    print("ready")
"""


def test_a_reader_never_loads_pandas() -> None:
    """pyarrow would, with the first value that it converts: 90 MB a process."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("ready\n", 0), done.stderr


def test_pages_that_lost_characters_are_named_in_the_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page that does not hold what was read of it must not be one failed check among thousands."""
    read = content.read_content

    def lose(page: Page) -> PageContent:
        found = read(page)
        return replace(found, placed_count=found.placed_count - 1) if page.number in (1, 2) else found

    monkeypatch.setattr(content, "read_content", lose)
    file = find_sources([str(SAMPLES / "announcement_2563_provinces_clean.pdf")])[0]
    source = source_of(file)
    read = read_one(Task(file, source.document_id, len(source.data), "auto", load_rulebook().folder))
    assert isinstance(read, Read)
    outcome = read.outcome
    assert outcome.lossy_pages == (1, 2)
    print_run(Summary((outcome, replace(outcome, name="good.pdf", lossy_pages=())), (), "r", tmp_path))
    told = " ".join(capsys.readouterr().out.split())
    assert f"{file.name}: characters were lost or doubled on pages 1-2" in told
    assert "good.pdf: characters" not in told
