"""The records of a document with their identities: every record that is about an agency learns which one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import TypeAlias

from ..model.record import AgencyScore, Check, IndicatorScore, InstrumentScore, Record
from ..rulebook.registry import Registry
from .candidates import Neighbours
from .columns import Columns
from .doubt import Doubt, Found, alone, look_again
from .listing import listings, only
from .names import Agencies, Identity, as_identified

SUBJECTS = (IndicatorScore, InstrumentScore)
"""Records that are about an agency, or about a type or a province: `subject` tells."""
MOST_TOLD = 6
"""So many agencies that a name in doubt may be are named in its check."""
IDENTITY = "agency_name"

Elsewhere: TypeAlias = Mapping[tuple[Hashable, ...], Identity]
"""Who the rankings of the document found for a name and province, and for a name in a place on a page."""


def identified(
    parts: Iterable[tuple[tuple[Record, ...], str | None]], registry: Registry
) -> tuple[tuple[Record, ...], tuple[Check, ...]]:
    """All records of a document with identities, and a check for every name that is not simply one of the registry.

    A part is a section's records and the agency that the section is about.
    """
    known = tuple(parts)
    records = [record for members, _ in known for record in members]
    rows = [(at, record) for at, record in enumerate(records) if isinstance(record, AgencyScore)]
    agencies = Agencies.of((record for _, record in rows), registry)
    neighbours = Neighbours(registry)
    found = _resolved(rows, agencies, neighbours)
    named = any(isinstance(record, SUBJECTS) and record.subject == "agency" for record in records)
    told = _elsewhere(rows, found) if named else {}
    done: list[Record] = []
    checks = list(_checks(rows, found))
    for members, agency_name in known:
        subject = None
        if agency_name:
            title = alone(agency_name, None, agencies, neighbours)
            subject = replace(agencies.who(agency_name), agency_id=title.identity.agency_id)
            checks += [_check(title.doubt, "documents")] if title.doubt else []
        for record in members:
            row = found.get(len(done))
            if isinstance(record, AgencyScore) and row is not None:
                done.append(as_identified(record, row.identity))
            else:
                done.append(_identify(record, subject, told, agencies, neighbours))
    return tuple(done), tuple(checks)


def document_identity(agency_name: str, registry: Registry) -> Identity:
    """Who a whole document is of, by the name that it gives itself; a misread name of a province is resolved, as in its records."""
    agencies = Agencies(registry)
    known = agencies.who(agency_name)
    return replace(known, agency_id=alone(agency_name, None, agencies, Neighbours(registry)).identity.agency_id)


def _resolved(rows: Sequence[tuple[int, AgencyScore]], agencies: Agencies, neighbours: Neighbours) -> dict[int, Found]:
    """What each row of a ranking is, by its place among all records of the document."""
    lists = listings(rows)
    columns = Columns((entry for entries in lists for entry in entries), agencies, neighbours)
    return {
        at: found
        for entries in lists
        for entry, found in zip(entries, look_again(entries, agencies, columns, neighbours), strict=True)
        for at in entry.at
    }


def _elsewhere(rows: Sequence[tuple[int, AgencyScore]], found: Mapping[int, Found]) -> Elsewhere:
    """What rankings resolved, for the other records of the document that print a name likewise, or that stand in the same row.

    An instrument's score in a ranking has no column for the district; the row that it stands in has.
    """
    ids: dict[tuple[Hashable, ...], dict[str, Identity]] = {}
    for at, record in rows:
        who = found[at].identity
        for known in (_words(record), _place(record)):
            if known is not None and (found[at].doubt or known != _words(record)):
                ids.setdefault(known, {}).update({who.agency_id: who} if who.agency_id else {})
    return {printed: members[one] for printed, members in ids.items() if (one := only(members))}


def _words(record: AgencyScore | IndicatorScore | InstrumentScore) -> tuple[Hashable, ...]:
    return record.agency_name, record.province


def _place(record: AgencyScore | IndicatorScore | InstrumentScore) -> tuple[Hashable, ...] | None:
    return (record.agency_name, record.page, *record.bbox) if record.bbox else None


def _identify(record: Record, subject: Identity | None, told: Elsewhere, agencies: Agencies, neighbours: Neighbours) -> Record:
    """A record that stands in no ranking. It has no second column for a name: the printed one stays, the id says who it is."""
    if isinstance(record, SUBJECTS):
        if record.subject != "agency" or not record.agency_name:
            return record
        plain = agencies.who(record.agency_name, None, record.province)
        known = told.get(_place(record) or _words(record)) or told.get(_words(record))
        if known is not None:  # of the province, too, which its column may have cut off
            return replace(record, agency_id=known.agency_id, agency_name=plain.name, province=known.province)
        own = alone(record.agency_name, record.province, agencies, neighbours).identity.agency_id if plain.match == "none" else None
        return replace(record, agency_id=own or plain.agency_id, agency_name=plain.name, province=plain.province)
    names = {field.name for field in fields(record)}
    if "agency_id" not in names or subject is None:
        return record
    changed = {"agency_id": subject.agency_id, **({"agency_name": subject.name} if "agency_name" in names else {})}
    return replace(record, **changed)  # type: ignore[arg-type]


def _checks(rows: Sequence[tuple[int, AgencyScore]], found: Mapping[int, Found]) -> Iterable[Check]:
    """One check for each printed name that was read as another, or is in doubt: at the first of its records."""
    said = set()
    for number, (at, record) in enumerate(rows, 1):
        doubt = found[at].doubt
        if doubt is None:
            continue
        row = (record.page, record.table_no, record.row_no, record.agency_name, record.province, record.district)
        if row in said:
            continue
        said.add(row)
        yield _check(doubt, f"{AgencyScore.dataset}/{number}")


def _check(doubt: Doubt, subject: str) -> Check:
    more = len(doubt.candidates) - MOST_TOLD
    names = (*doubt.candidates[:MOST_TOLD], *([f"{more} more"] if more > 0 else []))
    return Check(
        identity=IDENTITY,
        subject=subject,
        expected=" or ".join(names),
        observed=doubt.printed,
        tolerance="0",
        outcome=doubt.outcome,
    )
