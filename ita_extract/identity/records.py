"""The records of a document with their identities: every record that is about an agency learns which one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace

from ..model.record import AgencyScore, IndicatorScore, InstrumentScore, Record
from ..rulebook.registry import Registry
from .names import Identity, NameKey, agency_id_of, identify, shared_names

SUBJECTS = (IndicatorScore, InstrumentScore)
"""Records that are about an agency, or about a type or a province: `subject` tells."""


def identified(parts: Iterable[tuple[tuple[Record, ...], str | None]], registry: Registry) -> tuple[Record, ...]:
    """All records of a document, with identities. A part is a section's records and the agency that the section is about."""
    known = tuple(parts)
    shared = shared_names((r for records, _ in known for r in records if isinstance(r, AgencyScore)), registry)
    done: list[Record] = []
    for records, agency_name in known:
        subject = agency_id_of(agency_name, None, None, None, registry, shared=shared) if agency_name else None
        done += [_identify(record, subject, registry, shared) for record in records]
    return tuple(done)


def _identify(record: Record, subject: Identity | None, registry: Registry, shared: frozenset[NameKey]) -> Record:
    if isinstance(record, AgencyScore):
        return identify(record, registry, shared=shared)
    if isinstance(record, SUBJECTS):
        if record.subject != "agency" or not record.agency_name:
            return record
        who = agency_id_of(record.agency_name, None, record.province, None, registry, shared=shared)
        return replace(record, agency_id=who.agency_id, agency_name=who.name, province=who.province)
    names = {field.name for field in fields(record)}
    if "agency_id" not in names or subject is None:
        return record
    changed = {"agency_id": subject.agency_id, **({"agency_name": subject.name} if "agency_name" in names else {})}
    return replace(record, **changed)  # type: ignore[arg-type]
