"""Documents that are well, but built as few programs build them, and documents of which one page is ill: what they say is read."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from click.testing import CliRunner
from pikepdf import Array, Dictionary, Encryption, Name, ObjectStreamMode, Pdf

from ita_extract.cli import main
from ita_extract.engines import engine
from ita_extract.model.record import AgencyScore, DocumentResult
from ita_extract.model.source import SourceDocument
from ita_extract.pipeline import extract
from ita_extract.rulebook.load import load_rulebook
from ita_extract.tables.content import MAX_CELLS, cell_boxes
from tests.engines.drawn import pdf as drawn

from .nasty import grid

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "announcement_2563_provinces_clean.pdf"
PAGES = 3


def sample(pages: int = PAGES) -> Pdf:
    pdf = Pdf.open(SAMPLE)
    del pdf.pages[pages:]
    return pdf


def saved(pdf: Pdf, **how: Any) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **how)
    return out.getvalue()


def plain(pdf: Pdf | None = None) -> bytes:
    """With a table of plain text of where its objects lie, which can be edited as bytes."""
    return saved(pdf or sample(), object_stream_mode=ObjectStreamMode.disable)


def read(data: bytes) -> DocumentResult:
    return extract(SourceDocument.of(data, "odd.pdf", "application/pdf"), load_rulebook())


def scores(result: DocumentResult) -> list[tuple[object, ...]]:
    rows = (record for record in result.records if isinstance(record, AgencyScore))
    return [(row.page, row.row_no, row.agency_name, row.province, row.score, row.grade, row.fiscal_year) for row in rows]


@pytest.fixture(scope="module")
def want() -> list[tuple[object, ...]]:
    rows = scores(read(saved(sample())))
    assert len(rows) > 30
    return rows


def changed(change: Callable[[Pdf], object], **how: Any) -> Callable[[], bytes]:
    def make() -> bytes:
        pdf = sample()
        change(pdf)
        return saved(pdf, **how)

    return make


def each(change: Callable[[pikepdf.Page], object]) -> Callable[[], bytes]:
    return changed(lambda pdf: [change(page) for page in pdf.pages])


def locked(revision: int) -> Callable[[], bytes]:
    """With a password for who may change it, and none for who reads it."""
    weak = {"aes": False, "metadata": False} if revision < 6 else {}
    return lambda: saved(sample(), encryption=Encryption(owner="owner", user="", R=revision, **weak))


def deep(pdf: Pdf) -> None:
    """Each page sixty storeys down."""
    kids = [page.obj for page in pdf.pages]
    node = pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=Array(kids), Count=len(kids)))
    for kid in kids:
        kid.Parent = node
    for _ in range(60):
        above = pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=Array([node]), Count=len(kids)))
        node.Parent = above
        node = above
    pdf.Root.Pages = node


def active(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="while (true) {}")
    pdf.attachments["../../passwd.pdf"] = pikepdf.AttachedFileSpec(pdf, b"%PDF-1.4", filename="../../passwd.pdf")
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp:xdp xmlns:xdp='x'/>"))
    pdf.Root.NeedsRendering = True


def crumbs(pdf: Pdf) -> None:
    """A page's content in hundreds of streams, parted between operators."""
    page = pdf.pages[0]
    page.contents_coalesce()
    lines = page.obj.Contents.read_bytes().split(b"\n")
    page.obj.Contents = Array([pdf.make_stream(b"\n".join(lines[at : at + 3])) for at in range(0, len(lines), 3)])


def updated(times: int) -> bytes:
    """Saved again and again as editors do: what is new behind what was there."""
    data = plain()
    root = re.findall(rb"/Root (\d+ \d+ R)", data)[-1]
    for number in range(900, 900 + times):
        before = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
        at = len(data) + 1
        data += b"\n%d 0 obj\n<< /Note (%d) >>\nendobj\n" % (number, number)
        table = len(data)
        data += b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %s /Prev %d >>\n" % (number, at, number + 1, root, before)
        data += b"startxref\n%d\n%%%%EOF\n" % table
    return data


ODD: dict[str, Callable[[], bytes]] = {
    "locked against changes, R2": locked(2),
    "locked against changes, R4": locked(4),
    "locked against changes, R6": locked(6),
    "linearised": changed(lambda pdf: None, linearize=True),
    "objects in streams": changed(lambda pdf: None, object_stream_mode=ObjectStreamMode.generate),
    "nothing packed": changed(lambda pdf: None, compress_streams=False, object_stream_mode=ObjectStreamMode.disable),
    "pages sixty storeys down": changed(deep),
    "no pages, it says": changed(lambda pdf: setattr(pdf.Root.Pages, "Count", 0)),
    "script, form and attachment": changed(active),
    "content in crumbs": changed(crumbs),
    "on a sheet of five metres": each(lambda page: setattr(page.obj, "MediaBox", Array([0, 0, 14_400, 14_400]))),
    "box upside down": each(lambda page: setattr(page.obj, "MediaBox", Array([595, 842, 0, 0]))),
    "on its side": each(lambda page: page.rotate(270, relative=False)),
    "turned once and a quarter": each(lambda page: setattr(page.obj, "Rotate", 450)),
    "larger units": each(lambda page: setattr(page.obj, "UserUnit", 2.5)),
    "updated twenty times": lambda: updated(20),
    "answer of a server before it": lambda: b"HTTP/1.1 200 OK\r\n\r\n" + plain(),
    "a web page behind it": lambda: plain() + b"<html></html>" * 200,
    "zeros behind it": lambda: plain() + bytes(8_192),
    "no end mark": lambda: plain().rpartition(b"%%EOF")[0],
    "wrong place of its table": lambda: plain().rpartition(b"startxref")[0] + b"startxref\n12345\n%%EOF\n",
}


SHORT = {
    "locked against changes, R6",
    "objects in streams",
    "pages sixty storeys down",
    "script, form and attachment",
    "on a sheet of five metres",
    "on its side",
    "updated twenty times",
    "zeros behind it",
}
"""What `make test` tries; the rest waits for `make test-all`."""


@pytest.mark.parametrize("name", [name if name in SHORT else pytest.param(name, marks=pytest.mark.slow) for name in ODD])
def test_however_it_is_built_it_says_the_same(name: str, want: list[tuple[object, ...]]) -> None:
    result = read(ODD[name]())
    assert (result.document.status, result.document.error_code) == ("parsed", None)
    assert scores(result) == want
    told = (
        "a file inside it (../../passwd.pdf): it is not read; save it and give it to `run` as well"
        if "attachment" in name
        else None
    )
    assert result.document.error_message == told


def without(data: bytes, pages: range, instead: bytes = b"null") -> bytes:
    """A document whose list of pages has something else in the place of these, from 1. No other byte is moved."""
    kids = re.search(rb"/Kids \[([^\]]*)\]", data)
    assert kids is not None
    for number, page in enumerate(re.finditer(rb"\d+ 0 R", kids[1]), 1):
        if number in pages:
            at = kids.start(1) + page.start()
            data = data[:at] + instead.ljust(len(page[0])) + data[at + len(page[0]) :]
    return data


SECOND = range(2, 3)


def overdrawn() -> bytes:
    pdf = sample()
    pdf.pages[1].obj.Contents = pdf.make_stream(b"0 0 1 1 re f " * 310_000)
    return saved(pdf)


def with_content(number: int, change: Callable[[bytes], bytes]) -> bytes:
    """With the packed content of a page changed."""
    pdf = sample()
    pdf.pages[number - 1].contents_coalesce()
    stream = pdf.pages[number - 1].obj.Contents
    stream.write(change(zlib.compress(stream.read_bytes())), filter=Name.FlateDecode)
    return saved(pdf, compress_streams=False)


ILL: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "nothing for a page": (lambda: without(plain(), SECOND), "MALFORMED", "page 2 of 3 cannot be loaded; the others were read"),
    "a number for a page": (lambda: without(plain(), SECOND, b"7"), "MALFORMED", "page 2 of 3 cannot be loaded"),
    "a content overwritten": (
        lambda: with_content(2, lambda data: bytes(len(data))),
        "MALFORMED",
        "page 2 of 3: its content cannot be unpacked; nothing of it was read; the others were read",
    ),
    "too much on a page": (overdrawn, "LIMIT_PAGE", "page 2 draws more than 300,000 objects; the others were read"),
}


@pytest.mark.parametrize(
    "name",
    [
        "nothing for a page",
        "a content overwritten",
        pytest.param("a number for a page", marks=pytest.mark.slow),
        pytest.param("too much on a page", marks=pytest.mark.slow),
    ],
)
def test_a_page_that_cannot_be_read_takes_no_other_with_it(name: str, want: list[tuple[object, ...]]) -> None:
    make, code, message = ILL[name]
    result = read(make())
    document = result.document
    assert (document.status, document.error_code, document.page_count) == ("partial", code, PAGES)
    assert message in (document.error_message or "")
    assert scores(result) == [row for row in want if row[0] != 2]


def test_of_a_page_that_breaks_off_the_rows_before_are_kept(want: list[tuple[object, ...]]) -> None:
    """pdfium and pdfminer show half of such a page as if that were all of it."""
    result = read(with_content(PAGES, lambda data: data[: len(data) // 2]))
    document = result.document
    assert (document.status, document.error_code, document.page_count) == ("partial", "MALFORMED", PAGES)
    assert "page 3 of 3: its content breaks off after" in (document.error_message or "")
    assert "; what comes before was read; the others were read" in (document.error_message or "")
    found, before = scores(result), [row for row in want if row[0] < PAGES]
    assert len(before) < len(found) < len(want)
    assert found[:-1] == want[: len(found) - 1], "of the last row the end may be missing"


def test_where_no_page_can_be_read_nothing_is() -> None:
    document = read(without(plain(), range(1, PAGES + 1))).document
    assert (document.status, document.error_code) == ("unreadable", "MALFORMED")
    assert document.error_message == "page 1 of 3 cannot be loaded"


def test_blank_pages_beside_one_that_cannot_be_read_are_not_all_there_is() -> None:
    pdf = Pdf.new()
    for _ in range(3):
        pdf.add_blank_page()
    document = read(without(plain(pdf), SECOND)).document
    assert (document.status, document.error_code) == ("unreadable", "MALFORMED")
    assert document.error_message == "page 2 of 3 cannot be loaded; there is no text on the others"


def test_a_document_without_pages_is_empty() -> None:
    document = read(saved(Pdf.new())).document
    assert (document.error_code, document.error_message) == ("EMPTY", "the document has no pages")


@pytest.mark.parametrize("command", ["text", pytest.param("tables", marks=pytest.mark.slow)])
def test_commands_tell_which_page_they_leave_out(command: str, tmp_path: Path) -> None:
    path = tmp_path / "ill.pdf"
    path.write_bytes(without(plain(), SECOND))
    done = CliRunner().invoke(main, [command, str(path)])
    assert done.exit_code == 0
    assert "Not read: MALFORMED: page 2 of 3 cannot be loaded" in done.stderr
    assert len(done.stdout) > 500


@pytest.mark.parametrize(("lines", "sought"), [(90, True), (120, False)])
def test_squared_paper_is_no_table_to_look_into_cell_by_cell(lines: int, sought: bool) -> None:
    """OCR looks into each cell of a page without text: into forty thousand of them it looked for two minutes."""
    (page,) = engine("pdfium").read(SourceDocument.of(grid(lines), "squared.pdf", "application/pdf"))
    cells = sum(map(len, cell_boxes(page)))
    assert (cells > 0) == sought == (lines**2 <= MAX_CELLS)
    assert not sought or cells >= (lines - 1) ** 2


COVER = ["BT /F1 12 Tf 20 100 Td (For the best experience, open this PDF portfolio in a newer reader) Tj ET"]


def portfolio(names: Sequence[str], pages: Sequence[str]) -> bytes:
    """A PDF whose content is the files inside it."""
    pdf = Pdf.open(io.BytesIO(drawn(*pages)))
    for name in names:
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, b"%PDF-1.4", filename=name)
    pdf.Root.Collection = Dictionary(Type=Name.Collection, View=Name.D)
    return saved(pdf)


@pytest.mark.parametrize(("pages", "code"), [(COVER, "NOT_ITA"), ([""], "EMPTY")])
def test_of_a_portfolio_it_is_told_what_to_do_with_its_files(pages: Sequence[str], code: str) -> None:
    document = read(portfolio(["ประกาศ 2566.pdf", "b\x1b[31m.xlsx"], pages)).document
    assert document.error_code == code
    assert "; 2 files inside it (" in (document.error_message or "")
    assert "ประกาศ 2566.pdf" in (document.error_message or "")
    assert "\x1b" not in (document.error_message or "")
    assert (document.error_message or "").endswith("they are not read; save them and give them to `run` as well")


def test_of_many_files_inside_some_are_named() -> None:
    message = read(portfolio([f"{number:02}.pdf" for number in range(30)], COVER)).document.error_message or ""
    assert "30 files inside it (00.pdf, " in message
    assert "09.pdf and 20 more)" in message


def test_of_a_shell_of_a_form_it_is_told_what_to_do() -> None:
    """Its page says to wait, and never changes."""
    pdf = Pdf.open(io.BytesIO(drawn("BT /F1 12 Tf 20 100 Td (Please wait...) Tj ET")))
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>"))
    pdf.Root.NeedsRendering = True
    document = read(saved(pdf)).document
    assert document.error_code == "NOT_ITA"
    assert document.error_message == (
        "nothing in it speaks for any kind of ITA document; it begins 'Please wait...'; "
        "it is an XFA form, which few programs show: open it in one of Adobe's, print it to PDF, and give that to `run`"
    )
