"""What other documents settle of a number that fails the sums of its own: done when a release is made, see `dataset.elsewhere`."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from .checks.cells import numbers_of
from .checks.conflicts import check_conflicts
from .checks.judge import ELSEWHERE, Elsewhere, check_records
from .dataset.elsewhere import CHECKS, Said, Settle, Settled
from .dataset.schema import arrow_schema, table_of
from .model.record import Check
from .readback import (
    BY_HAND,
    TOLD,
    ReadBack,
    numbers,
    other_outcomes,
    place_of,
    records_of,
    thing_of,
    things_of_two_values,
    told_of,
)
from .rulebook.fields import load_fields
from .rulebook.frameworks import Framework

if TYPE_CHECKING:
    import pyarrow as pa


def settler(frameworks: Mapping[int, Framework]) -> Settle:
    """`settle` for the rules of all years, as `publish` takes it."""
    return partial(settle, frameworks)


def settle(frameworks: Mapping[int, Framework], tables: Mapping[str, pa.Table], said: Said) -> Settled | None:
    """What a document gives, given what others print in place of its contradicted scores; None where that settles nothing.

    A score is put right where several misreadings would heal all that fails about it, and one of them is what the others print.
    Nothing is settled where a person has decided about the score, where the document gives two values of its thing, or where its
    numbers do not come out anew as they were stored: other code or rules read it.
    """
    fields = load_fields()
    whole = {name: tables.get(name, arrow_schema(fields.dataset(name)).empty_table()) for name in fields.names}
    [(document_id, members)] = records_of(whole.__getitem__).items()
    document = ReadBack.of(members, told_of(whole[CHECKS])[document_id])
    own, own_checks = check_records(document.read, frameworks)
    as_stored = all(numbers(before) == numbers(now) for before, now in zip(members, own, strict=True))
    if not as_stored or any(True for _ in other_outcomes(own_checks, document.told)):
        return None
    found, checks = check_records(document.read, frameworks, _asked(document, said))
    lent = [check for check in checks if check.identity == ELSEWHERE]
    _, conflicts = check_conflicts(found, fields)
    if not lent or {one.subject for one in conflicts} != things_of_two_values(document.told):
        return None
    places = {name: at for at, name in enumerate(document.names)}
    scores = {place_of(check.subject): dict(numbers_of(found[places[check.subject]]))["score"] for check in lent}
    states = dict(zip(map(place_of, document.names), document.states(found), strict=True))
    told = list(_told_anew(document.told, own_checks, checks))
    return Settled(scores, states, table_of(told, fields.dataset(CHECKS), document_id))


def _asked(document: ReadBack, said: Said) -> Elsewhere:
    """What others print, by the cells of the document, but for those that nobody but a person may change."""
    decided = {check["subject"] for check in document.told if check["identity"] == BY_HAND}
    doubts = things_of_two_values(document.told)
    return {
        (at, "score"): said[place_of(name)]
        for at, (name, record) in enumerate(zip(document.names, document.members, strict=True))
        if place_of(name) in said and name not in decided and thing_of(record) not in doubts
    }


def _told_anew(told: Iterable[Mapping[str, str]], before: Sequence[Check], now: Iterable[Check]) -> Iterable[Check]:
    """The checks of a document, in their order, with those of its numbers as they are `now`."""
    gone = {(check.identity, check.subject) for check in before}
    made: dict[tuple[str, str], deque[Check]] = defaultdict(deque)
    for check in now:
        made[check.identity, check.subject].append(check)
    for row in told:
        thing = row["identity"], row["subject"]
        if made[thing]:
            yield made[thing].popleft()
        elif thing not in gone:
            yield Check(**{name: row[name] for name in TOLD})  # type: ignore[arg-type]
    for rest in made.values():
        yield from rest
