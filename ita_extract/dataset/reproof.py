"""Asks a release again what its documents together say of each number: the same must come out as was published.

A release of a hundred thousand documents is proved on the machine that made it: what is asked of all of them is kept of each row in
few bytes, as it is where a release is written, and everything else goes by some thousand rows at a time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..model.record import Verification
from ..rulebook.fields import Dataset, load_fields
from .elsewhere import lent_rows
from .narrow import Narrow, restated
from .national import STATEMENT_COLUMNS, national_scores
from .parts import ReleaseTables, TableReader, in_batches, schema_of
from .reconcile import IDENTITY, Reconciled, reconcile
from .statements import COMPARED, SOURCE_COLUMNS

CHECKS, NATIONAL, PUBLISHED = "checks", "national_scores", "published"
KEYED = ("document_id", "record_no", "verification")
_ASKED = {one.dataset: one.columns for one in COMPARED}
_ASKED["agency_scores"] = tuple(dict.fromkeys((*_ASKED["agency_scores"], *STATEMENT_COLUMNS)))
_STATES: tuple[Verification, ...] = ("verified", "consistent", "unverified", "corrected", "contradicted")


class Own:
    """What each number proves by itself, by dataset, document and record_no: a byte a number."""

    def __init__(self) -> None:
        self._codes: dict[str, dict[str, bytes]] = defaultdict(dict)

    def add(self, document_id: str, states: Mapping[tuple[str, int], Verification]) -> None:
        """The states of the numbers of one document, by dataset and record_no."""
        numbered: dict[str, dict[int, int]] = defaultdict(dict)
        for (dataset, number), state in states.items():
            numbered[dataset][number] = _STATES.index(state) + 1
        for dataset, codes in numbered.items():
            self._codes[dataset][document_id] = bytes(codes.get(number, 0) for number in range(max(codes) + 1))

    @property
    def datasets(self) -> tuple[str, ...]:
        return tuple(self._codes)

    def states(self, dataset: str, rows: pa.Table) -> list[str]:
        """The state of each row (KEYED); that which it has, where nothing is known of it.

        >>> own = Own()
        >>> own.add("a1", {("agency_scores", 2): "corrected"})
        >>> rows = pa.table({"document_id": ["a1", "a1"], "record_no": [1, 2], "verification": ["verified", "verified"]})
        >>> own.states("agency_scores", rows)
        ['verified', 'corrected']
        """
        known = self._codes.get(dataset, {})
        found = []
        for document_id, number, told in zip(*(rows[name].to_pylist() for name in KEYED), strict=True):
            codes = known.get(document_id, b"")
            code = codes[number] if number is not None and 0 <= number < len(codes) else 0
            found.append(_STATES[code - 1] if code else told)
        return found

    def applied(self, dataset: str, rows: pa.Table) -> pa.Table:
        """The rows with these states as their `verification`."""
        if dataset not in self._codes:
            return rows
        return restated(rows, pa.chunked_array([pa.array(self.states(dataset, rows), pa.string())]))


def reproved(
    tables: TableReader, own: Own | None = None, lent: Collection[tuple[str, str, int]] = ()
) -> Iterator[tuple[str, str, str]]:
    """Yields code, dataset and detail of what a release says of its documents together, and its own numbers would not say again.

    `tables` gives a dataset's table. What is put to them anew: the comparison of documents, and every row of `national_scores`.
    `own` is what each document's numbers prove by themselves, worked out anew: then what is published of every number must follow
    from it; without it the comparison must change nothing of what is published. `lent` are dataset, document and record_no of the
    scores that another document put right.
    """
    own = own or Own()
    statements = {dataset: _statements(tables, dataset, own) for dataset in _ASKED}
    documents = Narrow(schema_of(tables, "documents", SOURCE_COLUMNS))
    for batch in in_batches(tables, "documents", SOURCE_COLUMNS):
        documents.add(batch)
    again = reconcile(statements, documents.table(), lent_rows(statements, lent))
    for dataset, table in statements.items():
        yield from _other_states(dataset, table, again.verification[dataset], table[PUBLISHED])
    for dataset in own.datasets:
        if dataset not in statements:
            for batch in in_batches(tables, dataset, KEYED):
                made = pa.chunked_array([pa.array(own.states(dataset, batch), pa.string())])
                yield from _other_states(dataset, batch, made, batch["verification"])
    yield from _other_checks(tables, again)
    scores = statements["agency_scores"]
    del statements, again
    yield from _other_national(tables, restated(scores, scores[PUBLISHED]))


def _statements(tables: TableReader, dataset: str, own: Own) -> pa.Table:
    """What is needed of the rows of a compared dataset, with their own states, and in PUBLISHED those that are published."""
    asked = _ASKED[dataset]
    rows = Narrow(schema_of(tables, dataset, asked).append(pa.field(PUBLISHED, pa.string())))
    for batch in in_batches(tables, dataset, asked):
        rows.add(own.applied(dataset, batch).append_column(PUBLISHED, batch["verification"]))
    return rows.table()


def _other_states(
    dataset: str, rows: pa.Table, made: pa.ChunkedArray, published: pa.ChunkedArray
) -> Iterator[tuple[str, str, str]]:
    """Every row whose state is another than the one published."""
    now, before = (pc.fill_null(pc.cast(states, pa.string()), "none") for states in (made, published))
    differs = np.flatnonzero(pc.not_equal(now, before).to_numpy())
    some = rows.take(pa.array(differs))
    for document_id, number, at in zip(
        some["document_id"].to_pylist(), some["record_no"].to_pylist(), differs.tolist(), strict=True
    ):
        told = f"document {document_id}, {dataset}/{number}: proved anew it is {now[at]}, published as {before[at]}"
        yield "PROOF", dataset, told


def _other_checks(tables: TableReader, again: Reconciled) -> Iterator[tuple[str, str, str]]:
    """Every comparison that has another outcome than the one published, or is not published, or not made; some documents at a
    time."""
    done, compared = 0, again.comparisons.document
    for published in _checks(tables):
        last = bisect_right(again.ids, published["document_id"][-1].as_py(), key=lambda one: one.as_py())
        end = int(np.searchsorted(compared, last))
        yield from _others(published, again.checks(done, end))
        done = end
    if done < len(compared):
        yield from _others(None, again.checks(done))


def _checks(tables: TableReader) -> Iterator[pa.Table]:
    """The published checks in the order of their documents, those of one never parted."""
    columns = ("document_id", "identity", "subject", "outcome")
    parts: Iterable[pa.Table]
    if isinstance(tables, ReleaseTables) and CHECKS not in tables.unsorted:
        parts = (part(CHECKS) for part in tables.parts([CHECKS], columns))
    else:
        parts = [tables(CHECKS).select(columns).sort_by("document_id")]
    return (part for part in parts if part.num_rows)


def _others(published: pa.Table | None, made: pa.Table) -> Iterator[tuple[str, str, str]]:
    told, now = _outcomes(published) if published else {}, _outcomes(made)
    for thing in sorted(told.keys() | now.keys()):
        if told.get(thing) != now.get(thing):
            seen = f"{now.get(thing, 'not made')}, published as {told.get(thing, 'not made')}"
            yield "PROOF", CHECKS, f"document {thing[0]}, {IDENTITY} of {thing[1]}: {seen}"


def _outcomes(checks: pa.Table) -> dict[tuple[str, str], str]:
    rows = checks.filter(pc.equal(checks["identity"], IDENTITY))
    columns = (rows[name].to_pylist() for name in ("document_id", "subject", "outcome"))
    return {(document_id, subject): outcome for document_id, subject, outcome in zip(*columns, strict=True)}


def _other_national(tables: TableReader, statements: pa.Table) -> Iterator[tuple[str, str, str]]:
    """Every agency and year of which the statements of a release give another row than the one published."""
    whole = load_fields().dataset(NATIONAL)
    made = national_scores(statements, tables("agencies"), whole)
    if not _is_published(tables, made.sort_by([("fiscal_year", "ascending"), ("agency_id", "ascending")])):
        national, published = _by_key(made, whole), _by_key(tables(NATIONAL), whole)
        for agency in sorted(national.keys() | published.keys()):
            if national.get(agency) != published.get(agency):
                yield "PROOF", NATIONAL, f"agency {agency[0]}, {agency[1]}: the statements of the release give another row, or none"


def _is_published(tables: TableReader, made: pa.Table) -> bool:
    """Whether these rows, in the order of their years and agencies, are those that are published, to the last value."""
    start = 0
    for batch in in_batches(tables, NATIONAL, made.column_names):
        if not made.slice(start, batch.num_rows).equals(batch):
            return False
        start += batch.num_rows
    return bool(start == made.num_rows)


def _by_key(table: pa.Table, dataset: Dataset) -> dict[tuple[str, int], dict[str, object]]:
    return {tuple(row[name] for name in dataset.key): row for row in table.to_pylist()}
