"""The rows that a document gives, one class a dataset. Field names are the published column names (`rules/fields.toml`).

A record knows what the page says. What is known only later is filled in by the room that finds out: `agency_id` and the identity
columns by `identity`, `verification` by `checks`, `document_id` and `record_no` by `dataset`.
Scores are `Decimal` until they are written. Absent is None, never "" or "-" or 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar

from .page import BBox

Verification: TypeAlias = Literal["verified", "consistent", "unverified", "corrected", "contradicted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyScore:
    """One printed score of one agency for one year. A ranking row that prints two years is two of these."""

    dataset: ClassVar[str] = "agency_scores"
    page: int
    table_no: int | None
    agency_type: str | None
    fiscal_year: int
    row_no: int | None
    agency_name: str
    agency_name_printed: str
    province: str | None
    district: str | None
    score: Decimal
    score_printed: str
    grade: str | None
    target_passed: bool | None
    is_current_year: bool
    bbox: BBox | None
    agency_id: str | None = None
    identity_match: str = "none"
    identity_score: float | None = None
    verification: Verification = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorScore:
    """The score of one of the ten indicators, of an agency or the mean of a type or a province."""

    dataset: ClassVar[str] = "indicator_scores"
    page: int
    subject: Literal["agency", "agency_type", "province"]
    agency_name: str | None
    agency_type: str | None
    province: str | None
    fiscal_year: int
    instrument: str
    indicator_no: int
    indicator_name: str
    score: Decimal
    score_printed: str
    bbox: BBox | None
    agency_id: str | None = None
    verification: Verification = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentScore:
    """The score of IIT, EIT or OIT, 0 to 100."""

    dataset: ClassVar[str] = "instrument_scores"
    page: int
    subject: Literal["agency", "province"]
    agency_name: str | None
    province: str | None
    fiscal_year: int
    instrument: str
    part: int | None
    score: Decimal
    score_printed: str
    bbox: BBox | None
    agency_id: str | None = None
    verification: Verification = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeSummary:
    """What an announcement prints of one agency type as a whole."""

    dataset: ClassVar[str] = "type_summaries"
    page: int
    fiscal_year: int
    agency_type: str
    agency_count: int | None = None
    staff_respondent_count: int | None = None
    external_respondent_count: int | None = None
    mean_score: Decimal | None = None
    passed_count: int | None = None
    failed_count: int | None = None
    passed_share: Decimal | None = None
    failed_share: Decimal | None = None
    verification: Verification = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeCount:
    """How many agencies of a type reached one grade."""

    dataset: ClassVar[str] = "grade_counts"
    page: int
    fiscal_year: int
    agency_type: str
    grade: str
    agency_count: int
    share: Decimal | None
    verification: Verification = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyItem:
    """One question of the IIT or EIT survey with its score."""

    dataset: ClassVar[str] = "survey_items"
    page: int
    agency_name: str | None
    fiscal_year: int
    instrument: str
    item_code: str
    indicator_no: int | None
    item_text: str | None
    score: Decimal
    bbox: BBox | None
    agency_id: str | None = None
    verification: Verification = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRow:
    """One line under a survey question: how its answers spread, and its score. Shares of the scale that was not asked are None."""

    dataset: ClassVar[str] = "survey_rows"
    page: int
    fiscal_year: int
    item_code: str
    row_no: int
    row_text: str | None
    scale: Literal["four_step", "yes_no"]
    direction: Literal["positive", "negative"] | None
    score: Decimal
    bbox: BBox | None
    share_least: Decimal | None = None
    share_little: Decimal | None = None
    share_much: Decimal | None = None
    share_most: Decimal | None = None
    share_yes: Decimal | None = None
    share_no: Decimal | None = None
    agency_id: str | None = None
    verification: Verification = "unverified"

    @property
    def called(self) -> str:
        """What a check calls it while the records of its document are not numbered yet."""
        return f"row {self.row_no} of question {self.item_code} on page {self.page}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OitItem:
    """One disclosure item with the examiner's score and comment."""

    dataset: ClassVar[str] = "oit_items"
    page: int
    agency_name: str | None
    fiscal_year: int
    item_code: str
    item_name: str | None
    item_key: str | None
    indicator_no: int | None
    sub_indicator_no: str | None
    sub_indicator_name: str | None
    section: str | None
    score: Decimal | None
    comment: str | None
    bbox: BBox | None
    agency_id: str | None = None
    verification: Verification = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceScore:
    """The score of a whole province, over all of its agencies."""

    dataset: ClassVar[str] = "province_scores"
    page: int
    fiscal_year: int
    province: str
    score: Decimal
    rank_printed: int | None = None
    verification: Verification = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class RespondentCount:
    """How many of one gender and category answered a survey: one printed number."""

    dataset: ClassVar[str] = "respondents"
    fiscal_year: int
    instrument: str
    attribute: Literal["age", "education", "contact"]
    category: str
    gender: Literal["male", "female", "other"]
    count: int
    agency_id: str | None = None
    verification: Verification = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure of a plan or of the report on it. `seq` counts from 1 in reading order."""

    dataset: ClassVar[str] = "measures"
    page: int
    page_end: int
    agency_name: str | None
    fiscal_year: int
    seq: int
    topic: str | None
    indicator_no: int | None
    measure: str | None
    steps: tuple[str, ...]
    period: str | None
    responsible: str | None
    result: str | None
    outcomes: tuple[str, ...]
    analysis: str | None
    follow_up: str | None
    bbox: BBox | None
    agency_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFinding:
    """What an analysis says of one or several items, with the scores it names, in the order of the codes."""

    dataset: ClassVar[str] = "item_findings"
    page: int
    fiscal_year: int
    seq: int
    topic: str | None
    instrument: str | None
    item_codes: tuple[str, ...]
    scores: tuple[Decimal, ...]
    text: str
    agency_id: str | None = None


Record: TypeAlias = (
    AgencyScore
    | IndicatorScore
    | InstrumentScore
    | TypeSummary
    | GradeCount
    | SurveyItem
    | SurveyRow
    | OitItem
    | ProvinceScore
    | RespondentCount
    | Measure
    | ItemFinding
)


Given = TypeVar("Given", bound=Record)


def altered(record: Given, **values: Any) -> Given:
    """`dataclasses.replace` for a record, at half its cost: an announcement of 7,896 agencies is altered 46,000 times."""
    kind = type(record)
    known: dict[str, Any] = {name: getattr(record, name) for name in kind.__slots__}
    known.update(values)
    return kind(**known)


def judged(record: Record, verification: Verification) -> Record:
    """The record with what is known of its numbers; one that carries none (a measure, a finding) stays as it is."""
    if isinstance(record, Measure | ItemFinding) or record.verification == verification:
        return record
    return altered(record, verification=verification)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A row of a recognised table that is no record: nothing is lost in silence."""

    dataset: ClassVar[str] = "rejects"
    page: int
    target: str
    """The dataset it would have belonged to; published as `dataset`."""
    reason: str
    detail: str
    raw_text: str
    bbox: BBox | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One identity put to one subject. `tolerance` is derived from the printed decimals, never tuned."""

    dataset: ClassVar[str] = "checks"
    identity: str
    subject: str
    expected: str
    observed: str
    tolerance: str
    outcome: Literal["holds", "fails", "corrected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairCount:
    """How often a repair rule changed a page, with its first example."""

    dataset: ClassVar[str] = "repairs"
    page: int
    rule: str
    count: int
    example_before: str
    example_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """What became of one file: every file ends as exactly one of these."""

    dataset: ClassVar[str] = "documents"
    file_name: str
    media_type: str
    document_type: str
    title: str | None
    agency_name: str | None
    fiscal_year: int | None
    page_count: int
    byte_count: int
    engine: str | None
    ocr_page_count: int
    status: Literal["parsed", "partial", "unrecognised", "unreadable"]
    error_code: str | None
    error_message: str | None
    record_count: int
    reject_count: int
    agency_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentResult:
    """All that one document gave, ready for the data folder."""

    document_id: str
    document: DocumentRecord
    records: tuple[Record, ...]
    rejects: tuple[Reject, ...]
    checks: tuple[Check, ...]
    repairs: tuple[RepairCount, ...]
