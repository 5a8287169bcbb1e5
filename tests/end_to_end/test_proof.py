"""A release is proved again from its own numbers; a number that was changed no longer adds up."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ita_extract.dataset import read_dataset, verify
from ita_extract.job import Summary
from ita_extract.proof import prove, prover
from ita_extract.rulebook.load import load_rulebook

CHANGES = [
    ("agency_scores", "score", lambda column: pc.subtract(100.0, column)),
    ("type_summaries", "mean_score", lambda column: pc.add(column, 1.0)),
    ("grade_counts", "agency_count", lambda column: pc.add(column, 1)),
    ("instrument_scores", "score", lambda column: pc.subtract(100.0, column)),
]


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
