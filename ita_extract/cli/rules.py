"""`ita-extract rules`: the rules loaded, linted and listed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table as RichTable

    from ..rulebook.load import Rulebook


@click.command("rules")
@click.option("--rules", "folder", metavar="DIR", type=click.Path(path_type=Path), help="Another folder of rules.")
@click.option("--samples", metavar="DIR", type=click.Path(path_type=Path), help="Documents that should use every rule.")
def command(folder: Path | None, samples: Path | None) -> None:
    """Load and lint the rules; list fiscal years and layouts, and the rules that no sample uses.

    In a checkout the samples are those beside the rules.

    \b
    Example:
      ita-extract rules
    """
    from rich.console import Console
    from rich.table import Table

    from ..rulebook.lint import lint, summary
    from ..rulebook.load import load_rulebook

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 132)
    findings = lint(folder)
    errors = [finding for finding in findings if finding.severity == "error"]
    for finding in findings:
        click.echo(str(finding), err=True)
    if errors:
        raise UsageError(f"{len(errors)} errors in the rules", advice="Mend the lines named above.")
    rulebook = load_rulebook(folder)
    years = Table("year", "indicators", "survey items", "OIT items", "grades", "target", title="Fiscal years")
    for year in summary(rulebook):
        target = "" if year.target is None else str(year.target)
        counts = (str(year.indicators), str(year.survey_items), f"{year.oit_items} of {year.oit_item_count or '?'}")
        years.add_row(str(year.fiscal_year), *counts, " ".join(year.grades) or "not sourced", target)
    console.print(years)
    layouts = Table("document type", "tables", title="Layouts")
    for layout in rulebook.layouts:
        layouts.add_row(layout.document_type, ", ".join(table.name for table in layout.tables))
    console.print(layouts)
    beside = rulebook.folder.parent / "samples"
    if samples is not None or beside.is_dir():
        console.print(_unused_rules(samples or beside, rulebook))


def _unused_rules(samples: Path, rulebook: Rulebook) -> RichTable:
    from rich.table import Table

    from ..usage import usage_of

    usage = usage_of(samples, rulebook)
    years = ", ".join(map(str, usage.years))
    title = f"What none of {usage.documents} samples uses" + (f"; no record is of {years}" if years else "")
    table = Table("document type", "tables", "columns", "skip rules", title=title)
    for one in usage.layouts:
        tables = "no sample is of this kind" if one.whole else ", ".join(one.tables)
        table.add_row(one.document_type, tables, *(() if one.whole else (", ".join(one.columns), ", ".join(one.skip))))
    return table
