"""The store: what one document gave, kept whole or not at all."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pyarrow as pa
import pytest

from ita_extract.dataset import get, publish, put, read_dataset, read_stored, store_key, stored_documents, verify
from ita_extract.dataset.read import current_release, release_descriptor
from ita_extract.dataset.schema import tables_of
from ita_extract.dataset.store import Terms, packed, put_packed, recall, sweep
from ita_extract.errors import StorageError
from tests.dataset.build import FIELDS, KEY, MADE_BY, document_id, result, rich_result, score


def test_what_was_put_is_got_back_dataset_by_dataset(tmp_path: Path) -> None:
    put(tmp_path, rich_result("a"), KEY)
    stored = get(tmp_path, document_id("a"), KEY)
    assert stored is not None
    assert stored.document_id == document_id("a")
    assert stored.tables["agency_scores"]["score"].to_pylist()[:2] == [61.25, 51.5]
    assert set(stored.tables) <= set(FIELDS.names)
    assert "survey_items" not in stored.tables


def test_another_key_is_nothing_but_still_belongs_to_the_next_release(tmp_path: Path) -> None:
    put(tmp_path, rich_result("a"), store_key("rules 1", "1.0"))
    assert get(tmp_path, document_id("a"), store_key("rules 2", "1.0")) is None
    assert get(tmp_path, document_id("a"), store_key("rules 1", "1.1")) is None
    assert get(tmp_path, document_id("b"), store_key("rules 1", "1.0")) is None
    assert stored_documents(tmp_path) == (document_id("a"),)
    assert read_stored(tmp_path, document_id("a")).key == store_key("rules 1", "1.0")


def test_a_later_result_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    put(tmp_path, result("a", score("1", "50")), "old")
    put(tmp_path, result("a", score("1", "60")), "new")
    assert get(tmp_path, document_id("a"), "old") is None
    assert read_stored(tmp_path, document_id("a")).tables["agency_scores"]["score"].to_pylist() == [60.0]
    assert len([path for path in (tmp_path / "store").rglob("*") if path.is_file()]) == 1


def test_the_same_result_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = (put(tmp_path / name, rich_result("a"), KEY).read_bytes() for name in ("one", "two"))
    assert one == two


@pytest.mark.parametrize("cut", [0, 1, 50, 500, -1])
def test_a_torn_file_is_a_document_not_read_yet(tmp_path: Path, cut: int) -> None:
    path = put(tmp_path, rich_result("a"), KEY)
    path.write_bytes(path.read_bytes()[:cut])
    assert get(tmp_path, document_id("a"), KEY) is None
    with pytest.raises(StorageError, match="damaged") as caught:
        read_stored(tmp_path, document_id("a"))
    assert "delete this file" in caught.value.advice


def test_no_changed_byte_of_a_stored_file_gives_other_rows(tmp_path: Path) -> None:
    path = put(tmp_path, result("a", score("1", "50")), KEY)
    whole, want = path.read_bytes(), read_stored(tmp_path, document_id("a")).tables["agency_scores"]
    for at in range(0, len(whole), 23):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x11]) + whole[at + 1 :])
        stored = get(tmp_path, document_id("a"), KEY)
        assert stored is None or stored.tables.get("agency_scores", want).equals(want), at


def test_an_unreadable_store_says_so(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / document_id("a")[:2]).write_text("in the way")
    with pytest.raises(StorageError, match="could not be kept"):
        put(tmp_path, rich_result("a"), KEY)


def put_for_ever(folder: Path) -> None:
    for number in range(100_000):
        put(folder, rich_result("a", agencies=50 + number % 7), KEY)


def test_a_writer_killed_at_any_moment_leaves_a_whole_result_or_none(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    for milliseconds in range(40, 100, 12):
        writer = context.Process(target=put_for_ever, args=(tmp_path,))
        writer.start()
        time.sleep(milliseconds / 1000)
        os.kill(writer.pid or 0, signal.SIGKILL)
        writer.join()
        for stored in stored_documents(tmp_path):
            assert len(read_stored(tmp_path, stored).tables["agency_scores"]) >= 100
    sweep(tmp_path)
    assert [path for path in (tmp_path / "store").rglob("*") if path.name.startswith(".")] == []


# ------------------------------------------------------------------------------------------- folders that an older version wrote


def put_as_format_2(folder: Path, name: str) -> Path:
    """A result as the version before wrote it: each table a stream that compresses its columns by themselves, and no `made`."""
    streams = []
    for dataset, table in tables_of(rich_result(name), FIELDS).items():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
            writer.write_table(table)
        streams.append((dataset, sink.getvalue().to_pybytes(), table.num_rows))
    body, offset, places = b"".join(data for _, data, _ in streams), 0, []
    for dataset, data, rows in streams:
        places.append({"dataset": dataset, "offset": offset, "size": len(data), "rows": rows})
        offset += len(data)
    key = hashlib.sha256(b"2\nrules\ncode").hexdigest()
    head = {"format": 2, "document_id": document_id(name), "key": key, "asked": ["year 2563"], "told": {"status": "parsed"}}
    head |= {"sha256": hashlib.sha256(body).hexdigest(), "tables": places}
    path = folder / "store" / document_id(name)[:2] / f"{document_id(name)}.arrow"
    path.parent.mkdir(parents=True)
    path.write_bytes(json.dumps(head, separators=(",", ":")).encode() + b"\n" + body)
    return path


def test_what_an_older_version_stored_is_published_with_what_is_new(tmp_path: Path) -> None:
    put_as_format_2(tmp_path, "a")
    new = packed(document_id("b"), tables_of(rich_result("b", 2564), FIELDS), Terms(KEY, made="today"))
    put_packed(tmp_path, document_id("b"), new)
    put(tmp_path / "plain", rich_result("a"), KEY)
    put(tmp_path / "plain", rich_result("b", 2564), KEY)
    publish(tmp_path, MADE_BY, made_now=lambda asked: "today")
    publish(tmp_path / "plain", MADE_BY)
    for name in FIELDS.names:
        want = read_dataset(tmp_path / "plain", name, as_arrow=True)
        assert read_dataset(tmp_path, name, as_arrow=True).equals(want), name
    older = release_descriptor(current_release(tmp_path)).provenance.older
    assert older == (document_id("a")[: len(older[0])],), "the release says who read it"
    assert verify(tmp_path) == ()


def test_what_an_older_version_stored_is_read_again_where_its_document_is_there(tmp_path: Path) -> None:
    """Its key says so: no key of today is one of that version. The new result takes the place of the old one."""
    path = put_as_format_2(tmp_path, "a")
    assert recall(tmp_path, document_id("a"), lambda asked: store_key("rules", "code")) is None
    assert read_stored(tmp_path, document_id("a")).key != store_key("rules", "code")
    assert put(tmp_path, rich_result("a"), store_key("rules", "code")) == path
    assert json.loads(path.read_bytes().partition(b"\n")[0])["format"] == 3


def test_what_an_older_version_stored_may_be_damaged_too(tmp_path: Path) -> None:
    path = put_as_format_2(tmp_path, "a")
    whole = path.read_bytes()
    for cut in (20, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(StorageError, match="damaged"):
            publish(tmp_path, MADE_BY)
    path.write_bytes(whole)
    publish(tmp_path, MADE_BY)
