"""Holds documents against one another: a score that two of them print is proved by both, or contradicted by one.

Announcements repeat last year's scores in a column of their own, agencies print theirs in reports. What a document gave stays in
the store as it was; a release says beside each number what all documents know of it, and in `checks` what was compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from ..model.record import Check, Verification
from ..rulebook.fields import Dataset, load_fields
from .national import national_scores
from .schema import table_of

TableReader: TypeAlias = Callable[[str], pa.Table]

IDENTITY = "same_score_in_two_documents"
DATASET = "agency_scores"
NEEDED = (
    "document_id", "record_no", "agency_id", "fiscal_year", "score", "grade", "target_passed", "is_current_year", "verification",
)  # fmt: skip
"""What is needed of the rows of `agency_scores`."""
SOURCE_COLUMNS = ("document_id", "document_type", "fiscal_year")
"""What is needed of `documents`."""
MIXED = frozenset({"compendium", "other"})
"""Kinds of document that may hold a copy of any other of the year."""
_RAISED: frozenset[str] = frozenset({"consistent", "unverified"})
"""What another document can prove. A number that was put right is told as such, and one that fails its own sums stays in doubt."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One row of `agency_scores`. `source` is the kind of its document, and the year of that."""

    document_id: str
    record_no: int
    score: float
    grade: str | None
    target_passed: bool | None
    is_current_year: bool
    verification: str
    source: tuple[str, int]

    def agrees(self, other: Statement) -> bool:
        """Whether both give the same score, and the same grade and target where both give one."""
        pairs = ((self.grade, other.grade), (self.target_passed, other.target_passed))
        return self.score == other.score and all(one is None or two is None or one == two for one, two in pairs)

    def is_independent(self, other: Statement) -> bool:
        """Whether neither document can be a copy of the other: two files of one announcement are one source, not two."""
        (kind, year), (other_kind, other_year) = self.source, other.source
        return year != other_year or (kind != other_kind and not {kind, other_kind} & MIXED)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What documents say of one another, by document: the `verification` that changes, by record_no, and the checks made."""

    verifications: Mapping[str, Mapping[int, Verification]] = field(default_factory=dict)
    checks: Mapping[str, Sequence[Check]] = field(default_factory=dict)

    def apply(self, table: pa.Table, dataset: Dataset, document_id: str) -> pa.Table:
        """One document's table of a dataset, with what the others say of it."""
        if dataset.name == DATASET:
            return _judged(table, self.verifications.get(document_id, {}))
        if dataset.name == "checks":
            more = self.checks.get(document_id, ())
            return _with_checks(table, table_of(more, dataset, document_id)) if more else table
        return table


def _judged(table: pa.Table, changes: Mapping[int, Verification]) -> pa.Table:
    """A document's scores, the `verification` of some of them, by record_no, changed."""
    if not changes:
        return table
    numbers, old = table["record_no"].to_pylist(), table["verification"].to_pylist()
    new = [changes.get(number, was) for number, was in zip(numbers, old, strict=True)]
    at = table.column_names.index("verification")
    return table.set_column(at, table.schema.field(at), pa.array(new, pa.string()))


def _with_checks(table: pa.Table, more: pa.Table) -> pa.Table:
    """A document's checks, and more of them, counted on."""
    at = more.column_names.index("check_no")
    numbers = pc.add(more["check_no"], table.num_rows)
    return pa.concat_tables([table, more.set_column(at, more.schema.field(at), numbers).cast(table.schema)])


def reconcile(statements: pa.Table, documents: pa.Table) -> Reconciled:
    """What the rows of `agency_scores` (NEEDED) in several `documents` (SOURCE_COLUMNS) say of one another.

    A row is `verified` where an independent document prints the same; `contradicted` where another document prints another value
    and nothing proves the row: neither its own document nor an independent one. The order of the rows given does not matter, and
    what comes out, put in again, changes nothing more.
    """
    verifications: dict[str, dict[int, Verification]] = defaultdict(dict)
    checks: dict[str, list[tuple[int, Check]]] = defaultdict(list)
    for group in _groups(statements, documents):
        for one, verification in _changes(group):
            verifications[one.document_id][one.record_no] = verification
        for one, check in _comparisons(group):
            checks[one.document_id].append((one.record_no, check))
    ordered = {key: [check for _, check in sorted(found, key=lambda pair: pair[0])] for key, found in checks.items()}
    return Reconciled(verifications, ordered)


def _groups(statements: pa.Table, documents: pa.Table) -> Iterator[list[Statement]]:
    """The statements of each agency and year of which more than one document speaks, the one that speaks first in front."""
    known = statements.select(list(NEEDED)).filter(pc.is_valid(statements["agency_id"]))
    counted = known.group_by(["agency_id", "fiscal_year"], use_threads=False).aggregate([("document_id", "count_distinct")])
    several = counted.filter(pc.greater(counted["document_id_count_distinct"], 1)).select(["agency_id", "fiscal_year"])
    rows = known.join(several, ["agency_id", "fiscal_year"], join_type="inner", use_threads=False)
    order = [("agency_id", "ascending"), ("fiscal_year", "ascending"), ("is_current_year", "descending")]
    rows = rows.sort_by([*order, ("document_id", "ascending"), ("record_no", "ascending")])
    sources = _sources(statements, documents)
    for _, members in groupby(rows.to_pylist(), key=lambda row: (row["agency_id"], row["fiscal_year"])):
        yield [_statement(row, sources[row["document_id"]]) for row in members]


def _sources(statements: pa.Table, documents: pa.Table) -> dict[str, tuple[str, int]]:
    """The source of each document. Where no year is printed, its scores tell it: many an announcement has lost its first page.

    What is bound together was printed when the youngest of its scores was, whatever year stands on the cover.
    """
    latest = statements.group_by("document_id", use_threads=False).aggregate([("fiscal_year", "max")]).to_pylist()
    scored = {row["document_id"]: row["fiscal_year_max"] for row in latest}
    return {
        key: (row["document_type"], scored[key] if row["document_type"] in MIXED else max(scored[key], row["fiscal_year"] or 0))
        for row in documents.select(list(SOURCE_COLUMNS)).to_pylist()
        if (key := row["document_id"]) in scored
    }


def _statement(row: Mapping[str, object], source: tuple[str, int]) -> Statement:
    values = {name: row[name] for name in NEEDED if name not in ("agency_id", "fiscal_year")}
    return Statement(**values, source=source)  # type: ignore[arg-type]


def _changes(group: Sequence[Statement]) -> Iterator[tuple[Statement, Verification]]:
    """The statements of one agency and year whose `verification` the others change."""
    for one in group:
        if one.verification not in _RAISED:
            continue
        if any(one.is_independent(other) and one.agrees(other) for other in group):
            yield one, "verified"
        elif any(other.document_id != one.document_id and not one.agrees(other) for other in group):
            yield one, "contradicted"


def _comparisons(group: Sequence[Statement]) -> Iterator[tuple[Statement, Check]]:
    """A check for each statement of another document than the first: that of the year's own document, where there is one.

    Two copies of one source that agree tell nothing, and are not told.
    """
    first = group[0]
    for one in group:
        if one.document_id != first.document_id:
            holds = one.agrees(first)
            if not holds or one.is_independent(first):
                yield one, _check(one, first, holds=holds)


def _check(one: Statement, first: Statement, *, holds: bool) -> Check:
    return Check(
        identity=IDENTITY,
        subject=f"{DATASET}/{one.record_no}",
        expected=f"{_value(first)} (document {first.document_id[:12]}, {DATASET}/{first.record_no})",
        observed=_value(one),
        tolerance="0",
        outcome="holds" if holds else "fails",
    )


def _value(one: Statement) -> str:
    target = {None: None, True: "passed", False: "failed"}[one.target_passed]
    return " ".join((f"{one.score:.2f}", *(part for part in (one.grade, target) if part)))


def reproved(tables: TableReader) -> Iterator[tuple[str, str, str]]:
    """Yields code, dataset and detail of what a release says of its documents together, and its own numbers would not say again.

    `tables` gives a dataset's table. What is put to them anew: the comparison of documents, and every row of `national_scores`.
    """
    statements, again = tables(DATASET), reconcile(tables(DATASET), tables("documents"))
    for document_id, rows in sorted(again.verifications.items()):
        for record_no, verification in sorted(rows.items()):
            yield "PROOF", DATASET, f"document {document_id}, {DATASET}/{record_no}: the other documents make it {verification}"
    told = _outcomes(tables("checks"))
    made = {(key, check.subject): check.outcome for key, found in again.checks.items() for check in found}
    for key in sorted(told.keys() | made.keys()):
        if told.get(key) != made.get(key):
            seen = f"{made.get(key, 'not made')}, published as {told.get(key, 'not made')}"
            yield "PROOF", "checks", f"document {key[0]}, {IDENTITY} of {key[1]}: {seen}"
    dataset = load_fields().dataset("national_scores")
    national = _by_key(national_scores(statements, tables("agencies"), dataset), dataset)
    published = _by_key(tables(dataset.name), dataset)
    for thing in sorted(national.keys() | published.keys()):
        if national.get(thing) != published.get(thing):
            yield "PROOF", dataset.name, f"agency {thing[0]}, {thing[1]}: the statements of the release give another row, or none"


def _outcomes(checks: pa.Table) -> dict[tuple[str, str], str]:
    rows = checks.filter(pc.equal(checks["identity"], IDENTITY)).select(["document_id", "subject", "outcome"]).to_pylist()
    return {(row["document_id"], row["subject"]): row["outcome"] for row in rows}


def _by_key(table: pa.Table, dataset: Dataset) -> dict[tuple[str, int], dict[str, object]]:
    return {tuple(row[name] for name in dataset.key): row for row in table.to_pylist()}
