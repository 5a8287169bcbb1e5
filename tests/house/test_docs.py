"""The documentation says what is true: every command, option, code, check and column stands in it, and its examples run."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import click
import pytest

from ita_extract.cli import main
from ita_extract.corrections import HUMAN
from ita_extract.dataset.reconcile import IDENTITY
from ita_extract.errors import DOCUMENT_CODES, ItaError
from ita_extract.rulebook.datadictionary import data_dictionary
from ita_extract.rulebook.fields import load_fields

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "ita_extract"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
ERRORS = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
CHECKS = (ROOT / "docs" / "proof.md").read_text(encoding="utf-8")


def commands() -> dict[str, click.Command]:
    assert isinstance(main, click.Group)
    context = click.Context(main)
    found = {name: main.get_command(context, name) for name in main.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None and not command.hidden}


def section(page: str, heading: str) -> str:
    """What stands under a heading, up to the next of its level."""
    found = re.search(rf"^## `?{re.escape(heading)}`?\b.*?(?=^## |\Z)", page, re.M | re.S)
    assert found, f"no section ## {heading}"
    return found[0]


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_and_option_is_described(name: str) -> None:
    text = section(COMMANDS, name)
    assert "```" in text, "a command needs an example"
    for parameter in commands()[name].params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert all(f"`{option}" in text for option in parameter.opts if option.startswith("--")), parameter.opts
        elif isinstance(parameter, click.Argument):
            assert parameter.human_readable_name.removesuffix("...") in text


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_has_help_with_an_example(name: str) -> None:
    command = commands()[name]
    assert f"ita-extract {name}" in command.get_help(click.Context(command, info_name=name)).split("Usage:", 1)[1].split("\n", 1)[1]


def test_no_command_is_described_that_is_not_there() -> None:
    assert set(re.findall(r"^## `([a-z]+)`", COMMANDS, re.M)) == set(commands())


def kinds(of: type[ItaError]) -> Iterator[type[ItaError]]:
    yield of
    for kind in of.__subclasses__():
        yield from kinds(kind)


def test_every_exit_code_is_explained() -> None:
    explained = {int(code) for code in re.findall(r"^\| (\d) \|", section(ERRORS, "Exit codes"), re.M)}
    assert {kind.exit_code for kind in kinds(ItaError)} | {0, 3} == explained


def test_every_document_code_is_explained() -> None:
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", section(ERRORS, "Documents"), re.M)) == set(DOCUMENT_CODES)


def string_constants(*folders: str) -> set[str]:
    """Every string that stands in the code of the given rooms, but for docstrings and the like."""
    files = [path for folder in folders for path in (PACKAGE / folder).rglob("*.py")]
    nodes = (node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_reason_for_a_reject_is_explained() -> None:
    reasons = {text for text in string_constants("records") if re.fullmatch(r"[A-Z]+_[A-Z_]+", text)}
    explained = set(re.findall(r"^\| `([A-Za-z_]+)` \|", section(ERRORS, "Rows"), re.M))
    assert reasons <= explained
    assert explained <= reasons | string_constants("dataset")


def test_every_identity_is_explained() -> None:
    """An identity is the first string given to what makes one, or the `identity` of a check."""
    made = set()
    for path in (path for room in ("checks", "records", "identity", "dataset") for path in (PACKAGE / room).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            name.id: one.value
            for one in tree.body
            if isinstance(one, ast.Assign)
            for name in one.targets
            if isinstance(name, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "identity" and node.value:
                made |= set(identity_names([constants.get(getattr(node.value, "id", ""), node.value)]))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                says = node.func.id in ("Check", "Correction", "replace")
                named = [word.value for word in node.keywords if word.arg == "identity"] if says else []
                named = [constants.get(value.id, value) if isinstance(value, ast.Name) else value for value in named]
                first = node.args[:1] if node.func.id in ("Sum", "Rule", "_check") else []
                made |= set(identity_names([*named, *first]))
    rows = re.findall(r"^\| (`[^|]+) \|", CHECKS.split("## What is known of a number", 1)[0], re.M)
    explained = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}
    assert len(made) > 15
    assert made | {load_fields().conflict_identity, HUMAN, IDENTITY} == explained


def identity_names(arguments: list[ast.expr]) -> Iterator[str]:
    """`"row_numbers"` as it stands; `f"{name}_count_from_rows"` with the names that are filled in."""
    for argument in arguments:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value
        elif isinstance(argument, ast.JoinedStr):
            tail = "".join(part.value for part in argument.values if isinstance(part, ast.Constant))
            yield from (f"{name}{tail}" for name in ("passed", "failed"))


def test_every_verification_is_explained() -> None:
    column = load_fields().dataset("agency_scores").column("verification")
    assert column.enum
    assert set(re.findall(r"^\| `([a-z]+)` \|", CHECKS.split("What is known of a number", 1)[1], re.M)) == set(column.enum)


def test_the_data_dictionary_is_that_of_the_rules() -> None:
    page = (ROOT / "docs" / "datasets.md").read_text(encoding="utf-8")
    assert page == data_dictionary(load_fields()), "run make docs"


def test_pages_that_are_named_exist() -> None:
    named = {
        name
        for path in [*PACKAGE.rglob("*.py"), *PACKAGE.parent.glob("rules/**/*.toml"), *PAGES, ROOT / "CHANGELOG.md"]
        for name in re.findall(r"docs/[a-z0-9-]+\.md", path.read_text(encoding="utf-8"))
    }
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if ":" not in target and not (page.parent / target).exists()] == []


RUNS = re.compile(r"<!-- runs -->\n```(sh|python)\n(.*?)```", re.S)


def examples(page: Path) -> list[tuple[str, list[str]]]:
    """The blocks of a page in their order: language and texts, neighbours of one language together."""
    found = [(str(match[1]), str(match[2])) for match in RUNS.finditer(page.read_text(encoding="utf-8"))]
    return [(language, [text for _, text in group]) for language, group in groupby(found, key=itemgetter(0))]


WITH_EXAMPLES = [page for page in PAGES if examples(page)]
ONE_BY_ONE = """
import sys
for block in sys.argv[1:]:
    exec(compile(block, "example", "exec"), {"__name__": "__main__"})
    print("\\x1e")
"""
"""Runs blocks of Python, each as if it were alone, in one process: pandas is loaded once. What they print is parted by a sign."""


def test_pages_have_examples() -> None:
    assert {page.name for page in WITH_EXAMPLES} >= {"README.md", "using.md"}


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, id=page.name, marks=[pytest.mark.slow] * (page.name != "README.md")) for page in WITH_EXAMPLES],
)
def test_examples_run(page: Path, tmp_path: Path) -> None:
    """All blocks marked <!-- runs -->, in the order in which they stand, in a folder that has `samples` and nothing else."""
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    (tmp_path / "rules").symlink_to(ROOT / "rules")
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONUTF8": "1"}
    for language, blocks in examples(page):
        programs = (
            [["sh", "-euc", block] for block in blocks] if language == "sh" else [[sys.executable, "-c", ONE_BY_ONE, *blocks]]
        )
        for program in programs:
            done = subprocess.run(program, check=False, cwd=tmp_path, env=environment, capture_output=True, text=True)
            assert done.returncode == 0, f"{program[-1]}\nexit {done.returncode}\n{done.stdout}{done.stderr}"
            silent = [block for block, said in zip(blocks, done.stdout.split("\x1e"), strict=False) if not said.strip()]
            assert not silent or (language == "sh" and done.stdout.strip()), f"printed nothing: {silent}"
