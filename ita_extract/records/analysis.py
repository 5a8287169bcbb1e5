"""What an analysis says of the items of a survey or of OIT: one finding for each stretch of text that is about the same items.

Some tables name the items in a column of their own; others begin each paragraph with the code, and there OCR reads "I4" as "14" and
"E5" as "e5". A code is believed when it is the next one of its kind, or one of the indicator that the row is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache

from ..model.record import Check, ItemFinding, Reject
from ..model.table import Row
from ..rulebook.frameworks import Framework
from ..rulebook.prose import NUMBER, Prose
from .listing import running, without_number
from .prose import indicator_in
from .rows import RowReader
from .values import arabic

_CODE = r"(?:[IEOieol|]\s?[0-9๐-๙]{1,2}|[10][0-9]{1,2})"
_SAME = r"(?:\s*(?:[-–,/]|และ|ถึง)\s*[IEOieo]\s?[0-9๐-๙]{1,2})*"
_ONE = r"[IEOieol|]?\s?[0-9๐-๙]{1,3}"
_PLAIN_CODE = re.compile(r"(?<![A-Za-z])([IEOieo])\s?([0-9๐-๙]{1,2})(?![0-9๐-๙])")
_SCORE = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{1,2})?)\s*คะแนน(?!ขึ้นไป)")
_RANGE = re.compile(r"([IEO])(\d{1,2})\s*(?:[-–]|ถึง)\s*([IEO])(\d{1,2})", re.I)
LETTERS: Mapping[str, str] = {"I": "IIT", "E": "EIT", "O": "OIT"}
MAX_ITEMS = 60


@dataclass(slots=True)
class Findings:
    """The findings so far, and what the rows above have said: the topic and the instrument go on until a row names others."""

    records: list[ItemFinding] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    topic: str = ""
    instrument: str | None = None
    last: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class _Context:
    """What is known when the paragraphs of a row are read. `expected` are the codes of the indicator that the row is about."""

    instrument: str | None
    expected: frozenset[str]
    last: tuple[str, int] | None


def read_findings(found: Findings, reader: RowReader, year: int | None, prose: Prose) -> None:
    """The findings of a table, added to those before it: a table of a later page may go on in the middle of a row."""
    if year is None:
        reader.reject_all("NO_YEAR", "nothing above the table names the year whose results are analysed")
        return
    framework = reader.framework(year)
    for row in reader.body():
        if (group := reader.spanning(row)) is not None:
            found.topic, found.instrument = group, None
            reader.skip(row, "group_heading")
            continue
        before = len(found.records)
        joined = _read_row(found, reader, row, year, framework, prose)
        if len(found.records) > before:
            reader.settle(row, len(found.records) - before)
        elif joined:
            reader.skip(row, "goes_on")
        elif reader.is_open(row):
            reader.reject(row, "NO_TEXT", "the row names items or a topic, and says nothing of them")


def _read_row(found: Findings, reader: RowReader, row: Row, year: int, framework: Framework | None, prose: Prose) -> bool:
    """Reads a row; True where (a part of) its text goes on from the finding before."""
    topic, named = reader.raw(row, "topic"), reader.text(row, "instrument")
    if topic:
        found.topic, found.instrument = topic, None
    found.instrument = _instrument(named, framework) or found.instrument
    text, items = reader.raw(row, "text"), reader.raw(row, "items")
    if not text:
        return False
    context = _Context(found.instrument, _expected(found.topic, framework, prose), found.last)
    parts = [(codes_in(items), text)] if items else paragraphs(text, context, prose)
    joined = False
    for codes, part in parts:
        if not codes and not items and not topic and found.records:
            last = found.records[-1]
            more = f"{last.text} {running(part)}"
            found.records[-1] = replace(last, text=more, scores=scores_of(more, last.item_codes))
            joined = True
            continue
        said = running(part)
        printed = reader.text(row, "score") if len(parts) == 1 else None
        found.records.append(
            ItemFinding(
                page=row.page,
                fiscal_year=year,
                seq=len(found.records) + 1,
                topic=title_of(found.topic, prose),
                instrument=LETTERS.get(codes[0][0]) if codes else found.instrument,
                item_codes=codes,
                scores=scores_of(said, codes) or _printed_scores(printed),
                text=said,
            )
        )
        if codes:
            if not items:
                found.checks.extend(_misreadings(part, codes, row.page, prose))
            found.last = (codes[-1][0], int(codes[-1][1:]))
    return joined


def _misreadings(part: str, codes: Sequence[str], page: int, prose: Prose) -> Iterator[Check]:
    """Codes that are not printed as they are meant: "14" for I4, "e5" for E5. What is published is read, not seen."""
    hit = _opening(prose).match(part)
    printed = re.findall(_ONE, hit[1]) if hit else []
    for code, token in zip(codes, printed, strict=False):
        bare = "".join(arabic(token).split())
        if bare != code:
            subject = f"finding on {code} on page {page}"
            yield Check(identity="item_code", subject=subject, expected=code, observed=bare, tolerance="0", outcome="corrected")


@lru_cache(maxsize=4)
def _opening(prose: Prose) -> re.Pattern[str]:
    """How a paragraph begins that is about an item: its code or codes, with or without a word for "item" before them."""
    label = "|".join(map(re.escape, prose.cells.item))
    return re.compile(rf"\s*(?:[-•]\s*)?(?:(?:{label})\s*)?({_CODE}{_SAME})(?=[\s:.)]|$)")


def title_of(text: str, prose: Prose) -> str | None:
    """A topic or a measure without the number or label of its row, on one line; None where it says nothing.

    >>> from ita_extract.rulebook.prose import load_prose
    >>> title_of("ประเด็นที่ ๓  กลไกและมาตรการ", load_prose()), title_of("2. การใช้\\nงบประมาณ", load_prose())
    ('กลไกและมาตรการ', 'การใช้งบประมาณ')
    """
    for label in prose.cells.labels:
        opening = r"\s*".join(map(re.escape, label.replace(NUMBER, "")))
        if opening and (hit := re.match(rf"\s*{opening}\s*[0-9๐-๙]{{1,2}}\s*[.:)]?\s*(?=\S)", text)):
            text = text[hit.end() :]
            break
    return running(without_number(text)) or None


def _instrument(printed: str | None, framework: Framework | None) -> str | None:
    if not printed:
        return None
    if hit := re.search(r"(?<![A-Z])([IEO]IT)(?![A-Z])", printed.upper()):
        return hit[1]
    named = framework.instrument_named(printed) if framework else None
    return named.code if named else None


def _expected(topic: str, framework: Framework | None, prose: Prose) -> frozenset[str]:
    no = indicator_in(topic, framework, prose) if topic else None
    if framework is None or no is None:
        return frozenset()
    surveyed = (item.code for item in framework.items_of(no))
    return frozenset((*surveyed, *(item.code for item in framework.oit_items_of(no))))


def paragraphs(text: str, context: _Context, prose: Prose) -> list[tuple[tuple[str, ...], str]]:
    """The stretches of a text that each begin with the code of an item, in order; one without a code may stand first."""
    opening = _opening(prose)
    parts: list[tuple[tuple[str, ...], list[str]]] = []
    last = context.last
    for line in text.split("\n"):
        hit = opening.match(line)
        codes = _believed(hit[1], replace(context, last=last), bool(parts)) if hit else ()
        if codes:
            parts.append((codes, [line]))
            last = (codes[-1][0], int(codes[-1][1:]))
        elif parts:
            parts[-1][1].append(line)
        else:
            parts.append(((), [line]))
    return [(codes, "\n".join(lines)) for codes, lines in parts if any(line.strip() for line in lines)]


def _believed(printed: str, context: _Context, inside: bool) -> tuple[str, ...]:
    """The codes that a paragraph opens with, where they can be: the next of their kind, or ones of the row's indicator.

    Inside a paragraph a line may begin with the very code that the paragraph is about: that opens nothing.
    """
    codes = codes_in(printed) or _misread(printed, context)
    if not codes:
        return ()
    letter, number = codes[0][0], int(codes[0][1:])
    if context.instrument is not None and LETTERS[letter] != context.instrument:
        return ()
    if context.last is not None and context.last[0] == letter and number <= context.last[1]:
        return ()
    following = context.last is not None and context.last == (letter, number - 1)
    return codes if following or not inside or codes[0] in context.expected else ()


def _misread(printed: str, context: _Context) -> tuple[str, ...]:
    """ "14" is I4 and "125" I25 where a code of IIT is due; "l3" and "|3" as well. "01" is O1 where one of OIT is."""
    bare = arabic("".join(printed.split()))
    for signs, letter in (("1l|", "I"), ("0", "O")):
        if bare[:1] in tuple(signs) and bare[1:].isdigit() and int(bare[1:]) in range(1, MAX_ITEMS):
            code = f"{letter}{int(bare[1:])}"
            due = context.last is not None and context.last == (letter, int(bare[1:]) - 1)
            if context.instrument == LETTERS[letter] and (code in context.expected or due or not context.expected):
                return (code,)
    return ()


def codes_in(text: str) -> tuple[str, ...]:
    """The codes of items that a text names, in order and each once; a range names all that lie in it.

    >>> codes_in("E4-e5"), codes_in("ข้อ I1, I2"), codes_in("O1 - O3"), codes_in("ปี ๒๕๖๗")
    (('E4', 'E5'), ('I1', 'I2'), ('O1', 'O2', 'O3'), ())
    """
    plain = arabic(text)
    for hit in reversed(list(_RANGE.finditer(plain))):
        first, last = int(hit[2]), int(hit[4])
        if hit[1].upper() == hit[3].upper() and first < last <= first + MAX_ITEMS:
            plain = f"{plain[: hit.start()]}{' '.join(f'{hit[1]}{n}' for n in range(first, last + 1))}{plain[hit.end() :]}"
    return tuple(dict.fromkeys(f"{hit[1].upper()}{int(hit[2])}" for hit in _PLAIN_CODE.finditer(plain)))


def scores_of(text: str, codes: Sequence[str]) -> tuple[Decimal, ...]:
    """The scores that a finding names for its items, in the order of the codes; () where it does not name one for each.

    >>> scores_of("ประเด็น E4 อยู่ที่ 92.05 คะแนน ประเด็น E5 อยู่ที่ 92.49 คะแนน", ("E4", "E5"))
    (Decimal('92.05'), Decimal('92.49'))
    >>> scores_of("ได้ 89.16 คะแนน จากเกณฑ์ 85 คะแนนขึ้นไป", ("I1",)), scores_of("ไม่มีคะแนน", ("I1",))
    ((Decimal('89.16'),), ())
    """
    plain = arabic(text)
    hits = [(hit.start(), Decimal(hit[1])) for hit in _SCORE.finditer(plain) if Decimal(hit[1]) <= 100]
    named: dict[str, Decimal] = {}
    for at, score in hits:
        before = [f"{hit[1].upper()}{int(hit[2])}" for hit in _PLAIN_CODE.finditer(plain[:at])]
        code = next((one for one in reversed(before) if one in codes), None)
        if code is not None and code not in named:
            named[code] = score
    if len(codes) == 1 and hits and not named:
        return (hits[0][1],)
    if set(named) == set(codes):
        return tuple(named[code] for code in codes)
    return tuple(score for _, score in hits) if len(hits) == len(codes) else ()


def _printed_scores(printed: str | None) -> tuple[Decimal, ...]:
    """The scores of a column of their own."""
    return tuple(Decimal(hit) for hit in re.findall(r"(?<![\d.])\d{1,3}(?:\.\d{1,2})?(?![\d.])", arabic(printed or "")))
