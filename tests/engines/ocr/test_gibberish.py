"""Pages that look perfect and say "\\x01-\\x03": only repair shows that nobody can read their text layer, and then OCR does."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import pikepdf
import pytest

from ita_extract import spread
from ita_extract.engines import ocr
from ita_extract.model.record import AgencyScore
from ita_extract.model.source import SourceDocument
from ita_extract.pipeline import extract
from ita_extract.reader import read_one
from ita_extract.rulebook.load import load_rulebook
from samples.forge import Layout, Sheet, Style, forge_announcement
from samples.forge.agencies import TAMBON
from tests.run.test_spread import drive, task_of

from .scans import needs_tesseract


@cache
def announcement() -> bytes:
    style = Style(size=14.0)
    layout = Layout(Sheet(), style, summaries=False)
    return forge_announcement(4, year=2564, types=[TAMBON], rows_per_type=6, damage="clean", layout=layout).pdf


def without_maps(data: bytes, pages: range) -> bytes:
    """The document whose fonts of some pages (from 0) have lost their maps to Unicode; each page has fonts of its own then."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for number in pages:
            resources = pikepdf.Dictionary(pdf.pages[number].Resources)
            resources.Font = pikepdf.Dictionary({name: pikepdf.Dictionary(font) for name, font in resources.Font.items()})
            for font in resources.Font.values():
                del font["/ToUnicode"]
            pdf.pages[number].Resources = resources
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def read(data: bytes, engine: str = "auto") -> tuple[str, str | None, int, list[tuple[object, ...]]]:
    """Status, code, pages that OCR read, and agency, year and score of every row."""
    result = extract(SourceDocument.of(data, "a.pdf", "application/pdf"), load_rulebook(), engine)
    rows = [(one.agency_id, one.fiscal_year, one.score) for one in result.records if isinstance(one, AgencyScore)]
    return result.document.status, result.document.error_code, result.document.ocr_page_count, rows


def test_without_ocr_the_pages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "missing", lambda: "nothing is installed")
    data = without_maps(announcement(), range(2))
    assert read(data)[:3] == ("unreadable", "NO_TEXT", 0)
    assert read(without_maps(announcement(), range(1, 2)))[:3] == ("partial", "PAGES_NEED_OCR", 0)


def test_an_engine_that_was_asked_for_by_name_reads_alone() -> None:
    assert read(without_maps(announcement(), range(1, 2)), "pdfium")[:3] == ("partial", "PAGES_NEED_OCR", 0)


@pytest.mark.slow
@needs_tesseract
@pytest.mark.parametrize("pages", [range(2), range(1, 2)], ids=["all", "one"])
def test_ocr_reads_them_by_itself(pages: range) -> None:
    want = read(announcement())
    assert want[:3] == ("parsed", None, 0)
    assert len(want[3]) == 12
    assert read(without_maps(announcement(), pages)) == ("parsed", None, len(pages), want[3])


@pytest.mark.slow
@needs_tesseract
def test_in_ranges_or_whole_the_same_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "PAGES", 1)
    path = tmp_path / "a.pdf"
    path.write_bytes(without_maps(announcement(), range(1, 2)))
    done, steps = drive(task_of(path), 2)
    assert isinstance(steps[-1], type(task_of(path)))
    assert done == read_one(task_of(path, whole=True))
