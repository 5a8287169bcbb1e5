"""Documents that harm whoever reads them, made here: each one an accident or a trap that was met or can be built with a text
editor."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path


def pdf(objects: Mapping[int, bytes], root: int = 1, trailer: bytes = b"") -> bytes:
    """A PDF of these objects with a right cross-reference table."""
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (max(objects) + 1)
    for number in range(1, max(objects) + 1):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 00000 f \n"
    out += b"trailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (max(objects) + 1, root, trailer, start)
    return bytes(out)


def stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), more, data)


def page(content: bytes, resources: bytes = b"", others: Mapping[int, bytes] | None = None) -> bytes:
    """A PDF of one page. Objects 1 to 4 are its own."""
    return pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << %s >> >>" % resources,
            4: content,
            **(others or {}),
        }
    )


def packed(data: bytes, times: int) -> bytes:
    for _ in range(times):
        data = zlib.compress(data, 9)
    return stream(data, b"/Filter [%s]" % b" ".join([b"/FlateDecode"] * times))


def laughing_forms(depth: int) -> bytes:
    """Forms that each draw the next one ten times: ten to the power of `depth` in all."""
    forms = {}
    for number in range(10, 10 + depth):
        inner = b"/F Do " * 10 if number < 9 + depth else b"0 0 1 1 re f "
        forms[number] = stream(
            inner, b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F %d 0 R >> >>" % (number + 1)
        )
    return page(stream(b"/F Do"), b"/XObject << /F 10 0 R >>", forms)


def leaves(levels: int, count: int) -> bytes:
    """A page tree each node of which has the next one twice as a child: two to the power of `levels` pages in a kilobyte."""
    nodes = {
        number: b"<< /Type /Pages /Count %d /Kids [%d 0 R %d 0 R] >>" % (count, number + 1, number + 1)
        for number in range(2, 2 + levels)
    }
    return pdf({1: b"<< /Type /Catalog /Pages 2 0 R >>", **nodes, 2 + levels: b"<< /Type /Page /MediaBox [0 0 9 9] >>"})


def circle_of_pages() -> bytes:
    return pdf(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Count 2 /Kids [3 0 R] >>",
            3: b"<< /Type /Pages /Count 2 /Kids [2 0 R 3 0 R] /Parent 2 0 R >>",
        }
    )


def grid(lines: int) -> bytes:
    """A page ruled so often that its crossings are counted in thousands."""
    at = [10 + 500 * n / lines for n in range(lines)]
    rules = "".join(f"{x:.2f} 10 m {x:.2f} 510 l S 10 {x:.2f} m 510 {x:.2f} l S\n" for x in at)
    return page(stream(rules.encode()))


FIXED: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "empty.pdf": (lambda: b"", "EMPTY"),
    "blank.pdf": (lambda: b"\n \n" * 1000, "EMPTY"),
    "web.pdf": (lambda: b"<!doctype html><script>alert(1)</script>", "NOT_PDF"),
    "program.pdf": (lambda: b"\x7fELF" + bytes(5000), "NOT_PDF"),
    "root of itself.pdf": (lambda: pdf({1: b"1 0 R"}), "MALFORMED"),
    "roots in a circle.pdf": (lambda: pdf({1: b"2 0 R", 2: b"1 0 R"}), "MALFORMED"),
    "pages in a circle.pdf": (circle_of_pages, "MALFORMED"),
    "a million pages.pdf": (lambda: leaves(30, 999_999), "LIMIT_PAGES"),
    "a gigabyte in two coats.pdf": (lambda: page(packed(bytes(200_000_000), 2)), "LIMIT_STREAM"),
    "torn.pdf": (lambda: page(stream(b"BT (x) Tj ET" * 400))[:900], "TRUNCATED"),
    "forms that laugh.pdf": (lambda: laughing_forms(10), None),
    "ruled.pdf": (lambda: grid(100), None),
    "saves for ever.pdf": (lambda: page(stream(b"q " * 50_000)), None),
    "a\\..\\..\\passwd.pdf": (lambda: b"", "EMPTY"),
    "new\nline \x1b[31m.pdf": (lambda: b"x", "NOT_PDF"),
    "ก" * 83 + ".pdf": (lambda: b"y", "NOT_PDF"),
}
"""By name: how it is made, and the code it ends with where that depends on nothing but the document."""


LONG = frozenset({"a gigabyte in two coats.pdf", "forms that laugh.pdf", "ruled.pdf"})
"""Those that keep a reader busy for seconds, and are tried a second time."""


def write_all(folder: Path, *, long: bool = True) -> dict[str, str | None]:
    """Writes them all, without the `long` ones if so wanted, and what no content can harm: links that lead out, a pipe, a name that
    is no text. The codes by file name."""
    folder.mkdir(parents=True)
    codes: dict[str, str | None] = {}
    for number, (name, (make, code)) in enumerate(FIXED.items()):
        if name in LONG and not long:
            continue
        data = make()
        (folder / name).write_bytes(data + b" " * number if not data.strip() else data)  # no two of the same bytes
        codes[name] = code
    outside = folder.parent / "outside.pdf"
    outside.write_bytes(page(stream(b"")))
    (folder / "link out.pdf").symlink_to(outside)
    (folder / "link to nowhere.pdf").symlink_to(folder / "nothing")
    (folder / "link to a device.pdf").symlink_to("/dev/zero")
    codes |= {"link out.pdf": "LINK", "link to nowhere.pdf": "IO"}
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.pdf")
    try:
        Path(os.fsdecode(os.fsencode(folder) + b"/\xbb\xc3\xd0\xa1\xd2\xc8.pdf")).write_bytes(b"z")
        codes[os.fsdecode(b"\xbb\xc3\xd0\xa1\xd2\xc8.pdf")] = "NOT_PDF"
    except (OSError, UnicodeError):
        pass  # this file system takes no such names
    return codes
