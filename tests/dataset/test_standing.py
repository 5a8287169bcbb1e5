"""What a release says of its numbers in one line, and of each contradicted one with its place."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from ita_extract.checks.conflicts import check_conflicts
from ita_extract.checks.judge import check_records
from ita_extract.dataset import publish, put, read_dataset
from ita_extract.dataset.standing import contradicted_count, contradicted_values, value_counts, values_line
from ita_extract.model.record import DocumentResult, RespondentCount
from ita_extract.rulebook.load import load_rulebook
from tests.dataset.build import FIELDS, KEY, MADE_BY, document, result, score

FRAMEWORKS = load_rulebook().frameworks


def checked(one: DocumentResult) -> DocumentResult:
    """The document with its own numbers proved, as the pipeline does it."""
    records, checks = check_records(one.records, FRAMEWORKS)
    records, conflicts = check_conflicts(records, FIELDS)
    return replace(one, records=records, checks=(*checks, *conflicts))


def announcement(year: int, **scores: str) -> DocumentResult:
    rows = [score(agency, value, year, grade="A") for agency, value in scores.items()]
    return checked(result(f"announcement {year}", *rows, document=document(file_name=f"{year}.pdf", fiscal_year=year)))


def published(folder: Path, *documents: DocumentResult) -> partial[object]:
    for one in documents:
        put(folder, one, KEY)
    publish(folder, MADE_BY)
    return partial(read_dataset, folder, as_arrow=True)


def test_a_misread_score_names_page_box_and_candidates(tmp_path: Path) -> None:
    """84.30 has no grade A: it was one of six others, if it is the score that was misread."""
    tables = published(tmp_path, announcement(2563, a="90.15", b="84.30"))
    (found,) = contradicted_values(tables)
    assert (found.file_name, found.dataset, found.record_no, found.page) == ("2563.pdf", "agency_scores", 2, 1)
    assert found.bbox == (10.0, 20.0, 30.0, 40.0)
    assert found.raw == "prints 84.30"
    six = [f"score {true}" for true in ("85.30", "86.30", "87.30", "88.30", "89.30", "94.30")]
    assert list(found.candidates) == six
    assert found.failing == ("grade_from_score", "target_from_score")
    assert str(found).startswith("2563.pdf page 1 [10, 20, 30, 40]: agency_scores/2, agency_scores: agency_type=เทศบาลตำบล")
    assert str(found).endswith(f": prints 84.30; may be {' or '.join(six)} (grade_from_score, target_from_score)")


def test_two_documents_that_differ_name_each_other(tmp_path: Path) -> None:
    report = result(
        "report", score("a", "90.51", grade="A"), document=document(file_name="report.pdf", document_type="agency_report")
    )
    tables = published(tmp_path, announcement(2563, a="90.15"), checked(report))
    found = contradicted_values(tables)
    assert [one.file_name for one in found] == ["2563.pdf", "report.pdf"]
    assert {candidate for one in found for candidate in one.candidates} <= {
        "90.15 A passed in another document",
        "90.51 A passed in another document",
    }
    assert any(one.candidates for one in found)
    assert "same_score_in_two_documents" in {identity for one in found for identity in one.failing}
    assert contradicted_count(value_counts(tables)) == 2


def test_a_dataset_without_pages_and_print_tells_its_numbers(tmp_path: Path) -> None:
    def people(attribute: str, category: str, count: int) -> RespondentCount:
        return RespondentCount(
            fiscal_year=2563,
            instrument="IIT",
            attribute=attribute,
            category=category,
            gender="male",
            count=count,
            agency_id="a",  # type: ignore[arg-type]
        )

    blocks = [
        people("age", "20-30", 10),
        people("age", "31-40", 20),
        people("education", "ปริญญาตรี", 13),
        people("education", "อื่นๆ", 14),
    ]
    tables = published(tmp_path, checked(result("report", *blocks, score("a", "90.15"))))
    found = [one for one in contradicted_values(tables) if one.dataset == "respondents"]
    assert [one.raw for one in found] == ["count 10", "count 20", "count 13", "count 14"]
    assert {one.page for one in found} == {None}


def test_the_line_counts_what_is_published_and_nothing_twice(tmp_path: Path) -> None:
    tables = published(tmp_path, announcement(2563, a="90.15", b="84.30"))
    counts = value_counts(tables)
    assert values_line(counts) == "2 values: 0 verified, 1 consistent, 0 uncovered, 0 corrected, 1 contradicted"
    assert ("national_scores", "contradicted") in counts
    assert contradicted_count(counts) == 1
    assert values_line({}) == "0 values: 0 verified, 0 consistent, 0 uncovered, 0 corrected, 0 contradicted"
