"""The second engine: pdfplumber, slower and built quite differently, to compare with and to fall back on.

Its own text functions sort characters by x and so break clean Thai; only its characters and edges are used here, in the order in
which the page draws them (pdfminer keeps that order).
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pdfplumber
from numpy.typing import NDArray
from pdfminer.pdfdocument import PDFEncryptionError
from pdfplumber.utils.exceptions import PdfminerException

from ..errors import DocumentError
from ..model import trace
from ..model.page import Chars, Page
from ..model.source import SourceDocument
from .bytes import check_pdf_bytes, is_locked_in_a_circle
from .closed import why_not_opened
from .damage import Checked, with_damage
from .flate import Damage, suspicion_about
from .reach import on_page, seen, within_reach

name = "pdfplumber"

_CID = re.compile(r"\(cid:\d+\)")


def count_pages(source: SourceDocument) -> int:
    with _open(source) as document:
        return len(document.pages)


def read(
    source: SourceDocument, pages: range | None = None, lost: Callable[[int, DocumentError], None] | None = None
) -> Iterator[Page]:
    """Yields every page, or those of `pages` (from 1) alone. Raises DocumentError where pdfminer cannot open the bytes; and for a
    page that cannot be read, where there is no `lost` to be told of it."""
    with _open(source) as document:
        contents = Checked(document.doc, source.data, checksums=suspicion_about(source).checksums)
        count = len(document.pages)
        for index in range(count):
            if pages is not None and index + 1 not in pages:
                continue
            page = document.pages[index]
            dictionary = page.page_obj.attrs
            contents.damage(dictionary)  # before it is read: lengths that are written wrong are put right by it
            try:
                done = with_damage(_page(page, index + 1), count, contents, dictionary)
            except MemoryError:  # nothing is wrong with the page: whoever set the limit says what follows
                raise
            except Exception as error:  # pdfminer raises whatever a broken page makes it stumble over
                told = (
                    error
                    if isinstance(error, DocumentError)
                    else _stumbled(error, index + 1, count, contents.damage(dictionary, blank=True))
                )
                if lost is None:
                    raise told from error
                lost(index + 1, told)
            else:
                yield done
            finally:
                page.close()


def _stumbled(error: Exception, number: int, count: int, damage: Damage | None) -> DocumentError:
    where = f"page {number} of {count}"
    why = f"its content {damage.words}; nothing of it was read" if damage else f"{type(error).__name__}: {error}"
    return DocumentError("MALFORMED", f"{where}: {why}")


def _open(source: SourceDocument) -> Any:
    check_pdf_bytes(source.data)
    if is_locked_in_a_circle(source.data):
        raise DocumentError("MALFORMED", "what should say how it is encrypted is a reference to itself")
    try:
        document = pdfplumber.open(io.BytesIO(source.data))
        count = len(document.pages)
    except Exception as error:
        causes = (error, *error.args) if isinstance(error, PdfminerException) else (error,)
        if any(isinstance(cause, MemoryError) for cause in causes):
            raise MemoryError from error
        locked = any(isinstance(cause, PDFEncryptionError) for cause in causes)
        raise why_not_opened(source.data, locked=locked, detail=f"{type(error).__name__}: {error}") from error
    if not count:
        raise DocumentError("EMPTY", "the document has no pages")
    return document


def _page(page: Any, number: int) -> Page:
    left, top, width, height = _seen(page)
    chars = _chars(page.chars, page, left, top)
    edges = _boxes(page.edges, page, left, top)
    area = sum(max(0.0, i["x1"] - i["x0"]) * max(0.0, i["bottom"] - i["top"]) for i in page.images)
    share = min(1.0, area / max(1.0, width * height))
    inside = on_page(edges, width, height)
    return Page(number, width, height, seen(chars, width, height), edges[inside].astype(np.float32), round(float(share), 3))


def _boxes(drawn: list[dict[str, Any]], page: Any, left: float, top: float) -> NDArray[np.float64]:
    """(n, 4) x0, top, x1, bottom from the corner of the visible page. pdfplumber adds the media box's corner to each."""
    boxes = np.array([(d["x0"], d["top"], d["x1"], d["bottom"]) for d in drawn], np.float64).reshape(-1, 4)
    x, y = left + float(page.mediabox[0]), top + float(page.mediabox[1])
    return within_reach(within_reach(boxes) - (x, y, x, y))


def _seen(page: Any) -> tuple[float, float, float, float]:
    """The visible part of the page as the reader sees it: how far it lies from the media box's left and top, width and height.

    Counted from the boxes as the file has them: pdfplumber turns a crop box by swapping its axes, which is right only where equal
    margins are cut.
    """
    (mx0, mx1), (my0, my1) = (sorted(map(float, page.page_obj.mediabox[i::2])) for i in (0, 1))
    (cx0, cx1), (cy0, cy1) = (sorted(map(float, page.page_obj.cropbox[i::2])) for i in (0, 1))
    x0, y0, x1, y1 = max(mx0, cx0), max(my0, cy0), min(mx1, cx1), min(my1, cy1)
    if x0 >= x1 or y0 >= y1:
        x0, y0, x1, y1 = mx0, my0, mx1, my1
    cut = (x0 - mx0, my1 - y1, mx1 - x1, y0 - my0)  # left, top, right, bottom of the page as it is stored
    turns = page.rotation // 90 % 4
    width, height = (y1 - y0, x1 - x0) if turns % 2 else (x1 - x0, y1 - y0)
    return cut[-turns % 4], cut[(1 - turns) % 4], width, height


def _chars(chars: list[dict[str, Any]], page: Any, left: float, top: float) -> Chars:
    """`left` and `top`: the corner of the visible page in the media box, from which coordinates are counted."""
    texts = [_scalars(char["text"]) for char in chars]
    owner = np.repeat(np.arange(len(chars)), [len(text) for text in texts])
    code = np.array([ord(letter) for text in texts for letter in text], np.uint32)
    matrix = np.array([char["matrix"] for char in chars], np.float64).reshape(-1, 6)
    box = _boxes(chars, page, left, top)
    pen = np.column_stack((matrix[:, 4], float(page.height) - matrix[:, 5]))
    origin = within_reach(within_reach(pen) - (left, top))
    turn = _turns(matrix)
    size = np.where(
        turn % 2 == 0, box[:, 3] - box[:, 1], box[:, 2] - box[:, 0]
    )  # pdfplumber's own is the width where text is turned
    stop = np.choose(turn, (box[:, 2], box[:, 3], box[:, 0], box[:, 1])) if len(chars) else np.empty(0)
    fonts = tuple(dict.fromkeys(char["fontname"] for char in chars))
    font = np.array([fonts.index(char["fontname"]) for char in chars], np.int16)
    kind = np.full(len(code), ord(trace.DRAWN), np.uint8)
    kind[(code == 0x20) | (code == 0xA0)] = ord(trace.BLANK)
    kind[code == 0] = ord(trace.UNMAPPED)
    return Chars(
        code=code,
        box=box.astype(np.float32)[owner],
        origin=origin.astype(np.float32)[owner],
        advance=stop[owner].astype(np.float32),
        size=size.astype(np.float32)[owner],
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
