"""`ita-extract inspect`: what was found on a page, and why."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import UsageError
from .arguments import engine_option, file_argument, one_document, source_of


@click.command("inspect")
@file_argument
@click.option("--page", "number", metavar="N", type=click.IntRange(min=1), required=True, help="The page, counted from 1.")
@click.option("--out", metavar="PNG", type=click.Path(path_type=Path, dir_okay=False), help="The picture to write.")
@click.option("--compare", is_flag=True, help="Read the page by the other engine too, and say where the two differ.")
@engine_option
def command(file: Path, number: int, out: Path | None, compare: bool, engine: str) -> None:
    """Show what was found on a page of FILE: as a picture, and in words which layout matched and why.

    The picture is the page with characters, edges, cells, tables, lines and reading order drawn over it; a file of that name is
    replaced. Saved text and scanned pictures have words only: leave --out away.

    \b
    Example:
      ita-extract inspect announcement.pdf --page 2 --out page2.png
    """
    from ..inspect import inspect_page, tell
    from ..rulebook.load import load_rulebook
    from ..terminal import inert

    source = source_of(file)
    if source.media_type != "application/pdf" and (out or compare):
        raise UsageError(f"{file.name!r} is no PDF: it has no page to draw or to compare", advice="Leave --out and --compare away.")
    with one_document(file):
        found = inspect_page(source, number, load_rulebook(), engine, compare=compare)
    click.echo("\n".join(map(inert, tell(found).split("\n"))))
    if out is not None:
        from ..inspect.draw import draw_page

        with one_document(file):
            draw_page(source, found).save(out, "PNG", optimize=True)
        click.echo(f"Drawn: {out}", err=True)
