"""First storey of identity: a printed agency name to an id that is the same in every year and every document.

What is certain is decided here, what is doubtful is left to evidence: a misread name keeps its own id and is never bent into
that of a neighbour. Ids: `PROV-51` and `PAO-51` for the province itself and its organization; `TAO-510204` where the name is that
of exactly one subdistrict; else the type, the province (00: none) and 8 hex digits of the sha256 of the name: `TOWN-51-1f2e3d4c`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from ..model.record import AgencyScore, altered
from ..rulebook.registry import AgencyType, NamedAgency, Place, Registry, squeezed

Match: TypeAlias = Literal["exact", "fuzzy", "context", "none"]
NameKey: TypeAlias = tuple[str, str, str]
"""Full type prefix, province code, name of the place: what a ranking without a district column can tell of an agency."""

NO_TYPE = "ORG"
"""Opens the id of an agency whose type is unknown: as do, in the registry, those of the types whose names tell no place."""
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_TAILS = (("จังหวัด", "จ."), ("อำเภอ", "อ.", "เขต"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a printed name is.

    `agency_id` is None where the evidence allows several agencies. `match` is `exact` where registry and print agree, `context`
    where the name agrees and another printed part (a misread district) does not, `none` where the registry lists no such name: the
    id then comes from the print alone. `score` is 0 to 1, None without a match. `name`, `province` and `district` are normalized;
    the codes are official ones, known only as far as the evidence reaches.
    """

    agency_id: str | None
    match: Match
    score: float | None
    name: str
    agency_type: str | None
    province: str | None = None
    province_code: str | None = None
    district: str | None = None
    district_code: str | None = None
    subdistrict_code: str | None = None


def agency_type_of(name: str, registry: Registry) -> str | None:
    """The type that a name tells by itself, by prefix, abbreviation or by being a named agency; None where it tells none.

    >>> from ita_extract.rulebook.load import load_rulebook
    >>> registry = load_rulebook().registry
    >>> agency_type_of("อบต. ป่าสัก", registry), agency_type_of("เมืองพัทยา", registry)
    ('องค์การบริหารส่วนตำบล', 'องค์กรปกครองส่วนท้องถิ่นรูปแบบพิเศษ')
    """
    named = registry.agency_named(cleaned(name))
    if named is not None:
        return _type_name(named, registry)
    found = registry.type_of_name(cleaned(name))
    return found[0].name if found else None


def agency_id_of(
    name: str,
    agency_type: str | None,
    province: str | None,
    district: str | None,
    registry: Registry,
    *,
    shared: Container[NameKey] = (),
) -> Identity:
    """The identity of a name with what is printed beside it. `shared` are names that another agency of the province bears too.

    A year that prints districts and a year that does not must give one id, or the agency's history breaks in two: so the district
    decides only between several places of one name, and where it is not printed then, nothing is guessed.

    >>> from ita_extract.rulebook.load import load_rulebook
    >>> registry = load_rulebook().registry
    >>> agency_id_of("จังหวัดลำพูน", "จังหวัด", None, None, registry).agency_id
    'PROV-51'
    >>> agency_id_of("องค์การบริหารส่วนตำบลนาทราย", None, "ลำพูน", None, registry).agency_id
    'TAO-510403'
    >>> agency_id_of("เทศบาลตำบลบ้านฝาง", None, "ขอนแก่น", None, registry).agency_id is None
    True
    >>> agency_id_of("เทศบาลตำบลบ้านฝาง", None, "ขอนแก่น", "กระนวน", registry).agency_id
    'TMUN-400907'
    """
    text = cleaned(name)
    named = registry.agency_named(text)
    if named is not None:
        type_name = _type_name(named, registry)
        place = registry.place(named.province_code) if named.province_code else None
        return Identity(
            agency_id=named.agency_id,
            match="exact",
            score=1.0,
            name=named.name,
            agency_type=type_name,
            province=place.name if place else None,
            province_code=named.province_code,
            district_code=named.district_code,
        )
    parts = taken_apart(text, agency_type, registry)
    printed_province, printed_district = province or parts.province, district or parts.district
    around = registry.province_named(printed_province) if printed_province else None
    inside = registry.district_named(printed_district, around.code) if printed_district and around else None
    basis = Identity(
        agency_id=None,
        match="none",
        score=None,
        name=parts.name,
        agency_type=parts.kind.name if parts.kind else agency_type,
        province=around.name if around else printed_province,
        province_code=around.code if around else None,
        district=inside.name if inside else printed_district,
        district_code=inside.code if inside else None,
    )
    kind = parts.kind
    if kind is None or kind.place == "none":
        return replace(basis, agency_id=_from_name(kind.id_code if kind else NO_TYPE, around, parts.full))
    if kind.place == "province":
        return _of_province(basis, kind, parts, around, registry)
    if around is None:
        return _of_unknown_province(basis, kind, parts, registry)
    return _of_place(basis, kind, parts, around, inside, registry, shared)


class Agencies:
    """The identities of what one document prints, each found once: an announcement prints an agency in every year's column."""

    def __init__(self, registry: Registry, shared: frozenset[NameKey] = frozenset()) -> None:
        self.registry, self.shared = registry, shared
        self._known: dict[tuple[str, str | None, str | None, str | None], Identity] = {}

    def who(self, name: str, agency_type: str | None = None, province: str | None = None, district: str | None = None) -> Identity:
        """As `agency_id_of` finds it."""
        printed = (name, agency_type, province, district)
        found = self._known.get(printed)
        if found is None:
            found = self._known[printed] = agency_id_of(*printed, self.registry, shared=self.shared)
        return found

    def told_apart(self, shared: frozenset[NameKey]) -> Agencies:
        """The same, where names in `shared` belong to several agencies of a province each."""
        if shared == self.shared:
            return self
        after = Agencies(self.registry, shared)
        after._known = {printed: found for printed, found in self._known.items() if found.match != "none"}  # which `shared` leaves
        return after

    @classmethod
    def of(cls, records: Iterable[AgencyScore], registry: Registry) -> Agencies:
        """For the records of one document, which together show what names two agencies of a province share."""
        agencies = cls(registry)
        return agencies.told_apart(_shared_names(records, agencies))


def identify(record: AgencyScore, agencies: Agencies) -> AgencyScore:
    """`record` with its identity columns, its normalized names, and the type and province that its name tells."""
    return as_identified(record, agencies.who(record.agency_name, record.agency_type, record.province, record.district))


def as_identified(record: AgencyScore, found: Identity) -> AgencyScore:
    """`record` with what is known of its agency."""
    return altered(
        record,
        agency_id=found.agency_id,
        identity_match=found.match,
        identity_score=found.score,
        agency_name=found.name,
        agency_type=record.agency_type or found.agency_type,
        province=found.province,
        district=found.district if record.district else None,
    )


def _shared_names(records: Iterable[AgencyScore], agencies: Agencies) -> frozenset[NameKey]:
    """The names that stand in several districts of one province, by what `records` print."""
    districts: dict[NameKey, set[str]] = defaultdict(set)
    for name, kind, province, district in {(r.agency_name, r.agency_type, r.province, r.district) for r in records}:
        if province and district:
            found = agencies.who(name, kind, province, district)
            if found.match == "none" and found.province_code and found.district_code:
                districts[_key(taken_apart(cleaned(name), kind, agencies.registry), found.province_code)].add(found.district_code)
    return frozenset(key for key, codes in districts.items() if len(codes) > 1)


@dataclass(frozen=True, slots=True)
class Parts:
    """A name taken apart. `full` has the full prefix, `place` is what stands behind it; both are without white space."""

    name: str
    kind: AgencyType | None
    full: str
    place: str
    province: str | None = None
    district: str | None = None


def cleaned(text: str) -> str:
    """Without characters that nobody sees, sara am in one piece, single blanks."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).replace("\u0e4d\u0e32", "\u0e33")
    return " ".join(plain.split())


def taken_apart(text: str, agency_type: str | None, registry: Registry) -> Parts:
    """A cleaned name taken apart. Its own prefix tells its type; the heading above it is asked only where the name has none."""
    found = registry.type_of_name(text)
    given = registry.type_named(agency_type) if agency_type else None
    if found is not None and found[0].place != "none":
        kind, place = found
        if kind.place == "province":
            return Parts(kind.prefixes[0] + place, kind, kind.prefixes[0] + place, place)
        place, province, district = _tail(place, registry)
        return Parts(kind.prefixes[0] + place, kind, kind.prefixes[0] + place, place, province, district)
    if given is not None and given.place != "none":
        place = squeezed(text)
        return Parts(text, given, given.prefixes[0] + place, place)
    return Parts(text, given or (found[0] if found else None), squeezed(text), "")


def _tail(text: str, registry: Registry) -> tuple[str, str | None, str | None]:
    """A province and a district behind the name, as titles print them, if the registry knows both."""
    province = _cut(text, _TAILS[0])
    around = registry.province_named(province[1]) if province else None
    if province is None or around is None:
        return text, None, None
    district = _cut(province[0], _TAILS[1])
    inside = registry.district_named(district[1], around.code) if district else None
    if district is None or inside is None:
        return province[0], around.name, None
    return district[0], around.name, inside.name


def _type_name(agency: NamedAgency, registry: Registry) -> str:
    return next(one.name for one in registry.types if one.code == agency.type_code)


def _cut(text: str, words: tuple[str, ...]) -> tuple[str, str] | None:
    at, word = max((text.rfind(word), word) for word in words)
    return (text[:at], text[at + len(word) :]) if at > 0 else None


def _key(parts: Parts, province_code: str) -> NameKey:
    return (parts.kind.prefixes[0] if parts.kind and parts.kind.prefixes else "", province_code, parts.place)


def _from_name(id_code: str, around: Place | None, full: str, district_code: str | None = None) -> str:
    digest = hashlib.sha256(full.translate(_THAI_DIGITS).casefold().encode()).hexdigest()[:8]
    where = (around.code if around else "00", *((district_code,) if district_code else ()))
    return "-".join((id_code, *where, digest))


def _of_province(basis: Identity, kind: AgencyType, parts: Parts, around: Place | None, registry: Registry) -> Identity:
    """A province or its organization: the name itself carries the province. A column that says another makes it doubtful."""
    own = registry.province_named(parts.place)
    if own is None:
        return replace(basis, agency_id=_from_name(kind.id_code, around, parts.full))
    if around is not None and around.code != own.code:
        return basis
    agency_id = f"{kind.id_code}-{own.code}"
    return replace(basis, agency_id=agency_id, match="exact", score=1.0, province=own.name, province_code=own.code)


def _of_unknown_province(basis: Identity, kind: AgencyType, parts: Parts, registry: Registry) -> Identity:
    """No province, or one that was misread: then the printed one keeps agencies of one name apart."""
    if basis.province:
        return replace(basis, agency_id=_from_name(kind.id_code, None, f"{squeezed(basis.province)}/{parts.full}"))
    everywhere = registry.subdistricts_named(parts.place) if kind.place == "subdistrict" else ()
    if len(everywhere) != 1:
        return basis
    return _at(basis, kind, everywhere[0], "context", 1.0)


def _of_place(
    basis: Identity,
    kind: AgencyType,
    parts: Parts,
    around: Place,
    inside: Place | None,
    registry: Registry,
    shared: Container[NameKey],
) -> Identity:
    places = registry.subdistricts_named(parts.place, around.code)
    here = tuple(place for place in places if inside is not None and place.district_code == inside.code)
    if inside is not None and len(here) == 1:
        return _at(basis, kind, here[0], "exact", 1.0)
    if inside is None and len(places) == 1:
        if basis.district is None:
            return _at(basis, kind, places[0], "exact", 1.0)
        return _at(basis, kind, places[0], "context", _likeness(basis.district, places[0], registry))
    if len(here) > 1 or (inside is None and places):
        return basis
    apart = inside is not None and (places or _key(parts, around.code) in shared)
    return replace(basis, agency_id=_from_name(kind.id_code, around, parts.full, inside.code if inside and apart else None))


def _at(basis: Identity, kind: AgencyType, place: Place, match: Match, score: float) -> Identity:
    return Identity(
        agency_id=f"{kind.id_code}-{place.code}",
        match=match,
        score=score,
        name=basis.name,
        agency_type=basis.agency_type,
        province=basis.province,
        province_code=place.province_code,
        district=basis.district,
        district_code=place.district_code,
        subdistrict_code=place.code,
    )


def _likeness(printed_district: str, place: Place, registry: Registry) -> float:
    """How much of the place and the printed district agrees with the registry: 1 less the share of letters to change."""
    from rapidfuzz.distance import Levenshtein

    district = registry.place(place.district_code or "")
    true = place.name + (district.name if district else "")
    return round(Levenshtein.normalized_similarity(place.name + squeezed(printed_district), true), 4)


def place_of(agency_id: str, registry: Registry) -> Place | None:
    """The place that an id names by its official code: a subdistrict, a district or a province; None for an id without one.

    >>> from ita_extract.rulebook.load import load_rulebook
    >>> registry = load_rulebook().registry
    >>> place_of("TAO-510403", registry).name, place_of("TOWN-51-1f2e3d4c", registry).name, place_of("ORG-00-1f2e3d4c", registry)
    ('นาทราย', 'ลำพูน', None)
    """
    codes = [part for part in agency_id.split("-")[1:] if part.isdecimal() and len(part) in (2, 4, 6)]
    return registry.place(codes[-1]) if codes else None
