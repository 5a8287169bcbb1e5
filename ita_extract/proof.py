"""Proves a release again from its own data: what `verify` does beyond hashes and form.

The records are read back from the published files, every misreading that was put right is put back, and every arithmetic identity
is put to them anew: the same numbers must be put right, the same checks be made, and each number must be worth what is published
of it, `verification` included. A number changed after the fact, with its file's hash made to fit, is found by what it no longer
adds up to; a state changed after the fact, by what the numbers prove.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from .checks.judge import check_records
from .dataset.descriptor import DIGITS
from .dataset.elsewhere import unfounded
from .dataset.parts import ReleaseTables
from .dataset.reproof import Own, reproved
from .model.record import Check, Record, Verification
from .readback import ReadBack, numbers, other_outcomes, place_of, records_of, told_of, verification
from .rulebook.frameworks import Framework

if TYPE_CHECKING:
    import pyarrow as pa

NOT_TODAYS = "what it gave does not follow from today's code and rules, which did not read it: read it again with `ita-extract run`"


def prove(
    frameworks: Mapping[int, Framework], tables: Callable[[str], pa.Table], older: Container[str] = ()
) -> Iterator[tuple[str, str, str]]:
    """Yields code, place and detail of every outcome that is not the published one. `tables` gives a dataset's table.

    `older` are the documents, by the first DIGITS of their ids, that other code or rules read: where these do not come to what is
    published of one, that is told in one line, and its numbers are held against others as they are published.
    """
    own = Own()
    lent: dict[tuple[str, str, int], str] = {}
    for document_id, document in _documents(tables):
        names, settled = document.names, document.lent()
        found, checks = check_records(document.read, frameworks, settled)
        failures = [*_other_checks(document_id, checks, document.told), *_other_numbers(document_id, document, found)]
        states = document.states(found)
        for (at, _), (_, source) in settled.items():
            dataset, number = place_of(names[at])
            lent[dataset, document_id, number] = source
        if document_id[:DIGITS] in older:
            if failures or not all(map(_comes_to, states, map(verification, document.members))):
                yield "OLDER", "documents", f"document {document_id}: {NOT_TODAYS}"
            continue  # its states as they are published go into the comparison: that was made by today's code
        yield from failures
        own.add(document_id, dict(zip(map(place_of, names), states, strict=True)))
    for (dataset, document_id, record_no), why in unfounded(tables, lent):
        yield "PROOF", dataset, f"document {document_id}, {dataset}/{record_no}: {why}"
    yield from reproved(tables, own, lent)


def _documents(tables: Callable[[str], pa.Table]) -> Iterator[tuple[str, ReadBack]]:
    """Every document that has numbers; of a release some documents at a time, for as objects all would be gigabytes."""
    for part in tables.parts() if isinstance(tables, ReleaseTables) else (tables,):
        published = told_of(part("checks"))
        for document_id, members in records_of(part).items():
            yield document_id, ReadBack.of(members, published[document_id])


def _other_numbers(document_id: str, document: ReadBack, found: Sequence[Record]) -> Iterator[tuple[str, str, str]]:
    """Every record that has other numbers when it is proved anew."""
    for name, before, now in zip(document.names, document.members, found, strict=True):
        if (values := numbers(before)) != (again := numbers(now)):
            told = f"document {document_id}, {name}: read and proved anew it is {again}, published as {values}"
            yield "PROOF", place_of(name)[0], told


def _other_checks(document_id: str, checks: Iterable[Check], told: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Every check made anew whose outcomes are not those published of it."""
    for check, before, now in other_outcomes(checks, told):
        what = f"{', '.join(now)}, published as {', '.join(before) or 'not made'}"
        seen = f"{what} (expected {check.expected}, found {check.observed})"
        yield "PROOF", "checks", f"document {document_id}, {check.identity} of {check.subject}: {seen}"


def _comes_to(own: Verification, published: Verification) -> bool:
    """Whether what a number is worth by its own document may be published so, by what other documents say of it.

    >>> _comes_to("consistent", "verified"), _comes_to("corrected", "verified")
    (True, False)
    """
    return own == published or (own in ("consistent", "unverified") and published in ("verified", "contradicted"))


def prover(
    frameworks: Mapping[int, Framework], older: Container[str] = ()
) -> Callable[[Callable[[str], pa.Table]], Iterable[tuple[str, str, str]]]:
    """`prove` for the rules of all years, as `verify` takes it."""
    return partial(prove, frameworks, older=older)
