"""Pages one by one: a run that is cut off asks nothing twice, and a page that takes too long costs no other."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import pytest
from PIL import ImageDraw

from ita_extract.engines.ocr import FolderCache, tesseract
from ita_extract.engines.ocr.memory import Memory, Said
from ita_extract.engines.ocr.reading import read
from ita_extract.model.page import Page
from ita_extract.model.source import SourceDocument

from .scans import blank, font, needs_tesseract

pytestmark = needs_tesseract
WORDS = ("จังหวัดลำพูน", "เทศบาลตำบลบ้านกลาง")


def two_pages() -> SourceDocument:
    pages = [blank(900, 300) for _ in WORDS]
    for page, word in zip(pages, WORDS, strict=True):
        ImageDraw.Draw(page).text((60, 100), word, font=font(56), fill=0)
    out = io.BytesIO()
    first, *others = pages
    first.save(out, "TIFF", save_all=True, append_images=others, dpi=(300, 300))
    return SourceDocument.of(out.getvalue(), "two.tiff", "image/tiff")


def no_cells(_: Page) -> list[list[tuple[int, int, tuple[float, float, float, float]]]]:
    return []


def text_of(page: Page) -> str:
    return "".join(map(chr, page.chars.code.tolist()))


class CutOffError(Exception):
    pass


def test_a_run_that_is_cut_off_goes_on_with_the_page_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Counter[str] = Counter()
    plain = tesseract._read

    def counted(image: object, *how: object) -> Said:
        asked["questions"] += 1
        return plain(image, *how)  # type: ignore[arg-type]

    def cut_off() -> None:
        raise CutOffError

    monkeypatch.setattr(tesseract, "_read", counted)
    source = two_pages()
    whole = list(read(source, None, no_cells))
    of_both = asked["questions"]
    asked.clear()
    with pytest.raises(CutOffError):
        list(read(source, None, no_cells, on_page=cut_off, cache=FolderCache(tmp_path)))
    of_first = asked["questions"]
    asked.clear()
    again = list(read(source, None, no_cells, cache=FolderCache(tmp_path)))
    assert 0 < of_first < of_both
    assert asked["questions"] == of_both - of_first
    assert [text_of(page) for page in again] == [text_of(page) for page in whole]


def test_a_page_that_takes_too_long_comes_without_text_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, made = Memory.of_page.__func__, []  # type: ignore[attr-defined]

    def first_is_late(cls: type[Memory], *given: object) -> Memory:
        memory = plain(cls, *given)
        made.append(memory)
        if len(made) == 1:
            memory.seconds = -1.0
        return memory

    monkeypatch.setattr(Memory, "of_page", classmethod(first_is_late))
    late, read_page = read(two_pages(), None, no_cells)
    assert (late.number, len(late.chars)) == (1, 0)
    assert read_page.number == 2
    assert "กลาง" in text_of(read_page)
