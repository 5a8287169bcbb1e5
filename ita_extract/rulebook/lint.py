"""What is wrong, or worth a look, in a folder of rules: what `ita-extract rules` prints.

The readers refuse what cannot be used. Lint goes on after the first fault, and sees what a reader cannot: two files that contradict
each other, a year that lacks what its neighbours have, a rule that nothing uses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Literal, TypeAlias

from ..errors import RulesError
from . import thai
from .fields import Fields, load_fields
from .files import rules_folder
from .framework_file import OTHER_MODELS, read_framework, read_other_models
from .frameworks import Framework
from .layouts import Layout, load_layouts
from .load import Rulebook
from .registry import Registry
from .wording import squash

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend (`error`: the rules are refused or wrong) or to look at (`warning`)."""

    severity: Severity
    file: str
    line: int | None
    key: str
    message: str
    advice: str = ""

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        text = f"{where}: {self.severity}: {self.message}"
        return f"{text}\n  {self.advice}" if self.advice else text


@dataclass(frozen=True, slots=True)
class YearSummary:
    """What is known of one fiscal year, for printing. Counts are 0 and words None where nothing is sourced."""

    fiscal_year: int
    instruments: int
    indicators: int
    survey_items: int
    survey_rows: int
    oit_items: int
    oit_item_count: int | None
    grades: tuple[str, ...]
    target: Decimal | None
    weakest_source: str | None


def lint(folder: Path | None = None) -> tuple[Finding, ...]:
    """All findings of a rules folder, errors first. An empty answer means that the rules load and agree with themselves."""
    root = folder or rules_folder()
    found: list[Finding] = []
    years: list[Framework] = []
    for path in sorted((root / "frameworks").glob("*.toml")):
        found += _refused(partial(read_other_models, path) if path.name == OTHER_MODELS else partial(_add, years, path))
    if not years:
        found.append(
            Finding(
                "error", str(root / "frameworks"), None, "", "no usable fiscal year", "Add <year>.toml; see docs/adding-a-year.md."
            )
        )
    for year in years:
        found += check_framework(year)
    found += check_years(years)
    found += _refused(lambda: check_registry(Registry(root / "registry")))
    found += _refused(partial(load_fields, root / "fields.toml"))
    if root == rules_folder():
        found += [
            finding for read in (thai.glyphs, thai.costs, thai.boundaries, thai.lexicon_sources) for finding in _refused(read)
        ]
    layouts: list[Layout] = []
    found += _refused(lambda: layouts.extend(load_layouts(root)))
    for layout in layouts:
        found += check_layout(layout, root)
    found += _refused(lambda: check_published(layouts, load_fields(root / "fields.toml")))
    return tuple(sorted(found, key=lambda one: (one.severity, one.file, one.line or 0)))


def summary(rulebook: Rulebook) -> tuple[YearSummary, ...]:
    """One row a fiscal year, oldest first."""
    return tuple(_summary(year) for year in rulebook.frameworks.values())


def check_framework(year: Framework) -> Iterator[Finding]:
    """Faults of one year that its reader lets pass, because the year is usable without."""

    def finding(severity: Severity, key: str, message: str, advice: str) -> Finding:
        return Finding(severity, year.file, None, key, message, advice)

    total = sum((one.weight for one in year.instruments), Decimal(0))
    if year.instruments and total != 1:
        yield finding("error", "weight", f"the weights of the instruments add to {total}, not to 1", "Mend the weights.")
    for one in year.instruments:
        if year.indicators and not year.indicators_of(one.code):
            yield finding("error", "instrument", f"no indicator belongs to {one.code}", "Add its indicators.")
    for no, names in _claims((str(one.no), (one.name, *one.variants)) for one in year.indicators):
        yield finding("error", "name", f"indicators {no} claim one name: {names}", "Give each its own wording.")
    for codes, names in _claims((one.code, (one.code, one.name, *one.variants)) for one in year.instruments):
        yield finding("error", "name", f"instruments {codes} claim one name: {names}", "Give each its own wording.")
    for levels, names in _claims((one.name, (one.name, *one.variants)) for one in (year.grades.levels if year.grades else ())):
        yield finding("error", "name", f"grades {levels} claim one word: {names}", "Give each its own wording.")
    if year.indicators:
        for item in year.oit_items:
            if item.indicator is None:
                yield finding(
                    "error", "indicator", f"{item.code} belongs to no indicator", "Give it a sub_indicator or an indicator."
                )
    if year.survey_items:
        for indicator in year.indicators:
            if indicator.instrument != "OIT" and not year.items_of(indicator.no):
                yield finding(
                    "error", "indicator", f"indicator {indicator.no} has no item", "Add its items, or leave the survey out."
                )
    for missing in _gaps((*(item.code for item in year.survey_items), *(item.code for item in year.oit_items))):
        yield finding("warning", "code", f"{missing} is not among the items, those around it are", "Add it, if it is sourced.")
    for sub in year.sub_indicators:
        if all(item.sub_indicator != sub.no for item in year.oit_items):
            yield finding("warning", "no", f"no item belongs to sub-indicator {sub.no}", "Name it at its items, or leave it out.")
    if year.oit_item_count is not None and len(year.oit_items) < year.oit_item_count:
        counts = f"{len(year.oit_items)} of {year.oit_item_count} OIT items are listed"
        yield finding("warning", "item_count", counts, "The others are kept as printed, without an item_key.")
    if year.oit_roll_up == "means_of_sub_indicators" and any(item.sub_indicator is None for item in year.oit_items):
        yield finding(
            "error", "rule", "the roll-up needs the sub-indicator of every item", "Complete the list, or leave the rule out."
        )
    if year.grades is None:
        yield finding("warning", "grades", "no grade scale: grades of this year are kept as printed", "")
    elif year.grades.levels[-1].minimum > 0:
        yield finding("error", "minimum", "the last level does not reach down to 0", "Add the lowest level.")
    if year.target is None:
        yield finding("warning", "target", "no target score: the target column of this year is not checked", "")


def check_years(years: Iterable[Framework]) -> Iterator[Finding]:
    """What only several years together can show: a gap between them, and one item name under two keys."""
    known = sorted(years, key=lambda one: one.fiscal_year)
    for before, after in pairwise(known):
        for missing in range(before.fiscal_year + 1, after.fiscal_year):
            file = str(Path(before.file).parent)
            if (Path(file) / f"{missing}.toml").exists():
                continue  # it was refused, which is a finding of its own
            yield Finding("error", file, None, "fiscal_year", f"no framework for {missing}, between two that are there", "Add it.")
    names: dict[str, set[str]] = {}
    for year in known:
        for item in year.oit_items:
            names.setdefault(squash(item.name), set()).add(item.item_key)
    for name, keys in names.items():
        if len(keys) > 1:
            yield Finding(
                "error",
                str(Path(known[0].file).parent),
                None,
                "item_key",
                f"{name!r} has the keys {', '.join(sorted(keys))}",
                "Choose one.",
            )


def check_registry(registry: Registry) -> Iterator[Finding]:
    """Loads every table of the registry, and looks for names that would be read two ways."""
    file = str(registry.folder / "agency_types.csv")
    if not (registry.provinces and registry.districts and registry.subdistricts and registry.named and registry.lookalikes):
        yield Finding("error", str(registry.folder), None, "", "an empty table", "Restore the registry.")
    prefixes = Counter(prefix for one in registry.types for prefix in one.prefixes)
    for prefix, count in prefixes.items():
        if count > 1:
            yield Finding("error", file, None, "prefixes", f"{prefix!r} opens the names of {count} types", "Leave it to one.")
    for one in registry.types:
        if one.place != "none" and not one.prefixes:
            yield Finding("error", file, None, "prefixes", f"{one.code} has names of places but no prefix", "Add the full prefix.")


def check_layout(layout: Layout, root: Path) -> Iterator[Finding]:
    """Headings that two fields of one table claim (the column would be read as whichever comes first); rules that cannot work."""

    def finding(key: str, message: str, advice: str) -> Finding:
        return Finding("error", layout.file or str(root / "layouts"), None, key, f"{layout.document_type}{message}", advice)

    evidence = sum(layout.phrases.values()) + sum(layout.table_weights.values())
    if layout.phrases and evidence < layout.minimum:
        yield finding("minimum", f": all its evidence adds to {evidence}, its minimum is {layout.minimum}", "No document is of it.")
    for words in _claims((name, layout.values.get(name, ())) for name in ("passed", "failed", "absent")):
        yield finding("values", f": {words[0]} claim the word {words[1]}", "Leave it to one.")
    for table in layout.tables:
        where = f", table {table.name}"
        for fields, heading in _claims((column.field, column.headings) for column in table.columns):
            yield finding("headings", f"{where}: fields {fields} claim the heading {heading}", "Leave it to one.")
        if table.heads == "columns" and not any(column.required for column in table.columns):
            yield finding("required", f"{where}: no column is required", "Require what it must have: any table would be one.")
        known = {column.field for column in table.columns}
        for rule in table.skip:
            if rule.column not in known:
                yield finding("column", f"{where}: rule {rule.name} looks into {rule.column!r}", "Name one of its columns.")
    for names, _ in _claims((table.name, (table.name,)) for table in layout.tables):
        yield finding("name", f": two tables have the name {names.split(', ')[0]}", "Give each its own.")


def check_published(layouts: Iterable[Layout], fields: Fields) -> Iterator[Finding]:
    """Kinds of documents that nothing reads, and tables of datasets that are not there."""
    kinds = fields.dataset("documents").column("document_type").enum or ()
    for layout in layouts:
        if layout.document_type not in kinds:
            advice = f"A new kind needs a reader. Known: {', '.join(kinds)}."
            yield Finding("error", layout.file, None, "document_type", f"{layout.document_type!r} is no kind of document", advice)
        for table in layout.tables:
            if table.dataset not in (*fields.names, "tables"):
                message = f"{layout.document_type}, table {table.name}: no dataset {table.dataset!r}"
                yield Finding("error", layout.file, None, "dataset", message, f"They are {', '.join(fields.names)}.")


def _gaps(codes: Iterable[str]) -> Iterator[str]:
    """The codes that are missing between the first and the last of each letter: I7, where I6 and I8 are there."""
    numbers: dict[str, set[int]] = {}
    for code in codes:
        if code[1:].isdigit():
            numbers.setdefault(code[0], set()).add(int(code[1:]))
    for letter, known in numbers.items():
        yield from (f"{letter}{no}" for no in range(1, max(known)) if no not in known)


def _add(years: list[Framework], path: Path) -> None:
    years.append(read_framework(path))


def _claims(owners: Iterable[tuple[str, Iterable[str]]]) -> Iterator[tuple[str, str]]:
    """The owners of each text that two or more own, and the text."""
    found: dict[str, list[str]] = {}
    for owner, texts in owners:
        for text in {squash(text) for text in texts}:
            found.setdefault(text, []).append(owner)
    return ((", ".join(names), repr(text)) for text, names in found.items() if len(names) > 1)


def _refused(read: Callable[[], object]) -> Iterator[Finding]:
    """The findings that `read` gives, and the error that ends it as one more."""
    try:
        given = read()
        if isinstance(given, Iterator):
            yield from given
    except RulesError as error:
        where = error.file if error.line is None else f"{error.file}:{error.line}"
        yield Finding("error", error.file, error.line, error.key, error.message.removeprefix(f"{where}: "), error.advice)


def _summary(year: Framework) -> YearSummary:
    return YearSummary(
        fiscal_year=year.fiscal_year,
        instruments=len(year.instruments),
        indicators=len(year.indicators),
        survey_items=len(year.survey_items),
        survey_rows=sum(len(item.rows) for item in year.survey_items),
        oit_items=len(year.oit_items),
        oit_item_count=year.oit_item_count,
        grades=tuple(grade.name for grade in year.grades.levels) if year.grades else (),
        target=year.target.score if year.target else None,
        weakest_source=max((source.confidence for source in year.sources.values()), default=None),
    )
