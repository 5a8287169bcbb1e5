"""The compiled lexicon: what it holds, and that its cache can be trusted."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.repair import lexicon as module
from ita_extract.repair import trie
from ita_extract.repair.lexicon import Lexicon, lexicon, word_counts
from ita_extract.rulebook import thai

LETTERS = st.text(alphabet="กขคงาเแ", min_size=1, max_size=6)


@given(st.sets(LETTERS, min_size=1, max_size=60), LETTERS)
def test_trie_holds_what_it_was_given(words: set[str], other: str) -> None:
    listed = sorted(words)
    base, check, term = trie.build(listed)

    def find(word: str) -> int:
        node = 0
        for letter in word:
            below = base[node] + trie.CODES[letter]
            if check[below] != node:
                return -1
            node = below
        return term[node]

    assert [find(word) for word in listed] == list(range(len(listed)))
    assert (find(other) >= 0) == (other in words)


def test_every_word_is_found() -> None:
    known = lexicon()
    assert all(known.words[known.ordinal(word)] == word for word in known.words[::97])
    assert known.frequency("จัดทำ") > known.frequency("จัดทา") == 0.0


def test_no_list_brings_damage_in() -> None:
    counts = word_counts()
    assert "สำหรับ" in counts and "สาหรับ" not in counts


def test_every_list_names_source_and_licence() -> None:
    for source in thai.lexicon_sources():
        assert source.source and source.licence in ("CC0-1.0", "CC-BY-4.0"), source.name
        assert next(iter(thai.lexicon_words(source)), None), source.name


@pytest.mark.slow
def test_cache_survives_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITA_EXTRACT_CACHE", str(tmp_path))
    first: Lexicon = lexicon.__wrapped__()
    (kept,) = tmp_path.iterdir()
    assert module._read(kept) is not None
    data = bytearray(kept.read_bytes())
    data[len(data) // 2] ^= 1
    kept.write_bytes(data)
    assert module._read(kept) is None
    again: Lexicon = lexicon.__wrapped__()
    assert again.words == first.words and module._read(kept) is not None


@pytest.mark.slow
def test_cache_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ITA_EXTRACT_CACHE", str(tmp_path / "file" / "below"))
    assert lexicon.__wrapped__().words
