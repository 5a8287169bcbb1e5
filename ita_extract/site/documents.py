"""What became of each document, and of each of its pages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .data import chunks
from .source import NUMBERS, Release, Row

PIECE = 32
"""Documents whose pages are told in one piece."""
MOST_PAGES = 3000
"""So many pages of one document are told one by one: a file of 60 kB can claim a million empty ones."""
WITH_PAGES = (*(name for name in NUMBERS if name != "respondents"), "measures", "item_findings")
"""The datasets whose rows say on which page they stand."""
_SHOWN = (
    "document_id",
    "file_name",
    "document_type",
    "title",
    "agency_id",
    "agency_name",
    "fiscal_year",
    "page_count",
    "byte_count",
    "engine",
    "ocr_page_count",
    "status",
    "error_code",
    "error_message",
    "record_count",
    "reject_count",
)
_OUTCOME_OF = {"contradicted": "doubt", "corrected": "corrected", "unverified": "unproved"}


@dataclass(slots=True)
class PageOutcome:
    """What one page gave: its rows by verification (none of those without), the rejects and the repairs on it."""

    records: int = 0
    known: Counter[str] = field(default_factory=Counter)
    rejects: int = 0
    repairs: int = 0

    @property
    def kind(self) -> str:
        """The worst that is to be said of the page: rejects, doubt, corrected, unproved; else proved, read (no numbers), or none.

        >>> PageOutcome(records=2, known=Counter(verified=1, corrected=1)).kind, PageOutcome().kind
        ('corrected', 'none')
        """
        if self.rejects:
            return "rejects"
        worst = next((name for name in _OUTCOME_OF if self.known[name]), None)
        return _OUTCOME_OF[worst] if worst else "proved" if self.known else "read" if self.records else "none"


def page_outcomes(release: Release) -> dict[str, dict[int, PageOutcome]]:
    """By document and page what the page gave; pages that gave nothing are not there."""
    found: dict[str, dict[int, PageOutcome]] = defaultdict(lambda: defaultdict(PageOutcome))
    for name in WITH_PAGES:
        columns = ("document_id", "page", *(("verification",) if name in NUMBERS else ()))
        for row in release.rows(name, columns):
            outcome = found[row["document_id"]][row["page"]]
            outcome.records += 1
            if "verification" in row:
                outcome.known[row["verification"]] += 1
    for row in release.rows("rejects", ("document_id", "page")):
        if row["page"] is not None:
            found[row["document_id"]][row["page"]].rejects += 1
    for row in release.rows("repairs", ("document_id", "page", "count")):
        found[row["document_id"]][row["page"]].repairs += row["count"]
    return found


def listing(documents: Sequence[Row], doubts: Mapping[str, int]) -> Any:
    """The documents as columns, in the order given. `doubts`: how many entries of the review are about each."""
    return {
        "piece": PIECE,
        **{name: [row[name] for row in documents] for name in _SHOWN},
        "doubts": [doubts.get(row["document_id"], 0) for row in documents],
    }


def pieces(documents: Sequence[Row], outcomes: Mapping[str, Mapping[int, PageOutcome]], repairs: Iterable[Row]) -> list[Any]:
    """Of each document its pages and what was repaired on them, `PIECE` at a time in the order of `documents`.

    A page is [kind, records, rejects, repairs]; a repair rule [rule, count, example before, example after].
    """
    rules: dict[str, dict[str, list[Any]]] = defaultdict(dict)
    for row in repairs:
        told = rules[row["document_id"]].setdefault(row["rule"], [row["rule"], 0, row["example_before"], row["example_after"]])
        told[1] += row["count"]
    made = []
    for piece in chunks(documents, PIECE):
        told_pages = []
        for row in piece:
            pages = outcomes.get(row["document_id"], {})
            each = [pages.get(number, PageOutcome()) for number in range(1, min(row["page_count"], MOST_PAGES) + 1)]
            told_pages.append(
                {
                    "pages": [[one.kind, one.records, one.rejects, one.repairs] for one in each],
                    "repairs": sorted(rules.get(row["document_id"], {}).values(), key=lambda rule: (-rule[1], rule[0])),
                }
            )
        made.append(told_pages)
    return made


def kinds(outcomes: Mapping[str, Mapping[int, PageOutcome]], documents: Sequence[Row]) -> Counter[str]:
    """How many pages of all documents had each kind of outcome."""
    found = Counter(one.kind for pages in outcomes.values() for one in pages.values())
    found["none"] += sum(row["page_count"] for row in documents) - found.total()
    return found
