"""Rows whose numbers stand one cell off: what belongs to IIT stands under EIT, and what ran over at one end stands at the other.

A reader that takes the first number of a row for the last moves all the others by one column, and every one of them is then a
true number in a wrong place. No single digit explains that, and one step back explains all of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..model.record import AgencyScore, Record, SurveyRow
from ..rulebook.frameworks import Framework
from .cells import HUNDRED, Print, with_values
from .identities import Tree, trees_of
from .network import Identity, Network, Node
from .scales import FOUR_STEP

FEWEST_CELLS = 3
GRADED = frozenset({"grade_from_score", "target_from_score", "indicators_by_rank", "scores_by_rank"})
"""What many other numbers would satisfy as well."""
MOST_CELLS = 40
"""What ties more cells than this together, a mean of all agencies, does not say which row is meant."""
MOST_ROWS = 20
"""In a document where more rows than this fail, something else is wrong than a row."""


@dataclass(frozen=True, slots=True)
class Move:
    """A row put one cell back: the new value of each of its cells, and the identities that say so.

    One that is not `proved` explains all that fails about the row, but so might chance: it is a doubt and no correction.
    """

    values: Mapping[Node, Decimal]
    healed: frozenset[tuple[str, int | str]]
    """The names and subjects of the identities that failed about the row, all of which hold with it moved."""
    proof: tuple[str, ...]

    def excludes(self, other: Move) -> bool:
        """Whether both cannot be true: they move one row to two places, or explain one failure by two rows."""
        return self.values != other.values and bool(self.values.keys() & other.values.keys() or self.healed & other.healed)

    @property
    def proved(self) -> bool:
        """Whether two identities, one of them a sum, failed as the row is read and hold with it moved."""
        return len(self.proof) > 1 and any(name not in GRADED for name in self.proof)


def moves(
    records: Sequence[Record],
    how: Print,
    failing: Sequence[Identity],
    frameworks: Mapping[int, Framework],
    network_of: Callable[[Sequence[Record]], Network],
) -> Iterator[Move]:
    """Every row moved by one step that puts right all that fails about it: by one column, one way or the other.

    `failing` are the identities of `records` that do not hold; `network_of` makes the network of other records.
    """
    near = [identity for identity in failing if 0 < len(identity.nodes) <= MOST_CELLS]
    rows = [row for row in rows_of(records, frameworks) if _about(row, near)] if near else []
    for row in rows if len(rows) <= MOST_ROWS else ():
        for step in (1, -1) if len(row) > 2 else (1,):
            if (found := _moved(row, step, records, how, failing, network_of)) is not None:
                yield found


def _about(row: Sequence[Node], identities: Sequence[Identity]) -> list[Identity]:
    cells = set(row)
    return [identity for identity in identities if cells.intersection(identity.nodes)]


def _moved(
    row: Sequence[Node],
    step: int,
    records: Sequence[Record],
    how: Print,
    failing: Sequence[Identity],
    network_of: Callable[[Sequence[Record]], Network],
) -> Move | None:
    """The row with every number moved by a step, where all identities about it hold then and no other fails."""
    digits = [how.digits(records[at], field) for at, field in row]
    turned = [*digits[step:], *digits[:step]]
    values = {(at, field): how.read_as(records[at], field, printed)[0] for (at, field), printed in zip(row, turned, strict=True)}
    if turned == digits or not all(0 <= value <= HUNDRED for value in values.values()):
        return None
    network = network_of(with_values(records, values))
    left = [identity for identity in network.identities if not network.finding(identity).holds]
    healed = frozenset((one.name, one.subject) for one in _about(row, failing))
    if _about(row, left) or len(left) != len(failing) - len(_about(row, failing)):
        return None
    proof = [one.name for one in _about(row, network.identities) if (one.name, one.subject) in healed]
    return Move(values, healed, tuple(proof)) if proof else None


def rows_of(records: Sequence[Record], frameworks: Mapping[int, Framework]) -> Iterator[tuple[Node, ...]]:
    """The cells of every row of scores that prints all its columns, in their order."""
    for (year, _, _), trees in trees_of(records).items():
        framework = frameworks.get(year)
        for tree in trees if framework else ():
            yield from (row for row in _of_tree(tree, framework) if len(row) >= FEWEST_CELLS)  # type: ignore[arg-type]
    for at, record in enumerate(records):
        if isinstance(record, SurveyRow) and all(getattr(record, name) is not None for name in FOUR_STEP):
            yield tuple((at, name) for name in (*FOUR_STEP, "score"))
    yield from rows_of_years(records)


def _of_tree(tree: Tree, framework: Framework) -> Iterator[tuple[Node, ...]]:
    """Indicators by number, with the total behind them or without; instruments, likewise."""
    total = () if tree.overall is None else (tree.overall,)
    numbers = [one.no for one in framework.indicators]
    if numbers and all(no in tree.indicators for no in numbers):
        row = tuple((tree.indicators[no], "score") for no in numbers)
        yield row
        yield from [(*row, *total)] if total else []
    codes = [one.code for one in framework.instruments]
    if codes and all(code in tree.instruments for code in codes):
        row = tuple((tree.instruments[code], "score") for code in codes)
        yield row
        yield from [(*row, *total)] if total else []


def rows_of_years(records: Sequence[Record]) -> Iterator[tuple[Node, ...]]:
    """The scores of several years in one row of a ranking."""
    rows: dict[tuple[object, ...], list[Node]] = defaultdict(list)
    for at, record in enumerate(records):
        if isinstance(record, AgencyScore) and record.bbox is not None:
            rows[record.page, record.table_no, record.row_no, record.bbox, record.agency_name].append((at, "score"))
    yield from (tuple(row) for row in rows.values() if len(row) > 1)
