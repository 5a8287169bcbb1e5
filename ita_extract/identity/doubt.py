"""Second storey of identity: names that the registry does not know as printed, held against what looks like them.

A misread name is resolved where the look-alikes, the order of the ranking and the names printed around it leave one agency. Of a
municipality that is no proof at once: many bear names of no subdistrict, so a name outside the registry is as a rule a right one.
What stays in doubt keeps its print, and the agencies that it may be are told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from ..rulebook.registry import AgencyType, squeezed
from .candidates import Candidate, Neighbours
from .columns import Columns
from .likeness import LOOK, share
from .listing import NO_ORDER, Entry, Order, order_of
from .names import Agencies, Identity, cleaned, taken_apart

Outcome: TypeAlias = Literal["holds", "corrected", "fails"]

FARTHEST = 4
"""No name is looked for that is farther from the print than two letters outside the look-alikes, or four within."""
SURE = 2 * LOOK
"""Two look-alikes misread: so far the name of a municipality is believed to be one of the registry."""
LONG, CLOSE = 8, 0.8
"""A name of so many letters has few neighbours by chance: one strange letter is believed in it, if so much is the same."""
ROUNDS = 2
"""A name resolved is evidence for the names next to it: they are looked at once more."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is to be told of a name: as it was printed, the agencies that it may be, and what became of it.

    `corrected`: it is the one agency named. `holds`: it stays as it was printed. `fails`: the name is that of an agency which it
    cannot be, for the agency has its own row or the order of the list forbids it.
    """

    printed: str
    candidates: tuple[str, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Found:
    identity: Identity
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class _Option:
    """One agency that a row may be, how far its name is from the print (see `Likeness`), and the district in which it lies."""

    identity: Identity
    district: str | None
    cost: int
    strange: int


@dataclass(frozen=True, slots=True)
class _Row:
    """One row with what it tells by itself: `first` is who it is by the registry, with the columns put right.

    `options` are the agencies of other names that it may be, nearest first; `name` is what stands behind the type, and `aside` how
    far the type and the columns were from what they mean.
    """

    printed: Entry
    entry: Entry
    first: Identity
    aside: int = 0
    kind: AgencyType | None = None
    name: str = ""
    options: tuple[_Option, ...] = ()

    @property
    def closed(self) -> bool:
        """Whether the names of its kind are a list that is known: what is printed is then one of them."""
        return self.kind is not None and self.kind.place in ("province", "subdistrict")

    def in_order(self, at: int, order: Order) -> bool:
        """Whether its name, as it is printed, may stand where it stands."""
        return order.fits(at, self.first, self.entry.district)

    def believes(self, one: _Option, at: int, order: Order) -> bool:
        """Whether the name may have been misread so far, where nothing speaks against it.

        What breaks the order as it is printed was misread: then, as in a closed list, only the nearest is to be found.
        """
        if self.closed or not self.in_order(at, order):
            return True
        if one.strange:
            return (
                order.ordering is not None and one.strange == 1 and len(self.name) >= LONG and share(one.cost, self.name) >= CLOSE
            )
        return one.cost <= (SURE if order.ordering is not None or len(self.name) >= LONG else LOOK)


def look_again(entries: Sequence[Entry], agencies: Agencies, columns: Columns, neighbours: Neighbours) -> tuple[Found, ...]:
    """Who the rows of one list are, all evidence taken together, in the order of `entries`."""
    reader = Reader(agencies, columns, neighbours)
    rows = [reader.row(entry) for entry in entries]
    sure = {at: row.first for at, row in enumerate(rows) if row.first.match != "none"}
    order = reader.order(sure)
    suspects = _suspects(sure, order)
    for at in suspects:
        rows[at] = reader.with_options(rows[at], SURE)
        del sure[at]
    chosen: dict[int, _Option] = {}
    for _ in range(ROUNDS):
        order, taken = reader.order({**sure, **_identities(chosen)}), _taken(sure, chosen)
        found = {at: _best(at, row, _left(at, row, order, taken), order) for at, row in enumerate(rows) if at not in chosen}
        picked = {at: best for at, best in found.items() if best and at not in sure and suspects.get(at, True)}
        claims = Counter(one.identity.agency_id for one in picked.values())
        chosen |= {at: one for at, one in picked.items() if claims[one.identity.agency_id] == 1}
        broken = reader.order({**sure, **_identities(chosen)}).breaks
        chosen = {at: one for at, one in chosen.items() if at not in broken}
    order, taken = reader.order({**sure, **_identities(chosen)}), _taken(sure, chosen)
    settled = []
    for at, row in enumerate(rows):
        left = _left(at, row, order, taken)
        if at in chosen:
            settled.append(_resolved(row, chosen[at]))
        elif at in suspects:
            settled.append(_withdrawn(row, left) if left or suspects[at] else Found(row.first))
        elif row.first.match == "none" and not left and not row.in_order(at, order):
            told = _left(at, reader.with_options(row, 2 * FARTHEST), order, taken)
            settled.append(Found(row.first, Doubt(_text(row.printed), _names(told), "holds")))
        else:
            settled.append(reader.unresolved(row, left, near=bool(left) and row.believes(left[0], at, order)))
    return tuple(settled)


def alone(name: str, province: str | None, agencies: Agencies, neighbours: Neighbours) -> Found:
    """Who a name is that stands in no list: in a title, or over a table.

    Looked for are provinces and their organizations, and what is named after a subdistrict where the province is told.
    """
    reader = Reader(agencies, Columns((), agencies, neighbours), neighbours)
    row = reader.row(Entry((), name, None, province, None))
    if not row.closed:
        return Found(row.first)
    best = _best(0, row, row.options, NO_ORDER)
    return _resolved(row, best) if best else Found(row.first)


class Reader:
    """Reads the rows of one document, each by its own evidence."""

    def __init__(self, agencies: Agencies, columns: Columns, neighbours: Neighbours) -> None:
        self._agencies, self._columns, self._neighbours = agencies, columns, neighbours
        self._registry = agencies.registry
        self._ordered: tuple[dict[int, Identity], Order] = ({}, order_of({}))

    def row(self, printed: Entry) -> _Row:
        """A row with its columns put right, and with its options where the registry does not know its name."""
        plain = self._agencies.who(*printed.printed)
        if plain.match == "exact":
            return _Row(printed, printed, plain)
        around = self._columns.province(printed.province) if printed.province else None
        inside = self._columns.district(printed.district, around[0].code) if printed.district and around else None
        aside = (around[1] if around else 0) + (inside[1] if inside else 0)
        entry = replace(
            printed,
            province=around[0].name if around else printed.province,
            district=inside[0].name if inside else printed.district,
        )
        if around and not inside and printed.province and printed.district and self._columns.is_cut_off(printed.province):
            entry = self._uncovered(entry, around[0].code)
        first = self._agencies.who(*entry.printed)
        row = _Row(printed, entry, first, aside)
        if first.match == "exact":
            whole = "".join((first.name, entry.province or "", entry.district or ""))
            return replace(row, first=replace(first, match="context", score=share(aside, whole)))
        if first.match == "context" or first.agency_id is None:
            return row
        return self.with_options(row, FARTHEST)

    def _uncovered(self, entry: Entry, province_code: str) -> Entry:
        """A row of which the province runs on over the district: who bears the name in that province tells the district, or the end
        of it that is still seen. Where these two tell of different ones it stays as it is printed."""
        ending = self._columns.district_ending(entry.district or "", province_code)
        who = self._agencies.who(entry.name, entry.agency_type, entry.province)
        told = {one for one in (who.district_code, ending.code if ending else None) if one}
        place = self._registry.place(told.pop()) if len(told) == 1 else None
        return replace(entry, district=place.name) if place else entry

    def with_options(self, row: _Row, farthest: int) -> _Row:
        """The row with the agencies of other names that it may be."""
        name, kind, cost = self._type(row.entry)
        if kind is not None and kind.place == "subdistrict" and not row.entry.province and row.first.province:
            told = replace(row.entry, province=row.first.province, district=row.entry.district or self._district(row.first))
            row = replace(row, entry=told)  # the name itself tells where
        around = self._registry.province_named(row.entry.province) if row.entry.province else None
        if kind is None or kind.place == "none" or not name or (around is None and kind.place != "province"):
            return row
        code = around.code if around and kind.place != "province" else ""
        found = self._neighbours.names(name, kind, code, min(farthest, len(name)))
        options = tuple(option for one in found if (option := self._option(row, kind, name, one)))
        return replace(row, kind=kind, name=name, aside=row.aside + cost, options=options)

    def order(self, known: Mapping[int, Identity]) -> Order:
        """The order of a list by the rows of it that are known. Asked for again and again, while hardly a row gets to be known."""
        if known != self._ordered[0]:
            self._ordered = dict(known), order_of({at: (who, self._district(who)) for at, who in known.items()})
        return self._ordered[1]

    def unresolved(self, row: _Row, left: Sequence[_Option], *, near: bool) -> Found:
        """A row without an agency of the registry, or known as it is: what of it is to be told.

        Where an agency of the registry may well be meant (`near`), the row has no id; elsewhere it is an agency of its own.
        """
        if row.first.match != "none":
            told = row.first.match == "context" and self._in_full(row.first)
            outcome: Outcome = "corrected" if row.aside else "holds"
            return Found(row.first, Doubt(_text(row.printed), (told,), outcome) if told else None)
        if left:
            who = replace(row.first, agency_id=None) if near else row.first
            return Found(who, Doubt(_text(row.printed), _names(left), "holds"))
        if row.first.agency_id is None:
            places = self._places(row)
            return Found(row.first, Doubt(_text(row.printed), places, "holds") if places else None)
        if row.aside and row.entry != row.printed:
            return Found(row.first, Doubt(_text(row.printed), (_text(row.entry),), "corrected"))
        return Found(row.first)

    def _type(self, entry: Entry) -> tuple[str, AgencyType | None, int]:
        """What stands behind the type in a name, the type, and how far what is printed of the type is from it."""
        text = cleaned(entry.name)
        own = self._registry.type_of_name(text)
        given = self._registry.type_named(entry.agency_type) if entry.agency_type else None
        if own is not None and own[0].place != "none":
            return taken_apart(text, entry.agency_type, self._registry).place, own[0], 0
        if given is not None and given.place == "none":
            return "", given, 0
        cut = self._neighbours.split(squeezed(text), given)
        return (cut.place, cut.kind, cut.cost) if cut else (squeezed(text), given, 0)

    def _option(self, row: _Row, kind: AgencyType, name: str, one: Candidate) -> _Option | None:
        who = self._agencies.who(kind.prefixes[0] + one.name, kind.name, row.entry.province, row.entry.district)
        printed = who.district_code if row.entry.district else None
        if printed and one.districts and printed not in one.districts:
            return None
        if who.name == row.first.name:
            return None
        if kind.place == "province" and who.match == "none":
            return None  # the column beside the name says another province
        return _Option(who, self._district(who), one.cost, self._neighbours.likeness.strange(name, one.name))

    def _district(self, who: Identity) -> str | None:
        place = self._registry.place(who.district_code) if who.district_code else None
        return place.name if place else None

    def _in_full(self, who: Identity) -> str:
        return _text(Entry((), who.name, None, who.province, self._district(who)))

    def _places(self, row: _Row) -> tuple[str, ...]:
        """The agencies that bear a name of several places."""
        code = row.first.province_code
        name = taken_apart(cleaned(row.entry.name), row.entry.agency_type, self._registry).place
        places = self._registry.subdistricts_named(name, code) if code and name else ()
        return tuple(self._in_full(replace(row.first, district_code=place.district_code)) for place in places)


def _identities(chosen: Mapping[int, _Option]) -> dict[int, Identity]:
    return {at: one.identity for at, one in chosen.items()}


def _taken(sure: Mapping[int, Identity], chosen: Mapping[int, _Option]) -> frozenset[str | None]:
    """The agencies that have a row of their own in the list."""
    return frozenset({who.agency_id for who in (*sure.values(), *_identities(chosen).values())} - {None})


def _suspects(sure: Mapping[int, Identity], order: Order) -> dict[int, bool]:
    """Rows with a name of the registry that are out of order; True where another row is the same agency.

    One misread letter can turn a name into that of a neighbour. In a list with many breaks the order tells nothing.
    """
    if len(order.breaks) > max(1, len(sure) // 50):
        return {}
    often = Counter(who.agency_id for who in sure.values())
    return {at: often[sure[at].agency_id] > 1 for at in order.breaks}


def _left(at: int, row: _Row, order: Order, taken: frozenset[str | None]) -> tuple[_Option, ...]:
    """The options that neither a row of their own nor the order of the list rules out, nearest first."""
    return tuple(one for one in row.options if one.identity.agency_id not in taken and order.fits(at, one.identity, one.district))


def _best(at: int, row: _Row, left: Sequence[_Option], order: Order) -> _Option | None:
    """The option that is near enough, and clearly nearer than the next."""
    if not left or left[0].identity.agency_id is None or not row.believes(left[0], at, order):
        return None
    margin = LOOK if left[0].cost <= SURE else 2 * LOOK
    return left[0] if len(left) == 1 or left[1].cost - left[0].cost >= margin else None


def _resolved(row: _Row, best: _Option) -> Found:
    """A row read as another name: `fuzzy` where likeness alone tells it, `context` where the rows around had to help."""
    others = [one.cost for one in row.options if one is not best]
    whole = "".join((row.name, *((row.entry.province or "", row.entry.district or "") if row.entry != row.printed else ())))
    who = replace(
        best.identity,
        match="fuzzy" if not others or min(others) > best.cost else "context",
        score=share(best.cost + row.aside, whole),
    )
    read = _text(replace(row.entry, name=who.name)) if row.entry != row.printed else who.name
    printed = _text(row.printed) if row.entry != row.printed else row.printed.name
    return Found(who, Doubt(printed, (read,), "corrected"))


def _withdrawn(row: _Row, left: Sequence[_Option]) -> Found:
    """A row whose name is that of an agency which it cannot be."""
    who = replace(row.first, agency_id=None, match="none", score=None)
    return Found(who, Doubt(row.printed.name, _names(left), "fails"))


def _names(options: Sequence[_Option]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.identity.name for one in options))


def _text(entry: Entry) -> str:
    """A row's words, with those of its columns."""
    district = [f"อำเภอ{entry.district}"] if entry.district else []
    province = [f"จังหวัด{entry.province}"] if entry.province else []
    return " ".join((entry.name, *district, *province))
