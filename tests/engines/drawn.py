"""PDFs for these tests, written operator by operator: small, and every number in them known."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from ita_extract.engines import engine
from ita_extract.model.page import Page
from ita_extract.model.source import SourceDocument


def pdf(
    *pages: str,
    media: Sequence[float] = (0, 0, 300, 200),
    crop: Sequence[float] | None = None,
    rotate: int = 0,
    forms: dict[str, tuple[str, Sequence[float]]] | None = None,
    **save: Any,
) -> bytes:
    """A PDF whose pages draw these operators, with Helvetica as F1. `forms`: name to operators and matrix."""
    out = pikepdf.new()
    font = out.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    resources = out.make_indirect(Dictionary(Font=Dictionary(F1=font), XObject=Dictionary()))
    for name, (operators, matrix) in (forms or {}).items():
        form = out.make_stream(operators.encode())
        form.Type, form.Subtype, form.Resources = Name.XObject, Name.Form, resources
        form.BBox, form.Matrix = Array([0, 0, 1000, 1000]), Array(list(matrix))
        resources.XObject[f"/{name}"] = out.make_indirect(form)
    for operators in pages:
        page = Dictionary(Type=Name.Page, MediaBox=Array(list(media)), Resources=resources)
        if crop:
            page.CropBox = Array(list(crop))
        if rotate:
            page.Rotate = rotate
        page.Contents = out.make_stream(operators.encode())
        out.pages.append(pikepdf.Page(out.make_indirect(page)))
    buffer = io.BytesIO()
    out.save(buffer, **save)
    return buffer.getvalue()


def source(data: bytes) -> SourceDocument:
    return SourceDocument.of(data, "x.pdf", "application/pdf")


def read(name: str, data: bytes) -> list[Page]:
    return list(engine(name).read(source(data)))


def text(page: Page) -> str:
    return "".join(map(chr, page.chars.code.tolist()))
