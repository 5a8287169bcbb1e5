"""`ita-extract verify`: a release checked again from its own data."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from ..errors import DamagedReleaseError
from .arguments import folder_argument, refuse_no_folder


@click.command("verify")
@folder_argument
def command(folder: str) -> None:
    """Check the published release in DIR again: hashes, schema, keys, counts, and every arithmetic identity.

    \b
    Example:
      ita-extract verify data
    """
    from ..datafolder import at_hand

    refuse_no_folder(folder)
    with at_hand(folder) as here:
        _check(here)


def _check(folder: Path) -> None:
    from ..api import read_by_others, verify
    from ..dataset import read_dataset
    from ..dataset.standing import value_counts, values_line

    problems = verify(folder)
    for problem in problems:
        click.echo(str(problem), err=True)
    damage = [problem for problem in problems if problem.code != "OLDER"]
    if damage:
        raise DamagedReleaseError(f"{len(damage)} problems", advice="Publish again with `ita-extract run`, or restore from a copy.")
    proved = "and its arithmetic holds"
    if read_by_others(folder) is None:
        proved = "(made by other rules or code than these: its arithmetic was not proved again)"
    elif problems:
        proved = "and its arithmetic holds but for documents that other code or rules read: read them again with `ita-extract run`"
    click.echo(f"Release {(folder / 'CURRENT').read_text().strip()} is whole, {proved}.")
    click.echo(values_line(value_counts(partial(read_dataset, folder, as_arrow=True))))
