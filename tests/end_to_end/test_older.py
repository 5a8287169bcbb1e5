"""A data folder that outlived an upgrade: what another version read is published, and `verify` tells it from damage."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner

from ita_extract import reader
from ita_extract.api import read_by_others
from ita_extract.api import verify as verify_folder
from ita_extract.cli import main
from ita_extract.dataset.store import Terms, packed, put_packed, read_stored
from ita_extract.job import run_documents

HEAD = (
    "ประกาศสำนักงาน ป.ป.ช.",
    "เรื่อง ผลการประเมินคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ ประจำปีงบประมาณ พ.ศ. 2566",
    "ประเภทหน่วยงาน องค์การบริหารส่วนตำบล",
    "ที่\tหน่วยงาน\tจังหวัด\tคะแนน",
)


def write(folder: Path, name: str, rows: Sequence[tuple[str, str]]) -> Path:
    lines = [f"{at}\tองค์การบริหารส่วนตำบล{agency}\tลำพูน\t{score}" for at, (agency, score) in enumerate(rows, 1)]
    path = folder / name
    path.write_text("\n".join((*HEAD, *lines)), encoding="utf-8")
    return path


def as_another_version_read_it(folder: Path, document_id: str, *, state: str) -> None:
    """The stored result of a document as a version left it that thought otherwise of its numbers."""
    stored = read_stored(folder, document_id)
    tables = dict(stored.tables)
    scores = tables["agency_scores"]
    at = scores.column_names.index("verification")
    tables["agency_scores"] = scores.set_column(at, scores.field(at), pa.array([state] * len(scores)))
    put_packed(
        folder, document_id, packed(document_id, tables, Terms("of an older version", stored.asked, {}, "of an older version"))
    )


@pytest.fixture
def folder(tmp_path: Path) -> tuple[Path, str, Path]:
    """A data folder, the id of a document that an older version read into it, and another document to run."""
    old, new = write(tmp_path, "old.txt", [("เหมืองจี้", "88.51")]), write(tmp_path, "new.txt", [("อุโมงค์", "90.12")])
    out = tmp_path / "data"
    (outcome,) = run_documents([old], out, workers=1).outcomes
    return out, outcome.document_id, new


def test_what_another_version_read_is_told_and_is_no_damage(folder: tuple[Path, str, Path]) -> None:
    out, old, new = folder
    as_another_version_read_it(out, old, state="corrected")
    run_documents([new], out, workers=1)
    assert read_by_others(out) == {old[:12]}
    (problem,) = verify_folder(out)
    assert (problem.code, old in problem.detail, "read it again" in problem.detail) == ("OLDER", True, True)
    told = CliRunner().invoke(main, ["verify", str(out)])
    assert told.exit_code == 0
    assert "but for documents that other code or rules read" in told.output
    run_documents([new.with_name("old.txt"), new], out, workers=1)
    assert (read_by_others(out), verify_folder(out)) == (frozenset(), ())


@pytest.mark.slow
def test_what_another_version_read_and_today_proves_too_is_well(folder: tuple[Path, str, Path]) -> None:
    out, old, new = folder
    (state,) = read_stored(out, old).tables["agency_scores"]["verification"].to_pylist()
    as_another_version_read_it(out, old, state=state)
    run_documents([new], out, workers=1)
    assert read_by_others(out) == {old[:12]}
    assert verify_folder(out) == ()


def test_what_today_read_and_does_not_prove_is_damage(folder: tuple[Path, str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The same wrong state under the name of today's version: no older one is to blame."""
    out, old, new = folder
    as_another_version_read_it(out, old, state="corrected")
    monkeypatch.setattr(reader, "made_by", lambda _: lambda _: "of an older version")
    monkeypatch.setattr("ita_extract.job.made_by", lambda _: lambda _: "of an older version")
    run_documents([new], out, workers=1)
    assert old[:12] not in (read_by_others(out) or ())
    assert {problem.code for problem in verify_folder(out)} == {"PROOF"}


@pytest.mark.slow
def test_options_of_a_run_make_no_other_version(folder: tuple[Path, str, Path]) -> None:
    """A document that was read with another engine, or other limits, was read by this code and these rules."""
    out, _, new = folder
    release = run_documents([new], out, workers=1, engine="pdfplumber").release
    assert read_by_others(out) == frozenset()
    descriptor = json.loads((out / "releases" / str(release) / "datapackage.json").read_bytes())
    assert "older" not in descriptor["produced_by"]
