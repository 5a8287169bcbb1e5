"""A page as a picture, for people to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdfium2 as pdfium

from ..errors import DocumentError
from ..model.source import SourceDocument
from .bytes import check_pdf_bytes

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST = 4000
"""Pixels along the longer side that a picture may have: a poster of 14,400 points would take gigabytes."""


def render(source: SourceDocument, number: int, scale: float = 2.0) -> Image:
    """Page `number` (from 1) of a PDF in colour, as a reader sees it, crop box and rotation applied.

    `scale`: pixels in a point, fewer where the page is very large. Raises DocumentError where the page cannot be had.
    """
    check_pdf_bytes(source.data)
    try:
        document = pdfium.PdfDocument(source.data)
    except pdfium.PdfiumError as error:
        from .closed import why_not_opened

        raise why_not_opened(source.data, locked="password" in str(error).lower(), detail=str(error)) from error
    try:
        page = document[number - 1]
        longest = max(*page.get_size(), 1.0)
        image: Image = page.render(scale=min(scale, LONGEST / longest)).to_pil().convert("RGB")
        return image
    except (pdfium.PdfiumError, IndexError) as error:
        raise DocumentError("MALFORMED", f"page {number} cannot be rendered: {error}") from error
    finally:
        document.close()
