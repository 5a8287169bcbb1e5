"""Pages and the file around them: fonts cut down and mapped, content streams, boxes and rotation.

Everything above this module measures from the top left corner of the page as a reader sees it, y down, in points.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pikepdf
from pikepdf import Array, Dictionary, Name

from .damage import Damage, Shown, apply, spread_out
from .dice import Dice
from .faces import FAMILIES, cut, font_file, shape, width_of
from .producers import Producer, number, show

FORM_SCALE = 0.5

Layer = Literal["shade", "rules", "text"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The paper: what the reader sees, and how the file stores it.

    rotate: /Rotate of the page, whose content is drawn the other way round.   margin_cut: points of the media box outside the
    crop box, left and below.
    """

    width: float = 595.28
    height: float = 841.89
    rotate: Literal[0, 90, 180, 270] = 0
    margin_cut: tuple[float, float] = (0.0, 0.0)

    def frame(self) -> tuple[tuple[float, float], tuple[float, ...]]:
        """The stored (width, height), and the matrix from what the reader sees (y up) to what is stored."""
        w, h = self.width, self.height
        dx, dy = self.margin_cut
        turned: dict[int, tuple[float, ...]] = {
            0: (1, 0, 0, 1, dx, dy),
            90: (0, 1, -1, 0, h + dx, dy),
            180: (-1, 0, 0, -1, w + dx, h + dy),
            270: (0, -1, 1, 0, dx, w + dy),
        }
        return ((h, w) if self.rotate in (90, 270) else (w, h)), turned[self.rotate]


@dataclass(slots=True)
class Book:
    """A document being written: pages of painted layers and, per face, the character codes given out so far."""

    sheet: Sheet
    family: str
    damage: Damage
    producer: Producer
    dice: Dice
    pages: list[dict[Layer, list[str]]] = field(default_factory=list)
    codes: dict[str, dict[tuple[int, str | None], int]] = field(default_factory=dict)
    lines: int = 0

    def new_page(self) -> None:
        self.pages.append({"shade": [], "rules": [], "text": []})

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """How far the pen goes over `text`, in points."""
        return width_of(FAMILIES[self.family][bold], text) * size

    def text(
        self, x: float, baseline: float, text: str, size: float, bold: bool = False, furniture: bool = False, spread: float = 0.0
    ) -> None:
        """One line of text with its pen at (x, baseline). `spread`: points shared among the gaps between its letters."""
        if not text:
            return
        self.lines += 1
        glyphs = shape(FAMILIES[self.family][bold], text)
        if spread:
            glyphs = spread_out(glyphs, spread / size)
        shown = apply(self.damage, glyphs, self.dice.at("line", self.lines))
        y = baseline if self.producer.flipped else self.sheet.height - baseline
        ops = show(self.producer, shown, x, y, size, self._locate)
        if furniture and self.producer.artifacts:
            ops = f"/Artifact <</Type/Pagination>> BDC\n{ops}EMC\n"
        self.pages[-1]["text"].append(ops)

    def turned(self, x: float, bottom: float, text: str, size: float, bold: bool = False, *, backwards: bool = False) -> None:
        """One line of text that runs upwards from `bottom`, its baseline at `x`. `backwards`: marks stand before their letters."""
        if not text:
            return
        self.lines += 1
        glyphs = shape(FAMILIES[self.family][bold], text)
        shown = apply(self.damage, glyphs, self.dice.at("line", self.lines))
        if backwards and all(one.actual is None for one in shown):
            shown = _marks_first(shown)
        n = self.producer.digits
        matrix = "0 -1 1 0" if self.producer.flipped else "0 1 -1 0"
        ops = show(self.producer, shown, 0.0, 0.0, size, self._locate)
        self.pages[-1]["text"].append(f"q {matrix} {number(x, n)} {number(self._y(bottom), n)} cm\n{ops}Q\n")

    def fill(self, box: tuple[float, float, float, float], grey: float, layer: Layer = "shade") -> None:
        """A filled rectangle (x0, top, x1, bottom)."""
        self.pages[-1][layer].append(f"{number(grey, 3)} g\n{self._rect(box)} f\n")

    def frame(self, box: tuple[float, float, float, float], weight: float) -> None:
        """The outline of a rectangle (x0, top, x1, bottom)."""
        self.pages[-1]["rules"].append(f"0 G {number(weight, 2)} w\n{self._rect(box)} S\n")

    def line(self, x0: float, y0: float, x1: float, y1: float, weight: float, dash: str = "") -> None:
        """A stroke."""
        n = self.producer.digits
        ends = [f"{number(x, n)} {number(self._y(y), n)}" for x, y in ((x0, y0), (x1, y1))]
        dashed = f"[{dash}] 0 d\n" if dash else ""
        self.pages[-1]["rules"].append(f"q 0 G {number(weight, 2)} w\n{dashed}{ends[0]} m\n{ends[1]} l S\nQ\n")

    def _y(self, y: float) -> float:
        return y if self.producer.flipped else self.sheet.height - y

    def _rect(self, box: tuple[float, float, float, float]) -> str:
        n = self.producer.digits
        x0, top, x1, bottom = box
        low = top if self.producer.flipped else self.sheet.height - bottom
        return f"{number(x0, n)} {number(low, n)} {number(x1 - x0, n)} {number(bottom - top, n)} re"

    def _locate(self, shown: Shown) -> tuple[str, int]:
        names = self.codes.setdefault(shown.glyph.face, {})
        code = names.setdefault((shown.glyph.gid, shown.meaning), len(names) + 1)
        return f"F{list(self.codes).index(shown.glyph.face) + 1}", code

    def pdf(self) -> bytes:
        """The finished file. The same document always gives the same bytes."""
        out = pikepdf.new()
        fonts = Dictionary(
            {f"/F{i}": out.make_indirect(_font(out, face, codes)) for i, (face, codes) in enumerate(self.codes.items(), 1)}
        )
        (w, h), matrix = self.sheet.frame()
        dx, dy = self.sheet.margin_cut
        media = Array([0, 0, *(round(v, 2) for v in (w + 2 * dx, h + 2 * dy))])
        crop = Array([round(v, 2) for v in (dx, dy, dx + w, dy + h)])
        for layers in self.pages:
            page = Dictionary(Type=Name.Page, MediaBox=media, Resources=Dictionary(Font=fonts))
            if dx or dy:
                page.CropBox = crop
            if self.sheet.rotate:
                page.Rotate = self.sheet.rotate
            ops = _grey_reset("".join(op for layer in self.producer.layers for op in layers[layer]))  # type: ignore[index]
            if self.producer.form:
                page.Resources.XObject = Dictionary(X0=_form(out, ops, fonts, self.sheet))
                ops = f"{FORM_SCALE} 0 0 {FORM_SCALE} 0 0 cm\n/X0 Do\n"
            page.Contents = out.make_stream(f"{self._marks()}q\n{self._placed(matrix)}{ops}Q\n".encode("ascii"))
            out.pages.append(pikepdf.Page(out.make_indirect(page)))
        out.docinfo = out.make_indirect(Dictionary(Producer=self.producer.program, CreationDate="D:20250102030405+07'00'"))
        buffer = io.BytesIO()
        out.save(
            buffer,
            deterministic_id=True,
            compress_streams=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            recompress_flate=False,
        )
        return buffer.getvalue()

    def _placed(self, matrix: tuple[float, ...]) -> str:
        if self.producer.flipped:
            a, b, c, d, e, f = matrix
            height = self.sheet.height
            matrix = (a, b, -c, -d, e + c * height, f + d * height)
        return "" if matrix == (1, 0, 0, 1, 0.0, 0.0) else " ".join(number(v, 3) for v in matrix) + " cm\n"

    def _marks(self) -> str:
        """Printer's marks outside the crop box, which no reader sees."""
        dx, dy = self.sheet.margin_cut
        if not (dx or dy):
            return ""
        (w, h), _ = self.sheet.frame()
        strokes = [
            (0, dy, dx * 0.6, dy),
            (dx, 0, dx, dy * 0.6),
            (w + dx * 1.4, h + dy, w + dx * 2, h + dy),
            (w + dx, h + dy * 1.4, w + dx, h + dy * 2),
        ]
        return (
            "q 0 G 0.3 w\n"
            + "".join(f"{number(a, 2)} {number(b, 2)} m {number(c, 2)} {number(d, 2)} l S\n" for a, b, c, d in strokes)
            + "Q\n"
        )


def _marks_first(shown: Sequence[Shown]) -> list[Shown]:
    """The glyphs with the marks of each letter before it, the last one first: as text lies that was turned letter by letter."""
    out: list[Shown] = []
    for one in shown:
        at = len(out)
        if one.glyph.width == 0 and out:
            at -= 1
            while at and out[at].glyph.width == 0:
                at -= 1
        out.insert(at, one)
    return out


def _form(out: pikepdf.Pdf, ops: str, fonts: Dictionary, sheet: Sheet) -> pikepdf.Object:
    """The page's content as a form whose matrix undoes the scale at which the page draws it."""
    form = out.make_stream(ops.encode("ascii"))
    form.Type, form.Subtype, form.Resources = Name.XObject, Name.Form, Dictionary(Font=fonts)
    form.BBox = Array([0, 0, round(sheet.width, 2), round(sheet.height, 2)])
    form.Matrix = Array([1 / FORM_SCALE, 0, 0, 1 / FORM_SCALE, 0, 0])
    return out.make_indirect(form)


def _grey_reset(ops: str) -> str:
    """Text is black again after a shade."""
    return ops.replace("BT\n", "0 g\nBT\n", 1) if " g\n" in ops else ops


def _font(out: pikepdf.Pdf, face: str, codes: dict[tuple[int, str | None], int]) -> Dictionary:
    data, moved = cut(face, frozenset(gid for gid, _ in codes))
    source = font_file(face)
    em, head, os2 = source["head"].unitsPerEm, source["head"], source["OS/2"]
    table = bytearray(2 * (len(codes) + 1))
    widths: list[int] = []
    for (gid, _), code in codes.items():
        table[2 * code : 2 * code + 2] = moved[gid].to_bytes(2, "big")
        widths.append(round(source["hmtx"][source.getGlyphName(gid)][0] * 1000 / em))
    tag = "".join(chr(65 + b % 26) for b in hashlib.sha256(data).digest()[:6])
    name = Name(f"/{tag}+{face}")
    stream = out.make_stream(data)
    stream.Length1 = len(data)
    bounds = [head.xMin, head.yMin, head.xMax, head.yMax]
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=4,
        FontBBox=Array([round(v * 1000 / em) for v in bounds]),
        ItalicAngle=0,
        Ascent=round(source["hhea"].ascent * 1000 / em),
        Descent=round(source["hhea"].descent * 1000 / em),
        CapHeight=round(getattr(os2, "sCapHeight", 700) * 1000 / em),
        StemV=140 if "Bold" in face else 80,
        FontFile2=stream,
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=name,
        DW=1000,
        W=Array([1, Array(widths)]),
        CIDSystemInfo=Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0),
        FontDescriptor=out.make_indirect(descriptor),
        CIDToGIDMap=out.make_stream(bytes(table)),
    )
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=name,
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([out.make_indirect(descendant)]),
        ToUnicode=out.make_stream(to_unicode((code, mean) for (_, mean), code in codes.items())),
    )


def to_unicode(entries: Iterable[tuple[int, str | None]]) -> bytes:
    """A ToUnicode map of (code, meaning); a meaning of None gets no entry, an empty one maps to nothing."""
    lines = [f"<{code:04X}> <{mean.encode('utf-16-be').hex().upper()}>" for code, mean in entries if mean is not None]
    blocks = [lines[i : i + 100] for i in range(0, len(lines), 100)]
    body = "".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar\n" for b in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
