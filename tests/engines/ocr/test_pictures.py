"""Files of pictures as pages."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from ita_extract.engines.ocr.pictures import DPI, count_pictures, pictures
from ita_extract.errors import DocumentError
from ita_extract.model.source import SourceDocument


def source(image: Image.Image, kind: str, **save: object) -> SourceDocument:
    out = io.BytesIO()
    image.save(out, kind, **save)
    return SourceDocument.of(out.getvalue(), f"page.{kind.lower()}", f"image/{kind.lower()}")


def test_a_picture_that_tells_its_resolution_has_the_size_of_its_sheet() -> None:
    [page] = pictures(source(Image.new("L", (850, 1100), 255), "PNG", dpi=(100, 100)))
    assert (page.number, round(page.width), round(page.height)) == (1, 612, 792)
    assert page.gray.shape == (1100 * DPI // 100, 850 * DPI // 100)


@pytest.mark.parametrize("told", [{}, {"dpi": (72, 72)}, {"dpi": (1, 1)}])
def test_a_picture_that_tells_none_is_taken_for_a4(told: dict[str, object]) -> None:
    [page] = pictures(source(Image.new("L", (1654, 2339), 255), "PNG", **told))
    assert (round(page.width), round(page.height)) == (595, 842)


def test_every_frame_of_a_tiff_is_a_page() -> None:
    frames = [Image.new("L", (827, 1169), grey) for grey in (255, 200, 100)]
    tiff = source(frames[0], "TIFF", save_all=True, append_images=frames[1:], dpi=(100, 100))
    assert count_pictures(tiff) == 3
    assert [(page.number, int(page.gray[5, 5])) for page in pictures(tiff)] == [(1, 255), (2, 200), (3, 100)]
    assert [page.number for page in pictures(tiff, [2])] == [2]


def test_transparent_is_paper() -> None:
    [page] = pictures(source(Image.new("RGBA", (827, 1169), (0, 0, 0, 0)), "PNG", dpi=(100, 100)))
    assert (page.gray == 255).all()


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", np.random.default_rng(1).bytes(500)])
def test_what_is_no_picture_is_malformed(data: bytes) -> None:
    with pytest.raises(DocumentError) as told:
        list(pictures(SourceDocument.of(data, "page.png", "image/png")))
    assert told.value.code == "MALFORMED"


def test_a_picture_that_breaks_off_is_malformed() -> None:
    whole = source(Image.fromarray(np.random.default_rng(1).integers(0, 255, (900, 700), np.uint8)), "PNG").data
    with pytest.raises(DocumentError) as told:
        list(pictures(SourceDocument.of(whole[: len(whole) // 2], "page.png", "image/png")))
    assert told.value.code == "MALFORMED"


def test_a_picture_of_a_wall_is_not_read() -> None:
    with pytest.raises(DocumentError) as told:
        list(pictures(source(Image.new("1", (9000, 9000), 1), "PNG", dpi=(300, 300))))
    assert told.value.code == "LIMIT_PAGE"


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and holds nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    chunks = (struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("side", [9_000, 12_000, 60_000])
@pytest.mark.filterwarnings("error")
def test_a_bomb_is_refused_before_it_is_decoded(side: int) -> None:
    with pytest.raises(DocumentError) as told:
        list(pictures(SourceDocument.of(png_of(side, side), "bomb.png", "image/png")))
    assert told.value.code == "LIMIT_PAGE"


def test_a_file_of_too_many_pictures_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ita_extract.engines.ocr.pictures.MAX_FRAMES", 2)
    frames = [Image.new("1", (64, 64)) for _ in range(3)]
    with pytest.raises(DocumentError) as told:
        list(pictures(source(frames[0], "TIFF", save_all=True, append_images=frames[1:])))
    assert told.value.code == "LIMIT_PAGES"


def test_no_other_decoder_is_asked() -> None:
    out = io.BytesIO()
    Image.new("L", (64, 64)).save(out, "GIF")
    with pytest.raises(DocumentError) as told:
        list(pictures(SourceDocument.of(out.getvalue(), "page.png", "image/png")))
    assert told.value.code == "MALFORMED"
