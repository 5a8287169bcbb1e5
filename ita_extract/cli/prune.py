"""`ita-extract prune`: old releases out of a data folder."""

from __future__ import annotations

import click

from .arguments import folder_argument, refuse_no_folder


@click.command("prune")
@folder_argument
@click.option("--keep", metavar="N", required=True, type=click.IntRange(min=1), help="How many stay, the current one among them.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and stop.")
def command(folder: str, keep: int, dry_run: bool) -> None:
    """Remove all releases of the data folder DIR but the N newest; never the current one.

    \b
    Example:
      ita-extract prune data --keep 3
    """
    from ..api import prune

    refuse_no_folder(folder)
    pruned = prune(folder, keep, dry_run=dry_run)
    for release in pruned.removed:
        click.echo(release)
    done = "would be removed" if dry_run else "removed"
    click.echo(f"{len(pruned.removed)} releases {done} ({pruned.size / 1e6:,.1f} MB), {len(pruned.kept)} kept.", err=True)
