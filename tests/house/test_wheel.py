"""The wheel is whole: installed elsewhere, it finds its rules and does the main job.

The accident: an editable install reads `rules/` from the checkout, so a wheel without them passes every other test.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "samples").glob("*.pdf"))


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    return subprocess.run(command, check=False, cwd=cwd, env=environment | {"PYTHONUTF8": "1"}, capture_output=True, text=True)


def done(*command: str | Path, cwd: Path) -> str:
    finished = run(*command, cwd=cwd)
    assert finished.returncode == 0, f"{command}: exit {finished.returncode}\n{finished.stdout}\n{finished.stderr}"
    return finished.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (path,) = folder.glob("*.whl")
    return path


def bin_of(environment: Path) -> Path:
    return environment / ("Scripts" if os.name == "nt" else "bin")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment with the wheel in it. The libraries, not the project, are those of this environment."""
    environment = tmp_path_factory.mktemp("venv")
    uv = shutil.which("uv")  # where it is there, as it is for `make env`, nothing has to be installed that installs
    venv.create(environment, with_pip=uv is None)
    python = bin_of(environment) / "python"
    pip = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    done(*pip, "--quiet", "--no-index", "--no-deps", wheel, cwd=environment)
    packages = Path(done(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=environment).strip())
    # A plain path, not `site`: the .pth that makes this environment's own install editable must not be followed.
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return bin_of(environment)


def test_the_wheel_carries_rules_and_licences(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    rules = {path.relative_to(ROOT / "rules").as_posix() for path in (ROOT / "rules").rglob("*") if path.is_file()}
    assert {f"ita_extract/_rules/{name}" for name in rules} <= names
    assert {name.rsplit("/", 1)[1] for name in names if ".dist-info/licenses/" in name} == {"LICENSE", "NOTICE"}
    assert not [
        name
        for name in names
        if name.split("/")[0] not in ("ita_extract", next(n for n in names if ".dist-info" in n).split("/")[0])
    ]


def test_the_installed_package_is_the_wheel(installed: Path, tmp_path: Path) -> None:
    place = Path(done(installed / "python", "-c", "import ita_extract; print(ita_extract.__file__)", cwd=tmp_path).strip())
    assert installed.parent in place.parents


def test_commands_run_elsewhere(installed: Path, tmp_path: Path) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert version in done(installed / "ita-extract", "--version", cwd=tmp_path).split()
    assert "2563" in done(installed / "ita-extract", "rules", cwd=tmp_path)
    assert done(installed / "python", "-m", "ita_extract", "--help", cwd=tmp_path)


def test_the_main_job_runs_elsewhere(installed: Path, tmp_path: Path) -> None:
    done(installed / "ita-extract", "run", SAMPLES[0], "--out", tmp_path / "data", cwd=tmp_path)
    release = (tmp_path / "data" / "CURRENT").read_text(encoding="utf-8").strip()
    assert (tmp_path / "data" / "releases" / release / "datapackage.json").is_file()
    assert list((tmp_path / "data" / "releases" / release / "agency_scores").glob("*.parquet"))


@pytest.mark.slow
def test_the_wheel_installs_with_its_own_libraries(wheel: Path, tmp_path: Path) -> None:
    """Everything that the wheel needs is said in the wheel: nothing of this environment is there to help."""
    venv.create(tmp_path / "venv", with_pip=True)
    programs = bin_of(tmp_path / "venv")
    done(programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=tmp_path)
    done(programs / "ita-extract", "run", SAMPLES[0], "--out", tmp_path / "data", cwd=tmp_path)
    assert "repair" in done(programs / "ita-extract", "--help", cwd=tmp_path)
