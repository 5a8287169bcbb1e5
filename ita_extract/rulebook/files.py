"""Reads the files under `rules/`: the only place in the project that opens TOML, CSV or TSV.

Every reader names file and line in its errors, because the person who mistypes a rule is not the person who wrote the reader.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import RulesError

MAX_BYTES = 8_000_000


@cache
def rules_folder() -> Path:
    """The folder with the project's rules: inside the wheel `ita_extract/_rules`, in a checkout `rules/` beside the package."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_rules", package.parent / "rules"):
        if folder.is_dir():
            return folder
    raise RulesError("no rules folder", file=str(package / "_rules"), advice="Reinstall ita-extract: the wheel carries its rules.")


def read_text(path: Path) -> str:
    """The text of one rules file, at most `MAX_BYTES` long, UTF-8 without a byte order mark."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RulesError(f"cannot be read: {error.strerror}", file=str(path)) from error
    if len(data) > MAX_BYTES:
        raise RulesError(f"{len(data):,} bytes, more than {MAX_BYTES:,}", file=str(path), advice="Split the file.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise RulesError("not UTF-8", file=str(path), line=line, advice="Save the file as UTF-8.") from error


def read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise RulesError(str(error), file=str(path), line=int(found[1]) if found else None, advice="Mend the TOML.") from error


def read_rows(path: Path, columns: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yields line number and row of a `.csv` or `.tsv` file whose head is exactly `columns`. Lines opening with # are comments."""
    text = read_text(path)
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
    delimiter = "\t" if path.suffix == ".tsv" else ","
    source = io.StringIO("\n".join(line for _, line in lines))
    rows = csv.reader(source, delimiter=delimiter, quoting=csv.QUOTE_NONE if path.suffix == ".tsv" else csv.QUOTE_MINIMAL)
    want = list(columns)
    for (number, _), row in zip(lines, rows, strict=False):
        if number == lines[0][0]:
            if row != want:
                raise RulesError(f"columns are {row}, not {want}", file=str(path), line=number, advice="Mend the head line.")
        elif len(row) != len(want):
            raise RulesError(
                f"{len(row)} fields where the head has {len(want)}", file=str(path), line=number, advice="Mend the row."
            )
        else:
            yield number, dict(zip(want, row, strict=True))


def line_of(path: Path, key: str) -> int | None:
    """The first line of a TOML file that sets `key` or opens a table of that name, for error messages."""
    last = re.escape(key.rsplit(".", 1)[-1])
    pattern = re.compile(rf"""^\s*(?:\[+[^\]]*?["']?{last}["']?\]+|["']?{last}["']?\s*=)""")
    return next((n for n, line in enumerate(read_text(path).splitlines(), 1) if pattern.match(line)), None)


def check_keys(
    path: Path, table: Mapping[str, Any], *, required: Iterable[str] = (), optional: Iterable[str] = (), at: str = ""
) -> None:
    """Refuses unknown and missing keys of one TOML table, naming the line and the likeliest meant key."""
    required, known = list(required), [*required, *optional]
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            advice = f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(sorted(known))}."
            raise RulesError(f"unknown in {at or 'this file'}", file=str(path), line=line_of(path, key), key=key, advice=advice)
    for key in required:
        if key not in table:
            raise RulesError(
                f"missing in {at or 'this file'}",
                file=str(path),
                line=line_of(path, at) if at else None,
                key=key,
                advice=f"Add {key} = …",
            )
