"""How many cells of ranking rows are exact, against what is known to stand in a document.

A row is known by its number and its scores, which no damage of a Thai font touches; counted are its names. White space does not
count: a name breaks in a narrow cell where it likes.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

Key: TypeAlias = tuple[str, ...]
"""The number of a row and its scores, sorted."""
_SCORE = re.compile(r"\d{1,3}\.\d{2}")
_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def known_rows(document: Path, samples: Path) -> dict[Key, frozenset[str]]:
    """The names of each row of a document, by its key; empty where no truth lies beside it or in `samples`."""
    beside = document.with_suffix(".json")
    expected = samples / "expected" / f"{document.stem}.agency_scores.csv"
    if beside.is_file():
        data = json.loads(beside.read_text(encoding="utf-8"))
        return _keyed(data["rows"] if "rows" in data else map(_ranked, data[document.stem]["ranking"]))
    return _keyed(_expected(expected)) if expected.is_file() else {}


def _ranked(row: Mapping[str, object]) -> list[str]:
    scores = [f"{row[name]:.2f}" for name in ("prev_score", "score") if row[name] is not None]
    return [str(row["no"]), *(str(row[name]) for name in ("province", "district", "agency") if row[name]), *scores]


def _expected(path: Path) -> list[list[str]]:
    rows: dict[tuple[str, ...], list[str]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            agency, province = row["agency_name_printed"], row["province"]
            printed = "" if province in agency else province  # one that the name bears is filled in, and seldom printed beside it
            names = (row["row_no"], agency, printed, row["district"])
            rows[names].append(f"{float(row['score']):.2f}")
    return [[*filter(None, names), *scores] for names, scores in rows.items()]


def _keyed(rows: Iterable[Sequence[str]]) -> dict[Key, frozenset[str]]:
    return {key: frozenset(_names(row)) for row in rows if (key := key_of(row))}


def key_of(row: Sequence[str]) -> Key:
    """The key of a row of cells, () for one that is no ranking row.

    >>> key_of(["๑๒", "จังหวัดลำพูน", "87.96", "-", "85.00", "A"]), key_of(["ที่", "หน่วยงาน", "คะแนน"])
    (('12', '85.00', '87.96'), ())
    """
    cells = [_bare(cell).translate(_DIGITS) for cell in row]
    scores = sorted(cell for cell in cells if _SCORE.fullmatch(cell))
    number = cells[0].rstrip(".") if cells else ""
    return (number, *scores) if number.isdigit() and scores else ()


def _names(row: Sequence[str]) -> list[str]:
    return [bare for cell in row[1:] if (bare := _bare(cell)) and not _SCORE.fullmatch(bare) and len(bare) > 1]


def _bare(cell: str | None) -> str:
    return "".join((cell or "").split())


def exact(rows: Iterable[Sequence[str]], known: Mapping[Key, frozenset[str]]) -> tuple[int, int]:
    """Of the names of the known rows that were read, how many are exact, and how many there are."""
    right = all_of_them = 0
    for row in rows:
        names = known.get(key_of(row))
        if names:
            cells = {_bare(cell) for cell in row}
            right += len(names & cells)
            all_of_them += len(names)
    return right, all_of_them
