"""Reads `rules/frameworks/<year>.toml` into a `Framework`, and refuses whatever contradicts itself, naming file, line and key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from ..errors import RulesError
from .files import read_toml
from .frameworks import (
    Direction,
    Framework,
    Frameworks,
    Indicator,
    Instrument,
    OitItem,
    OtherModel,
    RollUp,
    Scale,
    SubIndicator,
    SurveyItem,
    SurveyRow,
    Target,
)
from .grades import FULL, Grade, GradeScale
from .typed import Source, Toml

T = TypeVar("T")
OTHER_MODELS = "other_models.toml"
SOURCED = ("source", "confidence")


def load_frameworks(folder: Path) -> Frameworks:
    """All fiscal years of `folder`. Raises RulesError for a file whose name is no year: it would be left out unseen."""
    years: list[Framework] = []
    others: tuple[OtherModel, ...] = ()
    for path in sorted(folder.glob("*.toml")):
        if path.name == OTHER_MODELS:
            others = read_other_models(path)
        elif re.fullmatch(r"25\d\d|26\d\d", path.stem):
            years.append(read_framework(path))
        else:
            raise RulesError("the name is no fiscal year", file=str(path), advice="Name it after its year (BE), such as 2569.toml.")
    if not years:
        raise RulesError(
            "no fiscal year at all", file=str(folder), advice="Put one <year>.toml there; docs/adding-a-year.md tells how."
        )
    return Frameworks(folder, years, others)


def read_other_models(path: Path) -> tuple[OtherModel, ...]:
    root = Toml(path, read_toml(path)).only(required=["models"])
    return tuple(
        OtherModel(one.integer("through"), one.text("name"), one.texts("indices"), one.texts("levels"), one.source())
        for one in (t.only(required=["through", "name", *SOURCED], optional=["indices", "levels"]) for t in root.tables("models"))
    )


def read_framework(path: Path) -> Framework:
    """One fiscal year. Raises RulesError for an unknown key, a wrong type, a second item of one code, a reference to nothing."""
    root = Toml(path, read_toml(path))
    root.only(required=["fiscal_year"], optional=["target", "grades", "instruments", "indicators", "survey", "oit"])
    year = root.integer("fiscal_year")
    if str(year) != path.stem:
        raise root.fail("fiscal_year", f"{year} in a file of the name {path.name}", "A framework file is named after its year.")
    sources: dict[str, Source] = {}
    instruments = tuple(_instruments(root, sources))
    indicators = tuple(_indicators(root, sources, instruments))
    scales, survey = _survey(root, sources, indicators)
    subs, items, count, roll_up = _oit(root, sources, indicators)
    return Framework(
        fiscal_year=year,
        file=str(path),
        instruments=instruments,
        indicators=indicators,
        scales=scales,
        survey_items=survey,
        sub_indicators=subs,
        oit_items=items,
        oit_item_count=count,
        oit_roll_up=roll_up,
        oit_item_scores=_item_scores(root, sources),
        grades=_grades(root, sources, instruments),
        target=_target(root, sources),
        sources=MappingProxyType(sources),
    )


def _block(
    root: Toml, name: str, sources: dict[str, Source], *, required: Iterable[str] = (), optional: Iterable[str] = ()
) -> Toml | None:
    block = root.table(name)
    if block is not None:
        block.only(required=[*SOURCED, *required], optional=optional)
        sources[block.at] = block.source()
    return block


def _unique(tables: Iterator[Toml], key: str, read: Callable[[Toml], T], name: Callable[[T], object]) -> tuple[T, ...]:
    seen: dict[object, T] = {}
    for table in tables:
        one = read(table)
        if name(one) in seen:
            raise table.fail(key, f"{name(one)!r} stands here twice", "Remove one of the two.")
        seen[name(one)] = one
    return tuple(seen.values())


def _instruments(root: Toml, sources: dict[str, Source]) -> tuple[Instrument, ...]:
    block = _block(root, "instruments", sources, required=["list"])
    return () if block is None else _unique(block.tables("list"), "code", _instrument, lambda one: one.code)


def _instrument(table: Toml) -> Instrument:
    table.only(required=["code", "weight", "name"], optional=["variants", "name_en", "parts"])
    weight = table.decimal("weight")
    if not 0 < weight <= 1:
        raise table.fail("weight", f"{weight} is not above 0 and at most 1", "A weight is a share of the total, such as 0.30.")
    parts = table.integer_or_none("parts") or 1
    return Instrument(table.text("code"), weight, table.text("name"), table.texts("variants"), table.text_or_none("name_en"), parts)


def _indicators(root: Toml, sources: dict[str, Source], instruments: tuple[Instrument, ...]) -> tuple[Indicator, ...]:
    block = _block(root, "indicators", sources, required=["list"])
    known = [one.code for one in instruments]

    def read(table: Toml) -> Indicator:
        table.only(required=["no", "instrument", "name"], optional=["variants"])
        return Indicator(table.integer("no"), table.choice("instrument", known), table.text("name"), table.texts("variants"))

    return () if block is None else _unique(block.tables("list"), "no", read, lambda one: one.no)


def _indicator_no(table: Toml, indicators: tuple[Indicator, ...], no: int | None) -> Indicator | None:
    """Refuses a number that no indicator of this year has. A year whose indicators are not sourced cannot be asked."""
    if no is None or not indicators:
        return None
    found = next((one for one in indicators if one.no == no), None)
    if found is None:
        raise table.fail(
            "indicator", f"{no} is no indicator of this year", f"They are {', '.join(str(one.no) for one in indicators)}."
        )
    return found


def _survey(
    root: Toml, sources: dict[str, Source], indicators: tuple[Indicator, ...]
) -> tuple[tuple[Scale, ...], tuple[SurveyItem, ...]]:
    block = _block(root, "survey", sources, required=["items"], optional=["scales"])
    if block is None:
        return (), ()
    scales = _unique(block.tables("scales"), "name", _scale, lambda one: one.name)
    names = [one.name for one in scales]

    def read(table: Toml) -> SurveyItem:
        table.only(required=["code", "indicator"], optional=["text", "text_kind", "scale", "direction", "rows"])
        indicator = _indicator_no(table, indicators, table.integer("indicator"))
        if indicator is None:
            raise table.fail("indicator", "this year lists no indicators", "List the indicators, or leave the survey out.")
        text = table.text_or_none("text")
        kind = None if text is None else table.choice("text_kind", ("question", "issue"))
        scale = table.choice("scale", names) if "scale" in table.values else None
        return SurveyItem(
            code=table.text("code"),
            instrument=indicator.instrument,
            indicator=indicator.no,
            text=text,
            text_kind="issue" if kind == "issue" else "question" if kind else None,
            scale=scale,
            rows=_rows(table, text),
        )

    return scales, _unique(block.tables("items"), "code", read, lambda one: one.code)


def _rows(table: Toml, text: str | None) -> tuple[SurveyRow, ...]:
    """The rows of a question. A question without rows of its own is its only row, and then gives a direction."""
    rows = tuple(SurveyRow(row.only(required=["text", "direction"]).text("text"), _direction(row)) for row in table.tables("rows"))
    if "direction" not in table.values:
        return rows
    if rows or text is None:
        raise table.fail("direction", "belongs to the rows where there are rows, and to a text", "Give each row its direction.")
    return (SurveyRow(text, _direction(table)),)


def _direction(table: Toml) -> Direction:
    return "positive" if table.choice("direction", ("positive", "negative")) == "positive" else "negative"


def _scale(table: Toml) -> Scale:
    table.only(required=["name", "steps", "weights"])
    scale = Scale(table.text("name"), table.texts("steps"), table.decimals("weights"))
    if len(scale.steps) != len(scale.weights):
        raise table.fail("weights", f"{len(scale.weights)} weights for {len(scale.steps)} steps", "Give each step one weight.")
    if {min(scale.weights), max(scale.weights)} != {Decimal(0), FULL}:
        raise table.fail("weights", "do not run from 0 to 100", "The worst answer scores 0, the best 100.")
    return scale


def _oit(
    root: Toml, sources: dict[str, Source], indicators: tuple[Indicator, ...]
) -> tuple[tuple[SubIndicator, ...], tuple[OitItem, ...], int | None, RollUp | None]:
    block = _block(root, "oit", sources, optional=["item_count", "roll_up", "item_scores", "sub_indicators", "items"])
    if block is None:
        return (), (), None, None

    def read_sub(table: Toml) -> SubIndicator:
        table.only(required=["no", "indicator", "name"])
        sub = SubIndicator(table.text("no"), table.integer("indicator"), table.text("name"))
        _indicator_no(table, indicators, sub.indicator)
        return sub

    subs = _unique(block.tables("sub_indicators"), "no", read_sub, lambda one: one.no)
    items = _unique(block.tables("items"), "code", lambda table: _oit_item(table, indicators, subs), lambda one: one.code)
    _unique(block.tables("items"), "item_key", lambda table: table.text("item_key"), lambda item_key: item_key)
    count = block.integer_or_none("item_count")
    if count is not None and len(items) > count:
        raise block.fail("item_count", f"{count}, but {len(items)} items are listed", "Mend the count or the list.")
    roll_up = _block(block, "roll_up", sources, required=["rule"])
    if roll_up is None:
        return subs, items, count, None
    rule = roll_up.choice("rule", ("means_of_sub_indicators", "means_of_items"))
    return subs, items, count, "means_of_items" if rule == "means_of_items" else "means_of_sub_indicators"


def _item_scores(root: Toml, sources: dict[str, Source]) -> tuple[Decimal, ...]:
    """Every score that the examiner may give an item."""
    oit = root.table("oit")
    block = _block(oit, "item_scores", sources, required=["values"]) if oit else None
    values = block.decimals("values") if block else ()
    if block and not all(0 <= value <= FULL for value in values):
        raise block.fail("values", f"{', '.join(map(str, values))} are not all scores", "Scores run from 0 to 100.")
    return values


def _oit_item(table: Toml, indicators: tuple[Indicator, ...], subs: tuple[SubIndicator, ...]) -> OitItem:
    table.only(required=["code", "item_key", "name"], optional=["sub_indicator", "indicator", "section", "variants"])
    no = table.text_or_none("sub_indicator")
    sub = next((one for one in subs if one.no == no), None)
    if no is not None and sub is None:
        raise table.fail("sub_indicator", f"{no!r} is no sub-indicator of this year", "Add it to [[oit.sub_indicators]].")
    indicator = table.integer_or_none("indicator")
    _indicator_no(table, indicators, indicator)
    if sub is not None and indicator not in (None, sub.indicator):
        raise table.fail("indicator", f"{indicator}, but sub-indicator {sub.no} belongs to {sub.indicator}", "Leave it out.")
    return OitItem(
        code=table.text("code"),
        name=table.text("name"),
        item_key=table.text("item_key"),
        indicator=sub.indicator if sub else indicator,
        sub_indicator=no,
        sub_indicator_name=sub.name if sub else None,
        section=table.text_or_none("section"),
        variants=table.texts("variants"),
    )


def _grades(root: Toml, sources: dict[str, Source], instruments: tuple[Instrument, ...]) -> GradeScale | None:
    block = _block(root, "grades", sources, required=["levels"])
    if block is None:
        return None
    levels: list[Grade] = []
    for table in block.tables("levels"):
        table.only(required=["name", "minimum"], optional=["each_instrument", "variants"])
        grade = Grade(
            table.text("name"), table.decimal("minimum"), table.decimal_or_none("each_instrument"), table.texts("variants")
        )
        if levels and grade.minimum > levels[-1].minimum:
            raise table.fail(
                "minimum", f"{grade.minimum} is above that of {levels[-1].name}", "List the levels from the best down."
            )
        if any(grade.name == one.name for one in levels):
            raise table.fail("name", f"{grade.name!r} stands here twice", "Remove one of the two.")
        levels.append(grade)
    return GradeScale(tuple(levels), tuple((one.code, one.weight) for one in instruments))


def _target(root: Toml, sources: dict[str, Source]) -> Target | None:
    block = _block(root, "target", sources, required=["score"], optional=["share_of_agencies"])
    return None if block is None else Target(block.decimal("score"), block.decimal_or_none("share_of_agencies"))
