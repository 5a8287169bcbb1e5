"""The release that a site is made of, as plain rows."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from ..dataset.descriptor import Descriptor
from ..dataset.read import current_release, read_dataset, release_descriptor

Row: TypeAlias = dict[str, Any]
"""One row of a dataset by column name; absent is None."""

BATCH = 20_000
"""Rows that are objects at one time."""
NUMBERS = (
    "agency_scores",
    "indicator_scores",
    "instrument_scores",
    "survey_items",
    "survey_rows",
    "oit_items",
    "type_summaries",
    "grade_counts",
    "province_scores",
    "respondents",
)
"""The datasets of documents whose rows carry a `verification`, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Release:
    """One release: its folder and what it says of itself. A site never mixes two, though a run may publish in between."""

    folder: Path
    descriptor: Descriptor

    @property
    def name(self) -> str:
        return self.folder.name

    def rows(self, dataset: str, columns: Iterable[str] | None = None) -> Iterator[Row]:
        """The rows of a dataset in its published order, of the named columns or of all.

        One by one: the answers that 8,300 agencies gave in six years are four million rows, which as objects would fill the memory.
        """
        table = read_dataset(self.folder, dataset, as_arrow=True)
        for batch in (table if columns is None else table.select(list(columns))).to_batches(max_chunksize=BATCH):
            yield from batch.to_pylist()

    def by_agency(self, dataset: str) -> ByAgency:
        """The rows of a dataset that are about an agency, to be asked for agencies in the order of their ids."""
        return ByAgency.of(read_dataset(self.folder, dataset, as_arrow=True))

    def count(self, dataset: str) -> int:
        resource = self.descriptor.resource(dataset)
        return resource.rows if resource else 0


@dataclass(frozen=True, slots=True)
class ByAgency:
    """A table sorted by agency, and the ids of its rows."""

    table: pa.Table
    ids: list[str]

    @classmethod
    def of(cls, table: pa.Table) -> ByAgency:
        known = table.filter(pc.is_valid(table["agency_id"]))
        order = pc.sort_indices(
            known.append_column("row", pa.array(range(len(known)), pa.int64())), [("agency_id", "ascending"), ("row", "ascending")]
        )
        ordered = known.take(order).combine_chunks()
        return cls(ordered, ordered["agency_id"].to_pylist())

    def between(self, first: str, last: str) -> dict[str, list[Row]]:
        """The rows of all agencies from the id `first` to the id `last`, by agency, each in published order."""
        start, end = bisect_left(self.ids, first), bisect_right(self.ids, last)
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.table.slice(start, end - start).to_pylist():
            found[row["agency_id"]].append(row)
        return found


def open_release(folder: Path | str) -> Release:
    """The current release of a data folder, or the release whose own folder is given."""
    release = current_release(folder).resolve()
    return Release(release, release_descriptor(release))
