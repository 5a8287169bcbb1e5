"""Words of the lexicon for the laws of repair, looked up when a test asks: every process of the tests imports every test."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from ita_extract.repair.lexicon import word_counts
from ita_extract.rulebook import thai


@cache
def _counts() -> dict[str, int]:
    return dict(word_counts())


@cache
def common(least: int, part: str = "") -> tuple[str, ...]:
    """The words with `part` in them that stand `least` times in the counted texts, sorted."""
    return tuple(sorted(word for word, count in _counts().items() if count >= least and part in word))


@cache
def places() -> tuple[str, ...]:
    """The names of provinces, districts and subdistricts, sorted."""
    return tuple(sorted({name for one in thai.lexicon_sources() if one.kind == "names" for name, _ in thai.lexicon_words(one)}))


def some(least: int, part: str = "") -> st.SearchStrategy[str]:
    """One of the `common` words."""
    return st.deferred(lambda: st.sampled_from(common(least, part)))


def some_place() -> st.SearchStrategy[str]:
    """One of the `places`."""
    return st.deferred(lambda: st.sampled_from(places()))
