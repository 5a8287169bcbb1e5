"""The places and agency types of Thailand: what a printed agency name can be held against.

The three tables of places are read when they are first asked for: 7,436 subdistricts are of no use to `ita-extract text`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from ..errors import RulesError
from .files import read_rows
from .lookalikes import read_lookalikes

PlaceKind: TypeAlias = Literal["province", "municipality", "subdistrict", "none"]
PLACE_WORDS = {2: ("จังหวัด", "จ."), 4: ("กิ่งอำเภอ", "อำเภอ", "เขต", "อ."), 6: ("ตำบล", "แขวง", "ต.")}
"""What may stand before the name of a place, by the length of its code: a column says "เมืองลำพูน" or "อ.เมืองลำพูน"."""

LONGEST_NAME = 24
"""Letters and marks of the longest name of a place; what is longer is a sentence that begins with one."""


@dataclass(frozen=True, slots=True)
class Place:
    """A province (code of 2 digits), district (4) or subdistrict (6). A code opens with that of the place around it."""

    code: str
    name: str
    variants: tuple[str, ...] = ()

    @property
    def province_code(self) -> str:
        return self.code[:2]

    @property
    def district_code(self) -> str | None:
        return self.code[:4] if len(self.code) >= 4 else None


@dataclass(frozen=True, slots=True)
class AgencyType:
    """`prefixes` open the names of its agencies, the full form first; `place` is what follows. `id_code` opens their ids."""

    code: str
    id_code: str
    name: str
    place: PlaceKind
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamedAgency:
    """An agency whose id is written down, because its name follows from no place by rule."""

    agency_id: str
    name: str
    variants: tuple[str, ...]
    type_code: str
    province_code: str | None
    district_code: str | None


def squeezed(text: str) -> str:
    """`text` without any white space: Thai names of places have none, and a narrow cell breaks them anywhere."""
    return "".join(text.split())


@dataclass(frozen=True)
class Registry:
    """The registry of `folder`. Every look-up takes a name as printed, with or without "จังหวัด", "อำเภอ" or "อ." before it."""

    folder: Path

    @cached_property
    def provinces(self) -> tuple[Place, ...]:
        return _places(self.folder / "provinces.csv", 2, None, variants=True)

    @cached_property
    def districts(self) -> tuple[Place, ...]:
        return _places(self.folder / "districts.csv", 4, self.provinces, variants=False)

    @cached_property
    def subdistricts(self) -> tuple[Place, ...]:
        return _places(self.folder / "subdistricts.csv", 6, self.districts, variants=True)

    @cached_property
    def types(self) -> tuple[AgencyType, ...]:
        return _types(self.folder / "agency_types.csv")

    @cached_property
    def named(self) -> tuple[NamedAgency, ...]:
        return _named(self.folder / "named_agencies.csv", self)

    @cached_property
    def lookalikes(self) -> Mapping[str, frozenset[str]]:
        """For each Thai letter those that it is taken for."""
        return read_lookalikes(self.folder / "lookalikes.tsv")

    @cached_property
    def subdistricts_of(self) -> Mapping[str, tuple[Place, ...]]:
        """The subdistricts of each province, by the code of the province."""
        found: dict[str, list[Place]] = {}
        for one in self.subdistricts:
            found.setdefault(one.province_code, []).append(one)
        return {code: tuple(places) for code, places in found.items()}

    @cached_property
    def _by_code(self) -> Mapping[str, Place]:
        return {place.code: place for place in (*self.provinces, *self.districts)}

    @cached_property
    def _subdistricts_by_code(self) -> Mapping[str, Place]:
        return {place.code: place for place in self.subdistricts}

    @cached_property
    def _districts_by_name(self) -> Mapping[str, tuple[Place, ...]]:
        return _by_name(self.districts)

    @cached_property
    def _subdistricts_by_name(self) -> Mapping[str, tuple[Place, ...]]:
        return _by_name(self.subdistricts)

    @cached_property
    def _provinces_by_name(self) -> Mapping[str, Place]:
        return {name: place for place in self.provinces for name in (place.name, *place.variants)}

    @cached_property
    def _prefixes(self) -> tuple[tuple[str, AgencyType], ...]:
        """Longest first, so that "องค์การบริหารส่วนจังหวัด" is not read as something shorter."""
        pairs = [(prefix, one) for one in self.types for prefix in one.prefixes]
        return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))

    @cached_property
    def _types_by_name(self) -> Mapping[str, AgencyType]:
        return {name: one for one in self.types for name in (*one.prefixes, squeezed(one.name))}

    @cached_property
    def _named_by_name(self) -> Mapping[str, NamedAgency]:
        return {squeezed(name): one for one in self.named for name in (one.name, *one.variants)}

    def place(self, code: str) -> Place | None:
        """The province, district or subdistrict of this official code."""
        return self._by_code.get(code) or (self._subdistricts_by_code.get(code) if len(code) == 6 else None)

    def province_named(self, printed: str) -> Place | None:
        return next((found for name in _bare(printed, 2) if (found := self._provinces_by_name.get(name))), None)

    def district_named(self, printed: str, province_code: str) -> Place | None:
        """The district of this name in a province. "เมือง" alone is the district of the provincial capital."""
        province = self.place(province_code)
        names = [*_bare(printed, 4)]
        if province is not None and "เมือง" in names:
            names.append("เมือง" + province.name)
        found = (one for name in names for one in self._districts_by_name.get(name, ()) if one.province_code == province_code)
        return next(found, None)

    def subdistricts_named(self, printed: str, around: str = "") -> tuple[Place, ...]:
        """All subdistricts of this name inside `around`: the code of a province or a district, "" for the whole country."""
        for name in _bare(printed, 6):
            found = tuple(one for one in self._subdistricts_by_name.get(name, ()) if one.code.startswith(around))
            if found:
                return found
        return ()

    def type_of_name(self, name: str) -> tuple[AgencyType, str] | None:
        """The type that a name tells by its prefix or abbreviation, with the rest of the name; white space does not matter."""
        text = squeezed(name)
        for prefix, one in self._prefixes:
            if text.startswith(prefix) and len(text) > len(prefix):
                return one, text[len(prefix) :]
        return None

    def type_named(self, printed: str) -> AgencyType | None:
        """The type that a heading names: "ประเภทเทศบาลเมือง", "เทศบาลเมือง", "ทม."."""
        return self._types_by_name.get(squeezed(printed).removeprefix("ประเภท"))

    def agency_named(self, printed: str) -> NamedAgency | None:
        return self._named_by_name.get(squeezed(printed))

    def knows_agency(self, line: str) -> bool | None:
        """Whether a line is the name of an agency in full, and its place stands in the lists; None where it is no such name.

        >>> from ita_extract.rulebook.load import load_rulebook
        >>> registry = load_rulebook().registry
        >>> [registry.knows_agency(f"เทศบาลตำบล{name}") for name in ("ดอนฉิมพลี", "ดอนฉิมหลี", "")]
        [True, False, None]
        """
        text = line.replace("\u0e4d\u0e32", "\u0e33")  # a recogniser writes sara am as the two parts that it looks like
        kind, name = self.type_of_name(text) or (None, "")
        if (
            kind is None
            or kind.place == "none"
            or not 0 < len(name) <= LONGEST_NAME
            or not squeezed(text).startswith(kind.prefixes[0])
        ):
            return None
        if kind.place == "province":
            return self.province_named(name) is not None
        return bool(self.subdistricts_named(name) or (kind.place == "municipality" and self._is_head(name)))

    def _is_head(self, name: str) -> bool:
        """Whether a district or a province is called so: municipalities are, too."""
        return name in self._districts_by_name or self.province_named(name) is not None


def _bare(printed: str, level: int) -> Iterable[str]:
    """The name as printed, then without the word for its kind: "เขตพระนคร" is a district named พระนคร, "เขต" may also be a name."""
    text = squeezed(printed)
    yield text
    for word in PLACE_WORDS[level]:
        if text.startswith(word) and len(text) > len(word):
            yield text[len(word) :]


def _parted(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()


def _by_name(places: Iterable[Place]) -> Mapping[str, tuple[Place, ...]]:
    found: dict[str, tuple[Place, ...]] = {}
    for place in places:
        for name in (place.name, *place.variants):
            found[name] = (*found.get(name, ()), place)
    return found


def _places(path: Path, digits: int, around: tuple[Place, ...] | None, *, variants: bool) -> tuple[Place, ...]:
    parents = None if around is None else {place.code for place in around}
    found: dict[str, Place] = {}
    for line, row in read_rows(path, ["code", "name", "variants"] if variants else ["code", "name"]):
        code, name = row["code"], row["name"]
        if len(code) != digits or not code.isdigit() or code in found:
            raise _fault(path, line, "code", f"{code!r} is no new code of {digits} digits", "Mend the code.")
        if parents is not None and code[:-2] not in parents:
            raise _fault(path, line, "code", f"{code!r} lies in no known place", "Add the place around it.")
        if name.split() != [name]:
            raise _fault(path, line, "name", f"{name!r} is no name", "Write it without white space.")
        found[code] = Place(code, name, _parted(row["variants"]) if variants else ())
    return tuple(found.values())


def _fault(path: Path, line: int, key: str, message: str, advice: str) -> RulesError:
    return RulesError(message, file=str(path), line=line, key=key, advice=advice)


def _types(path: Path) -> tuple[AgencyType, ...]:
    kinds: dict[str, PlaceKind] = {kind: kind for kind in get_args(PlaceKind)}
    found: dict[str, AgencyType] = {}
    for line, row in read_rows(path, ["code", "id_code", "name", "place", "prefixes", "source", "confidence"]):
        if row["place"] not in kinds:
            raise _fault(path, line, "place", f"{row['place']!r} is no kind of place", f"Write one of {', '.join(kinds)}.")
        if row["code"] in found or not row["code"] or not row["id_code"] or not row["name"]:
            raise _fault(path, line, "code", "no new code, or no name", "Mend the row.")
        found[row["code"]] = AgencyType(row["code"], row["id_code"], row["name"], kinds[row["place"]], _parted(row["prefixes"]))
    return tuple(found.values())


def _named(path: Path, registry: Registry) -> tuple[NamedAgency, ...]:
    codes = {one.code for one in registry.types}
    found: dict[str, NamedAgency] = {}
    for line, row in read_rows(path, ["agency_id", "name", "variants", "type_code", "province_code", "district_code"]):
        province, district = row["province_code"] or None, row["district_code"] or None
        if row["type_code"] not in codes or any(code and registry.place(code) is None for code in (province, district)):
            raise _fault(path, line, "agency_id", "an unknown type or place", "Mend the row.")
        if row["agency_id"] in found or not row["agency_id"] or not row["name"]:
            raise _fault(path, line, "agency_id", "no new id, or no name", "Mend the row.")
        variants = _parted(row["variants"])
        found[row["agency_id"]] = NamedAgency(row["agency_id"], row["name"], variants, row["type_code"], province, district)
    return tuple(found.values())
