"""What documents state of one thing, side by side in columns: which rows speak of it, how far each may be from what was rounded,
and of what source its document is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from .narrow import Numbers, codes_of, ranked
from .national import CENT

Mask: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]

SOURCE_COLUMNS = ("document_id", "document_type", "fiscal_year", "agency_id")
"""What is needed of `documents`."""
MIXED = frozenset({"compendium", "other"})
"""Kinds of document that may hold a copy of any other of the year."""
OWN = frozenset({"analysis", "measures_plan", "measures_report", "agency_history"})
"""Kinds that each agency writes itself: those of two agencies are two sources. An announcement has one author, whoever
copies it."""
_WHO = {"agency": "agency_id", "agency_type": "agency_type", "province": "province"}
"""The column that names a subject of each kind."""
_HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Compared:
    """A dataset whose statements documents repeat. Beside whom and which year a row speaks of, `about` tells what it states.

    `subjects` are the kinds of whom it speaks: of several the column `subject` tells which. `beside` are further values that must
    not differ.
    """

    dataset: str
    about: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ("agency",)
    beside: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """What is needed of the rows of the dataset."""
        who = (*(_WHO[one] for one in self.subjects), *(("subject",) if len(self.subjects) > 1 else ()))
        always = ("document_id", "record_no", *who, "fiscal_year", *self.about, "score", "verification")
        return (*always, *self.beside, *self.optional)


COMPARED = (
    Compared("agency_scores", beside=("grade", "target_passed"), optional=("score_printed", "is_current_year")),
    Compared("indicator_scores", ("indicator_no",), ("agency", "agency_type", "province"), optional=("score_printed",)),
    Compared("instrument_scores", ("instrument", "part"), ("agency", "province"), optional=("score_printed",)),
    Compared("survey_items", ("item_code",)),
    Compared("oit_items", ("item_code",)),
    Compared("province_scores", subjects=("province",)),
)
"""Every dataset that is held against other documents."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What each document is: its kind, the year of it, and the agency that it is of; in the order of their ids.

    `kind` and `author` are numbers, -1 for an author that is not known; `mixed` and `own` say of each document what its kind is.
    """

    ids: pa.Array
    kind: Numbers
    year: Numbers
    author: Numbers
    mixed: Mask
    own: Mask

    def independent(self, one: Numbers, other: Numbers) -> Mask:
        """Of pairs of documents, whether neither can be a copy of the other: two files of one announcement are one source."""
        kinds = (self.kind[one] != self.kind[other]) & ~self.mixed[one] & ~self.mixed[other]
        authors = (self.author[one] != self.author[other]) & (self.author[one] >= 0) & (self.author[other] >= 0)
        same_kind = (self.kind[one] == self.kind[other]) & self.own[one] & authors
        return (self.year[one] != self.year[other]) | kinds | same_kind  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Statements:
    """Rows that other documents repeat, column by column: those of one thing side by side, the one that speaks first in front.

    `row` is their place in the table given, `group` the number of the thing, `document` that of the document. `beside` are further
    values, such as the grade, as numbers, -1 for none. `leeway` is how far the score may be from what was rounded to it, where
    fewer than two decimals of it are printed.
    """

    row: Numbers
    group: Numbers
    document: Numbers
    record_no: Numbers
    score: Floats
    leeway: Floats
    beside: tuple[Numbers, ...]

    def agree(self, one: Numbers, other: Numbers) -> Mask:
        """Of pairs of statements, whether both give the same score, and the same grade and target where both give one."""
        return (self.score[one] == self.score[other]) & ~self.differ_beside(one, other)  # type: ignore[no-any-return]

    def differ(self, one: Numbers, other: Numbers) -> Mask:
        """Whether no number can be printed as both. A text that says 95.6 differs from no 95.55, and does not prove it either."""
        apart = np.abs(self.score[one] - self.score[other])
        room = np.maximum(_HAIR, self.leeway[one] + self.leeway[other] + _HAIR)
        return self.differ_beside(one, other) | (apart > room)

    def differ_beside(self, one: Numbers, other: Numbers) -> Mask:
        found = np.zeros(len(one), np.bool_)
        for values in self.beside:
            found |= (values[one] != values[other]) & (values[one] >= 0) & (values[other] >= 0)
        return found

    def firsts(self) -> Numbers:
        """For each statement which one speaks first of its thing."""
        starts = np.flatnonzero(np.diff(self.group, prepend=-1))
        return np.repeat(starts, np.diff(np.append(starts, len(self.group))))


def sources_of(statements: Mapping[str, pa.Table], documents: pa.Table) -> Sources:
    """The source of each document. Where no year is printed, its scores tell it: many an announcement has lost its first page.

    What is bound together was printed when the youngest of its scores was, whatever year stands on the cover.
    """
    places, ids = ranked(documents["document_id"])
    known = documents.take(pa.array(np.argsort(places)))
    scored = np.zeros(len(ids), np.int64)
    for table in statements.values():
        np.maximum.at(scored, _documents(table, ids), table["fiscal_year"].to_numpy())
    kind, kinds = ranked(known["document_type"])
    author, _ = ranked(known["agency_id"])
    mixed, own = (pc.is_in(kinds, value_set=pa.array(sorted(some))).to_numpy(zero_copy_only=False)[kind] for some in (MIXED, OWN))
    printed = pc.fill_null(known["fiscal_year"], 0).to_numpy()
    return Sources(ids, kind, np.where(mixed, scored, np.maximum(scored, printed)), author, mixed, own)


def _documents(table: pa.Table, ids: pa.Array) -> Numbers:
    """The number of the document of each row."""
    places, texts = ranked(table["document_id"])
    return pc.index_in(texts, value_set=ids).to_numpy()[places].astype(np.int64)  # type: ignore[no-any-return]


def statements_of(compared: Compared, table: pa.Table, sources: Sources) -> Statements:
    """The statements of each thing of which more than one document speaks."""
    things = things_of(compared, table)
    known = np.flatnonzero((things >= 0) & pc.is_valid(table["score"]).to_numpy())
    things, document, number = things[known], _documents(table, sources.ids)[known], table["record_no"].to_numpy()[known]
    order = np.lexsort((number, document, things))
    things, document, rows = things[order], document[order], known[order]
    starts = np.flatnonzero(np.diff(things, prepend=-1))
    sizes = np.diff(np.append(starts, len(things)))
    several = np.repeat(document[starts] != document[starts + sizes - 1], sizes)
    rows, document, number = rows[several], document[several], number[order][several]
    group = np.repeat(np.arange(len(starts)), sizes)[several]
    some = table.take(pa.array(rows))
    leeway = _leeways(some, parts=compared.dataset == "instrument_scores")
    current = np.ones(len(rows), np.bool_)
    if "is_current_year" in compared.optional:
        current = pc.fill_null(some["is_current_year"], True).to_numpy()
    order = np.lexsort((leeway, ~current, group))  # stable: then by document and row
    beside = tuple(ranked(pc.cast(some[name], pa.string()))[0][order] for name in compared.beside)
    score = some["score"].to_numpy()[order]
    return Statements(rows[order], group[order], document[order], number[order], score, leeway[order], beside)


def things_of(compared: Compared, table: pa.Table) -> Numbers:
    """What each row is about, as a number; -1 where its subject is not known."""
    who = np.full(len(table), -1)
    several = len(compared.subjects) > 1
    before = 0
    for name in compared.subjects:
        places, texts = ranked(table[_WHO[name]])
        meant = (places >= 0) & (pc.fill_null(pc.equal(table["subject"], name), False).to_numpy() if several else True)
        who[meant] = places[meant] + before
        before += len(texts)
    about, _ = codes_of(table[name] for name in ("fiscal_year", *compared.about))
    return np.where(who < 0, -1, about * max(1, before) + who)


def _leeways(table: pa.Table, *, parts: bool) -> Floats:
    """How far each score of 100 may be from what was rounded to it, by the decimals that are printed; 0 where two are.

    An instrument may be printed as its part of the total: 28.04 of 30 is anything from 93.45 to 93.48.

    >>> printed = ["95.6", "๙๕.๕๕", "28.04"]
    >>> table = pa.table({"score": [95.6, 95.55, 93.47], "score_printed": printed, "verification": ["verified"] * 3})
    >>> _leeways(table, parts=False).tolist(), _leeways(table, parts=True).round(3).tolist()
    ([0.05, 0.0, 0.0], [0.05, 0.0, 0.022])
    """
    if "score_printed" not in table.column_names:
        return np.zeros(len(table))
    places, texts = ranked(table["score_printed"])
    values, halves = np.array([*map(_as_printed, texts.to_pylist()), (np.nan, 0.0)]).T[:, places]
    score = table["score"].to_numpy()
    leeway = np.where(halves > CENT + _HAIR, halves, 0.0)
    if parts:
        with np.errstate(invalid="ignore", divide="ignore"):
            part = (values > 0) & (np.abs(values - score) > halves + _HAIR)
            leeway = np.where(part, halves * score / values + CENT, leeway)
    as_read = pc.not_equal(table["verification"], "corrected").to_numpy()
    return np.where(as_read & ~np.isnan(values), leeway, 0.0)


def _as_printed(text: str) -> tuple[float, float]:
    """What is printed as a number, and half of the last decimal printed; nan, 0 where it is none."""
    try:
        return float(text.strip()), 0.5 * 10.0 ** -len(text.strip().partition(".")[2])  # Thai digits are digits to Python too
    except ValueError:
        return np.nan, 0.0
