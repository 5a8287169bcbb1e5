"""What is known of every number: proved, consistent, put right, contradicted, or covered by nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import TypeAlias

from ..model.record import Check, Record, Verification, judged
from ..rulebook.frameworks import Framework
from .cells import CENT, COUNTS, HUNDRED, Print, as_published, is_publishable, with_values
from .identities import counted_rows, identities
from .interval import Interval
from .misreadings import misreadings, readings_before
from .network import Finding, Identity, Network, Node, Rule, Sum, plain
from .shifts import moves, rows_of_years

WORST_FIRST: tuple[Verification, ...] = ("contradicted", "corrected", "unverified", "consistent", "verified")
MISREADING = "single_misreading"
"""The check that tells what a number said, what it must have said, and which identities say so."""
SHIFT = "row_shifted"
"""The check of each number of a row whose numbers stood one cell off: what stood there, and what belongs there."""
ELSEWHERE = "settled_by_another_document"
"""The check of a number that several misreadings would explain, one of which is what another document prints."""
Elsewhere: TypeAlias = Mapping[Node, tuple[Decimal, str]]
"""What other documents print of a cell, and where."""
MOST_TOLD = 6
"""So many candidates of a contradicted number are named in its check."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One cell that was misread: what it says, what it must have said, and the identities that say so.

    `identity` is the check that tells of it: of one misread number, or of a row whose numbers all stand one cell off. `source` is
    where another document prints the same, if that was needed.
    """

    node: Node
    before: Decimal
    after: Decimal
    proof: tuple[str, ...]
    identity: str = MISREADING
    source: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """The records of a document, how it prints them, and the network over their numbers."""

    records: Sequence[Record]
    how: Print
    network: Network

    @classmethod
    def of(cls, records: Sequence[Record], frameworks: Mapping[int, Framework]) -> Case:
        how = Print.of(records, frameworks)
        return cls(records, how, network_of(records, how, frameworks))

    def failing(self) -> list[Identity]:
        """The identities that do not hold."""
        return [identity for identity in self.network.identities if not self.network.finding(identity).holds]

    def passing(self, node: Node, others: Iterable[Decimal]) -> Iterator[Decimal]:
        """The values of a cell, of those that it would have if other digits were printed, that all its identities would allow."""
        field = node[1]
        read = self.how.reading(self.records[node[0]], field)
        for digits in others:
            value, interval = read(digits)
            inside = value >= 0 and (field in COUNTS or value <= HUNDRED)
            if inside and self.network.allows(node, interval):
                yield value

    def has_other_readings(self, node: Node) -> bool:
        """Whether some misreading of a cell would pass as well."""
        return any(True for _ in self.passing(node, misreadings(self.how.digits(self.records[node[0]], node[1]))))

    def candidates(self, failing: Sequence[Identity]) -> Iterator[Correction]:
        """Every single misreading that, undone, makes all identities of its cell hold, and with them all that fail."""
        shared = set(failing[0].nodes).intersection(*(identity.nodes for identity in failing[1:]))
        for node in sorted(shared):
            record, field = self.records[node[0]], node[1]
            digits, value = self.how.digits(record, field), Decimal(getattr(record, field))
            before = set(self.how.unread(record, field) or readings_before(digits, self.how.places(record, field)))
            for true in self.passing(node, sorted(before)):
                if true != value:
                    yield Correction(node, value, true, tuple(identity.name for identity in self.network.of[node]))

    def fits_from_beside(self, failing: Sequence[Identity], rows: Iterable[Sequence[Node]]) -> bool:
        """Whether another number of a row, in place of its neighbour, would put right all that fails."""
        shared = set(failing[0].nodes).intersection(*(identity.nodes for identity in failing[1:]))
        pairs = ((node, other) for row in rows if shared.intersection(row) for node in row for other in row)
        swaps = ((node, self.how.digits(self.records[at], field)) for node, (at, field) in pairs if node != (at, field))
        return any(node in shared and any(True for _ in self.passing(node, [digits])) for node, digits in swaps)


def check_records(
    records: Sequence[Record], frameworks: Mapping[int, Framework], elsewhere: Elsewhere | None = None
) -> tuple[tuple[Record, ...], tuple[Check, ...]]:
    """The records of one document with their `verification`, misread numbers put right, and every check made.

    A number is `verified` where its identities hold and would not for any single misreading of it; `consistent` where some
    misreading would pass as well; `contradicted` where an identity fails and not exactly one misreading undone puts it right.
    A record is what the weakest of its numbers is; one of which no number is covered by any identity is `unverified`.
    A record whose number cannot be published, a score of 812.6 that nothing puts right, comes back as it is and proves nothing.
    Where several misreadings would put a number right, and one of them is what `elsewhere` says of it, it was that one.
    """
    case = Case.of(records, frameworks)
    fixed = put_right(case, frameworks, elsewhere)
    records = tuple(map(as_published, corrected(records, fixed)))
    if lost := [at for at, record in enumerate(records) if not is_publishable(record)]:
        return _without(lost, case.records, frameworks, elsewhere or {})
    if any(now is not before and now != before for now, before in zip(records, case.records, strict=True)):
        case = Case.of(records, frameworks)
    names = names_of(records)
    findings = [(identity, case.network.finding(identity)) for identity in case.network.identities]
    states = _states(case, findings, {correction.node for correction in fixed})
    settled = tuple(
        judged(record, min(states.get(at, ()), key=WORST_FIRST.index, default="unverified")) for at, record in enumerate(records)
    )
    told = (pair for pair in findings if not (pair[1].holds and isinstance(pair[0], Rule) and pair[0].quiet))
    checks = [_check(identity, finding, names, case) for identity, finding in told]
    return settled, (*checks, *(_correction_check(one, names) for one in fixed))


def _without(
    lost: Sequence[int], records: Sequence[Record], frameworks: Mapping[int, Framework], elsewhere: Elsewhere
) -> tuple[tuple[Record, ...], tuple[Check, ...]]:
    """The records checked without some of them, which will be rejects and not rows: they are not counted either."""
    gone = set(lost)
    kept = [at for at in range(len(records)) if at not in gone]
    places = {at: place for place, at in enumerate(kept)}
    said = {(places[at], field): what for (at, field), what in elsewhere.items() if at in places}
    done, checks = check_records([records[at] for at in kept], frameworks, said)
    found = dict(zip(kept, done, strict=True))
    return tuple(found[at] if at in found else judged(record, "contradicted") for at, record in enumerate(records)), checks


def network_of(records: Sequence[Record], how: Print, frameworks: Mapping[int, Framework]) -> Network:
    """The network of a document, with what shares of counted answers tell carried up to the wholes."""
    values = how.values(records)
    counted = list(counted_rows(records, values, frameworks))
    made = [one for one in identities(records, frameworks) if all(node in values for node in one.nodes)]
    covered = {node for one in made for node in one.nodes}
    beyond = [node for node, value in values.items() if node[1] not in COUNTS and value.low >= HUNDRED and node in covered]
    ranges = [Rule("score_in_range", node[0], (node,), _in_range) for node in beyond]
    unread = [node for node in values if node in covered and how.unread(records[node[0]], node[1])]
    ranges += [Rule("score_legible", node[0], (node,), _legible) for node in unread]
    network = Network(values, (*made, *ranges, *(rule for rule, _ in counted)))  # last, being dear: sums rule most misreadings out
    for rule, exact in counted:
        if exact is not None:
            network.refine(rule.nodes[-1], exact)
    network.refine_upwards()
    return network


def _in_range(cells: Sequence[Interval]) -> Finding:
    """A score or share of more than 100 has lost its point, or it stands elsewhere."""
    return Finding(cells[0].low <= HUNDRED, "0 to 100", plain(cells[0].middle))


def _legible(cells: Sequence[Interval]) -> Finding:
    """A score of which a digit could not be read is known when one reading of it is left."""
    [cell] = cells
    return Finding(cell.high - cell.low <= CENT, "one score", f"{plain(cell.low)} to {plain(cell.high)}")


def _states(case: Case, findings: Iterable[tuple[Identity, Finding]], known: set[Node]) -> dict[int, list[Verification]]:
    """What is known of each number, by the place of its record. `known` are those that were put right."""
    doubtful: set[Node] = set()
    unproved: set[Node] = set()  # two rows misread break a mean that no one slip puts right: no row is blamed, and none is proved
    for identity, finding in findings:
        if not finding.holds:
            unproved.update(identity.nodes)
            doubtful.update(identity.blamed)
            if isinstance(identity, Sum) and identity.blames is not None:
                doubtful.update(one.node for one in case.candidates([identity]))
    states: dict[int, list[Verification]] = defaultdict(list)
    for node in case.network.of:
        if node in doubtful or node in known:
            states[node[0]].append("contradicted" if node in doubtful else "corrected")
        else:
            states[node[0]].append("consistent" if node in unproved or case.has_other_readings(node) else "verified")
    for at, field in case.network.printed:
        if at in states and (at, field) not in case.network.of:
            states[at].append("consistent")  # a number beside proved ones that nothing covers: the row is not proved as a whole
    return states


def put_right(case: Case, frameworks: Mapping[int, Framework], elsewhere: Elsewhere | None = None) -> tuple[Correction, ...]:
    """Every cell that was misread, and what it must have said: rows put back by one cell, then single numbers.

    A row goes back where one step of it puts all right that fails about it, and no single misreading does so as well. Where both
    would, or two steps, nothing of the row is changed.
    """
    failing = case.failing()
    found = list(moves(case.records, case.how, failing, frameworks, lambda records: Case.of(records, frameworks).network))
    if not found:
        return corrections(case, elsewhere)
    steps: list[Correction] = []
    doubtful: set[Node] = set()
    for move in found:
        groups = [group for group in _hanging_together(failing) if any(move.values.keys() & set(one.nodes) for one in group)]
        slip = len(groups) == 1 and any(True for _ in case.candidates(groups[0]))
        if slip or not move.proved or any(move.excludes(other) for other in found):
            doubtful.update(move.values)
        elif all(step.node not in move.values for step in steps):
            steps += [
                Correction(node, before, after, move.proof, identity=SHIFT)
                for node, after in move.values.items()
                if (before := Decimal(getattr(case.records[node[0]], node[1]))) != after
            ]
    after = Case.of(corrected(case.records, steps), frameworks) if steps else case
    return (*steps, *(one for one in corrections(after, elsewhere) if one.node not in doubtful))


def corrections(case: Case, elsewhere: Elsewhere | None = None) -> tuple[Correction, ...]:
    """The cells that exactly one misreading undone puts right: every identity of the cell holds then, and all that failed with it.

    Identities that fail and share a cell are one case. A case is closed by one cell or not at all: two misreadings in one case
    are more than arithmetic can tell apart. Where last year's score of the same row would do in its place, the two may have been
    exchanged: that is no misread digit, and nothing is changed.
    """
    found = ((members, _decided(case.candidates(members), elsewhere or {})) for members in _hanging_together(case.failing()))
    single = [(members, one) for members, one in found if one]
    rows = tuple(rows_of_years(case.records)) if single else ()
    return tuple(one for members, one in single if not case.fits_from_beside(members, rows))


def _decided(candidates: Iterable[Correction], elsewhere: Elsewhere) -> Correction | None:
    """The only misreading there can have been; of several the one that, undone, gives what another document prints there."""
    found = list(candidates if elsewhere else islice(candidates, 2))
    if len(found) > 1:
        said = ((one, elsewhere.get(one.node)) for one in found)
        found = [replace(one, identity=ELSEWHERE, source=what[1]) for one, what in said if what and what[0] == one.after]
    return found[0] if len(found) == 1 else None


def _hanging_together(failing: Sequence[Identity]) -> list[list[Identity]]:
    """Failing identities that hang together by a cell."""
    groups: list[tuple[set[Node], list[Identity]]] = []
    for identity in failing:
        if not identity.nodes:
            continue
        nodes, members = set(identity.nodes), [identity]
        apart = []
        for others, known in groups:
            if nodes & others:
                nodes |= others
                members = known + members
            else:
                apart.append((others, known))
        groups = [*apart, (nodes, members)]
    return [members for _, members in groups]


def corrected(records: Sequence[Record], fixed: Iterable[Correction]) -> tuple[Record, ...]:
    """The records with each misreading undone."""
    return with_values(records, {one.node: one.after for one in fixed})


def names_of(records: Sequence[Record]) -> list[str]:
    """What each record is called in checks: its dataset and its record_no."""
    seen: Counter[str] = Counter()
    out = []
    for record in records:
        seen[record.dataset] += 1
        out.append(f"{record.dataset}/{seen[record.dataset]}")
    return out


def _check(identity: Identity, finding: Finding, names: Sequence[str], case: Case) -> Check:
    subject = identity.subject if isinstance(identity.subject, str) else names[identity.subject]
    return Check(
        identity=identity.name,
        subject=subject,
        expected=finding.expected,
        observed=finding.observed if finding.holds else f"{finding.observed}{_told(identity, names, case)}",
        tolerance=finding.tolerance,
        outcome="holds" if finding.holds else "fails",
    )


def _told(identity: Identity, names: Sequence[str], case: Case) -> str:
    """What might have been misread, where several readings would put a failing identity right."""
    found = list(case.candidates([identity])) if identity.nodes else []
    if not found:
        return ""
    told = [f"{names[one.node[0]]} {one.node[1]} {one.before} for {one.after}" for one in found[:MOST_TOLD]]
    more = f" and {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
    return f"; may be misread: {', '.join(told)}{more}"


def _correction_check(one: Correction, names: Sequence[str]) -> Check:
    subject, field = names[one.node[0]], one.node[1]
    expected = f"{field} {one.after}" + (f" ({one.source})" if one.source else "")
    observed = f"{field} {one.before}, which breaks {', '.join(sorted(set(one.proof)))}"
    return Check(identity=one.identity, subject=subject, expected=expected, observed=observed, tolerance="0", outcome="corrected")
