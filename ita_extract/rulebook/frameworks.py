"""One fiscal year of the assessment as typed, frozen objects: instruments, indicators, items, grades, target.

A year is a file: `rules/frameworks/2563.toml`. Nothing is inherited between years, and what is not sourced is left out:
then a tuple is empty or a field None, and whoever needs it does without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from ..errors import RulesError
from .grades import GradeScale
from .typed import Source
from .wording import recognise, squash

Direction = Literal["positive", "negative"]
RollUp = Literal["means_of_sub_indicators", "means_of_items"]

ADVICE = "docs/adding-a-year.md tells how to add a fiscal year: one file, no code."


class NoFrameworkError(RulesError, KeyError):
    """No rules for this fiscal year: one of another model, or one that nobody has added yet."""

    def __init__(self, fiscal_year: int, message: str, *, file: str, advice: str) -> None:
        super().__init__(message, file=file, advice=advice)
        self.fiscal_year = fiscal_year


@dataclass(frozen=True, slots=True)
class Instrument:
    """IIT, EIT or OIT. `weight` is its share of the total, 0 to 1; `parts` is 2 where it is published in two halves."""

    code: str
    weight: Decimal
    name: str
    variants: tuple[str, ...] = ()
    name_en: str | None = None
    parts: int = 1


@dataclass(frozen=True, slots=True)
class Indicator:
    """One of the ten indicators, with other wordings that documents print."""

    no: int
    instrument: str
    name: str
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    """The answers that a row offers, in printed order, and the score (0 to 100) of each in a positive row."""

    name: str
    steps: tuple[str, ...]
    weights: tuple[Decimal, ...]

    def weights_for(self, direction: Direction) -> tuple[Decimal, ...]:
        """Turned round for a negative row: there the least answer is the best.

        >>> scale = Scale("four_step", ("least", "little", "much", "most"), tuple(map(Decimal, (0, 33, 67, 100))))
        >>> [int(weight) for weight in scale.weights_for("negative")]
        [100, 67, 33, 0]
        """
        return self.weights if direction == "positive" else self.weights[::-1]


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """One row of a question. Direction belongs to the row: I11 of 2563 asks after an open and after a favouring procurement."""

    text: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class SurveyItem:
    """One item of IIT or EIT. `text` is the question or, where only that is sourced, the issue behind it (`text_kind`)."""

    code: str
    instrument: str
    indicator: int
    text: str | None = None
    text_kind: Literal["question", "issue"] | None = None
    scale: str | None = None
    rows: tuple[SurveyRow, ...] = ()


@dataclass(frozen=True, slots=True)
class SubIndicator:
    no: str
    indicator: int
    name: str


@dataclass(frozen=True, slots=True)
class OitItem:
    """One item of OIT. `item_key` is the same item over the years, whatever its number."""

    code: str
    name: str
    item_key: str
    indicator: int | None = None
    sub_indicator: str | None = None
    sub_indicator_name: str | None = None
    section: str | None = None
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """The score that the master plan asks of an agency, and the percentage of agencies that should reach it."""

    score: Decimal
    share_of_agencies: Decimal | None = None

    def passed(self, score: Decimal) -> bool:
        return score >= self.score


@dataclass(frozen=True, slots=True)
class Framework:
    """All that is known of one fiscal year. `sources` tells where each block comes from, by its name in the file."""

    fiscal_year: int
    file: str
    instruments: tuple[Instrument, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    scales: tuple[Scale, ...] = ()
    survey_items: tuple[SurveyItem, ...] = ()
    sub_indicators: tuple[SubIndicator, ...] = ()
    oit_items: tuple[OitItem, ...] = ()
    oit_item_count: int | None = None
    oit_roll_up: RollUp | None = None
    oit_item_scores: tuple[Decimal, ...] = ()
    """Every score that an item may get, where that is known: 0 and 100, say."""
    grades: GradeScale | None = None
    target: Target | None = None
    sources: Mapping[str, Source] = field(default_factory=lambda: MappingProxyType({}))

    def instrument(self, code: str) -> Instrument | None:
        return next((one for one in self.instruments if one.code == code), None)

    def indicator(self, no: int) -> Indicator | None:
        return next((one for one in self.indicators if one.no == no), None)

    def sub_indicator(self, no: str) -> SubIndicator | None:
        return next((one for one in self.sub_indicators if one.no == no), None)

    def scale(self, name: str) -> Scale | None:
        return next((one for one in self.scales if one.name == name), None)

    def survey_item(self, code: str) -> SurveyItem | None:
        return next((one for one in self.survey_items if one.code == code), None)

    def oit_item(self, code: str) -> OitItem | None:
        return next((one for one in self.oit_items if one.code == code), None)

    def instrument_named(self, printed: str) -> Instrument | None:
        """By code, name or variant; white space does not matter."""
        return recognise(printed, ((name, one) for one in self.instruments for name in (one.code, one.name, *one.variants)))

    def indicator_named(self, printed: str) -> Indicator | None:
        """By name or variant; white space and a number before the name ("1. ", "ตัวชี้วัดที่ ๘ ") do not matter."""
        wanted = re.sub(r"^(?:ตัวชี้วัดที่)?[0-9]*[.)]?", "", squash(printed))
        return recognise(wanted, ((name, one) for one in self.indicators for name in (one.name, *one.variants)))

    def indicators_of(self, instrument: str) -> tuple[Indicator, ...]:
        return tuple(one for one in self.indicators if one.instrument == instrument)

    def items_of(self, indicator: int) -> tuple[SurveyItem, ...]:
        return tuple(one for one in self.survey_items if one.indicator == indicator)

    def oit_items_of(self, indicator: int) -> tuple[OitItem, ...]:
        return tuple(one for one in self.oit_items if one.indicator == indicator)


@dataclass(frozen=True, slots=True)
class OtherModel:
    """Years up to and with `through` whose assessment is not comparable: scores and words are kept as printed."""

    through: int
    name: str
    indices: tuple[str, ...]
    levels: tuple[str, ...]
    source: Source


class Frameworks(Mapping[int, Framework]):
    """The known years, in order. `frameworks[2561]` raises NoFrameworkError with the reason; `get` and `in` work as ever."""

    def __init__(self, folder: Path, years: Iterable[Framework], others: Iterable[OtherModel] = ()) -> None:
        self._folder = folder
        self._years = {one.fiscal_year: one for one in sorted(years, key=lambda one: one.fiscal_year)}
        self.others = tuple(sorted(others, key=lambda one: one.through))

    def __getitem__(self, fiscal_year: int) -> Framework:
        found = self._years.get(fiscal_year)
        if found is None:
            advice = "Keep its scores as they are printed." if self.other_model(fiscal_year) else ADVICE
            raise NoFrameworkError(fiscal_year, self._refusal(fiscal_year), file=str(self._folder), advice=advice)
        return found

    def __iter__(self) -> Iterator[int]:
        return iter(self._years)

    def __len__(self) -> int:
        return len(self._years)

    def other_model(self, fiscal_year: int) -> OtherModel | None:
        """The model that a year before these was assessed by."""
        return next((one for one in self.others if fiscal_year <= one.through), None)

    def _refusal(self, fiscal_year: int) -> str:
        other = self.other_model(fiscal_year)
        if other is not None:
            return f"fiscal year {fiscal_year} was assessed by another model, {other.name}, comparable with no other year"
        if not self._years:
            return "there is no framework at all"
        first, last = min(self._years), max(self._years)
        if fiscal_year > last:
            return f"fiscal year {fiscal_year} is newer than the newest framework, {last}"
        return f"no framework for fiscal year {fiscal_year}; there are {first} to {last}"
