"""Forged reports of agencies of every kind and year through the whole way from PDF to records: every row and every cell exact."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ita_extract.model.record import DocumentResult
from ita_extract.model.source import SourceDocument
from ita_extract.pipeline import extract
from ita_extract.rulebook.load import load_rulebook
from ita_extract.rulebook.wording import skeleton
from samples.forge import DAMAGES, Forged, Layout, Manner, Style, forge_agency_report
from samples.forge.agency_report import ABOVE

NORMALIZED = {"indicator_name"}
"""Columns whose wording the rules choose; the truth has it as printed."""


def read(forged: Forged) -> DocumentResult:
    return extract(SourceDocument.of(forged.pdf, "report.pdf", "application/pdf"), load_rulebook())


def plain(value: Any, marks: bool = True) -> Any:
    """A text without white space (whether a space stood at the end of a line is not on the page), a score as printed."""
    if isinstance(value, str):
        return "".join(value.split()) if marks else skeleton(value)
    return f"{value:.2f}" if isinstance(value, Decimal) else value


def assert_exact(forged: Forged, *, marks: bool = True) -> None:
    result = read(forged)
    assert (result.document.document_type, result.document.status, result.rejects) == ("agency_report", "parsed", ())
    for dataset, wanted in forged.expected.items():
        columns = [name for name in wanted[0] if name not in NORMALIZED]
        found = [record for record in result.records if record.dataset == dataset]
        got = [tuple(plain(getattr(record, name), marks) for name in columns) for record in found]
        assert sorted(got, key=str) == sorted((tuple(plain(row[name], marks) for name in columns) for row in wanted), key=str), (
            dataset
        )
    assert len(result.records) == sum(map(len, forged.expected.values()))
    assert [check for check in result.checks if check.outcome == "fails"] == []


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))])
def test_any_report_is_exact(seed: int) -> None:
    assert_exact(forge_agency_report(seed))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4, 60))
def test_many_reports_are_exact(seed: int) -> None:
    assert_exact(forge_agency_report(seed))


@pytest.mark.parametrize("above", ["row", *(pytest.param(above, marks=pytest.mark.slow) for above in ABOVE if above != "row")])
def test_every_way_of_printing_a_question(above: Any) -> None:
    manner = Manner(above=above, misread=True, doubled_head=above == "row", people=False)
    assert_exact(forge_agency_report(f"above {above}", year=2565, damage="split_am", digits="arabic", style=manner, questions=2))


@pytest.mark.parametrize("year", [2563, 2568, *(pytest.param(year, marks=pytest.mark.slow) for year in (2564, 2566))])
def test_every_year(year: int) -> None:
    manner = Manner(groups=year == 2566, total_column=year == 2568)
    assert_exact(forge_agency_report(year, year=year, damage="clean", style=manner, questions=1))


@pytest.mark.slow
@pytest.mark.parametrize("damage", [name for name, damage in DAMAGES.items() if not damage.mojibake])
def test_every_damage(damage: str) -> None:
    """Whether every mark is put back into running text is for the tests of repair; here headings must be known all the same."""
    assert_exact(forge_agency_report("damage", year=2566, damage=damage, questions=1), marks=False)


def test_questions_and_items_that_break_over_pages() -> None:
    style = Style(12, "strokes", split_rows=True, repeat_head=True)
    assert_exact(forge_agency_report("breaks", damage="clean", layout=Layout(style=style, margin=60), questions=3))
    bare = Style(12, "strokes", split_rows=False, repeat_head=False)
    assert_exact(forge_agency_report("breaks", damage="clean", layout=Layout(style=bare, margin=60), questions=3))
