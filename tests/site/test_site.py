"""The files of a site: the same each time, closed in themselves, and a document's text in them is text and nothing else."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from ita_extract.cli import main
from ita_extract.dataset import publish, put
from ita_extract.dataset.descriptor import Provenance
from ita_extract.errors import StorageError, UsageError
from ita_extract.site import build, write_site
from ita_extract.site.pages import LANGUAGES, POLICY, words
from tests.dataset.build import document, result
from tests.site.conftest import HOSTILE_NAME, ROOT, SAMPLES, Made

SITE = ROOT / "ita_extract" / "site"
PAGES = ("index", "scores", "compare", "agency", "documents", "review")


def bytes_of(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.found.append((tag, dict(attrs)))


def elements(path: Path) -> list[tuple[str, dict[str, str | None]]]:
    return Elements(path.read_text(encoding="utf-8")).found


@pytest.mark.slow
def test_the_same_release_gives_the_same_bytes(made: Made, site: Path, tmp_path: Path) -> None:
    write_site(made.folder, tmp_path / "again", [SAMPLES])
    assert bytes_of(tmp_path / "again") == bytes_of(site)


def test_every_page_is_there_in_both_languages(site: Path) -> None:
    for language, folder in zip(LANGUAGES, (site, site / "en"), strict=True):
        for name in PAGES:
            found = elements(folder / f"{name}.html")
            assert dict(found)["html"]["lang"] == language
            (policy,) = (of["content"] for tag, of in found if tag == "meta" and of.get("http-equiv") == "Content-Security-Policy")
            assert policy == POLICY
            assert len([tag for tag, _ in found if tag == "h1"]) == 1


def test_nothing_in_a_page_needs_what_the_policy_forbids(site: Path) -> None:
    for path in site.rglob("*.html"):
        for tag, of in elements(path):
            assert tag not in ("style", "iframe", "object", "base")
            assert "style" not in of and not [name for name in of if name.startswith("on")], (path, tag, of)
            assert tag != "script" or of.get("src"), path


def test_every_address_is_a_file_of_the_site(site: Path) -> None:
    for path in site.rglob("*.html"):
        for tag, of in elements(path):
            for address in filter(None, (of.get("href"), of.get("src"))):
                target = address.partition("#")[0]
                assert ":" not in target and not target.startswith("/"), (path, tag, address)
                assert not target or (path.parent / target).resolve().is_relative_to(site.resolve())
                assert not target or (path.parent / target).is_file(), (path, address)
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "@import" not in text and not re.findall(r"url\((?!data:font/woff2;)", text), path
    for path in (site / "assets").glob("*.js"):
        assert not re.search(r"https?:", path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")), path


def test_labels_and_tables_are_what_they_should_be(site: Path) -> None:
    for path in site.rglob("*.html"):
        found = elements(path)
        for tag, of in found:
            if tag == "svg":
                assert of.get("aria-hidden") == "true" or of.get("aria-label"), path
            if tag == "th":
                assert of.get("scope") in ("row", "col"), path
            if tag == "img":
                assert of.get("alt"), path
        ids = [of["id"] for _, of in found if of.get("id")]
        assert len(ids) == len(set(ids)), path


def test_data_holds_no_markup(site: Path) -> None:
    """What a document says is data: in a script it cannot end the script, in a page it is text."""
    told = b"".join((site / "data" / name).read_bytes() for name in ("agencies.js", "documents.js"))
    assert rb"\u003cscript\u003ewindow.hacked" in told
    for path in (site / "data").iterdir():
        assert not set(path.read_text(encoding="utf-8")) & set("<>&\u2028\u2029"), path
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert HOSTILE_NAME not in text
        assert not [of for _, of in elements(path) if "hacked" in str(of.get("onload")) + str(of.get("onerror"))]


def test_data_is_json_under_its_name(site: Path) -> None:
    for path in (site / "data").iterdir():
        name, value = re.fullmatch(r'ITA\.data\["([a-z0-9-]+)"\]=(.*);\n', path.read_text(encoding="utf-8"), re.S).groups()  # type: ignore[union-attr]
        assert name == path.stem
        json.loads(value)


def test_a_folder_that_is_no_site_is_left_alone(made: Made, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="is no site"):
        write_site(made.folder, tmp_path / "home")
    with pytest.raises(UsageError, match="is no site"):
        write_site(made.folder, tmp_path / "home" / "thesis.txt")
    assert (tmp_path / "home" / "thesis.txt").read_text() == "years of work"


def test_a_site_is_replaced_whole_or_not_at_all(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "site"
    write_site(made.folder, out)
    (out / "left-over.html").write_text("of an older version")
    before = bytes_of(out)

    def full(root: Path, path: str, data: bytes) -> None:
        raise OSError(28, "No space left on device", str(root / path))

    with monkeypatch.context() as broken:
        broken.setattr(build, "_save", full)
        with pytest.raises(StorageError, match="No space"):
            write_site(made.folder, out)
    assert bytes_of(out) == before
    write_site(made.folder, out)
    assert "left-over.html" not in bytes_of(out)
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_release_without_a_score_has_a_site(tmp_path: Path) -> None:
    nothing = document(status="unreadable", error_code="MALFORMED", error_message="broken", document_type="other", fiscal_year=None)
    put(tmp_path / "data", result("nothing", document=nothing), "key")
    publish(tmp_path / "data", Provenance("1.0", "rules"))
    made = write_site(tmp_path / "data", tmp_path / "site")
    assert (made.agencies, made.documents, made.review) == (0, 1, 0)
    assert words()["en"]["index.empty"] in (tmp_path / "site" / "en" / "index.html").read_text(encoding="utf-8")


def test_the_command_says_where_the_site_is(made: Made, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["report", str(made.folder), "--out", str(tmp_path / "site"), "--sources", str(SAMPLES / "expected")]
    )
    assert done.exit_code == 0, done.output
    assert done.stdout == f"{tmp_path / 'site' / 'index.html'}\n"
    assert "with a picture" in done.stderr
    missing = CliRunner().invoke(main, ["report", str(tmp_path / "nowhere"), "--out", str(tmp_path / "other")])
    assert missing.exit_code == 2 and not (tmp_path / "other").exists()


FAMILIES = ("nav", "kind", "known", "status", "type", "page", "field", "identity", "review.state")
"""Keys that are put together where they are used."""


def test_every_word_is_there_and_used() -> None:
    known = set(words()["en"])
    places = [*(SITE / "templates").iterdir(), *(SITE / "static").glob("*.js"), *SITE.glob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in places)
    asked = set(re.findall(r"""\bt\(["']([a-z_.]+)["'][,)]""", text)) | set(re.findall(r"""\bwrite\("([a-z_.]+)"[,)]""", text))
    assert len(asked) > 80
    assert asked <= known
    assert {key for key in known if key not in text and not key.startswith(tuple(f"{family}." for family in FAMILIES))} == set()


def test_both_languages_say_the_same_things() -> None:
    for key in words()["en"]:
        thai, english = (words()[language][key] for language in LANGUAGES)
        assert thai.strip() and english.strip(), key
        assert sorted(re.findall(r"{\w+}", thai)) == sorted(re.findall(r"{\w+}", english)), key


def test_every_identity_is_put_in_words() -> None:
    proof = (ROOT / "docs" / "proof.md").read_text(encoding="utf-8").split("## What is known of a number", 1)[0]
    rows = re.findall(r"^\| (`[^|]+) \|", proof, re.M)
    named = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}
    assert len(named) > 20
    assert {f"identity.{name}" for name in named} <= set(words()["en"])
