"""Identities as a network over the numbers that a document prints: what must hold, and what another value of one cell would break.

A type's mean ties 5,313 rows together, and each of them has forty misreadings to be tried. So a sum keeps what it adds up to, and
one other value costs one addition, not 5,313.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from .interval import Interval

Node: TypeAlias = tuple[int, str]
"""A numeric cell: the place of its record in the document's list, and the field."""
Values: TypeAlias = Callable[[Node], Interval]

ZERO = Decimal(0)
HAIR = Decimal("1e-20")
"""A division that does not end is wrong in its last digit; no printed number is as fine as this."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How an identity stands: what its parts make `expected`, what is `observed`, within what `tolerance`."""

    holds: bool
    expected: str
    observed: str
    tolerance: str = "0"


@dataclass(frozen=True, slots=True)
class Sum:
    """`target` times `divisor` is `constant` and the sum of the parts, each times its factor: means, weighted means, totals.

    Multiplied out so that every factor ends: a mean of three is compared as a sum with three times the mean.
    """

    name: str
    subject: int | str
    target: Node
    parts: Mapping[Node, Decimal]
    divisor: Decimal = Decimal(1)
    constant: Decimal = ZERO
    blames: tuple[Node, ...] | None = None
    """The cells that a sum that fails makes doubtful, where not all: not the thousand rows behind one printed mean."""

    @property
    def nodes(self) -> tuple[Node, ...]:
        return (self.target, *self.parts)

    @property
    def blamed(self) -> tuple[Node, ...]:
        return self.nodes if self.blames is None else self.blames

    def total(self, values: Values) -> Interval:
        low = high = self.constant
        for node, factor in self.parts.items():
            part = _times(values(node), factor)
            low, high = low + part.low, high + part.high
        return Interval(low, high)

    def implied(self, total: Interval) -> Interval:
        """What the parts say that the target is, a hair wider where the division does not end."""
        return Interval(total.low / self.divisor - HAIR, total.high / self.divisor + HAIR)

    def finding(self, values: Values, total: Interval) -> Finding:
        seen = values(self.target)
        expected = (total.middle / self.divisor).quantize(Decimal("0.0001"))
        width = (total.high - total.low) / self.divisor + seen.high - seen.low
        holds = total.meets(seen.scaled(self.divisor))
        return Finding(holds, plain(expected), plain(seen.middle), plain((width / 2).quantize(Decimal("0.0001"))))

    def allows(self, values: Values, total: Interval, node: Node, other: Interval) -> bool:
        """Whether it would hold with `other` in place of one cell."""
        if node == self.target:
            return total.meets(other.scaled(self.divisor))
        own, factor, seen = values(node), self.parts[node], values(self.target)
        if factor < 0:
            own, other = Interval(own.high, own.low), Interval(other.high, other.low)
        low = total.low - own.low * factor + other.low * factor
        high = total.high - own.high * factor + other.high * factor
        return low <= seen.high * self.divisor and seen.low * self.divisor <= high


def _times(value: Interval, factor: Decimal) -> Interval:
    return value.scaled(factor) if factor >= 0 else Interval(value.high * factor, value.low * factor)


@dataclass(frozen=True, slots=True)
class Rule:
    """An identity over a few cells that is no sum. `judge` gives the finding for values in the order of `nodes`.

    A `quiet` one is one of thousands that another check tells of together: it makes a check of its own only where it fails.
    """

    name: str
    subject: int | str
    nodes: tuple[Node, ...]
    judge: Callable[[Sequence[Interval]], Finding]
    quiet: bool = False

    @property
    def blamed(self) -> tuple[Node, ...]:
        return self.nodes

    def finding(self, values: Values) -> Finding:
        return self.judge([values(node) for node in self.nodes])

    def allows(self, values: Values, node: Node, other: Interval) -> bool:
        """Whether it would hold with `other` in place of one cell."""
        return self.judge([other if one == node else values(one) for one in self.nodes]).holds


Identity: TypeAlias = Sum | Rule
"""Something that the numbers of a document must satisfy. `subject` is the record that it speaks of, or words for many."""


class Network:
    """The identities of a document over its printed numbers.

    `printed` is what each cell stands for by itself. `refined` is narrower where the parts below are known more exactly than two
    decimals: the shares of 651 answers are fractions, so their row's score is known to the last digit, and with it the item's.
    """

    def __init__(self, printed: Mapping[Node, Interval], identities: Iterable[Identity]) -> None:
        self.printed = dict(printed)
        self.identities = tuple(identities)
        self.of: dict[Node, list[Identity]] = defaultdict(list)
        for identity in sorted(self.identities, key=lambda one: isinstance(one, Rule)):  # a sum is the cheapest to ask
            for node in identity.nodes:
                self.of[node].append(identity)
        self._refined: dict[Node, Interval] = {}
        self._totals: dict[int, Interval] = {}
        self._findings: dict[int, Finding] = {}

    def value(self, node: Node) -> Interval:
        return self._refined.get(node) or self.printed[node]

    def refine(self, node: Node, interval: Interval) -> None:
        """Lets a cell be known more exactly, where that leaves anything of what is printed."""
        own = self.value(node)
        low, high = max(own.low, interval.low), min(own.high, interval.high)
        if low <= high:
            self._refined[node] = Interval(low, high)
            self._totals.clear()
            self._findings.clear()

    def refine_upwards(self) -> None:
        """Carries what is known more exactly from parts to wholes. Identities must stand in the order of the tree, parts first."""
        for identity in self.identities:
            if isinstance(identity, Sum) and any(node in self._refined for node in identity.parts):
                self.refine(identity.target, identity.implied(identity.total(self.value)))

    def finding(self, identity: Identity) -> Finding:
        """How an identity of this network stands."""
        found = self._findings.get(id(identity))
        if found is None:
            if isinstance(identity, Sum):
                found = identity.finding(self.value, self._total(identity))
            else:
                found = identity.finding(self.value)
            self._findings[id(identity)] = found
        return found

    def allows(self, node: Node, other: Interval) -> bool:
        """Whether every identity of a cell would hold if the cell printed something else."""
        return all(
            one.allows(self.value, self._total(one), node, other) if isinstance(one, Sum) else one.allows(self.value, node, other)
            for one in self.of[node]
        )

    def _total(self, identity: Sum) -> Interval:
        total = self._totals.get(id(identity))
        if total is None:
            total = self._totals[id(identity)] = identity.total(self.value)
        return total


def plain(value: Decimal) -> str:
    return format(value, "f")
