"""The shipped years, against facts of the assessment and against the mistakes of people who edit them."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.errors import ItaError, RulesError
from ita_extract.rulebook.files import rules_folder
from ita_extract.rulebook.framework_file import load_frameworks, read_framework
from ita_extract.rulebook.frameworks import Framework, NoFrameworkError
from ita_extract.rulebook.grades import Grade, GradeScale
from ita_extract.rulebook.load import load_rulebook

FRAMEWORKS = load_rulebook().frameworks
LETTERS = ["AA", "A", "B", "C", "D", "E", "F"]
WORDS = ["ผ่านดีเยี่ยม", "ผ่านดี", "ผ่าน", "ต้องปรับปรุง", "ต้องปรับปรุงโดยด่วน"]


def D(text: str) -> Decimal:
    return Decimal(text)


def scale(year: int) -> GradeScale:
    found = FRAMEWORKS[year].grades
    assert found is not None
    return found


def test_years_and_their_order() -> None:
    assert list(FRAMEWORKS) == [2562, 2563, 2564, 2565, 2566, 2567, 2568]


@pytest.mark.parametrize("year", range(2563, 2569))
def test_weights_and_ten_indicators(year: int) -> None:
    framework = FRAMEWORKS[year]
    assert {one.code: one.weight for one in framework.instruments} == {"IIT": D("0.3"), "EIT": D("0.3"), "OIT": D("0.4")}
    assert [one.no for one in framework.indicators] == list(range(1, 11))
    assert [len(framework.indicators_of(code)) for code in ("IIT", "EIT", "OIT")] == [5, 3, 2]


@pytest.mark.parametrize(
    ("year", "indicators", "printed"),
    [
        (2563, ["92.81", "86.84", "89.84", "84.42", "88.62", "82.87", "83.13", "79.43", "84.33", "100"], "87.96"),
        (2567, ["93.06", "94.42", "97.47", "84.20", "91.75", "93.40", "89.28", "83.31", "100", "100"], "94.25"),
        (2568, ["92.68", "95.98", "98.84", "90.76", "94.09", "97.18", "95.62", "95.24", "65.00", "100"], "90.14"),
    ],
)
def test_weights_give_the_printed_total_of_a_province(year: int, indicators: list[str], printed: str) -> None:
    framework, scores = FRAMEWORKS[year], dict(enumerate(map(D, indicators), 1))
    total = D("0")
    for instrument in framework.instruments:
        own = [scores[one.no] for one in framework.indicators_of(instrument.code)]
        total += instrument.weight * sum(own) / len(own)
    assert abs(total - D(printed)) <= D("0.01")


def test_item_lists() -> None:
    assert [(year, len(one.survey_items), len(one.oit_items), one.oit_item_count) for year, one in FRAMEWORKS.items()] == [
        (2562, 0, 41, None),
        (2563, 45, 43, 43),
        (2564, 0, 43, 43),
        (2565, 0, 43, 43),
        (2566, 0, 43, 43),
        (2567, 24, 4, 35),
        (2568, 24, 28, 28),
    ]
    first = FRAMEWORKS[2563]
    assert [len(first.items_of(no)) for no in range(1, 9)] == [6, 6, 6, 6, 6, 5, 5, 5]
    assert sum(len(item.rows) for item in first.survey_items) == 70
    assert [len(FRAMEWORKS[2568].oit_items_of(no)) for no in (9, 10)] == [20, 8]


def test_an_item_keeps_its_key_when_its_number_changes() -> None:
    assert {year: code for year, one in FRAMEWORKS.items() for code in _codes(one, "integrity_measures")} == {
        2563: "O42",
        2564: "O42",
        2565: "O42",
        2566: "O42",
        2568: "O27",
    }


def _codes(framework: Framework, key: str) -> list[str]:
    return [item.code for item in framework.oit_items if item.item_key == key]


def test_rows_of_one_question_may_point_both_ways() -> None:
    item = FRAMEWORKS[2563].survey_item("I11")
    assert item is not None
    assert [row.direction for row in item.rows] == ["positive", "negative"]
    four = FRAMEWORKS[2563].scale("four_step")
    assert four is not None
    shares = list(map(D, ("3.07", "0", "33.66", "63.27")))
    assert round(sum(a * b for a, b in zip(shares, four.weights_for("positive"), strict=True)) / 100, 2) == D("85.82")


def test_oit_roll_up_of_2563() -> None:
    framework = FRAMEWORKS[2563]
    sizes = {sub.no: sum(item.sub_indicator == sub.no for item in framework.oit_items) for sub in framework.sub_indicators}
    assert sizes == {"9.1": 9, "9.2": 8, "9.3": 7, "9.4": 4, "9.5": 5, "10.1": 8, "10.2": 2}
    assert framework.oit_roll_up == "means_of_sub_indicators"
    assert FRAMEWORKS[2568].oit_roll_up is None


def test_what_a_document_prints_finds_its_indicator() -> None:
    for year in (2563, 2567, 2568):
        for printed in ("การปรับปรุงการทำงาน", "8. การปรับปรุงระบบ\nการทำงาน", "ตัวชี้วัดที่ ๘ การปรับปรุงการทำงาน"):
            found = FRAMEWORKS[year].indicator_named(printed)
            assert found is not None
            assert found.no == 8
    assert FRAMEWORKS[2563].indicator_named("การปรับปรุง") is None
    found = FRAMEWORKS[2563].instrument_named("แบบวัดการรับรู้ของผู้มีส่วนได้ส่วนเสียภายนอก\n(EIT)")
    assert found is not None
    assert found.code == "EIT"


@pytest.mark.parametrize(("year", "words"), [(2561, "another model"), (2569, "newer than the newest"), (2500, "another model")])
def test_a_year_without_framework_is_refused_by_name(year: int, words: str) -> None:
    with pytest.raises(NoFrameworkError, match=f"{year}.*{words}") as caught:
        load_rulebook().framework(year)
    assert caught.value.fiscal_year == year
    assert isinstance(caught.value, ItaError)
    assert FRAMEWORKS.get(year) is None
    assert year not in FRAMEWORKS
    assert ("docs/adding-a-year.md" in str(caught.value)) == (year == 2569)


def test_a_year_in_a_gap_is_refused(tmp_path: Path) -> None:
    for year in (2563, 2566):
        shutil.copy(rules_folder() / "frameworks" / f"{year}.toml", tmp_path)
    with pytest.raises(NoFrameworkError, match="no framework for fiscal year 2564"):
        load_frameworks(tmp_path)[2564]


# Grades


@pytest.mark.parametrize("year", [2563, 2564, 2565])
@pytest.mark.parametrize(
    ("total", "letter"),
    [
        ("100", "AA"),
        ("95.00", "AA"),
        ("94.99", "A"),
        ("85", "A"),
        ("84.99", "B"),
        ("74.99", "C"),
        ("55.00", "D"),
        ("54.99", "E"),
        ("49.99", "F"),
        ("0", "F"),
    ],
)
def test_letters(year: int, total: str, letter: str) -> None:
    assert scale(year).grade_of(D(total)) == {letter}


@pytest.mark.parametrize(
    ("total", "instruments", "words"),
    [
        ("94.25", ("92.18", "88.66", "100"), {"ผ่านดี"}),
        ("90.14", ("94.47", "96.01", "82.50"), {"ผ่าน"}),
        ("88.98", ("82.44", "80.82", "100"), {"ผ่าน"}),
        ("95.00", None, {"ผ่านดีเยี่ยม", "ผ่านดี", "ผ่าน"}),
        ("95.55", None, {"ผ่านดีเยี่ยม", "ผ่านดี"}),  # one instrument at 85 leaves the others no room
        ("85.00", None, {"ผ่านดี", "ผ่าน"}),
        ("84.99", None, {"ต้องปรับปรุง"}),
        ("69.99", None, {"ต้องปรับปรุงโดยด่วน"}),
        ("98.60", None, {"ผ่านดีเยี่ยม"}),
    ],
)
def test_words(total: str, instruments: tuple[str, ...] | None, words: set[str]) -> None:
    given_ = dict(zip(("IIT", "EIT", "OIT"), map(D, instruments), strict=True)) if instruments else None
    assert scale(2567).grade_of(D(total), given_) == words


def test_a_score_outside_the_scale_has_no_grade() -> None:
    assert scale(2563).grade_of(D("100.01")) == frozenset()
    assert scale(2567).grade_of(D("-1")) == frozenset()


scores = st.integers(0, 10000).map(lambda cents: Decimal(cents) / 100)


@given(iit=scores, eit=scores, oit=scores, hidden=st.sets(st.sampled_from(["IIT", "EIT", "OIT"])))
def test_hiding_instruments_never_excludes_the_true_level(iit: Decimal, eit: Decimal, oit: Decimal, hidden: set[str]) -> None:
    parts = {"IIT": iit, "EIT": eit, "OIT": oit}
    total = round(iit * D("0.3") + eit * D("0.3") + oit * D("0.4"), 2)
    true = scale(2567).grade_of(total, parts)
    bounded = scale(2567).grade_of(total, {code: score for code, score in parts.items() if code not in hidden})
    assert len(true) == 1
    assert true <= bounded


def test_parse_grade() -> None:
    assert [one.name for one in scale(2563).levels] == LETTERS
    assert [one.name for one in scale(2568).levels] == WORDS
    parsed = scale(2568).parse_grade(" ต้อง ปรับปรุง\nโดยด่วน ")
    assert parsed is not None
    assert parsed.name == "ต้องปรับปรุงโดยด่วน"
    assert scale(2568).parse_grade("A") is None
    assert scale(2563).parse_grade("AAA") is None
    assert GradeScale((Grade("A", D("0"), variants=("ดี",)),)).parse_grade("ดี") is not None


def test_target() -> None:
    for year, framework in FRAMEWORKS.items():
        assert framework.target is not None, year
        assert framework.target.passed(D("85.00"))
        assert not framework.target.passed(D("84.99"))


# Mistakes


def copy_of(year: int, folder: Path, old: str, new: str) -> Path:
    text = (rules_folder() / "frameworks" / f"{year}.toml").read_text(encoding="utf-8")
    assert old in text
    path = folder / f"{year}.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("minimum = 85.00", "minimun = 85.00", "minimun", "Did you mean 'minimum'"),
        ("weight = 0.40", 'weight = "0,4"', "weight", "not a number"),
        ("weight = 0.40", "weight = 40", "weight", "share of the total"),
        ("fiscal_year = 2563", "fiscal_year = 2564", "fiscal_year", "named after its year"),
        ('code = "O2"', 'code = "O1"', "code", "twice"),
        ('item_key = "executives"', 'item_key = "structure"', "item_key", "twice"),
        ('code = "I2"\nindicator = 1', 'code = "I2"\nindicator = 11', "indicator", "no indicator of this year"),
        ('sub_indicator = "9.2"', 'sub_indicator = "9.9"', "sub_indicator", "no sub-indicator"),
        ('scale = "yes_no"', 'scale = "yesno"', "scale", "not one of"),
        ("weights = [0, 33, 67, 100]", "weights = [0, 33, 67]", "weights", "3 weights for 4 steps"),
        ('direction = "negative"', 'direction = "minus"', "direction", "not one of"),
        ('confidence = "A"', 'confidence = "D"', "confidence", "not one of"),
        ("item_count = 43", "item_count = 42", "item_count", "43 items are listed"),
        ("minimum = 75.00", "minimum = 86.00", "minimum", "best down"),
        ('name = "การใช้อำนาจ"', 'name = " การใช้อำนาจ"', "name", "blanks"),
    ],
)
def test_a_typo_is_refused_with_file_line_and_key(tmp_path: Path, old: str, new: str, key: str, words: str) -> None:
    path = copy_of(2563, tmp_path, old, new)
    with pytest.raises(RulesError, match=words) as caught:
        read_framework(path)
    assert caught.value.exit_code == 2
    assert caught.value.file == str(path)
    assert caught.value.key == key
    lines = path.read_text(encoding="utf-8").splitlines()
    assert caught.value.line is not None
    assert key in lines[caught.value.line - 1]


def test_a_missing_key_names_its_table(tmp_path: Path) -> None:
    path = copy_of(2563, tmp_path, 'name = "การใช้อำนาจ"\n', "")
    with pytest.raises(RulesError, match=r"missing in indicators\.list"):
        read_framework(path)


def test_a_file_that_is_named_after_no_year_is_refused(tmp_path: Path) -> None:
    (tmp_path / "new.toml").write_text("fiscal_year = 2569", encoding="utf-8")
    with pytest.raises(RulesError, match=r"2569\.toml"):
        load_frameworks(tmp_path)


def test_a_year_of_which_little_is_known_is_enough(tmp_path: Path) -> None:
    (tmp_path / "2570.toml").write_text("fiscal_year = 2570\n", encoding="utf-8")
    framework = load_frameworks(tmp_path)[2570]
    assert framework.grades is None
    assert framework.target is None
    assert framework.indicator_named("การใช้อำนาจ") is None
