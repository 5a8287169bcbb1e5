"""What the repair room knows as data: private-use glyphs, foreign letters, costs, boundaries, lexicons (`rules/thai/`)."""

from __future__ import annotations

import csv
import hashlib
import importlib.metadata
import importlib.util
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..errors import RulesError
from .files import check_keys, line_of, read_rows, read_text, read_toml, rules_folder


@dataclass(frozen=True, slots=True)
class ThaiGlyphs:
    """Code points that stand for Thai characters. `private_use` and `foreign` map one character to its Thai reading.

    `private_use_other` is `private_use` with the second reading of the codes on which makers of fonts disagree.
    """

    private_use: Mapping[str, str]
    private_use_other: Mapping[str, str]
    foreign: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Costs:
    """The costs of `rules/thai/costs.toml`, natural logarithms, by table and key: `costs["mark.carried"]`."""

    table: Mapping[str, float]

    def __getitem__(self, key: str) -> float:
        return self.table[key]


@dataclass(frozen=True, slots=True)
class LexiconSource:
    """One word list: where it comes from, under which licence, and what a word of it counts for."""

    name: str
    origin: str
    kind: str
    floor: float
    least: float
    source: str
    licence: str


COST_KEYS: Mapping[str, tuple[str, ...]] = {
    "word": ("scale", "unknown", "marked", "abbreviation", "place"),
    "mark": ("carried", "later", "doubled", "doubled_alone", "foreign", "lost", "misplaced"),
    "nikhahit": ("split", "lost", "surplus", "surplus_split", "tone", "stray_aa"),
    "gap": ("inside", "loose", "after_carried", "after_lead", "before_follow", "spaced"),
    "mode": ("letter_spaced", "swapped", "nikhahit_lost", "tone_for_nikhahit", "swapped_surplus", "known_lost", "known_tone"),
    "margin": ("soft", "close", "blank"),
}


def thai_folder() -> Path:
    return rules_folder() / "thai"


@cache
def glyphs() -> ThaiGlyphs:
    """The glyph tables: small, read with the first damaged text."""
    rows = tuple(_private_use())
    first = {char: thai for char, thai, other in rows if not other}
    return ThaiGlyphs(
        MappingProxyType(first),
        MappingProxyType(first | {char: thai for char, thai, other in rows if other}),
        MappingProxyType(dict(_foreign())),
    )


@cache
def costs() -> Costs:
    """The lattice's costs; refuses unknown, missing and negative ones."""
    path = thai_folder() / "costs.toml"
    data = read_toml(path)
    check_keys(path, data, required=COST_KEYS)
    table: dict[str, float] = {}
    for part, keys in COST_KEYS.items():
        check_keys(path, data[part], required=keys, at=part)
        for key in keys:
            value = data[part][key]
            if not isinstance(value, int | float) or value < 0:
                raise RulesError(
                    f"{value!r} is no cost", file=str(path), line=line_of(path, key), key=key, advice="Give a number, 0 or more."
                )
            table[f"{part}.{key}"] = float(value)
    return Costs(MappingProxyType(table))


@cache
def boundaries() -> Mapping[str, tuple[float, float]]:
    """Word to the shares of its occurrences with a space before and after it in running official Thai."""
    path = thai_folder() / "boundary.tsv"
    out: dict[str, tuple[float, float]] = {}
    for line, row in read_rows(path, ("word", "before", "after")):
        try:
            before, after = float(row["before"]), float(row["after"])
        except ValueError as error:
            raise RulesError("not a number", file=str(path), line=line, advice="Give shares between 0 and 1.") from error
        if not (0 < before < 1 and 0 < after < 1):
            raise RulesError("a share is not between 0 and 1", file=str(path), line=line)
        if row["word"] in out:
            raise RulesError(f"{row['word']} stands twice", file=str(path), line=line, advice="Take one row out.")
        out[row["word"]] = (before, after)
    return MappingProxyType(out)


@cache
def lexicon_sources() -> tuple[LexiconSource, ...]:
    """The word lists in reading order."""
    path = thai_folder() / "lexicons.toml"
    data = read_toml(path)
    check_keys(path, data, required=("lexicon", "place_heads"))
    return tuple(_source(path, table) for table in data["lexicon"])


@cache
def place_heads() -> tuple[str, ...]:
    """The words that the name of a place follows without a space: "ตำบล", "อำเภอ"."""
    return tuple(read_toml(thai_folder() / "lexicons.toml")["place_heads"])


def _source(path: Path, table: Mapping[str, Any]) -> LexiconSource:
    check_keys(path, table, required=("name", "from", "kind", "source", "licence"), optional=("floor", "least"), at="lexicon")
    if table["kind"] not in ("words", "counts", "names"):
        raise RulesError(f"{table['kind']!r} is no kind of word list", file=str(path), line=line_of(path, "kind"), key="kind")
    return LexiconSource(
        name=table["name"],
        origin=table["from"],
        kind=table["kind"],
        floor=float(table.get("floor", 0.0)),
        least=float(table.get("least", 0.0)),
        source=table["source"],
        licence=table["licence"],
    )


@cache
def glued() -> frozenset[str]:
    """The phrases of `terms.tsv`: always written without a space."""
    return frozenset(row["word"] for _, row in read_rows(thai_folder() / "terms.tsv", ("word",)))


def lexicon_words(source: LexiconSource) -> Iterator[tuple[str, float]]:
    """Yields word and count of one list; words as the list has them, filtered by nobody yet."""
    where, _, what = source.origin.partition(":")
    if where == "pythainlp":
        yield from _corpus_words(source, what)
        return
    name, _, column = what.partition("#")
    rows = csv.reader(
        (line for line in read_text(rules_folder() / name).splitlines() if line.strip() and not line.startswith("#")),
        delimiter="\t" if name.endswith(".tsv") else ",",
    )
    head = next(rows)
    if column not in head:
        raise RulesError(f"no column {column!r}", file=name, advice="Mend `from` in lexicons.toml.")
    at = head.index(column)
    for row in rows:
        yield row[at], source.floor


def _corpus_words(source: LexiconSource, name: str) -> Iterator[tuple[str, float]]:
    # read_text's limit is for rules; these files come with an installed package
    for line in (_corpus_folder() / name).read_text(encoding="utf-8-sig").splitlines():
        word, _, count = line.strip().partition("\t")
        if source.kind == "counts":
            if count and float(count) >= source.least:
                yield word, float(count)
        elif word:
            yield word, source.floor


def _corpus_folder() -> Path:
    # found, not imported: pythainlp takes half a second to import and its word lists are plain files
    found = importlib.util.find_spec("pythainlp")
    if found is None or not found.submodule_search_locations:
        raise RulesError("pythainlp is not installed", file="lexicons.toml", advice="pip install pythainlp")
    return Path(next(iter(found.submodule_search_locations))) / "corpus"


@cache
def lexicon_key() -> str:
    """A digest of everything the compiled lexicon depends on but its own code: rules files and the version of pythainlp."""
    digest = hashlib.sha256(importlib.metadata.version("pythainlp").encode())
    digest.update((thai_folder() / "lexicons.toml").read_bytes())
    digest.update((thai_folder() / "costs.toml").read_bytes())
    for source in lexicon_sources():
        where, _, what = source.origin.partition(":")
        if where == "rules":
            digest.update((rules_folder() / what.partition("#")[0]).read_bytes())
    return digest.hexdigest()


def _private_use() -> Iterator[tuple[str, str, bool]]:
    path = thai_folder() / "pua.tsv"
    for line, row in read_rows(path, ("code", "map", "thai", "name")):
        try:
            code = int(row["code"], 16)
        except ValueError as error:
            raise RulesError(f"{row['code']!r} is no hexadecimal code point", file=str(path), line=line, key="code") from error
        if not 0xE000 <= code <= 0xF8FF:
            raise RulesError(f"U+{code:04X} is not private use", file=str(path), line=line, key="code")
        if len(row["thai"]) > 1:
            raise RulesError(f"{row['thai']!r} is more than one character", file=str(path), line=line, key="thai")
        yield chr(code), row["thai"], row["map"] == "other"


def _foreign() -> Iterator[tuple[str, str]]:
    path = thai_folder() / "foreign.tsv"
    for line, row in read_rows(path, ("foreign", "thai", "script")):
        if len(row["foreign"]) != 1 or len(row["thai"]) != 1:
            raise RulesError("one letter for one letter", file=str(path), line=line, advice="Split the row.")
        yield row["foreign"], row["thai"]


@dataclass(frozen=True, slots=True)
class RepairCase:
    """A text and what repair must make of it. `kind`: wild, made, negative or known; `damage`: its name, or why it fails."""

    kind: str
    damage: str
    text: str
    expected: str


def repair_cases() -> tuple[RepairCase, ...]:
    """The cases of `rules/thai/cases.tsv`; `\\uXXXX` stands for a character that an editor would not show."""
    path = thai_folder() / "cases.tsv"
    out: list[RepairCase] = []
    for line, row in read_rows(path, ("kind", "damage", "text", "expected")):
        if row["kind"] not in ("wild", "made", "negative", "known"):
            raise RulesError(f"{row['kind']!r} is no kind of case", file=str(path), line=line, key="kind")
        out.append(RepairCase(row["kind"], row["damage"], _shown(row["text"]), _shown(row["expected"])))
    return tuple(out)


def _shown(text: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)
