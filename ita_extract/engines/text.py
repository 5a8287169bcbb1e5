"""The engine for files that are text already: saved text layers and the output of OCR (`.txt`, `.md`, `.html`).

There is no geometry to read. What the engine owes the rooms behind it is the right letters (a file of 2006 is TIS-620, not UTF-8),
the pages (form feeds, as `pdftotext` and OCR tools write them) and which marks in the text are marks and not text.
"""

from __future__ import annotations

import codecs
import re
from itertools import pairwise
from typing import Literal

from ..errors import DocumentError
from ..model.page import TextPage
from ..model.source import SourceDocument

THAI = re.compile(r"[\u0e01-\u0e3a\u0e3f-\u0e5b]")
THAI_CONSONANT = re.compile(r"[\u0e01-\u0e2e]")
THAI_MARK = re.compile(r"[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
THAI_MARK_ON_THAI = re.compile(r"(?<=[\u0e01-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
THAI_RUN = re.compile(r"[\u0e01-\u0e3a\u0e3f-\u0e5b]{3,}")
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
"""A text layer has a few where a font maps nothing; a file that is full of them is no text, and NUL is in none."""
UTF8_THAI = re.compile(rb"\xe0[\xb8\xb9][\x80-\xbf]")

HTML_DOCUMENT = re.compile(
    r"\s*(?:<\?xml[^<>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*"  # what may stand before
    r"<(?:!doctype\s+html|(?:html|head|body|meta|title)\b)",
    re.I | re.S,
)
MARKDOWN = re.compile(
    r"^[ ]{0,3}#{1,6}[ ]+\S"  # a heading
    r"|^[ ]{0,3}(?:[-*][ ]+)?\|?[ ]*:?-{2,}:?[ ]*\|[ :|-]*$"  # the rule under the head of a pipe table
    r"|</(?:p|b|i|u|em|strong|li|ol|ul|div|span|td|th|tr|table|sup|sub)[ ]*>|<br[ ]*/?>",  # what OCR writes inside cells
    re.I | re.M,
)
PRE_TAG = re.compile(r"<(/?)pre\b[^<>]*>", re.I)


def read(source: SourceDocument) -> tuple[TextPage, ...]:
    """The pages of a text file, in order, numbered from 1 by the form feeds between them.

    Raises `DocumentError`: EMPTY where there is nothing but blanks, MALFORMED where the bytes are no text in a known encoding.

    >>> pages = read(SourceDocument.of("หน้าแรก\\fหน้าสอง\\f".encode(), "a.txt", "text/plain"))
    >>> [(page.number, page.text, page.markup) for page in pages]
    [(1, 'หน้าแรก', 'plain'), (2, 'หน้าสอง', 'plain')]
    """
    text = decode(source.data)
    if not text.strip():
        raise DocumentError("EMPTY", "the file holds no text")
    markup = markup_of(text)
    parts = _split_html(text) if markup == "html" else text.split("\f")
    if len(parts) > 1 and not parts[-1].strip():
        parts.pop()  # pdftotext ends every page with a form feed, the last one too
    return tuple(TextPage(number, part, markup) for number, part in enumerate(parts, 1))


def decode(data: bytes) -> str:
    """The text that the bytes hold: UTF-8, UTF-16 with its mark, or TIS-620 / Windows-874 where that gives Thai.

    Almost every byte above 0xA0 is some Thai letter in TIS-620, so anything at all "decodes": a damaged UTF-8 file comes out as
    "เธเธฒเธฃ" and a French one as Thai letters sprinkled over Latin words. Both are refused here, because letters that nobody
    wrote would pass every later room as text.

    >>> decode("ลำพูน".encode("cp874"))
    'ลำพูน'
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise DocumentError("MALFORMED", f"not the UTF-16 it says it is: byte {error.start:,}, {error.reason}") from error
    controls = CONTROLS.findall(data)
    if b"\0" in controls or 10 * len(controls) > len(data):
        first = data.index(controls[0])
        raise DocumentError(
            "MALFORMED", f"the file is no text: byte {first:,} is {data[first]:#04x} (UTF-16 needs a byte order mark)"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if (text := _decode_thai(data)) is not None:
            return text
        line = data[: error.start].count(b"\n") + 1
        detail = f"neither UTF-8 (line {line:,}, byte {error.start:,}: {error.reason}) nor Thai in TIS-620; save the file as UTF-8"
        raise DocumentError("MALFORMED", detail) from error


def _decode_thai(data: bytes) -> str | None:
    try:
        text = data.decode("cp874")
    except UnicodeDecodeError:
        return None
    thai = len(THAI.findall(text))
    foreign = sum(1 for char in text if char > "\x7f") - thai
    marks = len(THAI_MARK.findall(text))
    plausible = (
        thai > 0
        and 10 * foreign <= thai
        and 6 * len(UTF8_THAI.findall(data)) < thai  # else most of it is UTF-8 after all, with a bad byte somewhere
        and 10 * sum(len(run) for run in THAI_RUN.findall(text)) >= 7 * thai
        and 10 * len(THAI_CONSONANT.findall(text)) >= 4 * thai
        and 10 * len(THAI_MARK_ON_THAI.findall(text)) >= 9 * marks
    )
    return text if plausible else None


def markup_of(text: str) -> Literal["plain", "markdown", "html"]:
    """Which marks the text holds, judged by its content: names lie, and `.txt` is what every tool writes.

    >>> markup_of("<!DOCTYPE html><p>x"), markup_of("# หัวข้อ"), markup_of("ที่\\tหน่วยงาน")
    ('html', 'markdown', 'plain')
    """
    if HTML_DOCUMENT.match(text):
        return "html"
    return "markdown" if MARKDOWN.search(text) else "plain"


def _split_html(text: str) -> list[str]:
    """Pages of an HTML file: only a form feed inside `<pre>` parts pages (`pdftotext -htmlmeta`); elsewhere it is a blank."""
    parts = text.split("\f")
    pages, is_open = [parts[0]], False
    for before, part in pairwise(parts):
        for tag in PRE_TAG.finditer(before):
            is_open = not tag[1]
        if is_open:
            pages.append("<pre>" + part)
        else:
            pages[-1] += " " + part
    return pages
