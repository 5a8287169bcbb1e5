"""How the numbers of a release stand: how many are proved, and which are contradicted, where, and by what.

A number that fails its sums is no use without its place: whoever must decide opens the document at that page and looks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from ..rulebook.fields import Dataset, Fields, load_fields
from .reconcile import IDENTITY

TableReader: TypeAlias = Callable[[str], pa.Table]

STATES = ("verified", "consistent", "unverified", "corrected", "contradicted")
_WORDS = {"unverified": "uncovered"}
_CANDIDATE = re.compile(r"(?<!\w)(?P<row>\w++/\d+) (?P<field>\w+) (?P<before>\S+) for (?P<after>[^\s,]+)")


@dataclass(frozen=True, slots=True)
class Contradicted:
    """A row of which a number fails an identity that nothing puts right. `page` is None in a dataset without pages.

    `raw` is what the document prints, or the published numbers where the dataset keeps no print; `candidates` are what it may have
    said: single misreadings undone, and what other documents print. `failing` are the identities that say so.
    """

    document_id: str
    file_name: str
    dataset: str
    record_no: int
    page: int | None
    bbox: tuple[float, float, float, float] | None
    thing: str
    raw: str
    candidates: tuple[str, ...]
    failing: tuple[str, ...]

    def __str__(self) -> str:
        page = "" if self.page is None else f" page {self.page}"
        box = "" if self.bbox is None else f" [{', '.join(f'{edge:g}' for edge in self.bbox)}]"
        may = f"; may be {' or '.join(self.candidates)}" if self.candidates else ""
        why = f" ({', '.join(self.failing)})" if self.failing else ""
        return f"{self.file_name}{page}{box}: {self.dataset}/{self.record_no}, {self.thing}: {self.raw}{may}{why}"


def values_line(counts: Mapping[tuple[str, str], int]) -> str:
    """What is known of all published values, in one line. `counts` are rows by dataset and verification, as `Summary.values` has.

    Rows of `national_scores` are made of the others, and are not counted again.

    >>> values_line({("agency_scores", "verified"): 7896, ("agency_scores", "contradicted"): 1, ("national_scores", "verified"): 9})
    '7,897 values: 7,896 verified, 0 consistent, 0 uncovered, 0 corrected, 1 contradicted'
    """
    totals = dict.fromkeys(STATES, 0)
    for (dataset, state), count in counts.items():
        if dataset != "national_scores":
            totals[state] += count
    told = ", ".join(f"{count:,} {_WORDS.get(state, state)}" for state, count in totals.items())
    return f"{sum(totals.values()):,} values: {told}"


def value_counts(tables: TableReader, fields: Fields | None = None) -> dict[tuple[str, str], int]:
    """How many rows of each dataset are verified, consistent, …; `tables` gives a dataset's table."""
    counts: dict[tuple[str, str], int] = {}
    for dataset in (fields or load_fields()).datasets:
        if "verification" in dataset.names:
            for pair in pc.value_counts(tables(dataset.name)["verification"]).to_pylist():
                counts[dataset.name, pair["values"]] = pair["counts"]
    return counts


def contradicted_count(counts: Mapping[tuple[str, str], int]) -> int:
    """How many published values are contradicted, by their own document or by another."""
    return sum(count for (dataset, state), count in counts.items() if state == "contradicted" and dataset != "national_scores")


def contradicted_values(tables: TableReader, fields: Fields | None = None) -> tuple[Contradicted, ...]:
    """Every contradicted value of a release with its document, page and box, in the order of file names, pages and rows.

    `tables` gives a dataset's table; `read_dataset` with a folder filled in is one.
    """
    fields = fields or load_fields()
    names = {row["document_id"]: row["file_name"] for row in tables("documents").select(["document_id", "file_name"]).to_pylist()}
    failed = _Failed(tables("checks"), fields.conflict_identity)
    found = [
        one
        for dataset in fields.datasets
        if "verification" in dataset.names and dataset.origin == "document"
        for one in _of_dataset(tables(dataset.name), dataset, names, failed)
    ]
    return tuple(sorted(found, key=lambda one: (one.file_name, one.document_id, one.page or 0, one.dataset, one.record_no)))


class _Failed:
    """What the failed checks of all documents say of their rows."""

    def __init__(self, checks: pa.Table, conflict_identity: str) -> None:
        self.of_subject: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.candidates: dict[tuple[str, str], list[str]] = defaultdict(list)
        columns = ["document_id", "identity", "subject", "expected", "observed"]
        for row in checks.filter(pc.equal(checks["outcome"], "fails")).select(columns).to_pylist():
            document_id, identity = row["document_id"], row["identity"]
            self.of_subject[document_id, row["subject"]].append(identity)
            for candidate in _CANDIDATE.finditer(row["observed"]):
                key = (document_id, candidate["row"])
                self.candidates[key].append(f"{candidate['field']} {candidate['after']}")
                self.of_subject[key].append(identity)
            if identity == IDENTITY:
                self.candidates[document_id, row["subject"]].append(f"{row['expected'].partition(' (')[0]} in another document")
        self.conflict_identity = conflict_identity

    def identities(self, document_id: str, name: str, thing: str) -> tuple[str, ...]:
        own = (*self.of_subject.get((document_id, name), ()), *self.of_subject.get((document_id, thing), ()))
        return tuple(dict.fromkeys(own))


def _of_dataset(table: pa.Table, dataset: Dataset, names: Mapping[str, str], failed: _Failed) -> Iterator[Contradicted]:
    for row in table.filter(pc.equal(table["verification"], "contradicted")).to_pylist():
        document_id, name = row["document_id"], f"{dataset.name}/{row['record_no']}"
        thing = dataset.thing(row.get)
        box = row.get("bbox")
        yield Contradicted(
            document_id=document_id,
            file_name=names.get(document_id, document_id),
            dataset=dataset.name,
            record_no=row["record_no"],
            page=row.get("page"),
            bbox=(box[0], box[1], box[2], box[3]) if box else None,
            thing=thing,
            raw=_raw(row, dataset),
            candidates=tuple(dict.fromkeys(failed.candidates.get((document_id, name), ()))),
            failing=failed.identities(document_id, name, thing),
        )


def _raw(row: Mapping[str, Any], dataset: Dataset) -> str:
    printed = row.get("score_printed")
    if printed is not None:
        return f"prints {printed}"
    return ", ".join(f"{name} {row[name]:g}" for name in dataset.values if isinstance(row.get(name), int | float))
