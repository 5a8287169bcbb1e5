"""`ita-extract fetch`, as a user says it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ita_extract.cli import main
from ita_extract.fetch.failure import FETCH_CODES
from ita_extract.fetch.list import read_list
from tests.fetch.server import Server, gives, pdf

ROOT = Path(__file__).resolve().parents[2]


def fetch(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["fetch", "--interval", "0", *map(str, arguments)])


def listed(path: Path, *urls: str) -> Path:
    path.write_text("url\n" + "".join(f"{url}\n" for url in urls), encoding="utf-8")
    return path


def test_a_list_is_fetched_and_told(server: Server, tmp_path: Path) -> None:
    server.pages["/a.pdf"] = gives(pdf())
    wanted = listed(tmp_path / "a.csv", server.url("/a.pdf"), server.url("/gone.pdf"))
    result = fetch(wanted, "--out", tmp_path / "docs", "--allow-private", "--contact", "data@example.org")
    assert result.exit_code == 3, result.output
    assert "NOT_FOUND" in result.stdout
    assert "2 documents" in result.stdout
    assert "1 fetched, 1 not had" in result.stdout
    assert f"new: {server.url('/a.pdf')}" in result.stderr
    assert server.headers("/a.pdf")[0]["user-agent"].endswith("(data@example.org)")
    server.pages["/a.pdf"] = gives(pdf("other"))
    result = fetch(listed(wanted, server.url("/a.pdf")), "--out", tmp_path / "docs", "--allow-private", "--recheck", "0")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"changed: {server.url('/a.pdf')}: ")


def test_nothing_had(server: Server, tmp_path: Path) -> None:
    wanted = listed(tmp_path / "a.csv", server.url("/a.pdf"))
    assert fetch(wanted, "--out", tmp_path / "docs", "--allow-private").exit_code == 7
    result = fetch(wanted, "--out", tmp_path / "docs")
    assert result.exit_code == 7
    assert "PRIVATE_ADDRESS" in result.stdout


@pytest.mark.parametrize("kind", ["toml", "csv"])
def test_a_list_from_a_page_can_be_fetched(server: Server, tmp_path: Path, kind: str) -> None:
    server.pages["/"] = gives('<a href="a.PDF">ผล 2567</a><a href="b.doc">b</a>'.encode())
    server.pages["/a.PDF"] = gives(pdf())
    result = fetch("--from-page", server.url("/"), "--format", kind, "--allow-private")
    assert result.exit_code == 0, result.output
    path = tmp_path / f"list.{kind}"
    path.write_text(result.stdout, encoding="utf-8")
    assert [one.title for one in read_list(path)] == ["ผล 2567"]
    assert fetch(path, "--out", tmp_path / "docs", "--allow-private").exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["a.toml", "--from-page", "http://e.org/"], ["a.toml"], ["a.toml", "--out", "d"],
        ["a.toml", "--out", "d", "--match", "x"],
        ["--from-page", "ftp://e.org/"], ["--from-page", "http://e.org/", "--match", "("],
        ["--from-page", "http://e.org/", "--contact", "(ก)"],
    ],
)  # fmt: skip
def test_wrong_use(arguments: list[str]) -> None:
    result = fetch(*arguments)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output


def test_every_code_is_explained() -> None:
    page = (ROOT / "docs" / "fetching.md").read_text(encoding="utf-8")
    assert [code for code in FETCH_CODES if f"| `{code}` |" not in page] == []
