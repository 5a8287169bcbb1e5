"""Makes the pictures of the documentation, docs/pictures/*.png: the site over a release of the samples, seen in Chromium.

    make pictures

So that the review has something to show, one digit of one score of a sample is read wrongly here on purpose.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from ita_extract.checks.judge import check_records
from ita_extract.dataset import publish, put
from ita_extract.dataset.descriptor import Provenance
from ita_extract.model.record import AgencyScore, DocumentResult
from ita_extract.model.source import SourceDocument
from ita_extract.pipeline import extract
from ita_extract.rulebook.load import load_rulebook
from ita_extract.site import write_site

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "samples"
MISREAD = "announcement_2565_subdistricts_private_use.pdf"
COLORS = 255


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of one page: where it is opened, and how large the window is; `light`, or else dark."""

    name: str
    page: str
    width: int
    height: int
    light: bool = True
    scale: float = 1.0


SHOTS = (
    Shot("overview", "en/index.html", 1180, 900),
    Shot("compare", "compare.html#year=2564", 1180, 1000),
    Shot("agency", "en/agency.html#{agency}", 1180, 1000),
    Shot("review", "en/review.html#kind=corrected", 1180, 760),
    Shot("phone", "scores.html", 400, 800),
    Shot("dark", "en/compare.html#year=2564", 1180, 760, light=False),
)


def release(folder: Path) -> str:
    """Publishes the samples into `folder`, one score misread; gives the agency of which the most years are known."""
    known: dict[str, set[int]] = {}
    for path in sorted(SAMPLES.glob("*.pdf")):
        found = extract(SourceDocument.of(path.read_bytes(), path.name, "application/pdf"), load_rulebook())
        for record in found.records:
            if agency := getattr(record, "agency_id", None):
                known.setdefault(agency, set()).add(record.fiscal_year)
        put(folder, misread(found) if path.name == MISREAD else found, path.name)
    publish(folder, Provenance("samples", "rules"))
    return max(known, key=lambda agency: (len(known[agency]), agency))


def misread(found: DocumentResult) -> DocumentResult:
    """The document as if in its last score that reached the target the first digit had been read as a 4."""
    records = list(found.records)
    at = max(at for at, one in enumerate(records) if isinstance(one, AgencyScore) and one.is_current_year and one.target_passed)
    one = records[at]
    if isinstance(one, AgencyScore):
        wrong = "4" + f"{one.score:.2f}"[1:]
        records[at] = replace(one, score=Decimal(wrong), score_printed=wrong)
    checked, checks = check_records(tuple(records), load_rulebook().frameworks)
    return replace(found, records=checked, checks=(*found.checks[:2], *checks))


def shoot(browser: Any, site: Path, shot: Shot, agency: str) -> bytes:
    from PIL import Image

    scheme = "light" if shot.light else "dark"
    page = browser.new_page(
        viewport={"width": shot.width, "height": shot.height}, color_scheme=scheme, device_scale_factor=shot.scale
    )
    page.goto(site.as_uri() + "/" + shot.page.format(agency=agency))
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(300)
    seen = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    image = seen.quantize(COLORS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    page.close()
    data = io.BytesIO()
    image.save(data, "PNG", optimize=True)
    return data.getvalue()


def main() -> None:
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("There is no Chromium here. On Debian: apt-get install chromium")
    out = ROOT / "docs" / "pictures"
    out.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        agency = release(Path(folder) / "data")
        write_site(Path(folder) / "data", Path(folder) / "site", [SAMPLES])
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for shot in SHOTS:
                (out / f"{shot.name}.png").write_bytes(shoot(browser, Path(folder) / "site", shot, agency))
                print(f"docs/pictures/{shot.name}.png")
            browser.close()


if __name__ == "__main__":
    main()
