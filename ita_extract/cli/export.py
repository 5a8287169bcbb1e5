"""`ita-extract export`: a release for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from .arguments import folder_argument


@click.command("export")
@folder_argument
@click.option("--format", "form", type=click.Choice(["csv", "xlsx", "duckdb", "jsonl"]), default="csv", show_default=True)
@click.option(
    "--out", metavar="PATH", type=click.Path(path_type=Path), required=True, help="The file to write; for csv and jsonl a folder."
)
@click.option("--dataset", "datasets", metavar="NAME", multiple=True, help="Only this dataset; may be said several times.")
@click.option("--force", is_flag=True, help="Replace files that are there already.")
def command(folder: str, form: str, out: Path, datasets: tuple[str, ...], force: bool) -> None:
    """Write the datasets of DIR for other tools.

    csv and jsonl write a file for each dataset, with all years, into the folder PATH; xlsx and duckdb write the file PATH.

    \b
    Example:
      ita-extract export data --format xlsx --out ita.xlsx --dataset national_scores
    """
    from ..api import export_datasets

    done = export_datasets(folder, out, form, datasets, force=force)
    for name, rows in done.rows.items():
        click.echo(f"{rows:>10,}  {name}")
    for note in done.notes:
        click.echo(note, err=True)
    files = f"{len(done.files)} files in {out}" if len(done.files) > 1 else str(done.files[0])
    click.echo(f"Release {done.release} written to {files}", err=True)
