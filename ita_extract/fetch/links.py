"""The links of a page as a list to look at: a first draft of what to fetch."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from ..errors import UsageError
from .list import Wanted, address_fault

MAX_PAGE = 4_000_000
"""Bytes of a page that are read."""
MAX_LINKS = 20_000
MAX_MATCHED = 1_000
"""Characters of an address, and of a link's text, that the expression is put to: it is the user's, the text is anybody's."""
MAX_TITLE = 300
_ADDRESS = {"a": "href", "area": "href", "iframe": "src", "embed": "src", "object": "data"}
_OPAQUE = ("script", "style", "template", "textarea", "title")
_TOKEN = re.compile(r"<!--|<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_ATTRIBUTE = re.compile(r"""[\s/]*(?:(>)|([^\s/>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'][^\s>]*)))?)""")
_ENCODINGS = {
    **dict.fromkeys(("tis-620", "tis620", "windows-874", "cp874", "iso-8859-11", "x-windows-874", "ms874"), "cp874"),
    **dict.fromkeys(("iso-8859-1", "latin1", "windows-1252", "us-ascii"), "cp1252"),
    "utf-16": "utf-16",
}
"""Encodings that pages name, and how they are read; not every one that Python knows, some of which take time by the square."""
_CHARSET = re.compile(rb"charset\s{0,8}=\s{0,8}[\"']?([A-Za-z0-9_.:-]{2,20})", re.I)


def links_of_page(page: bytes, url: str, match: str, content_type: str | None = None) -> tuple[Wanted, ...]:
    """The links of a page whose address or text the regular expression `match` is found in: once each, in the order of the page.

    `url` is where the page came from, which relative links count from. The address is matched as people read it, percent signs
    undone; the text of the link becomes the title. Nothing is guessed: a year is for the person who looks at the list to fill in.
    UsageError where `match` is no regular expression.

    >>> page = '<base href="/ita/"><a href="2567.pdf">ผล ITA 2567</a> <a href="/contact">ติดต่อ</a>'.encode()
    >>> links_of_page(page, "https://example.org/", r"[.]pdf$")
    (Wanted(url='https://example.org/ita/2567.pdf', title='ผล ITA 2567', fiscal_year=None, sha256=None),)
    """
    try:
        wanted = re.compile(match)
    except (re.error, RecursionError, OverflowError) as error:
        raise UsageError(f"{match!r} is no regular expression: {error}", advice=r"Say, for one, --match '\.pdf$'.") from error
    found: dict[str, Wanted] = {}
    base = url
    for link in _links(_text(page[:MAX_PAGE], content_type)):
        if len(found) >= MAX_LINKS:
            break
        address = _absolute(base, link.target)
        if address is None:
            continue
        if link.tag == "base":
            base = address
            continue
        shown = unquote(address)[:MAX_MATCHED]
        if wanted.search(shown) or wanted.search(link.text[:MAX_MATCHED]):
            before = found.setdefault(address, Wanted(address, link.text or None))
            if before.title is None and link.text:
                found[address] = replace(before, title=link.text)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Link:
    tag: str
    target: str
    text: str = ""


def _links(text: str) -> Iterator[_Link]:
    """Every link of a page, in one pass that takes time in proportion to the page.

    Not by the parser of the standard library: it takes 18 seconds for 40 KB of "<a <a <a", and raises for "<![<!".
    """
    place = 0
    open_link: _Link | None = None
    words: list[str] = []
    while token := _TOKEN.search(text, place):
        if open_link:
            words.append(text[place : token.start()])
        if token[0] == "<!--":
            place = _after(text, "-->", token.end())
            continue
        tag, closing = token[2].lower(), bool(token[1])
        attributes, place = _attributes(text, token.end())
        if open_link and (tag == "a"):
            yield replace(open_link, text=_clean(words))
            open_link, words = None, []
        if closing:
            continue
        if tag in _OPAQUE:
            end = re.compile(rf"</{tag}\b", re.I).search(text, place)
            place = end.start() if end else len(text)
        elif tag == "base" or tag in _ADDRESS:
            target = attributes.get(_ADDRESS.get(tag, "href"))
            if target and tag == "a":
                open_link = _Link(tag, target)
            elif target:
                yield _Link(tag, target, _clean([attributes.get("title") or attributes.get("alt") or ""]))
    if open_link:
        yield replace(open_link, text=_clean([*words, text[place : place + MAX_TITLE]]))


def _attributes(text: str, place: int) -> tuple[dict[str, str], int]:
    """The attributes of a tag from `place` on, the first of a name counting, and where the tag ends."""
    found: dict[str, str] = {}
    while place < len(text):
        attribute = _ATTRIBUTE.match(text, place)
        if attribute is None:
            place += 1
            continue
        place = attribute.end()
        if attribute[1]:
            break
        value = next((group for group in attribute.groups()[2:] if group is not None), "")
        found.setdefault(attribute[2].lower(), html.unescape(value))
    return found, place


def _after(text: str, mark: str, place: int) -> int:
    end = text.find(mark, place)
    return len(text) if end < 0 else end + len(mark)


def _clean(words: list[str]) -> str:
    """The text of a link on one line."""
    text = " ".join(html.unescape("".join(words)[: 4 * MAX_TITLE]).split())
    return "".join(letter for letter in text if letter.isprintable() or letter in "\u200b\u200c\u200d")[:MAX_TITLE].strip()


def _absolute(base: str, target: str) -> str | None:
    """A link as an address to fetch from, its Thai letters as percent signs; None for mailto:, javascript: and the like."""
    try:
        parts = urlsplit(urljoin(base, "".join(target.split("\n")).strip()))
        path, query = (quote(part, safe="!#$%&'()*+,/:;=?@[]~") for part in (parts.path, parts.query))
        address = urlunsplit((parts.scheme.lower(), parts.netloc, path, query, ""))
    except ValueError:
        return None
    return None if address_fault(address) else address


def _text(page: bytes, content_type: str | None) -> str:
    """The page as text: in the encoding that the server or the page names, else UTF-8, else the Thai of old."""
    named = _CHARSET.search((content_type or "").encode("ascii", "replace")) or _CHARSET.search(page[:4096])
    for encoding in (_ENCODINGS.get(named[1].decode("ascii").lower(), "utf-8") if named else "utf-8", "utf-8", "cp874"):
        try:
            return page.decode(encoding)
        except UnicodeDecodeError:
            continue
    return page.decode("utf-8", "replace")
