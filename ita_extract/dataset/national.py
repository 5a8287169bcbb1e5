"""`agencies` and `national_scores`: what all documents together say of an agency, one row each.

A score is printed again and again: in its year's announcement, in the earlier-year column of the next one, in the agency's own
report. All of these stay in `agency_scores`; here they are reconciled. Rows whose agency was not resolved take no part, for a
name alone is not enough to tell two บ้านใหม่ apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..rulebook.fields import Dataset
from .narrow import ROWS_AT_ONCE, codes_of, ranked
from .schema import arrow_schema

Codes: TypeAlias = NDArray[np.int64]

MENTION_COLUMNS = ("agency_id", "agency_name", "agency_name_printed", "agency_type", "province", "district")
"""What `agencies` needs of any dataset that names agencies; a dataset without one of them gives nulls."""
STATEMENT_COLUMNS = (
    "document_id", "record_no", "agency_id", "fiscal_year", "agency_name", "agency_type", "province", "district", "score",
    "score_printed", "grade", "target_passed", "is_current_year", "verification",
)  # fmt: skip
"""What `national_scores` needs of `agency_scores`."""

WHOLE, TENTH = "^\\s*[0-9๐-๙]+\\s*$", "^\\s*[0-9๐-๙]+[.][0-9๐-๙]\\s*$"
"""Scores that are printed without decimals, and with one."""
CENT = 0.005
"""Half of the last of two decimals."""
HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Place:
    """Where an agency belongs, from the registry: official codes of 2, 4 and 6 digits, and the body above it by name."""

    province_code: str | None = None
    district_code: str | None = None
    subdistrict_code: str | None = None
    parent: str | None = None


def mentions(table: pa.Table) -> pa.Table:
    """How a table of any dataset names agencies: each different way once with its count, rows without agency_id left out."""
    strings = [table.column(name) if name in table.column_names else pa.nulls(len(table), pa.string()) for name in MENTION_COLUMNS]
    named = pa.table(strings, names=list(MENTION_COLUMNS))
    counted = named.filter(pc.is_valid(named["agency_id"])).group_by(list(MENTION_COLUMNS), use_threads=False)
    return counted.aggregate([([], "count_all")]).rename_columns([*MENTION_COLUMNS, "n"])


class Mentions:
    """How many tables name agencies, each different way once: as much as there are ways, however many rows there are."""

    def __init__(self) -> None:
        self._known = _no_mentions()
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0

    def add(self, table: pa.Table) -> None:
        """The mentions of one more table of any dataset."""
        found = mentions(table)
        self._waiting.append(found)
        self._waiting_rows += found.num_rows
        if self._waiting_rows > max(ROWS_AT_ONCE, self._known.num_rows):
            self.table()

    def table(self) -> pa.Table:
        """All of them, as `mentions` gives those of one table."""
        whole = pa.concat_tables([self._known, *self._waiting]).combine_chunks()
        counted = whole.group_by(list(MENTION_COLUMNS), use_threads=False).aggregate([("n", "sum")])
        self._known = counted.rename_columns([*MENTION_COLUMNS, "n"])
        self._waiting, self._waiting_rows = [], 0
        return self._known


def agencies(named: Iterable[pa.Table], places: Mapping[str, Place] | None, dataset: Dataset) -> pa.Table:
    """The table `agencies` out of the `mentions` of all tables: of several names or types of an agency the commonest counts."""
    table = pa.concat_tables([_no_mentions(), *named])
    ids = pc.unique(table["agency_id"]).sort()
    columns: dict[str, pa.Array] = {"agency_id": ids}
    for name in ("agency_name", "agency_type", "province", "district"):
        columns[name] = _commonest(table, name, ids)
    columns["agency_name"] = pc.coalesce(columns["agency_name"], ids)  # an agency that no row names is known by its id alone
    columns["names_printed"] = _all_different(table, "agency_name_printed", ids)
    found = [Place() if places is None else places.get(agency, Place()) for agency in ids.to_pylist()]
    for field in fields(Place):
        columns[field.name] = pa.array([getattr(place, field.name) for place in found], pa.string())
    schema = arrow_schema(dataset)
    return pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)


def national_scores(statements: pa.Table, known: pa.Table, dataset: Dataset) -> pa.Table:
    """The table `national_scores` out of all rows of `agency_scores` (at least STATEMENT_COLUMNS) and the table `agencies`.

    Which statement speaks for a year, what ranks and percentiles mean, and when statements agree is written where the columns are
    described, in `rules/fields.toml`. Deterministic: the order of the rows given does not matter.
    """
    known_rows = statements.select(list(STATEMENT_COLUMNS)).filter(pc.is_valid(statements["agency_id"])).combine_chunks()
    table, texts = _numbered(known_rows)
    ladder = pa.array(dataset.column("verification").enum)
    table = table.append_column("rung", pc.index_in(texts["verification"], value_set=ladder).take(table["verification"]))
    table = table.append_column("support", _support(table))
    leeway = _leeway(table, texts)
    for name, ends in (("low", pc.subtract(table["score"], leeway)), ("high", pc.add(table["score"], leeway))):
        table = table.append_column(name, ends)
    table = table.append_column("leeway", leeway)
    order = [("agency_id", "ascending"), ("fiscal_year", "ascending"), ("is_current_year", "descending"), ("rung", "ascending")]
    finer = [("leeway", "ascending"), ("support", "descending")]
    table = table.sort_by([*order, *finer, ("document_id", "ascending"), ("record_no", "ascending")])
    for name in ("grade", "target_passed"):
        table = table.append_column(f"current_{name}", pc.if_else(table["is_current_year"], table[name], None))
    rows = table.group_by(["agency_id", "fiscal_year"], use_threads=False).aggregate(
        [(name, "first") for name in ("agency_name", "agency_type", "province", "district", "score", "current_grade")]
        + [("current_target_passed", "first"), ("rung", "min"), ([], "count_all"), ("low", "max"), ("high", "min")]
        + [(name, "count_distinct") for name in ("grade", "target_passed")]
    )
    rows = rows.sort_by(order[:2])  # groups come out of Arrow roughly, and not exactly, in the order in which they went in
    agree = pc.and_(
        pc.less(rows["low_max"], pc.subtract(rows["high_min"], HAIR)),
        pc.and_(pc.less_equal(rows["grade_count_distinct"], 1), pc.less_equal(rows["target_passed_count_distinct"], 1)),
    )
    said = {name: texts[name].take(rows[f"{name}_first"]) for name in ("agency_name", "agency_type", "province", "district")}
    ids = texts["agency_id"].take(rows["agency_id"])
    at = pc.index_in(ids, value_set=known["agency_id"].combine_chunks())
    columns: dict[str, pa.Array] = {
        "agency_id": ids,
        "fiscal_year": rows["fiscal_year"],
        "agency_name": said["agency_name"],
        **{name: pc.coalesce(said[name], known[name].take(at)) for name in ("agency_type", "province", "district")},
        "score": rows["score_first"],
        "grade": texts["grade"].take(rows["current_grade_first"]),
        "target_passed": rows["current_target_passed_first"],
        "statement_count": rows["count_all"],
        "statements_agree": agree,
        "verification": pc.if_else(agree, ladder.take(rows["rung_min"]), "contradicted"),
    }
    columns |= _ranks(columns)
    columns["change_from_previous"] = _change(columns)
    schema = arrow_schema(dataset)
    arrays = [pc.cast(columns[name], schema.field(name).type) for name in schema.names]
    return pa.Table.from_arrays(arrays, schema=schema)


def _no_mentions() -> pa.Table:
    return pa.schema([*((name, pa.string()) for name in MENTION_COLUMNS), ("n", pa.int64())]).empty_table()


def _commonest(table: pa.Table, name: str, ids: pa.Array) -> pa.Array:
    """For each id the value that most rows carry, of equally common ones the first in code point order; null where none do."""
    counted = table.filter(pc.is_valid(table[name])).group_by(["agency_id", name], use_threads=False).aggregate([("n", "sum")])
    best = counted.sort_by([("agency_id", "ascending"), ("n_sum", "descending"), (name, "ascending")])
    best = best.group_by("agency_id", use_threads=False).aggregate([(name, "first")])
    return best[f"{name}_first"].take(pc.index_in(ids, value_set=best["agency_id"].combine_chunks())).combine_chunks()


def _all_different(table: pa.Table, name: str, ids: pa.Array) -> pa.Array:
    """For each id all different values, sorted; an empty list where there are none."""
    pairs = table.filter(pc.is_valid(table[name])).group_by(["agency_id", name], use_threads=False).aggregate([])
    pairs = pairs.sort_by([("agency_id", "ascending"), (name, "ascending")]).combine_chunks()
    owner = pc.index_in(pairs["agency_id"], value_set=ids).to_numpy()
    offsets = np.searchsorted(owner, np.arange(len(ids) + 1)).astype(np.int32)
    values = pairs[name].combine_chunks()
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=pa.list_(pa.field("element", pa.string())))


def _numbered(table: pa.Table) -> tuple[pa.Table, dict[str, pa.Array]]:
    """The table with each text as its place among the different ones of its column, in code point order; and those, by column."""
    columns, texts = {}, {}
    for name in table.column_names:
        columns[name] = table[name]
        if pa.types.is_string(kind := table[name].type) or pa.types.is_dictionary(kind):
            places, texts[name] = ranked(table[name])
            columns[name] = pa.array(places.astype(np.int32), mask=places < 0)
    return pa.table(columns), texts


def _leeway(table: pa.Table, texts: Mapping[str, pa.Array]) -> pa.ChunkedArray:
    """How far each score may be from what was rounded to it: 95.6 stands for 95.55 to 95.65, and 95.55 for 95.545 to 95.555."""
    text = pc.cast(texts["score_printed"], pa.string())
    coarse = pc.if_else(pc.match_substring_regex(text, WHOLE), 0.5, pc.if_else(pc.match_substring_regex(text, TENTH), 0.05, CENT))
    as_printed = pc.not_equal(texts["verification"], "corrected").take(table["verification"])
    return pc.if_else(as_printed, pc.fill_null(coarse.take(table["score_printed"]), CENT), CENT)


def _support(table: pa.Table) -> pa.ChunkedArray:
    """For each statement how many statements of the same agency and year carry the same score."""
    codes, _ = codes_of(table[name] for name in ("agency_id", "fiscal_year", "score"))
    _, which, counts = np.unique(codes, return_inverse=True, return_counts=True)
    return pa.chunked_array([pa.array(counts[which], pa.int64())])


def _ranks(columns: Mapping[str, pa.ChunkedArray]) -> dict[str, pa.Array]:
    """The three ranks and the percentile: where a group is not known, null."""
    cents = np.round(columns["score"].to_numpy() * 100).astype(np.int64)
    ranks: dict[str, pa.Array] = {}
    for name, group in (("rank_in_type", "agency_type"), ("rank_in_province", "province"), ("rank_national", None)):
        codes, missing = codes_of([columns["fiscal_year"], *([columns[group]] if group else [])])
        rank, at_or_below, size = _competition(codes, cents)
        ranks[name] = pa.array(rank, mask=missing)
        if group == "agency_type":
            ranks["percentile_in_type"] = pa.array(np.floor(at_or_below * 10_000 / size + 0.5) / 100, mask=missing)
    return ranks


def _competition(group: Codes, cents: Codes) -> tuple[Codes, Codes, Codes]:
    """Within its group, for each row: its rank (1, 2, 2, 4), how many rows are at or below its score, and the size of the group.

    >>> _competition(np.array([7, 7, 7, 7, 9]), np.array([80, 90, 90, 70, 50]))[0].tolist()
    [3, 1, 1, 4, 1]
    """
    count = len(group)
    order = np.lexsort((-cents, group))
    groups, scores = group[order], cents[order]
    place = np.arange(count)
    new_group = np.ones(count, np.bool_)
    new_group[1:] = groups[1:] != groups[:-1]
    new_score = new_group.copy()
    new_score[1:] |= scores[1:] != scores[:-1]
    start = np.maximum.accumulate(np.where(new_group, place, 0))
    first = np.maximum.accumulate(np.where(new_score, place, 0))
    size = np.diff(np.append(np.flatnonzero(new_group), count))[np.cumsum(new_group) - 1]
    rank, at_or_below, sizes = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
    rank[order], at_or_below[order], sizes[order] = first - start + 1, size - (first - start), size
    return rank, at_or_below, sizes


def _change(columns: Mapping[str, pa.ChunkedArray]) -> pa.Array:
    """Score minus the score of the year before: rows are sorted by agency and year, so that is the row above, or none."""
    ids, _ = codes_of([columns["agency_id"]])
    years, scores = columns["fiscal_year"].to_numpy(), columns["score"].to_numpy()
    follows = np.zeros(len(ids), np.bool_)
    follows[1:] = (ids[1:] == ids[:-1]) & (years[1:] == years[:-1] + 1)
    change = np.zeros(len(ids))
    change[1:] = np.round(scores[1:] - scores[:-1], 2) + 0.0
    return pa.array(change, mask=~follows)
