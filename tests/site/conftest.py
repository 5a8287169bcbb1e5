"""A release for these tests: samples with misread digits planted in them, and text that means harm; and a browser to look with."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ita_extract.checks.judge import check_records
from ita_extract.dataset import publish, put
from ita_extract.dataset.descriptor import Provenance
from ita_extract.model.record import (
    AgencyScore,
    DocumentResult,
    IndicatorScore,
    OitItem,
    Reject,
    SurveyItem,
    SurveyRow,
)
from ita_extract.model.source import SourceDocument
from ita_extract.pipeline import extract
from ita_extract.rulebook.load import load_rulebook
from ita_extract.site import write_site
from tests.dataset.build import document, result, score

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
WORDS_PARTS = "announcement_2567_words_parts_mixed_digits.pdf"
OTHER = "announcement_2565_subdistricts_private_use.pdf"

HOSTILE_NAME = "เทศบาลตำบล<script>window.hacked=1</script>"
HOSTILE_TEXT = (
    "=cmd|'/c calc'!A1 <img src=x onerror=window.hacked=2> </script><script>window.hacked=3</script> \u2028 javascript:alert(1)"
)
COMMENT = "ไม่พบข้อมูล <b>ตามองค์ประกอบ</b>"
HOSTILE_FILE = '"><svg onload=window.hacked=4>.pdf'


@dataclass(frozen=True, slots=True)
class Planted:
    """A misread score: in which document and record it stands, what it says, and what the page says."""

    document_id: str
    record_no: int
    agency_id: str
    wrong: str
    true: str


@dataclass(frozen=True, slots=True)
class Made:
    """A data folder with one release, and what was planted in it."""

    folder: Path
    planted: tuple[Planted, ...]


def read_sample(name: str) -> DocumentResult:
    data = (SAMPLES / name).read_bytes()
    return extract(SourceDocument.of(data, name, "application/pdf"), load_rulebook())


def misread(found: DocumentResult, rows: tuple[int, ...]) -> tuple[DocumentResult, tuple[Planted, ...]]:
    """The document as if a 9 for another digit had been read in the scores of `rows` (ordinals among its current scores)."""
    records = list(found.records)
    places = [at for at, one in enumerate(records) if isinstance(one, AgencyScore) and one.is_current_year]
    scores = [at for at, one in enumerate(records) if isinstance(one, AgencyScore)]
    planted = []
    for row in rows:
        at = places[row]
        one = records[at]
        assert isinstance(one, AgencyScore) and one.agency_id
        true = f"{one.score:.2f}"
        wrong = true[:-4] + ("3" if true[-4] != "3" else "8") + true[-3:]
        records[at] = replace(one, score=Decimal(wrong), score_printed=wrong)
        planted.append(Planted(found.document_id, scores.index(at) + 1, one.agency_id, wrong, true))
    checked, checks = check_records(tuple(records), load_rulebook().frameworks)
    kept = tuple(one for one in found.checks if one.identity in ("characters_placed", "rows_accounted", "agency_name"))
    return replace(found, records=checked, checks=(*checks, *kept)), tuple(planted)


def report(agency_id: str) -> DocumentResult:
    """What an agency's own report of 2566 says: indicators, two questions, and two items of OIT of which one lost its points."""
    about: dict[str, Any] = {"page": 1, "agency_name": "จังหวัดตรัง", "fiscal_year": 2566, "bbox": None, "agency_id": agency_id}
    kind: dict[str, Any] = {"subject": "agency", "agency_type": None, "province": "ตรัง", "instrument": "IIT", "score_printed": "x"}
    indicators = [
        IndicatorScore(**about, **kind, indicator_no=no, indicator_name=f"ตัวชี้วัดที่ {no}", score=Decimal(70 + no))
        for no in range(1, 6)
    ]
    items = [
        SurveyItem(**about, instrument="IIT", item_code=code, indicator_no=1, item_text=f"คำถาม {code}", score=Decimal(score))
        for code, score in (("I1", "88.10"), ("I2", "61.30"), ("I3", "75.00"))
    ]
    four = {"share_least": Decimal(10), "share_little": Decimal(20), "share_much": Decimal(30), "share_most": Decimal(40)}
    row = SurveyRow(
        page=1, fiscal_year=2566, item_code="I2", row_no=1, row_text="ประเด็นย่อย", scale="four_step", direction="positive",
        score=Decimal("66.70"), bbox=None, agency_id=agency_id, **four,
    )  # fmt: skip
    oit = [
        OitItem(
            **about, item_code=code, item_name=f"รายการ {code}", item_key=None, indicator_no=9, sub_indicator_no=None,
            sub_indicator_name=None, section=None, score=Decimal(score), comment=comment,
        )
        for code, score, comment in (("O1", 100, None), ("O2", 0, COMMENT))
    ]  # fmt: skip
    return result("report", *indicators, *items, row, *oit, document=document(document_type="agency_report", fiscal_year=2566))


def hostile() -> DocumentResult:
    named = score("TMUN-999901", "88.88", 2567, agency_name=HOSTILE_NAME, agency_name_printed=HOSTILE_NAME)
    unknown = score(
        None, "77.77", 2567, agency_name=HOSTILE_TEXT[:60], agency_name_printed=HOSTILE_TEXT[:60], verification="unverified"
    )
    return result(
        "hostile",
        named,
        unknown,
        document=document(file_name=HOSTILE_FILE, title=HOSTILE_TEXT, fiscal_year=2567),
        rejects=(Reject(page=1, target="agency_scores", reason="NO_SCORE", detail=HOSTILE_TEXT, raw_text=HOSTILE_TEXT, bbox=None),),
    )


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("site") / "data"
    announcement, planted = misread(read_sample(WORDS_PARTS), (1, 4, 9))
    for found in (announcement, read_sample(OTHER), report(planted[0].agency_id), hostile()):
        put(folder, found, hashlib.sha256(found.document_id.encode()).hexdigest())
    publish(folder, Provenance("1.0", "rules"))
    return Made(folder, planted)


@pytest.fixture(scope="session")
def site(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "site"
    write_site(made.folder, out, [SAMPLES])
    return out


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium without a window. Tests that need it are skipped where it or Playwright is not there."""
    sync = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    with sync.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


class Watched:
    """A page of the browser, and what it complained of and asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", self._failed)
        page.on("request", lambda request: self.requests.append(request.url))

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # what a page that is left was still asking for
            self.complaints.append(f"failed: {request.url}: {request.failure}")

    def open(self, path: Path, place: str = "") -> Page:
        self.page.goto("about:blank")
        self.page.goto(path.as_uri() + place)
        self.page.wait_for_load_state("load")
        return self.page


@pytest.fixture
def watched(browser: Browser, site: Path) -> Iterator[Watched]:
    """A page that must neither complain nor ask for anything outside of the site."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    one = Watched(context.new_page())
    yield one
    context.close()
    assert one.complaints == []
    outside: list[Any] = [url for url in one.requests if not url.startswith((site.parent.as_uri(), "about:", "data:", "blob:"))]
    assert outside == []
