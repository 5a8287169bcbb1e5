"""The text engine: the right letters, pages and marks, or a refusal that says what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.engines.text import decode, read
from ita_extract.errors import DocumentError
from ita_extract.model.source import SourceDocument

THAI = "ประกาศผลการประเมินคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ\nจังหวัดลำพูน\t90.35\t87.96\tA\tผ่าน\n"


def pages(data: bytes) -> list[tuple[int, str, str]]:
    return [(page.number, page.text, page.markup) for page in read(SourceDocument.of(data, "x.txt", "text/plain"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp874", "tis-620"])
def test_encodings(encoding: str) -> None:
    assert pages(THAI.encode(encoding)) == [(1, THAI, "plain")]


@pytest.mark.parametrize(
    "data",
    [
        THAI.encode()[:100] + b"\xff" + THAI.encode()[100:],  # one bad byte in UTF-8
        THAI.encode()[:-50][:101],  # cut inside a character
        "Le rapport de l'année précédente a été présenté à l'assemblée générale".encode("latin-1"),
        "Годовой отчёт".encode("cp1251"),
        b"\x7fELF\x02\x01\x01\x00\x00",
        b"\xff\xfe\x00\xd8",
        "ลำพูน".encode("utf-16-le"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        pages(data)
    assert caught.value.code == "MALFORMED"
    assert "byte" in caught.value.detail


@pytest.mark.parametrize("data", [b"", b" \n\t\f\r\n", b"\xef\xbb\xbf", "\n".encode("utf-16")])
def test_nothing_is_empty(data: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        pages(data)
    assert caught.value.code == "EMPTY"


def test_form_feeds_part_pages_and_an_empty_page_keeps_its_number() -> None:
    assert pages("ก\f\fค\f\n".encode()) == [(1, "ก", "plain"), (2, "", "plain"), (3, "ค", "plain")]


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("คะแนน <85 และ # 5 และ a | b", "plain"),
        ("ก\tข\n--\t--\n", "plain"),
        ("คำ\n## หัวข้อ", "markdown"),
        ("|ก|ข|\n|---|---|", "markdown"),
        ("ก | ข\n--- | ---", "markdown"),
        ("ก\t<p>ข</p>", "markdown"),
        ("<table><tr><td>ก</td></tr></table>", "markdown"),
        ("\n<!-- saved -->\n<HTML lang=th><body>ก", "html"),
        ("<?xml version='1.0'?><!DOCTYPE html><html>", "html"),
    ],
)
def test_markup_is_judged_by_content(text: str, markup: str) -> None:
    assert pages(text.encode())[0][2] == markup


def test_one_document_has_one_markup() -> None:
    assert [page[2] for page in pages("# ก\fข".encode())] == ["markdown", "markdown"]


def test_only_form_feeds_inside_pre_part_the_pages_of_html() -> None:
    text = "<html><body>\f<pre>หนึ่ง\fสอง\f</pre></body></html>"
    assert [page[1] for page in pages(text.encode())] == ["<html><body> <pre>หนึ่ง", "<pre>สอง", "<pre></pre></body></html>"]


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc",), exclude_characters="\ufeff")))
def test_utf8_round_trip(text: str) -> None:
    assert decode(text.encode()) == text


@given(st.binary(max_size=200))
def test_any_bytes_are_pages_or_a_document_error(data: bytes) -> None:
    try:
        assert pages(data)
    except DocumentError as error:
        assert error.code in ("EMPTY", "MALFORMED")
