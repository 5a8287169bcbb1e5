"""The rulebook as a whole: lazy, hashed, and linted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ita_extract.errors import RulesError
from ita_extract.rulebook.files import rules_folder
from ita_extract.rulebook.lint import Finding, lint, summary
from ita_extract.rulebook.load import load_rulebook, rules_digest

SUB = '[[oit.sub_indicators]]\nno = "9.9"\nindicator = 9\nname = "x"\n\n'


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(rules_folder(), tmp_path / "rules"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def errors(folder: Path) -> list[Finding]:
    return [one for one in lint(folder) if one.severity == "error"]


def test_the_shipped_rules_have_no_error() -> None:
    assert errors(rules_folder()) == []


def test_load_reads_nothing_before_it_is_asked(rules: Path) -> None:
    (rules / "registry" / "subdistricts.csv").unlink()
    rulebook = load_rulebook(rules)
    assert rulebook.framework(2563).fiscal_year == 2563
    assert rulebook.registry.province_named("ลำพูน") is not None
    with pytest.raises(RulesError, match="cannot be read"):
        _ = rulebook.registry.subdistricts


def test_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="no rules here"):
        load_rulebook(tmp_path / "nowhere")


def test_digest_changes_with_content_and_names_only(rules: Path) -> None:
    before = rules_digest(rules)
    assert before == rules_digest(rules_folder()) == load_rulebook().digest
    assert len(before) == 64
    (rules / "frameworks" / "2563.toml").touch()
    (rules / "frameworks" / ".2563.toml.swp").write_text("x", encoding="utf-8")
    assert rules_digest(rules) == before
    edit(rules / "frameworks" / "2563.toml", "minimum = 75.00", "minimum = 75.01")
    changed = rules_digest(rules)
    assert changed != before
    (rules / "frameworks" / "2563.toml").rename(rules / "frameworks" / "2570.toml")
    assert rules_digest(rules) not in (before, changed)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("frameworks/2563.toml", "weight = 0.40", "weight = 0.30", "add to 0.9, not to 1"),
        ("frameworks/2563.toml", "minimum = 0.00", "minimum = 1.00", "reach down to 0"),
        ("frameworks/2563.toml", 'name = "การใช้อำนาจ"', 'name = "การใช้ งบประมาณ"', "indicators 2, 3 claim"),
        ("frameworks/2566.toml", "indicator = 10\n", "", "belongs to no indicator"),
        ("frameworks/2563.toml", 'sub_indicator = "10.2"\n', "indicator = 10\n", "needs the sub-indicator"),
        ("frameworks/2565.toml", 'item_key = "executives"', 'item_key = "chiefs"', "has the keys chiefs, executives"),
        ("frameworks/2564.toml", "fiscal_year", "fiscal_yeer", "Did you mean 'fiscal_year'"),
        ("frameworks/2563.toml", 'name = "AA"', 'name = "AA"\nvariants = ["A"]', "grades AA, A claim one word"),
        ("frameworks/2563.toml", 'variants = ["ส่วนตรวจ', 'variants = ["EIT", "ส่วนตรวจ', "instruments EIT, OIT claim one name"),
        ("layouts/announcement.toml", 'document_type = "announcement"', 'document_type = "proclamation"', "is no kind of document"),
        ("layouts/announcement.toml", 'dataset = "grade_counts"', 'dataset = "grades"', "no dataset 'grades'"),
        ("layouts/announcement.toml", "minimum = 10", "minimum = 1000", "its minimum is 1000"),
        ("layouts/announcement.toml", 'column = "agency_name"', 'column = "agency"', "rule total looks into 'agency'"),
        ("layouts/announcement.toml", 'passed = ["ผ่าน",', 'passed = ["ผ่าน", "ไม่ผ่าน",', "passed, failed claim the word"),
        ("layouts/agency_report.toml", 'name = "instruments"', 'name = "overall"', "two tables have the name overall"),
        ("layouts/regional_report.toml", "rank = { headings = [", 'rank = { headings = ["ลำดับ", ', "is claimed by 'row_no' too"),
        ("registry/agency_types.csv", "เทศบาลเมือง|ทม.", "เทศบาลเมือง|ทต.", "'ทต.' opens the names of 2 types"),
        ("registry/provinces.csv", "51,ลำพูน", "51,", "no name"),
    ],
)
def test_lint_finds_it_and_goes_on(rules: Path, file: str, old: str, new: str, words: str) -> None:
    edit(rules / file, old, new)
    edit(rules / "frameworks" / "2568.toml", "weight = 0.40", "weight = 0.20")
    found = errors(rules)
    assert any(words in str(one) for one in found), [str(one) for one in found]
    assert not any("no framework for" in one.message for one in found)
    assert any("add to 0.8" in one.message and one.file.endswith("2568.toml") for one in found)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("frameworks/2563.toml", 'code = "I30"', 'code = "I31"', "I30 is not among the items"),
        ("frameworks/2568.toml", 'no = "9.4"', 'no = "9.6"', "'9.4' is no sub-indicator"),
        ("frameworks/2568.toml", '[[oit.items]]\ncode = "O1"\n', f'{SUB}[[oit.items]]\ncode = "O1"\n', "to sub-indicator 9.9"),
    ],
)  # fmt: skip
def test_lint_looks_for_what_is_missing(rules: Path, file: str, old: str, new: str, words: str) -> None:
    edit(rules / file, old, new)
    assert any(words in str(one) for one in lint(rules)), [str(one) for one in lint(rules)]


def test_the_shipped_lists_have_no_gap() -> None:
    assert not [one for one in lint() if "is not among the items" in one.message]


def test_lint_refuses_a_table_that_requires_nothing(rules: Path) -> None:
    path = rules / "layouts" / "agency_history.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(", required = true", ""), encoding="utf-8")
    assert sum("no column is required" in one.message for one in errors(rules)) == 2


def test_lint_tells_of_a_missing_year(rules: Path) -> None:
    (rules / "frameworks" / "2565.toml").unlink()
    assert any("no framework for 2565" in one.message for one in errors(rules))


def test_lint_refuses_a_heading_that_two_fields_claim(rules: Path) -> None:
    layout = next((rules / "layouts").glob("*.toml"), None)
    if layout is None:
        pytest.skip("no layouts yet")
    from ita_extract.rulebook.layouts import load_layouts

    table = next(table for one in load_layouts(rules_folder()) for table in one.tables if len(table.columns) > 1)
    from dataclasses import replace

    from ita_extract.rulebook.lint import check_layout

    whole = next(one for one in load_layouts(rules_folder()) if table in one.tables)
    first, second, *rest = table.columns
    twice = replace(second, headings=(*second.headings, first.headings[0]))
    broken = replace(whole, tables=(replace(table, columns=(first, twice, *rest)),))
    assert list(check_layout(replace(whole, tables=(table,)), rules)) == []
    assert [first.field in one.message and second.field in one.message for one in check_layout(broken, rules)] == [True]


def test_summary_lists_every_year() -> None:
    rows = summary(load_rulebook())
    assert [row.fiscal_year for row in rows] == list(load_rulebook().frameworks)
    assert next(row for row in rows if row.fiscal_year == 2563).survey_rows == 70
    assert next(row for row in rows if row.fiscal_year == 2562).grades == ()
