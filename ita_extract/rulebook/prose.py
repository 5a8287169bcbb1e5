"""How running text states a score, and what tells cells apart where a text layer has no geometry (`rules/prose.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..errors import RulesError
from .files import check_keys, read_toml, rules_folder
from .wording import squash

NUMBER = "{no}"


@dataclass(frozen=True, slots=True)
class ScoreWords:
    """Phrases around a score, squashed, the longest first. `{year}` and `{no}` stand for a fiscal year and a number."""

    cues: tuple[str, ...]
    unit: tuple[str, ...]
    about: tuple[str, ...]
    results: tuple[str, ...]
    marks: tuple[str, ...]
    year: tuple[str, ...]
    indicator: tuple[str, ...]
    province: tuple[str, ...]
    rank: tuple[str, ...]
    level: tuple[str, ...]
    passed: tuple[str, ...]
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartWords:
    """Lines that open a part of a document, and lines that end a table."""

    openings: tuple[str, ...]
    results: tuple[str, ...]
    measures: tuple[str, ...]
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellWords:
    """What cells open with. `labels` number a row in its first cell, `item` stands before the code of an item."""

    responsible: tuple[str, ...]
    period: tuple[str, ...]
    labels: tuple[str, ...]
    item: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """The wordings of `rules/prose.toml`.

    >>> load_prose().parts.openings[0]
    'ส่วนที่'
    """

    scores: ScoreWords
    parts: PartWords
    cells: CellWords


@cache
def load_prose(folder: Path | None = None) -> Prose:
    """The wordings of a rules folder, of the project's own where it has none. Raises RulesError for a key that is unknown."""
    path = (folder or rules_folder()) / "prose.toml"
    if not path.is_file():
        path = rules_folder() / "prose.toml"
    data = read_toml(path)
    check_keys(path, data, required=tuple(one.name for one in fields(Prose)))
    return Prose(
        ScoreWords(**_phrases(path, data, "scores", ScoreWords)),
        PartWords(**_phrases(path, data, "parts", PartWords)),
        CellWords(**_phrases(path, data, "cells", CellWords)),
    )


def _phrases(path: Path, data: Mapping[str, Any], at: str, kind: type) -> Mapping[str, tuple[str, ...]]:
    names = tuple(one.name for one in fields(kind))
    check_keys(path, data[at], required=names, at=at)
    for name in names:
        if not all(isinstance(phrase, str) and phrase for phrase in data[at][name]):
            raise RulesError(f"{at}.{name} holds something that is no phrase", file=str(path), key=name, advice="Give texts only.")
    return MappingProxyType({name: _longest_first(data[at][name]) for name in names})


def _longest_first(phrases: list[str]) -> tuple[str, ...]:
    return tuple(sorted({squash(phrase) for phrase in phrases}, key=lambda phrase: (-len(phrase), phrase)))
