"""The data dictionary of the documentation, from `rules/fields.toml`: `python -m ita_extract.rulebook.datadictionary`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from .fields import Column, Dataset, Fields, load_fields

INTRODUCTION = """\
# Datasets

Written by `make docs` from [rules/fields.toml](../rules/fields.toml), which also makes the Parquet schemas, `datapackage.json` and
the limits that `ita-extract verify` enforces. Years are Buddhist Era (2563 is 2020 CE), scores and shares are percentages from 0 to
100 rounded to two decimals, and absent is null. A dataset lies in `DIR/releases/<id>/<dataset>/`, sorted by its key, in a file for
each year (`2563.parquet`) or in one (`all.parquet`).

A column in **bold** belongs to what a row is about; one marked ● is never null.
"""


def data_dictionary(fields: Fields) -> str:
    """Every dataset and column as Markdown, in published order."""
    contents = "".join(f"- [{dataset.name}](#{dataset.name}): {dataset.title}\n" for dataset in fields.datasets)
    return "\n".join([INTRODUCTION, contents, *("\n".join(_dataset(dataset)) for dataset in fields.datasets)])


def _dataset(dataset: Dataset) -> Iterator[str]:
    yield f"## {dataset.name}\n"
    yield f"**{dataset.title} · {dataset.title_th}**\n"
    yield f"{dataset.description}\n"
    yield f"{dataset.description_th}\n"
    files = "a file for each fiscal year" if dataset.partition == "fiscal_year" else "one file"
    yield f"Key: {', '.join(f'`{name}`' for name in dataset.key)}; {files}.\n"
    yield "| column | type | what it means | ความหมาย |"
    yield "| --- | --- | --- | --- |"
    for column in dataset.columns:
        name = f"**{column.name}**" if column.name in dataset.about else column.name
        cells = (f"{name}{' ●' if column.required else ''}", _type(column), _meaning(column), column.description_th)
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
    yield ""


def _type(column: Column) -> str:
    return f"{column.type}, {column.unit}" if column.unit else column.type


def _meaning(column: Column) -> str:
    """The description with the limits behind it.

    >>> _meaning(Column(name="page", type="int64", description="Page of the PDF.", description_th="เลขหน้า", minimum=1))
    'Page of the PDF. At least 1.'
    """
    limits = []
    if column.minimum is not None and column.maximum is not None:
        limits.append(f"{column.minimum:g} to {column.maximum:g}.")
    elif column.minimum is not None:
        limits.append(f"At least {column.minimum:g}.")
    elif column.maximum is not None:
        limits.append(f"At most {column.maximum:g}.")
    if column.enum:
        limits.append("One of " + ", ".join(f"`{value}`" for value in column.enum) + ".")
    return " ".join([column.description, *limits])


if __name__ == "__main__":
    sys.stdout.write(data_dictionary(load_fields()))
