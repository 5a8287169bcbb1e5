"""From a release to the files of its site: what is on each page, and the order in which it is worked out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..dataset.disk import file_sha256, remove_tree, storage_errors
from ..errors import UsageError
from ..rulebook.load import load_rulebook
from ..run.sources import find_sources
from . import agencies, charts, documents
from .charts import Part
from .data import chunks, script
from .figures import BEST_FIRST, Kind, Province, Spread, in_order, known, movers, outcomes, provinces, shown_year, spreads
from .pages import LANGUAGES, Writer, assets, count, page, points
from .pictures import Picture, pictures
from .review import DOCUMENT, KINDS, Doubt, counted, doubts
from .source import NUMBERS, Release, Row, open_release
from .tiles import TILES

MARK = "site.json"
"""The file by which a folder is known to be a site, so that nothing else is ever replaced by one."""
REVIEW_PIECE = 40
"""Entries of the review in one piece."""
_PAGE_KINDS = ("proved", "read", "unproved", "corrected", "doubt", "rejects", "none")
_PAGES = ("index", "scores", "compare", "agency", "documents", "review")


@dataclass(frozen=True, slots=True)
class Site:
    """What was made: the release's id; how many agencies, documents and entries of the review it shows; how many have a picture."""

    release: str
    agencies: int
    documents: int
    review: int
    pictures: int


def write_site(folder: Path | str, out: Path | str, sources: Iterable[Path | str] = ()) -> Site:
    """Writes the site of a release into `out`: of the current release of a data folder, or of the release whose folder is given.

    `sources` are files and folders with the documents themselves; a document is known by its sha256, whatever its name. The review
    shows pictures of the rows of those that are found, and names page and box for the others. The same release and documents
    give the same bytes. `out` is replaced at once or not at all; UsageError where it is something else than a site.
    """
    out = Path(out)
    _refuse_what_is_no_site(out)
    release = open_release(folder)
    wanted = {row["document_id"] for row in release.rows("documents", ("document_id",))}
    given = _documents_among(sources, wanted)
    aside = out.with_name(f".{out.name}.new")
    with storage_errors("the site cannot be written", out):
        out.parent.mkdir(parents=True, exist_ok=True)
        remove_tree(aside)
        aside.mkdir()
        try:
            site = _write(release, aside, given)
            _put(aside, out)
        except BaseException:
            remove_tree(aside)
            raise
    return site


def _refuse_what_is_no_site(out: Path) -> None:
    if out.exists() and not (out / MARK).is_file() and (not out.is_dir() or any(out.iterdir())):
        advice = "Give a new folder, or one that `report` wrote before."
        raise UsageError(f"{str(out)!r} is there already and is no site", advice=advice)


def _documents_among(sources: Iterable[Path | str], wanted: set[str]) -> dict[str, Path]:
    """The PDF files that are documents of the release, by sha256."""
    found: dict[str, Path] = {}
    for file in find_sources([str(source) for source in sources]):
        if file.media_type == "application/pdf":
            with storage_errors("a source cannot be read", file.path):
                digest = file_sha256(file.path)
            if digest in wanted:
                found.setdefault(digest, file.path)
    return found


def _put(aside: Path, out: Path) -> None:
    """Puts the new folder in place of the old one."""
    old = out.with_name(f".{out.name}.old")
    remove_tree(old)
    if out.exists():
        out.rename(old)
    try:
        aside.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
    remove_tree(old)


def _write(release: Release, root: Path, given: Mapping[str, Path]) -> Site:
    entries = doubts(release)
    shown = 0
    names: dict[str, Picture] = {}
    for entry, picture in pictures(entries, given):
        names[entry.key] = picture
        _save(root, _picture_path(entry), picture.png)
        shown += 1
    agency_rows = sorted(release.rows("agencies"), key=lambda row: str(row["agency_id"]))
    document_rows = sorted(release.rows("documents"), key=lambda row: (row["file_name"], row["document_id"]))
    scores = list(release.rows("national_scores"))
    view = _View(release, agency_rows, document_rows, scores, entries)
    for path, data in _files(view, names):
        _save(root, path, data)
    return Site(release.name, len(agency_rows), len(document_rows), len(entries), shown)


@dataclass(frozen=True, slots=True)
class _View:
    """What several pages are made of."""

    release: Release
    agencies: list[Row]
    documents: list[Row]
    scores: list[Row]
    entries: list[Doubt]


def _save(root: Path, path: str, data: bytes) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def _picture_path(entry: Doubt) -> str:
    return f"pictures/{entry.document_id[:16]}-{entry.dataset}-{entry.record_no}.png"


def _files(view: _View, shown: Mapping[str, Picture]) -> Iterator[tuple[str, bytes]]:
    """Every file of the site but the pictures: path and bytes."""
    release = view.release
    yield from sorted(assets().items())
    yield from _data_files(view, shown)
    outcome = documents.page_outcomes(release)
    kinds = documents.kinds(outcome, view.documents)
    repairs = release.rows("repairs", ("document_id", "rule", "count", "example_before", "example_after"))
    for at, piece in enumerate(documents.pieces(view.documents, outcome, repairs)):
        yield _piece("documents", at, piece)
    years, by_kind = spreads(view.scores)
    told = outcomes(release.rows("checks", ("identity", "outcome")))
    sound = [item for item in told.items() if set(item[1]) == {"holds"}]
    found = {"checks": [item for item in told.items() if item not in sound], "sound": sound, "years": years}
    numbers = {name: known(release.rows(name, ("verification",))) for name in NUMBERS}
    made = release.descriptor.provenance
    shared = {"release": release.name, "code": made.code, "rules": made.rules, "review_count": len(view.entries)}
    for language in LANGUAGES:
        write = Writer(language)
        own = {
            "index": {**found, **_index(view, write, years, numbers, kinds)},
            "scores": _scores(view, write, years),
            "compare": _compare(view, write, years, by_kind),
            "documents": _filters(view.documents),
            "review": _review(view),
        }
        for name in _PAGES:
            path = f"{name}.html" if language == LANGUAGES[0] else f"{language}/{name}.html"
            yield path, page(name, language, shared, own.get(name, {}))
    yield MARK, json.dumps({"site": 1, "release": release.name}).encode() + b"\n"


def _piece(name: str, at: int, value: object) -> tuple[str, bytes]:
    return f"data/{name}-{at}.js", script(f"{name}-{at}", value)


def _data_files(view: _View, shown: Mapping[str, Picture]) -> Iterator[tuple[str, bytes]]:
    place = {row["agency_id"]: at for at, row in enumerate(view.agencies)}
    codes = _province_codes()
    in_english = {tile.code: tile.english for tile in TILES}
    english = {name: in_english[code] for name, code in codes.items()}
    years = sorted({row["fiscal_year"] for row in view.scores})
    yield "data/agencies.js", script("agencies", agencies.listing(view.agencies, view.scores, codes, english))
    for year in years:
        rows = [row for row in view.scores if row["fiscal_year"] == year]
        yield f"data/scores-{year}.js", script(f"scores-{year}", agencies.year_table(rows, place))
    names = {row["document_id"]: row["file_name"] for row in view.documents}
    for at, piece in enumerate(agencies.pieces(view.release, view.agencies, view.scores, names)):
        yield _piece("agency", at, piece)
    yield "data/documents.js", script("documents", documents.listing(view.documents, counted(view.entries)))
    listed = {
        "release": view.release.name,
        "piece": REVIEW_PIECE,
        "key": [one.key for one in view.entries],
        "kind": [KINDS.index(one.kind) for one in view.entries],
        "document": [one.document_id for one in view.entries],
        "kinds": KINDS,
    }
    yield "data/review.js", script("review", listed)
    for at, entries in enumerate(chunks(view.entries, REVIEW_PIECE)):
        yield _piece("review", at, [_entry(one, names, shown.get(one.key)) for one in entries])


def _entry(one: Doubt, names: Mapping[str, str], picture: Picture | None) -> Any:
    told = {"key": one.key, "file": names.get(one.document_id, ""), **asdict(one)}
    named = {match[1] for reason in one.reasons for match in DOCUMENT.finditer(reason.expected)}
    told["others"] = sorted([document_id, name] for document_id, name in names.items() if document_id[:12] in named)
    told["picture"] = [_picture_path(one), picture.width, picture.height, picture.middle] if picture else None
    return told


def _title(view: _View, dataset: str, language: str) -> str:
    resource = view.release.descriptor.resource(dataset)
    if resource is None:
        return dataset
    return resource.dataset.title_th if language == "th" else resource.dataset.title


def _index(
    view: _View, write: Writer, years: Mapping[int, Spread], numbers: Mapping[str, Counter[str]], kinds: Counter[str]
) -> dict[str, Any]:
    everything: Counter[str] = sum(numbers.values(), Counter())
    proved = everything["verified"] + everything["consistent"]
    total = everything.total()
    facts = [
        (count(len(view.documents)), write("index.documents"), "documents.html"),
        (count(sum(row["page_count"] for row in view.documents)), write("index.pages"), ""),
        (count(len(view.agencies)), write("index.agencies"), "scores.html"),
        (count(view.release.count("agency_scores")), write("index.scores"), "scores.html"),
        (f"{100 * proved / total:.1f}%" if total else "\u2013", write("index.proved"), ""),
        (count(len(view.entries)), write("index.review"), "review.html"),
    ]
    rows = [
        {
            "name": name,
            "title": _title(view, name, write.language),
            "total": found.total(),
            "counts": found,
            "bar": charts.stacked(_known_parts(found, write), _in_words(_known_parts(found, write))),
        }
        for name, found in numbers.items()
        if found.total()
    ]
    each = {year: f"{year}: {points(one.mean)} (n = {count(one.count)})" for year, one in years.items()}
    statuses = Counter(row["status"] for row in view.documents)
    of_documents = [
        Part(f"status-{name}", statuses[name], f"{write('status.' + name)} {count(statuses[name])}")
        for name in ("parsed", "partial", "unrecognised", "unreadable")
        if statuses[name]
    ]
    of_pages = [Part(name, kinds[name], f"{write('page.' + name)} {count(kinds[name])}") for name in _PAGE_KINDS if kinds[name] > 0]
    return {
        "facts": facts,
        "known": rows,
        "best_first": BEST_FIRST,
        "plot": charts.over_years(years, _in_years(each), each) if years else "",
        "outcomes": [
            (title, charts.stacked(parts, _in_words(parts)), parts)
            for title, parts in ((write("documents.title"), of_documents), (write("documents.pages"), of_pages))
            if parts
        ],
    }


def _known_parts(found: Mapping[str, int], write: Writer) -> list[Part]:
    return [Part(name, number, f"{write('known.' + name)} {count(number)}") for name, number in in_order(found)]


def _in_words(parts: Iterable[Part]) -> str:
    return ", ".join(part.words for part in parts)


def _in_years(each: Mapping[int, str]) -> str:
    return "; ".join(each.values())


def _scores(view: _View, write: Writer, years: Mapping[int, Spread]) -> dict[str, Any]:
    english = {tile.code: tile.english for tile in TILES}
    codes = _province_codes()
    found = {(codes.get(row["province"], ""), row["province"]) for row in view.agencies if row["province"]}
    shown = {name: f"{name} {english.get(code, '')}".rstrip() if write.language == "en" else name for code, name in sorted(found)}
    return {
        "years": sorted(years),
        "shown_year": shown_year(years),
        "types": sorted({row["agency_type"] for row in view.agencies if row["agency_type"]}),
        "provinces": list(shown.items()),
    }


def _compare(
    view: _View, write: Writer, over_years: Mapping[int, Spread], by_kind: Mapping[tuple[int, str], Spread]
) -> dict[str, Any]:
    frameworks = load_rulebook().frameworks
    targets = {year: float(one.target.score) for year, one in frameworks.items() if one.target is not None}
    by_province, moved = provinces(view.scores), movers(view.scores)
    codes = _province_codes()
    years = sorted({year for year, _ in by_kind} | set(by_province))
    return {
        "shown_year": shown_year(over_years),
        "years": [
            _year(year, write, by_kind, by_province.get(year, ()), moved.get(year), targets.get(year), codes) for year in years
        ],
    }


def _bands(means: Sequence[float], write: Writer) -> list[str]:
    """What each colour of the tiles stands for."""
    if not means:
        return []
    at = [f"{limit:g}" for limit in charts.limits(means)]
    between = [f"{low}\u2013{high}" for low, high in pairwise(at)]
    return [write("compare.below", limit=at[0]), *between, write("compare.from", limit=at[-1])]


def _year(
    year: int,
    write: Writer,
    by_kind: Mapping[Kind, Spread],
    of_year: Sequence[Province],
    moved: tuple[tuple[Row, ...], tuple[Row, ...], int] | None,
    target: float | None,
    codes: Mapping[str, str],
) -> dict[str, Any]:
    """All that the page of comparisons shows of one year."""
    here = {name: one for (of, name), one in by_kind.items() if of == year}
    kinds = [
        {"name": name, "spread": one, "plot": _histogram(name, one, target, write)}
        for name, one in sorted(here.items(), key=lambda item: (-item[1].count, item[0]))
    ]
    shown = {tile.code: tile for tile in TILES}
    by_code = {codes[one.name]: one for one in of_year if one.name in codes}
    thai = {code: name for name, code in codes.items()}
    words, href = {}, {}
    for code, tile in shown.items():
        name = tile.english if write.language == "en" else thai.get(code) or tile.short
        found = by_code.get(code)
        href[code] = _scores_href(found.name, year) if found else ""
        words[code] = (
            write("compare.tile", province=name, mean=points(found.mean), count=count(found.count))
            if found
            else write("compare.tile.none", province=name)
        )
    label = f"{write('compare.provinces')} {year}"
    up, down, left_out = moved or ((), (), 0)
    return {
        "year": year,
        "kinds": kinds,
        "bands": _bands([one.mean for one in by_code.values()], write),
        "tiles": charts.tile_grid(by_code, label, words, href),
        "provinces": [
            {
                "shown": shown[codes[one.name]].english if write.language == "en" and codes.get(one.name) in shown else one.name,
                "href": _scores_href(one.name, year),
                "mean": one.mean,
                "count": one.count,
            }
            for one in of_year
        ],
        "up": up,
        "down": down,
        "left_out": left_out,
    }


def _province_codes() -> dict[str, str]:
    """The code of each province by its name: what a release of the rules' own provinces has, whether its agencies say so or not."""
    return {place.name: place.code for place in load_rulebook().registry.provinces}


def _histogram(name: str, one: Spread, target: float | None, write: Writer) -> Any:
    label = f"{name}: n = {count(one.count)}, {write('compare.mean')} {points(one.mean)}"
    return charts.histogram(one, target, label, max(one.bins), write("compare.mean"))


def _scores_href(province: str, year: int) -> str:
    return f"scores.html#year={year}&province={quote(province)}"


def _filters(rows: Sequence[Row]) -> dict[str, Any]:
    return {"kinds": sorted({row["document_type"] for row in rows}), "statuses": sorted({row["status"] for row in rows})}


def _review(view: _View) -> dict[str, Any]:
    kinds = Counter(one.kind for one in view.entries)
    about = {one.document_id for one in view.entries}
    return {
        "kinds": [(name, kinds[name]) for name in KINDS if kinds[name]],
        "documents": [(row["document_id"], row["file_name"]) for row in view.documents if row["document_id"] in about],
    }
