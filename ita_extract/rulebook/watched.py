"""Which rules a document asked: so that a changed rule has those documents read again that it touches, and no others.

Eight thousand documents take hours, and most changes of the rules concern one year or one kind of document. Which rules a reader
asks is not declared anywhere, since a declaration would sooner or later be wrong, and a result that is wrongly kept is worse than
one that is made again: it is observed. While a document is read its rulebook notes each block of a framework and of a layout that
is looked at.

A *part* is such a block, by name: `frameworks/2563/grades`; `frameworks/*/grades`, of all years, where a reader went through them
all; `frameworks/2570`, whether there is one; `layouts/announcement/tables`. All other rules (the script, the registry, the
published columns) are asked by every document.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, ValuesView
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from .fields import Fields
from .frameworks import Framework, Frameworks
from .latin import latin_of
from .layouts import Layout
from .load import Rulebook, rules_digest
from .registry import Registry
from .spelling import words_of

Note = Callable[[str], None]

_ABSENT = "absent"
_FRAMEWORK = frozenset(field.name for field in fields(Framework))
_LAYOUT = frozenset(field.name for field in fields(Layout)) - {"file"}
"""Where a layout was read from is for messages and changes no result."""


class WatchedRulebook(Rulebook):
    """The rules of `of`, noting which parts are asked. One for each document: what it noted is `asked`, sorted."""

    def __init__(self, of: Rulebook) -> None:
        super().__init__(of.folder)
        self.__dict__["_of"] = of
        self.__dict__["_seen"] = set()

    @property
    def asked(self) -> tuple[str, ...]:
        return tuple(sorted(self.__dict__["_seen"]))

    def note(self, part: str) -> None:
        self.__dict__["_seen"].add(part)

    def note_pictures(self) -> None:
        """The document was read by OCR, which knows what the rules print in Latin letters, and how they spell their words."""
        latin_of(self.layouts, self.frameworks.values())
        words_of(self.layouts, self.frameworks.values(), self.registry.types)

    @property
    def _of(self) -> Rulebook:
        found: Rulebook = self.__dict__["_of"]
        return found

    @cached_property
    def frameworks(self) -> Frameworks:
        return _SeenFrameworks(self._of.frameworks, self.note)

    @cached_property
    def layouts(self) -> tuple[Layout, ...]:
        return tuple(_seen_layout(layout, self.note) for layout in self._of.layouts)

    @cached_property
    def registry(self) -> Registry:
        return self._of.registry

    @cached_property
    def fields(self) -> Fields:
        return self._of.fields

    @cached_property
    def digest(self) -> str:
        return self._of.digest


@dataclass(frozen=True)
class RulesNow:
    """What the rules of a folder say now, to be compared with what they said when a document was read."""

    rulebook: Rulebook

    def digest(self, asked: Sequence[str]) -> str:
        """One digest (64 hex) of the parts that were asked and of all that every document asks.

        >>> from .load import load_rulebook
        >>> now = RulesNow(load_rulebook())
        >>> now.digest(("frameworks/2563/grades",)) == now.digest(("frameworks/2564/grades",))
        False
        """
        return self._digest(tuple(asked))

    @cached_property
    def _digest(self) -> Callable[[tuple[str, ...]], str]:
        parts, common = cache(self._part), self._common()

        @cache
        def digest(asked: tuple[str, ...]) -> str:
            told = "".join(f"{part}\0{parts(part)}\n" for part in asked)
            return hashlib.sha256(f"{common}\n{told}".encode()).hexdigest()

        return digest

    def _common(self) -> str:
        """Every file but those whose parts are noted; and which layouts there are, in which order: all are weighed."""
        rest = rules_digest(self.rulebook.folder, lambda name: not _PARTED.fullmatch(name))
        return f"{rest} {' '.join(map(_name, self.rulebook.layouts))}"

    def _part(self, part: str) -> str:
        kind, *rest = part.split("/")
        if kind == "layouts":
            name, block = rest
            layout = next((one for one in self.rulebook.layouts if _name(one) == name), None)
            return _ABSENT if layout is None else digest_of(getattr(layout, block, None))
        frameworks = self.rulebook.frameworks
        match rest:
            case ["years"]:
                return digest_of(tuple(frameworks))
            case ["*", block]:
                told = dict.fromkeys(digest_of(getattr(one, block, None)) for one in frameworks.values())
                return digest_of(tuple(told))  # a year that says what others say adds nothing to what all of them say
            case [year]:
                return "present" if int(year) in frameworks else _ABSENT
            case [year, block]:
                framework = frameworks.get(int(year))
                return _ABSENT if framework is None else digest_of(getattr(framework, block, None))
        raise ValueError(f"no part of the rules: {part}")


_PARTED = re.compile(r"frameworks/\d+\.toml|layouts/[^/]+\.toml|prose\.toml")
"""The files whose parts are noted; what running text looks like is a block of every layout."""


class _SeenFrameworks(Frameworks):
    def __init__(self, of: Frameworks, note: Note) -> None:
        super().__init__(of._folder, of._years.values(), of.others)
        self._note = note
        self._single: dict[int, Framework] = {}
        self._among_all = tuple(_seen_framework(one, "*", note) for one in self._years.values())

    def __getitem__(self, fiscal_year: int) -> Framework:
        self._note(f"frameworks/{fiscal_year}")
        if fiscal_year not in self._years:
            self._note("frameworks/years")  # the refusal names them
        elif fiscal_year not in self._single:
            self._single[fiscal_year] = _seen_framework(self._years[fiscal_year], str(fiscal_year), self._note)
        return self._single[fiscal_year] if fiscal_year in self._single else super().__getitem__(fiscal_year)

    def get(self, fiscal_year: int, default: Any = None) -> Any:
        """Without the refusal, which would name the other years."""
        if fiscal_year in self._years:
            return self[fiscal_year]
        self._note(f"frameworks/{fiscal_year}")
        return default

    def __contains__(self, fiscal_year: object) -> bool:
        self._note(f"frameworks/{fiscal_year}")
        return fiscal_year in self._years

    def __iter__(self) -> Iterator[int]:
        self._note("frameworks/years")
        return super().__iter__()

    def __len__(self) -> int:
        self._note("frameworks/years")
        return super().__len__()

    def values(self) -> ValuesView[Framework]:
        return _Values(self, self._among_all)


class _Values(ValuesView[Framework]):
    """All frameworks, each noting what is asked of it as asked of all."""

    def __init__(self, of: Frameworks, frameworks: tuple[Framework, ...]) -> None:
        super().__init__(of)
        self._all = frameworks

    def __iter__(self) -> Iterator[Framework]:
        return iter(self._all)

    def __contains__(self, one: object) -> bool:
        return one in self._all


def _seen_framework(of: Framework, scope: str, note: Note) -> Framework:
    made = object.__new__(_SeenFramework)
    _fill(made, of, f"frameworks/{scope}", note)
    return made


def _seen_layout(of: Layout, note: Note) -> Layout:
    made = object.__new__(_SeenLayout)
    _fill(made, of, f"layouts/{_name(of)}", note)
    return made


def _fill(made: object, of: Framework | Layout, scope: str, note: Note) -> None:
    for field in fields(of):
        object.__setattr__(made, field.name, getattr(of, field.name))
    object.__setattr__(made, "_scope", scope)
    object.__setattr__(made, "_note", note)


class _SeenFramework(Framework):
    __slots__ = ("_note", "_scope")

    def __getattribute__(self, name: str) -> Any:
        if name in _FRAMEWORK:
            scope: str = object.__getattribute__(self, "_scope")
            object.__getattribute__(self, "_note")(f"{scope}/{name}")
        return object.__getattribute__(self, name)


class _SeenLayout(Layout):
    __slots__ = ("_note", "_scope")

    def __getattribute__(self, name: str) -> Any:
        if name in _LAYOUT:
            scope: str = object.__getattribute__(self, "_scope")
            object.__getattribute__(self, "_note")(f"{scope}/{name}")
        return object.__getattribute__(self, name)


def _name(layout: Layout) -> str:
    return Path(layout.file).stem


def digest_of(value: object) -> str:
    """The sha256 (64 hex) of what a block of rules says: the same in every process, and another where anything in it is another.

    >>> digest_of(frozenset({"ผ่าน", "บรรลุ"})) == digest_of(frozenset({"บรรลุ", "ผ่าน"})), digest_of(("1",)) == digest_of((1,))
    (True, False)
    """
    return hashlib.sha256(_told(value).encode("utf-8", "surrogatepass")).hexdigest()


def _told(value: object) -> str:
    if value is None or isinstance(value, str | int | float | Decimal | Path):
        return f"{type(value).__name__}:{value!r}"
    if isinstance(value, re.Pattern):
        return f"pattern:{value.pattern!r}:{value.flags}"
    if is_dataclass(value):
        parts = ((field.name, getattr(value, field.name)) for field in fields(value))
        return f"{type(value).__name__}({','.join(f'{name}={_told(part)}' for name, part in parts)})"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_told(key)}:{_told(part)}" for key, part in value.items()) + "}"
    if isinstance(value, AbstractSet):
        return f"<{','.join(sorted(map(_told, value)))}>"
    if isinstance(value, Sequence):
        return f"[{','.join(map(_told, value))}]"
    raise TypeError(f"rules hold no {type(value).__name__}")  # or two that differ would be taken for the same
