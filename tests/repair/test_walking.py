"""The compiled walk and the plain one end at the same paths and at the same costs, to the last bit."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from array import array
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ita_extract import native
from ita_extract.repair import damage, sieve, walking
from ita_extract.repair import native as walk
from ita_extract.repair.letters import parse
from ita_extract.repair.reading import RUN, Hypothesis, mode
from ita_extract.repair.script import MARKS
from tests.repair.words import some, some_place

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
sys.path.insert(0, str(ROOT))

import hatch_build  # noqa: E402

needs_compiler = pytest.mark.skipif(not hatch_build.find_compiler(), reason="needs a C compiler")
LETTERS = "กขงจดตทนบปมยรลวสหอฤ" + "ะาาำเแโใไๆฯๅ"
DAMAGED = st.text(alphabet=LETTERS + "".join(sorted(MARKS)) * 2 + "   \u00a0", min_size=1, max_size=40)
SOME = some(500) | some(5, "ำ") | some_place()
WORDS = st.lists(SOME | st.sampled_from(("ตำบล", "อำเภอ", "เทศบาลตำบล")), max_size=7)
MODES = tuple(
    Hypothesis(**dict.fromkeys(names, True))
    for names in ((), ("spaced",), ("swapped",), ("lost",), ("toned", "carried"), ("carried", "kept"), ("loose",), ("ligature",))
)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> walking.Compiled:
    """Compiled for this test from the source as it stands."""
    path = tmp_path_factory.mktemp("built") / "_walk.so"
    assert hatch_build.compile_part(walk.SOURCE, path) == ""
    return walking.Compiled(native.load(path, ctypes.PyDLL))


def assert_alike(compiled: walking.Compiled, text: str, modes: tuple[Hypothesis, ...]) -> None:
    plain = walking.Plain()
    for match in RUN.finditer(text):
        run = parse(match[0])
        n = len(run.letters)
        assert compiled.stand(match[0]) == plain.stand(match[0])
        nears = (b"\1" * n, bytes(at % 7 > 3 for at in range(n)), bytes(n))
        for hypothesis in modes:
            for near in nears:
                for first, end in ((0, n), (n // 3, n - n // 4)):
                    if first < end:
                        given = run, mode(hypothesis), near, first, end
                        assert compiled.decode(*given) == plain.decode(*given)


@needs_compiler
@settings(max_examples=200, deadline=None)
@given(text=DAMAGED)
def test_on_anything(compiled: walking.Compiled, text: str) -> None:
    assert_alike(compiled, text, MODES)


@needs_compiler
@settings(max_examples=80, deadline=None)
@given(words=WORDS, kind=st.sampled_from(sorted(damage.KINDS)), seed=st.integers(0, 99), between=st.sampled_from(("", "", " ")))
def test_on_damaged_words(compiled: walking.Compiled, words: list[str], kind: str, seed: int, between: str) -> None:
    assert_alike(compiled, damage.KINDS[kind](between.join(words), damage.dice(seed)), MODES)


@needs_compiler
def test_on_a_text_longer_than_the_room_made_for_it(compiled: walking.Compiled) -> None:
    assert_alike(compiled, "ปฏิบตัิหนา้ที่" * walking.ROOM, (Hypothesis(),))


@needs_compiler
@pytest.mark.skipif(not (SHARED / "gold").is_dir(), reason="needs ../shared/gold")
def test_on_real_lines(compiled: walking.Compiled) -> None:
    lines = (SHARED / "gold" / "repair_gold.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for line in lines:
        assert_alike(compiled, line.split("\t")[2], (Hypothesis(), Hypothesis(spaced=True)))


@needs_compiler
@settings(max_examples=200, deadline=None)
@given(grams=st.sets(st.integers(1, 2**32 - 1), min_size=1, max_size=60), data=st.data())
def test_the_sieve_lets_through_what_holds_a_window(compiled: walking.Compiled, grams: set[int], data: st.DataObject) -> None:
    is_met = sieve.compiled(compiled.library, array("I", sorted(grams)))
    some = st.sampled_from(sorted(grams)).map(lambda gram: gram.to_bytes(4, sys.byteorder))
    text = b"".join(data.draw(st.lists(st.binary(max_size=3) | some, max_size=6)))
    assert is_met(text) == any(int.from_bytes(text[at : at + 4], sys.byteorder) in grams for at in range(len(text) - 3))


@pytest.mark.parametrize(("value", "walker"), [("1", "Plain"), ("", None)])
def test_the_compiled_part_can_be_switched_off(value: str, walker: str | None) -> None:
    program = (
        "from ita_extract.repair import native, repair_text, walking; "
        "print(native.how(), type(walking.walker()).__name__, repair_text('ปฏิบตัิหน้าท่ี').text, sep='|')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=dict(os.environ) | {native.SWITCH: value, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
        cwd=ROOT,
    )
    how, name, text = done.stdout.strip().split("|")
    assert text == "ปฏิบัติหน้าที่"
    assert name == (walker or ("Compiled" if walk.library.__wrapped__()[0] else "Plain"))
    assert how.startswith("a plain walk: " if name == "Plain" else "a compiled walk")
