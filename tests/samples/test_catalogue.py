"""The documents under samples/: the same bytes on every run, valid, small, and damaged as their names say."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pdfplumber
import pikepdf
import pypdfium2
import pytest

from samples.forge.catalogue import DOCUMENTS
from samples.forge.ledger import COLUMNS, OPTIONAL

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"


def text_layer(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    return "\n".join(document[i].get_textpage().get_text_range() for i in range(len(document)))


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole catalogue written by another process, whose hashes are seeded otherwise."""
    folder = tmp_path_factory.mktemp("samples")
    run = [sys.executable, "-m", "samples.forge", str(folder)]
    subprocess.run(run, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "4711"}, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("stem", [pytest.param(stem, marks=[pytest.mark.slow] * (at % 8 > 0)) for at, stem in enumerate(DOCUMENTS)])
def test_a_sample_is_the_same_bytes_each_time(stem: str, rebuilt: Path) -> None:
    assert DOCUMENTS[stem]().pdf == (rebuilt / f"{stem}.pdf").read_bytes()


@pytest.mark.parametrize("stem", DOCUMENTS)
def test_a_sample_in_the_tree_is_what_the_forge_makes(stem: str, rebuilt: Path) -> None:
    """Compared unpacked, since another build of zlib packs the same stream into other bytes."""

    def streams(path: Path) -> list[bytes]:
        with pikepdf.open(path) as document:
            return sorted(o.read_bytes() for o in document.objects if isinstance(o, pikepdf.Stream) and o.get("/Type") is None)

    assert streams(SAMPLES / f"{stem}.pdf") == streams(rebuilt / f"{stem}.pdf")


def test_expected_rows_are_what_the_forge_makes(rebuilt: Path) -> None:
    made = {p.name: p.read_text(encoding="utf-8") for p in (rebuilt / "expected").iterdir()}
    kept = {p.name: p.read_text(encoding="utf-8") for p in (SAMPLES / "expected").iterdir()}
    assert made == kept


def test_only_documents_have_a_suffix_that_the_main_job_reads() -> None:
    read = {".pdf", ".txt", ".md", ".html", ".png", ".jpg", ".jpeg", ".tif", ".tiff"}
    found = {p.relative_to(SAMPLES).as_posix() for p in SAMPLES.rglob("*") if p.suffix.lower() in read}
    assert found == {f"{stem}.pdf" for stem in DOCUMENTS}


@pytest.mark.parametrize("stem", DOCUMENTS)
def test_a_sample_is_valid_and_small(stem: str) -> None:
    path = SAMPLES / f"{stem}.pdf"
    assert path.stat().st_size < 150_000
    with pikepdf.open(path) as document:
        assert document.check_pdf_syntax() == []
        pages = len(document.pages)
    assert 1 <= pages <= 6
    document = pypdfium2.PdfDocument(path)
    with pdfplumber.open(path) as other:
        for i, page in enumerate(other.pages):
            x0, top, x1, bottom = page.cropbox
            assert (x1 - x0, bottom - top) == pytest.approx(document[i].get_size(), abs=0.01)
        assert all(p.chars for p in other.pages)
    for i in range(pages):
        darkest, lightest = document[i].render(scale=0.5, grayscale=True).to_pil().getextrema()
        assert darkest < 120
        assert lightest == 255


@pytest.mark.parametrize(
    ("stem", "there", "gone"),
    [
        ("announcement_2563_provinces_clean", r"คะแนนเฉลี่ย[\s\S]*ำ", r" า|\ufffd|[\uf700-\uf8ff]"),
        ("announcement_2564_towns_split_am", r"[ก-ฮ] [\u0e48-\u0e4b]?า", "ำ"),
        ("announcement_2565_subdistricts_private_use", r"[ก-ฮ][\uf70a\uf70b]|ป\uf705", "ำ"),
        ("announcement_2563_merged_head_no_title", r"[่-๋][ิ-ื]", r"[ิ-ื][่-๋]"),
        ("announcement_2566_departments_mai_tho", r"ด้าเนินงาน|ส้านักงาน", "ำ"),
        ("announcement_2567_words_parts_mixed_digits", r"\u0e4d[\u0e48-\u0e4b]?า", "ำ"),
        ("announcement_2568_thai_digits_sideways", r"\ufffdำ", r"[^\ufffd\u0e48-\u0e4b]ำ"),
        ("agency_history_2567_private_use", r"ป\uf705|[ก-ฮ][\uf70a\uf70b]|[\uf700-\uf71a]", r"[ก-ฮ] า"),
        ("regional_report_2564_sideways_turned_heads", r"\ufffdำ", r"[^\ufffd\u0e48-\u0e4b]ำ"),
        ("measures_2567_rows_parted_split_am", r"[ก-ฮ] า", r"\ufffd"),
        ("agency_report_2567_marks_out_of_order", r"[ก-ฮ] [\u0e48-\u0e4b]?า[\s\S]*[่-๋][ิ-ื]", "ำ"),
    ],
)  # fmt: skip
def test_a_text_layer_is_damaged_as_its_name_says(stem: str, there: str, gone: str) -> None:
    text = text_layer(SAMPLES / f"{stem}.pdf")
    assert re.search(there, text)
    assert not re.search(gone, text)


def test_every_sample_has_a_damage_test() -> None:
    mark = next(m for m in test_a_text_layer_is_damaged_as_its_name_says.pytestmark if m.name == "parametrize")  # type: ignore[attr-defined]
    assert {row[0] for row in mark.args[1]} == set(DOCUMENTS)


def test_the_clean_sample_shows_every_expected_cell() -> None:
    stem = "announcement_2563_provinces_clean"
    text = re.sub(r"\s", "", text_layer(SAMPLES / f"{stem}.pdf"))
    for row in csv.DictReader(io.StringIO((SAMPLES / "expected" / f"{stem}.agency_scores.csv").read_text(encoding="utf-8"))):
        assert row["agency_name_printed"] in text
        assert row["score"] in text


@pytest.mark.parametrize("path", sorted((SAMPLES / "expected").iterdir()), ids=lambda p: p.name)
def test_expected_rows_have_the_columns_of_their_dataset(path: Path) -> None:
    stem, dataset, suffix = path.name.split(".")
    assert stem in DOCUMENTS
    assert suffix == "csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    fixed = COLUMNS[dataset]
    assert tuple(rows[0])[: len(fixed)] == fixed
    assert set(tuple(rows[0])[len(fixed) :]) <= set(OPTIONAL.get(dataset, ()))


@pytest.mark.parametrize("stem", ["announcement_2565_subdistricts_private_use", "measures_2567_rows_parted_split_am"])
def test_a_row_is_parted_by_the_end_of_a_page(stem: str) -> None:
    """The first row under a repeated head goes on without its running number."""
    with pdfplumber.open(SAMPLES / f"{stem}.pdf") as document:
        first_cells = [table[1][0] for page in document.pages for table in page.extract_tables()]
    assert "" in first_cells
