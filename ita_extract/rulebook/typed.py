"""A TOML table read key by key, each value with the type it must have.

TOML says what a value is; only the reader knows what it should be. `weight = "0,3"` parses, and fails an hour later in another
room. Here it fails at once, with file, line and key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from ..errors import RulesError
from .files import check_keys, line_of, read_text

T = TypeVar("T")

Confidence = Literal["A", "B", "C"]
"""A: printed in an official document, or arithmetic on its own numbers. B: a public page or public code. C: a copy, or inferred."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a block of rules comes from, and how far it can be trusted."""

    text: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Toml:
    """One table of a TOML file. `at` is its dotted name, `nth` its place (from 0) among the tables of that name."""

    path: Path
    values: Mapping[str, Any]
    at: str = ""
    nth: int = 0

    def fail(self, key: str, message: str, advice: str) -> RulesError:
        where = f" in {self.at}" if self.at else ""
        return RulesError(message + where, file=str(self.path), line=self.line(key), key=key, advice=advice)

    def line(self, key: str) -> int | None:
        """The line of `key` inside this very table; of the table's head where the key is missing."""
        if not self.at:
            return line_of(self.path, key)
        head = re.compile(rf"^\s*\[+\s*{re.escape(self.at)}\s*\]+")
        setter = re.compile(rf"""^\s*["']?{re.escape(key)}["']?\s*=""")
        seen, start = -1, None
        for number, line in enumerate(read_text(self.path).splitlines(), 1):
            if head.match(line):
                seen += 1
                if seen == self.nth:
                    start = number
            elif start is not None and line.lstrip().startswith("["):
                break
            if start is not None and setter.match(line):
                return number
        return start if start is not None else line_of(self.path, key)

    def only(self, *, required: Iterable[str] = (), optional: Iterable[str] = ()) -> Toml:
        """Refuses unknown and missing keys."""
        check_keys(self.path, self.values, required=required, optional=optional, at=self.at)
        return self

    def _get(self, key: str, want: type[T], name: str) -> T | None:
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, want) or (isinstance(value, bool) and want is not bool):
            raise self.fail(key, f"{value!r} is not {name}", f"Write {key} as {name}.")
        return value

    def _must(self, key: str, value: T | None) -> T:
        if value is None:
            raise self.fail(key, "missing", f"Add {key} = …")
        return value

    def text_or_none(self, key: str) -> str | None:
        value = self._get(key, str, "text in quotes")
        if value is not None and (not value or value != value.strip()):
            raise self.fail(key, f"{value!r} is empty or has blanks at its ends", "Leave the key out, or write the text alone.")
        return value

    def text(self, key: str) -> str:
        return self._must(key, self.text_or_none(key))

    def integer_or_none(self, key: str) -> int | None:
        return self._get(key, int, "a whole number")

    def integer(self, key: str) -> int:
        return self._must(key, self.integer_or_none(key))

    def decimal_or_none(self, key: str) -> Decimal | None:
        """A number from TOML is a float; its shortest decimal form is what the writer typed."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.fail(key, f"{value!r} is not a number", f"Write {key} as a number without quotes, such as 0.3.")
        try:
            number = Decimal(repr(value))
        except InvalidOperation as error:
            raise self.fail(key, f"{value!r} is not a number", f"Write {key} as a number.") from error
        if not number.is_finite():
            raise self.fail(key, f"{value!r} is not a finite number", f"Write {key} as a number.")
        return number

    def decimal(self, key: str) -> Decimal:
        return self._must(key, self.decimal_or_none(key))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, () where the key is left out."""
        value = self._get(key, list, "a list of texts")
        if value is None:
            return ()
        if not all(isinstance(item, str) and item and item == item.strip() for item in value):
            raise self.fail(key, f"{value!r} is not a list of texts", f'Write {key} = ["…", "…"].')
        return tuple(value)

    def decimals(self, key: str) -> tuple[Decimal, ...]:
        value = self._get(key, list, "a list of numbers")
        if value is None:
            return ()
        if not all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in value):
            raise self.fail(key, f"{value!r} is not a list of numbers", f"Write {key} = [0, 33, 67, 100].")
        return tuple(Decimal(repr(item)) for item in value)

    def choice(self, key: str, allowed: Iterable[str]) -> str:
        value, known = self.text(key), list(allowed)
        if value not in known:
            raise self.fail(key, f"{value!r} is not one of {', '.join(known)}", "Choose one of these.")
        return value

    def table(self, key: str) -> Toml | None:
        value = self._get(key, dict, "a table")
        return None if value is None else Toml(self.path, value, f"{self.at}.{key}" if self.at else key)

    def tables(self, key: str) -> Iterator[Toml]:
        """The tables of an array of tables, none where the key is left out."""
        value = self._get(key, list, "an array of tables")
        name = f"{self.at}.{key}" if self.at else key
        for nth, item in enumerate(value or ()):
            if not isinstance(item, dict):
                raise self.fail(key, f"{item!r} is not a table", f"Write [[{name}]].")
            yield Toml(self.path, item, name, nth)

    def source(self) -> Source:
        """Reads the keys `source` and `confidence` of this table."""
        confidence = self.choice("confidence", get_args(Confidence))
        return Source(self.text("source"), "A" if confidence == "A" else "B" if confidence == "B" else "C")
