"""What a person is asked to judge: that it is asked, what is suggested, and that the picture shows the cell."""

from __future__ import annotations

import hashlib
import io
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from ita_extract.dataset import publish, put
from ita_extract.dataset.descriptor import Provenance
from ita_extract.engines.pdfium import read
from ita_extract.model.record import AgencyScore, Check
from ita_extract.model.source import SourceDocument
from ita_extract.site import review, write_site
from ita_extract.site.pictures import BOX, Order, Row, draw, find, pictures, within
from ita_extract.site.review import Doubt, Suggestion, doubts
from ita_extract.site.source import open_release
from tests.dataset.build import document, document_id, result, score
from tests.site.conftest import HOSTILE_TEXT, SAMPLES, WORDS_PARTS, Made, read_sample


@pytest.fixture(scope="module")
def entries(made: Made) -> dict[tuple[str, str, int], Doubt]:
    return {(one.document_id, one.dataset, one.record_no): one for one in doubts(open_release(made.folder))}


def test_every_planted_misreading_is_asked_about(made: Made, entries: dict[tuple[str, str, int], Doubt]) -> None:
    assert len(made.planted) == 3
    for planted in made.planted:
        one = entries[planted.document_id, "agency_scores", planted.record_no]
        assert one.kind in ("contradicted", "corrected")
        assert one.field == "score"
        (field,) = (field for field in one.fields if field.name == "score")
        assert field.before == field.read == planted.wrong
        assert field.published == (planted.true if one.kind == "corrected" else planted.wrong)
        suggested = [suggestion.value for suggestion in one.suggestions if suggestion.field == "score"]
        assert planted.true in (suggested if one.kind == "contradicted" else [field.published])
        assert field.published not in suggested
        assert one.reasons and not one.nearby


def test_everything_doubtful_has_one_entry(made: Made, entries: dict[tuple[str, str, int], Doubt]) -> None:
    release = open_release(made.folder)
    asked = {(key[0], key[1], number) for key, one in entries.items() for number in (key[2], *one.also)}
    for name in review.NUMBERS:
        for row in release.rows(name):
            doubtful = row["verification"] in ("contradicted", "corrected") or row.get("identity_match") == "none"
            assert not doubtful or (row["document_id"], name, row["record_no"]) in asked
    assert {(row["document_id"], "rejects", row["seq"]) for row in release.rows("rejects")} <= asked


def test_a_reject_is_shown_with_its_text(entries: dict[tuple[str, str, int], Doubt]) -> None:
    one = entries[document_id("hostile"), "rejects", 1]
    assert (one.kind, one.fields[0].read, one.reasons[0].identity) == ("rejected", HOSTILE_TEXT, "NO_SCORE")


def release_of(folder: Path, *results: object) -> list[Doubt]:
    for at, one in enumerate(results):
        put(folder, one, f"key{at}")  # type: ignore[arg-type]
    publish(folder, Provenance("1.0", "rules"))
    return doubts(open_release(folder))


def test_documents_that_disagree_are_suggested_to_each_other(tmp_path: Path) -> None:
    """The announcement says 91.05; the agency's own report, and next year's announcement, were read otherwise."""
    own = score("TMUN-510101", "91.05", 2563)
    other = score("TMUN-510101", "97.05", 2563, is_current_year=False, grade=None, target_passed=None, row_no=3)
    found = release_of(
        tmp_path,
        result("first", own, document=document(fiscal_year=2563)),
        result("second", other, document=document(fiscal_year=2564)),
    )
    told = {
        one.document_id: [(each.field, each.value) for each in one.suggestions] for one in found if one.dataset == "agency_scores"
    }
    assert told == {document_id("first"): [("score", "97.05")], document_id("second"): [("score", "91.05")]}
    write_site(tmp_path, tmp_path / "site")
    data = (tmp_path / "site" / "data" / "review-0.js").read_text(encoding="utf-8")
    listed = json.loads(data.removeprefix('ITA.data["review-0"]=').removesuffix(";\n"))
    assert {(one["document_id"], one["others"][0][0]) for one in listed} == {
        (document_id("first"), document_id("second")),
        (document_id("second"), document_id("first")),
    }


def test_a_name_printed_once_for_two_years_is_asked_once(tmp_path: Path) -> None:
    now = score(None, "80.00", 2563, row_no=1)
    before = score(None, "70.00", 2562, row_no=1, is_current_year=False, grade=None, target_passed=None)
    (one,) = release_of(tmp_path, result("a", now, before))
    assert {one.record_no, *one.also} == {1, 2}
    assert one.field == "agency_name"


def test_names_that_may_be_meant_are_suggested(tmp_path: Path) -> None:
    doubt = Check(
        identity="agency_name",
        subject="agency_scores/1",
        expected="ทต.ก or ทต.ข or 3 more",
        observed="ทต.ฃ",
        tolerance="0",
        outcome="holds",
    )
    (one,) = release_of(tmp_path, result("a", score(None, "80.00"), checks=(doubt,)))
    assert one.kind == "unresolved"
    assert [suggestion.value for suggestion in one.suggestions] == ["ทต.ก", "ทต.ข"]


def test_a_check_about_no_row_is_not_lost(tmp_path: Path) -> None:
    failed = Check(
        identity="row_numbers",
        subject="agency_scores of จังหวัด 2563",
        expected="3 rows",
        observed="1 to 4",
        tolerance="0",
        outcome="fails",
    )
    (one,) = release_of(tmp_path, result("a", score("TMUN-510101", "80.00"), checks=(failed,)))
    assert (one.dataset, one.kind, one.reasons[0].identity) == ("checks", "contradicted", "row_numbers")


def test_what_may_be_misread_is_suggested_where_it_stands(tmp_path: Path) -> None:
    """A failing sum names each cell that would put it right, with the reading that would."""
    told = "83.10; may be misread: agency_scores/2 score 80.00 for 86.00, agency_scores/1 score 90.00 for 96.00"
    failed = Check(
        identity="mean_from_rows", subject="type_summaries/1", expected="85", observed=told, tolerance="0", outcome="fails"
    )
    rows = [score(f"TMUN-51010{at}", value, verification="contradicted", row_no=at) for at, value in ((1, "90.00"), (2, "80.00"))]
    found = release_of(tmp_path, result("a", *rows, checks=(failed,)))
    assert [one.suggestions for one in found if one.dataset == "agency_scores"] == [
        (Suggestion("score", "96.00", "mean_from_rows"),),
        (Suggestion("score", "86.00", "mean_from_rows"),),
    ]


def test_the_cell_is_found_on_the_page() -> None:
    """Every current score of a sample, as it is printed, stands in one place of its row."""
    found = read_sample(WORDS_PARTS)
    source = SourceDocument.of((SAMPLES / WORDS_PARTS).read_bytes(), WORDS_PARTS, "application/pdf")
    pages = {page.number: page for page in read(source)}
    scores = [one for one in found.records if isinstance(one, AgencyScore) and one.is_current_year and one.bbox]
    assert len(scores) > 20
    for one in scores:
        assert one.bbox is not None
        chars = pages[one.page].chars
        boxes = find(chars, within(chars, one.bbox), one.score_printed)
        assert boxes
        for x0, top, x1, bottom in boxes:
            assert one.bbox[0] <= x0 < x1 <= one.bbox[2]
            assert one.bbox[1] - 2 <= top < bottom <= one.bbox[3] + 2
            assert x1 - x0 < (one.bbox[2] - one.bbox[0]) / 4


def test_a_picture_shows_the_row_and_frames_the_cell() -> None:
    from PIL import Image

    found = read_sample(WORDS_PARTS)
    one = next(one for one in found.records if isinstance(one, AgencyScore) and one.is_current_year and one.bbox)
    assert one.bbox is not None
    outside = Row((-500.0, -500.0, -400.0, -450.0), ())
    rows = (Row(one.bbox, (one.score_printed,)), Row(one.bbox, ("no such text",)), outside)
    cell, row, nothing = draw(Order(str(SAMPLES / WORDS_PARTS), one.page, rows))
    assert nothing is None
    assert cell is not None and row is not None
    assert cell.boxed and not row.boxed
    assert cell.width == pytest.approx(2 * (one.bbox[2] - one.bbox[0] + 14), abs=3)

    def framed(png: bytes) -> tuple[int, int]:
        image = Image.open(io.BytesIO(png)).convert("RGB")
        away = np.abs(np.asarray(image, np.int16) - np.array(BOX, np.int16)).sum(axis=2)
        across = np.flatnonzero((away < 60).any(axis=0))
        return int(across[0]), int(across[-1])

    (left, right), (start, end) = framed(cell.png), framed(row.png)
    assert right - left < cell.width / 4 < end - start
    assert left < cell.middle < right


@pytest.mark.parametrize("content", [b"%PDF-1.4\nbroken", b"", (SAMPLES / WORDS_PARTS).read_bytes()[:3000]])
def test_a_page_that_cannot_be_drawn_costs_its_picture_only(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "papers" / "a.pdf"
    file.parent.mkdir()
    file.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    put(tmp_path / "data", result("a", score(None, "80.00"), document_id=digest), "key")
    publish(tmp_path / "data", Provenance("1.0", "rules"))
    made = write_site(tmp_path / "data", tmp_path / "site", [file.parent])
    assert (made.review, made.pictures) == (1, 0)


def test_only_the_very_document_gives_pictures(made: Made) -> None:
    """A file of the same name may be another version: a document is known by its bytes."""
    found = doubts(open_release(made.folder))
    given = {hashlib.sha256((SAMPLES / WORDS_PARTS).read_bytes()).hexdigest(): SAMPLES / WORDS_PARTS}
    shown = list(pictures(found, given))
    assert {one.document_id for one, _ in shown} == set(given)
    assert {one.record_no for one, _ in shown} >= {planted.record_no for planted in made.planted}
    assert list(pictures(found, {})) == []


def test_printed_forms_stay_as_printed() -> None:
    row = {"score": 91.05, "score_printed": "๙๑.๐๕", "agency_count": 1200, "share": 8.0}
    assert [review.as_printed(row, name) for name in ("score", "agency_count", "share")] == ["๙๑.๐๕", "1200", "8.00"]
    assert Decimal(review.as_printed({"score": 100.0}, "score")) == 100
