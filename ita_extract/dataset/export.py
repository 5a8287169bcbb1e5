"""A release for other tools: CSV, JSON Lines, a workbook, a database. Nothing in it runs, nothing is lost without a word.

Parquet is what a release is; these are copies for people whose tools do not read it. Everything is written aside and renamed at the
end, so that a disk that fills up leaves no half file, and a file that is there already is left alone unless it is to be replaced.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import UsageError
from .database import write_database
from .disk import remove_tree, storage_errors, sync_folder
from .read import DatasetRows, find_release, release_descriptor, resource_named
from .sheet_text import inert_texts, texts_of, told_controls
from .workbook import write_workbook

BOM = "\ufeff"
"""Without it Excel takes a CSV file for one of the local code page, and every Thai letter for three others."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the files, the rows of each dataset, and in `notes` what could not be carried over as it is, in words."""

    release: str
    files: tuple[Path, ...]
    rows: dict[str, int]
    notes: tuple[str, ...]


Writer: TypeAlias = Callable[[Path, Sequence[DatasetRows]], Iterator[str]]
"""Writes datasets into files below a folder that is empty, or to the one file named; yields notes."""


def export_datasets(
    folder: Path | str, out: Path | str, form: str = "csv", datasets: Iterable[str] = (), *, force: bool = False
) -> Exported:
    """Writes a release for other tools: the current one of a data folder, or another, named as `find_release` takes it.

    All else is as `ita_extract.export_datasets` says, which takes an address as well.
    """
    if form not in FORMS:
        raise UsageError(f"there is no form {form!r}", advice=f"There are: {', '.join(FORMS)}.")
    release, out = find_release(folder), Path(out)
    descriptor = release_descriptor(release)
    chosen = [resource_named(descriptor, name) for name in dict.fromkeys(datasets)] or list(descriptor.resources)
    rows = [DatasetRows(release, resource) for resource in chosen]
    names = [f"{one.dataset.name}.{form}" for one in rows] if form in FOLDERS else [out.name]
    place = out if form in FOLDERS else out.parent
    _refuse(release, out, form, [place / name for name in names], force=force)
    with storage_errors("the export could not be written", out), _aside(place, out.name) as aside:
        notes = tuple(FORMS[form](aside if form in FOLDERS else aside / out.name, rows))
        for name in names:
            _sync(aside / name)
        for name in names:
            (aside / name).replace(place / name)
        sync_folder(place)
    return Exported(
        release.name, tuple(place / name for name in names), {one.dataset.name: one.resource.rows for one in rows}, notes
    )


def _refuse(release: Path, out: Path, form: str, files: Iterable[Path], *, force: bool) -> None:
    """Raises UsageError where the export would damage something that is there."""
    whole = release.resolve()
    data = {whole, *({whole.parent, whole.parent.parent / "store"} if whole.parent.name == "releases" else ())}
    if data & {out.resolve(), *out.resolve().parents}:
        raise UsageError(
            f"{out} lies inside of the data folder's own files", advice="`verify` would call it damage: choose another."
        )
    if form in FOLDERS and out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file", advice=f"{form} writes a file for each dataset: give a folder.")
    if form not in FOLDERS and out.is_dir():
        raise UsageError(f"{out} is a folder", advice=f"Give the file to write, such as {out / f'ita.{form}'}.")
    there = [path for path in files if path.exists() or path.is_symlink()]
    if there and not force:
        more = f", and {len(there) - 1} more of its files" if len(there) > 1 else ""
        raise UsageError(f"{there[0]} is there already{more}", advice="Say --force to replace it, or choose another place.")


@contextmanager
def _aside(place: Path, name: str) -> Iterator[Path]:
    """A new folder inside `place`, gone afterwards; so is `place` where it was made for this and nothing came of it."""
    made = not place.exists()
    place.mkdir(parents=True, exist_ok=True)
    aside = place / f".{name}.{os.getpid()}.tmp"
    remove_tree(aside)
    try:
        aside.mkdir()
        yield aside
    finally:
        remove_tree(aside)
        if made:
            with suppress(OSError):
                place.rmdir()


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _write_csv(folder: Path, datasets: Sequence[DatasetRows]) -> Iterator[str]:
    """UTF-8 with a mark that says so, one line of names, rows ended as RFC 4180 has it. Absent is an empty cell, a list is JSON."""
    for one in datasets:
        changed = 0
        with (folder / f"{one.dataset.name}.csv").open("w", encoding="utf-8", newline="") as file:
            file.write(BOM)
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(one.dataset.names)
            for batch in one.batches():
                cells = [texts_of(column, values) for column, values in zip(one.dataset.columns, batch.columns, strict=True)]
                changed += sum(count for _, count in cells)
                writer.writerows(zip(*(_csv_cells(one, at, texts) for at, (texts, _) in enumerate(cells)), strict=True))
        yield from told_controls(one.dataset, changed)


def _csv_cells(rows: DatasetRows, at: int, texts: pa.Array) -> list[str]:
    """The cells of one column as CSV has them; of numbers nothing is quoted, or they would be none."""
    is_text = rows.dataset.columns[at].type == "string"
    return pc.fill_null(inert_texts(texts) if is_text else texts, "").to_pylist()  # type: ignore[no-any-return]


def _write_lines(folder: Path, datasets: Sequence[DatasetRows]) -> Iterator[str]:
    """One object of JSON a line, with every column: null where it is absent, lists as lists."""
    for one in datasets:
        with (folder / f"{one.dataset.name}.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            for batch in one.batches():
                lines = io.StringIO()
                for row in batch.to_pylist():
                    lines.write(json.dumps(row, ensure_ascii=False, allow_nan=False))
                    lines.write("\n")
                file.write(lines.getvalue())
    yield from ()


FOLDERS = ("csv", "jsonl")
"""Forms that take a folder: a file for each dataset."""
FORMS: dict[str, Writer] = {"csv": _write_csv, "xlsx": write_workbook, "duckdb": write_database, "jsonl": _write_lines}
