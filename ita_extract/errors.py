"""What can go wrong, each kind with the exit code that the contract promises for it.

Two families. An `ItaError` ends the command: it says what happened, where, and what to do, and carries its exit code. A
`DocumentError` ends only one document: it becomes that document's `error_code` in the `documents` dataset and its neighbours go on.
"""

from __future__ import annotations

from collections.abc import Callable


class ItaError(Exception):
    """Ends the command. `advice` tells the user what to do next."""

    exit_code = 1

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message}\n  {self.advice}" if self.advice else self.message


class UsageError(ItaError):
    """Wrong arguments, a missing path."""

    exit_code = 2


class RulesError(ItaError):
    """A file under `rules/` that cannot be used: names file, line and key."""

    exit_code = 2

    def __init__(self, message: str, *, file: str, line: int | None = None, key: str = "", advice: str = "") -> None:
        where = file if line is None else f"{file}:{line}"
        super().__init__(f"{where}: {f'key {key!r}: ' if key else ''}{message}", advice=advice)
        self.file, self.line, self.key = file, line, key
        self._told = message

    def __reduce__(self) -> tuple[Callable[..., RulesError], tuple[str, str, int | None, str, str]]:
        return _rules_error, (self._told, self.file, self.line, self.key, self.advice)


def _rules_error(message: str, file: str, line: int | None, key: str, advice: str) -> RulesError:
    """Makes the error anew on the other side of a process border."""
    return RulesError(message, file=file, line=line, key=key, advice=advice)


class LockedError(ItaError):
    """Another run holds the data folder."""

    exit_code = 4


class StorageError(ItaError):
    """The disk is full, or a folder cannot be read or written."""

    exit_code = 5


class DamagedReleaseError(ItaError):
    """A published release does not verify."""

    exit_code = 6


class NothingReadError(ItaError):
    """No source gave anything at all."""

    exit_code = 7


DOCUMENT_CODES = {
    "NOT_PDF": "the file is named .pdf but its content is something else",
    "TRUNCATED": "the file ends before its end",
    "ENCRYPTED": "a password is needed to open the file: save it without one",
    "MALFORMED": "the file is damaged beyond reading",
    "EMPTY": "the file has no bytes or no pages",
    "NO_TEXT": "no page has text that can be read: they need OCR",
    "NOT_ITA": "the text was read, but it is no kind of ITA document that the rules know",
    "NO_RECORDS": "an ITA document, but no row of it could be read as a record",
    "PAGES_NEED_OCR": "some pages have no text that can be read: they need OCR, the others were read",
    "UNREAD_ROWS": "lines look like rows of a ranking, but no table could be found around them",
    "ENGINE_DISAGREE": "two engines find different pages, or text where the other finds none",
    "LIMIT_BYTES": "the file is larger than is read",
    "LIMIT_PAGES": "the document has more pages than are read",
    "LIMIT_STREAM": "a compressed part of the file is larger than is opened out",
    "LIMIT_PAGE": "a page draws more than is read",
    "LIMIT_TABLES": "a page has more strokes or characters than tables are sought in",
    "TIMEOUT": "reading takes longer than is waited for",
    "MEMORY": "reading takes more memory than is given",
    "CRASH": "the reader died on this file",
    "LINK": "the file is a link that leads out of the folders that were given",
    "IO": "the file could not be read from disk",
}


class DocumentError(Exception):
    """Ends one document. `code` is one of `DOCUMENT_CODES`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail or DOCUMENT_CODES[code]}")
        self.code = code
        self.detail = detail or DOCUMENT_CODES[code]

    def __reduce__(self) -> tuple[type[DocumentError], tuple[str, str]]:
        return type(self), (self.code, self.detail)
