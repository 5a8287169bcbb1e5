"""Scans for these tests: what a scanner makes of a printed page, and pages printed for the purpose."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ita_extract.engines.ocr import missing

ROOT = Path(__file__).resolve().parents[3]
FONTS = ROOT / "samples" / "forge" / "fonts"

needs_tesseract = pytest.mark.skipif(missing() is not None, reason=f"no OCR here: {missing()}")


def scanned(image: Image.Image, tilt: float = 0.5, noise: float = 6.0, quality: int = 70) -> Image.Image:
    """A grey page as a scanner gives it: aslant, with grain, its white not quite white, squeezed by JPEG."""
    turned = image.convert("L").rotate(tilt, Image.Resampling.BICUBIC, fillcolor=255)
    grain = np.random.default_rng(7).normal(0, noise, (turned.height, turned.width))
    grey = np.clip(np.asarray(turned, np.float64) * 0.94 + 8 + grain, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(grey).save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue()))


def scan_of(path: Path, pages: Sequence[int], dpi: int = 200, **how: float) -> bytes:
    """A PDF of pictures of some pages (from 1) of a PDF."""
    with pdfium.PdfDocument(path) as document:
        printed = [document[page - 1].render(scale=dpi / 72, grayscale=True).to_pil() for page in pages]
    images = [scanned(image, **how) for image in printed]  # type: ignore[arg-type]
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=dpi)
    return out.getvalue()


def font(size: int, name: str = "Sarabun-Regular") -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"{name}.ttf"), size)


def blank(width: int = 1200, height: int = 700) -> Image.Image:
    return Image.new("L", (width, height), 255)


def ruled(xs: Sequence[int], ys: Sequence[int], thick: int = 3) -> Image.Image:
    """A page with a grid of rules at these pixels."""
    image = blank(max(xs) + 120, max(ys) + 120)
    draw = ImageDraw.Draw(image)
    for y in ys:
        draw.line((xs[0], y, xs[-1], y), fill=0, width=thick)
    for x in xs:
        draw.line((x, ys[0], x, ys[-1]), fill=0, width=thick)
    return image


def pixels(image: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(image.convert("L"), np.uint8)


def printed(text: str, size: int = 56, name: str = "Sarabun-Regular") -> NDArray[np.uint8]:
    """A picture of one line of text, cut close."""
    image = blank(60 * max(4, len(text)), 4 * size)
    ImageDraw.Draw(image).text((30, size), text, font=font(size, name), fill=0)
    box = Image.eval(image, lambda value: 255 - value).getbbox()
    assert box
    return pixels(image.crop((box[0] - 6, box[1] - 6, box[2] + 6, box[3] + 6)))
