"""What a person sees at a terminal: columns align under Thai names, nothing is cut, and no name of a file commands the terminal."""

from __future__ import annotations

import io
import json
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from ita_extract.job import Summary
from ita_extract.preview import Preview
from ita_extract.reader import Outcome
from ita_extract.terminal import inert, preview_json, print_preview, print_run, run_json, run_lines, table

NAMES = ("ประกาศผล.pdf", "น้ำ.pdf", "ที่นี่ผู้ใหญ่.pdf", "a.pdf", "ก็.pdf")
DONE = Outcome(
    name="a.pdf",
    document_id="00" * 32,
    status="parsed",
    code=None,
    message=None,
    pages=3,
    records=1_234,
    rejects=0,
    contradicted=0,
    failed_checks=0,
    reused=False,
)
SUMMARY = Summary(
    outcomes=(
        DONE,
        replace(DONE, name="b.pdf", status="unreadable", code="EMPTY", message="no pages", lossy_pages=(2, 3), reused=True),
    ),
    duplicates=("c.pdf",),
    release="ab" * 16,
    path=None,
    rows={"agency_scores": 12, "measures": 0},
    values={("agency_scores", "verified"): 10, ("agency_scores", "consistent"): 2},
    seconds=1.25,
    unapplied=("corrections.jsonl:2: refused",),
)


def drawn(width: int, *rows: tuple[str, ...]) -> list[str]:
    screen = io.StringIO()
    Console(file=screen, width=width, highlight=False).print(table("", ("name", "number"), rows, [1]))
    return screen.getvalue().splitlines()


def columns(line: str) -> int:
    """How many columns of a terminal a line takes: marks over and under letters take none."""
    return sum(unicodedata.category(letter) not in ("Mn", "Me", "Cf") for letter in line)


def test_columns_align_under_thai() -> None:
    lines = [line for line in drawn(80, *((name, "12,345") for name in NAMES)) if line.strip()]
    assert {columns(line) for line in lines} == {columns(lines[0])}
    edges = [[columns(line[:at]) for at, letter in enumerate(line) if letter == "│"] for line in lines if "│" in line]
    assert len(set(map(tuple, edges))) == 1


@pytest.mark.parametrize("width", [20, 30, 132])
def test_what_is_too_long_goes_on_below(width: int) -> None:
    lines = drawn(width, ("ผลการประเมินคุณธรรมและความโปร่งใส" * 3, "12,345"))
    names = "".join(line.split("│")[1].strip() for line in lines if line.count("│") == 3)
    assert names == "ผลการประเมินคุณธรรมและความโปร่งใส" * 3
    assert sum("12,345" in line for line in lines) == 1
    assert not any(unicodedata.category(line.split("│")[1].strip()[:1]) == "Mn" for line in lines if line.count("│") == 3)


@given(st.text(max_size=30))
def test_no_text_commands_the_terminal(text: str) -> None:
    shown = inert(text)
    assert all(letter.isprintable() or letter in "\u200b\u200c\u200d" for letter in shown)
    assert shown == text or not all(letter.isprintable() for letter in text)


def test_markup_is_shown_and_not_obeyed() -> None:
    assert any("[red]x[/red]" in line for line in drawn(80, ("[red]x[/red]", "1")))


def test_a_note_on_a_document_without_fault_is_told() -> None:
    first = SUMMARY.outcomes[0]
    assert first.code is None
    noted = replace(SUMMARY, outcomes=(replace(first, message="a file inside it (b.xlsx): it is not read"),))
    assert f"{first.name}: a file inside it (b.xlsx): it is not read" in [*run_lines(noted)]


def test_the_summary_says_what_needs_looking_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(run_lines(SUMMARY)) == [
        "b.pdf: EMPTY: no pages",
        "b.pdf: characters were lost or doubled on pages 2-3",
        "c.pdf: the same bytes as another document of this run, read once",
        "corrections.jsonl:2: refused",
        "2 documents in 1.2 s; 0 rejects and 0 failed checks are in the datasets rejects and checks.",
    ]
    print_run(SUMMARY)
    shown = capsys.readouterr().out
    assert "12 values: 10 verified, 2 consistent" in shown
    assert "1,234" in shown
    assert "unreadable, kept" in shown
    assert "measures" not in shown


def test_of_many_documents_those_in_doubt_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    many = replace(SUMMARY, outcomes=(*SUMMARY.outcomes, *(replace(DONE, name=f"{no}.pdf") for no in range(300))))
    print_run(many)
    shown = capsys.readouterr().out
    assert "│ b.pdf" in shown
    assert "│ 7.pdf" not in shown
    assert "301 more documents were read without a doubt." in shown


def test_contradicted_values_are_listed_with_their_places(tmp_path: Path) -> None:
    from ita_extract.dataset import publish, put
    from tests.dataset.build import KEY, MADE_BY, result, score

    wrong = [replace(score(f"a-{no}", "80"), verification="contradicted", page=7) for no in range(30)]
    put(tmp_path, result("a", *wrong), KEY)
    path = publish(tmp_path, MADE_BY).path
    told = list(run_lines(replace(SUMMARY, path=path, values={("agency_scores", "contradicted"): 30})))
    listed = [line for line in told if line.startswith("Contradicted: ")]
    assert len(listed) == 21
    assert "page 7 [10, 20, 30, 40]: agency_scores/1" in listed[0]
    assert listed[-1] == "Contradicted: and 10 more"


def test_the_summary_as_json() -> None:
    told = json.loads(run_json(SUMMARY, 3))
    assert (told["release"], told["exit_code"], told["rows"]) == ("ab" * 16, 3, {"agency_scores": 12, "measures": 0})
    assert told["values"] == {"agency_scores": {"verified": 10, "consistent": 2}}
    assert [one["name"] for one in told["documents"]] == ["a.pdf", "b.pdf"]
    assert told["documents"][1]["lossy_pages"] == [2, 3]
    assert told["corrections"] == ["corrections.jsonl:2: refused"]


def test_what_would_be_read_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    known = Preview("ประกาศ.pdf", "application/pdf", 246, ("announcement",), 2563)
    found = (known, Preview("x.txt", "text/plain", 1, code="NOT_ITA", message="no phrase of any kind"))
    print_preview(found)
    shown = capsys.readouterr().out
    assert "announcement" in shown
    assert "2563" in shown
    assert "NOT_ITA: no phrase of any kind" in " ".join(shown.split())
    assert [one["layouts"] for one in json.loads(preview_json(found))] == [["announcement"], []]
