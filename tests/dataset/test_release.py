"""Publishing: the same bytes for the same input, one writer at a time, and never half a release, whatever goes wrong."""

from __future__ import annotations

import errno
import multiprocessing
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ita_extract.dataset import current_release, lock_folder, parquet, publish, put, read_dataset, stored_documents, verify
from ita_extract.dataset.descriptor import Provenance
from ita_extract.errors import LockedError, StorageError
from tests.dataset.build import FIELDS, KEY, MADE_BY, document_id, result, rich_result, score


def bytes_of(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with one published document."""
    put(tmp_path / "data", rich_result("a"), KEY)
    publish(tmp_path / "data", MADE_BY)
    return tmp_path / "data"


def test_a_release_lies_as_the_contract_says(folder: Path) -> None:
    name = (folder / "CURRENT").read_text()
    release = folder / "releases" / name.strip()
    assert name == f"{release.name}\n"
    assert (folder / "current").is_symlink()
    assert (folder / "current").resolve() == release.resolve() == current_release(folder).resolve()
    files = set(bytes_of(release))
    years = {f"{name}/{year}.parquet" for name in ("agency_scores", "national_scores") for year in (2562, 2563)}
    years |= {f"{name}/2563.parquet" for name in ("indicator_scores", "instrument_scores", "type_summaries", "grade_counts")}
    all_years = {f"{name}/all.parquet" for name in ("documents", "agencies", "repairs", "checks", "rejects")}
    assert files == years | all_years | {"datapackage.json"}
    assert verify(folder) == ()


def test_parquet_is_zstd_sorted_dictionary_encoded_and_described(folder: Path) -> None:
    file = pq.ParquetFile(current_release(folder) / "agency_scores" / "2563.parquet")
    group = file.metadata.row_group(0)
    for number in range(group.num_columns):
        column = group.column(number)
        assert column.compression == "ZSTD"
        if column.physical_type == "BYTE_ARRAY":
            assert "RLE_DICTIONARY" in column.encodings, column.path_in_schema
    assert [file.schema.column(order.column_index).name for order in group.sorting_columns] == ["document_id", "record_no"]
    assert file.schema_arrow.field("score").metadata[b"description_th"].decode().startswith("คะแนน")
    assert file.schema_arrow.field("fiscal_year").type == "int64"


def test_two_publishes_give_the_same_id_and_bytes_in_whatever_order_documents_came(tmp_path: Path) -> None:
    releases = []
    for name, order in (("one", "abcd"), ("two", "dbca")):
        for document in order:
            put(tmp_path / name, rich_result(document, 2563 + ord(document) % 2), KEY)
        releases.append(publish(tmp_path / name, MADE_BY))
    one, two = releases
    assert one.release_id == two.release_id
    assert bytes_of(one.path) == bytes_of(two.path)
    assert one.rows["documents"] == 4


def test_other_rules_other_code_or_another_document_make_another_release(folder: Path) -> None:
    ids = {publish(folder, made).release_id for made in (MADE_BY, Provenance("1.1", "rules"), Provenance("1.0", "other"))}
    put(folder, rich_result("b"), KEY)
    ids.add(publish(folder, MADE_BY).release_id)
    assert len(ids) == 4
    assert len(list((folder / "releases").iterdir())) == 4


def test_publishing_the_same_again_leaves_the_release_as_it_is(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in current_release(folder).rglob("*")}
    inode = (folder / "CURRENT").stat().st_ino
    again = publish(folder, MADE_BY)
    assert not again.new
    assert {path: path.stat().st_mtime_ns for path in again.path.rglob("*")} == before
    assert (folder / "CURRENT").stat().st_ino == inode
    assert [path.name for path in (folder / "releases").iterdir()] == [again.release_id]


def test_a_release_holds_every_document_ever_run_into_the_folder(folder: Path) -> None:
    put(folder, rich_result("b", 2565), "another key")
    rows = publish(folder, MADE_BY).rows
    assert rows["documents"] == 2
    assert set(read_dataset(folder, "agency_scores").fiscal_year) == {2562, 2563, 2564, 2565}


def test_an_older_content_becomes_current_again(folder: Path) -> None:
    first = current_release(folder)
    path = put(folder, rich_result("b"), KEY)
    second = publish(folder, MADE_BY)
    path.unlink()
    third = publish(folder, MADE_BY)
    assert (third.path, third.new) == (first, False)
    assert second.path.is_dir()
    assert current_release(folder) == first
    assert (folder / "current").resolve() == first.resolve()


def test_running_again_mends_a_damaged_release_and_a_lost_pointer(folder: Path) -> None:
    good = bytes_of(current_release(folder))
    victim = current_release(folder) / "checks" / "all.parquet"
    victim.write_bytes(victim.read_bytes()[:-1] + b"?")
    (folder / "CURRENT").write_text("nonsense\n")
    (folder / "current").unlink()
    assert verify(folder) != ()
    assert publish(folder, MADE_BY).new
    assert verify(folder) == ()
    assert bytes_of(current_release(folder)) == good
    assert (folder / "current").is_symlink()


def test_what_killed_runs_left_half_written_is_cleared_up(folder: Path) -> None:
    (folder / "releases" / ".staging-1").mkdir()
    (folder / "releases" / ".staging-1" / "x.parquet").write_bytes(b"half")
    (folder / ".CURRENT.1.tmp").write_bytes(b"half")
    (folder / "store" / "ab").mkdir(exist_ok=True)
    (folder / "store" / "ab" / ".x.arrow.1.tmp").write_bytes(b"half")
    publish(folder, MADE_BY)
    assert not [path for path in folder.rglob("*") if ".staging" in path.name or path.suffix == ".tmp"]


def test_a_year_dataset_without_rows_has_no_file_and_one_without_years_has_an_empty_one(tmp_path: Path) -> None:
    done = publish(tmp_path, MADE_BY)
    assert {path.relative_to(done.path).as_posix() for path in done.path.rglob("*.parquet")} == {
        f"{dataset.name}/all.parquet" for dataset in FIELDS.datasets if dataset.partition == "all"
    }
    assert verify(tmp_path) == ()
    for dataset in FIELDS.datasets:
        assert list(read_dataset(tmp_path, dataset.name).columns) == list(dataset.names)


def test_row_groups_end_at_fixed_counts_however_rows_are_spread_over_documents(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "bcd":
        put(folder, rich_result(name, agencies=20), KEY)
    publish(folder, MADE_BY)
    whole = read_dataset(folder, "agency_scores", as_arrow=True)
    monkeypatch.setattr(parquet, "ROW_GROUP", 7)
    cut = publish(folder, MADE_BY)
    assert pq.ParquetFile(cut.path / "agency_scores" / "2563.parquet").num_row_groups == 10
    groups = pq.ParquetFile(cut.path / "agency_scores" / "2562.parquet").metadata
    assert [groups.row_group(number).num_rows for number in range(groups.num_row_groups)] == [7] * 9 + [2]
    assert read_dataset(folder, "agency_scores", as_arrow=True).equals(whole)
    assert verify(folder) == ()


# ------------------------------------------------------------------------------------------------------------------------ lock


def hold_lock(folder: Path, tell: Any, *, with_child: bool = False) -> None:
    """Holds the lock until killed, and tells when it does; with a child of its own, tells that one's process id."""
    with lock_folder(folder):
        child = multiprocessing.get_context("fork").Process(target=tell_and_sleep, args=(tell,))
        if with_child:
            child.start()
        else:
            tell.send(0)
        time.sleep(60)


def tell_and_sleep(tell: Any) -> None:
    tell.send(os.getpid())
    time.sleep(60)


@contextmanager
def another_run(folder: Path, *, with_child: bool = False) -> Iterator[BaseProcess]:
    """A process that holds the lock of `folder`; it, and a child of its own, are gone at the end."""
    context = multiprocessing.get_context("fork")
    told, tell = context.Pipe(duplex=False)
    other = context.Process(target=hold_lock, args=(folder, tell), kwargs={"with_child": with_child})
    other.start()
    child = 0
    try:
        assert told.poll(30)
        child = told.recv()
        yield other
    finally:
        other.kill()
        other.join()
        if child:
            os.kill(child, signal.SIGKILL)


def test_a_second_writer_is_refused_with_exit_code_4_and_changes_nothing(folder: Path) -> None:
    with another_run(folder) as other:
        before = bytes_of(folder / "releases")
        with pytest.raises(LockedError) as caught:
            publish(folder, Provenance("2.0", "rules"))
        assert caught.value.exit_code == 4
        assert str(other.pid) in str(caught.value)
        assert bytes_of(folder / "releases") == before
    assert publish(folder, Provenance("2.0", "rules")).new


def test_the_lock_of_a_killed_run_does_not_block_the_next(folder: Path) -> None:
    with another_run(folder) as other:
        other.kill()
        other.join()
        assert (folder / ".lock").exists()
        assert not publish(folder, MADE_BY).new


def test_a_child_that_outlives_a_killed_run_does_not_keep_the_lock(folder: Path) -> None:
    with another_run(folder, with_child=True) as other:
        with pytest.raises(LockedError):
            publish(folder, MADE_BY)
        other.kill()
        other.join()
        assert not publish(folder, MADE_BY).new


def test_the_holder_of_the_lock_publishes_under_it_and_only_its_own_folder(folder: Path, tmp_path: Path) -> None:
    with lock_folder(folder) as lock:
        assert not publish(folder, MADE_BY, lock=lock).new
        with pytest.raises(LockedError):
            publish(folder, MADE_BY)
        with pytest.raises(ValueError, match="the lock is of"):
            publish(tmp_path / "other", MADE_BY, lock=lock)


# ------------------------------------------------------------------------------------------------------- when the disk refuses


class Refusals:
    """Counts the operations that need the disk, and makes the one at `at` fail with `code`."""

    def __init__(self, patch: pytest.MonkeyPatch, at: int | None = None, code: int = 0) -> None:
        self.at, self.code = at, code
        self.done: list[str] = []
        for owner, name in (
            (os, "fsync"),
            (parquet._HashedFile, "write"),
            (Path, "open"),
            (Path, "mkdir"),
            (Path, "rename"),
            (Path, "replace"),
            (Path, "symlink_to"),
        ):
            patch.setattr(owner, name, self.wrap(getattr(owner, name), name))

    def wrap(self, real: Any, name: str) -> Any:
        def refusing(*args: Any, **kwargs: Any) -> Any:
            if (name == "open" and "w" not in str(args[1:2])) or (name == "write" and args[0].discard):
                return real(*args, **kwargs)
            self.done.append(name)
            if len(self.done) - 1 == self.at:
                raise OSError(self.code, os.strerror(self.code))
            return real(*args, **kwargs)

        return refusing


@pytest.mark.parametrize(
    ("code", "points"),
    [
        pytest.param(errno.ENOSPC, 16, id="full", marks=pytest.mark.slow),
        pytest.param(errno.EACCES, 4, id="denied"),
        pytest.param(errno.EROFS, 4, id="read-only", marks=pytest.mark.slow),
    ],
)
def test_at_whatever_point_the_disk_refuses_a_whole_release_stands(folder: Path, tmp_path: Path, code: int, points: int) -> None:
    old = current_release(folder).name
    put(folder, rich_result("b"), KEY)

    def fresh(number: int) -> Path:
        return Path(shutil.copytree(folder, tmp_path / f"copy-{number}", symlinks=True))

    with pytest.MonkeyPatch.context() as patch:
        plain = Refusals(patch)
        new = publish(fresh(-1), MADE_BY).release_id
    assert set(plain.done) == {"fsync", "write", "open", "mkdir", "rename", "replace", "symlink_to"}
    link_swap = max(at for at, name in enumerate(plain.done) if name == "replace")  # the link only follows: no harm if it cannot
    last = len(plain.done) - 12  # the renames, and the syncs after them
    some = sorted({*range(0, len(plain.done), max(1, len(plain.done) // points)), *range(last, len(plain.done), 12 // points or 1)})
    assert len(some) > points
    ends = set()
    for at in some:
        copy = fresh(at)
        with pytest.MonkeyPatch.context() as patch:
            refusals = Refusals(patch, at, code)
            where = (at, plain.done[at])
            if at >= link_swap:
                assert publish(copy, MADE_BY).release_id == new
            else:
                with pytest.raises(StorageError, match=os.strerror(code)) as caught:
                    publish(copy, MADE_BY)
                assert (caught.value.exit_code, bool(caught.value.advice)) == (5, True)
                assert refusals.done[: at + 1] == plain.done[: at + 1]
        assert verify(copy) == (), where
        left = {path.name for path in (copy / "releases").iterdir()}
        assert left == ({old} if current_release(copy).name == old else {old, new}), where
        assert at >= link_swap or not list(copy.glob(".*.tmp")), where
        ends.add(current_release(copy).name)
        if at >= last:
            assert publish(copy, MADE_BY).release_id == new
            assert verify(copy) == ()
            assert (copy / "current").resolve() == current_release(copy).resolve()
        shutil.rmtree(copy)
    assert ends == {old, new}, "the sync after CURRENT was swapped may fail too; all else before"


def fill(disk: Path) -> Path:
    """A file that takes all the space there is."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    return filler


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    mount, umount = shutil.which("mount"), shutil.which("umount")
    place = tmp_path / "disk"
    place.mkdir()
    if not mount or not umount or os.geteuid() != 0:
        pytest.skip("needs root, to mount a small tmpfs")
    if subprocess.run([mount, "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True, check=False).returncode:
        pytest.skip("a tmpfs cannot be mounted here")
    try:
        yield place
    finally:
        subprocess.run([umount, "-l", str(place)], check=False)


def test_a_disk_that_really_is_full_leaves_the_previous_release(small_disk: Path) -> None:
    put(small_disk, rich_result("a"), KEY)
    old = publish(small_disk, MADE_BY).path
    put(small_disk, rich_result("b", agencies=300), KEY)
    outcomes = []
    for kilobytes in (0, 8, 24, 48, 80, 400):
        filler = fill(small_disk)
        os.truncate(filler, max(0, filler.stat().st_size // 4096 * 4096 - kilobytes * 1024))
        try:
            publish(small_disk, MADE_BY)
            outcomes.append("published")
        except StorageError as error:
            assert (error.exit_code, current_release(small_disk)) == (5, old)
            outcomes.append("full")
        assert verify(small_disk) == (), kilobytes
        assert not list((small_disk / "releases").glob(".staging-*"))
        filler.unlink()
    assert outcomes[0] == "full"
    assert outcomes[-1] == "published"
    fill(small_disk)
    with pytest.raises(StorageError) as caught:
        put(small_disk, result("c", *(score(str(n), "50") for n in range(3000))), KEY)
    assert "No space left" in str(caught.value)
    assert stored_documents(small_disk) == tuple(sorted((document_id("a"), document_id("b"))))


def test_a_folder_that_cannot_be_made_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="cannot be used"):
        publish(tmp_path / "file" / "data", MADE_BY)


def test_a_damaged_store_is_named_and_the_previous_release_stands(folder: Path) -> None:
    old = current_release(folder)
    path = put(folder, rich_result("b"), KEY)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(StorageError, match=path.name):
        publish(folder, MADE_BY)
    assert current_release(folder) == old
    assert verify(folder) == ()


def test_where_there_are_no_links_a_release_does_without(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: Any, **__: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    (folder / "current").unlink()
    monkeypatch.setattr(Path, "symlink_to", no_links)
    put(folder, rich_result("b"), KEY)
    assert publish(folder, MADE_BY).new
    assert not (folder / "current").exists()
    assert verify(folder) == ()


def test_whatever_else_stands_at_the_place_of_the_link_is_left_alone(folder: Path) -> None:
    (folder / "current").unlink()
    (folder / "current").mkdir()
    (folder / "current" / "mine").write_text("kept")
    put(folder, rich_result("b"), KEY)
    publish(folder, MADE_BY)
    assert (folder / "current" / "mine").read_text() == "kept"


# --------------------------------------------------------------------------------------------------------- readers in the meantime


def test_a_reader_never_sees_half_a_release(folder: Path) -> None:
    """While releases change, every read gives the rows of one release: as many agencies as its document said, all of one score."""
    stop = threading.Event()
    seen: set[tuple[int, float]] = set()
    faults: list[str] = []

    def read() -> None:
        while not stop.is_set():
            try:
                release = current_release(folder)
                table = read_dataset(release, "agency_scores", 2563, as_arrow=True)
                rows = read_dataset(release, "documents", as_arrow=True)["record_count"].to_pylist()
                scores = set(table["score"].to_pylist())
                if [table.num_rows] != rows or len(scores) != 1:
                    faults.append(f"{table.num_rows} rows, {rows} said, scores {scores}")
                seen.add((table.num_rows, scores.pop()))
            except Exception as error:
                faults.append(repr(error))

    put(folder, result("a", score("0", "10")), KEY)
    publish(folder, MADE_BY)
    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for count in range(1, 9):
        put(folder, result("a", *(score(str(n), f"{count}") for n in range(count))), KEY)
        publish(folder, MADE_BY)
    stop.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert len(seen) > 1
