"""A release is proved again from its own numbers; a number that was changed no longer adds up."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ita_extract.dataset import read_dataset, verify
from ita_extract.dataset.standing import contradicted_values, value_counts, values_line
from ita_extract.job import Summary
from ita_extract.proof import prove, prover
from ita_extract.rulebook.load import load_rulebook

CHANGES = [
    ("agency_scores", "score", lambda column: pc.subtract(100.0, column)),
    ("type_summaries", "mean_score", lambda column: pc.add(column, 1.0)),
    pytest.param("grade_counts", "agency_count", lambda column: pc.add(column, 1), marks=pytest.mark.slow),
    pytest.param("instrument_scores", "score", lambda column: pc.subtract(100.0, column), marks=pytest.mark.slow),
]
RAISED = (
    "agency_scores",
    "survey_items",
    *(pytest.param(name, marks=pytest.mark.slow) for name in ("indicator_scores", "type_summaries")),
)


def test_a_sound_release_is_proved(release: tuple[Path, Summary]) -> None:
    assert verify(release[0], prover(load_rulebook().frameworks)) == ()


@pytest.mark.parametrize(("dataset", "column", "change"), CHANGES)
def test_changed_numbers_are_found(dataset: str, column: str, change: object, release: tuple[Path, Summary]) -> None:
    out, _ = release

    def tables(name: str) -> pa.Table:
        table = read_dataset(out, name, as_arrow=True)
        if name == dataset:
            at = table.column_names.index(column)
            table = table.set_column(at, table.field(at), pc.round(change(table[column]), 2))  # type: ignore[operator]
        return table

    assert list(prove(load_rulebook().frameworks, tables))


@pytest.mark.parametrize("dataset", RAISED)
def test_a_state_that_the_numbers_do_not_prove_is_found(dataset: str, release: tuple[Path, Summary]) -> None:
    """One row called `verified` that is less: its own number is told, and no other."""
    out, _ = release
    table = read_dataset(out, dataset, as_arrow=True)
    states = table["verification"].to_pylist()
    lesser = next(at for at, state in enumerate(states) if state != "verified")
    at = table.column_names.index("verification")
    states[lesser] = "verified"
    changed = table.set_column(at, table.field(at), pa.array(states, pa.string()))
    found = list(
        prove(load_rulebook().frameworks, lambda name: changed if name == dataset else read_dataset(out, name, as_arrow=True))
    )
    told = [detail for _, where, detail in found if where == dataset]
    assert len(told) == 1
    assert f"{dataset}/{table['record_no'][lesser].as_py()}" in told[0]
    assert table["document_id"][lesser].as_py() in told[0]


def test_the_line_of_values_counts_every_row(release: tuple[Path, Summary]) -> None:
    out, summary = release
    counts = value_counts(lambda name: read_dataset(out, name, as_arrow=True))
    assert counts == dict(summary.values)
    told = values_line(counts)
    rows = sum(
        count for name, count in summary.rows.items() if any(name == dataset for dataset, _ in counts) and name != "national_scores"
    )
    assert told.startswith(f"{rows:,} values: ")
    assert contradicted_values(lambda name: read_dataset(out, name, as_arrow=True)) == ()
