"""Why a document could not be had: a short list of codes, each a row of the table in docs/fetching.md."""

from __future__ import annotations

from collections.abc import Callable

FETCH_CODES = {
    "NOT_FOUND": "the server knows no such document",
    "REFUSED": "the server does not give the document to everybody",
    "SERVER": "the server answered with an error of its own, every time",
    "WAIT": "the server asks for a longer wait than is waited",
    "UNREACHABLE": "no server answers at the address",
    "CERTIFICATE": "the server cannot prove that it is the one that was asked for",
    "TIMEOUT": "the document did not come in the time that it is given",
    "CUT_OFF": "the connection ended before the document did, every time",
    "TOO_LARGE": "the document is larger than is fetched",
    "REDIRECT": "the address leads on too often, in a circle, or to something that is not http(s)",
    "PRIVATE_ADDRESS": "the address leads into a private network",
    "BAD_ANSWER": "the answer breaks the rules of HTTP",
    "WEB_PAGE": "the answer is a web page, not a document",
    "WRONG_KIND": "the answer is of no kind that can be read",
    "WRONG_SHA256": "the document is not the one that the list expects",
    "HOST_DOWN": "not asked for: several documents of this server could not be had, one after another",
}


class FetchError(Exception):
    """One document could not be had. `code` is one of `FETCH_CODES`.

    `again`: whether it is worth asking again soon; `wait`: the seconds that the server wants to be left alone for, if it said so.
    """

    def __init__(self, code: str, detail: str = "", *, again: bool = False, wait: float | None = None) -> None:
        self.code = code
        self.detail = detail or FETCH_CODES[code]
        self.again = again
        self.wait = wait
        super().__init__(f"{code}: {self.detail}")

    def __reduce__(self) -> tuple[Callable[..., FetchError], tuple[str, str]]:
        return type(self), (self.code, self.detail)
