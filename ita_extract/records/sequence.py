"""Tables of a text layer that has no geometry: cell after cell, in the order in which the page was drawn.

What is left of such a table is its head in a line or a few, then runs of lines parted by empty ones. A run may be a cell, half a
cell (two paragraphs) or two cells that ran together, and a row broken by the end of a page goes on under a repeated head in its
longest column alone. Which run is which cell is decided for all of them at once: the cheapest reading of the whole table, where
order of the head, numbers of the rows, marks of lists, widths of lines and words that open a cell each have their price. A row for
which another reading is nearly as cheap is not guessed: it is given back as unsure.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from statistics import median

from ..model.record import Reject
from ..model.table import Cell, LongTable, Row, TextLine
from ..rulebook.layouts import YEAR, Layout, TableLayout
from ..rulebook.prose import NUMBER, CellWords
from ..rulebook.wording import skeleton, squash
from .headings import Head
from .listing import mark_of

MAX_HEAD_LINES = 14
MAX_HEAD_LETTERS = 400
MIN_COLUMNS = 3
SURE = 1.0
"""How much dearer every other reading of a row must be for it to be believed."""
BEAM, MAX_READINGS = 10.0, 48
"""Readings that are dearer than the cheapest by so much, or behind so many others, are given up."""
ROUNDS = 4
LISTS = frozenset({"steps", "outcomes"})
SHORT = frozenset({"row_no", "instrument", "items", "period", "responsible", "score"})
SHORT_LETTERS = 120
"""Columns whose cells are short, and how many letters a cell of them hardly ever has."""
OPEN = math.inf
_MARKS_ABOVE_OR_BELOW = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
_INSTRUMENT = re.compile(r"\s*(?:[IEO]IT)(?=\s|$)")
_CODE = re.compile(r"[IEO]\s?[0-9๐-๙]{1,2}", re.I)


@dataclass(frozen=True, slots=True)
class Written:
    """A table found in lines. `table` has one head row; `unsure` are the rows whose cells could not be told apart."""

    table: LongTable
    head: Head
    unsure: tuple[Reject, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """Lines that stay together. `gap` is how they are parted from the run before: "page" (a head between them), "blank", "weak"."""

    lines: tuple[TextLine, ...]
    gap: str

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class _HeadLines:
    """A head found in lines: its fields in order, the skeleton of what it says, and the block behind it."""

    table: TableLayout
    fields: tuple[str, ...]
    bones: str
    end: int


def tabulate(blocks: Sequence[TextLine | LongTable], layout: Layout, number: int) -> list[TextLine | LongTable | Written]:
    """The blocks with every stretch of lines that is a table put into rows. New tables are numbered from `number`."""
    out: list[TextLine | LongTable | Written] = []
    at = 0
    while at < len(blocks):
        block = blocks[at]
        found = _head_at(blocks, at, layout) if isinstance(block, TextLine) else None
        if found is None:
            out.append(block)
            at += 1
            continue
        runs, after = _runs(blocks, layout, found)
        if runs:
            out.append(_written(runs, found.table, found.fields, layout, number, block.page))
            number += 1
        else:
            out.extend(blocks[at:after])
        at = after
    return out


def _head_at(blocks: Sequence[TextLine | LongTable], at: int, layout: Layout) -> _HeadLines | None:
    """The table whose headings are all that the lines from `at` on say: the longest such head."""
    bones = ""
    best: _HeadLines | None = None
    filled = 0
    for end in range(at, min(len(blocks), at + 2 * MAX_HEAD_LINES)):
        block = blocks[end]
        if not isinstance(block, TextLine) or filled >= MAX_HEAD_LINES:
            break
        if not block.text.strip():
            if filled == 0:
                break
            continue
        filled += 1
        bones += skeleton(block.text)
        if len(bones) > MAX_HEAD_LETTERS:
            break
        for table in layout.tables:
            fields = _headings(bones, _known(table))
            if fields is not None and len(fields) >= MIN_COLUMNS and _required(table) <= set(fields):
                best = _HeadLines(table, fields, bones, end + 1)
                break
        if not any(_begins(bones, _known(table)) for table in layout.tables):
            break
    return best


def _required(table: TableLayout) -> set[str]:
    return {column.field for column in table.columns if column.required}


@lru_cache(maxsize=64)
def _known(table: TableLayout) -> tuple[tuple[str, str], ...]:
    """Skeletons of the headings of a table with their fields, the longest first."""
    pairs = {(skeleton(heading), column.field) for column in table.columns for heading in column.headings if YEAR not in heading}
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))


@lru_cache(maxsize=4096)
def _headings(bones: str, known: tuple[tuple[str, str], ...]) -> tuple[str, ...] | None:
    """The fields whose headings make up the text exactly, each once; the reading with the fewest columns. None where none does."""
    if not bones:
        return ()
    best: tuple[str, ...] | None = None
    for heading, name in known:
        if bones.startswith(heading):
            rest = _headings(bones[len(heading) :], known)
            if rest is not None and name not in rest and (best is None or len(rest) + 1 < len(best)):
                best = (name, *rest)
    return best


@lru_cache(maxsize=4096)
def _begins(bones: str, known: tuple[tuple[str, str], ...]) -> bool:
    """Whether more lines could still make the text a head."""
    return any(
        heading.startswith(bones)
        or (bones.startswith(heading) and (len(bones) == len(heading) or _begins(bones[len(heading) :], known)))
        for heading, _ in known
    )


def _runs(blocks: Sequence[TextLine | LongTable], layout: Layout, head: _HeadLines) -> tuple[list[_Run], int]:
    """The runs of a table's body, and the block behind it: another head, a drawn table, or where a part opens.

    A head is repeated word for word; a line above it that would make another heading of its first one ("หน่วยงาน" over
    "ผู้รับผิดชอบ") is the end of a cell.
    """
    runs: list[_Run] = []
    lines: list[TextLine] = []
    gap, at, page = "blank", head.end, blocks[head.end - 1].page

    def close(following: str) -> None:
        nonlocal gap
        if lines:
            runs.append(_Run(tuple(lines), gap))
            lines.clear()
            gap = following
        elif following == "page":
            gap = following

    while at < len(blocks):
        block = blocks[at]
        if not isinstance(block, TextLine) or _ends(block.text, layout):
            break
        again = _head_at(blocks, at, layout)
        if again is not None and not (again.bones != head.bones and again.bones.endswith(head.bones)):
            if again.fields != head.fields:
                break
            close("page")
            at = again.end
            continue
        if not block.text.strip():
            close("blank")
        else:
            if block.page != page:
                close("page")  # a head that every page repeats may have been set aside with the running heads
                page = block.page
            elif lines and (block.text[:1].isspace() or mark_of(block.text) is not None):
                close("weak")
            lines.append(block)
        at += 1
    close("blank")
    return list(_parted(runs, head.fields, layout.prose.cells)), at


def _ends(text: str, layout: Layout) -> bool:
    plain = squash(text)
    opens = any(re.match(rf"{re.escape(opening)}\d", plain) for opening in layout.prose.parts.openings)
    return opens or plain.startswith(layout.prose.parts.ends)


def _parted(runs: Sequence[_Run], fields: tuple[str, ...], words: CellWords) -> Iterator[_Run]:
    """Runs in which two cells ran together, parted: "IIT I4 จากผลการประเมิน…", "โครงการป้องกัน… 1. แจ้งหน่วยงาน…" over "2. …"."""
    for at, run in enumerate(runs):
        cuts = list(_cuts(run, runs[at + 1] if at + 1 < len(runs) else None, fields, words))
        first, start = run.lines[0], 0
        for end in cuts:
            yield _Run((replace(first, text=first.text[start:end]),), run.gap if start == 0 else "joined")
            start = end
        yield _Run((replace(first, text=first.text[start:]), *run.lines[1:]), run.gap if start == 0 else "joined")


def _cuts(run: _Run, following: _Run | None, fields: tuple[str, ...], words: CellWords) -> Iterator[int]:
    text = run.lines[0].text
    at = 0
    if "instrument" in fields and (found := _INSTRUMENT.match(text)) and found.end() < len(text.rstrip()):
        at = found.end()
        yield at
    if "items" in fields and (end := codes_end(text, at, words)) and end < len(text.rstrip()):
        yield end
        return
    mark = mark_of(following.lines[0].text) if following is not None and following.gap == "weak" else None
    if LISTS & set(fields) and mark is not None and mark.number == 2 and mark_of(text) is None:
        before = re.search(r"\s(?=\(?[1๑]\s*[.)]\s*[^\W\d_])", text)
        if before is not None and (own := mark_of(text[before.end() :])) is not None and own.style == mark.style:
            yield before.end()


def codes_end(text: str, at: int, words: CellWords) -> int | None:
    """Where the codes of items end that stand at a place of a text ("ข้อ I1", "E4 - E5"); None where none stand there."""
    label = "|".join(map(re.escape, words.item))
    code = _CODE.pattern
    found = re.compile(rf"\s*(?:(?:{label})\s*)?{code}(?:\s*(?:[-–,/]|และ)\s*{code})*(?=\s|$)", re.I).match(text, at)
    return found.end() if found else None


@dataclass(frozen=True, slots=True)
class _Features:
    """What a run shows of the cell that it may be."""

    number: int | None
    style: str | None
    label: int | None
    width: float
    letters: int
    lines: int
    responsible: bool
    period: bool
    instrument: bool
    items: bool
    repeats: bool
    follows: bool


def _features(runs: Sequence[_Run], words: CellWords) -> list[_Features]:
    """`repeats`: the same text stands in three places of the table or more; `follows`: always behind the same other text."""
    bones = [skeleton(run.text) for run in runs]
    count = Counter(bones)
    pairs = Counter(pairwise(bones))
    done = []
    for at, run in enumerate(runs):
        plain, mark = squash(run.text), mark_of(run.lines[0].text)
        bare = plain.lstrip("0123456789.)(-–•")
        repeats = count[bones[at]] >= 3
        follows = repeats and at > 0 and pairs[(bones[at - 1], bones[at])] == count[bones[at]] == count[bones[at - 1]]
        done.append(
            _Features(
                number=mark.number if mark else None,
                style=mark.style if mark else None,
                label=_label(plain, words),
                width=float(max(_width(line.text) for line in run.lines)),
                letters=len(plain),
                lines=len(run.lines),
                responsible=bare.startswith(words.responsible),
                period=bare.startswith(words.period),
                instrument=bool(_INSTRUMENT.fullmatch(run.text.strip())),
                items=codes_end(run.text, 0, words) == len(run.text.rstrip()),
                repeats=repeats,
                follows=follows,
            )
        )
    return done


def _width(text: str) -> int:
    return len(_MARKS_ABOVE_OR_BELOW.sub("", text.strip()))


def _label(plain: str, words: CellWords) -> int | None:
    """The number that a label gives a row: "ประเด็นที่ 3 …"."""
    for label in words.labels:
        if label != NUMBER and (found := re.match(re.escape(label).replace(re.escape(NUMBER), r"(\d{1,2})(?!\d)"), plain)):
            return int(found[1])
    return None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a run may stand: in which row and column. `again`: the row was taken up again behind a page's end. `last` is the last
    number that each column of the row showed, `tallest` the column with the most lines so far and how many it has."""

    row: int
    col: int
    again: bool
    last: tuple[int, ...]
    tallest: tuple[int, int]
    lines: int


@dataclass(slots=True)
class _Plan:
    """The cheapest place of every run. `margins` is how much dearer the cheapest reading is that puts the run elsewhere."""

    places: list[_Place]
    margins: list[float]


@dataclass(frozen=True, slots=True)
class _Prices:
    """What it costs to read a run as a cell. `widths` are the usual line widths of the columns, None in the first round."""

    fields: tuple[str, ...]
    features: Sequence[_Features]
    gaps: Sequence[str]
    widths: tuple[float | None, ...] = ()
    numbered: bool = True

    def enter(self, at: int, col: int) -> float:
        """A run that begins the cell of a column."""
        one, name = self.features[at], self.fields[col]
        price = self.width(at, col)
        if name in SHORT and one.letters > SHORT_LETTERS:
            price += 3.0
        if name in LISTS:
            price += -2.0 if one.number == 1 or (one.style == "-") else 3.0 if one.number else 1.0
        if name == "responsible":
            price += -2.0 if one.responsible else 1.0
        elif one.responsible and one.lines <= 3 and one.width < 30 and name not in ("topic", "result"):
            price += 0.7
        if name == "period":
            price += -2.0 if one.period else 2.5
        elif one.period and one.lines <= 2:
            price += 1.0
        if name == "instrument":
            price += -3.0 if one.instrument else 6.0
        elif one.instrument:
            price += 4.0
        if name == "items":
            price += -3.0 if one.items else 5.0
        return price

    def stay(self, at: int, col: int, last: int) -> float:
        """A run that goes on in the cell of the run before. `last` is the last number that the cell showed."""
        one, before = self.features[at], self.features[at - 1]
        price = self.width(at, col)
        gap = self.gaps[at]
        if gap == "joined":
            return price + 8.0
        if gap == "blank":
            price += 0.0 if one.follows else 1.5
            if one.repeats != before.repeats:
                price += 1.0
            if min(one.lines, before.lines) > 1 and abs(one.width - before.width) <= 0.15 * before.width:
                price -= 0.7
        if one.number is not None and one.number == last + 1:
            price -= 0.5
        if (self.fields[col] == "period" and one.period) or (self.fields[col] == "responsible" and one.responsible):
            price -= 1.0
        if one.number == 1 and gap != "weak" and self.fields[col] not in LISTS:
            price += 0.5
        return price

    def row(self, at: int, row: int) -> float:
        """A run that begins a row, by the number that it shows and the one that the row should have."""
        one = self.features[at]
        shown = one.label if one.label is not None else one.number
        if not self.numbered:
            return 2.0 if shown is not None else 0.0
        return -3.0 if shown == row + 1 else 4.0 if shown is not None else 3.0

    def again(self, at: int, col: int, place: _Place) -> float:
        """A run behind a page's end that goes on in a row: in the column that filled the page, counting on where it is numbered."""
        one = self.features[at]
        price = self.width(at, col) + (0.0 if col == place.tallest[0] else 2.5)
        if one.number is not None:
            price += -1.0 if one.number == place.last[col] + 1 else 2.0
        return price

    def gap(self, at: int) -> float:
        """A run that stands in another cell than the one before although no empty line parts them."""
        return {"weak": 2.5, "joined": 0.0}.get(self.gaps[at], 1.5 if self.features[at].follows else 0.0)

    def width(self, at: int, col: int) -> float:
        """A run whose lines are wider than those of a column do not fit in it; much narrower ones hardly fill it."""
        usual = self.widths[col] if self.widths else None
        if not usual:
            return 0.0
        one = self.features[at]
        ratio = one.width / usual
        if ratio > 1:
            return min(8.0, 6.0 * max(0.0, math.log(ratio) - 0.1))
        return min(3.0, 2.5 * max(0.0, -math.log(ratio) - 0.15)) if one.lines > 2 else 0.0


SKIP = 2.0
"""What an empty cell costs."""


def _written(runs: Sequence[_Run], table: TableLayout, fields: tuple[str, ...], layout: Layout, number: int, page: int) -> Written:
    plan = _plan(runs, fields, layout.prose.cells)
    rows: dict[int, dict[int, list[_Run]]] = {}
    margins: dict[int, float] = {}
    for run, place, margin in zip(runs, plan.places, plan.margins, strict=True):
        rows.setdefault(place.row, {}).setdefault(place.col, []).append(run)
        margins[place.row] = min(margin, margins.get(place.row, OPEN))
    head = Row(
        page, number, tuple(Cell(0, c, 1, 1, None, name, text=name) for c, name in enumerate(fields)), None, " | ".join(fields)
    )
    body: list[Row] = []
    unsure: list[Reject] = []
    for at, cells in sorted(rows.items()):
        row = _row(cells, len(fields), number, at + 1)
        if margins[at] >= SURE:
            body.append(row)
            continue
        detail = "a text layer without geometry: which of its lines belong to which cell cannot be told with confidence"
        unsure.append(
            Reject(page=row.page, target=table.dataset, reason="CELLS_UNSURE", detail=detail, raw_text=row.text, bbox=None)
        )
    found = Head(table, 1, {col: (name, None) for col, name in enumerate(fields)}, ())
    return Written(LongTable(number, page, len(fields), (head, *body)), found, tuple(unsure))


def _row(cells: dict[int, list[_Run]], width: int, number: int, at: int) -> Row:
    lines = [line for runs in cells.values() for run in runs for line in run.lines]
    made: list[Cell | None] = []
    for col in range(width):
        text = "\n".join(run.text for run in cells.get(col, ()))
        made.append(Cell(at, col, 1, 1, None, text, text=text))
    told = " | ".join(" ".join(cell.text.split()) for cell in made if cell is not None)
    pages = sorted({line.page for line in lines})
    return Row(pages[0], number, tuple(made), None, told, page_end=pages[-1])


def _plan(runs: Sequence[_Run], fields: tuple[str, ...], words: CellWords) -> _Plan:
    """The cheapest reading. Widths of columns are taken from the reading before, until it does not change any more."""
    features, gaps = _features(runs, words), [run.gap for run in runs]
    first = [(numbered, *_cheapest(_Prices(fields, features, gaps, (), numbered))) for numbered in (True, False)]
    numbered, _, plan = min(first, key=lambda one: one[1])
    for _ in range(ROUNDS):
        widths = tuple(_usual(features, plan.places, col) for col in range(len(fields)))
        before = plan
        plan = _cheapest(_Prices(fields, features, gaps, widths, numbered))[1]
        if [(one.row, one.col) for one in plan.places] == [(one.row, one.col) for one in before.places]:
            break
    return plan


def _usual(features: Sequence[_Features], places: Sequence[_Place], col: int) -> float | None:
    """The usual width of the lines of a column: of its runs of several lines, which fill it."""
    widths = [one.width for one, place in zip(features, places, strict=True) if place.col == col]
    full = [one.width for one, place in zip(features, places, strict=True) if place.col == col and one.lines > 1]
    return median(full) if full else max(widths, default=None)


def _cheapest(prices: _Prices) -> tuple[float, _Plan]:
    """The cheapest places of all runs together, and how far behind the best other place of each run is (forward and backward)."""
    count, width = len(prices.features), len(prices.fields)
    forward: list[dict[_Place, tuple[float, _Place | None]]] = [{}]
    for col in range(width):
        price = prices.enter(0, col) + SKIP * col + prices.row(0, 0)
        forward[0][_first(0, col, prices.features[0], width)] = (price, None)
    for at in range(1, count):
        step: dict[_Place, tuple[float, _Place | None]] = {}
        for place, (price, _) in forward[at - 1].items():
            for following, cost in _moves(prices, at, place, width):
                if following not in step or price + cost < step[following][0]:
                    step[following] = (price + cost, place)
        kept = sorted(step.items(), key=lambda item: item[1][0])[:MAX_READINGS]
        forward.append({one: value for one, value in kept if value[0] <= kept[0][1][0] + BEAM})

    def left(place: _Place) -> float:
        return 0.0 if place.again else SKIP * (width - 1 - place.col) / 2

    backward: list[dict[_Place, float]] = [{} for _ in range(count)]
    backward[-1] = {place: left(place) for place in forward[-1]}
    for at in range(count - 1, 0, -1):
        for place in forward[at - 1]:
            backward[at - 1][place] = min(
                (
                    cost + backward[at][following]
                    for following, cost in _moves(prices, at, place, width)
                    if following in backward[at]
                ),
                default=OPEN,
            )
    total = min(price + backward[-1][place] for place, (price, _) in forward[-1].items())
    here = min(forward[-1], key=lambda one: forward[-1][one][0] + backward[-1][one])
    places = [here]
    for at in range(count - 1, 0, -1):
        before = forward[at][places[-1]][1]
        places.append(before if before is not None else places[-1])
    places.reverse()
    margins = [
        min(
            (
                price + backward[at][one] - total
                for one, (price, _) in forward[at].items()
                if (one.row, one.col) != (here.row, here.col)
            ),
            default=OPEN,
        )
        for at, here in enumerate(places)
    ]
    return total, _Plan(places, margins)


def _moves(prices: _Prices, at: int, place: _Place, width: int) -> Iterator[tuple[_Place, float]]:
    """Where the next run may stand, and what that costs."""
    turned, one = prices.gaps[at] == "page", prices.features[at]
    on = prices.again(at, place.col, place) if turned else prices.stay(at, place.col, place.last[place.col])
    yield _on(place, place.col, one, again=place.again or turned), on
    for col in range(place.col + 1, width):
        price = prices.enter(at, col) + prices.gap(at) + SKIP * (col - place.col - 1)
        yield _on(place, col, one, again=place.again), price + (1.0 if turned else 0.0)
    if turned:
        for col in range(1, place.col):
            yield _on(place, col, one, again=True), prices.again(at, col, place)
    skipped = 0.0 if place.again else SKIP * (width - 1 - place.col)
    for col in range(1 if prices.numbered else width):
        price = prices.enter(at, col) + prices.gap(at) + prices.row(at, place.row + 1) + skipped + SKIP * 2 * col
        yield _first(place.row + 1, col, one, width), price


def _first(row: int, col: int, one: _Features, width: int) -> _Place:
    """The first run of a row."""
    return _Place(row, col, False, tuple(one.number or 0 if c == col else 0 for c in range(width)), (col, one.lines), one.lines)


def _on(place: _Place, col: int, one: _Features, *, again: bool) -> _Place:
    """The same row with one run more."""
    lines = one.lines + (place.lines if col == place.col else 0)
    last = tuple(one.number if c == col and one.number is not None else number for c, number in enumerate(place.last))
    tallest = (col, lines) if lines > place.tallest[1] else place.tallest
    return _Place(place.row, col, again, last, tallest, lines)
