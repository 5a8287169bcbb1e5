"""One release of all samples, made once and read by many tests; and where the shared documents lie, if they are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from ita_extract.job import Summary, run_documents

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the shared documents are not beside the project")
    return folder


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    """The data folder of a run over `samples/`, and what the run said."""
    out = tmp_path_factory.mktemp("release") / "data"
    return out, run_documents([SAMPLES], out, workers=1)
