"""Documents in an object store: moto's S3, asked over HTTP through s3fs by the run and by its readers, with a gate before it that
can be made to fail."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from ita_extract.dataset import verify
from ita_extract.errors import StorageError, UsageError
from ita_extract.job import run_documents
from ita_extract.run.sources import SourceFile, find_sources, identify, read_bytes

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples").glob("announcement_256[34]*.pdf"))[:2]
NEEDED = ("moto", "flask", "flask_cors", "s3fs")
MISSING = [name for name in NEEDED if not find_spec(name)]
MOST = 1_000_000
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

    def put(self, name: str, data: bytes = b"x") -> None:
        self.client.put_object(Bucket="bucket", Key=name, Body=data)


def gate(store: Store, inner: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    def serve(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].encode("latin-1").decode()
        store.asked.append((method, path))
        if (method, path) in store.refused:
            start("403 Forbidden", [("Content-Type", "application/xml"), ("Content-Length", str(len(REFUSED)))])
            return [REFUSED]
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
    told.page = 1000
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


def test_a_data_folder_copied_to_a_bucket_goes_on_elsewhere(store: Store, tmp_path: Path) -> None:
    """As docs/scale.md tells: what is there to be read is copied first, and CURRENT, which names it, last."""
    import fsspec
    import pyarrow.parquet as pq

    first = run_documents(SAMPLES[:1], tmp_path / "one", workers=1)
    files = fsspec.filesystem("s3")
    for part in ("store", "releases"):
        files.put(f"{tmp_path / 'one' / part}/", f"bucket/data/{part}/", recursive=True)
    files.put(str(tmp_path / "one" / "CURRENT"), "bucket/data/CURRENT")

    there = f"bucket/data/releases/{files.cat('bucket/data/CURRENT').decode().strip()}"
    years = files.ls(f"{there}/agency_scores")
    assert sum(pq.read_table(year, filesystem=files).num_rows for year in years) == first.rows["agency_scores"] > 0

    files.get("bucket/data/", f"{tmp_path / 'two'}/", recursive=True)
    assert verify(tmp_path / "two") == ()
    again = run_documents(SAMPLES, tmp_path / "two", workers=1)
    assert [outcome.reused for outcome in again.outcomes] == [True, False]
    assert again.release == run_documents(SAMPLES, tmp_path / "one", workers=1).release
    assert verify(tmp_path / "two") == ()
