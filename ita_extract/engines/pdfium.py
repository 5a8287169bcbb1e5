"""The default engine: pdfium through pypdfium2, page by page into arrays.

pdfium is asked by a `raw.Reader`, the compiled one where it could be built; what it says becomes a page in `drawing` and `letters`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as fpdf
from numpy.typing import NDArray

from ..errors import DocumentError
from ..model.page import Page
from ..model.source import SourceDocument
from .blanks import with_lone_blanks
from .bytes import check_pdf_bytes, is_whole
from .compiled import Compiled
from .drawing import Drawing, read_drawing
from .flate import suspicion_about
from .letters import chars_of, hidden_share, run_of
from .native import library
from .plain import Plain
from .raw import MAX_OBJECTS, Reader
from .reach import on_page, seen
from .view import View

if TYPE_CHECKING:
    from .damage import Checked

name = "pdfium"
_WHY = {
    0: "the document has no pages",
    fpdf.FPDF_ERR_FORMAT: "it cannot be put together to a document: it is damaged, or was changed on its way; get it again",
}


def count_pages(source: SourceDocument) -> int:
    with _open(source) as document:
        return len(document)


def read(
    source: SourceDocument, pages: range | None = None, lost: Callable[[int, DocumentError], None] | None = None
) -> Iterator[Page]:
    """Yields every page, or those of `pages` (from 1) alone. Raises DocumentError where pdfium cannot open the bytes; and for a
    page that cannot be read, where there is no `lost` to be told of it."""
    reader = page_reader()
    with _open(source) as document:
        whole = _Whole(source, len(document))
        for index in range(len(document)):
            if pages is not None and index + 1 not in pages:
                continue
            try:
                page = whole.checked(_load_page(document, index, reader))
            except DocumentError as error:
                if lost is None:
                    raise
                lost(index + 1, error)
            else:
                yield page


class _Whole:
    """Tells of each page whether its content is whole. pdfium does not say: pdfminer is asked, where something looks damaged."""

    def __init__(self, source: SourceDocument, count: int) -> None:
        self._data, self._count, self._suspicion = source.data, count, suspicion_about(source)
        self._asked: tuple[Checked, tuple[Mapping[str, Any], ...]] | None = None
        self._tried = False

    def checked(self, page: Page) -> Page:
        """The page, with what is wrong with its content. Raises DocumentError where nothing of it may be used."""
        if not self._suspicion.damage and not page.shows_nothing:
            return page
        from .damage import check_pages, with_damage  # pdfminer with it, which hardly any document needs

        if not self._tried:
            self._asked, self._tried = check_pages(self._data, self._count, checksums=self._suspicion.checksums), True
        if self._asked is None:
            return page
        contents, pages = self._asked
        return with_damage(page, self._count, contents, pages[page.number - 1])


def _why_closed(data: bytes) -> int | None:
    """Why pdfium does not open these bytes: one of its FPDF_ERR_; None where it does, and finds no page.

    What it said last may be of another document: opening one without an error does not take the word back.
    """
    handle = fpdf.FPDF_LoadMemDocument64(data, len(data), None)
    if handle:
        fpdf.FPDF_CloseDocument(handle)
        return None
    return int(fpdf.FPDF_GetLastError())


def _load_page(document: pdfium.PdfDocument, index: int, reader: Reader) -> Page:
    handle = fpdf.FPDF_LoadPage(document, index)
    if not handle:
        raise DocumentError("MALFORMED", f"page {index + 1} of {len(document)} cannot be loaded")
    try:
        with np.errstate(all="ignore"):  # broken matrices overflow; what comes of them is put within reach
            return _read_page(handle, index + 1, reader)
    finally:
        fpdf.FPDF_ClosePage(handle)


@cache
def page_reader() -> Reader:
    """The compiled reader, or the plain one where there is none; `native.how` says which and why."""
    compiled, _ = library()
    return Compiled(compiled) if compiled else Plain()


def _open(source: SourceDocument) -> pdfium.PdfDocument:
    check_pdf_bytes(source.data)
    try:
        document = pdfium.PdfDocument(source.data)
    except pdfium.PdfiumError as error:
        from .closed import why_not_opened

        why = _why_closed(source.data)
        if why is None and is_whole(source.data):
            raise DocumentError("EMPTY", "the document has no pages") from error
        locked = why in (fpdf.FPDF_ERR_PASSWORD, fpdf.FPDF_ERR_SECURITY)
        detail = _WHY.get(why or 0, f"pdfium cannot open it, and says no more than {why}")
        raise why_not_opened(source.data, locked=locked, detail=detail) from error
    if len(document) == 0:
        document.close()
        raise DocumentError("EMPTY", "the document has no pages")
    return document


def _read_page(handle: fpdf.FPDF_PAGE, number: int, reader: Reader) -> Page:
    view = _view(handle)
    objects = reader.objects(_address(handle))
    if len(objects.kind) > MAX_OBJECTS:
        raise DocumentError("LIMIT_PAGE", f"page {number} draws more than {MAX_OBJECTS:,} objects")
    drawing = read_drawing(objects, reader)
    textpage = fpdf.FPDFText_LoadPage(handle)
    if not textpage:
        raise DocumentError("MALFORMED", f"the text of page {number} cannot be loaded")
    try:
        count = max(0, fpdf.FPDFText_CountChars(textpage))
        if count > MAX_OBJECTS:
            raise DocumentError("LIMIT_PAGE", f"page {number} holds more than {MAX_OBJECTS:,} characters")
        letters = reader.letters(_address(textpage), count)
        letters, runs = with_lone_blanks(letters, run_of(letters.text, drawing.texts.handle), drawing.texts, reader)
    finally:
        fpdf.FPDFText_ClosePage(textpage)
    chars = seen(chars_of(letters, runs, drawing.texts, view, _fonts(drawing.texts.font)), view.width, view.height)
    hidden = hidden_share(chars, drawing.texts.hidden)
    return Page(number, view.width, view.height, chars, _edges(drawing, view), _image_area(drawing, view), hidden)


def _view(handle: fpdf.FPDF_PAGE) -> View:
    box = fpdf.FS_RECTF()
    fpdf.FPDF_GetPageBoundingBox(handle, ctypes.byref(box))
    return View(box.left, box.bottom, box.right, box.top, fpdf.FPDFPage_GetRotation(handle) % 4)


def _edges(drawing: Drawing, view: View) -> NDArray[np.float32]:
    edges = view.boxes(drawing.edges)
    return edges.astype(np.float32).compress(on_page(edges, view.width, view.height), axis=0)


def _image_area(drawing: Drawing, view: View) -> float:
    if not len(drawing.pictures):
        return 0.0
    pictures = view.boxes(drawing.pictures).clip(0, (view.width, view.height) * 2)
    area = float(((pictures[:, 2] - pictures[:, 0]) * (pictures[:, 3] - pictures[:, 1])).sum())
    return round(min(1.0, area / max(1.0, view.width * view.height)), 3)


def _fonts(handles: NDArray[np.uint64]) -> tuple[tuple[str, ...], NDArray[np.int16]]:
    """The names of these fonts, each once in the order of its first use, and for each handle which of them it has."""
    if not len(handles):
        return (), np.empty(0, np.int16)
    starts = np.concatenate(([0], np.flatnonzero(handles[1:] != handles[:-1]) + 1))  # text objects in a row share a font
    listed = handles[starts].tolist()
    names: dict[str, int] = {}
    index = {handle: names.setdefault(_font_name(handle), len(names)) for handle in dict.fromkeys(listed)}
    which = np.minimum([index[handle] for handle in listed], np.iinfo(np.int16).max).astype(np.int16)
    return tuple(names), which.repeat(np.diff(np.concatenate((starts, [len(handles)]))))


def _font_name(handle: int) -> str:
    buffer = ctypes.create_string_buffer(256)
    fpdf.FPDFFont_GetBaseFontName(ctypes.cast(handle, fpdf.FPDF_FONT), buffer, 256)
    return buffer.value.decode("utf-8", "replace")


def _address(handle: fpdf.FPDF_PAGE | fpdf.FPDF_TEXTPAGE) -> int:
    return ctypes.cast(handle, ctypes.c_void_p).value or 0
