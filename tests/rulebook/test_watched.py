"""Which rules were asked: all that a result depends on, and not all that there is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from types import MappingProxyType

import pytest

from ita_extract.rulebook.frameworks import Framework, NoFrameworkError
from ita_extract.rulebook.load import load_rulebook
from ita_extract.rulebook.watched import RulesNow, WatchedRulebook, digest_of

RULES = load_rulebook()


def asked(look: Callable[[WatchedRulebook], object]) -> set[str]:
    rulebook = WatchedRulebook(RULES)
    look(rulebook)
    return set(rulebook.asked)


def test_nothing_is_asked_before_something_is_looked_at() -> None:
    assert asked(lambda rules: rules.registry.provinces) == set()


@pytest.mark.parametrize(
    ("look", "want"),
    [
        (lambda rules: rules.framework(2563).grades, {"frameworks/2563", "frameworks/2563/grades"}),
        (lambda rules: rules.frameworks.get(2570), {"frameworks/2570"}),
        (lambda rules: 2570 in rules.frameworks, {"frameworks/2570"}),
        (lambda rules: rules.framework(2563).instrument("OIT"), {"frameworks/2563", "frameworks/2563/instruments"}),
        (lambda rules: [one.grades for one in rules.frameworks.values()], {"frameworks/*/grades"}),
        (lambda rules: max(rules.frameworks), {"frameworks/years"}),
        (lambda rules: len(rules.frameworks), {"frameworks/years"}),
        (
            lambda rules: max(rules.frameworks.values(), key=lambda one: one.fiscal_year).scales,
            {"frameworks/*/fiscal_year", "frameworks/*/scales"},
        ),
        (lambda rules: [one.file for one in rules.layouts], set()),
        (lambda rules: rules.layouts[0].table("x"), {f"layouts/{RULES.layouts[0].document_type}/tables"}),
    ],
)
def test_what_is_looked_at_is_noted(look: Callable[[WatchedRulebook], object], want: set[str]) -> None:
    assert asked(look) == want


def test_a_scan_depends_on_all_words_by_which_it_is_read() -> None:
    """A renamed item of OIT is another word to put right: a scan that was read by the old one is read again."""
    found = asked(lambda rules: rules.note_pictures())
    assert found >= {f"frameworks/*/{block}" for block in ("grades", "indicators", "sub_indicators", "oit_items")}
    assert found >= {f"layouts/{name}/tables" for name in ("announcement", "agency_report", "regional_report", "agency_history")}


def test_a_year_that_is_refused_depends_on_the_years_there_are() -> None:
    def look(rules: WatchedRulebook) -> None:
        with pytest.raises(NoFrameworkError, match="newer than the newest"):
            rules.framework(2599)

    assert asked(look) == {"frameworks/2599", "frameworks/years"}


def test_watched_rules_say_what_the_rules_say() -> None:
    watched = WatchedRulebook(RULES)
    for year, framework in RULES.frameworks.items():
        seen = watched.framework(year)
        assert all(getattr(seen, field.name) == getattr(framework, field.name) for field in fields(Framework))
        assert seen is watched.frameworks[year], "one object, however often it is asked for"
    assert list(watched.frameworks) == list(RULES.frameworks)
    assert [one.fiscal_year for one in watched.frameworks.values()] == list(RULES.frameworks)
    assert [one.tables for one in watched.layouts] == [one.tables for one in RULES.layouts]


def test_every_part_that_can_be_noted_has_a_digest_of_its_own() -> None:
    now = RulesNow(RULES)
    parts = [f"frameworks/2563/{field.name}" for field in fields(Framework) if field.name != "sources"]
    parts += [
        "frameworks/years",
        "frameworks/2563",
        "frameworks/2599",
        "frameworks/*/grades",
        "layouts/announcement/tables",
        "layouts/gone/tables",
    ]
    assert len({now.digest((part,)) for part in parts}) == len(parts)
    with pytest.raises(ValueError, match="no part"):
        now.digest(("other",))


def test_a_digest_is_of_what_is_said() -> None:
    differ = (
        "1",
        1,
        Decimal("1"),
        Decimal("1.0"),
        True,
        None,
        ("1",),
        frozenset({"1"}),
        {"1": "1"},
        re.compile("1"),
        re.compile("1", re.I),
    )
    assert len(set(map(digest_of, differ))) == len(differ)
    assert digest_of(MappingProxyType({"a": (1, 2)})) == digest_of({"a": [1, 2]})
    assert digest_of(("ab", "c")) != digest_of(("a", "bc"))
    with pytest.raises(TypeError):
        digest_of(object())
