"""What is counted, averaged and drawn from many rows."""

from __future__ import annotations

from statistics import fmean
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ita_extract.rulebook.load import load_rulebook
from ita_extract.site import charts, figures
from ita_extract.site.figures import Province, spread
from ita_extract.site.tiles import COLUMNS, ROWS, TILES

SCORES = st.floats(0, 100).map(lambda value: round(value, 2))


@given(st.lists(SCORES, min_size=1, max_size=60))
def test_a_spread_counts_every_score_once(scores: list[float]) -> None:
    found = spread(scores)
    assert sum(found.bins) == found.count == len(scores)
    assert found.lowest <= found.quarter <= found.median <= found.three_quarters <= found.highest
    assert abs(found.mean - fmean(scores)) < 1e-9
    assert found.passed is None and found.judged == 0
    assert all(
        count == sum(at * 5 <= score < at * 5 + 5 or (at == 19 and score == 100) for score in scores)
        for at, count in enumerate(found.bins)
    )


def national(
    agency: str, year: int, score: float, change: float | None = None, known: str = "consistent", province: str | None = "ลำพูน"
) -> dict[str, Any]:
    return {
        "agency_id": agency,
        "agency_name": agency,
        "fiscal_year": year,
        "agency_type": "เทศบาลตำบล",
        "province": province,
        "score": score,
        "change_from_previous": change,
        "target_passed": score >= 85,
        "verification": known,
    }


def test_movers_leave_out_what_is_contradicted_in_either_year() -> None:
    rows = [
        national("a", 2563, 50.0),
        national("a", 2564, 90.0, 40.0),
        national("b", 2563, 9.5, known="contradicted"),
        national("b", 2564, 95.0, 85.5),
        national("c", 2563, 88.0),
        national("c", 2564, 80.0, -8.0),
        national("d", 2564, 60.0, -30.0, known="contradicted"),
        national("e", 2564, 70.0, 0.0),
    ]
    up, down, left_out = figures.movers(rows)[2564]
    assert [row["agency_id"] for row in up] == ["a"]
    assert [row["agency_id"] for row in down] == ["c"]
    assert left_out == 2
    assert 2563 not in figures.movers(rows)


def test_provinces_are_ranked_by_the_plain_mean() -> None:
    rows = [
        national("a", 2563, 80.0),
        national("b", 2563, 90.0),
        national("c", 2563, 84.0, province="ตาก"),
        national("d", 2563, 1.0, province=None),
    ]
    assert figures.provinces(rows) == {2563: (Province("ลำพูน", 2, 85.0), Province("ตาก", 1, 84.0))}


def test_a_year_that_has_just_begun_is_not_the_one_shown() -> None:
    full, one = spread([80.0] * 100), spread([90.0])
    assert figures.shown_year({2566: full, 2567: full, 2568: one}) == 2567
    assert figures.shown_year({}) is None


def test_the_tiles_are_the_provinces_of_the_registry() -> None:
    assert {tile.code for tile in TILES} == {place.code for place in load_rulebook().registry.provinces}
    assert len({(tile.column, tile.row) for tile in TILES}) == len({tile.short for tile in TILES}) == len(TILES) == 77
    assert all(0 <= tile.column < COLUMNS and 0 <= tile.row < ROWS and tile.english for tile in TILES)


@given(st.lists(SCORES, min_size=1, max_size=77))
def test_tile_colours_rise_with_the_score(scores: list[float]) -> None:
    changes = charts.limits(scores)
    assert len(changes) == charts.BANDS - 1
    assert list(changes) == sorted(set(changes))
    bands = [charts.band(score, changes) for score in sorted(scores)]
    assert bands == sorted(bands) and bands[0] >= 0 and bands[-1] < charts.BANDS


@given(st.text(max_size=20), st.lists(SCORES, min_size=1, max_size=20))
def test_words_cannot_break_out_of_a_plot(words: str, scores: list[float]) -> None:
    drawn = charts.histogram(spread(scores), 85.0, f'{words}"><script>', 3, f"{words}<b>")
    assert "<script" not in drawn and "<b>" not in drawn
    assert '"><script' not in charts.stacked([charts.Part("verified", 3, f'{words}"><script>')], words)


def test_parts_of_a_bar_stay_visible() -> None:
    drawn = charts.stacked(
        [charts.Part("verified", 1, "1"), charts.Part("consistent", 100_000, "2"), charts.Part("corrected", 0, "3")], "x"
    )
    assert drawn.count("<rect") == 2 and 'width="0' not in drawn
