"""Faces under the OFL, shaped with HarfBuzz, and cut down to the glyphs that a document shows."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import uharfbuzz as hb
from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent / "fonts"
NIKHAHIT, AA, AM = "\u0e4d", "\u0e32", "\u0e33"

FAMILIES = {
    "sarabun": ("Sarabun-Regular", "Sarabun-Bold"),
    "looped": ("NotoSansThaiLooped-Regular", "NotoSansThaiLooped-Bold"),
    "serif": ("NotoSerifThai-Regular", "NotoSerifThai-Bold"),
}
LATIN = {"NotoSerifThai-Regular": "Sarabun-Regular", "NotoSerifThai-Bold": "Sarabun-Bold"}
"""Noto Serif Thai has no Latin letters and digits: like a word processor, take them from a second face."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A shaped glyph on a line whose pen starts at 0. Lengths are in em.

    source: the characters it stands for, sara am taken apart (nikhahit, then the marks, then aa).   am_tail: the aa of a sara am.
    x, y: its origin from the start of the line and the baseline.   width: what the font's own metrics advance the pen by.
    """

    face: str
    gid: int
    source: str
    am_tail: bool
    x: float
    y: float
    width: float


@cache
def font_file(face: str) -> TTFont:
    return TTFont(FONTS / f"{face}.ttf", recalcTimestamp=False)


@cache
def _shaper(face: str) -> hb.Font:
    return hb.Font(hb.Face(hb.Blob.from_file_path(FONTS / f"{face}.ttf")))


@cache
def _covers(face: str) -> frozenset[int]:
    return frozenset(font_file(face).getBestCmap())


@cache
def glyph_of(face: str, char: str) -> int:
    """The glyph that the font's character map gives for one character."""
    return int(font_file(face).getGlyphID(font_file(face).getBestCmap()[ord(char)]))


@cache
def _advance(face: str, gid: int) -> float:
    font = font_file(face)
    width: int = font["hmtx"][font.getGlyphName(gid)][0]
    return width / int(font["head"].unitsPerEm)


def runs(face: str, text: str) -> list[tuple[str, str]]:
    """`text` cut where the face changes: (face, piece)."""
    out: list[tuple[str, str]] = []
    for char in text:
        name = face if ord(char) in _covers(face) else LATIN.get(face, face)
        if out and out[-1][0] == name:
            out[-1] = (name, out[-1][1] + char)
        else:
            out.append((name, char))
    return out


@lru_cache(maxsize=65536)
def shape(face: str, text: str) -> tuple[Glyph, ...]:
    """`text` as glyphs in the order in which HarfBuzz draws them; a cluster's glyphs carry its characters between them."""
    out: list[Glyph] = []
    pen = 0.0
    for name, piece in runs(face, text):
        glyphs = _shape_run(name, piece)
        out += [Glyph(g.face, g.gid, g.source, g.am_tail, g.x + pen, g.y, g.width) for g in glyphs[0]]
        pen += glyphs[1]
    return tuple(out)


@lru_cache(maxsize=65536)
def width_of(face: str, text: str) -> float:
    """How far the pen goes over `text`, in em."""
    pieces = runs(face, text)
    return sum(sum(advance for *_, advance in _placed(name, piece)) / font_file(name)["head"].unitsPerEm for name, piece in pieces)


@lru_cache(maxsize=65536)
def _shape_run(face: str, text: str) -> tuple[tuple[Glyph, ...], float]:
    em = font_file(face)["head"].unitsPerEm
    placed = _placed(face, text)
    starts = sorted({cluster for cluster, *_ in placed})
    held: dict[int, list[tuple[int, int, int, int]]] = {start: [] for start in starts}
    for cluster, *glyph in placed:
        held[cluster].append((glyph[0], glyph[1], glyph[2], glyph[3]))
    out: list[Glyph] = []
    pen = 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        sources = _deal(text[start:end], len(held[start]))
        for (gid, x, y, advance), (source, tail) in zip(held[start], sources, strict=True):
            out.append(Glyph(face, gid, source, tail, (pen + x) / em, y / em, _advance(face, gid)))
            pen += advance
    return tuple(out), pen / em


@lru_cache(maxsize=65536)
def _placed(face: str, text: str) -> tuple[tuple[int, int, int, int, int], ...]:
    """What HarfBuzz draws: cluster, glyph, its offsets from the pen, and how far the pen goes on, in units of the font."""
    buffer = hb.Buffer()
    buffer.add_str(text)
    # Not guessed: a line that begins with a Latin word would be shaped as Latin to its end, and keep its sara am in one piece.
    buffer.direction, buffer.script, buffer.language = "ltr", "Thai", "th"
    buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
    hb.shape(_shaper(face), buffer, {"liga": False, "kern": False})
    places = (place.position for place in buffer.glyph_positions)
    drawn = zip(buffer.glyph_infos, places, strict=True)
    return tuple((info.cluster, info.codepoint, x, y, advance) for info, (x, y, advance, _) in drawn)


def _deal(chars: str, glyphs: int) -> list[tuple[str, bool]]:
    """Share a cluster's characters among its glyphs: (characters, is the aa of a sara am).

    HarfBuzz takes sara am apart and draws the nikhahit under the tone mark, so น้ำ is น, nikhahit, mai tho, aa. Sarabun draws
    nikhahit and mai tho as one glyph: the first glyphs then take one character each and the last mark takes what is left.
    """
    order: list[tuple[str, bool]] = []
    for char in chars:
        if char != AM:
            order.append((char, False))
            continue
        at = len(order)
        while at and unicodedata.combining(order[at - 1][0]) and order[at - 1][0] not in "\u0e38\u0e39\u0e3a":
            at -= 1
        order.insert(at, (NIKHAHIT, False))
        order.append((AA, True))
    if len(order) == glyphs:
        return order
    if len(order) > glyphs:
        tail = order[-1:] if order[-1][1] else []
        room = glyphs - len(tail)
        lead = order[: len(order) - len(tail)]
        if room >= 1:
            return [*lead[: room - 1], ("".join(c for c, _ in lead[room - 1 :]), False), *tail]
    raise ValueError(f"cannot share the characters {chars!r} among {glyphs} glyphs")


@cache
def _bare(face: str) -> bytes:
    """The face without its shaping tables, which a PDF does not need and which take longest to read."""
    font = TTFont(FONTS / f"{face}.ttf", recalcTimestamp=False)
    for tag in ("GDEF", "GPOS", "GSUB", "DSIG", "meta", "gasp", "fpgm", "prep", "cvt "):
        if tag in font:
            del font[tag]
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def cut(face: str, gids: frozenset[int]) -> tuple[bytes, dict[int, int]]:
    """A TrueType file of `gids` alone (and .notdef), and where each went: old glyph -> new glyph. Always the same bytes."""
    font = TTFont(io.BytesIO(_bare(face)), recalcTimestamp=False)
    names = {gid: font.getGlyphName(gid) for gid in gids}
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.name_IDs = [1, 2, 4, 6]
    options.notdef_outline = True
    worker = subset.Subsetter(options)
    worker.populate(gids=sorted(gids | {0}))
    worker.subset(font)
    order = {name: i for i, name in enumerate(font.getGlyphOrder())}
    out = io.BytesIO()
    font.save(out, reorderTables=True)
    return out.getvalue(), {gid: order[name] for gid, name in names.items()}
