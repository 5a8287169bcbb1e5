"""Scans of printed announcements against what their text layers say, by the whole way."""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from ita_extract.contents import Contents, parts_of, read_contents
from ita_extract.engines.ocr import FolderCache, tesseract
from ita_extract.model.record import AgencyScore, DocumentResult, IndicatorScore, InstrumentScore, ProvinceScore, Record
from ita_extract.model.source import SourceDocument
from ita_extract.pipeline import extract
from ita_extract.rulebook.load import load_rulebook

from .scans import ROOT, blank, needs_tesseract, scan_of

SAMPLES = ROOT / "samples"
NUMBERS = ("score", "mean_score", "agency_count", "share", "passed_count", "failed_count", "passed_share", "failed_share")
pytestmark = needs_tesseract


def scores(result: DocumentResult) -> dict[tuple[object, ...], AgencyScore]:
    rows = [record for record in result.records if isinstance(record, AgencyScore)]
    return {(row.agency_type, row.fiscal_year, row.row_no): row for row in rows}


def key_of(record: Record) -> tuple[object, ...]:
    names = ("agency_type", "fiscal_year", "row_no", "indicator_no", "instrument", "grade", "province")
    found = () if isinstance(record, AgencyScore) else tuple(getattr(record, name, None) for name in names)
    return (record.dataset, *(found or (record.agency_type, record.fiscal_year, record.row_no)))  # type: ignore[attr-defined]


def wrongly_proved(got: DocumentResult, truth: DocumentResult) -> list[tuple[object, ...]]:
    """The numbers that are called proved or put right, and are not what is printed."""
    known = {key_of(record): record for record in truth.records}
    return [
        (key_of(record), name, getattr(record, name))
        for record in got.records
        if getattr(record, "verification", None) in ("verified", "corrected")
        for name in NUMBERS
        if (value := getattr(record, name, None)) is not None
        and (known.get(key_of(record)) is None or getattr(known[key_of(record)], name) != value)
    ]


def shares(got: DocumentResult, truth: DocumentResult) -> dict[str, float]:
    """How many of the scores, grades and targets, and agencies are right, as shares of what is printed."""
    wanted, found = scores(truth), scores(got)
    now = [key for key, row in wanted.items() if row.is_current_year]
    pairs = {key: (wanted[key], found.get(key)) for key in wanted}
    return {
        "scores": sum(row is not None and row.score == want.score for want, row in pairs.values()) / len(pairs),
        "grades": sum(row is not None and row.grade == want.grade for want, row in map(pairs.__getitem__, now)) / len(now),
        "targets": sum(row is not None and row.target_passed == want.target_passed for want, row in pairs.values()) / len(pairs),
        "agencies": sum(row is not None and row.agency_id == want.agency_id for want, row in pairs.values()) / len(pairs),
    }


def read(data: bytes, media_type: str = "application/pdf") -> DocumentResult:
    return extract(SourceDocument.of(data, "scan", media_type), load_rulebook())


@pytest.mark.parametrize(
    "sample",
    [
        pytest.param("announcement_2564_towns_split_am", marks=pytest.mark.slow),
        pytest.param("announcement_2563_provinces_clean", marks=pytest.mark.slow),
        pytest.param("announcement_2565_subdistricts_private_use", marks=pytest.mark.slow),
    ],
)
def test_a_scan_says_what_the_printed_page_says(sample: str) -> None:
    path = SAMPLES / f"{sample}.pdf"
    truth = read(path.read_bytes())
    got = read(scan_of(path, range(1, (truth.document.page_count or 0) + 1)))
    assert (got.document.engine, got.document.ocr_page_count) == ("ocr", truth.document.page_count)
    assert wrongly_proved(got, truth) == []
    found = shares(got, truth)
    assert found["scores"] >= 0.99, found
    assert found["grades"] == found["targets"] == 1.0, found
    assert found["agencies"] >= 0.98, found


@pytest.mark.slow
def test_the_scanned_announcement(request: pytest.FixtureRequest) -> None:
    folder = ROOT.parent / "shared" / "pdf" / "forged"
    if not folder.is_dir():
        pytest.skip("the shared documents are not beside the project")
    truth = read((folder / "announcement_clean.pdf").read_bytes())
    got = read((folder / "announcement_clean_scan.pdf").read_bytes())
    assert wrongly_proved(got, truth) == []
    found = shares(got, truth)
    assert found["scores"] >= 0.99, found
    assert found["grades"] == found["targets"] == 1.0, found
    assert found["agencies"] >= 0.98, found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["announcement_row_rules", "announcement_no_rules", "announcement_words_2567"])
def test_a_scan_of_narrow_columns(name: str) -> None:
    """Without upright rules; and in two of them provinces are printed over their districts, which the names have to tell."""
    path = ROOT.parent / "shared" / "pdf" / "forged" / f"{name}.pdf"
    if not path.is_file():
        pytest.skip("the shared documents are not beside the project")
    truth = read(path.read_bytes())
    got = read(scan_of(path, range(1, (truth.document.page_count or 0) + 1)))
    assert wrongly_proved(got, truth) == []
    found = shares(got, truth)
    assert found["scores"] >= 0.99, found
    assert found["grades"] == 1.0, found
    assert found["agencies"] >= 0.98, found


@pytest.mark.slow
def test_a_scan_of_a_table_with_heads_on_end() -> None:
    """A regional report: twenty numbers a row, known by heads that read upwards."""
    path = SAMPLES / "regional_report_2564_sideways_turned_heads.pdf"
    truth = read(path.read_bytes())
    got = read(scan_of(path, range(1, (truth.document.page_count or 0) + 1)))
    for kind in (IndicatorScore, InstrumentScore, ProvinceScore):
        wanted, found = (
            Counter((one.page, one.score) for one in result.records if isinstance(one, kind)) for result in (truth, got)
        )
        assert (wanted & found).total() >= 0.99 * wanted.total(), kind
        assert (found - wanted).total() == 0, kind


@pytest.mark.slow
def test_a_scanned_report_of_an_agency() -> None:
    """Its second page: items with their codes, shares, scores, and a head that is printed again under each."""
    path = ROOT.parent / "shared" / "pdf" / "forged" / "agency_report_clean.pdf"
    if not path.is_file():
        pytest.skip("the shared documents are not beside the project")
    scan = SourceDocument.of(scan_of(path, [2]), "scan.pdf", "application/pdf")
    printed = read_contents(SourceDocument.of(path.read_bytes(), "x.pdf", "application/pdf"), pages=range(2, 3))
    assert numbers(read_contents(scan)) == numbers(printed)


def numbers(contents: Contents) -> list[str]:
    """All that the cells of a document say in digits, and the codes of its items."""
    texts = [part.text for page in contents.pages for part in parts_of(page)]
    return [found for text in texts for found in re.findall(r"[IEO]?\d+(?:\.\d+)?", text)]


@pytest.mark.slow
def test_what_was_said_of_a_page_is_not_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = FolderCache(tmp_path)
    source = SourceDocument.of(scan_of(SAMPLES / "agency_history_2567_private_use.pdf", [1]), "scan.pdf", "application/pdf")
    first = read_contents(source, cache=cache)
    assert list(tmp_path.iterdir())
    monkeypatch.setattr(tesseract, "_read", lambda *_: pytest.fail("Tesseract was asked again"))
    assert read_contents(source, cache=cache) == first


def test_only_the_pages_that_need_it_are_read_by_ocr(tmp_path: Path) -> None:
    import pikepdf

    path = SAMPLES / "announcement_2564_towns_split_am.pdf"
    out = io.BytesIO()
    with pikepdf.open(path) as pdf, pikepdf.open(io.BytesIO(scan_of(path, [1]))) as scan:
        pdf.pages[0] = scan.pages[0]
        pdf.save(out)
    contents = read_contents(SourceDocument.of(out.getvalue(), "mixed.pdf", "application/pdf"))
    assert (contents.engine, contents.ocr_pages, contents.need_ocr) == ("pdfium", (1,), ())
    printed = read_contents(SourceDocument.of(path.read_bytes(), "printed.pdf", "application/pdf"))
    assert contents.pages[0] != printed.pages[0]
    assert contents.ocr_pages == (1,)
    assert [len(page.blocks) for page in contents.pages[1:]] == [len(page.blocks) for page in printed.pages[1:]]


def test_a_blank_picture_still_needs_ocr_and_is_told() -> None:
    out = io.BytesIO()
    Image.new("L", (1654, 2339), 255).save(out, "PDF", resolution=200)
    assert read(out.getvalue()).document.error_code == "NO_TEXT"
    out = io.BytesIO()
    blank().save(out, "PNG")
    assert read(out.getvalue(), "image/png").document.error_code == "NO_TEXT"
