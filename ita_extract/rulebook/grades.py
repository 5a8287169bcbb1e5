"""The grade scale of one fiscal year: which grades a score allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .wording import recognise

FULL = Decimal(100)
ROUNDING = Decimal("0.005")
"""Half of the last printed digit: a printed 85.00 stands for anything from 84.995 to 85.005."""


@dataclass(frozen=True, slots=True)
class Grade:
    """One level. `minimum` is the least total; `each_instrument` what every instrument must reach, where that is asked."""

    name: str
    minimum: Decimal
    each_instrument: Decimal | None = None
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GradeScale:
    """Levels from the best down. `weights` are the weights of the instruments, () where they are not sourced."""

    levels: tuple[Grade, ...]
    weights: tuple[tuple[str, Decimal], ...] = ()

    def parse_grade(self, printed: str) -> Grade | None:
        """The level that a cell prints, None where it prints none of this scale. White space and displaced marks do not matter.

        >>> scale = GradeScale((Grade("ต้องปรับปรุง", Decimal(70)), Grade("ต้องปรับปรุงโดยด่วน", Decimal(0))))
        >>> scale.parse_grade("ต้อง ปรับปรุง").name
        'ต้องปรับปรุง'
        >>> scale.parse_grade("ปรับปรุง") is None
        True
        """
        return recognise(printed, ((name, grade) for grade in self.levels for name in (grade.name, *grade.variants)))

    def grade_of(self, total: Decimal, instruments: Mapping[str, Decimal] | None = None) -> frozenset[str]:
        """The names of all levels that `total` allows: one where the grade is decided, several where it is only bounded.

        The words of 2566 and later depend on each instrument, and an announcement prints the total alone: 95.81 was "ผ่านดี",
        not "ผ่านดีเยี่ยม", because one instrument stood below 95. `instruments` maps codes to printed scores (0 to 100); one that
        is left out may have any value that the total leaves it. Empty where `total` lies outside the scale.

        >>> best, good, passed = (Grade("ผ่านดีเยี่ยม", Decimal(95), Decimal(95)), Grade("ผ่านดี", Decimal(85), Decimal(85)),
        ...                       Grade("ผ่าน", Decimal(85)))
        >>> weights = (("IIT", Decimal("0.3")), ("EIT", Decimal("0.3")), ("OIT", Decimal("0.4")))
        >>> scale = GradeScale((best, good, passed, Grade("ต้องปรับปรุง", Decimal(70))), weights)
        >>> sorted(scale.grade_of(Decimal("90.14")))
        ['ผ่าน', 'ผ่านดี']
        >>> scale.grade_of(Decimal("90.14"), {"IIT": Decimal("94.47"), "EIT": Decimal("96.01"), "OIT": Decimal("82.50")})
        frozenset({'ผ่าน'})
        >>> scale.grade_of(Decimal("99.90"))
        frozenset({'ผ่านดีเยี่ยม'})
        """
        possible: set[str] = set()
        if not 0 <= total <= FULL:
            return frozenset()
        for grade in self.levels:
            if total < grade.minimum:
                continue
            may, must = self._each(total, instruments or {}, grade.each_instrument)
            if may:
                possible.add(grade.name)
            if must:
                break
        return frozenset(possible)

    def _each(self, total: Decimal, known: Mapping[str, Decimal], least: Decimal | None) -> tuple[bool, bool]:
        """Whether every instrument may reach `least`, and whether every one must, given the total and the `known` ones."""
        if least is None:
            return True, True
        if any(score < least for score in known.values()):
            return False, False
        unknown = [weight for code, weight in self.weights if code not in known]
        if not self.weights:
            return True, False
        if not unknown:
            return True, True
        spread = [(weight, known[code]) for code, weight in self.weights if code in known]
        high = total + ROUNDING - sum((w * (score - ROUNDING) for w, score in spread), Decimal(0))
        low = total - ROUNDING - sum((w * (score + ROUNDING) for w, score in spread), Decimal(0))
        share = sum(unknown, Decimal(0))
        may = high >= share * least
        must = all((low - (share - weight) * FULL) / weight >= least for weight in unknown)
        return may, must
