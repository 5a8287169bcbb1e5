"""The table of look-alikes: read whole, or refused with the line that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from ita_extract.errors import RulesError
from ita_extract.rulebook.lookalikes import read_lookalikes
from tests.identity.garbling import PAIRS, REGISTRY


def test_every_row_stands_for_both_ways() -> None:
    found = REGISTRY.lookalikes
    assert all(one in found[other] for one, others in found.items() for other in others)
    assert all(one not in others for one, others in found.items())
    assert all(pair[1] in found[pair[0]] for pair in PAIRS if pair != "่้"), "marks are alike by rule"


@pytest.mark.parametrize("letters", ["ด", "ดด", "ดx", ""])
def test_a_slip_is_refused_with_its_line(tmp_path: Path, letters: str) -> None:
    path = tmp_path / "lookalikes.tsv"
    path.write_text(f"# a remark\nletters\tsource\nดต\tshape\n{letters}\tshape\n", encoding="utf-8")
    with pytest.raises(RulesError, match="no letters that look alike") as caught:
        read_lookalikes(path)
    assert (caught.value.line, caught.value.key) == (4, "letters")
