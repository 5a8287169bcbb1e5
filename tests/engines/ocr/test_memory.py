"""What is kept of a page between runs, and when its reading is given up."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.engines.ocr.memory import FolderCache, LateError, Memory

PAGE = np.arange(12, dtype=np.uint8).reshape(3, 4)


def never() -> tuple[str, float]:
    raise AssertionError("Tesseract is not asked what is known")


def test_what_was_said_is_known_to_the_next_run(tmp_path: Path) -> None:
    cache = FolderCache(tmp_path / "store" / "ocr")
    first = Memory.of_page(PAGE, "4.1", cache)
    assert first.ask(PAGE, "tha 7", lambda: ("น้ำ", 0.93)) == ("น้ำ", 0.93)
    first.keep()
    again = Memory.of_page(PAGE, "4.1", cache)
    assert again.ask(PAGE, "tha 7", never) == ("น้ำ", 0.93)


@pytest.mark.parametrize(("page", "settings"), [(PAGE, "4.2"), (PAGE + 1, "4.1"), (PAGE.reshape(4, 3), "4.1")])
def test_another_page_or_other_settings_are_asked_anew(tmp_path: Path, page: np.ndarray, settings: str) -> None:
    cache = FolderCache(tmp_path)
    first = Memory.of_page(PAGE, "4.1", cache)
    first.ask(PAGE, "tha", lambda: ("ก", 1.0))
    first.keep()
    assert Memory.of_page(page, settings, cache).ask(PAGE, "tha", lambda: ("ข", 1.0)) == ("ข", 1.0)


def test_a_question_is_the_picture_and_how_it_is_asked() -> None:
    memory = Memory("k")
    assert memory.ask(PAGE, "tha", lambda: ("ก", 1.0)) == ("ก", 1.0)
    assert memory.ask(PAGE, "eng", lambda: ("A", 1.0)) == ("A", 1.0)
    assert memory.ask(PAGE.T, "tha", lambda: ("ข", 1.0)) == ("ข", 1.0)
    assert memory.ask(PAGE, "tha", never) == ("ก", 1.0)


@given(st.binary(max_size=60), st.booleans())
def test_what_is_no_cache_is_no_answer(data: bytes, squeezed: bool) -> None:
    class Broken:
        def get(self, key: str) -> bytes | None:
            return zlib.compress(data) if squeezed else data

        def put(self, key: str, data: bytes) -> None: ...

    assert Memory.of_page(PAGE, "", Broken()).ask(PAGE, "tha", lambda: ("ก", 0.5)) == ("ก", 0.5)


def test_a_bomb_in_the_cache_is_not_opened_out() -> None:
    class Bomb:
        def get(self, key: str) -> bytes | None:
            return zlib.compress(b" " * 30_000_000 + b"{}")

        def put(self, key: str, data: bytes) -> None: ...

    assert Memory.of_page(PAGE, "", Bomb()).ask(PAGE, "tha", lambda: ("ก", 0.5)) == ("ก", 0.5)


def test_a_disk_that_refuses_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = FolderCache(tmp_path / "file" / "below")
    cache.put("0" * 64, b"x")
    assert cache.get("0" * 64) is None


def test_a_page_that_takes_too_long_is_given_up() -> None:
    ticks = iter(range(0, 1000, 2))
    memory = Memory("k", seconds=5, clock=lambda: next(ticks))
    for word in ("a", "b", "c"):
        memory.ask(PAGE, word, lambda: ("", 0.0))
    with pytest.raises(LateError):
        memory.ask(PAGE, "d", lambda: ("", 0.0))
