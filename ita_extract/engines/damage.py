"""Is the content of a page whole? Engines do not say: they show what they can still open of it, and that may be half of the page,
or nothing.

A download that was put together from two halves, a disk with a bad block, a mail gateway that changes line ends: the file opens,
has all its pages, and on one of them the packed drawing instructions end in the middle. pdfium and pdfminer both pass over that in
silence, and a ranking lost 70 of its 100 rows so. What a packed stream holds can be checked: it says where it ends, and carries a
checksum.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from pdfminer.ascii85 import ascii85decode, asciihexdecode
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFObjRef, PDFStream, resolve1
from pdfminer.psparser import PSLiteral

from ..errors import DocumentError
from ..model.page import Page
from .bytes import FLATE, is_locked_in_a_circle, object_places
from .flate import Damage, Opened, open_flate

WRITTEN_OUT = 4_000_000
"""Bytes written out in letters (ASCII85 and the like) that are read: that goes letter by letter."""
FORMS = 500
"""Forms that a page draws which are looked into."""
MOSTLY = 8
"""A content of which more than one byte in so many can stand in no drawing instruction is none."""

_DRAWN = re.compile(rb"/([^\s/\[\]()<>{}%]{1,127})\s+Do\b")
_STREAM = re.compile(rb"stream\r?\n?")
_UNOPENED = ("LZWDecode", "LZW", "RunLengthDecode", "RL", "Crypt")
_LETTERS = {
    **dict.fromkeys(("ASCII85Decode", "A85"), ascii85decode),
    **dict.fromkeys(("ASCIIHexDecode", "AHx"), asciihexdecode),
}
_BINARY = bytes({*range(256)} - {*range(0x20, 0x7F)} - {*b"\t\n\f\r"})


@dataclass(frozen=True, slots=True)
class _Look:
    """What is known of a stream: its damage, what is odd about it where it shows nothing, and the names of what it draws."""

    damage: Damage | None
    odd: Damage | None
    draws: frozenset[str]


class Checked:
    """The contents of the pages of one document. `document` is as pdfminer opened it; a stream whose length is written wrong is put
    right in it."""

    def __init__(self, document: PDFDocument, data: bytes, *, checksums: bool = True) -> None:
        self._document, self._data, self._checksums = document, data, checksums
        self._places: dict[int, int] | None = None
        self._known: dict[int, _Look] = {}

    def damage(self, page: Mapping[str, Any], *, blank: bool = False) -> Damage | None:
        """What is wrong with the content of a page, given by its dictionary: the worst where it is several things. `blank`: the
        engine found nothing on it, so that what is merely odd explains that."""
        try:
            found = [one for one in self._found(page, blank) if one]
        except (RecursionError, ValueError, TypeError, KeyError, AttributeError, AssertionError, IndexError):
            return None  # pdfminer stumbles over what is beside the content: the engine's own word stands
        except Exception as error:  # its own errors have no common root
            if isinstance(error, MemoryError):
                raise
            return None
        return max(found, key=lambda one: one.misleads, default=None)

    def _found(self, page: Mapping[str, Any], blank: bool) -> Iterator[Damage | None]:
        draws: set[str] = set()
        for part in _listed(page.get("Contents")):
            stream = resolve1(part)
            if isinstance(stream, PDFStream):
                look = self._look(stream)
                draws |= look.draws
                yield look.damage or (look.odd if blank else None)
            elif blank and isinstance(part, PDFObjRef):
                yield Damage(f"(object {part.objid}) is not in the file")
        yield from self._in_forms(draws, page.get("Resources"))

    def _in_forms(self, names: Collection[str], resources: Any) -> Iterator[Damage | None]:
        """Of the forms that a content draws, by their names, and those that these draw."""
        todo, seen = [(names, resources)], set[int]()
        while todo:
            names, resources = todo.pop()
            objects = ((resolve1(resources) or {}).get("XObject") if names else None) or {}
            objects = resolve1(objects)
            for name in sorted({*names} & objects.keys()):
                form = resolve1(objects[name])
                if not isinstance(form, PDFStream) or id(form) in seen or len(seen) > FORMS:
                    continue
                seen.add(id(form))
                if getattr(resolve1(form.get("Subtype")), "name", None) == "Form":
                    look = self._look(form)
                    yield look.damage
                    todo.append((look.draws, form.get("Resources") or resources))

    def _look(self, stream: PDFStream) -> _Look:
        known = self._known.get(id(stream))
        if known is None:
            opened = self._open(stream)
            draws = frozenset(name.decode("latin-1") for name in _DRAWN.findall(opened.data))
            known = self._known[id(stream)] = _Look(opened.damage, _no_instructions(stream, opened.data), draws)
        return known

    def _open(self, stream: PDFStream) -> Opened:
        if stream.rawdata is None:  # the engine has opened it already
            return Opened(stream.get_data())
        raw = stream.rawdata
        opened = _unpacked(self._deciphered(stream, raw), stream, self._checksums)
        if opened.damage or not raw:
            between = self._between_its_words(stream)
            if between and between != raw:
                again = _unpacked(self._deciphered(stream, between), stream, self._checksums)
                if not again.damage:
                    stream.rawdata = between
                    return again
        return opened

    def _deciphered(self, stream: PDFStream, raw: bytes) -> bytes:
        if stream.decipher is None or stream.objid is None or stream.genno is None:
            return raw
        return bytes(stream.decipher(stream.objid, stream.genno, raw, stream.attrs))

    def _between_its_words(self, stream: PDFStream) -> bytes | None:
        """The bytes from `stream` to `endstream`, whatever length they are said to have; None where they are not found."""
        if self._places is None:
            self._places = object_places(self._data)
        at = self._places.get(stream.objid) if stream.objid is not None else None
        word = _STREAM.search(self._data, at) if at is not None else None
        end = self._data.find(b"endstream", word.end()) if word else -1
        if word is None or end < 0:
            return None
        raw = self._data[word.end() : end]
        return raw[:-2] if raw.endswith(b"\r\n") else raw[:-1] if raw.endswith((b"\n", b"\r")) else raw


def check_pages(data: bytes, count: int, *, checksums: bool = True) -> tuple[Checked, tuple[Mapping[str, Any], ...]] | None:
    """The checked contents of a document, and the dictionary of each page; None where pdfminer does not find `count` pages in it,
    for then it cannot be told which page is which."""
    if is_locked_in_a_circle(data):
        return None
    try:
        document = PDFDocument(PDFParser(io.BytesIO(data)))
        pages = tuple(page.attrs for page in PDFPage.create_pages(document))
    except Exception as error:  # pdfminer raises whatever a broken file makes it stumble over
        if isinstance(error, MemoryError):
            raise
        return None
    return (Checked(document, data, checksums=checksums), pages) if len(pages) == count else None


def with_damage(page: Page, count: int, contents: Checked, dictionary: Mapping[str, Any]) -> Page:
    """The page, of `count`, with what is wrong with its content. Raises DocumentError MALFORMED where nothing of it may be used."""
    blank = page.shows_nothing
    damage = contents.damage(dictionary, blank=blank)
    if damage is None:
        return page
    where = f"page {page.number} of {count}:"
    if blank or damage.misleads:
        raise DocumentError("MALFORMED", f"{where} its content {damage.words}; nothing of it was read")
    if damage.cut:
        return replace(page, damage=f"{where} its content {damage.words}; what comes before was read")
    return replace(page, damage=f"{where} part of its content {damage.words}; the rest of the page was read")


def _listed(contents: Any) -> list[Any]:
    inner = resolve1(contents)
    if isinstance(inner, list):
        return inner
    return [] if contents is None else [contents]


def _unpacked(raw: bytes, stream: PDFStream, checksums: bool) -> Opened:
    """What a stream holds; its first damage on the way."""
    if not raw:
        return Opened(raw)
    data = raw
    for literal, parameters in _filters(stream):
        name = literal.name if isinstance(literal, PSLiteral) and isinstance(literal.name, str) else str(literal)
        if f"/{name}".encode("latin-1", "replace") in FLATE:
            opened = open_flate(data, checksums=checksums)
            if opened.damage:
                return opened
            data = opened.data
            predictor = parameters.get("Predictor", 1) if isinstance(parameters, dict) else 1
            if isinstance(predictor, int) and predictor >= 10 and not _has_rows(data, parameters):
                return Opened(data, Damage("cannot be unpacked", misleads=True))
            if predictor != 1:
                return Opened(b"")  # what it draws is not looked into
        elif name in _LETTERS and len(data) <= WRITTEN_OUT:
            data = _LETTERS[name](data)
        elif name in _UNOPENED or name in _LETTERS:
            return Opened(b"")
        else:
            return Opened(b"", Damage(f"cannot be unpacked: {name[:40]!r} is no way of packing text"))
    return Opened(data)


def _filters(stream: PDFStream) -> list[tuple[Any, Any]]:
    """The filters of a stream with their parameters. /F is the file that it stands in, where it stands in another."""
    filters, parameters = resolve1(stream.get("Filter")), resolve1(stream.get_any(("DecodeParms", "DP")))
    filters = filters if isinstance(filters, list) else [] if filters is None else [filters]
    parameters = parameters if isinstance(parameters, list) else [parameters]
    return [(resolve1(one), resolve1(beside)) for one, beside in zip_longest(filters, parameters[: len(filters)])]


def _has_rows(data: bytes, parameters: Mapping[str, Any]) -> bool:
    """Whether each row of what a predictor made begins with the number of a method, 0 to 4."""
    sizes = [resolve1(parameters.get(name, usual)) for name, usual in (("Columns", 1), ("Colors", 1), ("BitsPerComponent", 8))]
    if not all(isinstance(size, int) and size > 0 for size in sizes):
        return False
    row = (sizes[0] * sizes[1] * sizes[2] + 7) // 8 + 1
    return max(data[::row], default=0) <= 4


def _no_instructions(stream: PDFStream, content: bytes) -> Damage | None:
    """Why a content shows nothing although nothing is wrong with how it is packed."""
    if "F" in stream and not isinstance(resolve1(stream["F"]), PSLiteral | list):
        return Damage("stands in another file, which is not opened")
    if content and not content.strip(b"\0"):
        return Damage(f"is {len(content):,} zeros")
    binary = len(content) - len(content.translate(None, _BINARY))
    return Damage("holds no drawing instructions") if binary * MOSTLY > len(content) else None
