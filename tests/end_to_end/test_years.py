"""Two announcements of consecutive years: the second prints the scores of the first once more, and so proves them, or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ita_extract.dataset import read_dataset, verify
from ita_extract.dataset.reconcile import IDENTITY
from ita_extract.job import run_documents
from ita_extract.proof import prover
from ita_extract.rulebook.load import load_rulebook
from samples.forge import announcement
from samples.forge.agencies import PAO, PROVINCE, TAO, Row

TYPES = (PROVINCE, PAO, TAO)
PLANTED = {f"{PROVINCE}": 3, f"{TAO}": 7}
"""Of each type the row of which the second announcement misprints last year's score."""


@dataclass
class Years:
    out: Path
    changed: dict[str, tuple[Decimal, Decimal]]
    scores: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    national: list[dict[str, Any]]


def remembering(
    draw: Callable[..., tuple[Row, ...]], known: dict[str, Decimal], changed: dict[str, tuple[Decimal, Decimal]]
) -> Any:
    """`draw_rows`, with last year's scores where they are known: two of them printed wrong."""

    def rows(dice: Any, agency_type: str, count: int, year: int, first: int = 1, **more: Any) -> tuple[Row, ...]:
        drawn = []
        for at, row in enumerate(draw(dice, agency_type, count, year, first, **more)):
            key = f"{row.name}/{row.province}/{row.district}"
            earlier = known.get(key)
            if earlier is not None and PLANTED.get(agency_type) == at:
                printed = earlier - Decimal("0.09") if earlier > 50 else earlier + Decimal("0.09")
                changed[row.name] = (earlier, printed)
                earlier = printed
            known[key] = row.score
            drawn.append(replace(row, earlier=earlier))
        return tuple(drawn)

    return rows


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Years:
    folder = tmp_path_factory.mktemp("years")
    (folder / "in").mkdir()
    changed: dict[str, tuple[Decimal, Decimal]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(announcement, "draw_rows", remembering(announcement.draw_rows, {}, changed))
        for year, damage in ((2563, "clean_actual"), (2564, "split_am")):
            forged = announcement.forge_announcement(
                "two years",
                year=year,
                types=TYPES,
                rows_per_type=14,
                earlier=year > 2563,
                parts=False,
                damage=damage,
                digits="arabic",
            )
            (folder / "in" / f"{year}.pdf").write_bytes(forged.pdf)
    run_documents([folder / "in"], folder / "out", workers=1)
    found = [
        read_dataset(folder / "out", name, as_arrow=True).to_pylist() for name in ("agency_scores", "checks", "national_scores")
    ]
    return Years(folder / "out", changed, found[0], [row for row in found[1] if row["identity"] == IDENTITY], found[2])


def test_the_earlier_year_column_verifies_last_years_scores(years: Years) -> None:
    sure = [row for row in years.scores if row["fiscal_year"] == 2563 and row["agency_name"] not in years.changed]
    assert len(sure) == 2 * (len(TYPES) * 14 - len(years.changed))
    assert {row["verification"] for row in sure} == {"verified"}
    assert {row["verification"] for row in years.scores if row["fiscal_year"] == 2564} == {"consistent"}
    assert sum(check["outcome"] == "holds" for check in years.checks) == len(sure) // 2


def test_a_planted_difference_is_found(years: Years) -> None:
    assert len(years.changed) == len(PLANTED)
    failed = {(check["expected"].split()[0], check["observed"]) for check in years.checks if check["outcome"] == "fails"}
    assert failed == {(f"{true:.2f}", f"{printed:.2f}") for true, printed in years.changed.values()}
    doubtful = [row for row in years.scores if row["verification"] == "contradicted"]
    assert {(row["agency_name"], row["fiscal_year"]) for row in doubtful} == {(name, 2563) for name in years.changed}
    apart = [row for row in years.national if not row["statements_agree"]]
    assert {(row["agency_name"], row["fiscal_year"]) for row in apart} == {(name, 2563) for name in years.changed}
    assert {row["verification"] for row in apart} == {"contradicted"}


def test_the_release_proves_itself_again(years: Years) -> None:
    assert verify(years.out, prover(load_rulebook().frameworks)) == ()
