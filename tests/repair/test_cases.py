"""Every case of rules/thai/cases.tsv: what must be repaired, what must not be touched, what is known to fail."""

from __future__ import annotations

from collections import Counter

import pytest

from ita_extract.model.step import replay
from ita_extract.repair import repair_text
from ita_extract.rulebook import thai
from ita_extract.rulebook.thai import RepairCase

CASES = thai.repair_cases()


def cases(*kinds: str) -> list[RepairCase]:
    return [case for case in CASES if case.kind in kinds]


@pytest.mark.parametrize("case", cases("wild", "made"), ids=lambda case: ascii(case.text)[:40])
def test_is_repaired(case: RepairCase) -> None:
    done = repair_text(case.text)
    assert done.text == case.expected
    assert done.steps, "a change without a step in the log"
    assert replay(case.text, done.steps) == done.text


@pytest.mark.parametrize("case", cases("negative"), ids=lambda case: ascii(case.text)[:40])
def test_is_left_alone(case: RepairCase) -> None:
    assert case.text == case.expected, "a negative case expects itself"
    assert repair_text(case.text).text == case.text
    assert repair_text(case.text).steps == ()


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=pytest.mark.xfail(strict=True, reason=case.damage)) for case in cases("known")]
)
def test_known_failures(case: RepairCase) -> None:
    assert repair_text(case.text).text == case.expected


def test_enough_cases_of_every_kind() -> None:
    counts = Counter(case.kind for case in CASES)
    assert sum(counts.values()) >= 300
    assert counts["wild"] >= 80 and counts["negative"] >= 80 and counts["known"] >= 3
    assert len({case.text for case in CASES}) == len(CASES), "a case stands twice"
