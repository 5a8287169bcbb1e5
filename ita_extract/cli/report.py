"""`ita-extract report`: a static web site of a release."""

from __future__ import annotations

from pathlib import Path

import click

from .arguments import folder_argument, refuse_no_folder


@click.command("report")
@folder_argument
@click.option("--out", metavar="SITE", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder to write.")
@click.option(
    "--sources",
    metavar="FOLDER",
    multiple=True,
    help="The documents themselves, a file or a folder; may be given again. The review then shows pictures of their rows.",
)
def command(folder: str, out: Path, sources: tuple[str, ...]) -> None:
    """Write a web site of the release in DIR: quality, scores, comparisons, documents, and a review of doubtful values.

    It works from a disk, by opening index.html, and asks nothing of any server. Decisions of the review are downloaded as a file
    for `run --corrections`. A site that stands at SITE is replaced.

    \b
    Example:
      ita-extract report data --out site --sources announcements/
    """
    from ..api import write_site

    refuse_no_folder(folder)
    site = write_site(folder, out, sources)
    click.echo(
        f"Release {site.release}: {site.agencies:,} agencies, {site.documents:,} documents, {site.review:,} entries to review, "
        f"{site.pictures:,} of them with a picture.",
        err=True,
    )
    click.echo(str(out / "index.html"))
