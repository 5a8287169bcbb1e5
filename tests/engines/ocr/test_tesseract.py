"""Where OCR is not installed, that is said, with the names of what to install."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ita_extract.contents import read_contents
from ita_extract.engines.ocr import missing, settings, tesseract
from ita_extract.errors import DocumentError, UsageError
from ita_extract.job import run_documents
from ita_extract.model.source import SourceDocument

from .scans import needs_tesseract, printed


@pytest.fixture
def without_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tesseract, "FOLDERS", ())
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))


def test_missing_data_is_told_by_the_names_of_its_packages(without_data: None) -> None:
    told = missing()
    assert told is not None
    assert "tesseract-ocr-tha" in told
    assert "TESSDATA_PREFIX" in told
    assert settings() == ""


def test_a_missing_module_is_told_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract, "find_spec", lambda module: None if module == "tesserocr" else object())
    told = missing()
    assert told is not None
    assert "tesserocr" in told
    assert "opencv" not in told
    assert "ita-extract[ocr]" in told


def test_data_is_found_where_the_variable_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tesseract, "FOLDERS", ())
    (tmp_path / "tessdata").mkdir()
    for language in ("tha", "eng"):
        (tmp_path / "tessdata" / f"{language}.traineddata").touch()
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    assert tesseract.data_folder() == tmp_path / "tessdata"


def test_a_picture_without_ocr_is_a_document_that_says_why(without_data: None) -> None:
    with pytest.raises(DocumentError, match="tesseract-ocr-tha") as told:
        read_contents(SourceDocument.of(b"", "page.png", "image/png"))
    assert told.value.code == "NO_TEXT"


def test_asking_for_ocr_without_having_it_is_wrong_use(without_data: None, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="tesseract-ocr-tha"):
        run_documents([tmp_path], tmp_path / "out", engine="ocr")


@needs_tesseract
def test_a_line_of_thai_and_of_digits() -> None:
    assert tesseract.read_line(printed("องค์การบริหารส่วนตำบล"))[0].replace("ํา", "ำ") == "องค์การบริหารส่วนตำบล"
    text, sure = tesseract.read_line(printed("82.04"), "eng", "0123456789.")
    assert (text, sure > 0.5) == ("82.04", True)


@needs_tesseract
def test_white_is_no_text() -> None:
    assert tesseract.read_line(np.asarray(Image.new("L", (200, 60), 255)))[0] == ""
