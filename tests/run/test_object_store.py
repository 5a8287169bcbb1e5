"""Documents and data in an object store: moto's S3, asked over HTTP through s3fs by the run and by its readers, with a gate before
it that can be made to fail."""

from __future__ import annotations

import logging
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import ita_extract
from ita_extract.errors import LockedError, StorageError, UsageError
from ita_extract.job import run_documents
from ita_extract.run.bucket import Bucket
from ita_extract.run.claim import claimed
from ita_extract.run.sources import SourceFile, find_sources, identify, read_bytes

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples").glob("announcement_256[34]*.pdf"))[:2]
NEEDED = ("moto", "flask", "flask_cors", "s3fs")
MISSING = [name for name in NEEDED if not find_spec(name)]
MOST = 1_000_000
DATA = "s3://bucket/data"
REFUSED = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"{', '.join(MISSING)} not installed: an object store to try"),
]


@dataclass
class Store:
    """A bucket, what was asked of it, and what it refuses: the paths of its addresses by the method that is refused."""

    client: Any
    asked: list[tuple[str, str]] = field(default_factory=list)
    refused: set[tuple[str, str]] = field(default_factory=set)
    short: set[str] = field(default_factory=set)
    """Paths of which it sends half and hangs up."""
    page: int = 1_000
    """Keys that it names in one answer."""
    deaf: bool = False
    """It knows nothing of conditions: what is put only where nothing is replaces what is there."""
    on_write: Callable[[], None] | None = None
    """Called when something is to be put, before it is."""

    def put(self, name: str, data: bytes = b"x") -> None:
        self.client.put_object(Bucket="bucket", Key=name, Body=data)


def gate(store: Store, inner: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    def serve(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].encode("latin-1").decode()
        store.asked.append((method, path))
        if (method, path) in store.refused:
            start("403 Forbidden", [("Content-Type", "application/xml"), ("Content-Length", str(len(REFUSED)))])
            return [REFUSED]
        if store.deaf:
            environ.pop("HTTP_IF_NONE_MATCH", None)
        if store.on_write and method in ("PUT", "POST", "DELETE"):
            store.on_write()
        if "list-type=2" in environ["QUERY_STRING"]:
            environ["QUERY_STRING"] += f"&max-keys={store.page}"
        answer = inner(environ, start)
        return half(answer) if method == "GET" and path in store.short else answer

    return serve


def half(answer: Iterable[bytes]) -> Iterator[bytes]:
    data = b"".join(answer)
    yield data[: len(data) // 2]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Store, str]]:
    import boto3
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    store = Store(None)
    running = make_server("127.0.0.1", 0, gate(store, DomainDispatcherApplication(create_backend_app)), threaded=True)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{running.port}"
    keys = {"aws_access_key_id": "someone", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    store.client = boto3.client("s3", endpoint_url=address, **keys)
    yield store, address
    running.shutdown()


@pytest.fixture
def store(server: tuple[Store, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Store]:
    """An empty bucket, access to which is configured as it mostly is: in the environment."""
    import fsspec

    told, address = server
    home = {"AWS_CONFIG_FILE": str(tmp_path / "none"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
    access = {"AWS_ACCESS_KEY_ID": "someone", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in (home | access | {"AWS_ENDPOINT_URL": address}).items():
        monkeypatch.setenv(name, value)
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    told.client.create_bucket(Bucket="bucket")
    told.asked.clear()
    yield told
    for what in (told.refused, told.short):
        what.clear()
    told.page, told.deaf, told.on_write = 1000, False, None
    for one in told.client.list_objects_v2(Bucket="bucket").get("Contents", ()):
        told.client.delete_object(Bucket="bucket", Key=one["Key"])
    told.client.delete_bucket(Bucket="bucket")


def found(*addresses: str) -> list[SourceFile]:
    return list(find_sources(addresses, remote=True))


def test_keys_are_names_whatever_they_look_like(store: Store) -> None:
    names = ["../up.pdf", "./here.pdf", "a b+%41.pdf", "h#1.pdf", "q?v=1.pdf", "x//y.pdf", "ประกาศ [1]*.pdf"]
    for name in names:
        store.put(f"2567/{name}", name.encode())
    for name in ("2567/", "2567/folder.pdf/"):  # what consoles of clouds leave where somebody made a folder
        store.put(name, b"")
    store.put("25670/other.pdf")
    files = found("s3://bucket/2567")
    assert [file.name for file in files] == names
    assert [read_bytes(file, MOST).decode() for file in files] == names
    for pattern in ("2567/*.pdf", "256?/*.pdf"):
        assert {file.name for file in found(f"s3://bucket/{pattern}")} == {name for name in names if "/" not in name}
    for name in names:
        (one,) = found(f"s3://bucket/2567/{name}")
        assert read_bytes(one, MOST).decode() == name


def test_more_keys_than_one_answer_of_a_store_names(store: Store) -> None:
    store.page = 3
    names = [f"{number}.pdf" for number in range(8)]
    for name in names:
        store.put(f"in/{name}")
    assert [file.name for file in found("s3://bucket/in")] == names
    assert store.asked.count(("GET", "/bucket")) >= 3


def test_what_changed_since_it_was_listed(store: Store) -> None:
    """In one process, which keeps what was listed: a program that runs every night."""
    for name in ("a", "b", "c"):
        store.put(f"in/{name}.pdf", b"as it was")
    a, b, c = found("s3://bucket/in")
    store.client.delete_object(Bucket="bucket", Key="in/a.pdf")
    store.put("in/b.pdf", b"another, which is longer")
    store.put("in/d.pdf")
    gone, other = identify(a, MOST).error, identify(b, MOST)
    assert gone is not None and gone.code == "IO" and "a.pdf" in gone.detail
    assert other.size == 24 or (other.error is not None and other.error.code == "IO"), "never the first bytes of another"
    assert identify(c, MOST).size == 9
    assert [file.name for file in found("s3://bucket/in")] == ["b.pdf", "c.pdf", "d.pdf"]
    assert identify(found("s3://bucket/in/b.pdf")[0], MOST).size == 24
    with pytest.raises(UsageError, match="there is nothing at"):
        found("s3://bucket/in/a.pdf")


def test_what_is_refused_or_broken_off_ends_one_document(store: Store) -> None:
    for name in ("refused", "short", "good"):
        store.put(f"in/{name}.pdf", bytes(100_000))
    store.refused.add(("GET", "/bucket/in/refused.pdf"))
    store.short.add("/bucket/in/short.pdf")
    errors = {file.name: identify(file, MOST).error for file in found("s3://bucket/in")}
    assert errors["good.pdf"] is None
    for name in ("refused.pdf", "short.pdf"):
        error = errors[name]
        assert error is not None and error.code == "IO" and error.detail.endswith(name), error


def test_what_may_not_be_listed_ends_the_run_before_anything_is_written(store: Store, tmp_path: Path) -> None:
    store.put("in/a.pdf")
    store.refused |= {("GET", "/bucket"), ("HEAD", "/bucket/in"), ("HEAD", "/bucket")}
    for address in ("s3://bucket/in", "s3://nobody/in"):
        with pytest.raises(StorageError, match="cannot be listed"):
            run_documents([address], tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_a_run_over_a_bucket_gives_the_release_of_the_same_files_here(store: Store, tmp_path: Path) -> None:
    (tmp_path / "in" / "2563").mkdir(parents=True)
    for name, data in [
        *((path.name, path.read_bytes()) for path in SAMPLES),
        ("none.pdf", b"<html>404</html>"),
        ("no.pdf", b"%PDF-1.4"),
    ]:
        (tmp_path / "in" / "2563" / name).write_bytes(data)
        store.put(f"in/2563/{name}", data)
    here = run_documents([tmp_path / "in"], tmp_path / "here", workers=2)
    there = run_documents(["s3://bucket/in"], tmp_path / "there", workers=2)
    assert [outcome.code for outcome in there.outcomes] == [outcome.code for outcome in here.outcomes]
    assert sorted(outcome.code or "" for outcome in there.outcomes)[:2] == ["", ""]
    assert there.release == here.release
    asked = Counter(store.asked)
    for path in SAMPLES:
        assert asked["GET", f"/bucket/in/2563/{path.name}"] == 2, "once to know it, once to read it"
        assert asked["HEAD", f"/bucket/in/2563/{path.name}"] <= 2
    store.asked.clear()
    again = run_documents(["s3://bucket/in"], tmp_path / "there", workers=1)
    assert again.release == here.release and all(outcome.reused for outcome in again.outcomes)
    assert all(asked == 1 for asked in Counter(path for method, path in store.asked if path.endswith(".pdf")).values())


def copied(store: Store) -> dict[str, bytes]:
    """The data folder of the bucket, by name: every object, as S3 itself tells them."""
    pages = store.client.get_paginator("list_objects_v2").paginate(Bucket="bucket", Prefix="data/")
    names = [one["Key"] for page in pages for one in page.get("Contents", ())]
    return {name.removeprefix("data/"): store.client.get_object(Bucket="bucket", Key=name)["Body"].read() for name in sorted(names)}


def published(folder: Path) -> dict[str, bytes]:
    """What of a data folder here belongs into a bucket, but for the reports of runs, which hold times."""
    paths = (path for name in ("store", "releases") for path in (folder / name).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in (*paths, folder / "CURRENT")}


def without_reports(objects: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in objects.items() if not name.startswith("runs/")}


def test_a_run_into_a_bucket_goes_on_from_a_machine_that_has_nothing(store: Store, tmp_path: Path) -> None:
    import pyarrow.parquet as pq
    import s3fs

    store.page = 2
    first = run_documents(SAMPLES[:1], DATA, work=tmp_path / "one", workers=1)
    run_documents(SAMPLES[:1], tmp_path / "here", workers=1)
    assert without_reports(copied(store)) == published(tmp_path / "here")
    assert f"runs/{first.release}.jsonl" in copied(store)
    second = run_documents(SAMPLES, DATA, work=tmp_path / "two", workers=1)
    assert [outcome.reused for outcome in second.outcomes] == [True, False]
    assert second.release == run_documents(SAMPLES, tmp_path / "here", workers=1).release
    assert without_reports(copied(store)) == published(tmp_path / "here")
    assert ita_extract.verify(DATA) == ()
    years = [name for name in copied(store) if name.startswith(f"releases/{second.release}/agency_scores/")]
    rows = sum(pq.read_table(f"bucket/data/{year}", filesystem=s3fs.S3FileSystem()).num_rows for year in years)
    assert rows == len(ita_extract.read_dataset(DATA, "agency_scores")) == second.rows["agency_scores"]
    store.asked.clear()
    third = run_documents(SAMPLES, DATA, work=tmp_path / "two", workers=1)
    assert third.release == second.release
    moved = {path for method, path in store.asked if method in ("PUT", "GET", "POST") and not path.startswith("/bucket/data/LOCK")}
    assert not any(path.endswith((".arrow", ".parquet")) for path in moved), "what is there and here is not moved again"
    assert ita_extract.prune(DATA, 1).removed == (first.release,)
    assert not any(first.release in name for name in copied(store) if name.startswith("releases/"))


def test_a_folder_that_was_copied_to_a_bucket_goes_on_there(store: Store, tmp_path: Path) -> None:
    """As docs/scale.md tells where nothing else will do: what is there to be read is copied first, and CURRENT last."""
    first = run_documents(SAMPLES[:1], tmp_path / "here", workers=1)
    for name, data in published(tmp_path / "here").items():
        store.put(f"data/{name}", data)
    assert ita_extract.verify(DATA) == ()
    assert len(ita_extract.read_dataset(DATA, "agency_scores", as_arrow=True)) == first.rows["agency_scores"] > 0
    again = run_documents(SAMPLES, DATA, work=tmp_path / "work", workers=1)
    assert [outcome.reused for outcome in again.outcomes] == [True, False]
    assert again.release == run_documents(SAMPLES, tmp_path / "here", workers=1).release


def test_two_writers_of_a_bucket(store: Store, tmp_path: Path) -> None:
    """Eight at once: S3 itself tells one of them that the lock is its own."""
    from concurrent.futures import ThreadPoolExecutor

    won, start = [], threading.Barrier(8)

    def hold(number: int) -> None:
        start.wait()
        try:
            with claimed(Bucket(DATA)):
                won.append(number)
                inside.wait(30)
        except LockedError as error:
            told.append(str(error))
            if len(told) == 7:
                inside.set()

    told: list[str] = []
    inside = threading.Event()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(hold, range(8)))
    assert (len(won), len(told)) == (1, 7)
    assert all("aws s3 rm s3://bucket/data/LOCK" in one for one in told)
    assert copied(store) == {}


def test_a_server_that_knows_no_conditions_is_refused(store: Store, tmp_path: Path) -> None:
    store.deaf = True
    with pytest.raises(UsageError, match="cannot keep two runs apart"):
        run_documents(SAMPLES[:1], DATA, work=tmp_path / "one", workers=1)
    assert copied(store) == {}


def test_a_bucket_that_refuses_or_hangs_up(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read stays here, the release before stays there, and the same command goes on."""
    monkeypatch.setattr("ita_extract.run.bucket.WAITS", (0.01,))
    before = run_documents(SAMPLES[:1], DATA, work=tmp_path / "one", workers=1).release
    there = without_reports(copied(store))
    store.refused.add(("PUT", "/bucket/data/CURRENT"))
    with pytest.raises(StorageError, match="CURRENT"):
        run_documents(SAMPLES, DATA, work=tmp_path / "one", workers=1)
    store.refused.clear()
    assert copied(store)["CURRENT"].decode().strip() == before and "LOCK" not in copied(store)
    assert there.items() <= copied(store).items()
    name = next(name for name in there if name.endswith(".arrow"))
    store.short.add(f"/bucket/data/{name}")
    with pytest.raises(StorageError, match="could not be read"):
        run_documents(SAMPLES, DATA, work=tmp_path / "two", workers=1)
    store.short.clear()
    again = run_documents(SAMPLES, DATA, work=tmp_path / "one", workers=1)
    assert [outcome.reused for outcome in again.outcomes] == [True, True]
    assert again.release == run_documents(SAMPLES, tmp_path / "here", workers=1).release
    with pytest.raises(StorageError):
        run_documents(SAMPLES[:1], "s3://nobody/data", work=tmp_path / "three", workers=1)


RUN = "import sys; from ita_extract.job import run_documents; run_documents(sys.argv[3:], sys.argv[1], work=sys.argv[2], workers=1)"


@pytest.mark.parametrize("ended", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_is_killed_before_any_write_is_gone_on_with(store: Store, tmp_path: Path, ended: signal.Signals) -> None:
    """The process is killed when a write arrives, which is done or not; then a machine that has nothing goes on."""
    before = run_documents(SAMPLES[:1], DATA, work=tmp_path / "first", workers=1).release
    whole = copied(store)
    want = run_documents(SAMPLES, tmp_path / "here", workers=1).release
    seeded = random.Random(8)  # noqa: S311
    for turn, number in enumerate(seeded.sample(range(1, 25), 3)):
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, DATA, str(tmp_path / f"killed {turn}"), *map(str, SAMPLES)], stderr=subprocess.DEVNULL
        )
        store.on_write = writes_until(number, partial(process.send_signal, ended))
        process.wait(120)
        store.on_write = None
        there = copied(store)
        now = there["CURRENT"].decode().strip()
        assert now in (before, want)
        assert ita_extract.verify(DATA) == ()
        assert ended != signal.SIGTERM or "LOCK" not in there, "whoever is asked to end takes the lock away"
        store.client.delete_object(Bucket="bucket", Key="data/LOCK")  # as the message of the lock says
        assert run_documents(SAMPLES, DATA, work=tmp_path / f"after {turn}", workers=1).release == want
        assert ita_extract.verify(DATA) == ()
        for name in copied(store):
            store.client.delete_object(Bucket="bucket", Key=f"data/{name}")
        for name, data in whole.items():
            store.put(f"data/{name}", data)


def writes_until(number: int, then: Callable[[], None]) -> Callable[[], None]:
    counted = iter(range(1, 1_000))
    return lambda: then() if next(counted) == number else None
