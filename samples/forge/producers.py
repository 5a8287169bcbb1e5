"""How different programs write one and the same line of glyphs into a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from .damage import Shown

Locate = Callable[[Shown], tuple[str, int]]
"""Which font resource and character code show a glyph with its meaning."""


@dataclass(frozen=True, slots=True)
class Producer:
    """unit: what goes into one text object.   kerned: glyphs of a run in one TJ array, else each placed by its own matrix.
    spaces: drawn as glyphs, or left as gaps.   flipped: the page's y axis points down, as Skia writes.   digits: decimals of
    coordinates.   layers: the order in which a page is painted.   artifacts: furniture is marked as such.
    form: the page is a form drawn at its own scale, as tools do that import pages.
    """

    name: str
    program: str
    unit: Literal["line", "word", "glyph"]
    kerned: bool
    spaces: bool = True
    flipped: bool = False
    digits: int = 2
    layers: tuple[str, ...] = ("shade", "text", "rules")
    artifacts: bool = False
    form: bool = False


PRODUCERS: dict[str, Producer] = {
    p.name: p
    for p in (
        Producer("word", "Microsoft® Word 2013", "word", kerned=True, artifacts=True),
        Producer("libreoffice", "LibreOffice 7.4", "line", kerned=True, digits=1, layers=("shade", "rules", "text")),
        Producer("reportlab", "ReportLab PDF Library", "glyph", kerned=False, digits=3, layers=("shade", "rules", "text")),
        Producer("skia", "Skia/PDF m120", "line", kerned=False, digits=4, flipped=True, layers=("shade", "rules", "text")),
        Producer(
            "distiller",
            "Acrobat Distiller 9.0.0 (Windows)",
            "line",
            kerned=True,
            digits=3,
            spaces=False,
            layers=("shade", "rules", "text"),
        ),
        Producer("imported", "iText 5.5.13", "word", kerned=False, digits=3, layers=("shade", "rules", "text"), form=True),
    )
}


def number(value: float, digits: int) -> str:
    """A PDF number without an exponent, a trailing zero or a negative nought.

    >>> number(-0.001, 2), number(12.5, 2), number(3.0, 1)
    ('0', '12.5', '3')
    """
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def show(producer: Producer, glyphs: Sequence[Shown], x: float, y: float, size: float, locate: Locate) -> str:
    """Operators that draw a line of glyphs with its pen at (x, y); y points up, or down where the producer flips the page."""
    if not producer.spaces:
        glyphs = [g for g in glyphs if g.meaning != " " or g.glyph.source != " "]
    return "".join(_object(producer, part, x, y, size, locate) for part in _parts(producer, glyphs) if part)


def _parts(producer: Producer, glyphs: Iterable[Shown]) -> list[list[Shown]]:
    """The glyphs of each text object. A span under /ActualText is never cut."""
    parts: list[list[Shown]] = [[]]
    held = 0
    for g in glyphs:
        blank = g.glyph.source == " " and g.glyph.width > 0
        lone = producer.unit in ("word", "glyph") and (blank or (parts[-1] and parts[-1][-1].glyph.source == " "))
        if (lone or g.apart) and not held:
            parts.append([])
        held = max(held - 1, 0) if g.actual is None else g.covers - 1
        parts[-1].append(g)
    return parts


def _object(producer: Producer, glyphs: list[Shown], x: float, y: float, size: float, locate: Locate) -> str:
    n, flip = producer.digits, -1 if producer.flipped else 1
    out = ["q 0 0 0 rg\nBT\n" if producer.name == "libreoffice" else "BT\n"]
    font = ""
    array: list[str] = []  # the pieces of the TJ array that is open
    pen = base = 0.0  # where the reader's pen is, and its baseline
    left = 0

    def close() -> None:
        if array:
            out.append(f"[{''.join(array)}] TJ\n")
            array.clear()

    for g in glyphs:
        name, code = locate(g)
        gx, gy = x + g.glyph.x * size, y + flip * g.glyph.y * size
        if g.actual is not None:
            close()
            out.append(f"/Span<</ActualText<FEFF{g.actual.encode('utf-16-be').hex().upper()}>>> BDC\n")
            left = g.covers
        if name != font:
            close()
            out.append(f"/{name} {number(size, 2)} Tf\n")
        fresh = name != font or not array or abs(gy - base) > 0.005 or not producer.kerned or g.actual is not None
        font = name
        if fresh:
            close()
            out.append(f"1 0 0 {flip} {number(gx, n)} {number(gy, n)} Tm\n")
            pen, base = round(gx, n), gy
        shift = round((pen - gx) / size * 1000)
        if producer.kerned:
            if array and shift:
                array.append(str(shift))
                pen -= shift * size / 1000
            if array and array[-1].endswith(">"):
                array[-1] = array[-1][:-1] + f"{code:04X}>"
            else:
                array.append(f"<{code:04X}>")
        else:
            out.append(f"<{code:04X}> Tj\n")
        pen += g.glyph.width * size
        if left:
            left -= 1
            if not left:
                close()
                out.append("EMC\n")
    close()
    out.append("ET\nQ\n" if producer.name == "libreoffice" else "ET\n")
    return "".join(out)
