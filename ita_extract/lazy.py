"""Names of a package that are imported when they are first used: pyarrow takes a third of a second to load, an HTTP client a tenth,
and `--help` should pay for neither."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module


def lazily(package: str, home: Mapping[str, str], *here: str) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """The `__getattr__` and `__dir__` of a package whose public names are `home`: each with the module below it that holds it.
    `here` are those that the package itself holds.

    >>> __getattr__, __dir__ = lazily("ita_extract", {"verify": "api"})
    >>> __getattr__("verify").__name__, __dir__()
    ('verify', ['verify'])
    """

    def attribute(name: str) -> object:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f".{home[name]}", package), name)

    return attribute, lambda: sorted([*home, *here])
