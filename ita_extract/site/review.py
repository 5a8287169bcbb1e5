"""Every value that a person should look at, with what was read, what else it may be, and who says so."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from ..rulebook.fields import Dataset
from .source import NUMBERS, Release, Row

Kind: TypeAlias = Literal["contradicted", "corrected", "unresolved", "rejected"]
KINDS: tuple[Kind, ...] = ("contradicted", "unresolved", "rejected", "corrected")
"""In the order in which a person should look at them: what is certainly wrong first, what was put right already last."""

HUMAN = "human_correction"
"""The check that tells of a person's decision."""
_CANDIDATE = re.compile(r"(?<![a-z_])(?P<name>[a-z_]++/\d+) (?P<field>[a-z_]+) (?P<read>-?[\d.]+) for (?P<other>-?[\d.]+)")
"""How a failing check names what may have been misread: "agency_scores/5 score 97.05 for 91.05"."""
_PUT_RIGHT = re.compile(r"(?P<field>[a-z_]+) (?P<value>-?[\d.]+)")
"""How a check of a value put right begins: "score 91.05"."""
_ELSEWHERE = re.compile(r"(?<!\d)(?P<value>\d++\.\d\d)\b.* \(document (?P<document>[0-9a-f]{12}), (?P<name>[a-z_]+/\d+)\)")
"""How a check of two documents says what the other prints: "81.09 B failed (document ec093cd1cc35, agency_scores/290)"."""
_ROW = re.compile(r"[a-z_]+/\d+")
DOCUMENT = re.compile(r"document ([0-9a-f]{12})")
"""How a check names another document."""
_SCORE = re.compile(r"\d+\.\d\d\b")
_LEADING = re.compile(r"-?\d+(\.\d+)?")
ROUNDED = 0.005
"""How far a published value may be from what a check observed, which has more digits."""
_NAMES = " or "
_MORE = re.compile(r"\d+ more")
MOST_NEIGHBOURS = 3
"""So many failing checks of the document are named where none names the value itself."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A check that made the value doubtful."""

    identity: str
    outcome: str
    expected: str
    observed: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What one field may have to be, as it would be printed, and the identity that says so."""

    field: str
    value: str
    identity: str


@dataclass(frozen=True, slots=True)
class Field:
    """A value of the row that a person may correct.

    `before` is what a decision names as the value that it found: the text as printed where the row keeps it, else the published
    value in the page's form. `read` is what was read, `published` what came of it.
    """

    name: str
    before: str
    read: str
    published: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """One entry of the review: a row of a dataset, a reject (`dataset` rejects), or a check about no row (`dataset` checks).

    `record_no` is the row's ordinal in its dataset and document. `fields` are what a person may correct, `field` the one that is
    most likely wrong. `words` say whom or what the row is about. `bbox` is in points from the top left, None for saved text.
    """

    kind: Kind
    document_id: str
    dataset: str
    record_no: int
    page: int | None
    bbox: tuple[float, float, float, float] | None
    words: tuple[str, ...]
    fields: tuple[Field, ...]
    field: str
    suggestions: tuple[Suggestion, ...]
    reasons: tuple[Reason, ...]
    nearby: bool = False
    """Whether the reasons are what fails elsewhere in the document, none being about this value itself."""
    also: tuple[int, ...] = ()
    """Other records of the dataset that share the printed name: a row of two years is two records, and a name is decided once."""

    @property
    def key(self) -> str:
        """What identifies the entry while the same documents are read under the same rules: decisions are kept by it."""
        return f"{self.document_id[:16]}/{self.dataset}/{self.record_no}"


def doubts(release: Release) -> list[Doubt]:
    """Everything in a release that a person should look at, the surest fault first, then document by document and page by page.

    What a person has decided already is not asked again, unless the decision was refused.
    """
    checks = [
        check for check in release.rows("checks") if check["outcome"] != "holds" or check["identity"] in ("agency_name", HUMAN)
    ]
    settled = {(check["document_id"], check["subject"], _word(check)) for check in checks if _is_decided(check)}
    checks = [check for check in checks if not _is_decided(check)]
    agencies = {row["agency_id"]: row["agency_name"] for row in release.rows("agencies", ("agency_id", "agency_name"))}
    told, elsewhere = _by_name(checks), _by_other(checks)
    found: list[Doubt] = []
    used: set[tuple[str, int]] = set()
    for name in NUMBERS:
        resource = release.descriptor.resource(name)
        if resource is None:
            continue
        for row in release.rows(name):
            known = told.get(row["document_id"], {})
            own = [*known.get(f"{name}/{row['record_no']}", ()), *known.get(_thing(resource.dataset, row), ())]
            others = elsewhere.get((row["document_id"][:12], f"{name}/{row['record_no']}"), [])
            if kind := _kind(row, own):
                used.update((check["document_id"], check["check_no"]) for check in own)
                row.setdefault("agency_name", agencies.get(row.get("agency_id")))
                doubt = _doubt(kind, name, row, own, others, numbers_of(resource.dataset))
                neighbours = known.get("", [])[:MOST_NEIGHBOURS] if kind == "contradicted" and not doubt.reasons else []
                found.append(replace(doubt, reasons=tuple(map(_reason, neighbours)), nearby=True) if neighbours else doubt)
    found += [_of_check(check) for check in checks if (check["document_id"], check["check_no"]) not in used and _alone(check)]
    found += [_of_reject(row) for row in release.rows("rejects")]
    order = {kind: at for at, kind in enumerate(KINDS)}
    open_ones = (one for one in found if (one.document_id, f"{one.dataset}/{one.record_no}", one.field) not in settled)
    return sorted(
        _names_once(open_ones), key=lambda one: (order[one.kind], one.document_id, one.page or 0, one.dataset, one.record_no)
    )


def _is_decided(check: Row) -> bool:
    """Whether a check tells of a decision that a person made and that was not refused."""
    return bool(check["identity"] == HUMAN and check["outcome"] != "fails")


def _word(check: Row) -> str:
    """The field that a check of a decision, or of a value put right, is about: its first word."""
    return str(check["expected"]).split(" ", 1)[0]


def _by_name(checks: Iterable[Row]) -> dict[str, dict[str, list[Row]]]:
    """By document and name of a row (or thing) the checks about it; under "" those that fail and name no row."""
    found: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for check in checks:
        of = found[check["document_id"]]
        names = dict.fromkeys([check["subject"]])  # in order, each once
        if check["outcome"] == "fails":
            names |= dict.fromkeys(match["name"] for match in _CANDIDATE.finditer(check["observed"]))
            if not names_a_row(check):
                of[""].append(check)
        for name in names:
            of[name].append(check)
    return found


def _by_other(checks: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    """By first 12 digits of a document and name of a row the failing checks of other documents that hold their value against it."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for check in checks:
        if check["outcome"] == "fails" and (match := _ELSEWHERE.search(check["expected"])):
            found[match["document"], match["name"]].append(check)
    return found


def _names_once(found: Iterable[Doubt]) -> list[Doubt]:
    """The entries with those about one printed name as one: the rows of two years that stand in one line of the page."""
    first: dict[object, int] = {}
    kept: list[Doubt] = []
    for one in found:
        place = (one.document_id, one.dataset, one.kind, one.page, one.bbox or one.record_no, _printed_name(one))
        if one.field == "agency_name" and place in first:
            at = first[place]
            more = kept[at].also
            kept[at] = replace(
                kept[at],
                also=(*more, one.record_no),
                suggestions=kept[at].suggestions or one.suggestions,
                reasons=kept[at].reasons or one.reasons,
            )
            continue
        if one.field == "agency_name":
            first[place] = len(kept)
        kept.append(one)
    return kept


def _printed_name(entry: Doubt) -> str | None:
    return next((one.before for one in entry.fields if one.name == "agency_name"), None)


def _thing(dataset: Dataset, row: Row) -> str:
    return dataset.thing(row.get) if dataset.values else f"{dataset.name}/{row['record_no']}"


def _kind(row: Row, checks: Sequence[Row]) -> Kind | None:
    outcomes = {(check["identity"] == "agency_name", check["outcome"]) for check in checks}
    if row["verification"] == "contradicted" or (True, "fails") in outcomes:
        return "contradicted"
    if row["verification"] == "corrected" or any(outcome == "corrected" for _, outcome in outcomes):
        return "corrected"
    if row.get("identity_match") == "none" or (True, "holds") in outcomes:
        return "unresolved"
    return None


def numbers_of(dataset: Dataset) -> tuple[str, ...]:
    """The columns of a dataset that a page prints as numbers and that a person may correct."""
    apart = {"record_no", "page", "table_no", "fiscal_year", "row_no", "indicator_no", "identity_score", "part"}
    return tuple(column.name for column in dataset.columns if column.type in ("float64", "int64") and column.name not in apart)


def _doubt(kind: Kind, name: str, row: Row, checks: Sequence[Row], others: Sequence[Row], numbers: Sequence[str]) -> Doubt:
    """An entry about a row. `checks` are about it in its own document, `others` those of documents that print it otherwise."""
    misread = dict(_misread(check) for check in checks if check["identity"] != "agency_name" and check["outcome"] == "corrected")
    fields = [
        Field(number, as_printed(row, number), misread.get(number, as_printed(row, number)), _plainly(row[number]))
        for number in numbers
        if row[number] is not None
    ]
    if "agency_name_printed" in row:
        fields.append(Field("agency_name", row["agency_name_printed"], row["agency_name_printed"], row["agency_name"]))
    published = {one.name: one.published for one in fields}
    told = [one for check in checks for one in _suggestions(check, name, row)]
    told += [Suggestion("score", match[0], check["identity"]) for check in others if (match := _SCORE.match(check["observed"]))]
    told = [one for one in told if one.field in published]
    suggestions = dict.fromkeys(one for one in told if one.value != published[one.field])
    named = next((one.field for one in told), None)
    of_name = any(check["identity"] == "agency_name" for check in checks) or (kind == "unresolved" and "agency_name" in published)
    return Doubt(
        kind=kind,
        document_id=row["document_id"],
        dataset=name,
        record_no=row.get("record_no", 0),
        page=row.get("page"),
        bbox=tuple(row["bbox"]) if row.get("bbox") else None,
        words=words_of(row),
        fields=tuple(fields),
        field=named or ("agency_name" if of_name else fields[0].name if fields else "score"),
        suggestions=tuple(suggestions),
        reasons=tuple(dict.fromkeys([*map(_reason, checks), *map(_turned, others)])),
    )


def as_printed(row: Row, field: str) -> str:
    """A value of a row as its page prints it: the printed text where the row keeps it, else two decimals or a whole number.

    >>> as_printed({"score": 91.05, "score_printed": "๙๑.๐๕"}, "score"), as_printed({"share": 8.0}, "share")
    ('๙๑.๐๕', '8.00')
    """
    printed = row.get(f"{field}_printed")
    if printed is not None:
        return str(printed)
    return _plainly(row[field])


def _plainly(value: float) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _misread(check: Row) -> tuple[str, str]:
    """Field and value that a check of a value put right says were read."""
    match = _PUT_RIGHT.match(check["observed"])
    return (match["field"], match["value"]) if match else ("", "")


def words_of(row: Row) -> tuple[str, ...]:
    """Whom or what a row is about, in the words of the page, from the widest to the narrowest."""
    agency = row.get("agency_name") or row.get("agency_id")
    if row.get("subject") == "province" or "rank_printed" in row:
        agency = row.get("province")
    names = (agency, None if agency else row.get("agency_type"), row.get("fiscal_year"), row.get("instrument"))
    inner = (row.get("item_code"), row.get("indicator_name"), row.get("grade") if "share" in row else None)
    more = (
        row.get("attribute"),
        row.get("category"),
        row.get("gender"),
        row.get("item_name") or row.get("item_text"),
        row.get("row_text"),
    )
    return tuple(str(word) for word in (*names, *inner, *more) if word not in (None, ""))


def _suggestions(check: Row, dataset: str, row: Row) -> Iterable[Suggestion]:
    identity = check["identity"]
    if identity == "agency_name":
        names = check["expected"].split(_NAMES)
        yield from (Suggestion("agency_name", each, identity) for each in names if each and not _MORE.fullmatch(each))
    elif check["outcome"] == "corrected":
        if match := _PUT_RIGHT.match(check["expected"]):
            yield Suggestion(match["field"], match["value"], identity)
    elif match := _ELSEWHERE.search(check["expected"]):
        yield Suggestion("score", match["value"], identity)
    else:
        own = f"{dataset}/{row['record_no']}"
        for match in _CANDIDATE.finditer(check["observed"]):
            if match["name"] == own:
                yield Suggestion(match["field"], match["other"], identity)
        if check["subject"] == own:
            yield from _expected(check, row)


def _expected(check: Row, row: Row) -> Iterable[Suggestion]:
    """What a failing identity would have in place of the value that it was put to, rounded as that value is published."""
    seen, wanted = _LEADING.match(check["observed"]), _LEADING.fullmatch(check["expected"])
    if seen is None or wanted is None:
        return
    for name, value in row.items():
        if isinstance(value, float | int) and not isinstance(value, bool) and abs(value - float(seen[0])) < ROUNDED:
            number = float(wanted[0])
            if isinstance(value, float) or number.is_integer():
                yield Suggestion(name, _plainly(number if isinstance(value, float) else int(number)), check["identity"])


def _reason(check: Row) -> Reason:
    return Reason(check["identity"], check["outcome"], check["expected"], check["observed"])


def _turned(check: Row) -> Reason:
    """A check of another document that holds its value against this one, as seen from here."""
    return Reason(check["identity"], check["outcome"], f"{check['observed']} (document {check['document_id'][:12]})", "")


def _alone(check: Row) -> bool:
    """Whether a check that names no row is worth an entry of its own: a doubt of a name always names one."""
    return check["outcome"] == "corrected" or (check["outcome"] == "fails" and not names_a_row(check))


def names_a_row(check: Row) -> bool:
    """Whether a failing check says which rows it is about: the one it was put to, or those that may be misread."""
    return bool(_ROW.fullmatch(check["subject"]) or _CANDIDATE.search(check["observed"]) or _ELSEWHERE.search(check["expected"]))


def _of_check(check: Row) -> Doubt:
    failed = check["outcome"] == "fails"
    return Doubt(
        kind="contradicted" if failed else "corrected",
        document_id=check["document_id"],
        dataset="checks",
        record_no=check["check_no"],
        page=None,
        bbox=None,
        words=(check["subject"],),
        fields=(Field("observed", check["observed"], check["observed"], check["observed"]),),
        field="observed",
        suggestions=() if failed else (Suggestion("observed", check["expected"], check["identity"]),),
        reasons=(_reason(check),),
    )


def _of_reject(row: Row) -> Doubt:
    return Doubt(
        kind="rejected",
        document_id=row["document_id"],
        dataset="rejects",
        record_no=row["seq"],
        page=row["page"],
        bbox=tuple(row["bbox"]) if row["bbox"] else None,
        words=(row["dataset"],),
        fields=(Field("raw_text", row["raw_text"], row["raw_text"], row["raw_text"]),),
        field="raw_text",
        suggestions=(),
        reasons=(Reason(row["reason"], "rejected", "", row["detail"]),),
    )


def counted(entries: Iterable[Doubt]) -> dict[str, int]:
    """How many entries are about each document."""
    found: dict[str, int] = defaultdict(int)
    for one in entries:
        found[one.document_id] += 1
    return found
