"""Proves a release again from its own data: what `verify` does beyond hashes and form.

The records are read back from the published files, every misreading that was put right is put back, and every arithmetic identity
is put to them anew: the same numbers must be put right, the same checks be made, and each number must be worth what is published
of it, `verification` included. A number changed after the fact, with its file's hash made to fit, is found by what it no longer
adds up to; a state changed after the fact, by what the numbers prove.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from .checks.cells import ANSWERS, COUNTS, SCORES, SHARES, number, numbers_of
from .checks.judge import MISREADING, SHIFT, check_records, names_of
from .dataset.descriptor import DIGITS
from .dataset.reconcile import reproved
from .model.record import (
    AgencyScore,
    Check,
    GradeCount,
    IndicatorScore,
    InstrumentScore,
    OitItem,
    ProvinceScore,
    Record,
    RespondentCount,
    SurveyItem,
    SurveyRow,
    TypeSummary,
    Verification,
)
from .rulebook.fields import load_fields
from .rulebook.frameworks import Framework

if TYPE_CHECKING:
    import pyarrow as pa

KINDS: tuple[type[Record], ...] = (
    AgencyScore,
    IndicatorScore,
    InstrumentScore,
    TypeSummary,
    GradeCount,
    SurveyItem,
    SurveyRow,
    OitItem,
    ProvinceScore,
    RespondentCount,
)
NOT_TODAYS = "what it gave does not follow from today's code and rules, which did not read it: read it again with `ita-extract run`"
BY_HAND = "human_correction"
"""The check of a number that a person put right."""
DECIMALS = frozenset({*SCORES, *SHARES, *ANSWERS})


def prove(
    frameworks: Mapping[int, Framework], tables: Callable[[str], pa.Table], older: Container[str] = ()
) -> Iterator[tuple[str, str, str]]:
    """Yields code, place and detail of every outcome that is not the published one. `tables` gives a dataset's table.

    `older` are the documents, by the first DIGITS of their ids, that other code or rules read: where these do not come to what is
    published of one, that is told in one line, and its numbers are held against others as they are published.
    """
    records: dict[str, list[Record]] = defaultdict(list)
    for kind in KINDS:
        for row in sorted(tables(kind.dataset).to_pylist(), key=lambda row: (row["document_id"], row["record_no"])):
            records[row["document_id"]].append(_record(kind, row))
    published: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in tables("checks").select(["document_id", "identity", "subject", "expected", "observed", "outcome"]).to_pylist():
        published[row["document_id"]].append(row)
    own: dict[tuple[str, str], dict[int, Verification]] = defaultdict(dict)
    for document_id, members in records.items():
        told = published[document_id]
        found, checks = check_records(_as_read(members, told), frameworks)
        failures = [*_other_checks(document_id, checks, told), *_other_numbers(document_id, members, found)]
        states = _states(members, found, told)
        if document_id[:DIGITS] in older:
            if failures or not all(map(_comes_to, states, map(_verification, members))):
                yield "OLDER", "documents", f"document {document_id}: {NOT_TODAYS}"
            continue  # its states as they are published go into the comparison: that was made by today's code
        yield from failures
        for name, state in zip(names_of(members), states, strict=True):
            dataset, _, place = name.partition("/")
            own[dataset, document_id][int(place)] = state
    yield from reproved(tables, own)


def _other_numbers(document_id: str, members: Sequence[Record], found: Sequence[Record]) -> Iterator[tuple[str, str, str]]:
    """Every record that has other numbers when it is proved anew."""
    for name, before, now in zip(names_of(members), members, found, strict=True):
        if (values := _numbers(before)) != (again := _numbers(now)):
            told = f"document {document_id}, {name}: read and proved anew it is {again}, published as {values}"
            yield "PROOF", name.partition("/")[0], told


def _states(members: Sequence[Record], found: Sequence[Record], told: Sequence[Mapping[str, str]]) -> list[Verification]:
    """What each record is worth by its own document, proved anew."""
    doubts, by_hand = _things_of_two_values(told), any(check["identity"] == BY_HAND for check in told)
    return [_state(before, now, doubts, by_hand=by_hand) for before, now in zip(members, found, strict=True)]


def _comes_to(own: Verification, published: Verification) -> bool:
    """Whether what a number is worth by its own document may be published so, by what other documents say of it.

    >>> _comes_to("consistent", "verified"), _comes_to("corrected", "verified")
    (True, False)
    """
    return own == published or (own in ("consistent", "unverified") and published in ("verified", "contradicted"))


def _as_read(records: Sequence[Record], told: Iterable[Mapping[str, str]]) -> list[Record]:
    """The records of a document with every misreading that was put right put back, by what its checks tell."""
    done = list(records)
    places = {name: at for at, name in enumerate(names_of(records))}
    for check in told:
        at = places.get(check["subject"]) if check["identity"] in (MISREADING, SHIFT) else None
        if at is not None:
            field, _, before = check["observed"].partition(",")[0].partition(" ")
            if field in dict(numbers_of(done[at])):
                value = int(before) if field in COUNTS else Decimal(before)
                done[at] = replace(done[at], **{field: value})  # type: ignore[arg-type]
    return done


def _other_checks(document_id: str, checks: Iterable[Check], told: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Every check made anew whose outcomes are not those published of it."""
    before: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in told:
        before[row["identity"], row["subject"]].append(row["outcome"])
    again: dict[tuple[str, str], list[Check]] = defaultdict(list)
    for check in checks:
        again[check.identity, check.subject].append(check)
    for (identity, subject), made in again.items():
        was = before[identity, subject]
        if sorted(was) != sorted(check.outcome for check in made):
            what = f"{', '.join(check.outcome for check in made)}, published as {', '.join(was) or 'not made'}"
            seen = f"{what} (expected {made[0].expected}, found {made[0].observed})"
            yield "PROOF", "checks", f"document {document_id}, {identity} of {subject}: {seen}"


def _numbers(record: Record) -> str:
    return ", ".join(f"{field} {number(value)}" for field, value in numbers_of(record))


def _things_of_two_values(told: Iterable[Mapping[str, str]]) -> set[str]:
    identity = load_fields().conflict_identity
    return {check["subject"] for check in told if check["identity"] == identity and check["outcome"] != "holds"}


def _state(record: Record, now: Record, doubts: Container[str], *, by_hand: bool) -> Verification:
    """What a record is worth by its own document: what the network makes of it, unless the document has two values of its thing.

    What a person put right is `corrected` where nothing proves it.
    """
    if load_fields().dataset(record.dataset).thing(lambda name: getattr(record, name, None)) in doubts:
        return "contradicted"
    proved = _verification(now)
    return "corrected" if by_hand and _verification(record) == "corrected" and proved in ("consistent", "unverified") else proved


def _verification(record: Record) -> Verification:
    return getattr(record, "verification", "unverified")


def prover(
    frameworks: Mapping[int, Framework], older: Container[str] = ()
) -> Callable[[Callable[[str], pa.Table]], Iterable[tuple[str, str, str]]]:
    """`prove` for the rules of all years, as `verify` takes it."""
    return partial(prove, frameworks, older=older)


def _record(kind: type[Record], row: Mapping[str, Any]) -> Record:
    return kind(**{field.name: _value(field.name, row[field.name]) for field in fields(kind)})


def _value(name: str, value: Any) -> Any:
    if name in DECIMALS and value is not None:
        return Decimal(f"{value:.2f}")
    return tuple(value) if isinstance(value, list) else value
