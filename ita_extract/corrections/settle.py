"""Puts what people decided to the records of a document, under the same proof that every other value goes through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from ..checks.network import Node
from ..dataset.limits import broken
from ..dataset.schema import table_of
from ..identity.names import Agencies, as_identified, place_of
from ..model.record import AgencyScore, Check, InstrumentScore, Record, Reject, judged
from ..records.values import arabic
from ..rulebook.fields import Dataset
from ..rulebook.load import Rulebook
from .against import Change, Judged, Trial, Trials, shown
from .decisions import HUMAN, NOTED, Decision, Value, value_of

NAMING = ("agency_name", "agency_type", "province", "district")
"""What tells which agency a record is about: where one of these is corrected, the agency is looked up anew."""
_DOUBTFUL = ("consistent", "unverified")
_CENT = Decimal("0.01")
_SHOWN = 200
"""Characters of a value that a row of `checks` shows."""
_ANY = "0" * 64
"""The id of some document."""


def settled(
    found: Sequence[Record], decisions: Sequence[Decision], rulebook: Rulebook
) -> tuple[tuple[Record, ...], tuple[Check, ...]]:
    """The records of a document judged, with what people decided about them, and every check made.

    `found` are all records with their agencies, not judged yet. A decision is a row of `checks` called `human_correction`: with the
    outcome `corrected` where its value was put in, `holds` where it changes nothing, `fails` where it was refused, with the reason.
    A value that a person put in is `verified` where the identities prove it, else `corrected`.

    A decision is refused where its record is not there, or stands on another page; where another value stands there than `before`;
    and where an identity speaks against `after`: it held before, or it failed before and the decision heals none. Decisions are
    tried together, since a total and its part may both be misread: those that the arithmetic speaks against are then tried alone,
    beside the others, in their order.
    """
    trials = Trials(found, rulebook)
    decisions = [one for one in decisions if one.dataset not in NOTED]
    if not decisions:
        return trials.plain.records, trials.plain.checks
    refused: dict[Decision, str] = {}
    good, now = _admitted(trials, list(_changes(trials.plain, decisions, rulebook, refused)), refused)
    records = list(now.records)
    for one in good:
        record = records[one.at]
        if one.decision.field in _values_of(record, rulebook) and getattr(record, "verification", "") in _DOUBTFUL:
            records[one.at] = judged(record, "corrected")
    told = tuple(_check(one, refused.get(one)) for one in decisions)
    return tuple(records), (*now.checks, *told)


def _admitted(trials: Trials, changes: Sequence[Change], refused: dict[Decision, str]) -> tuple[list[Change], Judged]:
    """The changes that nothing speaks against, and the records with them; `refused` takes the others."""
    if not changes:
        return [], trials.plain
    first = now = trials(changes)
    good = list(changes)
    while now.faults:
        good = [one for one in good if one.decision not in now.faults]
        now = trials(good)
    for batch in _apart([one for one in changes if one not in good], first):
        waiting = [batch]
        while waiting:
            some = waiting.pop()
            trial = trials([*good, *some])
            sure = [one for one in some if (fault := trial.faults.get(one.decision)) and (fault.sure or len(some) == 1)]
            rest = [one for one in some if one not in sure]
            refused.update({one.decision: trial.faults[one.decision].why for one in sure})
            if not trial.faults:
                good, now = [*good, *some], trial
            elif sure and rest:
                waiting.append(rest)
            elif rest and len(some) == 1:  # nothing is wrong with it, but another good one is, beside it
                refused[some[0].decision] = next(iter(trial.faults.values())).why
            elif rest:
                waiting += [rest[len(rest) // 2 :], rest[: len(rest) // 2]]
    return good, now.judged


def _apart(changes: Sequence[Change], trial: Trial) -> list[list[Change]]:
    """The changes in batches: those of one have no identity in common that blames both, so that each stands or falls alone."""
    batches: list[tuple[set[Node], list[Change]]] = []
    for one in changes:
        around = {node for told in trial.of_record.get(one.at, ()) if one.node in told.blamed for node in told.blamed} | {one.node}
        place = next((batch for batch in batches if not around & batch[0]), None)
        if place is None:
            batches.append((around, [one]))
        else:
            place[0].update(around)
            place[1].append(one)
    return [members for _, members in batches]


def noted(decisions: Iterable[Decision], rejects: Sequence[Reject]) -> Iterator[Check]:
    """A row of `checks` for each decision that somebody took about a reject or a check: it changes nothing, and is told.

    A reject of other text than was looked at refuses it. A check has no name of its own that stays: it is taken on trust.
    """
    for one in decisions:
        if one.dataset in NOTED:
            reject = rejects[one.record_no - 1] if one.dataset == Reject.dataset and one.record_no <= len(rejects) else None
            stale = reject is not None and one.before != reject.raw_text
            yield _check(one, "another row stands there now" if stale else None)


def _changes(plain: Judged, decisions: Sequence[Decision], rulebook: Rulebook, refused: dict[Decision, str]) -> Iterator[Change]:
    """The decisions that change something and can be put in; `refused` takes those that cannot even be tried."""
    places = _places(plain.records, rulebook)
    new: dict[int, dict[str, Any]] = defaultdict(dict)
    wanted = []
    for one in decisions:
        at = places.get((one.dataset, one.record_no))
        why = "there is no such record" if at is None else _stale(one, at, plain, rulebook.fields.dataset(one.dataset))
        if why or at is None:
            refused[one] = why
        elif one.decision == "correct":
            value = value_of(one.after, rulebook.fields.dataset(one.dataset).column(one.field))
            new[at] |= _whole(one, plain.found[at], rulebook) or {one.field: _shaped(value, getattr(plain.found[at], one.field))}
            wanted.append((one, at))
    named = Agencies.of(
        (replace(record, **new[at]) for at, record in enumerate(plain.found) if isinstance(record, AgencyScore)), rulebook.registry
    )
    for one, at in wanted:
        values = {name: new[at][name] for name in (one.field, f"{one.field}_printed") if name in new[at]}
        if one.field in NAMING or one.field == "agency_id":
            values, why = _identified(one, replace(plain.found[at], **new[at]), named, plain)
            if why:
                refused[one] = why
                continue
        yield Change(one, at, values)


def _identified(one: Decision, record: Record, agencies: Agencies, plain: Judged) -> tuple[dict[str, Any], str]:
    """The fields that tell the agency of a record, one of which was corrected; or why it cannot be told."""
    values = {part.name: getattr(record, part.name) for part in fields(record)}
    if one.field == "agency_id":
        known = {getattr(other, "agency_id", None) for other in plain.found}
        if values["agency_id"] not in known and place_of(str(values["agency_id"]), agencies.registry) is None:
            return {}, f"no agency has the id {values['agency_id']!r}"
        return {"agency_id": values["agency_id"]}, ""
    if not values.get("agency_name") or "agency_id" not in values:
        return {one.field: values[one.field]}, ""
    kind, district = (values.get(name) if isinstance(record, AgencyScore) else None for name in ("agency_type", "district"))
    who = agencies.who(values["agency_name"], kind, values.get("province"), district)
    if who.agency_id is None:
        return {}, f"{values['agency_name']} may still be one of several agencies: correct its province or district too"
    after = as_identified(record, who) if isinstance(record, AgencyScore) else replace(record, agency_id=who.agency_id)  # type: ignore[arg-type]
    told = {name: getattr(after, name) for name in (*NAMING, "agency_id", "identity_match", "identity_score") if name in values}
    return {**told, one.field: who.name if one.field == "agency_name" else values[one.field]}, ""


def _places(records: Sequence[Record], rulebook: Rulebook) -> dict[tuple[str, int], int]:
    """The place of each published record by dataset and record_no: one that breaks the limits of its columns is none."""
    members: dict[str, list[int]] = defaultdict(list)
    for at, record in enumerate(records):
        members[record.dataset].append(at)
    found = {}
    for name, places in members.items():
        dataset = rulebook.fields.dataset(name)
        faults = broken(table_of([records[at] for at in places], dataset, _ANY), dataset)
        kept = (at for row, at in enumerate(places) if row not in faults)
        found.update({(name, number): at for number, at in enumerate(kept, 1)})
    return found


def _stale(one: Decision, at: int, plain: Judged, dataset: Dataset) -> str:
    """Why the decision was made about something else than what stands there now; "" where it was not."""
    record, raw = plain.records[at], plain.found[at]
    page = getattr(record, "page", None)
    if one.page is not None and page is not None and page != one.page:
        return f"the record stands on page {page}, not {one.page}"
    there = [getattr(record, one.field), getattr(raw, one.field)]
    printed = getattr(record, f"{one.field}_printed", None)
    if printed is not None and one.before == printed:
        return ""
    try:
        before = value_of(one.before, replace(dataset.column(one.field), required=False))
    except ValueError:
        before = one.before
    if before in there:
        return ""
    return f"what stands there now is {shown(there[0])}, not {one.before!r}"


def _whole(one: Decision, record: Record, rulebook: Rulebook) -> dict[str, Any]:
    """What a page prints as a part of the total ("28.04" of 30), as the score of 100 that is published; {} where it prints that.

    The print is set too: it says how exactly the score is known.
    """
    framework = rulebook.frameworks.get(getattr(record, "fiscal_year", 0))
    if not isinstance(record, InstrumentScore) or framework is None or one.before != record.score_printed or one.after is None:
        return {}
    instrument, printed = framework.instrument(record.instrument), _number(record.score_printed)
    if instrument is None or printed is None or printed == record.score or abs(printed / instrument.weight - record.score) > _CENT:
        return {}
    part = _number(one.after)
    return {} if part is None else {"score": (part / instrument.weight).quantize(_CENT), "score_printed": one.after}


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(arabic(text).strip())
    except InvalidOperation:
        return None


def _shaped(value: Value, old: object) -> Value:
    """A count that its record holds as a whole number, a score with the two decimals of its column."""
    return value.quantize(_CENT) if isinstance(value, Decimal) and not _is_whole(old) else value


def _is_whole(old: object) -> bool:
    """Whether a share was printed without decimals, and is then known less exactly."""
    return isinstance(old, Decimal) and int(old.as_tuple().exponent) >= 0


def _values_of(record: Record, rulebook: Rulebook) -> tuple[str, ...]:
    return rulebook.fields.dataset(record.dataset).values if hasattr(record, "verification") else ()


def _check(one: Decision, refused: str | None) -> Check:
    """The row of `checks` that tells of a decision."""
    after = one.after if one.decision == "correct" else one.before
    who = f"{one.decision} by {one.who}, {one.date}{f': {one.why}' if one.why else ''}"
    reason = f"refused: {refused}; " if refused else ""
    return Check(
        identity=HUMAN,
        subject=one.subject,
        expected=f"{one.field} {_short(after)}",
        observed=f"{one.field} {_short(one.before)}; {reason}{who}",
        tolerance="0",
        outcome="fails" if refused else "corrected" if one.decision == "correct" else "holds",
    )


def _short(text: str | None) -> str:
    return "null" if text is None else text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
