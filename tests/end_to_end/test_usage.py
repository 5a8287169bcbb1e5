"""The rules that no sample uses, and that a sample's own rules are not among them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ita_extract.errors import UsageError
from ita_extract.rulebook.load import load_rulebook
from ita_extract.usage import usage_of

from .conftest import SAMPLES


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    for stem in ("announcement_2563_provinces_clean", "agency_history_2567_private_use"):
        shutil.copy(SAMPLES / f"{stem}.pdf", folder)
    return folder


def test_what_two_samples_leave_unused(two: Path) -> None:
    usage = usage_of(two, load_rulebook())
    unused = {one.document_type: one for one in usage.layouts}
    assert usage.documents == 2
    assert unused["regional_report"].whole
    assert {"agencies", "pairs", "province"} <= set(unused["regional_report"].tables)
    announced, history = unused["announcement"], unused["agency_history"]
    assert not announced.whole
    assert not history.whole
    assert {"ranking", "mean", "target"}.isdisjoint(announced.tables)
    assert "type_rows" in announced.tables
    assert "ranking.district" in announced.columns
    assert "ranking.score" not in announced.columns
    assert history.tables == ("across",)
    assert {2564, 2565}.isdisjoint(usage.years)
    assert 2568 in usage.years


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        usage_of(tmp_path / "nowhere", load_rulebook())
