"""All that a release knows of each agency, in pieces that a page can load one at a time.

A list of 8,300 agencies with their survey answers is tens of megabytes. The list alone, as columns, is one; what belongs to a
single agency lies with that of 63 neighbours in a piece of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .data import chunks
from .figures import BEST_FIRST, LEAST, means
from .source import Release, Row

PIECE = 64
"""Agencies in one piece. The script that loads them is told by `data/agencies.js`."""

_TOLD = {
    "years": "national_scores",
    "statements": "agency_scores",
    "indicators": "indicator_scores",
    "instruments": "instrument_scores",
    "items": "survey_items",
    "rows": "survey_rows",
    "oit": "oit_items",
    "measures": "measures",
    "findings": "item_findings",
}
"""What is told of an agency, and the dataset that tells it."""
_WHO = ("agency_id", "agency_name", "agency_type", "province", "district", "parent", "names_printed")
_YEAR = (
    "fiscal_year",
    "score",
    "grade",
    "target_passed",
    "rank_in_type",
    "rank_in_province",
    "rank_national",
    "percentile_in_type",
    "change_from_previous",
    "statement_count",
    "statements_agree",
    "verification",
)
_SHARES = ("share_least", "share_little", "share_much", "share_most", "share_yes", "share_no")

Json: TypeAlias = Any


@dataclass(slots=True)
class _Documents:
    """The documents that a piece names, each once, by the order in which they were first named."""

    names: Mapping[str, str]
    seen: dict[str, int] = field(default_factory=dict)

    def of(self, document_id: str) -> int:
        return self.seen.setdefault(document_id, len(self.seen))

    def json(self) -> Json:
        return [[document_id, self.names.get(document_id, "")] for document_id in self.seen]


def listing(agencies: Sequence[Row], scores: Sequence[Row], codes: Mapping[str, str], english: Mapping[str, str]) -> Json:
    """The list of agencies as columns, in the order of `agencies`; types and provinces as places in lists of their own.

    `counts` says of each year how many agencies have a rank: in all, of each type, in each province.
    """
    types = sorted({row["agency_type"] for row in agencies if row["agency_type"]})
    provinces = sorted({row["province"] for row in agencies if row["province"]}, key=lambda name: codes.get(name, "99" + name))
    at_type, at_province = {name: at for at, name in enumerate(types)}, {name: at for at, name in enumerate(provinces)}
    years = sorted({row["fiscal_year"] for row in scores})
    of = Counter((row["fiscal_year"], column, row[column]) for row in scores for column in ("agency_type", "province"))
    in_all = Counter(row["fiscal_year"] for row in scores)
    return {
        "counts": [
            [
                year,
                in_all[year],
                [of[year, "agency_type", name] for name in types],
                [of[year, "province", name] for name in provinces],
            ]
            for year in years
        ],
        "piece": PIECE,
        "types": types,
        "provinces": [[name, english.get(name, name)] for name in provinces],
        "verifications": BEST_FIRST,
        "id": [row["agency_id"] for row in agencies],
        "name": [row["agency_name"] for row in agencies],
        "type": [at_type.get(row["agency_type"]) for row in agencies],
        "province": [at_province.get(row["province"]) for row in agencies],
        "district": [row["district"] for row in agencies],
    }


def year_table(scores: Iterable[Row], place: Mapping[str, int]) -> Json:
    """The national scores of one year as columns. `place`: where an agency stands in the listing."""
    rows = [row for row in scores if row["agency_id"] in place]
    known = {name: at for at, name in enumerate(BEST_FIRST)}
    return {
        "agency": [place[row["agency_id"]] for row in rows],
        "score": [row["score"] for row in rows],
        "grade": [row["grade"] for row in rows],
        "target": [row["target_passed"] for row in rows],
        "type_rank": [row["rank_in_type"] for row in rows],
        "province_rank": [row["rank_in_province"] for row in rows],
        "rank": [row["rank_national"] for row in rows],
        "change": [row["change_from_previous"] for row in rows],
        "verification": [known[row["verification"]] for row in rows],
    }


def pieces(release: Release, agencies: Sequence[Row], scores: Iterable[Row], names: Mapping[str, str]) -> Iterator[Json]:
    """What is known of each agency, `PIECE` at a time in the order of `agencies`, which is that of their ids.

    `scores` are the national scores, `names` the file name of each document.
    """
    type_of = {row["agency_id"]: row["agency_type"] for row in agencies}
    indicator_means = _indicator_means(release, type_of)
    type_means = means(scores, "agency_type", "fiscal_year", least=LEAST)
    tables = {kind: release.by_agency(dataset) for kind, dataset in _TOLD.items()}
    for piece in chunks(agencies, PIECE):
        documents = _Documents(names)
        found = {kind: table.between(piece[0]["agency_id"], piece[-1]["agency_id"]) for kind, table in tables.items()}
        told = [_agency(row, {kind: known.get(row["agency_id"], []) for kind, known in found.items()}, documents) for row in piece]
        types = sorted({row["agency_type"] for row in piece if row["agency_type"]})
        compared = [[name, _means_of(name, type_means), _means_of(name, indicator_means)] for name in types]
        yield {"agencies": told, "documents": documents.json(), "means": compared}


def _indicator_means(release: Release, type_of: Mapping[str, str | None]) -> dict[tuple[object, ...], float]:
    """The mean of each type, year and indicator: as an announcement prints it, else over the agencies that are known here."""
    key = ("agency_type", "fiscal_year", "indicator_no")
    rows = list(release.rows("indicator_scores", ("subject", "agency_id", *key, "score")))
    of_agencies = (row for row in rows if row["subject"] == "agency" and row["agency_id"])
    ours = ({**row, "agency_type": type_of.get(row["agency_id"])} for row in of_agencies)
    return means(ours, *key, least=LEAST) | means((row for row in rows if row["subject"] == "agency_type"), *key)


def _means_of(agency_type: str, found: Mapping[tuple[object, ...], float]) -> Json:
    """The means of one type, as rows of what stands behind the type in the key, and the mean."""
    return sorted([*key[1:], round(mean, 2)] for key, mean in found.items() if key[0] == agency_type)


def _agency(row: Row, known: Mapping[str, list[Row]], documents: _Documents) -> dict[str, Json]:
    def told(kind: str, *columns: str) -> list[list[Json]]:
        """The rows of one kind, each as the document (its place in the piece's list), the page and the columns asked for."""
        return [[documents.of(one["document_id"]), one["page"], *(one[name] for name in columns)] for one in known[kind]]

    return {
        **{
            name: row[name]
            for name in ("agency_id", "agency_name", "agency_type", "province", "district", "parent", "names_printed")
        },
        "years": [[one[name] for name in _YEAR] for one in known["years"]],
        "statements": told(
            "statements", "fiscal_year", "score_printed", "score", "grade", "agency_name_printed", "is_current_year", "verification"
        ),
        "indicators": told("indicators", "fiscal_year", "instrument", "indicator_no", "indicator_name", "score", "verification"),
        "instruments": told("instruments", "fiscal_year", "instrument", "part", "score", "verification"),
        "items": told("items", "fiscal_year", "instrument", "item_code", "item_text", "score", "verification"),
        "rows": [
            [one["fiscal_year"], one["item_code"], one["row_no"], one["row_text"], one["scale"], one["direction"], one["score"]]
            + [one[name] for name in _SHARES]
            for one in known["rows"]
        ],
        "oit": told("oit", "fiscal_year", "item_code", "item_name", "score", "comment", "verification"),
        "measures": told("measures", "fiscal_year", "seq", "topic", "measure", "period", "responsible", "result"),
        "findings": told("findings", "fiscal_year", "topic", "item_codes", "text"),
    }
