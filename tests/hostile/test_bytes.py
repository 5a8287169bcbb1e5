"""What the bytes of a PDF say before any engine is asked: certain of what it refuses, and cheap."""

from __future__ import annotations

import random
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest

from ita_extract.engines.bytes import check_pdf_structure
from ita_extract.errors import DocumentError

from .nasty import circle_of_pages, leaves, packed, page, pdf, stream

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples").glob("*.pdf"))
MOST = 3_000_000


def refusal(data: bytes, most: int = MOST) -> str | None:
    try:
        check_pdf_structure(data, most)
    except DocumentError as error:
        return error.code
    return None


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_good_documents_pass(path: Path) -> None:
    assert refusal(path.read_bytes()) is None


def test_circles_are_seen() -> None:
    assert refusal(pdf({1: b"1 0 R"})) == "MALFORMED"
    assert refusal(pdf({1: b"2 0 R", 2: b"3 0 R", 3: b"1 0 R"})) == "MALFORMED"
    assert refusal(circle_of_pages()) == "MALFORMED"


def test_what_only_looks_like_a_circle_is_none() -> None:
    """Fields of a form and trees of names have /Kids too, and engines read the pages beside them."""
    fields = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] >> >>",
        2: b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
        6: b"<< /T (a) /Kids [7 0 R] /Parent 7 0 R >>",
        7: b"<< /T (b) /Kids [6 0 R] /Parent 6 0 R >>",
    }
    assert refusal(pdf(fields)) is None
    assert refusal(pdf({1: b"2 0 R", 2: b"<< /Type /Catalog >>"})) is None, "a reference to a catalog is no circle"
    assert refusal(leaves(40, 1)) is None, "many ways to one page are not endless"


def test_an_object_that_was_written_anew_is_what_it_became() -> None:
    """An editor appends: what the page tree held before is still in the file."""
    before = circle_of_pages()
    after = before + b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>\nendobj\n"
    assert refusal(before) == "MALFORMED"
    assert refusal(after) is None


@pytest.mark.parametrize(
    ("size", "times", "code"),
    [(MOST, 1, None), (MOST + 1, 1, "LIMIT_STREAM"), (MOST, 2, None), (MOST + 1, 2, "LIMIT_STREAM"), (3 * MOST, 3, "LIMIT_STREAM")],
)
def test_what_is_packed_is_measured_to_the_byte(size: int, times: int, code: str | None) -> None:
    assert refusal(page(packed(bytes(size), times))) == code


def test_pictures_and_attachments_are_not_opened() -> None:
    """A page scanned in colour at 600 dots is 100 MB, and nobody needs it to read text."""
    for kind in (b"/Type /XObject /Subtype /Image", b"/Type /EmbeddedFile"):
        picture = stream(zlib.compress(bytes(2 * MOST)), kind + b" /Filter /FlateDecode")
        assert refusal(page(stream(b""), others={5: picture})) is None


def test_a_bomb_costs_little_to_see() -> None:
    data = page(packed(bytes(40_000_000), 2))
    began = time.process_time()
    tracemalloc.start()
    assert refusal(data) == "LIMIT_STREAM"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
    assert time.process_time() - began < 1


def test_no_bytes_make_it_fail_otherwise() -> None:
    seeded = random.Random(7)  # noqa: S311
    whole = SAMPLES[0].read_bytes()
    for _ in range(30):
        data = bytearray(whole)
        for _ in range(200):
            data[seeded.randrange(len(data))] = seeded.randrange(256)
        assert refusal(bytes(data[: seeded.randrange(len(data))])) in (None, "MALFORMED", "LIMIT_STREAM")
