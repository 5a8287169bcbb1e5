"""No regular expression takes time by the square of what it is put to: texts come from documents, and documents from anybody.

Every pattern is put to texts made of what it is made of, in the way in which it is used. A pattern that is only matched from a
given place may be such that seeking it everywhere would take long, and the other way round.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import pkgutil
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest

import ita_extract
from ita_extract.model.source import SourceDocument
from ita_extract.pipeline import extract
from ita_extract.rulebook.load import load_rulebook

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "ita_extract"
SEEKING = {"search", "finditer", "findall", "sub", "subn", "split"}
FIXED = {"match", "fullmatch"}
ALL = frozenset({"finditer", "match", "fullmatch"})

SHORT, LONG = (12, 18, 24), (150, 600)
RUNS, VERY_LONG = " 1ก\n-a.", 3000
"""Runs of one letter are passed over so fast that only long ones tell."""
SUSPECT = 0.003
"""Seconds for a long text: ten times what most patterns take in one pass. For a very long one five times as much."""
SINGLES = "1๑ \n.,ก่ำaA-(:=<"
PAIRS = ("1 ", "1.", "1\n", "ก ", "ก่", "a ")


def patterns_in(value: object, seen: set[int], depth: int = 0) -> Iterator[re.Pattern[Any]]:
    """Every compiled pattern that hangs on a value: in containers, and in the fields of dataclasses."""
    if id(value) in seen or depth > 9 or isinstance(value, str | bytes | int | float):
        return
    seen.add(id(value))
    if isinstance(value, re.Pattern):
        yield value
        return
    inner: Iterable[object] = ()
    if isinstance(value, tuple | list | set | frozenset):
        inner = value
    elif isinstance(value, Mapping):
        inner = (*value.keys(), *value.values())
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        inner = [getattr(value, field.name, None) for field in dataclasses.fields(value)]
    for one in inner:
        yield from patterns_in(one, seen, depth + 1)


Nodes = tuple[ast.AST, ...]


@cache
def sources() -> dict[Path, Nodes]:
    """The nodes of every module, walked once: this is done whenever tests are collected."""
    return {path: tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8")))) for path in sorted(PACKAGE.rglob("*.py"))}


def called_on(nodes: Nodes) -> dict[str, set[str]]:
    """For each name of a module the methods that are called on it; "?" where it is handed on, to be used who knows how."""
    found: dict[str, set[str]] = {}
    called = set()
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.setdefault(node.value.id, set()).add(node.attr)
            called.add(id(node.value))
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in called:
            found.setdefault(node.id, set()).add("?")
    return found


def imported(nodes: Nodes) -> set[str]:
    return {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}


@cache
def uses() -> list[tuple[str, dict[str, set[str]], set[str]]]:
    """For each module its dotted name, how it uses names, and which it imports."""
    dotted = ((".".join(path.relative_to(ROOT).with_suffix("").parts), nodes) for path, nodes in sources().items())
    return [(name, called_on(nodes), imported(nodes)) for name, nodes in dotted]


def ways(module: str, name: str) -> frozenset[str]:
    """How a pattern is used in its module and in those that import it."""
    methods = {way for at, used, has in uses() if at == module or name in has for way in used.get(name, ())}
    return frozenset(methods & FIXED | ({"finditer"} if methods & SEEKING or "?" in methods else set())) or ALL


def modules() -> Iterator[Any]:
    for module in pkgutil.walk_packages(ita_extract.__path__, "ita_extract."):
        if not module.name.endswith("__main__") and not module.ispkg and not module.name.endswith(("._batch", "._walk")):
            yield importlib.import_module(module.name)


def parts_of_the_rulebook() -> list[object]:
    """All that the rulebook gives, which it reads when it is first asked for."""
    book = load_rulebook()
    return [getattr(book, name) for name in dir(type(book)) if isinstance(getattr(type(book), name), property | cached_property)]


@cache
def collected() -> dict[tuple[str | bytes, int], tuple[str, frozenset[str]]]:
    """Every pattern of the package and of the rules: where it stands, and how it is used."""
    found: dict[tuple[str | bytes, int], tuple[str, frozenset[str]]] = {}

    def add(pattern: re.Pattern[Any], where: str, how: frozenset[str]) -> None:
        before = found.get((pattern.pattern, pattern.flags), ("", frozenset()))
        found[pattern.pattern, pattern.flags] = (before[0] or where, before[1] | how)

    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                add(value, f"{module.__name__}.{name}", ways(module.__name__, name))
            else:
                for pattern in patterns_in(value, set()):
                    add(pattern, f"{module.__name__}.{name}", ALL)
    for pattern in patterns_in(parts_of_the_rulebook(), set()):
        add(pattern, "rules", ALL)
    for path, nodes in sources().items():
        for node in nodes:
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.func.attr in SEEKING | FIXED
                and isinstance(node.args[0], ast.Constant)
            ):
                how = frozenset({node.func.attr} & FIXED or {"finditer"})
                add(re.compile(node.args[0].value), f"{path.relative_to(ROOT)}:{node.lineno}", how)
    return found


def attacks(pattern: str | bytes) -> list[str]:
    """Short texts to be repeated: what the pattern itself holds, and what documents hold much of."""
    text = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    own = [letter for letter in dict.fromkeys(text) if letter not in "\\[](){}?*+|^$.<>=!"]
    words = [word for word in re.findall(r"[^\W\d_]{2,12}", text) if word.isascii() or len(word) > 2]
    return list(dict.fromkeys([*SINGLES, *PAIRS, *own[:12], *words[:4]]))


def runner(pattern: re.Pattern[Any], way: str) -> Callable[[Any], object]:
    if way == "finditer":
        return lambda text: sum(1 for _ in pattern.finditer(text))
    method: Callable[[Any], object] = getattr(pattern, way)
    return method


def seconds(run: Callable[[Any], object], text: str | bytes) -> float:
    started = time.process_time()
    run(text)
    return time.process_time() - started


def made(unit: str, length: int, like: str | bytes) -> str | bytes:
    """A text of about `length` characters that ends with what nothing expects."""
    text = unit * (length // len(unit)) + "\x00"
    return text if isinstance(like, str) else text.encode()


def slow(pattern: re.Pattern[Any], way: str) -> str | None:
    """What makes the pattern slow when it is used so, in words; None where nothing does."""
    run = runner(pattern, way)
    for unit in attacks(pattern.pattern):
        for length in SHORT:  # what takes time by powers would never end with more
            if min(seconds(run, made(unit, length, pattern.pattern)) for _ in range(2)) > SUSPECT:
                return f"{way} takes long for {length} characters of {unit!r}"
        for length in (*LONG, *([VERY_LONG] if unit in RUNS else [])):
            if seconds(run, made(unit, length, pattern.pattern)) > SUSPECT * (5 if length == VERY_LONG else 1):
                once, twice = (min(seconds(run, made(unit, n, pattern.pattern)) for _ in range(2)) for n in (length, 2 * length))
                if twice > 3 * once:
                    return (
                        f"{way} of {unit!r}: {once * 1000:.0f} ms for {length} characters, {twice * 1000:.0f} ms for twice as many"
                    )
    return None


def test_there_is_something_to_test() -> None:
    assert len(collected()) > 120
    assert sum(where == "rules" for where, _ in collected().values()) > 5


@pytest.mark.parametrize(
    ("pattern", "way", "is_slow"),
    [
        (r"(a+)+$", "match", True),
        (r"(\s*\d*\s*)*x", "match", True),
        (r"\D+?\s*:?\s*\d", "match", True),
        (r"\s+$", "finditer", True),
        (r"\s+$", "match", False),
        (r".*?[\s]*[\s:]*\d", "match", True),
        (r"\d{1,3}(?:\.\d{2})?", "finditer", False),
        (r"(?<!\s)\s+$", "finditer", False),
    ],
)
def test_a_slow_pattern_is_found_out(pattern: str, way: str, is_slow: bool) -> None:
    assert bool(slow(re.compile(pattern), way)) is is_slow


def test_time_grows_with_the_text_and_no_faster() -> None:
    """One test for all patterns: who collects them has the whole package parsed, and each process that runs tests would."""
    found = []
    for (pattern, flags), (where, used) in collected().items():
        how = used - {"match"} if "finditer" in used else used  # seeking begins with what matching does
        compiled = re.compile(pattern, flags & ~re.UNICODE if isinstance(pattern, bytes) else flags)
        found += [f"{where}: {pattern!r}: {said}" for way in sorted(how) if (said := slow(compiled, way))]
    assert found == []


def used_while(read: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str | bytes, int], set[str]]:
    """Every pattern that functions of the package make while `read` runs, and how they use it where that shows."""
    compiled: Callable[[Any, int], Any] = re._compile  # type: ignore[attr-defined]
    found: dict[tuple[str | bytes, int], set[str]] = {}

    def noted(pattern: Any, flags: int) -> Any:
        caller = sys._getframe(1)
        if not isinstance(pattern, re.Pattern) and caller.f_back and str(PACKAGE) in caller.f_back.f_code.co_filename:
            found.setdefault((pattern, int(flags)), set()).add(caller.f_code.co_name)
        return compiled(pattern, flags)

    with monkeypatch.context() as patched:
        patched.setattr(re, "_compile", noted)
        read()
    return found


@pytest.mark.slow
def test_patterns_that_are_made_on_the_way_are_no_slower(monkeypatch: pytest.MonkeyPatch) -> None:
    """Functions make patterns of what rules and documents say: those that the samples bring forth, of which no module knows."""
    sources = [
        SourceDocument.of(path.read_bytes(), path.name, "application/pdf") for path in sorted((ROOT / "samples").glob("*.pdf"))
    ]
    text = "ประกาศผล พ.ศ. 2566\n| ที่ | หน่วยงาน | คะแนน |\n| 1 | อบต.ก | 85.00 |"
    sources.append(SourceDocument.of(text.encode(), "a.md", "text/markdown"))
    book = load_rulebook()
    made = used_while(lambda: [extract(source, book) for source in sources], monkeypatch)
    known = {pattern for pattern, _ in collected()}
    new = {one: ways for one, ways in made.items() if one[0] not in known}
    assert len(new) > 5, "what is made once and kept may have been made before"
    found = []
    for (pattern, flags), used in new.items():
        how = (used & FIXED | ({"finditer"} if used & SEEKING else set())) if used <= SEEKING | FIXED else ALL
        found += [f"{pattern!r}: {said}" for way in sorted(how) if (said := slow(re.compile(pattern, flags), way))]
    assert found == []
