"""What is known of every number: proved, consistent, put right, contradicted, or covered by nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ..model.record import Check, Record, Verification, judged
from ..rulebook.frameworks import Framework
from .cells import COUNTS, HUNDRED, places_of, printed_numbers, stands_for
from .identities import counted_rows, identities
from .misreadings import misreadings, readings_before
from .network import Finding, Identity, Network, Node, Sum

WORST_FIRST: tuple[Verification, ...] = ("contradicted", "corrected", "unverified", "consistent", "verified")
MOST_TOLD = 6
"""So many candidates of a contradicted number are named in its check."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One cell that was misread: what it says, what it must have said, and the identities that say so."""

    node: Node
    before: Decimal
    after: Decimal
    proof: tuple[str, ...]


def check_records(records: Sequence[Record], frameworks: Mapping[int, Framework]) -> tuple[tuple[Record, ...], tuple[Check, ...]]:
    """The records of one document with their `verification`, misread numbers put right, and every check made.

    A number is `verified` where its identities hold and would not for any single misreading of it; `consistent` where some
    misreading would pass as well; `contradicted` where an identity fails and not exactly one misreading undone puts it right.
    A record is what the weakest of its numbers is; one of which no number is covered by any identity is `unverified`.
    """
    network = network_of(records, frameworks)
    fixed = corrections(records, network, frameworks)
    if fixed:
        records = corrected(records, fixed)
        network = network_of(records, frameworks)
    names = names_of(records)
    findings = [(identity, network.finding(identity)) for identity in network.identities]
    doubtful: set[Node] = set()
    unproved: set[Node] = set()  # two rows misread break a mean that no one slip puts right: no row is blamed, and none is proved
    for identity, finding in findings:
        if not finding.holds:
            unproved.update(identity.nodes)
            doubtful.update(identity.blamed)
            if isinstance(identity, Sum) and not identity.blames_parts:
                doubtful.update(one.node for one in _candidates([identity], records, network, frameworks))
    known = {correction.node for correction in fixed}
    states: dict[int, list[Verification]] = defaultdict(list)
    for node in network.of:
        states[node[0]].append(_state(node, records, network, frameworks, doubtful, known, unproved))
    for at, field in network.printed:
        if at in states and (at, field) not in network.of:
            states[at].append("consistent")  # a number beside proved ones that nothing covers: the row is not proved as a whole
    settled = tuple(
        judged(record, min(states[at], key=WORST_FIRST.index, default="unverified")) for at, record in enumerate(records)
    )
    checks = [_check(identity, finding, names, records, network, frameworks) for identity, finding in findings]
    return settled, (*checks, *(_correction_check(one, names) for one in fixed))


def network_of(records: Sequence[Record], frameworks: Mapping[int, Framework]) -> Network:
    """The network of a document, with what shares of counted answers tell carried up to the wholes."""
    values = printed_numbers(records, frameworks)
    counted = list(counted_rows(records, values, frameworks))
    made = [one for one in identities(records, frameworks) if all(node in values for node in one.nodes)]
    network = Network(values, (*made, *(rule for rule, _ in counted)))  # last, being dear: sums rule most misreadings out
    for rule, exact in counted:
        if exact is not None:
            network.refine(rule.nodes[-1], exact)
    network.refine_upwards()
    return network


def _state(
    node: Node,
    records: Sequence[Record],
    network: Network,
    frameworks: Mapping[int, Framework],
    doubtful: set[Node],
    known: set[Node],
    unproved: set[Node],
) -> Verification:
    if node in doubtful:
        return "contradicted"
    if node in known:
        return "corrected"
    return "consistent" if node in unproved or any(True for _ in _passing(node, records, network, frameworks)) else "verified"


def _passing(node: Node, records: Sequence[Record], network: Network, frameworks: Mapping[int, Framework]) -> Iterable[Decimal]:
    """The misreadings of a cell that its identities would allow as well."""
    record, field = records[node[0]], node[1]
    framework = frameworks.get(getattr(record, "fiscal_year", 0))
    value = _printed_form(getattr(record, field), field)
    for other in misreadings(value):
        if (field in COUNTS or other <= HUNDRED) and network.allows(node, stands_for(record, field, other, framework)):
            yield other


def _printed_form(value: Decimal | int, field: str) -> Decimal:
    exact = Decimal(value)
    places = places_of(field, value)
    return exact.quantize(Decimal(1).scaleb(-places)) if -int(exact.as_tuple().exponent) < places else exact


def corrections(records: Sequence[Record], network: Network, frameworks: Mapping[int, Framework]) -> tuple[Correction, ...]:
    """The cells that exactly one misreading undone puts right: every identity of the cell holds then, and all that failed with it.

    Identities that fail and share a cell are one case. A case is closed by one cell or not at all: two misreadings in one case
    are more than arithmetic can tell apart.
    """
    failing = [identity for identity in network.identities if not network.finding(identity).holds]
    fixed = []
    for case in _cases(failing):
        found = list(_candidates(case, records, network, frameworks))
        if len(found) == 1:
            fixed.append(found[0])
    return tuple(fixed)


def _cases(failing: Sequence[Identity]) -> list[list[Identity]]:
    """Failing identities that hang together by a cell."""
    cases: list[tuple[set[Node], list[Identity]]] = []
    for identity in failing:
        nodes, members = set(identity.nodes), [identity]
        apart = []
        for others, known in cases:
            if nodes & others:
                nodes |= others
                members = known + members
            else:
                apart.append((others, known))
        cases = [*apart, (nodes, members)]
    return [members for _, members in cases]


def _candidates(
    case: Sequence[Identity], records: Sequence[Record], network: Network, frameworks: Mapping[int, Framework]
) -> Iterable[Correction]:
    shared = set(case[0].nodes).intersection(*(identity.nodes for identity in case[1:]))
    for node in sorted(shared):
        record, field = records[node[0]], node[1]
        framework = frameworks.get(getattr(record, "fiscal_year", 0))
        value = getattr(record, field)
        for before in sorted(set(readings_before(Decimal(value), places_of(field, value)))):
            inside = before >= 0 and (field in COUNTS or before <= HUNDRED)
            if inside and before != value and network.allows(node, stands_for(record, field, before, framework)):
                yield Correction(node, Decimal(value), before, tuple(identity.name for identity in network.of[node]))


def corrected(records: Sequence[Record], fixed: Iterable[Correction]) -> tuple[Record, ...]:
    done = list(records)
    for one in fixed:
        at, field = one.node
        value = int(one.after) if field in COUNTS else one.after
        done[at] = replace(done[at], **{field: value})  # type: ignore[arg-type]
    return tuple(done)


def names_of(records: Sequence[Record]) -> list[str]:
    """What each record is called in checks: its dataset and its record_no."""
    seen: Counter[str] = Counter()
    out = []
    for record in records:
        seen[record.dataset] += 1
        out.append(f"{record.dataset}/{seen[record.dataset]}")
    return out


def _check(
    identity: Identity,
    finding: Finding,
    names: Sequence[str],
    records: Sequence[Record],
    network: Network,
    frameworks: Mapping[int, Framework],
) -> Check:
    subject = identity.subject if isinstance(identity.subject, str) else names[identity.subject]
    return Check(
        identity=identity.name,
        subject=subject,
        expected=finding.expected,
        observed=finding.observed if finding.holds else f"{finding.observed}{_told(identity, names, records, network, frameworks)}",
        tolerance=finding.tolerance,
        outcome="holds" if finding.holds else "fails",
    )


def _told(
    identity: Identity, names: Sequence[str], records: Sequence[Record], network: Network, frameworks: Mapping[int, Framework]
) -> str:
    """What might have been misread, where several readings would put a failing identity right."""
    found = list(_candidates([identity], records, network, frameworks))
    if not found:
        return ""
    told = [f"{names[one.node[0]]} {one.node[1]} {one.before} for {one.after}" for one in found[:MOST_TOLD]]
    more = f" and {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
    return f"; may be misread: {', '.join(told)}{more}"


def _correction_check(one: Correction, names: Sequence[str]) -> Check:
    return Check(
        identity="single_misreading",
        subject=names[one.node[0]],
        expected=f"{one.node[1]} {one.after}",
        observed=f"{one.node[1]} {one.before}, which breaks {', '.join(sorted(set(one.proof)))}",
        tolerance="0",
        outcome="corrected",
    )
