"""A data folder in an object store: one writer, results that are never lost, and a release that is whole whenever a run dies."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fsspec", reason="fsspec is not installed: the extra [remote]")

import ita_extract
from ita_extract import mirror as mirror_module
from ita_extract.cli import main
from ita_extract.datafolder import at_hand, folder_of, held
from ita_extract.dataset import publish, put, stored_documents
from ita_extract.errors import DamagedReleaseError, ItaError, LockedError, StorageError, UsageError
from ita_extract.mirror import DataFolder
from ita_extract.run import bucket as bucket_module
from ita_extract.run import claim as claim_module
from tests.dataset.build import KEY, MADE_BY, result, rich_result
from tests.run.faulty_store import FaultyStore, Folder, Killed

PLACE = "faulty://bucket/data"
PAGES = ("a", "b", "c")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two data folders, as a run makes them: of two documents, and of these and one more."""
    old, new = (tmp_path_factory.mktemp(name) for name in ("old", "new"))
    for folder, names in ((old, PAGES[:2]), (new, PAGES)):
        for name in names:
            put(folder, rich_result(name), KEY)
        publish(folder, MADE_BY)
    return old, new


@pytest.fixture(scope="module")
def few(made: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same with three files a release, where it is copied a hundred times."""
    folders = tuple(Path(shutil.copytree(folder, tmp_path_factory.mktemp("few") / "data", symlinks=True)) for folder in made)
    for folder in folders:
        for path in (folder / "releases" / current(folder)).iterdir():
            if path.is_dir() and path.name not in ("agencies", "agency_scores", "documents"):
                shutil.rmtree(path)
    return folders[0], folders[1]


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[FaultyStore]]:
    FaultyStore.clear()
    monkeypatch.setattr(bucket_module, "WAITS", (0.0, 0.0))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    yield FaultyStore
    FaultyStore.clear()


def current(folder: Path) -> str:
    return (folder / "CURRENT").read_text().strip()


def files(folder: Path, below: str = "") -> dict[str, bytes]:
    """What lies in a data folder and belongs to it, by name."""
    names = ("store", "releases", "CURRENT")
    paths = (path for name in names for path in [folder / name, *(folder / name).rglob("*")] if path.is_file())
    return {name: path.read_bytes() for path in paths if (name := path.relative_to(folder).as_posix()).startswith(below)}


def work(data: DataFolder, made: Path) -> None:
    """What a run does in a data folder: results one by one, those that are there already aside, and then a release."""
    for path in sorted((made / "store").rglob("*.arrow")):
        mine = data.folder / path.relative_to(made)
        if not mine.exists() or mine.read_bytes() != path.read_bytes():
            mine.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, mine)
            data.kept(mine)
    shutil.copytree(made / "releases", data.folder / "releases", dirs_exist_ok=True)
    shutil.copyfile(made / "CURRENT", data.folder / "CURRENT")
    data.published(current(made))


def run(made: Path, folder: Path) -> None:
    with held(PLACE, folder) as data:
        work(data, made)


def test_a_run_leaves_there_what_it_leaves_in_a_folder(made: tuple[Path, Path], tmp_path: Path, store: type[FaultyStore]) -> None:
    run(made[0], tmp_path / "one")
    assert store.objects() == files(made[0])
    run(made[1], tmp_path / "two")
    assert store.objects() == files(made[1]) | files(made[0], "releases")
    assert ita_extract.verify(PLACE) == ()
    assert len(ita_extract.read_dataset(PLACE, "documents")) == len(PAGES)


def test_what_is_there_already_is_not_moved_again(made: tuple[Path, Path], tmp_path: Path, store: type[FaultyStore]) -> None:
    run(made[1], tmp_path / "one")
    store.asked.clear()
    run(made[1], tmp_path / "one")
    moved = {name for does, name in store.asked if does in ("put", "get") and not name.startswith("LOCK")}
    assert moved == {"CURRENT", f"releases/{current(made[1])}/datapackage.json", "store/sources.jsonl"}
    assert {name for does, name in store.asked if does in ("put", "create") and not name.startswith("LOCK")} == set()


def test_killed_before_any_write_a_reader_finds_a_whole_release_and_the_next_run_goes_on(
    few: tuple[Path, Path], tmp_path: Path, store: type[FaultyStore]
) -> None:
    """On another machine, which has nothing: what a person does for it is to take the lock away, as the message says."""
    run(few[0], tmp_path / "first")
    before, number = store.objects(), 0
    while True:
        number, left = number + 1, number

        def kill(does: str, _name: str) -> None:
            nonlocal left
            left -= does in ("put", "create", "delete")
            if left < 0:
                raise Killed

        store.fault = staticmethod(kill)
        try:
            run(few[1], tmp_path / f"killed {number}")
        except Killed:
            pass
        else:
            break
        finally:
            store.fault = staticmethod(lambda _does, _name: None)
        there = store.objects()
        now = there["CURRENT"].decode().strip()
        of = {current(folder): folder for folder in few}[now]
        assert {name: data for name, data in there.items() if name.startswith(f"releases/{now}/")} == files(of, f"releases/{now}/")
        for name in (name for name in there if name.startswith("store/")):
            assert there[name] == files(few[1])[name], "a result that is there is whole"
        store.rm_file(store(), "/bucket/data/LOCK") if "LOCK" in there else None
        run(few[1], tmp_path / f"after {number}")
        assert store.objects() == files(few[1]) | files(few[0], "releases")
        assert stored_documents(tmp_path / f"after {number}") == stored_documents(few[1])
        store.clear()
        for name, data in before.items():
            store().pipe_file(f"/bucket/data/{name}", data)
    assert number > 15
    assert store.objects() == files(few[1]) | files(few[0], "releases")


def test_a_second_writer_is_refused_and_told_who_holds_the_place(
    made: tuple[Path, Path], tmp_path: Path, store: type[FaultyStore]
) -> None:
    with held(PLACE, tmp_path / "one") as data:
        there = store.objects()
        with pytest.raises(LockedError) as caught, held(PLACE, tmp_path / "two"):
            pass
        assert store.objects() == there, "the second leaves everything as it is"
        work(data, made[0])
    assert caught.value.exit_code == 4
    told, holder = str(caught.value), json.loads(there["LOCK"])
    for part in (f"process {os.getpid()} of", holder["host"], holder["since"], "last seen 20", f"{PLACE}/LOCK"):
        assert part in told
    assert store.objects() == files(made[0])


def test_the_command_that_the_message_gives_takes_a_lock_away(
    tmp_path: Path, store: type[FaultyStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    for address, command in (("s3://b/d", "aws s3 rm s3://b/d/LOCK"), ("gs://b/d", "gcloud storage rm gs://b/d/LOCK")):
        assert claim_module.removal(address) == command
    with pytest.raises(LockedError) as caught, held(PLACE, tmp_path / "one"), held(PLACE, tmp_path / "two"):
        pass
    command = claim_module.removal(PLACE)
    assert command in str(caught.value)
    program = command.split('"')[1]
    store().pipe_file("/bucket/data/LOCK", b"left")
    monkeypatch.setattr(sys, "argv", ["-c", f"{PLACE}/LOCK"])
    exec(program, {})  # noqa: S102  what the user is told to say
    assert store.objects() == {}


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit, ValueError, "SIGTERM"])
def test_however_a_run_ends_its_lock_is_taken_away(
    end: type[BaseException] | str, tmp_path: Path, store: type[FaultyStore]
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit if end == "SIGTERM" else end) as caught, held(PLACE, tmp_path / "one"):  # type: ignore[arg-type]
        assert "LOCK" in store.objects()
        if isinstance(end, str):
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()
        raise end
    assert end != "SIGTERM" or caught.value.args == (128 + signal.SIGTERM,)
    assert store.objects() == {}
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_run_that_is_asked_to_end_while_its_lock_is_on_the_way_takes_it_away(
    tmp_path: Path, store: type[FaultyStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests are made by a thread of their own, and go on when who waits for them does not. Such a lock would stay."""
    create, under_way = FaultyStore.pipe_file, []

    def ask(self: FaultyStore, path: str, value: bytes, mode: str = "overwrite") -> None:
        def send() -> None:
            answered.wait(0.05)
            create(self, path, value, mode)

        if not path.endswith("/LOCK"):
            create(self, path, value, mode)
            return
        answered = threading.Event()
        under_way.append(threading.Thread(target=send))
        under_way[0].start()
        os.kill(os.getpid(), signal.SIGTERM)
        under_way[0].join()

    monkeypatch.setattr(FaultyStore, "pipe_file", ask)
    with pytest.raises(SystemExit), held(PLACE, tmp_path / "one"):
        pass
    under_way[0].join()
    assert store.objects() == {}


def killed(folder: Path, store: type[FaultyStore], do: Callable[[DataFolder], None] = lambda _: None) -> None:
    """A run that dies where it is after doing something."""

    def gone(_does: str, _name: str) -> None:
        raise Killed

    with pytest.raises(Killed), held(PLACE, folder) as data:
        do(data)
        store.fault = staticmethod(gone)
        raise Killed
    store.fault = staticmethod(lambda _does, _name: None)
    assert "LOCK" in store.objects()


def test_a_run_that_was_killed_here_goes_on_here_without_ado_and_elsewhere_only_when_told(
    made: tuple[Path, Path], tmp_path: Path, store: type[FaultyStore]
) -> None:
    """Here the kernel says that it is gone; nobody says so to another machine."""
    killed(tmp_path / "one", store)
    with pytest.raises(LockedError):
        run(made[0], tmp_path / "two")
    run(made[0], tmp_path / "one")
    assert store.objects() == files(made[0])


def test_what_a_killed_run_read_and_could_not_send_is_sent_by_the_next(
    made: tuple[Path, Path], tmp_path: Path, store: type[FaultyStore]
) -> None:
    def read_two(data: DataFolder) -> None:
        for path in sorted((made[0] / "store").rglob("*.arrow")):
            mine = data.folder / path.relative_to(made[0])
            mine.parent.mkdir(parents=True)
            mine.write_bytes(path.read_bytes())

    killed(tmp_path / "one", store, read_two)
    torn = sorted((tmp_path / "one" / "store").rglob("*.arrow"))[0]
    torn.write_bytes(torn.read_bytes()[:-1])
    with held(PLACE, tmp_path / "one") as data:
        assert len(stored_documents(data.folder)) == 1, "what is torn is read again"
        work(data, made[0])
    assert store.objects() == files(made[0])


def test_a_run_whose_lock_was_taken_publishes_nothing_and_leaves_the_lock_of_the_other(
    made: tuple[Path, Path], tmp_path: Path, store: type[FaultyStore]
) -> None:
    run(made[0], tmp_path / "one")
    with pytest.raises(LockedError, match="no longer that of this run"), held(PLACE, tmp_path / "one") as data:
        store().pipe_file("/bucket/data/LOCK", b"of another")
        work(data, made[1])
    assert store.objects()["CURRENT"].decode().strip() == current(made[0])
    assert store.objects()["LOCK"] == b"of another"
    with pytest.raises(LockedError, match="nobody knows who"), held(PLACE, tmp_path / "one"):
        pass


def test_results_that_come_faster_than_they_are_sent_are_sent_in_the_end(
    made: tuple[Path, Path], tmp_path: Path, store: type[FaultyStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror_module, "_WAITING", 1)

    def slow(does: str, name: str) -> None:
        if does == "put" and name.startswith("store/"):
            time.sleep(0.05)

    store.fault = staticmethod(slow)
    events: list[Mapping[str, Any]] = []
    with held(PLACE, tmp_path / "one", events.append) as data:
        work(data, made[1])
    assert store.objects() == files(made[1])
    late, release = (event["files"] for event in events)
    assert 1 <= late < len(PAGES)  # how many were sent while others were read is a matter of time
    assert release == len(files(made[1], "releases")) - 1


def test_a_run_at_work_is_seen_and_sees_that_its_lock_is_gone(
    tmp_path: Path, store: type[FaultyStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim_module, "EVERY", 0.01)
    with pytest.raises(LockedError), held(PLACE, tmp_path / "one") as data:
        seen = threading.Event()
        store.fault = staticmethod(lambda does, name: seen.set() if does == "put" and name.startswith("LOCK.") else None)
        assert seen.wait(10)
        store().rm_file("/bucket/data/LOCK")
        for _ in range(1000):
            data.kept(data.folder / "store" / "none")
            seen.wait(0.01) if not seen.is_set() else threading.Event().wait(0.01)
    assert store.objects() == {}


def test_a_place_that_cannot_keep_two_apart_is_refused(tmp_path: Path, store: type[FaultyStore]) -> None:
    """As servers do that know nothing of conditions: each who creates is told that it did."""
    store.exclusive = False
    with pytest.raises(UsageError, match="cannot keep two runs apart") as caught, held(PLACE, tmp_path / "one"):
        pass
    assert "docs/scale.md" in str(caught.value)
    assert store.objects() == {}


def test_what_was_taken_out_or_read_anew_there_is_so_here(
    made: tuple[Path, Path], tmp_path: Path, store: type[FaultyStore]
) -> None:
    run(made[1], tmp_path / "one")
    gone, anew, *_ = sorted(name for name in store.objects() if name.startswith("store/"))
    store().rm_file(f"/bucket/data/{gone}")
    other = store.objects()[anew] + b"of another machine"
    store().pipe_file(f"/bucket/data/{anew}", other)
    with held(PLACE, tmp_path / "one") as data:
        assert not (data.folder / gone).exists()
        assert (data.folder / anew).read_bytes() == other
        work(data, made[1])
    assert store.objects() == files(made[1]), "read again by the run"
    with held(PLACE, tmp_path / "one") as data:
        (data.folder / gone).unlink()  # as `store.forget` does
        data.published(current(made[1]))
    assert gone not in store.objects()


def test_notes_that_are_torn_only_cost_a_copy(made: tuple[Path, Path], tmp_path: Path, store: type[FaultyStore]) -> None:
    run(made[0], tmp_path / "one")
    (tmp_path / "one" / ".synced").write_bytes(b"SQLite format 3\0" + bytes(5_000))
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(tmp_path / "one" / ".synced").execute("SELECT * FROM same")
    run(made[1], tmp_path / "one")
    assert store.objects() == files(made[1]) | files(made[0], "releases")


def test_what_fails_is_tried_again_and_what_goes_on_failing_ends_with_5(
    made: tuple[Path, Path], tmp_path: Path, store: type[FaultyStore]
) -> None:
    failed: set[tuple[str, str]] = set()

    def once(does: str, name: str) -> None:
        if does != "create" and (does, name) not in failed:
            failed.add((does, name))
            raise OSError("reset by peer")

    store.fault = staticmethod(once)
    run(made[0], tmp_path / "one")
    assert store.objects() == files(made[0])

    def never(does: str, name: str) -> None:
        if does == "put" and name.startswith("store/"):
            raise OSError("reset by peer")

    store.fault = staticmethod(never)
    with pytest.raises(StorageError, match="reset by peer") as caught:
        run(made[1], tmp_path / "one")
    assert caught.value.exit_code == 5 and PLACE in str(caught.value) and "goes on" in str(caught.value)
    assert store.objects() == files(made[0]), "the lock is gone, too"
    store.fault = staticmethod(lambda _does, _name: None)
    run(made[1], tmp_path / "one")
    assert store.objects() == files(made[1]) | files(made[0], "releases")


def test_what_is_refused_is_asked_for_once(made: tuple[Path, Path], tmp_path: Path, store: type[FaultyStore]) -> None:
    def refuse(does: str, name: str) -> None:
        if does == "put" and name == "CURRENT":
            raise PermissionError("Access Denied")

    store.fault = staticmethod(refuse)
    with pytest.raises(StorageError, match="Access Denied"):
        run(made[0], tmp_path / "one")
    assert store.asked.count(("put", "CURRENT")) == 1
    assert "CURRENT" not in store.objects() and "LOCK" not in store.objects()


def test_what_comes_short_is_no_result(
    made: tuple[Path, Path], tmp_path: Path, store: type[FaultyStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(made[0], tmp_path / "one")
    whole = FaultyStore.cat_file

    def half(self: FaultyStore, path: str, start: int | None = None, end: int | None = None) -> bytes:
        data = whole(self, path, start, end)
        return data[: len(data) // 2] if path.endswith(".arrow") else data

    monkeypatch.setattr(FaultyStore, "cat_file", half)
    with pytest.raises(StorageError, match="bytes came of"):
        run(made[1], tmp_path / "two")
    assert stored_documents(tmp_path / "two") == ()
    assert "LOCK" not in store.objects()


@pytest.mark.parametrize(
    "name",
    [
        "store/ab/../../../evil.arrow",
        "store/ab/" + "cd" * 32 + ".arrow",
        "store/AB/" + "AB" * 32 + ".arrow",
        "store/ab/" + "ab" * 32 + ".arrow/x",
        "store/ab/" + "ab" * 32 + ".exe",
        "store/..",
        "/etc/evil",
    ],
)
def test_no_name_there_becomes_a_path_here_but_those_of_results(name: str, tmp_path: Path, store: type[FaultyStore]) -> None:
    store.lay(name)
    with held(PLACE, tmp_path / "deep" / "one"):
        pass
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {f"deep/one/{own}" for own in (".lock", ".synced", "ADDRESS", "LOCK.token")}
    assert name in store.objects(), "what is none of ours is left alone"


def test_verify_tells_what_is_missing_damaged_or_strange_there(
    made: tuple[Path, Path], tmp_path: Path, store: type[FaultyStore]
) -> None:
    run(made[0], tmp_path / "one")
    release = f"/bucket/data/releases/{current(made[0])}"
    store().rm_file(f"{release}/repairs/all.parquet")
    store().pipe_file(f"{release}/checks/all.parquet", b"PAR1")
    store.lay(f"releases/{current(made[0])}/A b.parquet")
    told = {(problem.code, problem.where) for problem in ita_extract.verify(PLACE)}
    assert {("MISSING", "repairs/all.parquet"), ("HASH", "checks/all.parquet")} <= told
    assert [where for code, where in told if code == "UNEXPECTED"] == ["A_b_parquet"]
    with pytest.raises(ItaError) as caught:
        ita_extract.read_dataset(PLACE, "checks")
    assert PLACE in str(caught.value) and "ita-extract-" not in str(caught.value)
    run(made[0], tmp_path / "two")
    assert ita_extract.verify(PLACE) == (), "running again puts it right"


def test_a_release_is_named_by_the_beginning_of_its_id(made: tuple[Path, Path], tmp_path: Path) -> None:
    for number, folder in enumerate(made):
        run(folder, tmp_path / str(number))
    old, new = map(current, made)
    with at_hand(f"{PLACE}/{old[:6]}") as here, at_hand(f"{PLACE}/releases/{old}") as too:
        assert current(here) == current(too) == old
    diff = ita_extract.diff_releases(f"{PLACE}/{old[:6]}", PLACE)
    assert (diff.old.release, diff.new.release) == (old, new)
    with pytest.raises(UsageError, match="there is no release"):
        ita_extract.verify("faulty://bucket/nothing")
    with pytest.raises(UsageError, match="there is no release"):
        ita_extract.verify(f"{PLACE}/{'f' * 32}")


def test_only_the_files_of_a_dataset_are_brought_for_it(made: tuple[Path, Path], tmp_path: Path, store: type[FaultyStore]) -> None:
    run(made[0], tmp_path / "one")
    store.asked.clear()
    ita_extract.read_dataset(PLACE, "agencies")
    release = f"releases/{current(made[0])}"
    assert {name for does, name in store.asked if does == "get"} == {
        "CURRENT", f"{release}/datapackage.json", f"{release}/agencies/all.parquet",
    }  # fmt: skip


def test_old_releases_go_the_descriptor_first(made: tuple[Path, Path], tmp_path: Path, store: type[FaultyStore]) -> None:
    for number, folder in enumerate(made):
        run(folder, tmp_path / str(number))
    old, new = map(current, made)
    whole = store.objects()
    assert ita_extract.prune(PLACE, 1, dry_run=True).removed == (old,)
    assert ita_extract.prune(PLACE, 2).removed == ()
    assert store.objects() == whole

    def gone(does: str, name: str) -> None:
        if does == "delete" and name.startswith("releases/") and not name.endswith("datapackage.json"):
            raise Killed

    store.fault = staticmethod(gone)
    with pytest.raises(Killed):
        ita_extract.prune(PLACE, 1)
    store.fault = staticmethod(lambda _does, _name: None)
    assert f"releases/{old}/datapackage.json" not in store.objects()
    pruned = ita_extract.prune(PLACE, 1)
    assert (pruned.kept, pruned.removed) == ((new,), (old,)) and pruned.size > 1000
    assert store.objects() == files(made[1])


def test_what_can_be_no_place_or_no_working_folder_is_refused(
    made: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.pdf").touch()
    for out, folder, says in (
        (PLACE, tmp_path / "full", "not empty"),
        (tmp_path / "data", tmp_path / "one", "goes with an address"),
        (Path("s3://bucket/data"), None, "is no folder here"),
        ("https://example.org/data", None, "nothing can be written"),
        ("nosuchthing://bucket/data", None, "is no place"),
        ("faulty://bucket/*", None, "is a pattern"),
        ("simplecache::faulty://bucket/data", None, "is no folder here"),
    ):
        with pytest.raises(UsageError, match=says), held(out, folder):
            pass
    run(made[0], tmp_path / "one")
    with pytest.raises(UsageError, match="is the working folder of faulty://bucket/data"), held(f"{PLACE}2", tmp_path / "one"):
        pass
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://other")
    with pytest.raises(UsageError, match="is the working folder of"):
        run(made[0], tmp_path / "one")


def test_each_address_has_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = folder_of("s3://bucket/data")
    assert first == folder_of("s3://bucket/data/") and first.parent == tmp_path / "cache" / "ita-extract"
    assert first.name.startswith("s3-bucket-data-")
    assert folder_of("s3://bucket/data2") != first
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://other")
    assert folder_of("s3://bucket/data") != first
    assert folder_of(f"file://{tmp_path}/x") == tmp_path / "x"


def test_commands_take_an_address(
    made: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], store: type[FaultyStore]
) -> None:
    for number, folder in enumerate(made):
        run(folder, tmp_path / str(number))
    old, new = map(current, made)

    def say(*arguments: str) -> tuple[str, int]:
        try:
            main(arguments)
        except SystemExit as end:
            return "".join(capsys.readouterr()), int(end.code or 0)
        raise AssertionError

    told, code = say("verify", PLACE)
    assert code == 0 and f"Release {new} is whole" in told
    told, code = say("diff", f"{PLACE}/{old[:6]}", PLACE)
    assert code == 0 and f"Old: {PLACE}/{old[:6]} ({old})" in told and "ita-extract-" not in told
    told, code = say("export", PLACE, "--out", str(tmp_path / "csv"), "--dataset", "agencies")
    assert code == 0 and new in told and (tmp_path / "csv" / "agencies.csv").exists()
    told, code = say("prune", PLACE, "--keep", "1")
    assert code == 0 and old in told
    store().rm_file(f"/bucket/data/releases/{new}/documents/all.parquet")
    told, code = say("verify", PLACE)
    assert code == DamagedReleaseError.exit_code and "MISSING documents/all.parquet" in told


@pytest.mark.slow
def test_a_site_of_a_release_elsewhere(made: tuple[Path, Path], tmp_path: Path) -> None:
    run(made[0], tmp_path / "one")
    site = ita_extract.write_site(PLACE, tmp_path / "site")
    assert site.release == current(made[0]) and (tmp_path / "site" / "index.html").exists()


def test_what_was_extracted_by_hand_is_published_there(tmp_path: Path) -> None:
    by_hand = [result("a"), result("b")]
    here = ita_extract.write_dataset(by_hand, tmp_path / "data")
    there = ita_extract.write_dataset(by_hand, PLACE)
    assert there.release_id == here.release_id
    assert ita_extract.verify(PLACE) == ()


def test_a_folder_elsewhere_shows_no_half_file(tmp_path: Path, made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Not an object store: what is written is written beside its name, and a run that was killed leaves it there."""
    place, there = f"folder://{tmp_path}/there", tmp_path / "there"
    names = ("store/", "CURRENT")
    rename = Folder.mv

    def die_in(name: str) -> Callable[..., None]:
        def mv(self: Folder, old: str, new: str) -> None:
            if Path(new).is_relative_to(there / name):
                monkeypatch.setattr(Folder, "rm_file", lambda *_: die())
                die()
            rename(self, old, new)

        return mv

    def die() -> None:
        raise Killed

    for number, name in enumerate(names):
        with monkeypatch.context() as patch:
            patch.setattr(Folder, "mv", die_in(name))
            patch.setattr(Folder, "rm_file", Folder.rm_file)
            with pytest.raises(Killed), held(place, tmp_path / str(number)) as data:
                work(data, made[0])
        assert not (there / "CURRENT").exists()
        assert list(there.rglob(".*.tmp"))
        with pytest.raises(LockedError), held(place, tmp_path / "other"):
            pass
        (there / "LOCK").unlink()
    with held(place, tmp_path / "one") as data:
        work(data, made[0])
    assert {path.relative_to(there).as_posix(): path.read_bytes() for path in there.rglob("*") if path.is_file()} == files(made[0])
    assert ita_extract.verify(place) == ()
