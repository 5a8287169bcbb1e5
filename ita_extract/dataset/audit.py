"""Is a published release what it says it is? Every byte, every row, every limit, by the release's own descriptor.

A release is its own witness: CURRENT names it by a hash of its descriptor, the descriptor holds the hash of every file, and
what the files must contain stands in the descriptor too. So a release of last year is judged by last year's rules.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..errors import DamagedReleaseError
from ..rulebook.fields import Dataset
from .descriptor import Descriptor, DescriptorError, FileEntry, Resource, read_descriptor
from .disk import file_sha256, joint_sha256, storage_errors
from .limits import broken
from .parts import ROWS, Different, ReleaseTables, TableReader
from .read import file_batches
from .release import ID_DIGITS
from .schema import arrow_schema

_SHOWN = 20
"""Problems of one kind that are listed one by one; the rest are counted."""


class Problem(NamedTuple):
    """One thing that is wrong with a release: a code of a short list, the file or dataset, and what is the matter."""

    code: str
    where: str
    detail: str

    def __str__(self) -> str:
        return f"{self.code} {self.where}: {self.detail}"


PROBLEM_CODES = {
    "NO_RELEASE": "CURRENT is missing, or names no release",
    "LINK": "the symbolic link `current` leads to no release",
    "DESCRIPTOR": "datapackage.json is missing, was changed, or cannot be understood",
    "MISSING": "a file that the descriptor lists is not there",
    "UNEXPECTED": "a file is there that the descriptor does not list",
    "HASH": "a file's bytes are not those that were published",
    "UNREADABLE": "a file is no Parquet file that can be read",
    "SCHEMA": "a file has other columns, types or descriptions than declared",
    "ROWS": "a file or dataset has another number of rows than declared",
    "YEAR": "a row stands in the file of another year",
    "ORDER": "rows are not in the order of their key",
    "KEY": "two rows have the same key",
    "ORDINAL": "the rows of a document are not counted from 1 without gaps",
    "LIMIT": "a value is missing, out of its limits, or none of those allowed",
    "REFERENCE": "a row refers to a document or agency that is not there",
    "COUNT": "a document's counts of records and rejects do not add up",
    "CONFLICT": "two rows of a document give one thing different values, and no check says so",
    "PROOF": "an identity put to the published numbers anew has another outcome than the one published",
    "OLDER": "a document was read by other code or rules than these, which prove other things of it: no damage; read it again",
}

Prover: TypeAlias = Callable[[ReleaseTables], Iterable[tuple[str, str, str]]]
"""Proves more than form: given the tables of a release, yields code, place and detail of what fails."""


def verify(folder: Path, prove: Prover | None = None, *, rows: int = ROWS) -> tuple[Problem, ...]:
    """All that is wrong with the current release of a data folder; () where all is well.

    Files first: names, sizes, hashes, the descriptor against the release's id. Then content, of datasets whose files are sound:
    schema, counts, keys, order, limits, references, and no thing with two values. Last `prove`, where all the rest is well. So many
    `rows` of a file are read at a time.
    StorageError where the disk refuses to be read.
    """
    with storage_errors("the release cannot be verified", folder):
        release = _named_release(folder)
        if isinstance(release, Problem):
            return (release,)
        problems = [*_link(folder, release)]
        try:
            descriptor = _descriptor(release)
        except DescriptorError as error:
            return (*problems, Problem("DESCRIPTOR", "datapackage.json", str(error)))
        files = [*_files(release, descriptor)]
        problems += files
        damaged = {problem.where.split("/")[0] for problem in files}
        tables = ReleaseTables(release, descriptor, rows)
        for resource in descriptor.resources:
            if resource.dataset.name not in damaged:
                problems += (found := [*_content(tables, resource)])
                damaged |= {resource.dataset.name for problem in found if problem.code in ("UNREADABLE", "SCHEMA")}
        if not damaged:
            problems += _between(tables)
        if prove and not problems:
            unproved = _Found()
            for code, where, detail in sorted(prove(tables)):
                unproved.add(code, where, (detail,))
            problems += unproved.problems()
        return tuple(problems)


def _named_release(folder: Path) -> Path | Problem:
    try:
        current = (folder / "CURRENT").read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Problem("NO_RELEASE", "CURRENT", f"there is no such file in {folder}")
    found = re.fullmatch(rb"([0-9a-f]{%d})\n" % ID_DIGITS, current)
    if not found or not (folder / "releases" / found[1].decode()).is_dir():
        return Problem("NO_RELEASE", "CURRENT", f"names no release: {current[:80]!r}")
    return folder / "releases" / found[1].decode()


def _link(folder: Path, release: Path) -> Iterator[Problem]:
    """A link may lag behind CURRENT by one release, where a run died between the two; it may not lead to no release at all."""
    link = folder / "current"
    if link.is_symlink() and (link.resolve().parent != release.resolve().parent or not link.is_dir()):
        yield Problem("LINK", "current", f"leads to {link.readlink()}, which is no release of this folder")


def _descriptor(release: Path) -> Descriptor:
    """The descriptor, if its hash is the release's id; DescriptorError where not: then nothing that it says can be trusted."""
    try:
        data = (release / "datapackage.json").read_bytes()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise DescriptorError("there is no such file") from error
    if (digest := hashlib.sha256(data).hexdigest()[:ID_DIGITS]) != release.name:
        raise DescriptorError(f"its hash is {digest}, the release is {release.name}: it was changed after it was published")
    return read_descriptor(data)


def _files(release: Path, descriptor: Descriptor) -> Iterator[Problem]:
    """Every file against its entry, every resource against its files, and nothing beside them."""
    expected = {"datapackage.json"}
    for resource in descriptor.resources:
        for file in resource.files:
            expected.add(file.path)
            yield from _file(release, file)
        joint = joint_sha256(path for file in resource.files if (path := release / file.path).is_file())
        if joint != resource.sha256:
            yield Problem("HASH", resource.dataset.name, f"its files together have {joint[:12]}…, declared {resource.sha256[:12]}…")
    for path in sorted(release.rglob("*")):
        name = path.relative_to(release).as_posix()
        if path.is_symlink() or (not path.is_dir() and name not in expected):
            yield Problem("UNEXPECTED", name, "the descriptor does not list it")


def _file(release: Path, file: FileEntry) -> Iterator[Problem]:
    path = release / file.path
    if not path.is_file():
        yield Problem("MISSING", file.path, "there is no such file")
        return
    if (size := path.stat().st_size) != file.size:
        yield Problem("HASH", file.path, f"{size:,} bytes, declared {file.size:,}")
    elif (digest := file_sha256(path)) != file.sha256:
        yield Problem("HASH", file.path, f"its hash is {digest[:12]}…, declared {file.sha256[:12]}…")


def _content(tables: ReleaseTables, resource: Resource) -> Iterator[Problem]:
    """The rows of one dataset against what the descriptor says of them."""
    dataset, found, row = resource.dataset, _Found(), 0
    problems: list[Problem] = []
    for file in resource.files:
        problems += _parquet(tables, resource, file, row, found)
        row += file.rows
    yield from problems
    if any(problem.code == "ORDER" for problem in problems):
        tables.unsorted.add(dataset.name)
    if problems:
        return
    if tables.by_document(dataset.name):
        parts: Iterable[pa.Table] = (part(dataset.name) for part in tables.parts([dataset.name], dataset.key))
    else:
        parts = [tables(dataset.name, dataset.key)]
    for table in parts:
        found.add("KEY", dataset.name, _same_keys(table, dataset))
        if dataset.ordinal:
            found.add("ORDINAL", dataset.name, _gaps(table, dataset))
    yield from found.problems()


def _parquet(tables: ReleaseTables, resource: Resource, file: FileEntry, start: int, found: _Found) -> Iterator[Problem]:
    """One file: its form, and its rows one after another, the first of which is row `start` of the dataset, from 0."""
    dataset = resource.dataset
    try:
        with pq.ParquetFile(tables.release / file.path) as parquet:
            schema, rows = parquet.schema_arrow, parquet.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        yield Problem("UNREADABLE", file.path, str(error))
        return
    if rows != file.rows:
        yield Problem("ROWS", file.path, f"{rows:,} rows, declared {file.rows:,}")
    if difference := _difference(schema, arrow_schema(dataset)):
        yield Problem("SCHEMA", file.path, difference)
        return
    years: dict[int, None] = {}
    in_order, last = True, None
    try:
        for batch in file_batches(tables.release, resource, file, tables.rows):
            table = pa.Table.from_batches([batch])
            if dataset.partition == "fiscal_year":
                years.update(dict.fromkeys(pc.unique(table["fiscal_year"]).to_pylist()))
            keys = table.select(dataset.key)
            in_order = in_order and _in_order(pa.concat_tables([last, keys]) if last is not None else keys, dataset)
            last = keys.slice(keys.num_rows - 1)
            faults = sorted(broken(table, dataset).items())
            found.add("LIMIT", dataset.name, (f"row {start + row + 1}: {fault}" for row, fault in faults))
            start += table.num_rows
    except (DamagedReleaseError, OSError) as error:
        yield Problem("UNREADABLE", file.path, str(error))
        return
    if years and [str(year) for year in years] != [Path(file.path).stem]:
        yield Problem("YEAR", file.path, f"holds the years {[*years][:5]}")
    if not in_order:
        yield Problem("ORDER", file.path, f"not sorted by {', '.join(dataset.key)}")


def _in_order(keys: pa.Table, dataset: Dataset) -> bool:
    sorted_rows = pc.sort_indices(keys, [(name, "ascending") for name in dataset.key])
    return np.array_equal(sorted_rows.to_numpy(), np.arange(keys.num_rows))


def _difference(found: pa.Schema, declared: pa.Schema) -> str:
    """How a file's schema differs from the declared one, descriptions included; "" where it does not."""
    if found.names != declared.names:
        return f"columns are {', '.join(found.names)}; declared {', '.join(declared.names)}"
    for ours, theirs in zip(found, declared, strict=True):
        if ours.type != theirs.type or ours.nullable != theirs.nullable:
            return f"column {ours.name} is {ours}; declared {theirs}"
        notes = {key: text for key, text in (ours.metadata or {}).items() if not key.startswith(b"PARQUET:")}
        if notes != (theirs.metadata or {}):
            return f"column {ours.name} is described otherwise"
    return "" if (found.metadata or {}) == (declared.metadata or {}) else "the dataset is described otherwise"


def _same_keys(table: pa.Table, dataset: Dataset) -> Iterator[str]:
    counted = table.group_by(list(dataset.key)).aggregate([([], "count_all")])
    for row in counted.filter(pc.greater(counted["count_all"], 1)).to_pylist():
        yield f"{row.pop('count_all')} rows have " + ", ".join(f"{name}={value}" for name, value in row.items())


def _gaps(table: pa.Table, dataset: Dataset) -> Iterator[str]:
    """Ordinals that do not run 1, 2, 3, …: they do where the lowest is 1 and the highest is how many different ones there are."""
    others = [name for name in dataset.key if name != dataset.ordinal]
    counted = table.group_by(others).aggregate([(dataset.ordinal, end) for end in ("min", "max", "count_distinct")])
    low, high, count = (counted[f"{dataset.ordinal}_{end}"] for end in ("min", "max", "count_distinct"))
    for row in counted.filter(pc.or_(pc.not_equal(low, 1), pc.not_equal(high, count))).to_pylist():
        yield f"document {row['document_id']}: {dataset.ordinal} runs to {row[f'{dataset.ordinal}_max']} and is not without gaps"


def _between(tables: ReleaseTables) -> Iterator[Problem]:
    """What rows of one dataset say of another: references, counts, and things with two values."""
    found = _Found()
    referring = [
        (resource.dataset.name, column.name, column.refers_to)
        for resource in tables.descriptor.resources
        for column in resource.dataset.columns
        if column.refers_to in tables.names
    ]
    whole = {(to, column): tables(to, [column])[column] for _, column, to in referring if not tables.by_document(to)}
    for name, column, to in referring:
        if not tables.by_document(name):
            there = whole[to, column] if (to, column) in whole else tables(to, [column])[column]
            _refer(found, name, column, to, tables(name, [column])[column], there)
    counted = {"documents", "rejects", "checks"} <= {*tables.names}
    named = {one: Different() for one in referring if tables.by_document(one[0]) and (one[2], one[1]) in whole}
    for part in tables.parts():
        for name, column, to in referring:
            if (name, column, to) in named:  # looked up once and not part by part: a hundred thousand agencies are hashed each time
                named[name, column, to].add(part(name)[column])
            elif tables.by_document(name):
                _refer(found, name, column, to, part(name)[column], part(to)[column])
        if counted:
            found.add("COUNT", "documents", _wrong_counts(part, tables.descriptor))
            explained = _explained(part, tables.descriptor)
            for resource in tables.descriptor.resources:
                if resource.dataset.values:
                    silent = conflicts(part, resource.dataset) - explained
                    words = sorted(f"document {document_id}, {thing}" for document_id, thing in silent)
                    found.add("CONFLICT", resource.dataset.name, words)
    for (name, column, to), values in named.items():
        _refer(found, name, column, to, values.all(), whole[to, column])
    yield from found.problems("REFERENCE", "COUNT", "CONFLICT")


def _refer(found: _Found, name: str, column: str, to: str, here: pa.ChunkedArray, there: pa.ChunkedArray) -> None:
    known = pc.or_(pc.is_null(here), pc.is_in(here, value_set=there.combine_chunks()))
    lost = pc.unique(here.filter(pc.invert(known))).to_pylist()
    found.add("REFERENCE", name, (f"{column} {value!r} is not in {to}" for value in lost), once=True)


def _wrong_counts(tables: TableReader, descriptor: Descriptor) -> Iterator[str]:
    """Documents whose counts of records and rejects are not those of the rows that name them: rows were lost, or made up."""
    counts: dict[str, dict[str, int]] = {"record_count": {}, "reject_count": {}}
    for resource in descriptor.resources:
        name, dataset = resource.dataset.name, resource.dataset
        kind = "reject_count" if name == "rejects" else "record_count" if dataset.ordinal == "record_no" else None
        if kind:
            for row in tables(name).group_by("document_id").aggregate([([], "count_all")]).to_pylist():
                counts[kind][row["document_id"]] = counts[kind].get(row["document_id"], 0) + row["count_all"]
    for row in tables("documents").select(["document_id", *counts]).to_pylist():
        for kind, found in counts.items():
            if row[kind] != found.get(row["document_id"], 0):
                yield f"document {row['document_id']}: {kind} is {row[kind]}, the rows are {found.get(row['document_id'], 0)}"


def _explained(tables: TableReader, descriptor: Descriptor) -> set[tuple[str, str]]:
    """Documents and things of which a check says that they have two values."""
    checks = tables("checks")
    told = pc.and_(pc.equal(checks["identity"], descriptor.conflict_identity), pc.not_equal(checks["outcome"], "holds"))
    return {(row["document_id"], row["subject"]) for row in checks.filter(told).select(["document_id", "subject"]).to_pylist()}


def conflicts(tables: TableReader, dataset: Dataset) -> set[tuple[str, str]]:
    """The document and thing (`Dataset.thing`) of each two rows that give one thing different values; nulls differ from nothing."""
    table = tables(dataset.name)
    known = pc.is_valid(table["agency_id"]) if "agency_id" in dataset.names else pa.repeat(pa.scalar(False), len(table))
    found = set()
    for resolved, rows in ((True, table.filter(known)), (False, table.filter(pc.invert(known)))):
        keys = list(dict.fromkeys(["document_id", *dataset.thing_columns(resolved=resolved)]))
        counted = rows.group_by(keys).aggregate([(name, "count_distinct") for name in dataset.values])
        for name in dataset.values:
            for row in counted.filter(pc.greater(counted[f"{name}_count_distinct"], 1)).select(keys).to_pylist():
                found.add((row["document_id"], dataset.thing(row.get)))
    return found


class _Found:
    """Problems as part after part shows them: of each kind the first, and how many more there are. A swapped column must not print
    a million lines."""

    def __init__(self) -> None:
        self._shown: dict[tuple[str, str], list[str]] = {}
        self._more: Counter[tuple[str, str]] = Counter()
        self._told: set[str] = set()

    def add(self, code: str, where: str, details: Iterable[str], *, once: bool = False) -> None:
        """More of a kind; `once`: of what was told before, nothing."""
        for detail in details:
            if once:
                if detail in self._told:
                    continue
                self._told.add(detail)
            shown = self._shown.setdefault((code, where), [])
            if len(shown) < _SHOWN:
                shown.append(detail)
            else:
                self._more[code, where] += 1

    def problems(self, *order: str) -> Iterator[Problem]:
        """All of them, in the `order` of their codes where it is given."""
        for code, where in sorted(self._shown, key=lambda kind: order.index(kind[0]) if order else 0):
            yield from (Problem(code, where, detail) for detail in self._shown[code, where])
            if more := self._more[code, where]:
                yield Problem(code, where, f"and {more:,} more of this kind")
