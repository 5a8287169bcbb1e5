"""Documents that lie elsewhere: found, known and read as those that lie here, within the same bounds."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ita_extract
from ita_extract.errors import DocumentError, StorageError, UsageError
from ita_extract.job import run_documents
from ita_extract.run.remote import modules
from ita_extract.run.sources import SourceFile, find_sources, identify, read_bytes

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed: the extra [remote]")

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
MOST = 1_000


@pytest.fixture
def place() -> Iterator[str]:
    """An address under which there is nothing yet."""
    system = fsspec.filesystem("memory")
    yield "memory://bucket"
    system.rm("/bucket", recursive=True) if system.exists("/bucket") else None


def put(place: str, **files: bytes) -> None:
    for name, data in files.items():
        with fsspec.open(f"{place}/{name}", "wb") as file:
            file.write(data)


def found(*addresses: str) -> list[SourceFile]:
    return list(find_sources(addresses, remote=True))


def names(*addresses: str) -> list[str]:
    return [file.name for file in found(*addresses)]


def test_all_below_an_address_under_their_paths(place: str) -> None:
    put(place, **{"2567/b.pdf": b"b", "2567/a.PDF": b"a", "2567/10/c.txt": b"c", "2567/no.docx": b"", "2567/.hidden.pdf": b""})
    put(place, **{"25670/other.pdf": b"x"})
    assert names(f"{place}/2567") == ["10/c.txt", "a.PDF", "b.pdf"]
    assert names(f"{place}/2567/b.pdf") == ["b.pdf"]
    assert names(f"{place}/2567/*.pdf") == ["b.pdf"]
    assert names(f"{place}/*/b.pdf", f"{place}/2567/b.pdf") == ["b.pdf"], "named twice, read once"
    assert {file.media_type for file in found(f"{place}/2567")} == {"application/pdf", "text/plain"}


def test_a_place_is_looked_through_anew_each_time(place: str) -> None:
    """Systems keep what they listed. A program that reads a place every night must see what came since."""
    put(place, **{"in/a.pdf": b"1"})
    assert names(f"{place}/in") == ["a.pdf"]
    put(place, **{"in/b.pdf": b"2"})
    assert names(f"{place}/in") == ["a.pdf", "b.pdf"]


def test_what_reads_a_place_is_known_by_its_module(place: str) -> None:
    put(place, **{"a.pdf": b"1", "b.pdf": b"2"})
    remotes = [file.remote for file in found(place) if file.remote]
    assert modules(remotes) == ("fsspec.implementations.memory",)
    assert modules([]) == ()


def test_names_that_would_be_other_paths_here_stay_apart(place: str) -> None:
    """An object store knows no folders: `a//b`, `a/b` and `a/../b` are three keys."""
    put(place, **{"in/a/b.pdf": b"1", "in/a//b.pdf": b"2", "in/ประกาศ [2563]*.pdf": b"3"})
    files = found(f"{place}/in")
    assert sorted(read_bytes(file, MOST) for file in files) == [b"1", b"2", b"3"]
    assert [read_bytes(file, MOST) for file in found(f"{place}/in/ประกาศ [2563]*.pdf")] == [b"3"]


def test_a_file_is_known_by_its_bytes_and_refused_beyond_the_limit(place: str) -> None:
    put(place, **{"a.pdf": b"%PDF" * 200, "large.pdf": bytes(MOST + 1)})
    small, large = found(place)
    assert (identify(small, MOST).sha256, identify(small, MOST).size) == (hashlib.sha256(b"%PDF" * 200).hexdigest(), 800)
    assert read_bytes(small, MOST) == b"%PDF" * 200
    told = identify(large, MOST).error
    assert told is not None and told.code == "LIMIT_BYTES"
    with pytest.raises(DocumentError, match="LIMIT_BYTES"):
        read_bytes(large, MOST)


@pytest.mark.parametrize("said", [0, 1, None])
@pytest.mark.parametrize("asked", ["the open file", "the place"])
def test_a_place_that_lies_about_a_size_is_not_believed(
    asked: str, said: int | None, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(place, **{"a.pdf": bytes(700), "large.pdf": bytes(MOST + 1)})
    small, large = found(place)
    of_a_file = fsspec.implementations.memory.MemoryFile
    monkeypatch.setattr(of_a_file, "size", said if asked == "the open file" else None, raising=False)
    monkeypatch.setattr(type(fsspec.filesystem("memory")), "size", lambda *_: said)
    assert (identify(small, MOST).size, len(read_bytes(small, MOST))) == (700, 700)
    told = identify(large, MOST).error
    assert told is not None and told.code == "LIMIT_BYTES"
    with pytest.raises(DocumentError, match="LIMIT_BYTES"):
        read_bytes(large, MOST)


class Odd(Exception):
    """What no one knows of: each of these systems raises its own."""


@pytest.mark.parametrize("error", [OSError(errno.EIO, "gone"), Odd("403\nForbidden"), TimeoutError("no answer")])
def test_a_place_that_fails_is_one_document_or_the_end(error: Exception, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    put(place, **{"a.pdf": b"x"})
    (file,) = found(place)
    system = type(fsspec.filesystem("memory"))
    monkeypatch.setattr(system, "open", fail)
    told = identify(file, MOST).error
    assert told is not None and told.code == "IO" and "a.pdf" in told.detail and "\n" not in told.detail
    with pytest.raises(DocumentError, match="IO"):
        read_bytes(file, MOST)
    monkeypatch.setattr(system, "find", fail)
    with pytest.raises(StorageError, match="cannot be listed"):
        found(place)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("memory://nothing/here", "there is nothing at"),
        ("nosuchthing://bucket/a.pdf", "nosuchthing:// is no place"),
        ("https://example.org/a.pdf", "Use `fetch` first"),
        ("simplecache::memory://bucket/a.pdf", "no file or folder"),
        ("zip://a.pdf::memory://bucket/a.zip", "through one place to another"),
        ("dbfs://a/b", "dbfs"),
    ],
)
def test_what_is_no_place_is_refused_before_anything_is_written(address: str, says: str, tmp_path: Path) -> None:
    with pytest.raises((UsageError, StorageError)) as caught:
        run_documents([address], tmp_path / "data")
    assert says in str(caught.value)
    assert not (tmp_path / "data").exists()


def test_no_folder_here_is_named_after_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for call in (
        lambda: run_documents([SAMPLES], Path("s3://bucket/data")),
        lambda: ita_extract.export_datasets("data", "s3://bucket/ita.xlsx", "xlsx"),
        lambda: ita_extract.write_site("data", Path("s3://bucket/site")),
        lambda: ita_extract.fetch_documents([], "s3://bucket/documents"),
    ):
        with pytest.raises(UsageError, match="no folder here"):
            call()
    assert [*tmp_path.iterdir()] == []


def test_only_a_run_reads_elsewhere(place: str) -> None:
    put(place, **{"a.pdf": b"x"})
    with pytest.raises(UsageError, match="memory:// is no place"):
        find_sources([f"{place}/a.pdf"])


PLUGIN = """
from fsspec.implementations.local import LocalFileSystem

class Elsewhere(LocalFileSystem):
    protocol = "elsewhere"
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of place that fsspec learns of as it does of s3fs: from a package that is installed."""
    site = tmp_path / "site"
    (site / "elsewhere-1.dist-info").mkdir(parents=True)
    (site / "elsewhere_fs.py").write_text(PLUGIN)
    (site / "elsewhere-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: elsewhere\nVersion: 1\n")
    (site / "elsewhere-1.dist-info" / "entry_points.txt").write_text("[fsspec.specs]\nelsewhere = elsewhere_fs:Elsewhere\n")
    monkeypatch.syspath_prepend(site)
    fsspec.register_implementation("elsewhere", "elsewhere_fs.Elsewhere", clobber=True)  # here fsspec is loaded already


@pytest.mark.usefixtures("plugin")
def test_the_same_documents_from_elsewhere_and_to_elsewhere_give_the_same_release(tmp_path: Path) -> None:
    """Read through fsspec by readers in processes of their own."""
    chosen = sorted(SAMPLES.glob("announcement_256[34]*.pdf"))[:2]
    for path in chosen:
        (tmp_path / "in" / "2563").mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / "2563" / path.name).write_bytes(path.read_bytes())
    here = run_documents([tmp_path / "in"], tmp_path / "here", workers=1)
    data = f"elsewhere://{tmp_path}/there"
    there = run_documents([f"elsewhere://{tmp_path}/in"], data, work=tmp_path / "work", workers=1)
    assert [outcome.name for outcome in there.outcomes] == [f"2563/{path.name}" for path in chosen]
    assert [outcome.code for outcome in there.outcomes] == [None, None]
    assert there.release == here.release
    assert there.address == f"{data}/releases/{here.release}"
    assert ita_extract.verify(data) == ()
    assert (tmp_path / "there" / "runs" / f"{there.release}.jsonl").is_file()


def test_files_of_this_machine_are_opened_as_such_whatever_they_are_called(tmp_path: Path) -> None:
    """fsspec would follow a link to anywhere, and wait for a pipe."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.pdf").symlink_to(SAMPLES / "announcement_2563_provinces_clean.pdf")
    for scheme in ("file", "local"):
        (file,) = found(f"{scheme}://{tmp_path}/in")
        told = identify(file, 1 << 20).error
        assert told is not None and told.code == "LINK"
