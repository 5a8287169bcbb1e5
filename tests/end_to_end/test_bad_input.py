"""What must never happen: a bad document that harms a good one, a traceback, a half-written folder, a wrong exit code."""

from __future__ import annotations

import errno
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from click.testing import CliRunner

from ita_extract.cli import main
from ita_extract.dataset import lock_folder, read_dataset, verify
from ita_extract.errors import RulesError
from ita_extract.job import run_documents

from .conftest import ROOT, SAMPLES

GOOD = SAMPLES / "announcement_2563_provinces_clean.pdf"


def cli(*arguments: str | Path, cwd: Path = ROOT, **more: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ita_extract", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=cwd, check=False, **more)


def encrypted() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(GOOD) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def without_text() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pixels = pikepdf.Stream(pdf, b"\xff" * 100 * 100)
        pixels.update(
            {"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image, "/Width": 100, "/Height": 100}
            | {"/ColorSpace": pikepdf.Name.DeviceGray, "/BitsPerComponent": 8}
        )
        pdf.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=pixels))
        pdf.pages[0].Contents = pikepdf.Stream(pdf, b"q 595 0 0 842 0 0 cm /Im Do Q")
        pdf.save(out)
    return out.getvalue()


BAD = {
    "empty.pdf": (lambda: b"", "EMPTY", "unreadable"),
    "page.pdf": (lambda: b"<!doctype html><html><body>404</body></html>", "NOT_PDF", "unreadable"),
    "cut.pdf": (lambda: GOOD.read_bytes()[:9000], "TRUNCATED", "unreadable"),
    "locked.pdf": (encrypted, "ENCRYPTED", "unreadable"),
    "scan.pdf": (without_text, "NO_TEXT", "unreadable"),
    "letter.txt": ("เรียน ท่านผู้อำนวยการ\nขอเชิญประชุมประจำเดือน".encode, "NOT_ITA", "unrecognised"),
}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A release of one good document alone, and one of the same document among bad ones."""
    folder = tmp_path_factory.mktemp("mixed")
    sources = folder / "sources"
    sources.mkdir()
    shutil.copy(GOOD, sources)
    run_documents([sources], folder / "alone", workers=1)
    for name, (make, _, _) in BAD.items():
        (sources / name).write_bytes(make())
    summary = run_documents([sources], folder / "among", workers=1)
    assert summary.exit_code() == 3
    return folder / "alone", folder / "among"


@pytest.mark.parametrize("name", BAD)
def test_a_bad_document_is_one_row_with_its_code(name: str, mixed: tuple[Path, Path]) -> None:
    rows = [row for row in read_dataset(mixed[1], "documents", as_arrow=True).to_pylist() if row["file_name"] == name]
    assert [(row["error_code"], row["status"], row["record_count"]) for row in rows] == [(BAD[name][1], BAD[name][2], 0)]
    assert rows[0]["error_message"]


@pytest.mark.parametrize("dataset", ["agency_scores", "type_summaries", "indicator_scores", "national_scores", "checks", "rejects"])
def test_bad_documents_leave_the_good_one_untouched(dataset: str, mixed: tuple[Path, Path]) -> None:
    alone, among = (read_dataset(folder, dataset, as_arrow=True) for folder in mixed)
    if "document_id" in among.column_names:
        bad = {r["document_id"] for r in read_dataset(mixed[1], "documents", as_arrow=True).to_pylist() if r["error_code"]}
        rows = [row for row in among.to_pylist() if row["document_id"] not in bad]
        assert rows == alone.to_pylist()
    else:
        assert among.to_pylist() == alone.to_pylist()


def test_a_release_with_bad_documents_verifies(mixed: tuple[Path, Path]) -> None:
    assert verify(mixed[1]) == ()


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "nowhere.pdf", "--out", "{out}"],
        ["run", "nothing-*.pdf", "--out", "{out}"],
        ["run", str(GOOD), "--out", "{out}", "--fast"],
    ],
)
def test_wrong_use_is_refused_before_anything_is_written(arguments: list[str], tmp_path: Path) -> None:
    out = tmp_path / "data"
    done = cli(*(argument.replace("{out}", str(out)) for argument in arguments))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not out.exists()


TYPOS = [
    ("frameworks/2567.toml", "minimum = 85.00", "minimun = 85.00", ["2567.toml:", "'minimun'", "Did you mean 'minimum'"]),
    ("layouts/announcement.toml", "minimum = 10", "minimum 10", ["announcement.toml:", "Mend the TOML"]),
    ("layouts/announcement.toml", 'name = "ranking"', 'nmae = "ranking"', ["announcement.toml:", "'nmae'", "Did you mean 'name'"]),
]


def mistype(rules: Path, file: str, before: str, after: str) -> None:
    text = (rules / file).read_text(encoding="utf-8")
    assert before in text
    (rules / file).write_text(text.replace(before, after, 1), encoding="utf-8")


@pytest.mark.parametrize(("file", "before", "after", "says"), TYPOS)
def test_a_typo_in_the_rules_is_refused_with_file_line_key_and_advice(
    file: str, before: str, after: str, says: list[str], tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    mistype(tmp_path / "rules", file, before, after)
    with pytest.raises(RulesError) as caught:
        run_documents([GOOD], tmp_path / "data", rules=tmp_path / "rules")
    assert all(part in str(caught.value) for part in says), caught.value
    assert not (tmp_path / "data").exists()


def test_a_typo_in_the_rules_of_a_checkout_ends_with_2(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "ita_extract", tmp_path / "ita_extract", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    *slip, says = TYPOS[0]
    mistype(tmp_path / "rules", *slip)
    done = cli("run", GOOD, "--out", tmp_path / "data", cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 2, done.stderr
    assert all(part in done.stderr for part in says), done.stderr
    assert not (tmp_path / "data").exists()


def test_nothing_readable_ends_with_7(tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").write_bytes(b"")
    assert CliRunner().invoke(main, ["run", str(tmp_path / "empty.pdf"), "--out", str(tmp_path / "data")]).exit_code == 7
    (tmp_path / "folder").mkdir()
    assert CliRunner().invoke(main, ["run", str(tmp_path / "folder"), "--out", str(tmp_path / "other")]).exit_code == 7


@pytest.fixture
def published(mixed: tuple[Path, Path], tmp_path: Path) -> Path:
    """A data folder with a release, to be harmed."""
    return Path(shutil.copytree(mixed[0], tmp_path / "data", symlinks=True))


def test_a_second_writer_is_refused(published: Path) -> None:
    before = (published / "CURRENT").read_text()
    with lock_folder(published):
        done = cli("run", GOOD, "--out", published)
    assert done.returncode == 4
    assert "another run" in done.stderr
    assert (published / "CURRENT").read_text() == before


def test_one_changed_byte_ends_verify_with_6(published: Path) -> None:
    assert CliRunner().invoke(main, ["verify", str(published)]).exit_code == 0
    path = next((published / "current" / "agency_scores").glob("*.parquet"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    done = cli("verify", published)
    assert done.returncode == 6
    assert path.name in done.stderr


def test_an_unreadable_folder_ends_with_5_and_leaves_the_release(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The superuser may read everything, so the refusal is put in the way of os.scandir, which os.walk uses."""
    before = (published / "CURRENT").read_text()
    (tmp_path / "secret").mkdir()
    real = os.scandir

    def refuse(path: Any = ".") -> Any:
        if str(path).endswith("secret"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    done = CliRunner().invoke(main, ["run", str(tmp_path / "secret"), "--out", str(published)])
    assert done.exit_code == 5
    assert (published / "CURRENT").read_text() == before
    assert verify(published) == ()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only the superuser may mount a small disk")
def test_a_full_disk_ends_with_5_and_leaves_the_release(mixed: tuple[Path, Path], tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=900k", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        shutil.copytree(mixed[0], disk / "data", symlinks=True)
        before = (disk / "data" / "CURRENT").read_text()
        (disk / "ballast").write_bytes(bytes(max(0, shutil.disk_usage(disk).free - 40_000)))
        done = cli("run", *sorted(SAMPLES.glob("announcement_256[3-5]*.pdf")), "--out", disk / "data", "--workers", "1")
        assert done.returncode == 5, done.stderr
        assert "Traceback" not in done.stderr
        assert (disk / "data" / "CURRENT").read_text() == before
        assert verify(disk / "data") == ()
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def test_one_document_under_two_names_is_read_once(tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    shutil.copy(GOOD, folder / "a.pdf")
    shutil.copy(GOOD, folder / "b.pdf")
    summary = run_documents([folder], tmp_path / "data", workers=2)
    assert summary.duplicates == ("b.pdf",)
    assert list(read_dataset(tmp_path / "data", "documents")["file_name"]) == ["a.pdf"]
