"""Shares that were filled in: what the other shares of a row leave of 100, where a scan shows some digits of one only.

Such a row adds up because it was made to. So it never counts as proved by its own sum, whatever the identities say of it: it is
`corrected`, as every number is that a document does not show as it is published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from ..model.record import Check, Record, SurveyRow, Verification, judged
from .judge import names_of

FILLED: Final = "shares_legible"
"""The check that tells what a share shows, and what it was filled in with."""


def with_filled(records: Sequence[Record], checks: Iterable[Check]) -> tuple[tuple[Record, ...], tuple[Check, ...]]:
    """The records of a document, those that were filled in `corrected` unless something speaks against them; and the checks, those
    that tell of a share put to the record that it is in."""
    told = tuple(_of_records(records, checks))
    filled = {check.subject for check in told if check.identity == FILLED}
    named = zip(names_of(records), records, strict=True)
    done = (
        judged(record, worth(record.verification, is_filled=True)) if isinstance(record, SurveyRow) and name in filled else record
        for name, record in named
    )
    return tuple(done), told


def worth(proved: Verification, *, is_filled: bool) -> Verification:
    """What a row is worth that the identities judge to be so much.

    >>> worth("verified", is_filled=True), worth("contradicted", is_filled=True), worth("verified", is_filled=False)
    ('corrected', 'contradicted', 'verified')
    """
    return "corrected" if is_filled and proved != "contradicted" else proved


def _of_records(records: Sequence[Record], checks: Iterable[Check]) -> Iterator[Check]:
    names: dict[str, list[str]] = defaultdict(list)
    for name, record in zip(names_of(records), records, strict=True):
        if isinstance(record, SurveyRow):
            names[record.called].append(name)
    for check in checks:
        subjects = names.get(check.subject) if check.identity == FILLED else None
        yield from (replace(check, subject=subject) for subject in subjects or [check.subject])
