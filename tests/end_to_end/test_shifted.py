"""A row whose numbers stood one cell off: put back, published, and proved again from what the release says was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ita_extract.checks.judge import SHIFT, check_records
from ita_extract.checks.network import Node
from ita_extract.checks.shifts import rows_of
from ita_extract.dataset import publish, put, read_dataset, verify
from ita_extract.model.record import AgencyScore, Check, IndicatorScore, InstrumentScore, Record, SurveyRow
from ita_extract.proof import prove, prover
from ita_extract.readback import as_read
from tests.checks.planting import FRAMEWORKS, agency_reports, regional_reports
from tests.checks.test_shifts import moved, numbers
from tests.dataset.build import KEY, MADE_BY, result

Shelf = Callable[[], tuple[tuple[Record, ...], ...]]
Wanted = Callable[[Sequence[Record], Sequence[Node]], bool]


def answers(records: Sequence[Record], row: Sequence[Node]) -> bool:
    return isinstance(records[row[0][0]], SurveyRow)


def instruments(records: Sequence[Record], row: Sequence[Node]) -> bool:
    return isinstance(records[row[0][0]], InstrumentScore) and isinstance(records[row[-1][0]], AgencyScore)


def indicators(records: Sequence[Record], row: Sequence[Node]) -> bool:
    return isinstance(records[row[0][0]], IndicatorScore) and isinstance(records[row[-1][0]], AgencyScore)


@dataclass(frozen=True, slots=True)
class Moved:
    """A document as it was read, with one row moved: which cells of it changed, and what is made of it."""

    read: tuple[Record, ...]
    changed: tuple[Node, ...]
    found: tuple[Record, ...]
    checks: tuple[Check, ...]


def put_back(records: tuple[Record, ...], wanted: Wanted, step: int) -> Moved:
    """The document with the first row of a kind moved that is put back."""
    for row in rows_of(records, FRAMEWORKS):
        if wanted(records, row):
            read = moved(records, row, step)
            found, checks = check_records(read, FRAMEWORKS)
            if any(check.identity == SHIFT for check in checks):
                changed = tuple((at, field) for at, field in row if getattr(read[at], field) != getattr(records[at], field))
                return Moved(read, changed, found, checks)
    raise AssertionError("no row of this kind is put back")


CASES = [
    pytest.param(agency_reports, answers, 1, id="the answers of a question"),
    pytest.param(regional_reports, instruments, 1, id="instruments before their total"),
    pytest.param(regional_reports, indicators, -1, id="indicators of a regional report"),
]


@pytest.mark.parametrize(("shelf", "wanted", "step"), CASES)
def test_a_row_that_was_put_back_is_proved_again(shelf: Shelf, wanted: Wanted, step: int, tmp_path: Path) -> None:
    records = shelf()[0]
    row = put_back(records, wanted, step)
    told = [check.expected.partition(" ")[0] for check in row.checks if check.identity == SHIFT]
    assert sorted(told) == sorted(field for _, field in row.changed)
    assert len(told) >= 2
    assert numbers(row.found) == numbers(records)
    assert numbers(as_read(row.found, [asdict(check) for check in row.checks])) == numbers(row.read)

    put(tmp_path, result("moved", *row.found, checks=row.checks), KEY)
    publish(tmp_path, MADE_BY)
    assert verify(tmp_path, prover(FRAMEWORKS)) == ()


def test_a_release_that_does_not_say_what_was_moved_is_found(tmp_path: Path) -> None:
    """Its numbers are the true ones, but a number that is called `corrected` must have been read otherwise."""
    row = put_back(agency_reports()[0], answers, 1)
    put(tmp_path, result("moved", *row.found, checks=row.checks), KEY)
    publish(tmp_path, MADE_BY)

    def tables(name: str) -> pa.Table:
        table = read_dataset(tmp_path, name, as_arrow=True)
        return table.filter(pc.not_equal(table["identity"], SHIFT)) if name == "checks" else table

    assert [where for _, where, _ in prove(FRAMEWORKS, tables)] == ["survey_rows"]
