"""Plans and reports on measures through the whole way, as PDF and as the text that other tools leave of one: every cell exact."""

from __future__ import annotations

from typing import Any

import pytest

from ita_extract.model.record import DocumentResult, Measure
from ita_extract.model.source import SourceDocument
from ita_extract.pipeline import extract
from ita_extract.rulebook.load import load_rulebook
from samples.forge import forge_measures
from samples.forge.dice import Dice
from samples.forge.measures_text import FORMS, REPORT, Form, Written, write_measures

MEDIA = {".txt": "text/plain", ".html": "text/html"}


def read(data: bytes, name: str, media_type: str) -> DocumentResult:
    return extract(SourceDocument.of(data, name, media_type), load_rulebook())


def read_text(written: Written) -> DocumentResult:
    return read(written.text.encode(), f"a{written.suffix}", MEDIA[written.suffix])


def bare(value: Any) -> Any:
    """A text without white space: a line that breaks between two words says no more than that they follow each other."""
    if isinstance(value, str):
        return "".join(value.split())
    return tuple(map(bare, value)) if isinstance(value, tuple) else value


def told(result: DocumentResult, fields: list[str]) -> list[dict[str, Any]]:
    found = [one for one in result.records if isinstance(one, Measure)]
    return [{name: bare(getattr(one, name)) for name in fields} for one in found]


UNSURE = {".txt": 1}
"""A text layer without geometry may leave a row's cells in doubt: then the row is a reject with its text, never a guess."""


def check(written: Written) -> None:
    result = read_text(written)
    assert result.document.document_type == written.document_type
    expected = [{name: bare(value) for name, value in row.items()} for row in written.expected]
    unsure = [reject for reject in result.rejects if reject.reason == "CELLS_UNSURE"]
    assert list(result.rejects) == unsure[: UNSURE.get(written.suffix, 0)]
    found = told(result, list(written.expected[0]))
    assert len(found) == len(expected) - len(unsure)
    if unsure:  # a row that is not there is not counted either
        found, expected = [row | {"seq": 0} for row in found], [row | {"seq": 0} for row in expected]
    left = iter(expected)
    assert all(any(row == other for other in left) for row in found)  # in order, each exact; what is unsure is not among them
    assert [one.subject for one in result.checks if one.outcome == "fails"] == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("numbered", [True, False])
def test_the_same_document_in_every_form_of_text(form: Form, seed: int, numbered: bool) -> None:
    check(write_measures(seed, form, numbered=numbered))


def in_any_order(seed: int, form: Form) -> Written:
    order = Dice(f"order/{seed}").sample("columns", (*REPORT, "follow_up"), len(REPORT) + 1)
    return write_measures(seed, form, kind="measures_report", columns=order)


@pytest.mark.parametrize("form", ["tabs", "pipes", "html"])
@pytest.mark.parametrize("seed", range(5))
def test_columns_in_any_order(form: Form, seed: int) -> None:
    check(in_any_order(seed, form))


@pytest.mark.parametrize("seed", range(5))
def test_a_text_layer_in_an_unusual_order_is_read_or_told_to_be_unsure(seed: int) -> None:
    """With the numbers of the rows in the middle of them and pages that end anywhere, a row may be unsure; none may be wrong."""
    written = in_any_order(seed, "layer")
    result = read_text(written)
    fields = [name for name in written.expected[0] if name != "seq"]
    expected = [{name: bare(row[name]) for name in fields} for row in written.expected]
    got = told(result, fields)
    assert [row for row in got if row not in expected] == []
    assert len(got) == len(expected) or {one.reason for one in result.rejects} == {"CELLS_UNSURE"}
    assert len(got) * 2 > len(expected)


def test_the_same_rows_over_pages_of_a_text_layer_know_where_they_end() -> None:
    """Form feeds are pages; some seed breaks a row over one."""
    results = [read_text(write_measures(seed, "layer", kind="measures_report", count=8)) for seed in range(6)]
    found = [one for result in results for one in result.records if isinstance(one, Measure)]
    assert all(1 <= one.page <= one.page_end for one in found)
    assert any(one.page < one.page_end for one in found)
    assert max(one.page for one in found) > 1


@pytest.mark.parametrize("damage", ["clean", "split_am"])
@pytest.mark.parametrize("seed", range(4))
def test_reports_as_pdf(seed: int, damage: str) -> None:
    """Any paper, size, border; rows parted by the end of a page, in one cell or in all."""
    forged = forge_measures(seed, damage=damage)
    result = read(forged.pdf, "a.pdf", "application/pdf")
    fields = list(forged.expected["measures"][0])
    found = [one for one in result.records if isinstance(one, Measure)]
    got = [{name: "\n".join(v) if isinstance(v := getattr(one, name), tuple) else v for name in fields} for one in found]
    assert [{k: bare(v) for k, v in row.items()} for row in got] == [
        {k: bare(v) for k, v in row.items()} for row in forged.expected["measures"]
    ]
    assert all(one.bbox is not None for one in found)
    assert result.document.document_type == "measures_report"
    assert [one.identity for one in result.checks if one.outcome == "fails"] == []
