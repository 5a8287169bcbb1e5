"""The nouns that travel between the rooms: they do not change, and steps can be replayed."""

from __future__ import annotations

import inspect
import pickle
from dataclasses import FrozenInstanceError, is_dataclass
from decimal import Decimal
from pkgutil import iter_modules

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ita_extract.model as model
from ita_extract.errors import DOCUMENT_CODES, DocumentError
from ita_extract.model import trace
from ita_extract.model.record import Check, TypeSummary
from ita_extract.model.source import SourceDocument
from ita_extract.model.step import Step, replay
from ita_extract.model.table import Cell, column_starts

NOUNS = [
    noun
    for info in iter_modules(model.__path__)
    for noun in vars(__import__(f"ita_extract.model.{info.name}", fromlist=["x"])).values()
    if inspect.isclass(noun) and is_dataclass(noun) and noun.__module__ == f"ita_extract.model.{info.name}"
]


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
def test_nouns_are_frozen_and_have_slots(noun: type) -> None:
    assert noun.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(noun)


def test_a_record_cannot_be_changed_and_travels_between_processes() -> None:
    record = TypeSummary(page=1, fiscal_year=2563, agency_type="จังหวัด", mean_score=Decimal("82.04"))
    with pytest.raises(FrozenInstanceError):
        record.page = 2  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(record)) == record  # noqa: S301
    check = Check(identity="a", subject="b", expected="1", observed="2", tolerance="0", outcome="fails")
    assert pickle.loads(pickle.dumps(check)) == check  # noqa: S301


@pytest.mark.parametrize("code", DOCUMENT_CODES)
def test_an_error_of_a_document_travels_between_processes(code: str) -> None:
    error = pickle.loads(pickle.dumps(DocumentError(code, "why")))  # noqa: S301
    assert (error.code, error.detail) == (code, "why")
    assert DocumentError(code).detail == DOCUMENT_CODES[code]


def test_a_document_is_its_bytes() -> None:
    one, two = (SourceDocument.of(b"abc", name, "application/pdf") for name in ("a.pdf", "b.pdf"))
    assert one.document_id == two.document_id
    assert len(one.document_id) == 64
    assert SourceDocument.of(b"abd", "a.pdf", "application/pdf").document_id != one.document_id


@given(st.text("กขคา ่ํ", max_size=20), st.data())
def test_steps_replay_to_what_they_made(raw: str, data: st.DataObject) -> None:
    text, steps = raw, []
    for _ in range(data.draw(st.integers(0, 5))):
        start = data.draw(st.integers(0, len(text)))
        stop = data.draw(st.integers(start, len(text)))
        after = data.draw(st.text("ำดำ", max_size=3))
        steps.append(Step("rule", start, text[start:stop], after))
        text = text[:start] + after + text[stop:]
    assert replay(raw, steps) == text


def test_a_step_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        replay("ดำเนิน", [Step("rule", 1, "า", "ำ")])
    with pytest.raises(ValueError, match="does not fit"):
        replay("ก", [Step("rule", 5, "ก", "")])


def test_trace_letters_are_one_byte_each_and_all_different() -> None:
    letters = [value for name, value in vars(trace).items() if name.isupper()]
    assert len(set(letters)) == len(letters)
    assert all(len(letter) == 1 and ord(letter) < 128 for letter in letters)


def test_columns_begin_from_the_left_or_down_the_page() -> None:
    upright = [Cell(0, c, 1, 1, (50.0 * c, 10, 50.0 * c + 50, 30), "") for c in range(3)]
    assert column_starts(upright) == {0: 0.0, 1: 50.0, 2: 100.0}
    lying = [Cell(0, c, 1, 1, (10, 50.0 * c, 30, 50.0 * c + 50), "") for c in range(3)]
    assert column_starts(lying) == {0: 0.0, 1: 50.0, 2: 100.0}
    assert column_starts([None, Cell(0, 0, 1, 1, None, "")]) == {}
