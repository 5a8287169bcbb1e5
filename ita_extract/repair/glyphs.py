"""Certain repairs of characters that are no Thai: what a font's map, an encoding or a recogniser put in the place of a glyph."""

from __future__ import annotations

import re

from ..model.trace import BLANK as DRAWN_BLANK
from ..model.trace import DRAWN, GAP, INK_ABOVE, UNMAPPED
from ..rulebook import thai
from .draft import Draft, trimmed
from .script import CONSONANT, MARK, MARKS

ZERO_WIDTH = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]+")
PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
MOJIBAKE = re.compile("[\u00a1-\u00fb][\u00a1-\u00fb\u0080-\u0097 .()/0-9-]+")
HIGH = re.compile("[\u00a1-\u00da\u00df-\u00fb]+")
"""The characters of Latin-1 whose codes are Thai characters in TIS-620."""
SIGNS = frozenset(map(chr, range(0xA1, 0xC0))) | {"\u00d7"}
FOREIGN = re.compile(f"(?<=[{CONSONANT}{MARK}ะาเ-ไ])[\u0600-\u06ff\u0e80-\u0eff]+(?=[{CONSONANT}{MARK}ะาำเ-ไ])")
YO_YING = re.compile(f"-(?=[{MARK}ะาำ])|(?<=ั)-|(?<=เ[{CONSONANT}]ิ)-|(?<=เ[{CONSONANT}]{{2}}ิ)-")
"""ญ is the soft hyphen of Latin-1, and readers print that as a hyphen at the end of a line. A hyphen bears no mark, and neither ั
nor เ-ิ stands without a consonant behind it."""
JUNK = r"(?:\ufffd|\(cid:\d+\)|[\x00-\x08\x0b\x0c\x0e-\x1f])"
"""What readers hand out for a glyph without Unicode: the replacement character, pdfminer's `(cid:n)`, a bare control code."""
SIGN = re.compile(rf"{JUNK}|[!-'*+;-@\[-`{{-~]ำ")
BASE = f"[{CONSONANT}][\u0e48-\u0e4b]?"
BASE_AT_END = re.compile(f"{BASE}$")
INKED = re.compile(f"[{re.escape(INK_ABOVE + UNMAPPED)}]")
TONE_AA = re.compile("([\u0e48-\u0e4b]?)[าำ]")
JUNK_BESIDE_AM = re.compile(rf"([{CONSONANT}])(?:{JUNK}|[!-'*+;-@\[-`{{-~])([\u0e48-\u0e4b]?ำ)|({BASE}){JUNK}(ำ)|({BASE}ำ){JUNK}")
JUNK_FOR_NIKHAHIT = re.compile(rf"([{CONSONANT}]){JUNK}([\u0e48-\u0e4b]?)า|([{CONSONANT}][\u0e48-\u0e4b]){JUNK}า")


def zero_width(draft: Draft) -> None:
    """Removes characters of no width next to Thai: line-breaking hints of web pages, byte order marks inside a text.

    They are not on the page, and they hide a word from every search. A joiner between other scripts (an emoji) is left alone.

    >>> draft = Draft("ประ\u200bเมิน"); zero_width(draft); draft.text
    'ประเมิน'
    """
    text = draft.text
    edits = []
    for match in ZERO_WIDTH.finditer(text):
        around = text[max(match.start() - 1, 0) : match.start()] + text[match.end() : match.end() + 1]
        if not around or any("\u0e00" <= char <= "\u0e7f" or char == " " for char in around):
            edits.append((match.start(), match.end(), ""))
    draft.edit("zero-width", edits)


def private_use(draft: Draft, other: bool = False) -> None:
    """Turns private-use glyphs into the characters they draw.

    Word processors of the 1990s kept a second, shifted shape of each mark under private codes (ป่ needs its mark further left than
    ก่), and PDF writers copied these codes into the text layer. Codes that `rules/thai/pua.tsv` does not know are left in place.
    Makers of fonts disagree on a few: `other` takes the second reading of these.

    >>> draft = Draft("ร\uf70aวม"); private_use(draft); draft.text
    'ร่วม'
    """
    known = thai.glyphs().private_use_other if other else thai.glyphs().private_use
    if not PRIVATE_USE.search(draft.text):
        return
    draft.edit("private-use", [(m.start(), m.end(), known[m[0]]) for m in PRIVATE_USE.finditer(draft.text) if m[0] in known])


def mojibake(draft: Draft) -> None:
    """Reads TIS-620 bytes that were taken for Latin-1 ("ÊÓ¹Ñ¡§Ò¹") again as Thai.

    A run counts only where TIS-620 knows all of it, four of its characters at least are high, and it becomes Thai without an
    impossible sequence; French or German has its accents between plain letters and never does.

    >>> draft = Draft("ÊÓ¹Ñ¡§Ò¹"); mojibake(draft); draft.text
    'สำนักงาน'
    """
    edits = []
    for match in MOJIBAKE.finditer(draft.text):
        thai_text = _as_tis620(match[0])
        if thai_text is not None:
            thai_text = YO_YING.sub("ญ", thai_text)
        if thai_text is not None and _plausible(thai_text):
            edits.append(trimmed(match.start(), match[0], thai_text))
    draft.edit("mojibake", edits)


def mojibake_throughout(draft: Draft) -> None:
    """Reads every Latin-1 character as TIS-620, for a document whose font is known to be mapped so.

    There "òõöø" is a year and "·Õè" a word, though alone they could be anything. A sign that is used in Thai text, too ("°", "½"),
    stays where no such character is within reach.

    >>> draft = Draft("»Õ òõöø ¾.È. 25½"); mojibake_throughout(draft); draft.text
    'ปี ๒๕๖๘ พ.ศ. 25½'
    >>> draft = Draft("ãË-è à¨ÃÔ- 1-2"); mojibake_throughout(draft); draft.text
    'ใหญ่ เจริญ 1-2'
    """
    text = draft.text
    edits = []
    for match in HIGH.finditer(text):
        around = text[max(match.start() - 2, 0) : match.start()] + text[match.end() : match.end() + 2]
        if match[0] in SIGNS and not HIGH.search(around):
            continue
        edits.append((match.start(), match.end(), match[0].encode("latin-1").decode("tis-620")))
    draft.edit("mojibake", edits)
    draft.sub("mojibake", YO_YING, "ญ")


def _as_tis620(text: str) -> str | None:
    try:
        return text.encode("latin-1").decode("tis-620")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None


_NOT_THAI = re.compile(f"(?:^|[^{CONSONANT}{MARK}])[{MARK}]|[เ-ไ](?![{CONSONANT}])|(?:^|[^{CONSONANT}{MARK}าะ])[ะาำ]")


def _plausible(text: str) -> bool:
    return (
        sum("ก" <= char <= "๛" for char in text) >= 4
        and not _NOT_THAI.search(text)
        and any(char in MARKS or char in "าำะ" for char in text)
    )


def foreign_letters(draft: Draft) -> None:
    """Puts the Thai letter in the place of a letter of another script inside a Thai word, where every letter of the run is known.

    Recognition models trained on many scripts slip by sound or shape in the middle of a word.

    >>> draft = Draft("เขาสامยอด"); foreign_letters(draft); draft.text
    'เขาสามยอด'
    """
    known = thai.glyphs().foreign
    edits = []
    for match in FOREIGN.finditer(draft.text):
        if all(char in known for char in match[0]):
            edits.append((match.start(), match.end(), "".join(map(known.__getitem__, match[0]))))
    draft.edit("foreign-letter", edits)


def unmapped_glyph(draft: Draft) -> None:
    """Mends the nikhahit that came out as U+FFFD, `(cid:n)`, a control code or a stray sign, beside ำ or before า.

    Two producers differ: one writes nikhahit and sara am ("ด�ำเนิน": the junk is surplus), one nikhahit and sara aa ("ด�าเนิน").

    >>> draft = Draft("ด�ำเนิน ประจำ� ท(cid:7)างาน จัดท%ำ"); unmapped_glyph(draft); draft.text
    'ดำเนิน ประจำ ทำงาน จัดทำ'
    """
    if not SIGN.search(draft.text):
        return
    draft.sub("unmapped-nikhahit", JUNK_BESIDE_AM, lambda m: "".join(part or "" for part in m.groups()))
    draft.sub("unmapped-nikhahit", JUNK_FOR_NIKHAHIT, lambda m: f"{m[1]}{m[2]}ำ" if m[1] else f"{m[3]}ำ")


def traced_ink(draft: Draft, swapped: bool = False) -> None:
    """Reads a glyph that the page draws above a consonant, but that has no Unicode of its own, as the nikhahit of a sara am.

    The commonest accident of Thai PDFs: the nikhahit's glyph maps to a space, to a sign or to nothing, and "ดำเนิน" is read as
    "ด าเนิน". The trace tells the blank that is ink from the blank that is a space. In a document that writes ำ for every า
    (`swapped`) the blank is all that tells a true ำ from the others: it stays, for the lattice to see.

    >>> draft = Draft("ด าเนิน", ".^....."); traced_ink(draft); draft.text
    'ดำเนิน'
    """
    if INK_ABOVE not in draft.trace and UNMAPPED not in draft.trace:
        return
    edits = []
    text, trace, n = draft.text, draft.trace, len(draft.text)
    at = 0
    while found := INKED.search(trace, at):
        at, end = found.span()
        while end < n and trace[end] == trace[at] and text[end] == text[at]:
            end += 1
        edit = _nikhahit_at(text, trace, at, end)
        if edit and swapped and edit[2].endswith("ำ"):
            edit = (edit[0], edit[1], f" {edit[2]}")
        if edit:
            edits.append(edit)
        at = max(end, edit[1] if edit else 0)
    draft.edit("traced-nikhahit", edits)


def _nikhahit_at(text: str, trace: str, start: int, end: int) -> tuple[int, int, str] | None:
    """The edit for the inked glyph at `start`, with spaces that the reader saw around it."""
    unmapped = trace[start] == UNMAPPED
    while start and text[start - 1] == " " and trace[start - 1] == GAP:
        start -= 1
    while end < len(text) and text[end] == " " and trace[end] in (GAP, DRAWN_BLANK):
        end += 1
    before = BASE_AT_END.search(text[max(start - 2, 0) : start])
    after = TONE_AA.match(text, end)
    if before and after and trace[after.start()] == DRAWN:
        return start, after.end(), f"{after[1]}ำ"
    if unmapped and start and text[start - 1] == "ำ":
        return start, end, ""
    return None
