"""A year that nobody has seen: new grades, items and headings, and no Python touched. What docs/adding-a-year.md promises.

A checkout is copied: the program as it is, and rules to which a newcomer adds the year. The forge prints its documents, and the
command line of the copy reads them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ita_extract.dataset import read_dataset
from ita_extract.rulebook.load import load_rulebook
from samples.forge import Forged, Heads, Layout, Style, agencies, forge_announcement

from .conftest import ROOT

LAST = max(load_rulebook().frameworks)
YEAR = LAST + 1
GRADES = {
    "ผ่านดีเยี่ยม": "โปร่งใสเป็นแบบอย่าง",
    "ผ่านดี": "โปร่งใสมาก",
    "ผ่าน": "โปร่งใส",
    "ต้องปรับปรุง": "ควรพัฒนา",
    "ต้องปรับปรุงโดยด่วน": "ควรพัฒนาเร่งด่วน",
}
HEADINGS = {"agency": "องค์กร|ผู้รับ|ประเมิน", "only": "ดัชนี|สุจริต {y}", "grade": "ชั้น|ความโปร่งใส", "target": "ถึง|เกณฑ์|หรือไม่"}
"""The new words of the announcement's table, as the forge breaks them."""
REPORT = [
    ("O1", "โครงสร้างและอำนาจหน้าที่", "100.00", "structure"),
    ("O2", "ข้อมูลผู้บริหาร", "0.00", "executives"),
    ("O3", "การใช้ปัญญาประดิษฐ์ของหน่วยงาน", "100.00", "artificial_intelligence"),
]
"""Items of the new list: two that go on, and one that never was before."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "ita_extract", folder / "ita_extract", ignore=shutil.ignore_patterns("__pycache__", "_rules"))
    shutil.copytree(ROOT / "rules", folder / "rules")
    return folder


@pytest.fixture
def forged(monkeypatch: pytest.MonkeyPatch) -> Forged:
    monkeypatch.setattr(agencies, "WORDS", tuple(GRADES.values()))
    return forge_announcement(
        "new year", year=YEAR, types=(agencies.TAMBON,), rows_per_type=24, damage="split_am", face="sarabun", producer="word",
        digits="arabic", earlier=False, parts=False, heads=Heads(words=tuple(HEADINGS.items())),
        layout=Layout(style=Style(11)),
    )  # fmt: skip


def add_the_year(rules: Path) -> None:
    """What a newcomer does: last year's file copied and changed, headings added to the fields that they belong to."""
    text = (rules / "frameworks" / f"{LAST}.toml").read_text(encoding="utf-8")
    text = text.replace(f"fiscal_year = {LAST}", f"fiscal_year = {YEAR}")
    for old, new in GRADES.items():
        text = text.replace(f'name = "{old}"', f'name = "{new}"')
    head, first, *items = text.split("[[oit.items]]\n")
    head = re.sub(r"^item_count = \d+", f"item_count = {len(REPORT)}", head, flags=re.M)
    new = 'code = "O3"\nitem_key = "artificial_intelligence"\nname = "การใช้ปัญญาประดิษฐ์ของหน่วยงาน"\nsub_indicator = "9.1"\n'
    text = "[[oit.items]]\n".join([head, first, items[0], new])
    (rules / "frameworks" / f"{YEAR}.toml").write_text(text, encoding="utf-8")
    add_headings(
        rules / "layouts" / "announcement.toml",
        "ranking",
        agency_name="องค์กรผู้รับประเมิน",
        score="ดัชนีสุจริต {year}",
        grade="ชั้นความโปร่งใส",
        target_passed="ถึงเกณฑ์หรือไม่",
    )
    add_headings(rules / "layouts" / "announcement.toml", "grade_rows", grade="ชั้นความโปร่งใส")
    add_headings(rules / "layouts" / "agency_report.toml", "oit", code="หมายเลข", item_name="สาระที่เปิดเผย")


def add_headings(layout: Path, table: str, **headings: str) -> None:
    text = layout.read_text(encoding="utf-8")
    at = text.index(f'name = "{table}"')
    before, own = text[:at], text[at:]
    for field, heading in headings.items():
        own, count = re.subn(rf"^({field} = \{{ headings = \[)", rf'\g<1>"{heading}", ', own, count=1, flags=re.M)
        assert count == 1, field
    layout.write_text(before + own, encoding="utf-8")


def command(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-m", "ita_extract", *arguments]
    return subprocess.run(run, cwd=checkout, capture_output=True, text=True, encoding="utf-8", check=False)


def documents(checkout: Path, forged: Forged) -> list[str]:
    (checkout / "announcement.pdf").write_bytes(forged.pdf)
    lines = [f"รายงานผลการประเมิน ประจำปีงบประมาณ {YEAR}", "คะแนนภาพรวมหน่วยงานจังหวัดน่าน : 92.00 คะแนน", "ระดับผลการประเมิน : โปร่งใส", ""]
    lines += ["\t".join(["หมายเลข", "สาระที่เปิดเผย", "ความคิดเห็น", "คะแนน"])]
    lines += ["\t".join([code, name, "", score]) for code, name, score, _ in REPORT]
    (checkout / "report.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ["announcement.pdf", "report.txt"]


def rows(checkout: Path, dataset: str) -> list[dict[str, Any]]:
    return read_dataset(checkout / "data", dataset, as_arrow=True).to_pylist()


def test_a_new_year_needs_no_code(checkout: Path, forged: Forged) -> None:
    add_the_year(checkout / "rules")
    linted = command(checkout, "rules")
    assert linted.returncode == 0, linted.stderr
    assert str(YEAR) in linted.stdout
    done = command(checkout, "run", *documents(checkout, forged), "--out", "data")
    assert done.returncode == 0, done.stdout + done.stderr

    scores = [row for row in rows(checkout, "agency_scores") if row["row_no"] is not None]
    wanted = forged.expected["agency_scores"]
    columns = [name for name in wanted[0] if name != "score"]
    assert [[row[name] for name in columns] for row in scores] == [[row[name] for name in columns] for row in wanted]
    assert [f"{row['score']:.2f}" for row in scores] == [f"{row['score']:.2f}" for row in wanted]
    assert {row["grade"] for row in scores} <= set(GRADES.values())
    assert {row["verification"] for row in scores} <= {"verified", "consistent"}

    items = [row for row in rows(checkout, "oit_items") if row["fiscal_year"] == YEAR]
    assert [(row["item_code"], row["item_name"], row["item_key"]) for row in items] == [
        (code, name, key) for code, name, _, key in REPORT
    ]
    assert {row["sub_indicator_no"] for row in items} == {"9.1"}
    [own] = [row for row in rows(checkout, "agency_scores") if row["agency_name"] == "จังหวัดน่าน"]
    assert (own["fiscal_year"], own["score"], own["grade"]) == (YEAR, 92.0, "โปร่งใส")


@pytest.mark.slow
def test_without_the_year_its_words_are_no_values(checkout: Path, forged: Forged) -> None:
    """The same documents under the rules as they are: what is not known is told, and nothing is guessed."""
    done = command(checkout, "run", *documents(checkout, forged), "--out", "data")
    assert done.returncode == 3, done.stdout + done.stderr
    assert not any(row["row_no"] for row in rows(checkout, "agency_scores"))
    assert not [row for row in rows(checkout, "oit_items") if row["item_key"] == "artificial_intelligence"]


def test_a_slip_in_the_new_file_is_named_with_its_place(checkout: Path) -> None:
    add_the_year(checkout / "rules")
    path = checkout / "rules" / "frameworks" / f"{YEAR}.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("weight = 0.40", "weight = 0.30", 1), encoding="utf-8")
    linted = command(checkout, "rules")
    assert linted.returncode == 2
    assert f"{YEAR}.toml" in linted.stderr
    assert "add to 0.9, not to 1" in linted.stderr
