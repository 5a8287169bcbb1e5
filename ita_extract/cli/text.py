"""`ita-extract text`: the repaired text of a document."""

from __future__ import annotations

from pathlib import Path

import click

from .arguments import file_argument, one_document, pages_option, say_unread, source_of


@click.command("text")
@file_argument
@pages_option
@click.option("--json", "as_json", is_flag=True, help="JSON: page, line, box, text and raw text.")
def command(file: Path, pages: range | None, as_json: bool) -> None:
    """Print the repaired text of FILE in reading order.

    Line by line, pages separated by a form feed; the cells of a table's row are separated by tabs.

    \b
    Example:
      ita-extract text announcement.pdf --pages 2-3
    """
    from ..contents import read_contents
    from ..printing import text_json, text_plain

    with one_document(file):
        contents = read_contents(source_of(file), pages=pages)
    if as_json:
        click.echo(text_json(contents.pages))
    else:
        for part in text_plain(contents.pages):
            click.echo(part, nl=False)
    say_unread(contents)
