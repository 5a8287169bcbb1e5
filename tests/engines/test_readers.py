"""The compiled and the plain reader of pdfium: the same page from both, and something to read with wherever it is installed."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hatch_build
from ita_extract.engines import compiled, drawing, native, pdfium, plain, raw
from ita_extract.errors import DOCUMENT_CODES, DocumentError
from ita_extract.model.page import Page
from tests.engines.drawn import pdf, read, source, text

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "samples").glob("*.pdf"))
SHARED = sorted((ROOT.parent / "shared" / "pdf").glob("*/*.pdf"))
PAGES = 6
"""Pages of a document that are compared; the plain reader has the time of day."""

needs_compiler = pytest.mark.skipif(not hatch_build.find_compiler() or os.name == "nt", reason="no C compiler here")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> compiled.Compiled:
    """The compiled reader of this very source, built for the test: the one that is installed may be an older one, or none."""
    if not hatch_build.find_compiler():
        pytest.skip("no C compiler here: the plain reader is the only one")
    path = tmp_path_factory.mktemp("built") / "_batch.so"
    assert hatch_build.compile_part(native.SOURCE, path) == ""
    return compiled.Compiled(native.load(path))


def pages_by(reader: raw.Reader, data: bytes) -> Iterator[Page]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdfium, "page_reader", lambda: reader)
        yield from pdfium.read(source(data), range(1, PAGES + 1))


def assert_same(ours: Page, theirs: Page) -> None:
    assert (ours.number, ours.width, ours.height) == (theirs.number, theirs.width, theirs.height)
    assert (ours.image_area, ours.hidden_share) == (theirs.image_area, theirs.hidden_share)
    assert ours.chars.fonts == theirs.chars.fonts
    pairs = [(f.name, getattr(ours.chars, f.name), getattr(theirs.chars, f.name)) for f in fields(ours.chars) if f.name != "fonts"]
    for name, one, other in [*pairs, ("edges", ours.edges, theirs.edges)]:
        assert one.dtype == other.dtype, name
        np.testing.assert_array_equal(one, other, err_msg=name)


def assert_readers_agree(data: bytes, built: compiled.Compiled) -> int:
    pages = list(pages_by(built, data))
    for one, other in zip(pages, pages_by(plain.Plain(), data), strict=True):
        assert_same(one, other)
    return sum(len(page.chars) + len(page.edges) for page in pages)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_both_readers_give_the_same_pages_of_the_samples(path: Path, built: compiled.Compiled) -> None:
    assert assert_readers_agree(path.read_bytes(), built) > 100


@pytest.mark.slow
@pytest.mark.skipif(not SHARED, reason="../shared/pdf is not here")
@pytest.mark.parametrize("path", SHARED, ids=lambda path: path.stem)
def test_both_readers_give_the_same_pages_of_shared_documents(path: Path, built: compiled.Compiled) -> None:
    assert_readers_agree(path.read_bytes(), built)


NUMBER = st.sampled_from(["0", "1", "-1", "0.5", "12", "-7", "150", "99999999999", "-0.0001"])
MATRIX = st.tuples(*[NUMBER] * 6).map(lambda m: f"{' '.join(m)} cm")
POINT = st.tuples(NUMBER, NUMBER).map(" ".join)
STEP = st.one_of(
    POINT.map(lambda p: f"{p} m"),
    POINT.map(lambda p: f"{p} l"),
    st.tuples(POINT, POINT, POINT).map(lambda p: f"{' '.join(p)} c"),
    st.tuples(POINT, POINT).map(lambda p: f"{' '.join(p)} re"),
    st.just("h"),
)
SHAPE = st.tuples(st.lists(STEP, min_size=1, max_size=6), st.sampled_from(["S", "f", "B", "n", "s"])).map(
    lambda s: f"{' '.join(s[0])} {s[1]}"
)
WORDS = st.tuples(st.sampled_from(["A", "A B", " ", ""]), NUMBER, st.integers(0, 7), POINT).map(
    lambda w: f"BT /F1 {w[1]} Tf {w[2]} Tr {w[3]} Td ({w[0]}) Tj ET"
)
SPAN = st.lists(WORDS, min_size=1, max_size=3).map(lambda w: f"/Span <</ActualText (XY)>> BDC {' '.join(w)} EMC")
DRAWN = st.lists(st.one_of(SHAPE, WORDS, SPAN, MATRIX, st.sampled_from(["q", "Q"])), max_size=8).map(" ".join)
FORM_MATRIX = st.tuples(*[st.sampled_from([1.0, 0.0, -2.0, 0.5, 30.0])] * 6)


@given(DRAWN, DRAWN, DRAWN, FORM_MATRIX, st.sampled_from([0, 90, 180, 270]))
def test_both_readers_give_the_same_of_whatever_is_drawn(
    built: compiled.Compiled, page: str, inner: str, last: str, matrix: tuple[float, ...], rotate: int
) -> None:
    forms = {"X0": (f"{inner} /X1 Do", matrix), "X1": (last, matrix)}
    assert_readers_agree(pdf(f"q {page} Q q /X0 Do Q {last}", forms=forms, rotate=rotate), built)


def objects_of(reader: raw.Reader, data: bytes) -> raw.Objects:
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        page = document[0]  # held: pypdfium2 closes a page that nobody has
        return reader.objects(ctypes.cast(page.raw, ctypes.c_void_p).value or 0)


def test_a_page_of_more_objects_than_there_is_room_for_at_first(built: compiled.Compiled) -> None:
    data = pdf("".join(f"{n % 300} 5 m {n % 300} 9 l S " for n in range(compiled.ROOM + 10)))
    ours, theirs = objects_of(built, data), objects_of(plain.Plain(), data)
    assert len(ours.kind) == len(theirs.kind) == compiled.ROOM + 10
    np.testing.assert_array_equal(ours.kind, theirs.kind)
    np.testing.assert_array_equal(ours.matrix, theirs.matrix)


@pytest.mark.parametrize("name", ["compiled", "plain"])
def test_a_page_that_draws_without_end_is_named(name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = request.getfixturevalue("built") if name == "compiled" else plain.Plain()
    for module in (raw, compiled, plain, pdfium):
        monkeypatch.setattr(module, "MAX_OBJECTS", 50)
    for operators in ("5 5 m 9 9 l S " * 51, f"BT /F1 9 Tf 5 50 Td ({'A' * 51}) Tj ET"):
        with pytest.raises(DocumentError, match="page 1 ") as caught:
            list(pages_by(reader, pdf(operators)))
        assert caught.value.code == "LIMIT_PAGE"
        assert caught.value.code in DOCUMENT_CODES
    (page,) = pages_by(reader, pdf("5 5 m 9 9 l S " * 50))
    assert len(page.edges) == 50


def test_strokes_after_a_drawing_of_very_many_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "MAX_SEGMENTS", 8)
    monkeypatch.setattr(drawing, "MAX_PAGE_SEGMENTS", 10)
    (page,) = read("pdfium", pdf("1 1 m " + "5 5 l " * 20 + "S 10 10 m 10 90 l S " + "20 20 m 90 20 l S " * 9))
    assert len(page.edges) == 5  # not the long path, then ten segments of two a stroke
    assert page.edges[0].tolist() == [10.0, 110.0, 10.0, 190.0]


@pytest.mark.parametrize("depth", [1, 9, 12])
def test_text_in_forms_inside_forms_is_read(depth: int) -> None:
    forms = {f"X{n}": (f"/X{n + 1} Do", (1, 0, 0, 1, 1, 2)) for n in range(depth)}
    forms[f"X{depth}"] = ("BT /F1 10 Tf 5 5 Td (A) Tj ET 5 4 m 25 4 l S", (1, 0, 0, 1, 1, 2))
    (page,) = read("pdfium", pdf("/X0 Do", forms=forms))
    assert text(page) == "A"
    assert page.chars.origin[0].tolist() == pytest.approx([5 + depth + 1, 200 - 5 - 2 * (depth + 1)])
    assert len(page.edges) == 1


@pytest.mark.parametrize(
    ("operators", "share"),
    [
        ("BT /F1 10 Tf 50 100 Td (AB CD) Tj ET", 0.0),
        ("BT /F1 10 Tf 3 Tr 50 100 Td (AB CD) Tj ET", 1.0),
        ("BT /F1 10 Tf 7 Tr 50 100 Td (AB CD) Tj ET", 1.0),
        ("BT /F1 10 Tf 1 Tr 50 100 Td (AB CD) Tj ET", 0.0),
        ("BT /F1 10 Tf 50 100 Td (A) Tj 3 Tr 0 -20 Td (BC D) Tj ET", 0.75),
        ("BT /F1 10 Tf 3 Tr 50 100 Td ( ) Tj ET", 0.0),
        ("BT /F1 10 Tf 50 100 Td (A) Tj 3 Tr 900 0 Td (B) Tj ET", 0.0),
        ("", 0.0),
    ],
)
def test_the_share_of_characters_that_nothing_paints(operators: str, share: float) -> None:
    """Blanks do not count, nor what lies off the page."""
    (page,) = read("pdfium", pdf(operators))
    assert page.hidden_share == share


@needs_compiler
def test_a_library_from_another_source_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(native.SWITCH, raising=False)
    source, library = tmp_path / "batch.c", tmp_path / "_batch.so"
    shutil.copyfile(native.SOURCE, source)
    assert hatch_build.compile_part(source, library) == ""
    monkeypatch.setattr(native, "SOURCE", source)
    monkeypatch.setattr(native, "LIBRARY", library)
    assert native.library.__wrapped__()[1] == ""
    source.write_bytes(source.read_bytes() + b"\n")
    assert native.library.__wrapped__() == (None, "it was compiled from another source: install again")


def test_what_is_no_library_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(native.SWITCH, raising=False)
    monkeypatch.setattr(native, "LIBRARY", tmp_path / "_batch.so")
    found, why = native.library.__wrapped__()
    assert (found, "not compiled" in why) == (None, True)
    native.LIBRARY.write_bytes(b"no library")
    found, why = native.library.__wrapped__()
    assert (found, "cannot be loaded" in why) == (None, True)


@pytest.mark.parametrize("value", ["1", "yes"])
def test_the_compiled_part_can_be_switched_off(value: str) -> None:
    program = "from ita_extract.engines import native, pdfium; print(native.how()); print(type(pdfium.page_reader()).__name__)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {native.SWITCH: value},
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    how, reader = done.stdout.splitlines()
    assert how == "plain calls: the compiled part is not used, ITA_EXTRACT_PURE is set"
    assert reader == "Plain"


@needs_compiler
def test_a_source_that_does_not_compile_is_a_reason_and_no_error(tmp_path: Path) -> None:
    broken = tmp_path / "batch.c"
    broken.write_text("int main(", encoding="utf-8")
    assert "ended with" in hatch_build.compile_part(broken, tmp_path / "_batch.so")


@pytest.mark.parametrize(("named", "reason"), [("", "no C compiler"), ("no-such-compiler -m64", "no-such-compiler")])
def test_a_compiler_that_is_missing_is_a_reason_and_no_error(
    named: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", named)
    assert reason in hatch_build.compile_part(native.SOURCE, tmp_path / "_batch.so")
    assert not (tmp_path / "_batch.so").exists()


@pytest.mark.parametrize("compiler", ["", None], ids=["without a compiler", "with one"])
def test_a_wheel_says_what_it_holds(compiler: str | None, tmp_path: Path) -> None:
    """And is built either way."""
    if compiler is None and not hatch_build.find_compiler():
        pytest.skip("no C compiler here")
    environment = os.environ | ({"CC": compiler} if compiler is not None else {})
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    shutil.unpack_archive(wheel, tmp_path / "in", "zip")
    made = tmp_path / "in" / "ita_extract" / "engines" / "_batch.so"
    if compiler is None:
        assert native.load(made).ita_source().decode() == native.digest(made.with_name("batch.c").read_bytes())
        assert "py3-none-" in wheel.name
        assert not wheel.name.endswith("-any.whl")
    else:
        assert not made.exists()
        assert wheel.name.endswith("py3-none-any.whl")
        assert "is not built" in done.stdout + done.stderr
