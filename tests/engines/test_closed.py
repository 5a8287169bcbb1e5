"""Of a file that cannot be opened it is told truly why: a lock, a lock that is none, another kind of file."""

from __future__ import annotations

import pikepdf
import pytest

from ita_extract.engines import engine
from ita_extract.engines.bytes import check_pdf_bytes
from ita_extract.errors import DocumentError
from tests.engines.drawn import pdf, source

ENGINES = ("pdfium", "pdfplumber")
AB = "BT /F1 12 Tf 20 100 Td (AB) Tj ET"


def locked(revision: int, **how: object) -> bytes:
    weak = {"aes": revision > 3, "metadata": False} if revision < 5 else {}
    return pdf(AB, encryption=pikepdf.Encryption(owner="o()\\", user="u", R=revision, **weak), **how)


def why(name: str, data: bytes) -> DocumentError:
    with pytest.raises(DocumentError) as told:
        engine(name).count_pages(source(data))
    return told.value


PLAIN = {"object_stream_mode": pikepdf.ObjectStreamMode.disable}
OPEN = pdf(AB, **PLAIN)


def calling_itself_locked(lock: bytes) -> bytes:
    """A file that nobody encrypted and that says it is."""
    return OPEN.replace(b"trailer <<", b"trailer << /Encrypt << /Filter /Standard /P -1 %s >>" % lock)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("revision", [2, 3, 4, 6])
@pytest.mark.parametrize("how", [PLAIN, {"object_stream_mode": pikepdf.ObjectStreamMode.generate}], ids=["plain", "in streams"])
def test_a_password_is_asked_for_where_there_is_one(name: str, revision: int, how: dict[str, object]) -> None:
    error = why(name, locked(revision, **how))
    assert (error.code, error.detail) == ("ENCRYPTED", "a password is needed to open the file: save it without one")


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(
    ("lock", "words"),
    [
        (b"/V 99 /R 99 /O (x) /U (y)", "version 99, revision 99"),
        (b"/V 2 /R 3 /Length 128 /O () /U ()", "nothing that a password could be tried against, in 0 bytes, 0 bytes"),
        (b"/V 2 /R 3 /Length 128", "nothing that a password could be tried against, in none, none"),
    ],
)
def test_a_lock_that_makes_no_sense_asks_for_no_password(name: str, lock: bytes, words: str) -> None:
    assert b"/Encrypt" in calling_itself_locked(lock)
    error = why(name, calling_itself_locked(lock))
    assert error.code == "MALFORMED"
    assert words in error.detail
    assert "no password opens it" in error.detail


def test_a_lock_for_certificates_knows_no_password() -> None:
    data = locked(3, **PLAIN)
    assert data.count(b"/Filter /Standard") == 1
    error = why("pdfium", data.replace(b"/Filter /Standard", b"/Filter /Adobe.PS"))
    assert error.code == "ENCRYPTED"
    assert "locked by 'Adobe.PS', not by a password" in error.detail


@pytest.mark.parametrize("name", ENGINES)
def test_a_lock_that_is_a_reference_to_itself_keeps_nobody_waiting(name: str) -> None:
    data = OPEN.replace(b"trailer <<", b"77 0 obj\n77 0 R\nendobj\ntrailer << /Encrypt 77 0 R")
    if name == "pdfplumber":
        assert "a reference to itself" in why(name, data).detail
    else:
        (page,) = engine(name).read(source(data))
        assert len(page.chars) == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\r\n <!DOCTYPE html><title>404</title>", "a web page"),
        (b"PK\x03\x04\x14\0", "a ZIP archive, or a file of Word or Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a file of an old Word or Excel"),
        (b"\x89PNG\r\n\x1a\n", "a picture: name it .png"),
        (b"%!PS-Adobe-3.0", "PostScript"),
        (b"of no kind that is known", "it begins with b'of no kind"),
    ],
)
def test_what_is_no_pdf_is_named(data: bytes, words: str) -> None:
    with pytest.raises(DocumentError, match="NOT_PDF") as told:
        check_pdf_bytes(data)
    assert words in told.value.detail
