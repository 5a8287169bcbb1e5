"""Holds documents against one another: a score that two of them print is proved by both, or contradicted by one.

Announcements repeat last year's scores in a column of their own, agencies print theirs in reports, analyses and plans, and a
province's mean stands in the papers of each of its agencies. What a document gave stays in the store as it was; a release says
beside each number what all documents know of it, and in `checks` what was compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from ..model.record import Check, Verification
from ..rulebook.fields import Dataset, load_fields
from .national import national_scores
from .schema import table_of

TableReader: TypeAlias = Callable[[str], pa.Table]
States: TypeAlias = Mapping[tuple[str, str], Mapping[int, Verification]]
"""`verification` by dataset and document, and within these by record_no."""

IDENTITY = "same_score_in_two_documents"
SOURCE_COLUMNS = ("document_id", "document_type", "fiscal_year", "agency_id")
"""What is needed of `documents`."""
MIXED = frozenset({"compendium", "other"})
"""Kinds of document that may hold a copy of any other of the year."""
OWN = frozenset({"analysis", "measures_plan", "measures_report", "agency_history"})
"""Kinds that each agency writes itself: those of two agencies are two sources. An announcement has one author, whoever
copies it."""
_RAISED: frozenset[str] = frozenset({"consistent", "unverified"})
"""What another document can prove. A number that was put right is told as such, and one that fails its own sums stays in doubt."""
_WHO = {"agency": "agency_id", "agency_type": "agency_type", "province": "province"}
"""The column that names a subject of each kind."""
_HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Compared:
    """A dataset whose statements documents repeat. Beside whom and which year a row speaks of, `about` tells what it states.

    `subjects` are the kinds of whom it speaks: of several the column `subject` tells which. `beside` are further values that must
    not differ.
    """

    dataset: str
    about: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ("agency",)
    beside: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """What is needed of the rows of the dataset."""
        who = (*(_WHO[one] for one in self.subjects), *(("subject",) if len(self.subjects) > 1 else ()))
        always = ("document_id", "record_no", *who, "fiscal_year", *self.about, "score", "verification")
        return (*always, *self.beside, *self.optional)


COMPARED = (
    Compared("agency_scores", beside=("grade", "target_passed"), optional=("score_printed", "is_current_year")),
    Compared("indicator_scores", ("indicator_no",), ("agency", "agency_type", "province"), optional=("score_printed",)),
    Compared("instrument_scores", ("instrument", "part"), ("agency", "province"), optional=("score_printed",)),
    Compared("survey_items", ("item_code",)),
    Compared("oit_items", ("item_code",)),
    Compared("province_scores", subjects=("province",)),
)
"""Every dataset that is held against other documents."""


class Source(NamedTuple):
    """Where a statement stands: the kind of its document, the year of that, and the agency that it is of."""

    kind: str
    year: int
    author: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """One row that another document may repeat. `beside` are further values of it, such as the grade.

    `leeway` is how far the score may be from what was rounded to it, where fewer than two decimals of it are printed.
    """

    dataset: str
    document_id: str
    record_no: int
    score: float
    beside: tuple[object, ...]
    leeway: float
    is_current_year: bool
    verification: str
    source: Source

    def agrees(self, other: Statement) -> bool:
        """Whether both give the same score, and the same grade and target where both give one."""
        return self.score == other.score and not self._differs_beside(other)

    def differs(self, other: Statement) -> bool:
        """Whether no number can be printed as both. A text that says 95.6 differs from no 95.55, and does not prove it either."""
        apart = abs(self.score - other.score)
        return self._differs_beside(other) or apart > max(_HAIR, self.leeway + other.leeway + _HAIR)

    def _differs_beside(self, other: Statement) -> bool:
        pairs = zip(self.beside, other.beside, strict=True)
        return any(one is not None and two is not None and one != two for one, two in pairs)

    def is_independent(self, other: Statement) -> bool:
        """Whether neither document can be a copy of the other: two files of one announcement are one source, not two."""
        mine, theirs = self.source, other.source
        if mine.year != theirs.year:
            return True
        if mine.kind != theirs.kind:
            return not {mine.kind, theirs.kind} & MIXED
        return mine.kind in OWN and None not in (mine.author, theirs.author) and mine.author != theirs.author


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What documents say of one another: the `verification` that changes, and by document the checks made."""

    verifications: States = field(default_factory=dict)
    checks: Mapping[str, Sequence[Check]] = field(default_factory=dict)

    def apply(self, table: pa.Table, dataset: Dataset, document_id: str) -> pa.Table:
        """One document's table of a dataset, with what the others say of it."""
        if dataset.name == "checks":
            more = self.checks.get(document_id, ())
            return _with_checks(table, table_of(more, dataset, document_id)) if more else table
        changes = self.verifications.get((dataset.name, document_id))
        return _judged(table, changes) if changes else table


def _judged(table: pa.Table, changes: Mapping[int, Verification]) -> pa.Table:
    """A document's rows, the `verification` of some of them, by record_no, changed."""
    numbers, old = table["record_no"].to_pylist(), table["verification"].to_pylist()
    new = [changes.get(number, was) for number, was in zip(numbers, old, strict=True)]
    at = table.column_names.index("verification")
    return table.set_column(at, table.schema.field(at), pa.array(new, pa.string()))


def _with_checks(table: pa.Table, more: pa.Table) -> pa.Table:
    """A document's checks, and more of them, counted on."""
    at = more.column_names.index("check_no")
    numbers = pc.add(more["check_no"], table.num_rows)
    return pa.concat_tables([table, more.set_column(at, more.schema.field(at), numbers).cast(table.schema)])


def reconcile(statements: Mapping[str, pa.Table], documents: pa.Table) -> Reconciled:
    """What the rows of COMPARED datasets (by name, with the columns needed) in several `documents` (SOURCE_COLUMNS) say of one
    another.

    A row is `verified` where an independent document prints the same; `contradicted` where another document prints another value
    and nothing proves the row: neither its own document nor an independent one. The order of the rows given does not matter, and
    what comes out, put in again, changes nothing more.
    """
    verifications: dict[tuple[str, str], dict[int, Verification]] = defaultdict(dict)
    checks: dict[str, list[tuple[tuple[int, int], Check]]] = defaultdict(list)
    sources = _sources(statements, documents)
    for place, compared in enumerate(COMPARED):
        table = statements.get(compared.dataset)
        for group in _groups(compared, table, sources) if table is not None else ():
            for one, verification in _changes(group):
                verifications[one.dataset, one.document_id][one.record_no] = verification
            for one, check in _comparisons(group):
                checks[one.document_id].append(((place, one.record_no), check))
    ordered = {key: [check for _, check in sorted(found, key=lambda pair: pair[0])] for key, found in checks.items()}
    return Reconciled(verifications, ordered)


def _groups(compared: Compared, table: pa.Table, sources: Mapping[str, Source]) -> Iterator[list[Statement]]:
    """The statements of each thing of which more than one document speaks, the one that speaks first in front."""
    known = table.select(list(compared.columns)).append_column("thing", _things(compared, table))
    known = known.filter(pc.and_(pc.is_valid(known["thing"]), pc.is_valid(known["score"])))
    counted = known.group_by("thing", use_threads=False).aggregate([("document_id", "count_distinct")])
    several = counted.filter(pc.greater(counted["document_id_count_distinct"], 1))["thing"].combine_chunks()
    rows = known.filter(pc.is_in(known["thing"], value_set=several)).sort_by(
        [("thing", "ascending"), ("document_id", "ascending"), ("record_no", "ascending")]
    )
    for _, members in groupby(rows.to_pylist(), key=lambda row: row["thing"]):
        group = [_statement(compared, row, sources[row["document_id"]]) for row in members]
        yield sorted(group, key=lambda one: (not one.is_current_year, one.leeway))  # stable: then by document and row


def _things(compared: Compared, table: pa.Table) -> pa.ChunkedArray:
    """What each row is about, the same words in every document; null where its subject is not known."""
    several = len(compared.subjects) > 1
    kind = table["subject"] if several else pa.chunked_array([pa.repeat(pa.scalar(compared.subjects[0]), len(table))])
    who = pa.chunked_array([pa.nulls(len(table), pa.string())])
    for name in compared.subjects:
        who = pc.if_else(pc.equal(kind, name), table[_WHO[name]], who)
    about = [pc.fill_null(pc.cast(table[name], pa.string()), "") for name in ("fiscal_year", *compared.about)]
    return pc.binary_join_element_wise(kind, who, *about, "\t")


def _sources(statements: Mapping[str, pa.Table], documents: pa.Table) -> dict[str, Source]:
    """The source of each document. Where no year is printed, its scores tell it: many an announcement has lost its first page.

    What is bound together was printed when the youngest of its scores was, whatever year stands on the cover.
    """
    scored: dict[str, int] = {}
    for table in statements.values():
        for row in table.group_by("document_id", use_threads=False).aggregate([("fiscal_year", "max")]).to_pylist():
            scored[row["document_id"]] = max(scored.get(row["document_id"], 0), row["fiscal_year_max"])
    return {
        key: Source(
            row["document_type"],
            scored[key] if row["document_type"] in MIXED else max(scored[key], row["fiscal_year"] or 0),
            row["agency_id"],
        )
        for row in documents.select(list(SOURCE_COLUMNS)).to_pylist()
        if (key := row["document_id"]) in scored
    }


def _statement(compared: Compared, row: Mapping[str, object], source: Source) -> Statement:
    printed, score = row.get("score_printed"), float(str(row["score"]))
    parts = compared.dataset == "instrument_scores"
    return Statement(
        dataset=compared.dataset,
        document_id=str(row["document_id"]),
        record_no=int(str(row["record_no"])),
        score=score,
        beside=tuple(row[name] for name in compared.beside),
        leeway=_leeway(score, printed, parts=parts) if isinstance(printed, str) and row["verification"] != "corrected" else 0.0,
        is_current_year=row.get("is_current_year") is not False,
        verification=str(row["verification"]),
        source=source,
    )


def _leeway(score: float, printed: str, *, parts: bool) -> float:
    """How far a score of 100 may be from what was rounded to it, by the decimals that are printed; none where two are.

    An instrument may be printed as its part of the total: 28.04 of 30 is anything from 93.45 to 93.48.

    >>> _leeway(95.6, "95.6", parts=False), _leeway(95.55, "๙๕.๕๕", parts=True), round(_leeway(93.47, "28.04", parts=True), 3)
    (0.05, 0.0, 0.022)
    """
    text = printed.strip()
    try:
        value = float(text)  # Thai digits are digits to Python too
    except ValueError:
        return 0.0
    half = 0.5 * 10.0 ** -len(text.partition(".")[2])
    if parts and value > 0 and abs(value - score) > half + _HAIR:
        return half * score / value + 0.005
    return half if half > 0.005 + _HAIR else 0.0


def _changes(group: Sequence[Statement]) -> Iterator[tuple[Statement, Verification]]:
    """The statements of one thing whose `verification` the others change."""
    for one in group:
        if one.verification not in _RAISED:
            continue
        if any(one.is_independent(other) and one.agrees(other) for other in group):
            yield one, "verified"
        elif any(other.document_id != one.document_id and one.differs(other) for other in group):
            yield one, "contradicted"


def _comparisons(group: Sequence[Statement]) -> Iterator[tuple[Statement, Check]]:
    """A check for each statement of another document than the first: that of the year's own document, where there is one.

    Two copies of one source that agree tell nothing, and are not told.
    """
    first = group[0]
    for one in group:
        if one.document_id == first.document_id:
            continue
        if one.differs(first):
            yield one, _check(one, first, holds=False)
        elif one.agrees(first) and one.is_independent(first):
            yield one, _check(one, first, holds=True)


def _check(one: Statement, first: Statement, *, holds: bool) -> Check:
    return Check(
        identity=IDENTITY,
        subject=f"{one.dataset}/{one.record_no}",
        expected=f"{_value(first)} (document {first.document_id[:12]}, {first.dataset}/{first.record_no})",
        observed=_value(one),
        tolerance="0",
        outcome="holds" if holds else "fails",
    )


def _value(one: Statement) -> str:
    words = ({True: "passed", False: "failed"}[part] if isinstance(part, bool) else part for part in one.beside)
    return " ".join((f"{one.score:.2f}", *(str(part) for part in words if part)))


def reproved(tables: TableReader, own: States | None = None) -> Iterator[tuple[str, str, str]]:
    """Yields code, dataset and detail of what a release says of its documents together, and its own numbers would not say again.

    `tables` gives a dataset's table. What is put to them anew: the comparison of documents, and every row of `national_scores`.
    `own` is what each document's numbers prove by themselves, worked out anew: then what is published of every number must follow
    from it; without it the comparison must change nothing of what is published.
    """
    own = own or {}
    statements = {one.dataset: _with_own(tables(one.dataset), one.dataset, own) for one in COMPARED}
    again = reconcile(statements, tables("documents"))
    for dataset in dict.fromkeys((*(one.dataset for one in COMPARED), *(name for name, _ in own))):
        for document_id, record_no, published in _published(tables(dataset)):
            key = (dataset, document_id)
            alone = own.get(key, {}).get(record_no, published)
            made = again.verifications.get(key, {}).get(record_no, alone)
            if made != published:
                told = f"document {document_id}, {dataset}/{record_no}: proved anew it is {made}, published as {published}"
                yield "PROOF", dataset, told
    told_checks = _outcomes(tables("checks"))
    made_checks = {(key, check.subject): check.outcome for key, found in again.checks.items() for check in found}
    for thing in sorted(told_checks.keys() | made_checks.keys()):
        if told_checks.get(thing) != made_checks.get(thing):
            seen = f"{made_checks.get(thing, 'not made')}, published as {told_checks.get(thing, 'not made')}"
            yield "PROOF", "checks", f"document {thing[0]}, {IDENTITY} of {thing[1]}: {seen}"
    whole = load_fields().dataset("national_scores")
    national = _by_key(national_scores(tables("agency_scores"), tables("agencies"), whole), whole)
    published_rows = _by_key(tables(whole.name), whole)
    for agency in sorted(national.keys() | published_rows.keys()):
        if national.get(agency) != published_rows.get(agency):
            yield "PROOF", whole.name, f"agency {agency[0]}, {agency[1]}: the statements of the release give another row, or none"


def _published(table: pa.Table) -> Iterator[tuple[str, int, str]]:
    columns = (table[name].to_pylist() for name in ("document_id", "record_no", "verification"))
    return zip(*columns, strict=True)


def _with_own(table: pa.Table, dataset: str, own: States) -> pa.Table:
    """The table with what each row proves by itself as its `verification`, where that is known."""
    if not own:
        return table
    states = [own.get((dataset, key), {}).get(number, told) for key, number, told in _published(table)]
    at = table.column_names.index("verification")
    return table.set_column(at, table.schema.field(at), pa.array(states, pa.string()))


def _outcomes(checks: pa.Table) -> dict[tuple[str, str], str]:
    rows = checks.filter(pc.equal(checks["identity"], IDENTITY)).select(["document_id", "subject", "outcome"]).to_pylist()
    return {(row["document_id"], row["subject"]): row["outcome"] for row in rows}


def _by_key(table: pa.Table, dataset: Dataset) -> dict[tuple[str, int], dict[str, object]]:
    return {tuple(row[name] for name in dataset.key): row for row in table.to_pylist()}
