"""The records of a document read back from its tables, as they stood before anything was put right."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .checks.cells import ANSWERS, COUNTS, NUMBERS, SCORES, SHARES, number, numbers_of
from .checks.filled import FILLED, worth
from .checks.judge import ELSEWHERE, MISREADING, SHIFT, names_of
from .checks.network import Node
from .model.record import Check, Record, Verification
from .rulebook.fields import load_fields

if TYPE_CHECKING:
    import pyarrow as pa

KINDS: tuple[type[Record], ...] = tuple(kind for kind, names in NUMBERS.items() if names)
"""The records that have numbers."""
BY_HAND = "human_correction"
"""The check of a number that a person decided about."""
DECIMALS = frozenset({*SCORES, *SHARES, *ANSWERS})
TOLD = ("identity", "subject", "expected", "observed", "tolerance", "outcome")
"""The columns of a check."""
_LENT = re.compile(r"(?P<field>\w+) (?P<value>[0-9.]+) \((?P<source>.+)\)")


@dataclass(frozen=True, slots=True)
class ReadBack:
    """The records of a document with numbers, as they are published and as they were `read`, and what its checks told."""

    members: Sequence[Record]
    read: Sequence[Record]
    told: Sequence[Mapping[str, str]]

    @classmethod
    def of(cls, members: Sequence[Record], told: Sequence[Mapping[str, str]]) -> ReadBack:
        return cls(members, as_read(members, told), told)

    @property
    def names(self) -> list[str]:
        return names_of(self.members)

    def lent(self) -> dict[Node, tuple[Decimal, str]]:
        """The numbers that another document settled: what it prints, and where."""
        places = {name: at for at, name in enumerate(self.names)}
        found = {}
        for check in self.told:
            at = places.get(check["subject"]) if check["identity"] == ELSEWHERE else None
            if at is not None and (words := _LENT.fullmatch(check["expected"])):
                found[at, words["field"]] = Decimal(words["value"]), words["source"]
        return found

    def states(self, found: Sequence[Record]) -> list[Verification]:
        """What each record is worth by its own document, where proving it anew has `found` these."""
        doubts, by_hand = things_of_two_values(self.told), any(check["identity"] == BY_HAND for check in self.told)
        filled = {check["subject"] for check in self.told if check["identity"] == FILLED}
        told = zip(self.names, self.members, found, strict=True)
        return [worth(_state(before, now, doubts, by_hand=by_hand), is_filled=name in filled) for name, before, now in told]


def records_of(tables: Callable[[str], pa.Table]) -> dict[str, list[Record]]:
    """The records with numbers of every document. `tables` gives a dataset's table."""
    records: dict[str, list[Record]] = defaultdict(list)
    for kind in KINDS:
        for row in sorted(tables(kind.dataset).to_pylist(), key=lambda row: (row["document_id"], row["record_no"])):
            records[row["document_id"]].append(_record(kind, row))
    return records


def told_of(checks: pa.Table) -> dict[str, list[Mapping[str, str]]]:
    """The checks of every document, in their order."""
    told: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in checks.select(["document_id", *TOLD]).to_pylist():
        told[row["document_id"]].append(row)
    return told


def other_outcomes(checks: Iterable[Check], told: Iterable[Mapping[str, str]]) -> Iterator[tuple[Check, list[str], list[str]]]:
    """Every identity and subject of checks made anew whose outcomes are not those that were told: the first check, old, new."""
    before: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in told:
        before[row["identity"], row["subject"]].append(row["outcome"])
    again: dict[tuple[str, str], list[Check]] = defaultdict(list)
    for check in checks:
        again[check.identity, check.subject].append(check)
    for thing, made in again.items():
        if sorted(before[thing]) != sorted(check.outcome for check in made):
            yield made[0], before[thing], [check.outcome for check in made]


def place_of(name: str) -> tuple[str, int]:
    """Dataset and record_no of a record by its name in checks.

    >>> place_of("agency_scores/17")
    ('agency_scores', 17)
    """
    dataset, _, number = name.partition("/")
    return dataset, int(number)


def numbers(record: Record) -> str:
    """The numbers of a record, for people."""
    return ", ".join(f"{field} {number(value)}" for field, value in numbers_of(record))


def verification(record: Record) -> Verification:
    return getattr(record, "verification", "unverified")


def things_of_two_values(told: Iterable[Mapping[str, str]]) -> set[str]:
    """The things of which a document gives two values, by its checks."""
    identity = load_fields().conflict_identity
    return {check["subject"] for check in told if check["identity"] == identity and check["outcome"] != "holds"}


def thing_of(record: Record) -> str:
    return load_fields().dataset(record.dataset).thing(lambda name: getattr(record, name, None))


def as_read(records: Sequence[Record], told: Iterable[Mapping[str, str]]) -> list[Record]:
    """The records with every misreading that was put right put back, by what the checks tell."""
    done = list(records)
    places = {name: at for at, name in enumerate(names_of(records))}
    for check in told:
        at = places.get(check["subject"]) if check["identity"] in (MISREADING, SHIFT, ELSEWHERE) else None
        if at is not None:
            field, _, before = check["observed"].partition(",")[0].partition(" ")
            if field in dict(numbers_of(done[at])):
                value = int(before) if field in COUNTS else Decimal(before)
                done[at] = replace(done[at], **{field: value})  # type: ignore[arg-type]
    return done


def _state(record: Record, now: Record, doubts: Container[str], *, by_hand: bool) -> Verification:
    """What a record is worth by its own document: what the network makes of it, unless the document has two values of its thing.

    What a person put right is `corrected` where nothing proves it.
    """
    if thing_of(record) in doubts:
        return "contradicted"
    proved = verification(now)
    return "corrected" if by_hand and verification(record) == "corrected" and proved in ("consistent", "unverified") else proved


def _record(kind: type[Record], row: Mapping[str, Any]) -> Record:
    return kind(**{field.name: _value(field.name, row[field.name]) for field in fields(kind)})


def _value(name: str, value: Any) -> Any:
    if name in DECIMALS and value is not None:
        return Decimal(f"{value:.2f}")
    return tuple(value) if isinstance(value, list) else value
