"""What speaks against a decision: the records are judged with it and without it, and the identities compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from ..checks.cells import is_publishable
from ..checks.conflicts import check_conflicts
from ..checks.judge import Case, check_records
from ..checks.network import Finding, Node
from ..model.record import Check, Record
from ..rulebook.load import Rulebook
from .decisions import Decision


@dataclass(frozen=True, slots=True)
class Change:
    """One decision to correct: the place of its record, and the fields that it sets there."""

    decision: Decision
    at: int
    values: Mapping[str, Any]

    @property
    def node(self) -> Node:
        return self.at, self.decision.field


@dataclass(frozen=True, slots=True)
class Judged:
    """The records of a document as the identities judge them. `found` is what was judged, before the machine put anything right."""

    found: tuple[Record, ...]
    records: tuple[Record, ...]
    checks: tuple[Check, ...]

    @property
    def put_right(self) -> set[Node]:
        """The cells that the machine corrected."""
        return {
            (at, part.name)
            for at, (before, after) in enumerate(zip(self.found, self.records, strict=True))
            if before is not after
            for part in fields(before)
            if part.name != "verification" and getattr(before, part.name) != getattr(after, part.name)
        }


@dataclass(frozen=True, slots=True)
class Statement:
    """An identity over the records of a document, how it stands, its cells, and those that are blamed where it fails."""

    name: str
    subject: int | str
    nodes: frozenset[Node]
    blamed: frozenset[Node]
    finding: Finding

    @property
    def key(self) -> tuple[str, int | str]:
        return self.name, self.subject


@dataclass(frozen=True, slots=True)
class Fault:
    """What speaks against a change, in words. It is `sure` where it lies in the change's own cell and can be no other's fault."""

    why: str
    sure: bool


@dataclass(frozen=True)
class Trial:
    """The records of a document judged with some changes, and what speaks against these."""

    judged: Judged
    statements: tuple[Statement, ...]
    faults: Mapping[Decision, Fault]

    @cached_property
    def of_record(self) -> Mapping[int, Sequence[Statement]]:
        """The statements that have to do with each record, by its place."""
        return _by_record(self.statements)


def _by_record(statements: Iterable[Statement]) -> dict[int, list[Statement]]:
    found: dict[int, list[Statement]] = defaultdict(list)
    for told in statements:
        subject = {told.subject} if isinstance(told.subject, int) else set[int]()
        for at in subject | {at for at, _ in told.nodes}:
            found[at].append(told)
    return found


class Trials:
    """Judges the records of a document, as they are and with changes."""

    def __init__(self, found: Sequence[Record], rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.plain = self._judged(found)

    @cached_property
    def _failed_before(self) -> set[tuple[str, int | str]]:
        return {told.key for told in _statements(self.plain.records, self.rulebook) if not told.finding.holds}

    def _judged(self, found: Sequence[Record]) -> Judged:
        records, checks = check_records(found, self.rulebook.frameworks)
        records, conflicts = check_conflicts(records, self.rulebook.fields)
        return Judged(tuple(found), records, (*checks, *conflicts))

    def __call__(self, changes: Sequence[Change]) -> Trial:
        """The records judged with the changes put in."""
        found = list(self.plain.found)
        for one in changes:
            found[one.at] = replace(found[one.at], **one.values)
        judged = self._judged(found)
        statements = tuple(_statements(judged.records, self.rulebook))
        return Trial(judged, statements, dict(self._faults(judged, changes, _by_record(statements))))

    def _faults(
        self, judged: Judged, changes: Sequence[Change], of_record: Mapping[int, Sequence[Statement]]
    ) -> Iterator[tuple[Decision, Fault]]:
        guessed = judged.put_right - self.plain.put_right
        for one in changes:
            about = of_record.get(one.at, ())
            fault = (
                _overruled(one, judged)
                or _contradicted(one, about, self._failed_before)
                or _leans_on_a_guess(one, about, guessed, judged)
                or self._conflict(one, judged)
            )
            if fault:
                yield one.decision, fault

    def _conflict(self, one: Change, judged: Judged) -> Fault | None:
        """Another row of the document about the same thing, which says otherwise."""
        fields, record = self.rulebook.fields, judged.records[one.at]
        dataset = fields.dataset(record.dataset)
        before = {check.subject for check in self.plain.checks if check.identity == fields.conflict_identity}
        thing = dataset.thing(lambda name: getattr(record, name, None))
        for check in judged.checks:
            told = check.identity == fields.conflict_identity and check.subject == thing
            if told and (one.decision.field in dataset.values or thing not in before):
                return Fault(f"another row of the document says otherwise: {check.observed}", sure=False)
        return None


def _statements(records: Sequence[Record], rulebook: Rulebook) -> Iterator[Statement]:
    """Every identity put to the records that can be published; cells are named by the places among all of them."""
    kept = [at for at, record in enumerate(records) if is_publishable(record)]
    network = Case.of([records[at] for at in kept], rulebook.frameworks).network
    for identity in network.identities:
        subject = kept[identity.subject] if isinstance(identity.subject, int) else identity.subject
        nodes, blamed = (frozenset((kept[at], name) for at, name in cells) for cells in (identity.nodes, identity.blamed))
        yield Statement(identity.name, subject, nodes, blamed, network.finding(identity))


def _overruled(one: Change, judged: Judged) -> Fault | None:
    value = getattr(judged.records[one.at], one.decision.field)
    if value == one.values[one.decision.field]:
        return None
    return Fault(f"the identities make it {shown(value)}, and a single misreading explains the difference", sure=True)


def _contradicted(one: Change, about: Sequence[Statement], failed_before: set[tuple[str, int | str]]) -> Fault | None:
    """What the identities say against a value: one that held before fails; or one that blames it still does, and none is healed.

    A misread part of IIT breaks the overall score, and with it blames the parts of EIT. These can be put right all the same, by the
    identities of their own that hold then.
    """
    heals = any(told.finding.holds and told.key in failed_before for told in about)
    for told in about:
        blamed = one.node in told.blamed
        if not told.finding.holds and (told.key not in failed_before or (blamed and not heals)):
            return Fault(
                f"it contradicts {told.name}: expected {told.finding.expected}, found {told.finding.observed}", sure=blamed
            )
    return None


def _leans_on_a_guess(one: Change, about: Sequence[Statement], guessed: set[Node], judged: Judged) -> Fault | None:
    """A mistyped total must not make the machine put a part right that was right."""
    for told in about:
        if one.node in told.blamed and (others := sorted(guessed & told.blamed)):
            at, name = others[0]
            value = f"{judged.records[at].dataset} {name} {shown(getattr(judged.records[at], name))}"
            why = f"{told.name} would hold only if another value were misread too ({value}): decide about that one as well"
            return Fault(why, sure=True)
    return None


def shown(value: object) -> str:
    """A value as `checks` shows it."""
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
