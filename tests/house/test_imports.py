"""Imports point one way: model <- rulebook <- rooms <- pipeline <- cli, and rooms never import each other.

Read from the source with `ast`, not from `sys.modules`: an import inside a function is an arrow too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "ita_extract"

VIEWS = {"inspect", "site"}
"""Packages that show a person what the rooms made: they may use all of them, and none uses them but the command."""
ROOMS = {"checks", "dataset", "engines", "fetch", "identity", "records", "repair", "run", "tables"}
MODULES = {
    "__init__",
    "__main__",
    "api",
    "contents",
    "corrections",
    "crosscheck",
    "datafolder",
    "errors",
    "fetching",
    "job",
    "lazy",
    "mirror",
    "native",
    "pipeline",
    "preview",
    "printing",
    "proof",
    "readback",
    "reader",
    "settling",
    "spread",
    "terminal",
    "usage",
}
NOUNS = {"model", "errors", "native", "lazy"}

USED = {"rulebook", "inspect", "site", "contents", "corrections", "datafolder", "fetching", "pipeline", "proof", "job"}
"""What a person starts, from Python or from the shell."""
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "native": set(),
    "lazy": set(),
    "model": set(),
    "rulebook": NOUNS,
    **{room: NOUNS | {"rulebook"} for room in ROOMS},
    "contents": NOUNS | {"rulebook"} | ROOMS,
    "corrections": NOUNS | {"rulebook"} | ROOMS,
    "crosscheck": NOUNS | ROOMS,
    "pipeline": NOUNS | {"rulebook", "contents", "corrections", "crosscheck"} | ROOMS,
    "reader": NOUNS | {"rulebook", "contents", "corrections", "pipeline", "__init__"} | ROOMS,
    "spread": NOUNS | {"rulebook", "contents", "pipeline", "reader"} | ROOMS,
    "usage": NOUNS | {"rulebook", "contents", "pipeline", "reader"} | ROOMS,
    "mirror": NOUNS | ROOMS,
    "datafolder": NOUNS | {"mirror"} | ROOMS,
    "fetching": NOUNS | {"__init__"} | ROOMS,
    "printing": NOUNS | {"rulebook"} | ROOMS,
    "__init__": NOUNS | USED | {"reader", "settling"} | ROOMS,
    "job": NOUNS | {"rulebook", "corrections", "datafolder", "reader", "settling", "spread", "__init__"} | ROOMS,
    "inspect": NOUNS | {"rulebook", "contents", "crosscheck"} | ROOMS,
    "site": NOUNS | {"rulebook", "dataset", "engines", "run"},
    "readback": NOUNS | {"rulebook"} | ROOMS,
    "proof": NOUNS | {"rulebook", "readback"} | ROOMS,
    "settling": NOUNS | {"rulebook", "readback"} | ROOMS,
    "cli": NOUNS | USED | {"printing", "usage", "__init__"} | ROOMS,
    "__main__": {"cli"},
}
"""For each part of the package, which other parts it may import."""


def part_of(module: tuple[str, ...]) -> str:
    """The part that a dotted name inside the package belongs to: `("tables", "grid")` -> tables, `()` -> the package itself."""
    return module[0] if module and module[0] in ALLOWED else "__init__"


def imports_of(source: str, package: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Line and dotted name, without `ita_extract`, of each import of ours in a module that lies in `package`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if (name := tuple(alias.name.split(".")))[0] == PACKAGE.name:
                    yield node.lineno, name[1:]
        elif isinstance(node, ast.ImportFrom):
            base = (PACKAGE.name, *package)[: len(package) + 2 - node.level] if node.level else ()
            module = (*base, *(node.module.split(".") if node.module else ()))
            if module[:1] == (PACKAGE.name,):
                for alias in node.names:
                    yield node.lineno, (*module[1:], alias.name)


def wrong_arrows(source: str, path: Path) -> list[str]:
    """The imports of one module that point the wrong way, as `line: from -> to`."""
    parts = path.with_suffix("").parts
    importer = part_of(parts)
    found = ((line, part_of(name)) for line, name in imports_of(source, parts[:-1]))
    return [f"{path}:{line}: {importer} -> {part}" for line, part in found if part != importer and part not in ALLOWED[importer]]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    assert wrong_arrows(path.read_text(encoding="utf-8"), path.relative_to(PACKAGE)) == []


def test_every_part_of_the_package_has_its_place() -> None:
    parts = {entry.name for entry in PACKAGE.iterdir() if entry.is_dir() and any(entry.glob("*.py"))}
    assert parts <= ROOMS | VIEWS | {"cli", "corrections", "model", "rulebook"}, "a new room: say in this test what it may import"
    assert {path.stem for path in PACKAGE.glob("*.py")} <= MODULES


@pytest.mark.parametrize(
    ("path", "source", "wrong"),
    [
        ("tables/grid.py", "from ..model.page import Page\nfrom .lines import x\nfrom ..rulebook import load", []),
        ("tables/grid.py", "from ..repair import plan", ["tables -> repair"]),
        ("tables/grid.py", "from .. import repair", ["tables -> repair"]),
        ("tables/grid.py", "def f():\n    import ita_extract.engines.text", ["tables -> engines"]),
        ("tables/grid.py", "from ita_extract.pipeline import run", ["tables -> pipeline"]),
        ("model/page.py", "from ..errors import ItaError", ["model -> errors"]),
        ("rulebook/load.py", "from ..checks.interval import Interval", ["rulebook -> checks"]),
        ("pipeline.py", "from .cli import main\nfrom .tables import grid\nfrom . import checks", ["pipeline -> cli"]),
        ("cli/run.py", "from .. import pipeline, __version__\nimport ita_extract", []),
    ],
)
def test_a_wrong_arrow_is_seen(path: str, source: str, wrong: list[str]) -> None:
    assert [arrow.split(": ", 1)[1] for arrow in wrong_arrows(source, Path(path))] == wrong


def test_only_the_rulebook_reads_rules() -> None:
    """TOML and CSV are read in one room; elsewhere `csv` may be written, and is then named here."""
    allowed = {(name, "csv") for name in ("printing.py", "dataset/export.py", "fetch/list.py")} | {("fetch/list.py", "tomllib")}
    users = {
        (path.relative_to(PACKAGE).as_posix(), name)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _imported(node) & {"tomllib", "csv"}
    }
    assert {user for user in users if not user[0].startswith("rulebook/")} <= allowed


def _imported(node: ast.AST) -> set[str | None]:
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    return {node.module} if isinstance(node, ast.ImportFrom) else set()
