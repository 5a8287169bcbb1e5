"""`ita-extract verify`: a release checked again from its own data."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from .. import __version__
from ..errors import DamagedReleaseError, ItaError, UsageError


@click.command("verify")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Check the published release in DIR again: hashes, schema, keys, counts, and every arithmetic identity.

    \b
    Example:
      ita-extract verify data
    """
    from ..dataset import read_dataset
    from ..dataset import verify as verify_release
    from ..dataset.standing import value_counts, values_line

    if not folder.is_dir():
        raise UsageError(f"there is no folder {str(folder)!r}", advice="Give the folder that `run --out` wrote.")
    prove = None
    if _same_makers(folder):
        from ..proof import prover
        from ..rulebook.load import load_rulebook

        prove = prover(load_rulebook().frameworks)
    problems = verify_release(folder, prove)
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        raise DamagedReleaseError(
            f"{len(problems)} problems", advice="Publish again with `ita-extract run`, or restore from a copy."
        )
    proved = (
        "and its arithmetic holds" if prove else "(made by other rules or code than these: its arithmetic was not proved again)"
    )
    click.echo(f"Release {(folder / 'CURRENT').read_text().strip()} is whole, {proved}.")
    click.echo(values_line(value_counts(partial(read_dataset, folder, as_arrow=True))))


def _same_makers(folder: Path) -> bool:
    """Whether the current release was made by the rules and the version installed here; False where it cannot be told."""
    from ..dataset.descriptor import DescriptorError
    from ..dataset.read import current_release, release_descriptor
    from ..rulebook.load import rules_digest

    try:
        made = release_descriptor(current_release(folder)).provenance
        return (made.rules, made.code) == (rules_digest(), __version__)
    except (ItaError, DescriptorError, OSError, ValueError):
        return False
