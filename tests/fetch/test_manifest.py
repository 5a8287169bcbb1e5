"""A manifest says what its whole lines say, whatever the machine was doing when it died."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.errors import StorageError
from ita_extract.fetch.manifest import NAME, Failed, Fetched, load_manifest, manifest_bytes, manifest_line, read_manifest

A, B = "aa" * 32, "bb" * 32
FIRST = Fetched(
    "http://e.org/1", A, 10, f"aa/{A}.pdf", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "http://e.org/1", "ผล", 2567
)
SECOND = replace(FIRST, sha256=B, file=f"bb/{B}.pdf", date="2026-02-01T00:00:00Z", checked="2026-02-01T00:00:00Z", previous=A)
ELSEWHERE = replace(FIRST, url="http://e.org/2", date="2025-01-01T00:00:00Z", etag='"x"', last_modified="Sat", note="doubt")
GONE = Failed("http://e.org/3", "2026-01-01T00:00:00Z", "NOT_FOUND", "the server answers 404")
LINES = (FIRST, SECOND, ELSEWHERE, GONE)


def test_lines_are_read_back(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(manifest_bytes(LINES))
    manifest = load_manifest(tmp_path / NAME)
    assert tuple(manifest.entries()) == LINES
    assert manifest.latest("http://e.org/1") == SECOND
    assert manifest.latest("http://e.org/3") is None
    assert read_manifest(tmp_path) == {A: (ELSEWHERE, FIRST), B: (SECOND,)}


def test_without_a_manifest_nothing_is_known(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) == {}


def test_a_later_line_takes_the_place_of_an_earlier(tmp_path: Path) -> None:
    again = replace(FIRST, checked="2026-03-01T00:00:00Z")
    lost = Failed(FIRST.url, "2026-04-01T00:00:00Z", "SERVER", "500")
    (tmp_path / NAME).write_bytes(manifest_bytes([FIRST, SECOND, again, lost]))
    manifest = load_manifest(tmp_path / NAME)
    assert list(manifest.entries()) == [SECOND, again, lost]
    assert manifest.latest(FIRST.url) == again, "the address gives the first document again"
    manifest.add(replace(SECOND, checked="2026-05-01T00:00:00Z"))
    assert manifest.failed == {}


@given(st.integers(0, len(manifest_bytes(LINES)) - 1))
def test_cut_off_anywhere_the_whole_lines_count(tmp_path_factory: pytest.TempPathFactory, length: int) -> None:
    path = tmp_path_factory.getbasetemp() / "cut.jsonl"
    data = manifest_bytes(LINES)[:length]
    path.write_bytes(data)
    assert list(load_manifest(path).entries()) == list(LINES[: data.count(b"\n")])


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense", b"[]", b"{}", b"7", b"null", b'{"status": "other"}', b'{"status": "fetched"}', b"\xff\xfe", b"[" * 100_000,
        manifest_line(FIRST).replace(b'"bytes": 10', b'"bytes": "10"').strip(),
        manifest_line(FIRST).replace(f"aa/{A}.pdf".encode(), b"../../etc/passwd").strip(),
        manifest_line(FIRST).replace(b"2026-01-01T00:00:00Z", b"yesterday").strip(),
        manifest_line(FIRST).replace(A.encode(), b"xyz", 1).strip(),
    ],
)  # fmt: skip
def test_a_damaged_line_is_named(tmp_path: Path, line: bytes) -> None:
    (tmp_path / NAME).write_bytes(manifest_line(FIRST) + line + b"\n" + manifest_line(SECOND))
    with pytest.raises(StorageError, match=rf"{NAME}:2: "):
        read_manifest(tmp_path)


def test_lines_of_a_later_version_may_say_more(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(manifest_line(FIRST).replace(b"{", b'{"mood": "fine", ', 1))
    assert read_manifest(tmp_path) == {A: (FIRST,)}
