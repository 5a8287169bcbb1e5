"""The corrections file: what is meant is read, and what cannot be meant is named with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ita_extract.corrections import digest_of, read_corrections
from ita_extract.errors import UsageError

from .written import DOCUMENT, RULES, decide, line_of, read, written

GOOD = line_of(decide("agency_scores", 3, "score", "91.95", "91.05"), page=2, bbox=[10, 20.5, 30, 40])


def test_a_file_as_the_review_writes_it(tmp_path: Path) -> None:
    other = line_of(decide("measures", 1, "measure", "ก", "ข", document_id="cd" * 32, date="2026-01-31T10:20:30.123Z"))
    found = read(tmp_path, "\ufeff", GOOD, "", other, GOOD)
    assert [one.line for one in found.decisions] == [2, 4]
    assert found.decisions[0].bbox == (10.0, 20.5, 30.0, 40.0)
    assert found.of(DOCUMENT) == found.decisions[:1]
    assert found.of("00" * 32) == ()
    assert found.sha256 == read_corrections(tmp_path / "corrections.jsonl", RULES.fields).sha256


def test_the_digest_of_a_document_is_of_what_is_said_of_it_alone(tmp_path: Path) -> None:
    other = line_of(decide("measures", 1, "measure", "ก", "ข", document_id="cd" * 32))
    one, moved = read(tmp_path, GOOD), read(tmp_path, other, GOOD)
    said = digest_of(one.of(DOCUMENT))
    assert digest_of(moved.of(DOCUMENT)) == said != ""
    assert digest_of(one.of("cd" * 32)) == ""
    assert digest_of(read(tmp_path, GOOD | {"after": "91.06"}).of(DOCUMENT)) != said
    assert digest_of(read(tmp_path, GOOD | {"why": "other"}).of(DOCUMENT)) != said


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"decision": "maybe"}, "unknown decision 'maybe'"),
        ({"dataset": "agency_score"}, "no dataset of records 'agency_score'"),
        ({"dataset": "documents"}, "no dataset of records 'documents'"),
        ({"dataset": "national_scores"}, "no dataset of records 'national_scores'"),
        ({"field": "scores"}, "no column 'scores' that can be corrected"),
        ({"field": "verification"}, "no column 'verification' that can be corrected"),
        ({"field": "score_printed"}, "no column 'score_printed' that can be corrected"),
        ({"dataset": "rejects", "field": "raw_text"}, "rejects cannot be corrected"),
        ({"dataset": "checks", "field": "expected", "decision": "accept"}, "no column 'expected'"),
        ({"record_no": 0}, "'record_no' is no whole number"),
        ({"record_no": True}, "'record_no' is no whole number"),
        ({"record_no": "3"}, "'record_no' is no whole number"),
        ({"document_id": "ab"}, "'ab' is no document_id"),
        ({"after": "910.5"}, "'after': '910.5' is above 100"),
        ({"after": "91.055"}, "'after': '91.055' is no number of at most two decimals"),
        ({"after": "-1"}, "'after': '-1' is no number"),
        ({"after": "1e1"}, "'after': '1e1' is no number"),
        ({"after": "nan"}, "'after': 'nan' is no number"),
        ({"after": None}, "'after': may not be absent"),
        ({"after": 91.05}, "'after' is neither a text nor null"),
        ({"after": "91.95"}, "'after' is what 'before' is"),
        ({"decision": "accept"}, "accept changes nothing"),
        ({"decision": "dismiss"}, "dismiss changes nothing"),
        ({"field": "target_passed", "before": "true", "after": "yes"}, "neither true nor false"),
        ({"who": " "}, "'who' is empty"),
        ({"why": 7}, "'why' is no text"),
        ({"why": "x" * 2_001}, "'why' is no text"),
        ({"date": "yesterday"}, "'yesterday' is no date"),
        ({"page": 0}, "'page' is no whole number"),
        ({"bbox": [1, 2, 3]}, "'bbox' is not four numbers"),
        ({"bbox": "1 2 3 4"}, "'bbox' is not four numbers"),
        ({"befor": "1"}, "unknown key 'befor'"),
    ],
)
def test_a_line_that_cannot_be_meant_is_named(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, GOOD, GOOD | change)
    assert caught.value.message.startswith("corrections.jsonl:2: ")
    assert message in caught.value.message
    assert caught.value.advice


@pytest.mark.parametrize("line", ["{", "[]", "7", '"x"', "[" * 100_000, '{"a": NaN'])
def test_a_line_that_is_no_object_is_named(line: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"corrections.jsonl:1: is no"):
        read(tmp_path, line)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    for key in set(GOOD) - {"page", "bbox"}:
        with pytest.raises(UsageError, match=f"corrections.jsonl:1: '{key}' is missing"):
            read(tmp_path, {name: value for name, value in GOOD.items() if name != key})
    assert read(tmp_path, {name: value for name, value in GOOD.items() if name not in ("page", "bbox")}).decisions[0].page is None


def test_two_decisions_about_one_value_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"corrections.jsonl:2: line 1 decides otherwise about agency_scores/3 score"):
        read(tmp_path, GOOD, GOOD | {"after": "91.15"})
    assert len(read(tmp_path, GOOD, GOOD | {"date": "2026-02-01"}).decisions) == 1


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        read_corrections(tmp_path / "missing.jsonl", RULES.fields)
    path = written(tmp_path)
    path.write_bytes("ก".encode("tis-620"))
    with pytest.raises(UsageError, match="not UTF-8 at byte 0"):
        read_corrections(path, RULES.fields)
    path.write_bytes(b"")
    assert read_corrections(path, RULES.fields).decisions == ()


def test_what_came_of_decisions_is_told_where_it_is_not_what_they_ask(tmp_path: Path) -> None:
    other = decide("agency_scores", 4, "score", "1", "2")
    found = read(tmp_path, line_of(decide("measures", 1, "measure", "ก", "ข", document_id="cd" * 32)), GOOD, line_of(other))
    row = {
        "identity": "human_correction",
        "subject": "agency_scores/3",
        "expected": "score 91.05",
        "observed": "score 91.95; refused: x",
    }
    rows = [row | {"outcome": "fails"}, row | {"identity": "grade_from_score"}]
    assert found.unapplied([DOCUMENT], lambda _: rows) == (
        "corrections.jsonl:1: there is no document cdcdcdcdcdcd… in this folder",
        "corrections.jsonl:2: agency_scores/3: score 91.95; refused: x",
        f"corrections.jsonl:3: agency_scores/4 score: document {DOCUMENT[:12]}… was not read in this run",
    )
    good = read(tmp_path, GOOD)
    assert good.unapplied([DOCUMENT], lambda _: [row | {"outcome": "corrected"}]) == ()
