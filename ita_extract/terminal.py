"""Tables and lines for a person at a terminal. `rich` knows that Thai vowels and tone marks take no width, so columns align."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from .job import Summary
    from .preview import Preview
    from .reader import Outcome

WIDTH = 132
"""Where the output is no terminal: as wide as anybody's paper."""
MOST_DOCUMENTS = 200
"""Beyond so many documents only those that need looking at are listed; the dataset `documents` has all."""
MOST_TOLD = 20
"""Contradicted values that are listed one by one; `report` shows all."""


def console() -> Console:
    """What prints to stdout, as wide as the terminal is."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = ()) -> Table:
    """A table of texts; `numbers` are the columns that stand at the right. What is too long goes on below: nothing is cut.

    Texts are shown as they are: a document called "[red]" is no colour.
    """
    from rich.table import Table
    from rich.text import Text

    made, right = Table(title=title), set(numbers)
    for at, name in enumerate(columns):
        made.add_column(name, justify="right" if at in right else "left", overflow="fold", no_wrap=at in right)
    for row in rows:
        made.add_row(*(Text(inert(cell)) for cell in row))
    return made


def inert(text: str) -> str:
    """A text without what a terminal obeys: names of files may hold anything.

    >>> inert("a\\x1b[2Jb\\nc")
    'a\\\\x1b[2Jb c'
    """
    return "".join(one if one.isprintable() or one in "\u200b\u200c\u200d" else _shown(one) for one in text)


def _shown(one: str) -> str:
    return " " if one in "\t\n\r" else one.encode("unicode_escape").decode()


def print_run(summary: Summary) -> None:
    """What a run did, for a person: its documents, what was published, how much of it is proved, and what needs looking at."""
    from .dataset.standing import values_line

    screen = console()
    listed = summary.outcomes if len(summary.outcomes) <= MOST_DOCUMENTS else tuple(filter(_needs_looking_at, summary.outcomes))
    if listed:
        screen.print(table("Documents", DOCUMENT_COLUMNS, map(_document, listed), range(2, 6)))
    if len(listed) < len(summary.outcomes):
        screen.print(f"{len(summary.outcomes) - len(listed):,} more documents were read without a doubt.")
    kinds = ("verified", "consistent", "unverified", "corrected", "contradicted")
    rows = [
        (name, f"{count:,}", *(f"{found:,}" if (found := summary.values.get((name, kind))) is not None else "" for kind in kinds))
        for name, count in summary.rows.items()
        if count
    ]
    screen.print(table("Published", ("dataset", "rows", *kinds), rows, range(1, 7)))
    for line in run_lines(summary):
        screen.print(inert(line), markup=False, soft_wrap=True)
    screen.print(values_line(summary.values))
    screen.print(f"Release {summary.release} in {summary.where}", soft_wrap=True, markup=False)


DOCUMENT_COLUMNS = ("document", "status", "pages", "records", "rejects", "contradicted", "code")


def _needs_looking_at(outcome: Outcome) -> bool:
    return outcome.status != "parsed" or bool(outcome.rejects or outcome.contradicted or outcome.lossy_pages)


def _document(outcome: Outcome) -> tuple[str, ...]:
    status = f"{outcome.status}, kept" if outcome.reused else outcome.status
    numbers = (outcome.pages, outcome.records, outcome.rejects, outcome.contradicted)
    return outcome.name, status, *(f"{number:,}" for number in numbers), outcome.code or ""


def run_lines(summary: Summary) -> Iterator[str]:
    """What a person should know of a run beside its tables, a line each: what was not read, lost, refused or contradicted."""
    from .checks.legible import page_ranges
    from .dataset import read_dataset
    from .dataset.standing import contradicted_count, contradicted_values

    for outcome in summary.outcomes:
        if outcome.code:
            yield f"{outcome.name}: {outcome.code}: {outcome.message}"
        elif outcome.message:
            yield f"{outcome.name}: {outcome.message}"
    for outcome in summary.outcomes:
        if outcome.lossy_pages:
            where = f"page{'s' * (len(outcome.lossy_pages) > 1)} {page_ranges(outcome.lossy_pages)}"
            yield f"{outcome.name}: characters were lost or doubled on {where}"
    for name in summary.duplicates:
        yield f"{name}: the same bytes as another document of this run, read once"
    yield from summary.unapplied
    if summary.path and (count := contradicted_count(summary.values)):
        found = contradicted_values(partial(read_dataset, summary.path, as_arrow=True))
        yield from (f"Contradicted: {one}" for one in found[:MOST_TOLD])
        if count > MOST_TOLD:
            yield f"Contradicted: and {count - MOST_TOLD:,} more"
    rejects, checks = (sum(getattr(one, name) for one in summary.outcomes) for name in ("rejects", "failed_checks"))
    yield (
        f"{len(summary.outcomes)} documents in {summary.seconds:.1f} s; {rejects:,} rejects and {checks:,} failed checks are in "
        "the datasets rejects and checks."
    )


def run_json(summary: Summary, exit_code: int) -> str:
    """The same for a program: one object, with every document and every count."""
    values: dict[str, dict[str, int]] = {}
    for (name, kind), count in summary.values.items():
        values.setdefault(name, {})[kind] = count
    told = {
        "release": summary.release,
        "path": summary.where,
        "exit_code": exit_code,
        "seconds": round(summary.seconds, 3),
        "documents": [asdict(outcome) for outcome in summary.outcomes],
        "duplicates": summary.duplicates,
        "rows": dict(summary.rows),
        "values": values,
        "corrections": summary.unapplied,
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def print_preview(found: Sequence[Preview]) -> None:
    """What a run would read, for a person."""
    rows = [
        (
            one.name,
            one.media_type,
            f"{one.page_count:,}",
            ", ".join(one.layouts),
            _year(one),
            f"{one.code}: {one.message}" if one.code else "",
        )
        for one in found
    ]
    console().print(table("Would be read", ("document", "kind of file", "pages", "layouts", "year", "but"), rows, [2]))


def _year(one: Preview) -> str:
    return "" if one.fiscal_year is None else str(one.fiscal_year)


def preview_json(found: Sequence[Preview]) -> str:
    """The same for a program: a list with an object for each document."""
    return json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1)
