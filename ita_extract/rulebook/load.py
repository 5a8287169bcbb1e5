"""All rules as one object, each part read when it is first asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from ..errors import RulesError
from .fields import Fields, load_fields
from .files import rules_folder
from .framework_file import load_frameworks
from .frameworks import Framework, Frameworks
from .layouts import Layout, load_layouts
from .registry import Registry


@dataclass(frozen=True)
class Rulebook:
    """The rules of one folder. Reading a part raises RulesError, naming file, line and key, where the part cannot be used."""

    folder: Path

    @cached_property
    def frameworks(self) -> Frameworks:
        return load_frameworks(self.folder / "frameworks")

    @cached_property
    def registry(self) -> Registry:
        return Registry(self.folder / "registry")

    @cached_property
    def layouts(self) -> tuple[Layout, ...]:
        return load_layouts(self.folder)

    @cached_property
    def fields(self) -> Fields:
        return load_fields(self.folder / "fields.toml")

    @cached_property
    def digest(self) -> str:
        return rules_digest(self.folder)

    def framework(self, fiscal_year: int) -> Framework:
        """The rules of one fiscal year (BE). Raises NoFrameworkError for a year of another model and for one not added yet.

        >>> load_rulebook().framework(2563).instrument("OIT").weight
        Decimal('0.4')
        >>> load_rulebook().framework(2561)
        Traceback (most recent call last):
        ...
        ita_extract.rulebook.frameworks.NoFrameworkError: ...fiscal year 2561 was assessed by another model...
        """
        return self.frameworks[fiscal_year]


@cache
def load_rulebook(folder: Path | None = None) -> Rulebook:
    """The rules of `folder`, of the installed project where it is None. Cheap: nothing is read before it is asked for."""
    chosen = folder or rules_folder()
    if not (chosen / "frameworks").is_dir():
        raise RulesError("no rules here", file=str(chosen), advice="A rules folder holds frameworks, layouts, registry and thai.")
    return Rulebook(chosen)


def rules_digest(folder: Path | None = None, wanted: Callable[[str], bool] = lambda _: True) -> str:
    """The sha256 (64 hex) of all rules, or of the files that are `wanted` by their names ("frameworks/2563.toml").

    Names and contents count, dates do not; a renamed rules file is another rule. What editors leave behind does not count.
    """
    root = folder or rules_folder()
    total = hashlib.sha256()
    for path in _rule_files(root):
        name = path.relative_to(root).as_posix()
        if wanted(name):
            total.update(name.encode() + b"\0")
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _rule_files(root: Path) -> Iterator[Path]:
    """In the order of their names as posix paths: the same on every system."""
    files = (path for path in root.rglob("*") if path.is_file() and path.suffix in {".toml", ".csv", ".tsv"})
    yield from sorted((path for path in files if not path.name.startswith(".")), key=lambda path: path.relative_to(root).as_posix())
