"""`ita-extract report`: a static web site of a release."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import UsageError


@click.command("report")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--out", metavar="SITE", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder to write.")
@click.option(
    "--sources",
    metavar="FOLDER",
    multiple=True,
    help="The documents themselves, a file or a folder; may be given again. The review then shows pictures of their rows.",
)
def command(folder: Path, out: Path, sources: tuple[str, ...]) -> None:
    """Write a web site of the release in DIR: quality, scores, comparisons, documents, and a review of doubtful values.

    It works from a disk, by opening index.html, and asks nothing of any server. Decisions of the review are downloaded as a file
    for `run --corrections`. A site that stands at SITE is replaced.

    \b
    Example:
      ita-extract report data --out site --sources announcements/
    """
    from ..site import write_site

    if not folder.is_dir():
        raise UsageError(f"there is no folder {str(folder)!r}", advice="Give the folder that `run --out` wrote.")
    site = write_site(folder, out, sources)
    click.echo(
        f"Release {site.release}: {site.agencies:,} agencies, {site.documents:,} documents, {site.review:,} entries to review, "
        f"{site.pictures:,} of them with a picture.",
        err=True,
    )
    click.echo(str(out / "index.html"))
