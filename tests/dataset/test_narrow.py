"""Very many rows in few bytes: what comes out is what went in."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.dataset import narrow
from ita_extract.dataset.narrow import Narrow, codes_of, ranked

TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=8)
SCHEMA = pa.schema({"text": pa.string(), "number": pa.int64()})


def table_of_texts(texts: list[str | None]) -> pa.Table:
    return pa.table({"text": pa.array(texts, pa.string()), "number": pa.array(range(len(texts))), "more": texts})


@given(st.lists(TEXTS, max_size=6), st.integers(1, 9))
def test_rows_come_out_as_they_went_in(parts: list[list[str | None]], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(narrow, "ROWS_AT_ONCE", at_once)
        kept = Narrow(SCHEMA)
        for part in parts:
            kept.add(table_of_texts(part))
        whole = kept.table()
    assert whole.column_names == ["text", "number"]
    assert whole["text"].to_pylist() == [text for part in parts for text in part]
    assert whole["number"].to_pylist() == [number for part in parts for number in range(len(part))]
    assert kept.table().equals(whole)


def test_a_row_takes_few_bytes_however_long_its_texts_are() -> None:
    kept = Narrow(SCHEMA)
    for _ in range(100):
        kept.add(table_of_texts(["องค์การบริหารส่วนตำบล" * 4, "เทศบาลตำบล" * 8] * 1_000))
    assert kept.table().nbytes < 13 * 200_000


@given(TEXTS, st.integers(1, 8))
def test_places_are_in_the_order_of_the_texts(texts: list[str | None], size: int) -> None:
    chunks = [pa.array(texts[at : at + size], pa.string()) for at in range(0, len(texts), size)]
    for column in (pa.chunked_array(chunks, pa.string()), pa.chunked_array(chunks, pa.string()).dictionary_encode()):
        places, known = ranked(column)
        assert known.to_pylist() == sorted({text for text in texts if text is not None}, key=lambda text: text.encode())
        assert [None if place < 0 else known[place].as_py() for place in places.tolist()] == texts


@given(st.lists(st.tuples(st.sampled_from([None, "a", "b"]), st.sampled_from([None, 1, 2]), st.booleans()), max_size=9))
def test_codes_are_one_for_each_different_tuple(rows: list[tuple[str | None, int | None, bool]]) -> None:
    kinds = (pa.string(), pa.int64(), pa.bool_())
    columns = [pa.chunked_array([pa.array([row[at] for row in rows], kind)]) for at, kind in enumerate(kinds)]
    codes, missing = codes_of(columns)
    assert missing.tolist() == [None in row for row in rows]
    for one, code in zip(rows, codes.tolist(), strict=True):
        assert [code == other for other in codes.tolist()] == [one == other for other in rows]
