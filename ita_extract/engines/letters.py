"""The characters of a page in the order in which it draws them, with what the page tells of each.

Two accidents in the world shaped it. pdfium sorts the text objects of a line by x, which tears a tone mark from its consonant
when each glyph is an object of its own; so the characters are put back into the order in which the page draws them. And pdfium
repeats the `/ActualText` of a marked span for every text object inside it (Chromium writes such spans); so only the first object
of a span speaks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..model import trace
from ..model.page import Chars
from .drawing import Spans, Texts, moved, placed
from .raw import Letters
from .view import View

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

INK_SHARE = 0.08
"""A blank draws nothing; a "space" whose ink is higher than this share of an em is another glyph with a wrong Unicode."""
AHEAD = np.array([2, 3, 0, 1])
"""For each turn, the side of a box x0, top, x1, bottom where the pen goes on."""
BREAKS = np.array([*range(0x09, 0x0E), *range(0x1C, 0x20), 0x85, 0x2028, 0x2029], np.uint32)
"""Characters that part lines or fields of a text. A text layer has them by accident: where a glyph has no Unicode pdfium hands out
its bare code, and the tenth glyph of a font, a nikhahit, broke "ดำเนินการ" into two lines."""


def chars_of(letters: Letters, runs: Ints, texts: Texts, view: View, fonts: tuple[tuple[str, ...], NDArray[np.int16]]) -> Chars:
    """`runs`: the text object of each letter, as `run_of` finds it; `fonts`: the names of the page's fonts, and which of them each
    text object is set in."""
    keep = np.flatnonzero(runs >= 0)
    if texts.spans:
        keep = keep[_speaks_first(runs[keep], texts.spans)]
    run = runs[keep]
    if len(run) and (run[1:] < run[:-1]).any():
        order = np.argsort(run, kind="stable")
        keep, run = keep[order], run[order]
    code = letters.code[keep]
    code[(code == 0xFFFE) | (code == 2)] = ord("-")  # pdfium's own signs for a hyphen at the end of a line
    code[code == 0xFFFF] = 0
    breaks = np.isin(code, BREAKS)  # rare; a line ends where the page says, never at a character
    code[breaks] = np.where(letters.unmapped[keep[breaks]] == 1, 0xFFFD, ord(" "))
    box, loose, origin = (
        part.take(keep, axis=0).astype(np.float64, copy=False) for part in (letters.box, letters.loose, letters.origin)
    )
    spoken = texts.spans.marked[run] if texts.spans else np.zeros(len(run), bool)
    if texts.spans:
        box, loose, origin = _span_places(box, loose, origin, run, spoken, texts.spans)
    box, loose, origin = view.boxes(box), view.boxes(loose), view.points(origin)
    size, turn = texts.size[run], (texts.turn[run] + view.turns) % 4
    return Chars(
        code=code,
        box=box.astype(np.float32),
        origin=origin.astype(np.float32),
        advance=loose[np.arange(len(loose)), AHEAD[turn]].astype(np.float32),
        size=size.astype(np.float32),
        run=run.astype(np.int32),
        font=fonts[1][run],
        kind=_kinds(code, box, origin, size, turn, letters.unmapped[keep] == 1, spoken),
        turn=turn.astype(np.uint8),
        fonts=fonts[0],
    )


def hidden_share(chars: Chars, hidden: NDArray[np.bool_]) -> float:
    """The share, 0 to 1, of the characters that are no blanks and come from `hidden` text objects."""
    if not hidden.any():
        return 0.0
    inked = chars.kind != ord(trace.BLANK)
    return round(float(hidden[chars.run[inked]].mean()), 3) if inked.any() else 0.0


def run_of(handles: NDArray[np.uint64], runs: NDArray[np.uint64]) -> Ints:
    """The ordinal of each character's text object, -1 for none."""
    if not len(runs) or not len(handles):
        return np.full(len(handles), -1)
    order = np.argsort(runs)
    ordered = runs[order]
    at = np.searchsorted(ordered, handles)
    at[at == len(runs)] = 0
    return np.where(ordered[at] == handles, order[at], -1)


def _speaks_first(run: Ints, spans: Spans) -> NDArray[np.bool_]:
    """False for the characters of every text object but the first that speaks under one /ActualText mark."""
    first = np.full(int(spans.span.max(initial=0)) + 1, len(spans.span))
    np.minimum.at(first, spans.span[run], run)
    return np.asarray(~spans.marked[run] | (run == first[spans.span[run]]))


def _span_places(
    box: Floats, loose: Floats, origin: Floats, run: Ints, spoken: NDArray[np.bool_], spans: Spans
) -> tuple[Floats, Floats, Floats]:
    """Gives the characters of an /ActualText span the reach of the whole span: those of its silent objects stand in it too.

    pdfium leaves such characters where the form has them in which they are drawn; they are moved to where the page has them.
    """
    loose[spoken] = spans.reach.take(run[spoken], axis=0)
    inner = np.flatnonzero(spoken & spans.inside[run])
    outer = spans.outer.take(run[inner], axis=0)
    box[inner] = placed(box.take(inner, axis=0), outer)
    x, y = origin.take(inner, axis=0).T
    origin[inner] = np.stack(moved(x, y, outer), axis=1)
    return box, loose, origin


def _kinds(
    code: NDArray[np.uint32],
    box: Floats,
    origin: Floats,
    size: Floats,
    turn: Ints,
    unmapped: NDArray[np.bool_],
    spoken: NDArray[np.bool_],
) -> NDArray[np.uint8]:
    """The trace letter of each character. `spoken` characters come from /ActualText: their boxes are not their own."""
    kind = np.full(len(code), ord(trace.DRAWN), np.uint8)
    blank = (code == 32) | (code == 0xA0)
    kind[blank] = ord(trace.BLANK)
    mute = np.flatnonzero((blank | unmapped | (code == 0) | (code == 0xFFFD)) & ~spoken)
    if not len(mute):
        return kind
    (x0, top, x1, bottom), (x, y), size, turn = box[mute].T, origin[mute].T, size[mute], turn[mute]
    rise = np.choose(turn, (y - bottom, x0 - x, top - y, x - x1))
    tall = np.where(turn % 2 == 0, bottom - top, x1 - x0)
    inked = tall > INK_SHARE * size
    kind[mute[~blank[mute]]] = ord(trace.UNMAPPED)
    kind[mute[inked & (rise > 0.3 * size)]] = ord(trace.INK_ABOVE)
    kind[mute[inked & (rise + tall < 0.05 * size)]] = ord(trace.INK_BELOW)
    return kind
