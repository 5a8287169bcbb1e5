"""What a person decided goes through a whole run: into the value, the checks and the provenance, and only that document is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ita_extract.dataset import current_release, read_dataset, verify
from ita_extract.dataset.diff import diff_releases
from ita_extract.dataset.read import release_descriptor
from ita_extract.errors import UsageError
from ita_extract.job import Summary, run_documents
from ita_extract.proof import prover

from .written import RULES, line_of, written

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
NAMES = ("announcement_2563_provinces_clean.pdf", "agency_history_2567_private_use.pdf")


def run(out: Path, corrections: Path | None = None) -> Summary:
    return run_documents([SAMPLES / name for name in NAMES], out, workers=1, corrections=corrections)


def row_of(out: Path, row: dict[str, Any]) -> dict[str, Any]:
    rows = read_dataset(out, "agency_scores", as_arrow=True).to_pylist()
    [found] = [one for one in rows if (one["document_id"], one["record_no"]) == (row["document_id"], row["record_no"])]
    return dict(found)


def decision(row: dict[str, Any], **changes: Any) -> dict[str, Any]:
    names = ("document_id", "record_no", "page", "bbox")
    words = {"decision": "correct", "who": "สมหญิง", "why": "อ่านผิด", "date": "2026-01-31", "dataset": "agency_scores"}
    return {**words, **{name: row[name] for name in names}, "field": "score", "before": row["score_printed"], **changes}


def test_a_decision_changes_its_value_and_reads_its_document_alone(tmp_path: Path) -> None:
    out = tmp_path / "data"
    first = run(out)
    rows = [one for one in read_dataset(out, "agency_scores", as_arrow=True).to_pylist() if one["verification"] == "unverified"]
    row, stale = [one for one in rows if not one["is_current_year"]][:2]
    good = decision(row, after="12.34")
    wrong = decision(stale, after="12.34", before="99.98")
    elsewhere = decision(row, after="1.00", document_id="ef" * 32)
    corrections = written(tmp_path, good, wrong, elsewhere)

    second = run(out, corrections)
    assert [outcome.reused for outcome in second.outcomes] == [
        outcome.document_id != row["document_id"] for outcome in second.outcomes
    ]
    assert second.exit_code() == 3
    refused, missing = second.unapplied
    assert refused.startswith(
        f"corrections.jsonl:2: agency_scores/{stale['record_no']}: score 99.98; refused: what stands there now is"
    )
    assert missing == f"corrections.jsonl:3: there is no document {'ef' * 6}… in this folder"
    after = row_of(out, row)
    assert (after["score"], after["verification"], after["score_printed"]) == (12.34, "corrected", row["score_printed"])
    assert row_of(out, stale) == stale
    checks = [one for one in read_dataset(out, "checks", as_arrow=True).to_pylist() if one["identity"] == "human_correction"]
    assert {one["subject"]: one["outcome"] for one in checks} == {
        f"agency_scores/{row['record_no']}": "corrected",
        f"agency_scores/{stale['record_no']}": "fails",
    }
    assert all("สมหญิง" in one["observed"] and "อ่านผิด" in one["observed"] for one in checks)
    made = release_descriptor(current_release(out)).provenance
    assert made.decisions == 3
    told = json.loads((current_release(out) / "datapackage.json").read_text("utf-8"))["produced_by"]["corrections"]
    assert told == {"hash": f"sha256:{made.corrections}", "decisions": 3}
    assert verify(out, prover(RULES.frameworks)) == ()
    [change] = [one for one in diff_releases(out / str(first.release), out).changes if one.dataset == "agency_scores"]
    assert (change.before["score"], change.after["score"], change.why) == (row["score"], 12.34, ("decision",))

    third = run(out, corrections)
    assert (third.release, {outcome.reused for outcome in third.outcomes}) == (second.release, {True})
    assert run(out).release == first.release


def test_a_file_that_cannot_be_meant_stops_the_run_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"corrections.jsonl:1: 'who' is missing"):
        run(tmp_path / "data", written(tmp_path, {name: text for name, text in line_of_any().items() if name != "who"}))
    assert not (tmp_path / "data" / "CURRENT").exists()


def line_of_any() -> dict[str, Any]:
    from .written import decide

    return line_of(decide("agency_scores", 1, "score", "1", "2"))
