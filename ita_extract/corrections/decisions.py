"""The corrections file: JSON Lines, one decision of a person about one published value in each."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from dataclasses import field as with_default
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeAlias, cast, get_args

from ..errors import StorageError, UsageError
from ..model.page import BBox
from ..rulebook.fields import Column, Dataset, Fields

Kind: TypeAlias = Literal["correct", "accept", "dismiss"]
Value: TypeAlias = str | int | bool | Decimal | None

MAX_BYTES = 100_000_000
MAX_TEXT, MAX_VALUE = 2_000, 1_000_000
"""Characters of one text of a decision, and of a value: a reject may hold a whole table."""
HUMAN = "human_correction"
"""The check that tells of a decision."""
NOTED = {"rejects": "raw_text", "checks": "observed"}
"""What can be accepted and dismissed and not corrected, and the column that a decision names of it."""
PLACE = ("record_no", "page", "page_end", "table_no", "bbox", "document_id")
JUDGED = ("verification", "identity_match", "identity_score")
_NUMBER = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?")
_COUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15}")
_THAI = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person who looked at the page says of one published value.

    `correct` puts `after` in the place of `before`; `accept` says that the value is what the page prints; `dismiss` that the doubt
    about it is none of its own. `before` is what is published, or what was read before the machine put it right; both as text, as
    the page prints them ("91.05", Thai digits may stay), None for absent. `page` and `bbox` say where the person looked.
    """

    document_id: str
    dataset: str
    record_no: int
    field: str
    before: str | None
    after: str | None
    decision: Kind
    who: str
    why: str
    date: str
    page: int | None = None
    bbox: BBox | None = None
    line: int = with_default(default=0, compare=False)

    @property
    def cell(self) -> tuple[str, str, int, str]:
        """What it is about."""
        return self.document_id, self.dataset, self.record_no, self.field

    @property
    def subject(self) -> str:
        """What its record is called in `checks`."""
        return f"{self.dataset}/{self.record_no}"


@dataclass(frozen=True)
class Corrections:
    """A corrections file as read: its name, the sha256 of its bytes, and its decisions in the order of the lines."""

    name: str
    sha256: str
    decisions: tuple[Decision, ...]

    @cached_property
    def by_document(self) -> Mapping[str, tuple[Decision, ...]]:
        found: dict[str, list[Decision]] = defaultdict(list)
        for one in self.decisions:
            found[one.document_id].append(one)
        return {document_id: tuple(members) for document_id, members in found.items()}

    def of(self, document_id: str) -> tuple[Decision, ...]:
        return self.by_document.get(document_id, ())

    def unapplied(self, documents: Iterable[str], checks_of: Callable[[str], Iterable[Mapping[str, Any]]]) -> tuple[str, ...]:
        """What came of decisions where it is not what they ask, in words, in the order of the lines of the file.

        `documents` are those of the data folder; `checks_of` gives the rows of the dataset `checks` of one of them.
        """
        here, found = set(documents), list[tuple[int, str]]()
        for document_id, members in self.by_document.items():
            rows = checks_of(document_id) if document_id in here else ()
            told = {(row["subject"], row["expected"].split(" ", 1)[0]): row for row in rows if row["identity"] == HUMAN}
            for one in members:
                row = told.get((one.subject, one.field))
                if document_id not in here:
                    found.append((one.line, f"there is no document {document_id[:12]}… in this folder"))
                elif row is None:
                    found.append((one.line, f"{one.subject} {one.field}: document {document_id[:12]}… was not read in this run"))
                elif row["outcome"] == "fails":
                    found.append((one.line, f"{one.subject}: {row['observed']}"))
        return tuple(f"{self.name}:{line}: {text}" for line, text in sorted(found))


def digest_of(decisions: Iterable[Decision]) -> str:
    """The sha256 of decisions, whatever lines of a file they stand on; "" of none."""
    said = [[getattr(one, part.name) for part in fields(one) if part.compare] for one in decisions]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest() if said else ""


def read_corrections(path: Path | str, rules: Fields) -> Corrections:
    """Reads a corrections file and checks every line by itself.

    UsageError names file and line of the first that cannot be meant: no JSON, an unknown dataset, column or decision, a value that
    its column cannot hold, or two decisions about one value. Whether `before` still stands there is seen when the document is read.
    StorageError where the file cannot be read.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path} has more than {MAX_BYTES:,} bytes", advice="Is this the corrections file?")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {str(path)!r}", advice="Check the spelling.") from error
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}", advice="Check who may read it.") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 at byte {error.start}", advice="Save it as UTF-8.") from error
    seen: dict[tuple[str, str, int, str], Decision] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            one = _decision(_Line(path.name, number), line, rules)
            first = seen.setdefault(one.cell, one)
            if (first.decision, first.before, first.after) != (one.decision, one.before, one.after):
                _Line(path.name, number).fail(f"line {first.line} decides otherwise about {one.subject} {one.field}", "Keep one.")
    return Corrections(path.name, hashlib.sha256(data).hexdigest(), tuple(seen.values()))


@dataclass(frozen=True, slots=True)
class _Line:
    """Where a fault lies."""

    name: str
    number: int

    def fail(self, what: str, advice: str) -> NoReturn:
        raise UsageError(f"{self.name}:{self.number}: {what}", advice=advice)


NEEDED = ("document_id", "dataset", "record_no", "field", "before", "after", "decision", "who", "why", "date")
KNOWN = (*NEEDED, "page", "bbox")


def _decision(at: _Line, line: str, rules: Fields) -> Decision:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        at.fail("is no JSON", "Each line is one object: {...}.")
    if not isinstance(told, dict):
        at.fail("is no object of JSON", "Each line is one object: {...}.")
    for key in told:
        if key not in KNOWN:
            at.fail(f"unknown key {key!r}", _near(key, KNOWN))
    for key in NEEDED:
        if key not in told:
            at.fail(f"{key!r} is missing", f"A decision has {', '.join(NEEDED)}.")
    for key in ("document_id", "dataset", "field", "decision", "who", "why", "date"):
        if not isinstance(told[key], str) or len(told[key]) > MAX_TEXT:
            at.fail(f"{key!r} is no text of at most {MAX_TEXT:,} characters", f'Write "{key}": "…".')
    for key in ("before", "after"):
        if not (told[key] is None or (isinstance(told[key], str) and len(told[key]) <= MAX_VALUE)):
            at.fail(f"{key!r} is neither a text nor null", f'Write "{key}": "91.05", as the page prints it.')
    if told["decision"] not in get_args(Kind):
        at.fail(f"unknown decision {told['decision']!r}", f"There are {', '.join(get_args(Kind))}.")
    if not re.fullmatch("[0-9a-f]{64}", told["document_id"]):
        at.fail(f"{told['document_id']!r} is no document_id", "It is the sha256 of the document: 64 digits.")
    if not told["who"].strip():
        at.fail("'who' is empty", "A decision has somebody who made it.")
    _date(at, told["date"])
    dataset = _dataset(at, told["dataset"], rules)
    column = _column(at, told["field"], dataset)
    one = Decision(
        **{key: told[key] for key in NEEDED if key != "record_no"},
        record_no=_ordinal(at, "record_no", told["record_no"]),
        page=None if told.get("page") is None else _ordinal(at, "page", told["page"]),
        bbox=_box(at, told.get("bbox")),
        line=at.number,
    )
    _values(at, one, column)
    return one


def _values(at: _Line, one: Decision, column: Column) -> None:
    if one.decision == "correct":
        if one.dataset in NOTED:
            at.fail(f"{one.dataset} cannot be corrected", 'Say "accept" or "dismiss"; correct the record that it is about.')
        if one.before == one.after:
            at.fail("'after' is what 'before' is", 'Say "decision": "accept" where nothing is to be changed.')
        try:
            value_of(one.after, column)
        except ValueError as error:
            at.fail(f"'after': {error}", f"{column.name}: {column.description}")
    elif one.after not in (None, "", one.before):
        at.fail(f"{one.decision} changes nothing, and 'after' is not 'before'", 'Say "decision": "correct" to change it.')


def value_of(text: str | None, column: Column) -> Value:
    """A value as its record holds it, from the text of a decision; ValueError says why the column cannot hold it.

    >>> score = Column(name="score", type="float64", description="", description_th="", required=True, minimum=0, maximum=100)
    >>> value_of("๙๑.๐๕", score), value_of("91.05", score) == Decimal("91.05")
    (Decimal('91.05'), True)
    >>> value_of("910.5", score)
    Traceback (most recent call last):
    ...
    ValueError: '910.5' is above 100
    """
    if text is None or text == "":
        if column.required:
            raise ValueError("may not be absent")
        return None
    value = _parsed(text, column)
    number = value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
    if number is not None and column.minimum is not None and number < column.minimum:
        raise ValueError(f"{text!r} is below {column.minimum}")
    if number is not None and column.maximum is not None and number > column.maximum:
        raise ValueError(f"{text!r} is above {column.maximum}")
    if column.enum and value not in column.enum:
        raise ValueError(f"{text!r} is none of {', '.join(column.enum)}")
    if isinstance(value, str) and column.pattern and not re.fullmatch(column.pattern, value):
        raise ValueError(f"{text!r} does not match {column.pattern}")
    return value


def _parsed(text: str, column: Column) -> Value:
    bare = text.translate(_THAI).strip()
    if column.type == "float64":
        if not _NUMBER.fullmatch(bare):
            raise ValueError(f"{text!r} is no number of at most two decimals")
        return Decimal(bare)
    if column.type == "int64":
        if not _COUNT.fullmatch(bare):
            raise ValueError(f"{text!r} is no whole number")
        return int(bare.replace(",", ""))
    if column.type == "bool":
        if bare not in ("true", "false"):
            raise ValueError(f"{text!r} is neither true nor false")
        return bare == "true"
    if not text.strip():
        raise ValueError("is blank")
    return text


def _dataset(at: _Line, name: str, rules: Fields) -> Dataset:
    names = [dataset.name for dataset in rules.datasets if dataset.origin == "document" and dataset.ordinal == "record_no"]
    if name not in (*names, *NOTED):
        at.fail(f"there is no dataset of records {name!r}", _near(name, names))
    return rules.dataset(name)


def _column(at: _Line, name: str, dataset: Dataset) -> Column:
    names = (
        [NOTED[dataset.name]] if dataset.name in NOTED else [column.name for column in dataset.columns if _can_be_corrected(column)]
    )
    if name not in names:
        at.fail(f"{dataset.name} has no column {name!r} that can be corrected", _near(name, names))
    return dataset.column(name)


def _can_be_corrected(column: Column) -> bool:
    """What a page prints; not where it prints it, not what was made of it, and no list."""
    made = column.name in (*PLACE, *JUDGED) or (column.type == "string" and column.name.endswith("_printed"))
    return not made and column.type in ("string", "int64", "float64", "bool")


def _ordinal(at: _Line, key: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        at.fail(f"{key!r} is no whole number from 1", f'Write "{key}": 1.')
    return value


def _box(at: _Line, value: Any) -> BBox | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 4 or not all(isinstance(n, int | float) for n in value):
        at.fail("'bbox' is not four numbers", 'Write "bbox": [x0, top, x1, bottom], or null.')
    return cast(BBox, tuple(float(number) for number in value))


def _date(at: _Line, text: str) -> None:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        at.fail(f"{text!r} is no date", 'Write "date": "2026-01-31".')


def _near(word: str, known: Iterable[str]) -> str:
    known = list(known)
    near = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(known)}."
