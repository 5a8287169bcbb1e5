"""`datapackage.json`: the release described by itself, after the Data Package standard, and read back into the same objects.

A release must be readable and checkable in ten years, by people who have neither this package nor its rules: so everything that
`rules/fields.toml` says of a dataset goes into the descriptor, and `verify` judges a release by its own descriptor.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..rulebook.fields import Column, ColumnType, Dataset, Fields

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
MEDIA_TYPE = "application/vnd.apache.parquet"
DIGITS = 12
"""Digits of a document's id that tell it from others."""
_TYPES: dict[ColumnType, dict[str, str]] = {
    "string": {"type": "string"},
    "int64": {"type": "integer"},
    "float64": {"type": "number"},
    "bool": {"type": "boolean"},
    "list<string>": {"type": "array", "itemType": "string"},
    "list<float64>": {"type": "array", "itemType": "number"},
    "bbox": {"type": "array", "itemType": "number", "format": "bbox"},
}


class DescriptorError(Exception):
    """A datapackage.json that does not say what it must."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One Parquet file of a release: its path from the release's folder, size in bytes, rows and sha256."""

    path: str
    size: int
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Resource:
    """One dataset of a release and its files in order; no files where a dataset of years has no rows."""

    dataset: Dataset
    files: tuple[FileEntry, ...]
    sha256: str
    """Of all files one after another, as the standard has it for a resource of several files."""

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made a release beside the documents: the version of the code and a digest of the rules; and where people's decisions
    were put in, the sha256 of the file that holds them and how many it has. `sources` are the addresses that documents
    were fetched from."""

    code: str
    rules: str
    corrections: str = ""
    decisions: int = 0
    sources: tuple[Mapping[str, str], ...] = ()
    older: tuple[str, ...] = ()
    """The documents that other code or rules read, by the first DIGITS of their ids: `verify` may prove other things of them."""

    def as_json(self) -> dict[str, Any]:
        by_hand = {"corrections": {"hash": f"sha256:{self.corrections}", "decisions": self.decisions}} if self.corrections else {}
        older = {"older": {"documents": list(self.older)}} if self.older else {}
        return {"code": self.code, "rules": self.rules, **by_hand, **older}

    @classmethod
    def from_json(cls, made: Mapping[str, Any]) -> Provenance:
        by_hand = made.get("corrections", {"hash": "", "decisions": 0})
        older = tuple(made.get("older", {"documents": ()})["documents"])
        return cls(made["code"], made["rules"], _sha256(by_hand["hash"]), by_hand["decisions"], older=older)


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A release as its datapackage.json describes it."""

    resources: tuple[Resource, ...]
    provenance: Provenance
    conflict_identity: str

    def resource(self, name: str) -> Resource | None:
        return next((resource for resource in self.resources if resource.dataset.name == name), None)


def write_descriptor(resources: Iterable[Resource], fields: Fields, provenance: Provenance) -> bytes:
    """The bytes of datapackage.json. Nothing in it tells when or where it was made: the same content gives the same bytes."""
    package = fields.package
    data = {
        "$schema": PROFILE,
        "name": package.name,
        "title": package.title,
        "title_th": package.title_th,
        "description": package.description,
        "description_th": package.description_th,
        "keywords": list(package.keywords),
        "licenses": [dict(entry) for entry in package.licenses],
        "sources": [dict(entry) for entry in (*package.sources, *provenance.sources)],
        "produced_by": provenance.as_json(),
        "conflict_identity": fields.conflict_identity,
        "resources": [_resource_json(resource) for resource in resources],
    }
    return json.dumps(data, ensure_ascii=False, indent=1).encode() + b"\n"


def read_descriptor(data: bytes) -> Descriptor:
    """A datapackage.json as objects; DescriptorError says what is wrong with it."""
    try:
        package = json.loads(data)
        resources = tuple(_resource(entry) for entry in package["resources"])
        return Descriptor(resources, Provenance.from_json(package["produced_by"]), str(package["conflict_identity"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DescriptorError(f"datapackage.json cannot be understood: {type(error).__name__} {error}") from error


def _resource_json(resource: Resource) -> dict[str, Any]:
    dataset, files = resource.dataset, resource.files
    paths: dict[str, Any] = {"path": [file.path for file in files]} if files else {"data": []}
    return {
        "name": dataset.name,
        "title": dataset.title,
        "title_th": dataset.title_th,
        "description": dataset.description,
        "description_th": dataset.description_th,
        **paths,
        "format": "parquet",
        "mediatype": MEDIA_TYPE,
        "rows": resource.rows,
        "bytes": sum(file.size for file in files),
        "hash": f"sha256:{resource.sha256}",
        "files": [{"path": file.path, "bytes": file.size, "rows": file.rows, "hash": f"sha256:{file.sha256}"} for file in files],
        "origin": dataset.origin,
        "partition": dataset.partition,
        "ordinal": dataset.ordinal,
        "about": list(dataset.about),
        "stand_in": list(dataset.stand_in),
        "values": list(dataset.values),
        "schema": {
            "fields": [_field_json(column) for column in dataset.columns],
            "primaryKey": list(dataset.key),
            "foreignKeys": [
                {"fields": [column.name], "reference": {"resource": column.refers_to, "fields": [column.name]}}
                for column in dataset.columns
                if column.refers_to
            ],
            "missingValues": [],
        },
    }


def _field_json(column: Column) -> dict[str, Any]:
    element = column.type.startswith("list")
    limits = {
        "minimum": column.minimum,
        "maximum": column.maximum,
        "enum": list(column.enum) or None,
        "pattern": column.pattern or None,
        "minLength": 1 if column.type in ("string", "list<string>") and not column.may_be_empty else None,
    }
    limits = {key: limit for key, limit in limits.items() if limit is not None}
    constraints = {"required": column.required, **({} if element else limits)}
    return {
        "name": column.name,
        **_TYPES[column.type],
        "description": column.description,
        "description_th": column.description_th,
        **({"unit": column.unit} if column.unit else {}),
        "constraints": constraints,
        **({"itemConstraints": limits} if element and limits else {}),
    }


def _resource(data: Mapping[str, Any]) -> Resource:
    references = {entry["fields"][0]: entry["reference"]["resource"] for entry in data["schema"]["foreignKeys"]}
    dataset = Dataset(
        name=data["name"],
        title=data["title"],
        title_th=data["title_th"],
        description=data["description"],
        description_th=data["description_th"],
        origin=data["origin"],
        partition=data["partition"],
        key=tuple(data["schema"]["primaryKey"]),
        about=tuple(data["about"]),
        columns=tuple(_column(entry, references) for entry in data["schema"]["fields"]),
        ordinal=data["ordinal"],
        stand_in=tuple(data["stand_in"]),
        values=tuple(data["values"]),
    )
    files = tuple(FileEntry(entry["path"], entry["bytes"], entry["rows"], _sha256(entry["hash"])) for entry in data["files"])
    return Resource(dataset, files, _sha256(data["hash"]))


def _column(data: Mapping[str, Any], references: Mapping[str, str]) -> Column:
    kind = {key: data[key] for key in ("type", "itemType", "format") if key in data}
    name = next((ours for ours, theirs in _TYPES.items() if theirs == kind), None)
    if name is None:
        raise ValueError(f"column {data['name']} has an unknown type {kind}")
    limits = {**data["constraints"], **data.get("itemConstraints", {})}
    return Column(
        name=data["name"],
        type=name,
        description=data["description"],
        description_th=data["description_th"],
        unit=data.get("unit", ""),
        required=limits["required"],
        minimum=limits.get("minimum"),
        maximum=limits.get("maximum"),
        enum=tuple(limits.get("enum", ())),
        pattern=limits.get("pattern", ""),
        may_be_empty=name in ("string", "list<string>") and "minLength" not in limits,
        refers_to=references.get(data["name"], ""),
    )


def _sha256(text: str) -> str:
    return text.removeprefix("sha256:")
