"""The site in a real browser, opened from a disk: it works, the console stays empty, and nothing outside is asked for."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ita_extract.corrections import read_corrections
from ita_extract.dataset import publish, put
from ita_extract.dataset.descriptor import Provenance
from ita_extract.model.record import AgencyScore
from ita_extract.model.source import SourceDocument
from ita_extract.pipeline import extract
from ita_extract.rulebook.load import load_rulebook
from ita_extract.site import write_site
from ita_extract.site.pages import words
from ita_extract.site.review import HUMAN
from tests.site.conftest import COMMENT, HOSTILE_NAME, HOSTILE_TEXT, Made, Watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGES = ("index", "scores", "compare", "agency", "documents", "review")


@pytest.mark.parametrize("folder", ["", "en"])
def test_every_page_opens(folder: str, site: Path, watched: Watched) -> None:
    for name in PAGES:
        page = watched.open(site / folder / f"{name}.html")
        assert page.locator("h1").is_visible()
        assert page.locator("nav a[aria-current=page]").count() == 1


def test_an_agency_is_found_by_its_thai_name_and_opened(site: Path, made: Made, watched: Watched) -> None:
    page = watched.open(site / "scores.html", "#year=2567")
    page.locator("#table tbody th a").first.wait_for()
    name = page.locator("#table tbody th a").nth(3).inner_text()
    page.get_by_role("searchbox").fill(name[len(name) // 2 :] + " ")
    shown = page.locator("#table tbody th a")
    assert name in shown.all_inner_texts()
    assert all(name[len(name) // 2 :] in one for one in shown.all_inner_texts())
    shown.filter(has_text=name).first.click()
    page.locator("#agency .score").wait_for()  # a heading stands there before the script has drawn the agency
    assert page.locator("#agency h1").inner_text() == name
    assert page.locator("#agency svg.over-years circle.dot").count() >= 1
    page.go_back()
    page.locator("#table tbody th a").first.wait_for()
    assert page.get_by_role("searchbox").input_value().strip() == name[len(name) // 2 :]


def test_the_decomposed_sara_am_finds_the_composed_one(site: Path, watched: Watched) -> None:
    page = watched.open(site / "scores.html")
    page.locator("#table tbody th a").first.wait_for()
    same = "ITA.searchable('น\u0e4d\u0e49\u0e32') === ITA.searchable('น้\u0e33') && ITA.searchable('๑๒ ก') === ITA.searchable('12ก')"
    assert page.evaluate(same)


def test_the_table_sorts_and_says_so(site: Path, watched: Watched) -> None:
    page = watched.open(site / "en" / "scores.html", "#year=2567")
    page.locator("#table tbody th a").first.wait_for()

    def scores() -> list[float]:
        return [float(text) for text in page.locator("#table tbody td:nth-child(5)").all_inner_texts()]

    assert scores() == sorted(scores(), reverse=True) and len(scores()) > 10
    page.get_by_role("button", name="Score", exact=True).press("Enter")
    assert scores() == sorted(scores())
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Score")
    assert page.get_by_role("button", name="Score", exact=True).evaluate("one => one === document.activeElement")


def test_plots_are_drawn_in_the_embedded_face(site: Path, watched: Watched) -> None:
    page = watched.open(site / "compare.html")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("[...document.fonts].map(face => face.family + face.weight + face.status).sort()") == [
        "Sarabun400loaded",
        "Sarabun700loaded",
    ]
    text = page.locator(".year:not([hidden]) .tiles .short").first
    assert "Sarabun" in text.evaluate("one => getComputedStyle(one).fontFamily")
    wide = """(one, face) => {
        const canvas = document.createElement("canvas").getContext("2d");
        canvas.font = `40px ${face}`;
        return canvas.measureText("ที่ปรับปรุง").width;
    }"""
    assert text.evaluate(wide, "Sarabun") != text.evaluate(wide, "monospace")
    bars = page.locator(".year:not([hidden]) .histogram .bar")
    assert bars.count() > 3
    assert all((bars.nth(at).bounding_box() or {"height": 0})["height"] > 0 for at in range(3))
    assert page.locator(".year:not([hidden])").count() == 1
    page.locator("#year").select_option("2565")
    assert page.locator(".year:not([hidden])").get_attribute("data-year") == "2565"


def test_the_other_language_opens_at_the_same_place(site: Path, made: Made, watched: Watched) -> None:
    page = watched.open(site / "agency.html", f"#{made.planted[0].agency_id}")
    page.locator(".score").wait_for()
    name = page.locator("h1").inner_text()
    page.locator("#language").click()
    page.locator("html[lang=en] .score").wait_for()  # the page that is left has a score, too
    assert page.locator("h1").inner_text() == name


def test_an_agency_shows_what_is_weak(site: Path, made: Made, watched: Watched) -> None:
    page = watched.open(site / "en" / "agency.html", f"#{made.planted[0].agency_id}")
    page.locator(".score").wait_for()
    weak = page.locator("section", has=page.get_by_role("heading", name="Weakest survey items 2566"))
    assert weak.locator("tbody th").all_inner_texts() == ["I2", "I3", "I1"]
    weak.locator("summary").click()
    assert "little 20.00%" in (weak.locator("svg").get_attribute("aria-label") or "")
    lost = page.locator("section", has=page.get_by_role("heading", name="OIT items that lost points 2566"))
    assert lost.locator("tbody tr").count() == 1
    assert COMMENT in lost.inner_text() and "O2" in lost.inner_text()
    bars = page.locator("section", has=page.get_by_role("heading", name="Indicators")).locator("tbody tr")
    assert [row.split("\t")[2] for row in bars.all_inner_texts()] == ["71.00", "72.00", "73.00", "74.00", "75.00"]
    lost.get_by_role("link").click()
    page.locator("#detail h2").wait_for()


def test_text_that_means_harm_is_text(site: Path, watched: Watched) -> None:
    page = watched.open(site / "scores.html", "#year=2567&q=script")
    page.locator("#table tbody th a").first.wait_for()
    assert page.locator("#table tbody th a").first.inner_text() == HOSTILE_NAME
    page.locator("#table tbody th a").first.click()
    page.locator(".score").wait_for()
    assert page.locator("h1").inner_text() == HOSTILE_NAME
    page = watched.open(site / "documents.html", "#document=x")
    page.locator("#table tbody a").first.wait_for()
    page.get_by_role("searchbox").fill("onerror")
    page.locator("#table tbody th a").first.click()
    page.locator("#detail h2").wait_for()
    page = watched.open(site / "review.html", "#kind=rejected")
    page.locator(".entry").first.wait_for()
    assert HOSTILE_TEXT.split(" \u2028")[0] in page.locator(".entry dd.text").inner_text()
    for name in PAGES:
        page = watched.open(site / f"{name}.html", "#%3Cimg src=x onerror=window.hacked=9%3E")
        assert page.evaluate("window.hacked") is None
        assert page.evaluate("document.querySelectorAll('#content script, #content img[onerror], [onload], [onerror]').length") == 0


def decided(page: Page) -> list[dict[str, Any]]:
    with page.expect_download() as started:
        page.locator("#download").click()
    path = started.value.path()
    assert started.value.suggested_filename.endswith(".jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def entry_of(page: Page, record_no: int) -> Any:
    return (
        page.locator(".entry", has=page.locator(".where", has_text=f"agency_scores/{record_no}"))
        .filter(has=page.get_by_text(f"agency_scores/{record_no}", exact=False))
        .first
    )


def test_decisions_are_saved_and_downloaded(site: Path, made: Made, watched: Watched) -> None:
    wrong = made.planted[0]
    page = watched.open(site / "en" / "review.html", f"#document={wrong.document_id}")
    page.locator(".entry").first.wait_for()
    entry = entry_of(page, wrong.record_no)
    picture = entry.locator("img")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth > 200", arg=picture.element_handle())
    assert wrong.wrong in entry.inner_text()

    entry.get_by_role("button", name=wrong.true).first.click()
    assert page.locator("#notice").inner_text() == words()["en"]["review.who.missing"]
    page.get_by_label("Your name").fill("สมหญิง ใจดี")
    entry.get_by_role("button", name=wrong.true).first.click()
    assert f"Corrected to {wrong.true}" in entry.inner_text()

    other = page.locator(".entry:not(.decided)").first
    other.focus()
    page.keyboard.press("a")
    assert page.locator(".entry.decided").count() == 2
    lines = decided(page)
    (line,) = [line for line in lines if line["decision"] == "correct"]
    assert len(lines) == 2
    assert {name: line[name] for name in ("document_id", "dataset", "record_no", "field", "before", "after", "who")} == {
        "document_id": wrong.document_id,
        "dataset": "agency_scores",
        "record_no": wrong.record_no,
        "field": "score",
        "before": wrong.wrong,
        "after": wrong.true,
        "who": "สมหญิง ใจดี",
    }
    assert set(line) == {
        "document_id",
        "dataset",
        "record_no",
        "field",
        "page",
        "bbox",
        "before",
        "after",
        "decision",
        "who",
        "why",
        "date",
    }
    assert line["page"] >= 1 and len(line["bbox"]) == 4 and line["why"]

    page = watched.open(site / "review.html", f"#document={wrong.document_id}&state=decided")
    page.locator(".entry").first.wait_for()
    assert page.locator(".entry.decided").count() == page.locator(".entry").count() == 2
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#clear").click()
    assert page.locator("#download").is_disabled()
    restored = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    page.locator("#restore input").set_input_files({"name": "c.jsonl", "mimeType": "text/plain", "buffer": restored})
    page.locator(".entry.decided").first.wait_for()
    assert sorted(map(json.dumps, decided(page))) == sorted(map(json.dumps, lines))


def test_a_downloaded_decision_is_applied(tmp_path: Path, browser: Browser) -> None:
    """From a doubtful value to the file, and from the file to the value, which then says that a person put it right."""
    lines = (
        "ประกาศสำนักงาน ป.ป.ช. เรื่อง ผลการประเมินคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ ประจำปีงบประมาณ พ.ศ. 2563",
        "",
        "ประเภทจังหวัด",
        "",
        "ที่\tหน่วยงาน\tคะแนน 2562\tคะแนน 2563\tระดับผลการประเมิน\tค่าเป้าหมายแผนแม่บท",
        "1\tจังหวัดกระบี่\t80.12\t91.05\tA\tผ่าน",
        "2\tจังหวัดตรัง\t71.00\t47.30\tC\tไม่ผ่าน",  # 67.30, or 74.30: both have grade C
        "3\tจังหวัดพังงา\t71.00\t77.30\tB\tไม่ผ่าน",
    )
    source = SourceDocument.of("\n".join(lines).encode(), "a.txt", "text/plain")
    rulebook = load_rulebook()
    put(tmp_path / "data", extract(source, rulebook), "before")
    publish(tmp_path / "data", Provenance("1.0", "rules"))
    write_site(tmp_path / "data", tmp_path / "site")

    page = browser.new_page(accept_downloads=True)
    Watched(page).open(tmp_path / "site" / "en" / "review.html")
    page.get_by_label("Your name").fill("สมหญิง ใจดี")
    entry = page.locator(".entry.contradicted")
    entry.wait_for()
    assert entry.locator(".values button").all_inner_texts() == ["67.30", "74.30"]
    entry.get_by_label("Reason").fill("read on the page")
    entry.get_by_role("button", name="67.30").click()
    with page.expect_download() as started:
        page.locator("#download").click()
    started.value.save_as(tmp_path / "corrections.jsonl")
    page.close()

    decisions = read_corrections(tmp_path / "corrections.jsonl", rulebook.fields).of(source.document_id)
    found = extract(source, rulebook, decisions=decisions)
    (changed,) = (one for one in found.records if isinstance(one, AgencyScore) and one.agency_name == "จังหวัดตรัง" and one.grade)
    assert (changed.score, changed.score_printed, changed.verification) == (Decimal("67.30"), "47.30", "corrected")
    (told,) = (check for check in found.checks if check.identity == HUMAN)
    assert told.outcome == "corrected" and "สมหญิง ใจดี" in f"{told.expected} {told.observed} {told.subject}"
    put(tmp_path / "data", found, "after")
    publish(tmp_path / "data", Provenance("1.0", "rules"))
    assert write_site(tmp_path / "data", tmp_path / "site").review == 0


def test_a_correction_must_be_a_new_number(site: Path, made: Made, watched: Watched) -> None:
    wrong = made.planted[0]
    page = watched.open(site / "en" / "review.html", f"#document={wrong.document_id}")
    page.get_by_label("Your name").fill("x")
    entry = entry_of(page, wrong.record_no)
    field = entry.get_by_label("Right value")
    published = wrong.wrong if "contradicted" in (entry.get_attribute("class") or "") else wrong.true
    for typed, key in (("", "missing"), ("about 90", "number"), (published, "same")):
        field.fill(typed)
        field.press("Enter")
        assert entry.locator(".warning").inner_text() == words()["en"][f"review.value.{key}"]
    assert page.locator("#download").is_disabled()


def test_keys_go_through_the_entries(site: Path, watched: Watched) -> None:
    page = watched.open(site / "review.html")
    page.locator(".entry").first.wait_for()
    at = "() => [...document.querySelectorAll('.entry')].indexOf(document.activeElement)"
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate(at) == 1
    page.keyboard.press("k")
    assert page.evaluate(at) == 0
    page.keyboard.press("a")
    assert page.evaluate("document.activeElement.name") == "who"
    page.keyboard.type("jad")
    assert page.locator(".entry.decided").count() == 0


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (name != "agency")) for name in PAGES])
def test_the_keyboard_reaches_everything(name: str, site: Path, made: Made, watched: Watched) -> None:
    """Whatever can be clicked is reached by Tab, in order, and shows that it is."""
    page = watched.open(site / f"{name}.html", f"#{made.planted[0].agency_id}" if name == "agency" else "")
    page.wait_for_timeout(200)
    script = """() => [...document.querySelectorAll('a[href], button:not(:disabled), input, select, summary, [tabindex="0"]')]
        .filter(one => one.checkVisibility({checkVisibilityCSS: true}) || one.matches('input[type=file], .skip'))
        .map((one, at) => { one.dataset.stop = at; return at; })"""
    wanted = set(page.evaluate(script))
    reached: list[int] = []
    for _ in range(len(wanted) + 5):
        page.keyboard.press("Tab")
        stop = page.evaluate("document.activeElement?.dataset.stop ?? null")
        if stop is None:
            break
        reached.append(int(stop))
    assert set(reached) == wanted
    assert reached[: len(wanted)] == sorted(reached[: len(wanted)])
    assert page.evaluate("getComputedStyle(document.querySelector('.brand')).outlineStyle") == "none"
    page.locator(".brand").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.querySelector('.brand')).outlineStyle") == "solid"


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(scheme: str, site: Path, made: Made, browser: Browser) -> None:
    """Every text stands out from what is behind it by 4.5 to 1, large text by 3 to 1 (WCAG AA)."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})  # type: ignore[arg-type]
    watched = Watched(context.new_page())
    faint: dict[str, Any] = {}
    for name in PAGES:
        page = watched.open(site / f"{name}.html", f"#{made.planted[0].agency_id}" if name == "agency" else "")
        page.wait_for_timeout(200)
        found = page.evaluate((Path(__file__).parent / "contrast.js").read_text(encoding="utf-8"))
        assert found["seen"] > 10
        faint |= {f"{name}: {told}": ratio for told, ratio in found["faint"]}
    context.close()
    assert faint == {}


@pytest.mark.slow
def test_a_phone_shows_all_without_scrolling_sideways(site: Path, made: Made, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    watched = Watched(context.new_page())
    for name in PAGES:
        page = watched.open(site / f"{name}.html", f"#{made.planted[0].agency_id}" if name == "agency" else "")
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    page.locator("select[name=document]").select_option(made.planted[0].document_id)
    frame = page.locator(".entry", has_text=made.planted[0].true).locator(".row-picture").first
    frame.wait_for()
    page.wait_for_timeout(100)
    assert frame.evaluate("one => one.scrollLeft > 0 || one.scrollWidth <= one.clientWidth")
    context.close()
    assert watched.complaints == []


def test_pages_say_what_they_can_without_scripts(site: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "en" / "compare.html").as_uri())
    assert page.locator(".year").count() == page.locator(".year:visible").count() > 1
    page.goto((site / "en" / "scores.html").as_uri())
    assert words()["en"]["site.script"] in page.locator("main").inner_text()
    context.close()
