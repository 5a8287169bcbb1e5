"""Old releases go, whole; the current one never does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from ita_extract.cli import main
from ita_extract.dataset import current_release, lock_folder, publish, put, verify
from ita_extract.dataset.prune import prune
from ita_extract.errors import DamagedReleaseError, LockedError, StorageError, UsageError
from tests.dataset.build import KEY, MADE_BY, rich_result


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    folder = tmp_path_factory.mktemp("published") / "data"
    ids = []
    for number, name in enumerate("abcd"):
        put(folder, rich_result(name), KEY)
        release = publish(folder, MADE_BY)
        os.utime(release.path / "datapackage.json", (1_700_000_000 + number, 1_700_000_000 + number))
        ids.append(release.release_id)
    return folder, tuple(ids)


@pytest.fixture
def data(published: tuple[Path, tuple[str, ...]], tmp_path: Path) -> tuple[Path, tuple[str, ...]]:
    """A data folder with four releases, and their ids, the oldest first; the last is the current one."""
    shutil.copytree(published[0], tmp_path / "data", symlinks=True)
    return tmp_path / "data", published[1]


def releases(folder: Path) -> set[str]:
    return {path.name for path in (folder / "releases").iterdir()}


@pytest.mark.parametrize("keep", [1, 2, 3, 4, 9])
def test_the_newest_stay(data: tuple[Path, tuple[str, ...]], keep: int) -> None:
    folder, ids = data
    size = sum(path.stat().st_size for name in ids[:-keep] for path in (folder / "releases" / name).rglob("*") if path.is_file())
    pruned = prune(folder, keep)
    assert pruned.kept == ids[::-1][:keep]
    assert pruned.removed == ids[::-1][keep:]
    assert pruned.size == size
    assert releases(folder) == set(ids[-keep:])
    assert verify(folder) == ()
    assert (folder / "current").resolve().name == ids[-1]


def test_the_current_one_stays_however_old_it_is(data: tuple[Path, tuple[str, ...]]) -> None:
    folder, ids = data
    (folder / "CURRENT").write_text(f"{ids[0]}\n")
    pruned = prune(folder, 2)
    assert pruned.kept == (ids[3], ids[0])
    assert releases(folder) == {ids[3], ids[0]}
    assert prune(folder, 1).kept == (ids[0],)
    assert current_release(folder).name == ids[0]


def test_a_trial_removes_nothing(data: tuple[Path, tuple[str, ...]]) -> None:
    folder, ids = data
    assert prune(folder, 1, dry_run=True).removed == ids[2::-1]
    assert releases(folder) == set(ids)


def test_what_is_no_release_is_left_alone_and_what_killed_runs_left_goes(
    data: tuple[Path, tuple[str, ...]], tmp_path: Path
) -> None:
    folder, ids = data
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("x")
    (folder / "releases" / ("f" * 32)).symlink_to(elsewhere)
    (folder / "releases" / "notes").mkdir()
    (folder / "releases" / ".staging-1").mkdir()
    prune(folder, 1)
    assert releases(folder) == {ids[-1], "f" * 32, "notes"}
    assert (elsewhere / "precious").exists()


def test_a_release_without_its_descriptor_is_the_oldest(data: tuple[Path, tuple[str, ...]]) -> None:
    folder, ids = data
    (folder / "releases" / ids[2] / "datapackage.json").unlink()
    assert prune(folder, 3).removed == (ids[2],)


def test_cut_off_in_the_middle_it_leaves_whole_releases(
    data: tuple[Path, tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, ids = data

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("ita_extract.dataset.prune.shutil.rmtree", refuse)
        with pytest.raises(StorageError, match="could not be removed"):
            prune(folder, 2)
    left = releases(folder)
    assert {name for name in left if not name.startswith(".")} == set(ids[2:])
    assert any(name.startswith(".") for name in left)
    assert verify(folder) == ()
    prune(folder, 2)
    assert releases(folder) == set(ids[2:])


def test_while_a_run_holds_the_folder_nothing_goes(data: tuple[Path, tuple[str, ...]]) -> None:
    folder, ids = data
    with lock_folder(folder), pytest.raises(LockedError):
        prune(folder, 1)
    assert releases(folder) == set(ids)


@pytest.mark.parametrize(
    ("spoil", "keep", "kind"),
    [
        (lambda folder, ids: None, 0, UsageError),
        (lambda folder, ids: (folder / "CURRENT").unlink(), 1, UsageError),
        (lambda folder, ids: (folder / "CURRENT").write_text("0" * 32), 1, DamagedReleaseError),
        (lambda folder, ids: (folder / "CURRENT").write_text("../../x"), 1, DamagedReleaseError),
        (lambda folder, ids: shutil.copy(folder / "releases" / ids[0] / "datapackage.json", folder), 1, UsageError),
    ],
)
def test_refused(
    data: tuple[Path, tuple[str, ...]], spoil: Callable[[Path, tuple[str, ...]], object], keep: int, kind: type[Exception]
) -> None:
    folder, ids = data
    spoil(folder, ids)
    with pytest.raises(kind):
        prune(folder, keep)
    assert releases(folder) == set(ids)


def test_the_command(data: tuple[Path, tuple[str, ...]], tmp_path: Path) -> None:
    folder, ids = data
    tried = CliRunner().invoke(main, ["prune", str(folder), "--keep", "2", "--dry-run"])
    assert (tried.exit_code, tried.stdout.split()) == (0, [ids[1], ids[0]])
    assert "2 releases would be removed" in tried.stderr
    done = CliRunner().invoke(main, ["prune", str(folder), "--keep", "2"])
    assert (done.exit_code, done.stdout.split()) == (0, [ids[1], ids[0]])
    assert CliRunner().invoke(main, ["prune", str(folder), "--keep", "0"]).exit_code == 2
    assert CliRunner().invoke(main, ["prune", str(folder)]).exit_code == 2
    assert CliRunner().invoke(main, ["prune", str(tmp_path / "none"), "--keep", "1"]).exit_code == 2
    assert CliRunner().invoke(main, ["prune", str(tmp_path), "--keep", "1"]).exit_code == 2
    assert not (tmp_path / ".lock").exists(), "a folder that is no data folder is left as it was"
