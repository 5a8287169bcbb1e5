"""A list is read whole, or refused with the line of its first mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.errors import UsageError
from ita_extract.fetch.list import Wanted, address_fault, read_list, write_list

SHA = "ab" * 32


def read(tmp_path: Path, name: str, text: str | bytes) -> tuple[Wanted, ...]:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_list(path)


def test_toml(tmp_path: Path) -> None:
    text = f"""
# found on the office's page
[[document]]
url = "https://www.example.go.th/ผล.pdf"
title = "ผลการประเมิน"
fiscal_year = 2567
sha256 = "{SHA.upper()}"

[[document]]
url = "http://example.org/b.pdf"
"""
    first = Wanted("https://www.example.go.th/ผล.pdf", "ผลการประเมิน", 2567, SHA)
    assert read(tmp_path, "a.toml", text) == (first, Wanted("http://example.org/b.pdf"))


def test_csv(tmp_path: Path) -> None:
    text = '\ufefffiscal_year,url,title\r\n๒๕๖๗,https://example.org/a.pdf,"ผล, ""รวม"""\r\n\r\n,https://example.org/b.pdf,\r\n'
    assert read(tmp_path, "a.CSV", text) == (
        Wanted("https://example.org/a.pdf", 'ผล, "รวม"', 2567),
        Wanted("https://example.org/b.pdf"),
    )
    assert read(tmp_path, "b.csv", f"url,sha256\nhttp://e.org/a,{SHA}\n") == (Wanted("http://e.org/a", sha256=SHA),)


ONE = '[[document]]\nurl = "https://example.org/a.pdf"\n'


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.txt", "", ".toml or a .csv"),
        ("a.toml", "", "lists no document"),
        ("a.csv", "url\n\n", "lists no document"),
        ("a.toml", "[[document]\n", "a.toml:1"),
        ("a.toml", f'{ONE}[[document]]\ntitle = "x"\n', "a.toml:3: no url"),
        ("a.toml", f"{ONE}yaer = 2567\n", "a.toml:1: 'yaer' is not known here"),
        ("a.toml", f"{ONE}fiscal_yaer = 2567\n", "Did you mean 'fiscal_year'?"),
        ("a.toml", f"{ONE}fiscal_year = 2024\n", "a.toml:1: 2024 is no fiscal year of the Buddhist Era"),
        ("a.toml", f"{ONE}fiscal_year = true\n", "no fiscal year"),
        ("a.toml", f"{ONE}fiscal_year = 2567.5\n", "no fiscal year"),
        ("a.toml", f'{ONE}sha256 = "abc"\n', "no sha256"),
        ("a.toml", f"{ONE}title = 5\n", "title 5"),
        ("a.toml", f'{ONE}title = "a\\nb"\n', "title"),
        ("a.toml", f'{ONE}title = "{"a" * 1001}"\n', "title"),
        ("a.toml", f"{ONE}\n{ONE}", "a.toml:4: the address stands in line 1 already"),
        ("a.toml", f"{ONE}\n[documents]\n", "a.toml:4: 'documents' is not known"),
        ("a.toml", "[document]\nurl = 'x'\n", "[[document]], with two brackets"),
        ("a.toml", "document = [1, 2]\n", "two brackets"),
        ("a.toml", "[[document]]\nurl = 7\n", "no url"),
        ("a.toml", "[[document]]\nurl = 'ftp://example.org/a'\n", "is not http:// or https://"),
        ("a.toml", "a = " + "[" * 5000, "a.toml:1"),
        ("a.toml", ONE.encode() + "title = 'ผล'\n".encode("tis-620"), "a.toml:3: the text is not UTF-8"),
        ("a.csv", "url,title\nhttps://example.org/a\n", "a.csv:2: 1 fields where the head has 2"),
        ("a.csv", "title\nx\n", "no column is named url"),
        ("a.csv", "url,url\nx,y\n", "twice"),
        ("a.csv", "url,titel\nx,y\n", "a.csv:1: 'titel'"),
        ("a.csv", 'url,title\nhttp://e.org/1,"a\nb"\nhttp://e.org/2,c\n', "a.csv:2: the title"),
        ("a.csv", "url\nhttp://e.org/1\nfile:///etc/passwd\n", "a.csv:3: the address"),
        ("a.csv", 'url\n"http://e.org/1', "a.csv:2"),
        ("a.csv", "url,fiscal_year\nhttp://e.org/1,256x\n", "a.csv:2: '256x'"),
        ("a.csv", "url,fiscal_year\nhttp://e.org/1,99999999999999999999\n", "a.csv:2"),
    ],
)
def test_a_mistake_is_refused_with_its_line(tmp_path: Path, name: str, text: str | bytes, said: str) -> None:
    with pytest.raises(UsageError) as error:
        read(tmp_path, name, text)
    assert said in str(error.value)


def test_a_list_that_is_not_there_or_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        read_list(tmp_path / "none.toml")
    monkeypatch.setattr("ita_extract.fetch.list.MAX_BYTES", 10)
    with pytest.raises(UsageError, match="larger"):
        read(tmp_path, "a.toml", ONE)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://example.org/", "//example.org/a", "example.org/a", "http://", "http:///a", "http://[::1", "http://a:b/",
        "http://user@example.org/", "http://user:word@example.org/", " http://example.org/", "http://example.org/a\nb", "http://e.org/\x00",
        "javascript:alert(1)", "data:application/pdf,x", "", f"http://example.org/{'a' * 5000}", "http://e.org:99999/",
    ],
)  # fmt: skip
def test_addresses_that_are_none(url: str) -> None:
    assert address_fault(url)


@pytest.mark.parametrize(
    "url", ["http://e.org", "HTTPS://E.org/", "http://[2001:db8::1]:80/a", "http://ป.ไทย/ก?ข=ค#ง", "http://127.0.0.1:8000/a b"]
)
def test_addresses(url: str) -> None:
    assert address_fault(url) is None


WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=40).map(str.strip)
LISTS = st.lists(
    st.builds(
        Wanted,
        st.text("abcกผ \"'\\,;#&=?%", max_size=12).map(lambda tail: f"https://example.org/{tail.strip()}"),
        st.none() | WORDS.filter(bool),
        st.none() | st.integers(2540, 2699),
        st.none() | st.text("0123456789abcdef", min_size=64, max_size=64),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one.url,
)


@given(LISTS, st.sampled_from(["toml", "csv"]))
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, wanted: list[Wanted], kind: str) -> None:
    path = tmp_path_factory.getbasetemp() / f"list.{kind}"
    path.write_text(write_list(wanted, kind), encoding="utf-8", newline="")
    assert read_list(path) == tuple(wanted)
