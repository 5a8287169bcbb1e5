"""The pages of a scan as pictures: grey, at one resolution, upright or nearly so.

A PDF page is rendered, with its crop box and rotation; the frames of a PNG, JPEG or TIFF are taken as pages. All pictures come at
`DPI`, whatever the scanner gave: every length in this package is then the same part of a letter.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...errors import DocumentError
from ...model.source import SourceDocument

if TYPE_CHECKING:
    from PIL.Image import Image

DPI = 300
POINT = DPI / 72
"""Pixels in a point."""
MAX_PIXELS = 60_000_000
"""A page of more pixels at `DPI` is no sheet of paper: A2 has 35 million."""
A4_LONG = 841.89
"""Points along an A4 sheet: what a picture is taken for that does not tell its resolution, or tells one that no scanner has."""
FORMATS = ("PNG", "JPEG", "TIFF")
"""What is taken for a picture: every other decoder is one more that hostile bytes may talk to."""
MAX_FRAMES = 3_000
"""Pictures in one file: ten times a national announcement."""
SHEET = (200.0, 2400.0)
"""Points that the longer side of a sheet may have."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One page. `width` and `height` in points; `gray` is (rows, columns) uint8, 255 white, `DPI` pixels an inch."""

    number: int
    width: float
    height: float
    gray: NDArray[np.uint8]


def count_pictures(source: SourceDocument) -> int:
    """How many pages there are. Raises DocumentError for bytes that cannot be opened."""
    if source.media_type == "application/pdf":
        from ..pdfium import count_pages

        return count_pages(source)
    with _opened(source) as image:
        return _count(image)


def pictures(source: SourceDocument, pages: Collection[int] | None = None) -> Iterator[Picture]:
    """Yields the pages, or those of `pages` (from 1), in order. Raises DocumentError where one cannot be had."""
    return _rendered(source, pages) if source.media_type == "application/pdf" else _frames(source, pages)


def _rendered(source: SourceDocument, pages: Collection[int] | None) -> Iterator[Picture]:
    import pypdfium2 as pdfium

    from ..bytes import check_pdf_bytes
    from ..closed import why_not_opened

    check_pdf_bytes(source.data)
    try:
        document = pdfium.PdfDocument(source.data)
    except pdfium.PdfiumError as error:
        raise why_not_opened(source.data, locked="password" in str(error).lower(), detail=str(error)) from error
    with document:
        for number in range(1, len(document) + 1):
            if pages is not None and number not in pages:
                continue
            try:
                page = document[number - 1]
                width, height = page.get_size()
                _within_limits(number, width * POINT, height * POINT)
                shown = page.render(scale=POINT, grayscale=True).to_numpy()
                gray = np.array(shown.reshape(shown.shape[:2]), np.uint8)  # a copy: the bitmap is pdfium's
            except pdfium.PdfiumError as error:
                raise DocumentError("MALFORMED", f"page {number} cannot be rendered: {error}") from error
            yield Picture(number, width, height, gray)


def _opened(source: SourceDocument) -> Image:
    """The file opened, not one pixel of it decoded: a few bytes may say that they are a wall of pixels."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # its size is looked at before it is decoded
            return Image.open(io.BytesIO(source.data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise DocumentError("LIMIT_PAGE", f"a picture of too many pixels: {error}") from error
    except Exception as error:  # a broken file makes its opener raise almost anything
        raise DocumentError("MALFORMED", f"no picture of a known kind: {type(error).__name__}") from error


def _count(image: Image) -> int:
    """How many pages a file of pictures has."""
    try:
        count = int(getattr(image, "n_frames", 1))
    except Exception as error:  # a TIFF whose directory of pages leads in a circle
        raise DocumentError("MALFORMED", f"its pages cannot be counted: {type(error).__name__}: {error}") from error
    if count > MAX_FRAMES:
        raise DocumentError("LIMIT_PAGES", f"{count:,} pictures, more than {MAX_FRAMES:,}")
    return count


def _frames(source: SourceDocument, pages: Collection[int] | None) -> Iterator[Picture]:
    with _opened(source) as image:
        for number in range(1, _count(image) + 1):
            if pages is None or number in pages:
                yield _frame(image, number)


def _frame(image: Image, number: int) -> Picture:
    from PIL import ImageOps
    from PIL.Image import DecompressionBombError

    try:
        image.seek(number - 1)
        told = image.info.get("dpi")
        width, height = _sheet(image.size, float(told[0]) if told else 0.0)
        _within_limits(number, *image.size)
        _within_limits(number, width * POINT, height * POINT)
        upright = ImageOps.exif_transpose(image) or image
        if upright.size != image.size:  # a camera wrote beside the picture that it was held sideways
            width, height = height, width
        gray = ImageOps.grayscale(_on_white(upright))
        sized = gray.resize((max(1, round(width * POINT)), max(1, round(height * POINT))))
    except (DocumentError, MemoryError):
        raise
    except DecompressionBombError as error:
        raise DocumentError("LIMIT_PAGE", f"page {number}: a picture of too many pixels: {error}") from error
    except Exception as error:  # a broken file makes its decoder raise almost anything
        raise DocumentError("MALFORMED", f"page {number}: no picture can be made of it: {type(error).__name__}: {error}") from error
    return Picture(number, width, height, np.asarray(sized, np.uint8))


def _on_white(image: Image) -> Image:
    """Transparent is paper, not ink."""
    from PIL import Image as images

    if image.mode not in ("LA", "RGBA", "PA") and "transparency" not in image.info:
        return image
    colours = image.convert("RGBA")
    paper = images.new("RGBA", colours.size, "white")
    return images.alpha_composite(paper, colours).convert("RGB")


def _sheet(size: tuple[int, int], told_dpi: float) -> tuple[float, float]:
    """Width and height in points of a picture of so many pixels.

    >>> _sheet((1654, 2339), 200.0), _sheet((1654, 2339), 72.0)
    ((595.44, 842.04), (595.33, 841.89))
    """
    longest = max(size)
    dpi = told_dpi if told_dpi > 96 and SHEET[0] <= longest * 72 / told_dpi <= SHEET[1] else longest * 72 / A4_LONG
    return round(size[0] * 72 / dpi, 2), round(size[1] * 72 / dpi, 2)


def _within_limits(number: int, width: float, height: float) -> None:
    if width * height > MAX_PIXELS or min(width, height) < 8:
        raise DocumentError("LIMIT_PAGE", f"page {number} is a picture of {width:,.0f} x {height:,.0f} pixels")
