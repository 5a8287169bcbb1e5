"""A number that fails the sums of its own document, and what other documents print in its place.

A type's mean that is off by two points says that one of dozens of scores was misread, and not which. Next year's announcement
prints these scores again: where it gives one of them as a single misreading undone would, and the sums hold then, it was that
one. So what the sums of one document leave open is settled when a release is made, where all documents lie side by side. The
store keeps what each document gave by itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..model.record import Verification
from .descriptor import DIGITS
from .narrow import Numbers, placed, ranked, restated
from .schema import concat
from .statements import COMPARED, Mask, Statements, sources_of, statements_of, things_of

Said: TypeAlias = Mapping[tuple[str, int], tuple[Decimal, str]]
"""What other documents print in place of the scores of one document, by dataset and record_no: the score, and where it stands."""
CHECKS = "checks"
_SOURCE = re.compile(rf"document (?P<document>[0-9a-f]{{{DIGITS}}}), (?P<dataset>\w+)/(?P<place>[0-9]+)")
_PRINTED = ("verified", "consistent", "unverified")
"""Only what stands on the page as it is read speaks for another document: no number that was itself put right, or is in doubt."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a document gives when others have settled what its own sums left open.

    `scores` are those put right, by dataset and record_no; `states` what every row with numbers is worth then; `checks` all rows
    of the document.
    """

    scores: Mapping[tuple[str, int], Decimal | int]
    states: Mapping[tuple[str, int], Verification]
    checks: pa.Table


Settle: TypeAlias = Callable[[Mapping[str, pa.Table], Said], Settled | None]
"""Given the tables of one document and what others print, what it gives; None where nothing is settled by that."""


def said_elsewhere(statements: Mapping[str, pa.Table], documents: pa.Table) -> dict[str, Said]:
    """By document, what others print in place of its contradicted scores.

    Told where all other documents that print the thing, and are in no doubt of it, print one score, and grade and target, where
    both give them, are the same. It need be no independent source: a second copy of an announcement proves no score, but it was
    read by itself. Where they give what is read here too, nothing is told.
    `statements` are the rows of COMPARED datasets by name, as each document by itself proves them.
    """
    doubtful = [one for one in COMPARED if one.dataset in statements and _is_doubtful(statements[one.dataset])]
    if not doubtful:  # as in most releases: to put a million rows side by side takes seconds
        return {}
    sources = sources_of(statements, documents)
    found: dict[str, dict[tuple[str, int], tuple[Decimal, str]]] = defaultdict(dict)
    for compared in doubtful:
        table = statements[compared.dataset]
        members = statements_of(compared, table, sources)
        for one, other in _answers(members, table["verification"].take(pa.array(members.row))):
            place = (
                f"document {sources.ids[members.document[other]].as_py()[:DIGITS]}, {compared.dataset}/{members.record_no[other]}"
            )
            told = Decimal(f"{members.score[other]:.2f}"), place
            found[sources.ids[members.document[one]].as_py()][compared.dataset, int(members.record_no[one])] = told
    return dict(found)


def _is_doubtful(table: pa.Table) -> bool:
    return "contradicted" in pc.unique(table["verification"]).to_pylist()


def _answers(members: Statements, states: pa.ChunkedArray) -> Iterator[tuple[int, int]]:
    """Pairs of a contradicted statement and the first of those of other documents, where all of them agree."""
    states = pc.cast(states, pa.string())
    exact, doubtful = members.leeway == 0, _is_in(states, ("contradicted",))
    speaks = exact & _is_in(states, _PRINTED)
    for one in np.flatnonzero(exact & doubtful).tolist():
        others = np.arange(*(np.searchsorted(members.group, members.group[one], side) for side in ("left", "right")))
        others = others[(members.document[others] != members.document[one]) & speaks[others]]
        scores = members.score[others]
        beside = members.differ_beside(np.full(len(others), one), others)
        if len(others) and not beside.any() and (scores == scores[0]).all() and scores[0] != members.score[one]:
            yield one, int(others[0])


def _is_in(texts: pa.ChunkedArray, some: Iterable[str]) -> Mask:
    found: Mask = pc.is_in(texts, value_set=pa.array(sorted(some))).to_numpy()
    return found


@dataclass(frozen=True, slots=True)
class Settlement:
    """What was settled of each document, and how tables follow."""

    documents: Mapping[str, Settled]

    def lent(self) -> set[tuple[str, str, int]]:
        """Dataset, document and record_no of every score that another document put right."""
        return {(dataset, document_id, no) for document_id, one in self.documents.items() for dataset, no in one.scores}

    def applied(self, name: str, table: pa.Table) -> pa.Table:
        """Rows of a dataset of many documents, or some columns of them, with what was settled. Of `checks` all of a document."""
        follows = name == CHECKS or {"document_id", "record_no", "verification"} <= set(table.column_names)
        if not self.documents or not follows or not len(rows := rows_of(table, self.documents)):
            return table
        if name == CHECKS:
            return self._with_checks(table, rows)
        keys = list(zip(*(table[column].take(pa.array(rows)).to_pylist() for column in ("document_id", "record_no")), strict=True))
        scores = [self.documents[document_id].scores.get((name, no)) for document_id, no in keys]
        states = [self.documents[document_id].states.get((name, no)) for document_id, no in keys]
        return with_states(with_scores(table, rows, scores), rows, states)

    def amended(self, name: str) -> Callable[[str, Iterable[pa.Table]], Iterator[pa.Table]]:
        """What gives the rows of a dataset, file by file, with what was settled."""
        return lambda _, tables: (self.applied(name, table) for table in tables)

    def _with_checks(self, table: pa.Table, rows: Numbers) -> pa.Table:
        kept = np.ones(len(table), np.bool_)
        kept[rows] = False
        new = [self.documents[one].checks for one in pc.unique(table["document_id"].take(pa.array(rows))).to_pylist()]
        whole = concat([table.filter(pa.array(kept)), *new], table.schema)
        return whole.sort_by([("document_id", "ascending"), ("check_no", "ascending")])


def rows_of(table: pa.Table, documents: Iterable[str]) -> Numbers:
    """The places of the rows of some documents."""
    places, ids = ranked(table["document_id"])
    wanted = pc.is_in(ids, value_set=pa.array(sorted(documents), pa.string())).to_numpy(zero_copy_only=False)
    return np.flatnonzero(wanted[places])


def with_scores(table: pa.Table, rows: Numbers, scores: Iterable[Decimal | int | None]) -> pa.Table:
    """The table with other scores in some rows; None leaves what is there."""
    put = [(row, float(score)) for row, score in zip(rows.tolist(), scores, strict=True) if score is not None]
    if not put:
        return table
    at = table.column_names.index("score")
    values = table["score"].to_numpy().copy()
    values[[row for row, _ in put]] = [score for _, score in put]
    return table.set_column(at, table.schema.field(at), pa.array(values, pa.float64(), from_pandas=True))


def with_states(table: pa.Table, rows: Numbers, states: Iterable[str | None]) -> pa.Table:
    """The table with another `verification` in some rows; None leaves what is there."""
    put = [(row, state) for row, state in zip(rows.tolist(), states, strict=True) if state is not None]
    if not put:
        return table
    return restated(table, placed(table["verification"], np.array([row for row, _ in put]), [state for _, state in put]))


def lent_rows(statements: Mapping[str, pa.Table], lent: Collection[tuple[str, str, int]]) -> dict[str, Numbers]:
    """By dataset the places of rows that are given by dataset, document and record_no."""
    found = {}
    for name in {dataset for dataset, _, _ in lent}:
        rows = rows_of(statements[name], {document_id for dataset, document_id, _ in lent if dataset == name})
        some = statements[name].take(pa.array(rows))
        keys = zip(some["document_id"].to_pylist(), some["record_no"].to_pylist(), strict=True)
        found[name] = rows[[(name, document_id, no) in lent for document_id, no in keys]]
    return found


def unfounded(
    tables: Callable[[str], pa.Table], lent: Mapping[tuple[str, str, int], str]
) -> Iterator[tuple[tuple[str, str, int], str]]:
    """The scores that another document is said to have put right, and that it does not print of the same thing; and why.

    `lent` gives by dataset, document and record_no the place that is said to print it. `tables` gives a dataset's table.
    """
    about = {one.dataset: one for one in COMPARED}
    for (dataset, document_id, no), source in sorted(lent.items()):
        words = _SOURCE.fullmatch(source)
        if dataset not in about or words is None or words["dataset"] != dataset:
            yield (dataset, document_id, no), f"settled by {source!r}, which is no place of a score"
            continue
        table = tables(dataset)
        mine = _row(table, pc.equal(table["document_id"], document_id), no)
        theirs = _row(table, pc.starts_with(table["document_id"], words["document"]), int(words["place"]))
        pair = pa.concat_tables([mine, theirs])
        things = things_of(about[dataset], pair)
        same = len(pair) == 2 and things[0] == things[1] >= 0 and pair["document_id"][0] != pair["document_id"][1]
        if not same or pair["score"][0] != pair["score"][1]:
            yield (dataset, document_id, no), f"settled by {source}, where the same score of the same thing does not stand"


def _row(table: pa.Table, documents: pa.ChunkedArray, no: int) -> pa.Table:
    return table.filter(pc.and_(documents, pc.equal(table["record_no"], no)))
