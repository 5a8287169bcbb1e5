"""`ita-extract fetch`: published documents from the web into a folder, with a manifest of where each came from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError

if TYPE_CHECKING:
    from ..fetching import FetchSummary, Had

OUTCOMES = {
    "new": "fetched",
    "changed": "changed at its address; the old one is kept",
    "unchanged": "unchanged",
    "recent": "asked for not long ago",
    "held": "held, as expected",
    "failed": "not had",
}
"""What became of a document, in the words of the summary."""


@click.command("fetch")
@click.argument("list_file", metavar="LIST", required=False, type=click.Path(path_type=Path))
@click.option("--out", metavar="FOLDER", type=click.Path(path_type=Path), help="Where the documents go; made if it is missing.")
@click.option("--from-page", metavar="URL", help="Print the links of this page as a list, and fetch nothing else.")
@click.option(
    "--match", metavar="REGEX", help=r"Of a page's links only those whose address or text it is found in.  [default: \.pdf]"
)
@click.option(
    "--format", "kind", type=click.Choice(("toml", "csv")), default="toml", show_default=True, help="Of the list that is printed."
)
@click.option(
    "--interval",
    metavar="SECONDS",
    type=click.FloatRange(0.0, 3600.0),
    default=1.0,
    show_default=True,
    help="Between two questions to one host.",
)
@click.option(
    "--max-bytes",
    metavar="N",
    type=click.IntRange(min=1),
    default=100_000_000,
    show_default=True,
    help="Larger documents are left.",
)
@click.option(
    "--max-seconds",
    metavar="N",
    type=click.FloatRange(min=1.0),
    default=900.0,
    show_default=True,
    help="For one document, waits included.",
)
@click.option(
    "--recheck",
    metavar="HOURS",
    type=click.FloatRange(min=0.0),
    default=24.0,
    show_default=True,
    help="Ask again only for what is older.",
)
@click.option("--contact", metavar="TEXT", default="", help="Your mail or web address, for the keepers of the servers.")
@click.option("--allow-private", is_flag=True, help="Addresses of private networks may be asked, too.")
def command(
    list_file: Path | None,
    out: Path | None,
    from_page: str | None,
    match: str | None,
    kind: str,
    interval: float,
    max_bytes: int,
    max_seconds: float,
    recheck: float,
    contact: str,
    allow_private: bool,
) -> None:
    """Download the documents of LIST (.toml or .csv: url, title, fiscal_year, sha256) into FOLDER.

    What is there already is asked for on the condition that it changed, what broke off is gone on with, and a document that changed
    is kept beside the old one. `run FOLDER` reads the documents.

    \b
    Example:
      ita-extract fetch --from-page https://www.example.go.th/ita/ --match 'ITA.*\\.pdf' > ita.toml
      ita-extract fetch ita.toml --out documents
    """
    if (list_file is None) == (from_page is None):
        raise UsageError(
            "give either a LIST or --from-page", advice="First --from-page URL > LIST.toml, then fetch LIST.toml --out FOLDER."
        )
    from ..fetch.download import FetchLimits
    from ..fetching import fetch_documents, list_from_page

    limits = FetchLimits(bytes=max_bytes, seconds=max_seconds, interval=interval)
    if from_page is not None:
        from ..fetch.list import write_list

        found = list_from_page(from_page, match or r"(?i)\.pdf", limits=limits, allow_private=allow_private, contact=contact)
        click.echo(write_list(found, kind), nl=False)
        click.echo(f"{len(found)} links. Look at the list before you fetch it.", err=True)
        return
    if match is not None:
        raise UsageError("--match goes with --from-page", advice="Take what you do not want out of the list.")
    if list_file is None or out is None:
        raise UsageError("no folder to fetch into", advice="Say --out FOLDER.")
    summary = fetch_documents(
        list_file,
        out,
        limits=limits,
        recheck=recheck,
        allow_private=allow_private,
        contact=contact,
        on_document=lambda had: click.echo(_line(had), err=True),
        say=lambda words: click.echo(words, err=True),
    )
    _print_summary(summary)
    sys.exit(summary.exit_code())


def _line(had: Had) -> str:
    where = had.entry.file if had.entry and had.what != "failed" else f"{had.code}: {had.detail}"
    return f"{had.what}: {had.wanted.url}: {where}"


def _print_summary(summary: FetchSummary) -> None:
    """Counts, and by name what somebody should look at."""
    for had in summary.documents:
        if had.what == "changed" and had.entry:
            click.echo(f"changed: {had.wanted.url}: {had.entry.previous} is now {had.entry.sha256}")
        elif had.what == "failed":
            kept = f" (kept: {had.entry.file}, of {had.entry.date})" if had.entry else ""
            click.echo(f"{had.code}: {had.wanted.url}: {had.detail}{kept}")
        if had.entry and had.entry.note:
            click.echo(f"doubtful: {had.wanted.url}: {had.entry.note}")
    told = ", ".join(f"{summary.counts[what]} {words}" for what, words in OUTCOMES.items() if summary.counts[what])
    click.echo(f"{len(summary.documents)} documents in {summary.seconds:.1f} s: {told}.")
    click.echo(f"They lie in {summary.folder}, and where each came from stands in {summary.folder / 'manifest.jsonl'}.")
