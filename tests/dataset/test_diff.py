"""What changed between two releases is found by what rows are about, and told with the reason."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from ita_extract.cli import main
from ita_extract.dataset import publish, put
from ita_extract.dataset.descriptor import Provenance
from ita_extract.dataset.diff import Change, ReleaseDiff, diff_releases
from ita_extract.dataset.read import find_release
from ita_extract.errors import UsageError
from ita_extract.model.record import AgencyScore, Check, DocumentResult
from tests.dataset.build import KEY, MADE_BY, document_id, result, rich_result, score


def release(folder: Path, *documents: DocumentResult, made_by: Provenance = MADE_BY) -> Path:
    for one in documents:
        put(folder, one, KEY)
    publish(folder, made_by)
    return folder


def changes(diff: ReleaseDiff, dataset: str) -> list[Change]:
    return [change for change in diff.changes if change.dataset == dataset]


def counts(diff: ReleaseDiff, dataset: str) -> tuple[int, int, int, int]:
    [one] = [one for one in diff.datasets if one.name == dataset]
    return one.kinds["added"], one.kinds["removed"], one.kinds["changed"], one.restated


def scores(*values: str, year: int = 2563, **changes: Any) -> list[AgencyScore]:
    return [replace(score(f"a-{no}", value, year, row_no=no), **changes) for no, value in enumerate(values, 1)]


def printed(*pairs: tuple[str, str]) -> Sequence[Check]:
    return tuple(
        Check(identity="human_correction", subject=subject, expected=told, observed="x", tolerance="0", outcome="corrected")
        for subject, told in pairs
    )


def test_a_release_and_itself_say_the_same(tmp_path: Path) -> None:
    folder = release(tmp_path, rich_result("a"), rich_result("b", 2564))
    diff = diff_releases(folder, folder)
    assert diff.changes == ()
    assert all(not one.kinds and one.rows_before == one.rows_after for one in diff.datasets)
    done = CliRunner().invoke(main, ["diff", str(folder), str(folder)])
    assert done.exit_code == 0
    assert done.stdout.endswith("The two say the same.\n")


def test_a_document_that_came_and_one_that_went(tmp_path: Path) -> None:
    old = release(tmp_path / "old", result("a", *scores("80", "81")), result("b", *scores("70", year=2562)))
    new = release(tmp_path / "new", result("a", *scores("80", "81")), result("c", *scores("75", "76", year=2564)))
    diff = diff_releases(old, new)
    assert (diff.added_documents, diff.removed_documents) == ((document_id("c"),), (document_id("b"),))
    assert counts(diff, "agency_scores") == (2, 1, 0, 0)
    assert counts(diff, "national_scores") == (2, 1, 0, 0)
    assert counts(diff, "documents") == (1, 1, 0, 0)
    assert counts(diff, "agencies") == (0, 0, 0, 0)
    assert {change.why for change in diff.changes} == {("document",)}
    [gone] = [change for change in changes(diff, "agency_scores") if change.kind == "removed"]
    assert gone.thing == "agency_scores: agency_type=เทศบาลตำบล, fiscal_year=2562, row_no=1, agency_id=a-1"
    assert (gone.before["score"], gone.after, gone.documents_before, gone.documents_after) == (70.0, {}, (document_id("b"),), ())


def test_a_document_in_the_place_of_another_shows_only_what_it_says_otherwise(tmp_path: Path) -> None:
    values = [str(60 + at / 100) for at in range(500)]
    old = release(tmp_path / "old", result("a", *scores(*values)))
    values[123] = "99.99"
    new = release(tmp_path / "new", result("a again", *reversed(scores(*values))))
    diff = diff_releases(old, new)
    assert counts(diff, "agency_scores") == (0, 0, 1, 499)
    [change] = changes(diff, "agency_scores")
    assert change.thing.endswith("agency_id=a-124")
    assert (change.before, change.after, change.why) == ({"score": 61.23}, {"score": 99.99}, ("document",))
    assert (change.documents_before, change.documents_after) == ((document_id("a"),), (document_id("a again"),))
    assert counts(diff, "national_scores") == (0, 0, 1, 0), "a rank that moved is no change of what is known"
    assert changes(diff, "national_scores")[0].why == ("document",)


@pytest.mark.parametrize(
    ("made_by", "why"),
    [
        (Provenance(MADE_BY.code, "other rules"), ("rule",)),
        (Provenance("2.0", MADE_BY.rules), ("code",)),
        (Provenance("2.0", "other rules"), ("rule", "code")),
        (MADE_BY, ("code",)),
    ],
)
def test_the_same_document_read_otherwise(made_by: Provenance, why: tuple[str, ...], tmp_path: Path) -> None:
    old = release(tmp_path / "old", result("a", *scores("80", "81", "82")))
    new = release(tmp_path / "new", result("a", *scores("80", "81.50", "82")), made_by=made_by)
    diff = diff_releases(old, new)
    [change] = changes(diff, "agency_scores")
    assert (change.kind, change.before, change.after, change.why) == ("changed", {"score": 81.0}, {"score": 81.5}, why)
    assert {one.why for one in changes(diff, "national_scores")} == {tuple(sorted(why))}


def test_a_decision_of_a_person_is_its_own_reason(tmp_path: Path) -> None:
    checks = printed(("agency_scores/2", "score 81.50"))
    old = release(tmp_path / "old", result("a", *scores("80", "81", "82")))
    new = release(
        tmp_path / "new", result("a", *scores("80", "81.50", "83"), checks=tuple(checks)), made_by=Provenance("2.0", MADE_BY.rules)
    )
    diff = diff_releases(old, new)
    assert {change.after["score"]: change.why for change in changes(diff, "agency_scores")} == {
        81.5: ("decision",),
        83.0: ("code",),
    }
    assert [change.kind for change in changes(diff, "checks")] == ["added"]


def test_what_another_document_proves_is_for_the_sake_of_that_document(tmp_path: Path) -> None:
    first = result("a", *scores("80", "81"))
    later = result("b", *scores("80", "81", is_current_year=False), *scores("90", year=2564))
    later = replace(later, document=replace(later.document, fiscal_year=2564))
    diff = diff_releases(release(tmp_path / "old", first), release(tmp_path / "new", first, later))
    changed = [change for change in changes(diff, "agency_scores") if change.kind == "changed"]
    assert [(change.before, change.after) for change in changed] == [
        ({"verification": "unverified"}, {"verification": "verified"})
    ] * 2
    assert {change.why for change in changed} == {("document",)}


def test_an_agency_without_an_id_is_told_by_what_is_printed(tmp_path: Path) -> None:
    unknown = [replace(one, agency_id=None) for one in scores("80", "81")]
    old = release(tmp_path / "old", result("a", *unknown))
    new = release(tmp_path / "new", result("a", unknown[0], replace(unknown[1], score=Decimal("82"))))
    [change] = changes(diff_releases(old, new), "agency_scores")
    assert "agency_name=เทศบาลตำบลa-2" in change.thing
    assert (
        "agency_name"
        not in changes(diff_releases(release(tmp_path / "x", result("a", *scores("1"))), old), "agency_scores")[1].before
    )


def test_rows_that_stand_twice_are_counted(tmp_path: Path) -> None:
    twice = [score("x", "80"), score("x", "80"), score("x", "80")]
    diff = diff_releases(release(tmp_path / "old", result("a", *twice)), release(tmp_path / "new", result("a", *twice[:1])))
    assert counts(diff, "agency_scores") == (0, 2, 0, 0)


PRINTED = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["70", "80", "90"]), st.sampled_from([2563, 2564])), max_size=5
)
RELEASE = st.dictionaries(st.sampled_from(["one", "two", "three"]), PRINTED, min_size=1)


@settings(max_examples=6)
@given(RELEASE, RELEASE)
def test_the_counts_add_up_and_turn_round(
    before: dict[str, list[tuple[str, str, int]]], after: dict[str, list[tuple[str, str, int]]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        old, new = (
            release(
                Path(folder) / name, *(result(key, *(score(*one) for one in printed)) for key, printed in sorted(documents.items()))
            )
            for name, documents in (("old", before), ("new", after))
        )
        there, back = diff_releases(old, new), diff_releases(new, old)
    for one, other in zip(there.datasets, back.datasets, strict=True):
        assert one.rows_after - one.rows_before == one.kinds["added"] - one.kinds["removed"]
        assert (one.kinds["added"], one.kinds["changed"]) == (other.kinds["removed"], other.kinds["changed"])
        assert one.reasons.total() == one.kinds.total() == len(changes(there, one.name))


def test_as_many_changes_are_kept_as_are_wanted(tmp_path: Path) -> None:
    old = release(tmp_path / "old", result("a", *scores(*map(str, range(50)))))
    new = release(tmp_path / "new", result("a", *scores(*map(str, range(50, 100)))))
    diff = diff_releases(old, new, most=3)
    assert len(changes(diff, "agency_scores")) == 3
    assert counts(diff, "agency_scores") == (0, 0, 50, 0)


def test_a_release_is_found_by_folder_id_and_beginning(tmp_path: Path) -> None:
    folder = release(tmp_path / "data", result("a", score("x", "80")))
    old = (folder / "CURRENT").read_text().strip()
    release(folder, result("a", score("x", "81")))
    new = (folder / "CURRENT").read_text().strip()
    path = folder / "releases" / old
    assert find_release(folder).name == new
    for named in (path, folder / old, folder / old[:8], folder / "releases" / old[:8], str(folder / old[:8])):
        assert find_release(named) == path, named
    for beside in (folder, folder / new, folder / "releases" / new):
        assert find_release(old[:8], beside) == path
    [change] = changes(diff_releases(old[:8], folder), "agency_scores")
    assert (change.before, change.after) == ({"score": 80.0}, {"score": 81.0})
    for wrong in ("nothing", folder / "ff00ff", "..", tmp_path, "*"):
        with pytest.raises(UsageError, match="no release"):
            find_release(wrong, folder)
    (folder / "releases" / f"{old[:8]}0").mkdir()
    (folder / "releases" / f"{old[:8]}0" / "datapackage.json").write_text("{}")
    with pytest.raises(UsageError, match="several releases begin with"):
        find_release(folder / old[:8])


def test_the_command_lists_changes_and_gives_json(tmp_path: Path) -> None:
    old = release(tmp_path / "old", result("a", *scores("80", "81")))
    new = release(tmp_path / "new", result("a", *scores("80", "81.50")), result("b\x1b[2J", *scores("70", year=2562)))
    done = CliRunner().invoke(main, ["diff", str(old), str(new)])
    assert done.exit_code == 0, done.output
    assert "changed (code) agency_scores: " in done.stdout.replace("document or ", "")
    assert "score 81.0 -> score 81.5" in done.stdout
    assert "added (document) national_scores: agency_id=a-1, fiscal_year=2562" in done.stdout
    assert "added (document) agency_scores" not in done.stdout
    assert "\x1b" not in done.stdout
    told = json.loads(CliRunner().invoke(main, ["diff", str(old), str(new), "--json"]).stdout)
    assert [one["document_id"] for one in told["documents"]["added"]] == [document_id("b\x1b[2J")]
    assert sum(change["dataset"] == "agency_scores" for change in told["changes"]) == 2
    assert {one["name"]: one["changed"] for one in told["datasets"]}["agency_scores"] == 1
    assert CliRunner().invoke(main, ["diff", str(old), str(tmp_path / "no")]).exit_code == 2
