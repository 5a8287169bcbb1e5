"""The list of documents to fetch: a TOML or CSV file that a person wrote, or that `--from-page` made and a person has looked at.

    [[document]]
    url = "https://…/announcement.pdf"
    title = "…"            # these three where they are known
    fiscal_year = 2567
    sha256 = "…"

A CSV file has the same names in its head line. Every mistake is refused with its line before anything is asked for: a list is long,
and the half that would have been fetched before the mistake is found would have to be told from the other half by hand.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..errors import StorageError, UsageError

FIELDS = ("url", "title", "fiscal_year", "sha256")
YEARS = range(2540, 2700)
"""Fiscal years that a list may name, Buddhist Era."""
MAX_BYTES = 64_000_000
MAX_URL = 4_000
MAX_TITLE = 1_000
_OPENING = re.compile(r"\s*\[\[\s*[\"']?document[\"']?\s*\]\]")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One document of a list. `fiscal_year` is of the Buddhist Era; `sha256` is what its bytes must be, where that is known."""

    url: str
    title: str | None = None
    fiscal_year: int | None = None
    sha256: str | None = None


def read_list(path: Path) -> tuple[Wanted, ...]:
    """The documents of a `.toml` or `.csv` list, in its order.

    UsageError, with file and line, for anything that a list must not hold: an unknown name, an address that is not http(s) or is
    listed twice, a year of the Common Era, a sha256 that is none, or no document at all. StorageError where it cannot be read.
    """
    kind = path.suffix.lower()
    if kind not in (".toml", ".csv"):
        raise UsageError(f"{path}: a list is a .toml or a .csv file", advice="Its form stands in docs/fetching.md.")
    entries = _toml_entries if kind == ".toml" else _csv_entries
    lines: dict[str, int] = {}
    found = []
    for line, entry in entries(path, _text(path)):
        wanted = _wanted(path, line, entry)
        if (first := lines.setdefault(wanted.url, line)) != line:
            raise _mistake(path, line, f"the address stands in line {first} already", "Take one of the two out.")
        found.append(wanted)
    if not found:
        raise UsageError(f"{path} lists no document", advice="Its form stands in docs/fetching.md.")
    return tuple(found)


def write_list(wanted: Iterable[Wanted], kind: str = "toml") -> str:
    """A list as the text of a TOML or CSV file, which `read_list` reads back.

    >>> print(write_list([Wanted("https://example.org/a.pdf", 'ผล "ITA"')]), end="")
    [[document]]
    url = "https://example.org/a.pdf"
    title = "ผล \\"ITA\\""
    """
    if kind == "csv":
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(FIELDS)
        writer.writerows([one.url, one.title, one.fiscal_year, one.sha256] for one in wanted)
        return out.getvalue()
    return "\n".join(f"[[document]]\n{''.join(_toml_lines(one))}" for one in wanted)


def address_fault(url: str) -> str | None:
    """What is wrong with an address to fetch from, in words; None where nothing is.

    >>> address_fault("https://www.example.go.th/ประกาศ.pdf"), address_fault("ftp://example.org/a.pdf")
    (None, 'is not http:// or https://')
    """
    if len(url) > MAX_URL:
        return f"is longer than {MAX_URL} characters"
    if _UNSEEN.search(url) or url != url.strip():
        return "holds control characters, or blanks at an end"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"is no address: {error}"
    if parts.scheme not in ("http", "https"):
        return "is not http:// or https://"
    if not host:
        return "names no server"
    if "@" in parts.netloc:
        return "holds a user's name or password, which would be written into the manifest"
    return None


def _toml_lines(one: Wanted) -> Iterator[str]:
    for name in FIELDS:
        value = getattr(one, name)
        if value is not None:
            yield f"{name} = {value if isinstance(value, int) else _toml_string(value)}\n"


def _toml_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {str(path)!r}", advice="Check the spelling.") from error
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}", advice="Check who may read it.") from error
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path} is larger than {MAX_BYTES:,} bytes", advice="Split the list.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _mistake(path, line, "the text is not UTF-8", "Save it as UTF-8; in a spreadsheet: CSV UTF-8.") from error


def _toml_entries(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        raise _mistake(path, int(place[1]) if place else 1, str(error), "Mend the TOML.") from error
    except RecursionError as error:
        raise _mistake(path, 1, "brackets within brackets without end", "Mend the TOML.") from error
    for key in data:
        if key != "document":
            raise _mistake(path, _line_of(text, key), f"{key!r} is not known here", "A list holds [[document]] tables only.")
    documents = data.get("document", [])
    if not isinstance(documents, list) or not all(isinstance(one, dict) for one in documents):
        raise _mistake(path, _line_of(text, "document"), "document is no list of tables", "Write [[document]], with two brackets.")
    openings = [number for number, line in enumerate(text.split("\n"), 1) if _OPENING.match(line)]
    lines = openings if len(openings) == len(documents) else range(1, len(documents) + 1)
    yield from zip(lines, documents, strict=True)


def _line_of(text: str, key: str) -> int:
    pattern = re.compile(rf"\s*\[*\s*[\"']?{re.escape(key)}\b")
    return next((number for number, line in enumerate(text.split("\n"), 1) if pattern.match(line)), 1)


def _csv_entries(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    head: list[str] | None = None
    opened = 1
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise _mistake(path, rows.line_num, str(error), "Mend the quotes of this line.") from error
        line, opened = opened, rows.line_num + 1
        if not any(cell.strip() for cell in row):
            continue
        if head is None:
            head = [cell.strip() for cell in row]
            _check_head(path, line, head)
        elif len(row) != len(head):
            raise _mistake(path, line, f"{len(row)} fields where the head has {len(head)}", "Quote the fields that hold a comma.")
        else:
            yield line, {name: cell.strip() for name, cell in zip(head, row, strict=True) if cell.strip()}


def _check_head(path: Path, line: int, head: list[str]) -> None:
    for name in head:
        _check_name(path, line, name)
    if len(set(head)) < len(head):
        raise _mistake(path, line, "a column stands twice", "Take one of the two out.")
    if "url" not in head:
        raise _mistake(path, line, "no column is named url", f"The head names some of: {', '.join(FIELDS)}.")


def _check_name(path: Path, line: int, name: str) -> None:
    if name not in FIELDS:
        near = difflib.get_close_matches(name, FIELDS, n=1)
        advice = f"Did you mean {near[0]!r}?" if near else f"Known are {', '.join(FIELDS)}."
        raise _mistake(path, line, f"{name!r} is not known here", advice)


def _wanted(path: Path, line: int, entry: Mapping[str, Any]) -> Wanted:
    for name in entry:
        _check_name(path, line, name)
    url, title, year, digest = (entry.get(name) for name in FIELDS)
    if not isinstance(url, str):
        raise _mistake(path, line, "no url, or one that is no text", 'Add url = "https://…".')
    if fault := address_fault(url):
        raise _mistake(path, line, f"the address {_short(url)} {fault}", "Mend it, or take the document out.")
    return Wanted(url, _title(path, line, title), _year(path, line, year), _sha256(path, line, digest))


def _title(path: Path, line: int, title: object) -> str | None:
    if title is None:
        return None
    if not isinstance(title, str) or len(title) > MAX_TITLE or _UNSEEN.search(title):
        what = f"the title {_short(title)} is no text of one line of at most {MAX_TITLE} characters"
        raise _mistake(path, line, what, "Shorten or mend it.")
    return title.strip() or None


def _year(path: Path, line: int, year: object) -> int | None:
    if year is None:
        return None
    if isinstance(year, str) and re.fullmatch(r"[0-9๐-๙]{1,9}", year):
        year = int(year)
    if isinstance(year, bool) or not isinstance(year, int) or year not in YEARS:
        advice = f"Years go from {YEARS[0]} to {YEARS[-1]}; {YEARS[0]} is {YEARS[0] - 543} of the Common Era."
        raise _mistake(path, line, f"{_short(year)} is no fiscal year of the Buddhist Era", advice)
    return year


def _sha256(path: Path, line: int, digest: object) -> str | None:
    if digest is None:
        return None
    if not isinstance(digest, str) or not re.fullmatch(r"[0-9a-fA-F]{64}", digest):
        raise _mistake(path, line, f"{_short(digest)} is no sha256", "A sha256 has 64 hexadecimal digits; leave it out if unknown.")
    return digest.lower()


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:97]}…"


def _mistake(path: Path, line: int, what: str, advice: str) -> UsageError:
    return UsageError(f"{path}:{line}: {what}", advice=advice)
