"""A page whose content is damaged is told as such by both engines; a page on which nothing is printed is no damage."""

from __future__ import annotations

import io
import random
import re
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Encryption, Name, ObjectStreamMode, Pdf, Stream

from ita_extract.engines import engine
from ita_extract.engines.flate import open_flate, suspicion_of
from ita_extract.errors import DocumentError
from tests.engines.drawn import pdf, source

ENGINES = ("pdfium", "pdfplumber")
LINES = 120
DRAWN = "".join(
    f"BT /F1 6 Tf 1 0 0 1 {10 + 70 * (n % 4)} {190 - 6 * (n // 4)} Tm ({n * 7919 % 10000}.25) Tj ET\n" for n in range(LINES)
)
CONTENT = DRAWN.encode()
PACKED = zlib.compress(CONTENT)
MIDDLE = len(PACKED) // 2
Change = Callable[[Pdf, pikepdf.Page], None]


def document(change: Change, **how: Any) -> bytes:
    """Three pages, the second changed; streams are written as they are."""
    out = Pdf.open(io.BytesIO(pdf(DRAWN, DRAWN, DRAWN)))
    change(out, out.pages[1])
    buffer = io.BytesIO()
    out.save(buffer, **{"compress_streams": False, "object_stream_mode": ObjectStreamMode.disable, **how})
    return buffer.getvalue()


def packed(data: bytes, filters: object = Name.FlateDecode, parameters: object = None) -> Change:
    def change(out: Pdf, page: pikepdf.Page) -> None:
        stream = Stream(out, b"")
        stream.write(data, filter=filters, decode_parms=parameters)
        page.obj.Contents = out.make_indirect(stream)

    return change


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]


def in_a_form(out: Pdf, page: pikepdf.Page) -> None:
    """The page draws a form, and only that is damaged; a form that it has and does not draw may be as broken as it likes."""
    form, other = Stream(out, b""), Stream(out, b"")
    form.write(PACKED[:MIDDLE], filter=Name.FlateDecode)
    other.write(bytes(99), filter=Name.FlateDecode)
    for one in (form, other):
        one.Type, one.Subtype, one.BBox, one.Resources = Name.XObject, Name.Form, Array([0, 0, 999, 999]), page.obj.Resources
    page.obj.Resources = Dictionary(XObject=Dictionary(Fm0=out.make_indirect(form), Fm1=out.make_indirect(other)))
    page.obj.Contents = out.make_stream(b"q /Fm0 Do Q")


def beside(data: bytes) -> Change:
    """A content in two parts, the second of which is `data`."""

    def change(out: Pdf, page: pikepdf.Page) -> None:
        packed(data)(out, page)
        page.obj.Contents = Array([out.make_stream(CONTENT), page.obj.Contents])

    return change


def contents(make: Callable[[Pdf], object]) -> Change:
    return lambda out, page: setattr(page.obj, "Contents", make(out))


def number_of(data: bytes) -> int:
    """The number of the content of the second page."""
    with Pdf.open(io.BytesIO(data)) as found:
        return int(found.pages[1].obj.Contents.objgen[0])


def gone() -> bytes:
    """The page names a content that the file does not hold."""
    data = document(packed(PACKED))
    return data.replace(b"/Contents %d 0 R" % number_of(data), b"/Contents 99 0 R")


def emptied() -> bytes:
    """Said to be some hundred bytes, and without one. (Said to be none it is a blank page: so qpdf writes them.)"""
    data = document(packed(PACKED))
    at = data.index(PACKED, data.index(b"\n%d 0 obj" % number_of(data)))
    return data[:at] + data[at + len(PACKED) :]


NOTHING = "nothing of it was read"
LOST: dict[str, tuple[Change, str]] = {
    "damaged in the middle": (packed(flipped(PACKED, 70)), NOTHING),
    "overwritten": (packed(random.Random(3).randbytes(len(PACKED))), "cannot be unpacked"),  # noqa: S311
    "zeros": (packed(bytes(len(PACKED))), "cannot be unpacked"),
    "checksum of something else": (packed(PACKED[:-4] + b"abcd"), "does not fit its checksum"),
    "unknown way of packing": (packed(PACKED, Name.FlateDecod), "'FlateDecod' is no way of packing text"),
    "packed as a picture": (packed(PACKED, Name.DCTDecode), "'DCTDecode' is no way of packing text"),
    "predicted, it says": (packed(PACKED, parameters=Dictionary(Predictor=12, Columns=5)), "cannot be unpacked"),
    "packed, and does not say so": (packed(PACKED, None), "holds no drawing instructions"),
    "zeros, not packed": (packed(bytes(500), None), "is 500 zeros"),
}
KEPT: dict[str, tuple[Change, str]] = {
    "cut": (packed(PACKED[:MIDDLE]), "; what comes before was read"),
    "cut near its end": (packed(PACKED[: len(PACKED) - 20]), "; what comes before was read"),
    "cut, in letters": (
        packed(PACKED[:MIDDLE].hex().encode() + b">", Array([Name.ASCIIHexDecode, Name.FlateDecode])),
        "breaks off",
    ),
    "a form": (in_a_form, "; what comes before was read"),
    "one of two parts": (beside(bytes(50)), "part of its content cannot be unpacked; the rest of the page was read"),
}
WHOLE: dict[str, Change] = {
    "as it was": packed(PACKED),
    "without checksum": packed(PACKED[:-4]),
    "without half of its checksum": packed(PACKED[:-2]),
    "line ends behind it": packed(PACKED + b"\r\n"),
    "packed twice": packed(zlib.compress(PACKED), Array([Name.FlateDecode, Name.FlateDecode])),
    "predicted": packed(
        zlib.compress(b"".join(b"\0" + CONTENT[at : at + 5].ljust(5) for at in range(0, len(CONTENT), 5))),
        parameters=Dictionary(Predictor=12, Columns=5),
    ),
}
BLANK: dict[str, Change] = {
    "no content": lambda out, page: page.obj.__delitem__("/Contents"),
    "an empty list": contents(lambda out: Array([])),
    "no bytes": contents(lambda out: out.make_stream(b"")),
    "nothing drawn": contents(lambda out: out.make_stream(b"q 1 0 0 1 0 0 cm Q\n")),
    "nothing, packed": packed(zlib.compress(b"")),
}


def told(name: str, data: bytes) -> tuple[list[int], str, list[str]]:
    """How many characters each page gave that was read, what is said of the second of them, and of those that were not read."""
    lost: list[str] = []
    pages = list(engine(name).read(source(data), lost=lambda number, error: lost.append(f"{number} {error.code} {error.detail}")))
    return [len(page.chars) for page in pages], "".join(page.damage for page in pages), lost


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("case", LOST)
def test_a_page_of_which_nothing_can_be_trusted_is_not_read(case: str, name: str) -> None:
    change, words = LOST[case]
    counts, damage, lost = told(name, document(change))
    assert len(counts) == 2
    assert not damage
    (said,) = lost
    assert said.startswith("2 MALFORMED page 2 of 3: its content ")
    assert words in said


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("case", KEPT)
def test_what_is_right_of_a_damaged_page_is_kept_and_told(case: str, name: str) -> None:
    change, words = KEPT[case]
    (first, second, third), damage, lost = told(name, document(change))
    assert first == third
    assert 0 < second <= first
    assert lost == []
    assert damage.startswith("page 2 of 3: ")
    assert words in damage


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("case", WHOLE)
def test_what_is_whole_is_not_called_damaged(case: str, name: str) -> None:
    (first, second, third), damage, lost = told(name, document(WHOLE[case]))
    assert (first, damage, lost) == (second, "", [])
    assert second == third


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("case", BLANK)
def test_a_blank_page_is_blank(case: str, name: str) -> None:
    (_, second, _), damage, lost = told(name, document(BLANK[case]))
    assert (second, damage, lost) == (0, "", [])


@pytest.mark.parametrize("name", ENGINES)
def test_a_content_that_is_not_there_is_told(name: str) -> None:
    counts, _, lost = told(name, gone())
    assert len(counts) == 2
    assert lost == ["2 MALFORMED page 2 of 3: its content (object 99) is not in the file; nothing of it was read"]


@pytest.mark.parametrize("name", ENGINES)
def test_a_content_without_a_byte_is_told(name: str) -> None:
    _, _, lost = told(name, emptied())
    assert "2 MALFORMED page 2 of 3: its content cannot be unpacked" in "".join(lost)


@pytest.mark.parametrize("name", ENGINES)
def test_a_content_in_another_file_is_told(name: str) -> None:
    def outside(out: Pdf, page: pikepdf.Page) -> None:
        page.obj.Contents = out.make_stream(b"")
        page.obj.Contents.F = pikepdf.String("/etc/hostname")

    _, _, lost = told(name, document(outside))
    assert "stands in another file, which is not opened" in "".join(lost)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("length", [0, len(PACKED) - 300, len(PACKED) + 40, 999])
def test_a_length_that_is_written_wrong_loses_nothing(length: int, name: str) -> None:
    data = document(packed(PACKED))
    at = data.index(b"/Length", data.index(b"\n%d 0 obj" % number_of(data)))
    right = re.match(rb"/Length (\d+)", data[at:])
    assert right is not None
    wrong = data[:at] + b"/Length " + (b"%d" % length).ljust(len(right[1])) + data[at + len(right[0]) :]
    (first, second, _), damage, lost = told(name, wrong)
    assert (first, damage, lost) == (second, "", [])


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("revision", [3, 4, 6])
def test_damage_is_seen_in_what_is_encrypted(revision: int, name: str) -> None:
    weak = {"aes": revision > 3, "metadata": False} if revision < 6 else {}
    lock = Encryption(owner="owner", user="", R=revision, **weak)
    counts, damage, lost = told(name, document(packed(PACKED[:MIDDLE]), encryption=lock))
    assert (len(counts), lost) == (3, [])
    assert "breaks off" in damage
    counts, damage, lost = told(name, document(packed(PACKED), encryption=lock))
    assert (len(set(counts)), damage, lost) == (1, "", [])


@pytest.mark.parametrize("name", ENGINES)
def test_checksums_that_are_all_made_up_say_nothing(name: str) -> None:
    """A program that writes any four bytes behind what it packs has damaged nothing."""

    def change(out: Pdf, _: pikepdf.Page) -> None:
        for page in out.pages:
            packed(PACKED[:-4] + b"\0\0\0\1")(out, page)

    counts, damage, lost = told(name, document(change))
    assert (len(counts), damage, lost) == (3, "", [])


def test_where_nobody_listens_damage_is_raised() -> None:
    with pytest.raises(DocumentError, match="page 2 of 3: its content cannot be unpacked"):
        list(engine("pdfium").read(source(document(packed(bytes(99))))))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, len(PACKED) - 1), st.integers(1, 255))
def test_no_changed_byte_goes_unseen(at: int, bits: int) -> None:
    changed = PACKED[:at] + bytes([PACKED[at] ^ bits]) + PACKED[at + 1 :]
    opened = open_flate(changed)
    assert opened.damage is not None or opened.data == CONTENT


@settings(max_examples=30, deadline=None)
@given(st.integers(2, len(PACKED) - 5))
def test_no_cut_goes_unseen_and_what_comes_before_is_right(at: int) -> None:
    opened = open_flate(PACKED[:at])
    assert opened.damage is not None
    assert opened.damage.cut
    assert CONTENT.startswith(opened.data)


def test_a_good_file_raises_no_suspicion() -> None:
    assert not suspicion_of(pdf(DRAWN, DRAWN)).damage
    assert suspicion_of(document(packed(PACKED[:MIDDLE]))).damage
