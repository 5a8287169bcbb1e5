"""The default engine: what it tells of a page, and what it says of bytes that are none."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import fields

import numpy as np
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ita_extract.engines import ENGINES, engine
from ita_extract.engines.bytes import check_pdf_bytes, is_whole
from ita_extract.errors import DOCUMENT_CODES, DocumentError
from ita_extract.model import trace
from ita_extract.model.page import Page
from samples.forge import DAMAGES, PRODUCERS, Sheet
from samples.forge.canvas import Book
from samples.forge.dice import Dice
from tests.engines.drawn import pdf, read, source, text

AB = "BT /F1 10 Tf 50 100 Td (AB) Tj ET 50 90 m 100 90 l S"


def page_of(operators: str, **more: object) -> Page:
    (page,) = read("pdfium", pdf(operators, **more))  # type: ignore[arg-type]
    return page


def forged(line: str, damage: str, producer: str = "word", face: str = "sarabun", sheet: Sheet | None = None) -> Page:
    book = Book(sheet or Sheet(400, 140), face, DAMAGES[damage], PRODUCERS[producer], Dice("engines"))
    book.new_page()
    book.text(20, 60, line, 16)
    (page,) = read("pdfium", book.pdf())
    return page


def test_a_character_has_its_place_size_and_pen() -> None:
    page = page_of(AB)
    assert (page.number, page.width, page.height) == (1, 300.0, 200.0)
    assert text(page) == "AB"
    assert page.chars.origin.tolist()[0] == [50.0, 100.0]
    assert page.chars.size.tolist() == [10.0, 10.0]
    assert page.chars.advance[0] == pytest.approx(page.chars.origin[1, 0], abs=0.01)
    x0, top, x1, bottom = page.chars.box[0].tolist()
    assert 49 < x0 < x1 < 57
    assert 92 < top < bottom == pytest.approx(100, abs=0.2)
    assert page.chars.fonts == ("Helvetica",)
    assert page.edges.tolist() == [[50.0, 110.0, 100.0, 110.0]]


def test_arrays_have_one_entry_a_character() -> None:
    chars = page_of(AB).chars
    assert {len(getattr(chars, f.name)) for f in fields(chars) if f.name != "fonts"} == {2}


@pytest.mark.parametrize(
    ("rotate", "size", "pen", "turn"),
    [(0, (230, 150), (30, 80), 0), (90, (150, 230), (70, 30), 1), (180, (230, 150), (200, 70), 2), (270, (150, 230), (80, 200), 3)],
)
@pytest.mark.parametrize("name", ENGINES)
def test_crop_box_and_rotation_are_applied(name: str, rotate: int, size: tuple[int, int], pen: tuple[int, int], turn: int) -> None:
    (page,) = read(name, pdf(AB, crop=(20, 30, 250, 180), rotate=rotate))
    assert (page.width, page.height) == size
    assert page.chars.origin[0].tolist() == pytest.approx(pen, abs=0.01)
    assert page.chars.turn.tolist() == [turn, turn]
    assert page.chars.size.tolist() == pytest.approx([10, 10], abs=0.01)
    (edge,) = page.edges.tolist()
    assert sorted((edge[2] - edge[0], edge[3] - edge[1])) == pytest.approx([0, 50], abs=0.01)
    assert 0 <= edge[0] <= edge[2] <= size[0]
    assert 0 <= edge[1] <= edge[3] <= size[1]


@pytest.mark.parametrize("name", ENGINES)
def test_a_media_box_that_does_not_begin_at_nought(name: str) -> None:
    (page,) = read(name, pdf(AB, media=(-50, -20, 300, 200)))
    assert page.chars.origin[0].tolist() == pytest.approx([100, 100], abs=0.01)
    assert page.chars.box[0, 0] == pytest.approx(100, abs=0.5)
    assert page.edges.tolist() == [pytest.approx([100, 110, 150, 110], abs=0.01)]


@pytest.mark.parametrize("name", ENGINES)
def test_what_lies_outside_the_crop_box_is_on_no_page(name: str) -> None:
    """A printer's slug line."""
    (page,) = read(name, pdf("BT /F1 8 Tf 5 5 Td (JOB 7) Tj ET " + AB + " 0 2 m 19 2 l S", crop=(20, 30, 250, 180)))
    assert text(page) == "AB"
    assert len(page.edges) == 1


def test_content_order_is_kept_where_the_page_draws_from_right_to_left() -> None:
    page = page_of("BT /F1 10 Tf 1 0 0 1 90 100 Tm (C) Tj 1 0 0 1 50 100 Tm (A) Tj 1 0 0 1 70 100 Tm (B) Tj ET")
    assert text(page) == "CAB"
    assert page.chars.run.tolist() == [0, 1, 2]


def test_forms_are_unfolded_with_their_matrices() -> None:
    page = page_of(
        "q 2 0 0 2 10 20 cm /X0 Do Q", forms={"X0": ("BT /F1 10 Tf 5 5 Td (A) Tj ET 5 4 m 25 4 l S", (1, 0, 0, 1, 3, 0))}
    )
    assert page.chars.origin[0].tolist() == pytest.approx([10 + 2 * 8, 200 - (20 + 10)], abs=0.01)
    assert page.chars.size[0] == pytest.approx(20)
    assert page.edges.tolist() == [pytest.approx([26, 172, 66, 172], abs=0.01)]


def test_text_upside_down_and_turned_back_is_upright() -> None:
    page = page_of("BT /F1 -10 Tf -1 0 0 -1 50 100 Tm (AB) Tj ET")
    assert page.chars.turn.tolist() == [0, 0]
    assert page.chars.advance[0] > page.chars.origin[0, 0]


def test_boxes_and_strokes_are_edges() -> None:
    page = page_of("50 50 100 0.5 re f 50 80 60 30 re S 0 0 0 RG 10 10 m 20 20 l 30 10 40 10 50 10 c S 70 70 m 71 71 l n")
    edges = page.edges.round(1).tolist()
    assert [50.0, 149.5, 150.0, 150.0] in edges
    assert [110.0, 90.0, 110.0, 120.0] in edges
    long = [e for e in edges if e[0] != e[2] or e[1] != e[3]]
    assert len(long) == 6  # a bar, four sides, a slanted stroke; the curve gives none, and what is not painted neither


def test_a_scan_is_a_picture_without_characters() -> None:
    out = pikepdf.open(io.BytesIO(pdf("q 150 0 0 200 0 0 cm /Im Do Q")))
    image = out.make_stream(bytes(100))
    image.Type, image.Subtype, image.Width, image.Height = pikepdf.Name.XObject, pikepdf.Name.Image, 10, 10
    image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceGray, 8
    out.pages[0].Resources.XObject.Im = out.make_indirect(image)
    buffer = io.BytesIO()
    out.save(buffer)
    for name in ENGINES:
        (page,) = read(name, buffer.getvalue())
        assert (len(page.chars), page.image_area) == (0, 0.5)


@pytest.mark.parametrize("producer", PRODUCERS)
def test_ink_above_a_blank_is_told(producer: str) -> None:
    """ "ด าเนิน": the nikhahit maps to a space, yet the page draws a ring above the letter."""
    chars = forged("ดำเนิน", "split_am", producer).chars
    kinds = dict(zip(map(chr, chars.code.tolist()), map(chr, chars.kind.tolist()), strict=True))
    assert kinds[" "] == trace.INK_ABOVE
    plain = forged("กก กก", "clean", "libreoffice").chars
    assert set(plain.kind[plain.code == 32].tolist()) == {ord(trace.BLANK)}


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("code", ["\\011", "\\012", "\\015", "\\035", "\\205"])
def test_no_character_of_a_text_layer_breaks_its_line(name: str, code: str) -> None:
    """The tenth glyph of a font without a map, a nikhahit, came out as a line feed: "ด", a break, "าเนินการ"."""
    (page,) = read(name, pdf(f"BT /F1 10 Tf 50 100 Td (A{code}B) Tj ET"))
    assert len(text(page).splitlines()) == 1 and "\t" not in text(page)


@pytest.mark.parametrize("before", range(6, 16))
def test_a_nikhahit_without_unicode_breaks_no_line_whatever_its_number(before: int) -> None:
    """Glyphs are numbered as they come: behind so many others the nikhahit has the number of a tab, a line feed, a return."""
    for producer in PRODUCERS:
        chars = forged("กขคงจฉชซญณดตถทธ"[:before] + "ดำ", "no_entry", producer).chars
        assert {trace.UNMAPPED, trace.INK_ABOVE} & set(map(chr, chars.kind.tolist()))
        assert len("".join(map(chr, chars.code.tolist())).splitlines()) == 1


def test_ink_below_a_blank_is_told() -> None:
    chars = forged("สุข", "lower_as_space").chars
    assert ord(trace.INK_BELOW) in chars.kind.tolist()


@pytest.mark.parametrize(
    ("operators", "letters", "pens"),
    [
        ("50 100 Td (A) Tj 7 0 Td ( ) Tj 3 0 Td (B) Tj", "A B", {1: (57, 60)}),
        ("50 100 Td (A) Tj 7 0 Td ( ) Tj -7 -20 Td (B) Tj", "A B", {1: (57, 59.5)}),
        ("50 100 Td (A) Tj 7 0 Td ( ) Tj 60 0 Td (B) Tj", "A B", {1: (57, 59.5)}),
        ("50 100 Td (A) Tj 7 0 Td ( ) Tj", "A ", {1: (57, 59.5)}),
        ("50 100 Td (A) Tj 7 0 Td ( ) Tj (B) Tj", "A B", {1: (57, 59.78)}),
        ("50 100 Td (A) Tj 7 0 Td ( ) Tj 0.2 0 Td (B) Tj", "AB", {}),
        ("50 100 Td (A B) Tj", "A B", {}),
        ("1 0 0 1 57 100 Tm ( ) Tj 1 0 0 1 50 100 Tm (A) Tj", " A", {0: (57, 59.5)}),
        ("50 100 Td (A) Tj 7 0 Td /Span <</ActualText (X)>> BDC (B) Tj ( ) Tj EMC", "AX", {}),
    ],
    ids=["in a line", "at its end", "before a column", "last", "joined", "no width", "inside", "drawn before", "spoken for"],
)
def test_a_blank_that_is_a_text_object_of_its_own_is_read(
    operators: str, letters: str, pens: dict[int, tuple[float, float]]
) -> None:
    """pdfium leaves it out. Word ends a line of a paragraph so, and without it the words of two lines grow together."""
    page = page_of(f"BT /F1 10 Tf {operators} ET")
    assert text(page) == letters
    for at, (pen, end) in pens.items():
        assert (page.chars.origin[at, 0], page.chars.advance[at]) == pytest.approx((pen, end), abs=0.01)
        assert page.chars.kind[at] == ord(trace.BLANK)
        assert page.chars.box[at].tolist() == pytest.approx([pen, 100, pen, 100], abs=0.01)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_blank_of_its_own_on_a_page_that_is_turned(rotate: int) -> None:
    page = page_of("BT /F1 10 Tf 50 100 Td (A) Tj 7 0 Td ( ) Tj 3 0 Td (B) Tj ET", rotate=rotate)
    assert text(page) == "A B"
    assert page.chars.advance[1] == pytest.approx(page.chars.origin[2, rotate // 90 % 2], abs=0.01)


@pytest.mark.parametrize("turn", ["0 1 -1 0", "0 -1 1 0", "-1 0 0 -1"])
def test_a_blank_of_its_own_in_text_that_is_turned(turn: str) -> None:
    page = page_of(f"BT /F1 10 Tf {turn} 100 100 Tm (A) Tj 7 0 Td ( ) Tj 3 0 Td (B) Tj ET")
    assert text(page) == "A B"
    assert page.chars.advance[1] == pytest.approx(page.chars.origin[2, int(turn[0] == "0")], abs=0.01)


@pytest.mark.parametrize("producer", PRODUCERS)
def test_actual_text_is_spoken_once_and_where_it_stands(producer: str) -> None:
    """Two glyphs under one /ActualText: pdfium would say its text for each of them, and inside a form at the form's place."""
    page = forged("กำหนดคำ", "clean_actual", producer)
    assert text(page).replace(" ", "") == "กำหนดคำ"
    plain = forged("กำหนดคำ", "clean", producer)
    assert page.chars.origin[:, 1] == pytest.approx(plain.chars.origin[:, 1], abs=0.5)
    assert page.chars.advance == pytest.approx(plain.chars.advance, abs=2)


@pytest.mark.parametrize("producer", PRODUCERS)
@pytest.mark.parametrize("line", ["องค์การบริหารส่วนตำบลบ้านปี่", "เพื่อผู้ใหญ่ที่น้ำท่วม 2563", "เทศบาลเมืองปากน้ำปราณ ๒๕๖๗"])
def test_a_clean_line_is_read_in_the_order_of_its_letters(producer: str, line: str) -> None:
    read_back = text(forged(line, "clean", producer))
    assert read_back.replace(" ", "") == line.replace(" ", "")


def test_an_empty_page() -> None:
    page = page_of("")
    assert (len(page.chars), page.edges.shape, page.image_area) == (0, (0, 4), 0.0)


def test_pages_come_in_order() -> None:
    data = pdf(*[f"BT /F1 10 Tf 50 100 Td (P{n}) Tj ET" for n in range(5)])
    for name in ENGINES:
        assert [(page.number, text(page)) for page in read(name, data)] == [(n + 1, f"P{n}") for n in range(5)]
        assert engine(name).count_pages(source(data)) == 5


NUMBERS = st.sampled_from(["0", "-0.0001", "1e3", "99999999999", "-340282346638528859811704183484516925440", "0.5", "12", "-7"])


@given(st.lists(st.tuples(*[NUMBERS] * 6), min_size=1, max_size=4), NUMBERS)
@settings(max_examples=40)
def test_whatever_the_matrix_numbers_are_finite(matrices: list[tuple[str, ...]], size: str) -> None:
    drawn = "".join(f"q {' '.join(m)} cm BT /F1 {size} Tf 5 5 Td (AB) Tj ET 0 0 m 50 0 l S 0 0 9 9 re S Q " for m in matrices)
    for page in read("pdfium", pdf(drawn + AB)):
        for values in (page.chars.box, page.chars.origin, page.chars.advance, page.chars.size, page.edges):
            assert np.isfinite(values).all()
            assert (np.abs(values) <= 100_000).all()
        assert (page.chars.size >= 0).all()
        assert text(page).endswith("AB")


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "EMPTY"),
        (b"\0\0\r\n  ", "EMPTY"),
        (b"<!doctype html><html>404</html>", "NOT_PDF"),
        (b"PK\x03\x04" + bytes(2000), "NOT_PDF"),
        (pdf(AB)[:-200], "TRUNCATED"),
        (b"%PDF-1.7\n", "TRUNCATED"),
        (pdf(AB, encryption=pikepdf.Encryption(owner="a", user="b")), "ENCRYPTED"),
        (b"%PDF-1.7\nnothing of sense\nstartxref\n9\n%%EOF\n", "MALFORMED"),
    ],
)
def test_bytes_that_cannot_be_read_say_why(name: str, data: bytes, code: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(name, data)
    assert caught.value.code == code
    assert code in DOCUMENT_CODES


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("before", [pdf(AB), pdf(AB, encryption=pikepdf.Encryption(owner="a", user="b")), b"%PDF-1.7 startxref"])
def test_a_document_without_pages(before: bytes, name: str) -> None:
    """Whatever was opened before it: pdfium's last word may be of that."""
    with suppress(DocumentError):
        read(name, before)
    with pytest.raises(DocumentError, match="EMPTY: the document has no pages"):
        read(name, pdf())


@pytest.mark.parametrize("name", ENGINES)
def test_a_file_that_needs_no_password_to_be_read_is_read(name: str) -> None:
    """Encrypted with an owner's password alone: everyone may open it."""
    (page,) = read(name, pdf(AB, encryption=pikepdf.Encryption(owner="a", user="")))
    assert text(page) == "AB"


def test_bytes_before_the_head_do_not_matter() -> None:
    check_pdf_bytes(b"\xef\xbb\xbf\n" + pdf(AB))
    with pytest.raises(DocumentError, match="NOT_PDF"):
        check_pdf_bytes(bytes([65]) * 1100 + pdf(AB))


@given(st.binary(max_size=300))
@settings(max_examples=60)
def test_any_bytes_end_in_a_code(junk: bytes) -> None:
    for data in (junk, b"%PDF-1.4\n" + junk, b"%PDF-1.4\n" + junk + b"\nstartxref\n0\n%%EOF"):
        with pytest.raises(DocumentError) as caught:
            read("pdfium", data)
        assert caught.value.code in DOCUMENT_CODES


@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=6))
@settings(max_examples=60)
def test_damage_inside_a_file_never_ends_in_another_error(at: int, junk: bytes) -> None:
    data = pdf(AB, AB)
    at %= len(data)
    broken = data[:at] + junk + data[at + len(junk) :]
    for name in ENGINES:
        try:
            read(name, broken)
        except DocumentError as error:
            assert error.code in DOCUMENT_CODES


def test_a_whole_file_ends_with_its_end() -> None:
    assert is_whole(pdf(AB))
    assert not is_whole(pdf(AB)[:-60])
