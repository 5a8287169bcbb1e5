"""Each command is one public Python call as well."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

import ita_extract
from ita_extract.dataset import current_release
from ita_extract.errors import UsageError
from ita_extract.job import run_documents
from ita_extract.model.source import SourceDocument

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
HISTORY = SAMPLES / "agency_history_2567_private_use.pdf"
CALLS = {
    "diff": "diff_releases",
    "export": "export_datasets",
    "fetch": "fetch_documents",
    "inspect": "inspect_page",
    "prune": "prune",
    "repair": "repair_text",
    "report": "write_site",
    "run": "run_documents",
    "tables": "read_contents",
    "text": "read_contents",
    "verify": "verify",
}


def test_every_command_is_a_call() -> None:
    from ita_extract.cli import COMMANDS

    assert set(COMMANDS) - {"rules"} == set(CALLS)
    for name in CALLS.values():
        assert name in ita_extract.__all__
        assert name in (ita_extract.__doc__ or "")
        assert (getattr(ita_extract, name).__doc__ or "").strip()


@pytest.mark.parametrize("name", ita_extract.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(ita_extract, name) is not None
    assert name in dir(ita_extract)


def test_a_name_that_is_not_there_is_named() -> None:
    with pytest.raises(AttributeError, match="no attribute 'extrakt'"):
        _ = ita_extract.extrakt


def test_the_package_is_typed_and_light() -> None:
    assert (Path(ita_extract.__file__).parent / "py.typed").is_file()
    heavy = "import sys, ita_extract; print([n for n in ('numpy', 'pyarrow', 'pandas', 'click', 'rich') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_document_is_extracted_by_its_path_or_its_bytes() -> None:
    by_path = ita_extract.extract(str(HISTORY))
    by_bytes = ita_extract.extract(SourceDocument.of(HISTORY.read_bytes(), HISTORY.name, "application/pdf"))
    assert by_path == by_bytes
    assert by_path.document.status == "parsed"
    assert by_path.records


def test_a_path_that_is_no_document_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        ita_extract.extract(tmp_path)
    with pytest.raises(UsageError, match="no file or folder"):
        ita_extract.extract(tmp_path / "missing.pdf")
    (tmp_path / "empty.pdf").write_bytes(b"")
    assert ita_extract.extract(tmp_path / "empty.pdf").document.error_code == "EMPTY"


def test_what_was_extracted_is_published_as_a_run_would(tmp_path: Path) -> None:
    by_hand = ita_extract.write_dataset([ita_extract.extract(HISTORY)], tmp_path / "by hand")
    by_run = run_documents([HISTORY], tmp_path / "run", workers=1)
    assert by_hand.release_id == by_run.release
    assert ita_extract.verify(tmp_path / "by hand") == ()
    scores = ita_extract.read_dataset(tmp_path / "by hand", "agency_scores", as_arrow=True)
    assert isinstance(scores, pa.Table)
    assert len(scores) == by_hand.rows["agency_scores"] > 0


def test_verify_proves_the_arithmetic_again(tmp_path: Path) -> None:
    ita_extract.write_dataset([ita_extract.extract(HISTORY)], tmp_path)
    (current_release(tmp_path) / "checks" / "all.parquet").write_bytes(b"PAR1")
    assert {problem.code for problem in ita_extract.verify(tmp_path)} == {"HASH"}


def test_the_first_pages_tell_what_a_run_would_read(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("บันทึกข้อความ\n", "utf-8")
    (tmp_path / "torn.pdf").write_bytes(b"%PDF-1.4\nnothing")
    scan = tmp_path / "scan.png"
    scan.write_bytes(b"\x89PNG\r\n\x1a\n")
    history, note, picture, torn = ita_extract.preview_documents([HISTORY, tmp_path], workers=1)
    assert (history.layouts, history.fiscal_year, history.page_count, history.code) == (("agency_history",), 2567, 1, None)
    assert (note.name, note.layouts, note.code) == ("note.txt", (), "NOT_ITA")
    assert (picture.name, picture.code) == ("scan.png", "PAGES_NEED_OCR")
    assert (torn.name, torn.page_count, torn.layouts) == ("torn.pdf", 1, ())
    assert torn.code in ("MALFORMED", "TRUNCATED", "EMPTY")
