"""Regional reports and histories through the whole way: any paper, face, producer and damage, every cell exact."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from ita_extract.model.record import DocumentResult
from ita_extract.model.source import SourceDocument
from ita_extract.pipeline import extract
from ita_extract.rulebook.load import load_rulebook
from samples.forge import Forged, Volume, forge_history, forge_regional

CHOSEN = {"indicator_name"}
"""Columns whose wording the rules choose."""
PLACED = {"agency_scores": {"province", "district"}}
"""Columns that the registry fills, from more than the page says."""


def read(forged: Forged) -> DocumentResult:
    return extract(SourceDocument.of(forged.pdf, "a.pdf", "application/pdf"), load_rulebook())


def value(printed: Any) -> str:
    return f"{printed:.2f}" if isinstance(printed, Decimal) else str(printed)


def check(forged: Forged, document_type: str) -> None:
    """Every expected row once and no other, no reject, every row of every table accounted for, a place for every record."""
    result = read(forged)
    assert result.document.document_type == document_type
    assert [(one.reason, one.raw_text) for one in result.rejects] == []
    assert [(one.identity, one.subject, one.observed) for one in result.checks if one.outcome == "fails"] == []
    assert {record.dataset for record in result.records} == set(forged.expected)
    for dataset, expected in forged.expected.items():
        columns = [name for name in expected[0] if name not in CHOSEN | PLACED.get(dataset, set())]
        wanted = Counter(tuple(value(row[name]) for name in columns) for row in expected)
        got = Counter(
            tuple(value(getattr(record, name)) for name in columns) for record in result.records if record.dataset == dataset
        )
        assert list((wanted - got).elements()) == [], "rows that are missing"
        assert list((got - wanted).elements()) == [], "rows that no one expects"
    assert all(getattr(record, "bbox", True) for record in result.records)


def seeds(fast: int, all_of_them: int) -> list[Any]:
    """Some, and more of the same for the slow tests."""
    return [pytest.param(seed, marks=[pytest.mark.slow] * (seed >= fast)) for seed in range(all_of_them)]


@pytest.mark.parametrize("seed", seeds(3, 14))
def test_a_volume_of_any_kind(seed: int) -> None:
    check(forge_regional(seed), "regional_report")


RARER = ("am_for_aa", "spaced", "fffd", "fffd_after", "split_am", "pua", "tone_first")


@pytest.mark.parametrize("damage", ["lost_am", "carried", *(pytest.param(damage, marks=pytest.mark.slow) for damage in RARER)])
def test_a_damaged_volume(damage: str) -> None:
    check(forge_regional(damage, provinces=2, damage=damage, volume=Volume()), "regional_report")


@pytest.mark.parametrize(
    ("damage", "grouped"),
    [
        ("clean", True),
        ("clean", False),
        ("fffd", True),
        *(pytest.param(damage, False, marks=pytest.mark.slow) for damage in ("fffd", "word_2007")),
        pytest.param("word_2007", True, marks=pytest.mark.slow),
        *(pytest.param("am_for_aa", grouped, marks=pytest.mark.slow) for grouped in (True, False)),
    ],
)
def test_turned_heads_whose_marks_stand_before_their_letters(damage: str, grouped: bool) -> None:
    volume = Volume(tables=("agencies", "pairs"), backwards=True, grouped=grouped)
    check(forge_regional(f"backwards/{damage}", provinces=2, agencies=8, damage=damage, volume=volume), "regional_report")


def test_a_volume_of_the_older_grades_and_of_the_newer() -> None:
    for year in (2564, 2568):
        check(forge_regional(year, year=year, provinces=2, agencies=10, damage="clean", volume=Volume()), "regional_report")


@pytest.mark.parametrize("seed", seeds(10, 24))
def test_a_history_of_any_kind(seed: int) -> None:
    check(forge_history(seed), "agency_history")


def test_a_report_as_text_with_tabs() -> None:
    """What a text recogniser leaves: cells parted by tabs, empty where they were merged."""
    header = ["หน่วยงาน", *(f"ตัวชี้วัดที่ {no}" for no in range(1, 11)), *("IIT", "EIT", "OIT"), "คะแนน ITA", "ระดับ"]
    row = ["เทศบาลตำบลเวียงสา", *["๘๐.๐๐"] * 5, *["90.00"] * 3, *["๑๐๐.๐๐"] * 2, "24.00", "27.00", "40.00", "91.00", "A"]
    caption = "ตารางที่ 7 ผลการประเมิน ITA ประจำปีงบประมาณ พ.ศ. ๒๕๖๔ ของหน่วยงานภายในจังหวัดน่าน"
    text = "\n".join([caption, "", "\t".join(header), "\t".join(row), "\t".join(["จังหวัดน่าน", *row[1:]]), ""])
    result = extract(SourceDocument.of(text.encode(), "a.txt", "text/plain"), load_rulebook())
    assert result.document.document_type == "regional_report"
    assert result.rejects == ()
    assert Counter(record.dataset for record in result.records) == {
        "agency_scores": 2,
        "indicator_scores": 20,
        "instrument_scores": 6,
    }
    parts = [record for record in result.records if record.dataset == "instrument_scores"]
    assert [value(one.score) for one in parts[:3]] == ["80.00", "90.00", "100.00"]
