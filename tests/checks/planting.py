"""One digit of a document's numbers read as another, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from ita_extract.checks.cells import COUNTS, Print, numbers_of
from ita_extract.checks.judge import Case, check_records
from ita_extract.model.record import AgencyScore, IndicatorScore, InstrumentScore, Record
from ita_extract.rulebook.load import load_rulebook
from samples.forge import forge_announcement
from samples.forge.agencies import PAO, PROVINCE, TAMBON
from samples.forge.agency_report import forge_agency_report
from samples.forge.dice import Dice
from samples.forge.regional import forge_regional
from tests.checks.forged import records_of
from tests.checks.test_repeats import volume

FRAMEWORKS = load_rulebook().frameworks


@dataclass(frozen=True, slots=True)
class Planted:
    at: int
    field: str
    true: Decimal | int
    wrong: Decimal | int


@cache
def announcements() -> tuple[tuple[Record, ...], ...]:
    """With and without instruments, of several years."""
    drawn = ((1, 2563, False), (2, 2564, False), (3, 2565, False), (4, 2567, True))
    return tuple(
        named(records_of(forge_announcement(seed, year=year, types=[PROVINCE, TAMBON], rows_per_type=12, parts=parts).expected))
        for seed, year, parts in drawn
    )


def named(records: tuple[Record, ...]) -> tuple[Record, ...]:
    """The records with an agency_id, by which the instruments of a row are those of its agency, as are those of other documents."""
    kinds = AgencyScore | InstrumentScore | IndicatorScore
    return tuple(
        replace(one, agency_id=one.agency_id or one.agency_name) if isinstance(one, kinds) and one.agency_name else one
        for one in records
    )


@cache
def agency_reports() -> tuple[tuple[Record, ...], ...]:
    """Of agencies of two types, with shares, rows, questions, items of OIT and indicators."""
    drawn = ((1, 2563, PROVINCE), (2, 2563, PAO), (3, 2564, PROVINCE))
    return tuple(
        records_of(forge_agency_report(seed, year=year, agency_type=kind, questions=2).expected, agency_id="PROV-51")
        for seed, year, kind in drawn
    )


@cache
def regional_reports() -> tuple[tuple[Record, ...], ...]:
    """Every indicator of the agencies of a province and of the province itself: as one draws them, and as the means of its rows."""
    return named(records_of(forge_regional(1, year=2564, provinces=1, agencies=10).expected)), tuple(volume(10, own=False))


def documents() -> tuple[tuple[Record, ...], ...]:
    """Announcements and agency reports."""
    return (*announcements(), *agency_reports())


def plant(records: tuple[Record, ...], dice: Dice) -> tuple[tuple[Record, ...], Planted]:
    """The records with one digit of one printed number read as another."""
    how = Print.of(records, FRAMEWORKS)
    at, field = dice.pick("cell", [(at, field) for at, record in enumerate(records) for field, _ in numbers_of(record)])
    record = records[at]
    text = f"{how.digits(record, field):.{how.places(record, field)}f}"
    place = dice.pick("place", [at for at, sign in enumerate(text) if sign.isdigit()])
    text = text[:place] + dice.pick("digit", [digit for digit in "0123456789" if digit != text[place]]) + text[place + 1 :]
    wrong = int(text) if field in COUNTS else how.read_as(record, field, Decimal(text))[0]
    printed = {"score_printed": text} if field == "score" and hasattr(record, "score_printed") else {}
    misread = replace(record, **{field: wrong}, **printed)  # type: ignore[arg-type]
    return (*records[:at], misread, *records[at + 1 :]), Planted(at, field, getattr(record, field), wrong)


def outcome(records: tuple[Record, ...], planted: Planted) -> str:
    """What became of a planted misreading: silent, corrected or contradicted; or what may never be."""
    found, checks = check_records(records, FRAMEWORKS)
    value, state = getattr(found[planted.at], planted.field), getattr(found[planted.at], "verification", None)
    others = [
        at
        for at, (now, before) in enumerate(zip(found, records, strict=True))
        if at != planted.at and dict(numbers_of(now)) != dict(numbers_of(before))
    ]
    if others or value not in (planted.true, planted.wrong):
        return "a wrong correction"
    if value == planted.true:
        return "corrected"
    network = Case.of(records, FRAMEWORKS).network
    if all(network.finding(one).holds for one in network.of.get((planted.at, planted.field), ())):
        return "called verified" if state == "verified" else "silent"
    seen = state == "contradicted" and any(check.outcome == "fails" for check in checks)
    return "contradicted" if seen else "not seen"
