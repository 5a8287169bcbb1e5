"""One document from the web into a file: asked for at a decent pace, again where that may help, and on from where it broke off."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpcore
import httpx

from .failure import FetchError
from .list import address_fault
from .pace import Clock, Pace, retry_after
from .partial import Validators, forget, goes_on, partial_at, remember, size_of
from .unpack import encoding_of, unpacked
from .wire import Wire

PROGRESS = 65_536
"""Bytes that an attempt must bring, before it breaks off, to be none of those that are counted."""
MAX_WORD = 1_000
"""Characters of a header that are kept."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
AGAIN = frozenset({408, 425, 429})
"""Answers beside 5xx that may be others soon."""
_OTHER_FAULTS = (
    httpcore.ConnectionNotAvailable,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
)


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How long, how much and how often. Seconds are wall time; `seconds` is for one document, with all attempts and waits."""

    bytes: int = 100_000_000
    seconds: float = 900.0
    stall: float = 30.0
    """Seconds without a byte."""
    interval: float = 1.0
    """Seconds between two questions to one host."""
    redirects: int = 5
    attempts: int = 4
    """In a row, without progress."""
    backoff: float = 2.0
    """Seconds before the second attempt; twice as long before each next one."""
    wait: float = 120.0
    """The longest wait that a server may ask for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the last question about a document gave. `unchanged`: it is the version that was known, and nothing was written."""

    final_url: str
    validators: Validators
    content_type: str | None
    unchanged: bool = False


class Downloader:
    """Fetches one document after another; not for use from several threads."""

    def __init__(
        self,
        agent: str,
        limits: FetchLimits | None = None,
        *,
        allow_private: bool = False,
        clock: Clock | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.limits = limits or FetchLimits()
        self._clock = clock or Clock()
        self._pace = Pace(self._clock, self.limits.interval)
        self._say = say
        self._wire = Wire(self._clock, allow_private=allow_private)
        self._headers = {"User-Agent": agent, "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
        self._cookies = httpx.Cookies()

    def fetch(self, url: str, part: Path, known: Validators | None = None) -> Answer:
        """Writes what lies at `url` to `part`, whole and synced; or nothing where it is still the `known` version.

        A `part` that an earlier fetch of the same address left is gone on with, where the server says that it is the same document.
        FetchError where it cannot be had: `part` stays for the next time where that can help. OSError where it cannot be written.
        """
        self._clock.start(self.limits.seconds)
        self._cookies = httpx.Cookies()
        attempts = 0
        while True:
            before = size_of(part)
            try:
                return self._attempt(url, part, known or Validators())
            except FetchError as error:
                attempts = 0 if size_of(part) >= before + PROGRESS else attempts + 1
                if not error.again or attempts >= self.limits.attempts:
                    raise
                pause = self.limits.backoff * 2 ** max(0, attempts - 1) if error.wait is None else error.wait
                if pause > self.limits.wait:
                    raise FetchError("WAIT", f"{error.detail}; it asks to be left alone for {pause:.0f} s", wait=pause) from error
                self._say(f"{url}: {error}; again in {pause:.0f} s")
                self._clock.sleep(pause)

    def _attempt(self, url: str, part: Path, known: Validators) -> Answer:
        """Follows redirects to an answer and takes it."""
        partial = partial_at(part)
        have, go_on = partial.have, partial.validators.if_range() if partial.have else None
        headers = {"Range": f"bytes={have}-", "If-Range": go_on} if go_on else known.conditions()
        target = url.partition("#")[0]
        for _ in range(self.limits.redirects + 1):
            try:
                asked = httpx.URL(target)
            except httpx.InvalidURL as error:
                raise FetchError("REDIRECT", f"{target[:200]!r} is no address: {error}") from error
            with _failures_named(), self._answer(asked, headers) as response:
                if response.status_code not in REDIRECTS:
                    return self._take(response, part, have if go_on else 0, known)
                target = _next(asked, response)
        raise FetchError("REDIRECT", f"the address leads on more than {self.limits.redirects} times, at last to {target[:200]}")

    @contextmanager
    def _answer(self, url: httpx.URL, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """Asks once, when it may be asked. Cookies live as long as the redirects of one document: many a portal begins with one."""
        self._pace.wait(url.host)
        timeout = httpx.Timeout(self.limits.stall).as_dict()
        request = httpx.Request("GET", url, headers={**self._headers, **headers}, extensions={"timeout": timeout})
        self._cookies.set_cookie_header(request)
        response = self._wire.handle_request(request)
        try:
            response.request = request
            self._cookies.extract_cookies(response)
            yield response
        finally:
            response.close()

    def _take(self, response: httpx.Response, part: Path, have: int, known: Validators) -> Answer:
        status, said = response.status_code, response.headers
        validators = Validators(_word(said, "etag"), _word(said, "last-modified"))
        answer = Answer(str(response.url), validators, _word(said, "content-type"))
        if status == 304 and known and not have:
            kept = Validators(validators.etag or known.etag, validators.last_modified or known.last_modified)
            return Answer(answer.final_url, kept, answer.content_type, unchanged=True)
        if status == 416 and have:
            forget(part)
            raise FetchError("CUT_OFF", "the server cannot go on from where it broke off", again=True, wait=0)
        if status == 206 and have:
            expected = goes_on(part, have, validators, said)
        elif status == 200:
            have = 0
            expected = _length(said) if encoding_of(said) is None else None
        else:
            raise _refusal(response)
        if expected is not None and expected > self.limits.bytes:
            forget(part)
            raise FetchError("TOO_LARGE", f"the document has {expected:,} bytes, more than {self.limits.bytes:,}")
        if not have:
            forget(part)  # in this order: words about the new version beside bytes of the old one would join the two
            if encoding_of(said) is None:  # what breaks off in the middle of a packed body cannot be gone on with
                remember(part, validators, expected)
        self._write(response, part, have)
        if expected is not None and size_of(part) != expected:
            short = f"{size_of(part):,} of {expected:,} bytes came"
            raise FetchError("CUT_OFF", short, again=True)
        return answer

    def _write(self, response: httpx.Response, part: Path, have: int) -> None:
        """The body to `part`, from byte `have` on, as far as it comes."""
        size = have
        with part.open("ab") as file:
            try:
                for block in unpacked(response.iter_raw(), encoding_of(response.headers)):
                    self._clock.left()
                    size += len(block)
                    if size > self.limits.bytes:
                        raise FetchError("TOO_LARGE", f"more than {self.limits.bytes:,} bytes came")
                    file.write(block)
            finally:
                file.flush()
                os.fsync(file.fileno())
                if size > self.limits.bytes:
                    forget(part)


@contextmanager
def _failures_named() -> Iterator[None]:
    """Turns what httpx and httpcore raise into a FetchError."""
    try:
        yield
    except httpcore.ConnectTimeout as error:
        raise FetchError("UNREACHABLE", "no server answers at the address in time", again=True) from error
    except httpcore.TimeoutException as error:
        raise FetchError("TIMEOUT", "the server fell silent", again=True) from error
    except (httpcore.ConnectError, httpcore.ProxyError) as error:
        raise _unconnected(error) from error
    except httpcore.NetworkError as error:
        raise FetchError("CUT_OFF", f"the connection broke: {error}"[:300], again=True) from error
    except httpcore.RemoteProtocolError as error:
        cut = "closed connection" in str(error) or "without sending" in str(error)
        raise FetchError("CUT_OFF" if cut else "BAD_ANSWER", str(error)[:300], again=True) from error
    except (*_OTHER_FAULTS, UnicodeError) as error:
        raise FetchError("BAD_ANSWER", f"{type(error).__name__}: {error}"[:300]) from error


def _unconnected(error: Exception) -> FetchError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return FetchError("CERTIFICATE", f"the server's certificate is not trusted: {cause.verify_message}")
        cause = cause.__cause__ or cause.__context__
    return FetchError("UNREACHABLE", f"no connection: {error}"[:300], again=True)


def _refusal(response: httpx.Response) -> FetchError:
    status = response.status_code
    told = f"the server answers {status} {''.join(filter(str.isprintable, response.reason_phrase))[:60]}".rstrip()
    if status in AGAIN or status >= 500:
        return FetchError("SERVER", told, again=True, wait=retry_after(response.headers.get("retry-after")))
    if status in (404, 410):
        return FetchError("NOT_FOUND", told)
    return FetchError("REFUSED" if status >= 400 else "BAD_ANSWER", told)


def _next(asked: httpx.URL, response: httpx.Response) -> str:
    """Where a redirect leads. Thai servers write Thai into Location as it is, in UTF-8 or TIS-620: the bytes are what counts."""
    raw = next((value for name, value in response.headers.raw if name.lower() == b"location"), None)
    if raw is None:
        raise FetchError("REDIRECT", f"the server answers {response.status_code} and does not say where to go")
    location = quote(raw.strip(), safe="!#$%&'()*+,/:;=?@[]~")
    try:
        target = str(asked.join(location)).partition("#")[0]
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise FetchError("REDIRECT", f"the address leads on to {location[:200]!r}, which is no address") from error
    if fault := address_fault(target):
        raise FetchError("REDIRECT", f"the address leads on to {location[:200]!r}, which {fault}")
    return target


def _word(headers: Mapping[str, str], name: str) -> str | None:
    word = headers.get(name)
    return word if word and len(word) <= MAX_WORD and word.isprintable() and word.isascii() else None


def _length(headers: Mapping[str, str]) -> int | None:
    said = headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else None
