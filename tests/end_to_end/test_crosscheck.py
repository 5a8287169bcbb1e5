"""A second opinion on doubtful pages: what only one engine sees carries a code, and the other engine can harm nothing."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Sequence

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from ita_extract import crosscheck
from ita_extract.checks.legible import OcrNeed
from ita_extract.crosscheck import Opinion, ask, doubtful_pages, explain_failure, find_disagreements
from ita_extract.errors import DocumentError
from ita_extract.model.source import SourceDocument
from ita_extract.model.table import PageContent
from ita_extract.pipeline import extract
from ita_extract.rulebook.load import load_rulebook

from .conftest import SAMPLES

TOLD = "page 1: pdfium sees no characters, pdfplumber sees 6 characters"


def pdf(*pages: str, matrix: Sequence[float] = (0.001, 0, 0, 0.001, 0, 0)) -> SourceDocument:
    """Pages with these operators; F1 is a font whose glyphs are drawings, set by `matrix`: pdfium sees none of no size."""
    out = pikepdf.new()
    glyph = out.make_stream(b"500 0 0 0 500 700 d1 0 0 500 700 re f")
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type3,
        FontBBox=Array([0, 0, 1000, 1000]),
        FontMatrix=Array(list(matrix)),
        CharProcs=Dictionary(a=glyph),
        Encoding=Dictionary(Type=Name.Encoding, Differences=Array([97, Name.a])),
        FirstChar=97,
        LastChar=97,
        Widths=Array([500]),
        Resources=Dictionary(),
    )
    resources = out.make_indirect(Dictionary(Font=Dictionary(F1=font)))
    for operators in pages:
        page = Dictionary(Type=Name.Page, MediaBox=Array([0, 0, 300, 200]), Resources=resources)
        page.Contents = out.make_stream(operators.encode())
        out.pages.append(pikepdf.Page(out.make_indirect(page)))
    buffer = io.BytesIO()
    out.save(buffer)
    return SourceDocument.of(buffer.getvalue(), "x.pdf", "application/pdf")


LETTERS = "BT /F1 20 Tf 50 100 Td (aaaaaa) Tj ET"
UNSEEN = pdf(LETTERS, matrix=(0, 0, 0, 0, 0, 0))


def blank(number: int = 1) -> PageContent:
    return PageContent(number, ())


def test_a_page_that_only_the_other_engine_reads_is_never_empty() -> None:
    document = extract(UNSEEN, load_rulebook()).document
    assert (document.status, document.error_code, document.error_message) == ("unreadable", "ENGINE_DISAGREE", TOLD)


def test_a_blank_page_is_blank_to_both() -> None:
    assert extract(pdf("q Q"), load_rulebook()).document.error_code == "EMPTY"


def test_the_other_engine_is_asked_about_doubtful_pages_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, ...]] = []

    def note(source: SourceDocument, engine_name: str, pages: Sequence[int]) -> Opinion:
        asked.append(tuple(pages))
        return Opinion(2, {})

    monkeypatch.setattr(crosscheck, "ask", note)
    good = PageContent(1, (), (), 10, 10)
    assert find_disagreements(UNSEEN, "pdfium", [good, PageContent(2, (), (), 7, 7)], []) == ()
    assert asked == []
    assert find_disagreements(UNSEEN, "pdfium", [good, blank(2)], []) == ()
    assert asked == [(2,)]


def test_doubtful_are_unexplained_blanks_and_pages_that_lost_characters() -> None:
    pages = [blank(1), blank(2), blank(3), PageContent(4, (), (), 9, 8), PageContent(5, (), (), 9, 9)]
    needs = [OcrNeed(2, "picture"), OcrNeed(3, "drawn")]
    assert doubtful_pages(pages, needs) == (1, 3, 4)
    assert doubtful_pages(pages, needs, ocr_pages=[4]) == (1, 3)


@pytest.mark.parametrize(
    ("seen", "other", "told"),
    [
        (0, Opinion(1, {1: 120}), "page 1: pdfium sees no characters, pdfplumber sees 120 characters"),
        (0, Opinion(1, {1: 4}), ""),  # a stray dot is no text
        (0, Opinion(2, {1: 0}), "pdfium finds 1 page, pdfplumber 2 pages"),
        (30, Opinion(1, {}), "page 1: pdfium sees 30 characters, pdfplumber has no such page"),
        (30, Opinion(1, {1: 28}), ""),
        (30, None, ""),
    ],
)
def test_what_counts_as_a_disagreement(monkeypatch: pytest.MonkeyPatch, seen: int, other: Opinion | None, told: str) -> None:
    monkeypatch.setattr(crosscheck, "ask", lambda *_: other)
    found = find_disagreements(UNSEEN, "pdfium", [PageContent(1, (), (), seen, seen - 1 if seen else 0)], [])
    assert crosscheck.tell_disagreements(found) == told


def test_an_engine_that_takes_too_long_has_no_opinion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crosscheck, "PATIENCE", 0.01)
    assert ask(UNSEEN, "pdfium", [1]) is None


def test_an_engine_that_cannot_read_the_bytes_has_no_opinion() -> None:
    assert ask(SourceDocument.of(b"%PDF-1.7\nnothing more", "x.pdf", "application/pdf"), "pdfium", [1]) is None


def test_ask_works_from_any_folder(tmp_path: os.PathLike[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert ask(UNSEEN, "pdfium", [1, 2]) == Opinion(1, {1: 6})
    assert ask(UNSEEN, "pdfplumber", [1]) == Opinion(1, {1: 0})


def test_a_failure_of_one_engine_is_told_where_the_other_reads_on() -> None:
    error = DocumentError("MALFORMED", "page 1 cannot be loaded")
    told = explain_failure(pdf(LETTERS), "pdfium", error)
    assert told.code == "ENGINE_DISAGREE"
    assert re.search(r"pdfplumber 1 page\b.*page 1 cannot be loaded", told.detail)


@pytest.mark.parametrize("code", ["ENCRYPTED", "NOT_PDF", "LIMIT_PAGE"])
def test_other_failures_are_the_same_to_both(code: str) -> None:
    error = DocumentError(code)
    assert explain_failure(pdf(LETTERS), "pdfium", error) is error


def test_a_good_document_pays_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crosscheck, "ask", lambda *_: pytest.fail("the other engine was asked about a good document"))
    data = (SAMPLES / "announcement_2563_provinces_clean.pdf").read_bytes()
    assert extract(SourceDocument.of(data, "x.pdf", "application/pdf"), load_rulebook()).document.error_code is None
