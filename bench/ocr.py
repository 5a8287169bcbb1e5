"""Scans, beside Tesseract alone: `python -m bench.ocr [FILE...] [--pages N]`.

Each file is a PDF with a text layer. Its pages are printed, scanned (200 dots an inch, grey, grain, half a degree aslant, JPEG) and
read twice in the same run: by the engine for scans, and by Tesseract with Thai and English, a page at a time. What the text layer
says is the truth. Counted are the numbers and the grades that each finds again, and the pages in a minute of computing.
"""

from __future__ import annotations

import argparse
import io
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image

from ita_extract.contents import parts_of, read_contents
from ita_extract.engines.ocr.pictures import DPI, pictures
from ita_extract.model.source import SourceDocument

from .measure import ROOT

TILT, GRAIN, QUALITY, SCANNED_AT = 0.5, 6.0, 70, 200
NUMBER = re.compile(r"(?<![\d.,])[\d๐-๙]+(?:[.,][\d๐-๙]+)*%?(?![\d])")
DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


@dataclass(frozen=True, slots=True)
class Found:
    """What one reader made of a document: of the printed numbers so many, so many that are not printed, in so many seconds."""

    right: int
    wrong: int
    seconds: float


def scanned(image: Image.Image) -> Image.Image:
    """A printed page as a scanner gives it."""
    turned = image.convert("L").rotate(TILT, Image.Resampling.BICUBIC, fillcolor=255)
    grain = np.random.default_rng(7).normal(0, GRAIN, (turned.height, turned.width))
    grey = np.clip(np.asarray(turned, np.float64) * 0.94 + 8 + grain, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(grey).save(out, "JPEG", quality=QUALITY)
    return Image.open(io.BytesIO(out.getvalue()))


def scan_of(path: Path, pages: int) -> SourceDocument:
    """The first pages of a PDF as a PDF of pictures."""
    with pdfium.PdfDocument(path) as document:
        count = min(pages, len(document))
        images = [scanned(document[at].render(scale=SCANNED_AT / 72, grayscale=True).to_pil()) for at in range(count)]
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=SCANNED_AT)
    return SourceDocument.of(out.getvalue(), path.name, "application/pdf")


def numbers(texts: Iterable[str]) -> Counter[str]:
    """How often each number stands in the texts, Thai digits as Arabic ones."""
    return Counter(found.translate(DIGITS) for text in texts for found in NUMBER.findall(text))


def by_engine(source: SourceDocument) -> Iterator[str]:
    """The texts of a document, as the package reads it."""
    for page in read_contents(source).pages:
        yield from (part.text for part in parts_of(page))


def by_tesseract(source: SourceDocument) -> Iterator[str]:
    """The same by Tesseract alone, each page at a time, at the resolution that it likes best."""
    import tesserocr

    from ita_extract.engines.ocr.tesseract import data_folder

    with tesserocr.PyTessBaseAPI(path=str(data_folder()), lang="tha+eng", psm=tesserocr.PSM.AUTO) as api:
        api.SetVariable("user_defined_dpi", str(DPI))
        for picture in pictures(source):
            height, width = picture.gray.shape
            api.SetImageBytes(picture.gray.tobytes(), width, height, 1, width)
            yield api.GetUTF8Text()


def found(read: Callable[[SourceDocument], Iterable[str]], source: SourceDocument, truth: Counter[str]) -> Found:
    started = time.process_time()
    got = numbers(read(source))
    return Found((got & truth).total(), (got - truth).total(), time.process_time() - started)


def compare(path: Path, pages: int) -> list[str]:
    """Two rows of the table, of one document."""
    count = min(pages, len(pdfium.PdfDocument(path)))
    layer = read_contents(SourceDocument.of(path.read_bytes(), path.name, "application/pdf"), pages=range(1, count + 1))
    truth = numbers(part.text for page in layer.pages for part in parts_of(page))
    source, rows = scan_of(path, count), []
    for name, read in (("ita-extract", by_engine), ("Tesseract, whole page", by_tesseract)):
        one = found(read, source, truth)
        rows.append(
            f"| {path.name} | {name} | {one.right} of {truth.total()} ({one.right / max(1, truth.total()):.1%}) | {one.wrong} "
            f"| {60 * count / one.seconds:.0f} |"
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, default=[ROOT / "samples" / "announcement_2564_towns_split_am.pdf"])
    parser.add_argument("--pages", type=int, default=8)
    given = parser.parse_args()
    print("| document | reader | numbers found again | not printed, but read | pages a minute |\n| --- | --- | --- | --- | --- |")
    for file in given.files:
        print("\n".join(compare(file, given.pages)), flush=True)


if __name__ == "__main__":
    main()
