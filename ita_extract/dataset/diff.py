"""What changed between two releases, and why: another document, another rule, other code, or somebody's decision.

Rows are matched by what they are about, not by where they stand: a ministry that puts a corrected announcement in the place of the
old one gives 7,896 rows of another document, of which perhaps three say something else. These three are what a reader must see.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import UsageError
from ..rulebook.fields import Dataset
from .descriptor import Descriptor, FileEntry, Resource
from .disk import storage_errors
from .elsewhere import CHECKS
from .read import file_table, file_year, find_release, release_descriptor, resource_table
from .reconcile import IDENTITY
from .schema import arrow_schema

Kind: TypeAlias = Literal["added", "removed", "changed"]
Reason: TypeAlias = Literal["document", "rule", "code", "decision"]
Thing: TypeAlias = tuple[Any, ...]
Values: TypeAlias = tuple[Any, ...]

BY_HAND = "human_correction"
SETTLED = "settled_by_another_document"
FOLLOWING = (
    "rank_in_type", "rank_in_province", "rank_national", "percentile_in_type", "change_from_previous", "statement_count",
    "statements_agree", "names_printed",
)  # fmt: skip
"""Columns of a row that follow from other rows: one new agency moves the rank of a thousand, and nobody's score has changed."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two releases: its folder, what made it, and its documents by id with their file names."""

    path: Path
    code: str
    rules: str
    documents: Mapping[str, str]

    @property
    def release(self) -> str:
        return self.path.name


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a release says and the other does not, or says otherwise.

    `thing` tells what it is about, in the words that `checks` use. `before` and `after` hold the columns that differ, all of them
    where a row was added or removed. `why` has one reason, or several where they cannot be told apart.
    """

    dataset: str
    kind: Kind
    thing: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    documents_before: tuple[str, ...]
    documents_after: tuple[str, ...]
    why: tuple[Reason, ...]


@dataclass(slots=True)
class DatasetDiff:
    """The counts of one dataset: rows, changes by kind and by reason, and rows that only stand in another document now."""

    name: str
    rows_before: int
    rows_after: int
    kinds: Counter[Kind] = field(default_factory=Counter)
    reasons: Counter[tuple[Reason, ...]] = field(default_factory=Counter)
    restated: int = 0


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """All that differs. `changes` are in the order in which they were found, the first `most` of each dataset and kind."""

    old: Side
    new: Side
    datasets: tuple[DatasetDiff, ...]
    changes: tuple[Change, ...]

    @property
    def added_documents(self) -> tuple[str, ...]:
        return tuple(sorted(self.new.documents.keys() - self.old.documents.keys()))

    @property
    def removed_documents(self) -> tuple[str, ...]:
        return tuple(sorted(self.old.documents.keys() - self.new.documents.keys()))


def diff_releases(old: Path | str, new: Path | str, most: int | None = None) -> ReleaseDiff:
    """Compares two releases, each given as `find_release` takes it; keeps `most` changes of each dataset
    and kind, all where it is None.

    One year of one dataset is in memory at a time. Files of the same bytes are not opened.
    UsageError where one is no release; DamagedReleaseError where one cannot be read; StorageError where the disk refuses.

        diff = ita_extract.diff_releases("data/releases/5f3a…", "data")
        [change for change in diff.changes if change.dataset == "national_scores"]
    """
    one, two = find_release(old, beside=new), find_release(new, beside=old)
    with storage_errors("the releases cannot be compared", one):
        compared = _Comparison(_Release.of(one), _Release.of(two), most)
        datasets = tuple(compared.datasets())
        return ReleaseDiff(compared.old.side, compared.new.side, datasets, tuple(compared.changes))


@dataclass(frozen=True, slots=True)
class _Release:
    """One release with its descriptor, and what its checks say of records: that people decided about them, or other documents."""

    side: Side
    descriptor: Descriptor
    decided: Mapping[tuple[str, str], frozenset[str]]
    settled: Mapping[tuple[str, str], frozenset[str]]

    @classmethod
    def of(cls, path: Path) -> _Release:
        descriptor = release_descriptor(path)
        documents = _table(path, descriptor, "documents").select(["document_id", "file_name"]).to_pylist()
        made = descriptor.provenance
        side = Side(path, made.code, made.rules, {row["document_id"]: row["file_name"] for row in documents})
        checks = _table(path, descriptor, "checks")
        return cls(side, descriptor, _told(checks, BY_HAND), _told(checks, SETTLED))

    def files(self, name: str) -> dict[int | None, FileEntry]:
        """The files of a dataset by the year that they hold."""
        resource = self.descriptor.resource(name)
        return {file_year(file): file for file in resource.files} if resource else {}

    def rows(self, name: str) -> int:
        resource = self.descriptor.resource(name)
        return resource.rows if resource else 0

    def table(self, dataset: Dataset, file: FileEntry | None) -> pa.Table:
        resource = self.descriptor.resource(dataset.name)
        if file is None or resource is None:
            return arrow_schema(dataset).empty_table()
        return file_table(self.side.path, resource, file)


def _table(path: Path, descriptor: Descriptor, name: str) -> pa.Table:
    resource = descriptor.resource(name)
    if resource is None:
        raise UsageError(f"{path} has no dataset {name!r}", advice="Is it a release of this program?")
    return resource_table(path, resource)


def _told(checks: pa.Table, identity: str) -> dict[tuple[str, str], frozenset[str]]:
    """What checks of one identity tell, by document and record."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    wanted = pc.equal(checks["identity"], identity)
    for row in checks.filter(wanted).select(["document_id", "subject", "expected", "outcome"]).to_pylist():
        found[row["document_id"], row["subject"]].add(f"{row['expected']} {row['outcome']}")
    return {key: frozenset(told) for key, told in found.items()}


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as it is compared. `thing` and `values` are in the order of their columns; `record` is its name in `checks`."""

    document_id: str
    thing: Thing
    values: Values
    record: str


@dataclass(frozen=True, slots=True)
class _Shape:
    """Which columns of a dataset tell what a row is about, and which are what it says of it."""

    dataset: Dataset
    about: tuple[str, ...]
    values: tuple[str, ...]

    @classmethod
    def of(cls, dataset: Dataset) -> _Shape:
        """By the columns that both releases have: by what rows are about and say, by their key, or as a whole."""
        if dataset.values:
            known = ("verification",) if "verification" in dataset.names else ()
            about = dict.fromkeys((*dataset.thing_columns(resolved=True), *dataset.thing_columns(resolved=False)))
            return cls(dataset, tuple(about), (*dataset.values, *known))
        others = tuple(name for name in dataset.names if name not in (*dataset.key, *FOLLOWING))
        if dataset.ordinal:
            return cls(dataset, (*(name for name in dataset.key if name != dataset.ordinal), *others), ())
        return cls(dataset, dataset.key, others)

    def rows(self, table: pa.Table) -> Iterator[_Row]:
        """The rows of a table. An agency that was resolved is told by its id alone, however its name is printed."""
        columns = {name: _hashable(table, name) for name in (*self.about, *self.values)}
        documents = table["document_id"].to_pylist() if "document_id" in table.column_names else [""] * len(table)
        ordinals = table[self.dataset.ordinal].to_pylist() if self.dataset.ordinal else [0] * len(table)
        spare = {self.about.index(name) for name in self.dataset.stand_in if name in self.about and name not in self.dataset.about}
        agency = self.about.index("agency_id") if "agency_id" in self.about else None
        things = zip(*(columns[name] for name in self.about), strict=True)
        values = zip(*(columns[name] for name in self.values), strict=True) if self.values else ((),) * len(table)
        for document_id, ordinal, thing, said in zip(documents, ordinals, things, values, strict=True):
            known = spare and agency is not None and thing[agency] is not None
            who = tuple(None if at in spare else value for at, value in enumerate(thing)) if known else thing
            yield _Row(document_id, who, said, f"{self.dataset.name}/{ordinal}")

    def told(self, thing: Thing) -> str:
        parts = [f"{name}={value}" for name, value in zip(self.about, thing, strict=True) if value is not None]
        return f"{self.dataset.name}: {', '.join(parts)}"

    def said(self, row: _Row | None) -> dict[str, Any]:
        """What a row says, by column; {} of none."""
        return dict(zip(self.values, row.values, strict=True)) if row else {}


def _hashable(table: pa.Table, name: str) -> list[Any]:
    """A column's values; a list as a tuple. A column that the release does not have yet is null."""
    if name not in table.column_names:
        return [None] * len(table)
    return [tuple(value) if isinstance(value, list) else value for value in table[name].to_pylist()]


class _Comparison:
    """Two releases, compared dataset by dataset. `changes` are those kept so far."""

    def __init__(self, old: _Release, new: _Release, most: int | None) -> None:
        self.old, self.new, self.most = old, new, most
        self.changes: list[Change] = []
        self._of_agencies: dict[tuple[str, int | None], set[Reason]] = defaultdict(set)
        rule: tuple[Reason, ...] = ("rule",) if old.side.rules != new.side.rules else ()
        code: tuple[Reason, ...] = ("code",) if old.side.code != new.side.code else ()
        self._settled_documents = {document_id for document_id, _ in old.settled.keys() ^ new.settled.keys()}
        self._documents: tuple[Reason, ...] = ("document",) if old.side.documents.keys() != new.side.documents.keys() else ()
        self._made: tuple[Reason, ...] = (*rule, *code)

    def datasets(self) -> Iterator[DatasetDiff]:
        """The datasets that documents give first: what is made of them together changes for their reasons."""
        resources = {r.dataset.name: r for release in (self.old, self.new) for r in release.descriptor.resources}
        found = {}
        for resource in sorted(resources.values(), key=lambda resource: resource.dataset.origin == "release"):
            found[resource.dataset.name] = self._dataset(resource)
        for name in resources:
            yield found[name]

    def _dataset(self, resource: Resource) -> DatasetDiff:
        name = resource.dataset.name
        done = DatasetDiff(name, self.old.rows(name), self.new.rows(name))
        before, after = self.old.files(name), self.new.files(name)
        for year in sorted(before.keys() | after.keys(), key=lambda year: year or 0):
            one, two = before.get(year), after.get(year)
            if one and two and one.sha256 == two.sha256:
                continue
            for change in self._file(_Shape.of(resource.dataset), one, two, done):
                done.kinds[change.kind] += 1
                done.reasons[change.why] += 1
                if self.most is None or done.kinds[change.kind] <= self.most:
                    self.changes.append(change)
        return done

    def _file(self, shape: _Shape, one: FileEntry | None, two: FileEntry | None, done: DatasetDiff) -> Iterator[Change]:
        """The changes of one year of a dataset: rows that are the same in both fall out, the rest is matched by thing."""
        before, after = (_counted(shape, side.table(shape.dataset, file)) for side, file in ((self.old, one), (self.new, two)))
        left = _without(before, after), _without(after, before)
        things = dict.fromkeys(row.thing for rows in left for row in rows)
        by_thing = [defaultdict[Thing, list[_Row]](list) for _ in left]
        for rows, grouped in zip(left, by_thing, strict=True):
            for row in rows:
                grouped[row.thing].append(row)
        for thing in things:
            for was, now in self._matched(by_thing[0].get(thing, []), by_thing[1].get(thing, [])):
                if was and now and was.values == now.values:
                    done.restated += 1
                else:
                    yield self._change(shape, was, now)

    def _change(self, shape: _Shape, row: _Row | None, now: _Row | None) -> Change:
        thing = row.thing if row else now.thing if now else ()
        before, after = shape.said(row), shape.said(now)
        if row and now:
            differ = [name for name in shape.values if before[name] != after[name]]
            before, after = ({name: said[name] for name in differ} for said in (before, after))
        why = self._why(shape, row, now, before.keys())
        about = dict(zip(shape.about, thing, strict=True))
        if (agency := about.get("agency_id")) is not None:
            self._of_agencies[agency, about.get("fiscal_year")].update(why)
            self._of_agencies[agency, None].update(why)
        return Change(
            dataset=shape.dataset.name,
            kind="changed" if row and now else "added" if now else "removed",
            thing=shape.told(thing),
            before=before,
            after=after,
            documents_before=(row.document_id,) if row and row.document_id else (),
            documents_after=(now.document_id,) if now and now.document_id else (),
            why=why,
        )

    def _why(self, shape: _Shape, row: _Row | None, now: _Row | None, differ: Collection[str]) -> tuple[Reason, ...]:
        """The reason, or those that cannot be told apart. What no difference of rules or code explains, code that was not given a
        new version does, or another program that reads for it (OCR)."""
        if shape.dataset.origin == "release":
            about = dict(zip(shape.about, row.thing if row else now.thing if now else (), strict=True))
            own = self._of_agencies.get((about.get("agency_id", ""), about.get("fiscal_year")), set())
            return tuple(sorted(own)) or self._documents or self._made or ("code",)
        if self._is_gone(row) or self._is_new(now):
            return ("document",)
        if any(one is not None and self._decided_otherwise(one) for one in (row, now)):
            return ("decision",)
        if set(differ) == {"verification"} or any(one is not None and self._settled_otherwise(one, shape) for one in (row, now)):
            return (*self._documents, *self._made) or ("code",)  # other documents prove it, contradict it or settle it
        return self._made or ("code",)

    def _is_gone(self, row: _Row | None) -> bool:
        return row is not None and row.document_id not in self.new.side.documents

    def _is_new(self, now: _Row | None) -> bool:
        return now is not None and now.document_id not in self.old.side.documents

    def _matched(self, before: Sequence[_Row], after: Sequence[_Row]) -> Iterator[tuple[_Row | None, _Row | None]]:
        """Rows about one thing in pairs: of the same document, then of the same values, then of a document in the place of one
        that is gone; the rest alone."""
        pairs, left, right = _paired(before, after, lambda row: row.document_id)
        yield from pairs
        pairs, left, right = _paired(left, right, lambda row: row.values)
        yield from pairs
        gone, come = [row for row in left if self._is_gone(row)], [now for now in right if self._is_new(now)]
        yield from zip(gone, come, strict=False)
        several = min(len(gone), len(come))
        used = {id(row) for row in (*gone[:several], *come[:several])}
        yield from ((row, None) for row in left if id(row) not in used)
        yield from ((None, now) for now in right if id(now) not in used)

    def _settled_otherwise(self, one: _Row, shape: _Shape) -> bool:
        """Whether the score of a row was put right by another document in one release only; the checks of its document follow."""
        if shape.dataset.name == CHECKS:
            of_all = dict(zip(shape.about, one.thing, strict=True))["identity"] == IDENTITY
            return of_all or one.document_id in self._settled_documents
        key = one.document_id, one.record
        return self.old.settled.get(key) != self.new.settled.get(key)

    def _decided_otherwise(self, one: _Row) -> bool:
        key = one.document_id, one.record
        return self.old.decided.get(key) != self.new.decided.get(key)


def _counted(shape: _Shape, table: pa.Table) -> dict[tuple[str, Thing, Values], list[_Row]]:
    """The rows by all that is compared of them: some stand several times."""
    found: dict[tuple[str, Thing, Values], list[_Row]] = defaultdict(list)
    for row in shape.rows(table):
        found[row.document_id, row.thing, row.values].append(row)
    return found


def _without(
    rows: Mapping[tuple[str, Thing, Values], list[_Row]], others: Mapping[tuple[str, Thing, Values], list[_Row]]
) -> list[_Row]:
    return [row for key, members in rows.items() for row in members[len(others.get(key, ())) :]]


def _paired(
    before: Sequence[_Row], after: Sequence[_Row], by: Callable[[_Row], Hashable]
) -> tuple[list[tuple[_Row, _Row]], list[_Row], list[_Row]]:
    """Pairs of rows that are alike in one way, in their order, and what is left of both."""
    waiting: dict[Hashable, deque[_Row]] = defaultdict(deque)
    for now in after:
        waiting[by(now)].append(now)
    pairs, left = [], []
    for row in before:
        members = waiting.get(by(row))
        if members:
            pairs.append((row, members.popleft()))
        else:
            left.append(row)
    rest = {id(now) for members in waiting.values() for now in members}
    return pairs, left, [now for now in after if id(now) in rest]
