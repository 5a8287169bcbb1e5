"""The files that a run is asked to read: each once, none forgotten, and wrong ones refused before anything is written."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ita_extract.errors import DocumentError, StorageError, UsageError
from ita_extract.run.sources import MEDIA_TYPES, Identity, SourceFile, find_sources, identify, published_name, read_bytes


def made(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return folder


def names(*given: str | Path) -> list[str]:
    return [source.name for source in find_sources(map(str, given))]


def test_a_folder_gives_all_below_it_in_order_under_their_paths(tmp_path: Path) -> None:
    made(tmp_path, "b.pdf", "a.PDF", "2/c.txt", "10/deep/er/d.html", "no.docx", ".hidden.pdf", "README")
    assert names(tmp_path) == ["a.PDF", "b.pdf", "10/deep/er/d.html", "2/c.txt"]


def test_a_file_gives_its_own_name_and_kind(tmp_path: Path) -> None:
    made(tmp_path, "ประกาศ ๒๕๖๓.pdf")
    (source,) = find_sources([str(tmp_path / "ประกาศ ๒๕๖๓.pdf")])
    assert (source.name, source.media_type, source.path) == ("ประกาศ ๒๕๖๓.pdf", "application/pdf", tmp_path / "ประกาศ ๒๕๖๓.pdf")


@pytest.mark.parametrize("suffix", MEDIA_TYPES)
def test_every_known_kind_is_taken_in_any_case(tmp_path: Path, suffix: str) -> None:
    made(tmp_path, f"x{suffix.upper()}")
    assert [s.media_type for s in find_sources([str(tmp_path)])] == [MEDIA_TYPES[suffix]]


def test_a_glob_gives_what_it_matches_and_nothing_of_another_kind(tmp_path: Path) -> None:
    made(tmp_path, "a1.pdf", "a2.pdf", "b.pdf", "a3.docx", "sub/a4.pdf")
    assert names(tmp_path / "a*") == ["a1.pdf", "a2.pdf"]
    assert names(tmp_path / "**" / "a*.pdf") == ["a1.pdf", "a2.pdf", "a4.pdf"]
    assert names(tmp_path / "s*") == ["a4.pdf"]


def test_a_name_with_the_signs_of_a_glob_is_a_name(tmp_path: Path) -> None:
    made(tmp_path, "ITA [2563]*.pdf", "ITA 2.pdf")
    assert names(tmp_path / "ITA [2563]*.pdf") == ["ITA [2563]*.pdf"]


def test_what_is_named_twice_is_read_once(tmp_path: Path) -> None:
    made(tmp_path, "a.pdf", "b.pdf")
    assert names(tmp_path / "b.pdf", tmp_path, tmp_path / "*.pdf") == ["b.pdf", "a.pdf"]


def test_a_path_from_the_present_folder_is_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path, "a.pdf")
    monkeypatch.chdir(tmp_path)
    assert names("a.pdf", tmp_path / "a.pdf", ".") == ["a.pdf"]


def test_links_are_followed_to_files_and_not_round_in_circles(tmp_path: Path) -> None:
    made(tmp_path, "real/a.pdf")
    (tmp_path / "link.pdf").symlink_to(tmp_path / "real" / "a.pdf")
    (tmp_path / "real" / "round").symlink_to(tmp_path)
    assert names(tmp_path) == ["link.pdf", "real/a.pdf"]


def test_a_link_that_leads_nowhere_is_a_document_that_cannot_be_read(tmp_path: Path) -> None:
    """It is told in `documents`, not passed over."""
    (tmp_path / "gone.pdf").symlink_to(tmp_path / "nowhere")
    assert names(tmp_path) == ["gone.pdf"]
    assert names(tmp_path / "gone.pdf") == ["gone.pdf"]


def test_a_name_that_is_no_unicode(tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/\xbb\xc3\xd0\xa1\xd2\xc8.pdf"  # TIS-620, as old Windows disks have it
    try:
        Path(os.fsdecode(odd)).write_bytes(b"x")
    except (OSError, UnicodeError):
        pytest.skip("this file system takes no such names")
    (source,) = find_sources([str(tmp_path)])
    assert os.fsencode(source.path) == odd


def test_a_pipe_is_no_document(tmp_path: Path) -> None:
    """Opening one waits until somebody writes into it."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes here")
    os.mkfifo(tmp_path / "pipe.pdf")
    made(tmp_path, "a.pdf")
    assert names(tmp_path) == ["a.pdf"]
    assert names(tmp_path / "*.pdf") == ["a.pdf"]
    with pytest.raises(UsageError, match="no file"):
        names(tmp_path / "pipe.pdf")


@pytest.mark.parametrize("given", ["nowhere.pdf", "nowhere/", "no*where.pdf", "x" * 5000 + ".pdf", "a\0b.pdf"])
def test_what_is_not_there_is_refused_with_advice(tmp_path: Path, given: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_sources([f"{tmp_path}/{given}"])
    assert caught.value.exit_code == 2
    assert caught.value.advice


def test_a_file_of_an_unknown_kind_is_refused_when_named(tmp_path: Path) -> None:
    made(tmp_path, "a.docx")
    with pytest.raises(UsageError, match=r"a\.docx"):
        names(tmp_path / "a.docx")
    assert names(tmp_path) == []


def test_a_folder_that_may_not_be_read_ends_with_5(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path, "a.pdf", "locked/b.pdf")
    scan = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(StorageError) as caught:
        names(tmp_path)
    assert caught.value.exit_code == 5
    assert "locked" in str(caught.value)


def test_an_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert names(tmp_path) == []
    assert names() == []


def test_an_address_of_a_file_is_its_path(tmp_path: Path) -> None:
    made(tmp_path, "ก ข.pdf")
    assert names((tmp_path / "ก ข.pdf").as_uri()) == ["ก ข.pdf"]
    with pytest.raises(UsageError, match="s3://") as caught:
        names("s3://bucket/a.pdf")
    assert "fetch" in caught.value.advice


def in_folder(folder: Path) -> dict[str, SourceFile]:
    return {source.name: source for source in find_sources([str(folder)])}


def test_a_file_is_known_by_its_bytes_and_read_within_limits(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"hello")
    file = in_folder(tmp_path)["a.pdf"]
    assert identify(file, 5) == Identity(hashlib.sha256(b"hello").hexdigest(), 5)
    assert read_bytes(file, 5) == b"hello"
    found = identify(file, 4)
    assert (found.sha256, found.size, found.error and found.error.code) == (None, 5, "LIMIT_BYTES")
    with pytest.raises(DocumentError, match="LIMIT_BYTES"):
        read_bytes(file, 4)


def test_a_link_may_lead_into_the_given_folders_and_nowhere_else(tmp_path: Path) -> None:
    made(tmp_path, "given/a.pdf", "also/b.pdf", "given-not/c.pdf", "loose.pdf")
    given = tmp_path / "given"
    (given / "in.pdf").symlink_to("a.pdf")
    (given / "also.pdf").symlink_to(tmp_path / "also" / "b.pdf")
    (given / "out.pdf").symlink_to("../given-not/c.pdf")
    (given / "round.pdf").symlink_to("round.pdf")
    (tmp_path / "named.pdf").symlink_to(given / "out.pdf")
    codes = {name: one.error and one.error.code for name, file in in_folder(given).items() for one in [identify(file, 9)]}
    assert codes == {"a.pdf": None, "in.pdf": None, "also.pdf": "LINK", "out.pdf": "LINK", "round.pdf": "IO"}
    both = {source.name: source for source in find_sources([str(given), str(tmp_path / "also")])}
    assert identify(both["also.pdf"], 9).error is None
    (by_name,) = find_sources([str(tmp_path / "named.pdf")])
    assert identify(by_name, 9).error is None, "whoever names a link means what it leads to"
    (by_glob,) = find_sources([str(tmp_path / "given" / "out*.pdf")])
    found = identify(by_glob, 9).error
    assert found is not None
    assert found.code == "LINK"


def test_what_became_a_pipe_since_it_was_found_is_not_waited_for(tmp_path: Path) -> None:
    made(tmp_path, "a.pdf")
    file = in_folder(tmp_path)["a.pdf"]
    file.path.unlink()
    os.mkfifo(file.path)
    found = identify(file, 9).error
    assert found is not None
    assert found.code == "IO"


@settings(max_examples=200)
@given(
    st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), min_size=1, max_size=40)
    | st.binary(min_size=1, max_size=40).map(os.fsdecode)  # what is no text in a name are the surrogates that this makes
)
def test_a_published_name_is_plain_text_from_which_the_name_can_be_had_back(name: str) -> None:
    shown = published_name(name)
    shown.encode("utf-8")
    assert shown.isprintable() or all(char.isprintable() or char == "\u3000" or char.isspace() for char in shown)
    assert not any(char in shown for char in "\n\r\t\x1b\u202e\u2028")
    assert unescaped(shown) == os.fsencode(name)


def unescaped(shown: str) -> bytes:
    """The bytes of the name that was published so."""

    def back(found: re.Match[str]) -> str:
        what = found[1]
        if what == "\\":
            return "\\"
        code = int(what[1:], 16)
        return chr(0xDC00 + code) if what[0] == "x" and code > 0x7F and len(what) == 3 else chr(code)

    return re.sub(r"\\(\\|x..|u....|U........)", back, shown).encode("utf-8", "surrogateescape")
