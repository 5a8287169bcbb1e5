"""Documents that would harm their reader, among good ones: each ends in one named outcome, and the good ones come out as if
alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ita_extract.dataset import read_stored, verify
from ita_extract.dataset.read import current_release
from ita_extract.errors import DOCUMENT_CODES
from ita_extract.job import Summary, run_documents
from ita_extract.rulebook.fields import load_fields
from ita_extract.run.limits import MIB, Limits
from ita_extract.run.sources import published_name

from .nasty import write_all

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
GOOD = sorted(SAMPLES.glob("announcement_256[3-5]*.pdf"))
QUICK = Limits(base_seconds=1.5, page_seconds=0.5, max_seconds=20, max_memory=256 * MIB)
LATE = 2.0
"""Seconds that a document may outstay its deadline."""

WORST = [
    "bomb_flate2_1g",
    "bomb_rl",
    "contents_self",
    "elf",
    "enc_R6_user",
    "enc_selfref",
    "font_W_giant",
    "font_cid_24m",
    "font_enc_trav",
    "form_self",
    "func_self",
    "img_2g",
    "kids_null",
    "names_loop",
    "objstm_N_lie",
    "page_cropout",
    "pages_cycle",
    "pages_dag_2e30",
    "pages_self",
    "q_1e6",
    "root_cycle",
    "root_self",
    "text_overlap_200k",
    "trunc_table_50",
    "two_pdfs",
    "xfa",
]
"""One of each kind of trap; those that cost a second opinion its ten seconds are left to the slow test."""


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of good documents only."""
    out = tmp_path_factory.mktemp("alone") / "data"
    run_documents(GOOD, out, workers=2)
    return out


def store_files(out: Path, documents: Sequence[str]) -> dict[str, bytes]:
    return {one: next((out / "store").glob(f"*/{one}.arrow")).read_bytes() for one in documents}


def rows_of(out: Path, dataset: str, documents: set[str]) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    paths = sorted((current_release(out) / dataset).glob("*.parquet"))
    rows = [row for path in paths for row in pq.read_table(path).to_pylist()]
    return [row for row in rows if row.get("document_id", None) in documents or "document_id" not in row]


def good_ones_are_untouched(alone: Path, among: Path) -> None:
    """The store holds the same bytes of them, and every dataset the same rows."""
    documents = sorted(path.stem for path in (alone / "store").rglob("*.arrow"))
    assert len(documents) == len(GOOD)
    assert store_files(among, documents) == store_files(alone, documents)
    compared = 0
    for dataset in load_fields().names:
        want = rows_of(alone, dataset, set(documents))
        assert rows_of(among, dataset, set(documents)) == want, dataset
        compared += len(want)
    assert compared > 500


def every_file_is_accounted_for(out: Path, summary: Summary, limits: Limits) -> None:
    """One outcome and one row for each, a known code, and nobody stayed past the deadline."""
    ids = [outcome.document_id for outcome in summary.outcomes]
    assert len(set(ids)) == len(ids)
    for outcome in summary.outcomes:
        assert outcome.code in {None, *DOCUMENT_CODES}
        row = read_stored(out, outcome.document_id).tables["documents"].to_pylist()[0]
        assert (row["file_name"], row["error_code"], row["status"]) == (outcome.name, outcome.code, outcome.status)
        assert outcome.wall <= limits.doubled().budget(max(1, outcome.pages)).wall + LATE, outcome
    assert verify(out) == ()
    report = (out / "runs" / f"{summary.release}.jsonl").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in report]
    assert told[0]["release"] == summary.release
    assert [line["document_id"] for line in told[1:]] == ids
    assert all(line["memory"] > 0 and line["seconds"] > 0 for line in told[1:] if line["code"] is None)


@pytest.mark.parametrize("long", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_traps_and_accidents_among_good_documents(long: bool, alone: Path, tmp_path: Path) -> None:
    codes = write_all(tmp_path / "sources" / "traps", long=long)
    for path in GOOD:
        shutil.copy(path, tmp_path / "sources" / "traps")
    summary = run_documents([tmp_path / "sources" / "traps"], tmp_path / "data", workers=2, limits=QUICK)
    outcomes = {outcome.name: outcome for outcome in summary.outcomes}
    assert set(outcomes) == {published_name(name) for name in codes} | {path.name for path in GOOD}
    for name, code in codes.items():
        found = outcomes[published_name(name)]
        assert found.code == code or (code is None and found.code is not None), found
    every_file_is_accounted_for(tmp_path / "data", summary, QUICK)
    good_ones_are_untouched(alone, tmp_path / "data")


def shared(names: Sequence[str] | None) -> list[Path]:
    folder = ROOT.parent / "shared" / "hostile"
    if not folder.is_dir():
        pytest.skip("the shared hostile documents are not beside the project")
    return [folder / f"{name}.pdf" for name in names] if names else sorted(folder.glob("*.pdf"))


def harmless_to_others(hostile: Sequence[Path], alone: Path, out: Path, limits: Limits) -> Summary:
    step = len(hostile) // len(GOOD) + 1
    mixed = [path for at, good in enumerate(GOOD) for path in (*hostile[at * step : (at + 1) * step], good)]
    summary = run_documents(mixed, out, workers=2, limits=limits)
    assert len(summary.outcomes) + len(summary.duplicates) == len(hostile) + len(GOOD)
    assert all(outcome.code for outcome in summary.outcomes if outcome.name not in {path.name for path in GOOD})
    every_file_is_accounted_for(out, summary, limits)
    good_ones_are_untouched(alone, out)
    return summary


@pytest.mark.slow
def test_the_worst_of_the_shared_ones(alone: Path, tmp_path: Path) -> None:
    summary = harmless_to_others(shared(WORST), alone, tmp_path / "data", QUICK)
    again = run_documents(shared(WORST), tmp_path / "data", workers=2, limits=QUICK)
    assert again.release == summary.release
    assert all(outcome.reused or outcome.code in ("IO", "LINK", "LIMIT_BYTES") for outcome in again.outcomes), (
        "they are quarantined"
    )


@pytest.mark.slow
def test_all_of_the_shared_ones(alone: Path, tmp_path: Path) -> None:
    harmless_to_others(shared(None), alone, tmp_path / "data", Limits(base_seconds=10, page_seconds=2))
