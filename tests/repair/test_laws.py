"""Laws of repair on bare text, whatever the text."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ita_extract.model.step import replay
from ita_extract.repair import reading, repair_text, walking
from ita_extract.repair.lattice import Mode
from ita_extract.repair.letters import Run
from ita_extract.repair.script import IMPOSSIBLE, MARKS
from ita_extract.repair.standing import Word
from tests.repair.words import common, some

MARK = "".join(sorted(MARKS))
THAI = "กขคงจชดตทนบปพมยรลวสหอ" + "ะาำเแโใไๆฯ" + MARK
NOISE = st.text(alphabet=THAI + "  \n" + "0๙7aZ.,()/%-" + "\u200b\uf70a\ufffd", max_size=40)
WORDS = st.lists(some(2000).filter(lambda word: len(word) >= 3), min_size=1, max_size=6)
KEPT = re.compile("[0-9๐-๙A-Za-zก-ฮ]")


def kept(text: str) -> str:
    return "".join(KEPT.findall(text))


@settings(max_examples=400, deadline=None)
@given(NOISE)
def test_keeps_every_letter_digit_and_consonant(text: str) -> None:
    assert kept(repair_text(text).text) == kept(text)


@settings(max_examples=400, deadline=None)
@given(NOISE)
def test_log_replays(text: str) -> None:
    done = repair_text(text)
    assert replay(text, done.steps) == done.text
    assert done.text.count("\n") == text.count("\n")


@settings(max_examples=400, deadline=None)
@given(NOISE)
def test_is_idempotent_on_anything(text: str) -> None:
    once = repair_text(text).text
    assert repair_text(once).text == once


@settings(max_examples=200, deadline=None)
@given(WORDS)
def test_leaves_clean_text_alone(words: list[str]) -> None:
    text = " ".join(words)
    assert repair_text(text).text == text


@settings(max_examples=200, deadline=None)
@given(WORDS, st.data())
def test_never_invents_a_mark(words: list[str], data: st.DataObject) -> None:
    text = "".join(words)
    at = data.draw(st.integers(0, len(text)))
    broken = text[:at] + " " + text[at:]
    before, after = Counter(c for c in broken if c in MARKS), Counter(c for c in repair_text(broken).text if c in MARKS)
    assert not after - before


UNITS = ["ิ", "่", "ก", "ก่", "ก ", " ", " ่", "ํา", "ก ่", "ำ", "เ", "า ", "\ufffd", "(cid:", "Ê", "\uf70a", "ด า", "ที ่", "ปฏิบตัิ"]
UNITS += ["่ ิ", " ิ่", "ก ่ข ้", "่้", "ั่ ", "แ ละ", "เ เ", "ก  ่", "ดาเนิน ", "ปร บัปรุง", "กำรก ำ", "ก า"]


@pytest.mark.parametrize("unit", UNITS)
def test_one_thing_over_and_over_is_read_in_steps_of_its_length(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work is counted in letters read, not in seconds; anything worse than linear would be seen on 20 KB."""
    read = [0]
    real = walking.walker()

    class Counting:
        def stand(self, text: str) -> tuple[Word, ...]:
            read[0] += len(text)
            return real.stand(text)

        def decode(self, run: Run, mode: Mode, near: bytes, first: int, end: int) -> tuple[Word, ...]:
            read[0] += end - first
            return real.decode(run, mode, near, first, end)

    monkeypatch.setattr(reading, "walker", Counting)
    text = unit * (20_000 // len(unit.encode()))
    done = repair_text(text)
    assert replay(text, done.steps) == done.text
    assert read[0] <= 20 * len(text)


def test_impossible_never_fires_on_common_words() -> None:
    assert not [word for word in common(2000) if IMPOSSIBLE.search(word)]
