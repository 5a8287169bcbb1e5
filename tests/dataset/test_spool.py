"""Rows that wait on the disk: what comes out is what went in, document by document, and nothing stays behind."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.dataset import batches, publish, put, spool, verify
from ita_extract.dataset.spool import RowSpool
from ita_extract.errors import StorageError
from tests.dataset.build import KEY, MADE_BY, document_id, result, rich_result, score

SCHEMA = pa.schema({"document": pa.int64(), "text": pa.string()})


@given(st.lists(st.integers(1, 40), max_size=70), st.integers(1, 2_000))
def test_rows_come_out_as_they_went_in_and_no_document_is_parted(sizes: list[int], room: int) -> None:
    tables = [pa.table({"document": [at] * size, "text": ["คะแนน"] * size}, schema=SCHEMA) for at, size in enumerate(sizes)]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "BYTES_IN_MEMORY", room)
        rows = RowSpool(Path(folder, "waiting", "rows"), SCHEMA)
        for table in tables:
            rows.add(table)
        taken = list(rows.taken())
        assert not list(Path(folder).glob("waiting/*"))
    assert pa.concat_tables([SCHEMA.empty_table(), *taken]) == pa.concat_tables([SCHEMA.empty_table(), *tables])
    documents = [set(table["document"].to_pylist()) for table in taken]
    assert sum(map(len, documents)) == len(sizes)


def test_few_rows_never_see_the_disk(tmp_path: Path) -> None:
    rows = RowSpool(tmp_path / "waiting" / "rows", SCHEMA)
    rows.add(pa.table({"document": [1], "text": ["ก"]}, schema=SCHEMA))
    assert sum(table.num_rows for table in rows.taken()) == 1
    assert not list(tmp_path.iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in "abcdef":
        put(tmp_path, rich_result(name, 2563 + ord(name) % 3), KEY)
    put(tmp_path, result("empty"), KEY)
    return tmp_path


@pytest.mark.parametrize(
    ("documents", "room"), [(2, 1), *(pytest.param(*one, marks=pytest.mark.slow) for one in ((1, 1 << 19), (256, 1)))]
)
def test_a_release_is_the_same_however_its_documents_are_put_together(
    folder: Path, documents: int, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = publish(folder, MADE_BY)
    monkeypatch.setattr(batches, "DOCUMENTS", documents)
    monkeypatch.setattr(spool, "BYTES_IN_MEMORY", room)
    again = publish(folder, MADE_BY)
    assert (again.release_id, again.rows, again.values, again.new) == (whole.release_id, whole.rows, whole.values, False)
    assert [path.name for path in (folder / "releases").iterdir()] == [whole.release_id]
    shutil.rmtree(whole.path)
    assert publish(folder, MADE_BY).new
    assert verify(folder) == ()


def test_where_rows_cannot_wait_the_previous_release_stands(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = publish(folder, MADE_BY).release_id
    put(folder, result("more", score("a", "80.25")), KEY)
    monkeypatch.setattr(spool, "BYTES_IN_MEMORY", 1)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pa.ipc, "new_stream", full)
    with pytest.raises(StorageError, match="No space left"):
        publish(folder, MADE_BY)
    assert [path.name for path in (folder / "releases").iterdir()] == [old]
    assert verify(folder) == ()


def test_values_are_counted_as_they_are_published(folder: Path) -> None:
    put(folder, result("own", score("lp-001", "61.25", verification="verified"), score("x", "1.00")), KEY)
    values = publish(folder, MADE_BY).values
    assert values["agency_scores", "verified"] >= 1
    assert sum(count for (name, _), count in values.items() if name == "agency_scores") == 6 * 10 + 2


def test_a_document_of_no_rows_of_any_kind_but_its_own_is_published(folder: Path) -> None:
    rows = publish(folder, MADE_BY).rows
    assert rows["documents"] == 7
    assert document_id("empty") in {path.stem for path in (folder / "store").rglob("*.arrow")}
