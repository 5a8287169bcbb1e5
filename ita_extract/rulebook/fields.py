"""`rules/fields.toml`: every published dataset and column, as typed frozen objects.

One file says what is published, and four readers follow it: the Parquet schemas, `datapackage.json`, the limits that `verify`
enforces, and the data dictionary. A column whose meaning is written in two places sooner or later means two things.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast, get_args

from .files import read_toml, rules_folder
from .typed import Toml

ColumnType: TypeAlias = Literal["string", "int64", "float64", "bool", "list<string>", "list<float64>", "bbox"]

FORMAT = 1
_NUMBERS = ("int64", "float64", "list<float64>")
_TEXTS = ("string", "list<string>")
_GOES_WITH = {"minimum": _NUMBERS, "maximum": _NUMBERS, "enum": _TEXTS, "pattern": _TEXTS, "may_be_empty": _TEXTS}
_WORDS = ("title", "title_th", "description", "description_th")
_COLUMN_KEYS = ("type", "description", "description_th", "unit", "required", "refers_to", *_GOES_WITH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its type, its limits (both ends included) and what it means."""

    name: str
    type: ColumnType
    description: str
    description_th: str
    unit: str = ""
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    enum: tuple[str, ...] = ()
    pattern: str = ""
    may_be_empty: bool = False
    refers_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One dataset. `key` is unique and the order of the rows; `about` is what identifies the thing that a row is about."""

    name: str
    title: str
    title_th: str
    description: str
    description_th: str
    origin: Literal["document", "release"]
    partition: Literal["fiscal_year", "all"]
    key: tuple[str, ...]
    about: tuple[str, ...]
    columns: tuple[Column, ...]
    ordinal: str = ""
    stand_in: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}")

    def thing_columns(self, *, resolved: bool) -> tuple[str, ...]:
        """The columns that tell one thing from another, where the agency is `resolved` (agency_id is not null) or not.

        The columns `about`, and the agency. Before its name is resolved an agency has only its printed words, and a ranking that
        counts anew in every province prints the number 1 seventy times: without names those would be one thing with seventy scores.
        """
        extra = ("agency_id",) if resolved and "agency_id" in self.names else self.stand_in
        return self.about + tuple(name for name in extra if name not in self.about)

    def thing(self, get: Callable[[str], object]) -> str:
        """Says what a row is about, in words that are the same for every row about the same thing; nulls are left out.

        `get` gives a column's value: `row.get` of a dict, or `lambda name: getattr(record, name, None)`. A check that explains two
        different values of one thing names it so in `subject`, with `Fields.conflict_identity` as its `identity`.

        >>> scores = load_fields().dataset("agency_scores")
        >>> scores.thing({"agency_type": "จังหวัด", "fiscal_year": 2563, "row_no": 42, "agency_id": "p-51"}.get)
        'agency_scores: agency_type=จังหวัด, fiscal_year=2563, row_no=42, agency_id=p-51'
        """
        names = self.thing_columns(resolved=get("agency_id") is not None)
        return f"{self.name}: " + ", ".join(f"{name}={get(name)}" for name in names if get(name) is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What `datapackage.json` says of the whole; sources and licences as pairs of key and value, in file order."""

    name: str
    title: str
    title_th: str
    description: str
    description_th: str
    keywords: tuple[str, ...]
    sources: tuple[Mapping[str, str], ...]
    licenses: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """All of `rules/fields.toml`. `conflict_identity` is the check that speaks of one thing with two values."""

    package: Package
    conflict_identity: str
    datasets: tuple[Dataset, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dataset.name for dataset in self.datasets)

    def dataset(self, name: str) -> Dataset:
        """The dataset of that name; KeyError, with the likeliest meant one, where there is none."""
        for dataset in self.datasets:
            if dataset.name == name:
                return dataset
        near = difflib.get_close_matches(name, self.names, n=1)
        raise KeyError(f"no dataset {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))


def load_fields(path: Path | None = None) -> Fields:
    """Reads and checks `rules/fields.toml`, or the file given. RulesError names file, line and key of what cannot be right."""
    return _load(path or rules_folder() / "fields.toml")


@cache
def _load(path: Path) -> Fields:
    top = Toml(path, read_toml(path)).only(required=("format", "conflicts", "package", "column", "dataset"))
    if top.integer("format") != FORMAT:
        raise top.fail("format", f"is {top.integer('format')}, not {FORMAT}", "Use the fields.toml of this version.")
    shared, tables = _subtables(_table(top, "column")), _subtables(_table(top, "dataset"))
    datasets = tuple(_dataset(name, table, shared) for name, table in tables.items())
    used = {name for dataset in datasets for name in dataset.names}
    for name, table in shared.items():
        if name not in used:
            raise table.fail(name, "no dataset has this column", _near(name, used, "Remove it, or add it to `columns`."))
    keys = {dataset.name: dataset.key for dataset in datasets}
    for dataset in datasets:
        for column in dataset.columns:
            if column.refers_to and keys.get(column.refers_to) != (column.name,):
                own = _subtables(tables[dataset.name].table("column")).get(column.name)
                place = own if own and "refers_to" in own.values else shared[column.name]
                advice = _near(column.refers_to, keys, "Name a dataset whose only key is this column.")
                raise place.fail("refers_to", f"{column.refers_to!r} is no dataset with the key {column.name!r}", advice)
    identity = _table(top, "conflicts").only(required=("identity",)).text("identity")
    return Fields(package=_package(_table(top, "package")), conflict_identity=identity, datasets=datasets)


def _package(table: Toml) -> Package:
    table.only(required=("name", *_WORDS, "keywords", "sources", "licenses"))
    return Package(
        name=table.text("name"),
        title=table.text("title"),
        title_th=table.text("title_th"),
        description=table.text("description"),
        description_th=table.text("description_th"),
        keywords=table.texts("keywords"),
        sources=_entries(table, "sources", ("title", "path")),
        licenses=_entries(table, "licenses", ("name", "title", "path")),
    )


def _entries(table: Toml, key: str, needs: tuple[str, ...]) -> tuple[Mapping[str, str], ...]:
    return tuple({need: entry.only(required=needs).text(need) for need in needs} for entry in table.tables(key))


def _dataset(name: str, table: Toml, shared: Mapping[str, Toml]) -> Dataset:
    table.only(
        required=(*_WORDS, "origin", "partition", "key", "about", "columns"), optional=("ordinal", "stand_in", "values", "column")
    )
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise table.fail(name, f"{name!r} is no name for a folder", "Use small letters, digits and _.")
    names, own = _names(table, "columns"), _subtables(table.table("column"))
    for column in names:
        if column not in own and column not in shared:
            advice = _near(column, {*own, *shared}, f"Add [dataset.{name}.column.{column}].")
            raise table.fail("columns", f"{column!r} is described nowhere", advice)
    for extra, place in own.items():
        if extra not in names:
            raise place.fail(extra, f"{name} has no column {extra!r}", _near(extra, names, "Add it to `columns`."))
    dataset = Dataset(
        name=name,
        title=table.text("title"),
        title_th=table.text("title_th"),
        description=table.text("description"),
        description_th=table.text("description_th"),
        origin=cast(Any, table.choice("origin", ("document", "release"))),
        partition=cast(Any, table.choice("partition", ("fiscal_year", "all"))),
        key=_names(table, "key"),
        about=_names(table, "about"),
        columns=tuple(_column(column, name, [part[column] for part in (own, shared) if column in part]) for column in names),
        ordinal=table.text_or_none("ordinal") or "",
        stand_in=_names(table, "stand_in"),
        values=_names(table, "values"),
    )
    _check(dataset, table)
    return dataset


def _check(dataset: Dataset, table: Toml) -> None:
    """What the parts of a dataset must be to each other."""
    for part in ("key", "about", "stand_in", "values", "ordinal"):
        value = getattr(dataset, part)
        for column in (value,) if isinstance(value, str) else value:
            if column and column not in dataset.names:
                advice = _near(column, dataset.names, "Mend the name, or add it to `columns`.")
                raise table.fail(part, f"{dataset.name} has no column {column!r}", advice)
    for column in dataset.key:
        if not dataset.column(column).required:
            raise table.fail("key", f"{column!r} may be null", "A column of the key needs `required = true`.")
    if dataset.ordinal and dataset.ordinal not in dataset.key:
        raise table.fail("ordinal", f"{dataset.ordinal!r} is not in the key", "Name a column of the key.")
    if dataset.origin == "document" and dataset.key[0] != "document_id":
        raise table.fail("key", "does not begin with document_id", "Rows from documents are keyed by their document first.")
    years = [column for column in dataset.columns if column.name == "fiscal_year"]
    if dataset.partition == "fiscal_year" and not (years and years[0].required and years[0].type == "int64"):
        raise table.fail("partition", "there is no required int64 column fiscal_year", 'Add one, or write partition = "all".')


def _column(name: str, dataset: str, places: list[Toml]) -> Column:
    """One column out of the `places` that describe it, the dataset's own table before the shared one."""
    for place in places:
        place.only(optional=_COLUMN_KEYS)

    def at(key: str) -> Toml:
        return next((place for place in places if key in place.values), places[0])

    kind = at("type").choice("type", get_args(ColumnType))
    for key, kinds in _GOES_WITH.items():
        if key in at(key).values and kind not in kinds:
            raise at(key).fail(key, f"does not go with type {kind}", f"It goes with {', '.join(kinds)}.")
    refers_to = at("refers_to").text_or_none("refers_to") or ""
    column = Column(
        name=name,
        type=cast(ColumnType, kind),
        description=at("description").text("description"),
        description_th=at("description_th").text("description_th"),
        unit=at("unit").text_or_none("unit") or "",
        required=_flag(at("required"), "required"),
        minimum=_number(at("minimum"), "minimum"),
        maximum=_number(at("maximum"), "maximum"),
        enum=_names(at("enum"), "enum"),
        pattern=at("pattern").text_or_none("pattern") or "",
        may_be_empty=_flag(at("may_be_empty"), "may_be_empty"),
        refers_to="" if refers_to == dataset else refers_to,
    )
    if kind.startswith("list") and not column.required:
        advice = "Add `required = true`: an empty list says that nothing was printed."
        raise at("type").fail("type", "a list is never null", advice)
    if column.minimum is not None and column.maximum is not None and column.minimum > column.maximum:
        raise at("minimum").fail("minimum", f"{column.minimum} is above maximum {column.maximum}", "Swap them.")
    if not re.search("[\u0e00-\u0e7f]", column.description_th):
        raise at("description_th").fail("description_th", "has no Thai letter", "Describe the column in Thai.")
    try:
        re.compile(column.pattern)
    except re.error as error:
        raise at("pattern").fail("pattern", f"is no regular expression: {error}", "Mend the pattern.") from error
    return column


def _table(table: Toml, key: str) -> Toml:
    found = table.table(key)
    if found is None:
        raise table.fail(key, "missing", f"Add [{key}].")
    return found


def _subtables(table: Toml | None) -> dict[str, Toml]:
    return {} if table is None else {key: _table(table, key) for key in table.values}


def _names(table: Toml, key: str) -> tuple[str, ...]:
    """A list of texts that are all different, () where the key is left out; one that is there says something."""
    names = table.texts(key)
    if key in table.values and not names:
        raise table.fail(key, "is empty", f'Write {key} = ["…"].')
    if twice := [name for name in names if names.count(name) > 1]:
        raise table.fail(key, f"{twice[0]!r} stands twice", "Remove one.")
    return names


def _flag(table: Toml, key: str) -> bool:
    value = table.values.get(key, False)
    if not isinstance(value, bool):
        raise table.fail(key, f"{value!r} is not true or false", f"Write {key} = true.")
    return value


def _number(table: Toml, key: str) -> float | None:
    value = table.decimal_or_none(key)
    return None if value is None else int(value) if value == int(value) else float(value)


def _near(word: str, known: Iterable[str], otherwise: str) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"Did you mean {near[0]!r}?" if near else otherwise
