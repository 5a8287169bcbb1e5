"""Does a document contradict itself? Two rows about one thing must say the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, TypeAlias

from ..model.record import Check, Record, judged
from ..rulebook.fields import Fields

Thing: TypeAlias = tuple[Hashable, ...]
"""What a row is about: its dataset, and what its columns say of that."""


def check_conflicts(records: Sequence[Record], fields: Fields) -> tuple[tuple[Record, ...], tuple[Check, ...]]:
    """The records, with those about one thing of several values `contradicted`, and a failed check for every such thing.

    A page scanned twice prints a score 87.96 and, misread, 37.96. Which is right is not for this room to say, that there are
    two is.
    """
    told: dict[Thing, list[int]] = defaultdict(list)
    columns = {kind: _columns(kind, fields) for kind in set(map(type, records))}
    for at, record in enumerate(records):
        if (names := columns[type(record)]) is not None:
            resolved = getattr(record, "agency_id", None) is not None
            told[record.dataset, resolved, *[getattr(record, name) for name in names[resolved]]].append(at)
    found = list(_conflicts(records, fields, told.values()))
    doubtful = {at for _, members in found for at in members}
    settled = tuple(judged(r, "contradicted") if at in doubtful else r for at, r in enumerate(records))
    return settled, tuple(check for check, _ in found)


def _columns(kind: type[Record], fields: Fields) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The fields that tell one thing of a kind of record from another: of an agency not resolved, and of one that is."""
    dataset = fields.dataset(kind.dataset)
    if not dataset.values:
        return None
    unresolved, resolved = (
        tuple(name for name in dataset.thing_columns(resolved=known) if name in kind.__slots__) for known in (False, True)
    )
    return unresolved, resolved


def _conflicts(records: Sequence[Record], fields: Fields, told: Iterable[list[int]]) -> Iterator[tuple[Check, list[int]]]:
    for members in told:
        if len(members) < 2:
            continue
        dataset = fields.dataset(records[members[0]].dataset)
        names, thing = dataset.values, dataset.thing(partial(_get, records[members[0]]))
        differing = [name for name in names if len({value for at in members if (value := _get(records[at], name)) is not None}) > 1]
        if differing:
            seen = "; ".join(f"{name}: {', '.join(str(_get(records[at], name)) for at in members)}" for name in differing)
            check = Check(
                identity=fields.conflict_identity,
                subject=thing,
                expected="one value",
                observed=seen,
                tolerance="0",
                outcome="fails",
            )
            yield check, members


def _get(record: Record, name: str) -> Any:
    return getattr(record, name, None)
