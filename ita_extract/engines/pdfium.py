"""The default engine: pdfium through pypdfium2, page by page into arrays.

Two accidents in the world shaped it. pdfium sorts the text objects of a line by x, which tears a tone mark from its consonant
when each glyph is an object of its own; so the characters are put back into the order in which the page draws them. And pdfium
repeats the `/ActualText` of a marked span for every text object inside it (Chromium writes such spans); so only the first object
of a span speaks.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as fpdf
from numpy.typing import NDArray

from ..errors import DocumentError
from ..model import trace
from ..model.page import Chars, Page
from ..model.source import SourceDocument
from .bytes import check_pdf_bytes, why_not_opened
from .reach import on_page, seen, within_reach

name = "pdfium"

MAX_FORM_DEPTH = 8
MAX_SEGMENTS = 20_000
INK_SHARE = 0.08
"""A blank draws nothing; a "space" whose ink is higher than this share of an em is another glyph with a wrong Unicode."""

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def count_pages(source: SourceDocument) -> int:
    with _open(source) as document:
        return len(document)


def read(source: SourceDocument) -> Iterator[Page]:
    """Yields every page. Raises DocumentError where the bytes are no PDF that pdfium can open."""
    with _open(source) as document:
        for index in range(len(document)):
            handle = fpdf.FPDF_LoadPage(document, index)
            if not handle:
                raise DocumentError("MALFORMED", f"page {index + 1} of {len(document)} cannot be loaded")
            try:
                yield _read_page(handle, index + 1)
            finally:
                fpdf.FPDF_ClosePage(handle)


def _open(source: SourceDocument) -> pdfium.PdfDocument:
    check_pdf_bytes(source.data)
    try:
        document = pdfium.PdfDocument(source.data)
    except pdfium.PdfiumError as error:
        locked = fpdf.FPDF_GetLastError() == fpdf.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        raise why_not_opened(source.data, locked=locked, detail=str(error)) from error
    if len(document) == 0:
        document.close()
        raise DocumentError("EMPTY", "the document has no pages")
    return document


def _read_page(handle: fpdf.FPDF_PAGE, number: int) -> Page:
    view = _View.of(handle)
    content = _Content()
    content.walk(handle)
    textpage = fpdf.FPDFText_LoadPage(handle)
    if not textpage:
        raise DocumentError("MALFORMED", f"the text of page {number} cannot be loaded")
    try:
        chars = _read_chars(textpage, content, view)
    finally:
        fpdf.FPDFText_ClosePage(textpage)
    edges = view.boxes(np.array(content.segments, np.float64).reshape(-1, 4))
    edges = edges[on_page(edges, view.width, view.height)]
    pictures = view.boxes(np.array(content.pictures, np.float64).reshape(-1, 4)).clip([0, 0, 0, 0], [view.width, view.height] * 2)
    area = float(((pictures[:, 2] - pictures[:, 0]) * (pictures[:, 3] - pictures[:, 1])).sum())
    share = min(1.0, area / max(1.0, view.width * view.height))
    return Page(number, view.width, view.height, seen(chars, view.width, view.height), edges.astype(np.float32), round(share, 3))


class _View:
    """The page as a reader sees it: its visible box, turned by /Rotate, origin top left."""

    def __init__(self, left: float, bottom: float, right: float, top: float, turns: int) -> None:
        self.left, self.bottom, self.right, self.top, self.turns = left, bottom, right, top, turns
        width, height = right - left, top - bottom
        self.width, self.height = (height, width) if turns % 2 else (width, height)

    @classmethod
    def of(cls, handle: fpdf.FPDF_PAGE) -> _View:
        box = fpdf.FS_RECTF()
        fpdf.FPDF_GetPageBoundingBox(handle, ctypes.byref(box))
        return cls(box.left, box.bottom, box.right, box.top, fpdf.FPDFPage_GetRotation(handle) % 4)

    def points(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """User space (n, 2), y up, to page points (n, 2), y down."""
        x, y = within_reach(xy).T
        if self.turns == 0:
            return np.column_stack((x - self.left, self.top - y))
        if self.turns == 1:
            return np.column_stack((y - self.bottom, x - self.left))
        if self.turns == 2:
            return np.column_stack((self.right - x, y - self.bottom))
        return np.column_stack((self.top - y, self.right - x))

    def boxes(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        """User space x0, y0, x1, y1 in any order to x0, top, x1, bottom."""
        a, b = self.points(boxes[:, :2]), self.points(boxes[:, 2:])
        return np.hstack((np.minimum(a, b), np.maximum(a, b)))


class _Content:
    """What a page draws, in the order in which it draws it, form XObjects unfolded.

    handles, marks, outer: the text objects, the /ActualText mark each stands under (0 for none), and the matrix of the forms
    around it; segments: straight strokes and thin filled boxes as
    x0, y0, x1, y1 in user space; pictures: the boxes of images; reach: mark and box of every object under an /ActualText mark.
    """

    def __init__(self) -> None:
        self.handles: list[int] = []
        self.marks: list[int] = []
        self.outer: list[Matrix] = []
        self.reach: list[tuple[int, float, float, float, float]] = []
        self.sizes: list[float] = []
        self.turns: list[int] = []
        self.fonts: list[int] = []
        self.font_names: dict[str, int] = {}
        self._font_of: dict[int, int] = {}
        self.segments: list[tuple[float, float, float, float]] = []
        self.pictures: list[tuple[float, float, float, float]] = []

    def walk(self, page: fpdf.FPDF_PAGE) -> None:
        for index in range(fpdf.FPDFPage_CountObjects(page)):
            self._visit(fpdf.FPDFPage_GetObject(page, index), IDENTITY, 0)

    def _visit(self, handle: fpdf.FPDF_PAGEOBJECT, outer: Matrix, depth: int) -> None:
        kind = fpdf.FPDFPageObj_GetType(handle)
        if kind == fpdf.FPDF_PAGEOBJ_TEXT:
            self._text(handle, outer)
        elif kind == fpdf.FPDF_PAGEOBJ_PATH:
            self._path(handle, _times(_matrix(handle), outer))
        elif kind == fpdf.FPDF_PAGEOBJ_IMAGE:
            a, b, c, d, e, f = _times(_matrix(handle), outer)
            self.pictures.append(
                (e + min(0, a) + min(0, c), f + min(0, b) + min(0, d), e + max(0, a) + max(0, c), f + max(0, b) + max(0, d))
            )
        elif kind == fpdf.FPDF_PAGEOBJ_FORM and depth < MAX_FORM_DEPTH:
            inner = _times(_matrix(handle), outer)
            for index in range(fpdf.FPDFFormObj_CountObjects(handle)):
                self._visit(fpdf.FPDFFormObj_GetObject(handle, index), inner, depth + 1)

    def _text(self, handle: fpdf.FPDF_PAGEOBJECT, outer: Matrix) -> None:
        self.handles.append(ctypes.cast(handle, ctypes.c_void_p).value or 0)
        mark = 0
        for index in range(fpdf.FPDFPageObj_CountMarks(handle)):
            item = fpdf.FPDFPageObj_GetMark(handle, index)
            if fpdf.FPDFPageObjMark_GetParamValueType(item, b"ActualText"):
                mark = ctypes.cast(item, ctypes.c_void_p).value or 0
        self.marks.append(mark)
        self.outer.append(outer)
        if mark:
            left, bottom, right, top = (ctypes.c_float() for _ in range(4))
            fpdf.FPDFPageObj_GetBounds(handle, left, bottom, right, top)
            self.reach.append((mark, *_placed((left.value, bottom.value, right.value, top.value), outer)))
        a, b, c, d, _, _ = _times(_matrix(handle), outer)
        size = ctypes.c_float()
        fpdf.FPDFTextObj_GetFontSize(handle, size)
        if size.value < 0:  # drawn upside down and turned back by the matrix
            a, b, c, d = -a, -b, -c, -d
        self.sizes.append(abs(size.value) * (c * c + d * d) ** 0.5)
        self.turns.append((0 if a >= 0 else 2) if abs(a) >= abs(b) else (1 if b < 0 else 3))
        self.fonts.append(self._font(fpdf.FPDFTextObj_GetFont(handle)))

    def _font(self, font: fpdf.FPDF_FONT) -> int:
        key = ctypes.cast(font, ctypes.c_void_p).value or 0
        if key not in self._font_of:
            buffer = ctypes.create_string_buffer(256)
            fpdf.FPDFFont_GetBaseFontName(font, buffer, 256)
            label = buffer.value.decode("utf-8", "replace")
            self._font_of[key] = self.font_names.setdefault(label, len(self.font_names))
        return self._font_of[key]

    def _path(self, handle: fpdf.FPDF_PAGEOBJECT, matrix: Matrix) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        fpdf.FPDFPath_GetDrawMode(handle, fill, stroke)
        count = fpdf.FPDFPath_CountSegments(handle)
        if not (fill.value or stroke.value) or not 0 < count <= MAX_SEGMENTS:
            return
        for shape in _subpaths(handle, count, matrix):
            if stroke.value:
                self.segments.extend((*p, *q) for (p, straight), (q, _) in zip(shape[1:], shape, strict=False) if straight)
            else:
                xs, ys = [p[0] for p, _ in shape], [p[1] for p, _ in shape]
                self.segments.append((min(xs), min(ys), max(xs), max(ys)))


def _subpaths(handle: fpdf.FPDF_PAGEOBJECT, count: int, matrix: Matrix) -> list[list[tuple[tuple[float, float], bool]]]:
    """Each subpath as its points in page space, with whether a straight line leads to the point."""
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    shapes: list[list[tuple[tuple[float, float], bool]]] = []
    for index in range(count):
        segment = fpdf.FPDFPath_GetPathSegment(handle, index)
        fpdf.FPDFPathSegment_GetPoint(segment, x, y)
        point = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        kind = fpdf.FPDFPathSegment_GetType(segment)
        if kind == fpdf.FPDF_SEGMENT_MOVETO or not shapes:
            shapes.append([(point, False)])
        else:
            shapes[-1].append((point, kind == fpdf.FPDF_SEGMENT_LINETO))
        if fpdf.FPDFPathSegment_GetClose(segment):
            shapes[-1].append((shapes[-1][0][0], True))
    return [shape for shape in shapes if len(shape) > 1]


def _matrix(handle: fpdf.FPDF_PAGEOBJECT) -> Matrix:
    m = fpdf.FS_MATRIX()
    if not fpdf.FPDFPageObj_GetMatrix(handle, ctypes.byref(m)):
        return IDENTITY
    return (m.a, m.b, m.c, m.d, m.e, m.f)


def _placed(box: tuple[float, float, float, float], m: Matrix) -> tuple[float, float, float, float]:
    """A box of a form as a box of the page."""
    xs = [m[0] * x + m[2] * y + m[4] for x in box[::2] for y in box[1::2]]
    ys = [m[1] * x + m[3] * y + m[5] for x in box[::2] for y in box[1::2]]
    return min(xs), min(ys), max(xs), max(ys)


def _times(m: Matrix, n: Matrix) -> Matrix:
    """First `m`, then `n`."""
    if n is IDENTITY:
        return m
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _read_chars(textpage: fpdf.FPDF_TEXTPAGE, content: _Content, view: _View) -> Chars:
    raw = _fetch(textpage)
    runs = _run_of(raw.handle, np.array(content.handles, np.uint64))
    marks = np.array(content.marks, np.uint64)
    _share_boxes(raw, runs, content)
    keep = np.flatnonzero((runs >= 0) & ~raw.generated & _speaks_first(runs, marks))
    keep = keep[np.argsort(runs[keep], kind="stable")]
    run = runs[keep].astype(np.int32)
    code = raw.code[keep]
    code[(code == 0xFFFE) | (code == 2)] = ord("-")  # pdfium's own signs for a hyphen at the end of a line
    code[code == 0xFFFF] = 0
    box = view.boxes(raw.box[keep])
    loose = view.boxes(raw.loose[keep])
    origin = view.points(raw.origin[keep])
    size = within_reach(np.array(content.sizes, np.float64))[run] if len(run) else np.empty(0)
    turn = ((np.array(content.turns, np.int64)[run] if len(run) else np.empty(0, np.int64)) + view.turns) % 4
    spoken = marks[run] != 0 if len(run) else np.empty(0, bool)
    return Chars(
        code=code,
        box=box.astype(np.float32),
        origin=origin.astype(np.float32),
        advance=np.choose(turn, (loose[:, 2], loose[:, 3], loose[:, 0], loose[:, 1])).astype(np.float32),
        size=size.astype(np.float32),
        run=run,
        font=np.array(content.fonts, np.int16)[run] if len(run) else np.empty(0, np.int16),
        kind=_kinds(code, box, origin, size, turn, raw.unmapped[keep], spoken),
        turn=turn.astype(np.uint8),
        fonts=tuple(content.font_names),
    )


def _kinds(
    code: NDArray[np.uint32],
    box: NDArray[np.float64],
    origin: NDArray[np.float64],
    size: NDArray[np.float64],
    turn: NDArray[np.int64],
    unmapped: NDArray[np.bool_],
    spoken: NDArray[np.bool_],
) -> NDArray[np.uint8]:
    """The trace letter of each character. `spoken` characters come from /ActualText: their boxes are not their own."""
    kind = np.full(len(code), ord(trace.DRAWN), np.uint8)
    blank = (code == 32) | (code == 0xA0)
    kind[blank] = ord(trace.BLANK)
    rise = np.choose(turn, (origin[:, 1] - box[:, 3], box[:, 0] - origin[:, 0], box[:, 1] - origin[:, 1], origin[:, 0] - box[:, 2]))
    tall = np.where(turn % 2 == 0, box[:, 3] - box[:, 1], box[:, 2] - box[:, 0])
    mute = (blank | unmapped | (code == 0) | (code == 0xFFFD)) & ~spoken
    inked = mute & (tall > INK_SHARE * size)
    kind[mute & ~blank] = ord(trace.UNMAPPED)
    kind[inked & (rise > 0.3 * size)] = ord(trace.INK_ABOVE)
    kind[inked & (rise + tall < 0.05 * size)] = ord(trace.INK_BELOW)
    return kind


def _run_of(handles: NDArray[np.uint64], runs: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The ordinal of each character's text object, -1 for none."""
    if not len(runs) or not len(handles):
        return np.full(len(handles), -1, np.int64)
    order = np.argsort(runs, kind="stable")
    at = np.searchsorted(runs[order], handles).clip(0, len(runs) - 1)
    return np.where(runs[order][at] == handles, order[at], -1)


def _speaks_first(runs: NDArray[np.int64], marks: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """False for the characters of every text object but the first under one /ActualText mark."""
    if not marks.any():
        return np.ones(len(runs), bool)
    mark = np.where(runs >= 0, marks[runs], 0)
    _, span = np.unique(mark, return_inverse=True)
    first = np.full(int(span.max(initial=0)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, span, runs)
    return np.asarray((mark == 0) | (runs == first[span]))


def _share_boxes(raw: _Raw, runs: NDArray[np.int64], content: _Content) -> None:
    """Gives the characters of an /ActualText span the reach of the whole span: those of its silent objects stand in it too.

    pdfium leaves such characters where the form has them in which they are drawn; they are moved to where the page has them.
    """
    reach: dict[int, tuple[float, float, float, float]] = {}
    for mark, left, bottom, right, top in content.reach:
        a, b, c, d = reach.get(mark, (left, bottom, right, top))
        reach[mark] = (min(a, left), min(b, bottom), max(c, right), max(d, top))
    for i in np.flatnonzero(runs >= 0) if reach else ():
        mark = content.marks[runs[i]]
        if mark:
            raw.loose[i] = reach[mark]
            outer = content.outer[runs[i]]
            if outer is not IDENTITY:
                raw.box[i] = _placed(tuple(raw.box[i]), outer)
                raw.origin[i] = _placed((*raw.origin[i], *raw.origin[i]), outer)[:2]


class _Raw:
    """The characters of a text page as pdfium lists them, user space."""

    __slots__ = ("box", "code", "generated", "handle", "loose", "origin", "unmapped")

    def __init__(self, count: int) -> None:
        self.code = np.empty(count, np.uint32)
        self.box = np.empty((count, 4))
        self.loose = np.empty((count, 4))
        self.origin = np.empty((count, 2))
        self.handle = np.empty(count, np.uint64)
        self.generated = np.empty(count, bool)
        self.unmapped = np.empty(count, bool)


def _fetch(textpage: fpdf.FPDF_TEXTPAGE) -> _Raw:
    count = max(0, fpdf.FPDFText_CountChars(textpage))
    raw = _Raw(count)
    ink = (ctypes.c_double * 6)()
    left, right, bottom, top, x, y = (ctypes.cast(ctypes.byref(ink, 8 * i), ctypes.POINTER(ctypes.c_double)) for i in range(6))
    rect = fpdf.FS_RECTF()
    get_box, get_origin, get_loose = fpdf.FPDFText_GetCharBox, fpdf.FPDFText_GetCharOrigin, fpdf.FPDFText_GetLooseCharBox
    get_code, get_object = fpdf.FPDFText_GetUnicode, fpdf.FPDFText_GetTextObject
    is_generated, is_unmapped = fpdf.FPDFText_IsGenerated, fpdf.FPDFText_HasUnicodeMapError
    cast, void = ctypes.cast, ctypes.c_void_p
    for i in range(count):
        raw.generated[i] = made = is_generated(textpage, i) == 1
        if made:
            raw.handle[i] = 0
            continue
        raw.code[i] = get_code(textpage, i)
        get_box(textpage, i, left, right, bottom, top)
        get_origin(textpage, i, x, y)
        raw.box[i] = ink[0], ink[2], ink[1], ink[3]
        raw.origin[i] = ink[4], ink[5]
        get_loose(textpage, i, rect)
        raw.loose[i] = rect.left, rect.bottom, rect.right, rect.top
        raw.handle[i] = cast(get_object(textpage, i), void).value or 0
        raw.unmapped[i] = is_unmapped(textpage, i) == 1
    return raw
