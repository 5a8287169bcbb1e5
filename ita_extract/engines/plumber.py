"""The second engine: pdfplumber, slower and built quite differently, to compare with and to fall back on.

Its own text functions sort characters by x and so break clean Thai; only its characters and edges are used here, in the order in
which the page draws them (pdfminer keeps that order).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from ..errors import DocumentError
from ..model import trace
from ..model.page import Chars, Page
from ..model.source import SourceDocument
from .bytes import check_pdf_bytes, why_not_opened
from .reach import within_reach

name = "pdfplumber"

_CID = re.compile(r"\(cid:\d+\)")


def count_pages(source: SourceDocument) -> int:
    with _open(source) as document:
        return len(document.pages)


def read(source: SourceDocument) -> Iterator[Page]:
    """Yields every page. Raises DocumentError where the bytes are no PDF that pdfminer can open."""
    with _open(source) as document:
        for index in range(len(document.pages)):
            page = document.pages[index]
            try:
                yield _page(page, index + 1)
            except Exception as error:  # pdfminer raises whatever a broken page makes it stumble over
                raise DocumentError("MALFORMED", f"page {index + 1}: {type(error).__name__}: {error}") from error
            finally:
                page.close()


def _open(source: SourceDocument) -> Any:
    check_pdf_bytes(source.data)
    try:
        document = pdfplumber.open(io.BytesIO(source.data))
        count = len(document.pages)
    except Exception as error:
        causes = {type(error), *(type(arg) for arg in error.args)} if isinstance(error, PdfminerException) else {type(error)}
        locked = PDFPasswordIncorrect in causes
        raise why_not_opened(source.data, locked=locked, detail=f"{type(error).__name__}: {error}") from error
    if not count:
        raise DocumentError("EMPTY", "the document has no pages")
    return document


def _page(page: Any, number: int) -> Page:
    left, top, right, bottom = (float(v) for v in page.cropbox)
    chars = [char for char in page.chars if left <= char["x0"] <= right or left <= char["x1"] <= right]
    edges = np.array([[e["x0"], e["top"], e["x1"], e["bottom"]] for e in page.edges], np.float32).reshape(-1, 4)
    area = sum(max(0.0, i["x1"] - i["x0"]) * max(0.0, i["bottom"] - i["top"]) for i in page.images)
    share = min(1.0, area / max(1.0, (right - left) * (bottom - top)))
    return Page(number, right - left, bottom - top, _chars(chars), edges, round(float(share), 3))


def _chars(chars: list[dict[str, Any]]) -> Chars:
    texts = [_scalars(char["text"]) for char in chars]
    owner = np.repeat(np.arange(len(chars)), [len(text) for text in texts])
    code = np.array([ord(letter) for text in texts for letter in text], np.uint32)
    matrix = np.array([char["matrix"] for char in chars], np.float64).reshape(-1, 6)
    box = np.array([(c["x0"], c["top"], c["x1"], c["bottom"]) for c in chars], np.float32).reshape(-1, 4)
    height = np.array([c["top"] + c["y1"] for c in chars], np.float64)
    origin = np.column_stack((matrix[:, 4], height - matrix[:, 5])).astype(np.float32)
    turn = _turns(matrix)
    stop = np.choose(turn, (box[:, 2], box[:, 3], box[:, 0], box[:, 1])) if len(chars) else np.empty(0)
    fonts = tuple(dict.fromkeys(char["fontname"] for char in chars))
    font = np.array([fonts.index(char["fontname"]) for char in chars], np.int16)
    kind = np.full(len(code), ord(trace.DRAWN), np.uint8)
    kind[(code == 0x20) | (code == 0xA0)] = ord(trace.BLANK)
    kind[code == 0] = ord(trace.UNMAPPED)
    return Chars(
        code=code,
        box=box[owner],
        origin=origin[owner],
        advance=stop[owner].astype(np.float32),
        size=np.array([char["size"] for char in chars], np.float32)[owner],
        run=owner.astype(np.int32),
        font=font[owner],
        kind=kind,
        turn=turn.astype(np.uint8)[owner],
        fonts=fonts,
    )


def _scalars(text: str) -> str:
    """One glyph's text; a glyph that pdfminer cannot name, "(cid:123)", is one character without Unicode."""
    return "\0" if _CID.fullmatch(text) else text or "\0"


def _turns(matrix: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    a, b = matrix[:, 0], matrix[:, 1]
    level = np.abs(a) >= np.abs(b)
    return np.where(level, np.where(a >= 0, 0, 2), np.where(b < 0, 1, 3))
