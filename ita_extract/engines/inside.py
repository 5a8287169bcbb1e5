"""What a PDF holds beside its pages: files that were attached to it, and forms that only one program shows.

An office scans ten announcements into one "portfolio": ten files inside a PDF whose only page says that a newer reader is needed.
Read as any other document it is one page of English, no ITA document, and the ten are never missed.
"""

from __future__ import annotations

import ctypes
import unicodedata

import pypdfium2.raw as fpdf

MOST = 10
"""Files that are named; of the others it is told how many they are."""
LONGEST = 100
"""Letters of a file's name that are told."""


def attached_files(data: bytes) -> tuple[int, tuple[str, ...]]:
    """How many files are attached to a PDF, and the names of the first of them. 0 where it cannot be opened."""
    handle = fpdf.FPDF_LoadMemDocument64(data, len(data), None)
    if not handle:
        return 0, ()
    try:
        count = max(0, fpdf.FPDFDoc_GetAttachmentCount(handle))
        return count, tuple(_name(fpdf.FPDFDoc_GetAttachment(handle, at)) for at in range(min(count, MOST)))
    finally:
        fpdf.FPDF_CloseDocument(handle)


def is_shell(data: bytes) -> bool:
    """Whether the pages of a PDF only stand in for an XFA form, which is drawn by whoever opens it."""
    handle = fpdf.FPDF_LoadMemDocument64(data, len(data), None)
    if not handle:
        return False
    try:
        return bool(fpdf.FPDF_GetFormType(handle) in (fpdf.FORMTYPE_XFA_FULL, fpdf.FORMTYPE_XFA_FOREGROUND))
    finally:
        fpdf.FPDF_CloseDocument(handle)


def tell_attached(data: bytes) -> str:
    """What files are inside a PDF, and what to do with them; "" where there are none."""
    count, names = attached_files(data)
    if not count:
        return ""
    more = f" and {count - len(names):,} more" if count > len(names) else ""
    which, do = ("a file", "save it and give it") if count == 1 else (f"{count:,} files", "save them and give them")
    them = "it is" if count == 1 else "they are"
    return f"{which} inside it ({', '.join(names)}{more}): {them} not read; {do} to `run` as well"


def tell_shell(data: bytes) -> str:
    """What to do with a form whose pages only stand in for it; "" where it is none."""
    if not is_shell(data):
        return ""
    return "it is an XFA form, which few programs show: open it in one of Adobe's, print it to PDF, and give that to `run`"


def _name(attachment: fpdf.FPDF_ATTACHMENT) -> str:
    """The name of an attached file, on one line and without what steers a terminal."""
    if not attachment:
        return "?"
    size = fpdf.FPDFAttachment_GetName(attachment, None, 0)
    buffer = ctypes.create_string_buffer(max(2, size))
    fpdf.FPDFAttachment_GetName(attachment, ctypes.cast(buffer, ctypes.POINTER(fpdf.FPDF_WCHAR)), size)
    text = buffer.raw[: max(0, size - 2)].decode("utf-16-le", "replace")
    shown = "".join("�" if unicodedata.category(char).startswith("C") else char for char in text)
    return shown[:LONGEST] or "?"
