"""The pages themselves: templates filled with what was worked out, once in Thai and once in English.

Every value goes through Jinja's escaping; plots come as `Markup` from `charts`, which escapes what it is given. The content
security policy of every page allows nothing but files of the site's own folder, no style or script in a page, and no request to
anywhere.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2

from .data import script
from .figures import Spread, share

LANGUAGES = ("th", "en")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src data:; base-uri 'none'; form-action 'none'"
)
SCRIPTS = {
    "scores": ["data/agencies.js", "assets/table.js", "assets/scores.js"],
    "compare": ["assets/compare.js"],
    "agency": ["data/agencies.js", "assets/agency.js"],
    "documents": ["data/documents.js", "assets/table.js", "assets/documents.js"],
    "review": ["data/review.js", "assets/table.js", "assets/review.js"],
}
"""What each page loads beside `site.js` and the words of its language, in order."""
_FACES = (("Regular", 400), ("Bold", 700))
_ROOT = files(__package__)


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Every text of the interface: language, then key."""
    table: dict[str, list[str]] = json.loads((_ROOT / "words.json").read_text(encoding="utf-8"))
    return {language: {key: told[at] for key, told in table.items()} for at, language in enumerate(LANGUAGES)}


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes in one language."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """The words of `key`, with `{name}` filled in. KeyError where there are none: a page with a hole is not written.

        >>> Writer("en")("table.found", count="1,024")
        '1,024 found'
        """
        return words()[self.language][key].format(**values)

    def word(self, key: str, otherwise: str) -> str:
        """The words of a key that the release made (an identity, a status), or what it is called there."""
        return words()[self.language].get(key, otherwise)

    def year(self, year: int) -> str:
        return str(year) if self.language == "th" else f"{year} ({year - 543} CE)"


def points(score: float) -> str:
    return f"{score:.2f}"


def count(number: int) -> str:
    return f"{number:,}"


def change(difference: float) -> str:
    """A difference of scores with its sign, a true minus before what fell.

    >>> change(-3.5), change(0.25)
    ('−3.50', '+0.25')
    """
    return f"{difference:+.2f}".replace("-", "\u2212")


def passed(spread: Spread) -> str:
    return "\u2013" if spread.passed is None else f"{share(spread.passed, spread.judged):.1f}%"


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__, "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(points=points, count=count, change=change, passed=passed)
    return environment


def page(name: str, language: str, shared: Mapping[str, Any], own: Mapping[str, Any]) -> bytes:
    """One page in one language. The Thai pages lie in the root of the site, the English ones in `en/`."""
    write = Writer(language)
    at_root = language == LANGUAGES[0]
    text: str = (
        _environment()
        .get_template(f"{name}.html")
        .render(
            **shared,
            **own,
            page=name,
            lang=language,
            root="" if at_root else "../",
            other="en/" if at_root else "../",
            t=write,
            word=write.word,
            as_year=write.year,
            policy=POLICY,
            scripts=SCRIPTS.get(name, []),
            dynamic=name in ("scores", "agency", "documents", "review"),
        )
    )
    return text.encode()


def assets() -> dict[str, bytes]:
    """The files that are the same for every release, by path in the site."""
    found = {f"assets/{entry.name}": entry.read_bytes() for entry in (_ROOT / "static").iterdir() if entry.is_file()}
    found["assets/fonts.css"] = _faces()
    found["assets/OFL.txt"] = (_ROOT / "fonts" / "OFL").read_bytes()
    for language in LANGUAGES:
        found[f"assets/words-{language}.js"] = script("words", dict(words()[language]))
    return found


def _faces() -> bytes:
    """The faces inside their style sheet: a browser that opens a file from a disk may refuse to load another one as a font."""
    rules: Sequence[str] = [
        '@font-face{font-family:"Sarabun";font-style:normal;font-weight:'
        f"{weight};font-display:swap;src:url(data:font/woff2;base64,"
        f"{base64.b64encode((_ROOT / 'fonts' / f'Sarabun-{name}.woff2').read_bytes()).decode()}) format('woff2')}}\n"
        for name, weight in _FACES
    ]
    return "".join(rules).encode()
