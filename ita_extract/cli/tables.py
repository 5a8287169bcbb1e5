"""`ita-extract tables`: every table of a document as it stands."""

from __future__ import annotations

from pathlib import Path

import click

from .arguments import file_argument, one_document, pages_option, say_unread, source_of


@click.command("tables")
@file_argument
@pages_option
@click.option(
    "--format", "form", type=click.Choice(["csv", "json", "html"]), default="csv", show_default=True, help="What is printed."
)
def command(file: Path, pages: range | None, form: str) -> None:
    """Print every table of FILE as read and repaired, before any meaning is given to it.

    \b
    Example:
      ita-extract tables announcement.pdf --format json
    """
    from ..contents import read_contents
    from ..printing import find_tables, tables_csv, tables_html, tables_json

    with one_document(file):
        contents = read_contents(source_of(file), pages=pages)
    write = {"csv": tables_csv, "json": tables_json, "html": tables_html}[form]
    click.echo(write(find_tables(contents.pages)), nl=form == "json")
    say_unread(contents)
