"""The forge itself: damage never shows on the page, figures agree with one another, and every way of writing a page can be read."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pdfplumber
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samples.forge import DAMAGES, PRODUCERS, Layout, Sheet, Style, forge_announcement, forge_measures
from samples.forge.agencies import ENTERPRISE, TYPES, dictionary_key, draw_rows, grade_of, places, scale_of, summarise
from samples.forge.canvas import Book, to_unicode
from samples.forge.damage import Damage, apply
from samples.forge.dice import Dice
from samples.forge.faces import FAMILIES, shape

HARD = "น้ำ กำ ซ้ำ ปำ ปี่ ปิ้ง ที่ เพื่อ ผู้ใหญ่ ฐู ญุ ฟ้า ฝ่าย สัมฤทธิ์ เว็บ 12.50% (ITA)"
LINES = (HARD, "องค์การบริหารส่วนตำบลกำแพงเพชร", "เทศบาลเมืองปากน้ำปราณ ๒๕๖๗")


def drawn(damage: str, face: str = "sarabun", producer: str = "reportlab") -> bytes:
    book = Book(Sheet(400, 140), face, DAMAGES[damage], PRODUCERS[producer], Dice("test"))
    book.new_page()
    for i, line in enumerate(LINES):
        book.text(20, 40 + 30 * i, line, 16, bold=i == 2)
    return book.pdf()


def picture(pdf: bytes) -> bytes:
    return bytes(pypdfium2.PdfDocument(pdf)[0].render(scale=2, grayscale=True).to_pil().tobytes())


def words(pdf: bytes) -> str:
    """The characters in content order without spaces, sara am whole.

    By pdfplumber: pdfium orders characters anew by their place. It passes over /ActualText, so two glyphs are seen under it.
    """
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        said = "".join(c["text"] for page in document.pages for c in page.chars)
    return re.sub(r"\s", "", re.sub("\u0e4d([\u0e48-\u0e4b]?)า", r"\1ำ", said))


SAME_PICTURE = [(d, face) for d, v in DAMAGES.items() if not v.doubled and v.am_share == 1 for face in FAMILIES]


@pytest.mark.parametrize(
    ("damage", "face"),
    [pytest.param(*pair, marks=() if n % (len(FAMILIES) + 1) == 0 else pytest.mark.slow) for n, pair in enumerate(SAME_PICTURE)],
)
def test_damage_never_shows_on_the_page(damage: str, face: str) -> None:
    """Pages that draw sara am as one glyph are compared with each other, those that draw it as two likewise."""
    twin = "clean" if DAMAGES[damage].sara_am == "whole" else "decomposed"
    assert picture(drawn(damage, face)) == picture(drawn(twin, face))


@pytest.mark.parametrize("face", FAMILIES)
@pytest.mark.parametrize("producer", PRODUCERS)
@pytest.mark.parametrize("damage", ["clean", "clean_actual"])
def test_a_clean_text_layer_says_what_the_page_shows(damage: str, producer: str, face: str) -> None:
    said = words(drawn(damage, face, producer))
    for line in LINES:
        assert re.sub(r"\s", "", line) in said


@pytest.mark.parametrize(
    ("damage", "word", "meaning"),
    [
        ("split_am", "กำ", "ก า"), ("split_am", "น้ำ", "น ้า"), ("split_am_keep", "กำ", "ก ำ"),
        ("lost_am", "กำ", "กา"), ("mai_tho", "กำ", "ก้า"), ("fffd", "กำ", "ก\ufffdำ"),
        ("fffd_aa", "กำ", "ก\ufffdา"), ("fffd_after", "กำ", "กำ\ufffd"), ("decomposed", "น้ำ", "น\u0e4d้า"),
        ("am_for_aa", "กาก", "กำก"), ("am_for_aa", "กำ", "ก ำ"), ("tone_first", "ที่", "ท่ี"),
        ("tone_first", "ผู้", "ผู้"), ("mojibake", "ดี", "´Õ"), ("pua", "ที่", "ที่"),
        ("pua", "ต้น", "ต\uf70bน"), ("pua", "ป่า", "ป\uf705า"), ("pua", "ปี่", "ป\uf702\uf713"),
        ("pua", "ฟัง", "ฟ\uf710ง"), ("pua", "ญุ", "\uf70fุ"), ("pua", "ฐู", "\uf700ู"),
        ("pua_mac", "ต้น", "ต\uf88eน"), ("pua_mac", "ปี่", "ป\uf886\uf88a"), ("lower_as_space", "สุข", "ส ข"),
        ("clean", "น้ำ", "น้ำ"), ("pua_split_am", "น้ำ", "น ้า"),
    ],
)  # fmt: skip
def test_what_each_damage_makes_of_a_word(damage: str, word: str, meaning: str) -> None:
    glyphs = shape("Sarabun-Regular", word)
    assert "".join(s.meaning or "" for s in apply(DAMAGES[damage], glyphs, Dice("x"))) == meaning


def test_a_nikhahit_without_an_entry_is_not_in_the_map() -> None:
    shown = apply(DAMAGES["no_entry"], shape("NotoSerifThai-Regular", "กำ"), Dice("x"))
    assert [s.meaning for s in shown] == ["ก", None, "า"]
    assert to_unicode([(1, "ก"), (2, None), (3, "")]).count(b"> <") == 2 + 1  # the code space range is one


def test_carried_marks_stand_after_the_next_consonant() -> None:
    shown = apply(Damage(carried=1.0), shape("Sarabun-Regular", "ปฏิบัติ"), Dice("x"))
    assert "".join(s.meaning or "" for s in shown) == "ปฏบิตัิ"


@pytest.mark.parametrize("damage", [d for d, v in DAMAGES.items() if not v.mojibake])
def test_damage_keeps_consonants_digits_and_latin_letters(damage: str) -> None:
    said = "".join(s.meaning or "" for s in apply(DAMAGES[damage], shape("Sarabun-Regular", HARD), Dice("x")))
    tails = said.replace("\uf70f", "ญ").replace("\uf700", "ฐ").replace("\uf89a", "ญ").replace("\uf89e", "ฐ")
    kept = re.compile(r"[^ก-ฮ0-9A-Za-zเ-ไะ]")
    assert kept.sub("", tails) == kept.sub("", HARD)


@given(st.integers(0, 10**6), st.sampled_from(TYPES), st.integers(1, 15), st.sampled_from((2563, 2565, 2566, 2568)))
@settings(max_examples=150, deadline=None)
def test_a_summary_follows_from_its_rows(seed: int, agency_type: str, count: int, year: int) -> None:
    rows = draw_rows(Dice(str(seed)), agency_type, count, year, first=90)
    count = min(count, 12) if agency_type == ENTERPRISE else count
    summary = summarise(Dice(str(seed)), rows, year)
    v = summary.indicators
    weighted = Decimal("0.3") * sum(v[:5]) / 5 + Decimal("0.3") * sum(v[5:8]) / 3 + Decimal("0.4") * sum(v[8:]) / 2
    assert abs(weighted - summary.mean) <= Decimal("0.005")
    assert abs(sum(r.score for r in rows) / count - summary.mean) <= Decimal("0.005")
    assert all(0 <= x <= 100 for x in v)
    assert [g for g, _, _ in summary.grades] == list(scale_of(year))
    assert sum(n for _, n, _ in summary.grades) == count == summary.passed + summary.failed
    assert len({(r.province, r.district, r.name) for r in rows}) == count
    assert abs(sum(share for _, _, share in summary.grades) - 100) <= Decimal("0.05")
    assert [r.number for r in rows] == list(range(90, 90 + count))
    assert all(r.grade == grade_of(r.score, r.parts, year) and r.passed == (r.score >= 85) for r in rows)
    for iit, eit, oit, score in ((*r.parts, r.score) for r in rows):
        assert abs(Decimal("0.3") * (iit + eit) + Decimal("0.4") * oit - score) <= Decimal("0.005")


def test_places_are_many_distinct_and_hard() -> None:
    assert len(set(places())) == len(places()) >= 400
    assert len({p for p, _, _ in places()}) == 76
    assert sum("ำ" in "".join(p) for p in places()) > 100
    assert dictionary_key("เกาะ") < dictionary_key("ขาม")


@pytest.mark.parametrize("seed", [pytest.param(seed, marks=[pytest.mark.slow] * (seed > 2)) for seed in range(12)])
def test_a_clean_announcement_of_any_layout_shows_its_rows(seed: int) -> None:
    forged = forge_announcement(seed, damage="clean", digits="arabic", rows_per_type=4)
    said = words(forged.pdf)
    for row in forged.expected["agency_scores"]:
        assert f"{row['score']:.2f}" in said
    assert all(r["target_passed"] is not None for r in forged.expected["agency_scores"] if r["is_current_year"])
    assert all(r["grade"] is None for r in forged.expected["agency_scores"] if not r["is_current_year"])


def test_what_is_asked_for_is_kept() -> None:
    layout = Layout(Sheet(841.89, 595.28, rotate=270, margin_cut=(20.0, 14.0)), Style(10), title_page=False, summaries=False)
    forged = forge_announcement(
        3,
        year=2566,
        types=["เทศบาลตำบล"],
        rows_per_type=5,
        layout=layout,
        damage="clean",
        face="looped",
        producer="imported",
        digits="thai",
        earlier=False,
        parts=True,
        first_numbers=[1000],
    )
    scores = forged.expected["agency_scores"]
    assert [r["row_no"] for r in scores] == [1000, 1001, 1002, 1003, 1004]
    assert len(forged.expected["instrument_scores"]) == 15
    assert set(forged.expected) == {"agency_scores", "instrument_scores"}
    page = pypdfium2.PdfDocument(forged.pdf)[0]
    assert page.get_rotation() == 270
    assert page.get_size() == pytest.approx((841.89, 595.28), abs=0.01)
    assert "๒๕๖๖" in words(forged.pdf)


def test_the_same_seed_gives_the_same_document_and_another_gives_another() -> None:
    first, again, other = (forge_announcement(seed, rows_per_type=4) for seed in (5, 5, 6))
    assert (first.pdf, first.expected) == (again.pdf, again.expected)
    assert first.pdf != other.pdf


@pytest.mark.parametrize("seed", [pytest.param(seed, marks=[pytest.mark.slow] * (seed > 2)) for seed in range(6)])
def test_a_measures_report_shows_its_cells(seed: int) -> None:
    forged = forge_measures(seed, damage="clean", layout=Layout(style=Style(11, split_rows=True)))
    said = words(forged.pdf)
    assert [r["seq"] for r in forged.expected["measures"]] == list(range(1, 9))
    for row in forged.expected["measures"]:
        assert str(row["steps"]).split("\n")[0].split(" ")[0][:6] in said
        assert "\u200b" not in str(row)
        assert "|" not in str(row)
