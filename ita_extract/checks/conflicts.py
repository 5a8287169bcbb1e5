"""Does a document contradict itself? Two rows about one thing must say the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from ..model.record import Check, Record, judged
from ..rulebook.fields import Fields


def check_conflicts(records: Sequence[Record], fields: Fields) -> tuple[tuple[Record, ...], tuple[Check, ...]]:
    """The records, with those about one thing of several values `contradicted`, and a failed check for every such thing.

    A page scanned twice prints a score 87.96 and, misread, 37.96. Which is right is not for this room to say, that there are
    two is.
    """
    told: dict[str, list[int]] = defaultdict(list)
    for at, record in enumerate(records):
        dataset = fields.dataset(record.dataset)
        if dataset.values:
            told[dataset.thing(partial(_get, record))].append(at)
    found = list(_conflicts(records, fields, told))
    doubtful = {at for _, members in found for at in members}
    settled = tuple(judged(r, "contradicted") if at in doubtful else r for at, r in enumerate(records))
    return settled, tuple(check for check, _ in found)


def _conflicts(records: Sequence[Record], fields: Fields, told: dict[str, list[int]]) -> Iterator[tuple[Check, list[int]]]:
    for thing, members in told.items():
        if len(members) < 2:
            continue
        names = fields.dataset(records[members[0]].dataset).values
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
