"""Document layouts: how a kind of document is recognised and how its tables are read (`rules/layouts/*.toml`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from ..errors import RulesError
from .files import check_keys, line_of, read_toml, rules_folder
from .prose import Prose, load_prose
from .wording import squash

YEAR = "{year}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a table may have. `headings` are squashed, `{year}` in them stands for a fiscal year."""

    field: str
    headings: tuple[str, ...]
    required: bool = False
    repeats: bool = False
    """Whether several columns of one table may be this field, told apart by their year."""
    categories: tuple[str, ...] = ()
    """What its cells say where they say one of a few things, each as it is published."""


@dataclass(frozen=True, slots=True)
class SkipRule:
    """Rows that are no records and no rejects either: `pattern` on the squashed text of `column`."""

    name: str
    column: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class TableLayout:
    """A table of a document kind. `heads` is "grades" where the headings are the grades of the year."""

    name: str
    dataset: str
    columns: tuple[Column, ...]
    skip: tuple[SkipRule, ...]
    heads: Literal["columns", "grades"] = "columns"
    ordered: bool = False
    """Whether its columns always stand in this order: then a required one whose heading is misread is told by its place."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One document kind. Phrases and openings are squashed.

    title_patterns: the same as openings, where a title opens with a number rather than with a word ("ที่ กพ ๐๐๑๒.๓").
    subjects: lines that say whom the document is about; a second one begins another document of the same kind.
    wordings: phrases, openings and years of titles as they are written, with their blanks.
    lines: what a line of a kind opens with, by the kind's name, for the reader of this document type.
    """

    document_type: str
    minimum: int
    phrases: Mapping[str, int]
    table_weights: Mapping[str, int]
    title_openings: tuple[str, ...]
    title_years: tuple[str, ...]
    ends: tuple[str, ...]
    type_openings: tuple[str, ...]
    values: Mapping[str, frozenset[str]]
    tables: tuple[TableLayout, ...]
    prose: Prose
    title_patterns: tuple[re.Pattern[str], ...] = ()
    subjects: tuple[str, ...] = ()
    wordings: tuple[str, ...] = ()
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    file: str = ""
    """Where it was read from, for messages."""

    def table(self, name: str) -> TableLayout | None:
        return next((table for table in self.tables if table.name == name), None)


@cache
def load_layouts(folder: Path | None = None) -> tuple[Layout, ...]:
    """Every layout under `rules/layouts`, in the order of file names."""
    return tuple(_layout(path) for path in sorted(((folder or rules_folder()) / "layouts").glob("*.toml")))


def _layout(path: Path) -> Layout:
    data = read_toml(path)
    try:
        return _read_layout(path, data)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        advice = "Compare it with rules/layouts/announcement.toml."
        raise RulesError(f"a value is missing or of the wrong kind: {error!r}", file=str(path), advice=advice) from error


def _read_layout(path: Path, data: Mapping[str, Any]) -> Layout:
    check_keys(path, data, required=("document_type", "fingerprint"), optional=("title", "values", "lines", "tables", "tables_of"))
    mark, title = data["fingerprint"], data.get("title", {})
    check_keys(path, mark, required=("minimum", "phrases"), optional=("tables",), at="fingerprint")
    check_keys(path, title, optional=("openings", "patterns", "year", "ends", "type_openings", "subjects"), at="title")
    check_keys(path, data.get("values", {}), optional=("absent", "passed", "failed", "footnote"), at="values")
    tables = (*_tables(path, data), *_tables_of(path, data))
    known = {table.name for table in tables}
    for name in mark.get("tables", {}):
        if name not in known:
            raise RulesError(
                "no such table",
                file=str(path),
                line=line_of(path, "tables"),
                key=name,
                advice=f"Known here: {', '.join(sorted(known))}.",
            )
    return Layout(
        document_type=data["document_type"],
        minimum=mark["minimum"],
        phrases=MappingProxyType({squash(p["text"]): int(p["weight"]) for p in mark["phrases"]}),
        table_weights=MappingProxyType(dict(mark.get("tables", {}))),
        title_openings=_squashed(title, "openings"),
        title_years=_squashed(title, "year"),
        ends=_squashed(title, "ends"),
        type_openings=_squashed(title, "type_openings"),
        values=MappingProxyType({name: frozenset(map(squash, words)) for name, words in data.get("values", {}).items()}),
        tables=tables,
        prose=load_prose(path.parent.parent),
        title_patterns=tuple(_pattern(path, pattern, "patterns") for pattern in title.get("patterns", ())),
        subjects=_squashed(title, "subjects"),
        wordings=(*(p["text"] for p in mark["phrases"]), *title.get("openings", ()), *title.get("year", ())),
        lines=MappingProxyType({name: tuple(map(squash, words)) for name, words in data.get("lines", {}).items()}),
        file=str(path),
    )


def _tables_of(path: Path, data: Mapping[str, Any]) -> Iterator[TableLayout]:
    """The tables of the other kind of document that a layout shares: a plan, its analysis and its report differ in titles."""
    if "tables_of" in data:
        other = path.parent / f"{data['tables_of']}.toml"
        yield from _tables(other, read_toml(other))


def _tables(path: Path, data: Mapping[str, Any]) -> Iterator[TableLayout]:
    """The tables of a file. One may have the columns of another (`columns_of`) and require others of them (`required`)."""
    tables = data.get("tables", ())
    columns = {table.get("name"): table["columns"] for table in tables if "columns" in table}
    for table in tables:
        if "columns_of" not in table:
            yield _table(path, table)
            continue
        needed = table.get("required", ())
        own = {
            field: {key: value for key, value in column.items() if key != "required"}
            | ({"required": True} if field in needed else {})
            for field, column in columns[table["columns_of"]].items()
        }
        yield _table(path, {key: table[key] for key in table if key not in ("columns_of", "required")} | {"columns": own})


def _squashed(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(squash(text) for text in table.get(key, ()))


def _table(path: Path, table: Mapping[str, Any]) -> TableLayout:
    at = f"tables.{table.get('name', '?')}"
    check_keys(path, table, required=("name", "dataset", "columns"), optional=("skip", "heads", "ordered", "sample"), at=at)
    skip = []
    for rule in table.get("skip", ()):
        check_keys(path, rule, required=("name", "column", "pattern"), at=f"{at}.skip")
        skip.append(SkipRule(rule["name"], rule["column"], _pattern(path, rule["pattern"])))
    columns = tuple(_columns(path, table["columns"], at))
    heads, ordered = table.get("heads", "columns"), table.get("ordered", False)
    return TableLayout(table["name"], table["dataset"], columns, tuple(skip), heads, ordered)


def _pattern(path: Path, pattern: str, key: str = "pattern") -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise RulesError(f"no regular expression: {error}", file=str(path), line=line_of(path, key), key=key) from error


def _columns(path: Path, columns: Mapping[str, Any], at: str) -> Iterator[Column]:
    claimed: dict[str, str] = {}
    for name, column in columns.items():
        check_keys(path, column, required=("headings",), optional=("required", "repeats", "categories"), at=f"{at}.columns.{name}")
        headings = tuple(squash(heading) for heading in column["headings"])
        for heading in headings:
            if claimed.setdefault(heading, name) != name:
                raise RulesError(
                    f"heading {heading!r} is claimed by {claimed[heading]!r} too",
                    file=str(path),
                    line=line_of(path, name),
                    key=name,
                    advice="A heading can mean one field of a table only.",
                )
        yield Column(
            name, headings, column.get("required", False), column.get("repeats", False), tuple(column.get("categories", ()))
        )
