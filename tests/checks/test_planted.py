"""One digit read as another, anywhere: what breaks an interval is seen, nothing is put wrong, and nothing wrong is `verified`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

import pytest

from ita_extract.checks.cells import COUNTS, Print, numbers_of
from ita_extract.checks.judge import Case, check_records
from ita_extract.model.record import Record
from ita_extract.rulebook.load import load_rulebook
from samples.forge import forge_announcement
from samples.forge.agencies import PAO, PROVINCE, TAMBON
from samples.forge.agency_report import forge_agency_report
from samples.forge.dice import Dice
from tests.checks.forged import records_of

CELLS, QUICK = 500, 150
CORRECTED = 0.6
"""Of the misreadings that break an interval. Not more, since IIT for EIT of one weight, or one indicator for another of its
instrument, add to the same total: docs/proof.md tells which cells those are."""


@dataclass(frozen=True, slots=True)
class Planted:
    at: int
    field: str
    true: Decimal | int
    wrong: Decimal | int


@cache
def documents() -> tuple[tuple[Record, ...], ...]:
    """Announcements with and without instruments, and agency reports, of several years."""
    made = [
        records_of(forge_announcement(seed, year=year, types=[PROVINCE, TAMBON], rows_per_type=12, parts=parts).expected)
        for seed, year, parts in ((1, 2563, False), (2, 2564, False), (3, 2565, False), (4, 2567, True))
    ]
    made += [
        records_of(forge_agency_report(seed, year=year, agency_type=kind, questions=2).expected, agency_id="PROV-51")
        for seed, year, kind in ((1, 2563, PROVINCE), (2, 2563, PAO), (3, 2564, PROVINCE))
    ]
    return tuple(made)


def plant(records: tuple[Record, ...], dice: Dice) -> tuple[tuple[Record, ...], Planted]:
    """The records with one digit of one number read as another."""
    at, field, true = dice.pick(
        "cell", [(at, field, value) for at, record in enumerate(records) for field, value in numbers_of(record)]
    )
    places = Print.of(records, load_rulebook().frameworks).places(records[at], field)
    text = f"{Decimal(true):.{places}f}"
    place = dice.pick("place", [at for at, sign in enumerate(text) if sign.isdigit()])
    text = text[:place] + dice.pick("digit", [digit for digit in "0123456789" if digit != text[place]]) + text[place + 1 :]
    wrong = int(text) if field in COUNTS else Decimal(text)
    misread = replace(records[at], **{field: wrong})  # type: ignore[arg-type]
    return (*records[:at], misread, *records[at + 1 :]), Planted(at, field, true, wrong)


def outcome(records: tuple[Record, ...], planted: Planted) -> str:
    """What became of a planted misreading: silent, corrected or contradicted; or what may never be."""
    frameworks = load_rulebook().frameworks
    network = Case.of(records, frameworks).network
    breaks = any(not network.finding(one).holds for one in network.of.get((planted.at, planted.field), ()))
    found, checks = check_records(records, frameworks)
    value, state = getattr(found[planted.at], planted.field), getattr(found[planted.at], "verification", None)
    others = [
        at
        for at, (now, before) in enumerate(zip(found, records, strict=True))
        if at != planted.at and dict(numbers_of(now)) != dict(numbers_of(before))
    ]
    if others or value not in (planted.true, planted.wrong):
        return "a wrong correction"
    if not breaks:
        return "called verified" if state == "verified" else "silent"
    if value == planted.true:
        return "corrected"
    seen = state == "contradicted" and any(check.outcome == "fails" for check in checks)
    return "contradicted" if seen else "not seen"


def tally(cells: int) -> Counter[str]:
    dice = [Dice(f"planted/{number}") for number in range(cells)]
    return Counter(outcome(*plant(one.pick("document", documents()), one)) for one in dice)


def judge(found: Counter[str]) -> None:
    assert found["a wrong correction"] == found["called verified"] == found["not seen"] == 0, found
    assert found["corrected"] >= CORRECTED * (found["corrected"] + found["contradicted"]), found
    assert found["corrected"] and found["contradicted"] and found["silent"], found


def test_a_misread_digit_is_seen_or_put_right() -> None:
    judge(tally(QUICK))


@pytest.mark.slow
def test_five_hundred_misread_digits() -> None:
    judge(tally(CELLS))


@pytest.mark.parametrize("number", range(7))
def test_a_true_document_contradicts_nothing(number: int) -> None:
    _, checks = check_records(documents()[number], load_rulebook().frameworks)
    assert {check.outcome for check in checks} == {"holds"}
