"""Lists inside a cell: which lines begin an entry, and what each entry says.

People number as they please: "1. ", "๑) ", "(1)", "- ". The mark that comes first is the list's own; another one inside an entry is
a list within it and stays in its text. OCR writes a whole list on one line, and there the numbers must count up to be believed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .values import arabic, unwrap

_NUMBERED = re.compile(r"\s*(\(?)([0-9๐-๙]{1,2})\s*([.)]{1,2})\s*(?=[^\d๐-๙\s.)])")
_BULLET = re.compile(r"\s*([-–—•●○▪✓➢*])\s*(?=[^\s\d\-–—])")
_INLINE = re.compile(r"(?<=\s)(\(?)([0-9๐-๙]{1,2})\s?([.)]{1,2})\s*(?=[^\W\d_])")

_FOREIGN_SEAM = re.compile(r"[0-9๐-๙A-Za-z][ก-ๆ]|[ก-๎][0-9๐-๙A-Za-z(]")


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark at the start of a line. `style` is how it is written ("1.", "1)", "(1)", "-"); `number` is None for a bullet."""

    style: str
    number: int | None
    end: int


def mark_of(line: str) -> Mark | None:
    """The mark that a line begins with.

    >>> mark_of("๒) ประกาศแผน").number, mark_of("(1) ประเด็น").style, mark_of("- กองคลัง").style, mark_of("2567 ของจังหวัด")
    (2, '(1)', '-', None)
    """
    if found := _NUMBERED.match(line):
        return Mark(f"{found[1]}1{found[3]}", int(arabic(found[2])), found.end())
    if found := _BULLET.match(line):
        return Mark("-", None, found.end())
    return None


def entries(text: str) -> tuple[str, ...]:
    """The entries of a list, without their marks, each on one line; a cell that is no list is one entry, an empty cell none.

    >>> entries("1. จัดทำคู่มือ\\nการปฏิบัติงาน\\n2. เผยแพร่\\n(1) เว็บไซต์\\n(2) ป้าย")
    ('จัดทำคู่มือการปฏิบัติงาน', 'เผยแพร่ (1) เว็บไซต์ (2) ป้าย')
    >>> entries("๑. แต่งตั้งคณะทำงาน ๒. เปิดช่องทาง"), entries("ไม่มีข้อ"), entries(" ")
    (('แต่งตั้งคณะทำงาน', 'เปิดช่องทาง'), ('ไม่มีข้อ',), ())
    """
    lines = [line for line in text.split("\n") if line.strip()]
    own = next((mark.style for line in lines if (mark := mark_of(line))), None)
    groups: list[list[str]] = []
    for line in lines:
        mark = mark_of(line)
        if mark is not None and mark.style == own:
            groups.append([line[mark.end :]])
        elif groups:
            groups[-1].append(line)
        else:
            groups.append([line])
    found = [part for group in groups for part in _counted("\n".join(group), own, _number(text, own, group))]
    return tuple(entry for part in found if (entry := running(part)))


def _number(text: str, own: str | None, group: list[str]) -> int | None:
    """The number that stood before a group of lines, None where it had none."""
    for line in text.split("\n"):
        mark = mark_of(line)
        if mark is not None and mark.style == own and line[mark.end :] == group[0]:
            return mark.number
    return None


def _counted(text: str, own: str | None, number: int | None) -> list[str]:
    """An entry parted where the next number follows in the same line, in the same style: "… ๒. เปิดช่องทาง … ๓. …"."""
    if own is None or number is None:
        return [text]
    parts, at = [], 0
    for found in _INLINE.finditer(text):
        if (
            f"{found[1]}1{found[3]}" == own
            and int(arabic(found[2])) == number + 1
            and "\n" not in text[found.start() - 1 : found.start()]
        ):
            parts.append(text[at : found.start()])
            at, number = found.end(), number + 1
    return [*parts, text[at:]]


def running(text: str) -> str:
    """The lines of a cell as one: joined as `unwrap` joins them, with a blank before an entry of a list and beside a number or a
    Latin word.

    Thai sets a blank around numbers and foreign words, and a line that breaks there has lost it.

    >>> running("ตลอดปี ๒๕๖๙\\nตุลาคม"), running("รายงานผล\\n1. ประชุม\\n2. สรุป"), running("ขั้น\\nตอน")
    ('ตลอดปี ๒๕๖๙ ตุลาคม', 'รายงานผล 1. ประชุม 2. สรุป', 'ขั้นตอน')
    """
    out = ""
    for line in text.split("\n"):
        seam = f"{out[-1:]}{line[:1]}"
        apart = out != "" and (mark_of(line) is not None or _FOREIGN_SEAM.fullmatch(seam) is not None)
        out = f"{out} \n{line}" if apart else f"{out}\n{line}"
    return unwrap(out)


def without_number(text: str, number: int | None = None) -> str:
    """A title without the number of its row; a cell that is itself a list keeps its numbers.

    >>> without_number("๒. การใช้งบประมาณ"), without_number("1. คู่มือ\\n2. มาตรการ")
    ('การใช้งบประมาณ', '1. คู่มือ\\n2. มาตรการ')
    """
    mark = mark_of(text)
    if mark is None or mark.number is None or (number is not None and mark.number != number):
        return text
    own = [found for line in text.split("\n") if (found := mark_of(line)) and found.style == mark.style]
    return text[mark.end :] if len(own) == 1 else text
