"""What goes wrong between a page and its text layer, as word processors and converters do it.

The page always looks right: every glyph stays where the shaper put it. Damage decides what its character code is said to mean
(the ToUnicode map) and in which order the glyphs are written, since a text layer is read in that order.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .dice import Dice
from .faces import AA, AM, NIKHAHIT, Glyph, glyph_of

SaraAm = Literal[
    "whole",  # the font's own ำ glyph: nothing wrong
    "actual",  # two glyphs under one /ActualText, as LibreOffice and Chromium write: nothing wrong
    "parts",  # ํา: right to the eye, another string
    "space",  # "ด าเนิน": the commonest damage of all
    "space_am",  # "ด ำเนิน"
    "empty",  # "ดาเนิน": the nikhahit maps to nothing
    "no_entry",  # the nikhahit is not in the map: readers hand out a bare code or "(cid:n)"
    "mai_tho",  # "ด้าเนิน"
    "fffd",  # "ด\ufffdำเนิน"
    "fffd_aa",  # "ด\ufffdาเนิน"
    "fffd_after",  # "ดำ\ufffdเนิน"
    "am_for_aa",  # "กำรก ำหนด": every aa of the font is said to be sara am
]

LOWER = "\u0e38\u0e39\u0e3a"
ABOVE = "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e47\u0e4d"
TONES = "\u0e48\u0e49\u0e4a\u0e4b\u0e4c"
ASCENDERS = "ปฝฟ"
SHORT_TAILS = {"ญ": "\uf70f", "ฐ": "\uf700"}

# Where a mark stands on its consonant decides its private-use code: (lowered, lowered and left, left). Codes: Adobe Glyph List
# (the Macintosh column) and the Windows code page 874 fonts.
WINDOWS = {
    "\u0e48": "\uf70a\uf705\uf713",
    "\u0e49": "\uf70b\uf706\uf714",
    "\u0e4a": "\uf70c\uf707\uf715",
    "\u0e4b": "\uf70d\uf708\uf716",
    "\u0e4c": "\uf70e\uf709\uf717",
}
MAC = {
    "\u0e48": "\uf88b\uf88c\uf88a",
    "\u0e49": "\uf88e\uf88f\uf88d",
    "\u0e4a": "\uf891\uf892\uf890",
    "\u0e4b": "\uf894\uf895\uf893",
    "\u0e4c": "\uf897\uf898\uf896",
}
WINDOWS_LEFT = dict(zip("\u0e31\u0e34\u0e35\u0e36\u0e37\u0e47\u0e4d", "\uf710\uf701\uf702\uf703\uf704\uf712\uf711", strict=True))
MAC_LEFT = dict(zip("\u0e31\u0e34\u0e35\u0e36\u0e37\u0e47\u0e4d", "\uf884\uf885\uf886\uf887\uf888\uf889\uf899", strict=True))


@dataclass(frozen=True, slots=True)
class Damage:
    """One producer's faults. Shares are of the places where the fault could happen.

    sara_am, am_share: how a sara am comes out, and in which share of places (the others are whole).
    private_use: marks as codes of the private use area.   tone_first: share of clusters whose tone is written before the vowel.
    carried: share of upper marks written after the next consonant.   spaced: share of marks with a drawn space before them.
    doubled: share of marks drawn twice.   lower_as_space: ุ and ู map to a space.   mojibake: Thai as TIS-620 read as Latin-1.
    """

    sara_am: SaraAm = "whole"
    am_share: float = 1.0
    private_use: Literal["windows", "mac"] | None = None
    tone_first: float = 0.0
    carried: float = 0.0
    spaced: float = 0.0
    doubled: float = 0.0
    lower_as_space: bool = False
    mojibake: bool = False


DAMAGES: dict[str, Damage] = {
    "clean": Damage(),
    "clean_actual": Damage("actual"),
    "split_am": Damage("space"),
    "split_am_some": Damage("space", am_share=0.5),
    "split_am_keep": Damage("space_am"),
    "lost_am": Damage("empty"),
    "no_entry": Damage("no_entry"),
    "mai_tho": Damage("mai_tho"),
    "fffd": Damage("fffd"),
    "fffd_aa": Damage("fffd_aa"),
    "fffd_after": Damage("fffd_after"),
    "am_for_aa": Damage("am_for_aa"),
    "decomposed": Damage("parts"),
    "pua": Damage(private_use="windows"),
    "pua_mac": Damage(private_use="mac"),
    "pua_split_am": Damage("space", private_use="windows"),
    "tone_first": Damage(tone_first=1.0),
    "carried": Damage(carried=0.25),
    "spaced": Damage(spaced=0.4),
    "word_2007": Damage("parts", tone_first=0.6, carried=0.15, spaced=0.15),
    "word_2010": Damage("space", tone_first=0.5, carried=0.08),
    "doubled": Damage(doubled=0.1),
    "lower_as_space": Damage(lower_as_space=True),
    "mojibake": Damage(mojibake=True),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A glyph as it is written: `meaning` is what the text layer says it is (None: no entry in the map).

    apart: it starts a text object of its own.   actual, covers: an /ActualText over this and the following `covers - 1` glyphs.
    """

    glyph: Glyph
    meaning: str | None
    apart: bool = False
    actual: str | None = None
    covers: int = 1


def clusters(glyphs: Sequence[Glyph]) -> Iterator[tuple[Glyph, ...]]:
    """Glyphs by the letter that carries them: a consonant with its marks, and the aa of a sara am."""
    group: list[Glyph] = []
    for glyph in glyphs:
        if group and not (glyph.am_tail or unicodedata.category(glyph.source[0]) == "Mn"):
            yield tuple(group)
            group = []
        group.append(glyph)
    if group:
        yield tuple(group)


def spread_out(glyphs: Sequence[Glyph], extra: float) -> tuple[Glyph, ...]:
    """The glyphs of a line with `extra` em shared among the gaps between its letters, as Thai text is justified.

    A reader then takes the wider gaps for spaces: "จั ด ท ำ".
    """
    groups = list(clusters(glyphs))
    step = extra / max(len(groups) - 1, 1)
    return tuple(replace(g, x=g.x + i * step) for i, group in enumerate(groups) for g in group)


def apply(damage: Damage, glyphs: Sequence[Glyph], dice: Dice) -> tuple[Shown, ...]:
    """The glyphs of one line as the producer writes them. `dice` decides the faults that happen only now and then."""
    written: list[list[Shown]] = []
    for at, cluster in enumerate(clusters(glyphs)):
        here = dice.at(at)
        shown = [Shown(g, g.source) for g in cluster]
        if any(g.am_tail for g in cluster):
            shown = _sara_am(damage, shown, here)
        elif damage.sara_am == "am_for_aa":
            shown = [replace(s, meaning=AM) if s.meaning == AA else s for s in shown]
        shown = _private_use(damage, shown) if damage.private_use else shown
        if here.chance("tone", damage.tone_first):
            shown = _tone_first(shown)
        shown = _doubled(shown, damage, here)
        shown = _spaced(shown, damage, here)
        written.append([_recode(s, damage) for s in shown])
    _carry(written, damage, dice)
    return tuple(s for cluster in written for s in cluster)


def _sara_am(damage: Damage, cluster: list[Shown], dice: Dice) -> list[Shown]:
    kind = damage.sara_am if dice.chance("am", damage.am_share) else "whole"
    at = next(i for i, s in enumerate(cluster) if NIKHAHIT in s.glyph.source)
    dot, tail = cluster[at], cluster[-1]
    lone, between = dot.glyph.source == NIKHAHIT, cluster[at + 1 : -1]
    tones = dot.glyph.source.replace(NIKHAHIT, "")
    head = cluster[:at]
    if kind == "whole":
        if not lone:  # one glyph for nikhahit and tone: let it stand for the tone, and the aa for the sara am
            return [*head, replace(dot, meaning=tones), *between, replace(tail, meaning=AM)]
        face = tail.glyph.face
        return [*head, *between, Shown(replace(tail.glyph, gid=glyph_of(face, AM)), AM)]
    if kind == "actual":
        after = "".join(s.glyph.source for s in between)
        return [*head, replace(dot, actual=tones + after + AM, covers=len(between) + 2), *between, tail]
    if kind == "fffd_after":
        if not lone:
            return [*head, replace(dot, meaning=tones + "\ufffd"), *between, replace(tail, meaning=AM)]
        return [*head, *between, replace(tail, meaning=AM), replace(dot, meaning="\ufffd")]
    lost: str | None = {
        "parts": NIKHAHIT,
        "space": " ",
        "space_am": " ",
        "empty": "",
        "mai_tho": "\u0e49",
        "fffd": "\ufffd",
        "fffd_aa": "\ufffd",
        "am_for_aa": " ",
        "no_entry": None,
    }[kind]
    end = AM if kind in ("space_am", "fffd", "am_for_aa") else AA
    meaning = lost if lone else (lost or "") + tones
    return [*head, replace(dot, meaning=meaning), *between, replace(tail, meaning=end)]


def _private_use(damage: Damage, cluster: list[Shown]) -> list[Shown]:
    tones, left = (WINDOWS, WINDOWS_LEFT) if damage.private_use == "windows" else (MAC, MAC_LEFT)
    base = cluster[0].glyph.source
    tall = base in ASCENDERS
    over = any(s.meaning and s.meaning[0] in ABOVE for s in cluster[1:])
    out: list[Shown] = []
    for s in cluster:
        mean = s.meaning or ""
        if s is cluster[0] and base in SHORT_TAILS and any(x.meaning and x.meaning[0] in LOWER for x in cluster):
            mean = SHORT_TAILS[base] if damage.private_use == "windows" else {"ญ": "\uf89a", "ฐ": "\uf89e"}[base]
        elif mean in tones:
            mean = (tones[mean][2] if tall else mean) if over else tones[mean][1 if tall else 0]
        elif mean in left and tall:
            mean = left[mean]
        out.append(replace(s, meaning=mean) if s.meaning else s)
    return out


def _tone_first(cluster: list[Shown]) -> list[Shown]:
    out = list(cluster)
    for i in range(1, len(out) - 1):
        vowel, tone = out[i].glyph.source, out[i + 1].glyph.source
        if len(vowel) == 1 and vowel in ABOVE + LOWER and vowel != NIKHAHIT and tone in TONES:
            out[i], out[i + 1] = out[i + 1], out[i]
    return out


def _is_mark(s: Shown) -> bool:
    return len(s.glyph.source) == 1 and unicodedata.category(s.glyph.source) == "Mn" and s.glyph.source != NIKHAHIT


def _doubled(cluster: list[Shown], damage: Damage, dice: Dice) -> list[Shown]:
    out: list[Shown] = []
    for i, s in enumerate(cluster):
        out.append(s)
        if _is_mark(s) and s.actual is None and dice.chance(("doubled", i), damage.doubled):
            out.append(s)
    return out


def _spaced(cluster: list[Shown], damage: Damage, dice: Dice) -> list[Shown]:
    out: list[Shown] = []
    for i, s in enumerate(cluster):
        inside = any(c.actual is not None for c in cluster[:i])
        if i and _is_mark(s) and not inside and dice.chance(("spaced", i), damage.spaced):
            face, pen = s.glyph.face, cluster[0].glyph.x + cluster[0].glyph.width
            out.append(Shown(Glyph(face, glyph_of(face, " "), " ", False, pen, 0.0, 0.0), " "))
            out.append(replace(s, apart=True))
        else:
            out.append(s)
    return out


def _carry(written: list[list[Shown]], damage: Damage, dice: Dice) -> None:
    for at in range(len(written) - 1):
        here, after = written[at], written[at + 1]
        movable = len(here) > 1 and _is_mark(here[-1]) and here[-1].glyph.source not in LOWER
        thai = "\u0e01" <= (after[0].glyph.source[:1] or " ") <= "\u0e2e"
        plain = not any(s.actual is not None for s in [*here, *after])
        if movable and thai and plain and dice.at(at).chance("carried", damage.carried):
            after.insert(1, here.pop())


def _recode(s: Shown, damage: Damage) -> Shown:
    meaning = s.meaning
    if damage.lower_as_space and meaning is not None and meaning in ("\u0e38", "\u0e39"):
        return replace(s, meaning=" ")
    if damage.mojibake and meaning:
        return replace(s, meaning="".join(chr(ord(c) - 0x0E00 + 0xA0) if "\u0e01" <= c <= "\u0e5b" else c for c in meaning))
    return s
