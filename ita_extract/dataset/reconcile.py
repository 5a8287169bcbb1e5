"""Holds documents against one another: a score that two of them print is proved by both, or contradicted by one.

Announcements repeat last year's scores in a column of their own, agencies print theirs in reports, analyses and plans, and a
province's mean stands in the papers of each of its agencies. What a document gave stays in the store as it was; a release says
beside each number what all documents know of it, and in `checks` what was compared.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..rulebook.fields import Dataset, load_fields
from .narrow import Numbers, placed, restated
from .schema import arrow_schema
from .statements import COMPARED, Compared, Mask, Sources, Statements, sources_of, statements_of

IDENTITY = "same_score_in_two_documents"
_RAISED = ("consistent", "unverified")
"""What another document can prove. A number that was put right is told as such, and one that fails its own sums stays in doubt."""
_TARGET = {True: "passed", False: "failed"}
_PAIRS = 1 << 18
"""Pairs of statements that are looked at together."""
_ROWS = 1 << 16
"""Comparisons that are put into words together."""
_NOTHING: Mapping[str, Numbers] = {}


@dataclass(frozen=True, slots=True)
class Comparisons:
    """The statements of other documents than the first that speaks of a thing, held against that: a check each.

    Sorted by document, dataset (its place in COMPARED) and row. `row` and `first` are rows of the dataset's table.
    """

    document: Numbers
    place: Numbers
    row: Numbers
    first: Numbers
    holds: Mask

    def of(self, start: int, end: int) -> Comparisons:
        """Some of them, by their place in the order."""
        return Comparisons(*(getattr(self, name)[start:end] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What documents say of one another, beside the tables given.

    `verification` is that of each row of a table, by dataset, the table's own where nobody says otherwise; `comparisons` are the
    checks made, and `ids` the documents of which they speak.
    """

    tables: Mapping[str, pa.Table]
    ids: pa.Array
    verification: Mapping[str, pa.ChunkedArray]
    comparisons: Comparisons

    def checks(self, start: int = 0, end: int | None = None) -> pa.Table:
        """Some of the comparisons as rows of `checks`, in the order of their documents, those of each counted from 1."""
        some = self.comparisons.of(start, len(self.comparisons.document) if end is None else end)
        words = np.empty((3, len(some.row)), object)
        for place, compared in enumerate(COMPARED):
            at = np.flatnonzero(some.place == place)
            if len(at):
                table = self.tables[compared.dataset]
                words[:, at] = _words(compared, table.take(pa.array(some.row[at])), table.take(pa.array(some.first[at])))
        dataset = load_fields().dataset("checks")
        starts = np.searchsorted(self.comparisons.document, some.document) - start  # the first may have begun before
        count = len(some.row)
        columns = {
            "document_id": self.ids.take(pa.array(some.document)),
            dataset.ordinal: pa.array(np.arange(count) - starts + 1),
            "identity": pa.repeat(pa.scalar(IDENTITY), count),
            "subject": pa.array(words[0], pa.string()),
            "expected": pa.array(words[1], pa.string()),
            "observed": pa.array(words[2], pa.string()),
            "tolerance": pa.repeat(pa.scalar("0"), count),
            "outcome": pc.if_else(pa.array(some.holds), "holds", "fails"),
        }
        schema = arrow_schema(dataset)
        return pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)

    def amended_checks(self, _: str, parts: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """The `checks` of documents, in their order and never parted within a document, and behind the own ones of each the
        comparisons."""
        done = 0
        for table in parts:
            last = bisect_right(self.ids, table["document_id"][-1].as_py(), key=lambda one: one.as_py())
            end = int(np.searchsorted(self.comparisons.document, last))
            yield from _merged(table, self._in_parts(done, end))
            done = end
        yield from self._in_parts(done, len(self.comparisons.document))

    def _in_parts(self, start: int, end: int) -> Iterator[pa.Table]:
        for at in range(start, end, _ROWS):
            yield self.checks(at, min(at + _ROWS, end))

    def amended(self, dataset: Dataset) -> Callable[[str, Iterable[pa.Table]], Iterator[pa.Table]]:
        """What gives the rows of a compared dataset, file by file in their order, with what all documents know of them."""

        def amend(part: str, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
            states = self.verification[dataset.name]
            if dataset.partition == "fiscal_year":
                states = states.filter(pc.equal(self.tables[dataset.name]["fiscal_year"], int(part)))
            start = 0
            for table in tables:
                yield restated(table, states.slice(start, table.num_rows))
                start += table.num_rows

        return amend


def _merged(own: pa.Table, more: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Checks of documents with more of them, counted on, behind those of the same document."""
    parts = list(more)
    if not parts:
        yield own
        return
    added = pa.concat_tables(parts)
    counts = pc.value_counts(own["document_id"])
    found = pc.index_in(added["document_id"], value_set=counts.field("values"))
    at = added.column_names.index("check_no")
    numbers = pc.add(added["check_no"], pc.fill_null(counts.field("counts").take(found), 0))
    whole = pa.concat_tables([own, added.set_column(at, added.schema.field(at), numbers)])
    yield whole.sort_by([("document_id", "ascending"), ("check_no", "ascending")])


def reconcile(statements: Mapping[str, pa.Table], documents: pa.Table, lent: Mapping[str, Numbers] = _NOTHING) -> Reconciled:
    """What the rows of COMPARED datasets (by name, with the columns needed) in several `documents` (SOURCE_COLUMNS) say of one
    another.

    A row is `verified` where an independent document prints the same; `contradicted` where another document prints another value
    and nothing proves the row: neither its own document nor an independent one. The order of the rows given does not matter, and
    what comes out, put in again, changes nothing more. Texts may be dictionary-encoded (see `narrow`), as many should be.
    `lent` are the rows, by dataset, whose score is that of another document (see `elsewhere`): they prove no other.
    """
    sources = sources_of(statements, documents)
    verification: dict[str, pa.ChunkedArray] = {}
    found: list[tuple[Numbers, ...]] = []
    for place, compared in enumerate(COMPARED):
        if (table := statements.get(compared.dataset)) is not None:
            members = statements_of(compared, table, sources)
            proving = ~np.isin(members.row, lent.get(compared.dataset, ()))
            verification[compared.dataset] = _changed(table["verification"], members, sources, proving)
            found.append(_compared(members, sources, place))
    columns = [np.concatenate(parts) for parts in zip(*found, strict=True)] or [np.empty(0, np.int64)] * 6
    order = np.lexsort((columns[5], columns[1], columns[0]))
    document, place_of, row, first, holds = (column[order] for column in columns[:5])
    return Reconciled(statements, sources.ids, verification, Comparisons(document, place_of, row, first, holds.astype(np.bool_)))


def _changed(old: pa.ChunkedArray, members: Statements, sources: Sources, proving: Mask) -> pa.ChunkedArray:
    """The `verification` of all rows, with what other documents prove or contradict."""
    raised = pc.is_in(pc.cast(old.take(pa.array(members.row)), pa.string()), value_set=pa.array(_RAISED)).to_numpy()
    proved, denied = _judged(members, np.flatnonzero(raised), sources, proving)
    rows = np.concatenate([members.row[denied], members.row[proved]])
    return placed(old, rows, ["contradicted"] * len(denied) + ["verified"] * len(proved))


def _judged(members: Statements, asked: Numbers, sources: Sources, proving: Mask) -> tuple[Numbers, Numbers]:
    """Of the statements `asked`, those that an independent one of the same thing that is `proving` agrees with, and of the rest
    those from which another document differs."""
    start = members.firsts()[asked]
    size = np.bincount(members.group)[members.group[asked]] if len(asked) else start
    proved, denied = np.zeros(len(asked), np.bool_), np.zeros(len(asked), np.bool_)
    ends = np.cumsum(size)
    at = 0
    while at < len(asked):
        until = max(at + 1, int(np.searchsorted(ends, (ends[at - 1] if at else 0) + _PAIRS, "right")))
        counts = size[at:until]
        which = np.repeat(np.arange(at, until), counts)
        one = asked[which]
        other = start[which] + np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        mine, theirs = members.document[one], members.document[other]
        proved[which[proving[other] & sources.independent(mine, theirs) & members.agree(one, other)]] = True
        denied[which[(mine != theirs) & members.differ(one, other)]] = True
        at = until
    return asked[proved], asked[denied & ~proved]


def _compared(members: Statements, sources: Sources, place: int) -> tuple[Numbers, ...]:
    """The statements of other documents than the first: that of the year's own document, where there is one.

    Two copies of one source that agree tell nothing, and are not told. Gives the columns of Comparisons, and record_no.
    """
    firsts, all_of_them = members.firsts(), np.arange(len(members.row))
    mine, theirs = members.document, members.document[firsts]
    differs = members.differ(all_of_them, firsts)
    holds = ~differs & members.agree(all_of_them, firsts) & sources.independent(mine, theirs)
    told = np.flatnonzero((mine != theirs) & (differs | holds))
    rows = members.row[told], members.row[firsts[told]]
    return mine[told], np.full(len(told), place), *rows, holds[told].astype(np.int64), members.record_no[told]


def _words(compared: Compared, table: pa.Table, first: pa.Table) -> list[list[str]]:
    """Subject, expected and observed of each comparison."""
    name = compared.dataset
    numbers, firsts = table["record_no"].to_pylist(), first["record_no"].to_pylist()
    documents = pc.utf8_slice_codeunits(pc.cast(first["document_id"], pa.string()), 0, 12).to_pylist()
    return [
        [f"{name}/{number}" for number in numbers],
        [
            f"{value} (document {document}, {name}/{number})"
            for value, document, number in zip(_values(compared, first), documents, firsts, strict=True)
        ],
        _values(compared, table),
    ]


def _values(compared: Compared, table: pa.Table) -> list[str]:
    """What is stated, in words: the score, and what stands beside it."""
    scores, *beside = (table[name].to_pylist() for name in ("score", *compared.beside))
    words = [[_TARGET.get(part, part) for part in column] for column in beside]
    return [" ".join((f"{score:.2f}", *filter(None, said))) for score, *said in zip(scores, *words, strict=True)]
