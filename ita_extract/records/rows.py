"""The rows of one table, each of which must end as a record, a reject or under a named skip rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..model.record import Check, Record, Reject
from ..model.table import COLUMN_DRIFT, Cell, LongTable, Row, column_starts
from ..model.unread import placeholder
from ..rulebook.frameworks import Framework
from ..rulebook.wording import recognise, squash
from .headings import Head, headings_of
from .values import parse_count, parse_score, score_without_point, unwrap

MAX_SCORE = Decimal(100)
NUMBERED_COLUMNS = 3
"""From so many cells on, a row that counts them numbers the columns."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What the tables of a document gave. `tally` counts rows by what became of them: head, repeated_head, joined, record, reject,
    unknown, and one entry a skip rule ("skip:total"). `agency_name` is whom the section is about, None where it is about many; its
    records that carry no name of their own are that agency's."""

    records: tuple[Record, ...]
    rejects: tuple[Reject, ...]
    tally: Counter[str]
    agency_name: str | None = None
    fiscal_year: int | None = None
    checks: tuple[Check, ...] = ()
    """What a reader had to decide to read a row: a code that is not printed as it is meant."""


class RowReader:
    """Reads cells of a table by field. What cannot be read becomes a reject with its place and raw text, and the row is settled."""

    def __init__(
        self, table: LongTable, head: Head, values: Mapping[str, frozenset[str]], frameworks: Mapping[int, Framework]
    ) -> None:
        self.table, self.head = table, head
        self.rejects: list[Reject] = []
        self.tally: Counter[str] = Counter(joined=table.joined_rows)
        self._absent, self._passed, self._failed = (values.get(name, frozenset()) for name in ("absent", "passed", "failed"))
        self._footnotes = tuple(filter(None, values.get("footnote", ())))
        self._frameworks = frameworks
        self._settled: set[int] = set()
        self._first = {name: col for col, (name, _) in reversed(list(head.fields.items()))}

    def rows(self) -> tuple[Row, ...]:
        return self.table.rows[self.head.rows :]

    def body(self) -> Iterator[Row]:
        """The rows behind the head that say something; blank ones and those under a skip rule are counted and passed over."""
        for row in self.rows():
            rule = self._skip_rule(row)
            if rule:
                self.tally[f"skip:{rule}"] += 1
                continue
            yield row
            if self.is_open(row):
                self.reject(row, "NO_VALUE", "nothing in the row could be read as a value")

    def _skip_rule(self, row: Row) -> str | None:
        texts = [cell.text.strip() for cell in row.cells if cell is not None]
        if not any(texts):
            return "blank"
        if next(filter(None, texts)).startswith("*"):
            return "footnote"
        if _numbers_columns(row):
            return "column_numbers"
        for rule in self.head.layout.skip:
            col = self._first.get(rule.column)
            cells = [row.cells[col]] if col is not None else []
            if any(cell and rule.pattern.search(squash(cell.text)) for cell in (*cells, row.cells[0])):
                return rule.name
        spanning = self.spanning(row)
        return "footnote" if spanning and squash(spanning).startswith(self._footnotes) else None

    def spanning(self, row: Row) -> str | None:
        """The text of a row that is one merged cell, such as a group's heading inside a table."""
        first = row.cells[0] if len(row.cells) > 1 else None
        if first is None or any(cell is not first for cell in row.cells):
            return None
        return unwrap(first.text) or None

    def is_open(self, row: Row) -> bool:
        return id(row) not in self._settled

    def settle(self, row: Row, records: int) -> None:
        """The row gave so many records; one that gave none, and no reject, printed no score."""
        if self.is_open(row):
            self._settled.add(id(row))
            self.tally["record" if records else "skip:no_score"] += 1

    def reject(self, row: Row, reason: str, detail: str) -> None:
        if self.is_open(row):
            self._settled.add(id(row))
            self.tally["reject"] += 1
        target = self.head.layout.dataset
        self.rejects.append(Reject(page=row.page, target=target, reason=reason, detail=detail, raw_text=row.text, bbox=row.bbox))

    def skip(self, row: Row, rule: str) -> None:
        """The row says nothing of its own, under a rule that has a name."""
        self._settled.add(id(row))
        self.tally[f"skip:{rule}"] += 1

    def leave(self, row: Row) -> None:
        """The row is settled by the caller, who counts it once it is known what becomes of it."""
        self._settled.add(id(row))

    def reject_all(self, reason: str, detail: str) -> None:
        for row in self.body():
            self.reject(row, reason, detail)

    def _cell(self, row: Row, field: str) -> Cell | None:
        col = self._first.get(field)
        return row.cells[col] if col is not None else None

    def peek(self, row: Row, field: str) -> str | None:
        cell = self._cell(row, field)
        return (unwrap(cell.text) or None) if cell is not None else None

    def raw(self, row: Row, field: str) -> str:
        """The text of a cell with its lines, "" where it is empty or prints a dash."""
        cell = self._cell(row, field)
        return "" if cell is None or self.is_absent(cell.text) else cell.text

    def is_absent(self, text: str) -> bool:
        """Whether a cell says that there is nothing to say."""
        return not text.strip() or squash(text) in self._absent

    def text(self, row: Row, field: str) -> str | None:
        """The text of a cell on one line, None where it is empty or prints a dash."""
        text = self.peek(row, field)
        return None if text is None or squash(text) in self._absent else text

    def text_at(self, row: Row, col: int) -> str | None:
        """The same of the cell in a column."""
        cell = row.cells[col]
        text = (unwrap(cell.text) or None) if cell is not None else None
        return None if text is None or squash(text) in self._absent else text

    def lines(self, row: Row, field: str) -> str:
        """The text of a cell as its lines, "" where it is empty or prints a dash."""
        cell = self._cell(row, field)
        text = cell.text.strip() if cell is not None else ""
        return "" if squash(text) in self._absent else text

    def count(self, row: Row, field: str) -> int | None:
        col = self._first.get(field)
        return self.count_at(row, col) if col is not None else None

    def count_at(self, row: Row, col: int) -> int | None:
        cell = row.cells[col]
        try:
            return parse_count(cell.text, self._absent) if cell is not None else None
        except ValueError as error:
            self.note(row, "BAD_COUNT", str(error))
            return None

    def score(self, row: Row, col: int, *, may_be_misread: bool = False) -> tuple[Decimal | None, str]:
        """The score in a column and as printed; an unreadable one is noted and None.

        One that `may_be_misread` is given as it is read, 8126 for 81.26, or as what stands for "8\ufffd.26": for the checks to put
        right, or to be a reject after all.
        """
        cell = row.cells[col]
        printed = unwrap(cell.text) if cell is not None else ""
        if may_be_misread and (read := score_without_point(printed) or placeholder(printed)) is not None:
            return read, printed
        try:
            score = parse_score(printed, self._absent)
        except ValueError as error:
            self.note(row, "BAD_SCORE", str(error))
            return None, printed
        if score is not None and score > MAX_SCORE:
            self.note(row, "BAD_SCORE", f"{printed!r} is more than {MAX_SCORE}")
            return None, printed
        return score, printed

    def note(self, row: Row, reason: str, detail: str) -> None:
        """A cell of a row is unreadable: a reject of its own, while the row may still give records."""
        target = self.head.layout.dataset
        self.rejects.append(Reject(page=row.page, target=target, reason=reason, detail=detail, raw_text=row.text, bbox=row.bbox))

    def framework(self, year: int) -> Framework | None:
        """The year's framework; for a year without one the newest that is known, to read names by."""
        return self._frameworks.get(year) or max(self._frameworks.values(), key=lambda f: f.fiscal_year, default=None)

    def grade(self, row: Row, year: int) -> str | None:
        """The grade a row prints, by its name in the scale; one that no scale knows is noted and None."""
        return self.grade_printed(row, self.text(row, "grade"), year)

    def grade_printed(self, row: Row, printed: str | None, year: int) -> str | None:
        """The same of a text that stands in some other cell of the row."""
        grade = self._grade_named(printed, year) if printed else None
        if printed and grade is None:
            self.note(row, "BAD_GRADE", f"{printed!r} is no grade of {year}")
        return grade

    def grade_of_heading(self, col: int, year: int) -> str | None:
        names = headings_of(self.table.rows[: self.head.rows], col)
        return next((grade for name in names if (grade := self._grade_named(name, year))), None)

    def _grade_named(self, printed: str, year: int) -> str | None:
        own = self._frameworks.get(year)
        scales = (
            [own.grades]
            if own and own.grades
            else [f.grades for f in sorted(self._frameworks.values(), key=lambda f: -f.fiscal_year)]
        )
        return next((grade.name for scale in scales if scale and (grade := scale.parse_grade(printed.strip("* ")))), None)

    def passed(self, row: Row) -> bool | None:
        printed = self.text(row, "target_passed")
        if printed is None:
            return None
        words = (*((word, True) for word in self._passed), *((word, False) for word in self._failed))
        passed = recognise(printed, words)
        if passed is not None:
            return passed
        self.note(row, "BAD_TARGET", f"{printed!r} says neither that the target was reached nor that it was missed")
        return None

    def is_share_row(self, row: Row, columns: list[int]) -> bool:
        texts = [cell.text for col in columns if (cell := row.cells[col]) is not None]
        return any("%" in text or "." in text for text in texts)


def _numbers_columns(row: Row) -> bool:
    """Whether a row numbers the columns, "(1) (2) (3)", as forms do under their heads: each cell prints its own place."""
    place, before = 0, None
    for cell in row.cells:
        if cell is None or cell is before:  # a merged cell stands in every column that it spans
            continue
        place, before = place + 1, cell
        if squash(cell.text).strip("()[].") != str(place):
            return False
    return place >= NUMBERED_COLUMNS


def unknown_columns(table: LongTable, head: Head) -> Iterator[Reject]:
    """A reject for each column whose heading no field knows, where its cells hold anything: what stands there is not published."""
    heading, body = table.rows[: head.rows], table.rows[head.rows :]
    for col in head.unknown:
        if any(cell is not None and cell.text.strip() for cell in (row.cells[col] for row in body)):
            texts = dict.fromkeys(unwrap(cell.text) for row in heading if (cell := row.cells[col]) is not None)
            yield Reject(
                page=table.page,
                target=head.layout.dataset,
                reason="UNKNOWN_COLUMN",
                detail="no field of this table has such a heading: the column is not published",
                raw_text=" ".join(texts),
                bbox=table.rows[0].bbox,
            )


def unknown_table(rows: Sequence[Row], page: int) -> Reject:
    """The one reject for all rows of a table that no layout knows."""
    return Reject(
        page=page,
        target="tables",
        reason="UNKNOWN_TABLE",
        detail=f"no layout knows the headings of this table of {len(rows)} rows",
        raw_text="\n".join(row.text for row in rows[:3]),
        bbox=rows[0].bbox if rows else None,
    )


def same_columns(old: LongTable, new: LongTable) -> bool:
    """Whether a table without a head stands in the columns of an earlier one."""
    if old.n_cols != new.n_cols or not old.rows or not new.rows:
        return False
    before, after = column_starts(old.rows[-1].cells), column_starts(new.rows[0].cells)
    return all(abs(before[col] - after[col]) <= COLUMN_DRIFT for col in before.keys() & after.keys())
