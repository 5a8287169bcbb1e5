"""Is everything there? Characters of pages and rows of tables are counted, and the counts must add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from ..model.record import Check
from ..model.table import LongTable, PageContent

_PAGE = "page/"


def check_characters(pages: Iterable[PageContent]) -> Iterator[Check]:
    """One check for the whole document, and one for each page on which a character was lost or doubled."""
    read = placed = 0
    for page in pages:
        read, placed = read + page.char_count, placed + page.placed_count
        if page.char_count != page.placed_count:
            yield _check("characters_placed", f"{_PAGE}{page.number}", page.char_count, page.placed_count)
    yield _check("characters_placed", "document", read, placed)


def lossy_pages(failed: Iterable[Mapping[str, str]]) -> tuple[int, ...]:
    """The pages that the failed checks of a document, rows of the dataset `checks`, say characters were lost or doubled on.

    >>> lossy_pages([{"identity": "characters_placed", "subject": "page/3"}, {"identity": "row_numbers", "subject": "page/7"}])
    (3,)
    """
    subjects = (row["subject"] for row in failed if row["identity"] == "characters_placed")
    return tuple(sorted(int(subject.removeprefix(_PAGE)) for subject in subjects if subject.startswith(_PAGE)))


def check_rows(tables: Iterable[LongTable], tally: Counter[str]) -> Check:
    """Every row of every table is a head, a record, a reject, or was passed over under a rule with a name.

    A line outside of tables that looks like a row is counted as `outside`, and is a reject. A row that went on over a page break
    was joined to its first half, so it counts once as what it gave and once as joined.
    """
    tables = list(tables)
    rows = sum(len(table.rows) + table.repeated_heads + table.joined_rows for table in tables) + tally["outside"]
    told = ", ".join(f"{name} {count}" for name, count in sorted(tally.items()) if count)
    observed = f"{sum(tally.values())} ({told})" if told else str(sum(tally.values()))
    return _check("rows_accounted", "document", rows, sum(tally.values()), observed)


def _check(identity: str, subject: str, expected: int, observed: int, told: str = "") -> Check:
    return Check(
        identity=identity,
        subject=subject,
        expected=str(expected),
        observed=told or str(observed),
        tolerance="0",
        outcome="holds" if expected == observed else "fails",
    )
