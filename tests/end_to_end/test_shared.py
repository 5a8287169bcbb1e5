"""The documents that the founders made or found, against their truth. Skipped where they are not beside the project."""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import sys
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner

from ita_extract.cli import main
from ita_extract.contents import read_contents
from ita_extract.model.record import AgencyScore, DocumentResult, GradeCount, IndicatorScore, TypeSummary
from ita_extract.model.source import SourceDocument
from ita_extract.pipeline import extract
from ita_extract.printing import find_tables
from ita_extract.rulebook.load import load_rulebook

FORGED = ("clean", "split_am", "pua", "words_2567", "cropped", "sideways", "row_rules", "no_rules")


def read(path: Path, media_type: str = "application/pdf") -> DocumentResult:
    return extract(SourceDocument.of(path.read_bytes(), path.name, media_type), load_rulebook())


def rows_of(result: DocumentResult, dataset: str) -> list[dict[str, Any]]:
    return [{f.name: getattr(r, f.name) for f in fields(r)} for r in result.records if r.dataset == dataset]


@pytest.fixture(scope="session")
def score(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", shared / "tools" / "score.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["score"] = module
    spec.loader.exec_module(module)
    return module


def assert_exact(result: DocumentResult, truth: dict[str, Any], score: ModuleType) -> None:
    for dataset, (want, key, columns) in score.expected(truth).items():
        right, cells, missing, extra = score.compare(want, rows_of(result, dataset), key, columns, 3)
        assert (right, missing, extra) == (cells, 0, 0), dataset
    assert not result.rejects
    assert [check for check in result.checks if check.outcome != "holds" and check.identity != "agency_name"] == []


@pytest.mark.parametrize("damage", FORGED)
def test_forged_announcements_are_exact(damage: str, shared: Path, score: ModuleType) -> None:
    folder = shared / "pdf" / "forged"
    truth = json.loads((folder / "gold.json").read_text(encoding="utf-8"))[f"announcement_{damage}"]
    assert_exact(read(folder / f"announcement_{damage}.pdf"), truth, score)


@pytest.mark.parametrize("damage", ["clean", "split_am"])
def test_forged_agency_reports_are_exact(damage: str, shared: Path, score: ModuleType) -> None:
    folder = shared / "pdf" / "forged"
    truth = json.loads((folder / "gold.json").read_text(encoding="utf-8"))[f"agency_report_{damage}"]
    assert_exact(read(folder / f"agency_report_{damage}.pdf"), truth, score)


@pytest.mark.slow
def test_the_national_announcement_is_exact(shared: Path, score: ModuleType) -> None:
    folder = shared / "pdf" / "national"
    truth = json.loads((folder / "announcement_national.json").read_text(encoding="utf-8"))["announcement_national"]
    assert_exact(read(folder / "announcement_national.pdf"), truth, score)


@pytest.mark.slow
def test_every_cell_of_a_table_of_8303_rows(shared: Path) -> None:
    path = shared / "pdf" / "national" / "grid_libreoffice.pdf"
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["rows"]
    done = CliRunner().invoke(main, ["tables", str(path), "--format", "csv"])
    assert done.exit_code == 0
    got = {row[0]: row for row in csv.reader(done.stdout.splitlines()) if row and row[0].isdigit()}
    assert len(got) == len(truth) == 8303
    bare = re.compile(r"\s+")
    wrong = [(want, got[want[0]]) for want in truth if [bare.sub("", c) for c in want] != [bare.sub("", c) for c in got[want[0]]]]
    assert wrong == []


@pytest.fixture(scope="session")
def bundle(shared: Path) -> DocumentResult:
    return read(shared / "seeds" / "003.txt", "text/plain")


def table(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "gold" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def thai_only(name: str) -> str:
    """A name without letters of other scripts: OCR put Arabic letters into one, which the repair turns back into Thai."""
    return re.sub("[^\u0e00-\u0e7f]+", "", name.replace("สาม", "ส"))


def test_the_ranking_rows_of_the_bundle(bundle: DocumentResult, shared: Path) -> None:
    scores = [r for r in bundle.records if isinstance(r, AgencyScore) and r.row_no is not None]
    now = {(r.agency_type, r.row_no): r for r in scores if r.is_current_year}
    before = {(r.agency_type, r.row_no): r for r in scores if not r.is_current_year}
    wanted = table(shared, "ranking_raw.csv")
    assert len(wanted) == len(now) == 241
    for want in wanted:
        row = now[want["type"], int(want["no"])]
        earlier = before.get((want["type"], int(want["no"])))
        assert thai_only(row.agency_name_printed) == thai_only(want["agency"])
        assert (row.fiscal_year, row.score_printed, row.grade) == (2563, want["score_2563"], want["grade"])
        assert row.target_passed is (want["target"] == "ผ่าน")
        assert (earlier.score_printed if earlier else "-") == want["score_2562"]
        if want["province"]:
            assert row.province == want["province"]
        if want["district"]:
            assert row.district == {"ลิ้น": "ลี้"}.get(want["district"], want["district"])  # OCR misread it in three rows


def test_the_summaries_of_the_bundle(bundle: DocumentResult, shared: Path) -> None:
    summaries = {r.agency_type: r for r in bundle.records if isinstance(r, TypeSummary)}
    of_types = (r for r in bundle.records if isinstance(r, IndicatorScore) and r.subject == "agency_type")
    means = {(r.agency_type, r.indicator_no): r.score for r in of_types}
    grades = {(r.agency_type, r.grade): r for r in bundle.records if isinstance(r, GradeCount)}
    wanted = table(shared, "category_summary.csv")
    assert (len(wanted), len(summaries), len(means)) == (5, 5, 50)

    def number(text: str) -> Decimal:
        return Decimal(text.replace(",", "").rstrip("%"))

    for want in wanted:
        got = summaries[want["type"]]
        assert got.agency_count == number(want["agencies"])
        assert (got.staff_respondent_count, got.external_respondent_count) == (
            number(want["staff_respondents"]),
            number(want["client_respondents"]),
        )
        assert got.mean_score == number(want["average_overall"])
        assert (got.passed_count, got.failed_count) == (number(want["n_pass"]), number(want["n_notpass"]))
        assert (got.passed_share, got.failed_share) == (number(want["pct_pass"]), number(want["pct_notpass"]))
        assert [means[want["type"], no] for no in range(1, 11)] == [number(want[f"ind{no}"]) for no in range(1, 11)]
        for grade in ("AA", "A", "B", "C", "D", "E", "F"):
            count = grades[want["type"], grade]
            assert (count.agency_count, count.share) == (number(want[f"n_{grade}"]), number(want[f"pct_{grade}"]))


@pytest.mark.parametrize("name", ["gazette_distiller_10", "gazette_itext_a", "gazette_itext_b", "notice_word_2007"])
def test_regulations_and_notices_have_no_table(name: str, shared: Path) -> None:
    """Justified prose with numbered sections: "(๗)", "มอบหมาย" and "ข้อ ๘ กองกฎหมาย" below each other once made fourteen tables."""
    data = (shared / "pdf" / "real" / f"{name}.pdf").read_bytes()
    assert find_tables(read_contents(SourceDocument.of(data, name, "application/pdf")).pages) == []
