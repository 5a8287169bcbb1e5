"""`ita-extract diff`: what changed between two releases, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..dataset.diff import Change, DatasetDiff, ReleaseDiff, Side

SHOWN = 20
"""Changes of a dataset and kind that are listed where no other number is given."""
WHOLE = ("agencies", "national_scores")
"""Datasets of which rows that came or went are listed too: of the others they are counted, and --json lists them."""


@click.command("diff")
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Every change as JSON.")
@click.option(
    "--most",
    metavar="N",
    type=click.IntRange(min=0),
    help=f"List at most N changes of a kind.  [default: {SHOWN}; with --json all]",
)
def command(old: str, new: str, as_json: bool, most: int | None) -> None:
    """Show what changed from release OLD to release NEW, and why: document, rule, code or a person's decision.

    A release is given as its folder, as a data folder (its current release), or as a data folder with the beginning of an id.

    \b
    Example:
      ita-extract diff data/5f3a data
    """
    from ..api import diff_releases

    diff = diff_releases(old, new, most if most is not None or as_json else SHOWN)
    if as_json:
        click.echo(json.dumps(_as_json(diff, old, new), ensure_ascii=False, indent=1))
        return
    from ..terminal import console, inert, table

    screen = console()
    for which, side, given in (("Old", diff.old, old), ("New", diff.new, new)):
        click.echo(f"{which}: {_place(side, given)}, {len(side.documents):,} documents, code {side.code}, rules {side.rules[:12]}")
    for what, ids, names in (("added", diff.added_documents, diff.new), ("removed", diff.removed_documents, diff.old)):
        for document_id in ids:
            click.echo(f"Document {what}: {inert(names.documents[document_id])} ({document_id[:12]})")
    changed = [one for one in diff.datasets if one.kinds or one.restated or one.rows_before != one.rows_after]
    if not changed:
        click.echo("The two say the same.")
        return
    head = ("dataset", "rows before", "rows now", "added", "removed", "changed", "in another document", "why")
    screen.print(table("What changed", head, map(_counts, changed), range(1, 7)))
    for one in changed:
        for kind, count in sorted(one.kinds.items()):
            if kind == "changed" or one.name in WHOLE:
                listed = [change for change in diff.changes if (change.dataset, change.kind) == (one.name, kind)]
                for change in listed:
                    click.echo(inert(_line(change)))
                if count > len(listed):
                    click.echo(f"{one.name}: and {count - len(listed):,} more {kind}; --json lists all")


def _counts(one: DatasetDiff) -> tuple[str, ...]:
    numbers = (one.rows_before, one.rows_after, one.kinds["added"], one.kinds["removed"], one.kinds["changed"], one.restated)
    why = ", ".join(f"{' or '.join(reasons)} {count:,}" for reasons, count in sorted(one.reasons.items()))
    return (one.name, *(f"{number:,}" for number in numbers), why)


def _line(change: Change) -> str:
    before, after = (_said(side) for side in (change.before, change.after))
    said = f"{before} -> {after}" if change.kind == "changed" else before or after
    documents = dict.fromkeys((*change.documents_before, *change.documents_after))
    where = f"; document {' -> '.join(one[:12] for one in documents)}" if documents else ""
    return f"{change.kind} ({' or '.join(change.why)}) {change.thing}{': ' if said else ''}{said}{where}"


def _said(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {'null' if value is None else value}" for name, value in values.items())


def _as_json(diff: ReleaseDiff, old: str, new: str) -> dict[str, Any]:
    return {
        "old": _side(diff.old, old),
        "new": _side(diff.new, new),
        "documents": {
            "added": [{"document_id": one, "file_name": diff.new.documents[one]} for one in diff.added_documents],
            "removed": [{"document_id": one, "file_name": diff.old.documents[one]} for one in diff.removed_documents],
        },
        "datasets": [_dataset(one) for one in diff.datasets],
        "changes": [asdict(change) for change in diff.changes],
    }


def _place(side: Side, given: str) -> str:
    """Where a release lies: of one elsewhere only a copy lay here, for as long as the two were compared."""
    from ..run.bucket import is_address

    return f"{given} ({side.release})" if is_address(given) else str(side.path)


def _side(side: Side, given: str) -> dict[str, Any]:
    made = {"code": side.code, "rules": side.rules}
    return {"release": side.release, "path": _place(side, given), **made, "documents": len(side.documents)}


def _dataset(one: DatasetDiff) -> dict[str, Any]:
    kinds = {kind: one.kinds[kind] for kind in ("added", "removed", "changed")}
    why = [{"why": list(reasons), "count": count} for reasons, count in sorted(one.reasons.items())]
    rows = {"rows_before": one.rows_before, "rows_after": one.rows_after}
    return {"name": one.name, **rows, **kinds, "restated": one.restated, "why": why}
