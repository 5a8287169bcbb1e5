"""Every sample against its expected rows, cell by cell, through the whole way: PDF, repair, tables, records, Parquet."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from ita_extract.dataset import current_release, read_dataset, verify
from ita_extract.job import Summary, run_documents

from .conftest import SAMPLES

READ = (
    "agency_scores",
    "type_summaries",
    "indicator_scores",
    "grade_counts",
    "instrument_scores",
    "province_scores",
    "survey_items",
    "survey_rows",
    "oit_items",
    "respondents",
)
EXPECTED = sorted(path for path in (SAMPLES / "expected").glob("*.csv") if path.name.split(".")[1] in READ)
NORMALIZED = {"indicator_name"}
"""Columns whose wording the rules choose; the samples' truth has it as printed."""


def value(text: str | None) -> Any:
    if text in (None, ""):
        return None
    return {"true": True, "false": False}.get(text.lower(), text) if isinstance(text, str) else text


def same(expected: Any, got: Any) -> bool:
    if isinstance(got, bool) or expected is None or got is None:
        return expected is got
    if isinstance(got, int | float):
        return float(expected) == got
    return str(expected) == got


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_every_expected_row_is_published_exactly(path: Path, release: tuple[Path, Summary]) -> None:
    out, _ = release
    stem, name = path.stem.rsplit(".", 1)
    documents = {row["file_name"]: row["document_id"] for row in read_dataset(out, "documents", as_arrow=True).to_pylist()}
    rows = [r for r in read_dataset(out, name, as_arrow=True).to_pylist() if r["document_id"] == documents[f"{stem}.pdf"]]
    with path.open(encoding="utf-8", newline="") as file:
        wanted = [{key: value(text) for key, text in row.items()} for row in csv.DictReader(file)]
    assert wanted
    left = list(rows)
    for want in wanted:
        columns = [key for key in want if key not in NORMALIZED]
        hit = next((row for row in left if all(same(want[key], row[key]) for key in columns)), None)
        assert hit is not None, f"no published row is {want}"
        left.remove(hit)
    assert not left, "rows that no one expects"


def test_no_sample_with_scores_has_a_reject_or_a_failed_check(release: tuple[Path, Summary]) -> None:
    _, summary = release
    for outcome in summary.outcomes:
        if outcome.name.startswith(("announcement", "agency_report")):
            assert (outcome.status, outcome.rejects, outcome.failed_checks, outcome.contradicted) == ("parsed", 0, 0, 0), outcome


def test_every_file_has_one_row_in_documents(release: tuple[Path, Summary]) -> None:
    out, _ = release
    names = Counter(read_dataset(out, "documents")["file_name"])
    assert names == Counter(path.name for path in SAMPLES.glob("*.pdf"))


def test_pandas_duckdb_and_polars_read_the_same(release: tuple[Path, Summary]) -> None:
    out, _ = release
    files = str(current_release(out) / "agency_scores" / "*.parquet")
    arrow = read_dataset(out, "agency_scores", as_arrow=True)
    frame = read_dataset(out, "agency_scores")
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == arrow.num_rows
    total = round(sum(arrow["score"].to_pylist()), 2)
    assert round(float(frame["score"].sum()), 2) == total
    by_duckdb = duckdb.sql(f"SELECT count(*), round(sum(score), 2) FROM read_parquet('{files}')").fetchall()[0]
    assert by_duckdb == (arrow.num_rows, total)
    by_polars = pl.read_parquet(files)
    assert (by_polars.height, round(by_polars["score"].sum(), 2)) == (arrow.num_rows, total)


def test_two_runs_give_identical_bytes_on_any_number_of_workers(release: tuple[Path, Summary], tmp_path: Path) -> None:
    out, summary = release
    again = run_documents([SAMPLES], tmp_path / "again", workers=2)
    assert again.release == summary.release
    assert digests(current_release(tmp_path / "again")) == digests(current_release(out))


def test_a_second_run_reuses_what_was_read_and_publishes_nothing_new(release: tuple[Path, Summary]) -> None:
    out, summary = release
    before = digests(current_release(out))
    again = run_documents([SAMPLES], out, workers=1)
    assert all(outcome.reused for outcome in again.outcomes)
    assert (again.release, digests(current_release(out))) == (summary.release, before)


def test_the_release_verifies(release: tuple[Path, Summary]) -> None:
    out, _ = release
    assert verify(out) == ()


def test_every_record_knows_its_place(release: tuple[Path, Summary]) -> None:
    out, _ = release
    rows = read_dataset(out, "agency_scores", as_arrow=True).to_pylist()
    assert all(row["page"] >= 1 and row["bbox"] and row["score_printed"] for row in rows)


def test_field_metadata_describes_every_column_in_both_languages(release: tuple[Path, Summary]) -> None:
    out, _ = release
    for path in current_release(out).glob("*/*.parquet"):
        for field in pq.read_schema(path):
            text = " ".join(part.decode() for part in (field.metadata or {}).values())
            assert any("\u0e00" <= letter <= "\u0e7f" for letter in text), (path, field.name)


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
