"""What a reader process is and is not."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pdfplumber
import pikepdf
import pytest
from pdfplumber.utils.exceptions import PdfminerException

from ita_extract.engines import plumber
from ita_extract.job import Summary, run_documents
from ita_extract.model.page import Page
from ita_extract.model.table import PageContent
from ita_extract.reader import Read, Task, read_one, source_of
from ita_extract.rulebook.load import load_rulebook
from ita_extract.run.journal import Event
from ita_extract.run.limits import MIB, Limits
from ita_extract.run.sources import find_sources
from ita_extract.tables import content
from ita_extract.terminal import print_run

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
ANY = SAMPLES / "announcement_2563_provinces_clean.pdf"

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
    file = find_sources([str(ANY)])[0]
    source = source_of(file)
    read = read_one(Task(file, source.document_id, len(source.data), "auto", load_rulebook().folder))
    assert isinstance(read, Read)
    outcome = read.outcome
    assert outcome.lossy_pages == (1, 2)
    print_run(Summary((outcome, replace(outcome, name="good.pdf", lossy_pages=())), (), "r", tmp_path))
    told = " ".join(capsys.readouterr().out.split())
    assert f"{file.name}: characters were lost or doubled on pages 1-2" in told
    assert "good.pdf: characters" not in told


def crowded(pages: int, letters: int) -> bytes:
    """A PDF of whose characters an engine makes objects, page after page."""
    line = b"BT /F 6 Tf 20 %d Td (" + b"a " * 60 + b") Tj ET\n"
    with pikepdf.new() as pdf:
        font = {"/Type": pikepdf.Name.Font, "/Subtype": pikepdf.Name.Type1, "/BaseFont": pikepdf.Name.Helvetica}
        for _ in range(pages):
            page = pdf.add_blank_page(page_size=(595, 842))
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=pikepdf.Dictionary(font)))
            page.Contents = pikepdf.Stream(pdf, b"".join(line % (800 - 6 * (at % 130)) for at in range(letters // 120)))
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="this system does not keep the limit of memory")
def test_a_page_that_takes_more_memory_than_there_is_is_not_called_broken(tmp_path: Path) -> None:
    """The document is sound: with twice as much it is read."""
    path = tmp_path / "crowded.pdf"
    path.write_bytes(crowded(1, 36_000))
    events: list[Event] = []
    limits = Limits(max_memory=40 * MIB)
    summary = run_documents([path], tmp_path / "data", workers=1, engine="pdfplumber", limits=limits, on_event=events.append)
    assert [event["code"] for event in events if event["event"] == "retry"] == ["MEMORY"]
    assert summary.outcomes[0].code == "NOT_ITA"


@pytest.mark.parametrize("error", [MemoryError(), PdfminerException(MemoryError("in the middle of an object"))])
def test_an_engine_that_is_not_given_memory_says_nothing_of_the_file(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(pdfplumber, "open", refuse)
    with pytest.raises(MemoryError):
        list(plumber.read(source_of(find_sources([str(ANY)])[0])))
